"""
The numbers a text says, in digits or words, Arabic or English, as exact values.

Two sentences that translate each other say the same numbers, however each
writes them: ``٢٥٠ مليون`` and ``250 million``, ``ثلاثة عشر`` and ``13``.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from translate.normalize import DIACRITICS, VULGAR_FRACTIONS
from translate.number_words import DUAL, NAMED_ALPHA, NEVER_COUNTED, OTHER, Kind, Word, fold, look_up, silent

DIGIT = "0-9٠-٩۰-۹"


@dataclass(frozen=True, slots=True)
class Number:
    """
    One number and where it stands: ``source_text[start:end] == text``.

    ``value`` is exact and unsigned, in units (``3.5 مليار`` is 3 500 000 000);
    it equals and hashes like the int of the same size. ``scaled`` tells that a
    word such as million multiplied it.
    """

    value: Fraction
    start: int
    end: int
    text: str
    scaled: bool = False

    @property
    def in_digits(self) -> bool:
        """Whether it is written with digits at all, rather than in words alone."""
        return any(character.isnumeric() for character in self.text)


def numbers(text: str) -> list[Number]:
    """
    Every number of ``text`` in order, ordinals, years and ``G20`` included.

    Cardinals and ordinals are not told apart, signs are ignored, a percentage
    is its figure, a range or a time is two numbers, and a decade named with
    its century is its first year; ``1½`` is one number. Indefinite amounts (``آلاف``, "dozens"),
    fractions alone (``نصف``), duals of other nouns (``عامين``) and the 2 of ``م2`` are none.

    >>> [int(n.value) for n in numbers("وخمسة وعشرون جريحا و250 مليون دولار في 2019-2023")]
    [25, 250000000, 2019, 2023]
    """
    if not _DIGIT.search(text) and silent(text):
        return []
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    found: list[Number] = []
    position = 0
    while position < len(tokens):
        if tokens[position].word.kind is Kind.OTHER:
            position += 1
            continue
        reading, after = _longest(text, tokens, position)
        if reading is not None:
            start, end = tokens[position].start, tokens[after - 1].end
            number = Number(reading.value, start, end, text[start:end], reading.floor is not None)
            if found:
                found[-1] = _share_scale(text, found[-1], number, reading.floor)
            found.append(number)
        position = after
    return found


class _Token(NamedTuple):  # A text has many, and a dataclass takes thrice as long to make.
    word: Word
    folded: str
    start: int
    end: int
    prefix: str = ""  # Arabic clitics other than the article: و, ب, ل …


@dataclass(frozen=True, slots=True)
class _Reading:
    """
    A number half read: ``total`` of the closed scales, then the open ``group``.

    ``floor`` is the smallest scale closed so far; what follows must be less.
    """

    last: Kind
    total: Fraction = Fraction(0)
    group: Fraction | None = None
    floor: Fraction | None = None
    english: bool = False
    bound: bool = False
    halved: bool = False
    final: bool = False

    @property
    def value(self) -> Fraction:
        return self.total + (self.group or 0)


# --- Tokens ---------------------------------------------------------------------------------------------

# Runs longer than 300 digits are cut, far below the length at which int() refuses.
_TOKEN = re.compile(
    # Square metres, powers of ten.
    rf"(?P<unit>(?:(?<=[{DIGIT}])|(?<=[{DIGIT}]\s))(?:كم|سم|م|km|cm|m)[23](?!\w)|(?<=[{DIGIT}])\^[{DIGIT}]+)"
    rf"|(?P<digits>"
    rf"(?<![{DIGIT}])(?:[{DIGIT}]{{1,15}} ?)?[{VULGAR_FRACTIONS}]"
    rf"|(?<![{DIGIT}])[{DIGIT}]{{1,3}}(?:[,٬،\u00a0\u2009\u202f][{DIGIT}]{{3}})+(?![{DIGIT}])(?:[.٫][{DIGIT}]{{1,300}}(?![{DIGIT}]))?"
    rf"|(?<![{DIGIT}])[{DIGIT}]{{1,3}}(?:\.[{DIGIT}]{{3}}){{2,}}(?![{DIGIT}])"
    rf"|(?<![{DIGIT}][.٫])[{DIGIT}]{{1,300}}[.٫][{DIGIT}]{{1,300}}(?![.٫]?[{DIGIT}])"
    # A decimal comma: one or two digits after it, no list before or behind.
    rf"|(?<![{DIGIT}][,،])(?<![{DIGIT}])[{DIGIT}]{{1,3}}[,،][{DIGIT}]{{1,2}}(?![,،]?[{DIGIT}])"
    rf"|[{DIGIT}]{{1,300}})"
    rf"|(?P<word>(?:[^\W\d_{VULGAR_FRACTIONS}]|[{DIACRITICS}])+)"
)
_DIGIT = re.compile(f"[{DIGIT}{VULGAR_FRACTIONS}]")
_GROUPED = re.compile(rf"[{DIGIT}]{{1,3}}(?:[,٬،\u00a0\u2009\u202f.][{DIGIT}]{{3}})+(?:[.٫][{DIGIT}]+)?")
_SEPARATORS = re.compile("[,٬،\u00a0\u2009\u202f]")
_BETWEEN = re.compile(r"[ \n\u00a0\u200b-\u200f]{0,3}")
_BETWEEN_ENGLISH = re.compile(r"[ \n\u00a0]{0,3}[-‐‑]?[ \n\u00a0]{0,3}")
_RANGE = re.compile(r"\s*(?:[-–—]|to|or|and|إلى|الى|أو|و)\s*")
_PRICED = re.compile(rf"[$€£¥₪]\s?[{DIGIT}.,٫٬]+$")

_COUNTS = {Kind.UNIT, Kind.TEEN, Kind.TENS, Kind.ARTICLE, Kind.FRACTION, Kind.DIGITS}
_SCALE_KINDS = {Kind.SCALE, Kind.BOUND_SCALE}
_SUFFIXES = {
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "t": 10**12,
    "tn": 10**12,
    "trn": 10**12,
}


def _token(match: re.Match[str]) -> _Token:
    start, end = match.span()
    if match.lastgroup == "unit":
        return _Token(OTHER, match.group(), start, end)
    if match.lastgroup == "digits":
        if not (last := match.group()[-1]).isdigit():
            fraction = Fraction(unicodedata.numeric(last)).limit_denominator(10)
            return _Token(
                Word(Kind.DIGITS, int(match.group()[:-1] or 0) + fraction), match.group(), start, end
            )
        written = match.group().replace("٫", ".")
        if _GROUPED.fullmatch(match.group()) and not re.fullmatch(rf"[{DIGIT}]+\.[{DIGIT}]+", written):
            if written.count(".") > 1:
                written = written.replace(".", "")
            written = _SEPARATORS.sub("", written)
        value = Fraction(re.sub("[,،]", ".", written))
        return _Token(Word(Kind.DIGITS, value), match.group(), start, end)
    folded, word, prefix = _word(match.group())
    return _Token(word, folded, start, end, prefix)


@lru_cache(maxsize=8192)
def _word(written: str) -> tuple[str, Word, str]:
    """What :func:`_token` needs of a word; a text has few different ones."""
    folded = fold(written) if len(written) < 40 else ""
    if folded == "واحد" and "أ" in written:  # The hamza tells وأحد عشر, "and eleven", from واحد, "one".
        return folded, look_up("احد")[0], "و"
    return folded, *look_up(folded)


# --- Grammar -------------------------------------------------------------------------------------------


def _longest(text: str, tokens: list[_Token], position: int) -> tuple[_Reading | None, int]:
    """The longest number that begins at a token, or None, and the token to go on with."""
    reading = _begin(text, tokens, position)
    if reading is None:
        return None, position + 1
    best, after = (None, position + 1) if reading.bound else (reading, position + 1)
    if reading.last is Kind.DECADE:
        return _with_century(tokens, position, reading)
    closed = best, after  # The last point at which no group was open.
    following = position + 1
    while following < len(tokens) and not reading.final:
        previous, token = tokens[following - 1], tokens[following]
        if not _adjacent(text, previous, token):
            break
        conjoined = token.prefix == "و"
        if token.word.kind is Kind.AND and following + 1 < len(tokens):
            conjoined, previous, token = True, token, tokens[following + 1]
            following += 1
            if not _adjacent(text, previous, token):
                break
            if _is_a_half(tokens, following):
                following += 1
                token = tokens[following]
        if token.prefix not in {"", "و"} or _is_percent(tokens, following):
            break
        extended = _extend(text, reading, token, conjoined)
        if extended is None:
            if token.word.kind in _SCALE_KINDS and not conjoined and reading.group is not None:
                best, after = closed  # مليون وثلاثة ملايين: the three belong to the next number.
            break
        reading = extended
        following += 1
        if not reading.bound:
            best, after = reading, following
        if reading.group is None:
            closed = best, after
    return best, after


def _is_a_half(tokens: list[_Token], position: int) -> bool:
    return (
        tokens[position].word.kind is Kind.ARTICLE
        and position + 1 < len(tokens)
        and tokens[position + 1].word.kind is Kind.FRACTION
    )


def _adjacent(text: str, left: _Token, right: _Token) -> bool:
    between = text[left.end : right.start]
    pattern = _BETWEEN_ENGLISH if right.word.english or right.folded in _SUFFIXES else _BETWEEN
    return pattern.fullmatch(between) is not None


def _is_percent(tokens: list[_Token], position: int) -> bool:
    """Whether the مئة here is that of خمسون في المئة."""
    return (
        tokens[position].folded in {"المئه", "المائه"}
        and position > 0
        and tokens[position - 1].folded == "في"
    )


def _is_dual(text: str, tokens: list[_Token], position: int) -> bool:
    """
    Whether the ألفا here is two thousand, as in ألفا شخص, and no accusative of ألف.

    That is so where the word that is counted follows, and no number or name
    (متحور ألفا, ألفا روميو) is around it.
    """
    token = tokens[position]
    tanween = "\u064b" in text[token.start : token.end]
    if tanween or position + 1 == len(tokens) or not DUAL.fullmatch(token.folded):
        return False
    counted, before = tokens[position + 1], tokens[position - 1] if position else None
    named = before and (before.word.kind is not Kind.OTHER or NAMED_ALPHA.fullmatch(before.folded))
    return (
        not named
        and _adjacent(text, token, counted)
        and counted.word.kind is Kind.OTHER
        and not NEVER_COUNTED.fullmatch(counted.folded)
    )


def _is_wrote(text: str, tokens: list[_Token], position: int) -> bool:
    """Whether the ألف here is ألّف: behind a relative or قد, or first in its text (ألف الكاتب رواية)."""
    before, after = tokens[position - 1 : position], tokens[position + 1 : position + 2]
    if before:
        return before[0].folded in {"الذي", "التي", "والذي", "والتي", "قد", "وقد"}
    return bool(after) and after[0].folded.startswith("ال") and _adjacent(text, tokens[position], after[0])


def _begin(text: str, tokens: list[_Token], position: int) -> _Reading | None:
    token = tokens[position]
    word, before = token.word, tokens[position - 1] if position else None
    kind, english = word.kind, word.english
    match kind:
        case Kind.BOUND_SCALE if _is_dual(text, tokens, position):
            return _Reading(Kind.SCALE, total=2 * word.value, floor=word.value)
        case Kind.BOUND_SCALE | Kind.HUNDRED | Kind.AND:
            return None
        case Kind.SCALE:
            if token.folded in {"الف", "والف"} and _is_wrote(text, tokens, position):
                return None
            return _Reading(kind, total=word.value, floor=word.value)
        case Kind.DUAL_SCALE:
            return _Reading(Kind.SCALE, total=word.value, floor=word.value / 2)
        case Kind.HUNDREDS if before and _is_percent(tokens, position):
            if position > 1 and tokens[position - 2].word.kind is not Kind.OTHER:
                return None
        case Kind.ORDINAL if token.folded == "second" and before:
            if before.folded == "per" or before.word.kind in {Kind.DIGITS, Kind.UNIT}:
                return None
        case _:
            pass
    final = english and kind is Kind.ORDINAL
    return _Reading(kind, group=word.value, english=english, bound=word.bound, final=final)


def _extend(text: str, reading: _Reading, token: _Token, conjoined: bool) -> _Reading | None:
    """The reading with one more word, or None where the grammar of numbers does not allow it."""
    word, last, group = token.word, reading.last, reading.group
    kind, value = word.kind, word.value
    open_below = last is Kind.SCALE or last is Kind.HUNDREDS
    arabic = not word.english and not reading.english

    if kind is Kind.OTHER and last is Kind.DIGITS and not conjoined and _is_suffix(text, token):
        word = Word(Kind.BOUND_SCALE, Fraction(_SUFFIXES[token.folded]), bound=True, english=True)
        kind, value = word.kind, word.value

    if kind is Kind.SCALE or kind is Kind.BOUND_SCALE:
        if reading.halved and not conjoined and value == reading.floor:
            return replace(reading, halved=False)  # مليون ونصف المليون
        if reading.floor is not None and value >= reading.floor:
            return None
        if conjoined:
            if group is None and kind is Kind.SCALE:
                return replace(reading, total=reading.total + value, floor=value, last=Kind.SCALE)
            return None
        if group is None or last is Kind.ORDINAL:
            return None
        return _Reading(
            Kind.SCALE, reading.total + group * value, None, value, reading.english or word.english
        )

    if kind is Kind.FRACTION and last is not Kind.ORDINAL and not reading.halved:
        if last is Kind.ARTICLE:
            return replace(reading, group=value, last=kind)  # a half million
        if not conjoined or last is Kind.FRACTION:
            return None
        if last is Kind.SCALE and reading.floor is not None:
            return replace(reading, total=reading.total + value * reading.floor, halved=True)
        return replace(reading, group=(group or 0) + value, last=kind)

    if kind is Kind.ARTICLE:  # half a million
        return reading if last is Kind.FRACTION and not conjoined else None

    fits = False
    match kind:
        case Kind.DIGITS:
            fits = conjoined and arabic and last is Kind.SCALE and value < (reading.floor or 0)
        case Kind.DUAL_SCALE:
            if conjoined and last is Kind.SCALE and value < (reading.floor or 0):
                return replace(reading, total=reading.total + value, floor=value / 2)
        case Kind.HUNDRED:
            if last in _COUNTS and group and not conjoined:
                after = Kind.HUNDREDS if value == 100 else Kind.TENS
                return replace(reading, group=group * value, last=after, bound=False, final=value == 12)
        case Kind.HUNDREDS:
            if last is Kind.UNIT and not conjoined and value == 100 and group and 3 <= group <= 9:
                return replace(reading, group=group * 100, last=kind)  # خمس مئة
            fits = conjoined and last is Kind.SCALE
        case Kind.TEEN:
            # Not أول عشرة, the first ten.
            if (
                arabic
                and last in {Kind.UNIT, Kind.ORDINAL}
                and not conjoined
                and (reading.bound or (group or 0) > 1)
            ):
                return replace(reading, group=(group or 0) + value, last=kind, bound=False)  # ثلاثة عشر
            fits = open_below and (conjoined or word.english)
        case Kind.TENS:
            if arabic and last in {Kind.UNIT, Kind.ORDINAL} and conjoined and group is not None:
                final = last is Kind.ORDINAL
                return replace(reading, group=group + value, last=kind, bound=False, final=final)
            fits = open_below and (conjoined or word.english)
        case Kind.UNIT | Kind.ORDINAL:
            after_tens = last is Kind.TENS and word.english and not conjoined and value < 10
            fits = after_tens or (open_below and (conjoined or word.english) and kind is Kind.UNIT)
        case _:
            pass
    if not fits or word.english != reading.english:
        return None
    final = word.english and kind is Kind.ORDINAL
    return replace(reading, group=(group or 0) + value, last=kind, bound=word.bound, final=final)


def _is_suffix(text: str, token: _Token) -> bool:
    """Whether letters behind digits are a scale: 3.5bn always, $3.5m (without a currency: metres), 10K."""
    if token.folded in {"bn", "mn", "tn", "trn"}:
        return True
    if token.folded not in _SUFFIXES or not text[token.start - 1].isdigit():
        return False
    return text[token.start] == "K" or _PRICED.search(text, max(0, token.start - 40), token.start) is not None


def _with_century(tokens: list[_Token], position: int, reading: _Reading) -> tuple[_Reading, int]:
    """ثلاثينيات القرن العشرين and خمسينيات القرن الماضي are the years 1930 and 1950."""
    after = position + 1
    if after < len(tokens) and tokens[after].folded == "من":
        after += 1
    if after + 1 >= len(tokens) or tokens[after].folded != "القرن" or tokens[position].word.english:
        return reading, position + 1
    ordinal, end = tokens[after + 1], after + 2
    century: Fraction | None = None
    if ordinal.folded == "الماضي":
        century = Fraction(20)
    elif ordinal.word.kind in {Kind.ORDINAL, Kind.TENS}:
        century = ordinal.word.value
        if end < len(tokens) and tokens[end].word.kind is Kind.TEEN and not tokens[end].prefix:
            century, end = century + 10, end + 1
    if century is None:
        return reading, position + 1
    return replace(reading, group=(century - 1) * 100 + (reading.group or 0)), end


def _share_scale(text: str, left: Number, right: Number, scale: Fraction | None) -> Number:
    """Let the first number of ``20-30 million`` be millions as well."""
    if scale is None or left.scaled or not (left.in_digits and right.in_digits):
        return left
    leading = right.value / scale
    if left.value < leading < 1000 and _RANGE.fullmatch(text[left.end : right.start]):
        return replace(left, value=left.value * scale, scaled=True)
    return left
