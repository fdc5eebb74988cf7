"""
TMX 1.4b (LISA OSCAR 2005), level 1: a ``tu`` per bead, a ``tuv`` per side.

A null is a ``tu`` with one ``tuv``, which the DTD allows; beads of blank lines are
not written. Confidence, pins and reasons are ``prop`` elements that other tools
pass over.
"""

import lxml.etree as etree

from align.bead import ParallelText
from align.formats import xml
from align.formats.plain import of_pairs
from translate.errors import BadInput

_DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


def write(text: ParallelText) -> str:
    """A TMX document; see the module for what goes where."""
    root = etree.Element("tmx", version="1.4")
    languages = text.source.language, text.target.language
    etree.SubElement(
        root,
        "header",
        {
            "creationtool": "Muwazi",
            "creationtoolversion": "1",
            "segtype": "block",
            "o-tmf": "Muwazi",
            "adminlang": "en",
            "srclang": languages[0],
            "datatype": "plaintext",
        },
    )
    body = etree.SubElement(root, "body")
    for number, (bead, *sides) in enumerate(text, 1):
        if not any(sides):
            continue  # Blank lines: a unit must say something.
        unit = etree.SubElement(body, "tu", tuid=str(number))
        properties = {
            "x-confidence": "" if bead.confidence is None else f"{bead.confidence:.4f}",
            "x-pinned": "yes" if bead.pinned else "",
        }
        for kind, value in [*properties.items(), *(("x-reason", reason) for reason in bead.reasons)]:
            if value:
                etree.SubElement(unit, "prop", type=kind).text = xml.legal(value)
        for language, side in zip(languages, sides, strict=True):
            if side:
                variant = etree.SubElement(unit, "tuv", {xml.XML_LANG: language})
                etree.SubElement(variant, "seg").text = xml.legal(side)
    return xml.serialise(root, _DOCTYPE)


def read(data: str) -> ParallelText:
    """
    The units of a TMX document as parallel text.

    The source is the header's ``srclang`` (Arabic where that is ``*all*``), the
    target the first other language met. Language codes match by their first part:
    ``ar-EG`` is ``ar``. Raises BadInput where the document is no TMX.
    """
    root = xml.parse(data, "tmx")
    header = root.find("header")
    if header is None:
        raise xml.fail(root, "no <header>.")
    source = _language(header.get("srclang", ""))
    source = "ar" if source in {"", "*all*"} else source
    target = ""
    pairs = []
    for unit in root.iterfind("body/tu"):
        texts: dict[str, str] = {}
        for variant in unit.iterfind("tuv"):
            language = _language(variant.get(xml.XML_LANG) or variant.get("lang") or "")
            if not language:
                raise xml.fail(variant, "no xml:lang.")
            texts.setdefault(language, xml.content(variant.find("seg")))
            if language != source:
                target = target or language
        sides = texts.get(source, ""), texts.get(target, "")
        if not any(sides):
            raise xml.fail(unit, f"no text in {source} or {target or 'another language'}.")
        properties = [(prop.get("type"), xml.content(prop)) for prop in unit.iterfind("prop")]
        known = dict(properties)
        confidence = xml.confidence(known["x-confidence"], unit) if "x-confidence" in known else None
        reasons = tuple(value for kind, value in properties if kind == "x-reason")
        pairs.append((*sides, confidence, known.get("x-pinned") == "yes", reasons))
    if not pairs and root.find("body") is None:
        raise BadInput(f"Line {root.sourceline}, <tmx>: no <body>.")
    return of_pairs(pairs, (source, target or "en"))


def _language(code: str) -> str:
    return code.lower().replace("_", "-").split("-")[0]
