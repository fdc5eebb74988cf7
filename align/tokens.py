"""
Words as both languages' evidence sees them: where they stand, and a key that forgets inflection.

An Arabic word is reduced to the most frequent of its strippings: ``وقال`` is
``قال`` because that is the commoner form, while ``والد`` stays whole. Which
forms are common is learned with the lexicon, so the rule needs no dictionary of
roots. An English word is its first six letters in lower case, without ``'s``.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from translate.normalize import DIACRITICS, INVISIBLE

_DROPPED = re.compile(f"[{DIACRITICS}{INVISIBLE}]+")
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06fa-\u06fc"
# Marks stand inside Arabic words; apostrophes and full stops inside English ones (won't, U.S.), but 's
# is a word of its own, and nobody's partner.
_WORD = re.compile(
    f"(?P<arabic>[{_ARABIC}][{_ARABIC}{DIACRITICS}{INVISIBLE}]*)"
    r"|(?P<digits>\d+(?:[.,٫٬]\d+)*)"
    r"|(?P<latin>[^\W\d_](?:[^\W\d_]|\.(?=[^\W\d_])|['’](?!s\b)(?=[^\W\d_]))*)"
    r"|(?P<symbol>[$€£%])"
)
_SHAPES = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
PROCLITICS = frozenset(
    ["و", "ف", "ب", "ل", "س", "وب", "ول", "وس", "فس", "ال", "وال", "فال", "بال", "كال", "وبال"]
)
FUSED = frozenset({"لل", "ولل", "فلل"})  # ل and the article, which appears again when ل is taken off.
ENCLITICS = frozenset(
    ["ها", "هم", "نا", "كم", "ه", "ي", "ات", "ون", "ين", "ان", "هما", "تين", "تان", "تها", "ته", "تهم", "ا"]
)
_BEGINNINGS = frozenset(clitic[0] for clitic in PROCLITICS | FUSED)
_ENDINGS = frozenset(clitic[-1] for clitic in ENCLITICS)
_ENGLISH_LETTERS = 6
_LONGEST_WORD = 12
_SYMBOLS = {"$": "dollars", "€": "euros", "£": "pounds", "%": "percent"}
_UNKNOWN_LETTER = math.log(10_000)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence; ``script`` is ``arabic``, ``latin``, ``digits`` or ``symbol``."""

    start: int
    end: int
    form: str
    script: str


def words(text: str) -> list[Word]:
    """
    The words of ``text`` in order, with code-point offsets; punctuation is nobody's word.

    >>> [word.form for word in words("قال الرئيسُ: 41 من AUKUS")]
    ['قال', 'الرييس', '41', 'من', 'aukus']
    """
    return [
        Word(match.start(), match.end(), _form(match.group(), script := match.lastgroup or ""), script)
        for match in _WORD.finditer(text)
    ]


def forms(text: str) -> list[str]:
    """Only the forms of :func:`words`, for texts too long to care where they stand."""
    return [_form(match.group(), match.lastgroup or "") for match in _WORD.finditer(text)]


def arabic_form(word: str) -> str:
    """An Arabic word without marks, and with one shape for the hamzas, ya and ta marbuta."""
    return _DROPPED.sub("", word).translate(_SHAPES)


def _form(word: str, script: str) -> str:
    if script == "arabic":
        return arabic_form(word)
    return _SYMBOLS.get(word) or word.lower().replace("’", "'")


def arabic_key(form: str, counts: Mapping[str, int]) -> str:
    """
    The most frequent form among ``form`` and what is left of it without its clitics.

    ``counts`` holds how often each form was seen in text. At least three letters
    remain, except after the article.

    >>> arabic_key("وقال", {"قال": 900, "وقال": 300})
    'قال'
    """
    best, most = form, counts.get(form, 0)
    for stem in strippings(form):
        seen = counts.get(stem, 0)
        if seen > most:
            best, most = stem, seen
    return best


def strippings(form: str) -> list[str]:
    """What may be left of an Arabic form when proclitics and enclitics are taken off."""
    heads = [form]
    for length in range(1, min(4, len(form) - 3) + 1) if form[:1] in _BEGINNINGS else ():
        head, rest = form[:length], form[length:]
        if head in PROCLITICS:
            heads.append(rest)
        elif head in FUSED:
            heads += (rest, "ال" + rest)
    stems = heads[1:]
    for head in heads if form[-1:] in _ENDINGS else ():
        for length in range(1, min(3, len(head) - 3) + 1):
            if head[-length:] in ENCLITICS:
                stems += (head[:-length], head[:-length] + "ه")
    return stems


def unglue(form: str, counts: Mapping[str, int], total: int | None = None) -> list[str]:
    """
    The words of a run of Arabic letters that somebody typed without spaces.

    The split whose words are commonest together (a unigram model); letters that
    make no known word cost as much as a word seen once in 10,000 per letter.
    ``total`` is the sum of ``counts``, for those who know it.

    >>> unglue("قالالرييس", {"قال": 900, "الرييس": 50})
    ['قال', 'الرييس']
    """
    total = (sum(counts.values()) if total is None else total) + 1
    best = [(0.0, 0)]
    for end in range(1, len(form) + 1):
        found = best[end - 1][0] - _UNKNOWN_LETTER, end - 1
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            if best[start][0] < found[0]:
                continue  # Any word costs something.
            word = form[start:end]
            seen: float = counts.get(word, 0)
            for stem in strippings(word):
                seen = max(seen, counts.get(stem, 0) / 4)
            if seen:
                found = max(found, (best[start][0] + math.log(seen / total), start))
        best.append(found)
    words: list[str] = []
    end = len(form)
    while end:
        start = best[end][1]
        words.insert(0, form[start:end])
        end = start
    return words


def english_key(form: str) -> str:
    """
    The first letters of an English form, without ``'s``: inflection mostly lies behind them.

    >>> english_key("negotiating"), english_key("u.s.")
    ('negoti', 'us')
    """
    return form.removesuffix("'s").replace(".", "").replace("'", "")[:_ENGLISH_LETTERS]
