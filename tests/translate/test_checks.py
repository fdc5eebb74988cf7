"""Faults of a translation are named; good translations pass in silence."""

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from translate.checks import invented_numbers, is_looping, missing_numbers, translatable, warnings

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
DEV = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dev"

AID = "أعلنت الحكومة الأسترالية عن حزمة مساعدات قيمتها 250 مليون دولار أسترالي (167 مليون دولار أمريكي)."
AID_ENGLISH = "The Australian government announced an aid package worth around A$250 million ($167 million)."
FUND = "يمكن أن يكون أحد السبل هو صندوق الابتكار (NIF) ، الذي أنشأه الناتو في يونيو 2022 ، بمشاركة 22 دولة."
FUND_ENGLISH = (
    "One avenue could be the innovation fund (NIF), which NATO set up in June 2022 with 22 countries."
)
QUOTE = 'وكتب الأمين العام على المنصة "إكس" أن ذلك سيرفع التعاون إلى "مستويات غير مسبوقة" (@NATO).'
QUOTE_ENGLISH = (
    'The secretary general wrote on "X" that it would raise cooperation to "unprecedented levels" (@NATO).'
)
LINK = "لا تقدم الشركة الناشرة أي ضمانات بشأن هذا المقال، راجع https://example.com/terms للمزيد من التفاصيل."
LINK_ENGLISH = "The publisher gives no warranty for this article; see https://example.com/terms for details."
GOOD = [(AID, AID_ENGLISH), (FUND, FUND_ENGLISH), (QUOTE, QUOTE_ENGLISH), (LINK, LINK_ENGLISH)]


# --- What is left alone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "target"), GOOD)
def test_a_good_translation_raises_no_warning(source: str, target: str) -> None:
    assert warnings(source, target) == ()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "***",
        "2019-2023",
        "٢٠٢٤ / ٥",
        "https://example.com/خبر",
        "press@example.com",
        "@NATO",
        "#حلف_الناتو #الأمن_العالمي",
        "😀 👍🏽",
        "NATO",
        "Reuters (London) – 12:30",
        "ـــــ ًٌٍ",
        "北约",
    ],
)
def test_lines_without_arabic_words_are_copied_and_raise_nothing(line: str) -> None:
    assert not translatable(line)
    assert warnings(line, line) == ()


@pytest.mark.parametrize(
    "line", ["أمن متشابك", "وصل 3 جنود 😀", "(SeaPRwire) – واشنطن", "أ", "ﷲ", "#وسم جديد"]
)
def test_lines_with_arabic_words_are_translated(line: str) -> None:
    assert translatable(line)


def test_every_article_line_of_the_seeds_is_translatable() -> None:
    lines = [line for path in SEEDS.glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()]
    assert sum(map(bool, map(str.strip, lines))) > 70
    assert all(translatable(line) for line in lines if line.strip())


# --- Numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("قتل ١٧ شخصا", "17 people were killed"),
        ("قتل 17 شخصا", "Seventeen people were killed"),
        ("قتل سبعة عشر شخصا", "17 people were killed"),
        ("بقيمة 250 مليون دولار", "worth 250,000,000 dollars"),
        ("بقيمة 0.25 مليار دولار", "worth $250m"),
        ("مليون ونصف المليون لاجئ", "1.5 million refugees"),
        ("12.500 مشجع", "12,500 fans"),
        ("في ثلاثينيات القرن العشرين", "in the 1930s"),
        ("الملك لويس السادس عشر", "King Louis XVI"),
        ("في الساعة 20:30", "at 8:30 pm"),
        ("موسم 2018-2019", "the 2018-19 season"),
        ("بلغت النسبة 50%", "it reached half"),
        ("أكثر من 24 جائزة", "more than two dozen awards"),
        ("قبل ألف عام", "in a thousand-year-old story"),
        ("الدول الـ32", "the 32 countries"),
        ("يعيش هنا ألفا موظف", "a couple of thousand staff live here"),
        ("الحادية عشرة والنصف", "11:30"),
        ("تبدأ الساعة 11:30", "it starts at half past eleven"),
        ("أحد عشر لاعبا وأحد الحكام", "the players and one of the referees"),
    ],
)
def test_a_number_may_be_said_in_any_form(source: str, target: str) -> None:
    assert missing_numbers(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        ("قتل 17 شخصا", "People were killed", ["17"]),
        ("قتل ١٧ شخصا", "71 people were killed", ["١٧"]),
        ("بقيمة 250 مليون دولار", "worth 250 billion dollars", ["250 مليون"]),
        ("بقيمة 250 مليون دولار", "worth 250 dollars", ["250 مليون"]),
        ("خمسة وعشرون جريحا", "Many were wounded", ["خمسة وعشرون"]),
        ("خلال الفترة 2019-2023", "in the period 2019-2022", ["2023"]),
        ("أكثر من 6500 متجر و 86000 محرر، و3.5 مليون قارئ", "6500 shops and 3.5 million readers", ["86000"]),
        ("اللغات 3 و3 و3", "the languages", ["3"]),
        ("عام 1919", "in 2019", ["1919"]),
        ("حضر 12,500 مشجع", "12.500 fans came", ["12,500"]),
        ("خسر 35 مقعدا", "lost 3.5 seats", ["35"]),
        ("قتل ألفا شخص في الزلزال", "Alfa people were killed in the earthquake", ["ألفا"]),
    ],
)
def test_a_number_that_is_not_said_is_missing(source: str, target: str, missing: list[str]) -> None:
    assert missing_numbers(source, target) == missing


def test_small_numbers_in_words_are_not_missed() -> None:
    assert missing_numbers("أحد القادة الثلاثة في إحدى المرتين", "A leader, on one occasion") == []


@pytest.mark.parametrize(
    ("source", "target", "invented"),
    [
        ("قتل جنود", "17 soldiers were killed", ["17"]),
        ("قتل 17 جنديا", "17 of 40 soldiers were killed", ["40"]),
        ("سجل هدفين", "He scored 2 goals", []),
        ("قبل ثلاث سنوات", "3 years ago", []),
        ("وصل ألفا جندي إلى الحدود", "Two thousand soldiers arrived at the border", []),
        ("الحادية عشرة والنصف", "11:30", []),
        ("الثامنة والنصف مساء", "20:30", []),
        ("الحادية عشرة والنصف", "11:45", ["11", "45"]),
        ("في مارس", "in March", []),
    ],
)
def test_a_number_from_nowhere_is_invented(source: str, target: str, invented: list[str]) -> None:
    assert invented_numbers(source, target) == invented


def test_digits_inside_a_url_are_not_numbers_of_the_sentence() -> None:
    assert missing_numbers("اقرأ https://example.com/2024/17", "Read it") == []


# --- Loops -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "the the the the",
        "He said the the the the the the minister came",
        "in the region in the region in the region",
        "The alliance will continue to support Ukraine, will continue to support Ukraine.",
        "He said that the two sides agreed. And then he said that the two sides agreed. "
        "And then he said that the two sides agreed.",
        "hahahahahahahaha",
        "a 27-year-year-year-year-year old",
        "of the products of the products of the",
        "worth 1000000000000000000000000 dollars",
        "went to to to the city",
        "The minister - - - - - - - -",
    ],
)
def test_a_decoder_caught_in_a_loop_is_noticed(text: str) -> None:
    assert is_looping(text)


@pytest.mark.parametrize(
    "text",
    [
        "step by step",
        "No, no, no!",
        "more and more and more people",
        "time after time after time",
        "It had had an effect, and that that was clear.",
        "From Japan, South Korea, New Zealand and Australia",
        "a 6-4, 6-4, 6-2 win",
        "worth 1,000,000,000 dollars",
        "Wait... what?",
        "",
    ],
)
def test_ordinary_repetition_is_no_loop(text: str) -> None:
    assert not is_looping(text)


def test_repetition_is_excused_by_a_source_that_repeats_as_much() -> None:
    source = "لا لا لا لا للحرب، لا لا لا لا للحرب"
    chorus = "no no no no to war, no no no no to war"
    assert is_looping(chorus)
    assert not is_looping(chorus, source)
    assert is_looping("no no no no no no no no no no to war", source)


def test_a_small_repetition_in_the_source_does_not_excuse_a_long_loop() -> None:
    source = "تقدم الجيش خطوة خطوة نحو المدينة التي يسيطر عليها المسلحون منذ أعوام"
    target = "The army advanced towards the city that it held, towards the city that it held, " * 2
    assert is_looping(target, source)


# --- Sentences for people ----------------------------------------------------------------------------------


def test_an_empty_translation_is_said_to_be_empty_and_nothing_else() -> None:
    assert warnings(AID, " \n") == ("The translation is empty.",)


@pytest.mark.parametrize("target", [AID, AID.replace(" ", "  "), "أعلنت الحكومة عن مساعدات"])
def test_a_copied_source_is_said_to_be_untranslated(target: str) -> None:
    assert warnings(AID, target) == ("The sentence was not translated.",)


def test_every_fault_has_its_sentence_in_a_fixed_order() -> None:
    source = 'قال الوزير "مارلز" إن 17 دولة من AUKUS ستحضر (انظر www.nato.int) القمة المقبلة.'
    target = 'Minister مارلز said the the the the the 40 countries ( would attend "the coming summit.'
    assert warnings(source, target) == (
        "Arabic is left in the translation: “مارلز”.",
        "The translation repeats itself: “the the the”.",
        "17 is missing from the translation.",
        "40 is in the translation but not in the Arabic.",
        "www.nato.int is missing from the translation.",
        "AUKUS is missing from the translation.",
        "A quotation mark in the translation has no partner.",
        "A bracket in the translation has no partner.",
    )


def test_numbers_are_named_as_english_writes_them_and_as_they_stand() -> None:
    assert "250,000,000 (“250 مليون”) is missing from the translation." in warnings(
        AID, "Aid of $167 million."
    )
    assert warnings("قتل ١٧ جنديا", "Soldiers were killed") == ("17 (“١٧”) is missing from the translation.",)


def test_a_monstrous_number_is_named_shortly() -> None:
    said = warnings("دفع الثمن", f"The price of {'12345' * 60}.{'7' * 300} billion was paid")
    assert "“12345123451234512345123451234…” is in the translation but not in the Arabic." in said
    assert all(len(sentence) < 130 for sentence in said)


def test_a_cut_translation_is_given_in_words() -> None:
    assert warnings(QUOTE, "The secretary general (@NATO).") == (
        "The translation may be cut short: 4 words for 15 in Arabic.",
    )


def test_a_translation_that_stops_in_the_middle_is_noticed_by_its_missing_stop() -> None:
    source = "وقال الرئيس إن التضامن بين الدول أصبح أكثر أهمية من أي وقت مضى عند مواجهة التحديات."
    target = "The president said that solidarity among countries has become"
    assert warnings(source, target) == ("The translation may be cut short: it ends without a full stop.",)


def test_vowel_marks_and_tatweel_make_no_sentence_longer() -> None:
    vowelled = "قَالَ الرَّئِيسُ إِنَّ الْبِلَادَ سَتَشْهَدُ انْتِخَابَاتٍ مُبَكِّرَةً فِي الرَّبِيـــــــعِ الْمُقْبِلِ."
    assert warnings(vowelled, "The president said the country will hold early elections next spring.") == ()
    assert warnings(vowelled, "The president spoke.") == (
        "The translation may be cut short: 3 words for 10 in Arabic.",
    )


def test_a_translation_that_talks_on_is_noticed() -> None:
    target = "The networked security that we have all been talking about for so many years now in this place."
    assert warnings("أمن متشابك", target) == ("The translation may say too much: 18 words for 2 in Arabic.",)


def test_hashtags_that_are_kept_are_not_arabic_left_over() -> None:
    assert warnings("قمة الحلف #حلف_الناتو", "Alliance summit #حلف_الناتو") == ()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("طائرة F-16", "an F16 jet"),
        ("تحالف Aukus", "the AUKUS pact"),
        ("سجل مؤشر S&P 500 ارتفاعا.", "The S&P 500 index rose."),
        ("أعلنت AT&T و H&M ذلك.", "AT&T and H&M announced it."),
        ("قالت شبكة BBC إن الحرب قد تطول.", "The BBC's correspondent says the war may be long."),
        ("أرسلت واشنطن مقاتلات F-16 إلى المنطقة.", "Washington sent F-16s to the region."),
        ("أطلقت أداة تعتمد على AI للبحث.", "It launched an AI-powered search tool."),
    ],
)
def test_latin_names_may_change_case_hyphens_and_endings(source: str, target: str) -> None:
    assert warnings(source, target) == ()


def test_a_short_latin_name_inside_another_word_is_missing() -> None:
    assert warnings("أداة تعتمد على AI", "It said the tool") == ("AI is missing from the translation.",)


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        ("صفقة بقيمة 3 مليارات € في ألمانيا", "a deal worth 3 billion x in Germany", ["€"]),
        ("غرامة قدرها 500 £ على السائق", "a fine of 500 x on the driver", ["£"]),
        ("وصلت إلى 45° في بغداد", "it reached 45x in Baghdad", ["°"]),
        ("التقى شي (习近平) بوتين (Путин)", "Xi (x) met Putin (x)", ["习近平", "Путин"]),
        ("جائزة ★ ½ © الناشر", "a prize ½ x publisher", ["★", "©"]),
    ],
)
def test_a_sign_or_foreign_word_that_is_not_said_is_missing(
    source: str, target: str, missing: list[str]
) -> None:
    assert warnings(source, target) == tuple(f"{one} is missing from the translation." for one in missing)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("بلغت القيمة 500 €", "it was worth EUR 500"),
        ("بلغت القيمة 500 €", "it was worth 500 euros"),
        ("بلغت القيمة 500 £", "it was worth 500 pounds"),
        ("بلغت القيمة $500", "it was worth 500 dollars"),
        ("وصلت إلى 45° في بغداد", "it reached 45 degrees in Baghdad"),
        ("وصلت إلى 45 °م في بغداد", "it reached 45 C in Baghdad"),
        ("بلغت 500 ﷼", "it was 500 rials"),
        ("قال (Путин) ذلك", "(Путин) said it"),
        ("بسم الله ﷽", "In the name of God"),
    ],
)
def test_a_sign_may_be_said_in_english(source: str, target: str) -> None:
    assert warnings(source, target) == ()


def test_a_telephone_number_is_missed_as_a_whole() -> None:
    source = "للتواصل واتساب: +962 7 9999 9999"
    assert warnings(source, "WhatsApp: +962 7 9999 9999") == ()
    assert warnings(source, "WhatsApp: +962 7 9999") == ("+962 7 9999 9999 is missing from the translation.",)
    assert missing_numbers("اتصل على ‎0800 555 111", "call 555 111 0800") == []


def test_unpaired_marks_are_excused_where_the_arabic_has_them_too() -> None:
    source = 'وبحسب معهد "ستوكهولم الدولي لأبحاث السلام، فإن أستراليا في المركز العاشر.'
    assert warnings(source, 'According to the "Stockholm institute, Australia is in tenth place.') == ()


# --- Planted faults ----------------------------------------------------------------------------------------

FAULTS: list[tuple[str, int, Callable[[str], str], str]] = [
    ("number changed", 0, lambda t: t.replace("250", "260"), "250 مليون"),
    ("number dropped", 0, lambda t: t.replace(" ($167 million)", ""), "167 مليون"),
    ("digit lost", 1, lambda t: t.replace("2022", "202"), "2022"),
    ("digits swapped", 1, lambda t: t.replace("2022", "2202"), "2022"),
    ("scale changed", 0, lambda t: t.replace("250 million", "250 billion"), "250 مليون"),
    ("scale dropped", 0, lambda t: t.replace("A$250 million", "A$250"), "250 مليون"),
    ("number added", 2, lambda t: t.replace("levels", "levels in 35 countries"), "35"),
    ("count changed", 1, lambda t: t.replace("22 countries", "28 countries"), "22"),
    ("word loop", 0, lambda t: t.replace("aid", "aid aid aid aid aid"), "repeats"),
    ("phrase loop", 1, lambda t: t.replace("the innovation fund", "the fund the fund the fund"), "repeats"),
    (
        "clause loop",
        2,
        lambda t: t + " It would raise cooperation to it would raise cooperation to.",
        "repeats",
    ),
    ("sentence loop", 3, lambda t: f"{t} {t}", "repeats"),
    ("syllable loop", 0, lambda t: t.replace("package", "pack" + "age" * 9), "repeats"),
    ("dash loop", 3, lambda t: t + " - - - - - - - -", "repeats"),
    ("half, no stop", 0, lambda t: t[: len(t) // 2], "cut short"),
    ("half, no stop", 1, lambda t: t[: len(t) // 2], "cut short"),
    ("half, with stop", 2, lambda t: t[: len(t) // 2] + ".", "cut short"),
    ("two thirds", 3, lambda t: t[: len(t) * 2 // 3], "cut short"),
    ("one word", 0, lambda _: "Australia.", "cut short"),
    ("Arabic name left", 0, lambda t: t.replace("Australian", "الأسترالية"), "الأسترالية"),
    ("Arabic word left", 1, lambda t: t.replace("fund", "صندوق"), "صندوق"),
    ("Arabic comma word", 3, lambda t: t.replace("details", "التفاصيل"), "التفاصيل"),
    (
        "URL dropped",
        3,
        lambda t: t.replace("https://example.com/terms", "the site"),
        "https://example.com/terms",
    ),
    ("URL changed", 3, lambda t: t.replace("/terms", "/term"), "https://example.com/terms"),
    ("@name dropped", 2, lambda t: t.replace(" (@NATO)", ""), "@NATO"),
    ("@name without @", 2, lambda t: t.replace("@NATO", "NATO"), "@NATO"),
    ("acronym dropped", 1, lambda t: t.replace(" (NIF)", ""), "NIF"),
    ("acronym spoilt", 1, lambda t: t.replace("NIF", "NFI"), "NIF"),
    ("quotation mark lost", 2, lambda t: t.replace('levels"', "levels"), "quotation mark"),
    ("bracket lost", 0, lambda t: t.replace("(", ""), "bracket"),
    ("bracket added", 1, lambda t: t + ")", "bracket"),
    ("empty", 0, lambda _: "", "empty"),
    ("blank", 1, lambda _: " \t", "empty"),
    ("copied", 2, lambda _: QUOTE, "not translated"),
    ("Arabic paraphrase", 3, lambda _: "لا ضمانات لهذا المقال", "not translated"),
    ("rambling", 3, lambda t: t + " " + AID_ENGLISH + " " + QUOTE_ENGLISH, "250,000,000"),
]


@pytest.mark.parametrize(("fault", "pair", "spoil", "said"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_planted_fault_is_named(fault: str, pair: int, spoil: Callable[[str], str], said: str) -> None:
    source, target = GOOD[pair]
    assert spoil(target) != target, fault
    assert any(said in warning for warning in warnings(source, spoil(target)))


# --- Measured on the development sets ----------------------------------------------------------------------


def dev_pairs(name: str) -> list[tuple[str, str]]:
    if not (DEV / f"{name}.ar").exists():
        pytest.skip("the development sets are not beside the project")
    arabic, english = (
        (DEV / f"{name}.{end}").read_text(encoding="utf-8").splitlines() for end in ("ar", "en")
    )
    return list(zip(arabic, english, strict=True))


KINDS = {
    "copied or empty": "not translated|is empty",
    "Arabic left": "Arabic is left",
    "repetition": "repeats itself",
    "length": "cut short|too much",
    "numbers": r"^[\d.,]+ .*(missing|but not in)",
    "names and addresses": r"^[^\d].* is missing",
    "punctuation": "no partner",
}


@pytest.mark.parametrize("name", ["flores-dev", "ntrex-news-dev"])
def test_human_translations_raise_almost_no_warnings(name: str) -> None:
    """At most 3 % of the pairs, and 1 % for each kind; misaligned and misspelt pairs of the sets included."""
    pairs = dev_pairs(name)
    alarms: Counter[str] = Counter()
    for source, target in pairs:
        said = warnings(source, target)
        alarms["any"] += bool(said)
        alarms.update(kind for kind, form in KINDS.items() if any(re.search(form, text) for text in said))
    assert alarms["any"] <= 0.03 * len(pairs)
    assert {
        kind: count for kind, count in alarms.items() if kind != "any" and count > 0.01 * len(pairs)
    } == {}


def cut(target: str) -> str:
    words = target.split()
    return " ".join(words[: len(words) // 2])


def loop(target: str) -> str:
    words = target.split()
    return " ".join([*words[:5], *words[1:5] * 3, *words[5:]])


def change_digit(target: str) -> str:
    return re.sub(r"(?<![\d.,])[1-9]", lambda match: str(int(match.group()) % 9 + 1), target, count=1)


@pytest.mark.parametrize(
    ("spoil", "recall"),
    [(cut, 0.97), (loop, 0.99), (change_digit, 0.9), (lambda target: f"{target} وأضاف", 1.0)],
    ids=["cut in half", "looping", "a digit changed", "Arabic left"],
)
def test_most_planted_faults_are_found(spoil: Callable[[str], str], recall: float) -> None:
    pairs = [pair for pair in dev_pairs("flores-dev") if len(pair[0].split()) >= 8 and not warnings(*pair)]
    faults = [(source, spoil(target)) for source, target in pairs if spoil(target) != target]
    assert len(faults) > 100
    assert sum(bool(warnings(*fault)) for fault in random.Random(1).sample(faults, 100)) >= 100 * recall


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("مليار و200 مليون دولار وزعت.", "One billion and $200 million was handed out."),
        ("قيمتها خمسون ألفا ومئتان وثلاثة وعشرون.", "It is worth fifty thousand, two hundred, twenty-three."),
        ("يضاف 1½ ملعقة و¼ كوب.", "Add 1.5 spoons and a quarter cup."),
        ("ينقع الأرز ½ ساعة.", "The rice is soaked for half an hour."),
        ("يتكون CO₂ في الهواء.", "CO2 forms in the air."),
        ("كتب أينشتاين E=mc² عام 1905.", "Einstein wrote E = mc2 in 1905."),
        ("سرعة الضوء 3×10⁸ تقريبا.", "The speed of light is roughly 3x10^8."),
        ("مساحة الحقل 12 كم² فقط.", "The field is only 12 square kilometers."),
        ("وقع الاتفاق في 15/5/1948.", "The deal was signed on 5/15/1948."),
        ("قطع المسافة في 2:05:13 ساعة.", "He covered it in 2 hours, 05 minutes and 13 seconds."),
    ],
)
def test_sums_fractions_formulas_and_dates_may_be_said_otherwise(source: str, target: str) -> None:
    assert warnings(source, target) == ()


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        ("يضاف 1½ ملعقة.", "Add 1 spoon.", "1.5 (“1½”)"),
        ("يتكون CO₂ في الهواء.", "CO forms in the air.", "₂"),
        ("راجع البند § 5 من القانون.", "See the x 5 of the law.", "§"),
        ("بدقة 9.9 ± 5.", "With a precision of 9.9 x 5.", "±"),
        ("[00:00:05] أهلا بكم.", "[00:00:00:05] Welcome.", "00:00:05"),
        ("من 1/7/2024 حتى 15/7/2024.", "From 1/7/2024 to 15/2024.", "15/7/2024"),
    ],
)
def test_figures_and_signs_that_turned_into_others_are_missed(source: str, target: str, missing: str) -> None:
    assert f"{missing} is missing from the translation." in warnings(source, target)


def test_a_price_after_an_at_sign_is_no_name() -> None:
    assert warnings("245 حصانا @ 5,500 دورة.", "245 horses @5,500 rpm.") == ()


@pytest.mark.parametrize(
    "source",
    [
        "دولت ایران اعلام کرد که مذاکرات هسته‌ای ادامه خواهد داشت.",
        "رئیس جمهور در سخنرانی خود گفت مردم باید از حقوق خود آگاه باشند.",
        "هوا امروز سرد است و برف می‌بارد.",
        "وزیر اعظم نے کہا ہے کہ انتخابات وقت پر ہوں گے۔",
        "سەرۆکی هەرێم لە هەولێر پێشوازی لە شاندێک کرد.",
        "ولسمشر ويلي چې سوله به راشي او جګړه به پای ته ورسېږي.",
    ],
)
def test_another_language_in_arabic_letters_is_named(source: str) -> None:
    assert "such as Persian or Urdu" in warnings(source, "Something was said about the country in full.")[0]


@pytest.mark.parametrize(
    "source",
    [
        "قال الرئيس الایرانی ان بلاده سترد علی ای هجوم.",  # Arabic from a Persian keyboard.
        "گال چا ما چان گاعد بالبيت، والپارك چبير.",  # Iraqi.
        "زار الوفد مدينة هەولێر ثم عاد إلى بغداد مساء أمس.",
        "وقال إن الكاتبة مي زيادة عاشت في هذا البيت ومعها كتب بالفارسية عنوانها «است».",
    ],
)
def test_arabic_with_letters_of_its_neighbours_is_arabic(source: str) -> None:
    assert not any("Persian" in warning for warning in warnings(source, "A sentence of about this length."))
