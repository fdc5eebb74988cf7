"""The dynamic programme against brute force, and the corridor against the whole lattice."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from align.search import (
    COARSE_SIZES,
    FORBIDDEN,
    SIZES,
    Corridor,
    Lattice,
    Scores,
    Size,
    rough_path,
    search,
)
from translate.errors import BadInput


class Diagonal:
    """Sentence i belongs to sentence i + ``inserted`` once ``at`` is passed; nothing else looks alike."""

    def __init__(self, sources: int, *, inserted: int = 0, at: int = 0) -> None:
        self.sources, self.targets = sources, sources + inserted
        self._jump, self._at = inserted, at

    def score(self, corridor: Corridor, sizes: Sequence[Size]) -> Scores:
        i, j = corridor.rows, corridor.columns
        right = j - i == np.where(i > self._at, self._jump, 0)
        worth = {
            (1, 1): np.where(right, 4.0, -9.0),
            (0, 1): np.full(len(i), -1.0),
            (1, 0): np.full(len(i), -1.0),
        }
        return np.stack([worth.get(size, np.full(len(i), -9.0)) for size in sizes]).astype(np.float32)

    def between(self, sources: range, targets: range) -> "Diagonal":
        passed = targets.start > sources.start
        inserted = len(targets) - len(sources)
        part = Diagonal(len(sources), inserted=inserted, at=-1 if passed else self._at - sources.start)
        part.targets = len(targets)
        return part

    def halved(self) -> "Diagonal":
        half = Diagonal(-(-self.sources // 2), inserted=self._jump // 2, at=self._at // 2)
        half.targets = -(-self.targets // 2)
        return half


def every_path(sources: int, targets: int) -> Iterator[list[tuple[int, int, int]]]:
    if not sources and not targets:
        yield []
    for n, (a, b) in enumerate(SIZES):
        if a <= sources and b <= targets:
            for path in every_path(sources - a, targets - b):
                yield [*path, (sources, targets, n)]


@pytest.mark.parametrize(("sources", "targets"), [(1, 1), (2, 3), (4, 3), (0, 2), (3, 0)])
def test_posteriors_and_best_path_agree_with_brute_force(sources: int, targets: int) -> None:
    corridor = Corridor.full(sources, targets)
    scores = np.random.default_rng(7).normal(0, 3, (len(SIZES), corridor.void)).astype(np.float32)

    def node(i: int, j: int) -> int:
        return i * (targets + 1) + j

    paths = list(every_path(sources, targets))
    weights = np.array([sum(float(scores[n, node(i, j)]) for i, j, n in path) for path in paths])
    share = np.exp(weights) / np.exp(weights).sum()
    expected = np.zeros(scores.shape)
    for path, part in zip(paths, share, strict=True):
        for i, j, n in path:
            expected[n, node(i, j)] += part

    lattice = Lattice(corridor, SIZES)
    assert np.allclose(lattice.posteriors(scores), expected, atol=1e-6)
    best = sum(float(scores[size, end]) for end, size in lattice.best_path(scores))
    assert best == pytest.approx(weights.max())


def test_posteriors_of_the_beads_that_cover_a_sentence_sum_to_one() -> None:
    corridor = Corridor.full(30, 40)
    scores = np.random.default_rng(1).normal(0, 20, (len(SIZES), corridor.void)).astype(np.float32)
    probability = Lattice(corridor, SIZES).posteriors(scores)
    first = sum(
        probability[n][(corridor.rows - a < 1) & (corridor.rows >= 1)].sum()
        for n, (a, _) in enumerate(SIZES)
        if a
    )
    assert first == pytest.approx(1.0, abs=1e-4)


def test_sums_stay_finite_over_thousands_of_sentences() -> None:
    edges = search(Diagonal(3000))
    assert len(edges) == 3000
    assert all(edge.size == (1, 1) and edge.probability > 0.99 for edge in edges)


def test_a_long_insertion_is_found_from_the_coarse_path() -> None:
    """Four hundred sentences that only the target has, in texts too long to search whole."""
    edges = search(Diagonal(2600, inserted=400, at=1000))
    nulls = [edge.target - 1 for edge in edges if edge.size == (0, 1)]
    assert nulls == list(range(1000, 1400))


def test_the_corridor_grows_with_the_length_of_the_texts_only() -> None:
    nodes = []
    for length in (4000, 8000):
        path = rough_path(Diagonal(length))
        assert path is not None
        nodes.append(Corridor.around(path, length, length, radius=6).void)
    assert nodes[1] == pytest.approx(2 * nodes[0], rel=0.01)


def test_a_corridor_knows_its_neighbours() -> None:
    corridor = Corridor.around([(0, 0), (4, 4)], 4, 4, radius=0)
    assert list(zip(corridor.rows.tolist(), corridor.columns.tolist(), strict=True)) == [
        (n, n) for n in range(5)
    ]
    assert corridor.shifted(1, 1).tolist() == [5, 0, 1, 2, 3]
    assert corridor.shifted(0, 1).tolist() == [5] * 5


def test_an_empty_side_leaves_only_omissions() -> None:
    assert [edge.size for edge in search(Diagonal(3, inserted=-3))] == [(1, 0)] * 3


def test_scores_that_forbid_every_path_are_an_error() -> None:
    corridor = Corridor.full(2, 2)
    scores = np.full((len(COARSE_SIZES), corridor.void), FORBIDDEN, np.float32)
    with pytest.raises(BadInput, match="No way"):
        Lattice(corridor, COARSE_SIZES).posteriors(scores)
