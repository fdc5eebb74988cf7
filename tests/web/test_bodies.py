"""Bodies beyond the limit over a real connection: every client reads the refusal, in its contract's own shape."""

import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from web import bodies

BYTES = 32 * 1024 * 1024
LIMIT = 11 * 1024 * 1024  # Of a whole body: a file of ten, and what is around it.
SHAPES = [
    ("/translate", 400, {"error"}),
    ("/detect", 400, {"error"}),
    ("/v2/translate", 413, {"message"}),
    ("/api/articles", 413, {"error", "code"}),
]
FILES = [
    ("/translate_file", 400, {"error"}),
    ("/v2/document", 413, {"message"}),
    ("/api/articles", 413, {"error", "code"}),
]


class Address:
    """A server's address, and requests to it."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.url, self.host, self.port = url, place.hostname or "", place.port or 0

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def raw(self, *parts: bytes) -> tuple[int, Any]:
        """Send the parts as they are, then read one answer."""
        with closing(socket.create_connection((self.host, self.port), timeout=60)) as connection:
            for part in parts:
                connection.sendall(part)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def address(server: Any) -> Address:
    return Address(server.url)


@pytest.mark.parametrize(("path", "status", "fields"), SHAPES)
@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_of_known_length_is_refused_in_the_contract_s_words(
    address: Address, path: str, status: int, fields: set[str], media: str
) -> None:
    if path == "/api/articles" and media != "application/json":
        pytest.skip("our own API takes no such form")
    # This client says beforehand that it will close the connection, as many do.
    asked = urllib.request.Request(address.url + path, b"q=" + b"a" * BYTES, {"Content-Type": media})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=60)
    with caught.value as answer:
        assert answer.code == status
        said = json.load(answer)
    assert set(said) == fields
    if path == "/translate":
        assert said["error"] == f"Invalid request: request ({BYTES + 2}) exceeds text limit (305536)"


@pytest.mark.parametrize(("path", "status", "fields"), FILES)
def test_a_file_is_refused_in_the_contract_s_words(
    address: Address, path: str, status: int, fields: set[str]
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    body = head + b"a" * BYTES + b"\r\n--x--\r\n"
    with closing(address.connect()) as client:
        client.request("POST", path, body, {"Content-Type": "multipart/form-data; boundary=x"})
        answer = client.getresponse()
        assert answer.status == status
        assert set(json.loads(answer.read())) == fields


@pytest.mark.parametrize(("path", "status", "fields"), SHAPES)
def test_a_body_in_chunks_is_counted_as_it_comes(
    address: Address, path: str, status: int, fields: set[str]
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(BYTES // 65_536):
            yield b"a" * 65_536

    with closing(address.connect()) as client:
        client.request("POST", path, chunks(), {"Content-Type": "application/json"}, encode_chunked=True)
        answer = client.getresponse()
        assert answer.status == status
        assert set(json.loads(answer.read())) == fields


@pytest.mark.parametrize("expecting", [b"", b"Expect: 100-continue\r\n"])
def test_whoever_only_announces_it_is_answered_at_once(address: Address, expecting: bytes) -> None:
    head = b"POST /v2/translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n"
    status, said = address.raw(head + expecting + b"Content-Type: application/json\r\n\r\n")
    assert (status, set(said)) == (413, {"message"})


def test_the_application_is_never_given_such_a_body(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Any]
) -> None:
    app = make_app()
    given: list[int] = []
    views = app.wsgi_app

    def listen(environ: dict[str, Any], start: Any) -> Any:
        given.append(len(environ["wsgi.input"].read()))
        environ["wsgi.input"].seek(0)
        return views(environ, start)

    app.wsgi_app = listen  # type: ignore[method-assign, assignment]  # as WSGI servers wrap it
    there = Address(serve(app).url)
    head = "POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    for size in (LIMIT, LIMIT + 1):
        status, _ = there.raw(f"{head}Content-Length: {size}\r\n\r\n".encode(), b"a" * size)
        assert status == 400
    assert given == [LIMIT, 0]


def test_nothing_that_follows_a_refused_body_is_taken_for_a_request(address: Address) -> None:
    with closing(socket.create_connection((address.host, address.port), timeout=60)) as connection:
        head = b"POST /v2/translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (LIMIT + 1)
        connection.sendall(head + b"a" * (LIMIT + 1))
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while block := connection.recv(65_536):
            received += block
    assert received.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in received
    assert b'{"status":"ok"}' not in received.replace(b" ", b"")


def test_a_client_that_never_stops_sending_is_cut_off(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MOST_DROPPED_BYTES", 16 * 1024 * 1024)
    with closing(socket.create_connection((address.host, address.port), timeout=60)) as connection:
        connection.sendall(
            b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
        )
        with pytest.raises(ConnectionError):
            connection.sendall(b"a" * 128 * 1024 * 1024)
    with closing(address.connect()) as client:
        client.request("GET", "/health")
        assert client.getresponse().status == 200
