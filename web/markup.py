"""
HTML and XML in, the same markup with English text out.

The page is not parsed and written again: it is cut into tags and text, and what is
not translated stays as it was, byte for byte, broken markup included. Text between
two block tags is one passage; the inline tags in it go with their words (see
:mod:`web.placing`). What is code, a formula or marked ``translate="no"`` stands in
the sentence as a name that the translator repeats.
"""

import html as entities
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from translate.checks import translatable
from translate.sentences import split
from web.passages import Link, Passage, Rendering, Translate, ends_sentence, translate_passages
from web.placing import Mark
from web.tags import Dialect, Kind, Tag, html_dialect, tags_and_text, xml_dialect
from web.texts import Cut, cut

_REFERENCE = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DEPTH = 50  # Elements inside one another in one text; what is deeper is kept and not followed.
_BLANK = str.maketrans("\t\n\r\f", "    ")
_BLANK_IN_LINE = str.maketrans("\t\r\f", "   ")


def translate_html(
    html: str,
    translate: Translate,
    ignore_tags: Collection[str] = (),
    *,
    splitting_tags: Collection[str] = (),
    non_splitting_tags: Collection[str] = (),
    links: Link | None = None,
    xhtml: bool | None = None,
    where: Cut = Cut.STOPS,
) -> str:
    """
    The page or fragment with its Arabic text in English.

    Texts are translated by block, attributes that people read (``alt``, ``title``
    …) on their own; ``lang`` and ``dir`` say English where they said Arabic. A page
    without Arabic comes back as it was. ``xhtml`` says that any element may close
    itself, as in an e-book; where it is None, an XML declaration tells. What
    ``ignore_tags`` name is kept as it is; the other lists say of elements that they
    are blocks, or are not. ``where`` says whether stops and the line breaks of the
    source end sentences; ``<br>`` may do so in any case.

    >>> english = {"أهلا": "Hello", "أهلا بالعالم": "Hello world"}
    >>> translate_html("<p title=أهلا>أهلا بالعالم</p>", lambda texts: [english[text] for text in texts])
    '<p title="Hello">Hello world</p>'
    """
    if xhtml is None:
        xhtml = html.lstrip("\ufeff \t\r\n").startswith("<?xml")
    dialect = html_dialect(
        html,
        xhtml=xhtml,
        ignored=frozenset(map(str.lower, ignore_tags)),
        splitting=frozenset(map(str.lower, splitting_tags)),
        joining=frozenset(map(str.lower, non_splitting_tags)),
    )
    return _translate(html, dialect, translate, links, where)


def translate_xml(
    xml: str,
    translate: Translate,
    ignore_tags: Collection[str] = (),
    *,
    splitting_tags: Collection[str] = (),
    non_splitting_tags: Collection[str] = (),
    links: Link | None = None,
    where: Cut = Cut.STOPS,
) -> str:
    """
    XML with its Arabic text in English, as DeepL's ``tag_handling="xml"`` has it.

    Which elements are inline is seen from the text around them, unless the two
    lists say so: what stands beside text is, what stands among elements alone is
    not. What ``ignore_tags`` name is kept as it is; attributes are never touched.
    ``where`` says whether stops and line breaks end sentences.
    """
    dialect = xml_dialect(
        xml,
        ignored=frozenset(ignore_tags),
        splitting=frozenset(splitting_tags),
        joining=frozenset(non_splitting_tags),
    )
    return _translate(xml, dialect, translate, links, where)


def read_blocks(page: str) -> Iterator[tuple[str, bool]]:
    """
    The texts of a page, block by block, each with whether it is a heading; line breaks are kept.

    Nothing is left out but what is no text: see :mod:`translate.webpage` for the
    article alone on a page with more around it.
    """
    pieces: list[str] = []
    heading = in_head = False
    for token in tags_and_text(html_dialect(page, xhtml=page.lstrip("\ufeff \r\n").startswith("<?xml"))):
        if isinstance(token, str):
            pieces.append("" if in_head else " ".join(re.split(r"[ \t\r\n\f]+", entities.unescape(token))))
        elif token.kind is Kind.BREAK:
            pieces.append("\n")
        elif token.kind is Kind.VERBATIM:
            pieces.append(entities.unescape(re.sub("<[^>]*>", "", token.raw)))
        elif token.kind is Kind.BLOCK:
            if text := "".join(pieces).strip():
                yield text, heading
            pieces.clear()
            opens = not token.raw.startswith("</")
            in_head = opens if token.name == "head" else in_head
            heading = opens and token.name in _HEADINGS
    if text := "".join(pieces).strip():
        yield text, heading


def _translate(page: str, dialect: Dialect, translate: Translate, link: Link | None, where: Cut) -> str:
    pieces = list(_pieces(page, dialect, where))
    passages = [passage for piece in pieces if not isinstance(piece, str) for passage in piece.passages()]
    if not any(passage.is_translatable for passage in passages):
        return page
    divide = _lines if where is Cut.LINES else split
    renderings = iter(translate_passages(passages, translate, link, divide))
    return "".join(piece if isinstance(piece, str) else piece.render(renderings) for piece in pieces)


def _lines(text: str) -> Sequence[tuple[int, int]]:
    return cut(text, Cut.LINES).spans


# --- Attributes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TagPiece:
    """A tag, some of whose attribute values are texts."""

    tag: Tag

    def passages(self) -> Iterator[Passage]:
        for attribute in self.tag.texts:
            yield Passage(entities.unescape(attribute.value))

    def render(self, renderings: Iterator[Rendering]) -> str:
        raw, shift = self.tag.turned, 0
        for attribute in self.tag.texts:
            text = next(renderings).text
            if not translatable(entities.unescape(attribute.value)):
                continue
            quote = attribute.quote or '"'
            value = _escape(text, {}).replace(quote, "&quot;" if quote == '"' else "&#39;")
            value = value if attribute.quote else f'"{value}"'
            raw = raw[: attribute.start + shift] + value + raw[attribute.end + shift :]
            shift += len(value) - (attribute.end - attribute.start)
        return raw


# --- Blocks ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    """What a mark stands for: what is written before it and after it, and the text it stands instead of."""

    before: list[_TagPiece | str]
    after: list[_TagPiece | str] = field(default_factory=list)
    instead: str = ""


class _Block:
    """The text between two block tags, with the inline tags in it."""

    def __init__(self, items: Sequence[Tag | str], number: Callable[[], int], where: Cut) -> None:
        self.items = items
        self._blank = _BLANK if where is Cut.STOPS else _BLANK_IN_LINE
        self.elements: list[_Element] = []
        self._text: list[str] = []
        self._raw: list[str] = []  # How each character of the text was written.
        self._number = number
        # For each element that is open: its name, and the marks in it so far.
        self._open: list[tuple[int, str, int, list[Mark]]] = []
        self._top: list[Mark] = []
        self._build()
        self.passage = Passage("".join(self._text), tuple(self._top))

    def passages(self) -> Iterator[Passage]:
        yield self.passage
        for element in self.elements:
            for piece in (*element.before, *element.after):
                if isinstance(piece, _TagPiece):
                    yield from piece.passages()

    def render(self, renderings: Iterator[Rendering]) -> str:
        made = next(renderings)
        written = [
            [
                "".join(piece if isinstance(piece, str) else piece.render(renderings) for piece in side)
                for side in (element.before, element.after)
            ]
            for element in self.elements
        ]
        known = {
            text: raw
            for text, raw in zip(self._text, self._raw, strict=True)
            if len(raw) > 1 and text not in " \n\u00a0" and entities.unescape(raw) == text
        }
        letters = [known.get(letter) or _ESCAPES.get(letter, letter) for letter in made.text]
        for start, end, source in made.copies:
            letters[start:end] = self._raw[source : source + end - start]
        out: list[str] = []

        def write(marks: Sequence[Mark], place: int, end: int) -> None:
            for mark in marks:
                out.extend(letters[place : mark.start])
                if (mark.name, False) in made.spaced:
                    out.append(" ")
                out.append(written[mark.name][0])
                name = self.elements[mark.name].instead
                # Should the name have got lost, what stands in its place is not taken for it.
                if not name or made.text[mark.start : mark.end] != name:
                    write(mark.inner, mark.start, mark.end)
                out.append(written[mark.name][1])
                if (mark.name, True) in made.spaced:
                    out.append(" ")
                place = mark.end
            out.extend(letters[place:end])

        write(made.marks, 0, len(letters))
        return "".join(out)

    # --- Building ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        breaks = self._hard_breaks()
        for place, item in enumerate(self.items):
            if isinstance(item, str):
                self._add_text(item)
            elif item.kind is Kind.BREAK:
                self._add_break(item, hard=place in breaks)
            elif item.kind is Kind.OPEN and len(self._open) < _DEPTH:
                self._open.append((len(self.elements), item.name, len(self._text), []))
                self.elements.append(_Element([_TagPiece(item)]))
            elif item.kind is Kind.CLOSE:
                self._close(item)
            elif item.kind is Kind.VERBATIM:
                self._add_verbatim(item)
            else:
                self._add_point(item)
        while self._open:
            self._give_up(self._open.pop())

    def _marks(self) -> list[Mark]:
        return self._open[-1][3] if self._open else self._top

    def _add_text(self, raw: str) -> None:
        place = 0
        for match in _REFERENCE.finditer(raw):
            self._add_letters(raw[place : match.start()])
            place = match.end()
            letters = entities.unescape(match.group())
            if letters == match.group() and letters.endswith(";"):
                self._add_verbatim(Tag(letters, Kind.VERBATIM, turned=letters))  # An entity of a DTD's.
            elif letters == match.group():
                self._add_letters(letters)  # Names no letter: the & of an address or of a company.
            elif letters:
                self._text += letters.translate(self._blank)
                self._raw += [match.group(), *[""] * (len(letters) - 1)]
        self._add_letters(raw[place:])

    def _add_letters(self, letters: str) -> None:
        self._text += letters.translate(self._blank)
        self._raw += letters

    def _add_point(self, tag: Tag) -> None:
        place = len(self._text)
        self._marks().append(Mark(len(self.elements), place, place))
        self.elements.append(_Element([_TagPiece(tag)]))

    def _add_break(self, tag: Tag, *, hard: bool) -> None:
        """A hard break is a line break in the text; a soft one a point, with a space to keep words apart."""
        if hard:
            self._marks().append(Mark(len(self.elements), len(self._text), len(self._text) + 1))
            self.elements.append(_Element([_TagPiece(tag)], instead="\n"))
            self._text.append("\n")
            self._raw.append("")
            return
        if self._text and not self._text[-1].isspace():
            self._text.append(" ")
            self._raw.append("")
        self._add_point(tag)

    def _add_verbatim(self, tag: Tag) -> None:
        """A name in the element's place, one that the translator repeats and nobody else has."""
        name = f"@{_letters(self._number())}q"
        self._marks().append(Mark(len(self.elements), len(self._text), len(self._text) + len(name)))
        self.elements.append(_Element([_TagPiece(tag)], instead=name))
        self._text += name
        self._raw += [tag.raw, *[""] * (len(name) - 1)]

    def _close(self, tag: Tag) -> None:
        if all(name != tag.name for _, name, _, _ in self._open):
            self._add_point(tag)
            return
        while self._open[-1][1] != tag.name:
            self._give_up(self._open.pop())
        number, _, start, inner = self._open.pop()
        self.elements[number].after.append(_TagPiece(tag))
        self._marks().append(Mark(number, start, len(self._text), tuple(inner)))

    def _give_up(self, opened: tuple[int, str, int, list[Mark]]) -> None:
        """An element that nobody closed here: its tag is a point, what was in it stands beside."""
        number, _, start, inner = opened
        self._marks().extend([Mark(number, start, start), *inner])

    def _hard_breaks(self) -> set[int]:
        """Places of the ``<br>`` that end a sentence."""
        lines: list[str] = [""]
        breaks: list[int] = []
        for place, item in enumerate(self.items):
            if isinstance(item, str):
                lines[-1] += item
            elif item.kind is Kind.BREAK:
                breaks.append(place)
                lines.append("")
        ending = ends_sentence(lines)
        return {place for place, ends in zip(breaks, ending, strict=True) if ends}


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _escape(text: str, known: dict[str, str]) -> str:
    return "".join(known.get(letter) or _ESCAPES.get(letter, letter) for letter in text)


def _letters(number: int) -> str:
    """0 → ``ka``, 1 → ``kb`` …: a name without digits, which a translator would take for a number."""
    letters = ""
    while True:
        number, rest = divmod(number, 20)
        letters = "abcdefghijklmnoprstu"[rest] + letters
        if not number:
            return "k" + letters


def _pieces(page: str, dialect: Dialect, where: Cut) -> Iterator[str | _TagPiece | _Block]:
    """The page cut up: what stays, tags with texts in them, and blocks with something to translate."""
    items: list[Tag | str] = []
    used = -1

    def number() -> int:
        nonlocal used
        used += 1
        while f"@{_letters(used)}q" in page:
            used += 1
        return used

    def flush() -> Iterator[str | _TagPiece | _Block]:
        block = "".join(item for item in items if isinstance(item, str))
        if translatable(entities.unescape(block)):
            yield _Block(tuple(items), number, where)
        else:
            for item in items:
                yield item if isinstance(item, str) else _TagPiece(item)
        items.clear()

    for token in tags_and_text(dialect):
        if isinstance(token, str):
            items.append(token)
        elif token.kind is Kind.BLOCK:
            yield from flush()
            yield _TagPiece(token)
        else:
            items.append(token)
    yield from flush()
