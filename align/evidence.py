"""
What two texts have in common, sentence by sentence: words, numbers, and our own translation.

Each kind of evidence becomes a pair of inverted indexes over shared keys. Words
meet through the lexicon; what the lexicon does not know meets by its Latin
spelling or by its consonants (:mod:`align.names`). Our translation of the source
meets the target as English does English, by word beginnings.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from align.lexicon import Lexicon
from align.names import skeletons
from align.postings import Postings, order_of
from align.search import Ints
from align.tokens import english_key
from translate.normalize import DIACRITICS, INVISIBLE
from translate.numbers import numbers

_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_SURFACE = re.compile(rf"[^\W\d_]+(?:[{DIACRITICS}{INVISIBLE}]+[^\W\d_]*|[.'’][^\W\d_]+)*")
_DIGITS = re.compile(r"\d+(?:[.,٫٬]\d+)*")

_NAME_COUNT = 40  # A word the lexicon saw less often may be a name that it only half knows.
_NAME_WEIGHT = 0.5
_LATIN_WEIGHT = 1.0
_LEAST_RENDERING = 0.02
_GLUED = 11  # Unknown words of so many letters are probably several, typed without spaces.
# Beyond these only digits are read as numbers: reading words takes 0.1 ms a sentence.
_MANY_SENTENCES = 1000
_LONG_SENTENCE = 20_000
_SENTENCES_AT_ONCE = 4000  # Bounds the memory that indexing takes.


@dataclass(frozen=True, slots=True)
class Pair:
    """One kind of evidence: the same keys on both sides."""

    source: Postings
    target: Postings

    def between(self, sources: range, targets: range) -> "Pair":
        """The evidence on two runs of sentences."""
        return Pair(self.source.between(sources), self.target.between(targets))

    def halved(self) -> "Pair":
        """The more telling evidence on neighbouring sentences joined in twos."""
        return Pair(self.source.telling().halved(), self.target.telling().halved())


class Keys(dict[str, int]):
    """Numbers for the keys met, those of ``known`` kept; a new key gets the next number, below ``count``."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self.count = len(known)

    def __missing__(self, key: str) -> int:
        number = self._known.get(key)
        if number is None:
            number = self.count
            self.count += 1
        self[key] = number
        return number


def content(source: Sequence[str], target: Sequence[str], lexicon: Lexicon) -> Pair:
    """Words of Arabic sentences as their English renderings, and English words, weighted by idf."""
    keys = Keys(lexicon.target_ids)
    sources, targets = Words.of(source), Words.of(target)
    rows: list[int] = []
    rendered: list[int] = []

    def render(number: int, form: str) -> None:
        """Which rows of the lexicon render a word, and the keys of what they do not cover."""
        if not _ARABIC.match(form):
            sources.add(number, keys[english_key(form.lower())], _LATIN_WEIGHT)
            return
        row = lexicon.source_id(form)
        if row >= 0:
            rows.append(row)
            rendered.append(number)
        if row < 0 and len(form) >= _GLUED:
            pieces = lexicon.unglue(form)
            for piece in pieces if len(pieces) > 1 else ():
                render(number, piece)
        elif row < 0 or half_known[row]:
            for name in skeletons(form):
                sources.add(number, keys["~" + name], _NAME_WEIGHT)

    half_known = lexicon.source_counts < _NAME_COUNT
    # All at once, which is much faster than word by word.
    for number, form in enumerate(lexicon.form("\n".join(sources.surfaces)).split("\n")):
        render(number, form)
    entry, owner = spread(lexicon.starts, np.array(rows, np.int64))
    strength = np.sqrt(lexicon.forward[entry] * lexicon.backward[entry])
    kept = strength >= _LEAST_RENDERING
    sources.add_all(np.array(rendered, np.int64)[owner[kept]], lexicon.targets[entry[kept]], strength[kept])

    half_known = lexicon.target_counts < _NAME_COUNT
    for number, surface in enumerate(targets.surfaces):
        if _ARABIC.match(surface):
            continue
        key = keys[english_key(surface.lower())]
        targets.add(number, key, 1.0)
        if surface[0].isupper() and (key >= len(half_known) or half_known[key]):
            for name in skeletons(surface.removesuffix("'s")):
                targets.add(number, keys["~" + name], _NAME_WEIGHT)
    return _weighted(Pair(sources.postings(), targets.postings()), keys, lexicon)


def translated(translations: Sequence[str], target: Sequence[str], lexicon: Lexicon) -> Pair:
    """English renderings of the source sentences, ours, against the target's words, weighted by idf."""
    keys = Keys(lexicon.target_ids)
    sides = Words.of(translations), Words.of(target)
    for side in sides:
        for number, surface in enumerate(side.surfaces):
            side.add(number, keys[english_key(surface.lower())], 1.0)
    return _weighted(Pair(*(side.postings() for side in sides)), keys, lexicon)


def figures(source: Sequence[str], target: Sequence[str]) -> tuple[Pair, tuple[str, ...]]:
    """
    The numbers of both sides by value, each once per sentence, and how each value is written.

    The product of two sentences is how many they share; a number spelled out
    and below thirteen counts a quarter, for it may be an article or a dual.
    """
    quick = max(len(source), len(target)) > _MANY_SENTENCES
    keys = Keys({})

    def bag(sentence: str) -> dict[int, float]:
        if quick or len(sentence) > _LONG_SENTENCE:
            found = _DIGITS.findall(sentence)
            return {keys[_written(Fraction(int(text))) if text.isdigit() else text]: 1.0 for text in found}
        return {
            keys[_written(number.value)]: 1.0 if number.in_digits or number.value > 12 else 0.5
            for number in numbers(sentence)
        }

    pair = Pair(Postings.of([bag(s) for s in source]), Postings.of([bag(s) for s in target]))
    return pair, tuple(keys)


def _written(value: Fraction) -> str:
    """1,500 · 2019 · 3.5: years, which are most four-digit numbers, go without a comma."""
    if value.denominator == 1:
        return str(value) if value < 10_000 else f"{int(value):,}"
    return f"{float(value):.10g}"


@dataclass(frozen=True, slots=True)
class Words:
    """
    The words of a text by number, and the keys under which each distinct one is filed.

    ``surfaces`` are the distinct words, ``numbers`` the words in order, ``lengths``
    how many of them each sentence has.
    """

    surfaces: list[str]
    numbers: Ints
    lengths: Ints
    # What is filed: which word, under which key, with what weight.
    _words: "array[int]" = field(default_factory=lambda: array("q"))
    _keys: "array[int]" = field(default_factory=lambda: array("q"))
    _weights: "array[float]" = field(default_factory=lambda: array("d"))

    @classmethod
    def of(cls, sentences: Sequence[str]) -> "Words":
        """The words of these sentences, none of them filed yet."""
        known: defaultdict[str, int] = defaultdict()
        known.default_factory = known.__len__
        # Arrays and not lists: a long text has millions of words.
        numbers, lengths = array("q"), array("q")
        for sentence in sentences:
            found = _SURFACE.findall(sentence)
            lengths.append(len(found))
            numbers.extend(map(known.__getitem__, found))
        return cls(list(known), np.array(numbers, np.int64), np.array(lengths, np.int64))

    def add(self, number: int, key: int, weight: float) -> None:
        """File a distinct word under a key."""
        self._words.append(number)
        self._keys.append(key)
        self._weights.append(weight)

    def add_all(self, numbers: Ints, keys: NDArray[np.integer], weights: NDArray[np.floating]) -> None:
        """File several at once."""
        self._words.frombytes(numbers.tobytes())
        self._keys.frombytes(keys.astype(np.int64).tobytes())
        self._weights.frombytes(weights.astype(np.float64).tobytes())

    def postings(self) -> Postings:
        """The bag of each sentence: all keys of all its words, the weights of those that meet added."""
        filed = np.array(self._words, np.int64)
        order = order_of(filed)
        starts = np.searchsorted(filed[order], np.arange(len(self.surfaces) + 1))
        key = np.array(self._keys, np.int32)[order]
        weight = np.array(self._weights, np.float64)[order]
        ends = np.cumsum(self.lengths)
        sentences = len(self.lengths)

        def parts() -> Iterator[Postings]:
            for low in range(0, sentences, _SENTENCES_AT_ONCE):
                high = min(low + _SENTENCES_AT_ONCE, sentences)
                words = self.numbers[ends[low] - self.lengths[low] : ends[high - 1]]
                entry, place = spread(starts, words)
                sentence = np.repeat(np.arange(low, high, dtype=np.int32), self.lengths[low:high])[place]
                yield Postings(sentence, key[entry], weight[entry], sentences).merged()

        most = int(np.diff(starts)[self.numbers].sum())
        return Postings.joined(parts(), sentences, most)


def spread(starts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """
    The entries of some rows of a sparse table, row after row, and which of ``rows`` each belongs to.

    >>> [found.tolist() for found in spread(np.array([0, 2, 2, 5]), np.array([2, 0]))]
    [[2, 3, 4, 0, 1], [0, 0, 0, 1, 1]]
    """
    count = starts[rows + 1] - starts[rows]
    owner = np.repeat(np.arange(len(rows)), count)
    before = np.cumsum(count) - count
    return np.arange(len(owner)) + (starts[rows] - before)[owner], owner


def _weighted(pair: Pair, keys: Keys, lexicon: Lexicon) -> Pair:
    """Both sides times the idf of each key: rare in this target text, and rare at large."""
    background = np.zeros(keys.count)
    background[: len(lexicon.target_counts)] = lexicon.target_counts
    # Each key stands once in a sentence.
    frequency = np.bincount(pair.target.key, minlength=len(background))
    here = np.log1p(pair.target.sentences / np.maximum(frequency, 0.5))
    total = background.sum() + 1.0
    at_large = np.log(total / (background + 1.0)) / np.log(total)
    idf = here * at_large
    return Pair(pair.source.scaled(idf), pair.target.scaled(idf))
