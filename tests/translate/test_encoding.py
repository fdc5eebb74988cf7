from pathlib import Path

import pytest

from translate.encoding import arabic_share, decode
from translate.errors import BadInput, UndecodableInput

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
HEADLINES = (
    "قمة طارئة في القاهرة",
    "غارات جديدة على خاركيف",
    "وزير النفط يستقيل من منصبه",
    "هل تنخفض أسعار القمح؟",
    "«لا» كبيرة في الاستفتاء",
    "ثلوج كثيفة تعطل مطار بيروت",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"])
@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_a_seed_is_the_same_text_in_every_encoding(seed: Path, encoding: str) -> None:
    text = seed.read_text(encoding="utf-8")
    # The code page lacks two marks of the seeds; what it has must come back.
    text = "".join(c for c in text if c.encode(encoding, "ignore"))
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_a_seed_in_iso_8859_6_is_not_taken_for_windows_1256(seed: Path) -> None:
    text = "".join(c for c in seed.read_text(encoding="utf-8") if c.encode("iso8859_6", "ignore"))
    assert decode(text.encode("iso8859_6")) == text


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859_6"])
@pytest.mark.parametrize("headline", HEADLINES)
def test_a_short_headline_tells_its_code_page_by_its_letters(headline: str, encoding: str) -> None:
    headline = "".join(c for c in headline if c.encode(encoding, "ignore"))
    assert decode(headline.encode(encoding)) == headline


def test_latin_words_and_digits_do_not_hide_a_code_page() -> None:
    text = "AUKUS 2021: NATO, NHK, SeaPRwire\nاتفاقية أمنية بين ثلاث دول"
    assert decode(text.encode("cp1256")) == text
    assert decode(text.encode("iso8859_6")) == text


def test_the_code_page_that_a_page_declares_is_believed_where_the_letters_leave_it_open() -> None:
    # E3 E4 is "من" in Windows-1256 and "كل" in ISO-8859-6: both are words.
    page = b'<html><head><meta charset="%s"></head><body>\xe3\xe4</body></html>'
    assert "من" in decode(page % b"windows-1256")
    assert "كل" in decode(page % b"iso-8859-6")


def test_a_wrong_declaration_does_not_spoil_utf8() -> None:
    page = '<meta charset="windows-1256"><p>قمة في القاهرة</p>'
    assert decode(page.encode()) == page


def test_utf16_without_a_mark_is_known_even_when_it_is_one_word() -> None:
    assert decode("خبر".encode("utf-16-le")) == "خبر"
    assert decode("خبر".encode("utf-16-be")) == "خبر"


def test_ascii_and_nothing_are_utf8() -> None:
    assert decode(b"") == ""
    assert decode(b"Hello, world.\r\n") == "Hello, world.\r\n"
    assert decode(b"\xef\xbb\xbf") == ""


def test_truncated_utf8_names_the_byte_where_it_breaks_off() -> None:
    data = "قال الرئيس".encode()[:-1]
    with pytest.raises(UndecodableInput, match=f"byte offset 17 of {len(data)}") as caught:
        decode(data)
    assert (
        caught.value.offset == 17
    )  # Nine letters of two bytes and a space are 19; the last one lacks a byte.


def test_damaged_utf8_is_not_read_as_a_code_page() -> None:
    good = "أعلنت الوزارة خطتها الجديدة.".encode()
    with pytest.raises(UndecodableInput) as caught:
        decode(good + b"\xff" + good)
    assert caught.value.offset == len(good)


def test_half_a_character_of_utf16_is_damage() -> None:
    with pytest.raises(UndecodableInput, match="UTF-16"):
        decode("خبر عاجل".encode("utf-16")[:-1])


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "docx"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG image"),
        (b"{\\rtf1\\ansi\\ansicpg1256 \\'c7}", "rich-text"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "binary file"),
        ("نص\0فيه صفر".encode(), "binary file"),
        (bytes(range(256)) * 4, "binary file"),
    ],
)
def test_what_is_no_text_is_named_with_a_remedy(data: bytes, looks_like: str) -> None:
    with pytest.raises(UndecodableInput, match=looks_like) as caught:
        decode(data)
    assert any(remedy in str(caught.value) for remedy in ("Save", "save", "Unpack", "Type"))
    assert isinstance(caught.value, BadInput)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Президент заявил на встрече с министрами", "cp1251"),
        ("Президент заявил на встрече с министрами", "koi8-r"),
        ("ראש הממשלה נפגש עם השרים בירושלים", "cp1255"),
        ("中国外交部发言人在北京表示", "gbk"),
        ("Le président a été réélu à Besançon", "cp1252"),
    ],
)
def test_other_languages_in_other_code_pages_are_refused(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    first = next(i for i, byte in enumerate(data) if byte > 127)
    with pytest.raises(UndecodableInput, match="not UTF-8") as caught:
        decode(data)
    assert caught.value.offset == first


def test_arabic_share_counts_letters_alone() -> None:
    assert arabic_share("AUKUS اتفاق") == 0.5
    assert arabic_share("قمة الناتو، 2024!") == 1.0
    assert arabic_share("2024 - 15%") == 0.0
    assert arabic_share("") == 0.0
    assert arabic_share("\ud800 َ") == 0.0
