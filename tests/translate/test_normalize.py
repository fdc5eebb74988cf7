import pytest

from translate.normalize import Normalization

LATIN = Normalization(latin_punctuation=True)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("الدعم ، ولديها", "الدعم، ولديها"),
        ("قطـــاع تكنولوجي", "قطاع تكنولوجي"),
        ("تغّير المناخ", "تغير المناخ"),
        ("«نص» و“نص” و„نص‟", '"نص" و"نص" و"نص"'),
        ("\u202bقال\u202c\u200f إن\ufeff", "قال إن"),
        ("ﻻ ﺗﻮﺟﺪ محادثات", "لا توجد محادثات"),
        ("فرصة… لديهم", "فرصة... لديهم"),
        ("عام ٢٠٢٤", "عام 2024"),
        ("  كلمة \t\n أخرى  ", "كلمة أخرى"),
        ("سياسيًا – واقتصاديًا", "سياسيا - واقتصاديا"),
    ],
)
def test_the_model_sees_plain_orthography(raw: str, seen: str) -> None:
    assert Normalization()(raw) == seen


def test_alef_ya_and_ta_marbuta_are_never_folded() -> None:
    letters = "أإآا ىي ةه ؤئء"
    assert Normalization()(letters) == letters


def test_diacritics_stay_where_a_model_wants_them() -> None:
    assert Normalization(diacritics=True)("كَتَبَ") == "كَتَبَ"
    assert Normalization(diacritics=False)("كَتَبَ") == "كتب"


def test_arabic_marks_and_digits_can_be_written_in_latin() -> None:
    assert LATIN("هل بلغت ٣٫٥٪ ؟ نعم؛ حقا، نعم") == "هل بلغت 3.5%? نعم; حقا, نعم"


def test_the_space_before_an_ellipsis_or_a_number_stays() -> None:
    assert LATIN("قال .5 و ...") == "قال .5 و ..."


@pytest.mark.parametrize("normalization", [Normalization(), LATIN, Normalization(diacritics=True)])
def test_offsets_lead_back_to_the_text(normalization: Normalization) -> None:
    text = "  قال ، “الدعـم” ﻻ ينتهي… ٣٫٥ ٪ 🇱🇧  "
    normalized, offsets = normalization.with_offsets(text)
    assert normalized == normalization(text)
    assert len(offsets) == len(normalized) + 1
    assert offsets == sorted(offsets)
    for index, character in enumerate(normalized):
        if character.isalpha() and "\u0621" <= character <= "\u064a":
            assert text[offsets[index]] in (character, "ﻻ")


@pytest.mark.parametrize("text", ["", "\u064e\u064f", "\ud800", "\x00", "\u200f\u200f"])
def test_odd_text_comes_through_or_vanishes_without_an_error(text: str) -> None:
    assert Normalization()(text) in ("", text)
