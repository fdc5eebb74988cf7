"""
Request bodies beyond the limit: refused by the application in its own words, and never kept.

Waitress would answer them by itself, in no contract's shape, and close while the client is
still sending, which most clients then report as a lost connection instead of the answer. Here
the application sees such a request as soon as its size is known, with its length and without
its body, and refuses it. What the client goes on sending is read and thrown away, so that it
comes to reading the answer; then the connection is closed.
"""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

_ASCII = bytes(range(128)).decode("ascii")
MOST_DROPPED_BYTES = 2**30  # A client that sends more than this is cut off.


class _Nowhere:
    """A buffer that keeps nothing."""

    def append(self, data: bytes) -> None:
        pass

    def __len__(self) -> int:
        return 0


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request whose body is handed to ``drop``, and kept from the application, where it is too large."""

    def __init__(self, adj: Any, drop: Callable[[Any, bytes], None]) -> None:
        super().__init__(adj)
        self._drop = drop

    def parse_header(self, header_plus: bytes) -> None:
        """
        Read the request line and the headers.

        Letters that the client left as they are in its address (``curl /api/search?q=خبر``) are
        read as if it had written them with ``%``: waitress would call them a bad URI.
        """
        line, end, headers = header_plus.partition(b"\r\n")
        super().parse_header(quote_from_bytes(line, safe=_ASCII).encode("ascii") + end + headers)

    def received(self, data: bytes) -> int:
        """Bytes consumed: all of ``data`` where the body is beyond the limit."""
        consumed: int = super().received(data)
        mine: Any = self  # What waitress declares of these fields is narrower than what it keeps in them.
        if not isinstance(mine.error, RequestEntityTooLarge):
            return consumed
        mine.error = None
        # The wall is one byte beyond what the application takes; in chunks only the size so far is known.
        size = max(mine.content_length, mine.body_bytes_received, mine.adj.max_request_body_size)
        mine.headers |= {"CONTENT_LENGTH": str(size), "CONNECTION": "close"}
        mine.expect_continue = False
        rest, mine.body_rcv = mine.body_rcv, None  # The application is given an empty body.
        rest.buf.close()
        rest.buf = _Nowhere()
        self._drop(rest, data[consumed:])
        return len(data)


class LingeringChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that stays until the client has sent what it has begun to send, or has gone."""

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002 - as waitress names it
        self._rest: Any = None  # What reads the body that is thrown away, until it has come to its end.
        self._has_refused = False
        self._dropped_bytes = 0
        self._closes = False
        super().__init__(server, sock, addr, adj, map=map)

    def parser_class(self, adj: Any) -> BoundedParser:  # pyright: ignore[reportIncompatibleVariableOverride]  # it is only called
        """A parser for the next request."""
        return BoundedParser(adj, self._drop)

    @property
    def close_when_flushed(self) -> bool:
        """Whether nothing is waited for but that the answer is out."""
        return self._closes and self._rest is None

    @close_when_flushed.setter
    def close_when_flushed(self, closes: bool) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]  # set and read alike
        self._closes = closes

    def received(self, data: bytes) -> bool:
        """Take what the client sent: a request, or what is to be thrown away."""
        if not self._has_refused:
            taken: bool = super().received(data)
            return taken
        if self._rest is not None:
            self._drop(self._rest, data)
        return True  # Nothing is a request any more that comes after one that was refused.

    def _drop(self, rest: Any, data: bytes) -> None:
        self._has_refused = True
        rest.received(data)
        self._dropped_bytes += len(data)
        ended = rest.completed or rest.error or self._dropped_bytes > MOST_DROPPED_BYTES
        self._rest = None if ended else rest
