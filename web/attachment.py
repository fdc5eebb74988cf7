"""Files that are sent to be kept, under names that cannot break a header or run in a browser."""

import unicodedata
from urllib.parse import quote

from flask import Response

_NAME_CHARS = 120


def attachment(data: bytes, mimetype: str, name: str) -> Response:
    """
    ``data`` as a file called ``name``, which a browser saves and does not open.

    Should it be opened all the same, it may run nothing and belongs to no site.
    """
    reply = Response(data, content_type=mimetype)
    reply.headers["Content-Disposition"] = disposition(name)
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    return reply


def disposition(name: str) -> str:
    """
    The header that names a file, in ASCII and, where that is not all, in UTF-8 (RFC 6266).

    Control and format characters, quotes, backslashes and slashes become spaces.

    >>> disposition('a"b\\r\\nSet-Cookie: x=1.txt')
    'attachment; filename="a b Set-Cookie: x=1.txt"'
    """
    kept = "".join(" " if c in '"\\/' or unicodedata.category(c)[0] == "C" else c for c in name)
    kept = " ".join(kept.split())[-_NAME_CHARS:].strip(" .") or "file"
    plain = kept.encode("ascii", "ignore").decode().strip(" .-")
    if plain == kept:
        return f'attachment; filename="{kept}"'
    suffix = kept[kept.rfind(".") :] if "." in kept else ""
    if not plain or plain == suffix.lstrip("."):
        plain = "article" + suffix.encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"
