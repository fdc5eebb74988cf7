"""
XLIFF 1.2: a ``trans-unit`` per unit, whose state tells a person's English from a machine's.

A correction is ``translated``; a machine's text ``needs-review-translation`` by
``mt-suggestion``. The machine's text under a correction is an ``alt-trans`` of
type ``previous-version``, a reference one of type ``reference``.
"""

from collections.abc import Sequence

import lxml.etree as etree

from align.formats import xml
from translate.text import Kind
from web.exports.units import Unit

_NS = "urn:oasis:names:tc:xliff:document:1.2"


def write(units: Sequence[Unit], name: str, reference: str = "") -> bytes:
    """A document of one file called ``name``; ``reference`` is the name of the reference that comes along."""
    root = etree.Element(_tag("xliff"), {"version": "1.2"}, nsmap={None: _NS})
    attributes = {
        "original": xml.legal(name) or "article",
        "source-language": "ar",
        "target-language": "en",
        "datatype": "plaintext",
    }
    file = etree.SubElement(root, _tag("file"), attributes)
    header = etree.SubElement(file, _tag("header"))
    etree.SubElement(header, _tag("tool"), {"tool-id": "muwazi", "tool-name": "Muwazi"})
    body = etree.SubElement(file, _tag("body"))
    for unit in units:
        _add(body, unit, reference)
    return xml.serialise(root).encode()


def _add(body: etree._Element, unit: Unit, reference: str) -> None:
    element = etree.SubElement(body, _tag("trans-unit"), id=str(unit.number))
    if unit.kind is not Kind.BODY:
        element.set("restype", f"x-{unit.kind.value}")
    etree.SubElement(element, _tag("source"), {xml.XML_LANG: "ar"}).text = xml.legal(unit.source)
    if unit.english is not None:
        state = (
            {"state": "needs-review-translation", "state-qualifier": "mt-suggestion"}
            if unit.corrected is None
            else {"state": "translated"}
        )
        target = etree.SubElement(element, _tag("target"), {xml.XML_LANG: "en"})
        target.attrib.update(state)
        target.text = xml.legal(unit.english)
    for kind, value in _notes(unit):
        etree.SubElement(element, _tag("note"), {"from": kind}).text = xml.legal(value)
    if unit.corrected is not None and unit.machine is not None:
        _alternative(element, unit.machine, "previous-version", unit.models)
    if unit.reference:
        _alternative(element, unit.reference, "reference", reference)


def _alternative(element: etree._Element, text: str, kind: str, origin: str) -> None:
    alternative = etree.SubElement(
        element, _tag("alt-trans"), {"alttranstype": kind, "origin": xml.legal(origin)}
    )
    etree.SubElement(alternative, _tag("target"), {xml.XML_LANG: "en"}).text = xml.legal(text)


def _notes(unit: Unit) -> list[tuple[str, str]]:
    notes = [("warning", warning) for warning in unit.warnings]
    if unit.models:
        notes.append(("model", unit.models))
    if unit.bead is not None:
        notes.append(("confidence", f"{unit.bead.score:.4f}"))
        notes += [("reason", unit.bead.reason)] if unit.bead.reason else []
        notes += [("pinned", "yes")] if unit.bead.pinned else []
    return notes


def _tag(name: str) -> str:
    return f"{{{_NS}}}{name}"
