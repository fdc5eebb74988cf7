"""
A Word document (Office Open XML) with English and Arabic in two columns of a table.

Each cell has its own direction, each run its script: Arabic runs are
right-to-left (``w:rtl``), Latin names inside them are not, so that Word and
LibreOffice put marks where they belong.
"""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from align.formats import xml
from translate.text import Kind
from web.exports.bidi import Direction, closed, runs
from web.exports.units import Reading, Unit

_LATIN_FONT, _ARABIC_FONT = "Georgia", "Times New Roman"
_AFTER_BIDI = (
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:outlineLvl", "w:rPr"),
)
_AFTER_SIZE = (
    *("w:highlight", "w:u", "w:effect", "w:bdr", "w:shd", "w:fitText", "w:vertAlign", "w:rtl", "w:cs"),
    *("w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath"),
)
_GUTTER = 200  # Twentieths of a point on either side of a cell.
_PROPERTY = 255  # Characters of a core property, by the standard (ECMA-376, part 2).
_GREY = RGBColor(0x65, 0x6D, 0x76)


def write(reading: Reading, reference: str = "") -> bytes:
    """The document's bytes; three columns on landscape pages where a reference comes along."""
    document = Document()
    _set_up(document, landscape=bool(reference))
    document.core_properties.title = xml.legal(reading.english_title or reading.title)[:_PROPERTY]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "en"
    if reading.english_title:
        _write(document.add_paragraph(style="Title"), reading.english_title, "ltr")
    _write(document.add_paragraph(style="Title"), reading.title, "rtl")
    about = " · ".join(filter(None, (reading.source, reading.models)))
    _write(document.add_paragraph(style="Subtitle"), about, "ltr")
    columns: list[tuple[str, Direction]] = [("English", "ltr"), ("العربية", "rtl")]
    if reference:
        columns.insert(1, (f"Reference: {reference}", "ltr"))
    table = document.add_table(rows=1, cols=len(columns))
    table.autofit = False
    _plain_lines(table._tbl)
    for cell, (name, direction) in zip(table.rows[0].cells, columns, strict=True):
        _write(cell.paragraphs[0], name, direction, quiet=True)
    _flag(table.rows[0]._tr, "w:tblHeader")
    width = _text_width(document) // len(columns)
    for unit, opens in _lines(reading):
        texts: list[tuple[str, Direction]] = [(unit.english or "", "ltr"), (unit.source, "rtl")]
        if reference:
            texts.insert(1, (unit.reference or "", "ltr"))
        row = table.add_row()
        _flag(row._tr, "w:cantSplit")
        for cell, (text, direction) in zip(row.cells, texts, strict=True):
            _fill(cell, text, direction, unit.kind, opens=opens)
    for table_row in table.rows:
        for cell in table_row.cells:
            cell.width = Emu(width)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _lines(reading: Reading) -> Iterator[tuple[Unit, bool]]:
    """Units, and whether each opens a paragraph."""
    for group in reading.paragraphs:
        for number, unit in enumerate(group):
            yield unit, number == 0


def _set_up(document: DocumentObject, *, landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size, after in (("Normal", 10.5, 0), ("Title", 18, 4), ("Subtitle", 9, 12)):
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.font.name = _LATIN_FONT
        style.font.color.rgb = _GREY if name == "Subtitle" else RGBColor(0x1F, 0x23, 0x28)
        style.font.italic = False
        style.paragraph_format.space_after = Pt(after)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:ascii"), _LATIN_FONT)
        fonts.set(qn("w:hAnsi"), _LATIN_FONT)
        fonts.set(qn("w:cs"), _ARABIC_FONT)
        _set(properties, "w:szCs", str(round(2 * (size + 2.5))))
        if (border := style.element.find(".//" + qn("w:pBdr"))) is not None:
            border.getparent().remove(border)


def _fill(cell: _Cell, text: str, direction: Direction, kind: Kind, *, opens: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = Pt(7 if opens else 1)
    paragraph.paragraph_format.space_after = Pt(1)
    _write(paragraph, text, direction, bold=kind is Kind.HEADING, quiet=kind is Kind.FURNITURE)


def _write(
    paragraph: Paragraph, text: str, direction: Direction, *, bold: bool = False, quiet: bool = False
) -> None:
    """Put ``text`` into a paragraph of that direction, run by run."""
    properties: Any = paragraph._p.get_or_add_pPr()
    if direction == "rtl":
        # The schema orders what a paragraph's properties hold.
        properties.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT  # In a right-to-left paragraph "left" is its start.
    for piece, foreign in runs(closed(xml.legal(text)), direction):
        run = paragraph.add_run(piece)
        if quiet:
            run.font.color.rgb = _GREY
        arabic = (direction == "rtl") != foreign
        if bold:
            run.font.bold = True
            run.font.cs_bold = True
        if arabic:
            run.font.rtl = True
        language: Any = OxmlElement("w:lang")
        language.set(qn("w:bidi" if arabic else "w:val"), "ar-SA" if arabic else "en-US")
        run._r.get_or_add_rPr().append(language)


def _set(properties: Any, tag: str, value: str) -> None:
    element = properties.find(qn(tag))
    if element is None:
        element = OxmlElement(tag)
        properties.insert_element_before(element, *_AFTER_SIZE)
    element.set(qn("w:val"), value)


def _plain_lines(table: Any) -> None:
    """Thin lines between rows, none around the table."""
    borders: Any = OxmlElement("w:tblBorders")
    line = OxmlElement("w:insideH")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "DDD8CC")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    table.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    margins: Any = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_GUTTER))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table.tblPr.insert_element_before(margins, "w:tblLook")


def _flag(row: Any, tag: str) -> None:
    """Say something of a table row: repeat it on each page, do not break it."""
    row.get_or_add_trPr().append(OxmlElement(tag))


def _text_width(document: DocumentObject) -> int:
    section = document.sections[0]
    margins = (section.left_margin or 0) + (section.right_margin or 0)
    return int((section.page_width or 0) - margins)
