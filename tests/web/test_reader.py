"""The reader's page, as the server writes it."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate import reading
from translate.text import Article, Kind, Translation
from web.reader import is_borrowed, place_rows, unfinished_job
from web.records import Entry, JobState, Row, StoredArticle, StoredSegment
from web.store import Store

TEXT = "القمر والبحر\n\nطلع القمر فوق البحر في عام 1999. هدأ الموج قليلا.\n\nعاد الصيادون إلى المرفأ."


class Cells(HTMLParser):
    """The language and direction of every element with one of the reader's classes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None, str | None]] = []
        self.feed(page)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        kind = (of.get("class") or "").split(" ")[0]
        if kind in {"source", "target"}:
            self.found.append((kind, of.get("lang"), of.get("dir")))


@pytest.fixture(scope="module")
def store(app: Flask) -> Store:
    return app.extensions["muwazi"].store  # type: ignore[no-any-return]


@pytest.fixture
def moon(store: Store) -> StoredArticle:
    entry = store.add_article(reading.from_text(TEXT, id="moon"), origin="paste")
    return store.article(entry.id)


def row(position: int, text: str, paragraph: int = 0, kind: Kind = Kind.BODY) -> Row:
    return Row(StoredSegment(position + 1, position, text, 0, paragraph, kind))


def stored(title: str, *rows: Row) -> StoredArticle:
    entry = Entry(1, title, "", "", "paste", datetime.now(UTC), len(rows), len(rows), 0, 0, 0, 0, False)
    return StoredArticle(entry, Article("a", "ar", title, "", ()), rows)


def test_the_line_that_says_the_title_is_the_title_and_only_the_first() -> None:
    rows = (row(0, "القمر"), row(1, "طلع.", 1), row(2, "القمر", 2, Kind.HEADING))
    assert [place.level for place in place_rows(stored("القمر", *rows))] == [1, 0, 2]


def test_a_title_that_stands_nowhere_in_the_text_is_no_rows_title() -> None:
    assert [place.level for place in place_rows(stored("غيره", row(0, "القمر")))] == [0]


def test_a_title_that_is_the_beginning_of_the_first_sentence_is_not_shown_twice() -> None:
    rows = row(0, "الرئيسية", 0, Kind.FURNITURE), row(1, "طلع القمر  فوق البحر وهدأ الموج.", 1)
    assert is_borrowed(stored("طلع القمر فوق…", *rows))
    assert not is_borrowed(stored("طلع القمر فوق", *rows))
    assert not is_borrowed(stored("غرب القمر…", *rows))
    assert not is_borrowed(stored("…", *rows))


def test_furniture_is_counted_where_a_run_of_it_begins() -> None:
    rows = (
        row(0, "الرئيسية", 0, Kind.FURNITURE),
        row(1, "القمر", 1),
        row(2, "شارك", 2, Kind.FURNITURE),
        row(3, "اقرأ أيضا", 3, Kind.FURNITURE),
    )
    assert [place.fold for place in place_rows(stored("القمر", *rows))] == [1, 0, 2, 0]


def test_paragraphs_begin_where_the_text_begins_them() -> None:
    rows = (row(0, "ا.", 0), row(1, "ب.", 0), row(2, "ج.", 1))
    assert [place.starts for place in place_rows(stored("", *rows))] == [True, False, True]


def test_only_the_newest_job_is_told_of_and_only_if_it_is_not_done() -> None:
    def job(number: int, status: str) -> JobState:
        return JobState(number, 1, "", status, 0, 4, "")  # type: ignore[arg-type]

    assert unfinished_job([]) is None
    assert unfinished_job([job(2, "done"), job(1, "failed")]) is None
    assert unfinished_job([job(1, "done"), job(2, "running")]) == job(2, "running")
    assert unfinished_job([job(1, "done"), job(2, "failed")]) == job(2, "failed")


def test_every_cell_says_its_language_and_direction(client: FlaskClient, moon: StoredArticle) -> None:
    for language in ("en", "ar"):
        cells = Cells(client.get(f"/articles/{moon.entry.id}?lang={language}").text).found
        assert cells.count(("source", "ar", "rtl")) == 4
        assert cells.count(("target", "en", "ltr")) == 4
        assert len(cells) == 8
    client.get("/?lang=en")


def test_what_is_translated_is_on_the_page_before_any_script_runs(
    client: FlaskClient, moon: StoredArticle, store: Store
) -> None:
    segment = moon.rows[1].segment
    warning = "1999 is missing from the translation."
    store.save_translations(
        [segment.id], [Translation(segment.text, "The moon rose.", -0.4, (warning,), "m@1")]
    )
    page = client.get(f"/articles/{moon.entry.id}").text
    assert '<span class="text">The moon rose.</span>' in page
    assert f'<p class="note warning">{warning}</p>' in page
    assert page.count('class="target pending"') == 3
    arabic = client.get(f"/articles/{moon.entry.id}?lang=ar").text
    assert "غائب عن الترجمة" in arabic
    client.get("/?lang=en")


def test_a_corrected_sentence_shows_the_persons_text_and_keeps_the_machines(
    client: FlaskClient, moon: StoredArticle, store: Store
) -> None:
    segment = moon.rows[1].segment
    store.save_translations(
        [segment.id], [Translation(segment.text, "The moon rose.", -0.4, ("Odd.",), "m@1")]
    )
    store.correct(segment.id, "The moon came up over the sea in 1999.", version=0)
    page = client.get(f"/articles/{moon.entry.id}").text
    shown = re.search(rf'<li [^>]*class="row[^>]*data-id="{segment.id}".*?</li>', page, re.DOTALL)
    assert shown is not None
    assert '<span class="text">The moon came up over the sea in 1999.</span>' in shown.group()
    assert 'data-machine="The moon rose."' in shown.group()
    assert 'data-version="1"' in shown.group()
    assert "Odd." not in shown.group()  # Nothing is claimed of what a person wrote.


def test_headings_are_headings_and_the_title_is_the_first(client: FlaskClient, moon: StoredArticle) -> None:
    page = client.get(f"/articles/{moon.entry.id}").text
    assert re.search(r'<h1 class="source" lang="ar" dir="rtl">القمر والبحر</h1>', page)


def test_an_article_that_is_not_there_is_a_page_with_404(client: FlaskClient) -> None:
    answer = client.get("/articles/424242", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
