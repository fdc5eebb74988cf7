"""Reading in a real browser: adding, streaming, pointing, keys, looks, searching, deleting."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

Visit = Callable[..., Any]

TEXT = """تعاون جديد بين اليابان والحلف

قال رئيس الوزراء الياباني إن بلاده سوف تعزز التعاون العسكري مع الحلف في عام 2024. وأضاف أن اليابان وقعت اتفاقا جديدا.

وصل الوفد إلى طوكيو يوم السبت. ناقش الوفد الأمن في المحيط الهادئ مع وزير الدفاع.

شكرًا لكم على القراءة."""
ATTACK = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "It did not come to pass."
        time.sleep(0.05)


@pytest.fixture(scope="module")
def article(translated: Callable[..., int]) -> int:
    return translated(TEXT)


def settled(page: Any) -> None:
    page.wait_for_selector(".row:not(.furniture) .target.pending", state="detached")
    page.wait_for_selector("[data-live]", state="detached")


def test_a_pasted_article_opens_and_its_english_arrives_sentence_by_sentence(
    visit: Visit, seeds: list[Path]
) -> None:
    page = visit("/")
    if page.locator("#add").is_hidden():
        page.get_by_role("button", name="Add an article").click()
    page.get_by_role("button", name="Translate and read").click()
    assert page.get_by_role("alert").inner_text() == "Paste the Arabic text first."
    page.get_by_label("Arabic text").fill(seeds[3].read_text(encoding="utf-8"))
    page.get_by_role("button", name="Translate and read").click()
    page.wait_for_url("**/articles/*")
    page.wait_for_selector(".row:not(.furniture) .said")
    settled(page)
    rows = page.locator(".row:not(.furniture)")
    assert rows.count() > 10
    assert page.locator(".row:not(.furniture) .said").count() == rows.count()
    assert page.locator("#announce").inner_text() in {"The translation is complete", ""}
    english = page.locator(".said").all_inner_texts()
    page.reload()
    assert page.locator(".said").all_inner_texts() == english


def test_a_page_opened_in_the_middle_of_a_translation_shows_the_rest_as_it_comes(
    visit: Visit, app: Flask, seeds: list[Path]
) -> None:
    text = "\n\n".join(seed.read_text(encoding="utf-8") for seed in seeds)
    number = app.test_client().post("/api/articles", json={"text": text}).json["id"]  # type: ignore[index]
    page = visit(f"/articles/{number}")
    page.wait_for_selector(".said")
    page.reload()
    settled(page)
    assert page.locator(".row:not(.furniture) .target.pending").count() == 0
    assert page.locator("#progress").is_hidden()
    assert re.search(r"\d+ warning", page.locator("#warnings").inner_text())


def test_pointing_at_a_word_marks_its_partner_both_ways_and_a_click_pins_it(
    visit: Visit, article: int
) -> None:
    page = visit(f"/articles/{article}")
    row = page.locator("#s2")
    row.hover()
    page.wait_for_selector("#s2 .word[data-links]:not([data-links=''])")
    there = row.locator(".source .word:not([data-links=''])").first
    there.hover()
    assert there.evaluate("node => node.classList.contains('pointed')")
    row.locator(".target .word.linked").first.hover()
    assert row.locator(".target .word.pointed").count() == 1
    assert "linked" in (there.get_attribute("class") or "")
    there.click()
    page.mouse.move(5, 5)
    page.wait_for_timeout(50)
    assert row.locator(".source .word.pointed").count() == 1
    assert row.locator(".target .word.linked").count() >= 1
    page.keyboard.press("Escape")
    assert row.locator(".word.pointed, .word.linked").count() == 0


def test_the_text_stays_the_same_when_its_words_become_elements(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    before = page.locator("#s2 .source").inner_text(), page.locator("#s2 .said").inner_text()
    page.locator("#s2").click()
    page.wait_for_selector("#s2 .word")
    assert (page.locator("#s2 .source").inner_text(), page.locator("#s2 .said").inner_text()) == before
    assert "2024" in before[0]


def test_keys_go_from_sentence_to_sentence_and_from_word_to_word(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    current = lambda: page.locator(".row.current").get_attribute("id")  # noqa: E731
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert current() == "s2"
    assert page.evaluate("document.activeElement.id") == "s2"
    page.keyboard.press("k")
    assert current() == "s1"
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.wait_for_selector("#s2 .source .word.pointed")
    words = page.locator("#s2 .source .word")
    assert words.nth(0).evaluate("node => node.classList.contains('pointed')")
    page.keyboard.press("ArrowLeft")  # Arabic goes on to the left.
    assert words.nth(1).evaluate("node => node.classList.contains('pointed')")
    assert words.nth(1).inner_text() in page.locator("#announce").inner_text()
    page.keyboard.press("o")
    assert page.locator("#s2 .target .word.pointed").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".word.pointed").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("j")  # Typed, not obeyed.
    assert page.locator("#find").input_value() == "j"
    assert current() == "s2"


def test_a_question_mark_shows_the_keys_and_escape_hides_them(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog", name="Keys").is_hidden()


def test_switches_act_at_once_and_are_remembered(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    page.get_by_role("button", name="Reading settings").click()
    left = page.locator("#s2 .source").bounding_box()["x"]
    page.locator("[data-look=order] label").nth(1).click()
    assert page.locator("#s2 .source").bounding_box()["x"] > left
    size = page.locator("#s2 .source").evaluate("node => getComputedStyle(node).fontSize")
    page.get_by_role("group", name="Arabic type").get_by_role("button", name="Larger").click()
    page.locator("[data-look=theme] label").nth(2).click()
    page.locator("input[name=tashkeel]").click()
    page.reload()
    assert page.locator("#s2 .source").bounding_box()["x"] > left
    assert page.locator("#s2 .source").evaluate("node => getComputedStyle(node).fontSize") > size
    red = "Number(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0])"
    assert page.evaluate(red) < 60
    assert page.locator("#s6 .source").inner_text() == "شكرا لكم على القراءة."
    page.get_by_role("button", name="Reading settings").click()
    page.locator("input[name=tashkeel]").click()
    assert page.locator("#s6 .source").inner_text() == "شكرًا لكم على القراءة."
    page.locator("[data-look=view] label").nth(1).click()
    assert page.locator("#s2 .target").is_hidden()
    assert page.locator("#s2 .source").is_visible()
    page.locator("[data-look=view] label").nth(2).click()
    assert page.locator("#s2 .target").is_visible()
    assert page.locator("#s2 .source").is_hidden()


def test_english_is_covered_until_it_is_asked_for(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", looks="reveal.on")
    text = page.locator("#s2 .text")
    assert text.evaluate("node => getComputedStyle(node).visibility") == "hidden"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert text.evaluate("node => getComputedStyle(node).visibility") == "visible"
    page.locator("#s3 .target").click(position={"x": 30, "y": 12})
    assert page.locator("#s3 .text").evaluate("node => getComputedStyle(node).visibility") == "visible"
    assert page.locator("#s4 .text").evaluate("node => getComputedStyle(node).visibility") == "hidden"


def test_furniture_is_folded_and_unfolds(
    visit: Visit, translated: Callable[..., int], seeds: list[Path]
) -> None:
    number = translated(seeds[0].read_text(encoding="utf-8"))
    page = visit(f"/articles/{number}")
    assert page.locator(".row.furniture").first.is_hidden()
    page.get_by_role("button", name=re.compile(r"line.* of the page")).first.click()
    assert page.locator(".row.furniture").first.is_visible()
    page.reload()
    assert page.locator(".row.furniture").first.is_visible()


def test_a_search_leads_to_the_sentence(visit: Visit, article: int) -> None:
    page = visit("/")
    page.keyboard.press("/")
    page.keyboard.type("طوكيو")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    assert page.locator("mark").first.inner_text() == "طوكيو"
    page.locator(f"a[href='/articles/{article}#s4']").click()
    page.wait_for_selector("#s4.current")
    assert page.locator("#s4").evaluate("node => node.getBoundingClientRect().bottom <= innerHeight")


def test_a_deleted_article_can_be_brought_back(visit: Visit, translated: Callable[..., int]) -> None:
    number = translated("سقط المطر على المدينة. ابتلت الشوارع.", title="مقال للحذف")
    page = visit("/")
    book = page.locator(f".book[data-id='{number}']")
    book.hover()
    book.get_by_role("button").click()
    page.get_by_role("status").get_by_text("Deleted").wait_for()
    assert book.is_hidden()
    page.get_by_role("button", name="Undo").click()
    book.wait_for()
    page.reload()
    assert book.is_visible()


def test_a_file_is_uploaded_and_one_that_cannot_be_read_is_refused_with_its_reason(
    visit: Visit, tmp_path: Path, seeds: list[Path]
) -> None:
    odd = tmp_path / "picture.png"
    odd.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page = visit("/", expect="415 400 422")
    if page.locator("#add").is_hidden():
        page.get_by_role("button", name="Add an article").click()
    page.get_by_role("tab", name="File").click()
    page.locator("#add-file").set_input_files(odd)
    page.get_by_role("button", name="Translate and read").click()
    page.wait_for_selector("#add-error:not([hidden])")
    assert "png" in page.locator("#add-error").inner_text().lower()
    page.locator("#add-file").set_input_files(seeds[1])
    page.get_by_role("button", name="Translate and read").click()
    page.wait_for_url("**/articles/*")
    assert "AUKUS" in page.locator("#pairs").inner_text()


def test_an_address_that_may_not_be_fetched_is_refused_and_stays_in_the_form(visit: Visit) -> None:
    page = visit("/", expect="400 403 422 502 504")
    if page.locator("#add").is_hidden():
        page.get_by_role("button", name="Add an article").click()
    page.get_by_role("tab", name="Address").click()
    page.locator("#add-url").fill("ftp://example.org/a")
    page.get_by_role("button", name="Translate and read").click()
    assert "http://" in page.locator("#add-error").inner_text()
    page.locator("#add-url").fill("http://127.0.0.1/secret")
    page.get_by_role("button", name="Translate and read").click()
    page.locator("#add-error").filter(has_text="127.0.0.1").wait_for()
    assert page.locator("#add-url").input_value() == "http://127.0.0.1/secret"


def test_markup_in_titles_texts_and_searches_stays_text(visit: Visit, translated: Callable[..., int]) -> None:
    number = translated(f"هذا نص {ATTACK} طويل جدا.", title=f"عنوان {ATTACK}")
    for path in ("/", f"/articles/{number}", f"/search?q={ATTACK}", "/search?q=نص"):
        page = visit(path)
        page.wait_for_timeout(200)
        if page.locator(".row").count():
            page.locator(".row").first.hover()
            page.wait_for_timeout(300)
        assert page.evaluate("window.hit") is None, path
        assert page.locator("img").count() == 0


def test_the_strict_policy_lets_no_inline_script_run(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", expect="Content-Security-Policy Content Security Policy")
    page.evaluate(
        """() => { const script = document.createElement('script'); script.textContent = 'window.hit = 1';
        document.body.append(script); document.body.insertAdjacentHTML('beforeend', '<b style="color:red">x</b>'); }"""
    )
    assert page.evaluate("window.hit") is None
    assert page.locator("body > b").evaluate("node => getComputedStyle(node).color") != "rgb(255, 0, 0)"
