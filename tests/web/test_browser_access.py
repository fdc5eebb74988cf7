"""Every page for everybody: axe's rules, both interface languages, wide and narrow, light and dark, keys alone, paper."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

Visit = Callable[..., Any]

TEXT = "طوكيو والحلف\n\nوصل 17 وفدا إلى طوكيو يوم السبت. ناقش الوفد الأمن مع وزير الدفاع.\n\nغادر الوفد المدينة مساء."
REFERENCE = "Tokyo and the alliance\n\n17 delegations arrived in Tokyo on Saturday. They spoke about security.\n\nThey left in the evening."
# Interface language, dark, width: each value meets each other one somewhere.
VARIANTS = [("en", False, 1440), ("en", True, 390), ("ar", True, 1440), ("ar", False, 390)]


@pytest.fixture(scope="module")
def article(app: Flask, translated: Callable[..., int]) -> int:
    """An article with its translation, a correction and a reference."""
    client = app.test_client()
    number = translated(TEXT)
    rows = client.get(f"/api/articles/{number}").json["rows"]  # type: ignore[index]
    client.put(
        f"/api/segments/{rows[2]['id']}/correction", json={"text": "They spoke about security.", "version": 0}
    )
    answer = client.post(f"/api/articles/{number}/references", json={"name": "A person", "text": REFERENCE})
    assert answer.status_code == 201, answer.text
    return number


def paths(article: int) -> dict[str, str]:
    return {
        "library": "/",
        "reader": f"/articles/{article}",
        "search": "/search?q=طوكيو",
        "compare": f"/articles/{article}/compare/1",
        "scores": f"/articles/{article}/scores/1",
        "model": "/model",
        "docs": "/docs",
        "error": "/articles/999",
    }


def serious(page: Any) -> list[str]:
    """What axe finds that keeps people out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    "name", ["library", "reader", "search", "compare", "scores", "model", "docs", "error"]
)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_page(
    visit: Visit, article: int, name: str
) -> None:
    for language, dark, width in VARIANTS:
        page = visit(paths(article)[name], language=language, dark=dark, width=width, expect="404")
        assert serious(page) == [], (language, dark, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (language, width)
        page.context.close()


def test_axe_finds_nothing_serious_in_what_opens(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", dark=True)
    page.get_by_role("button", name="Reading settings").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.locator("#s3 .target").click(position={"x": 20, "y": 12})
    assert serious(page) == []
    page.keyboard.press("e")
    page.keyboard.type(" And more.")
    page.locator("#s3 .state.good").wait_for()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.locator("#s3").get_by_role("button", name="Show changes").click()
    assert serious(page) == []
    covered = visit(f"/articles/{article}", looks="reveal.on-furniture.shown-view.target")
    assert serious(covered) == []
    library = visit("/")
    library.get_by_role("button", name="Add an article").click()
    library.get_by_role("button", name="Translate and read").click()
    assert serious(library) == []


def test_the_arabic_interface_is_mirrored_and_the_columns_keep_their_meaning(
    visit: Visit, article: int
) -> None:
    for language, width in (("en", 1440), ("ar", 1440)):
        page = visit(f"/articles/{article}", language=language, width=width)
        home = page.locator(".wordmark").bounding_box()["x"]
        source = page.locator("#s2 .source").bounding_box()["x"]
        target = page.locator("#s2 .target").bounding_box()["x"]
        mirrored = language == "ar"
        assert (home > width / 2) is mirrored
        assert (source > target) is mirrored  # The first column is the Arabic one in either.
        cells = page.locator("#s2 .source, #s2 .target")
        styles = cells.evaluate_all(
            "nodes => nodes.map(node => [node.lang, getComputedStyle(node).direction])"
        )
        assert styles == [["ar", "rtl"], ["en", "ltr"]]


def test_a_narrow_screen_puts_the_english_under_its_arabic(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", width=390)
    source, target = (page.locator(f"#s2 .{side}").bounding_box() for side in ("source", "target"))
    assert target["y"] >= source["y"] + source["height"]
    assert source["width"] > 330
    page.tap("#s2 .target")
    page.get_by_role("button", name="Correct").tap()
    assert page.locator("#s2 textarea").evaluate("node => node.scrollWidth <= node.clientWidth + 1")


def test_rows_are_level_and_lines_are_of_a_length_to_read(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    for row in page.locator(".row").all():
        source, target = (row.locator(f".{side}").bounding_box() for side in ("source", "target"))
        assert abs(source["y"] - target["y"]) < 12  # On one baseline, in two sizes of type.
        assert source["width"] < 600
    sizes = [
        float(page.locator(f"#s2 .{side}").evaluate("node => parseFloat(getComputedStyle(node).fontSize)"))
        for side in ("source", "target")
    ]
    assert sizes[0] > 1.15 * sizes[1]
    assert page.evaluate("document.fonts.check('20px Naskh', 'ع') && document.fonts.check('20px Serif', 'a')")


def test_the_keyboard_reaches_everything_and_is_trapped_nowhere(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className + '#' + document.activeElement.id"))
        if "BODY" in page.evaluate("document.activeElement.tagName"):
            break
    assert reached[0].startswith("skip")
    assert reached[1].startswith("wordmark")
    assert "#find" in reached
    assert any(each.startswith("row") for each in reached)
    assert len(reached) < 40  # It came out at the other end.
    assert reached.index("#find") < next(
        index for index, each in enumerate(reached) if each.startswith("row")
    )


def test_reduced_motion_is_respected(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(node => getComputedStyle(node).animationName !== 'none').length"
    )
    assert moving == 0


def test_paper_shows_the_two_texts_and_nothing_else(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", dark=True, looks="reveal.on")
    page.emulate_media(media="print")
    for away in (".masthead", ".toolbar", ".toasts", "#s2 .number"):
        assert page.locator(away).is_hidden(), away
    assert page.locator("#s2 .source").is_visible()
    assert page.locator("#s2 .text").evaluate("node => getComputedStyle(node).visibility") == "visible"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
