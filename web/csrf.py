"""
Keeping other people's pages from acting through a reader's browser.

Three guards, before any view runs:

* **Host.** A server that only this machine can reach answers only to this machine's names. A page
  whose name was made to point here (DNS rebinding) still asks for its own name, and is refused.
* **Origin.** A write (any method but GET, HEAD, OPTIONS) that a browser sends says where it comes
  from, in Sec-Fetch-Site or Origin, and passes only from our own origin. Another port of this
  machine is another origin.
* **Token.** A browser too old to say so shows itself by our cookie; it must send the cookie's token
  back in X-CSRF-Token, which another site cannot read.

Programs send none of the three headers and pass. The translate endpoints keep nothing (``/suggest``
does, and is guarded): they stay open to programs and pages alike, where CORS says what pages may read.
"""

import hmac
import ipaddress
import secrets
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request
from markupsafe import Markup

from web.errors import Forbidden
from web.settings import WebSettings

COOKIE = "muwazi_csrf"
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Calls of the two contracts: nothing is kept, and a key, where one is needed, no browser adds by itself.
_OPEN = frozenset({"/translate", "/detect", "/translate_file"})
_OPEN_FOLDER = "/v2/"


class WrongHost(Forbidden):
    """The request asks for a name that is not ours."""

    status, code = 421, "wrong_host"


class CrossSite(Forbidden):
    """A page of another site tried to write."""

    code = "cross_site"


def protect(app: Flask, settings: WebSettings) -> None:
    """Guard every view of ``app``, and give templates ``csrf_token`` and ``csrf_field``."""

    @app.before_request
    def guard() -> None:
        check_host(request, settings)
        check_origin(request, settings)

    @app.after_request
    def remember(response: Response) -> Response:
        token = g.get("csrf_token")
        if token and request.cookies.get(COOKIE) != token:
            response.set_cookie(
                COOKIE, token, samesite="Strict", httponly=True, secure=request.is_secure, path="/"
            )
        return response

    @app.context_processor
    def names() -> dict[str, object]:
        return {"csrf_token": token_of, "csrf_field": field_of}


def token_of() -> str:
    """The token of this browser, made where it has none; the response then carries the cookie."""
    if "csrf_token" not in g:
        known = request.cookies.get(COOKIE, "")
        g.csrf_token = known if _is_token(known) else secrets.token_urlsafe(24)
    return str(g.csrf_token)


def field_of() -> Markup:
    """A hidden field with the token, for forms that work without scripts."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token_of())


def check_host(asked: Request, settings: WebSettings) -> None:
    """
    Raise WrongHost where the name asked for is neither this machine's nor among ``settings.hosts``.

    A server that others can reach is asked for by names that it cannot know: it
    checks them only where ``settings.hosts`` names them.
    """
    if not settings.is_local and not settings.hosts:
        return
    name = _name(asked.headers.get("Host", ""))
    if _is_loopback(name) or name in map(_in_ascii, settings.hosts):
        return
    raise WrongHost(
        f"This server is not known as {name[:80]!r}. Ask for it as localhost or 127.0.0.1, "
        "or add the name to the setting web.hosts."
    ).because("host_name", host=name[:80])


def check_origin(asked: Request, settings: WebSettings) -> None:
    """Raise CrossSite for a write that a page of another origin sent, or may have sent."""
    if asked.method in _SAFE or asked.path in _OPEN or asked.path.startswith(_OPEN_FOLDER):
        return
    origin = asked.headers.get("Origin", "")
    site = asked.headers.get("Sec-Fetch-Site", "")
    if asked.path == "/suggest" and origin in settings.cors_origins:
        return
    if site:
        # "none": the person's own doing, such as sending a form again from the history.
        if site not in {"same-origin", "none"}:
            raise _refusal(site)
    elif origin:
        if not _same_origin(origin, asked):
            raise _refusal(origin[:80])
    elif COOKIE in asked.cookies and not has_token(asked):
        raise CrossSite(
            f"The request carries this site's cookie but no {HEADER} that matches it. "
            "Load the page again and repeat what you did; programs should send no cookie."
        ).because("token")


def _refusal(whence: str) -> CrossSite:
    return CrossSite(
        f"A page of another site ({whence}) may not write here. Use Muwazi's own pages, "
        "or call the API from a program."
    ).because("other_site")


def has_token(asked: Request) -> bool:
    """Whether the request sends the token of its cookie back."""
    given = asked.headers.get(HEADER, "")
    if not given and asked.mimetype == "application/x-www-form-urlencoded":
        given = asked.form.get(FIELD, "")
    expected = asked.cookies.get(COOKIE, "")
    return _is_token(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _is_token(text: str) -> bool:
    return len(text) == 32 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def _same_origin(origin: str, asked: Request) -> bool:
    """
    Whether the origin's host and port are those asked for.

    The scheme is not compared: behind a proxy that ends TLS the server sees http
    where the browser says https.
    """
    try:
        parts = urlsplit(origin)
        there = (parts.hostname or "", parts.port or _port(parts.scheme))
        here = urlsplit(f"//{asked.headers.get('Host', '')}")
        return there == ((here.hostname or ""), here.port or _port(parts.scheme))
    except ValueError:
        return False


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _name(host: str) -> str:
    """The name in a Host header, without its port; "" where it cannot be read."""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "").rstrip(".") if parts.port != 0 else ""
    except ValueError:  # A port that is no number, a bracket that is not closed.
        return ""


def _in_ascii(host: str) -> str:
    """A host's name as browsers ask for it: خبر.example is xn--ngblk.example."""
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:  # A part of it is longer than names can be.
        return host.lower()


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
