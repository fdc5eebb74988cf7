"""E-books: every chapter and title in English, everything else as it was."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import lxml.etree as etree
import pytest

from translate.checks import translatable
from translate.errors import BadInput
from translate.text import Kind
from translate.translator import MarianTranslator
from web.documents import read_article, translate_document

Translate = Callable[[list[str]], list[str]]

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="ar" dir="rtl">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:x:1</dc:identifier>
<dc:title>رحلة إلى بيروت</dc:title><dc:creator>نجيب محفوظ</dc:creator><dc:language>ar</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="c1" href="text/%D9%81%D8%B5%D9%84.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="style.css" media-type="text/css"/><item id="png" href="cover.png" media-type="image/png"/></manifest>
<spine toc="ncx" page-progression-direction="rtl"><itemref idref="c1"/></spine></package>"""
NAV = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="ar" xml:lang="ar" dir="rtl">
<head><title>المحتويات</title></head><body><nav epub:type="toc"><ol><li><a href="text/%D9%81%D8%B5%D9%84.xhtml">الفصل الأول</a></li></ol></nav></body></html>"""
NCX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="ar"><docTitle><text>رحلة إلى بيروت</text></docTitle>
<navMap><navPoint id="n1" playOrder="1"><navLabel><text>الفصل الأول</text></navLabel><content src="text/%D9%81%D8%B5%D9%84.xhtml"/></navPoint></navMap></ncx>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="ar" dir="rtl">
<head><title/><link rel="stylesheet" href="../style.css"/><script src="x.js"/></head>
<body><a id="top"/><h1>الفصل الأول</h1>
<p class="first">وصل الرئيس المصري إلى <em>بيروت</em> أمس.<a epub:type="noteref" href="#n">1</a><br/>وقال إن مصر تدعم السلام.</p>
<hr/><p><img src="../cover.png" alt="صورة الرئيس"/></p></body></html>"""
CSS = "body { direction: rtl; text-align: right; font-family: Amiri }"
ENGLISH = {
    "رحلة إلى بيروت": "A journey to Beirut",
    "المحتويات": "Contents",
    "الفصل الأول": "Chapter one",
    "وصل الرئيس المصري إلى بيروت أمس.": "The Egyptian president arrived in Beirut yesterday.",
    "وقال إن مصر تدعم السلام.": "He said Egypt supports peace.",
    "صورة الرئيس": "The president",
}


def by_hand(texts: list[str]) -> list[str]:
    return [ENGLISH[text] for text in texts]


def bound(**changes: bytes | str) -> bytes:
    """The book; a part's name with ``_`` for ``.`` replaces or adds that part."""
    parts: dict[str, bytes | str] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/nav.xhtml": NAV,
        "OEBPS/toc.ncx": NCX,
        "OEBPS/text/فصل.xhtml": CHAPTER,
        "OEBPS/style.css": CSS,
        "OEBPS/cover.png": b"\x89PNG\r\n\x1a\nnot really",
    } | changes
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", compress_type=zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def made() -> zipfile.ZipFile:
    data, name = translate_document(bound(), "رحلة.epub", by_hand)
    assert name == "رحلة.en.epub"
    return zipfile.ZipFile(BytesIO(data))


def test_a_chapter_is_the_same_page_in_english(made: zipfile.ZipFile) -> None:
    assert made.read("OEBPS/text/فصل.xhtml").decode() == (
        CHAPTER.replace('xml:lang="ar" dir="rtl"', 'xml:lang="en" dir="ltr"')
        .replace("الفصل الأول", "Chapter one")
        .replace(
            "وصل الرئيس المصري إلى <em>بيروت</em> أمس.",
            "The Egyptian president arrived in <em>Beirut</em> yesterday.",
        )
        .replace("وقال إن مصر تدعم السلام.", "He said Egypt supports peace.")
        .replace("صورة الرئيس", "The president")
    )


def test_titles_stand_in_english_in_both_tables_of_contents(made: zipfile.ZipFile) -> None:
    assert made.read("OEBPS/nav.xhtml").decode() == (
        NAV.replace('lang="ar" xml:lang="ar" dir="rtl"', 'lang="en" xml:lang="en" dir="ltr"')
        .replace("المحتويات", "Contents")
        .replace("الفصل الأول", "Chapter one")
    )
    contents = etree.fromstring(made.read("OEBPS/toc.ncx"))
    assert [element.text for element in contents.iter("{*}text")] == ["A journey to Beirut", "Chapter one"]
    assert contents.getroottree().docinfo.doctype.startswith("<!DOCTYPE ncx PUBLIC")


def test_the_book_says_that_it_is_english_and_turns_leftwards(made: zipfile.ZipFile) -> None:
    package = etree.fromstring(made.read("OEBPS/book.opf"))
    said = {
        str(e.tag).rpartition("}")[2]: e.text for e in package.iter("{http://purl.org/dc/elements/1.1/}*")
    }
    assert said == {
        "identifier": "urn:x:1",
        "title": "A journey to Beirut",
        "creator": "نجيب محفوظ",
        "language": "en",
    }
    assert next(package.iter("{*}spine")).get("page-progression-direction") == "ltr"
    assert (
        made.read("OEBPS/style.css").decode()
        == "body { direction: ltr; text-align: left; font-family: Amiri }"
    )


def test_the_archive_is_still_an_e_book(made: zipfile.ZipFile) -> None:
    first = made.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert made.namelist() == zipfile.ZipFile(BytesIO(bound())).namelist()
    assert made.read("OEBPS/cover.png") == b"\x89PNG\r\n\x1a\nnot really"
    for name in made.namelist():
        if name.endswith((".xhtml", ".opf", ".ncx")):
            etree.fromstring(made.read(name))


def test_the_real_model_leaves_no_arabic_on_the_pages(translator: MarianTranslator) -> None:
    data, _ = translate_document(
        bound(), "b.epub", lambda texts: [m.text for m in translator.translate(texts)]
    )
    page = zipfile.ZipFile(BytesIO(data)).read("OEBPS/text/فصل.xhtml")
    assert not translatable(page.decode())
    assert len(etree.fromstring(page).findall(".//{*}em")) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1256"])
def test_pages_and_style_sheets_say_that_they_are_now_in_utf_8(encoding: str) -> None:
    chapter = CHAPTER.replace('encoding="utf-8"', f'encoding="{encoding}"')
    sheet = f'@charset "{encoding}";\n/* عنوان الكتاب */ {CSS}'
    book = bound(
        **{"OEBPS/text/فصل.xhtml": chapter.encode(encoding), "OEBPS/style.css": sheet.encode(encoding)}
    )
    archive = zipfile.ZipFile(BytesIO(translate_document(book, "b.epub", by_hand)[0]))
    page = etree.fromstring(archive.read("OEBPS/text/فصل.xhtml"))
    assert page.findtext(".//{*}h1") == "Chapter one"
    made = archive.read("OEBPS/style.css").decode()
    assert made.startswith('@charset "utf-8";\n/* عنوان الكتاب */ body { direction: ltr;')


def test_the_chapters_are_read_as_an_article() -> None:
    article = read_article(bound(), "رحلة.epub")
    assert article.title == "رحلة إلى بيروت"
    assert [(s.text, s.kind) for s in article.segments][:2] == [
        ("الفصل الأول", Kind.HEADING),
        ("وصل الرئيس المصري إلى بيروت أمس.", Kind.BODY),
    ]


def test_a_locked_book_says_so() -> None:
    locked = '<encryption><CipherReference URI="OEBPS/text/فصل.xhtml"/></encryption>'
    with pytest.raises(BadInput, match="DRM"):
        translate_document(bound(**{"META-INF/encryption.xml": locked}), "b.epub", by_hand)


def test_a_chapter_that_is_listed_and_missing_does_no_harm() -> None:
    package = PACKAGE.replace(
        '<item id="css"', '<item id="c2" href="gone.xhtml" media-type="application/xhtml+xml"/><item id="css"'
    )
    data, _ = translate_document(bound(**{"OEBPS/book.opf": package}), "b.epub", by_hand)
    assert "gone.xhtml" in zipfile.ZipFile(BytesIO(data)).read("OEBPS/book.opf").decode()
