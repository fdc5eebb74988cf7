"""The API page in a real browser: it opens, reads well at both widths, and fetches nothing from elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visit = Callable[..., Any]


@pytest.mark.parametrize(
    ("width", "dark", "language"), [(1440, False, "en"), (390, True, "ar")], ids=["wide", "narrow"]
)
def test_the_api_page_opens_fits_and_is_accessible(
    visit: Visit, tmp_path: Path, width: int, dark: bool, language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = visit("/docs", width=width, dark=dark, language=language)
    page.locator("#add_article > summary").click()
    assert page.locator("#add_article").get_by_text("multipart/form-data").is_visible()
    page.locator("#add_article").get_by_role("link", name="Entry").first.click()
    assert page.evaluate("location.hash") == "#shape-Entry"
    assert page.locator("#shape-Entry").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=str(tmp_path / f"docs-{width}.png"))
    found = axe.Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []


def test_the_api_page_can_be_read_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("/docs")
    page.locator("#list_articles > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#list_articles").get_attribute("open") is not None
    page.keyboard.press("Enter")
    assert page.locator("#list_articles").get_attribute("open") is None
