"""
Who is let in where keys are required.

Each of the two contracts asks for its key in its own words. Everything else is guarded here,
whatever is added later included, but for what says nothing about anybody's texts: static files,
readiness, and the published document.

Programs send the key as they send it to the contracts (``Authorization: DeepL-Auth-Key K``, or
``Bearer K``). Browsers ask for it themselves (HTTP Basic: any name, the key as the password), and
send it with all that a page of ours does: downloads and events as well. A server that only this
machine can reach shows its pages without: whoever sits there may read its files anyhow. Behind a
proxy that is not so; ``settings.hosts`` names such a server, and its pages ask as well.
"""

from flask import Flask, Request, g, request

from web.csrf import CrossSite, has_token
from web.errors import Forbidden, Unauthorized
from web.keys import key_in_header
from web.runtime import runtime
from web.settings import WebSettings

CHALLENGE = 'Basic realm="Muwazi: any name, and your key as the password", charset="UTF-8"'

_OWN_KEYS = frozenset({"libretranslate", "deepl"})
_OPEN = frozenset({"static", "readiness.show_readiness", "openapi.show_document"})
_READS = frozenset({"GET", "HEAD"})
_OURS = frozenset({"same-origin", "none"})  # "none": an address typed or chosen by the person.


def guard(app: Flask, settings: WebSettings) -> None:
    """Ask for a key before any view of ``app`` runs, where ``settings`` require one."""
    if not settings.keys_required:
        return
    pages_are_open = settings.is_local and not settings.hosts

    @app.before_request
    def ask() -> None:
        # No endpoint: an address or a method that is not there, which the error says to anybody.
        if (
            request.method == "OPTIONS"
            or request.endpoint is None
            or request.endpoint in _OPEN
            or _OWN_KEYS & set(request.blueprints)
        ):
            return
        secret = _secret(request)
        if not secret and pages_are_open and _comes_from_a_page(request):
            return
        try:
            g.key = runtime().keys.admit(secret)
        except (Unauthorized, Forbidden):
            # 401 for a wrong key too: a browser asks again then, and does not keep the wrong one.
            raise Unauthorized(
                "The API key sent is not known here."
                if secret
                else "An API key is needed here. Send it as "
                "'Authorization: DeepL-Auth-Key KEY'; browsers ask for it as a password, with any name. "
                "Whoever runs the server makes one with: muwazi key add NAME"
            ) from None
        g.key_name = g.key.name if g.key else None


def _secret(asked: Request) -> str:
    """
    The key sent along. Raises CrossSite for a write whose key a browser may have added by itself.

    Every current browser says where a write comes from, and another site's is refused by that.
    """
    if secret := key_in_header(asked):
        return secret
    given = asked.authorization
    if given is None or given.type != "basic":
        return ""
    says_whence = "Origin" in asked.headers or "Sec-Fetch-Site" in asked.headers
    if asked.method not in _READS and not says_whence and not has_token(asked):
        raise CrossSite(
            "A write with a password must say which page it comes from. "
            "Programs send the key as 'Authorization: DeepL-Auth-Key KEY'."
        )
    return given.password or ""


def _comes_from_a_page(asked: Request) -> bool:
    """Whether a page is read, or one of our pages acts. Other sites' were refused before this."""
    rule = asked.url_rule.rule if asked.url_rule else ""
    if asked.headers.get("Sec-Fetch-Site") in _OURS:
        return True
    return asked.method in _READS and not rule.startswith("/api/") and rule != "/metrics"
