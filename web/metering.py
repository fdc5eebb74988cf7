"""
What calls of our own API cost: each counts against its caller's rate, translations against its quota.

Programs are counted whatever they call. Our own pages ask for much on their own account, word
links, history, events, so of theirs only what has something translated or aligned is counted:
a limit may make somebody wait with the next article, and never breaks the reading of one. A
program that passes itself off as a page gains no translations by it.

Characters are counted when a translation is asked for, so that no queue of articles goes
beyond a quota: those of the sentences that the model has not translated, once. A translation
that is stopped is not given back, and restoring its article costs nothing.
"""

from flask import Flask, g, request

from translate.text import Article, Kind
from web.keys import key_in_header
from web.limits import caller
from web.records import JobState
from web.runtime import runtime

_WORK = frozenset(
    {"/api/articles", "/api/articles/<article>/translate", "/api/articles/<article>/references"}
)
_DOCUMENT = "openapi.show_document"


def meter(app: Flask) -> None:
    """Count each request under /api before its view runs; whoever asks too often is told to wait."""

    @app.before_request
    def count() -> None:
        rule = request.url_rule.rule if request.url_rule else ""
        if not rule.startswith("/api/") or request.method == "OPTIONS" or request.endpoint == _DOCUMENT:
            return
        here = runtime()
        if (
            "key" not in g
        ):  # Keys are not required, or a page needs none; one that is sent counts all the same.
            g.key = here.keys.find(key_in_header(request))
            g.key_name = g.key.name if g.key else None
        is_work = request.method == "POST" and rule in _WORK
        if is_work or request.headers.get("Sec-Fetch-Site") != "same-origin":
            here.limiter.admit(caller())


def characters_of(article: Article) -> int:
    """What translating a new article costs: the characters of its sentences, page furniture left out."""
    return sum(len(segment.text) for segment in article.segments if segment.kind is not Kind.FURNITURE)


def check_quota(characters: int) -> None:
    """Raise QuotaExceeded where so many are more than the caller has left."""
    runtime().keys.check(g.get("key"), characters)


def count_characters(characters: int) -> None:
    """So many were asked to be translated by the request at hand."""
    here = runtime()
    g.characters = g.get("characters", 0) + characters
    here.keys.count(g.get("key"), characters)
    here.metrics.count_characters("api", characters)


def order_again(article_id: int, *, furniture: bool = False, model: str = "") -> JobState:
    """
    Have the model in use translate what it has not of an article, and count that.

    The installed ``model`` that is named becomes the one in use, where nothing stands against the order.

    Raises QuotaExceeded, NotFound, or Conflict where the article is deleted.
    """
    here = runtime()
    label = here.desk.label_of(model) if model else here.desk.label
    characters = here.store.untranslated_characters(article_id, label, furniture=furniture)
    check_quota(characters)
    if model:
        here.choose_model(model)
    job = here.jobs.enqueue(article_id, furniture=furniture)
    if characters:
        count_characters(characters)
    return job
