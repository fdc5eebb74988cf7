"""The Arabic interface in a real browser: what goes wrong is told in Arabic, and nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Visit = Callable[..., Any]

TEXT = "قال الوزير إن الحكومة أعلنت خطة جديدة. وصل الوفد إلى القاهرة يوم السبت."
LATIN = re.compile("[A-Za-z]{2}")


@pytest.fixture(scope="module")
def article(translated: Callable[..., int]) -> int:
    return translated(TEXT)


def told(place: Any, *, names: str = "") -> str:
    """What a place says, in Arabic but for these names."""
    place.wait_for()
    text = str(place.inner_text())
    assert re.search("[\u0621-\u064a]{3}", text), text
    bare = text
    for name in names.split():
        bare = bare.replace(name, "")
    assert not LATIN.search(bare), text
    return text


def add(page: Any, tab: str) -> Any:
    """The form that adds articles, open at a tab."""
    if page.locator("#add").is_hidden():
        page.locator("#add-open").click()
    page.locator(f"#tab-{tab}").click()
    return page.locator("#add-error")


def test_texts_files_and_addresses_are_refused_in_arabic(visit: Visit) -> None:
    page = visit("/", language="ar", expect="400 403 415 502")
    error = add(page, "paste")
    page.locator("#add-text").fill("Plain 123.")
    page.locator("#add [type=submit]").click()
    assert "لا حرف عربيًا" in told(error, names="Plain")
    assert page.locator("#add-text").input_value() == "Plain 123."

    for name, data, said in (
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "ليس نصًا يُقرأ"),
        ("report.docx", b"PK\x03\x04 this is no archive", "تالف"),
        ("table.xlsx", "نص عربي".encode(), "من نوع"),
    ):
        error = add(page, "file")
        page.locator("#add-file").set_input_files({"name": name, "mimeType": "", "buffer": data})
        page.locator("#add [type=submit]").click()
        assert said in told(error, names=f"{name} HTML ODT EPUB")

    for address, said in (
        ("http://127.0.0.1:8080/private", "ليس على الإنترنت العام"),
        ("http://nowhere.invalid/", "لا خادم باسم"),
    ):
        error = add(page, "url")
        page.locator("#add-url").fill(address)
        page.locator("#add [type=submit]").click()
        assert said in told(error, names="127.0.0.1 nowhere.invalid")
        assert page.locator("#add-url").input_value() == address


def test_a_server_that_is_gone_is_told_in_arabic(visit: Visit) -> None:
    page = visit("/", language="ar", expect="ERR_INTERNET_DISCONNECTED")
    error = add(page, "paste")
    page.locator("#add-text").fill(TEXT)
    page.context.set_offline(True)
    page.locator("#add [type=submit]").click()
    assert "تعذّر الوصول إلى الخادم" in told(error)
    assert page.locator("#add-text").input_value() == TEXT


def test_a_lost_connection_and_two_windows_are_told_in_arabic(
    visit: Visit, client: FlaskClient, article: int
) -> None:
    page = visit(f"/articles/{article}", language="ar", expect="ERR_INTERNET_DISCONNECTED 409")
    page.locator("#s1 .target").click(position={"x": 20, "y": 12})
    page.keyboard.press("e")
    area = page.locator("#s1 textarea")
    page.context.set_offline(True)
    area.fill("Typed without a connection.")
    assert "انقطع الاتصال" in told(page.locator("#s1 .state.bad"))
    segment = (client.get(f"/api/articles/{article}").json or {})["rows"][0]["id"]
    answer = client.put(
        f"/api/segments/{segment}/correction", json={"text": "Another window's.", "version": 0}
    )
    assert answer.status_code == 200
    page.context.set_offline(False)
    conflict = page.locator("#s1 .conflict")
    assert "في نافذة أخرى" in told(conflict.locator("p").first)
    assert area.input_value() == "Typed without a connection."
    assert "Another window's." in conflict.inner_text()


def test_a_reference_in_arabic_is_refused_in_arabic(visit: Visit, article: int) -> None:
    page = visit(f"/articles/{article}", language="ar", expect="400")
    page.locator("[popovertarget=references]").click()
    page.locator("#reference-open").click()
    page.locator("#reference-text").fill(TEXT)
    page.locator("#reference-form [type=submit]").click()
    assert "الترجمة المرجعية بالعربية" in told(page.locator("#reference-form .error"))
