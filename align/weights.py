"""The weights of evidence that ship with Muwazi, and the scorer that adds evidence up with them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from align.search import FORBIDDEN, Corridor, Scores, Size
from align.similarity import Evidence, features
from translate.errors import BadInput

SHIPPED = Path(__file__).parent / "data" / "weights.json"

Weights = Mapping[str, float]


class Mode(StrEnum):
    """Which evidence an alignment rests on; each adds to the one before."""

    LENGTH = "length"
    LEXICAL = "lexical"
    MT = "mt"


# What layout is worth. Development gold is plain text without any, so these are set by hand, small
# beside what words say, and checked on the seed articles.
LAYOUT: Weights = {
    "furniture left out": 2.0,
    "furniture used": -1.0,
    "heading against none": -1.0,
    "paragraphs begin together": 0.5,
    "paragraph begins alone": -0.5,
    "paragraph inside": -1.0,
}

# Of joined sentences only the rough path is asked, for which likeness relative to the neighbours is enough.
COARSE: Weights = {
    "size 0-1": -0.5,
    "size 1-0": -0.5,
    "length δ²": -0.5,
    "content cosine": 4.0,
    "content mutual product": 4.0,
    "figures shared": 0.3,
}


@lru_cache(maxsize=2)
def load(path: Path = SHIPPED) -> Mapping[Mode, Weights]:
    """
    The weights by mode in a file; ours were learned as ``align/data/README.md`` says.

    Raises BadInput where the file is missing or holds something else.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {
            mode: {str(name): float(weight) for name, weight in table[mode.value].items()} for mode in Mode
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{path} holds no weights of Muwazi's evidence by mode ({error!r}). "
            "Learn some with: muwazi align learn --gold FOLDER -o FILE."
        ) from error


def save(weights: Mapping[Mode, Weights], path: Path) -> None:
    """Write weights as :func:`load` reads them."""
    table = {mode.value: {name: round(w, 4) for name, w in of.items()} for mode, of in weights.items()}
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class LogLinear:
    """
    A scorer: the weighted sum of a bead's features.

    Sentences in ``left_out`` (source, target) are fixed to have no counterpart.
    """

    evidence: Evidence
    weights: Weights
    left_out: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())

    @property
    def sources(self) -> int:
        return self.evidence.sources

    @property
    def targets(self) -> int:
        return self.evidence.targets

    def score(self, corridor: Corridor, sizes: Sequence[Size]) -> Scores:
        scores = np.zeros((len(sizes), corridor.void), np.float32)
        for size, name, values in features(self.evidence, corridor, sizes):
            weight = self.weights.get(name)
            if weight:
                scores[size] += np.float32(weight) * values.astype(np.float32)
        ends = corridor.rows, corridor.columns
        for side, omitted in enumerate(self.left_out):
            if not omitted:
                continue
            before = np.searchsorted(sorted(omitted), np.arange(int(ends[side].max()) + 1))
            for n, (a, b) in enumerate(sizes):
                if a and b:
                    held = before[ends[side]] > before[np.maximum(ends[side] - (a, b)[side], 0)]
                    scores[n, held] = FORBIDDEN
        return scores

    def between(self, sources: range, targets: range) -> "LogLinear":
        left_out = (
            frozenset(n - sources.start for n in self.left_out[0] if n in sources),
            frozenset(n - targets.start for n in self.left_out[1] if n in targets),
        )
        return replace(self, evidence=self.evidence.between(sources, targets), left_out=left_out)

    def halved(self) -> "LogLinear":
        used = {name.partition(" ")[0] for name in COARSE}
        pairs = {kind: pair for kind, pair in self.evidence.pairs.items() if kind in used}
        evidence = replace(self.evidence, pairs=pairs).halved()
        return replace(self, evidence=evidence, weights=COARSE, left_out=(frozenset(), frozenset()))
