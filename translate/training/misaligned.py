"""
Telling pairs that are no translations of each other, by what the rest of the corpus teaches.

A first pass learns P(target word | source word) by counting. A pair whose words
explain each other no better than those of two strangers is misaligned. Whoever
learns from a pair remembers its words as translations, so that each half of the
corpus is judged by what the other half teaches.
"""

import random
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from translate.number_words import fold

LEAST = 2_000  # Pairs: with fewer, the words of a true pair are strangers too.
_LEARNED = 25_000
_STRANGERS = 8_000
_CHUNK = 2_000
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CLITIC = re.compile("^[وف]?(?:[بك]?ال|لل|[بلك](?=.{4}))?(?=.{3})")
_FLOOR = 1e-5

Ids = list[NDArray[np.int64]]


def stems(text: str, *, arabic: bool) -> list[str]:
    """
    Words cut to what usually survives inflection: the first letters, without Arabic clitics.

    >>> stems("وبالحكومة الجديدة", arabic=True), stems("the Governments", arabic=False)
    (['حكوم', 'جديد'], ['the', 'gover'])
    """
    if arabic:
        return [_CLITIC.sub("", fold(word))[:4] for word in _WORD.findall(text)]
    return [word[:5] for word in _WORD.findall(text.casefold())]


def cross_scores(sources: Sequence[str], targets: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """
    The score of each pair by what the other half of them teaches, and the threshold for such scores.

    The threshold is what the better half of random pairs of like length reach,
    judged in the same way; minus infinity where every pair is too short to tell.
    """
    scores = np.zeros(len(sources))
    strange = []
    for half in (0, 1):
        left, right = sources[half::2], targets[half::2]
        scorer = PairScorer(sources[1 - half :: 2], targets[1 - half :: 2])
        scores[half::2] = scorer.scores(left, right)
        strange.append(scorer.scores(*strangers(left, right)))
    told = np.concatenate(strange)
    told = told[~np.isnan(told)]
    return scores, float(np.median(told)) if len(told) else -np.inf


def strangers(sources: Sequence[str], targets: Sequence[str]) -> tuple[list[str], list[str]]:
    """Some of the sources, of every length alike, each with the target of another pair of its length."""
    order = sorted(range(len(sources)), key=lambda i: (len(sources[i].split()), len(targets[i].split())))
    places = range(0, len(order), -(-len(order) // _STRANGERS) or 1)
    return (
        [sources[order[place]] for place in places],
        [targets[order[(place + 7) % len(order)]] for place in places],  # The neighbour a few places on.
    )


class PairScorer:
    """
    How much better the two sides of a pair explain each other than chance does.

    ``score`` is in nats per word, the mean of both directions: above 0 the
    words are each other's translations more often than not. It means little for
    the pairs learned from: see :func:`cross_scores`.

    IBM Model 1 (Brown et al. 1993) without a null word, its probabilities mixed
    with the unigrams'.
    """

    def __init__(
        self, sources: Sequence[str], targets: Sequence[str], *, rounds: int = 4, seed: int = 1
    ) -> None:
        chance = random.Random(seed)
        chosen = list(range(len(sources)))
        if len(chosen) > _LEARNED:
            chosen = sorted(chance.sample(chosen, _LEARNED))
        words = (
            [stems(sources[i], arabic=True) for i in chosen],
            [stems(targets[i], arabic=False) for i in chosen],
        )
        self._known = tuple(_vocabulary(side) for side in words)
        left, right = (self._ids(side, index) for index, side in enumerate(words))
        self._width = len(self._known[1]) + 1
        self._unigrams = tuple(
            _unigrams(ids, len(known) + 1) for ids, known in zip((left, right), self._known, strict=True)
        )
        self._learn(left, right, rounds)

    def scores(self, sources: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        """The score of each pair; NaN where a side has fewer than three words, which tell too little."""
        answer = []
        for start in range(0, len(sources), _CHUNK):
            left = self._ids([stems(text, arabic=True) for text in sources[start : start + _CHUNK]], 0)
            right = self._ids([stems(text, arabic=False) for text in targets[start : start + _CHUNK]], 1)
            values = self._values(left, right)
            short = np.array([min(len(a), len(b)) < 3 for a, b in zip(left, right, strict=True)], bool)
            answer.append(np.where(short, np.nan, values))
        return np.concatenate(answer) if answer else np.zeros(0)

    def _ids(self, rows: Sequence[Sequence[str]], side: int) -> Ids:
        known = self._known[side]
        return [np.array([known.get(word, 0) for word in row], np.int64) for row in rows]

    def _learn(self, left: Ids, right: Ids, rounds: int) -> None:
        cells, sources, targets = _cells(left, right, self._width)
        keys, inverse = np.unique(cells, return_inverse=True)
        del cells
        from_source = np.full(len(keys), 1.0)
        from_target = np.full(len(keys), 1.0)
        first, second = keys // self._width, keys % self._width
        for _ in range(rounds):
            for table, groups, given in ((from_source, targets, first), (from_target, sources, second)):
                weight = table[inverse]
                total = np.bincount(groups, weight)
                counts = np.bincount(inverse, weight / np.maximum(total[groups], 1e-30), minlength=len(keys))
                table[:] = counts / np.maximum(np.bincount(given, counts)[given], 1e-30)
        kept = (from_source > 0.005) | (from_target > 0.005)
        self._keys, self._tables = keys[kept], (from_source[kept], from_target[kept])

    def _values(self, left: Ids, right: Ids) -> NDArray[np.float64]:
        cells, sources, targets = _cells(left, right, self._width)
        place = np.searchsorted(self._keys, cells).clip(max=max(len(self._keys) - 1, 0))
        hit = self._keys[place] == cells if len(self._keys) else np.zeros(len(cells), bool)
        mean = np.zeros(len(left))
        for table, groups, side, others, unigram in (
            (self._tables[0], targets, right, left, self._unigrams[1]),
            (self._tables[1], sources, left, right, self._unigrams[0]),
        ):
            words = np.concatenate(side) if side else np.zeros(0, np.int64)
            lengths = np.array([len(row) for row in side])
            pair = np.repeat(np.arange(len(side)), lengths)
            known = np.bincount(groups[hit], table[place[hit]], minlength=len(words))[: len(words)]
            known = known / np.maximum(np.array([len(row) for row in others]), 1)[pair]
            base = unigram[words] + _FLOOR
            gain = np.log((0.9 * known + 0.1 * base) / base)
            mean += np.bincount(pair, gain, minlength=len(side)) / np.maximum(lengths, 1) / 2
        return mean


def _vocabulary(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Words seen at least twice, numbered from 1; 0 is all others."""
    counts: dict[str, int] = {}
    for row in rows:
        for word in row:
            counts[word] = counts.get(word, 0) + 1
    return {word: i for i, word in enumerate((w for w, count in counts.items() if count > 1), 1)}


def _unigrams(rows: Ids, size: int) -> NDArray[np.float64]:
    words = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    counts = np.bincount(words, minlength=size).astype(np.float64)
    shares: NDArray[np.float64] = counts / max(counts.sum(), 1.0)
    return shares


def _cells(left: Ids, right: Ids, width: int) -> tuple[NDArray[np.int64], ...]:
    """Every (source word, target word) of every pair as one number, and both words' places in all text."""
    cells, sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    source_place = target_place = 0
    for source, target in zip(left, right, strict=True):
        cells.append((source[:, None] * width + target[None, :]).ravel())
        sources.append(np.repeat(np.arange(source_place, source_place + len(source)), len(target)))
        targets.append(np.tile(np.arange(target_place, target_place + len(target)), len(source)))
        source_place, target_place = source_place + len(source), target_place + len(target)
    return np.concatenate(cells), np.concatenate(sources), np.concatenate(targets)
