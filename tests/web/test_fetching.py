"""Pages are fetched from the open Internet alone; every way around that is tried."""

import gzip
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from translate.errors import BadInput
from web import fetching
from web.errors import BadRequest, Forbidden, TimedOut, TooLarge, UnsupportedFormat, WebError
from web.fetching import FetchLimits, PageUnavailable, fetch, fetch_article, is_public

# With a server of our own, on this machine.
HERE = FetchLimits(private_hosts=True, seconds=10)
PAGE = """<!doctype html><html lang="ar"><head><title>وصل الرئيس إلى بيروت | الأخبار</title></head><body><nav>قائمة</nav>
<article><h1>وصل الرئيس إلى بيروت</h1><p>وصل الرئيس المصري إلى بيروت أمس في زيارة تستمر ثلاثة أيام.</p>
<p>وقال إن مصر تدعم السلام في المنطقة وتعمل مع شركائها من أجله.</p></article></body></html>"""

Handler = Callable[[socket.socket, str], None]


@contextmanager
def serving(handler: Handler, address: str = "127.0.0.1") -> Iterator[str]:
    """A server that hands each connection, with the request's head, to ``handler``; gives its address."""
    with socket.create_server((address, 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(20)
                    handler(connection, connection.recv(65_536).decode("latin-1"))

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://{address}:{server.getsockname()[1]}"
        server.close()


def answer(
    body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", *more: str
) -> Handler:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more, "", ""]
    data = "\r\n".join(head).encode() + body
    return lambda connection, _: connection.sendall(data)


# --- Where a page may be ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "2001::f5ff:fffe",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known_for_one(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_an_address_of_the_open_internet_is_known_too(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "LOCALHOST.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "10.0.0.1", "[fe80::1%25lo]", "[::]",
    ],
)  # fmt: skip
def test_nothing_of_this_machine_or_its_network_is_asked_for(host: str) -> None:
    asked: list[str] = []
    with serving(lambda _, head: asked.append(head)) as here:
        port = here.rpartition(":")[2]
        with pytest.raises(WebError) as caught:
            fetch(f"http://{host}:{port}/secret")
    assert isinstance(caught.value, Forbidden | BadRequest | PageUnavailable)
    assert asked == []


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(
        Forbidden, match=r"leads to 127\.0\.0\.1, which is not on the open Internet.*add the file"
    ):
        fetch("http://127.0.0.1/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)", "data:,x",
        "//example.org/", "example.org", "", "http://", "http:///x", "http://user:secret@example.org/",
        "http://example.org@127.0.0.1\\@example.org/", "http://exa mple.org/", "http://example.org/\r\nX-Header: 1",
        "http://example.org\r\n/", "http://[::1/", "http://example.org:99999/", "http://example.org:x/",
        "http://exa<mple>.org/", "http://example.org/" + "x" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(BadRequest) as caught:
        fetch(url)
    assert "\r" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ports_of_other_services_are_refused() -> None:
    for port in (22, 25, 110, 445):
        with pytest.raises(Forbidden, match=f"Port {port}"):
            fetch(f"http://example.org:{port}/")


# --- Lookups and redirects -------------------------------------------------------------------------------


def lead(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make the resolver give these answers, one after the other; returns the names it is asked for."""
    asked: list[str] = []
    waiting = list(answers)

    def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        addresses = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", look_up)
    return asked


def test_a_name_that_leads_home_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("127.0.0.1", "10.1.2.3", "::ffff:192.168.0.1", "169.254.169.254"):
        lead(monkeypatch, [address])
        with pytest.raises(Forbidden):
            fetch("https://looks-harmless.example.org/")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Forbidden):
        fetch("http://both.example.org/")


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, this machine when it is connected to."""
    asked = lead(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        assert timeout > 0
        connected.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    with pytest.raises(PageUnavailable):
        fetch("http://rebind.example.org/")
    assert asked == ["rebind.example.org"]
    assert connected == [("93.184.216.34", 80)]


def test_every_redirect_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.2 plays the open Internet here, and 127.0.0.1 is this machine."""
    asked: list[str] = []
    monkeypatch.setattr(fetching, "is_public", lambda address: str(address) == "127.0.0.2")
    with serving(lambda _, head: asked.append(head)) as secret:
        for target in (secret + "/x", secret.replace("http:", ""), secret.replace("127.0.0.1", "localhost")):
            for status in ("301 Moved", "302 Found", "303 See Other", "307 Again", "308 Forever"):
                with (
                    serving(answer(b"", "text/html", status, f"Location: {target}"), "127.0.0.2") as public,
                    pytest.raises(Forbidden),
                ):
                    fetch(public)
    assert asked == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:pw@127.0.0.1/", "javascript:1"]
)
def test_a_redirect_leads_to_web_pages_only(target: str) -> None:
    with (
        serving(answer(b"", "text/html", "302 Found", f"Location: {target}")) as url,
        pytest.raises(BadRequest),
    ):
        fetch(url, limits=HERE)


def test_redirects_come_to_an_end() -> None:
    with (
        serving(answer(b"", "text/html", "302 Found", "Location: /again")) as url,
        pytest.raises(PageUnavailable, match="more than 5 redirects"),
    ):
        fetch(url, limits=HERE)


def test_a_redirect_is_followed_to_where_it_leads() -> None:
    def handle(connection: socket.socket, head: str) -> None:
        if head.startswith("GET /old "):
            answer(b"", "text/html", "302 Found", "Location: /أخبار?س=1")(connection, head)
        else:
            answer(PAGE.encode())(connection, head)

    with serving(handle) as url:
        data, kind, final = fetch(url + "/old", limits=HERE)
    assert data == PAGE.encode()
    assert kind == "text/html"
    assert final == url + "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?%D8%B3=1"


def test_an_arabic_host_name_goes_over_the_wire_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = lead(monkeypatch, ["10.0.0.1"])
    with pytest.raises(Forbidden):
        fetch("http://موقع.وزارة-الأتصالات.مصر/ar")
    assert asked == ["xn--4gbrim.xn----rmckbbajlc6dj7bxne2c.xn--wgbh1c"]


# --- Sizes, times, kinds ---------------------------------------------------------------------------------


def test_a_page_that_says_it_is_too_large_is_not_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n"
    with (
        serving(lambda connection, _: connection.sendall(head)) as url,
        pytest.raises(TooLarge, match="the limit"),
    ):
        fetch(url, limits=HERE)


def test_a_page_without_end_is_cut_off() -> None:
    def pour(connection: socket.socket, _: str) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    with serving(pour) as url, pytest.raises(TooLarge):
        fetch(url, limits=FetchLimits(private_hosts=True, size_bytes=300_000))


def test_a_page_that_unpacks_to_too_much_is_cut_off() -> None:
    bomb = gzip.compress(bytes(50 * 2**20))
    assert len(bomb) < 60_000
    with (
        serving(answer(bomb, "text/html", "200 OK", "Content-Encoding: gzip")) as url,
        pytest.raises(TooLarge),
    ):
        fetch(url, limits=FetchLimits(private_hosts=True, size_bytes=100_000))


@pytest.mark.parametrize("slow", ["head", "body", "silence"])
def test_a_server_that_sends_a_byte_now_and_then_runs_out_of_time(slow: str) -> None:
    def drip(connection: socket.socket, _: str) -> None:
        if slow == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(200):
            if slow != "silence":
                connection.sendall(b"H" if slow == "head" else b"x")
            time.sleep(0.05)

    with serving(drip) as url, pytest.raises(TimedOut, match=r"did not come within 0\.5 seconds"):
        fetch(url, limits=FetchLimits(private_hosts=True, seconds=0.5))


def test_a_lookup_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        over.wait(30)
        return []

    monkeypatch.setattr(fetching.socket, "getaddrinfo", look_up)
    with pytest.raises(TimedOut):
        fetch("http://slow.example.org/", limits=FetchLimits(seconds=0.2))
    over.set()


@pytest.mark.parametrize(
    "kind", ["application/pdf", "image/png", "application/json", "application/octet-stream", ""]
)
def test_only_pages_of_text_are_taken(kind: str) -> None:
    with serving(answer(b"%PDF", kind)) as url, pytest.raises(UnsupportedFormat, match="text/html"):
        fetch(url, limits=HERE)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "answers 404 Not Found"),
        (b"HTTP/1.1 500 \x1b[31mred\r\n\r\n", "answers 500"),
        (b"SSH-2.0-OpenSSH_9\r\n", "does not speak HTTP"),
        (b"", "broke off"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 1000 + b"\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\r\nshort", "cut short: 45 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", "damaged"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off"),
    ],
    ids=["404", "500", "ssh", "nothing", "headers", "header", "short", "damaged", "chunk"],
)  # fmt: skip
def test_a_server_that_answers_nonsense_is_described(raw: bytes, says: str) -> None:
    with (
        serving(lambda connection, _: connection.sendall(raw)) as url,
        pytest.raises(PageUnavailable, match=says) as caught,
    ):
        fetch(url, limits=HERE)
    assert str(caught.value).isprintable()


def test_nobody_there_is_described() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PageUnavailable, match="does not answer"):
        fetch(f"http://127.0.0.1:{port}/", limits=HERE)


@pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl is not installed: no certificate can be made"
)
def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def handle(connection: socket.socket, _: str) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as secured:
            secured.recv(1000)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                handle(server.accept()[0], "")

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(PageUnavailable, match="cannot be trusted"):
            fetch(f"https://127.0.0.1:{server.getsockname()[1]}/", limits=HERE)


# --- Pages -----------------------------------------------------------------------------------------------


def test_the_article_on_a_page_is_read() -> None:
    heads: list[str] = []

    def handle(connection: socket.socket, head: str) -> None:
        heads.append(head)
        answer(gzip.compress(PAGE.encode()), "text/html", "200 OK", "Content-Encoding: gzip")(
            connection, head
        )

    with serving(handle) as url:
        article = fetch_article(f"{url}/news/visit.html#top", limits=HERE)
    assert article.title == "وصل الرئيس إلى بيروت"
    assert "قائمة" not in article.body
    assert article.source == f"{url}/news/visit.html"
    assert article.id == "visit"
    assert heads[0].startswith("GET /news/visit.html HTTP/1.1\r\n")
    assert f"Host: {url.removeprefix('http://')}\r\n" in heads[0]


def test_plain_text_and_old_code_pages_are_read() -> None:
    text = "وصل الرئيس إلى بيروت أمس.\n\nوقال إن مصر تدعم السلام."
    with serving(answer(text.encode("cp1256"), "text/plain; charset=windows-1256")) as url:
        article = fetch_article(url, limits=HERE)
    assert article.body == text


def test_a_page_without_text_says_so() -> None:
    with (
        serving(answer(b"<html><script>load()</script>")) as url,
        pytest.raises(BadInput, match="no article"),
    ):
        fetch_article(url, limits=HERE)
    with (
        serving(answer(b"\x89PNG\r\n\x1a\n" + bytes(100))) as url,
        pytest.raises(UnsupportedFormat, match="PNG"),
    ):
        fetch_article(url, limits=HERE)
