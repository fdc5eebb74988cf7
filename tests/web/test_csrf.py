"""Other people's pages may not act through a reader's browser: each test is the attack."""

import http.client
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.csrf import COOKIE

ARTICLE = {"text": "وصل الوزير إلى العاصمة صباح اليوم."}
HERE = "http://localhost"
EVIL = "http://evil.example"


def add(client: FlaskClient, **headers: str) -> Any:
    return client.post(
        "/api/articles", json=ARTICLE, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def count(client: FlaskClient) -> int:
    return len(client.get("/api/articles").json)


def test_a_form_of_another_site_adds_nothing(client: FlaskClient) -> None:
    """What a hidden form posts by itself, as a current browser and as one that says only Origin."""
    before = count(client)
    for headers in (
        {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        reply = client.post(
            "/api/articles",
            data={"text": ARTICLE["text"]},
            content_type="multipart/form-data",
            headers=headers,
        )
        assert reply.status_code == 403
        assert reply.json["code"] == "cross_site"
    assert count(client) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"])
def test_simple_content_types_never_pass_for_json(client: FlaskClient, kind: str) -> None:
    """A page can send these without asking first; even without Origin they are no JSON to us."""
    for headers in ({}, {"Origin": EVIL}):
        reply = client.post(
            "/api/articles", data=b'{"text": "\xd9\x86\xd8\xb5"}', content_type=kind, headers=headers
        )
        assert reply.status_code == (403 if headers else 415)
        assert reply.json["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/segments/1/correction"),
        ("POST", "/api/segments/1/undo"),
        ("DELETE", "/api/articles/1"),
        ("POST", "/api/articles/1/restore"),
        ("POST", "/api/articles/1/translate"),
        ("POST", "/api/articles/1/references"),
        ("DELETE", "/api/references/1"),
        ("POST", "/api/references/1/beads"),
        ("POST", "/api/models/current"),
        ("POST", "/suggest"),
    ],
)
def test_every_write_is_refused_to_another_origin(client: FlaskClient, method: str, path: str) -> None:
    reply = client.open(path, method=method, json={}, headers={"Origin": EVIL})
    assert reply.status_code == 403
    assert "another site" in reply.json["error"]


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8000",  # Another server on this machine is another origin.
        "http://localhost.evil.example",
        "http://evil.example/localhost",
        "http://localhost@evil.example",
        "https://localhost:99999",
        "http://[::1",
        "file://",
        "chrome-extension://abcdef",
        "http://xn--localhost-9za",
    ],
)
def test_an_origin_that_only_looks_like_ours_is_another(client: FlaskClient, origin: str) -> None:
    assert add(client, Origin=origin).status_code == 403


def test_a_neighbouring_port_is_another_origin_though_the_same_site(client: FlaskClient) -> None:
    assert add(client, Origin="http://localhost:3000", Sec_Fetch_Site="same-site").status_code == 403


def test_our_own_pages_and_programs_pass(client: FlaskClient) -> None:
    assert add(client, Origin=HERE, Sec_Fetch_Site="same-origin").status_code == 201
    assert add(client, Origin=HERE).status_code == 201
    assert add(client, Sec_Fetch_Site="none").status_code == 201
    assert add(client).status_code == 201


def test_behind_a_proxy_that_ends_tls_the_origin_is_still_ours(make_app: Callable[..., Flask]) -> None:
    client = make_app(hosts=("muwazi.example",)).test_client()
    here = {"base_url": "http://muwazi.example", "headers": {"Origin": "https://muwazi.example"}}
    assert client.post("/api/articles", json=ARTICLE, **here).status_code == 201
    there = {"base_url": "http://muwazi.example", "headers": {"Origin": "https://other.example"}}
    assert client.post("/api/articles", json=ARTICLE, **there).status_code == 403


def test_a_name_in_arabic_is_known_as_browsers_write_it(make_app: Callable[..., Flask]) -> None:
    client = make_app(hosts=("خبر.Example",)).test_client()
    assert client.get("/health", headers={"Host": "xn--ngblk.example"}).status_code == 200
    assert client.get("/health", headers={"Host": "xn--ngblj.example"}).status_code == 421


def test_an_old_browser_must_send_the_cookies_token_back(client: FlaskClient) -> None:
    """It says neither Origin nor Sec-Fetch-Site, but it has our cookie, which another site cannot read."""
    page = client.get("/docs")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    header = page.headers["Set-Cookie"]
    assert "SameSite=Strict" in header
    assert "HttpOnly" in header
    assert add(client).status_code == 403
    assert add(client, X_CSRF_Token="A" * 32).status_code == 403
    assert add(client, X_CSRF_Token="").status_code == 403
    assert add(client, X_CSRF_Token="é").status_code == 403
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', page.text)
    assert found is not None
    assert found[1] == cookie.value
    assert add(client, X_CSRF_Token=found[1]).status_code == 201


def test_an_empty_or_planted_cookie_opens_nothing(client: FlaskClient) -> None:
    for planted in ("", "x", "x" * 3000):
        client.set_cookie(COOKIE, planted)
        assert add(client, X_CSRF_Token=planted).status_code == 403


def test_a_token_does_not_help_a_page_of_another_site(client: FlaskClient) -> None:
    client.get("/docs")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert add(client, X_CSRF_Token=cookie.value, Origin=EVIL).status_code == 403


def test_the_translate_endpoint_stays_open_and_keeps_nothing(client: FlaskClient) -> None:
    """Cross-origin reading is CORS's matter; a program in a browser extension may translate."""
    before = count(client)
    reply = client.post(
        "/translate", json={"q": "أهلا", "source": "ar", "target": "en"}, headers={"Origin": EVIL}
    )
    assert reply.status_code == 200
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert count(client) == before


def test_cors_opens_reading_of_translations_but_no_writes(make_app: Callable[..., Flask]) -> None:
    client = make_app(cors_origins=("*",)).test_client()
    assert add(client, Origin=EVIL).status_code == 403
    suggestion = {"q": "أهلا", "s": "Hello", "source": "ar", "target": "en"}
    assert client.post("/suggest", json=suggestion, headers={"Origin": EVIL}).status_code == 403
    assert "Access-Control-Allow-Origin" not in client.get("/api/articles", headers={"Origin": EVIL}).headers


def test_a_preflight_is_granted_to_nobody(client: FlaskClient) -> None:
    reply = client.options(
        "/api/segments/1/correction",
        headers={"Origin": EVIL, "Access-Control-Request-Method": "PUT"},
    )
    assert not [name for name, _ in reply.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "192.168.1.7",
        "[::ffff:10.0.0.1]:5000",
        "",
        "[",
        "localhost:x",
    ],
)
def test_a_name_made_to_point_here_is_refused(server: Any, host: str) -> None:
    """DNS rebinding: the attacker's own name resolves to 127.0.0.1, and its page may then read answers."""
    for path in ("/api/articles", "/", "/translate", "/health"):
        assert ask(server.url, path, host) in {400, 421}


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000", "LOCALHOST", "a.localhost"]
)
def test_this_machines_own_names_are_served(server: Any, host: str) -> None:
    assert ask(server.url, "/api/articles", host) == 200


def test_a_server_for_others_checks_the_names_it_was_told(make_app: Callable[..., Flask]) -> None:
    anyone = make_app(host="0.0.0.0").test_client()
    assert anyone.get("/api/articles", base_url="http://whatever.example").status_code == 200
    told = make_app(host="0.0.0.0", hosts=("muwazi.example",)).test_client()
    assert told.get("/api/articles", base_url="http://muwazi.example").status_code == 200
    assert told.get("/api/articles", base_url="http://whatever.example").status_code == 421


def ask(url: str, path: str, host: str) -> int:
    """The status of a GET with just this Host header, as no well-behaved client would send it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host)
    connection.endheaders()
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status
