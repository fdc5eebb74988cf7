"""The library's page and its search, as the server writes them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from translate import reading
from translate.text import Translation
from web.library import Concordance, concordance
from web.store import Store

ATTACK = "</span><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
TEXT = "القمر والبحر\n\nطلع القمر فوق البحر. هدأ الموج قليلا.\n\nعاد الصيادون إلى المرفأ في الفجر."
ENGLISH = (
    "The moon and the sea",
    "The moon rose over the sea.",
    "The waves calmed a little.",
    "The fishermen came back to the harbour at dawn.",
)


@pytest.fixture(scope="module")
def store(app: Flask) -> Store:
    return app.extensions["muwazi"].store  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def moon(store: Store) -> int:
    entry = store.add_article(
        reading.from_text(TEXT, id="moon", source="https://www.example.org/moon"), origin="url"
    )
    rows = store.article(entry.id).rows
    made = [
        Translation(row.segment.text, text, -0.3, (), "m@1") for row, text in zip(rows, ENGLISH, strict=True)
    ]
    store.save_translations([row.segment.id for row in rows], made)
    return entry.id


def test_a_library_without_articles_says_what_to_do_and_shows_the_form(make_app: object) -> None:
    page = make_app().test_client().get("/").text  # type: ignore[operator]
    assert "Paste an Arabic article" in page
    assert re.search(r'<form id="add"[^>]*>', page).group().find(" hidden") < 0  # type: ignore[union-attr]


def test_an_article_is_listed_with_both_titles_source_length_and_date(client: FlaskClient, moon: int) -> None:
    page = client.get("/").text
    assert f'href="/articles/{moon}"' in page
    assert "القمر والبحر" in page
    assert '<span class="book-title" lang="en" dir="ltr">The moon and the sea</span>' in page
    assert "<bdi>example.org</bdi>" in page
    assert "4 sentences" in page
    assert "1 article<" in page


def test_search_marks_the_word_in_arabic_whatever_its_spelling(client: FlaskClient, moon: int) -> None:
    page = client.get("/search?q=قَمَر").text
    assert re.search(r'>طلع </span></span><span class="hit"><mark>القمر</mark></span><span[^>]*> فوق', page)
    assert f'href="/articles/{moon}#s2"' in page


def test_search_finds_english_too(client: FlaskClient, moon: int) -> None:
    page = client.get("/search?q=harbour").text
    assert "<mark>harbour</mark>" in page
    assert "1 line with" in page
    assert f'href="/articles/{moon}#s4"' in page


def test_a_title_given_by_hand_is_found(client: FlaskClient, store: Store) -> None:
    text = "صعد الصيادون إلى القارب. نام الأولاد على الشاطئ."
    number = store.add_article(reading.from_text(text, id="boat", title="مذكّرات غوّاص"), origin="paste").id
    page = client.get("/search?q=الغواص").text
    assert re.search("1.? title with .?الغواص", page)
    assert f'href="/articles/{number}"' in page
    assert "مذكّرات غوّاص" in page
    assert "Nothing found" in client.get("/search?q=غواص الصيادون").text


@pytest.mark.usefixtures("moon")
def test_a_search_that_finds_nothing_says_so_and_what_makes_no_difference(
    client: FlaskClient,
) -> None:
    page = client.get("/search?q=زرافة").text
    assert "Nothing found for" in page
    assert "Hamza, taa marbuta" in page


@pytest.mark.parametrize("query", ["", "   ", '"', "' OR 1=1 --", "*", "(", "a" * 5000, "\x00", "%", "AND"])
@pytest.mark.usefixtures("moon")
def test_no_search_breaks_the_page(client: FlaskClient, query: str) -> None:
    assert client.get("/search", query_string={"q": query}).status_code == 200


def test_titles_texts_sources_and_search_terms_full_of_markup_come_out_as_text(
    client: FlaskClient, store: Store
) -> None:
    article = reading.from_text(
        f"عنوان {ATTACK}\n\nهذا نص {ATTACK} طويل.", id="attack", source=f"{ATTACK}.txt"
    )
    entry = store.add_article(article, origin="file")
    row = store.article(entry.id).rows[-1]
    store.save_translations(
        [row.segment.id], [Translation(row.segment.text, f"A text {ATTACK}.", None, (f"{ATTACK}.",), "m@1")]
    )
    for page in ("/", f"/articles/{entry.id}", "/search?q=نص", "/search?q=alert"):
        html = client.get(page).text
        assert "alert(1)" in html, page
        assert "<script>alert" not in html
        assert "<img" not in html
    assert "<script>alert" not in client.get("/search", query_string={"q": ATTACK}).text
    store.delete(entry.id)


def test_a_deleted_article_leaves_the_list_and_the_search(
    client: FlaskClient, moon: int, store: Store
) -> None:
    store.delete(moon)
    assert f'href="/articles/{moon}' not in client.get("/").text
    assert f'href="/articles/{moon}' not in client.get("/search?q=harbour").text
    store.restore(moon)
    assert f'href="/articles/{moon}' in client.get("/search?q=harbour").text


def test_marks_do_not_open_the_door_to_markup() -> None:
    line = concordance("<b>moon</b>", [(3, 7)])
    assert line == Concordance(Markup("&lt;b&gt;"), Markup("<mark>moon</mark>"), Markup("&lt;/b&gt;"))
    assert concordance("<b>", [(0, 1)]).found == "<mark>&lt;</mark>"
    assert concordance("<b>", []) == Concordance(Markup(""), Markup(""), Markup("&lt;b&gt;"))


def test_spans_that_overlap_or_lie_outside_are_left_out() -> None:
    line = concordance("moon", [(0, 2), (1, 3), (2, 9), (-1, 1)])
    assert line == Concordance(Markup(""), Markup("<mark>mo</mark>"), Markup("on"))


def test_what_was_found_stands_in_the_middle_of_what_is_shown() -> None:
    text = "كلمة " * 200 + "قمر" + " كلمة" * 200
    start = text.index("قمر")
    line = concordance(text, [(start, start + 3)])
    assert line.found == "<mark>قمر</mark>"
    assert line.before.startswith("كلمة ")
    assert line.behind.endswith(" كلمة")
    assert 100 < len(line.before) == len(line.behind) < 130


def test_words_of_a_phrase_are_found_together_and_others_marked_where_they_are() -> None:
    text = "The prime minister met a minister."
    line = concordance(text, [(4, 9), (10, 18), (25, 33)])
    assert line.before == "The "
    assert line.found == "<mark>prime</mark> <mark>minister</mark>"
    assert line.behind == " met a <mark>minister</mark>."


def test_a_short_word_beside_the_one_that_was_found_does_not_take_its_place() -> None:
    line = concordance("the Uruguayan government.", [(0, 3), (14, 24)])
    assert line.before == "<mark>the</mark> Uruguayan "
    assert line.found == "<mark>government</mark>"


def test_a_text_in_which_nothing_was_found_is_shown_from_its_beginning() -> None:
    line = concordance("word " * 100, [])
    assert not line.before
    assert not line.found
    assert line.behind.startswith("word word")
    assert len(line.behind) < 250


@pytest.mark.parametrize(("limit", "shown"), [(500_000, "0.477"), (10 * 2**20, "10")])
def test_the_form_names_the_upload_limit_however_small(make_app: object, limit: int, shown: str) -> None:
    page = make_app(upload_bytes=limit).test_client().get("/").text  # type: ignore[operator]
    assert re.search(f"up to .?{shown}.? MB", page)
    assert f'data-limit="{shown}"' in page
