"""OpenDocument texts: what was there is still there, in English and from left to right."""

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import lxml.etree as etree
import pytest

from translate.checks import translatable
from translate.errors import BadInput
from translate.text import Kind
from translate.translator import MarianTranslator
from web.documents import read_article, translate_document

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"),
        ("draw", "drawing"), ("svg", "svg-compatible"), ("table", "table"), ("meta", "meta"),
    )
)  # fmt: skip
CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {NAMES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3">
<office:automatic-styles>
<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties fo:text-align="end" style:writing-mode="rl-tb"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties style:font-weight-complex="bold"/></style:style>
</office:automatic-styles><office:body><office:text>
<text:h text:style-name="P1" text:outline-level="1">زيارة الرئيس</text:h>
<text:p text:style-name="P1">وصل <text:span text:style-name="T1">الرئيس المصري</text:span> إلى
 <text:a xlink:type="simple" xlink:href="https://example.org/beirut">بيروت</text:a><text:note text:id="n1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>وفق بيان الوزارة.</text:p></text:note-body></text:note> أمس.<text:s text:c="2"/>وقال إن مصر تدعم السلام.</text:p>
<text:p>الاسم<text:tab/>أحمد</text:p>
<table:table table:name="t"><table:table-column/><table:table-row><table:table-cell><text:p>المدينة</text:p></table:table-cell></table:table-row></table:table>
<text:p>2024</text:p>
</office:text></office:body></office:document-content>"""
STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {NAMES} office:version="1.3"><office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties style:writing-mode="rl-tb"/><style:text-properties fo:language="ar" fo:country="EG"/></style:default-style>
</office:styles><office:automatic-styles><style:page-layout style:name="pm"><style:page-layout-properties style:writing-mode="rl-tb" fo:page-width="21cm" fo:page-height="29.7cm"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm"><style:header><text:p>وزارة الخارجية</text:p></style:header></style:master-page></office:master-styles></office:document-styles>"""
META = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta {NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>زيارة الرئيس</dc:title><dc:language>ar-EG</dc:language></office:meta></office:document-meta>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>{0}</manifest:manifest>"""
ENGLISH = {
    "زيارة الرئيس": "The president's visit",
    "وصل الرئيس المصري إلى بيروت أمس.": "The Egyptian president arrived in Beirut yesterday.",
    "وقال إن مصر تدعم السلام.": "He said Egypt supports peace.",
    "وفق بيان الوزارة.": "According to the ministry's statement.",
    "الاسم": "Name",
    "أحمد": "Ahmed",
    "المدينة": "City",
    "وزارة الخارجية": "Ministry of Foreign Affairs",
}
SPACE = {
    "t": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "s": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "f": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
}


def by_hand(texts: list[str]) -> list[str]:
    return [ENGLISH[text] for text in texts]


def packed(manifest: str = "", content: str = CONTENT) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.text", compress_type=zipfile.ZIP_STORED
        )
        for name, data in (("content.xml", content), ("styles.xml", STYLES), ("meta.xml", META)):
            archive.writestr(name, data)
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(manifest))
    return buffer.getvalue()


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


@pytest.fixture(scope="module")
def made() -> bytes:
    data, name = translate_document(packed(), "زيارة.odt", by_hand)
    assert name == "زيارة.en.odt"
    return data


def test_every_text_is_translated_with_its_links_looks_and_notes(made: bytes) -> None:
    content = part(made, "content.xml")
    paragraph = content.findall(".//t:p", SPACE)[0]
    assert "".join(t for t in paragraph.itertext()) == (
        "The Egyptian president arrived in Beirut1According to the ministry's statement. yesterday. He said Egypt supports peace."
    )
    (bold,) = paragraph.findall("t:span", SPACE)
    (link,) = paragraph.findall("t:a", SPACE)
    (note,) = paragraph.findall("t:note", SPACE)
    assert bold.text == "The Egyptian president"
    assert link.text == "Beirut"
    assert link.get("{http://www.w3.org/1999/xlink}href") == "https://example.org/beirut"
    assert note.getprevious() is link
    assert content.find(".//t:h", SPACE).text == "The president's visit"


def test_tabs_tables_headers_and_numbers_stay(made: bytes) -> None:
    content = part(made, "content.xml")
    texts = ["".join(p.itertext()) for p in content.findall(".//t:p", SPACE)]
    assert texts[-3:] == ["NameAhmed", "City", "2024"]
    assert content.find(".//t:tab", SPACE).tail == "Ahmed"
    assert "".join(part(made, "styles.xml").find(".//t:p", SPACE).itertext()) == "Ministry of Foreign Affairs"


def test_a_page_number_in_a_sentence_keeps_the_spaces_around_it() -> None:
    page = "<text:p>صفحة <text:page-number>3</text:page-number> من الكتاب</text:p>"
    content = CONTENT.replace("<text:p>2024</text:p>", page)
    data, _ = translate_document(
        packed(content=content),
        "r.odt",
        lambda asked: [ENGLISH.get(text, "Page of the book") for text in asked],
    )
    *_, paragraph = part(data, "content.xml").findall(".//t:p", SPACE)
    assert "".join(paragraph.itertext()) == "Page 3 of the book"


def test_nothing_runs_from_right_to_left_any_more(made: bytes) -> None:
    for name in ("content.xml", "styles.xml"):
        modes = [e.get(f"{{{SPACE['s']}}}writing-mode") for e in part(made, name).iter(etree.Element)]
        assert set(modes) == {None, "lr-tb"}
    styles = part(made, "content.xml")
    assert styles.find(".//s:paragraph-properties", SPACE).get(f"{{{SPACE['f']}}}text-align") == "start"
    assert styles.find(".//s:text-properties", SPACE).get(f"{{{SPACE['f']}}}font-weight") == "bold"
    assert (
        part(made, "styles.xml").find(".//s:text-properties", SPACE).get(f"{{{SPACE['f']}}}language") == "en"
    )


def test_the_properties_are_english(made: bytes) -> None:
    said = {str(e.tag).rpartition("}")[2]: e.text for e in part(made, "meta.xml").iter(etree.Element)}
    assert said["title"] == "The president's visit"
    assert said["language"] == "en"


def test_the_real_model_leaves_no_arabic_and_loses_no_part(translator: MarianTranslator) -> None:
    data, _ = translate_document(
        packed(), "r.odt", lambda texts: [m.text for m in translator.translate(texts)]
    )
    content = part(data, "content.xml")
    assert not translatable("".join(t for t in content.itertext()))
    assert [len(content.findall(f".//t:{tag}", SPACE)) for tag in ("span", "a", "note", "tab")] == [
        1,
        1,
        1,
        1,
    ]


def test_an_article_is_read_with_its_headings() -> None:
    article = read_article(packed(), "زيارة.odt")
    assert [(s.text, s.kind) for s in article.segments[:3]] == [
        ("زيارة الرئيس", Kind.HEADING),
        ("وصل الرئيس المصري إلى بيروت أمس.", Kind.BODY),
        ("وقال إن مصر تدعم السلام.", Kind.BODY),
    ]
    assert "وفق بيان" not in article.body


def test_a_document_with_a_password_says_so() -> None:
    locked = '<manifest:file-entry manifest:full-path="x"><manifest:encryption-data/></manifest:file-entry>'
    with pytest.raises(BadInput, match="password"):
        translate_document(packed(locked), "r.odt", by_hand)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_result(made: bytes, tmp_path: Path) -> None:
    file = tmp_path / "visit.odt"
    file.write_bytes(made)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "txt:Text", file],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "visit.txt").read_text(encoding="utf-8-sig")
    assert "He said Egypt supports peace." in text
    assert not translatable(text)
