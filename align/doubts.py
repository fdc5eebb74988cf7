"""What is doubtful about a bead, in words that a reader understands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from align.bead import Bead
from align.length import surprise
from align.postings import Postings
from align.similarity import Evidence

SURE = 0.9
"""From this probability on, only facts are mentioned (an omission, a missing number), no suspicions."""

_ODD_LENGTH = 1.7  # Times longer or shorter than expected …
_ODD_SURPRISE = 3.0  # … and so many standard deviations off.
_UNRELATED = 0.05  # Likeness of all beads of two texts that are no translations stays below this.


def explain(evidence: Evidence, beads: Sequence[Bead]) -> Iterator[Bead]:
    """The same beads, each with its reasons for doubt."""
    for bead in beads:
        yield replace(bead, reasons=(*bead.reasons, *_reasons(evidence, bead)))


def related(evidence: Evidence, beads: Sequence[Bead]) -> float:
    """1 where the paired sentences share words as translations do, less where not, down to 0."""
    pair = evidence.pairs["content"]
    keys = int(max(pair.source.key.max(initial=0), pair.target.key.max(initial=0))) + 1
    owners = np.full(evidence.sources, -1), np.full(evidence.targets, -1)
    for number, bead in enumerate(beads):
        if not bead.is_null:
            owners[0][bead.source.start : bead.source.stop] = number
            owners[1][bead.target.start : bead.target.stop] = number
    codes, weights = [], []
    for postings, owner in ((pair.source, owners[0]), (pair.target, owners[1])):
        code = owner[postings.sentence] * keys + postings.key
        known, place = np.unique(code, return_inverse=True)
        codes.append(known)
        weights.append(np.bincount(place, postings.weight, len(known)))
    _, here, there = np.intersect1d(codes[0], codes[1], return_indices=True)
    shared = float((weights[0][here] * weights[1][there])[codes[0][here] >= 0].sum())
    length = float(np.sqrt((weights[0] ** 2).sum() * (weights[1] ** 2).sum()))
    return min(1.0, shared / length / _UNRELATED) if length else 1.0


def _reasons(evidence: Evidence, bead: Bead) -> Iterator[str]:
    if bead.is_null:
        yield f"nothing in {'English' if bead.source else 'Arabic'} for this sentence"
        return
    here = evidence.source.chars[bead.source.start : bead.source.stop].sum() * evidence.expected
    there = evidence.target.chars[bead.target.start : bead.target.stop].sum()
    off = float(surprise(np.array([here]), np.array([there]), 1.0)[0])
    times = there / max(here, 1.0)
    if abs(off) > _ODD_SURPRISE and not 1 / _ODD_LENGTH < times < _ODD_LENGTH:
        yield f"length {times:.1f}×"
    yield from _numbers(evidence, bead)
    if bead.confidence is not None and bead.confidence < SURE and not bead.pinned:
        yield f"other pairings are possible ({bead.confidence:.0%} sure of this one)"


def _numbers(evidence: Evidence, bead: Bead) -> Iterator[str]:
    pair = evidence.pairs.get("figures")
    if pair is None:
        return
    source, target = _values(evidence, pair.source, bead.source), _values(evidence, pair.target, bead.target)
    # Small numbers in words may be rendered by a dual or an article: those are not named.
    for value in sorted(name for name, sure in source.items() if sure and name not in target):
        yield f"{value} is missing"
    for value in sorted(name for name, sure in target.items() if sure and name not in source):
        yield f"{value} is added"


def _values(evidence: Evidence, postings: Postings, sentences: range) -> dict[str, bool]:
    """The numbers of a run of sentences, and whether each was surely meant as one."""
    low, high = np.searchsorted(postings.sentence, [sentences.start, sentences.stop])
    entries = zip(postings.key[low:high].tolist(), postings.weight[low:high].tolist(), strict=True)
    return {evidence.values[key]: weight >= 1.0 for key, weight in entries}
