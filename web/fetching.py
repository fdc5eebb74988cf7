"""
Web pages by their address, and nothing that only this machine or its network can reach.

A name is looked up once, what it leads to is checked, and the connection goes to
that very address: a name that answers differently the second time (DNS rebinding)
gains nothing. Every redirect is checked the same way. One deadline covers the whole
journey, and sizes are counted after unpacking.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from translate import reading
from translate.errors import UndecodableInput
from translate.text import Article
from web.errors import BadRequest, Forbidden, TimedOut, TooLarge, UnsupportedFormat, WebError

_PAGES = ("text/html", "application/xhtml+xml")
_TEXTS = (*_PAGES, "text/plain")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "Muwazi/0.1 (reads one page when its reader asks for it)"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_URL_CHARACTERS = 2_000
_BLOCK = 65_536

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PageUnavailable(WebError):
    """The page, or the way to it, said no; the message says which."""

    status, code = 502, "page_unavailable"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """
    How far a page is followed.

    ``size_bytes`` counts the page unpacked; ``seconds`` everything from the first
    lookup to the last byte; ``redirects`` how many times it may lead elsewhere.
    ``private_hosts`` also allows this machine and its network, for those who read
    pages on a server of their own.
    """

    size_bytes: int = 5 * 2**20
    seconds: float = 20.0
    redirects: int = 5
    private_hosts: bool = False


def fetch_article(url: str, *, limits: FetchLimits | None = None) -> Article:
    """
    The article on a web page, with the address it came from in the end as its source.

    Raises what :func:`fetch` raises, and BadInput where the page holds no text.
    """
    data, content_type, final = fetch(url, limits=limits)
    name = PurePosixPath(unquote(urlsplit(final).path)).stem or urlsplit(final).hostname or "page"
    try:
        return reading.from_bytes(data, id=name[:120], source=final, html=content_type in _PAGES or None)
    except UndecodableInput as error:
        raise UnsupportedFormat(f"The page at {_shown(final)} cannot be read: {error}").because(
            "page_unreadable", address=_shown(final)
        ) from None


def fetch(url: str, *, limits: FetchLimits | None = None) -> tuple[bytes, str, str]:
    """
    The bytes of a page of text, its media type, and the address that it came from in the end.

    Raises BadRequest for what is no web address, Forbidden for one that leads to
    this machine or a network that is not public, TooLarge, TimedOut,
    UnsupportedFormat for anything but HTML and plain text, and PageUnavailable for
    the rest that can go wrong.
    """
    limits = limits or FetchLimits()
    deadline = time.monotonic() + limits.seconds
    current = url
    for _ in range(limits.redirects + 1):
        place = _Place.of(current)
        answer = _ask(place, limits, deadline)
        if not isinstance(answer, str):
            return *answer, place.url
        current = urljoin(place.url, answer)
    raise PageUnavailable(
        f"{_shown(url)} leads on and on: more than {limits.redirects} redirects. Use the page's last address."
    ).because("page_redirects", address=_shown(url))


@dataclass(frozen=True, slots=True)
class _Place:
    """An address taken apart: written in ASCII as it goes over the wire."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: str) -> "_Place":
        """Raises BadRequest for what is no http or https address."""
        text = url.strip()
        if len(text) > _URL_CHARACTERS or re.search(r"[\x00-\x20\x7f\\]", text):
            raise BadRequest(
                f"{_shown(text)} is no web address: it holds blanks, control characters or backslashes, or "
                f"has more than {_URL_CHARACTERS} characters."
            ).because("address", address=_shown(text))
        try:
            parts = urlsplit(text)
            port = parts.port
            host = (parts.hostname or "").rstrip(".")
        except ValueError as error:
            raise BadRequest(f"{_shown(text)} is no web address: {error}.").because(
                "address", address=_shown(text)
            ) from None
        if parts.scheme not in ("http", "https") or not host:
            raise BadRequest(
                f"{_shown(text)} is no web address. Expected one that begins with http:// or https://."
            ).because("address", address=_shown(text))
        if parts.username is not None or parts.password is not None:
            raise BadRequest("The address holds a user name or password. Leave them out.").because(
                "address_password"
            )
        port = port or (443 if parts.scheme == "https" else 80)
        if port < 1024 and port not in (80, 443):
            raise Forbidden(
                f"Port {port} is not one of web pages. Expected 80, 443, or one above 1023."
            ).because("address_port", port=str(port))
        host = _ascii_host(host)
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
        netloc = f"[{host}]" if ":" in host else host
        if parts.port:
            netloc += f":{port}"
        return cls(urlunsplit((parts.scheme, netloc, target, "", "")), parts.scheme, host, port, target)


def _ascii_host(host: str) -> str:
    if host.isascii():
        if not re.fullmatch(r"[A-Za-z0-9._:%-]+", host):
            raise BadRequest(f"{_shown(host)} is no host name.").because("address", address=_shown(host))
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise BadRequest(f"{_shown(host)} is no host name: {error}.").because(
            "address", address=_shown(host)
        ) from None


def is_public(address: Address) -> bool:
    """
    Whether an address belongs to the open Internet, whatever clothes it comes in.

    IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4, Teredo) are judged by themselves.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner: list[ipaddress.IPv4Address] = []
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.sixtofour is not None:
            inner.append(address.sixtofour)
        if address.teredo is not None:
            inner.extend(address.teredo)
        if not all(is_public(one) for one in inner) or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_private
    )


def _look_up(place: _Place, limits: FetchLimits, deadline: float) -> list[str]:
    """The addresses of a host, in the resolver's order, none of them one that may not be reached."""
    found: list[str] = []
    failure: list[OSError | UnicodeError] = []

    def look() -> None:
        try:
            for *_, where in socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM):
                found.append(str(where[0]))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    # A resolver takes its time and cannot be told to stop; it may go on without us.
    thread = threading.Thread(target=look, daemon=True, name="look-up")
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        raise _late(limits)
    if failure or not found:
        raise PageUnavailable(
            f"There is no host {_shown(place.host)}: check the address, or the network."
        ).because("host_unknown", host=_shown(place.host))
    addresses = list(dict.fromkeys(found))
    if not limits.private_hosts:
        for text in addresses:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise Forbidden(
                    f"{_shown(place.host)} leads to {text}, which is not on the open Internet. Only public "
                    "pages are fetched; save this one as a file and add the file."
                ).because("host_private", host=_shown(place.host))
    return addresses


class _Watch:
    """
    Ends a connection when its time is over.

    A server that sends a byte now and then never lets a socket's own time-out pass.
    """

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.socket = plain
        self.expired = threading.Event()
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._end)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        self.expired.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self._timer.cancel()
        self.socket.close()


def _connect(place: _Place, limits: FetchLimits, deadline: float) -> socket.socket:
    """A connection to one of the addresses that were checked; the name is not looked up again."""
    last: OSError | None = None
    for address in _look_up(place, limits, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise _late(limits)
        try:
            return socket.create_connection((address, place.port), timeout=left)
        except TimeoutError:
            raise _late(limits) from None
        except OSError as error:
            last = error
    raise PageUnavailable(f"{_shown(place.host)} does not answer: {last}.").because(
        "host_silent", host=_shown(place.host)
    )


def _ask(place: _Place, limits: FetchLimits, deadline: float) -> tuple[bytes, str] | str:
    """The page and its media type, or where it says it has gone."""
    watch = _Watch(_connect(place, limits, deadline), deadline)
    try:
        if place.scheme == "https":
            context = ssl.create_default_context()
            secured = context.wrap_socket(
                watch.socket, server_hostname=place.host, do_handshake_on_connect=False
            )
            watch.socket = secured
            secured.do_handshake()
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.sock = watch.socket
        connection.putrequest("GET", place.target, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", urlsplit(place.url).netloc),
            ("User-Agent", _AGENT),
            ("Accept", ", ".join(_TEXTS)),
            ("Accept-Language", "ar"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        return _read(connection.getresponse(), place, limits)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if watch.expired.is_set() or isinstance(error, TimeoutError):
            raise _late(limits) from None
        if isinstance(error, ssl.SSLError):
            raise PageUnavailable(f"{_shown(place.host)} cannot be trusted or understood: {error}.").because(
                "host_untrusted", host=_shown(place.host)
            ) from None
        raise PageUnavailable(
            f"{_shown(place.host)} broke off, or does not speak HTTP: {type(error).__name__}."
        ).because("host_broke_off", host=_shown(place.host)) from None
    finally:
        watch.close()
        if watch.expired.is_set():
            raise _late(limits)


def _read(response: http.client.HTTPResponse, place: _Place, limits: FetchLimits) -> tuple[bytes, str] | str:
    where = response.getheader("Location")
    if response.status in _REDIRECTS and where:
        # Header bytes come as Latin-1; an address in UTF-8 is meant as such.
        try:
            return where.encode("latin-1").decode()
        except UnicodeError:
            return where
    if response.status != 200:
        raise PageUnavailable(
            f"{_shown(place.url)} answers {response.status} {_shown(response.reason or '')}".rstrip()
            + ". Open it in a browser, and save the page as a file if it shows there."
        ).because("page_status", address=_shown(place.url), status=str(response.status))
    content_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if content_type not in _TEXTS:
        raise UnsupportedFormat(
            f"{_shown(place.url)} is {_shown(content_type) or 'of no stated kind'}. Expected a web page "
            "(text/html) or plain text; download a document and add it as a file."
        ).because("page_kind", address=_shown(place.url))
    declared = response.getheader("Content-Length") or ""
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limits.size_bytes:
        raise _too_large(place, limits)
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise UnsupportedFormat(
            f"{_shown(place.url)} is packed as {_shown(encoding)}, which was not asked for."
        ).because("page_damaged", address=_shown(place.url))
    page = _receive(response.read1, encoding, place, limits)
    if response.length:
        raise PageUnavailable(
            f"{_shown(place.url)} came cut short: {response.length:,} bytes are missing."
        ).because("page_damaged", address=_shown(place.url))
    return page, content_type


def _receive(read: Callable[[int], bytes], encoding: str, place: _Place, limits: FetchLimits) -> bytes:
    """The whole body, unpacked no further than the limit."""
    page = bytearray()
    packed = 0
    unpacker = None if encoding == "identity" else zlib.decompressobj(47)  # 47: gzip or zlib, as it comes.
    try:
        while block := read(_BLOCK):
            packed += len(block)
            page += unpacker.decompress(block, limits.size_bytes + 1 - len(page)) if unpacker else block
            if max(packed, len(page)) > limits.size_bytes or (unpacker and unpacker.unconsumed_tail):
                raise _too_large(place, limits)
    except zlib.error:
        raise PageUnavailable(f"{_shown(place.url)} came damaged: it cannot be unpacked.").because(
            "page_damaged", address=_shown(place.url)
        ) from None
    if unpacker and not unpacker.eof:
        raise PageUnavailable(f"{_shown(place.url)} came cut short: it cannot be unpacked whole.").because(
            "page_damaged", address=_shown(place.url)
        )
    return bytes(page)


def _late(limits: FetchLimits) -> TimedOut:
    return TimedOut(
        f"The page did not come within {limits.seconds:g} seconds. Try again, or save it as a file."
    ).because("page_late", seconds=limits.seconds)


def _too_large(place: _Place, limits: FetchLimits) -> TooLarge:
    return TooLarge(
        f"{_shown(place.url)} is larger than {limits.size_bytes:,} bytes, the limit for a page."
    ).because("page_large", address=_shown(place.url), limit=limits.size_bytes)


def _shown(text: str) -> str:
    """A stranger's text as it may stand in a message: short, and without control characters."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:120]
