"""
TMX 1.4b: a ``tu`` per unit, with Arabic and the English worth most.

That is the reference where one comes along, else the correction, else the
machine's text. What else there is in English stands in ``prop`` elements, which
other tools pass over: ``x-machine``, ``x-corrected``; ``x-origin`` says which
of them the ``seg`` is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import lxml.etree as etree

from align.formats import xml
from web.exports.units import Unit, squeeze
from web.records import Row

_DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


@dataclass(frozen=True, slots=True)
class _Entry:
    number: str
    source: str
    target: str
    properties: Sequence[tuple[str, str]]
    creator: str
    made: datetime | None


def write(units: Sequence[Unit], title: str, note: str) -> bytes:
    """A document of an article's units."""
    with_reference = any(unit.reference is not None for unit in units)
    return _document(map(_entry, units), "block" if with_reference else "sentence", title, note)


def write_corrections(rows: Iterable[tuple[int, Row]]) -> bytes:
    """A document of corrected sentences, each with what the machine had said."""
    entries = (
        _Entry(
            f"{article}.{row.segment.position + 1}",
            squeeze(row.segment.text),
            squeeze(row.text or ""),
            [
                ("x-origin", "corrected"),
                *([("x-machine", row.machine.text), ("x-model", row.machine.model)] if row.machine else []),
            ],
            "reader",
            row.correction.made if row.correction else None,
        )
        for article, row in rows
    )
    return _document(entries, "sentence", "Corrections", "")


def _entry(unit: Unit) -> _Entry:
    if unit.reference is not None:
        origin, target = "reference", unit.reference
    elif unit.corrected is not None:
        origin, target = "corrected", unit.corrected
    else:
        origin, target = "machine", unit.machine or ""
    properties = [("x-kind", unit.kind.value), ("x-origin", origin if target else "")]
    if origin != "machine":
        properties.append(("x-machine", unit.machine or ""))
    if origin != "corrected":
        properties.append(("x-corrected", unit.corrected or ""))
    properties.append(("x-model", unit.models))
    if unit.score is not None:
        properties.append(("x-score", f"{unit.score:.4f}"))
    properties += [("x-warning", warning) for warning in unit.warnings]
    if unit.bead is not None:
        properties += [
            ("x-confidence", f"{unit.bead.score:.4f}"),
            ("x-pinned", "yes" if unit.bead.pinned else ""),
            ("x-reason", unit.bead.reason),
        ]
    creator = {"machine": unit.models, "corrected": "reader"}.get(origin, "")
    return _Entry(str(unit.number), unit.source, target, properties, creator, unit.made if creator else None)


def _document(entries: Iterable[_Entry], segments: str, title: str, note: str) -> bytes:
    root = etree.Element("tmx", version="1.4")
    header = etree.SubElement(
        root,
        "header",
        {
            "creationtool": "Muwazi",
            "creationtoolversion": "1",
            "segtype": segments,
            "o-tmf": "Muwazi",
            "adminlang": "en",
            "srclang": "ar",
            "datatype": "plaintext",
        },
    )
    for text in filter(None, (title, note)):
        etree.SubElement(header, "note").text = xml.legal(text)
    body = etree.SubElement(root, "body")
    for entry in entries:
        if not entry.source and not entry.target:
            continue  # A blank line of a reference: a unit must say something.
        unit = etree.SubElement(body, "tu", tuid=entry.number)
        for kind, value in entry.properties:
            if value:
                etree.SubElement(unit, "prop", type=kind).text = xml.legal(squeeze(value))
        for language, text in (("ar", entry.source), ("en", entry.target)):
            if not text:
                continue
            variant = etree.SubElement(unit, "tuv", {xml.XML_LANG: language})
            if language == "en" and entry.creator:
                variant.set("creationid", xml.legal(entry.creator))
                if entry.made is not None:
                    variant.set("creationdate", entry.made.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"))
            etree.SubElement(variant, "seg").text = xml.legal(text)
    return xml.serialise(root, _DOCTYPE).encode()
