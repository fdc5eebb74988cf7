"""`muwazi serve` as people start it: its address, its seeds, its end, and clients that are slow or send too much."""

import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from translate.errors import BadInput
from translate.settings import load_settings
from web.cli import bind, serve
from web.errors import StorageFailed
from web.keys import key
from web.settings import WebSettings, load_web_settings

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from web.cli import serve; serve()", "--beam", "1"]
LONG = " ".join(f"وصل الوفد رقم {n} إلى المدينة صباح أمس مع رئيس الوزراء." for n in range(40))


class Served:
    """A server in a process of its own, with its own data folder."""

    def __init__(self, data: Path, *flags: str) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("MUWAZI_")}
        environ |= {"XDG_DATA_HOME": str(data), "PYTHONPATH": str(ROOT), "MUWAZI_WEB_STOP_SECONDS": "100"}
        self.log = (data / "log.txt").open("w+")
        self.process = subprocess.Popen(
            [*COMMAND, *flags], cwd=data, env=environ, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 120)
        self.said = self.process.stdout.readline() if ready else ""
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.said)
        if found is None:
            self.process.kill()
            raise AssertionError(f"{self.said!r}, {(data / 'log.txt').read_text()}")
        self.url, self.port = found[0].rstrip("/"), int(found[1])

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path: str, **body: object) -> Any:
        asked = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        return urllib.request.urlopen(asked, timeout=120)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.log.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests that leave it running."""
    made = Served(tmp_path_factory.mktemp("served"), "--port", "0")
    yield made
    made.close()


# --- Starting --------------------------------------------------------------------------------------------


def test_it_says_where_it_is_and_answers_there(served: Served) -> None:
    assert served.said.startswith("Muwazi is ready on http://127.0.0.1:")
    assert served.get("/health") == {"status": "ok"}
    assert served.get("/ready")["status"] == "ready"
    answer = json.load(served.post("/translate", q="نعم.", source="ar", target="en"))
    assert answer["translatedText"]


def test_a_new_library_begins_with_the_seeds_their_translations_and_references(
    served: Served, seeds: list[Path]
) -> None:
    if not seeds:
        pytest.skip("the seeds are not here")
    until = time.monotonic() + 200
    while True:
        entries = served.get("/api/articles")
        assert [entry["origin"] for entry in entries] == ["seed"] * 5
        if all(entry["translated"] == entry["wanted"] and entry["references"] for entry in entries):
            return
        assert time.monotonic() < until
        time.sleep(0.3)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the machine has one loopback address")
def test_it_listens_on_the_loopback_address_alone(served: Served) -> None:
    # A server that listened on every address would answer on this one too.
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.2", served.port), timeout=5),
    ):
        pass


def test_a_name_that_was_made_to_point_here_is_refused(served: Served) -> None:
    asked = urllib.request.Request(served.url + "/translate", b"{}", {"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=30)
    assert caught.value.code == 421


# --- Clients that mean no good ---------------------------------------------------------------------------


def test_requests_that_trickle_in_keep_nobody_waiting(served: Served) -> None:
    slow = []
    for _ in range(60):
        connection = socket.create_connection(("127.0.0.1", served.port), timeout=10)
        connection.sendall(b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nX: ")
        slow.append(connection)
    assert served.get("/health") == {"status": "ok"}
    assert json.load(served.post("/translate", q="لا.", source="ar", target="en"))
    for connection in slow:
        connection.close()


def _raw(port: int, request: bytes) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        try:
            connection.sendall(request)
            return connection.recv(4096)
        except ConnectionError:
            return b""


def test_headers_and_bodies_without_end_are_refused(served: Served) -> None:
    answer = _raw(served.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.0 431")) or answer == b""
    announced = b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
    assert _raw(served.port, announced).startswith(b"HTTP/1.1 400")
    assert served.get("/health") == {"status": "ok"}


def test_broken_requests_are_answered_with_400(served: Served) -> None:
    assert b"400" in _raw(served.port, b"NONSENSE\r\n\r\n").split(b"\r\n")[0]
    assert (
        b"400"
        in _raw(served.port, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n").split(b"\r\n")[0]
    )
    assert served.get("/health") == {"status": "ok"}


def test_letters_in_an_address_need_no_percent_signs(served: Served) -> None:
    """As curl sends what somebody types: the bytes of UTF-8 as they are."""
    line = "GET /api/search?q=الناتو&limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=60)) as connection:
        connection.sendall(line.encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        (hit,) = json.loads(answer.read())
    assert "الناتو" in hit["source"]


# --- Stopping --------------------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts a server in a folder of the test's own, as often as it is asked to."""
    with ExitStack() as stack:

        def start(*flags: str) -> Served:
            made = Served(tmp_path, "--port", "0", *flags)
            stack.callback(made.close)
            return made

        yield start


def test_at_sigterm_what_is_under_way_is_finished_and_nothing_new_is_taken(
    start: Callable[..., Served], tmp_path: Path
) -> None:
    served = start("--no-seeds")
    with served.post("/translate", q=LONG, source="ar", target="en", stream=True) as answer:
        first = json.loads(answer.readline())
        assert first["start"] == 0
        served.process.send_signal(signal.SIGTERM)
        records = [json.loads(line) for line in answer]
    assert records[-1]["done"] is True
    assert len(records) == 40
    assert served.process.wait(120) == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(served.url + "/health", timeout=5)
    lines = [line for line in (tmp_path / "log.txt").read_text().splitlines() if line.startswith("{")]
    assert {json.loads(line)["event"] for line in lines} == {"request"}


def test_a_second_start_adds_no_seeds_again_and_ctrl_c_stops_it(start: Callable[..., Served]) -> None:
    for _ in range(2):
        served = start("--quiet")
        assert len(served.get("/api/articles")) == 5
        assert served.stop(signal.SIGINT) == 0


def test_seeds_whose_first_start_was_stopped_get_their_references_from_the_next(
    start: Callable[..., Served], seeds: list[Path]
) -> None:
    if not seeds:
        pytest.skip("the seeds are not here")
    assert start("--quiet").stop(signal.SIGKILL) == -signal.SIGKILL
    served = start("--quiet")
    until = time.monotonic() + 200
    while [entry["references"] for entry in served.get("/api/articles")] != [1] * 5:
        assert time.monotonic() < until
        time.sleep(0.3)


# --- Ports and settings ----------------------------------------------------------------------------------


def test_a_busy_port_is_said_to_be_busy_and_the_default_one_passed_over() -> None:
    with closing(bind("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port} on 127.0.0.1 is busy"):
            bind("127.0.0.1", port)
        with closing(bind("127.0.0.1", port, tries=20)) as other:
            assert port < other.getsockname()[1] < port + 20


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(BadInput, match=r"Cannot listen on 192\.0\.2\.1"):
        bind("192.0.2.1", 0)


def test_the_command_has_help() -> None:
    answer = CliRunner().invoke(serve, ["--help"])
    assert answer.exit_code == 0
    assert "Usage:" in answer.output
    assert "--keys-required" in answer.output


def test_a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text('beam = 2\n[web]\nport = 1\nbatch_size = 3\ncors_origins = ["https://a.example/"]\n')
    environ = {"MUWAZI_WEB_PORT": "2", "MUWAZI_WEB_KEYS_REQUIRED": "yes", "XDG_DATA_HOME": "/x"}
    made = load_web_settings(environ, file, port=3, host=None)
    assert (made.port, made.batch_size, made.keys_required, made.host) == (3, 3, True, "127.0.0.1")
    assert made.cors_origins == ("https://a.example",)
    assert made.database_url == "sqlite:////x/muwazi/muwazi.db"
    assert load_web_settings(environ, file).port == 2
    assert load_web_settings({}, file).port == 1
    assert load_web_settings({}).port == 5000


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"MUWAZI_WEB_PORT": "many"}, "whole number"),
        ({"MUWAZI_WEB_PORT": "70000"}, "from 0"),
        ({"MUWAZI_WEB_KEYS_REQUIRED": "perhaps"}, "true or false"),
        ({"MUWAZI_WEB_BATCH_SIZE": "0"}, "at least 1"),
        ({"MUWAZI_WEB_REQUEST_SECONDS": "nan"}, "at least 1"),
        ({"MUWAZI_WEB_REQUEST_SECONDS": "inf"}, "at least 1"),
        ({"MUWAZI_WEB_CORS_ORIGINS": "example.org"}, "http://"),
        ({"MUWAZI_WEB_CORS_ORIGINS": "https://example.org/page"}, "ends with the name"),
        ({"MUWAZI_WEB_HOSTS": "https://example.org"}, "a name or an address alone"),
        ({"MUWAZI_WEB_HOSTS": "a.example,b.example:8080"}, "'b.example:8080'"),
    ],
)
def test_settings_that_cannot_be_are_named(environ: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        load_web_settings(environ)


@pytest.mark.parametrize(
    "line", ["port = 5000.7", "threads = true", 'database = ["x"]', "queue_length = inf"]
)
def test_values_of_another_kind_in_the_file_are_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text(f"[web]\n{line}\n")
    with pytest.raises(
        BadInput, match=f"web.{line.partition(' ')[0]} is .* it must be a (whole number|text)"
    ):
        load_web_settings({}, file)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("MUWAZI_WEB_DATA", str(tmp_path / "file" / "data"))
    monkeypatch.chdir(tmp_path)
    for command, arguments in ((serve, ["--port", "0"]), (key, ["add", "وكالة"])):
        answer = CliRunner().invoke(command, arguments)
        assert isinstance(answer.exception, StorageFailed)
        assert "data for the database cannot be made" in str(answer.exception)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for load in (load_settings, load_web_settings):
        with pytest.raises(BadInput, match="cannot be read: File name too long"):
            load({}, tmp_path / ("م" * 200))


def test_unknown_settings_in_the_file_are_named(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text("[web]\nprot = 1\n")
    with pytest.raises(BadInput, match="prot"):
        load_web_settings({}, file)
    file.write_text("web = 1\n")
    with pytest.raises(BadInput, match="must be a table"):
        load_web_settings({}, file)


def test_hosts_may_be_names_in_any_script_and_addresses() -> None:
    hosts = ("خبر.example", "192.0.2.7", "2001:db8::7", "my_host")
    assert load_web_settings({"MUWAZI_WEB_HOSTS": ",".join(hosts)}).hosts == hosts


def test_a_server_for_others_is_known_as_one() -> None:
    assert WebSettings().is_local
    assert not WebSettings(host="0.0.0.0").is_local
