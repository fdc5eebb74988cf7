"""
Translation edit rate with its edits: sacreBLEU's numbers, an order of magnitude sooner.

Snover et al. (2006), as sacreBLEU's `lib_ter` computes it. Almost all its time
goes into measuring candidate shifts with a Levenshtein distance in Python; here
RapidFuzz measures them. sacreBLEU looks only at a beam of 25 words around the
diagonal; where a path could leave the beam, the beam decides, so that the two
always agree.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics import lib_ter


class Edit(StrEnum):
    """What happens to a word on the way from the hypothesis to the reference."""

    KEEP = "keep"
    REPLACE = "replace"
    ADD = "add"  # In the reference only: the translation lacks it.
    REMOVE = "remove"  # In the hypothesis only: the translation has it in excess.


_OPS = {" ": Edit.KEEP, "s": Edit.REPLACE, "i": Edit.ADD, "d": Edit.REMOVE}


@dataclass(frozen=True, slots=True)
class Edits:
    """
    The shortest way found from one hypothesis to one reference.

    ``words`` pairs each edit with its hypothesis and reference word ("" where
    that side has none), after ``shifts`` blocks of words have been moved.
    """

    shifts: int
    words: tuple[tuple[Edit, str, str], ...]

    @property
    def count(self) -> int:
        """Shifts and edits together: the numerator of TER."""
        return self.shifts + sum(edit is not Edit.KEEP for edit, _, _ in self.words)


def edits(hypothesis: Sequence[str], reference: Sequence[str]) -> Edits:
    """
    How ``hypothesis`` (words) becomes ``reference``.

    >>> [str(edit) for edit, _, _ in edits(["the", "dog"], ["a", "dog", "barked"]).words]
    ['replace', 'keep', 'add']
    """
    words, shifts, trace = _shifted(tuple(hypothesis), tuple(reference))
    steps, i, j = [], 0, 0
    for op in trace:
        edit = _OPS[op]
        left = "" if edit is Edit.ADD else words[i]
        right = "" if edit is Edit.REMOVE else reference[j]
        i, j = i + bool(left), j + bool(right)
        steps.append((edit, left, right))
    return Edits(shifts, tuple(steps))


def edit_count(hypothesis: Sequence[str], reference: Sequence[str]) -> int:
    """Edits and shifts from ``hypothesis`` to ``reference``, equal to sacreBLEU's."""
    _, shifts, trace = _shifted(tuple(hypothesis), tuple(reference))
    return shifts + len(trace) - trace.count(" ")


@lru_cache(maxsize=8192)  # The score of a line and the errors in it come from the same search.
def _shifted(hypothesis: tuple[str, ...], target: tuple[str, ...]) -> tuple[list[str], int, str]:
    """The hypothesis after its shifts, how many there were, and the trace to the target."""
    words, reference = list(hypothesis), list(target)
    if not reference:
        return words, 0, "d" * len(words)
    shifts = tried = 0
    while True:
        costs = _costs(words, reference)
        trace = _trace(costs, words, reference)
        gain, moved, tried = _best_shift(words, reference, costs[-1][-1], trace, tried)
        if tried >= lib_ter._MAX_SHIFT_CANDIDATES or gain <= 0:
            return words, shifts, trace
        words, shifts = moved, shifts + 1


def _best_shift(
    words: list[str], reference: list[str], cost: int, trace: str, tried: int
) -> tuple[int, list[str], int]:
    """The shift that saves most of ``cost``, as in `lib_ter._shift`, and the candidates tried so far."""
    align, missed, wrong = lib_ter.trace_to_alignment(trace.translate(lib_ter._FLIP_OPS))
    best: tuple[int, int, int, int, list[str]] = (0, 0, 0, 0, words)
    # A path of cost d between texts whose lengths differ by n strays at most d + n from the
    # diagonal, and no path leaves the beam of a short reference.
    inside = min(len(reference), cost + abs(len(words) - len(reference))) < lib_ter._BEAM_WIDTH - 1
    for start, target, length in _matches(words, reference):
        # Only words that are wrong here and missed there are worth moving, and only elsewhere.
        if not any(wrong[start : start + length]) or not any(missed[target : target + length]):
            continue
        if start <= align[target] < start + length:
            continue
        before = -1
        for offset in range(-1, length):
            if target + offset == -1:
                place = 0
            elif target + offset in align:
                place = align[target + offset] + 1
            else:
                break
            if place == before:
                continue
            before = place
            tried += 1
            moved = lib_ter._perform_shift(words, start, length, place)
            candidate = (cost - Levenshtein.distance(moved, reference), length, -start, -place, moved)
            if candidate > best and not inside:  # The beam's cost is never below the true distance.
                candidate = (cost - _costs(moved, reference)[-1][-1], *candidate[1:])
            best = max(best, candidate)
        if tried >= lib_ter._MAX_SHIFT_CANDIDATES:
            break
    return best[0], best[4], tried


def _matches(words: list[str], reference: list[str]) -> Iterator[tuple[int, int, int]]:
    """Every (start, start in the reference, length) of equal runs, in sacreBLEU's order."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(reference):
        places.setdefault(word, []).append(place)
    for start, word in enumerate(words):
        for target in places.get(word, ()):
            if abs(target - start) > lib_ter._MAX_SHIFT_DIST:
                continue
            limit = min(len(words) - start, len(reference) - target, lib_ter._MAX_SHIFT_SIZE)
            for length in range(1, limit + 1):
                if words[start + length - 1] != reference[target + length - 1]:
                    break
                yield start, target, length


def _costs(words: list[str], reference: list[str]) -> list[list[int]]:
    """Levenshtein costs of all prefixes within sacreBLEU's beam (infinite outside it)."""
    ids = {word: number for number, word in enumerate({*words, *reference})}
    left = np.array([ids[word] for word in words], dtype=np.int32)
    right = np.array([ids[word] for word in reference], dtype=np.int32)
    differ = left[:, None] != right[None, :]
    ratio = len(reference) / len(words) if words else 1.0
    width = lib_ter._BEAM_WIDTH
    if width < ratio / 2:
        width += math.ceil(ratio / 2)
    columns = np.arange(len(reference) + 1)
    costs = np.full((len(words) + 1, len(reference) + 1), lib_ter._INT_INFINITY, dtype=np.int64)
    costs[0] = columns
    for i in range(1, len(words) + 1):
        first = max(0, math.floor(i * ratio) - width)
        last = (
            len(reference) + 1 if i == len(words) else min(len(reference) + 1, math.floor(i * ratio) + width)
        )
        above, here = costs[i - 1], costs[i]
        np.minimum(above[:-1] + differ[i - 1], above[1:] + 1, out=here[1:])
        here[0] = i
        here[:first] = lib_ter._INT_INFINITY
        # Additions run along the row: the least of what any earlier column costs, plus the way from it.
        here -= columns
        np.minimum.accumulate(here, out=here)
        here += columns
        here[last:] = lib_ter._INT_INFINITY
    table: list[list[int]] = costs.tolist()
    return table


def _trace(costs: list[list[int]], words: list[str], reference: list[str]) -> str:
    """The edits behind ``costs``; at a tie a match or replacement first, then a removal, then an addition."""
    ops: list[str] = []
    i, j = len(words), len(reference)
    while i or j:
        here = costs[i][j]
        differ = not (i and j) or words[i - 1] != reference[j - 1]
        if i and j and costs[i - 1][j - 1] + differ == here:
            ops.append("s" if differ else " ")
            i, j = i - 1, j - 1
        elif i and costs[i - 1][j] + 1 == here:
            ops.append("d")
            i -= 1
        else:
            ops.append("i")
            j -= 1
    return "".join(reversed(ops))
