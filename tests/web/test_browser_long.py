"""An article of 2,000 sentences in a real browser: what is out of sight costs nothing, and is found all the same."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from translate import reading
from translate.text import Translation
from web.reader import CHUNK_ROWS

Visit = Callable[..., Any]

SENTENCES = 2000
# How many rows a browser has laid out: those in chunks that it does not skip.
DRAWN = """() => [...document.querySelectorAll(".chunk")]
  .filter((chunk) => chunk.firstElementChild.checkVisibility({ contentVisibilityAuto: true }))
  .reduce((rows, chunk) => rows + chunk.querySelectorAll(".row").length, 0)"""


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
