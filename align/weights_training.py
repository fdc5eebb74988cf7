"""
Learning the weights of evidence on documents whose beads are known.

The model is a linear-chain conditional random field over beads (Lafferty,
McCallum & Pereira 2001): the weights are those under which the gold paths are
most probable, less a quadratic penalty. The gradient is what gold paths have of
each feature minus what the forward–backward algorithm expects of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from align.aligner import gather
from align.bead import Bead
from align.search import SIZES, Corridor, Floats, Lattice, Scores
from align.similarity import Evidence, features
from align.weights import LAYOUT, Mode, Weights, load
from translate.errors import BadInput
from translate.text import Article

_MOST_NODES = 100_000  # 28 features of 13 sizes at so many places take 150 MB.


@dataclass(frozen=True)
class Example:
    """A document's lattice, its features by name (sizes × nodes, sparse by size), and its gold edges."""

    lattice: Lattice
    features: dict[str, dict[int, Floats]]
    gold: list[tuple[int, int]]  # (node, index into SIZES)


def learn(
    documents: Sequence[tuple[Article, Article, Sequence[Bead]]],
    translations: Sequence[Sequence[str]] | None = None,
) -> dict[Mode, Weights]:
    """
    Weights for every mode from documents with known beads.

    Those of mode mt stay the shipped ones where no translations are given.

    Raises BadInput where there is no document, or one of more sentences than
    can be learned from.
    """
    if not documents:
        raise BadInput("No document with known beads to learn from; give one at least, better thirty.")
    examples = []
    for number, (source, target, beads) in enumerate(documents):
        if len(source.segments) * len(target.segments) > _MOST_NODES:
            raise BadInput(
                f"{source.id or 'A document'} has {len(source.segments)} and {len(target.segments)} "
                "sentences; weights are learned from at most 300 or so. Cut it at beads that are certain."
            )
        made = translations[number] if translations is not None else None
        evidence = gather(source, target, Mode.LEXICAL if made is None else Mode.MT, made)
        examples.append(example(evidence, beads))
    # What layout is worth is not learned: gold is mostly plain text.
    names = sorted({name for one in examples for name in one.features} - LAYOUT.keys())
    lexical = [name for name in names if not name.startswith("translation")]
    length = [name for name in names if name.startswith(("length", "null length", "size", "quotes"))]
    return {
        Mode.LENGTH: fit(examples, length),
        Mode.LEXICAL: fit(examples, lexical),
        Mode.MT: load()[Mode.MT] if translations is None else fit(examples, names),
    }


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
    tables = [_table(one, names) for one in examples]
    observed = sum(_observed(one, table) for one, table in zip(examples, tables, strict=True))
    for step in range(1, steps + 1):
        expected = sum(_expected(one, table, weights) for one, table in zip(examples, tables, strict=True))
        gradient = observed - expected - penalty * weights
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


def _table(one: Example, names: Sequence[str]) -> Scores:
    """All features as one matrix, names × edges: a sum over it is one product."""
    nodes = one.lattice.corridor.void
    table = np.zeros((len(names), len(SIZES), nodes), np.float32)
    for row, name in enumerate(names):
        for size, values in one.features.get(name, {}).items():
            table[row, size] = values
    return table.reshape(len(names), -1)


def _observed(one: Example, table: Scores) -> Floats:
    edges = [size * one.lattice.corridor.void + node for node, size in one.gold]
    observed: Floats = table[:, edges].sum(1, dtype=np.float64)
    return observed


def _expected(one: Example, table: Scores, weights: Floats) -> Floats:
    log_weights = (weights.astype(np.float32) @ table).reshape(len(SIZES), -1)
    expected: Floats = (table @ one.lattice.posteriors(log_weights).ravel()).astype(np.float64)
    return expected
