"""URLs, addresses, names, hashtags and emoji come out of a translation as they went in."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from translate.masking import Item, find_items, islands, join, mask

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
PLACEHOLDERS = ["⟦0⟧", "⟦1⟧", "⟦2⟧"]


def seed_line(name: str, start: str) -> str:
    (path,) = SEEDS.glob(f"{name}_*.txt")
    return next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(start))


def found(text: str) -> list[str]:
    return [item.text for item in find_items(text)]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("اقرأ https://example.com/a?b=c&d=%20#e اليوم", "https://example.com/a?b=c&d=%20#e"),
        ("زوروا www.example.com، ثم عودوا", "www.example.com"),
        ("على example.com.", "example.com"),
        ("على موقع Example.co.uk؟", "Example.co.uk"),
        ("القناة t.me/nato_ar!", "t.me/nato_ar"),
        ("(http://1.2.3.4:8080/x)", "http://1.2.3.4:8080/x"),
        ("«https://example.com/ar»", "https://example.com/ar"),
        ('"https://example.com/ar",', "https://example.com/ar"),
        ("https://example.com/خبر_عاجل؛ وقال", "https://example.com/خبر_عاجل"),
        ("الرابط:https://example.com/x.وقال الوزير", "https://example.com/x"),
        (
            "(https://example.com/wiki/NATO_(disambiguation))",
            "https://example.com/wiki/NATO_(disambiguation)",
        ),
        ("عبر بexample.com/x…", "example.com/x"),
        (
            "راجع https://ar.wikipedia.org/wiki/غزة_(مدينة) للمزيد.",
            "https://ar.wikipedia.org/wiki/غزة_(مدينة)",
        ),
        ("على http://موقع.وزارة-الأتصالات.مصر/ للتسجيل", "http://موقع.وزارة-الأتصالات.مصر/"),
        ("(https://www.موقع.مصر/خبر).", "https://www.موقع.مصر/خبر"),
        ("الرابط https://example.com.وقال الوزير", "https://example.com"),
        ("https://example.com(الموقع الرسمي)", "https://example.com"),
    ],
)
def test_a_url_ends_where_the_sentence_goes_on(text: str, url: str) -> None:
    assert found(text) == [url]


@pytest.mark.parametrize(
    "text",
    [
        "في السنوات الأخيرة.ففي يونيو الماضي",
        "البحرية U.S. Navy ومعها U.K. و U.N.",
        "e.g. هذا i.e. ذاك، 10 p.m.",
        "نسبة 3.5 أو 12.05.2019",
        "المادة #5 من ميثاق الحلف",
        "بريد @ بلا اسم",
        "دولة © 2024",
    ],
)
def test_stops_and_signs_of_prose_are_no_items(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("للتواصل واتساب: +962 7 9999 9999", "+962 7 9999 9999"),
        ("واتساب:+962 (0)7 9999 9999، ثم انتظروا", "+962 (0)7 9999 9999"),
        ("اتصلوا على الرقم 0599 123 123 للحجز.", "0599 123 123"),
        ("(هاتف (02) 295 1234)", "(02) 295 1234"),
        ("هاتف 00970-59-123-4567", "00970-59-123-4567"),
        ("البطاقة 1234 5678 9012 3456.", "1234 5678 9012 3456"),
        ("رقم الحساب: SA03 8000 0000 6080 1016 7519", "SA03 8000 0000 6080 1016 7519"),
    ],
)
def test_numbers_of_telephones_and_accounts_are_items(text: str, figures: str) -> None:
    assert found(text) == [figures]


@pytest.mark.parametrize(
    "text",
    [
        "بين 2019 - 2023 وبين 2018-2019-2020",
        "في 05-12-2024 و12-05-2024 و05 12 2024 و2024-05-12",
        "من 01-05-2024 إلى 03-05-2024",
        "فاز 6-4 6-3 7-5 ثم 0-6 6-4 6-2",
        "بلغت 1 250 000 دولار",
        "المواسم 2018 2019 2020 2021",
        "من 08:30 - 11:45 في 90+4",
        "بين 0.50 - 0.75 مليون و05.250 100",
    ],
)
def test_dates_years_scores_and_amounts_are_no_telephone_numbers(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("mark", ["•", "▪", "●", "·"])
def test_the_mark_of_a_list_stays_outside(mark: str) -> None:
    assert islands(f"{mark} خفض الضرائب") == [(mark, True), (" خفض الضرائب", False)]


def test_a_dot_inside_a_name_and_a_dash_are_no_marks_of_a_list() -> None:
    assert found("خوان·كارلوس – 5 و-5") == []


def test_the_seed_with_a_bracketed_url_keeps_bracket_and_word_outside() -> None:
    line = seed_line("001", "يتم توفير المقال")
    assert found(line) == ["https://www.seaprwire.com/"]


def test_the_seed_with_hashtags_keeps_their_underscores() -> None:
    line = seed_line("004", "قمة حلف الناتو")
    assert found(line) == ["#حلف_الناتو", "#الأمن_العالمي"]


def test_the_seed_with_a_stop_and_no_space_has_no_domain_in_it() -> None:
    assert found(seed_line("002", "مع ذلك، فإن تعميق")) == []


def test_addresses_names_and_hashtags_are_items_and_clitics_are_not() -> None:
    text = "راسلوا press.office@nato.int أو @NATO أو ب@user.name، و#قمة_٢٠٢٤."
    assert found(text) == ["press.office@nato.int", "@NATO", "@user.name", "#قمة_٢٠٢٤"]


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        "👍\U0001f3fd",  # with a skin tone
        "👨\u200d👩\u200d👧\u200d👦",  # joined
        "\U0001f3f3\ufe0f\u200d🌈",
        "🇸🇦",
        "1\ufe0f\u20e3",  # a keycap
        "☀\ufe0f",
        "©\ufe0f",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    ],
)
def test_an_emoji_sequence_is_one_item(emoji: str) -> None:
    text = f"خبر {emoji} سار"
    assert find_items(text) == [Item(emoji, 4, 4 + len(emoji))]


def test_emoji_that_stand_together_need_one_placeholder() -> None:
    assert found("رائع😂😂🇪🇬 حقا 😀") == ["😂😂🇪🇬", "😀"]


def test_items_are_masked_in_order_and_restored_where_the_model_put_them() -> None:
    masked = mask("نشر @NATO الخبر على https://nato.int/ar (انظر #قمة).", PLACEHOLDERS)
    assert masked.text == "نشر ⟦0⟧ الخبر على ⟦1⟧ (انظر ⟦2⟧)."
    assert [item.text for item in masked.items] == ["@NATO", "https://nato.int/ar", "#قمة"]
    assert masked.restore("On ⟦1⟧, ⟦0⟧ published the news (see ⟦2⟧).") == (
        "On https://nato.int/ar, @NATO published the news (see #قمة)."
    )


def test_offsets_of_items_point_into_the_source() -> None:
    text = "نشر @NATO الخبر على https://nato.int/ar"
    assert all(text[item.start : item.end] == item.text for item in mask(text, PLACEHOLDERS).items)


@pytest.mark.parametrize(
    "output",
    [
        "Published the news.",
        "⟦0⟧ published ⟦0⟧ the news on ⟦1⟧.",
        "⟦0⟧ published the news.",
        "⟦0⟧ published the news on ⟦1⟧ and ⟦2⟧.",
    ],
)
def test_a_lost_doubled_or_invented_placeholder_cannot_be_restored(output: str) -> None:
    assert mask("نشر @NATO الخبر على www.nato.int", PLACEHOLDERS).restore(output) is None


@pytest.mark.parametrize(
    ("output", "restored"),
    [
        ("The site ( ⟦0⟧ ) is down .", "The site (nato.int) is down ."),
        ("The site (⟦0⟧) is down.", "The site (nato.int) is down."),
        ("See⟦0⟧for more.", "See nato.int for more."),
        ("See ⟦0⟧ .", "See nato.int."),
        ("See ⟦0⟧ , then go.", "See nato.int, then go."),
        ("⟦0⟧", "nato.int"),
    ],
)
def test_restored_items_have_the_spaces_of_english(output: str, restored: str) -> None:
    assert mask("موقع nato.int هنا", PLACEHOLDERS).restore(output) == restored


def test_a_glued_emoji_is_kept_a_space_from_the_word_for_the_model() -> None:
    assert mask("رائع😀جدا", PLACEHOLDERS).text == "رائع ⟦0⟧ جدا"


def test_more_items_than_placeholders_overflow() -> None:
    masked = mask("#أ #ب #ج #د", PLACEHOLDERS)
    assert masked.overflow
    assert masked.text == "⟦0⟧ ⟦1⟧ ⟦2⟧ #د"
    assert mask("#أ", []).overflow


def test_a_text_without_items_passes_unless_the_model_invents_a_placeholder() -> None:
    masked = mask("وصل الوزير.", PLACEHOLDERS)
    assert masked.text == "وصل الوزير."
    assert not masked.overflow
    assert masked.restore("The minister arrived.") == "The minister arrived."
    assert masked.restore("The minister ⟦0⟧ arrived.") is None


def test_a_placeholder_that_the_text_contains_is_not_used() -> None:
    masked = mask("الرمز ⟦0⟧ على nato.int", PLACEHOLDERS)
    assert masked.text == "الرمز ⟦0⟧ على ⟦1⟧"
    assert masked.restore("The sign ⟦0⟧ on ⟦1⟧") == "The sign ⟦0⟧ on nato.int"


def test_one_placeholder_inside_another_is_told_apart() -> None:
    masked = mask("من @a إلى @b", ["X", "XX"])
    assert masked.restore("From X to XX") == "From @a to @b"


def test_islands_keep_brackets_and_punctuation_with_the_item() -> None:
    line = seed_line("001", "يتم توفير المقال")
    assert islands(line) == [
        ("يتم توفير المقال من قبل مزود محتوى خارجي. لا تقدم SeaPRwire ", False),
        ("(https://www.seaprwire.com/)", True),
        (" أي ضمانات أو تصريحات فيما يتعلق بذلك.", False),
    ]


def test_items_with_only_punctuation_between_them_are_one_island() -> None:
    assert islands("الوسوم: #أ، #ب و#ج 😀.") == [
        ("الوسوم: ", False),
        ("#أ، #ب", True),
        (" و", False),
        ("#ج 😀.", True),
    ]


def test_a_sentence_without_items_is_one_piece() -> None:
    assert islands("وصل الوزير.") == [("وصل الوزير.", False)]
    assert islands("") == [("", False)]


def test_a_line_of_nothing_but_items_is_one_verbatim_piece() -> None:
    assert islands(" «#حلف_الناتو» 👍 ") == [(" «#حلف_الناتو» 👍 ", True)]


def test_islands_alternate_and_rebuild_any_text() -> None:
    chance = random.Random(3)
    parts = [
        "وقال",
        " ",
        "a",
        ".",
        "، ",
        "(",
        ")",
        "«",
        "»",
        "@b",
        "#وسم",
        "https://x.com/y",
        "www.a.com",
        "😀",
    ]
    parts += ["\u200d", "\ufe0f", "🏽", "1\u20e3", "a@b.com", "\ud800", "\n", '"', "5"]
    for _ in range(1000):
        text = "".join(chance.choices(parts, k=15))
        pieces = islands(text)
        assert "".join(piece for piece, _ in pieces) == text
        assert all(left[1] != right[1] for left, right in pairwise(pieces))
        masked = mask(text, PLACEHOLDERS)
        assert masked.restore(masked.text) is not None


def test_translated_pieces_are_joined_with_the_spaces_of_english() -> None:
    pieces = ["The minister wrote on", "(https://example.com/ar)", ", then left", "😀!"]
    assert join(pieces) == "The minister wrote on (https://example.com/ar), then left 😀!"


def test_a_full_stop_that_the_model_adds_to_a_piece_is_taken_off() -> None:
    source = islands("زوروا الموقع https://example.com اليوم.")
    assert join(["Visit the site.", "https://example.com", "today."], source) == (
        "Visit the site https://example.com today."
    )
    source = islands("انتهى الخبر. https://example.com")
    assert (
        join(["The news is over.", "https://example.com"], source) == "The news is over. https://example.com"
    )


@pytest.mark.parametrize(
    ("arabic", "english", "line"),
    [
        (
            "نشر على حسابه @HMBalousha أن الوضع هادئ.",
            ["Published on his account", "@HMBalousha", "The situation is quiet."],
            "Published on his account @HMBalousha the situation is quiet.",
        ),
        (
            "كتب إلى info@example.com أحمد الجابر.",
            ["Wrote to", "info@example.com", "Ahmed Al-Jaber."],
            "Wrote to info@example.com Ahmed Al-Jaber.",
        ),
        (
            "انتهى الخبر. https://example.com وقال الوزير إنه راض.",
            ["The news is over.", "https://example.com", "The minister said he was content."],
            "The news is over. https://example.com The minister said he was content.",
        ),
        (
            "وكتب @NATO: في ذلك خطر.",
            ["And wrote", "@NATO:", "In that is danger."],
            "And wrote @NATO: In that is danger.",
        ),
        ("#عاجل الجيش ينسحب.", ["#عاجل", "The army withdraws."], "#عاجل The army withdraws."),
        ("انتهى 😀 في البيت.", ["It is over", "😀", "At home."], "It is over 😀 At home."),
    ],
)
def test_a_capital_in_the_middle_of_a_sentence_is_taken_off(
    arabic: str, english: list[str], line: str
) -> None:
    assert join(english, islands(arabic)) == line


def test_joined_punctuation_is_latin() -> None:
    assert join(["See", "#أ، #ب؟"]) == "See #أ, #ب?"
