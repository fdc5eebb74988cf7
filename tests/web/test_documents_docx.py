"""Word documents: what was there is still there, in English and from left to right."""

import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from translate.checks import translatable
from translate.text import Kind
from translate.translator import MarianTranslator
from web.documents import read_article, translate_document
from web.errors import Untranslatable

Translate = Callable[[list[str]], list[str]]

ENGLISH = {
    "تقرير عن زيارة الرئيس": "A report on the president's visit",
    "وصل الرئيس المصري إلى بيروت أمس.": "The Egyptian president arrived in Beirut yesterday.",
    "وقال إن مصر تدعم السلام.": "He said Egypt supports peace.",
    "اقرأ المزيد عن الحرب في غزة هنا.": "Read more about the war in Gaza here.",
    "المدينة": "City",
    "عدد السكان": "Population",
    "بيروت": "Beirut",
    "وزارة الخارجية": "Ministry of Foreign Affairs",
    "الصفحة": "Page",
    "وفق بيان الوزارة.": "According to the ministry's statement.",
    "صورة الرئيس في المطار": "The president at the airport",
    "نص في إطار": "Text in a frame",
    "الاسم": "Name",
    "أحمد": "Ahmed",
}


def by_hand(texts: list[str]) -> list[str]:
    """Translations that a person made, so that it is known where each word belongs."""
    return [ENGLISH[text] for text in texts]


@pytest.fixture
def model(translator: MarianTranslator) -> Translate:
    return lambda texts: [made.text for made in translator.translate(texts)]


def right_to_left(paragraph: object) -> None:
    properties = paragraph._p.get_or_add_pPr()  # type: ignore[attr-defined]
    properties.append(OxmlElement("w:bidi"))
    for run in paragraph._p.iter(qn("w:r")):  # type: ignore[attr-defined]
        run.get_or_add_rPr().append(OxmlElement("w:rtl"))


def hyperlink(paragraph: object, url: str, text: str) -> None:
    part = paragraph.part  # type: ignore[attr-defined]
    target = part.relate_to(
        url, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True
    )
    paragraph._p.append(  # type: ignore[attr-defined]
        parse_xml(
            f'<w:hyperlink {nsdecls("w", "r")} r:id="{target}"><w:r><w:rPr><w:color w:val="0000FF"/>'
            f'<w:u w:val="single"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:hyperlink>'
        )
    )


def page_number(paragraph: object) -> None:
    for piece in (
        '<w:r {0}><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r {0}><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>',
        '<w:r {0}><w:fldChar w:fldCharType="separate"/></w:r>',
        "<w:r {0}><w:t>1</w:t></w:r>",
        '<w:r {0}><w:fldChar w:fldCharType="end"/></w:r>',
    ):
        paragraph._p.append(parse_xml(piece.format(nsdecls("w"))))  # type: ignore[attr-defined]


def picture(width: int, height: int) -> bytes:
    """A blue PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x1e\x5a\xa0" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def written(document: Document) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def report() -> bytes:
    """A report as offices write them: heading, bold and linked words, a table, a picture, header, footer."""
    document = docx.Document()
    document.core_properties.title = "تقرير عن زيارة الرئيس"
    document.core_properties.language = "ar-EG"
    right_to_left(document.add_heading("تقرير عن زيارة الرئيس", level=1))
    first = document.add_paragraph("وصل ")
    bold = first.add_run("الرئيس المصري")
    bold.font.cs_bold = True  # type: ignore[attr-defined]
    bold._r.get_or_add_rPr().append(OxmlElement("w:bCs"))
    first.add_run(" إلى ")
    city = first.add_run("بيروت")
    city.italic = True
    city.font.color.rgb = RGBColor(0xC0, 0, 0)
    first.add_run(" أمس. وقال إن مصر تدعم السلام.")
    right_to_left(first)
    second = document.add_paragraph("اقرأ المزيد عن ")
    hyperlink(second, "https://example.org/gaza", "الحرب في غزة")
    second.add_run(" هنا.")
    second.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = document.add_table(rows=2, cols=2)
    table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells],
        ["المدينة", "عدد السكان", "بيروت", "2000000"],
        strict=True,
    ):
        cell.text = text
    third = document.add_paragraph("وفق بيان الوزارة.")
    third.add_run().add_picture(BytesIO(picture(60, 30)))
    next(third._p.iter(qn("wp:docPr"))).set("descr", "صورة الرئيس في المطار")
    fourth = document.add_paragraph("الاسم")
    fourth.add_run().add_tab()
    fourth.add_run("أحمد")
    fourth.add_run().add_break(WD_BREAK.PAGE)
    document.sections[0].header.paragraphs[0].text = "وزارة الخارجية"
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("الصفحة ").font.size = Pt(9)
    page_number(footer)
    document.sections[0]._sectPr.append(OxmlElement("w:bidi"))
    return written(document)


def test_every_text_of_the_document_is_translated_where_it_stands(report: bytes) -> None:
    made, name = translate_document(report, "تقرير.docx", by_hand)
    document = docx.Document(BytesIO(made))
    assert name == "تقرير.en.docx"
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "A report on the president's visit",
        "The Egyptian president arrived in Beirut yesterday. He said Egypt supports peace.",
        "Read more about the war in Gaza here.",
        "According to the ministry's statement.",
        "Name\tAhmed",
    ]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["City", "Population"],
        ["Beirut", "2000000"],
    ]
    assert document.sections[0].header.paragraphs[0].text == "Ministry of Foreign Affairs"
    assert document.core_properties.title == "A report on the president's visit"
    assert document.core_properties.language == "en"


def test_bold_italic_and_coloured_words_keep_their_look(report: bytes) -> None:
    document = docx.Document(BytesIO(translate_document(report, "r.docx", by_hand)[0]))
    runs = {run.text: run for run in document.paragraphs[1].runs}
    assert runs["The Egyptian president"].bold
    assert runs["Beirut"].italic
    assert runs["Beirut"].font.color.rgb == RGBColor(0xC0, 0, 0)
    plain = next(run for text, run in runs.items() if "supports" in text)
    assert not plain.bold
    assert not plain.italic


def test_a_link_stays_on_the_words_it_was_on(report: bytes) -> None:
    document = docx.Document(BytesIO(translate_document(report, "r.docx", by_hand)[0]))
    (link,) = document.paragraphs[2].hyperlinks
    assert link.text == "the war in Gaza"
    assert link.address == "https://example.org/gaza"
    assert document.paragraphs[2].text == "Read more about the war in Gaza here."


def test_nothing_runs_from_right_to_left_any_more(report: bytes) -> None:
    made, _ = translate_document(report, "r.docx", by_hand)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        texts = [
            archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        ]
    assert not any(flag in text for text in texts for flag in ("<w:bidi/>", "<w:rtl/>", "bidiVisual"))
    document = docx.Document(BytesIO(made))
    assert document.paragraphs[2].alignment == WD_ALIGN_PARAGRAPH.LEFT


def test_pictures_page_breaks_and_page_numbers_are_kept(report: bytes) -> None:
    made, _ = translate_document(report, "r.docx", by_hand)
    document = docx.Document(BytesIO(made))
    assert len(document.inline_shapes) == 1
    assert next(document.paragraphs[3]._p.iter(qn("wp:docPr"))).get("descr") == "The president at the airport"
    assert [b.get(qn("w:type")) for b in document.element.body.iter(qn("w:br"))] == ["page"]
    footer = document.sections[0].footer.paragraphs[0]
    kinds = [element.get(qn("w:fldCharType")) for element in footer._p.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert footer.text == "Page 1"
    with zipfile.ZipFile(BytesIO(report)) as before, zipfile.ZipFile(BytesIO(made)) as after:
        assert before.namelist() == after.namelist()
        assert [n for n in before.namelist() if n.endswith(".png") and before.read(n) != after.read(n)] == []


def test_a_page_number_in_a_sentence_keeps_the_spaces_around_it() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("صفحة ")
    page_number(paragraph)
    paragraph.add_run(" من ")
    field = '<w:fldSimple {0} w:instr=" NUMPAGES "><w:r><w:t>9</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field.format(nsdecls("w"))))
    paragraph.add_run(" صفحات")
    made, _ = translate_document(written(document), "r.docx", lambda _: ["Page of pages"])
    texts = docx.Document(BytesIO(made)).element.body.iter(qn("w:t"))
    assert "".join(str(text.text) for text in texts) == "Page 1 of 9 pages"


def test_footnotes_bookmarks_and_tracked_changes_survive() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph._p.extend(
        parse_xml(
            f"<w:p {nsdecls('w')}>"
            '<w:bookmarkStart w:id="7" w:name="visit"/><w:r><w:t xml:space="preserve">وصل الرئيس </w:t></w:r>'
            '<w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve">المصري </w:t></w:r></w:ins>'
            '<w:del w:id="2" w:author="x"><w:r><w:delText>السابق</w:delText></w:r></w:del>'
            '<w:bookmarkEnd w:id="7"/><w:r><w:t>إلى بيروت</w:t></w:r>'
            '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
            '<w:r><w:t xml:space="preserve"> أمس.</w:t></w:r></w:p>'
        )
    )
    made, _ = translate_document(written(document), "r.docx", by_hand)
    after = docx.Document(BytesIO(made)).paragraphs[0]._p
    order = [str(element.tag).rpartition("}")[2] for element in after.iter() if element.tag != qn("w:rPr")]
    for tag in ("ins", "del", "footnoteReference", "bookmarkStart", "bookmarkEnd"):
        assert order.count(tag) == 1, tag
    assert order.index("bookmarkStart") < order.index("bookmarkEnd")
    texts = [element.text for element in after.iter(qn("w:t"))]
    assert "".join(map(str, texts)) == "The Egyptian president arrived in Beirut yesterday."
    assert (
        "".join(t.text or "" for t in next(after.iter(qn("w:ins"))).iter(qn("w:t"))).strip() == "The Egyptian"
    )
    reference = next(after.iter(qn("w:footnoteReference"))).getparent()
    assert reference is not None
    before = reference.getprevious()
    assert before is not None
    assert "".join(before.itertext()).endswith("Beirut")


def test_text_boxes_are_translated_in_both_their_forms() -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>نص في إطار</w:t></w:r></w:p></w:txbxContent>"
    document.add_paragraph("المدينة")._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f'<mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice>'
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    made, _ = translate_document(written(document), "r.docx", by_hand)
    texts = [t.text for t in docx.Document(BytesIO(made)).element.body.iter(qn("w:t"))]
    assert texts == ["City", "Text in a frame", "Text in a frame"]


def test_the_real_model_leaves_no_arabic_and_loses_no_part(report: bytes, model: Translate) -> None:
    made, _ = translate_document(report, "r.docx", model)
    document = docx.Document(BytesIO(made))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert all(text.strip() and not translatable(text) for text in texts)
    assert len(document.paragraphs[2].hyperlinks) == 1
    assert document.paragraphs[2].hyperlinks[0].text.strip()


def test_a_document_without_arabic_is_refused() -> None:
    document = docx.Document()
    document.add_paragraph("Already in English.")
    with pytest.raises(Untranslatable, match="No Arabic text was found"):
        translate_document(written(document), "done.docx", by_hand)


def test_a_translator_that_changes_nothing_is_noticed(report: bytes) -> None:
    with pytest.raises(Untranslatable, match="gave back every sentence"):
        translate_document(report, "r.docx", lambda texts: texts)


def test_an_article_is_read_with_its_headings(report: bytes) -> None:
    article = read_article(report, "../تقرير.docx")
    assert article.title == "تقرير عن زيارة الرئيس"
    assert article.source == "تقرير.docx"
    assert [segment.text for segment in article.segments[:3]] == [
        "تقرير عن زيارة الرئيس",
        "وصل الرئيس المصري إلى بيروت أمس.",
        "وقال إن مصر تدعم السلام.",
    ]
    assert article.segments[0].kind is Kind.HEADING


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_result(report: bytes, tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    file.write_bytes(translate_document(report, "r.docx", by_hand)[0])
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "txt:Text",
            file,
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = (tmp_path / "report.txt").read_text(encoding="utf-8-sig")
    assert "The Egyptian president arrived in Beirut yesterday. He said Egypt supports peace." in text
    assert not translatable(text)


def test_an_element_around_no_words_keeps_what_is_in_it() -> None:
    document = docx.Document()
    document.add_paragraph("المدينة")._p.append(
        parse_xml(
            f"<w:ins {nsdecls('w')} w:id='4' w:author='x'><w:r><w:tab/></w:r>"
            "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:br/></w:r></w:sdtContent></w:sdt></w:ins>"
        )
    )
    made, _ = translate_document(written(document), "r.docx", by_hand)
    (inserted,) = docx.Document(BytesIO(made)).paragraphs[0]._p.iter(qn("w:ins"))
    tags = [str(element.tag).rpartition("}")[2] for element in inserted.iter()]
    assert tags == ["ins", "r", "tab", "sdt", "sdtPr", "sdtContent", "r", "br"]


def test_a_date_on_the_far_side_goes_to_the_far_side_of_english() -> None:
    """In a paragraph from right to left, Word's "right" is the left (ECMA-376 part 1, 17.3.1.13)."""
    document = docx.Document()
    for text, aligned in (("المدينة", None), ("بيروت", WD_ALIGN_PARAGRAPH.RIGHT), ("أحمد", None)):
        paragraph = document.add_paragraph(text)
        right_to_left(paragraph)
        paragraph.alignment = aligned
    made = docx.Document(BytesIO(translate_document(written(document), "r.docx", by_hand)[0]))
    assert [p.alignment for p in made.paragraphs] == [None, WD_ALIGN_PARAGRAPH.RIGHT, None]


def test_a_document_that_stands_all_on_the_far_side_is_brought_back() -> None:
    document = docx.Document()
    for text in ("المدينة", "بيروت", "أحمد"):
        paragraph = document.add_paragraph(text)
        right_to_left(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made = docx.Document(BytesIO(translate_document(written(document), "r.docx", by_hand)[0]))
    assert {p.alignment for p in made.paragraphs} == {WD_ALIGN_PARAGRAPH.LEFT}
