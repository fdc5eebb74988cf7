"""
What no model should touch: URLs, e-mail addresses, @names, hashtags, emoji, telephones, bullets, notes.
And what it had better not touch where it proved unable to copy it: dates in figures, formulas, ranges.

A model that knows placeholders translates the sentence with one in each item's
place (:func:`mask`). For any other model, or where a placeholder got lost, the
text is cut at the items and only the rest is translated (:func:`islands`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from translate.normalize import ARABIC_LETTER, DIACRITICS


@dataclass(frozen=True, slots=True)
class Item:
    """A verbatim item: ``source[start:end] == text``, in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """
    A text with placeholders in the places of its first items.

    ``placeholders[i]`` stands for ``items[i]``. ``spare`` are the placeholders
    that were not needed. ``overflow`` tells that there were more items than
    placeholders, so that some are still in ``text``.
    """

    text: str
    items: tuple[Item, ...]
    placeholders: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    overflow: bool = False

    def restore(self, output: str) -> str | None:
        """
        ``output`` with the items back in their places.

        None unless each placeholder occurs exactly once and no spare one at
        all. Letters and digits are kept a space away from an item; brackets
        and the mark that closes a clause stand right against it.
        """
        known = sorted({*self.placeholders, *self.spare}, key=len, reverse=True)
        if not known:
            return output
        found = re.findall("|".join(map(re.escape, known)), output)
        if Counter(found) != Counter(self.placeholders):
            return None
        if not self.items:
            return output
        items = dict(zip(self.placeholders, (item.text for item in self.items), strict=True))
        pattern = re.compile(
            r"(?P<before>[(\[{]?\s*)(?P<found>"
            + "|".join(map(re.escape, sorted(items, key=len, reverse=True)))
            + r")(?P<after>\s*[)\]}.,;:!?]?)"
        )

        def put_back(match: re.Match[str]) -> str:
            before, after = match["before"], match["after"]
            if before[:1] in {"(", "[", "{"}:
                before = before[0]
            elif not before and match.start() and output[match.start() - 1].isalnum():
                before = " "
            if after[-1:] and after[-1] in ")]}.,;:!?":
                after = after[-1]
            elif not after and match.end() < len(output) and output[match.end()].isalnum():
                after = " "
            return before + items[match["found"]] + after

        return pattern.sub(put_back, output)


def find_items(text: str) -> list[Item]:
    """The verbatim items of ``text``, in order; emoji that stand together are one."""
    return [_item(match) for match in _ITEM.finditer(text)]


def mask(text: str, placeholders: Sequence[str]) -> Masked:
    """
    ``text`` with its first ``len(placeholders)`` items replaced.

    A placeholder that the text itself contains is not used. A space is put
    between a placeholder and a letter or digit that touches it.
    """
    usable = [
        placeholder for placeholder in dict.fromkeys(placeholders) if placeholder and placeholder not in text
    ]
    found = find_items(text)
    items = found[: len(usable)]
    pieces: list[str] = []
    position = 0
    for item, placeholder in zip(items, usable, strict=False):
        before = text[position : item.start]
        glued = item.start > 0 and text[item.start - 1].isalnum()
        follows = item.end < len(text) and text[item.end].isalnum()
        pieces += [before, " " if glued else "", placeholder, " " if follows else ""]
        position = item.end
    pieces.append(text[position:])
    return Masked(
        text="".join(pieces),
        items=tuple(items),
        placeholders=tuple(usable[: len(items)]),
        spare=tuple(usable[len(items) :]),
        overflow=len(found) > len(items),
    )


def islands(text: str, *, fragile: bool = False) -> list[tuple[str, bool]]:
    """
    ``text`` cut into alternating (piece, is_verbatim); the pieces rebuild it.

    With ``fragile`` what models copy most of the time is verbatim as well: see :data:`_FRAGILE`.

    Brackets and quotation marks around an item, and the punctuation between
    and behind items, go with the items: the rest is for the model.

    >>> islands("زوروا الموقع (https://example.com/ar) اليوم.")
    [('زوروا الموقع ', False), ('(https://example.com/ar)', True), (' اليوم.', False)]
    """
    spans: list[tuple[int, int]] = []
    items = find_items(text)
    if fragile:
        taken = [(item.start, item.end) for item in items]
        items += [
            item
            for item in map(_item, _fragile(text))
            if not any(start < item.end and item.start < end for start, end in taken)
        ]
        items.sort(key=lambda item: item.start)
    for item in items:
        start, end = _with_brackets(text, item.start, item.end)
        if spans and not _WORD.search(text, spans[-1][1], start):
            start = spans.pop()[0]
        spans.append((start, end))
    if spans and not _WORD.search(text, 0, spans[0][0]):
        spans[0] = (0, spans[0][1])
    if spans and not _WORD.search(text, spans[-1][1]):
        spans[-1] = (spans[-1][0], len(text))
    pieces: list[tuple[str, bool]] = []
    position = 0
    for start, end in spans:
        if start > position:
            pieces.append((text[position:start], False))
        pieces.append((text[start:end], True))
        position = end
    if position < len(text) or not pieces:
        pieces.append((text[position:], False))
    return pieces


def join(pieces: Sequence[str], source: Sequence[tuple[str, bool]] = ()) -> str:
    """
    The translated pieces as one line, with the spaces that English wants.

    With ``source`` (what :func:`islands` gave for them), a full stop that the
    model put behind a piece which had none, with more to come, is taken off,
    and so is the capital it gave to a piece in the middle of a sentence.
    Arabic punctuation that came along with the items turns Latin.
    """
    line, said = "", ""  # The last piece that was translated.
    for index, piece in enumerate(pieces):
        words = piece.strip()
        if source and not source[index][1]:
            if said and goes_on(said) and goes_on(line) and re.search(r"\w", source[index - 1][0]):
                words = lowered(words)
            added = re.search(r"(?<!\.)\.$", words) is not None and not source[index][0].rstrip().endswith(
                "."
            )
            words = words[:-1] if added and index + 1 < len(pieces) else words
            said = words
        noted = bool(source) and words.startswith("[") and not source[index - 1][0][-1:].isspace()
        if line and words and not noted and line[-1] not in "([{" and words[0] not in ")]}.,;:!?،؛؟":
            line += " "
        line += words
    return line.translate(_LATIN)


def without_speaker(text: str) -> tuple[str, str]:
    """
    The English for the letter before a question or answer of an interview, if any, and the text without it.

    >>> without_speaker("ج: نعم."), without_speaker("جاء الوفد.")
    (('A:', 'نعم.'), ('', 'جاء الوفد.'))
    """
    found = _SPEAKER.match(text)
    return ({"س": "Q:", "ج": "A:"}[found[1]], text[found.end() :]) if found else ("", text)


_SPEAKER = re.compile(r"\s*([سج])\s?[:/]\s*(?=\S)")
# What stands alone between two items is too little for a model.
CONJUNCTIONS = {"و": "and", "أو": "or"}


def copied(text: str) -> str:
    """
    What English has for a text without words: the same, figures and marks in Latin.

    >>> copied("٠٫٠٥٪ #ميزانية_٢٠٢٥")
    '0.05% #ميزانية_٢٠٢٥'
    """
    pieces, position = [], 0
    for item in find_items(text):
        pieces += [text[position : item.start].translate(_LATIN_FIGURES), item.text]
        position = item.end
    return "".join([*pieces, text[position:].translate(_LATIN_FIGURES)])


def goes_on(text: str) -> bool:
    """Whether what follows ``text`` is in the middle of its sentence: no stop or colon, quotes apart."""
    return not text.rstrip("\"'”’»)] ").endswith((".", "!", "?", "؟", "…", ":"))


def lowered(text: str) -> str:
    """
    ``text`` without the capital of a sentence, where its first word can be no name.

    >>> lowered("The situation is quiet"), lowered("Today's talks"), lowered("Gaza is quiet")
    ('the situation is quiet', "today's talks", 'Gaza is quiet')
    """
    return text[0].lower() + text[1:] if _FUNCTION_WORD.match(text) else text


_FUNCTION_WORD = re.compile(
    r"(?=[A-Z][a-z]*(?![\w-]))(?i:the|a|an|this|that|these|those|he|she|it|they|we|you|his|their|our|which|who|where|"
    r"when|there|in|on|at|to|for|from|of|by|with|about|after|before|between|during|into|over|under|until|since|"
    r"through|against|without|within|and|but|or|as|if|because|although|while|than|then|not|today|yesterday|"
    r"tomorrow|now|also|only)(?![\w-])"
)
_LATIN = str.maketrans("،؛؟", ",;?")
_LATIN_FIGURES = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬،؛؟", "01234567890123456789%.,,;?")
_WORD = re.compile(r"[^\W\d_]")
_OPENING = {"(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "“": "”", "‘": "’", '"': '"', "'": "'"}
_TRAILING = re.compile(r"\s*[.،؛؟!?,:;…]+(?!\w)")


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """The item's span with the brackets or quotes around it and the marks behind it."""
    while True:
        left, right = start, end
        while left > 0 and text[left - 1] in " \u00a0":
            left -= 1
        while right < len(text) and text[right] in " \u00a0":
            right += 1
        if not (left and right < len(text) and _OPENING.get(text[left - 1]) == text[right]):
            break
        start, end = left - 1, right + 1
    trailing = _TRAILING.match(text, end)
    return start, trailing.end() if trailing else end


# --- Patterns ------------------------------------------------------------------------------------------

# Common top-level domains: generic ones, and countries' behind a name of two letters or more.
_GENERIC = (
    "com|net|org|edu|gov|int|mil|info|news|media|press|blog|site|online|tech|store|shop|app|dev|biz|cloud|live|"
    "today|world|agency|xyz|arab"
)
_COUNTRY = (
    "ae|af|am|at|au|az|be|bg|bh|br|ca|ch|cn|co|cy|cz|de|dj|dk|dz|eg|es|et|eu|fi|fm|fr|ge|gr|hk|hu|id|ie|il|in|io|iq|"
    "ir|is|it|jo|jp|ke|km|kr|kw|kz|lb|ly|ma|me|mr|mx|my|ng|nl|no|nz|om|ph|pk|pl|ps|pt|qa|ro|rs|ru|sa|sd|se|sg|so|sy|"
    "td|th|tn|to|tr|tv|tw|ua|uk|us|uz|vn|ye|za|ai|gl|gg"
)
# Countries that are English words need a path: "Sept.in" is a typing mistake.
_UNMISTAKABLE = "|".join(
    sorted(set(_COUNTRY.split("|")) - {"am", "at", "be", "in", "is", "my", "no", "so", "to"})
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT = r"(?::\d{1,5})?"
_ARABIC = f"{ARABIC_LETTER}{DIACRITICS}"
# Arabic letters in a path (as in links to Wikipedia), but only right behind a mark that paths use.
_PATH = rf"(?:[!-;=?-\[\]_a-z{{|}}~]|(?:(?<=[/=_\-&?#%+{_ARABIC}])|(?<=[/_\-]\())[{_ARABIC}])*"
# A host may be Arabic throughout; behind a Latin one, an Arabic word is the next sentence.
_ARABIC_HOST = rf"(?:www\.)?[{_ARABIC}](?:[{_ARABIC}0-9-]*\.)+[{_ARABIC}A-Za-z0-9-]+"
_REST = rf"(?:[/?#]{_PATH})?"
# Not inside a longer name: nothing Latin, and no part of an address, may touch on the left.
_LEFT = r"(?<![A-Za-z0-9_@./-])"
_RIGHT = r"(?![A-Za-z0-9_@-])"

_EMOJI_BASE = (
    "[\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u25fd\u25fe\u2600-\u275a\u2761-\u2767\u2794-\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201-\U0001f265\U0001f300-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f774-\U0001f77f\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f8ff\U0001f90c-\U0001faff]"
)
# Text by default, an emoji where U+FE0F says so (Unicode TS #51).
_EMOJI_BY_SELECTOR = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2328\u23cf\u24c2\u25aa-\u25fc"
    "\u2934\u2935\u2b05-\u2b07\u3030\u303d\u3297\u3299\U0001f170-\U0001f17f]\ufe0f"
)
_MODIFIERS = "[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*\u20e3?"
_EMOJI_ONE = rf"(?:{_EMOJI_BASE}|{_EMOJI_BY_SELECTOR}){_MODIFIERS}"
_EMOJI = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_EMOJI_ONE}(?:\u200d{_EMOJI_ONE})*)"

# Groups of figures that are no amount: telephone numbers, from seven figures on behind a plus or a nought,
# numbers of cards in fours, IBANs. No dates (05-12-2024) and no years in a row.
_GAP = "[ \u00a0-]"
_DATE = rf"[0-9]{{1,2}}{_GAP}[0-9]{{1,2}}{_GAP}(?:19|20)[0-9][0-9](?![0-9])"
_YEARS = rf"(?:19|20)[0-9][0-9]{_GAP}(?:19|20)[0-9][0-9]{_GAP}"
_PREFIX = (
    rf"\+[0-9]{{1,4}}(?:{_GAP}?\([0-9]{{1,4}}\){_GAP}?[0-9]{{1,10}})?"
    rf"|\(0[0-9]{{1,3}}\){_GAP}?[0-9]{{1,10}}|0[0-9]{{1,5}}"
)
_FIGURES = (
    r"(?<![A-Za-z0-9.,/+-])(?<![0-9]:)(?:"
    rf"(?!{_DATE})(?=\+?(?:[ \u00a0()-]{{0,2}}[0-9]){{7}})(?:{_PREFIX})(?:{_GAP}[0-9]{{1,10}})++"
    rf"|(?!{_YEARS})[0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{2,}}+"
    r"|[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?"
    r")(?![A-Za-z0-9-])"
)
# Marks that begin a point of a list; a dot only where it stands alone, a star, a stroke or Markdown's only
# at the beginning.
BULLETS = "\u2022\u2023\u2043\u2460-\u2473\u25a0-\u25ff\u2776-\u2793"
_BULLET = rf"[{BULLETS}]|(?<!\S)\u00b7(?!\S)|(?<![\s\S])(?:[*–—>-]|#{{1,6}}|[0-9]{{1,2}}/)(?=\s)"

_ITEM = re.compile(
    rf"(?P<email>(?<![A-Za-z0-9._%+-])(?:mailto:)?[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{{0,63}}@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}(?![A-Za-z0-9_-]))"
    rf"|(?P<url>(?<![A-Za-z0-9])(?:https?|ftp)://(?:{_ARABIC_HOST})?{_PATH}"
    rf"|{_LEFT}(?i:www)\d?\.{_LABEL}(?:\.{_LABEL})+{_PORT}{_REST}"
    rf"|{_LEFT}(?:{_LABEL}\.)+(?i:{_GENERIC})(?:\.(?i:{_COUNTRY}))?{_PORT}{_RIGHT}{_REST}"
    rf"|{_LEFT}(?:{_LABEL}\.)*[A-Za-z0-9][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]\.(?:{_UNMISTAKABLE}){_PORT}{_RIGHT}{_REST}"
    # Short names (t.me, t.co, x.co) are links when a path follows.
    rf"|{_LEFT}(?:{_LABEL}\.)+(?:{_COUNTRY}){_PORT}/{_PATH})"
    r"|(?P<name>(?<![A-Za-z0-9_@.])@(?=[0-9.]*[A-Za-z_])[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,48}[A-Za-z0-9_])?(?![A-Za-z0-9_@]))"
    rf"|(?P<hashtag>(?<![A-Za-z0-9_&#/])[#＃](?=\d*[^\W\d])[\w{DIACRITICS}\u200c]+)"
    rf"|(?P<emoji>{_EMOJI}+)"
    rf"|(?P<figures>{_FIGURES})"
    rf"|(?P<bullet>{_BULLET})"
    r"|(?P<notes>(?<!\])(?:\[[0-9]{1,3}\])+(?=\s*$))"
)


# Runs of text that is not Arabic, with single spaces inside; brackets, quotes and last marks stay outside.
_MARK = '()\\[\\]{}«»"“”„،؛؟'
_TOKEN = rf"(?:[^\s{_ARABIC}{_MARK}.,:;!?]|[.,:;](?=[^\s{_ARABIC}{_MARK}]))+"
_RUN = re.compile(rf"{_TOKEN}(?: {_TOKEN})*")
# Signs of formulas, and letters that vocabularies made of Arabic and English lack.
_FORMULA = re.compile("[=<>^×÷±©®§†‡\u00c0-\u024f\u0370-\u03ff\u2070-\u209f\u2190-\u2bff²³¹]")
# Dates and times in figures, ranges of large numbers, long figures, paths, dotted leaders with their figure.
_FRAGILE = re.compile(
    r"(?<![\w/.-])[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4}(?![\w/])"
    r"|(?<![\w:])[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?![\w:])"
    r"|(?<![\w.,/-])[0-9]{3,}[-–][0-9]{3,}(?![\w/-])"
    r"|(?<![\w.,/+-])[0-9]{7,}(?![\w,/-])"
    r"|(?<!\S)/[\w.-]+(?:/[\w.-]+)+"
    r"|[._…·]{5,}(?:\s*[0-9.,]*[0-9][%٪]?(?!\w))?"
)


def _fragile(text: str) -> list[re.Match[str]]:
    formulas = [run for run in _RUN.finditer(text) if _FORMULA.search(run.group())]
    spans = [run.span() for run in formulas]
    others = (
        found
        for found in _FRAGILE.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in spans)
    )
    return [*formulas, *others]


def _item(match: re.Match[str]) -> Item:
    text = match.group()
    if match.lastgroup == "url":
        text = _trim(text)
    return Item(text, match.start(), match.start() + len(text))


def _trim(url: str) -> str:
    """The URL without the marks of the sentence around it: stops, quotes, a bracket without its partner."""
    while url:
        last = url[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in ".,;:!?'\"*([{" or (opening and url.count(last) > url.count(opening)):
            url = url[:-1]
        else:
            break
    return url
