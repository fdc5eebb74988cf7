"""What Arabic and English words can do in a number; :mod:`translate.numbers` reads them together."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache

from translate.normalize import DIACRITICS


class Kind(Enum):
    OTHER = auto()
    DIGITS = auto()
    UNIT = auto()  # 1–9
    TEEN = auto()  # 10–19
    TENS = auto()  # 20–90
    HUNDREDS = auto()  # 100, 200 … 900, one Arabic word each
    HUNDRED = auto()  # English: multiplies what stands before it
    SCALE = auto()  # ألف, مليون, million
    BOUND_SCALE = auto()  # Never a number alone: آلاف, ملايين, million
    DUAL_SCALE = auto()  # مليونين
    ORDINAL = auto()  # ثالث, third
    FRACTION = auto()  # نصف, half
    DECADE = auto()  # ثلاثينيات, thirties
    ARTICLE = auto()  # a million
    AND = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """What a word can do in a number; ``bound`` words say none without a neighbour."""

    kind: Kind
    value: Fraction = Fraction(0)
    bound: bool = False
    english: bool = False


OTHER = Word(Kind.OTHER)
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
# Duals before what they count (ألفا شخص), which may also be accusatives, or the name of a letter.
DUAL = re.compile("[وف]?(?:الفا|مليونا|مليارا|بليونا)")
NEVER_COUNTED = re.compile(
    "(?:ال|و).*|.*ا|من|في|علي|الي|عن|مع|بعد|قبل|خلال|منذ|حتي|او|ام|اي|ثم|لكن|بين|عند|لدي|ضد|عبر|حول|دون|غير|فقط|ان|انه|"
    "كان|كانت|قد|لم|لن|هو|هي|هذه|ذلك|تلك|هناك|حيث|روميو|سنتوري|قنطورس"
)
NAMED_ALPHA = re.compile("متحوره?|سلاله|جسيمات?|اشعه|موجات|برنامج|شركه|قناه|فريق|جيل|بنك|مجموعه|الفئه")
_DROPPED = re.compile(f"[{DIACRITICS}\u0640]")
_FOLD = str.maketrans("أإآٱىة", "اااايه")


def fold(word: str) -> str:
    """One spelling for the hamza, ya and ta marbuta that number words are written with."""
    return _DROPPED.sub("", word).lower().translate(_FOLD)


def _arabic_words() -> dict[str, Word]:
    words: dict[str, Word] = {}

    def add(kind: Kind, value: int | Fraction, spellings: str, *, bound: bool = False) -> None:
        for spelling in spellings.split():
            words[spelling] = Word(kind, Fraction(value), bound)

    units = ["واحد واحده", "اثنان اثنين اثنتان اثنتين", "ثلاثه ثلاث", "اربعه اربع", "خمسه خمس", "سته ست",
             "سبعه سبع", "ثمانيه ثماني ثمان", "تسعه تسع"]  # fmt: skip
    for value, spellings in enumerate(units, 1):
        add(Kind.UNIT, value, spellings)
    add(Kind.UNIT, 0, "صفر")
    add(Kind.UNIT, 1, "احد احدي", bound=True)  # أحد alone is "anyone".
    add(Kind.UNIT, 2, "اثنا اثني اثنتا اثنتي", bound=True)
    add(Kind.TEEN, 10, "عشره عشر")
    stems = ["عشر", "ثلاث", "اربع", "خمس", "ست", "سبع", "ثمان", "تسع"]
    for value, stem in enumerate(stems, 2):
        add(Kind.TENS, value * 10, f"{stem}ون {stem}ين")
        add(Kind.DECADE, value * 10, f"{stem}ينيات {stem}ينات")
    add(Kind.HUNDREDS, 100, "مئه مائه")
    add(Kind.HUNDREDS, 200, "مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي")
    for value, stem in enumerate(stems[1:], 3):
        add(Kind.HUNDREDS, value * 100, f"{stem}مئه {stem}مائه")
    add(Kind.HUNDREDS, 800, "ثمانيمئه ثمانيمائه")
    add(Kind.SCALE, 10**3, "الف")
    add(Kind.BOUND_SCALE, 10**3, "الاف الفا")
    add(Kind.DUAL_SCALE, 2 * 10**3, "الفان الفين الفي")
    for scale, stem, plural in [(10**6, "مليون", "ملايين"), (10**9, "مليار", "مليارات"),
                                (10**9, "بليون", "بلايين"), (10**12, "تريليون", "تريليونات"),
                                (10**12, "ترليون", "ترليونات")]:  # fmt: skip
        add(Kind.SCALE, scale, stem)
        # مليونا alone may be the dual or an accusative: not counted without a number before it.
        add(Kind.BOUND_SCALE, scale, f"{plural} {stem}ا")
        add(Kind.DUAL_SCALE, 2 * scale, f"{stem}ان {stem}ين {stem}ي")
    ordinals = ["اول اولي", "ثاني ثان", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر"]
    for value, spellings in enumerate(ordinals, 1):
        add(Kind.ORDINAL, value, spellings)
        if value > 2:
            add(Kind.ORDINAL, value, f"{spellings}ه")
    add(Kind.ORDINAL, 2, "ثانيه", bound=True)  # Without its article it is a second of time.
    add(Kind.ORDINAL, 1, "حادي حاديه", bound=True)
    add(Kind.FRACTION, Fraction(1, 2), "نصف", bound=True)
    add(Kind.FRACTION, Fraction(1, 4), "ربع", bound=True)
    add(Kind.AND, 0, "و")
    return words


def _english_words() -> dict[str, Word]:
    words: dict[str, Word] = {}

    def add(kind: Kind, value: int | Fraction, spelling: str, *, bound: bool = False) -> None:
        words[spelling] = Word(kind, Fraction(value), bound, english=True)

    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    ):
        add(Kind.UNIT, value, word)
    ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
    for value, word in enumerate(ordinals, 1):
        add(Kind.ORDINAL, value, word)
    add(Kind.TEEN, 10, "ten")
    add(Kind.ORDINAL, 10, "tenth")
    add(Kind.TEEN, 11, "eleven")
    add(Kind.ORDINAL, 11, "eleventh")
    add(Kind.TEEN, 12, "twelve")
    add(Kind.ORDINAL, 12, "twelfth")
    for value, stem in enumerate(["thir", "four", "fif", "six", "seven", "eigh", "nine"], 3):
        add(Kind.TEEN, 10 + value, f"{stem}teen")
        add(Kind.ORDINAL, 10 + value, f"{stem}teenth")
    for value, stem in enumerate(["twen", "thir", "for", "fif", "six", "seven", "eigh", "nine"], 2):
        add(Kind.TENS, 10 * value, f"{stem}ty")
        add(Kind.ORDINAL, 10 * value, f"{stem}tieth")
        add(Kind.DECADE, 10 * value, f"{stem}ties")
    add(Kind.HUNDRED, 100, "hundred", bound=True)
    add(Kind.HUNDRED, 12, "dozen", bound=True)
    for word, scale in SCALES.items():
        add(Kind.BOUND_SCALE, scale, word)
    add(Kind.FRACTION, Fraction(1, 2), "half", bound=True)
    add(Kind.ARTICLE, 1, "a", bound=True)
    add(Kind.AND, 0, "and")
    return words


_WORDS = _arabic_words() | _english_words()


def look_up(folded: str) -> tuple[Word, str]:
    """The word and the clitics it was found behind: ``وبالثلاثين`` is (30, 'وب')."""
    return _forms().get(folded, _NO_WORD)


def silent(text: str) -> bool:
    """Whether ``text`` has no word that says a number; most sentences, and much faster told than read."""
    return _telling().isdisjoint(_LETTERS.findall(fold(text)))


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[Word, str]]:
    """Every word behind every clitic; where a form can be peeled in several ways, the shortest prefix."""
    forms = {folded: (word, "") for folded, word in _WORDS.items()}
    forms |= dict.fromkeys(("لست", "بالمئه", "بالمائه"), _NO_WORD)  # "I am not", "per cent"
    for prefix, article in _PEELS:
        for rest, word in _WORDS.items():
            if not word.english and word.kind is not Kind.AND:
                heard = replace(word, bound=False) if article and rest == "ثانيه" else word
                forms.setdefault(prefix + article + rest, (heard, prefix))
    return forms


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """The forms without one of which there is no number: not "a" and "and"."""
    mute = {Kind.OTHER, Kind.ARTICLE, Kind.AND}
    return frozenset(folded for folded, (word, _) in _forms().items() if word.kind not in mute)


_NO_WORD = OTHER, ""
_LETTERS = re.compile(r"[^\W\d_]+")
_PEELS = sorted(
    {
        (conjunction + preposition, article)
        for conjunction in ("", "و", "ف")
        for preposition in ("", "ب", "ك", "ل")
        for article in ("", "ال", "ل")
        if (article != "ل" or preposition == "ل") and (article != "ال" or preposition != "ل")
    },
    key=lambda peel: (len(peel[0] + peel[1]), peel),
)
