"""
OpenDocument texts: the same styles, tables, notes and frames, from left to right.

Only the texts and what says "Arabic" or "right to left" are changed (OASIS ODF 1.3,
part 3); every other part of the file is copied.
"""

import re
from collections.abc import Iterator

import lxml.etree as etree

from translate.checks import translatable
from translate.errors import BadInput
from translate.text import Article
from web.documents.compose import compose
from web.documents.inline import Paragraph
from web.documents.properties import translate_properties
from web.passages import Passage, Rendering, Translate, translate_passages
from web.uploads import Archive, parse_xml, write_xml

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT = f"{{{_NAMES}text:1.0}}"
_STYLE = f"{{{_NAMES}style:1.0}}"
_FO = f"{{{_NAMES}xsl-fo-compatible:1.0}}"
_SVG = f"{{{_NAMES}svg-compatible:1.0}}"
_OFFICE = f"{{{_NAMES}office:1.0}}"
_PARAGRAPHS = (_TEXT + "p", _TEXT + "h")
_HOLDERS = (_TEXT + "span", _TEXT + "a", _TEXT + "meta")
_DROPPED = (_TEXT + "soft-page-break",)
# For Arabic letters, ODF keeps weight, slope and size apart.
_COMPLEX = ("font-weight", "font-style", "font-size")


def translate(data: bytes, translate: Translate) -> bytes:
    """The document in English."""
    archive = _open(data, "The document")
    roots: dict[str, etree._Element] = {
        name: parse_xml(archive.read(name), name)
        for name in ("content.xml", "styles.xml")
        if name in archive.names
    }
    elements = [
        element
        for root in roots.values()
        for element in _paragraphs(root)
        if translatable(_own_text(element))
    ]
    captions = [
        element
        for root in roots.values()
        for element in root.iter(_SVG + "title", _SVG + "desc")
        if translatable(element.text or "")
    ]
    paragraphs = [_OpenParagraph(element) for element in elements]
    passages = [paragraph.passage for paragraph in paragraphs]
    passages += [Passage(element.text or "") for element in captions]
    made = translate_passages(passages, translate)
    for paragraph, rendering in zip(paragraphs, made, strict=False):
        paragraph.write(rendering)
    for element, rendering in zip(captions, made[len(paragraphs) :], strict=True):
        element.text = rendering.text
    for root in roots.values():
        _turn(root)
    changed: dict[str, bytes] = {name: write_xml(root) for name, root in roots.items()}
    if "meta.xml" in archive.names:
        changed["meta.xml"] = translate_properties(archive.read("meta.xml"), translate)
    return archive.replaced(changed)


def read(data: bytes, name: str) -> Article:
    """The text of the document's body, tables and frames included; notes and comments left out."""
    root = parse_xml(_open(data, name).read("content.xml"), name)
    paragraphs = (
        (_own_text(element), element.tag == _TEXT + "h")
        for element in _paragraphs(root)
        if not any(True for _ in element.iterancestors(_TEXT + "note", _OFFICE + "annotation"))
    )
    return compose(paragraphs, name)


def _open(data: bytes, name: str) -> Archive:
    archive = Archive(data, name)
    manifest = "META-INF/manifest.xml"
    if manifest in archive.names and b"encryption-data" in archive.read(manifest):
        raise BadInput(f"{name} is protected by a password. Save it without one.").because(
            "file_locked", file=name
        )
    return archive


def _paragraphs(root: etree._Element) -> Iterator[etree._Element]:
    """All paragraphs and headings, but what tracked changes have deleted."""
    for element in root.iter(*_PARAGRAPHS):
        if not any(True for _ in element.iterancestors(_TEXT + "tracked-changes")):
            yield element


def _own_text(element: etree._Element) -> str:
    """The paragraph's text, a tab or break as a line break; that of frames and notes in it is their own."""
    pieces = [_flat(element.text)]
    for child in element:
        if child.tag in _HOLDERS:
            pieces.append(_own_text(child))
        elif child.tag in (_TEXT + "tab", _TEXT + "line-break"):
            pieces.append("\n")
        elif child.tag == _TEXT + "s":
            pieces.append(" ")
        pieces.append(_flat(child.tail))
    return "".join(pieces)


def _flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


class _OpenParagraph:
    """A paragraph, its passage, and how to write it again."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.content: Paragraph[etree._Element] = Paragraph()
        self._fill(element)
        self.passage = self.content.passage()

    def write(self, made: Rendering) -> None:
        places = [self.element]

        def add_text(text: str) -> None:
            place = places[-1]
            if len(place):
                place[-1].tail = (place[-1].tail or "") + text
            else:
                place.text = (place.text or "") + text

        def enter(thing: etree._Element) -> None:
            places[-1].append(thing)
            places.append(thing)

        def leave(_: etree._Element) -> None:
            places.pop()

        self.content.write(made, add_text, enter, leave)

    def _fill(self, element: etree._Element) -> None:
        """Take the element apart: its text and children go into the content, until written again."""
        self.content.add_text(_flat(element.text))
        element.text = None
        for child in list(element):
            tail = _flat(child.tail)
            child.tail = None
            element.remove(child)
            if child.tag in _HOLDERS and _own_text(child).strip():
                self.content.open(child)
                self._fill(child)
                self.content.close()
            elif child.tag == _TEXT + "s":
                self.content.add_text(" ")
            elif child.tag == _TEXT + "tab":
                self.content.add_divider(child)
            elif child.tag == _TEXT + "line-break":
                self.content.add_break(child)
            elif child.tag not in _DROPPED:
                self.content.add_point(child)
            self.content.add_text(tail)


def _turn(root: etree._Element) -> None:
    """What is written from right to left is written from left to right, in English."""
    for element in root.iter(etree.Element):
        if element.get(_STYLE + "writing-mode") in ("rl-tb", "rl"):
            element.set(_STYLE + "writing-mode", "lr-tb")
        if element.tag == _STYLE + "paragraph-properties" and element.get(_FO + "text-align") in (
            "end",
            "right",
        ):
            element.set(_FO + "text-align", "start")
        if element.tag == _STYLE + "text-properties":
            _turn_letters(element)
        if (element.get(_STYLE + "num-format") or "").startswith("أ"):
            element.set(_STYLE + "num-format", "a")


def _turn_letters(properties: etree._Element) -> None:
    for name in _COMPLEX:
        value = properties.get(f"{_STYLE}{name}-complex")
        if value and properties.get(_FO + name) is None:
            properties.set(_FO + name, value)
    if properties.get(_FO + "language") not in (None, "none", "zxx"):
        properties.set(_FO + "language", "en")
        properties.set(_FO + "country", "US")
