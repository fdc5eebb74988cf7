"""
Words as a search compares them: spelling that Arabic writers vary is made one.

أ إ آ ٱ are ا, ة is ه, ى is ي, ؤ and ئ are و and ي, diacritics and tatweel go, digits are
European, Latin letters are small and bare. The article is left off a query; a
text is found with it and without. For searching only: the model never sees this.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u200c\u200d"
_WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{_MARKS}])*")
_LETTERS = str.maketrans(
    {"ة": "ه", "ى": "ي", "ٱ": "ا", "ی": "ي", "ک": "ك", "ـ": None, "\u200c": None, "\u200d": None}
)
# و ف ب ك before the article stand with it; ل swallows its alif. Three letters must be left:
# الله, التي and والده do not begin with an article, or lose themselves without it.
_ARTICLE = re.compile("^(?:[وفبك]?ال|و?لل)(?=[^\\W\\d_]{3})")
_WHOLE = 2  # Letters up to which a query's word must be the text's whole word.
_MOST_WORDS = 16  # Words of a query that are looked at.


@dataclass(frozen=True, slots=True)
class Folded:
    """A word of a text: its place, its folded form, and that form without the article."""

    start: int
    end: int
    form: str
    bare: str

    def answers(self, query: str) -> bool:
        """Whether a query's word finds this one: a beginning will do, unless it is very short."""
        if len(query) <= _WHOLE:
            return query in (self.form, self.bare)
        return self.form.startswith(query) or self.bare.startswith(query)


def words(text: str) -> list[Folded]:
    """
    The words of a text, in order.

    >>> [word.bare for word in words("وبالمدرسةِ الأولـى")]
    ['وبالمدرسه', 'اولي']
    """
    found = []
    for match in _WORD.finditer(text):
        form = _fold(match.group())
        if form:
            found.append(Folded(match.start(), match.end(), form, _ARTICLE.sub("", form)))
    return found


def index_text(text: str) -> str:
    """What a database keeps of a text to search in: its words' forms, set off by spaces."""
    forms = []
    for word in words(text):
        forms.append(word.form)
        if word.bare != word.form:
            forms.append(word.bare)
    return f" {' '.join(forms)} "


def query_words(query: str) -> list[str]:
    """The words to look for, each once, without the article."""
    return list(dict.fromkeys(word.bare for word in words(query)))[:_MOST_WORDS]


def match_expression(queries: list[str]) -> str:
    """All of the words, as SQLite's FTS5 is asked for them."""
    return " AND ".join(f'"{query}"' if len(query) <= _WHOLE else f'"{query}"*' for query in queries)


def like_pattern(query: str) -> str:
    """One word, as ``LIKE`` is asked for it in :func:`index_text`; folded words hold no wildcard."""
    return f"% {query} %" if len(query) <= _WHOLE else f"% {query}%"


def spans(text: str, queries: list[str]) -> tuple[tuple[int, int], ...]:
    """Where in a text the words of a query are found: code points, in order."""
    return tuple(
        (word.start, word.end) for word in words(text) if any(word.answers(query) for query in queries)
    )


def holds(text: str, queries: list[str]) -> bool:
    """Whether every word of a query is found in a text."""
    found = words(text)
    return all(any(word.answers(query) for word in found) for query in queries)


@lru_cache(maxsize=65_536)
def _fold(word: str) -> str:
    letters = []
    for letter in unicodedata.normalize("NFKD", word).translate(_LETTERS):
        if unicodedata.combining(letter):
            continue
        digit = unicodedata.decimal(letter, None)
        letters.append(letter if digit is None else str(digit))
    return "".join(letters).casefold()
