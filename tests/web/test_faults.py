"""What goes wrong is told in the reader's language: each reason has its Arabic, with what was seen in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate.errors import BadInput
from web.faults import fault_text
from web.pages import catalogue, render_error

ROOT = Path(__file__).resolve().parents[2]
ARABIC = {key: text for key, text in catalogue("ar").items() if key.startswith("fault.")}


def reasons() -> Iterator[tuple[str, set[str]]]:
    """Every reason that the code gives, and the names of what comes along."""
    for file in [*ROOT.glob("web/**/*.py"), *ROOT.glob("translate/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "because":
                (reason,) = node.args
                assert isinstance(reason, ast.Constant), file
                yield str(reason.value), {keyword.arg or "" for keyword in node.keywords}


def test_every_reason_is_told_in_arabic_with_what_was_seen() -> None:
    given = dict(reasons())
    assert len(given) > 40
    assert {f"fault.{reason}" for reason in given} == {key for key in ARABIC if ".kind." not in key}
    for reason, seen in reasons():
        text = ARABIC[f"fault.{reason}"]
        assert isinstance(text, str)
        assert set(re.findall(r"\{(\w+)\}", text)) <= seen, reason


def test_an_error_without_a_reason_is_told_by_its_kind_and_keeps_what_it_says() -> None:
    error = BadInput("The parameter is 7; it must be 6.")
    assert fault_text(error, "en") == "The parameter is 7; it must be 6."
    assert (
        fault_text(error, "ar") == "لا يمكن استعمال هذا كما هو: \u2068The parameter is 7; it must be 6.\u2069"
    )


@pytest.mark.parametrize("language", ["", "en", "en-GB, ar;q=0.5", "fr", "*"])
def test_programs_hear_english_unless_they_ask_for_arabic(client: FlaskClient, language: str) -> None:
    headers = {"Accept-Language": language} if language else {}
    answer = client.post("/api/articles", json={"text": "No Arabic."}, headers=headers)
    assert answer.status_code == 400
    assert "holds no Arabic letter" in (answer.json or {})["error"]


def test_whoever_asks_for_arabic_hears_arabic_and_machines_the_same_code(client: FlaskClient) -> None:
    answer = client.post(
        "/api/articles", json={"text": "No Arabic."}, headers={"Accept-Language": "ar, en;q=0.5"}
    )
    assert answer.json == {
        "error": (
            "لا حرف عربيًا في هذا النص (بدايته \u2068No Arabic.\u2069). موازٍ يترجم من العربية إلى الإنكليزية."
        ),
        "code": "bad_input",
    }
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/articles/999", "/nowhere", "/articles/999/compare/1"])
def test_a_page_that_is_not_there_says_so_in_arabic_alone(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": "ar"})
    assert page.status_code == 404
    main = page.text.partition('tabindex="-1">')[2].partition("</main>")[0]
    assert "العنوان" in main
    assert not re.search("[A-Za-z]{3}", re.sub("<[^>]*>", "", main)), main


def test_a_damaged_model_is_not_told_as_being_busy(app: Flask) -> None:
    with app.test_request_context("/model", headers={"Accept": "text/html"}):
        assert "Something failed here" in render_error(503, "It is damaged.", busy=False)[0]
        assert "Too busy just now" in render_error(503, "Many wait.")[0]
