"""Markup stays, byte for byte; the words in it are translated, and each tag stays on its words."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from align.words import link_sentences
from translate.checks import translatable
from translate.errors import BadInput
from translate.translator import MarianTranslator
from web.markup import read_blocks, translate_html, translate_xml
from web.styles import turn_styles
from web.tags import html_dialect, tags_and_text

Translate = Callable[[list[str]], list[str]]

# Translations by a person: where each word belongs is known, whatever the model of the day makes of it.
ENGLISH = {
    "وصل الرئيس المصري إلى بيروت أمس.": "The Egyptian president arrived in Beirut yesterday.",
    "وقال إن مصر تدعم السلام.": "He said Egypt supports peace.",
    "اقرأ المزيد عن الحرب في غزة هنا.": "Read more about the war in Gaza here.",
    "قال الوزير إن الحكومة ستعلن خطة جديدة.": "The minister said the government would announce a new plan.",
    "قال الوزير: «وصل الرئيس إلى بيروت».": 'The minister said: "The president arrived in Beirut".',
    "زارت وزيرة الخارجية الأمريكية القاهرة.": "The American foreign minister visited Cairo.",
    "أهلا بالعالم": "Hello, world",
    "وصل الرئيس": "The president arrived",
    "الاسم: أحمد": "Name: Ahmed",
    "العمر: ثلاثون سنة": "Age: thirty years",
    "المدينة: بيروت": "City: Beirut",
    "أخبار & آراء": "News & views",
    "صورة \"الرئيس\"": 'A picture of "the president"',
    "بحث": "Search",
    "إلى الأعلى": "To the top",
    "في 5 < 6 & 7": "In 5 < 6 & 7",
    "وصل 3 جنود 😀 إلى بيروت": "Three soldiers 😀 arrived in Beirut",
    "لديك ثلاث رسائل جديدة من أحمد.": "You have three new messages from Ahmed.",
}  # fmt: skip


def by_hand(texts: list[str]) -> list[str]:
    return [ENGLISH[text] for text in texts]


@pytest.fixture
def model(translator: MarianTranslator) -> Translate:
    return lambda texts: [made.text for made in translator.translate(texts)]


def tags(page: str) -> list[str]:
    return re.findall(r"<[^>]*>", page)


# --- Inline tags -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        (
            "<p>وصل <b>الرئيس المصري</b> إلى <a href='/b'>بيروت</a> أمس.</p>",
            "<p><b>The Egyptian president</b> arrived in <a href='/b'>Beirut</a> yesterday.</p>",
        ),
        (
            "<p>اقرأ المزيد عن <a href=/gaza>الحرب في غزة</a> هنا.</p>",
            "<p>Read more about <a href=/gaza>the war in Gaza</a> here.</p>",
        ),
        (
            "<p>قال الوزير إن <em>الحكومة</em> ستعلن <strong>خطة <i>جديدة</i></strong>.</p>",
            "<p>The minister said <em>the government</em> would announce <strong><i>a new</i> plan</strong>.</p>",
        ),
        (
            "<p><b>وصل الرئيس المصري إلى بيروت أمس.</b> وقال إن مصر تدعم السلام.</p>",
            "<p><b>The Egyptian president arrived in Beirut yesterday.</b> He said Egypt supports peace.</p>",
        ),
        (
            "<p>قال الوزير: <q>«وصل الرئيس إلى بيروت».</q></p>",
            '<p>The minister said: <q>"The president arrived in Beirut".</q></p>',
        ),
        (
            "<p>زارت وزيرة <b>الخارجية</b> <i>الأمريكية</i> القاهرة.</p>",
            "<p><i>The American</i> <b>foreign</b> minister visited Cairo.</p>",
        ),
    ],
    ids=["two tags", "a phrase", "nested", "a whole sentence", "a quotation", "words that change places"],
)
def test_inline_tags_stay_on_their_words(arabic: str, english: str) -> None:
    assert translate_html(arabic, by_hand) == english


def test_a_mark_over_the_end_of_a_sentence_keeps_both_its_ends() -> None:
    arabic = "<p>وصل الرئيس المصري إلى <b>بيروت أمس. وقال</b> إن مصر تدعم السلام.</p>"
    assert translate_html(arabic, by_hand) == (
        "<p>The Egyptian president arrived in <b>Beirut yesterday. He said</b> Egypt supports peace.</p>"
    )


def test_a_sentence_is_never_cut_at_a_tag() -> None:
    asked: list[str] = []

    def listening(texts: list[str]) -> list[str]:
        asked.extend(texts)
        return by_hand(texts)

    translate_html(
        "<div>وصل <b>الرئيس</b> <span>المص<i>ري</i></span> <a>إلى</a>\n  بيروت<br>أمس.</div>", listening
    )
    assert asked == ["وصل الرئيس المصري إلى بيروت أمس."]


def test_an_image_stays_beside_its_word() -> None:
    arabic = "<p>وصل الرئيس المصري إلى بيروت <img src=flag.png> أمس.</p>"
    assert translate_html(arabic, by_hand) == (
        "<p>The Egyptian president arrived in Beirut <img src=flag.png> yesterday.</p>"
    )


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        ("إلى بيروت <a href=#1>[1]</a> أمس.", "in Beirut <a href=#1>[1]</a> yesterday."),
        ("إلى بيروت <a href=x> <img> </a> أمس.", "in Beirut <a href=x><img></a> yesterday."),
        ("إلى بيروت <img><input> أمس.", "in Beirut <img><input> yesterday."),
        ("إلى بيروت <img> <input> أمس.", "in Beirut <img> <input> yesterday."),
        ("إلى بيروت <img> <b>أمس.</b>", "in Beirut <img> <b>yesterday.</b>"),
        ("إلى بيروت<img> أمس.", "in Beirut<img> yesterday."),
        ("إلى بيروت <img>أمس.", "in Beirut <img>yesterday."),
        ("إلى بيروت أمس. <img>", "in Beirut yesterday. <img>"),
        ("إلى بيروت أمس <img> .", "in Beirut yesterday <img>."),
    ],
)
def test_what_stood_between_two_spaces_does_so_in_english(arabic: str, english: str) -> None:
    def near(texts: list[str]) -> list[str]:
        return ["The Egyptian president arrived in Beirut yesterday." for _ in texts]

    assert translate_html(f"<p>وصل الرئيس المصري {arabic}</p>", near) == (
        f"<p>The Egyptian president arrived {english}</p>"
    )


def test_the_number_of_a_footnote_keeps_to_its_word_and_out_of_the_sentence() -> None:
    arabic = '<p>وصل الرئيس المصري إلى بيروت<sup><a href="#1">[1]</a></sup> أمس.</p>'
    assert translate_html(arabic, by_hand) == (
        '<p>The Egyptian president arrived in Beirut<sup><a href="#1">[1]</a></sup> yesterday.</p>'
    )


def test_line_breaks_in_an_address_divide_it_and_in_a_sentence_do_not() -> None:
    listed = "<p>الاسم: أحمد<br>العمر: ثلاثون سنة<br/>المدينة: بيروت</p>"
    assert translate_html(listed, by_hand) == "<p>Name: Ahmed<br>Age: thirty years<br/>City: Beirut</p>"
    wrapped = translate_html("<p>وصل الرئيس المصري<br>إلى بيروت أمس.</p>", by_hand)
    assert wrapped.replace("<br>", "") == "<p>The Egyptian president arrived in Beirut yesterday.</p>"
    assert wrapped.count("<br>") == 1
    office = translate_html("<p>الاسم: أحمد<br/>المدينة: بيروت</p>", by_hand)
    assert office == "<p>Name: Ahmed<br/>City: Beirut</p>"
    two = "<p>وصل الرئيس<br><br>\nأهلا بالعالم</p>"
    assert translate_html(two, by_hand) == "<p>The president arrived<br><br>\nHello, world</p>"


# --- What is not translated ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept",
    [
        '<script>var greeting = "أهلا<p>";</script>',
        "<style>.عنوان::before { content: 'أهلا' }</style>",
        "<pre>أهلا\n  بالعالم</pre>",
        "<textarea>أهلا</textarea>",
        "<!-- أهلا <b> -->",
        '<p translate="no">أهلا بالعالم</p>',
        "<div class='x notranslate'><p>أهلا</p></div>",
        "<div class=notranslate>أهلا</div>",
        "<div translate=no class=x>أهلا</div>",
        "<template><p>أهلا</p></template>",
    ],
)
def test_scripts_styles_code_and_what_says_no_stay_untouched(kept: str) -> None:
    assert (
        translate_html(f"{kept}<p>وصل الرئيس</p>{kept}", by_hand)
        == f"{kept}<p>The president arrived</p>{kept}"
    )
    assert translate_html(kept, by_hand) == kept


def test_what_is_only_like_a_no_is_none() -> None:
    for like in (
        "class='notranslate-me'",
        "class=no-notranslate",
        "title=' class=notranslate'",
        "translate=none",
    ):
        assert translate_html(f"<p {like}>وصل الرئيس</p>", by_hand) == f"<p {like}>The president arrived</p>"


def test_code_in_a_sentence_is_a_word_of_it(model: Translate) -> None:
    for code in (
        "<code>git pull &lt;x&gt;</code>",
        '<kbd class="k">أهلا</kbd>',
        '<b translate="no">شركة الأهرام</b>',
    ):
        made = translate_html(f"<p>استخدم الأمر {code} لتحديث المشروع.</p>", model)
        assert made.count(code) == 1
        assert not translatable(made.replace(code, ""))
        assert "@k" not in made


def test_a_page_without_arabic_comes_back_as_it_was() -> None:
    page = '<!doctype html><html lang="ar" dir="rtl"><p title=x>Already <b>English &amp; fine\r\n</p> < &nosuch; &#65;'
    assert translate_html(page, by_hand) == page


def test_the_cut_pieces_of_any_page_are_the_page() -> None:
    for page in (
        "<p>a<b>c</p></b> <x y='>' z=\">\">&amp;<!-- <p> --><script>if (a<b) {}</script><br/>",
        "a < b > c <3 </ > <> <!x> <?php echo '>' ?> <a href='x",
        "<title>a <b> c</title><textarea></p></textarea><script>never closed <p>",
    ):
        assert (
            "".join(
                t if isinstance(t, str) else t.raw for t in tags_and_text(html_dialect(page, xhtml=False))
            )
            == page
        )


# --- Text, entities, space -------------------------------------------------------------------------------


def test_white_space_and_line_ends_around_texts_stay() -> None:
    page = "\n<ul>\r\n\t<li>  وصل الرئيس \n</li>\n<li>\nأهلا بالعالم</li></ul>\n\n"
    assert translate_html(page, by_hand) == (
        "\n<ul>\r\n\t<li>  The president arrived \n</li>\n<li>\nHello, world</li></ul>\n\n"
    )


def test_entities_are_read_as_letters_and_written_as_they_were() -> None:
    assert translate_html("<p>أخبار &amp; آراء</p>", by_hand) == "<p>News &amp; views</p>"
    assert translate_html("<p>أخبار &#38; آراء</p>", by_hand) == "<p>News &#38; views</p>"
    assert translate_html("<p>&#1608;&#1589;&#1604; الرئيس</p>", by_hand) == "<p>The president arrived</p>"
    assert translate_html("<p>&copy; 2024&nbsp;–</p><p>وصل الرئيس&nbsp;</p>", by_hand) == (
        "<p>&copy; 2024&nbsp;–</p><p>The president arrived&nbsp;</p>"
    )


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        ("زوروا https://x.org/?a=1&page=2&lang=ar اليوم", "Visit https://x.org/?a=1&amp;page=2&amp;lang=ar today"),
        ("أعلنت شركة Johnson&Johnson عن خطة", "Johnson&amp;Johnson announced a plan"),
        ("أخبار &foo وآراء & غيرها", "News &amp;foo and views &amp; others"),
        ("كلمة &fjlig; هنا", "The word fj here"),
        ("حقوق &copy2024 محفوظة", "Rights ©2024 reserved"),
        ("وصل&#1; الرئيس", "The president arrived"),
    ],
    ids=["address", "company", "unknown", "two letters", "without a semicolon", "no letter"],
)  # fmt: skip
def test_an_ampersand_that_begins_no_entity_is_a_letter_like_others(arabic: str, english: str) -> None:
    said = english.replace("&amp;", "&")
    assert translate_html(f"<p>{arabic}</p>", lambda _: [said]) == f"<p>{english}</p>"
    assert translate_xml(f"<p>{arabic}</p>", lambda _: [said]) == f"<p>{english}</p>"


def test_an_entity_of_a_document_s_own_is_a_word_of_its_sentence() -> None:
    def repeating(texts: list[str]) -> list[str]:
        return [f"{re.findall('@k[a-z]+q', text)[0]} announced a plan" for text in texts]

    for render in (translate_html, translate_xml):
        assert render("<p>أعلنت &company; عن خطة</p>", repeating) == "<p>&company; announced a plan</p>"


def test_what_the_translation_says_is_no_markup() -> None:
    assert translate_html("<p>في 5 < 6 & 7</p>", by_hand) == "<p>In 5 &lt; 6 &amp; 7</p>"
    made = translate_html("<p>وصل الرئيس</p>", lambda _: ["<script>alert(1)</script>"])
    assert made == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    made = translate_html('<p title="وصل الرئيس">', lambda _: ['" onclick="alert(1)'])
    assert made == '<p title="&quot; onclick=&quot;alert(1)">'
    made = translate_html("<p title=وصل_الرئيس>", lambda _: ["x onclick=alert(1)>"])
    assert made == '<p title="x onclick=alert(1)&gt;">'


def test_an_emoji_and_what_follows_it_are_there(model: Translate) -> None:
    assert translate_html("<p>وصل <b>3 جنود</b> 😀 إلى بيروت</p>", by_hand) == (
        "<p><b>Three soldiers</b> 😀 arrived in Beirut</p>"
    )
    made = translate_html("<p>مرحبا 👩‍👩‍👧 بكم في <i>بيروت</i> 🇱🇧 الجميلة</p>", model)
    assert "👩‍👩‍👧" in made
    assert "🇱🇧" in made
    assert not made.endswith("🇱🇧</p>")


def test_sentences_that_touch_get_a_space() -> None:
    arabic = "<p>وصل الرئيس المصري إلى بيروت أمس.وقال إن مصر تدعم السلام.</p>"
    assert translate_html(arabic, by_hand) == (
        "<p>The Egyptian president arrived in Beirut yesterday. He said Egypt supports peace.</p>"
    )


# --- Attributes ------------------------------------------------------------------------------------------


def test_attributes_that_people_read_are_translated() -> None:
    page = (
        "<img alt='صورة \"الرئيس\"' src='صورة.png'><input placeholder=بحث name=بحث>"
        '<a aria-label="إلى الأعلى" title="بحث" href="/بحث" data-x="بحث">↑</a>'
        '<input type="submit" value="بحث"><input type="text" value="بحث">'
        '<meta name="description" content="وصل الرئيس"><meta name="author" content="أحمد">'
    )
    assert translate_html(page, by_hand) == (
        "<img alt='A picture of \"the president\"' src='صورة.png'><input placeholder=\"Search\" name=بحث>"
        '<a aria-label="To the top" title="Search" href="/بحث" data-x="بحث">↑</a>'
        '<input type="submit" value="Search"><input type="text" value="بحث">'
        '<meta name="description" content="The president arrived"><meta name="author" content="أحمد">'
    )


def test_an_attribute_within_a_sentence_is_translated_too() -> None:
    assert translate_html('<p>وصل <b title="بحث">الرئيس</b></p>', by_hand) == (
        '<p><b title="Search">The president</b> arrived</p>'
    )


def test_language_and_direction_say_english() -> None:
    page = (
        '<html lang="ar-EG" xml:lang=\'ar\' dir=rtl><body style="direction: rtl; text-align:right">'
        '<p align=right lang="fr" dir="auto">وصل الرئيس</p><pre dir="rtl">أهلا</pre>'
    )
    assert translate_html(page, by_hand) == (
        '<html lang="en" xml:lang=\'en\' dir=ltr><body style="direction: ltr; text-align:left">'
        '<p align=left lang="fr" dir="auto">The president arrived</p><pre dir="rtl">أهلا</pre>'
    )


def test_a_style_sheet_is_turned_only_if_it_ran_from_right_to_left() -> None:
    assert turn_styles("a{direction:rtl;text-align: right}") == "a{direction:ltr;text-align: left}"
    assert turn_styles("a{text-align:right}") == "a{text-align:right}"


# --- Broken pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "english"),
    [
        ("<b><i>وصل الرئيس</b></i>", "<b><i>The president arrived</b></i>"),
        ("<p>وصل <b>الرئيس<p>أهلا بالعالم", None),
        ("</b></div>وصل الرئيس</p>", "</b></div>The president arrived</p>"),
        ("<p class='x>وصل الرئيس</p>", "<p class='x>The president arrived</p>"),
        ("<p>وصل الرئيس <", "<p>The president arrived <"),
        ("<a href=x><h2>وصل الرئيس</h2></a>", "<a href=x><h2>The president arrived</h2></a>"),
        ("<table><td>وصل الرئيس<td>أهلا بالعالم", "<table><td>The president arrived<td>Hello, world"),
        ("<p>وصل <font><a></font>الرئيس", "<p><font><a></font>The president arrived"),
        ("<p>وصل الرئيس<a href='/x", "<p>The president arrived<a href='/x"),
        ("<!-- never closed وصل الرئيس", "<!-- never closed وصل الرئيس"),
    ],
)
def test_broken_markup_is_as_broken_as_before(broken: str, english: str | None) -> None:
    texts = {"وصل الرئيس <": "The president arrived <"}
    made = translate_html(broken, lambda asked: [texts.get(text) or ENGLISH[text] for text in asked])
    assert sorted(tags(made)) == sorted(tags(broken))
    if english is not None:
        assert made.replace("&lt;", "<") == english


def test_deep_and_endless_markup_takes_linear_time_and_no_recursion(model: Translate) -> None:
    page = "<div><b>" * 5_000 + "وصل الرئيس" + "<a '" * 20_000 + '<p "<!--' * 5_000
    assert "president" in translate_html(page, lambda texts: ["The president arrived" for _ in texts]).lower()
    nested = "<b>" * 3_000 + "وصل الرئيس" + "</b>" * 3_000
    made = translate_html(nested, model)
    assert made.startswith("<b>" * 3_000)
    assert made.endswith("</b>" * 3_000)


def test_a_translator_that_loses_a_text_is_caught() -> None:
    with pytest.raises(BadInput, match="one each is due"):
        translate_html("<p>وصل الرئيس</p>", lambda _: [])


@pytest.mark.parametrize("seed", range(60))
def test_no_tag_is_lost_or_doubled_on_a_page_of_rubble(seed: int) -> None:
    """Words, tags and pieces of tags in any order, and a translator that says anything in any order."""
    chance = random.Random(seed)
    words = [
        "وصل",
        "الرئيس",
        "المصري",
        "بيروت.",
        "Reuters",
        "2024",
        "😀",
        "«قال»",
        "&amp;",
        "&nbsp;",
        "&",
        "<",
    ]
    names = ["b", "i", "a", "sup", "code", "p", "div", "br", "img", "li", "x-y", "font"]
    pieces: list[str] = []
    for _ in range(chance.randint(1, 60)):
        name = chance.choice(names)
        pieces.append(
            chance.choices(
                (
                    chance.choice(words) + " ",
                    f"<{name} title='وصل'>",
                    f"<{name}>",
                    f"</{name}>",
                    "<!-- وصل -->",
                ),
                (10, 2, 3, 5, 1),
            )[0]
        )
    page = "".join(pieces)

    def babble(texts: list[str]) -> list[str]:
        made = []
        for text in texts:
            said = ["peace", "in", "the", "Beirut", "2024"] * chance.randint(0, 3)
            said += re.findall("@k[a-z]+q", text)
            chance.shuffle(said)
            made.append(" ".join(said))
        return made

    for made in (translate_html(page, babble), translate_xml(page, babble)):
        assert sorted(re.findall(r"</?[a-z-]+", made)) == sorted(re.findall(r"</?[a-z-]+", page))
        assert not re.search("@k[a-z]+q", made)


def test_arabic_in_angle_brackets_is_text() -> None:
    made = translate_html("<p>وصل <الرئيس> 3 < 5</p>", lambda asked: [f"[{text}]" for text in asked])
    assert made == "<p>[وصل &lt;الرئيس&gt; 3 &lt; 5]</p>"


# --- With the real model ---------------------------------------------------------------------------------


def test_a_real_page_keeps_every_tag_and_no_arabic(model: Translate) -> None:
    text = (Path(__file__).parents[2] / "seeds" / "000_475f7dd48a63f8f2.txt").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line.strip()][:6]

    def marked(line: str) -> str:
        words = line.split()
        words[len(words) // 2] = f'<a href="/{len(words)}">{words[len(words) // 2]}</a>'
        return "<p><b>" + words[0] + "</b> " + " ".join(words[1:]) + "<br></p>"

    page = '<html lang="ar" dir="rtl"><body>\n' + "\n".join(map(marked, lines)) + "\n</body></html>"
    made = translate_html(page, model)
    assert sorted(tags(made)[1:]) == sorted(tags(page)[1:])
    assert made.count("\n") == page.count("\n")
    paragraphs = re.findall(r"<p>.*?</p>", made)
    assert len(paragraphs) == len(lines)
    assert all(re.sub("<[^>]*>", "", paragraph).strip() for paragraph in paragraphs)
    left = re.findall("[\u0620-\u064a]+", made)
    assert len(left) < len(re.findall("[\u0620-\u064a]+", page)) / 100


def test_word_links_may_come_from_elsewhere() -> None:
    asked: list[tuple[str, str]] = []

    def links(pairs: object) -> object:
        asked.extend(pairs)  # type: ignore[call-overload]
        return link_sentences(pairs)  # type: ignore[arg-type]

    translate_html("<p>وصل <b>الرئيس</b></p><p>أهلا بالعالم</p>", by_hand, links=links)  # type: ignore[arg-type]
    assert asked == [("وصل الرئيس", "The president arrived")]


# --- XML -------------------------------------------------------------------------------------------------


def test_an_empty_element_that_stands_for_a_word_stays_in_its_sentence(model: Translate) -> None:
    made = translate_xml('لديك <x id="1"/> رسائل جديدة من <g id="2">أحمد</g>.', model)
    assert sorted(tags(made)) == ["</g>", '<g id="2">', '<x id="1"/>']
    assert made.index('<x id="1"/>') > 0
    assert not translatable(made)


def test_tags_of_translation_tools_stay_on_their_words() -> None:
    made = translate_xml('لديك <g id="1">ثلاث رسائل</g> جديدة من <bx id="2"/>أحمد<ex id="2"/>.', by_hand)
    assert made == 'You have <g id="1">three new messages</g> from <bx id="2"/>Ahmed<ex id="2"/>.'


def test_ignored_tags_keep_what_they_hold(model: Translate) -> None:
    xml = "<p>وصل <keep>الرئيس</keep> إلى بيروت أمس.</p><keep>وصل</keep>"
    made = translate_xml(xml, model, ignore_tags=["keep"])
    assert made.count("<keep>الرئيس</keep>") == 1
    assert made.endswith("<keep>وصل</keep>")
    assert not translatable(made.replace("الرئيس", "").replace("وصل", ""))


def test_structure_is_told_from_inline_tags_by_the_text_around_them() -> None:
    xml = "<doc><item n='1'>وصل الرئيس</item><item>وصل <w>الرئيس</w></item></doc>"
    assert translate_xml(xml, by_hand) == (
        "<doc><item n='1'>The president arrived</item><item><w>The president</w> arrived</item></doc>"
    )


def test_splitting_tags_split_and_non_splitting_ones_do_not() -> None:
    texts: list[str] = []

    def listening(asked: list[str]) -> list[str]:
        texts.extend(asked)
        return asked

    translate_xml("أهلا <s>بالعالم</s>", listening, splitting_tags=["s"])
    translate_xml("<d><s>أهلا</s> <s>بالعالم</s></d>", listening, non_splitting_tags=["s", "d"])
    assert texts == ["أهلا", "بالعالم", "أهلا بالعالم"]


def test_names_are_told_apart_by_case_and_attributes_are_let_alone_in_xml() -> None:
    xml = '<Doc title="أهلا"><b>وصل الرئيس</b></Doc>'
    assert translate_xml(xml, by_hand) == '<Doc title="أهلا"><b>The president arrived</b></Doc>'


def test_the_blocks_of_a_page_are_read_with_its_headings() -> None:
    page = (
        "<head><title>لا</title></head><h1>وصل <i>الرئيس</i></h1><p>أهلا<br>بالعالم &amp; غيره</p><ul><li>بند"
    )
    assert list(read_blocks(page)) == [
        ("وصل الرئيس", True), ("أهلا\nبالعالم & غيره", False), ("بند", False)
    ]  # fmt: skip
