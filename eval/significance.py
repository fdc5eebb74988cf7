"""
How much of a score, or of a difference, could be chance.

Bootstrap resampling (Koehn 2004) and paired approximate randomisation (Riezler
& Maxwell 2005), with sacreBLEU's seed, random numbers and definitions, so that
the same files give the same answers. sacreBLEU draws all samples at once
(800 MB for 100,000 segments); here they are drawn in blocks from the same
stream, and turned into one matrix product per block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eval.metrics import Rows

SEED = 12345
RESAMPLES = 1_000
TRIALS = 10_000
LEVEL = 0.05
_BLOCK_CELLS = 8_000_000  # float32 weights held at a time: 32 MB
_ROUNDING = 1e-9  # scores that differ by less are equal
_SPAN = 4_096  # segments summed at a time: few enough for single precision, and for a processor's cache


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % bootstrap interval in the metric's units; ``mean`` is the mean of the resamples."""

    low: float
    high: float
    mean: float

    @property
    def half(self) -> float:
        """Half the width: what sacreBLEU prints after ±."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Paired:
    """
    One system against a baseline under one metric.

    ``difference`` is system minus baseline. The two p-values are the chances of
    a difference this large between systems that are equally good, estimated by
    paired bootstrap and by approximate randomisation. ``segments`` were compared.
    """

    metric: str
    system: str
    baseline: str
    difference: float
    bootstrap_p: float
    randomisation_p: float
    segments: int

    def significant(self, level: float = LEVEL) -> bool:
        """Whether both tests find the difference unlikely to be chance, and could in so few segments."""
        return max(self.bootstrap_p, self.randomisation_p) < level and not too_few(self.segments, level)


def too_few(units: int, level: float = LEVEL) -> bool:
    """
    Whether nothing can be significant in so many units.

    If every unit agrees, two of the 2ⁿ outcomes of n fair coins are as extreme.

    >>> too_few(5), too_few(6)
    (True, False)
    """
    return 2.0 ** (1 - units) >= level


def resample(rows: Rows, *, resamples: int = RESAMPLES, seed: int = SEED) -> Rows:
    """
    Sums of ``resamples`` draws of all segments, with replacement.

    (segments, counts) → (resamples, counts). Columns of several metrics and
    systems may stand side by side: they then share their draws.
    """
    count = len(rows)
    rng = np.random.default_rng(seed)
    sums = np.empty((resamples, rows.shape[1]))
    parts = _spans(rows)
    block = max(1, _BLOCK_CELLS // max(count, 1))
    for start in range(0, resamples, block):
        stop = min(start + block, resamples)
        weights = np.empty((stop - start, count), dtype=np.float32)
        for row in weights:
            row[:] = np.bincount(rng.choice(count, size=count, replace=True), minlength=count)
        sums[start:stop] = _sums(weights, parts)
    return sums


def weighted(weights: NDArray[np.float32], rows: Rows) -> Rows:
    """
    ``weights @ rows``, in single precision wherever that is exact, which takes half the time.

    Sums of whole numbers are exact below 2²⁴ in whatever order they are added.
    """
    return _sums(weights, _spans(rows))


@dataclass(frozen=True, slots=True)
class _Span:
    """Rows of some segments; ``single`` are the same if whole numbers, ``largest`` bounds a column's sum."""

    rows: Rows
    single: NDArray[np.float32] | None
    largest: float


def _spans(rows: Rows) -> list[_Span]:
    """Prepared once for all blocks of weights."""
    parts = [rows[start : start + _SPAN] for start in range(0, len(rows), _SPAN)]
    return [
        _Span(
            part,
            part.astype(np.float32) if np.array_equal(part, np.rint(part)) else None,
            float(np.abs(part).sum(axis=0).max(initial=0.0)),
        )
        for part in parts
    ]


def _sums(weights: NDArray[np.float32], parts: Sequence[_Span]) -> Rows:
    sums = np.zeros((len(weights), parts[0].rows.shape[1] if parts else 0))
    start = 0
    for part in parts:
        share = weights[:, start : start + len(part.rows)]
        start += len(part.rows)
        if part.single is not None and part.largest * share.max(initial=0.0) < 2**24:
            sums += share @ part.single
        else:
            sums += share.astype(np.float64) @ part.rows
    return sums


def interval(scores: NDArray[np.float64]) -> Interval:
    """The middle 95 % of resampled scores, by sacreBLEU's rule: drop ⌊n/40⌋ at either end."""
    ordered = np.sort(scores)
    cut = len(ordered) // 40
    return Interval(float(ordered[cut]), float(ordered[len(ordered) - cut - 1]), float(ordered.mean()))


def bootstrap_p(
    system: NDArray[np.float64], baseline: NDArray[np.float64], difference: float, *, ties: bool = False
) -> float:
    """p-value of a difference, from two systems' scores on the same resamples; ``ties`` as in :func:`_p`."""
    differences = np.abs(system - baseline)
    return _p(differences - differences.mean(), abs(difference), ties=ties)


def randomise(baseline: Rows, system: Rows, *, trials: int = TRIALS, seed: int = SEED) -> tuple[Rows, Rows]:
    """
    Sums of two pseudo-systems per trial, each segment's pair swapped by a fair coin.

    (segments, counts) twice → (trials, counts) twice.
    """
    count = len(baseline)
    rng = np.random.default_rng(seed)
    everything = baseline.sum(axis=0) + system.sum(axis=0)
    difference = baseline - system
    shuffled = np.empty((trials, baseline.shape[1]))
    parts = _spans(difference)
    # numpy draws coins 32 at a time and drops the rest of each call: blocks must not leave a rest.
    block = 32 * max(1, _BLOCK_CELLS // (32 * max(count, 1)))
    for start in range(0, trials, block):
        stop = min(start + block, trials)
        coins = rng.integers(2, size=(stop - start, count), dtype=bool)
        shuffled[start:stop] = _sums(coins.astype(np.float32), parts)
    shuffled += system.sum(axis=0)
    return shuffled, everything - shuffled


def randomisation_p(
    left: NDArray[np.float64], right: NDArray[np.float64], difference: float, *, ties: bool = False
) -> float:
    """p-value of a difference, from the pseudo-systems of :func:`randomise`; ``ties`` as in :func:`_p`."""
    return _p(np.abs(left - right), abs(difference), ties=ties)


def _p(chances: NDArray[np.float64], difference: float, *, ties: bool) -> float:
    """
    The share of chances beyond the difference, never 0.

    With ``ties`` those that equal it count, as they must where units are few:
    swapping all of them gives the same difference again.
    """
    if difference == 0:  # sacreBLEU would give the least p-value there is to a system against itself.
        return 1.0
    # Strictly more, and +1 on both sides: sacreBLEU's (and multeval's) rule for never reaching 0.
    beyond = chances >= difference - _ROUNDING if ties else chances > difference
    return float((np.sum(beyond) + 1) / (len(chances) + 1))


def side_by_side(tables: Sequence[Rows]) -> tuple[Rows, list[slice]]:
    """Tables of equal height in one, and where each one's columns went."""
    edges = np.cumsum([0, *(table.shape[1] for table in tables)]).tolist()
    return np.hstack(tables), [slice(a, b) for a, b in pairwise(edges)]
