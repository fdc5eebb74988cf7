"""
The application: blueprints, headers, request ids, and the one place where an error becomes an answer.

    create_app(load_web_settings(os.environ), load_settings(os.environ))
"""

import logging
import math
import re
import time
import uuid
from importlib import import_module

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, RoutingException

from translate.errors import MuwaziError
from translate.settings import Settings, load_settings
from translate.translator import MarianTranslator
from web import errors, shapes
from web.access import CHALLENGE, guard
from web.csrf import protect
from web.errors import WebError, code_of, status_of
from web.faults import fault_text
from web.logs import log
from web.metering import meter
from web.operations import NUMBER
from web.pages import language, preferred_language, render_error
from web.runtime import EXTENSION, Runtime, runtime
from web.settings import WebSettings

# Each has a `blueprint`.
BLUEPRINTS = (
    "web.pages",
    "web.library",
    "web.reader",
    "web.compare",
    "web.score_page",
    "web.model_page",
    "web.readiness",
    "web.libretranslate",
    "web.deepl",
    "web.api",
    "web.events",
    "web.openapi",
)

# Addresses of LibreTranslate's contract, whose errors have one field.
_LIBRETRANSLATE = re.compile(
    r"/(?:translate|detect|languages|translate_file|download_file/.*|frontend/settings|health|suggest)/?"
)
_DEEPL = "/v2/"
_API = "/api/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_BODY_MARGIN = 1024 * 1024  # Of a multipart body beyond its file.


class _RowNumber(IntegerConverter):
    """``<int:article_id>`` in a page's address: what no database can number leads nowhere."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, min=NUMBER["minimum"], max=NUMBER["maximum"])


def create_app(
    settings: WebSettings | None = None,
    translator_settings: Settings | None = None,
    *,
    translator: MarianTranslator | None = None,
) -> Flask:
    """
    A Flask application with its model loaded and its jobs running.

    Settings left out are the defaults: the environment is not read. ``translator``
    serves where one is in memory already. Close what the
    application holds with ``app.extensions["muwazi"].close()``.

    Raises ModelNotFound, ModelDamaged, StorageFailed or BadInput.
    """
    settings = settings or WebSettings()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_bytes + _BODY_MARGIN
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.upload_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    if translator_settings is None:
        translator_settings = translator.settings if translator else load_settings({})
    here = Runtime(settings, translator_settings, translator=translator)
    app.extensions[EXTENSION] = here
    app.url_map.converters["int"] = _RowNumber
    app.before_request(_begin)
    protect(app, settings)
    guard(app, settings)
    meter(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
    app.after_request(_finish)
    app.register_error_handler(MuwaziError, _answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)
    here.start()
    return app


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-cache")
    _allow_other_origins(response)
    note = _Note()
    if response.is_streamed and not response.direct_passthrough:
        response.call_on_close(lambda: note.write(response.status_code))
    else:
        note.write(response.status_code)
    return response


def _allow_other_origins(response: Response) -> None:
    """CORS, where it is switched on: for the two contracts, never for pages and storage."""
    allowed = runtime().settings.cors_origins
    if not allowed or _shape() not in {"libretranslate", "deepl"}:
        return
    origin = request.headers.get("Origin", "")
    if "*" in allowed:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif origin in allowed:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.vary.add("Origin")
    else:
        return
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


class _Note:
    """What the log and the metrics say of a request, taken while it is at hand."""

    def __init__(self) -> None:
        self.here = runtime()
        self.began = g.get("began", time.perf_counter())
        self.route = request.url_rule.rule if request.url_rule else "none"
        self.method = request.method
        self.fields = {
            "id": g.get("request_id"),
            "method": request.method,
            "path": request.path,
            "client": request.remote_addr,
            "key": g.get("key_name"),
            "characters": g.get("characters"),
            "texts": g.get("texts") if self.here.settings.log_texts else None,
        }

    def write(self, status: int) -> None:
        """Count and log it; streams do so when they end."""
        seconds = time.perf_counter() - self.began
        self.here.metrics.count_request(self.route, self.method, status, seconds)
        log("request", status=status, ms=round(seconds * 1000, 1), **self.fields)


def _shape() -> str:
    """Whose contract the address is under, and so what an error looks like."""
    if request.path.startswith(_DEEPL):
        return "deepl"
    if request.path.startswith(_API):
        return "api"
    if _LIBRETRANSLATE.fullmatch(request.path):
        return "libretranslate"
    if "text/html" in request.headers.get("Accept", ""):
        return "page"
    return "api"


def _answer(error: MuwaziError) -> Response:
    """The error in the shape of the contract that the address is under."""
    status = status_of(error)
    shape = _shape()
    if status >= 500 and not isinstance(error, errors.QueueFull | errors.TimedOut):
        log(
            "error",
            level=logging.ERROR,
            exc_info=True,
            id=g.get("request_id"),
            path=request.path,
            code=code_of(error),
            # Alone among our messages, it quotes no text that somebody sent.
            why=str(error) if isinstance(error, errors.StorageFailed) else None,
        )
    if shape == "deepl":
        response = jsonify(message=str(error))
    elif shape == "libretranslate":
        status, text = _libretranslate_error(error, status)
        response = jsonify(error=text)
    elif shape == "page":
        response = _page(status, error)
    else:
        body: dict[str, object] = {"error": fault_text(error, preferred_language()), "code": code_of(error)}
        if isinstance(error, errors.Conflict) and error.current is not None:
            body["current"] = shapes.current_object(error.current)
        response = jsonify(body)
    response.status_code = status
    if shape in {"page", "api"}:
        response.vary.add("Accept-Language")
    if isinstance(error, errors.TryLater):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if status == 401 and shape in {"api", "page"}:
        response.headers["WWW-Authenticate"] = CHALLENGE
    if isinstance(error, errors.MethodNotAllowed) and error.allowed:
        response.headers["Allow"] = ", ".join(error.allowed)
    return response


def _libretranslate_error(error: MuwaziError, status: int) -> tuple[int, str]:
    """LibreTranslate knows no 401, 413, 415, 422 and 456."""
    if isinstance(error, errors.TooLarge) and request.path != "/translate_file":
        size, limit = request.content_length or 0, request.max_content_length
        return 400, f"Invalid request: request ({size}) exceeds text limit ({limit})"
    if isinstance(error, errors.QuotaExceeded):
        return 429, f"Slowdown: {error}"
    return (400 if status in {401, 413, 415, 422} else status), str(error)


def _page(status: int, error: MuwaziError) -> Response:
    try:
        busy = isinstance(error, errors.QueueFull | errors.TimedOut)
        body, status = render_error(status, fault_text(error, language()), busy=busy)
    except Exception:  # noqa: BLE001 - an error page that fails must not hide the error.
        log(
            "error",
            level=logging.ERROR,
            exc_info=True,
            id=g.get("request_id"),
            path=request.path,
            code="error_page",
        )
        return Response(f"{error}\n", status, mimetype="text/plain")
    return Response(body, status, mimetype="text/html")


def _answer_http(error: HTTPException) -> Response | HTTPException:
    """What Flask itself found wrong, as one of ours; redirections pass."""
    if isinstance(error, RoutingException) or error.code is None or error.code < 400:
        return error
    return _answer(_ours(error))


def _ours(error: HTTPException) -> WebError:
    if error.code == 404:
        return errors.NotFound(
            "There is nothing at this address. Check its spelling, or begin at /."
        ).because("no_page")
    if error.code == 405:
        allowed = sorted(set(getattr(error, "valid_methods", None) or ()) - {"HEAD", "OPTIONS"})
        return errors.MethodNotAllowed(
            f"The method is not allowed for the requested URL: {request.method}. "
            f"Expected {' or '.join(allowed) or 'another'}.",
            allowed=allowed,
        )
    if error.code == 413:
        return errors.TooLarge(
            f"The request has more than {request.max_content_length or 0:,} bytes. Send less at once."
        ).because("request_large", limit=request.max_content_length or 0)
    if error.code == 415:
        return errors.UnsupportedFormat(
            f"The content type {request.content_type or '(none)'!r} is not understood here."
        )
    other = errors.BadRequest(error.description or str(error))
    other.status = error.code or 500
    return other


def _answer_unexpected(error: Exception) -> Response:
    """A fault of ours: logged with its place, told without it."""
    log(
        "fault",
        level=logging.ERROR,
        exc_info=True,
        id=g.get("request_id"),
        path=request.path,
        detail=str(error) if runtime().settings.log_texts else None,
    )
    return _answer(
        WebError(f"The server failed at this request; its log has the details under {g.get('request_id')}.")
    )
