"""
Arabic orthography as the model should see it; display text is never changed.

Public Marian models and ours were trained on text with plain quotation marks,
dashes and spaces. News arrives with tatweel, invisible bidi controls,
presentation forms and a space before the comma. One pass over the text mends
both, and keeps for every code point of the result the place it came from.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Fathatan … sukun, superscript alef, Quranic marks (Unicode blocks 064B–065F, 0670, 06D6–06ED).
DIACRITICS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
# Tatweel, soft hyphen, zero-width characters, bidi marks/embeddings/isolates, BOM.
INVISIBLE = "\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe"
# Presentation forms, ligatures, full-width and letter-like characters: NFKC writes them plainly.
RAISED = "\u00b2\u00b3\u00b9\u2070-\u2079"
COMPATIBLE = f"\ufb00-\ufb06\ufb50-\ufdfb\ufe70-\ufefc\uff01-\uff5e\u2100-\u214f{RAISED}\u2080-\u2089"
VULGAR_FRACTIONS = "\u00bc-\u00be\u2150-\u215e"
ARABIC_LETTER = "\u0620-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06fa-\u06fc\ufb50-\ufdfb\ufe70-\ufefc"

# Moses' normalize-punctuation.perl (Koehn et al. 2007) in spirit: one shape for each mark.
_PLAIN = {
    **dict.fromkeys("«»“”„‟″❝❞〝〞＂‹›﴾﴿", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    "٭": "*",
    # Letters of Persian and Urdu keyboards, of foreign names and of the Quran, for those of Arabic words.
    **dict(zip("یکھٱپچگڤ", "يكهابجكف", strict=True)),
}
_ORNAMENTS = "\u06dd\u06de\u06e9"  # Of the Quran: around the numbers of verses, and before its parts.
_DIGITS = {chr(base + n): str(n) for base in (0x0660, 0x06F0) for n in range(10)}
_LATIN_PUNCTUATION = {"،": ",", "؛": ";", "؟": "?", "٪": "%", "٫": ".", "٬": ",", "۔": "."}


def plain_table(*, digits: bool = True, latin_punctuation: bool = True) -> dict[str, str]:
    """Characters that one other character or a few stand for, and which."""
    return {**_PLAIN, **(_DIGITS if digits else {}), **(_LATIN_PUNCTUATION if latin_punctuation else {})}


# Signs that vocabularies made from Arabic lack, and the words for them.
_SIGNS = {
    "€": "يورو",
    "£": "جنيه إسترليني",
    "¥": "ين",
    "₪": "NIS",
    "°": "درجة",
}
_AMOUNT = r"\d+(?:[.,٫٬]\d+)*(?:\s?(?:ألفا?|آلاف|مليونا?|ملايين|مليارا?|مليارات|تريليونا?|تريليونات)\b)?"
_PRICE = re.compile(rf"([€£¥₪])\s?({_AMOUNT})")
_DOLLARS_BEHIND = re.compile(rf"(?<![\w$.,])({_AMOUNT})\s?\$(?!\s?\d)(?=(\w?))")
_CELSIUS = re.compile(r"°\s?[مC](?!\w)")
_SIGN = re.compile(rf"(\s?)([{''.join(_SIGNS)}])(?=(\w?))")
_FRACTION = re.compile(rf"(?<!\d)(?:(\d{{1,15}})\s?)?([{VULGAR_FRACTIONS}])(?=(\w?))")
_PERCENT_FIRST = re.compile(r"(?<![\d%])(?<!\d\s)%\s?(\d++(?:[.,٫٬]\d++)*+)(?!\s?%)")
_AREA = re.compile(r"(?<=\d)\s?(ك?)م\s?([23])(?!\w)")
_HOUR = re.compile(r"(?<=\d[:.]\d\d)\s?([صم])(?!\w)")
# The decimal comma of the Maghreb: before a measure, with no list before it.
_DECIMAL_COMMA = re.compile(
    r"(?<![\d,،.])(\d{1,3})[,،](\d{1,2})(?=\s?(?:[%٪]|(?:[كسم]?م|مل|ك?[غج]م?|كلغ|طن|أطنان|كيلو\w+|أمتار|لترا?|يورو|"
    r"(?:متر|غرام|درج|ساع|دولار|مليون|مليار|تريليون)\w*|ملايين|مليارات)(?!\w)))"
)
_FULL_HOUR = r"(?<![\d.,:/-])((?:[1١][0-2٠-٢]|[0٠]?[1-9١-٩])"
_MORNING = re.compile(rf"{_FULL_HOUR})\s?ص(?!\w|\.?\s?\d)")  # "12 ص 8" is a page of a volume.
# A م alone is metres as well, or our era: only after words that lead to an hour.
_EVENING = re.compile(rf"((?:الساعة|صباحا\s?(?:حتى|إلى|-))\s?){_FULL_HOUR})\s?م(?!\w)")
_MONTHS = (
    "يناير|فبراير|مارس|أبريل|إبريل|مايو|يونيو|يونيه|يوليو|يوليه|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|"
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول"
)
_OUR_ERA = re.compile(rf"((?:عام|سنة|{_MONTHS})\s|\d[/-])([12]\d{{3}})\s?م(?!\w)")
# Words and figures that a typist joined; not the clitics, which belong to the figure.
_JOINED = re.compile(rf"(?<![{ARABIC_LETTER}])(?![وف]?[بلك]?(?:ال|ل)?\d)([{ARABIC_LETTER}]{{2,}})(?=\d)")
_JOINED_BEHIND = re.compile(rf"(?<=\d)(?=[{ARABIC_LETTER}]{{2}})")


def spelled_out(text: str) -> str:
    """
    Source text as a model reads it most easily: not for English, and offsets change.

    Words for the signs of money, degrees, square metres and hours; fractions in
    decimals; per cent behind its figure; figures apart from words; no mark of our era behind a year.

    >>> spelled_out("دفع €20 مليون"), spelled_out("بلغت 45°م"), spelled_out("1½ كوب في 6:30 ص")
    ('دفع 20 مليون يورو', 'بلغت 45 درجة مئوية', '1.5 كوب في 6:30 صباحا')
    """
    text = _CELSIUS.sub("° مئوية", _PRICE.sub(r"\2 \1", text))
    text = _DOLLARS_BEHIND.sub(lambda found: f"{found[1]} دولار{' ' if found[2] else ''}", text)
    text = _SIGN.sub(lambda found: f" {_SIGNS[found[2]]}{' ' if found[3] else ''}", text)
    text = _FRACTION.sub(lambda found: _decimal(found[1], found[2]) + (" " if found[3] else ""), text)
    text = _PERCENT_FIRST.sub(r"\1%", text)
    text = _AREA.sub(
        lambda found: f" {'كيلو' * bool(found[1])}متر {'مربع' if found[2] == '2' else 'مكعب'}", text
    )
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    text = _EVENING.sub(r"\1\2 مساء", _MORNING.sub(r"\1 صباحا", text))
    text = _HOUR.sub(lambda found: " صباحا" if found[1] == "ص" else " مساء", text)
    return _JOINED_BEHIND.sub(" ", _JOINED.sub(r"\1 ", without_era(text)))


def without_era(text: str) -> str:
    """``text`` without the mark of our era behind years, which English leaves out: 19/9/2018م."""
    return _OUR_ERA.sub(r"\1\2", text)


def _decimal(whole: str | None, fraction: str) -> str:
    """1½ as 1.5; ⅓, which has no short decimal, as 1/3."""
    value = unicodedata.numeric(fraction)
    if (1000 * value).is_integer():
        return f"{int(whole or 0) + value:g}"
    return f"{whole or ''} {unicodedata.normalize('NFKC', fraction)}".replace("\u2044", "/").strip()


@dataclass(frozen=True, slots=True)
class Normalization:
    """
    Which changes a model's text goes through; kept beside the model's weights.

    ``diacritics`` keeps the short vowels, ``latin_punctuation`` writes ``،؛؟``
    as ``,;?`` and ``digits`` writes Arabic-Indic digits as 0–9. The defaults
    suit public Marian models; the built-in model turns all three towards Latin.
    """

    diacritics: bool = False
    latin_punctuation: bool = False
    digits: bool = True

    def __call__(self, text: str) -> str:
        """
        The text as the model should see it.

        >>> Normalization()("الدعم ، ولديها قطـاعٌ «ضخم»")
        'الدعم، ولديها قطاع "ضخم"'
        """
        return "".join(piece for piece, _, _ in self._pieces(text))

    def with_offsets(self, text: str) -> tuple[str, list[int]]:
        """
        The normalized text, and for each of its code points an offset into ``text``.

        The list has ``len(normalized) + 1`` entries, so that a span
        ``normalized[i:j]`` came from ``text[offsets[i]:offsets[j]]``.
        """
        pieces: list[str] = []
        offsets: list[int] = []
        for piece, start, untouched in self._pieces(text):
            pieces.append(piece)
            offsets.extend(range(start, start + len(piece)) if untouched else [start] * len(piece))
        offsets.append(len(text))
        return "".join(pieces), offsets

    def _pieces(self, text: str) -> Iterator[tuple[str, int, bool]]:
        """Yield (normalized piece, start in text, whether it was left alone), in order."""
        pattern, table = _rules(self)
        position = 0
        for match in pattern.finditer(text):
            if match.start() > position:
                yield text[position : match.start()], position, True
            yield self._replace(match, table), match.start(), False
            position = match.end()
        if position < len(text):
            yield text[position:], position, True

    @staticmethod
    def _replace(match: re.Match[str], table: dict[str, str]) -> str:
        found = match.group()
        if match.lastgroup == "dropped":
            return ""
        if match.lastgroup == "space":
            return " " if match.start() and match.end() < len(match.string) else ""
        plain = unicodedata.normalize("NFKC", found)
        if match.lastgroup == "power":
            return "^" + plain
        return table.get(found) or "".join(table.get(c, c) for c in plain)


@lru_cache(maxsize=8)
def _rules(options: Normalization) -> tuple[re.Pattern[str], dict[str, str]]:
    table = plain_table(digits=options.digits, latin_punctuation=options.latin_punctuation)
    dropped = INVISIBLE + _ORNAMENTS + ("" if options.diacritics else DIACRITICS)
    blank = f"[\\s{dropped}]"
    pattern = re.compile(
        # A space before a mark that closes a clause belongs to the typist, not to the sentence.
        f"(?P<dropped>\\s{blank}*(?=[،؛؟!,;?:](?:\\s|$))|[{dropped}]+)"
        f"|(?P<space>\\s{blank}*)"
        f"|(?P<power>(?<=\\d)[{RAISED}]+)"
        f"|(?P<mapped>[{re.escape(''.join(table))}])"
        f"|(?P<compatible>[{COMPATIBLE}])"
    )
    return pattern, table
