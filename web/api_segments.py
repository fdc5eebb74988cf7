"""Sentences: corrections with their history, word links, and earlier corrections that are alike."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from web import shapes
from web.links import article_links, segment_links
from web.operations import Reply, Routes, answer, json_of, ref
from web.records import text_key
from web.runtime import runtime
from web.shapes import list_of

_MATCHES = 5

blueprint = Blueprint("api_segments", __name__)
routes = Routes(blueprint, "Sentences", shapes.COMPONENTS)

_CONFLICT = {409: "Somebody else changed the sentence; what stands now comes along, and nothing is lost."}


@routes.put(
    "/api/segments/{segment}/correction",
    "Keep a sentence as a person would have it.",
    answers={200: json_of(ref("Correction"), "Kept, under a new version.")},
    body={"application/json": shapes.NEW_CORRECTION},
    errors=_CONFLICT,
)
def correct_segment(segment: int, body: Mapping[str, Any]) -> Reply:
    """
    ``version`` is the one that was changed: that of the sentence's row, 0 where nobody has corrected yet.

    Where it is no longer the current one nothing is kept, and the current one is answered.
    """
    kept = runtime().store.correct(segment, body["text"], version=body["version"])
    return answer(shapes.correction_object(kept))


@routes.post(
    "/api/segments/{segment}/undo",
    "Take back the last change of a sentence.",
    answers={200: json_of(ref("Correction"), "What stands now, under a new version.")},
    body={"application/json": shapes.UNDO},
    errors=_CONFLICT,
)
def undo_segment(segment: int, body: Mapping[str, Any]) -> Reply:
    """Undoing is itself a new version: the history keeps all. Its text is null back at the machine's."""
    kept = runtime().store.undo(segment, version=body["version"])
    return answer(shapes.correction_object(kept))


@routes.get(
    "/api/segments/{segment}/history",
    "All versions of a sentence, the oldest first.",
    answers={200: json_of(list_of(ref("Version")))},
)
def read_history(segment: int) -> Reply:
    """The machine's own translation is version 0 and not listed."""
    store = runtime().store
    store.row(segment)
    return answer([shapes.version_object(version) for version in store.history(segment)])


@routes.get(
    "/api/segments/{segment}/matches",
    "Earlier corrections whose Arabic is like this sentence's, the likest first.",
    answers={200: json_of(list_of(ref("Match")))},
)
def read_matches(segment: int) -> Reply:
    """The sentence's own correction is left out."""
    store = runtime().store
    row = store.row(segment)
    found = store.fuzzy(row.segment.text, limit=_MATCHES + 1)
    others = [match for match in found if match.segment_id != segment]
    return answer([shapes.match_object(match) for match in others[:_MATCHES]])


@routes.get(
    "/api/segments/{segment}/links",
    "Which words of a sentence and of the English shown render each other.",
    answers={200: json_of(ref("Links"))},
)
def read_segment_links(segment: int) -> Reply:
    """Empty where there is no English yet."""
    store = runtime().store
    row = store.row(segment)
    links = segment_links(store, row, runtime().desk.reader)
    return answer({"text_key": text_key(row.text or ""), "links": shapes.link_list(links)})


@routes.get(
    "/api/articles/{article}/links",
    "The word links of all sentences that have English.",
    answers={
        200: json_of(
            {
                "type": "object",
                "description": "By the sentence's number.",
                "additionalProperties": shapes.LINKS,
            }
        )
    },
)
def read_article_links(article: int) -> Reply:
    """Sentences of one text teach each other what their words mean."""
    store = runtime().store
    links = article_links(store, store.article(article), runtime().desk.reader)
    return answer({str(segment): shapes.link_list(found) for segment, found in links.items()})
