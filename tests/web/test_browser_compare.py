"""Comparing, moving pairs, scores, exports and the model's page in a real browser."""

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask

from translate import reading
from translate.translator import MarianTranslator
from web.compare import add_reference
from web.exports import FORMATS
from web.records import Reference

Visit = Callable[..., Any]
ATTACK = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
MODES = [(1440, False, "en"), (1440, True, "ar"), (390, True, "en"), (390, False, "ar")]


@pytest.fixture(scope="module")
def fresh(app: Flask, translator: MarianTranslator, seeds: list[Path]) -> Callable[[], tuple[int, Reference]]:
    """Gives a translated seed with a new reference each time, so that no test is in another's way."""
    store = app.extensions["muwazi"].store
    seed = seeds[0]
    entry = store.add_article(reading.read(seed), origin="paste")
    rows = [row for row in store.article(entry.id).rows if row.segment.kind != "furniture"]
    store.save_translations(
        [r.segment.id for r in rows], list(translator.translate([r.segment.text for r in rows]))
    )
    english = (seed.parent / "references" / f"{seed.stem}.en.txt").read_text(encoding="utf-8")
    return lambda: (entry.id, add_reference(store, store.article(entry.id), "Our translator", english))


def sizes(page: Any) -> list[list[int]]:
    """How many sentences each pair has on its two sides, as the page shows them."""
    found: list[list[int]] = page.evaluate(
        """[...document.querySelectorAll("li.bead")].map(row =>
        ["source", "target"].map(side => row.querySelectorAll(`[data-side=${side}] .sentence`).length))"""
    )
    return found


def wait_until(page: Any, holds: Callable[[], object]) -> None:
    """Ask again and again; the page's own policy forbids Playwright's way of waiting inside it."""
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "It did not come to pass."
        page.wait_for_timeout(30)


def idle(page: Any) -> bool:
    found: bool = page.evaluate("!document.body.classList.contains('waiting')")
    return found


def revision(page: Any) -> str:
    found: str = page.evaluate("document.getElementById('comparison').dataset.revision")
    return found


def drawn(page: Any) -> list[object]:
    """Every row's place and texts."""
    found: list[object] = page.evaluate(
        """[...document.querySelectorAll("li.bead")].map((row) => [row.id, row.dataset.bead,
        row.getAttribute("aria-label"), row.querySelector(".number").innerHTML,
        ...[...row.querySelectorAll(".sentence, .score")].map((each) => each.innerHTML)])"""
    )
    return found


def moved(page: Any, press: Callable[[], None]) -> None:
    """Do something that moves pairs and wait until the page shows it."""
    before = revision(page)
    press()
    wait_until(page, lambda: revision(page) != before and idle(page))


def test_pairs_are_moved_with_keys_and_undone(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}", expect="400")
    first = sizes(page)
    assert first == [[len(b.source), len(b.target)] for b in reference.beads]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("li.current").get_attribute("id") == "b2"
    for _ in range(2):
        page.keyboard.press("j")
    assert page.locator("li.current").get_attribute("id") == "b4"
    assert first[3] == [1, 2]
    moved(page, lambda: page.keyboard.press("Alt+ArrowDown"))
    assert sizes(page)[3:5] == [[1, 1], [first[4][0], first[4][1] + 1]]
    assert page.locator("li.current").get_attribute("id") == "b4"
    assert page.locator("#announce").inner_text() == "Pushed down"
    assert "paired by hand" in page.locator("#b4 .notes").inner_text()
    moved(page, lambda: page.keyboard.press("m"))
    assert len(sizes(page)) == len(first) - 1
    moved(page, lambda: page.keyboard.press("s"))
    moved(page, lambda: page.keyboard.press("p"))
    assert "pinned" in (page.locator("#b4").get_attribute("class") or "")
    assert page.locator("#b4 [data-action=merge]").is_disabled()
    moved(page, lambda: page.locator("#undo").click())
    page.locator("#b1").click()
    moved(page, lambda: page.keyboard.press("m"))
    assert len(sizes(page)) == len(first) - 1
    rows = drawn(page)
    page.reload()
    assert drawn(page) == rows
    undo = page.get_by_role("button", name="Undo", exact=True)
    for _ in range(4):
        assert undo.is_enabled()
        assert undo.get_attribute("title") == "Undo the last move"
        moved(page, lambda: page.keyboard.press("u"))
    assert sizes(page) == first
    assert undo.is_disabled()
    assert undo.get_attribute("title") == "There is nothing to undo"
    page.keyboard.press("u")
    page.get_by_text("nothing to undo").wait_for()
    page.reload()
    assert sizes(page) == first
    assert undo.is_disabled()


def test_keys_pressed_quickly_are_all_carried_out(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}#b3")
    for _ in range(3):
        page.keyboard.press("m")
    wait_until(page, lambda: len(sizes(page)) == len(reference.beads) - 3 and idle(page))
    assert page.locator("#b3 .source .sentence").count() == sum(len(b.source) for b in reference.beads[2:6])


def test_pairs_are_moved_with_buttons_and_the_arabic_side_too(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}")
    page.locator("#b5 .source").click()
    arabic = page.get_by_role("group", name="Move the Arabic")
    moved(page, lambda: arabic.get_by_role("button", name="Down").click())
    assert sizes(page)[4][0] == 0
    assert page.locator("#b5 .source .gap").inner_text() == "Nothing in Arabic"
    assert "added" in (page.locator("#b5").get_attribute("class") or "")
    page.get_by_role("button", name=re.compile("^Added")).click()
    assert page.locator("li.bead:visible").count() == 1
    moved(page, lambda: page.get_by_role("button", name="Undo").click())
    assert page.locator("#none").is_visible()
    page.get_by_role("button", name=re.compile("^All pairs")).click()
    page.locator("#b4").click()
    moved(page, lambda: page.locator("#b4 .notes").get_by_role("button", name="Pin", exact=True).click())
    moved(page, lambda: page.get_by_role("button", name="Re-align").click())
    assert "pinned" in (page.locator("#b4").get_attribute("class") or "")
    assert sizes(page) == [[len(b.source), len(b.target)] for b in reference.beads]


def test_who_presses_a_button_by_key_goes_on_with_that_button(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}#b5")
    focused = "[document.activeElement.closest('li').id, document.activeElement.textContent]"
    for name, then in (("Pin", "Unpin"), ("Unpin", "Pin"), ("Merge", "Merge")):
        page.get_by_role("group", name="The pair").get_by_role("button", name=name, exact=True).focus()
        moved(page, lambda: page.keyboard.press("Enter"))
        assert page.evaluate(focused) == ["b5", then]


def test_two_windows_on_the_same_pairs_lose_nothing_and_say_so(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    address = f"/articles/{article}/compare/{reference.id}#b3"
    one, other = visit(address, expect="409"), visit(address)
    moved(other, lambda: other.keyboard.press("m"))
    one.keyboard.press("s")
    one.get_by_text("These pairs were changed in another window").wait_for()
    assert sizes(one) == sizes(other)
    moved(one, lambda: one.keyboard.press("s"))
    assert len(sizes(one)) == len(sizes(other)) + 1


def test_a_lost_connection_is_said_and_the_move_can_be_made_again(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}#b3", expect="ERR_INTERNET_DISCONNECTED")
    before = sizes(page)
    page.context.set_offline(True)
    page.keyboard.press("m")
    page.get_by_text("The server can’t be reached").wait_for()
    assert sizes(page) == before
    page.context.set_offline(False)
    moved(page, lambda: page.keyboard.press("m"))
    assert len(sizes(page)) == len(before) - 1


def test_a_move_that_cannot_be_is_refused_in_words(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    last = len(reference.beads)
    page = visit(f"/articles/{article}/compare/{reference.id}#b{last}", expect="400")
    page.keyboard.press("m")
    page.get_by_text("This is the last pair").wait_for()


def test_differences_can_be_hidden_and_help_lists_the_keys(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}")
    line = "getComputedStyle(document.querySelector('#b2 ins')).textDecorationLine"
    assert page.evaluate(line) == "underline"
    page.get_by_role("button", name="Differences").click()
    assert page.evaluate(line) == "none"
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("Merge with the pair below").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_a_reference_is_removed_only_after_asking(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}", expect="404")
    page.get_by_role("button", name="Remove reference").click()
    page.get_by_role("button", name="Keep it").click()
    assert page.locator("dialog").count() == 1  # The list of keys, closed.
    page.get_by_role("button", name="Remove reference").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.wait_for_url(re.compile(rf"/articles/{article}$"))
    assert page.goto(f"{page.url}/compare/{reference.id}").status == 404


def test_scores_lead_from_bars_and_rows_to_their_pair(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/scores/{reference.id}")
    assert page.locator(".figure").count() == 4
    assert "tok:13a" in page.locator(".signature").first.inner_text()
    worst = page.locator("#ranking tbody tr").first
    values = [float(text) for text in page.locator("#ranking td[data-name=chrF]").all_inner_texts()]
    assert values == sorted(values)
    label = worst.get_by_role("link").inner_text()
    worst.get_by_role("link").click()
    assert page.locator("li.current .number").inner_text().strip() in label
    assert page.locator("li.current").is_visible()
    page.go_back()
    page.locator(".chart a").nth(3).click()
    page.wait_for_url("**/compare/**")
    assert page.locator("li.current").count() == 1


def test_every_format_is_downloaded_from_the_page(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    article, reference = fresh()
    page = visit(f"/articles/{article}/compare/{reference.id}")
    for form in FORMATS:
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as waiting:
            page.locator(f"#exports a[href*='format={form}&']").click()
        page.keyboard.press("Escape")
        data = Path(waiting.value.path()).read_bytes()
        if form in ("docx", "epub"):
            assert ZipFile(io.BytesIO(data)).testzip() is None
        else:
            text = json.loads(data)["body"] if form == "json" else data.decode()
            assert "مسئول سابق بالناتو" in text


def test_an_exported_page_reads_right_in_both_directions_and_runs_no_script(
    visit: Visit, app: Flask, tmp_path: Path
) -> None:
    store = app.extensions["muwazi"].store
    entry = store.add_article(
        reading.from_text(f"وصل وفد NATO {ATTACK} إلى طوكيو أمس.", id="x"), origin="paste"
    )
    row = store.article(entry.id).rows[0]
    store.correct(row.segment.id, f"A delegation {ATTACK} came.", version=0)
    client = app.test_client()
    path = tmp_path / "page.html"
    path.write_bytes(client.get(f"/api/articles/{entry.id}/export?format=html").data)
    page = visit("/")
    page.goto(path.as_uri())
    assert page.evaluate("window.hit") is None
    arabic = page.locator("td[lang=ar]")
    assert arabic.evaluate("cell => getComputedStyle(cell).direction") == "rtl"
    assert ATTACK in arabic.inner_text()
    assert page.locator("td[lang=en]").evaluate("cell => getComputedStyle(cell).direction") == "ltr"
    # The first Arabic word stands to the right of the isolated name.
    left = page.evaluate(
        """() => { const cell = document.querySelector("td[lang=ar]"), range = document.createRange();
        range.setStart(cell.firstChild, 0); range.setEnd(cell.firstChild, 3);
        return cell.querySelector("bdi").getBoundingClientRect().right <= range.getBoundingClientRect().right }"""
    )
    assert left


def test_the_model_is_measured_and_articles_are_translated_again(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]]
) -> None:
    fresh()
    page = visit("/model")
    page.get_by_role("button", name="Measure the speed").click()
    page.get_by_text("Measured just now").wait_for()
    assert re.search(r"\d\W? words a second in a batch", page.locator(".facts-list").inner_text())
    again = page.get_by_role("button", name="Translate again")
    assert again.is_disabled()
    page.get_by_role("button", name="All or none").click()
    again.click()
    page.get_by_text("being translated again").wait_for()


@pytest.mark.parametrize(("width", "dark", "language"), MODES)
def test_pages_fit_the_screen_and_axe_finds_nothing_serious(
    visit: Visit, fresh: Callable[[], tuple[int, Reference]], width: int, dark: bool, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    # axe is put into the page as a script, which the policy forbids to everybody else.
    article, reference = fresh()
    for path in (
        f"/articles/{article}/compare/{reference.id}#b4",
        f"/articles/{article}/scores/{reference.id}",
        "/model",
    ):
        page = visit(path, width=width, dark=dark, language=language)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = axe.Axe().run(page)
        serious = [
            (each["id"], [node["target"] for node in each["nodes"]][:4])
            for each in found.response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        assert serious == [], path
