"""
Sentences left beside a bead of four, which is as many as the search joins: do they belong to it?

Gold has too few such beads to learn what larger sizes are worth. They are priced
as beads of four, by length and likeness as all are, and only where the search
found one of four with sentences beside it that nothing renders.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from align.bead import Bead
from align.search import Corridor, Floats, Size
from align.weights import LogLinear, Weights

_MOST = 12  # Sentences of a bead, at most.
_CONTEXT = 6  # Sentences either way that likeness is relative to.
_LIKELY = 0.1  # From this probability on, it is said that a sentence may belong to its neighbour.


def absorb(beads: Sequence[Bead], scorer: LogLinear) -> list[Bead]:
    """
    The same beads, those of four joined with the omissions beside them where that is likelier.

    Where it is not, the omissions are no surer than that, and say so where there is doubt.
    Pinned beads stay as they are.
    """
    result = list(beads)
    for wide in [bead for bead in beads if bead.size in {(1, 4), (4, 1)} and not bead.pinned]:
        at = result.index(wide)
        null = (0, 1) if wide.size == (1, 4) else (1, 0)
        low = at - _run(result[:at][::-1], null)
        high = at + 1 + _run(result[at + 1 :], null)
        if high - low > 1:
            result[low:high] = _joined(result[low:high], at - low, scorer)
    return result


def _run(beads: Sequence[Bead], size: Size) -> int:
    """How many beads of this size, not pinned, come first; no more than may be joined."""
    for number, bead in enumerate(beads[: _MOST - 4]):
        if bead.size != size or bead.pinned:
            return number
    return min(len(beads), _MOST - 4)


def _joined(beads: Sequence[Bead], at: int, scorer: LogLinear) -> list[Bead]:
    """The likeliest way to join the bead at a place with neighbours, all of which are omissions."""
    spans = [(low, high) for low in range(at + 1) for high in range(at + 1, len(beads) + 1)]
    spans = [(low, high) for low, high in spans if high - low <= _MOST - 3]
    worth = _worth(beads, spans, scorer)
    likely = np.exp(worth - worth.max())
    likely /= likely.sum()
    low, high = spans[int(likely.argmax())]
    joined = beads[at]
    if high - low > 1:
        joined = replace(
            _union(beads[low:high]),
            score=beads[at].score + float(worth.max()),
            confidence=float(likely.max()),
        )
    left = []
    for place in (*range(low), *range(high, len(beads))):
        taken = sum(p for (a, b), p in zip(spans, likely.tolist(), strict=True) if a <= place < b)
        left.append(_doubted(beads[place], taken))
    return [*left[:low], joined, *left[low:]]


def _union(beads: Sequence[Bead]) -> Bead:
    first, last = beads[0], beads[-1]
    return Bead(range(first.source.start, last.source.stop), range(first.target.start, last.target.stop))


def _doubted(null: Bead, taken: float) -> Bead:
    """An omission that belongs to its neighbour with some probability."""
    sure = min(null.confidence or 0.0, 1 - taken)
    reasons = [*null.reasons, *(["it may belong to its neighbour"] if taken >= _LIKELY else [])]
    return replace(null, confidence=sure, reasons=tuple(dict.fromkeys(reasons)))


def _worth(beads: Sequence[Bead], spans: Sequence[tuple[int, int]], scorer: LogLinear) -> Floats:
    """The log-weight of each way to join some of these beads, above that of leaving them all."""
    whole = _union(beads)
    source = range(max(whole.source.start - _CONTEXT, 0), min(whole.source.stop + _CONTEXT, scorer.sources))
    target = range(max(whole.target.start - _CONTEXT, 0), min(whole.target.stop + _CONTEXT, scorer.targets))
    unions = [_union(beads[low:high]) for low, high in spans]
    sizes = list(dict.fromkeys(bead.size for bead in [*beads, *unions]))
    weights = {**_priors(sizes, scorer.weights), **scorer.weights}
    window = replace(scorer, weights=weights).between(source, target)
    scores = window.score(Corridor.full(window.sources, window.targets), sizes)

    def score(bead: Bead) -> float:
        i, j = bead.source.stop - source.start, bead.target.stop - target.start
        return float(scores[sizes.index(bead.size), i * (len(target) + 1) + j])

    alone = [score(bead) for bead in beads]
    return np.array(
        [score(union) - sum(alone[low:high]) for union, (low, high) in zip(unions, spans, strict=True)]
    )


def _priors(sizes: Sequence[Size], weights: Weights) -> Weights:
    """Weights of sizes: that of four, less for each sentence more what four have less than three."""
    priors = {}
    for a, b in sizes:
        three, four = (weights.get(f"size {n}-1" if b == 1 else f"size 1-{n}", 0.0) for n in (3, 4))
        priors[f"size {a}-{b}"] = four + min(four - three, 0.0) * (max(a, b) - 4)
    return priors
