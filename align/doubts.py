"""What is doubtful about a bead, in words that a reader understands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    figures = evidence.pairs.get("figures")
    values = (
        (_values(evidence, figures.source), _values(evidence, figures.target))
        if figures is not None
        else ({}, {})
    )
    for bead, length in zip(beads, _lengths(evidence, beads), strict=True):
        if reasons := tuple(_reasons(bead, length, values)):
            bead = replace(bead, reasons=(*bead.reasons, *reasons))
        yield bead


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


_Values = Mapping[int, Mapping[str, bool]]
"""The numbers of each sentence that has some, and whether each was surely meant as one."""


def _reasons(bead: Bead, length: str, values: tuple[_Values, _Values]) -> Iterator[str]:
    if bead.is_null:
        yield f"nothing in {'English' if bead.source else 'Arabic'} for this sentence"
        return
    if length:
        yield length
    source, target = _joined(values[0], bead.source), _joined(values[1], bead.target)
    # Small numbers in words may be rendered by a dual or an article: those are not named.
    for value in sorted(name for name, sure in source.items() if sure and name not in target):
        yield f"{value} is missing"
    for value in sorted(name for name, sure in target.items() if sure and name not in source):
        yield f"{value} is added"
    if bead.confidence is not None and bead.confidence < SURE and not bead.pinned:
        yield f"other pairings are possible ({bead.confidence:.0%} sure of this one)"


def _lengths(evidence: Evidence, beads: Sequence[Bead]) -> Iterator[str]:
    """By how much the target of each bead is longer or shorter than expected, where that is much."""
    ends = np.array(
        [(bead.source.start, bead.source.stop, bead.target.start, bead.target.stop) for bead in beads],
        np.int64,
    ).reshape(-1, 4)
    before = [np.concatenate([[0.0], np.cumsum(side.chars)]) for side in (evidence.source, evidence.target)]
    here = (before[0][ends[:, 1]] - before[0][ends[:, 0]]) * evidence.expected
    there = before[1][ends[:, 3]] - before[1][ends[:, 2]]
    odd = np.abs(surprise(here, there, 1.0)) > _ODD_SURPRISE
    times = there / np.maximum(here, 1.0)
    odd &= ~((times > 1 / _ODD_LENGTH) & (times < _ODD_LENGTH))
    return (f"length {much:.1f}×" if far else "" for much, far in zip(times, odd, strict=True))


def _joined(values: _Values, sentences: range) -> Mapping[str, bool]:
    """The numbers of a run of sentences."""
    return {name: sure for n in sentences if n in values for name, sure in values[n].items()}


def _values(evidence: Evidence, postings: Postings) -> _Values:
    values: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    entries = postings.sentence.tolist(), postings.key.tolist(), postings.weight.tolist()
    for sentence, key, weight in zip(*entries, strict=True):
        values[sentence][evidence.values[key]] = weight >= 1.0
    return values
