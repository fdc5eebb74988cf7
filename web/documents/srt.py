"""
Subtitles (SubRip): every cue keeps its number and its times.

A sentence often runs over several cues. They are translated as one text, and the
translation is cut where the links between the words say the cues meet.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from translate.encoding import decode
from translate.errors import BadInput
from translate.text import Article
from web.documents.compose import compose
from web.documents.inline import Paragraph
from web.passages import Rendering, Translate, translate_passages

_MARK = b"\xef\xbb\xbf"
_TIMES = re.compile(
    r"\s*(\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3})(?!\d).*"
)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>i|b|u|s|font)\b[^<>]*>|\{\\[^{}]*\}", re.I)
_DASH = re.compile(r"\s*[-–—]\s*(?=\S)")
_STOPPED = re.compile(r"[.؟?!…][\s\"»”)\]♪]*$")
# Players that know no Arabic show a stop at the wrong end; so some files have it written there.
_STOP_IN_FRONT = re.compile(r"\s*([.!؟?،…]+)(?=[^\W\d_])(.*[^\W_])\s*$")
_LINE = 42  # Characters of a line of subtitles, as broadcasters have it.
_PAUSE_S = 3.0  # After a silence this long, nobody goes on with a sentence.
_MOST = 12  # Cues that are translated as one text.


@dataclass(frozen=True, slots=True)
class _Cue:
    """Times and text; ``head`` and ``tail`` are the lines around the text as they were."""

    head: str
    lines: tuple[str, ...]
    tail: str
    start_s: float
    end_s: float

    @property
    def is_dialogue(self) -> bool:
        """Whether two people speak, a line each."""
        return len(self.lines) > 1 and all(_DASH.match(_TAG.sub("", line)) for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Thing:
    """A cue, by its number, or what is written before and after the words in it."""

    cue: int = -1
    before: str = ""
    after: str = ""


def translate(data: bytes, translate: Translate) -> bytes:
    """The subtitles in English, as UTF-8."""
    text = decode(data)
    opening, cues = _parse(text)
    groups = list(_groups(cues))
    paragraphs = [_paragraph(cues, group) for group in groups]
    passages = [paragraph.passage(ordered=True) for paragraph in paragraphs]
    made = translate_passages(passages, translate)
    written = dict(enumerate("\n".join(cue.lines) for cue in cues))
    for passage, paragraph, rendering in zip(passages, paragraphs, made, strict=True):
        if passage.is_translatable:
            for number, english in _texts(paragraph, rendering).items():
                written[number] = english if cues[number].is_dialogue else _wrap(english)
    body = opening + "".join(cue.head + written[number] + cue.tail for number, cue in enumerate(cues))
    if "\r\n" in text:
        body = body.replace("\n", "\r\n")
    return (_MARK if data.startswith(_MARK) else b"") + body.encode()


def read(data: bytes, name: str) -> Article:
    """What is said, a paragraph for each stretch without a pause or a stop."""
    _, cues = _parse(decode(data))
    spoken = (
        " ".join(" ".join(_TAG.sub("", line) for line in cues[number].lines) for number in group)
        for group in _groups(cues)
    )
    return compose(((text, False) for text in spoken), name)


def _parse(text: str) -> tuple[str, list[_Cue]]:
    """What stands before the first cue, and the cues."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [(place, match) for place, line in enumerate(lines) if (match := _TIMES.fullmatch(line))]
    if not found:
        raise BadInput("There are no times such as 00:01:02,500 --> 00:01:05,000 in the subtitles.").because(
            "no_times"
        )
    heads = [place - 1 if place and lines[place - 1].strip().isdecimal() else place for place, _ in found]
    cues = []
    for number, (place, match) in enumerate(found):
        stop = heads[number + 1] if number + 1 < len(found) else len(lines)
        last = stop
        while last > place + 1 and not lines[last - 1].strip():
            last -= 1
        numbers = [int(part) for part in match.groups()]
        seconds = [h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (numbers[:4], numbers[4:])]
        head = "\n".join(lines[heads[number] : place + 1])
        body = tuple(lines[place + 1 : last])
        tail = "".join("\n" + line for line in lines[last:stop])
        # The line breaks between cues belong to the cue before.
        tail += "\n" if stop < len(lines) else ""
        cues.append(_Cue(head + ("\n" if body else ""), body, tail, *seconds))
    opening = "".join(line + "\n" for line in lines[: heads[0]])
    return opening, cues


def _groups(cues: Sequence[_Cue]) -> Iterator[range]:
    """Cues that are one text: until a sentence ends, somebody else speaks, or nobody does."""
    start = 0
    for number in range(1, len(cues) + 1):
        if number < len(cues) and number - start < _MOST and _goes_on(cues[number - 1], cues[number]):
            continue
        yield range(start, number)
        start = number


def _goes_on(cue: _Cue, following: _Cue) -> bool:
    last, first = (" ".join(_TAG.sub("", line) for line in one.lines).strip() for one in (cue, following))
    return (
        bool(last and first)
        and following.start_s - cue.end_s < _PAUSE_S
        and not _STOPPED.search(last)
        and not _STOP_IN_FRONT.match(last)
        and not _DASH.match(first)
        and not cue.is_dialogue
    )


def _paragraph(cues: Sequence[_Cue], group: range) -> Paragraph[_Thing]:
    paragraph: Paragraph[_Thing] = Paragraph()
    for number in group:
        if number > group.start:
            paragraph.add_text(" ")
        paragraph.open(_Thing(cue=number))
        for place, line in enumerate(cues[number].lines):
            if place and cues[number].is_dialogue:
                paragraph.add_divider(_Thing(before="\n"))
            elif place:
                paragraph.add_text(" ")
            _add_line(paragraph, line)
        paragraph.close()
    return paragraph


def _add_line(paragraph: Paragraph[_Thing], line: str) -> None:
    """A line's words, with its tags around them; a tag without a partner stands alone."""
    if turned := _STOP_IN_FRONT.match(line):
        line = turned[2] + turned[1]
    tags = list(_TAG.finditer(line))
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for number, tag in enumerate(tags):
        if not tag["name"]:
            continue
        if not tag["end"]:
            waiting.append(number)
        elif waiting and tags[waiting[-1]]["name"].lower() == tag["name"].lower():
            partners[waiting.pop()] = number
    closing = set(partners.values())
    place = 0
    for number, tag in enumerate(tags):
        _add_words(paragraph, line[place : tag.start()])
        place = tag.end()
        if number in partners:
            paragraph.open(_Thing(before=tag.group(), after=tags[partners[number]].group()))
        elif number in closing:
            paragraph.close()
        else:
            paragraph.add_point(_Thing(before=tag.group()))
    _add_words(paragraph, line[place:])


def _add_words(paragraph: Paragraph[_Thing], text: str) -> None:
    """The words, and the dash of a speaker before them by itself: it is no part of what is said."""
    if dash := _DASH.match(text):
        paragraph.add_point(_Thing(before=dash.group()))
        text = text[dash.end() :]
    paragraph.add_text(text)


def _texts(paragraph: Paragraph[_Thing], made: Rendering) -> dict[int, str]:
    """The English of each cue."""
    texts: dict[int, list[str]] = {}
    current = [-1]

    def add_text(text: str) -> None:
        texts.setdefault(current[-1], []).append(text)

    def enter(thing: _Thing) -> None:
        if thing.cue >= 0:
            current.append(thing.cue)
            texts[thing.cue] = []
        add_text(thing.before)

    def leave(thing: _Thing) -> None:
        add_text(thing.after)
        if thing.cue >= 0:
            current.pop()

    paragraph.write(made, add_text, enter, leave)
    return {number: "".join(pieces).strip(" ") for number, pieces in texts.items() if number >= 0}


def _wrap(text: str) -> str:
    """The text on as few lines as it fits, all of about the same length."""
    length = len(_TAG.sub("", text))
    wanted = ceil(length / _LINE)
    lines: list[str] = []
    line, shown = "", 0
    for word in re.findall(r"(?:<[^<>]*>|\{\\[^{}]*\}|[^\s<{]|[<{])+", text):
        size = len(_TAG.sub("", word))
        ideal = length / wanted if wanted else 0
        # A word goes where more of it lies before the break than behind.
        if line and len(lines) + 1 < wanted and shown + size / 2 > ideal:
            lines.append(line)
            line, shown = "", 0
        line = f"{line} {word}" if line else word
        shown += size + 1
    return "\n".join([*lines, line])
