"""Numbers are found wherever and however Arabic and English write them."""

import random
from fractions import Fraction

import pytest

from translate.number_words import look_up, silent
from translate.numbers import numbers


def values(text: str) -> list[Fraction]:
    return [number.value for number in numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("بمشاركة 22 دولة", [22]),
        ("بمشاركة ٢٢ دولة", [22]),
        ("در ۱۴۰۲ سال", [1402]),
        ("ارتفع إلى ٣٫٥", [Fraction(7, 2)]),
        ("rose to 3.5", [Fraction(7, 2)]),
        ("خسر ١٬٢٣٤٬٥٦٧ صوتا", [1234567]),
        ("lost 1,234,567.5 votes", [Fraction(2469135, 2)]),
        ("paid 12\u2009500 euros", [12500]),
        ("paid 1.500.000 euros", [1500000]),
        ("بنسبة 3,5 في المئة", [Fraction(7, 2)]),
        ("خلال الفترة 2019-2023 على التوالي", [2019, 2023]),
        ("الساعة 10:30 صباحا", [10, 30]),
        ("في 12.05.2019", [12, 5, 2019]),
        ("القوائم 1,2,3", [1, 2, 3]),
        ("نمو 50% ثم ٧٪", [50, 7]),
    ],
)
def test_digits_of_every_kind_are_read_exactly(text: str, expected: list[int]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("الـ32 دولة", 32),
        ("و86000 محرر", 86000),
        ("قمة G20", 20),
        ("طائرات إف-16", 16),
        ("F-16 jets", 16),
        ("جائحة كوفيد-19", 19),
        ("the 3rd summit", 3),
        ("in the 1930s", 1930),
    ],
)
def test_a_number_may_touch_letters(text: str, expected: int) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("arabic", "english", "value"),
    [
        ("250 مليون", "250 million", 250 * 10**6),
        ("٣٫٥ مليار", "$3.5bn", 3_500_000_000),
        ("2 تريليون", "2 trillion", 2 * 10**12),
        ("100 ألف", "100 thousand", 100_000),
        ("5 آلاف", "five thousand", 5000),
        ("12 ألفًا", "twelve thousand", 12_000),
        ("٤ ملايين و300 ألف", "4.3 million", 4_300_000),
        ("مليونين و200 ألف", "2.2 million", 2_200_000),
        ("ألف و200", "1,200", 1200),
        ("مليون ونصف", "a million and a half", 1_500_000),
        ("مليون ونصف المليون", "one and a half million", 1_500_000),
        ("ثلاثة ملايين ونصف المليون", "three and a half million", 3_500_000),
        ("نصف مليون", "half a million", 500_000),
        ("مئة وخمسين ألفا", "one hundred and fifty thousand", 150_000),
        ("مئتين وخمسين ألفاً", "two hundred and fifty thousand", 250_000),
        ("عشرين مليون", "€20m", 20_000_000),
        ("عشرة آلاف", "10K", 10_000),
    ],
)
def test_scaled_numbers_have_one_value_in_both_languages(arabic: str, english: str, value: int) -> None:
    assert values(arabic) == values(english) == [value]


@pytest.mark.parametrize(
    ("arabic", "english", "value"),
    [
        ("ثلاثة عشر", "thirteen", 13),
        ("إحدى عشرة", "eleven", 11),
        ("اثنتي عشرة", "twelve", 12),
        ("وخمسة وعشرين", "twenty-five", 25),
        ("خمسٌ وعشرون", "twenty five", 25),
        ("مئتين", "two hundred", 200),
        ("مائة وواحد", "one hundred and one", 101),
        ("خمسمئة", "five hundred", 500),
        ("خمس مائة", "five hundred", 500),
        ("ثمانمائة وتسعين", "eight hundred and ninety", 890),
        ("ألف وتسعمئة وخمسة وأربعين", "one thousand nine hundred and forty-five", 1945),
        ("ألفين وثلاثة وعشرين", "two thousand and twenty-three", 2023),
        ("مليونين", "two million", 2_000_000),
        ("أربعة وعشرين", "two dozen", 24),
        ("ستة", "half a dozen", 6),
        ("صفر", "zero", 0),
        ("مئة وأحد عشر", "a hundred and eleven", 111),
    ],
)
def test_spelled_out_cardinals_are_read(arabic: str, english: str, value: int) -> None:
    assert values(arabic) == values(english) == [value]


@pytest.mark.parametrize(
    ("arabic", "english", "value"),
    [
        ("السنة الثالثة على التوالي", "the third year in a row", 3),
        ("القرن التاسع عشر", "the nineteenth century", 19),
        ("القرن الحادي والعشرين", "the twenty-first century", 21),
        ("الذكرى العشرون", "the twentieth anniversary", 20),
        ("للمرة الأولى", "for the first time", 1),
        ("الدورة الثانية", "the second session", 2),
    ],
)
def test_ordinals_are_the_numbers_they_count(arabic: str, english: str, value: int) -> None:
    assert values(arabic) == values(english) == [value]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("في ثلاثينيات القرن العشرين", 1930),
        ("في خمسينيات القرن الماضي", 1950),
        ("ثمانينيات القرن التاسع عشر", 1880),
    ],
)
def test_a_decade_with_its_century_is_its_first_year(text: str, year: int) -> None:
    assert values(text) == [year]


def test_the_first_end_of_a_range_shares_the_scale_of_the_second() -> None:
    assert values("بين 20 و30 مليون دولار") == [20_000_000, 30_000_000]
    assert values("20-30 million dollars") == [20_000_000, 30_000_000]
    assert values("من 100 إلى 3 ملايين") == [100, 3_000_000]


def test_numbers_side_by_side_stay_apart() -> None:
    assert values("ثلاثة وأربعة") == [3, 4]
    assert values("أول عشرة فائزين") == [1, 10]
    assert values("مليون وثلاثة ملايين") == [1_000_000, 3_000_000]
    assert values("250 million and $3.5bn and 2 others") == [250_000_000, 3_500_000_000, 2]
    assert values("3.5 مليار و250 مليون و4 مليارات") == [3_750_000_000, 4_000_000_000]


@pytest.mark.parametrize(
    "text",
    [
        "قبل عامين ومرتين",
        "آلاف المتظاهرين ومئات الجرحى وعشرات القتلى",
        "الكاتب الذي ألّف روايتين",
        "ألف الكاتب رواية جديدة",
        "متحور ألفا ينتشر",
        "سيارة ألفا روميو",
        "دفع مليونا من الدولارات",
        "دفع ألفاً يوم أمس",
        "لست هنا، ولم يحضر أحد",
        "انتظر ثانية",
        "thousands, dozens and a half",
        "an m and a bn",
        "",
    ],
)
def test_indefinite_amounts_and_look_alikes_are_no_numbers(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("قتل ألفا شخص", 2000),
        ("وألفا جندي", 2000),
        ("سعره مليونا دولار", 2_000_000),
        ("خصصت مليارا دولار", 2 * 10**9),
        ("مئة ألفا دولار", 100_000),
        ("وصل ألف العام الماضي", 1000),
    ],
)
def test_a_dual_of_thousand_is_told_by_what_it_counts(text: str, value: int) -> None:
    assert values(text) == [value]


def test_per_cent_is_not_a_hundred() -> None:
    assert values("خمسة في المئة وعشرون بالمئة") == [5, 20]


def test_metres_are_not_millions() -> None:
    assert values("a 10m wall for $10m") == [10, 10_000_000]


def test_each_number_says_where_it_stands_and_how_it_is_written() -> None:
    text = "تبلغ قيمتها حوالي 250 مليون دولار أسترالي (167 مليون دولار أمريكي)."
    first, second = numbers(text)
    assert first.text == text[first.start : first.end] == "250 مليون"
    assert second.text == text[second.start : second.end] == "167 مليون"
    assert first.scaled
    assert first.in_digits
    assert not numbers("مليونان")[0].in_digits


def test_nothing_crashes_the_reader() -> None:
    chance = random.Random(7)
    parts = [*"0123456789٠٣۵.,٫٬ -–و\u0640\ud800²½$K\n", "ألف", "مليون", "ونصف", "في المئة", "عشر", "القرن"]
    parts += ["twenty", " and ", "a half", "bn", "hundred", "خمسينيات", "واحد", "dozen", "ثانية"]
    for _ in range(1500):
        text = "".join(chance.choices(parts, k=25))
        for number in numbers(text):
            assert text[number.start : number.end] == number.text
            assert number.value >= 0


def test_a_very_long_run_of_digits_is_read_in_parts() -> None:
    assert "".join(number.text for number in numbers("7" * 10_000)) == "7" * 10_000


@pytest.mark.parametrize(
    ("written", "value", "clitics"),
    [
        ("ثلاثين", 30, ""),
        ("وبالثلاثين", 30, "وب"),
        ("فكالمليون", 10**6, "فك"),
        ("للمليون", 10**6, "ل"),
        ("وواحد", 1, "و"),
        ("واحد", 1, ""),
        ("بالمئه", 0, ""),
        ("كتاب", 0, ""),
    ],
)
def test_a_word_is_found_behind_its_clitics(written: str, value: int, clitics: str) -> None:
    word, found = look_up(written)
    assert (word.value, found) == (value, clitics)


@pytest.mark.parametrize("text", ["قال الرئيس إن الاجتماع تأجل.", "And a man, and a half-truth?", "", "كتابٌ"])
def test_sentences_without_a_number_are_told_without_being_read(text: str) -> None:
    assert silent(text) == ("half" not in text)
    assert not numbers(text)


@pytest.mark.parametrize("text", ["ثَلاثَةٌ", "وعشـــرون", "بأَلْفٍ", "Twenty", "THIRTY-first"])
def test_marks_and_capitals_do_not_hide_a_number(text: str) -> None:
    assert not silent(text)
    assert numbers(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1½ ملعقة و¼ كوب", [1.5, 0.25]),
        ("ملحق 400م2 ومساحة 12 km2", [400, 12]),
        ("10^6 وحدة", [10]),
        ("بلغ حوالي 145.7\nمليار دينار", [145_700_000_000]),
    ],
)
def test_fractions_measures_powers_and_broken_lines_are_read(text: str, values: list[float]) -> None:
    assert [float(number.value) for number in numbers(text)] == values
