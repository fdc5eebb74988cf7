"""
What does each choice of a training bring? A small model, trained many times with one thing changed.

    python benchmarks/training_ablations.py CORPORA --dev dev/flores-dev [--dev dev/ntrex-news-dev]
        [--recipe benchmarks/ablations.toml] [--minutes 6] [--out FOLDER] [--only base --only half …]

Each variant is a training of its own through `muwazi train`, of the same length
unless it says otherwise, and with the first one's vocabulary where it has as many
pieces. The small ones of text are nested: a quarter lies in the half. What is in
FOLDER already is not trained again, so a killed run goes on.
Prints, for each: target pieces seen; what a character of the references costs in nats,
comparable across vocabularies; BLEU and chrF, greedy, in int8; chrF again where the
Arabic is disordered (``translate.training.noise``) and where two neighbours come as one
line; and the difference of the nats to the first variant's of this run.
"""

import argparse
import gzip
import json
import random
import shutil
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from translate import load
from translate.training.build import PREPARING, read_development
from translate.training.corpus import Pair
from translate.training.noise import add_noise
from translate.training.scoring import score_model

ROOT = Path(__file__).resolve().parents[1]
CHUNKS = 1000  # Text is dealt out by a checksum, so a larger share holds the smaller one.


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs from the base: keys of the recipe, the share of the text, the time."""

    changes: dict[str, Any] = field(default_factory=dict)
    share: float = 1.0
    times: float = 1.0


VARIANTS = {
    "base": Variant(),
    "half": Variant(share=0.5),
    "quarter": Variant(share=0.25),
    "twice the time": Variant(times=2),
    "quarter, twice the time": Variant(share=0.25, times=2),
    "no noise": Variant({"noisy": 0.0}),
    "no joining": Variant({"joined": 0.0}),
    "no grammar": Variant({"grammar": 0}),
    "no guidance": Variant({"guidance": 0.0}),
    "dropout 0.1": Variant({"dropout": 0.1}),
    "R-Drop": Variant({"dropout": 0.1, "rdrop": 2.0}),
    "4,000 pieces": Variant({"pieces": 3999}),
    "6 encoder layers": Variant({"encoder_layers": 6, "branches": 0.5}),
    "Adam alone": Variant({"matrix_rate": 0.0}),
}


def main() -> None:
    """Train what is missing, then a line for each variant."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--dev", type=Path, action="append", required=True)
    parser.add_argument("--recipe", type=Path, default=ROOT / "benchmarks" / "ablations.toml")
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--out", type=Path, default=Path("ablations"))
    parser.add_argument("--only", action="append", choices=list(VARIANTS), default=[])
    chosen = parser.parse_args()
    names = chosen.only or list(VARIANTS)
    sets = {prefix.name: read_development([prefix]) for prefix in chosen.dev}
    print(
        "| variant | pieces, M | nats a character | against the first | "
        + " | ".join(f"{name} BLEU / chrF" for name in sets)
        + " | chrF, disordered | chrF, joined |"
    )
    print("|---|" + "---|" * (len(sets) + 5), flush=True)
    first = begun = None
    for name in names:
        folder = chosen.out / name.replace(" ", "-").replace(",", "")
        result = folder / "result.json"
        if not result.is_file():
            train(VARIANTS[name], chosen, folder, begun)
            result.write_text(json.dumps(measure(folder, sets)), encoding="utf-8")
        found = json.loads(result.read_text(encoding="utf-8"))
        first, begun = first or found["nats"], begun or folder
        scores = [f"{bleu:.2f} / {chrf:.2f}" for bleu, chrf in found["scores"]]
        cells = [f"{found['pieces'] / 1e6:.2f}", f"{found['nats']:.4f}", f"{found['nats'] / first - 1:+.1%}"]
        cells += [*scores, f"{found['disordered']:.2f}", f"{found['joined']:.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def train(variant: Variant, chosen: argparse.Namespace, folder: Path, begun: Path | None) -> None:
    """
    One training through the command line; its text and recipe are written beside its result.

    What ``begun``, another variant's folder, has prepared is taken over where the same is needed.
    """
    corpora = folder / "corpora"
    corpora.mkdir(parents=True, exist_ok=True)
    table = changed(chosen.recipe, variant)
    recipe = folder / "recipe.toml"
    recipe.write_text("".join(toml(table)), encoding="utf-8")
    for source in sorted({name for stage in table["stage"] for name in stage["weights"]} - {"grammar"}):
        take(chosen.corpora, source, variant.share, corpora)
    (folder / "out").mkdir(exist_ok=True)
    if begun and tomllib.loads((begun / "recipe.toml").read_text("utf-8"))["pieces"] == table["pieces"]:
        shutil.copy(begun / "out" / "joint.model", folder / "out" / "joint.model")
        if variant.share == 1 and not variant.changes.keys() & set(PREPARING):
            shutil.copy(begun / "out" / "prepared.pt", folder / "out" / "prepared.pt")
    subprocess.run(
        [
            *(sys.executable, str(ROOT / "muwazi.py"), "train", str(recipe), "--data", str(corpora)),
            *(part for prefix in chosen.dev for part in ("--dev", str(prefix))),
            *("--out", str(folder / "out"), "--minutes", str(chosen.minutes * variant.times)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def changed(recipe: Path, variant: Variant) -> dict[str, Any]:
    """The recipe's table with the variant's keys; the grammar is no source where it makes no pairs."""
    table: dict[str, Any] = tomllib.loads(recipe.read_text(encoding="utf-8")) | variant.changes
    if not table.get("grammar"):
        table["stage"] = [
            stage | {"weights": {k: v for k, v in stage["weights"].items() if k != "grammar"}}
            for stage in table["stage"]
        ]
    return table


def take(corpora: Path, source: str, share: float, folder: Path) -> None:
    """Copy that share of a source's lines; which ones depends on the lines alone."""
    found = sorted(corpora.glob(f"{source}.tsv*"))
    if not found:
        raise SystemExit(f"{corpora} has no {source}.tsv or {source}.tsv.gz, which the recipe names.")
    content = found[0].read_bytes()
    lines = (gzip.decompress(content) if found[0].suffix == ".gz" else content).splitlines(keepends=True)
    kept = [line for line in lines if zlib.crc32(line) % CHUNKS < share * CHUNKS]
    taken = folder / f"{source}.tsv"
    taken.write_bytes(b"".join(kept))
    shutil.copystat(found[0], taken)  # The same text is known by its time.


def toml(table: dict[str, Any]) -> Iterator[str]:
    """The lines of a recipe."""
    for key, value in table.items():
        if key != "stage":
            yield f"{key} = {json.dumps(value)}\n"
    for stage in table["stage"]:
        yield f"\n[[stage]]\nuntil = {stage['until']}\nlongest = {stage['longest']}\n[stage.weights]\n"
        yield from (f"{name} = {weight}\n" for name, weight in stage["weights"].items())


def measure(folder: Path, sets: dict[str, list[Pair]]) -> dict[str, Any]:
    """Scores of the exported model, as its users would have it."""
    model = folder / "out" / "model"
    everything = [pair for pairs in sets.values() for pair in pairs]
    chance = random.Random(1)
    disordered = [Pair(add_noise(pair.source, chance), pair.target) for pair in everything]
    log = [json.loads(line) for line in (folder / "out" / "log.jsonl").read_text("utf-8").splitlines()]
    scores = [score_model(model, pairs) for pairs in sets.values()]
    return {
        "pieces": log[-1]["target_tokens"],
        "nats": nats(model, everything),
        "scores": [(score["bleu"], score["chrf"]) for score in scores],
        "disordered": score_model(model, disordered)["chrf"],
        "joined": score_model(model, neighbours(everything))["chrf"],
    }


def neighbours(pairs: Sequence[Pair]) -> list[Pair]:
    """Every two that follow each other as one."""
    return [
        Pair(f"{a.source} {b.source}", f"{a.target} {b.target}")
        for a, b in zip(pairs[::2], pairs[1::2], strict=False)
    ]


def nats(folder: Path, pairs: Sequence[Pair]) -> float:
    """What a character of the references costs: minus the sum of their log-probabilities by their length."""
    found = load(str(folder)).score((pair.source, pair.target) for pair in pairs)
    known = [(one, pair) for one, pair in zip(found, pairs, strict=True) if one is not None]
    cost = -sum(one.total for one, _ in known)
    return cost / sum(len(pair.target) for _, pair in known)


if __name__ == "__main__":
    main()
