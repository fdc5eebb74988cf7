"""
XLIFF 1.2 (OASIS 2008) and 2.1 (OASIS 2018): a ``trans-unit`` or ``unit`` per bead.

An omitted target is left out; an omitted source is an empty ``source``. Beads of
blank lines are not written.
Confidence and reasons are notes; a pinned bead is ``approved`` in 1.2 and
``final`` in 2.1.
"""

import lxml.etree as etree

from align.bead import Bead, ParallelText
from align.formats import xml
from align.formats.plain import of_pairs

_NS_1 = "urn:oasis:names:tc:xliff:document:1.2"
_NS_2 = "urn:oasis:names:tc:xliff:document:2.0"  # That of 2.1 as well.


def write(text: ParallelText) -> str:
    """An XLIFF 1.2 document of one file."""
    root = etree.Element(f"{{{_NS_1}}}xliff", {"version": "1.2"}, nsmap={None: _NS_1})
    attributes = {
        "original": xml.legal(text.source.id) or "unknown",
        "source-language": text.source.language,
        "target-language": text.target.language,
        "datatype": "plaintext",
    }
    body = etree.SubElement(etree.SubElement(root, f"{{{_NS_1}}}file", attributes), f"{{{_NS_1}}}body")
    for number, (bead, source, target) in enumerate(text, 1):
        if not source and not target:
            continue
        unit = etree.SubElement(body, f"{{{_NS_1}}}trans-unit", id=str(number))
        if bead.pinned:
            unit.set("approved", "yes")
        etree.SubElement(unit, f"{{{_NS_1}}}source").text = xml.legal(source)
        if target:
            etree.SubElement(unit, f"{{{_NS_1}}}target").text = xml.legal(target)
        for kind, value in _notes(bead):
            etree.SubElement(unit, f"{{{_NS_1}}}note", {"from": kind}).text = value
    return xml.serialise(root)


def write_2(text: ParallelText) -> str:
    """An XLIFF 2.1 document of one file."""
    root = etree.Element(
        f"{{{_NS_2}}}xliff",
        {"version": "2.1", "srcLang": text.source.language, "trgLang": text.target.language},
        nsmap={None: _NS_2},
    )
    file = etree.SubElement(root, f"{{{_NS_2}}}file", id="f1")
    for number, (bead, source, target) in enumerate(text, 1):
        if not source and not target:
            continue
        unit = etree.SubElement(file, f"{{{_NS_2}}}unit", id=f"u{number}")
        if notes := _notes(bead):
            parent = etree.SubElement(unit, f"{{{_NS_2}}}notes")
            for kind, value in notes:
                etree.SubElement(parent, f"{{{_NS_2}}}note", category=kind).text = value
        # "final" may only be said of a segment with a target.
        state = "final" if bead.pinned and target else "translated" if target else "initial"
        segment = etree.SubElement(unit, f"{{{_NS_2}}}segment", id="s1", state=state)
        etree.SubElement(segment, f"{{{_NS_2}}}source").text = xml.legal(source)
        if target:
            etree.SubElement(segment, f"{{{_NS_2}}}target").text = xml.legal(target)
    if not len(file):
        etree.SubElement(file, f"{{{_NS_2}}}group", id="g1")  # A file must hold something; a group need not.
    return xml.serialise(root)


def read(data: str) -> ParallelText:
    """The units of an XLIFF 1.2 document; raises BadInput where it is none."""
    root = xml.parse(data, "xliff")
    if etree.QName(root).namespace != _NS_1:
        raise xml.fail(
            root, f"not XLIFF 1.2 (namespace {etree.QName(root).namespace}); try the format xliff2."
        )
    file = root.find(f"{{{_NS_1}}}file")
    if file is None:
        raise xml.fail(root, "no <file>.")
    pairs = []
    for unit in root.iter(f"{{{_NS_1}}}trans-unit"):
        if unit.find(f"{{{_NS_1}}}source") is None:
            raise xml.fail(unit, "no <source>.")
        notes = [(note.get("from"), xml.content(note)) for note in unit.iterfind(f"{{{_NS_1}}}note")]
        pinned = unit.get("approved") == "yes"
        pairs.append(_pair(unit, unit, _NS_1, notes, pinned))
    return of_pairs(pairs, (file.get("source-language") or "ar", file.get("target-language") or "en"))


def read_2(data: str) -> ParallelText:
    """The segments of an XLIFF 2.x document; raises BadInput where it is none."""
    root = xml.parse(data, "xliff")
    if etree.QName(root).namespace != _NS_2:
        raise xml.fail(root, f"not XLIFF 2 (namespace {etree.QName(root).namespace}); try the format xliff.")
    pairs = []
    for unit in root.iter(f"{{{_NS_2}}}unit"):
        notes = [
            (note.get("category"), xml.content(note))
            for note in unit.iterfind(f"{{{_NS_2}}}notes/{{{_NS_2}}}note")
        ]
        for segment in unit.iterfind(f"{{{_NS_2}}}segment"):
            if segment.find(f"{{{_NS_2}}}source") is None:
                raise xml.fail(segment, "no <source>.")
            pinned = segment.get("state") == "final" or ("pinned", "yes") in notes
            pairs.append(_pair(unit, segment, _NS_2, notes, pinned))
    return of_pairs(pairs, (root.get("srcLang") or "ar", root.get("trgLang") or "en"))


def _pair(
    unit: etree._Element,
    holder: etree._Element,
    namespace: str,
    notes: list[tuple[str | None, str]],
    pinned: bool,
) -> tuple[str, str, float | None, bool, tuple[str, ...]]:
    source, target = (xml.content(holder.find(f"{{{namespace}}}{side}")) for side in ("source", "target"))
    if not source and not target:
        raise xml.fail(unit, "neither <source> nor <target> says anything.")
    stated = [value for kind, value in notes if kind == "confidence"]
    confidence = xml.confidence(stated[0], unit) if stated else None
    return source, target, confidence, pinned, tuple(value for kind, value in notes if kind == "reason")


def _notes(bead: Bead) -> list[tuple[str, str]]:
    notes = [] if bead.confidence is None else [("confidence", f"{bead.confidence:.4f}")]
    if bead.pinned and bead.is_null:
        notes.append(("pinned", "yes"))
    return [*notes, *(("reason", xml.legal(reason)) for reason in bead.reasons)]
