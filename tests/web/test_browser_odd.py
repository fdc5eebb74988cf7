"""Odd texts and odd orders of actions in a real browser: what a reader does without thinking of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visit = Callable[..., Any]

PLACE = "https://www.example.com/" + "archive/" * 60 + "story"
TEXT = f"""أسعار الهواتف في المتاجر

قالت شركة Apple إن هاتف iPhone 15 سيباع في متاجر المدينة. لمزيد من التفاصيل زوروا {PLACE} قبل مساء السبت.

This whole paragraph is English, and stands in the middle of an article.

\u202bوأضافت الشركة\u202c أن \u2067الهاتف\u2069 سيصل قريبا\u200e."""
HUGE = "وقال الوزير إن الحكومة ستدرس " + " و".join(["المشروع والميزانية والقانون في المدينة"] * 40) + "."


@pytest.fixture(scope="module")
def article(translated: Callable[..., int]) -> int:
    return translated(TEXT)


def open_form(page: Any) -> None:
    if page.locator("#add").is_hidden():
        page.get_by_role("button", name="Add an article").click()


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_a_long_address_in_a_text_and_in_its_warning_keeps_within_the_page(
    visit: Visit, translated: Callable[..., int], width: int
) -> None:
    # The model cannot render it: it says something else, and the warning repeats the word.
    number = translated(f"زار {'ا' * 600} المدينة.\n\n{PLACE}\n\nثم غادر.")
    page = visit(f"/articles/{number}", width=width)
    assert page.locator(".note.warning").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_line_in_latin_letters_keeps_its_stop_at_its_end(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    line = page.locator(".row .source", has_text="This whole paragraph")
    stop, start = line.evaluate(
        """node => {
          const text = node.firstChild, range = document.createRange();
          const place = (at) => (range.setStart(text, at), range.setEnd(text, at + 1), range.getBoundingClientRect());
          return [place(text.length - 1), place(text.length - 2)].map(({ x, y }) => [x, y]);
        }"""
    )
    assert stop[0] > start[0]
    assert stop[1] == start[1]
    arabic = page.locator(".row .source", has_text="iPhone")
    assert arabic.evaluate("node => getComputedStyle(node).direction") == "rtl"
    found = visit("/search?q=paragraph")
    line = found.locator(".concordance .source", has_text="This whole")
    assert line.locator(".before").bounding_box()["x"] < line.locator(".hit").bounding_box()["x"]


def test_marks_of_direction_are_no_words(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    row = page.locator(".row", has_text="وأضافت")
    before = row.locator(".source").text_content()
    row.click()
    row.locator(".source .word").first.wait_for()
    assert row.locator(".source").text_content() == before
    assert "\u2067" in before
    words = row.locator(".source .word").all_text_contents()
    assert "الهاتف" in "".join(words)
    assert [word for word in words if not any(map(str.isalnum, word))] == []


def test_a_sentence_that_fills_pages_is_cut_where_it_names_the_article(
    visit: Visit, translated: Callable[..., int]
) -> None:
    number = translated(HUGE)
    page = visit(f"/articles/{number}")
    assert len(page.locator(".said").inner_text()) > 500
    assert page.title().startswith(page.locator(".said").inner_text()[:90])
    assert len(page.title()) < 120
    page = visit("/search?q=الميزانية")
    heading = page.locator(".found h2", has_text="وقال الوزير")
    assert heading.bounding_box()["height"] < 200


def test_a_half_typed_address_does_not_keep_a_pasted_text_from_being_added(visit: Visit) -> None:
    page = visit("/")
    open_form(page)
    page.get_by_role("tab", name="Address").click()
    page.get_by_label("Web address").fill("example.com")
    page.get_by_role("button", name="Translate and read").click()
    assert "http://" in page.locator("#add-error").inner_text()
    page.get_by_role("tab", name="Paste").click()
    page.get_by_label("Arabic text").fill("وصل القطار إلى المحطة.")
    page.get_by_role("button", name="Translate and read").click()
    page.wait_for_url("**/articles/*")


def test_of_two_dropped_files_none_is_lost_in_silence(visit: Visit) -> None:
    page = visit("/")
    drop = """(names) => {
      const dataTransfer = new DataTransfer();
      for (const name of names) dataTransfer.items.add(new File(["وصل القطار."], name));
      for (const kind of ["dragenter", "dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
    }"""
    page.evaluate(drop, ["one.txt", "two.txt"])
    assert page.get_by_role("alert").inner_text() == "Drop one file at a time."
    assert page.locator("#add-file").evaluate("field => field.files.length") == 0
    page.evaluate(drop, ["one.txt"])
    assert page.get_by_role("alert").is_hidden()
    assert page.locator("#add-file").evaluate("field => field.files[0].name") == "one.txt"


def test_a_reference_without_a_text_is_asked_for_in_words(visit: Visit, article: int) -> None:
    for language, words in (("en", "Paste the English text"), ("ar", "ألصق النص الإنكليزي")):
        page = visit(f"/articles/{article}", language=language)
        page.locator("[popovertarget=references]").click()
        page.locator("#reference-open").click()
        page.locator("#reference-form [type=submit]").click()
        assert words in page.get_by_role("alert").inner_text()
        assert page.evaluate("document.activeElement.id") == "reference-text"


def test_each_step_of_the_type_is_a_step_on_a_phone_too(visit: Visit, article: int) -> None:
    for width in (1440, 390):
        page = visit(f"/articles/{article}", width=width, looks="source_size.1-target_size.1")
        page.get_by_role("button", name="Reading settings").click()
        for side, name in (("source", "Arabic type"), ("target", "English type")):
            larger = page.get_by_role("group", name=name).get_by_role("button", name="Larger")
            sizes = []
            for step in range(1, 8):
                shown = page.locator(f"#s2 .{side}")
                sizes.append(shown.evaluate("node => parseFloat(getComputedStyle(node).fontSize)"))
                if step < 7:
                    larger.click()
            assert larger.is_disabled()
            assert sizes == sorted(set(sizes)), (width, side)


def test_who_unfolds_furniture_by_key_can_fold_it_again(
    visit: Visit, translated: Callable[..., int], seeds: list[Path]
) -> None:
    page = visit(f"/articles/{translated(seeds[0].read_text(encoding='utf-8'))}")
    fold = page.locator("[data-fold=shown]").last
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator(".row.furniture").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator(".row.furniture").first.is_hidden()
    assert fold.evaluate("button => button === document.activeElement")


def test_escape_on_a_button_of_the_editor_closes_it_as_in_the_text(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}")
    page.locator("#s2 .source").click()
    page.keyboard.press("e")
    page.locator(".editor").get_by_role("button", name="History").focus()
    page.keyboard.press("Escape")
    assert page.locator(".editor").count() == 0
    assert page.locator("#s2.current").count() == 1
    assert page.evaluate("document.activeElement.id") == "s2"


def test_without_a_server_no_word_is_said_to_have_no_partner(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", expect="ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.locator(".toast", has_text="The server can’t be reached").wait_for()
    assert "no linked word" not in page.locator("#announce").inner_text()
    assert page.locator(".word").count() == 0
    page.context.set_offline(False)
    page.keyboard.press("w")
    page.locator(".word.pointed").first.wait_for()


def test_a_reference_is_a_text_or_a_file_of_the_size_that_the_server_takes(
    visit: Visit, article: int, tmp_path: Path
) -> None:
    page = visit(f"/articles/{article}")
    page.locator("[popovertarget=references]").click()
    page.locator("#reference-open").click()
    dialog = page.locator("#reference-dialog")
    big, small = tmp_path / "big.txt", tmp_path / "small.txt"
    big.write_text("One sentence. " * 1_000_000, encoding="utf-8")
    small.write_text("Telephones will be sold in the shops of the city.", encoding="utf-8")
    dialog.locator("[type=file]").set_input_files(big)
    dialog.locator("[type=submit]").click()
    assert page.get_by_role("alert").inner_text() == "This file has 14 MB; the limit is 10 MB."
    dialog.locator("[type=file]").set_input_files(small)
    page.get_by_label("English text").fill("What I typed.")
    dialog.locator("[type=submit]").click()
    assert page.get_by_role("alert").inner_text() == "Give the text or a file, not both."
    page.get_by_label("English text").fill("")
    dialog.locator("[type=submit]").click()
    page.wait_for_url("**/compare/*")


def test_the_name_of_a_reference_may_be_that_of_a_file(visit: Visit, translated: Callable[..., int]) -> None:
    number = translated("وصل القطار إلى المحطة. نزل الركاب.")
    name = "2024_" + "arrival_of_the_train_translation_" * 5 + "final"
    page = visit(f"/articles/{number}")
    page.locator("[popovertarget=references]").click()
    page.locator("#reference-open").click()
    page.locator("#reference-name").fill(name)
    page.get_by_label("English text").fill("The train arrived at the station. The passengers got off.")
    page.locator("#reference-form [type=submit]").click()
    page.wait_for_url("**/compare/*")
    compared = page.url.partition("//")[2].partition("/")[2]
    for path in (f"/{compared}", f"/{compared.replace('compare', 'scores')}"):
        for width in (1440, 390):
            page = visit(path, width=width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
    page = visit(f"/articles/{number}")
    page.locator("[popovertarget=references]").click()
    menu = page.locator("#references").bounding_box()
    scores = page.locator("#references").get_by_role("link", name="Scores").bounding_box()
    assert scores["x"] + scores["width"] < menu["x"] + menu["width"]
