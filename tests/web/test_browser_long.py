"""An article of 2,000 sentences in a real browser: what is out of sight costs nothing, and is found all the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from translate import reading
from translate.text import Translation
from web.pages import CHUNK_ROWS
from web.records import StoredBead

Visit = Callable[..., Any]

SENTENCES = 2000
# How many rows a browser has laid out: those in chunks that it does not skip.
DRAWN = """() => [...document.querySelectorAll(".chunk")]
  .filter((chunk) => chunk.firstElementChild.checkVisibility({ contentVisibilityAuto: true }))
  .reduce((rows, chunk) => rows + chunk.querySelectorAll(".row, .bead").length, 0)"""


def sentences(seeds: list[Path]) -> Iterator[str]:
    """The seeds' sentences, each time round with another number before them."""
    known = [
        segment.text
        for seed in seeds
        for segment in reading.read(seed).segments
        if 30 < len(segment.text) < 300 and segment.text.endswith(".")
    ]
    return (f"في عام {1000 + number} {text}" for number, text in enumerate(cycle(known)))


@pytest.fixture(scope="module")
def article(app: Flask, seeds: list[Path]) -> int:
    """The article, with an English sentence for each that says its number."""
    lines = list(islice(sentences(seeds), SENTENCES))
    text = "\n\n".join(" ".join(lines[start : start + 5]) for start in range(0, SENTENCES, 5))
    store = app.extensions["muwazi"].store
    entry = store.add_article(reading.from_text(text, id="long"), origin="paste")
    rows = store.article(entry.id).rows
    assert len(rows) >= SENTENCES
    store.save_translations(
        [row.segment.id for row in rows],
        [
            Translation(
                row.segment.text, f"This is sentence number {number}, and its text.", -0.5, (), "none"
            )
            for number, row in enumerate(rows, 1)
        ],
    )
    return int(entry.id)


@pytest.fixture(scope="module")
def comparison(app: Flask, article: int) -> str:
    """The address of its comparison with a reference, sentence for sentence; each hundredth pair is doubtful."""
    store = app.extensions["muwazi"].store
    count = len(store.article(article).rows)
    text = "\n".join(f"This is number {number} as somebody else says it." for number in range(1, count + 1))
    reference = replace(reading.from_text(text, id="reference"), language="en")
    beads = tuple(
        StoredBead(range(place, place + 1), range(place, place + 1), 0.99 if place % 100 else 0.5, "", False)
        for place in range(count)
    )
    return f"/articles/{article}/compare/{store.add_reference(article, 'reference', reference, beads).id}"


def in_view(page: Any, row: str) -> bool:
    shown: bool = page.evaluate(
        f"(({{ top, bottom }}) => top >= 0 && bottom <= innerHeight)"
        f"(document.querySelector('{row}').getBoundingClientRect())"
    )
    return shown


def test_only_rows_near_the_view_are_drawn(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    assert page.locator(".row").count() >= SENTENCES
    assert page.locator(".chunk").count() <= -(-page.locator(".row").count() // CHUNK_ROWS)
    assert 0 < page.evaluate(DRAWN) <= 200
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(300)
    assert 0 < page.evaluate(DRAWN) <= 200
    # One element a word, a listener a row or the like would make this many more.
    assert (
        page.evaluate(
            "document.querySelectorAll('#pairs *').length / document.querySelectorAll('.row').length"
        )
        < 8
    )


def test_rows_are_one_list_of_items(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    assert page.get_by_role("list", name="Sentences with their translation").count() == 1
    bad = "[...document.querySelectorAll('.chunk > *')].filter((each) => each.role !== 'listitem').length"
    assert page.evaluate(bad) == 0
    assert page.evaluate("[...document.querySelectorAll('.chunk')].every((each) => each.role === 'none')")


def test_an_address_leads_to_a_sentence_far_down_and_keys_go_on_from_there(
    visit: Visit, article: int
) -> None:
    page = visit(f"/articles/{article}#s1500")
    page.wait_for_selector("#s1500.current")
    page.wait_for_function("scrollY > 1000")
    assert in_view(page, "#s1500")
    for _ in range(25):  # Into the next chunk.
        page.keyboard.press("j")
    page.wait_for_selector("#s1525.current")
    assert in_view(page, "#s1525")
    assert page.evaluate("document.activeElement.id") == "s1525"
    page.keyboard.press("Escape")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    page.wait_for_timeout(300)
    page.keyboard.press("j")
    assert in_view(page, ".row.current")


FIRST_IN_VIEW = """() => [...document.querySelectorAll(".row, .bead[id]")]
  .map((row) => [row.id, row.getBoundingClientRect()])
  .filter(([, place]) => place.bottom > Math.max(0, document.querySelector(".toolbar").getBoundingClientRect().bottom))
  .map(([id, place]) => [id, Math.round(place.top)])[0]"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("page_of", ["article", "comparison"])
def test_a_reload_and_the_way_back_lead_to_where_one_was(
    visit: Visit, article: int, comparison: str, page_of: str, width: int
) -> None:
    path = f"/articles/{article}" if page_of == "article" else comparison
    page = visit(path, width=width)
    for _ in range(30):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(20)
    page.wait_for_timeout(300)
    row, top = page.evaluate(FIRST_IN_VIEW)
    assert int(row[1:]) > 50
    page.reload()
    page.wait_for_timeout(500)
    assert page.evaluate(FIRST_IN_VIEW) == [row, pytest.approx(top, abs=3)]
    page.locator(f"#{row}").click(position={"x": 5, "y": 5})
    clicked = page.locator(".current").get_attribute("id")
    row, top = page.evaluate(FIRST_IN_VIEW)
    page.goto(page.url.split("/articles")[0] + "/model")
    page.go_back()
    page.wait_for_timeout(500)
    assert page.evaluate(FIRST_IN_VIEW) == [row, pytest.approx(top, abs=3)]
    assert page.locator(".current").get_attribute("id") == clicked


def test_the_first_key_begins_at_what_is_in_view_in_a_narrow_window(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", width=700)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    page.wait_for_timeout(300)
    page.keyboard.press("j")
    page.wait_for_selector(".row.current")
    assert int(page.locator(".row.current").get_attribute("id")[1:]) > 200


def test_the_browsers_own_search_finds_what_is_out_of_sight(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    assert page.evaluate("find('sentence number 1777,')")
    assert page.evaluate("getSelection().anchorNode.parentElement.closest('.row').id") == "s1777"
    page.wait_for_timeout(200)
    assert in_view(page, "#s1777")


def test_paper_has_every_row(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    page.emulate_media(media="print")
    assert page.evaluate(DRAWN) == page.locator(".row").count()


def test_a_sentence_far_down_is_corrected_and_shows_its_words(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}#s1900")
    page.wait_for_selector("#s1900 .source .word")
    assert page.locator(".word").first.evaluate("node => node.closest('.row').id") == "s1900"
    page.keyboard.press("e")
    page.locator("#s1900 textarea").fill("Somebody has read this far.")
    page.locator("#s1900 .state.good").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#s1900 .said").inner_text() == "Somebody has read this far."


def test_only_pairs_near_the_view_are_drawn(visit: Visit, comparison: str) -> None:
    page = visit(comparison)
    pairs = page.locator("li.bead").count()
    assert pairs >= SENTENCES
    assert page.locator(".chunk").count() == -(-pairs // CHUNK_ROWS)
    assert 0 < page.evaluate(DRAWN) <= 200
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(300)
    assert 0 < page.evaluate(DRAWN) <= 200
    page.emulate_media(media="print")
    assert page.evaluate(DRAWN) == pairs


def test_pairs_are_one_list_of_items(visit: Visit, comparison: str) -> None:
    page = visit(comparison)
    assert page.get_by_role("list", name="Pairs").count() == 1
    bad = "[...document.querySelectorAll('.chunk > *')].filter((each) => each.role !== 'listitem').length"
    assert page.evaluate(bad) == 0


def test_a_pair_far_down_stays_where_it_is_when_it_is_moved(visit: Visit, comparison: str) -> None:
    page = visit(f"{comparison}#b1500")
    page.wait_for_selector("#b1500.current")
    page.wait_for_timeout(300)
    place = "document.querySelector('#b1500').getBoundingClientRect().top"
    before = page.evaluate(place)
    assert in_view(page, "#b1500")
    pairs = page.locator("li.bead").count()
    first = page.locator("#b1").element_handle()
    page.keyboard.press("m")
    page.wait_for_selector("#b1500.current:has(.source .sentence + .sentence)")
    assert page.locator("li.bead").count() == pairs - 1
    assert page.evaluate(place) == pytest.approx(before, abs=2)
    assert page.evaluate("document.activeElement.id") == "b1500"
    assert first.evaluate("row => row.isConnected"), "What did not change is not drawn again."
    page.keyboard.press("u")
    page.wait_for_selector("#b1500.current:not(:has(.source .sentence + .sentence))")
    assert page.evaluate(place) == pytest.approx(before, abs=2)


def test_few_chosen_pairs_make_a_short_page(visit: Visit, comparison: str) -> None:
    page = visit(comparison)
    height = "document.documentElement.scrollHeight"
    whole = page.evaluate(height)
    page.get_by_role("button", name="Doubtful").click()
    chosen = page.locator("li.bead:not([hidden])").count()
    assert chosen == page.locator("li.bead.doubtful").count() > 10
    page.wait_for_timeout(300)
    assert page.evaluate(height) < whole / 20
    page.get_by_role("button", name="All pairs").click()
    page.wait_for_timeout(300)
    assert page.evaluate(height) > whole / 2
