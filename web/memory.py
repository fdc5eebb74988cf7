"""A translation memory: earlier corrections of sentences that are the same, or like it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from web.records import Match
from web.store import folding

_SIGN = re.compile(r"[%٪‰]|(?<!\w)[-−](?=\d)")  # A hyphen before a number is a minus, one in "2-1" is none.
_PLAIN = {"٪": "%", "−": "-"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence that a person has corrected, and where it stands."""

    source: str
    target: str
    segment_id: int
    article_id: int


class Memory:
    """
    Sentence pairs to look up in, newest first; ``edition`` tells one state of them from another.

    Sentences are compared as a search folds them (diacritics, tatweel, the forms
    of alif, punctuation), so that the same sentence spelled otherwise is the same; but 5 %,
    5 $ and -5 are not.
    """

    def __init__(self, pairs: Iterable[Pair] = (), edition: int = -1) -> None:
        self.edition = edition
        self._pairs: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            self._pairs[_key(pair.source)].append(pair)
        self._keys = list(self._pairs)

    def exact(self, text: str) -> list[Match]:
        """The pairs whose sentence says just this; each different translation once."""
        return _distinct(_match(pair, 1.0) for pair in self._pairs.get(_key(text), []))

    def fuzzy(self, text: str, limit: int = 5, least: float = 0.6) -> list[Match]:
        """
        The pairs whose sentence is like this one, most alike first; each different pair once.

        Similarity is 1 less the Levenshtein distance over the longer sentence's
        length, in folded letters; 1.0 is kept for what :meth:`exact` finds.
        """
        key = _key(text)
        if not key or limit < 1:
            return []
        found = process.extract(
            key, self._keys, scorer=Levenshtein.normalized_similarity, score_cutoff=least, limit=limit
        )
        matches = _distinct(
            _match(pair, round(similarity, 4))
            for other, similarity, _ in found
            for pair in self._pairs[other]
        )
        return matches[:limit]


def _key(text: str) -> str:
    """The words as a search folds them, and the signs that make another thing of a number."""
    said = {word.start: word.form for word in folding.words(text)}
    said |= {sign.start(): _PLAIN.get(sign[0], sign[0]) for sign in _SIGN.finditer(text)}
    said |= {place: sign for place, sign in enumerate(text) if unicodedata.category(sign) == "Sc"}
    return " ".join(said[place] for place in sorted(said))


def _match(pair: Pair, similarity: float) -> Match:
    return Match(pair.source, pair.target, similarity, pair.segment_id, pair.article_id)


def _distinct(matches: Iterable[Match]) -> list[Match]:
    """One of those that say the same in both languages, the first."""
    seen: dict[Match, Match] = {}
    for match in matches:
        seen.setdefault(replace(match, segment_id=0, article_id=0), match)
    return list(seen.values())
