"""Where keys are required: nobody reads or writes without one, whatever the request pretends."""

import http.client
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from web.csrf import COOKIE

ARTICLE = {"text": "وصل الوزير إلى العاصمة صباح اليوم."}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
OWN = {"Sec-Fetch-Site": "same-origin"}
OPEN = {"/static/style.css", "/languages", "/health", "/ready", "/frontend/settings", "/api/openapi.json"}


@dataclass(frozen=True, slots=True)
class Guarded:
    """A server that requires keys, with an article in it, and a key."""

    app: Flask
    key: str

    def ask(self, method: str, path: str, **details: Any) -> Any:
        return self.app.test_client().open(path, method=method, **details)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def guard(app: Flask) -> Guarded:
    key = str(app.extensions["muwazi"].store.add_key("reader"))
    made = Guarded(app, key)
    reply = made.ask(
        "POST", "/api/articles", json=ARTICLE, headers={"Authorization": f"DeepL-Auth-Key {key}"}
    )
    assert reply.status_code == 201
    return made


@pytest.fixture(scope="module")
def reachable(make_app: Callable[..., Flask]) -> Guarded:
    """Others can reach it."""
    return guard(make_app(keys_required=True, host="0.0.0.0"))


@pytest.fixture(scope="module")
def own(make_app: Callable[..., Flask]) -> Guarded:
    """Only this machine can."""
    return guard(make_app(keys_required=True))


def password(secret: str, name: str = "anybody") -> str:
    return "Basic " + b64encode(f"{name}:{secret}".encode("utf-8", "surrogatepass")).decode()


def addresses(app: Flask, *methods: str) -> list[tuple[str, str]]:
    """Method and address of everything that takes one of the methods; numbers are 1, names are none."""
    return [
        (
            method,
            re.sub(
                r"<\w+>", "none", re.sub(r"<(?:int:)?(article|segment|reference)(_id)?>", "1", rule.rule)
            ).replace("<path:filename>", "style.css"),
        )
        for rule in app.url_map.iter_rules()
        for method in sorted(set(methods) & (rule.methods or set()))
    ]


def test_nothing_is_read_without_a_key_but_what_tells_nothing(reachable: Guarded) -> None:
    found = addresses(reachable.app, "GET")
    assert len(found) > 20
    for _, path in found:
        assert "<" not in path
        status = reachable.get(path).status_code
        if path in OPEN:
            assert status == 200, path
        elif path.startswith("/v2/"):
            assert status == 403, path
        elif path.startswith("/download_file/"):
            assert status == 404, path  # Its name is the key to it.
        else:
            assert status == 401, path


def test_nothing_is_written_without_a_key(reachable: Guarded) -> None:
    found = addresses(reachable.app, "POST", "PUT", "DELETE", "PATCH")
    assert len(found) > 15
    for method, path in found:
        reply = reachable.ask(method, path, json={})
        assert reply.status_code in {400, 401, 403}, (method, path)
        if reply.status_code == 400:
            assert reply.json == {"error": "Please contact the server operator to get an API key"}
    assert len(listed(reachable)) == 1


def listed(server: Guarded) -> Any:
    reply = server.get("/api/articles", Authorization=f"Bearer {server.key}")
    assert reply.status_code == 200
    return reply.json


@pytest.mark.parametrize("scheme", ["DeepL-Auth-Key", "Bearer", "deepl-auth-key", "bearer"])
def test_a_program_sends_its_key_as_to_the_contracts(reachable: Guarded, scheme: str) -> None:
    for path in ("/api/articles", "/api/articles/1", "/", "/articles/1", "/metrics", "/docs"):
        assert reachable.get(path, Authorization=f"{scheme} {reachable.key}").status_code == 200


def test_a_browser_asks_for_the_key_as_a_password(reachable: Guarded) -> None:
    refused = reachable.get("/articles/1", **PAGE)
    assert refused.status_code == 401
    assert refused.mimetype == "text/html"
    assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
    for path in ("/", "/articles/1", "/api/articles/1/export?format=tsv", "/api/articles/1/events"):
        assert reachable.get(path, Authorization=password(reachable.key), **PAGE).status_code == 200
    wrong = reachable.get("/", Authorization=password("wrong"), **PAGE)
    assert (wrong.status_code, "WWW-Authenticate" in wrong.headers) == (401, True)


@pytest.mark.parametrize(
    "headers",
    [
        OWN,
        {"Sec-Fetch-Site": "none"},
        {"Host": "localhost"},
        {"Host": "127.0.0.1", **OWN},
        {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"},
        {"Referer": "http://localhost/", "Origin": "http://localhost"},
        {"Cookie": f"{COOKIE}={'a' * 32}", "X-CSRF-Token": "a" * 32},
        {"Authorization": "DeepL-Auth-Key "},
        {"Authorization": "DeepL-Auth-Key wrong"},
        {"Authorization": "Bearer a' OR '1'='1"},
        {"Authorization": "Bearer " + "a" * 30_000},
        {"Authorization": "Basic"},
        {"Authorization": "Basic ===="},
        {"Authorization": "Basic " + b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + b64encode(b"\xff\xfe:\xff\x00").decode()},
        {"Authorization": password("")},
        {"Authorization": password("a\0b")},
        {"Authorization": "Negotiate abc"},
        {"X-HTTP-Method-Override": "OPTIONS", "X-Original-URL": "/health", "X-Rewrite-URL": "/health"},
    ],
)
def test_pretending_opens_nothing(reachable: Guarded, headers: dict[str, str]) -> None:
    for path in ("/api/articles", "/articles/1", "/"):
        reply = reachable.ask("GET", path, headers=headers)
        assert reply.status_code == 401, path
        assert "الوزير" not in reply.text
    assert reachable.ask("POST", "/api/articles", headers=headers, json=ARTICLE).status_code in {401, 403}
    assert len(listed(reachable)) == 1


def test_the_key_stands_in_no_address_and_is_no_name(reachable: Guarded) -> None:
    """Addresses end up in logs and histories."""
    for name in ("api_key", "auth_key", "key"):
        assert reachable.get(f"/api/articles?{name}={reachable.key}").status_code == 401
    assert reachable.get("/", Authorization=password("x", name=reachable.key)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "//api/articles",
        "/api//articles",
        "/health/../api/articles",
        "/static/../api/articles",
        "/static/%2e%2e/api/articles",
        "/API/articles",
        "/api/articles/",
        "/api/articles%00",
        "/api/articles;/health",
        "/v2/../api/articles",
        "/languages?/../api/articles#/api/articles",
    ],
)
def test_no_spelling_of_an_address_leads_past_the_guard(
    reachable: Guarded, serve: Callable[[Flask], Any], path: str
) -> None:
    """As they are sent, without a client that tidies them."""
    place = urlsplit(serve(reachable.app).url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.putrequest("GET", path)
    connection.endheaders()
    reply = connection.getresponse()
    body = reply.read().decode()
    connection.close()
    assert "الوزير" not in body
    assert "english_title" not in body


def test_head_and_options_tell_no_more_than_get(reachable: Guarded) -> None:
    assert reachable.ask("HEAD", "/api/articles").status_code == 401
    options = reachable.ask("OPTIONS", "/api/articles")
    assert (options.status_code, options.data) == (200, b"")
    assert "POST" in options.headers["Allow"]


def test_on_this_machine_pages_are_open_and_their_own_calls_pass(own: Guarded) -> None:
    for path in ("/", "/articles/1", "/search?q=a", "/docs", "/model"):
        assert own.get(path, **PAGE).status_code == 200, path
    assert own.get("/api/articles/1", **OWN).status_code == 200
    assert own.get("/api/articles/1/events", **OWN).status_code == 200
    assert own.ask("POST", "/api/segments/1/undo", json={"version": 0}, headers=OWN).status_code == 400
    for path in ("/api/articles", "/api/articles/1", "/api/search?q=a", "/metrics"):
        assert own.get(path).status_code == 401, path
        assert own.get(path, Authorization=f"Bearer {own.key}").status_code == 200, path
    assert own.ask("POST", "/api/articles", json=ARTICLE).status_code == 401
    assert own.ask("POST", "/model/current", data={"name": "builtin"}).status_code == 401


def test_other_sites_pages_are_not_our_pages(own: Guarded) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://e.org"},
    ):
        assert own.ask("GET", "/api/articles", headers=headers).status_code == 401
        assert own.ask("POST", "/api/articles", json=ARTICLE, headers=headers).status_code == 403
    assert own.get("/", Host="evil.example").status_code == 421


def test_a_server_with_a_name_for_others_asks_on_every_page(make_app: Callable[..., Flask]) -> None:
    """It listens on this machine alone, and a proxy brings the others' requests."""
    server = guard(make_app(keys_required=True, hosts=("muwazi.example",)))
    for host in ("muwazi.example", "localhost"):
        assert server.get("/", Host=host, **PAGE).status_code == 401
        assert server.get("/api/articles", Host=host, **OWN).status_code == 401
        assert server.get("/", Host=host, Authorization=password(server.key)).status_code == 200


def test_a_write_with_a_password_says_which_page_it_comes_from(reachable: Guarded) -> None:
    """Browsers add the password to other sites' requests too; a very old one would not say whose they are."""
    with_password = {"Authorization": password(reachable.key)}
    for headers in ({}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = reachable.ask("POST", "/api/articles", json=ARTICLE, headers={**with_password, **headers})
        assert reply.status_code == 403
        assert reply.json["code"] == "cross_site"
    assert len(listed(reachable)) == 1
    reply = reachable.ask(
        "POST", "/api/models/current", json={"name": "none"}, headers={**with_password, **OWN}
    )
    assert reply.status_code == 404


def test_a_password_is_no_key_to_the_contracts(reachable: Guarded) -> None:
    """Other sites' pages may call these, and the browser would add it by itself."""
    headers = {"Authorization": password(reachable.key), "Origin": "http://evil.example"}
    form = {"q": "نعم.", "source": "ar", "target": "en"}
    assert reachable.ask("POST", "/translate", data=form, headers=headers).status_code == 400
    body = {"text": "نعم.", "target_lang": "EN"}
    assert reachable.ask("POST", "/v2/translate", data=body, headers=headers).status_code == 403


def test_a_browser_may_ask_whether_it_may_send_a_key(make_app: Callable[..., Flask]) -> None:
    client = make_app(keys_required=True, cors_origins=("https://app.example",)).test_client()
    asks = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    for path in ("/translate", "/v2/translate"):
        reply = client.options(path, headers=asks)
        assert reply.status_code == 200
        assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]


def test_without_the_setting_nobody_is_asked(make_app: Callable[..., Flask]) -> None:
    client = make_app(host="0.0.0.0").test_client()
    assert client.get("/api/articles").status_code == 200
    assert client.get("/api/articles", headers={"Authorization": "Bearer whatever"}).status_code == 200
    assert client.get("/", headers=PAGE).status_code == 200


def test_the_document_says_where_a_key_is_asked_for(own: Guarded) -> None:
    found = own.get("/api/openapi.json").json
    assert set(found["components"]["securitySchemes"]) == {"key", "password"}
    for path, item in found["paths"].items():
        for operation in item.values():
            asks = path.startswith(("/api/", "/v2/")) or path in {"/translate", "/metrics"}
            assert ("security" in operation) >= asks, path
            if path.startswith("/api/"):
                assert "401" in operation["responses"]


_CALLS = """async () => {
  const read = await fetch("/api/articles/1");
  const written = await fetch("/api/segments/1/correction", {
    method: "PUT", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({text: "By hand.", version: 0}),
  });
  const streamed = await new Promise((resolve) => {
    const source = new EventSource("/api/articles/1/events");
    source.addEventListener("done", () => { source.close(); resolve("done"); });
    source.onerror = () => { source.close(); resolve("error"); };
  });
  return [read.status, written.status, streamed];
}"""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_in_a_browser_pages_and_their_calls_work(
    host: str, make_app: Callable[..., Flask], serve: Callable[[Flask], Any], chromium: Any
) -> None:
    """On this machine without a key, elsewhere with the key as the password."""
    server = guard(make_app(keys_required=True, host=host))
    url = serve(server.app).url
    is_own = host == "127.0.0.1"
    credentials = {} if is_own else {"http_credentials": {"username": "me", "password": server.key}}
    context = chromium.new_context(**credentials)
    try:
        page = context.new_page()
        assert page.goto(f"{url}/articles/1").status == 200
        assert page.evaluate(_CALLS) == [200, 200, "done"]
    finally:
        context.close()
    stranger = chromium.new_context()
    try:
        assert stranger.request.get(f"{url}/articles/1").status == (200 if is_own else 401)
        assert stranger.request.get(f"{url}/api/articles/1").status == 401
    finally:
        stranger.close()
