"""Articles: added, listed, read, translated again, deleted, restored and exported."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import Blueprint, request

from translate import reading
from translate.errors import BadInput
from web import documents, exports, shapes
from web.api_models import check_model
from web.attachment import attachment
from web.errors import Forbidden, NotFound
from web.fetching import fetch_article
from web.metering import characters_of, check_quota, count_characters, order_again
from web.operations import MULTIPART, NUMBER, Answer, Parameter, Reply, Routes, answer, json_of, ref
from web.records import JobState, Origin, Reference
from web.runtime import runtime
from web.schema import check
from web.shapes import choice, flag, list_of
from web.uploads import receive

_QUOTA = "The article has more characters than the caller's quota has left."

blueprint = Blueprint("api_articles", __name__)
routes = Routes(blueprint, "Articles", shapes.COMPONENTS)


@routes.get(
    "/api/articles",
    "The library, the newest article first.",
    answers={200: json_of(list_of(ref("Entry")))},
    parameters=(Parameter("deleted", "Those deleted instead, which can be restored.", flag("")),),
)
def list_articles(deleted: bool | None) -> Reply:
    return answer([shapes.entry_object(entry) for entry in runtime().store.entries(deleted=bool(deleted))])


@routes.post(
    "/api/articles",
    "Add an article, and begin to translate it.",
    answers={
        201: Answer(
            "Added; its sentences come as events.",
            {"application/json": ref("Entry")},
            {"Location": "Where to read it."},
        )
    },
    body={"application/json": shapes.NEW_ARTICLE, MULTIPART: shapes.ARTICLE_FORM},
    errors={
        403: "The address may not be fetched, fetching is off, or a page of another site asked.",
        456: _QUOTA,
        502: "The page could not be fetched.",
        503: "The page did not come in time.",
    },
)
def add_article(body: Mapping[str, Any] | None) -> Reply:
    """Its text, a page's address, or a file."""
    here = runtime()
    given = read_form(shapes.ARTICLE_FORM) if body is None else body
    origin: Origin
    if "file" in given:
        origin = "file"
        article = documents.read_article(*given["file"])
    elif "url" in given:
        origin = "url"
        if not here.settings.fetch_urls:
            raise Forbidden(
                "This server fetches no pages. Save the page as a file and add the file, or paste its text."
            ).because("no_fetching")
        article = fetch_article(given["url"])
    else:
        # A browser says where a request comes from; whoever pastes uses one.
        origin = "paste" if request.headers.get("Sec-Fetch-Site") else "api"
        article = reading.from_text(given["text"], id="", source=" ".join(given.get("source", "").split()))
    if title := " ".join(given.get("title", "").split()):
        article = replace(article, title=title)
    article = reading.require_arabic(article)
    characters = characters_of(article)
    check_quota(characters)
    entry = here.store.add_article(article, origin=origin)
    here.jobs.enqueue(entry.id)
    count_characters(characters)
    return answer(shapes.entry_object(entry), 201, {"Location": f"/api/articles/{entry.id}"})


@routes.get(
    "/api/articles/{article}",
    "An article with its rows: each sentence, its translation and its correction.",
    answers={200: json_of(ref("Article"))},
)
def read_article(article: int) -> Reply:
    """Deleted articles can be read too; the entry says so."""
    store = runtime().store
    stored = store.article(article)
    return answer(shapes.article_object(stored, store.references(article), job_of(store.jobs(article))))


@routes.delete(
    "/api/articles/{article}",
    "Delete an article; it can be restored.",
    answers={200: json_of(ref("Entry"), "Deleted.")},
)
def delete_article(article: int) -> Reply:
    """Its translation stops where it is."""
    here = runtime()
    for job in here.store.jobs(article):
        if job.active:
            here.jobs.cancel(job.id)
    return answer(shapes.entry_object(here.store.delete(article)))


@routes.post(
    "/api/articles/{article}/restore",
    "Bring a deleted article back, with everything that was on it.",
    answers={200: json_of(ref("Entry"), "In the library.")},
)
def restore_article(article: int) -> Reply:
    """What was not translated yet is translated now."""
    here = runtime()
    entry = here.store.restore(article)
    if entry.translated < entry.wanted:
        here.jobs.enqueue(entry.id)
    return answer(shapes.entry_object(entry))


@routes.post(
    "/api/articles/{article}/translate",
    "Translate an article by the current model, or by another one.",
    answers={202: json_of(ref("Job"), "Begun, or under way already; sentences come as events.")},
    body={"application/json": shapes.NEW_JOB},
    body_required=False,
    errors={
        404: "There is no such article, or no such model.",
        409: "The article is deleted.",
        456: _QUOTA,
    },
)
def translate_article(article: int, body: Mapping[str, Any] | None) -> Reply:
    """Naming another model makes it the current one. What a model has translated before is shown at once."""
    here = runtime()
    given = body or {}
    here.store.entry(article)
    name = check_model(given["model"]) if given.get("model") else here.desk.model.name
    job = order_again(
        article,
        furniture=given.get("furniture", False),
        model=name if name != here.desk.model.name else "",
    )
    return answer(shapes.job_object(job), 202)


@routes.get(
    "/api/articles/{article}/export",
    "An article in another program's format.",
    answers={
        200: Answer(
            "The file.",
            {form.mimetype.partition(";")[0]: {} for form in exports.FORMATS.values()},
            {"Content-Disposition": "An attachment, with a file name."},
        )
    },
    parameters=(
        Parameter("format", "Which format.", choice("", exports.FORMATS), required=True),
        Parameter("reference", "Pair by this reference's beads.", NUMBER),
    ),
)
def export_article(article: int, format: str, reference: int | None) -> Reply:  # noqa: A002 - as the address names it
    stored = runtime().store.article(article)
    return attachment(*exports.export(stored, format, find_reference(article, reference)))


@routes.get(
    "/api/corrections/export",
    "Everything that people corrected, for other tools and for fine-tuning.",
    answers={
        200: Answer(
            "The file.",
            {form.mimetype.partition(";")[0]: {} for form in exports.CORRECTION_FORMATS.values()},
            {"Content-Disposition": "An attachment, with a file name."},
        )
    },
    parameters=(Parameter("format", "Which format.", choice("", exports.CORRECTION_FORMATS), required=True),),
)
def export_corrections(format: str) -> Reply:  # noqa: A002 - as the address names it
    return attachment(*exports.export_corrections(runtime().store.corrections(), format))


def find_reference(article: int, reference: int | None) -> Reference | None:
    """The reference, where one is asked for. Raises NotFound where it is another article's."""
    if reference is None:
        return None
    found = runtime().store.reference(reference)
    if found.article_id != article:
        raise NotFound(f"Reference {reference} belongs to article {found.article_id}, not to {article}.")
    return found


def job_of(jobs: list[JobState]) -> JobState | None:
    """The job to show of an article's, newest first: one that is under way, else the last."""
    return next((job for job in jobs if job.active), jobs[0] if jobs else None)


def read_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """
    The fields of a multipart form as ``schema`` has them, blank ones left out; ``file`` is (bytes, name).

    Raises BadInput for unknown fields, for several files, and where nothing was sent.
    """
    files = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if len(files) > 1:
        raise BadInput(f"The form has {len(files)} files; send one at a time.")
    fields: dict[str, Any] = {name: value for name, value in request.form.items() if value.strip()}
    fields.pop("csrf_token", None)
    if "file" in fields:
        raise BadInput('The field "file" is text; it must be a file with a name, as forms send files.')
    placed = {**fields, **{name: "" for name, _ in files}}
    if not placed:
        raise BadInput('The form has nothing in it; it must have a "file", or the fields of the JSON form.')
    check(placed, schema, {}, "The form")
    if files:
        name, file = files[0]
        if name != "file":
            raise BadInput(f'The field "{name[:40]}" is a file; files belong into the field "file".')
        data = receive(cast(BinaryIO, file.stream), limit=runtime().settings.upload_bytes)
        fields["file"] = (data, file.filename or "")
    return fields
