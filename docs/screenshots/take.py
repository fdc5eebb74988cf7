"""
Takes the screenshots of this folder again, from a running server with the five seeds.

    python docs/screenshots/take.py http://127.0.0.1:5000

Needs playwright and Debian's chromium; with Pillow the files are made small.
"""

import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"


def open_page(browser: Any, url: str, *, width: int = 1440, height: int = 900, **more: Any) -> Any:
    """A page of its own size, colours and language."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if more.get("dark") else "light",
        locale="en-GB",
        has_touch=width < 600,
        device_scale_factor=more.get("scale", 1),
    )
    context.set_default_timeout(120_000)
    context.add_cookies([{"name": "lang", "value": more.get("language", "en"), "url": url}])
    page = context.new_page()
    page.goto(url)
    return page


def shoot(page: Any, name: str, colours: int = 160) -> None:
    """Save what the page shows, with a palette where Pillow is installed."""
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    try:
        from PIL import Image
    except ImportError:
        return
    # Of a page that is nearly black and white, the rare colours are those to keep.
    small = (
        Image.open(path)
        .convert("RGB")
        .quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    small.save(path, optimize=True)


def take(server: str) -> None:
    """All of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS.split())
        page = open_page(browser, f"{server}/")
        numbers = re.findall(r'class="book-link" href="(/articles/\d+)"', page.content())
        shoot(page, "library")
        page = open_page(browser, server + numbers[0])
        page.locator("#s2").click()
        page.locator("#s2 .word:not([data-links=''])").first.wait_for()
        page.locator("#s2 .source .word:not([data-links=''])").nth(2).hover()
        shoot(page, "reader")
        page = open_page(browser, server + numbers[1], dark=True, language="ar")
        page.locator("#s2 .target").click(position={"x": 20, "y": 12})
        page.keyboard.press("e")
        page.keyboard.type(" They met again in June.")
        page.locator("#s2 .state.good").wait_for()
        shoot(page, "correcting")
        page = open_page(browser, server + numbers[2])
        page.locator("[popovertarget=references]").click()
        page.locator("#references ul a").first.click()
        page.locator("#b2").wait_for()
        shoot(page, "compare")
        page = open_page(browser, server + numbers[1], width=390, height=844, scale=2)
        page.mouse.wheel(0, 120)
        page.wait_for_timeout(1000)
        shoot(page, "phone")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"))
