"""
Splitting Arabic news into sentences, with offsets into the text.

Around a library stand the rules that Arabic news needs: stops with no space
after them, titles and initials, two calendars, numbers and addresses, and
quotations that are kept whole when they close. The library (sentencex, MIT)
knows the abbreviations of English and is asked about stops after Latin words;
asked about whole lines it is quadratic in places, and splits after ``د.``.

:func:`resplit` cuts a sentence that is too long for a model.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from sentencex import (
    get_sentence_boundaries,  # pyright: ignore[reportAttributeAccessIssue]: made in Rust, without stubs.
)

from translate.clauses import resplit
from translate.normalize import ARABIC_LETTER, DIACRITICS
from translate.quotations import MARKS, enclosed

__all__ = ["resplit", "split"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Abbreviations are mostly known by their shape: one letter (د. م. ص.), or letters with stops between
# them (أ.د. ق.م. ش.م.م.). The few of more letters that stand before a number are these.
_BEFORE_NUMBER = _words("مج تح هاتف تلفون فاكس")
# Calendars and measures: after a number they may end a sentence, and end it unless one of the words follows.
_UNITS = _words("هـ ه م ق.م ب.م ق.هـ كم كلم سم مم كغ كجم كلغ غ غم جم ملغ مل ل طن")
_GOES_ON_AFTER_UNIT = _words(
    "الموافق الموافقة أي أو إلى حتى من عن فوق تحت فقط تقريبا تقريبًا تقريباً يوميا يوميًا"
    " سنويا سنويًا مربع مكعب بتوقيت"
)
# «في» and «على» go on as well, unless the next word makes them an opening such as «في المقابل».
_OPENS_AFTER_PREPOSITION = _words(
    "المقابل غضون هذا هذه ذلك تلك الأثناء الوقت السياق حين الختام النهاية البداية"
    " صعيد الصعيد الرغم العكس هامش إثر"
)
# Suffixes of companies that sentencex takes for the end of a sentence when Arabic follows.
_COMPANIES = _words("Inc Ltd Corp Co LLC Plc Bros")
# Things named by a letter: the stop after that letter is a full stop.
_NAMED_BY_LETTER = re.compile(
    r"(?:ال)?(?:مجموعة|فئة|فيتامين|حرف|نقطة|قسم|درجة|تصنيف|قاعة|بوابة|مبنى|نوع|طراز|مستوى|نموذج|صنف|شعبة|بند|ملحق)\s$"
)
_SAID = (
    "(?:(?:قال|أضاف|أكد|أوضح|أشار|تابع|ذكر|صرح|صرّح|لفت|شدد|شدّد|نقل|أعلن|كشف|رأى|اعتبر|دعا|طالب|أعرب|أفاد|نفى|ختم|أردف"
    "|استطرد|استدرك|علق|علّق|رد|ردّ|كتب|سأل|تساءل|أجاب)(?:ت|وا|تا)?|[يت](?:قول|ضيف|ؤكد|وضح|ذكر|سأل|تساءل|كتب|شير|رى))"
)
_WORD_ENDS = r"(?![^\W\d_])"
_ATTRIBUTION = re.compile(_SAID + _WORD_ENDS)
# What opens a sentence after a mark that may or may not have ended one: «ش.م.م.», «Inc.», «…».
_OPENER = re.compile(
    f"(?:[وف]{_SAID}|[وف]?(?:قد|لقد|لم|لن|كان|كانت|كانوا|هل|لماذا|كيف|متى|أين)"
    f"|و(?:لا|إن|إنه|إنها|هو|هي|هذا|هذه|ذلك|من|في|بحسب|جاء|جاءت)){_WORD_ENDS}"
)

_INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f"
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_STOPS = ".!?؟…۔。"
_RUN = re.compile(rf"[{_STOPS}]+(?:[ \u00a0]+[{_STOPS}]+(?!\S))*")
_ELLIPSIS = re.compile(r"…|[.…][ .…]+")
_TRAILER = re.compile(
    rf"(?:[{_INVISIBLE}{_EMOJI}]|(?<=\S)\[\d{{1,3}}\])*"
)  # Notes stand right behind a stop.
_GAP = re.compile(rf"[\s{_INVISIBLE}]*")
_WORD = re.compile(rf"[^\s{_STOPS}،؛,;:{re.escape(MARKS)}]*")
_BREAK = re.compile(rf"[\s،؛:/–—{re.escape(MARKS)}{_INVISIBLE}-]")
_LETTER = f"[{ARABIC_LETTER}][{DIACRITICS}ـ]*"
# With a prefix only the titles, because لا and كم are words.
_INITIAL = re.compile(f"{_LETTER}|[ولبفك]ل?[دأ]|وم|[A-Z]")
_DOTTED = re.compile(rf"[ولبفك]?ل?{_LETTER}(?:\.{_LETTER})+|[A-Za-z](?:\.[A-Za-z])+")
_NUMBER = re.compile(r"\d[\d.,٫٬]*")
_NUMBER_OR_BRACKET = re.compile(r"و?\d|[(\[/–-]")
_ENDS_WITH_DIGIT = re.compile(r"\d\s?$")
_ADDRESS = re.compile(
    r"(?:https?://|ftp://|www\.)[!-~]*[\w/#=&]|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII
)
_ARABIC = re.compile(f"[{ARABIC_LETTER}]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NOT_FOR_LIBRARY = re.compile(rf"[\s{re.escape(MARKS)}{_INVISIBLE}\ud800-\udfff]")
# No abbreviation is longer; what is looked at before and after a stop is bounded, so that time is linear.
_NEAR = 32


def split(text: str) -> list[tuple[int, int]]:
    """
    The spans (start, end) of a text's sentences, in code points.

    Spans are in order, do not overlap and neither begin nor end with white
    space; what lies between them is white space. A line break always ends a
    sentence, and so does each tab of a line that has several: they part the cells
    of a table. Any string will do, lone surrogates included.

    >>> text = "قال د. سالم: لا.ومضى. هل عاد؟"
    >>> [text[start:end] for start, end in split(text)]
    ['قال د. سالم: لا.', 'ومضى.', 'هل عاد؟']
    """
    spans = []
    offset = 0
    for line in _lines(text):
        ends = [] if line.isspace() else list(_Line(line).ends())
        # A tail of marks or emoji is no sentence: it stays with the one before.
        if ends and not _LETTER_OR_DIGIT.search(line, ends[-1]):
            ends.pop()
        for start, end in pairwise([0, *ends, len(line)]):
            piece = line[start:end]
            if sentence := piece.strip():
                first = offset + start + len(piece) - len(piece.lstrip())
                spans.append((first, first + len(sentence)))
        offset += len(line)
    return spans


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, with what ends them; of a row of a table its cells."""
    for line in text.splitlines(keepends=True):
        if line.strip().count("\t") > 1:
            yield from re.findall(r"[^\t]*\t|[^\t]+", line)
        else:
            yield line


class _Line:
    """A line of text, with what is enclosed in it: quotations, brackets and addresses."""

    def __init__(self, text: str) -> None:
        self.text = text
        quotations = enclosed(text)
        # Where each closing mark's opening one stands.
        self.opened_at = {end - 1: start for start, end in quotations}
        self.openings = {start for start, _ in quotations}
        held = _merged(quotations + [match.span() for match in _ADDRESS.finditer(text)])
        self.held_starts = [start for start, _ in held]
        self.held_ends = [end for _, end in held]

    def ends(self) -> Iterator[int]:
        """Yield the offset after each sentence but the last, closing marks and emoji included."""
        start = scanned = 0
        first = _end(_GAP, self.text, 0)
        for run in _RUN.finditer(self.text):
            end, opened_at = self._past_closing_marks(run.end())
            if end <= start or self._holds(end) or not self._ends_sentence(run, end, opened_at, first):
                continue
            # Marks alone are no sentence: they stay with the one that follows.
            if _LETTER_OR_DIGIT.search(self.text, scanned, end):
                yield end
                start, first = end, _end(_GAP, self.text, end)
            scanned = end

    def _holds(self, position: int) -> bool:
        """Whether a boundary at the position would cut what is enclosed."""
        place = bisect_left(self.held_starts, position) - 1
        return place >= 0 and position < self.held_ends[place]

    def _past_closing_marks(self, position: int) -> tuple[int, int | None]:
        """The offset after closing marks and emoji at the position, and where what they close opened."""
        opened_at = None
        while True:
            position = _end(_TRAILER, self.text, position)
            mark = self.text[position : position + 1]
            if position in self.opened_at:
                opened_at = self.opened_at[position]
            elif not mark or position in self.openings or not self._closes_nothing(position):
                return position, opened_at
            position += 1

    def _closes_nothing(self, position: int) -> bool:
        """Whether a closing mark without a partner stands here: a quotation of several paragraphs ends so."""
        follows = self.text[position + 1 : position + 2]
        return self.text[position] in '"“”»)]' and (not follows or follows.isspace() or follows in _STOPS)

    def _ends_sentence(self, run: re.Match[str], end: int, opened_at: int | None, first: int) -> bool:
        text, marks = self.text, run.group()
        after = _end(_GAP, text, end)
        follows = text[after : after + 1]
        if not follows or follows in "،؛,;:)]}" + _STOPS or after in self.opened_at:
            return False
        ellipsis = bool(_ELLIPSIS.fullmatch(marks))
        if after == end and (ellipsis or not self._ends_without_space(run.start(), after)):
            return False
        if ellipsis and not _OPENER.match(text, after):
            return False
        if marks == "." and self._abbreviates(run.start(), first, after):
            return False
        if marks == "." and opened_at is not None and _DOTTED.fullmatch(text, opened_at + 1, run.start()):
            return False  # Initials in quotation marks or brackets: «س.ح.»
        return opened_at is None or self._ends_with_enclosure(marks, opened_at, first, after)

    def _ends_with_enclosure(self, marks: str, opened_at: int, first: int, after: int) -> bool:
        """Whether a sentence ends with the closing mark that follows ``marks``: '…القرار." وعاد'."""
        opens_sentence = opened_at <= first
        if self.text[opened_at] in "([{":
            return opens_sentence
        if marks == ".":
            return not (opens_sentence and _ATTRIBUTION.match(self.text, after))
        # A question or a cry may be a title or a slogan within the sentence, unless a colon led to it.
        return self._after_colon(opened_at) or bool(_OPENER.match(self.text, after))

    def _ends_without_space(self, stop: int, after: int) -> bool:
        """Whether a stop right before a letter or an opening mark ends a sentence: 'الأخيرة.ففي'."""
        if after in self.openings:
            return True
        following = self.text[after : _end(_WORD, self.text, after)]
        return bool(_ARABIC.match(following)) and (
            len(following) > 1 or following == "و" or self.text[stop] != "."
        )

    def _word_before(self, stop: int, first: int) -> str:
        return _BREAK.split(self.text[max(first, stop - _NEAR) : stop])[-1]

    def _after_colon(self, position: int) -> bool:
        return self.text[max(0, position - 2) : position].rstrip().endswith(":")

    def _abbreviates(self, stop: int, first: int, after: int) -> bool:
        """Whether the full stop belongs to the word before it and the sentence goes on."""
        text = self.text
        word = self._word_before(stop, first)
        begins = stop - len(word)
        if word.isdecimal() and len(word) <= 2:  # The number of an item in a list.
            return not _LETTER_OR_DIGIT.search(text, first, begins) or self._after_colon(begins)
        number = _NUMBER.match(word)
        unit = word[number.end() :] if number else word
        if unit in _UNITS and (number or _ENDS_WITH_DIGIT.search(text, max(0, begins - 2), begins)):
            return self._goes_on_after_unit(after)
        if _INITIAL.fullmatch(word):
            return not _NAMED_BY_LETTER.search(text, max(0, begins - _NEAR), begins)
        if word in _BEFORE_NUMBER:
            return text[after].isdecimal()
        if _OPENER.match(text, after):
            return False
        return bool(_DOTTED.fullmatch(word)) or word in _COMPANIES or self._library_goes_on(stop)

    def _goes_on_after_unit(self, after: int) -> bool:
        words = [word.strip("،,؛;:.؟!") for word in self.text[after : after + 2 * _NEAR].split(maxsplit=2)]
        first, second = (*words, "", "")[:2]
        if first in _GOES_ON_AFTER_UNIT or _NUMBER_OR_BRACKET.match(first):
            return True
        return first in {"في", "على"} and second not in _OPENS_AFTER_PREPOSITION

    def _library_goes_on(self, stop: int) -> bool:
        """Whether sentencex takes the stop after a Latin word for that of an abbreviation."""
        last = self.text[stop - 1 : stop]
        if not (last.isascii() and last.isalpha()):
            return False
        begin = max(0, stop - _NEAR)
        near = _NOT_FOR_LIBRARY.sub(" ", self.text[begin : stop + _NEAR])
        # The library puts the white space after a sentence into it.
        ends = {
            len(near[: boundary["end_index"]].rstrip()) for boundary in get_sentence_boundaries("ar", near)
        }
        return stop + 1 - begin not in ends


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where a pattern that matches anywhere, if only nothing, ends at the position."""
    found = pattern.match(text, position)
    return found.end() if found else position


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, with those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
