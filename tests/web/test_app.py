"""The application: errors in each contract's shape, headers, request ids, and logs that nobody can write into."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.errors import Conflict, StorageFailed, status_of
from web.logs import JsonLines, start_logging

SECRET_TEXT = "هذا سرّ لا يكتب."
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What has been logged so far, each line parsed."""
    stream = io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger("muwazi")
    levels = root.level, ours.level
    handler = start_logging(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def fail_with(app: Flask, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make detection, and DeepL's usage, raise."""

    def fail() -> None:
        raise error

    for name in ("libretranslate.detect", "deepl.show_usage", "library.show_library"):
        monkeypatch.setitem(app.view_functions, name, fail)


# --- Errors ----------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_in_the_shape_of_its_neighbourhood(client: FlaskClient) -> None:
    assert list(client.post("/v2/none").get_json()) == ["message"]
    assert client.get("/api/none").get_json()["code"] == "not_found"
    assert list(client.get("/download_file/none").get_json()) == ["error"]
    page = client.get("/none", headers=PAGE)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<h1" in page.text
    assert client.get("/none").get_json()["code"] == "not_found"


def test_a_wrong_method_is_405_and_says_which_are_right(client: FlaskClient) -> None:
    for path in ("/translate", "/v2/translate", "/detect"):
        answer = client.get(path)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_a_page_s_number_that_nothing_has_leads_nowhere(client: FlaskClient, number: int) -> None:
    for path in (f"/articles/{number}", f"/articles/1/compare/{number}", f"/articles/{number}/scores/1"):
        answer = client.get(path, headers=PAGE)
        assert (answer.status_code, answer.mimetype) == (404, "text/html"), path
    answer = client.application.test_client().post("/model/retranslate", data={"article": str(number)})
    assert answer.status_code == 400


def test_an_address_with_a_slash_too_many_is_not_found_in_its_contract_s_shape(client: FlaskClient) -> None:
    for path, fields in (
        ("/translate/", ["error"]),
        ("/detect/", ["error"]),
        ("/v2/translate/", ["message"]),
        ("/api/articles/", ["error", "code"]),
    ):
        answer = client.post(path, json={})
        assert (answer.status_code, list(answer.get_json())) == (404, fields)


def test_head_and_options_are_answered_without_a_body(client: FlaskClient) -> None:
    for path in ("/languages", "/health", "/ready", "/metrics", "/api/articles", "/"):
        answer = client.head(path)
        assert (answer.status_code, answer.data) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 0
    for path in ("/translate", "/v2/translate", "/api/articles"):
        answer = client.options(path)
        assert (answer.status_code, answer.data) == (200, b"")
        assert "POST" in answer.headers["Allow"]
    assert client.head("/translate").status_code == 405


def test_a_fault_of_ours_is_a_500_without_its_details(
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[], list[dict[str, object]]],
) -> None:
    app = make_app()
    client = app.test_client()
    fail_with(app, RuntimeError(f"fault at {SECRET_TEXT}"), monkeypatch)
    answers = [
        client.post("/detect", json={"q": "a"}),
        client.get("/v2/usage"),
        client.get("/", headers=PAGE),
    ]
    for answer in answers:
        assert answer.status_code == 500
        assert "RuntimeError" not in answer.text
        assert "fault at" not in answer.text
        assert answer.headers["X-Request-ID"] in answer.text
    faults = [line for line in lines() if line["event"] == "fault"]
    assert [fault["error"] for fault in faults] == ["RuntimeError"] * 3
    assert "test_app.py" in str(faults[0]["at"])
    assert SECRET_TEXT not in json.dumps(faults, ensure_ascii=False)


def test_a_conflict_carries_what_is_current_in_the_api_alone(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    client = app.test_client()
    fail_with(app, Conflict("changed", current={"version": 2}), monkeypatch)
    body = {"error": "changed", "code": "conflict", "current": {"version": 2}}
    answer = client.get("/")
    assert (answer.status_code, answer.get_json()) == (409, body)
    assert client.get("/v2/usage").get_json() == {"message": "changed"}


def test_errors_of_the_packages_below_have_a_status() -> None:
    from translate import errors

    assert status_of(errors.BadInput("x")) == 400
    assert status_of(errors.UndecodableInput("x", offset=1)) == 400
    assert status_of(errors.ModelNotFound("x")) == 404
    assert status_of(errors.ModelDamaged("x")) == 503
    assert status_of(errors.MissingDependency("x")) == 501
    assert status_of(errors.MuwaziError("x")) == 500


def test_too_large_a_body_is_refused_before_it_is_read(make_app: Callable[..., Flask]) -> None:
    client = make_app(upload_bytes=1024 * 1024).test_client()
    answer = client.post(
        "/translate_file",
        data={"file": (io.BytesIO(b"a" * 3_000_000), "a.txt"), "source": "ar", "target": "en"},
    )
    assert answer.status_code in {400, 413}
    assert list(answer.get_json()) == ["error"]
    answer = client.post("/v2/document", data={"file": (io.BytesIO(b"a" * 3_000_000), "a.txt")})
    assert answer.status_code == 413
    assert list(answer.get_json()) == ["message"]


# --- Headers ---------------------------------------------------------------------------------------------


def test_every_answer_forbids_what_no_page_of_ours_does(client: FlaskClient) -> None:
    for path in ("/", "/health", "/none", "/v2/usage"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_a_request_id_is_taken_over_only_where_it_is_harmless(client: FlaskClient) -> None:
    assert client.get("/health", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    for bad in ("a b", "<script>", "a" * 65, 'x"y', "é"):
        made = client.get("/health", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert made != bad
        assert len(made) == 32


def test_other_sites_pages_may_read_nothing_unless_switched_on(client: FlaskClient) -> None:
    answer = client.post("/detect", json={"q": "نعم"}, headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_cors_is_for_the_two_contracts(make_app: Callable[..., Flask]) -> None:
    client = make_app(cors_origins=("*",)).test_client()
    origin = {"Origin": "https://elsewhere.example"}
    headers = client.post("/detect", json={"q": "نعم"}, headers=origin).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    asked = {**origin, "Access-Control-Request-Method": "POST"}
    before = client.options("/translate", headers=asked)
    assert before.status_code == 200
    assert before.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert before.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    for path in ("/", "/api/articles", "/none"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers=origin).headers


def test_named_origins_are_answered_by_name(make_app: Callable[..., Flask]) -> None:
    client = make_app(cors_origins=("https://mine.example",)).test_client()
    mine = client.post("/detect", json={"q": "a"}, headers={"Origin": "https://mine.example"}).headers
    assert mine["Access-Control-Allow-Origin"] == "https://mine.example"
    assert "Origin" in mine["Vary"]
    other = client.post("/detect", json={"q": "a"}, headers={"Origin": "https://mine.example.evil"}).headers
    assert "Access-Control-Allow-Origin" not in other


def test_a_file_s_name_cannot_break_out_of_its_header(client: FlaskClient) -> None:
    name = 'a"\r\nSet-Cookie: x=1; b.txt'
    form = {"file": (io.BytesIO("نعم.".encode()), name), "source": "ar", "target": "en"}
    address = client.post("/translate_file", data=form).get_json()["translatedFileUrl"]
    answer = client.get(address.removeprefix("http://localhost"))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


# --- Logs ------------------------------------------------------------------------------------------------


def test_a_request_is_one_line_without_its_text(
    client: FlaskClient, lines: Callable[[], list[dict[str, object]]]
) -> None:
    client.post("/translate", json={"q": SECRET_TEXT, "source": "ar", "target": "en"})
    [line] = lines()
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("POST", "/translate", 200)
    assert line["characters"] == len(SECRET_TEXT)
    assert "texts" not in line
    assert SECRET_TEXT not in json.dumps(line, ensure_ascii=False)


def test_the_log_says_what_is_wrong_with_the_database(
    app: Flask,
    client: FlaskClient,
    lines: Callable[[], list[dict[str, object]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail_with(app, StorageFailed("The database answered: database or disk is full."), monkeypatch)
    client.get("/v2/usage")
    assert [line["why"] for line in lines() if line["event"] == "error"] == [
        "The database answered: database or disk is full."
    ]


def test_texts_are_logged_where_that_is_switched_on(
    make_app: Callable[..., Flask], lines: Callable[[], list[dict[str, object]]]
) -> None:
    client = make_app(log_texts=True).test_client()
    client.post("/translate", json={"q": SECRET_TEXT, "source": "ar", "target": "en"})
    assert lines()[-1]["texts"] == [SECRET_TEXT]


def test_queries_and_keys_are_not_logged(
    client: FlaskClient, lines: Callable[[], list[dict[str, object]]]
) -> None:
    client.post("/detect?q=abcdef&api_key=mw_secret", headers={"Authorization": "DeepL-Auth-Key mw_other"})
    written = json.dumps(lines())
    assert "abcdef" not in written
    assert "mw_secret" not in written
    assert "mw_other" not in written


def test_no_request_can_write_a_line_of_its_own(
    client: FlaskClient, lines: Callable[[], list[dict[str, object]]]
) -> None:
    forged = '{"event": "request", "status": 200, "path": "/forged"}'
    client.get(f"/none%0A{forged}%0D%0A\u2028{forged}\x1b[31m", headers={"X-Request-ID": forged})
    [line] = lines()
    assert line["status"] == 404
    assert str(line["path"]).startswith("/none\n")


def test_a_logged_line_is_ascii_and_bounded() -> None:
    record = logging.LogRecord("muwazi.web", logging.INFO, "", 0, "%s", ("x" * 10_000,), None)
    record.fields = {"path": "\x1b\u202e" + "ا" * 10_000}
    line = JsonLines().format(record)
    assert line.isascii()
    assert "\n" not in line
    assert len(line) < 3_000


# --- Alive and ready -------------------------------------------------------------------------------------


def test_alive_and_ready_are_two_things(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    client = app.test_client()
    assert client.get("/ready").get_json()["status"] == "ready"
    app.extensions["muwazi"].stop()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"model": True, "database": True, "running": False}


def test_without_a_desk_it_is_alive_and_not_ready(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    client = app.test_client()
    app.extensions["muwazi"].desk.close(1)
    assert client.get("/ready").get_json()["checks"]["model"] is False
    assert client.get("/health").status_code == 200
