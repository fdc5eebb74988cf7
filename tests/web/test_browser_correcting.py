"""Correcting in a real browser: nothing that was typed is lost, and the page says what happened."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

Visit = Callable[..., Any]

TEXT = "وصل الوفد إلى طوكيو يوم السبت. ناقش الوفد الأمن مع وزير الدفاع. غادر الوفد المدينة مساء."


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "It did not come to pass."
        time.sleep(0.05)


@pytest.fixture
def article(translated: Callable[..., int]) -> int:
    """An article of three sentences with its translation."""
    return translated(TEXT)


def shown(client: FlaskClient, article: int, position: int) -> tuple[str, int]:
    """The English of a sentence as the server has it, and its version."""
    row = client.get(f"/api/articles/{article}").json["rows"][position]  # type: ignore[index]
    correction = row["correction"] or {}
    return correction.get("text") or row["machine"]["text"], row["version"]


def edit(page: Any, sentence: str) -> Any:
    page.locator(f"{sentence} .target").click(position={"x": 20, "y": 12})
    page.keyboard.press("e")
    area = page.locator(f"{sentence} textarea")
    area.wait_for()
    return area


def test_a_correction_saves_itself_and_is_kept_apart_from_the_machines_text(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    machine, _ = shown(client, article, 0)
    page = visit(f"/articles/{article}")
    area = edit(page, "#s1")
    assert area.input_value() == machine
    area.fill("The delegation reached Tokyo on Saturday.")
    page.locator("#s1 .state.good").wait_for()
    assert shown(client, article, 0) == ("The delegation reached Tokyo on Saturday.", 1)
    page.keyboard.press("Control+Enter")
    assert page.locator("#s1 .said").inner_text() == "The delegation reached Tokyo on Saturday."
    page.locator("#s1").get_by_role("button", name="Show changes").click()
    assert page.locator("#s1 .said ins").count() >= 1
    kept = page.locator("#s1 .said").evaluate(
        "node => [...node.firstChild.childNodes].filter(n => n.nodeName !== 'INS').map(n => n.textContent).join('')"
    )
    assert kept == machine
    page.reload()
    assert page.locator("#s1 .said").inner_text() == "The delegation reached Tokyo on Saturday."


def test_undo_goes_back_version_by_version_to_the_machines_text(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    machine, _ = shown(client, article, 0)
    page = visit(f"/articles/{article}")
    area = edit(page, "#s1")
    undo = page.locator("#s1").get_by_role("button", name="Undo")
    assert undo.is_disabled()
    assert undo.get_attribute("title") == "There is nothing to undo."
    for text in ("First version.", "Second version."):
        area.fill(text)
        assert undo.is_enabled()
        page.locator("#s1 .state.good").wait_for()
        wait_until(lambda text=text: shown(client, article, 0)[0] == text)  # type: ignore[misc]
    undo.click()
    wait_until(lambda: area.input_value() == "First version.")
    page.keyboard.press("Escape")
    page.locator("#s1").focus()
    page.keyboard.press("u")
    wait_until(lambda: page.locator("#s1 .said").inner_text() == machine)
    assert shown(client, article, 0)[0] == machine
    assert page.locator("#s1.corrected").count() == 0


def test_the_history_shows_every_version_and_brings_one_back(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    segment = client.get(f"/api/articles/{article}").json["rows"][1]["id"]  # type: ignore[index]
    for version, text in enumerate(("An old text.", "A newer text.")):
        client.put(f"/api/segments/{segment}/correction", json={"text": text, "version": version})
    page = visit(f"/articles/{article}")
    page.locator("#s2").click()
    page.locator("#s2").get_by_role("button", name="History").click()
    dialog = page.get_by_role("dialog", name="Versions of sentence 2")
    dialog.wait_for()
    assert dialog.get_by_role("listitem").count() == 3
    dialog.get_by_role("listitem").filter(has_text="Version 1").get_by_role(
        "button", name="Bring back"
    ).click()
    wait_until(lambda: shown(client, article, 1) == ("An old text.", 3))
    assert page.locator("#s2 .said").inner_text() == "An old text."


def test_an_earlier_correction_of_the_same_sentence_is_offered(
    visit: Visit, client: FlaskClient, translated: Callable[..., int]
) -> None:
    first, second = translated(TEXT), translated(TEXT)
    segment = client.get(f"/api/articles/{first}").json["rows"][2]["id"]  # type: ignore[index]
    client.put(
        f"/api/segments/{segment}/correction",
        json={"text": "The delegation left the city in the evening.", "version": 0},
    )
    page = visit(f"/articles/{second}")
    edit(page, "#s3")
    offer = page.locator("#s3 .matches li").filter(has_text="The delegation left the city in the evening.")
    offer.wait_for()
    assert "100 %" in offer.inner_text()
    offer.get_by_role("button", name="Use").click()
    wait_until(lambda: shown(client, second, 2)[0] == "The delegation left the city in the evening.")


def test_two_windows_with_the_same_sentence_lose_neither_text(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    one = visit(f"/articles/{article}", expect="409")
    two = visit(f"/articles/{article}")
    area = edit(one, "#s1")
    other = edit(two, "#s1")
    area.fill("The first window's sentence.")
    one.locator("#s1 .state.good").wait_for()
    other.fill("The second window's sentence.")
    conflict = two.locator("#s1 .conflict")
    conflict.wait_for()
    assert "The first window's sentence." in conflict.inner_text()
    assert other.input_value() == "The second window's sentence."
    assert shown(client, article, 0) == ("The first window's sentence.", 1)
    conflict.get_by_role("button", name="Save mine").click()
    wait_until(lambda: shown(client, article, 0) == ("The second window's sentence.", 2))
    history = client.get(f"/api/segments/{two.locator('#s1').get_attribute('data-id')}/history").json
    assert [version["text"] for version in history] == [
        "The first window's sentence.",
        "The second window's sentence.",
    ]  # type: ignore[index, union-attr]


def test_in_a_conflict_the_other_text_can_be_taken(visit: Visit, client: FlaskClient, article: int) -> None:
    page = visit(f"/articles/{article}", expect="409")
    area = edit(page, "#s1")
    segment = page.locator("#s1").get_attribute("data-id")
    client.put(f"/api/segments/{segment}/correction", json={"text": "Theirs.", "version": 0})
    area.fill("Mine.")
    page.get_by_role("button", name="Take the other").click()
    assert area.input_value() == "Theirs."
    page.keyboard.press("Escape")
    assert page.locator("#s1 .said").inner_text() == "Theirs."
    assert shown(client, article, 0) == ("Theirs.", 1)


def test_a_window_that_only_reads_follows_what_another_one_saves(visit: Visit, article: int) -> None:
    reading = visit(f"/articles/{article}")
    writing = reading.context.new_page()
    writing.goto(reading.url)
    edit(writing, "#s1").fill("Written in the other window.")
    reading.locator("#s1 .said").filter(has_text="Written in the other window.").wait_for()


def test_what_is_typed_without_a_connection_is_kept_and_saved_when_it_is_back(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    page = visit(f"/articles/{article}", expect="ERR_INTERNET_DISCONNECTED")
    area = edit(page, "#s1")
    page.context.set_offline(True)
    area.fill("Typed in a tunnel.")
    page.locator("#s1 .state").filter(has_text="Connection lost").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#s1 .said").inner_text() == "Typed in a tunnel."
    assert "kept in this browser" in page.locator("#s1 .notes").inner_text()
    page.context.set_offline(False)
    wait_until(lambda: shown(client, article, 0)[0] == "Typed in a tunnel.")
    page.locator("#s1 .note.unsent").wait_for(state="detached")


def test_a_window_closed_without_a_connection_loses_nothing(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    page = visit(f"/articles/{article}", expect="ERR_INTERNET_DISCONNECTED")
    area = edit(page, "#s2")
    page.context.set_offline(True)
    area.fill("Typed and then closed.")
    page.locator("#s2 .state").filter(has_text="Connection lost").wait_for()
    page.close()
    later = page.context.new_page()
    page.context.set_offline(False)
    later.goto(page.url)
    wait_until(lambda: shown(client, article, 1)[0] == "Typed and then closed.")
    later.locator("#s2 .said").filter(has_text="Typed and then closed.").wait_for()


def call(url: str, body: object = None) -> Any:
    """A server's answer to a program."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json"}), timeout=60) as answer:
        return json.load(answer)


def launch(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """`muwazi serve` as a process of its own, ready to answer."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from web.cli import serve; serve()", "--port", str(port), "--no-seeds"],
        env={**os.environ, "MUWAZI_WEB_DATA": str(folder)},
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        with suppress(OSError):
            return bool(call(f"http://127.0.0.1:{port}/health"))
        return False

    wait_until(answers, 180)
    return process


def test_a_server_killed_in_the_middle_of_a_correction_and_started_again_loses_nothing(
    visit: Visit, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = launch(tmp_path, port)
    try:
        number = call(f"{url}/api/articles", {"text": TEXT})["id"]
        wait_until(lambda: call(f"{url}/api/articles/{number}")["job"]["status"] == "done", 120)
        page = visit(f"/articles/{number}", url=url, expect="ERR_")
        area = edit(page, "#s1")
        process.kill()
        process.wait()
        area.fill("Typed while there was no server.")
        page.locator("#s1 .state").filter(has_text="Connection lost").wait_for()
        process = launch(tmp_path, port)
        page.locator("#s1 .state.good").wait_for()
        row = call(f"{url}/api/articles/{number}")["rows"][0]
        assert row["correction"] == {"version": 1, "text": "Typed while there was no server."}
    finally:
        process.kill()
        process.wait()


def test_an_empty_correction_is_not_saved(visit: Visit, client: FlaskClient, article: int) -> None:
    machine, _ = shown(client, article, 0)
    page = visit(f"/articles/{article}")
    edit(page, "#s1").fill("  ")
    page.locator("#s1 .state").filter(has_text="An empty correction is not saved").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#s1 .said").inner_text() == machine
    assert shown(client, article, 0) == (machine, 0)


def test_markup_in_a_correction_stays_text(visit: Visit, client: FlaskClient, article: int) -> None:
    attack = "<img src=x onerror=window.hit=1></textarea><script>window.hit=1</script>"
    page = visit(f"/articles/{article}")
    edit(page, "#s1").fill(attack)
    page.locator("#s1 .state.good").wait_for()
    page.keyboard.press("Escape")
    page.locator("#s1").get_by_role("button", name="Show changes").click()
    page.locator("#s1").hover()
    page.locator("#s1").get_by_role("button", name="History").click()
    page.get_by_role("dialog", name="Versions of sentence 1").wait_for()
    page.reload()
    assert page.locator("#s1 .said").inner_text() == attack
    assert page.evaluate("window.hit") is None
    assert shown(client, article, 0)[0] == attack


def test_all_corrections_are_exported_from_the_reader(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    segment = client.get(f"/api/articles/{article}").json["rows"][0]["id"]  # type: ignore[index]
    client.put(
        f"/api/segments/{segment}/correction", json={"text": "A sentence to learn from.", "version": 0}
    )
    page = visit(f"/articles/{article}")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator("#exports a[href*='corrections/export?format=jsonl']").click()
    assert "A sentence to learn from." in Path(download.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.locator("#exports a[href*='export?format=md']").click()
    assert "A sentence to learn from." in Path(download.value.path()).read_text(encoding="utf-8")
