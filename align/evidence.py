"""
What two texts have in common, sentence by sentence: words, numbers, and our own translation.

Each kind of evidence becomes a pair of inverted indexes over shared keys. Words
meet through the lexicon; what the lexicon does not know meets by its Latin
spelling or by its consonants (:mod:`align.names`). Our translation of the source
meets the target as English does English, by word beginnings.
"""

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from align.lexicon import Lexicon
from align.names import skeletons
from align.postings import Postings
from align.search import Floats
from align.tokens import english_key
from translate.normalize import DIACRITICS, INVISIBLE
from translate.numbers import numbers

_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_SURFACE = re.compile(rf"(?:[^\W\d_](?:[^\W\d_]|[{DIACRITICS}{INVISIBLE}]|[.'’](?=[^\W\d_]))*)")
_DIGITS = re.compile(r"\d+(?:[.,٫٬]\d+)*")

_NAME_COUNT = 40  # A word the lexicon saw less often may be a name that it only half knows.
_NAME_WEIGHT = 0.5
_LATIN_WEIGHT = 1.0
_LEAST_RENDERING = 0.02
_GLUED = 11  # Unknown words of so many letters are probably several, typed without spaces.
# Beyond these only digits are read as numbers: reading words takes 0.1 ms a sentence.
_MANY_SENTENCES = 1000
_LONG_SENTENCE = 20_000


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


class Keys:
    """Numbers for keys, the lexicon's English keys first."""

    def __init__(self, known: dict[str, int]) -> None:
        self._known = known
        self.new: dict[str, int] = {}

    def __getitem__(self, key: str) -> int:
        number = self._known.get(key)
        return self.new.setdefault(key, len(self._known) + len(self.new)) if number is None else number

    def __len__(self) -> int:
        return len(self._known) + len(self.new)


def content(source: Sequence[str], target: Sequence[str], lexicon: Lexicon) -> Pair:
    """Words of Arabic sentences as their English renderings, and English words, weighted by idf."""
    keys = Keys(lexicon.target_ids)
    rare = lexicon.target_counts < _NAME_COUNT

    def rendered(surface: str) -> dict[int, float]:
        if not _ARABIC.match(surface):
            return {keys[english_key(surface.lower())]: _LATIN_WEIGHT}
        form = lexicon.form(surface)
        row = lexicon.source_id(form)
        bag: dict[int, float] = {}
        if row >= 0:
            span = slice(lexicon.starts[row], lexicon.starts[row + 1])
            strength = np.sqrt(lexicon.forward[span] * lexicon.backward[span])
            kept = strength >= _LEAST_RENDERING
            bag = dict(zip(lexicon.targets[span][kept].tolist(), strength[kept].tolist(), strict=True))
        if row < 0 and len(form) >= _GLUED:
            pieces = lexicon.unglue(form)
            for piece in pieces if len(pieces) > 1 else ():
                bag |= rendered(piece)
        elif row < 0 or lexicon.source_counts[row] < _NAME_COUNT:
            bag |= {keys["~" + name]: _NAME_WEIGHT for name in skeletons(form)}
        return bag

    def read(surface: str) -> dict[int, float]:
        if _ARABIC.match(surface):
            return {}
        key = keys[english_key(surface.lower())]
        bag = {key: 1.0}
        if surface[0].isupper() and (key >= len(rare) or rare[key]):
            bag |= {keys["~" + name]: _NAME_WEIGHT for name in skeletons(surface.removesuffix("'s"))}
        return bag

    pair = Pair(_index(source, rendered), _index(target, read))
    counts = np.zeros(len(keys))
    counts[: len(lexicon.target_counts)] = lexicon.target_counts
    return _weighted(pair, counts)


def translated(translations: Sequence[str], target: Sequence[str], lexicon: Lexicon) -> Pair:
    """English renderings of the source sentences, ours, against the target's words, weighted by idf."""
    keys = Keys(lexicon.target_ids)

    def read(surface: str) -> dict[int, float]:
        return {keys[english_key(surface.lower())]: 1.0}

    pair = Pair(_index(translations, read), _index(target, read))
    counts = np.zeros(len(keys))
    counts[: len(lexicon.target_counts)] = lexicon.target_counts
    return _weighted(pair, counts)


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
    return pair, tuple(keys.new)


def _written(value: Fraction) -> str:
    """1,500 · 2019 · 3.5: years, which are most four-digit numbers, go without a comma."""
    if value.denominator == 1:
        return str(value) if value < 10_000 else f"{int(value):,}"
    return f"{float(value):.10g}"


def _index(sentences: Sequence[str], bag_of: Callable[[str], dict[int, float]]) -> Postings:
    """Bags of all the words of each sentence; each distinct word is looked up once."""
    entries: dict[str, tuple[tuple[int, float], ...]] = {}
    # Arrays and not lists: a long text has millions of entries.
    lengths, keys, weights = array("q"), array("q"), array("d")
    for sentence in sentences:
        bag: dict[int, float] = {}
        for surface in _SURFACE.findall(sentence):
            entry = entries.get(surface)
            if entry is None:
                entry = entries[surface] = tuple(bag_of(surface).items())
            for key, weight in entry:
                bag[key] = bag.get(key, 0.0) + weight
        lengths.append(len(bag))
        keys.extend(bag)
        weights.extend(bag.values())
    return Postings(
        np.repeat(np.arange(len(sentences)), np.array(lengths, np.int64)),
        np.array(keys, np.int64),
        np.array(weights, np.float64),
        len(sentences),
    )


def _weighted(pair: Pair, background: Floats) -> Pair:
    """Both sides times the idf of each key: rare in this target text, and rare at large."""
    present = np.unique(pair.target.key * (pair.target.sentences + 1) + pair.target.sentence)
    frequency = np.bincount(present // (pair.target.sentences + 1), minlength=len(background))
    here = np.log1p(pair.target.sentences / np.maximum(frequency, 0.5))
    total = background.sum() + 1.0
    at_large = np.log(total / (background + 1.0)) / np.log(total)
    idf = here * at_large
    return Pair(pair.source.scaled(idf), pair.target.scaled(idf))
