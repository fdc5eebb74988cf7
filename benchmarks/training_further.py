"""
Does training further on somebody's documents help with their other documents?

    python benchmarks/training_further.py PREFIX [--minutes 20] [--mix general.tsv.gz] [--from builtin]

PREFIX.ar, PREFIX.en and PREFIX.doc (a document name a line). Two documents in
three are learned from, every third is measured, before and after, with what
the model knew before on --also OTHER (.ar, .en): BLEU and chrF, greedy.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from translate import models
from translate.training.build import read_development
from translate.training.scoring import score_model


def main() -> None:
    """Print a line for each set, before and after."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prefix")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--mix", action="append", default=[])
    parser.add_argument("--rate", default="0.0001")
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("--from", dest="base", default="builtin")
    chosen = parser.parse_args()
    base = models.find(chosen.base, folder=Path("no-other-models"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        learned = divide(chosen.prefix, folder)
        sets = {"other documents": folder / "other", **{name: Path(name) for name in chosen.also}}
        pairs = {name: read_development([prefix], base.normalization) for name, prefix in sets.items()}
        before = {name: score_model(base.folder, some) for name, some in pairs.items()}
        mix = [part for path in chosen.mix for part in ("--mix", path)]
        subprocess.run(
            [
                *(sys.executable, str(Path(__file__).resolve().parents[1] / "muwazi.py"), "train"),
                *("--from", chosen.base, "--data", str(folder / "own.tsv"), *mix, "--rate", chosen.rate),
                *("--out", str(folder / "out"), "--minutes", str(chosen.minutes), "--name", "further"),
            ],
            check=True,
        )
        mixed = ", ".join(chosen.mix) or "nothing"
        print(f"{learned} pairs, {chosen.minutes:g} minutes, rate {chosen.rate}, mixed with {mixed}")
        for name, some in pairs.items():
            after = score_model(folder / "out" / "model", some)
            print(
                f"{name} ({len(some)}): BLEU {before[name]['bleu']:.1f} -> {after['bleu']:.1f}, "
                f"chrF {before[name]['chrf']:.1f} -> {after['chrf']:.1f}"
            )


def divide(prefix: str, folder: Path) -> int:
    """Write own.tsv from two documents in three, other.ar and other.en from the rest; how many are own."""
    sides = [Path(f"{prefix}.{end}").read_text("utf-8").splitlines() for end in ("ar", "en", "doc")]
    names = list(dict.fromkeys(sides[2]))
    held_out = set(names[::3])
    rows = list(zip(*sides, strict=True))
    own = [(source, target) for source, target, name in rows if name not in held_out]
    other = [(source, target) for source, target, name in rows if name in held_out]
    (folder / "own.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in own), "utf-8")
    (folder / "other.ar").write_text("".join(a + "\n" for a, _ in other), "utf-8")
    (folder / "other.en").write_text("".join(b + "\n" for _, b in other), "utf-8")
    return len(own)


if __name__ == "__main__":
    main()
