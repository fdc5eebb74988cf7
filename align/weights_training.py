"""
Learning the weights of evidence on documents whose beads are known.

The model is a linear-chain conditional random field over beads (Lafferty,
McCallum & Pereira 2001): the weights are those under which the gold paths are
most probable, less a quadratic penalty. The gradient is what gold paths have of
each feature minus what the forward–backward algorithm expects of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from align.bead import Bead
from align.search import SIZES, Corridor, Floats, Lattice, Scores
from align.similarity import Evidence, features

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """A document's lattice, its features by name (sizes × nodes, sparse by size), and its gold edges."""

    lattice: Lattice
    features: dict[str, dict[int, Floats]]
    gold: list[tuple[int, int]]  # (node, index into SIZES)


def example(evidence: Evidence, beads: Sequence[Bead]) -> Example:
    """Everything that training needs of one document."""
    corridor = Corridor.full(evidence.sources, evidence.targets)
    table: dict[str, dict[int, Floats]] = {}
    for size, name, values in features(evidence, corridor, SIZES):
        table.setdefault(name, {})[size] = values
    gold = [
        (bead.source.stop * (evidence.targets + 1) + bead.target.stop, SIZES.index(bead.size))
        for bead in beads
        if bead.size in SIZES
    ]
    return Example(Lattice(corridor, SIZES), table, gold)


def fit(
    examples: Sequence[Example], names: Sequence[str], *, penalty: float = 1.0, steps: int = 150
) -> dict[str, float]:
    """Weights for the named features, by gradient ascent with adaptive steps (Adam, Kingma & Ba 2015)."""
    weights = np.zeros(len(names))
    mean, square = np.zeros(len(names)), np.zeros(len(names))
    observed = sum(_observed(one, names) for one in examples)
    for step in range(1, steps + 1):
        gradient = observed - sum(_expected(one, names, weights) for one in examples) - penalty * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        rate = 0.15 * min(1.0, 2 * (1 - step / (steps + 1)))
        weights = weights + rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return dict(zip(names, weights.tolist(), strict=True))


def scores(one: Example, weights: Weights) -> Scores:
    """The log-weights of all edges of a document."""
    result = np.zeros((len(SIZES), one.lattice.corridor.void), np.float32)
    for name, weight in weights.items():
        for size, values in one.features.get(name, {}).items():
            result[size] += weight * values
    return result


def _observed(one: Example, names: Sequence[str]) -> Floats:
    return np.array(
        [
            sum(float(table[size][node]) for node, size in one.gold if size in table)
            for table in (one.features.get(name, {}) for name in names)
        ]
    )


def _expected(one: Example, names: Sequence[str], weights: Floats) -> Floats:
    probability = one.lattice.posteriors(scores(one, dict(zip(names, weights.tolist(), strict=True))))
    return np.array(
        [
            sum(float(probability[size] @ values) for size, values in one.features.get(name, {}).items())
            for name in names
        ]
    )
