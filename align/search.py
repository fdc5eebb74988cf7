"""
The dynamic programme: the best cover of two texts by beads, and how sure it is.

A node (i, j) of the lattice stands after i source and j target sentences; a bead
of size (a, b) is an edge that ends in it. A scorer says what each edge is worth
(a log-weight: any real number, more is better). Only a corridor of nodes is
searched: all of them for small texts, and for long ones the surroundings of the
path that the same search found between texts of half as many sentences, each
twice as long (Thompson & Koehn 2019), so that time and memory stay linear.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from translate.errors import BadInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Scores = NDArray[np.float32]
Size = tuple[int, int]

SIZES: tuple[Size, ...] = (
    *((0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1)),
    *((2, 2), (2, 3), (3, 2), (3, 3)),
)
COARSE_SIZES: tuple[Size, ...] = ((0, 1), (1, 0), (1, 1))

FORBIDDEN = -1e6
"""A log-weight worse than that of any path; the search takes such an edge only where there is no other."""

DENSE_NODES = 300_000
"""Texts whose lattice has no more nodes than this are searched whole."""

_WINDOW = 1500  # Source sentences solved at once in long texts …
_MARGIN = 60  # … and how many of them, at the end, are solved again with what follows.
_RADIUS = 6  # Sentences either way around the coarse path.
_SETTLED = 0.95  # Beads as probable as this are not put to the judge, …
_RIVAL = 0.01  # … nor those less probable than this.
_HOLD = 50.0
_THRESHOLD = 0.4  # A bead earns its place in the answer by being likelier than this; see `search`.


@dataclass(frozen=True)
class Corridor:
    """
    The nodes to search: for each i in 0 … sources, the columns first[i] … first[i] + width[i] − 1.

    Nodes are numbered row by row. One more number, ``void``, stands for every
    node outside.
    """

    first: Ints
    width: Ints

    @cached_property
    def starts(self) -> Ints:
        """The number of each row's first node, and at the end the number of nodes."""
        return np.concatenate([[0], np.cumsum(self.width)])

    @property
    def void(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def rows(self) -> Ints:
        """i of every node."""
        return np.repeat(np.arange(len(self.first)), self.width)

    @cached_property
    def columns(self) -> Ints:
        """j of every node."""
        return np.arange(self.void) - np.repeat(self.starts[:-1] - self.first, self.width)

    def shifted(self, a: int, b: int) -> Ints:
        """For every node (i, j) the number of node (i − a, j − b), or ``void``."""
        rows = self.rows - a
        inside = (rows >= 0) & (rows < len(self.first))
        rows = np.where(inside, rows, 0)
        place = self.columns - b - self.first[rows]
        inside &= (place >= 0) & (place < self.width[rows])
        return np.where(inside, self.starts[rows] + place, self.void)

    @classmethod
    def full(cls, sources: int, targets: int) -> Self:
        """Every node."""
        return cls(np.zeros(sources + 1, np.int64), np.full(sources + 1, targets + 1))

    @classmethod
    def around(cls, path: Sequence[tuple[int, int]], sources: int, targets: int, radius: int) -> Self:
        """The nodes within ``radius`` sentences, on both sides, of a path of nodes from (0, 0) to the end."""
        nodes = np.array(path, np.int64).reshape(-1, 2)
        lowest = np.full(sources + 1, targets)
        highest = np.zeros(sources + 1, np.int64)
        np.minimum.at(lowest, nodes[:, 0], nodes[:, 1])
        np.maximum.at(highest, nodes[:, 0], nodes[:, 1])
        # Rows that a step skips lie on the straight line between its ends.
        rows, columns = np.diff(nodes, axis=0).T
        skipped = np.maximum(rows - 1, 0)
        step = np.repeat(np.arange(len(rows)), skipped)
        ahead = np.arange(len(step)) - np.repeat(np.cumsum(skipped) - skipped, skipped) + 1
        between = columns[step] * ahead / rows[step] + nodes[step, 1]
        lowest[nodes[step, 0] + ahead] = np.floor(between)
        highest[nodes[step, 0] + ahead] = np.ceil(between)
        neighbours = np.arange(-radius, radius + 1)[:, None] + np.arange(sources + 1)
        neighbours = neighbours.clip(0, sources)
        first = (lowest[neighbours].min(0) - radius).clip(0, targets)
        last = (highest[neighbours].max(0) + radius).clip(0, targets)
        return cls(first, last - first + 1)


class Scorer(Protocol):
    """What beads between two texts are worth."""

    @property
    def sources(self) -> int: ...

    @property
    def targets(self) -> int: ...

    def score(self, corridor: Corridor, sizes: Sequence[Size]) -> Scores:
        """
        Log-weights, shape (len(sizes), corridor.void): of the bead of that size that ends in that node.

        Beads that start outside the corridor may get anything; the search never takes them.
        """
        ...

    def between(self, sources: range, targets: range) -> "Scorer":
        """The same for a run of sentences of each text."""
        ...

    def halved(self) -> "Scorer":
        """The same texts with neighbouring sentences joined in twos, for a coarser look."""
        ...


class Judge(Protocol):
    """A dearer opinion, asked only about beads that the scorer leaves in doubt."""

    def __call__(self, beads: Sequence[tuple[range, range]]) -> Floats:
        """Log-weights to add for pairs of runs of sentences; 0 leaves a pair as it was."""
        ...


@dataclass(frozen=True, slots=True)
class Edge:
    """A bead of the best path: the node where it ends, its size, weight, and probability in the lattice."""

    source: int
    target: int
    size: Size
    weight: float
    probability: float


def search(scorer: Scorer, judge: Judge | None = None) -> list[Edge]:
    """
    The edges of the best path through the lattice, from its first node to its last.

    The best path has the most right beads to be expected (Σ probability − a
    threshold), given the probabilities that the forward–backward algorithm
    finds for all of them. Long texts are solved window by window, each of which
    begins where the one before it was well settled, so that memory stays small.

    Where beads of the best path are less probable than 95 %, ``judge`` is asked
    about the rivals, and what it says counts before the path is sought again.
    """
    path = rough_path(scorer)
    if path is None:
        return _solve(scorer, Corridor.full(scorer.sources, scorer.targets), judge)
    edges: list[Edge] = []
    start, end = path[0], path[-1]
    while start != end:
        reached = bisect_left(path, (start[0] + _WINDOW, 0))
        stop = path[reached] if reached < len(path) else end
        inside = [node for node in path[: reached + 1] if node[1] >= start[1]]
        steps = [(i - start[0], j - start[1]) for i, j in dict.fromkeys([start, *inside, stop])]
        corridor = Corridor.around(steps, *steps[-1], _RADIUS)
        window = scorer.between(range(start[0], stop[0]), range(start[1], stop[1]))
        solved = _solve(window, corridor, judge, start)
        settled = [edge for edge in solved if stop == end or edge.source <= stop[0] - _MARGIN]
        edges += settled
        start = settled[-1].source, settled[-1].target
        path = path[bisect_left(path, start) :]
    return edges


def rough_path(scorer: Scorer) -> list[tuple[int, int]] | None:
    """Nodes near which the best path runs, found between coarser texts; None for texts that need none."""
    sources, targets = scorer.sources, scorer.targets
    if (sources + 1) * (targets + 1) <= DENSE_NODES:
        return None
    coarse = scorer.halved()
    rough = rough_path(coarse)
    if rough is None:
        corridor = Corridor.full(coarse.sources, coarse.targets)
    else:
        corridor = Corridor.around(rough, coarse.sources, coarse.targets, _RADIUS)
    ends = Lattice(corridor, COARSE_SIZES).best_path(coarse.score(corridor, COARSE_SIZES))
    nodes = [(int(corridor.rows[node]), int(corridor.columns[node])) for node, _ in ends]
    return [(0, 0), *((min(2 * i, sources), min(2 * j, targets)) for i, j in nodes)]


def _solve(
    scorer: Scorer, corridor: Corridor, judge: Judge | None = None, start: tuple[int, int] = (0, 0)
) -> list[Edge]:
    """The best path through one corridor, which stands after the sentences ``start`` of the texts."""
    sources, targets = start
    lattice = Lattice(corridor, SIZES)
    scores = scorer.score(corridor, SIZES)
    probability = lattice.posteriors(scores)
    path = lattice.best_path(probability - np.float32(_THRESHOLD))
    if judge is not None and any(probability[size, node] < _SETTLED for node, size in path):
        scores, probability = _judged(lattice, scores, probability, judge, start)
        path = lattice.best_path(probability - np.float32(_THRESHOLD))
    return [
        Edge(
            int(corridor.rows[node]) + sources,
            int(corridor.columns[node]) + targets,
            SIZES[size],
            float(scores[size, node]),
            float(probability[size, node]),
        )
        for node, size in path
    ]


def _judged(
    lattice: "Lattice", scores: Scores, probability: Scores, judge: Judge, start: tuple[int, int]
) -> tuple[Scores, Scores]:
    """Scores with the judge's opinion of each edge in doubt, and the probabilities that follow."""
    corridor = lattice.corridor
    settled = probability >= _SETTLED
    sources, targets = (
        np.zeros(len(corridor.first), np.bool_),
        np.zeros(int(corridor.columns.max()) + 1, np.bool_),
    )
    for size, node in np.argwhere(settled).tolist():
        (a, b), i, j = SIZES[size], corridor.rows[node], corridor.columns[node]
        sources[i - a : i] = targets[j - b : j] = True
    rivals, beads = [], []
    for size, node in np.argwhere((probability >= _RIVAL) & ~settled).tolist():
        (a, b), i, j = SIZES[size], int(corridor.rows[node]), int(corridor.columns[node])
        if a and b and not sources[i - a : i].any() and not targets[j - b : j].any():
            rivals.append((size, node))
            beads.append((range(start[0] + i - a, start[0] + i), range(start[1] + j - b, start[1] + j)))
    if not rivals:
        return scores, probability
    judged = scores.copy()
    judged[tuple(np.array(rivals).T)] += judge(beads)
    # What was settled stays so, however much the judge likes beads that overlap it.
    again = lattice.posteriors(judged + np.where(settled, np.float32(_HOLD), np.float32(0)))
    return judged, np.where(settled, probability, again)


class Lattice:
    """
    The nodes of a corridor in the order in which sums reach them: by i + j.

    All nodes of one such diagonal depend on earlier diagonals only, so each
    diagonal is one array operation. ``scores`` are everywhere shaped
    (len(sizes), corridor.void).
    """

    def __init__(self, corridor: Corridor, sizes: Sequence[Size]) -> None:
        self.corridor = corridor
        self.sizes = sizes
        self._steps = np.array([a + b for a, b in sizes])
        place = corridor.rows + corridor.columns
        self._order = np.argsort(place, kind="stable")
        self._diagonal = place[self._order]
        rank = np.empty(corridor.void + 1, np.int64)
        rank[self._order] = np.arange(corridor.void)
        rank[corridor.void] = corridor.void
        shifted = [rank[corridor.shifted(a, b)[self._order]] for a, b in sizes]
        self._previous = np.stack(shifted, 1)
        bounds = np.searchsorted(self._diagonal, np.arange(self._diagonal[-1] + 2))
        self._bounds = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))

    def posteriors(self, scores: Scores) -> Scores:
        """The probability of each edge: forward × edge × backward / all paths."""
        weight = np.exp(scores.T[self._order].astype(np.float64))
        following = self._following
        ahead = np.concatenate([weight, np.zeros((1, weight.shape[1]))])
        ahead = np.take_along_axis(ahead, following, 0)
        before, before_scale = self._sums(self._previous, weight, self._bounds)
        after, after_scale = self._sums(following, ahead, self._bounds[::-1])
        after_scale = after_scale[::-1]
        if not before[-2]:
            raise BadInput("No way through the lattice: the scores forbid every path.")
        total = np.log(before[-2]) + before_scale[-1]
        start = np.maximum(self._diagonal[:, None] - self._steps, 0)
        scale = before_scale[start] + after_scale[self._diagonal][:, None] - total
        probability = before[self._previous] * weight * after[:-1, None] * np.exp(np.minimum(scale, 600.0))
        result = np.empty_like(scores)
        result[:, self._order] = np.minimum(probability, 1.0).T
        return result

    def best_path(self, scores: Scores) -> list[tuple[int, int]]:
        """(end node in the corridor, index into ``sizes``) along the path with the greatest sum of scores."""
        weight = np.ascontiguousarray(scores.T[self._order], np.float64)
        best = np.full(len(weight) + 1, -np.inf)
        best[0] = 0.0
        for low, high in self._bounds[1:]:
            np.maximum.reduce(best[self._previous[low:high]] + weight[low:high], 1, out=best[low:high])
        path = []
        node = len(weight) - 1
        while node:
            size = int((best[self._previous[node]] + weight[node]).argmax())
            path.append((int(self._order[node]), size))
            node = int(self._previous[node, size])
        return path[::-1]

    @cached_property
    def _following(self) -> Ints:
        """Where the edge of each size that starts in a node ends; the inverse of ``_previous``."""
        void = self.corridor.void
        following = np.full((void + 1, len(self.sizes)), void)
        nodes = np.arange(void)
        for n in range(len(self.sizes)):
            following[self._previous[:, n], n] = nodes
        following[void] = void
        return following[:-1]

    def _sums(
        self, neighbours: Ints, weight: Floats, diagonals: Sequence[tuple[int, int]]
    ) -> tuple[Floats, Floats]:
        """
        The summed weight of all paths to each node, and a log-scale for each diagonal.

        Each diagonal is divided by its maximum (Rabiner 1989), the log of which
        the scale remembers; edges over several diagonals make up the difference.
        """
        sums = np.zeros(len(weight) + 1)
        scale = np.zeros(len(diagonals))
        low, high = diagonals[0]
        sums[low:high] = 1.0
        reach = int(self._steps.max())
        # How much each of the last diagonals was scaled down, relative to the last one.
        recent = np.ones(reach + 1)
        for n, (low, high) in enumerate(diagonals[1:], 1):
            values = (sums[neighbours[low:high]] * weight[low:high]) @ recent[self._steps]
            most = float(np.maximum.reduce(values, initial=0.0)) or 1.0
            np.divide(values, most, out=sums[low:high])
            scale[n] = scale[n - 1] + math.log(most)
            recent[2:] = recent[1:-1] / most
            recent[1] = 1.0
        return sums, scale
