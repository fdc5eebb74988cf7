"""
What a bead's two sides have in common, as numbers: the features of the log-linear model.

Products of bags add up, so a block of sentences costs no more than its pairs:
|u₁+u₂|·|v| never needs new bags, only sums along the corridor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np

from align.evidence import Pair
from align.length import surprise
from align.postings import products
from align.search import Corridor, Floats, Ints, Size

_TINY = 1e-9
Feature = tuple[int, str, Floats]
"""Index into the sizes asked for, name, and one value per node where a bead may end."""


@dataclass(frozen=True, slots=True)
class Side:
    """
    What one text's sentences look like, one value each.

    ``chars`` are code points; the others are 1.0 where a sentence opens a
    paragraph, is a heading, is page furniture, or holds a quotation mark.
    """

    chars: Floats
    opens: Floats
    heading: Floats
    furniture: Floats
    quotes: Floats

    def between(self, sentences: range) -> "Side":
        """A run of these sentences."""
        part = slice(sentences.start, sentences.stop)
        return Side(*(getattr(self, field.name)[part] for field in fields(self)))

    def halved(self) -> "Side":
        """The same with neighbouring sentences joined in twos."""
        return Side(*(_add_twos(getattr(self, field.name)) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Everything that is known about two texts before they are searched.

    ``pairs`` holds the kinds ``content``, ``figures`` and ``translation`` that the
    mode uses, ``expected`` is target code points per source code point, and
    ``values`` says how the keys of ``figures`` are written.
    """

    source: Side
    target: Side
    pairs: dict[str, Pair]
    expected: float
    values: tuple[str, ...] = ()

    @property
    def sources(self) -> int:
        return len(self.source.chars)

    @property
    def targets(self) -> int:
        return len(self.target.chars)

    def between(self, sources: range, targets: range) -> "Evidence":
        """What is known of two runs of sentences; words stay as rare as they are in the whole."""
        pairs = {kind: pair.between(sources, targets) for kind, pair in self.pairs.items()}
        return replace(
            self, source=self.source.between(sources), target=self.target.between(targets), pairs=pairs
        )

    def halved(self) -> "Evidence":
        """The same with neighbouring sentences joined in twos."""
        pairs = {kind: pair.halved() for kind, pair in self.pairs.items()}
        return replace(self, source=self.source.halved(), target=self.target.halved(), pairs=pairs)


def features(evidence: Evidence, corridor: Corridor, sizes: Sequence[Size]) -> Iterator[Feature]:
    """All features of all beads that may end in each node; a feature not given is 0."""
    yield from _priors(corridor, sizes)
    yield from _lengths(evidence, corridor, sizes)
    yield from _layout(evidence, corridor, sizes)
    shifts = {(r, c): corridor.shifted(r, c) for r, c in _members(sizes)}
    for kind, pair in evidence.pairs.items():
        product = np.concatenate([products(pair.source, pair.target, corridor), [0.0]])
        if kind == "figures":
            yield from _agreements(kind, product, pair, corridor, sizes, shifts)
        else:
            yield from _overlaps(kind, product, pair, corridor, sizes, shifts)


def _priors(corridor: Corridor, sizes: Sequence[Size]) -> Iterator[Feature]:
    for n, (a, b) in enumerate(sizes):
        yield n, f"size {a}-{b}", np.ones(corridor.void)


def _lengths(evidence: Evidence, corridor: Corridor, sizes: Sequence[Size]) -> Iterator[Feature]:
    source, target = _totals(evidence.source.chars), _totals(evidence.target.chars)
    for n, (a, b) in enumerate(sizes):
        here, there = _runs(source, corridor.rows, a), _runs(target, corridor.columns, b)
        if a and b:
            delta = np.abs(surprise(here, there, evidence.expected))
            yield n, "length δ", np.minimum(delta, 6.0) / 4
            yield n, "length δ²", np.minimum(delta, 4.0) ** 2 / 10
            # Ten characters of grace: short headings differ by more than their share.
            yield n, "length ratio", np.abs(np.log((there + 10) / (here * evidence.expected + 10)))
        else:
            yield n, "null length", np.log1p(here + there) / 4


def _layout(evidence: Evidence, corridor: Corridor, sizes: Sequence[Size]) -> Iterator[Feature]:
    """Paragraphs begin together and end with a bead; headings meet headings, furniture meets nothing."""
    source, target = evidence.source, evidence.target
    rows, columns = corridor.rows, corridor.columns
    layers = [
        (name, _totals(getattr(source, name)), _totals(getattr(target, name)))
        for name in ("opens", "heading", "furniture", "quotes")
        if (getattr(source, name).any() and getattr(target, name).any()) or name == "furniture"
    ]
    for n, (a, b) in enumerate(sizes):
        for name, totals, others in layers:
            here, there = _runs(totals, rows, a), _runs(others, columns, b)
            if name == "furniture":
                yield (
                    n,
                    "furniture left out" if not a or not b else "furniture used",
                    np.minimum(here + there, 2),
                )
            elif not a or not b:
                continue
            elif name == "opens":
                first = _runs(totals, rows - a + 1, 1), _runs(others, columns - b + 1, 1)
                yield n, "paragraphs begin together", first[0] * first[1]
                yield n, "paragraph begins alone", np.abs(first[0] - first[1])
                yield n, "paragraph inside", np.minimum(here - first[0] + there - first[1], 2)
            elif name == "heading":
                yield n, "heading against none", np.abs(np.minimum(here, 1) - np.minimum(there, 1))
            else:
                yield n, "quotes against none", np.abs(np.minimum(here, 1) - np.minimum(there, 1))


def _totals(values: Floats) -> Floats:
    """How much there is before each sentence, and at the end."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _runs(totals: Floats, ends: Ints, length: int) -> Floats:
    """How much there is in the ``length`` sentences before each end."""
    return totals[np.maximum(ends, 0)] - totals[np.maximum(ends - length, 0)]


def _overlaps(
    kind: str,
    product: Floats,
    pair: Pair,
    corridor: Corridor,
    sizes: Sequence[Size],
    shifts: dict[Size, Ints],
) -> Iterator[Feature]:
    source_norms = _padded(np.sqrt(pair.source.norms(max(a for a, _ in sizes))))
    target_norms = _padded(np.sqrt(pair.target.norms(max(b for _, b in sizes))))
    rows, columns = corridor.rows, corridor.columns
    single = np.concatenate(
        [product[:-1] / (source_norms[0, rows + 1] * target_norms[0, columns + 1] + _TINY), [0.0]]
    )
    by_row = _best(single, rows, len(corridor.first))
    by_column = _best(single, columns, int(columns.max()) + 1)
    fit_source = np.concatenate([single[:-1] / by_row[rows], [0.0]])
    fit_target = np.concatenate([single[:-1] / by_column[columns], [0.0]])
    products_at, singles = _gathered(product, shifts), _gathered(single, shifts)
    singles_turned = {(c, r): values for (r, c), values in singles.items()}
    fits_source = _gathered(fit_source, shifts)
    fits_target = {(c, r): values for (r, c), values in _gathered(fit_target, shifts).items()}
    for n, (a, b) in enumerate(sizes):
        if not a or not b:
            best = by_column[columns - 1] if b else by_row[rows - 1]
            yield n, f"{kind} elsewhere", best
            continue
        length = source_norms[a - 1, rows] * target_norms[b - 1, columns] + _TINY
        cosine = _block(products_at, a, b) / length
        mine = _mean(_partners(fits_source, a, b))
        theirs = _mean(_partners(fits_target, b, a))
        yield n, f"{kind} cosine", cosine
        yield n, f"{kind} root", np.sqrt(cosine)
        yield n, f"{kind} mutual", mine + theirs
        yield n, f"{kind} mutual product", mine * theirs
        if a > 1 or b > 1:
            left, right = _partners(singles, a, b), _partners(singles_turned, b, a)
            yield n, f"{kind} weakest", np.sqrt(reduce(np.minimum, left + right))
            yield n, f"{kind} gain", cosine - reduce(np.maximum, left)


def _agreements(
    kind: str,
    product: Floats,
    pair: Pair,
    corridor: Corridor,
    sizes: Sequence[Size],
    shifts: dict[Size, Ints],
) -> Iterator[Feature]:
    sources, targets = _totals(pair.source.norms()[0]), _totals(pair.target.norms()[0])
    products_at = _gathered(product, shifts)
    for n, (a, b) in enumerate(sizes):
        if not a or not b:
            continue
        here, there = _runs(sources, corridor.rows, a), _runs(targets, corridor.columns, b)
        shared = np.minimum(_block(products_at, a, b), np.minimum(here, there))
        yield n, f"{kind} shared", np.minimum(shared, 3.0)
        yield n, f"{kind} missing", np.minimum(here - shared, 3.0)
        yield n, f"{kind} added", np.minimum(there - shared, 3.0)


_Places = Mapping[Size, Floats]
"""The values of the pairs of sentences at each place (r, c) inside a bead, counted back from its end."""


def _gathered(values: Floats, shifts: Mapping[Size, Ints]) -> _Places:
    return {place: values[shift] for place, shift in shifts.items()}


def _block(places: _Places, a: int, b: int) -> Floats:
    """The sum over all pairs of sentences inside a bead."""
    return reduce(np.add, (places[r, c] for r in range(1, a + 1) for c in range(1, b + 1)))


def _partners(places: _Places, mine: int, others: int) -> list[Floats]:
    """For each of a bead's sentences on one side, its best partner's value inside the bead."""
    return [
        reduce(np.maximum, (places[here, there] for there in range(1, others + 1)))
        for here in range(1, mine + 1)
    ]


def _mean(values: list[Floats]) -> Floats:
    return reduce(np.add, values) / len(values)


def _members(sizes: Sequence[Size]) -> set[Size]:
    """The places (r, c) of all pairs of sentences inside some bead, counted back from its end."""
    return {(r, c) for a, b in sizes for r in range(1, a + 1) for c in range(1, b + 1)}


def _best(single: Floats, owner: Ints, owners: int) -> Floats:
    best = np.full(owners, 1e-3)
    np.maximum.at(best, owner, single[:-1])
    return best


def _padded(norms: Floats) -> Floats:
    """Norms with a column 0 before the first, so that column i is of the run that ends before node i."""
    return np.concatenate([np.zeros((len(norms), 1)), norms, np.zeros((len(norms), 1))], 1)


def _add_twos(values: Floats) -> Floats:
    return np.add.reduceat(values, np.arange(0, len(values), 2)) if len(values) else values
