"""Numbers in Arabic and English words, and Arabic counted nouns: gender, case and the form of the noun."""

from translate.training.grammar_words import Noun

_UNITS = ("", "واحد", "اثنان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع", "عشر")
_TENS = ("", "", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")
_ORDINALS = (
    "",
    "الأول",
    "الثاني",
    "الثالث",
    "الرابع",
    "الخامس",
    "السادس",
    "السابع",
    "الثامن",
    "التاسع",
    "العاشر",
)
_SCALES = ((10**9, "مليار", "مليارات"), (10**6, "مليون", "ملايين"), (10**3, "ألف", "آلاف"))
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def arabic_number(value: int, *, feminine: bool = False, oblique: bool = False) -> str:
    """
    A number from 1 to 999,999,999,999 as it stands before a noun that is feminine or not.

    From 3 to 10 the number's gender is the opposite of the noun's.

    >>> arabic_number(15), arabic_number(15, feminine=True), arabic_number(22, oblique=True)
    ('خمسة عشر', 'خمس عشرة', 'اثنين وعشرين')
    """
    parts = []
    rest = value
    for scale, one, many in _SCALES:
        count, rest = divmod(rest, scale)
        if count:
            parts.append(_scaled(count, one, many, oblique))
    hundreds, rest = divmod(rest, 100)
    if hundreds:
        parts.append(_hundred(hundreds, oblique))
    if rest:
        parts.append(_below_hundred(rest, feminine, oblique))
    return " و".join(parts)


def counted(value: int, noun: Noun, *, oblique: bool = False, accusative: bool = False) -> str:
    """
    A number in words with its noun: one and two in the noun itself, plural from 3 to 10, singular beyond.

    ``oblique`` is what genitive and accusative share; only the ``accusative``
    writes an alif behind a masculine one.

    >>> woman = Noun("امرأة", "نساء", "woman", "women", feminine=True)
    >>> [counted(n, woman) for n in (1, 2, 3, 12, 200)]
    ['امرأة واحدة', 'امرأتان', 'ثلاث نساء', 'اثنتا عشرة امرأة', 'مئتا امرأة']
    >>> counted(1, Noun("يوم", "أيام", "day", "days"), accusative=True)
    'يوما واحدا'
    """
    if value == 1:
        singular = with_alif(noun.singular) if accusative else noun.singular
        return f"{singular} {'واحدة' if noun.feminine else 'واحدا' if accusative else 'واحد'}"
    if value == 2:
        return dual(noun.singular, oblique=oblique or accusative)
    number = arabic_number(value, feminine=noun.feminine, oblique=oblique or accusative)
    if accusative:
        number = number.replace("واحد و", "واحدا و")
    return f"{construct(number) if value % 100 == 0 else number} {after_number(value, noun)}"


def counted_digits(value: int, noun: Noun, *, oblique: bool = False, accusative: bool = False) -> str:
    """The same with digits; one and two are words here too."""
    if value <= 2:
        return counted(value, noun, oblique=oblique, accusative=accusative)
    return f"{value} {after_number(value, noun)}"


def after_number(value: int, noun: Noun) -> str:
    """The form of a noun behind a number of at least three, which its last two digits decide."""
    last = value % 100
    if 3 <= last <= 10:
        return noun.plural
    return with_alif(noun.singular) if last > 10 else noun.singular


def construct(number: str) -> str:
    """A number before a noun that depends on it: مئتان loses its nun, أحد عشر ألفا its alif."""
    for ending in ("مئتان", "ألفان", "مليونان", "ملياران", "مئتين", "ألفين", "مليونين", "مليارين"):
        if number.endswith(ending):
            return number[:-1]
    for ending in ("ألفا", "مليونا", "مليارا"):
        if number.endswith(" " + ending):
            return number[:-1]
    return number


def with_alif(word: str) -> str:
    """An indefinite singular in the accusative, written without vowels: a final alif where it takes one."""
    return word if word.endswith(("ة", "اء", "ى", "ا")) else word + "ا"


def dual(word: str, *, oblique: bool) -> str:
    """Two of a noun."""
    stem = word[:-1] + "ت" if word.endswith("ة") else word[:-1] + "ي" if word.endswith("ى") else word
    return stem + ("ين" if oblique else "ان")


def arabic_ordinal(value: int, *, feminine: bool, oblique: bool = False) -> str:
    """
    An ordinal from 1 to 99 with its article.

    >>> arabic_ordinal(21, feminine=True), arabic_ordinal(15, feminine=False)
    ('الحادية والعشرون', 'الخامس عشر')
    """
    if value == 1:
        return "الأولى" if feminine else "الأول"
    tens, unit = divmod(value, 10)
    ten = "ال" + _TENS[tens] + ("ين" if oblique else "ون") if tens > 1 else ""
    if unit == 0 and tens > 1:
        return ten
    unit_word = "الحادي" if unit == 1 else _ORDINALS[unit or 10]
    first = unit_word + ("ة" if feminine else "")
    if value <= 10:
        return first
    return f"{first} {'عشرة' if feminine else 'عشر'}" if tens == 1 else f"{first} و{ten}"


def english_number(value: int) -> str:
    """
    A number below a trillion in English words.

    >>> english_number(22), english_number(305), english_number(2_000_000)
    ('twenty-two', 'three hundred and five', 'two million')
    """
    if value < 20:
        return _ENGLISH[value]
    if value < 100:
        tens, unit = divmod(value, 10)
        return _ENGLISH_TENS[tens] + (f"-{_ENGLISH[unit]}" if unit else "")
    for scale, word in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred")):
        if value >= scale:
            count, rest = divmod(value, scale)
            gap = " and " if rest < 100 else " "
            return f"{english_number(count)} {word}" + (f"{gap}{english_number(rest)}" if rest else "")
    raise AssertionError(value)


def english_ordinal(value: int, *, words: bool) -> str:
    """``third``, ``twenty-first``; or ``3rd``, ``21st``."""
    if not words:
        teen = 10 < value % 100 < 20
        return f"{value}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"
    head, dash, last = english_number(value).rpartition("-")
    last = _ENGLISH_ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return head + dash + last


def english_counted(value: int, noun: Noun, *, words: bool) -> str:
    """``three women``, ``1 day``."""
    number = english_number(value) if words or value <= 2 else f"{value:,}"
    return f"{number} {noun.english if value == 1 else noun.english_plural}"


def _scaled(count: int, one: str, many: str, oblique: bool) -> str:
    if count == 1:
        return one
    if count == 2:
        return dual(one, oblique=oblique)
    noun = Noun(one, many, "", "")
    number = arabic_number(count, oblique=oblique)
    return f"{construct(number) if count % 100 == 0 else number} {after_number(count, noun)}"


def _hundred(count: int, oblique: bool) -> str:
    if count == 1:
        return "مئة"
    return dual("مئة", oblique=oblique) if count == 2 else _UNITS[count] + "مئة"


def _below_hundred(value: int, feminine: bool, oblique: bool) -> str:
    tens, unit = divmod(value, 10)
    if value <= 10:
        return _unit(value, feminine, oblique)
    if tens == 1:
        if unit == 1:
            return "إحدى عشرة" if feminine else "أحد عشر"
        if unit == 2:
            return (
                ("اثنت" if feminine else "اثن")
                + ("ي" if oblique else "ا")
                + (" عشرة" if feminine else " عشر")
            )
        return f"{_unit(unit, feminine, oblique)} {'عشرة' if feminine else 'عشر'}"
    ten = _TENS[tens] + ("ين" if oblique else "ون")
    if unit == 0:
        return ten
    first = "إحدى" if unit == 1 and feminine else _unit(unit, feminine, oblique)
    return f"{first} و{ten}"


def _unit(value: int, feminine: bool, oblique: bool) -> str:
    if value == 1:
        return "واحدة" if feminine else "واحد"
    if value == 2:
        return ("اثنت" if feminine else "اثن") + ("ين" if oblique else "ان")
    if value == 8:
        return "ثماني" if feminine else "ثمانية"
    return _UNITS[value] + ("" if feminine else "ة")
