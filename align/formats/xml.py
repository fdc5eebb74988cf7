"""Reading XML from strangers: no entities, no network, and errors with line and column."""

import re

import lxml.etree as etree

from translate.errors import BadInput

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold at all, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(data: str, root: str) -> etree._Element:
    """
    The root element of a document, which must have the local name ``root``.

    Raises BadInput where the XML is malformed, declares entities (they are
    neither expanded nor fetched), or is another kind of document.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        element = etree.fromstring(data.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise BadInput(f"Line {line}, column {column}: not well-formed XML: {error.msg}.") from error
    except ValueError as error:
        raise BadInput(f"This XML cannot be read: {error}.") from error
    declared = element.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise BadInput("This XML declares entities, which an alignment needs none of; refused for safety.")
    if etree.QName(element).localname != root:
        raise BadInput(
            f"Line {element.sourceline}, column 1: a <{etree.QName(element).localname}> and not a <{root}>."
        )
    return element


def serialise(root: etree._Element, doctype: str | None = None) -> str:
    """The document as text, with its XML declaration."""
    body: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=doctype
    )
    return body.decode()


def legal(text: str) -> str:
    """``text`` with what XML cannot hold replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def content(element: etree._Element | None) -> str:
    """All text inside an element, inline codes' included; "" for no element."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def fail(element: etree._Element, message: str) -> BadInput:
    """An error that names the element's line."""
    return BadInput(f"Line {element.sourceline}, <{etree.QName(element).localname}>: {message}")


def confidence(written: str, element: etree._Element) -> float:
    """A number between 0 and 1, or an error that names the line."""
    try:
        value = float(written)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise fail(element, f"{written[:20]!r} is no confidence; it must be between 0 and 1.")
    return value
