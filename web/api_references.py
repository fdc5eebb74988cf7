"""References: other people's translations, how their sentences pair with the article's, and scores."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint

from translate.errors import BadInput
from web import compare, documents, scores, shapes
from web.api_articles import read_form
from web.errors import Conflict
from web.operations import MULTIPART, Answer, Reply, Routes, answer, json_of, ref
from web.records import Reference
from web.runtime import runtime

_UNNAMED = "Reference"

blueprint = Blueprint("api_references", __name__)
routes = Routes(blueprint, "References", shapes.COMPONENTS)


@routes.post(
    "/api/articles/{article}/references",
    "Add somebody's translation of an article; it is aligned with it.",
    answers={
        201: Answer(
            "Added and aligned.",
            {"application/json": ref("Reference")},
            {"Location": "Where to read it."},
        )
    },
    body={"application/json": shapes.NEW_REFERENCE, MULTIPART: shapes.REFERENCE_FORM},
)
def add_reference(article: int, body: Mapping[str, Any] | None) -> Reply:
    """Where most of the article is translated, our own English is the bridge; else words and lengths are."""
    store = runtime().store
    stored = store.article(article)
    given = read_form(shapes.REFERENCE_FORM) if body is None else body
    name = given.get("name", "").strip()
    if "file" in given:
        data, file_name = given["file"]
        text = documents.read_article(data, file_name).body
        name = name or PurePosixPath(file_name.replace("\\", "/")).stem
    else:
        text = given["text"]
    reference = compare.add_reference(
        store, stored, name[: shapes.NAME_CHARS] or _UNNAMED, text, translator=runtime().desk.reader
    )
    return answer(shapes.reference_object(reference), 201, {"Location": f"/api/references/{reference.id}"})


@routes.get(
    "/api/references/{reference}",
    "A reference with its sentences and beads.",
    answers={200: json_of(ref("Reference"))},
)
def read_reference(reference: int) -> Reply:
    return answer(shapes.reference_object(runtime().store.reference(reference)))


@routes.delete(
    "/api/references/{reference}",
    "Remove a reference with its beads, for good.",
    answers={204: Answer("Removed.")},
)
def delete_reference(reference: int) -> Reply:
    runtime().store.delete_reference(reference)
    return Reply(status=204)


@routes.post(
    "/api/references/{reference}/beads",
    "Change how sentences pair.",
    answers={200: json_of(ref("Reference"), "As it is now, under a new revision.")},
    body={"application/json": shapes.BEAD_ACTION},
    errors={409: "Somebody else changed the beads; what stands now comes along."},
)
def change_beads(reference: int, body: Mapping[str, Any]) -> Reply:
    """
    ``push_down`` moves the side's last sentence to the bead below, ``pull_up`` its first to the one above.

    ``merge`` joins a bead with the one below, ``split`` takes it apart after the first sentence of each
    side, ``insert`` moves the side one bead down; ``pin`` keeps a bead through ``realign``, which finds all
    others afresh; ``undo`` takes the last change back. All but the last two need ``bead``; ``side``
    is the target where left out.
    """
    store = runtime().store
    known = store.reference(reference)
    action, revision = body["action"], body["revision"]
    if action == "undo":
        return answer(shapes.reference_object(store.undo_beads(reference, revision=revision)))
    if revision != known.revision:
        raise _stale(known, revision)
    if action == "realign":
        beads = compare.realign(store.article(known.article_id), known, runtime().desk.reader)
    elif "bead" not in body:
        raise BadInput(f'The body has no "bead"; {action} needs the number of one, from 0.')
    else:
        beads = compare.edit(known, action, body["bead"], body.get("side", "target"))
    return answer(shapes.reference_object(store.save_beads(reference, beads, revision=revision)))


@routes.get(
    "/api/references/{reference}/scores",
    "How near the article's English comes to a reference: BLEU, chrF and TER.",
    answers={200: json_of(ref("Scores"))},
)
def read_scores(reference: int) -> Reply:
    """Document scores with their signatures, and each bead's."""
    store = runtime().store
    known = store.reference(reference)
    found = scores.compute_scores(store.article(known.article_id), known)
    return answer(shapes.scores_object(found, known))


def _stale(current: Reference, revision: int) -> Conflict:
    return Conflict(
        f"Revision {revision} of these beads is not the current one, {current.revision}: they were changed "
        "elsewhere. Look at what is there now, then try again.",
        current=current,
    )
