"""
What looks wrong with one translated sentence, in words for its readers.

The thresholds were set on news and encyclopedia sentences with human
translations, so that a good translation raises a warning once in a hundred.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from translate.masking import find_items
from translate.normalize import ARABIC_LETTER, DIACRITICS, INVISIBLE
from translate.numbers import Number, numbers

_ARABIC = re.compile(f"[{ARABIC_LETTER}]")
_ARABIC_WORD = re.compile(f"[{ARABIC_LETTER}][{ARABIC_LETTER}{DIACRITICS}\u0640]*")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_SILENT = re.compile(f"[{DIACRITICS}{INVISIBLE}]")  # Inside Arabic words, and no letters.
_LATIN_TOKEN = re.compile(r"(?<![0-9])[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9₀-₉⁰-⁹²³¹]*(?:['’&-][A-Za-zÀ-ɏ0-9]+)*")
_MINUTES = re.compile(r"[:.]\d\d")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_FIGURES = re.compile(r"(?<![\w/])\d+(?:(?::\d+)+|(?:/\d+)+)")
_HALF = re.compile("نصف|half", re.IGNORECASE)
# Fractions that either language may say in a word.
_SHARES = {
    Fraction(1, 4): "ربع|quarter|fourth",
    Fraction(3, 4): "ثلاثة أرباع|three[- ](?:quarters|fourths)",
    Fraction(1, 3): "ثلث|third",
    Fraction(2, 3): "ثلثي|ثلثا|two[- ]thirds",
}
_PLUS = re.compile(r"\s*(?:,|,?\s*and|و)\s*[$€£¥]?\s*")
# "a thousand-year-old town", "one in a million"
_ONE_OF = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_COUPLE = re.compile(f"couple of ({'|'.join(_ONE_OF)})")
_WORD_ALONE = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"(?<!\w)[IVXLC]+(?!\w)")
# Words in letters neither Arabic nor Latin: Greek, Cyrillic, Hebrew, the scripts of Asia.
_FOREIGN_WORD = re.compile(
    "(?:(?=[^\\W\\d_])[\u0370-\u05ff\u0700-\u074f\u0780-\u07bf\u0900-\u1cff\u1f00-\u1fff\u2c00-\u2c5f"
    "\u2e80-\u9fff\ua000-\ua6ff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff][\u0300-\u036f\u0591-\u05c7]*)+"
)
_ARABIC_SIGNS = "\u060e\u060f\u06de\u06e9\ufd40\ufdfd\ufdfe\ufdff"  # Ornaments of verse and the Quran.
# What English writes for a sign of money or another one.
_ENGLISH_FOR = {
    "$": r"\b(?:dollars?|bucks)|USD|AUD|CAD",
    "€": r"\beuros?\b|EUR",
    "£": r"\b(?:pounds?|quid|sterling)\b|GBP",
    "¥": r"\b(?:yen|yuan|renminbi)\b|JPY|CNY|RMB",
    "₪": r"\bshekels?\b|NIS|ILS",
    "°": r"\bdegrees?\b|\d ?º|\d ?[CF]\b",
    "﷼": r"\b(?:rials?|riyals?)\b",
    "№": r"\bno\b|\bnumber|#",
    "©": r"\bcopyright|\(c\)",
    "®": r"\(r\)",
    "™": r"\bTM\b",
    "§": r"\bsection|\bpara",
    "†": r"(?!)",
    "‡": r"(?!)",
    "×": r"(?<!\w)x|(?<=\d)x(?=\d)|\*|\bby\b|times",
    "÷": r"/|divided",
    "±": r"\+/-|\+-|plus|give or take",
    "≤": r"<=|[<⩽]|less|most|below|under",
    "≥": r">=|[>⩾]|more|least|above|over",
    "≈": r"~|about|approximate|around|nearly|some|roughly",
    "≠": r"!=|not",
    "→": r"->|>|=|\d to\b",
    "←": r"<-|<|=|\d (?:from|to)\b",
}
# Powers and indices, but for square and cubic measures, which English words.
_RAISED = re.compile("[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+(?<![مm][²³])")
_TELEPHONE = re.compile("[+(]?[0-9][0-9 \u00a0()-]+")
_STOPPED = re.compile(r"""[.!?؟…۔]["'”’»)\]\s]*$""")
# Words and letters of languages that share the script: Persian; then Urdu, Kurdish, Pashto and Uyghur.
# What Arabic has too counts for less: some of Persian's words, and the letters of names and dialects.
_PERSIAN = {"كه", "از", "است", "را", "مي", "هاي", "براي", "شود", "خواهد", "اند", "نيز"}
_HALF_PERSIAN = {"به", "اين", "در", "با", "شد", "گفت", "بايد", "كرد", "خود", "آن", "باشد", "هم", "يك", "تا"}
_KEYBOARD = str.maketrans("کی", "كي")
_FOREIGN_LETTER = re.compile("[ےہںٹڈڑەێۆڕڵځڅډړږښګڼېۍۇۈۋ]")
_PERSIAN_LETTER = re.compile("[پچژگ]")
_INVISIBLE_SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def translatable(text: str) -> bool:
    """
    Whether there is anything to translate; what is not should be copied.

    Only Arabic letters outside URLs, addresses, @names and hashtags count: a
    line of digits, of emoji or already in Latin letters is its own translation.

    >>> translatable("#حلف_الناتو https://example.com"), translatable("وصل 3 جنود")
    (False, True)
    """
    return _ARABIC.search(_without_items(text)) is not None


def warnings(source: str, target: str) -> tuple[str, ...]:
    """
    Everything suspicious about ``target`` as a translation of ``source``.

    Sentences for people, in a fixed order: an empty or untranslated output
    first (and then nothing else), left-over Arabic, repetition, length,
    numbers, names and addresses, punctuation. Empty where nothing is wrong.
    """
    if not source.strip() or (not translatable(source) and _squeeze(source) == _squeeze(target)):
        return ()
    if not target.strip():
        return ("The translation is empty.",)
    if _is_copy(source, target):
        return ("The sentence was not translated.",)
    return tuple(message for check in _CHECKS for message in check(source, target))


def missing_numbers(source: str, target: str) -> list[str]:
    """
    The numbers that ``source`` says and ``target`` does not, as the source writes them.

    ``target`` may say them in digits, in words or with another scale. Numbers
    in words alone count from 13 on: below that they are often articles and idiom.
    """
    return [number.text for number in _unsaid(source, target, english="other")]


def invented_numbers(source: str, target: str) -> list[str]:
    """The numbers that ``target`` says and ``source`` does not, as the target writes them."""
    return [number.text for number in _invented(source, target)]


def is_looping(text: str, source: str = "") -> bool:
    """
    Whether ``text`` repeats itself as a decoder does that is caught in a loop.

    A word four times running (an article or preposition three), two words
    three times, a clause twice, or eight words said again later. Repetition is excused where ``source``
    repeats itself as often and over as much of its length.
    """
    return _loop(text, source) is not None


# --- The checks, each giving its sentences ---------------------------------------------------------------


def _other_language(source: str, _target: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]+", source)
    spelled = {word: word.translate(_KEYBOARD) for word in words}
    own = {word for word in words if _FOREIGN_LETTER.search(word) or spelled[word] in _PERSIAN}
    half = {word for word in words if _PERSIAN_LETTER.search(word) or spelled[word] in _HALF_PERSIAN} - own
    marked = own | half
    if own and 2 * len(own) + len(half) >= 4 and sum(w in marked for w in words) > 0.15 * len(words):
        yield "This may not be Arabic but another language in its letters, such as Persian or Urdu."


def _arabic_left(_source: str, target: str) -> Iterator[str]:
    left = _ARABIC_WORD.findall(_without_items(target))
    if left:
        yield f"Arabic is left in the translation: {_listed(left)}."


def _repetition(source: str, target: str) -> Iterator[str]:
    repeated = _loop(target, source)
    if repeated:
        yield f"The translation repeats itself: “{_shortened(repeated)}”."


def _length(source: str, target: str) -> Iterator[str]:
    source = _SILENT.sub("", source)
    before, after = len(_WORD.findall(source)), len(_WORD.findall(target))
    letters = len(_squeeze(target)) / max(1, len(_squeeze(source)))
    cut = bool(_STOPPED.search(source)) and not _STOPPED.search(target)
    # A whole sentence has about 1.1 letters for each of the Arabic: see what 0.6 catches in the tests.
    if before >= 8 and (letters < 0.6 or (after < 0.6 * before and letters < 0.65)):
        yield f"The translation may be cut short: {_counted(after)} for {before} in Arabic."
    elif before >= 8 and cut and letters < 0.85:
        yield "The translation may be cut short: it ends without a full stop."
    elif after > 2 * before + 4 and letters > 2:
        yield f"The translation may say too much: {_counted(after)} for {before} in Arabic."


def _numbers_missing(source: str, target: str) -> Iterator[str]:
    for number in _unsaid(source, target, english="other"):
        yield f"{_named(number)} is missing from the translation."


def _numbers_invented(source: str, target: str) -> Iterator[str]:
    for number in _invented(source, target):
        yield f"{_named(number)} is in the translation but not in the Arabic."


def _figures_missing(source: str, target: str) -> Iterator[str]:
    """Dates and times with seconds that became others, though their figures may all be there: 15/2024."""
    source, target = _without_items(source), _without_items(target)
    here = {_parts(found): found for found in _FIGURES.findall(source)}
    there = {_parts(found) for found in _FIGURES.findall(target)}
    if there - set(here):
        for parts, found in here.items():
            if len(parts) > 2 and parts not in there:
                yield f"{found} is missing from the translation."


def _parts(figures: str) -> tuple[int, ...]:
    """Day, month and year in any order."""
    return tuple(sorted(map(int, re.split("[:/]", figures))))


def _items_missing(source: str, target: str) -> Iterator[str]:
    for text in dict.fromkeys(item.text for item in find_items(source)):
        if text not in target:
            yield f"{text} is missing from the translation."


def _latin_missing(source: str, target: str) -> Iterator[str]:
    words = {_bare(word) for word in _WORD.findall(target)}
    run = _bare(target)
    for token in dict.fromkeys(_LATIN_TOKEN.findall(_without_items(source))):
        bare = _bare(token)
        if len(bare) < 2 or bare in words or (len(bare) > 3 and bare in run) or _stands_in(target, token):
            continue
        yield f"{token} is missing from the translation."


def _signs_missing(source: str, target: str) -> Iterator[str]:
    signs = [
        sign
        for sign in _without_items(source)
        if (unicodedata.category(sign) in {"Sc", "So"} and sign not in _ARABIC_SIGNS) or sign in _ENGLISH_FOR
    ]
    for sign in dict.fromkeys(signs):
        english = _ENGLISH_FOR.get(sign, r"(?!)")
        if sign not in target and not re.search(english, target, re.IGNORECASE):
            yield f"{sign} is missing from the translation."
    for raised in dict.fromkeys(_RAISED.findall(source)):
        if raised not in target and unicodedata.normalize("NFKC", raised) not in target:
            yield f"{raised} is missing from the translation."
    for word in dict.fromkeys(_FOREIGN_WORD.findall(_without_items(source))):
        if word.casefold() not in target.casefold():
            yield f"{word} is missing from the translation."


def _unbalanced(source: str, target: str) -> Iterator[str]:
    # English opens a quotation that runs on over several sentences; where the Arabic has none, that is style.
    if _quotes(source) and _quotes(source) % 2 == 0 and _quotes(target) % 2:
        yield "A quotation mark in the translation has no partner."
    if _open_brackets(target) and not _open_brackets(source):
        yield "A bracket in the translation has no partner."


_CHECKS: tuple[Callable[[str, str], Iterator[str]], ...] = (
    _other_language,
    _arabic_left,
    _repetition,
    _length,
    _numbers_missing,
    _numbers_invented,
    _figures_missing,
    _items_missing,
    _latin_missing,
    _signs_missing,
    _unbalanced,
)


# --- Text ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)  # Every check of one pair asks for the same two.
def _without_items(text: str, other: str | None = None) -> str:
    """
    ``text`` with spaces in the places of URLs, addresses, @names, hashtags and emoji; same length.

    A telephone number stays where ``other`` is given and writes it otherwise.
    """
    pieces: list[str] = []
    position = 0
    for item in find_items(text):
        if other is not None and item.text not in other and _TELEPHONE.fullmatch(item.text):
            continue
        pieces += [text[position : item.start], " " * len(item.text)]
        position = item.end
    return "".join([*pieces, text[position:]])


def _squeeze(text: str) -> str:
    return _INVISIBLE_SPACE.sub("", text)


def _bare(text: str) -> str:
    """Letters and digits alone, so that F-16 and F16 are the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def _stands_in(text: str, token: str) -> bool:
    """Whether ``text`` has the token as a word of a longer one: "the BBC's", "F-16s", "AI-powered", S&P."""
    return re.search(rf"(?<![^\W_]){re.escape(token)}s?(?![^\W_])", text, re.IGNORECASE) is not None


def _is_copy(source: str, target: str) -> bool:
    """Whether at least four fifths of the output's letters are Arabic, or it is the source again."""
    bare = _without_items(target)
    letters = sum(character.isalpha() for character in bare)
    return _squeeze(source) == _squeeze(target) or 5 * len(_ARABIC.findall(bare)) > 4 * letters > 0


def _listed(words: list[str]) -> str:
    return _shortened(", ".join(f"“{word}”" for word in dict.fromkeys(words)))


def _shortened(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _counted(words: int) -> str:
    return "1 word" if words == 1 else f"{words} words"


def _quotes(text: str) -> int:
    """How many double quotation marks there are; those behind digits are inches."""
    return len(re.findall(r"(?<!\d)[\"“”„‟«»]", _without_items(text)))


def _open_brackets(text: str) -> bool:
    plain = re.sub(r"(?m)^\s*\w{1,2}\)", "", _without_items(text))
    return any(plain.count(opening) != plain.count(closing) for opening, closing in ("()", "[]", "{}"))


# --- Numbers ---------------------------------------------------------------------------------------------


def _unsaid(text: str, other: str, *, english: Literal["text", "other"]) -> list[Number]:
    """The numbers of ``text`` that ``other`` says in no form, each value once; one of them is ``english``."""
    # A telephone number that the Arabic loses is missed as an item, not figure by figure.
    plain = _without_items(text, other if english == "text" else None)
    elsewhere = _without_items(other, text)
    here, there = _numbers(plain), _numbers(elsewhere)
    values = {number.value for number in there}
    # A number of the other side that has its own partner here cannot stand for another one too.
    paired = values & {number.value for number in here}
    spare = [number for number in there if number.value not in paired]
    exact = {number.value for number in spare}
    loose = {
        reading for number in spare for reading in _other_readings(number, elsewhere, english == "other")
    }
    loose |= {_roman(match.group()) for match in _ROMAN.finditer(elsewhere)}
    loose |= {_ONE_OF[word] for word in _WORD_ALONE.findall(elsewhere.lower()) if word in _ONE_OF}
    loose |= {2 * _ONE_OF[scale] for scale in _COUPLE.findall(elsewhere.lower())}
    halved = _HALF.search(elsewhere) is not None
    loose |= {sum(one.value for one in parts) for parts in _sums(there, elsewhere)}
    summed = {
        number for parts in _sums(here, plain) if sum(one.value for one in parts) in exact for number in parts
    }
    unsaid: dict[Fraction, Number] = {}
    for number in here:
        if (
            number.value in values
            or number in summed
            or not (number.in_digits or number.value > 12)
            or number.value == 0
        ):
            continue
        if number.value in _SHARES and re.search(_SHARES[number.value], elsewhere, re.IGNORECASE):
            continue
        if halved and (number.value.denominator == 2 or number.value == 50 or _is_half_past(number, plain)):
            continue
        if number.value not in loose and not _other_readings(number, plain, english == "text") & exact:
            unsaid.setdefault(number.value, number)
    return list(unsaid.values())


def _sums(found: tuple[Number, ...], text: str) -> list[tuple[Number, ...]]:
    """Neighbours that may be one number: "one billion and $200 million", "fifty thousand, two hundred"."""
    sums = []
    for first, number in enumerate(found):
        last = first
        while last + 1 < len(found) and _adds(found[last], found[last + 1], text):
            last += 1
            sums.append((number, *found[first + 1 : last + 1]))
    return sums


def _adds(left: Number, right: Number, text: str) -> bool:
    """Whether ``right`` fits into the noughts of ``left``, which is in words or has a scale."""
    noughts = re.search("0*$", str(left.value))
    return (
        (left.scaled or not left.in_digits)
        and noughts is not None
        and right.value < 10 ** len(noughts.group())
        and _PLUS.fullmatch(text, left.end, right.start) is not None
    )


@lru_cache(maxsize=8)
def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(numbers(text))


def _invented(source: str, target: str) -> list[Number]:
    """What ``target`` says and ``source`` does not; 1 and 2 may be an Arabic singular or dual."""
    return [number for number in _unsaid(target, source, english="text") if number.value > 2]


def _other_readings(number: Number, text: str, english: bool) -> set[Fraction | int]:
    """What else a writer may mean: 12.500 for 12500 in Arabic, '98 for 1998, 20:30 for 8:30 at night."""
    readings: set[Fraction | int] = set()
    decimal = english and "." in number.text
    if (
        number.text[-1].isdigit()
        and not decimal
        and not any(character.isalpha() for character in number.text)
    ):
        digits = "".join(character for character in number.text if character.isdigit())
        readings.add(int(digits[:300]))
    if 1900 <= number.value < 2100:
        readings.add(number.value % 100)
    if 12 < number.value < 24 and _MINUTES.match(text, number.end):
        readings.add(number.value - 12)
    return readings | _hours(number, text)


def _is_half_past(number: Number, text: str) -> bool:
    return number.value == 30 and number.start > 0 and text[number.start - 1] == ":"


def _hours(number: Number, text: str) -> set[Fraction | int]:
    """The hour that the time of day around ``number`` is: 11.5 (الحادية عشرة والنصف) in 11:30."""
    for clock in _CLOCK.finditer(text, max(0, number.start - 3), number.end + 3):
        if clock.start() <= number.start < clock.end():
            hours = int(clock[1]) + Fraction(int(clock[2]), 60)
            return {hours, hours - 12} if hours >= 13 else {hours}
    return set()


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _named(number: Number) -> str:
    """The number as a reader of English knows it, and as it is written where that differs."""
    if number.value >= 10**15:
        return f"“{_shortened(number.text, 30)}”"
    value = f"{number.value.numerator:,}" if number.value.denominator == 1 else f"{float(number.value):,}"
    if number.value < 10000:
        value = value.replace(",", "")
    written = number.text.strip()
    return written if written in {value, value.replace(",", "")} else f"{value} (“{_shortened(written, 30)}”)"


# --- Repetition ------------------------------------------------------------------------------------------

# How often n words must stand in a row to be a loop: "no, no, no" and "more and more" are prose.
_REPEATS = {1: 4, 2: 3, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2}
_NEVER_THRICE = {
    "the",
    "a",
    "an",
    "of",
    "to",
    "in",
    "on",
    "at",
    "for",
    "and",
    "with",
    "by",
    "from",
    "as",
    "is",
}
_SPOKEN = re.compile(r"\w+(?:['’]\w+)*")
_CHARACTER_LOOP = re.compile(r"([^\W\d_]{1,8}?)\1{5,}|([^\w\s]{1,3}? ?)\2{5,}|(\d{1,4}?)\3{14,}")


def _loop(text: str, source: str) -> str | None:
    """The words that are repeated too often, or None."""
    if (run := _CHARACTER_LOOP.search(text)) and not _CHARACTER_LOOP.search(source):
        return run.group()
    spoken = _SPOKEN.findall(_without_items(text).lower())
    heard = _SPOKEN.findall(_without_items(source).lower())
    echoes = list(_runs(heard, dict.fromkeys(_REPEATS, 2)))
    for size, repeats, start in _runs(spoken, _REPEATS):
        share = size * repeats / len(spoken)
        if not any(r >= repeats and 2 * s * r / len(heard) >= share for s, r, _ in echoes):
            return " ".join(spoken[start : start + size * min(repeats, 3)])
    again = _said_again(spoken, 8)
    if again and not _said_again(heard, 5):
        return again
    return None


def _runs(words: list[str], repeats: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Yield (n, times, start) for every run of one n-gram that is repeated often enough without a break."""
    for size, enough in repeats.items():
        same = 0  # How many words in a row equal the word `size` before them.
        for index in range(size, len(words) + 1):
            if index < len(words) and words[index] == words[index - size]:
                same += 1
                continue
            times = same // size + 1
            if times >= enough or (times == 3 and words[index - 1] in _NEVER_THRICE):
                yield size, times, index - same - size
            same = 0


def _said_again(words: list[str], size: int) -> str | None:
    counts = Counter(tuple(words[index : index + size]) for index in range(len(words) - size + 1))
    gram, count = counts.most_common(1)[0] if counts else ((), 0)
    return " ".join(gram) if count > 1 else None
