"""Files made to do harm, each tried for real, and honest ones told by their content."""

import io
import struct
import time
import zipfile
import zlib

import docx
import pytest

from translate.errors import BadInput, MuwaziError
from web.documents import read_article, translate_document
from web.errors import TooLarge, UnsupportedFormat, Untranslatable
from web.uploads import Archive, ZipLimits, identify, parse_xml, receive, safe_name

WORD = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(parts: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def word(document: str, **more: bytes) -> bytes:
    """A Word file of nothing but this document part."""
    return zipped({"[Content_Types].xml": WORD, "word/document.xml": document.encode()} | more)


def paragraph(text: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'


def shout(texts: list[str]) -> list[str]:
    return ["English" for _ in texts]


# --- What a file is --------------------------------------------------------------------------------------


def test_a_file_is_what_its_content_says_whatever_its_name() -> None:
    document = io.BytesIO()
    docx.Document().save(document)
    assert identify(document.getvalue(), "x.txt") == ".docx"
    assert identify(document.getvalue(), "x") == ".docx"
    assert identify("1\n00:00:01,000 --> 00:00:02,000\nأهلا\n".encode(), "x.txt") == ".srt"
    assert identify("<html><p>أهلا</p>".encode(), "page") == ".html"
    assert identify("<html><p>أهلا</p>".encode(), "page.txt") == ".txt"
    assert identify("أهلا".encode("cp1256"), "x.htm") == ".htm"
    assert identify("أهلا".encode(), "") == ".txt"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"%PDF-1.7\n...", "x.docx", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "x.docx", "old Word"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "x.txt", "PNG"),
        (b"MZ\x90\0\x03\0\0\0" + bytes(range(256)), "x.html", "binary"),
        ("أهلا".encode(), "x.docx", "plain text"),
        ("أهلا".encode(), "x.exe", "cannot be translated"),
        (zipped({"a.txt": b"x"}), "x.docx", "no Word, OpenDocument or e-book"),
        (zipped({"a.txt": b"x"}), "x.zip", "no Word, OpenDocument or e-book"),
        (zipped({"[Content_Types].xml": WORD.replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")}), "x.docx", "no Word"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_it_is(data: bytes, name: str, says: str) -> None:
    with pytest.raises(UnsupportedFormat, match=says):
        translate_document(data, name, shout)


def test_a_name_loses_its_folders_its_control_characters_and_its_tricks() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("..\\..\\boot.ini") == "boot.ini"
    assert safe_name("a\r\nSet-Cookie: x=1.txt") == "aSet-Cookie_ x=1.txt"
    assert safe_name("تقرير\u202etxt.docx") == "تقريرtxt.docx"
    assert safe_name("x\0.html") == "x.html"
    assert safe_name("") == safe_name("...") == safe_name("/") == "document"
    assert safe_name("con.txt") == "_con.txt"
    assert safe_name("<script>alert(1)</script>.txt") == "script_.txt"
    long = safe_name("ع" * 5000 + ".docx")
    assert long.endswith(".docx")
    assert len(long.encode()) <= 180


def test_a_stream_is_read_no_further_than_its_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(TooLarge, match="larger than 100,000"):
        receive(stream, limit=100_000)  # type: ignore[arg-type]
    assert stream.given <= 100_001
    assert receive(io.BytesIO(b"x" * 100_000), limit=100_000) == b"x" * 100_000
    with pytest.raises(BadInput, match="empty"):
        receive(io.BytesIO(b""))


# --- Archives --------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = word(paragraph("أهلا"), **{"word/media/x": bytes(60 * 2**20)})
    assert len(bomb) < 100_000
    begun = time.process_time()
    with pytest.raises(TooLarge, match="too large unpacked"):
        translate_document(bomb, "x.docx", shout)
    assert time.process_time() - begun < 5


def test_an_archive_that_lies_about_its_sizes_is_caught_while_unpacking() -> None:
    honest = word(paragraph("أهلا " * 20_000))
    size = len(paragraph("أهلا " * 20_000).encode())
    lying = honest.replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert lying != honest
    with pytest.raises((TooLarge, BadInput)):
        translate_document(lying, "x.docx", shout)


def test_entries_that_share_their_bytes_are_caught() -> None:
    """After Fifield (2019): many names in the directory for the same packed bytes."""
    packed = zlib.compress(bytes(2**20), 9)[2:-4]
    head = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, zlib.crc32(bytes(2**20)), len(packed), 2**20, 1, 0
    )
    body = head + b"0" + packed
    directory = b"".join(
        struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, zlib.crc32(bytes(2**20)), len(packed), 2**20,
            4, 0, 0, 0, 0, 0, 0,
        ) + f"{number:04}".encode()
        for number in range(100)
    )  # fmt: skip
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 100, 100, len(directory), len(body), 0)
    with pytest.raises(MuwaziError):
        Archive(body + directory + end, "x.docx")


def test_an_archive_of_too_many_files_is_refused() -> None:
    with pytest.raises(TooLarge, match="holds 5,000 files"):
        Archive(zipped({f"{number}": b"" for number in range(5_000)}, packing=zipfile.ZIP_STORED), "x.docx")


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/passwd", "a/../../b", "c:/windows/x", "a\\..\\b", "word/../../x"]
)
def test_names_that_lead_out_of_the_archive_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match="holds a file named"):
        translate_document(word(paragraph("أهلا"), **{name: b"x"}), "x.docx", shout)


def test_one_name_twice_is_refused() -> None:
    buffer = io.BytesIO(word(paragraph("أهلا")))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/document.xml", paragraph("غيره"))
    with pytest.raises(BadInput, match="each once"):
        translate_document(buffer.getvalue(), "x.docx", shout)


def test_links_and_passwords_are_refused() -> None:
    buffer = io.BytesIO(word(paragraph("أهلا")))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="a link"):
        translate_document(buffer.getvalue(), "x.docx", shout)
    locked = bytearray(word(paragraph("أهلا")))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.find(signature) + offset] |= 1
    with pytest.raises(BadInput, match="password"):
        translate_document(bytes(locked), "x.docx", shout)


def test_a_damaged_archive_says_so() -> None:
    whole = word(paragraph("أهلا بالعالم " * 500))
    for data in (
        whole[: len(whole) // 2],
        b"PK\x03\x04" + bytes(100),
        whole[:60] + b"\xff" * 40 + whole[100:],
    ):
        with pytest.raises(MuwaziError):
            translate_document(data, "x.docx", shout)


def test_limits_can_be_chosen() -> None:
    data = zipped({"a": bytes(1000), "b": b"x"}, packing=zipfile.ZIP_STORED)
    assert Archive(data, "x").names == {"a", "b"}
    with pytest.raises(TooLarge):
        Archive(data, "x", ZipLimits(entry_bytes=999))
    with pytest.raises(TooLarge):
        Archive(data, "x", ZipLimits(total_bytes=1000))
    with pytest.raises(TooLarge):
        Archive(data, "x", ZipLimits(entries=1))


# --- XML -------------------------------------------------------------------------------------------------

LAUGHS = "<!DOCTYPE x [<!ENTITY a 'أهلا'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS + paragraph("&j;"),
        '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>' + paragraph("&file;"),
        '<!DOCTYPE x [<!ENTITY page SYSTEM "http://127.0.0.1:1/x">]>' + paragraph("&page;"),
        '<!DOCTYPE x [<!ENTITY % out SYSTEM "file:///etc/passwd">%out;]>' + paragraph("أهلا"),
        '<!DOCTYPE x [<! ENTITY a "b">]>' + paragraph("أهلا"),
    ],
    ids=["billion laughs", "a file", "an address", "a parameter entity", "a blank"],
)
def test_xml_entities_are_refused(document: str) -> None:
    with pytest.raises(BadInput, match=r"entities|well-formed"):
        translate_document(word(document), "x.docx", shout)


def test_entities_in_other_encodings_are_refused_too() -> None:
    document = '<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS + paragraph("&j;")
    with pytest.raises(BadInput, match="entities"):
        parse_xml(document.encode("utf-16"))


def test_an_outside_document_type_is_not_fetched() -> None:
    document = '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + paragraph("أهلا")
    made, _ = translate_document(word(document), "x.docx", shout)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        part = archive.read("word/document.xml").decode()
    assert "root:" not in part
    assert "English" in part


def test_broken_and_endlessly_nested_xml_is_refused() -> None:
    with pytest.raises(BadInput, match="not well-formed"):
        translate_document(word("<w:document"), "x.docx", shout)
    with pytest.raises(BadInput, match="not well-formed"):
        parse_xml(b"<a>" * 100_000 + b"</a>" * 100_000)


def test_xinclude_and_remote_pictures_are_left_as_they_stand() -> None:
    document = paragraph("أهلا").replace(
        "</w:body>",
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/></w:body>',
    )
    made, _ = translate_document(word(document), "x.docx", shout)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"root:" not in archive.read("word/document.xml")


# --- Texts -----------------------------------------------------------------------------------------------


def test_texts_in_arabic_code_pages_are_read_and_come_out_as_utf8() -> None:
    arabic = "وصل الرئيس إلى بيروت أمس، وقال إن بلاده تدعم السلام."
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1256", "iso8859_6"):
        made, name = translate_document(arabic.encode(encoding), "خبر.txt", shout)
        assert made.decode("utf-8-sig") == "English"
        assert name == "خبر.en.txt"
    page = f'<meta charset="windows-1256"><p>{arabic}</p>'.encode("cp1256")
    assert translate_document(page, "x.html", shout)[0] == b'<meta charset="utf-8"><p>English</p>'


def test_a_text_keeps_its_lines_and_its_blanks() -> None:
    made, _ = translate_document("\r\nأهلا\r\n\r\n  وصل الرئيس.\r\n2024\r\n".encode(), "x.txt", shout)
    assert made == b"\r\nEnglish\r\n\r\n  English\r\n2024\r\n"


def test_nothing_to_translate_is_an_error() -> None:
    for data, name in (
        (b"English", "x.txt"),
        (b"<p>English</p>", "x.html"),
        (word(paragraph("English")), "x.docx"),
    ):
        with pytest.raises(Untranslatable, match="No Arabic text was found"):
            translate_document(data, name, shout)
    with pytest.raises(BadInput):
        translate_document(b"  \n", "x.txt", shout)


def test_an_article_is_read_from_text_and_pages() -> None:
    article = read_article("وصل الرئيس.\n\nوقال إنه سعيد.".encode(), "/tmp/خبر.txt")
    assert (article.id, article.source, len(article.segments)) == ("خبر", "خبر.txt", 2)
    assert (
        read_article(
            "<nav>قائمة</nav><article><h1>وصل الرئيس</h1><p>وقال إنه سعيد جدا بهذا الاستقبال الكبير في المطار.</p></article>".encode(),
            "x.html",
        ).title
        == "وصل الرئيس"
    )
