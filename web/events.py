"""
Translations as they are made, as server-sent events.

Each event's id is its place in the order of the article's translations, and a
client that comes back says the last it saw (Last-Event-ID), so that nothing is
missed and nothing sent twice. What other processes translate is seen too: the
database is asked, and work in this process rings a bell.

A stream holds a thread of the server. So only some are held open; whoever comes
beyond gets what there is at once, and is told to ask again in a moment, which
browsers do by themselves.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from web import schema, shapes
from web.operations import Answer, Parameter, Reply, Routes
from web.records import JobState
from web.runtime import EXTENSION, Runtime, runtime

_SLOTS = "muwazi.streams"
_SHARE = 4  # One thread in so many may hold a stream.
_LOOK_EVERY_S = 1.0  # At other processes' work.
_BEAT_EVERY_S = 10.0
_RETRY_MS = 2_000
_ID: schema.Schema = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}

# One event, as OpenAPI 3.1's readers of streams see it.
_EVENT = shapes.record(
    "An event; those with a row have an id.",
    optional=("id", "retry"),
    event=shapes.choice("What happened.", ("translation", "progress", "done", "failed")),
    data={"type": "string", "contentMediaType": "application/json", "description": "A line of JSON."},
    id=shapes.text("Its place in the order of the article's translations."),
    retry=shapes.text("Milliseconds to wait before coming back."),
)

blueprint = Blueprint("events", __name__)
routes = Routes(blueprint, "Articles", shapes.COMPONENTS)


class Slots:
    """How many streams may be held open at once, and how many are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._lock = threading.Lock()

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Take a slot for the time being; False where none is free."""
        with self._lock:
            free = self.taken < self.most
            self.taken += free
        try:
            yield free
        finally:
            with self._lock:
                self.taken -= free


@blueprint.record_once
def make_slots(state: BlueprintSetupState) -> None:
    """Each application has slots of its own, by its number of threads."""
    here: Runtime = state.app.extensions[EXTENSION]
    state.app.extensions[_SLOTS] = Slots(max(1, here.settings.threads // _SHARE))


def slots() -> Slots:
    """The slots of the application at hand."""
    found: Slots = current_app.extensions[_SLOTS]
    return found


@routes.get(
    "/api/articles/{article}/events",
    "An article's translations as they are made (server-sent events).",
    answers={200: Answer("Events until the translation ends.", {"text/event-stream": _EVENT})},
    parameters=(
        Parameter("after", "Begin after this event; that of the article where you read it.", _ID),
        Parameter("Last-Event-ID", "The same, as browsers say it when they come back.", _ID, "header"),
    ),
)
def stream_events(article: int, after: int | None) -> Reply:
    """
    ``translation`` holds a row, ``progress`` the counts ``done`` and ``total``; ``done`` or ``failed`` ends.

    Comments keep the connection alive. A connection that ends without a last
    event is to be opened again, with the id of the last event seen.
    """
    here = runtime()
    last = request.headers.get("Last-Event-ID", "").strip()
    sequence = schema.parse(last, _ID, "The header Last-Event-ID") if last else after or 0
    here.store.entry(article)
    gone: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    stream = events(here, slots(), article, sequence, gone or (lambda: False))
    return Response(
        stream,
        mimetype="text/event-stream",
        # Proxies that gather answers would hold the events back.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def events(
    here: Runtime, slots: Slots, article_id: int, sequence: int, gone: Callable[[], bool]
) -> Iterator[str]:
    """The events after ``sequence``, until the translation ends, the client is gone, or the server stops."""
    with slots.hold() as held, here.jobs.subscribe(article_id, _LOOK_EVERY_S) as bell:
        yield f"retry: {_RETRY_MS}\n\n"
        progress: tuple[int, int] | None = None
        beat = time.monotonic()
        while True:
            # The job first: when it has ended, all its rows are there to be read.
            jobs = here.store.jobs(article_id)
            for arrival in here.store.rows_since(article_id, sequence):
                sequence = arrival.sequence
                yield event("translation", shapes.row_object(arrival.row), sequence)
                beat = time.monotonic()
            job = next((job for job in jobs if job.active), jobs[0] if jobs else None)
            if job is not None and (job.done, job.total) != progress:
                progress = job.done, job.total
                yield event("progress", {"done": job.done, "total": job.total})
            if job is None or not job.active:
                yield last_event(here, article_id, job)
                return
            if not held or here.stopping.is_set() or gone():
                return
            if time.monotonic() - beat > _BEAT_EVERY_S:
                beat = time.monotonic()
                yield ": still here\n\n"
            if next(bell, None) is None:
                return


def last_event(here: Runtime, article_id: int, job: JobState | None) -> str:
    """How the translation ended; an article that nobody asked to translate is done with what it has."""
    entry = here.store.entry(article_id)
    counts = {"done": entry.translated, "total": entry.wanted}
    if job is not None and job.status == "failed":
        return event("failed", {**counts, "error": job.error})
    status = job.status if job is not None else "done"
    return event("done", {**counts, "status": status, "english_title": entry.english_title})


def event(kind: str, data: object, number: int | None = None) -> str:
    """One event as it is sent: JSON has no bare line breaks, so the data is a single line."""
    place = f"id: {number}\n" if number is not None else ""
    return f"{place}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
