import pytest

from translate.normalize import Normalization, spelled_out

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
        ("ھذه الخارجیة الإیرانیة وکوريا", "هذه الخارجية الإيرانية وكوريا"),
        ("ٱلحرب في پاريس وچورچيا وگوگل وڤيينا", "الحرب في باريس وجورجيا وكوكل وفيينا"),
        ("ﯾﻮﻡ ﮐﺎﻣﻞ", "يوم كامل"),
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


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ("بقيمة 3 مليارات € في ألمانيا", "بقيمة 3 مليارات يورو في ألمانيا"),
        ("دفع €20.5 مليون.", "دفع 20.5 مليون يورو."),
        ("دفع 500£ للسائق", "دفع 500 جنيه إسترليني للسائق"),
        ("بلغت 45° في", "بلغت 45 درجة في"),
        ("بلغت 45 °م.", "بلغت 45 درجة مئوية."),
        ("سعر €واليورو", "سعر يورو واليورو"),
        ("دفع $500 و5%", "دفع $500 و5%"),
    ],
)
def test_signs_of_money_and_degrees_become_words(signs: str, words: str) -> None:
    assert spelled_out(signs) == words


def test_the_space_before_an_ellipsis_or_a_number_stays() -> None:
    assert LATIN("قال .5 و ...") == "قال .5 و ..."


@pytest.mark.parametrize("normalization", [Normalization(), LATIN, Normalization(diacritics=True)])
def test_offsets_lead_back_to_the_text(normalization: Normalization) -> None:
    text = "  قال ، “الدعـم” ﻻ ينتهي… پاريس ٣٫٥ ٪ 🇱🇧  "
    normalized, offsets = normalization.with_offsets(text)
    assert normalized == normalization(text)
    assert len(offsets) == len(normalized) + 1
    assert offsets == sorted(offsets)
    for index, character in enumerate(normalized):
        if character.isalpha() and "\u0621" <= character <= "\u064a":
            assert text[offsets[index]] in (character, "ﻻ", "پ")


@pytest.mark.parametrize("text", ["", "\u064e\u064f", "\ud800", "\x00", "\u200f\u200f"])
def test_odd_text_comes_through_or_vanishes_without_an_error(text: str) -> None:
    assert Normalization()(text) in ("", text)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("منقوع ½ ساعة", "منقوع 0.5 ساعة"),
        ("مكافأة 1000$ لكل موظف من US$450 و$65", "مكافأة 1000 دولار لكل موظف من US$450 و$65"),
        ("زاد %50 ثم %2.5 أي 10% من 5% أو %20%", "زاد 50% ثم 2.5% أي 10% من 5% أو %20%"),
        ("عائد 5¾% و⅓ كوب", "عائد 5.75% و1/3 كوب"),
        ("ملحق 400م2 بحي النرجس", "ملحق 400 متر مربع بحي النرجس"),
        ("شروق الشمس 6:49 ص وغروبها 4:52 م.", "شروق الشمس 6:49 صباحا وغروبها 4:52 مساء."),
        ("الندوة 8 ص حتى 5م، والساعة ٩ م", "الندوة 8 صباحا حتى 5 مساء، والساعة ٩ مساء"),
        ("بين 2,5 كم و٣،٥ ملايين و3,75%، وزنه 1,5 كغ", "بين 2.5 كم و٣.٥ ملايين و3.75%، وزنه 1.5 كغ"),
        ("وصل 1,200 متر والمواد 1,2,3 متر و5, 6 م", "وصل 1,200 متر والمواد 1,2,3 متر و5, 6 م"),
        ("على بعد 5 م من الصفحة 12 ص 8 وارتفاع 9م", "على بعد 5 م من الصفحة 12 ص 8 وارتفاع 9م"),
        ("من عام 1914م حتى 15/11/2017م في سباق 1500م", "من عام 1914 حتى 15/11/2017 في سباق 1500م"),
        ("الأحد20يناير2019في عمان", "الأحد 20 يناير 2019 في عمان"),
        ("الجولة ال25 وب5 ملايين، كوفيد19", "الجولة ال25 وب5 ملايين، كوفيد 19"),
    ],
)
def test_what_writers_shorten_or_join_is_spelled_out(written: str, seen: str) -> None:
    assert spelled_out(written) == seen


def test_powers_do_not_become_digits_of_their_number() -> None:
    assert LATIN("سرعة 3×10⁸ وغاز CO₂ ومساحة 12 كم²") == "سرعة 3×10^8 وغاز CO2 ومساحة 12 كم2"


def test_verses_stand_in_quotation_marks_and_without_ornaments() -> None:
    assert LATIN("قال: ﴿إن مع العسر يسرا﴾ ۞ صدق") == 'قال: "إن مع العسر يسرا" صدق'
