"""
E-books (EPUB 2 and 3): chapters, table of contents and title in English, pages turning leftwards.

Pictures, fonts and everything else are copied; style sheets are turned.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import lxml.etree as etree

from translate.checks import translatable
from translate.encoding import decode
from translate.errors import BadInput
from translate.text import Article
from web.documents.compose import compose
from web.documents.html import declare_utf8, turn_style_elements
from web.documents.properties import translate_dublin_core
from web.markup import read_blocks, translate_html
from web.passages import Translate, translate_texts
from web.styles import turn_styles
from web.uploads import Archive, parse_xml, write_xml

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_CHARSET = re.compile(r'\A@charset "[^"]*"')
_PAGES = ("application/xhtml+xml", "text/html")


@dataclass(frozen=True, slots=True)
class _Book:
    """The package document, where it is, and the archive's name and media type of each of its items."""

    archive: Archive
    name: str
    root: etree._Element
    items: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, data: bytes, name: str) -> "_Book":
        archive = Archive(data, name)
        container = parse_xml(archive.read(_CONTAINER), _CONTAINER)
        package = next((element.get("full-path") or "" for element in container.iter("{*}rootfile")), "")
        root = parse_xml(archive.read(package), package)
        folder = posixpath.dirname(package)
        items = {}
        for item in root.iter("{*}item"):
            path = posixpath.normpath(
                posixpath.join(folder, unquote(item.get("href") or "").partition("#")[0])
            )
            if path in archive.names:
                items[item.get("id") or ""] = (path, item.get("media-type") or "")
        locked = archive.read(_ENCRYPTION) if _ENCRYPTION in archive.names else b""
        pages = [path for path, kind in items.values() if kind in _PAGES]
        if any(path.encode() in locked for path in pages):
            raise BadInput(f"{name} is locked (DRM): its chapters are encrypted and cannot be read.").because(
                "file_locked", file=name
            )
        return cls(archive, package, root, items)

    def chapters(self) -> Iterator[str]:
        """The pages in reading order."""
        for reference in self.root.iter("{*}itemref"):
            path, kind = self.items.get(reference.get("idref") or "", ("", ""))
            if kind in _PAGES:
                yield path


def translate(data: bytes, translate: Translate) -> bytes:
    """The book in English."""
    book = _Book.of(data, "The book")
    changed: dict[str, bytes] = {}
    for path, kind in dict.fromkeys(book.items.values()):
        if kind in _PAGES:
            page = translate_html(decode(book.archive.read(path)), translate, xhtml=kind != "text/html")
            changed[path] = declare_utf8(turn_style_elements(page)).encode()
        elif kind == "text/css":
            sheet = turn_styles(decode(book.archive.read(path)), alone=True)
            changed[path] = _CHARSET.sub('@charset "utf-8"', sheet).encode()
        elif kind == "application/x-dtbncx+xml":
            changed[path] = _translate_contents(book.archive.read(path), path, translate)
    changed[book.name] = _translate_package(book.root, translate)
    return book.archive.replaced(changed)


def read(data: bytes, name: str) -> Article:
    """The text of the chapters in reading order, without the table of contents."""
    book = _Book.of(data, name)
    title = next(
        (element.text or "" for element in book.root.iter("{http://purl.org/dc/elements/1.1/}title")), ""
    )
    blocks = (block for path in book.chapters() for block in read_blocks(decode(book.archive.read(path))))
    return compose(blocks, name, title=title.strip())


def _translate_contents(data: bytes, name: str, translate: Translate) -> bytes:
    """The table of contents of EPUB 2 (NCX)."""
    root = parse_xml(data, name)
    _translate_elements(list(root.iter("{*}text")), translate)
    if (root.get(_XML + "lang") or "").startswith("ar"):
        root.set(_XML + "lang", "en")
    return write_xml(root)


def _translate_package(root: etree._Element, translate: Translate) -> bytes:
    translate_dublin_core(root, translate)
    references = [r for r in root.iter("{*}reference") if translatable(r.get("title") or "")]
    made = translate_texts([r.get("title") or "" for r in references], translate) if references else []
    for reference, text in zip(references, made, strict=True):
        reference.set("title", text)
    for element in root.iter(etree.Element):
        if (element.get(_XML + "lang") or "").startswith("ar"):
            element.set(_XML + "lang", "en")
        for attribute in ("dir", "page-progression-direction"):
            if element.get(attribute) == "rtl":
                element.set(attribute, "ltr")
    return write_xml(root)


def _translate_elements(elements: list[etree._Element], translate: Translate) -> None:
    wanted = [element for element in elements if translatable(element.text or "")]
    for element, text in zip(wanted, translate_texts([e.text or "" for e in wanted], translate), strict=True):
        element.text = text
