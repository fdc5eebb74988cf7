"""
What goes wrong between a client and the server, each with its HTTP status.

    WebError (MuwaziError)
    ├── BadRequest        400  the request says something that cannot be
    ├── Unauthorized      401  a key is missing, or not known to pages and storage
    ├── Forbidden         403  a key that is not known, or a place that may not be reached
    ├── NotFound          404
    ├── MethodNotAllowed  405  carries the methods that are
    ├── Conflict          409  somebody else has changed it; carries what is current
    ├── TooLarge          413
    ├── UnsupportedFormat 415
    ├── Untranslatable    422  a file in which nothing could be translated
    ├── QuotaExceeded     456  as DeepL numbers it
    ├── ClientGone        499  nobody waits for the answer any more
    ├── TryLater          503  carries the seconds to wait
    │   ├── RateLimited   429
    │   └── QueueFull     503
    ├── TimedOut          503  the request's time is over
    └── StorageFailed     503  the database cannot be reached, written or understood

``code`` is the word for machines. A message says what was seen, what was
expected and what to do; :mod:`web.app` alone turns it into an answer.
"""

from collections.abc import Iterable

from translate.errors import (
    BadInput,
    FetchFailed,
    MissingDependency,
    ModelError,
    ModelNotFound,
    MuwaziError,
)


class WebError(MuwaziError):
    """The root; ``status`` is the HTTP status, ``code`` a word for machines."""

    status = 500
    code = "error"


class BadRequest(WebError):
    """The request says something that cannot be."""

    status, code = 400, "bad_request"


class Unauthorized(WebError):
    """A key is needed and was not given."""

    status, code = 401, "unauthorized"


class Forbidden(WebError):
    """A key that is not known, a write from another site, or a place that may not be reached."""

    status, code = 403, "forbidden"


class NotFound(WebError):
    """There is no such article, segment, reference, job, file or page."""

    status, code = 404, "not_found"


class MethodNotAllowed(WebError):
    """The address exists and takes other methods: ``allowed``."""

    status, code = 405, "method_not_allowed"

    def __init__(self, message: str, *, allowed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


class Conflict(WebError):
    """Somebody else has changed it since; ``current`` is what it is now."""

    status, code = 409, "conflict"

    def __init__(self, message: str, *, current: object = None) -> None:
        super().__init__(message)
        self.current = current


class TooLarge(WebError):
    """A body, a file or a text beyond its limit."""

    status, code = 413, "too_large"


class UnsupportedFormat(WebError):
    """A file or a form that cannot be read or written here."""

    status, code = 415, "unsupported_format"


class Untranslatable(WebError):
    """A file or a page whose translation would be the same again."""

    status, code = 422, "untranslatable"


class TryLater(WebError):
    """Not now; try again after ``retry_after_s`` seconds."""

    status, code = 503, "try_later"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class RateLimited(TryLater):
    """Too many requests in a minute."""

    status, code = 429, "rate_limited"


class QuotaExceeded(WebError):
    """The key has used all its characters."""

    status, code = 456, "quota_exceeded"


class ClientGone(WebError):
    """Nobody waits for this answer any more."""

    status, code = 499, "client_gone"


class QueueFull(TryLater):
    """Too many wait already."""

    status, code = 503, "queue_full"


class TimedOut(WebError):
    """The time for one request is over; what was begun has been dropped."""

    status, code = 503, "timed_out"


class StorageFailed(WebError):
    """The database cannot be reached, written or understood; nothing of the change was kept."""

    status, code = 503, "storage_failed"


def status_of(error: MuwaziError) -> int:
    """The HTTP status of any of our errors, those of the packages below included."""
    if isinstance(error, WebError):
        return error.status
    if isinstance(error, BadInput):
        return 400
    if isinstance(error, ModelNotFound):
        return 404
    if isinstance(error, FetchFailed):
        return 502
    if isinstance(error, MissingDependency):
        return 501
    return 503 if isinstance(error, ModelError) else 500


def code_of(error: MuwaziError) -> str:
    """The word for machines of any of our errors: ``bad_input``, ``model_not_found`` …"""
    if isinstance(error, WebError):
        return error.code
    name = type(error).__name__
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
