"""The server under test: one real model for all, and for each test module a database of its own."""

import runpy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import translate
from translate.translator import MarianTranslator
from web.app import create_app
from web.settings import WebSettings

MakeApp = Callable[..., Flask]


@dataclass(frozen=True, slots=True)
class LiveServer:
    """An application behind waitress on a free port of this machine."""

    url: str
    app: Flask


@pytest.fixture(scope="session")
def translator() -> MarianTranslator:
    """The built-in model, greedy: the quickest that is real."""
    return translate.load("builtin", beam=1)


@pytest.fixture(scope="module")
def make_app(translator: MarianTranslator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeApp]:
    """Makes applications with settings of one's own, each with a new database; closes them in the end."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Flask:
            settings.setdefault("data", tmp_path_factory.mktemp("data"))
            made = create_app(WebSettings(**settings), translator=translator)
            made.testing = False  # Errors are answered as they are to everybody.
            stack.callback(made.extensions["muwazi"].close)
            return made

        yield make


@pytest.fixture(scope="module")
def app(make_app: MakeApp) -> Flask:
    """An application with the default settings and an empty database."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of ``app`` with no cookies yet."""
    return app.test_client()


@pytest.fixture(scope="module")
def translated(app: Flask) -> Callable[..., int]:
    """Adds an article to ``app`` as `translated(text, title="…")`, waits for its English, and gives its number."""

    def add(text: str, **more: str) -> int:
        client = app.test_client()
        answer = client.post("/api/articles", json={"text": text, **more})
        assert answer.status_code == 201, answer.text
        number = int((answer.json or {})["id"])
        until = time.monotonic() + 60
        while (client.get(f"/api/articles/{number}").json or {})["job"]["status"] != "done":
            assert time.monotonic() < until, "The translation did not come to its end."
            time.sleep(0.05)
        return number

    return add


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Flask], LiveServer]]:
    """Puts an application behind the server that `muwazi serve` uses; stops it in the end."""
    from web.cli import make_server, stop_server

    with ExitStack() as stack:

        def start(app: Flask) -> LiveServer:
            server = make_server(app, host="127.0.0.1", port=0)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            stack.callback(stop_server, server, thread)
            return LiveServer(f"http://127.0.0.1:{server.effective_port}", app)

        yield start


@pytest.fixture(scope="module")
def server(app: Flask, serve: Callable[[Flask], LiveServer]) -> LiveServer:
    """``app``, live."""
    return serve(app)


@pytest.fixture(scope="session")
def seeds() -> list[Path]:
    """The five articles."""
    return sorted((Path(__file__).resolve().parents[2] / "seeds").glob("*.txt"))


_KILLING = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "kill_storage.py"))
_databases = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL server, started for these tests; they are skipped where none is installed."""
    if _KILLING["postgresql_programs"]() is None:
        pytest.skip("No PostgreSQL server is installed.")
    with _KILLING["temporary_postgresql"](fsync=False) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'muwazi.db'}"
    server = request.getfixturevalue("postgresql")
    created: str = _KILLING["create_database"](server, f"test{next(_databases)}")
    return created


@pytest.fixture(scope="session")
def killing() -> dict[str, Any]:
    """What `benchmarks/kill_storage.py` defines."""
    return _KILLING


CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser, closed after each module: its event loop would be in the way of others."""
    if not CHROMIUM.is_file():
        pytest.skip("chromium is not installed (apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, server: LiveServer) -> Iterator[Callable[..., Any]]:
    """
    Opens a page in a browser of its own, as `visit("/", width=390, dark=True, language="ar")`.

    In the end the console must be clean but for what a test expects (`expect="409"`), and
    no request may have left the host.
    """
    faults: list[str] = []
    hosts: set[str] = set()
    expected: list[str] = []
    contexts = []

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                faults.append(f"{said.type}: {said.text}") if said.type in {"error", "warning"} else None
            ),
        )
        page.on(
            "request",
            lambda asked: hosts.add(asked.url.split("/")[2]) if asked.url.startswith("http") else None,
        )

    def open_page(
        path: str,
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        language: str = "en",
        looks: str = "",
        expect: str = "",
        url: str = server.url,
    ) -> Any:
        expected.extend(expect.split())
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            has_touch=width < 600,
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        cookies = {"lang": language, "looks": looks}
        context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in cookies.items() if value]
        )
        context.on("page", watch)
        page = context.new_page()
        page.goto(url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(word in fault for word in expected)] == []
    assert {host.split(":")[0] for host in hosts} <= {"127.0.0.1"}
