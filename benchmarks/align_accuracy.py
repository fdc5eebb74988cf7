"""
Alignment against gold: baselines, ablation and calibration: python benchmarks/align_accuracy.py DEV_FOLDER

DEV_FOLDER holds presplit NAME.ar and NAME.en and the ladder NAME.gold. The
weights of each row are learned on the other four fifths of the documents.
With --fit FILE the weights of modes length and lexical, learned on all
documents, are written as JSON instead, and those of mt where --translations FILE
names a JSON object of NAME → list of translations.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from align.aligner import gather
from align.bead import Bead, from_lines, split_lines
from align.formats.plain import read_ladder
from align.search import SIZES, Lattice, Scores
from align.similarity import Evidence
from align.weights import Mode
from align.weights_training import Example, example, fit, scores
from eval.alignment import BeadTallies, compare, interval, total

FOLDS = 5
ABLATIONS: dict[str, Callable[[str], bool]] = {
    "everything": lambda _: True,
    "without length": lambda name: not name.startswith(("length", "null length")),
    "without numbers": lambda name: not name.startswith("figures"),
    "without words and names": lambda name: not name.startswith("content"),
    "without mutual best": lambda name: "mutual" not in name and "elsewhere" not in name,
    "without quotation marks": lambda name: not name.startswith("quotes"),
    "without bead sizes": lambda name: not name.startswith("size"),
    "length alone (mode length)": lambda name: name.startswith(("length", "null length", "size", "quotes")),
}


def beads(lattice: Lattice, edge_scores: Scores) -> list[Bead]:
    """The beads of the best path."""
    corridor = lattice.corridor
    found = []
    for node, size in lattice.best_path(edge_scores):
        i, j = int(corridor.rows[node]), int(corridor.columns[node])
        a, b = SIZES[size]
        found.append(Bead(range(i - a, i), range(j - b, j)))
    return found


def diagonal(evidence: Evidence) -> list[Bead]:
    """Sentence n against sentence n, what is left over against nothing."""
    both = min(evidence.sources, evidence.targets)
    return [
        *(Bead(range(n, n + 1), range(n, n + 1)) for n in range(both)),
        *(Bead(range(n, n + 1), range(both, both)) for n in range(both, evidence.sources)),
        *(Bead(range(both, both), range(n, n + 1)) for n in range(both, evidence.targets)),
    ]


def gale_church(one: Example) -> list[Bead]:
    """Gale & Church (1993): −log of the two-sided tail at δ and of the published priors."""
    from math import erfc, log, sqrt

    priors = {(1, 1): 0.89, (1, 0): 0.00495, (0, 1): 0.00495, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, size in enumerate(SIZES):
        if size in priors:
            # The feature holds |δ| / 4, capped; a null costs what δ = 3 does.
            delta = one.features["length δ"][n] * 4 if all(size) else np.full(result.shape[1], 3.0)
            result[n] = [log(max(erfc(d / sqrt(2)), 1e-12)) + log(priors[size]) for d in delta]
    return beads(one.lattice, result)


def plain_lexical(one: Example) -> list[Bead]:
    """The plain design, the lexicon for MT: cosine · log2(1 + min/max length), skip −.03."""
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, (a, b) in enumerate(SIZES):
        if a and b:
            result[n] = one.features["content cosine"][n] * np.log2(
                1 + np.exp(-one.features["length ratio"][n])
            )
        else:
            result[n] = -0.03
    return beads(one.lattice, result)


def bleualign_like(one: Example) -> list[Bead]:
    """Bleualign's way: monotone anchors by likeness, to which gaps are joined where that helps."""
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, size in enumerate(SIZES):
        if size == (1, 1):
            result[n] = one.features["content cosine"][n]
        elif not all(size):
            result[n] = 0.0
        elif 1 in size:
            result[n] = one.features["content cosine"][n] * 1.02
    return beads(one.lattice, result)


def show(name: str, documents: Sequence[BeadTallies]) -> None:
    whole = total(documents)
    low, high = interval([document.strict for document in documents])
    print(
        f"{name:28}{whole.strict.precision:6.3f}{whole.strict.recall:7.3f}{whole.strict.f1:7.3f}  "
        f"{low:.3f}–{high:.3f}{whole.lax.f1:7.3f}{whole.nulls.precision:7.3f}{whole.nulls.recall:7.3f}",
        flush=True,
    )


def main() -> None:
    folder = Path(sys.argv[1])
    golds = sorted(folder.glob("*.gold"))
    options = dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
    translations = (
        json.loads(Path(options["--translations"]).read_text()) if "--translations" in options else {}
    )
    evidence, gold = [], []
    for path in golds:
        source, target = (
            from_lines(split_lines(path.with_suffix(f".{language}").read_text()), language=language)
            for language in ("ar", "en")
        )
        made = translations.get(path.stem)
        evidence.append(gather(source, target, Mode.MT if made else Mode.LEXICAL, made))
        gold.append(read_ladder(path.read_text()))
    examples = [example(one, wanted) for one, wanted in zip(evidence, gold, strict=True)]
    names = sorted({name for one in examples for name in one.features if not name.startswith("furniture")})
    if "--fit" in options:
        subsets = {"length": ABLATIONS["length alone (mode length)"]}
        subsets["lexical"] = lambda name: not name.startswith("translation")
        if translations:
            subsets["mt"] = lambda _: True
        fitted = {mode: fit(examples, [n for n in names if keep(n)]) for mode, keep in subsets.items()}
        Path(options["--fit"]).write_text(json.dumps(fitted, ensure_ascii=False, indent=1))
        return
    print(f"{'':28}{'P':>6}{'R':>7}{'F1':>7}  {'95 %':11}{'lax':>7}{'null P':>7}{'null R':>7}")
    show("diagonal", [compare(g, diagonal(e)) for g, e in zip(gold, evidence, strict=True)])
    for name, baseline in (
        ("Gale–Church", gale_church),
        ("Bleualign-style, lexicon", bleualign_like),
        ("plain lexical programme", plain_lexical),
    ):
        show(name, [compare(g, baseline(one)) for g, one in zip(gold, examples, strict=True)])
    for name, keep in ABLATIONS.items():
        show(name, cross_validated(examples, gold, [n for n in names if keep(n)], steps=100))


def cross_validated(
    examples: Sequence[Example], gold: Sequence[Sequence[Bead]], names: Sequence[str], *, steps: int
) -> list[BeadTallies]:
    """Each document's scores under weights learned on the other folds."""
    result = []
    for fold in range(FOLDS):
        weights = fit([one for n, one in enumerate(examples) if n % FOLDS != fold], names, steps=steps)
        for n, one in enumerate(examples):
            if n % FOLDS == fold:
                probability = one.lattice.posteriors(scores(one, weights))
                result.append(compare(gold[n], beads(one.lattice, probability - np.float32(0.4))))
    return result


if __name__ == "__main__":
    main()
