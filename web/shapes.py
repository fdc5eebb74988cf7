"""What the API says of articles, sentences, references and jobs, in JSON: each shape and its schema."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from align.bead import WordLink
from eval.score import Score
from web.operations import ref
from web.records import (
    Correction,
    Entry,
    Hit,
    JobState,
    Machine,
    Match,
    Reference,
    Row,
    StoredArticle,
    StoredBead,
)
from web.schema import VISIBLE, WITHOUT_NUL, Schema
from web.scores import ArticleScores

# Upper bounds of what people send, in code points.
TITLE_CHARS = 500
NAME_CHARS = 200
SOURCE_CHARS = 2_000
ARTICLE_CHARS = 2_000_000
SENTENCE_CHARS = 20_000

Object = dict[str, object]


def text(description: str, *, most: int | None = None, least: int = 0, visible: bool = False) -> Schema:
    """Text of ``least`` to ``most`` characters without NUL; ``visible``: not white space alone."""
    schema: dict[str, Any] = {"type": "string", "description": description}
    if most is not None:
        schema |= {"maxLength": most, "pattern": VISIBLE if visible else WITHOUT_NUL}
    if least:
        schema["minLength"] = least
    return schema


def number(description: str, *, least: int | None = 0, most: int | None = None) -> Schema:
    """A whole number."""
    schema: dict[str, Any] = {"type": "integer", "description": description}
    if least is not None:
        schema["minimum"] = least
    if most is not None:
        schema["maximum"] = most
    return schema


def decimal(description: str, *, least: float | None = None, most: float | None = None) -> Schema:
    """Any finite number."""
    schema: dict[str, Any] = {"type": "number", "description": description}
    if least is not None:
        schema["minimum"] = least
    if most is not None:
        schema["maximum"] = most
    return schema


def choice(description: str, values: Iterable[str]) -> Schema:
    """One of several words."""
    return {"type": "string", "enum": list(values), "description": description}


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def list_of(items: Schema, description: str = "", **bounds: int) -> Schema:
    """A list of like things."""
    return {"type": "array", "items": items, "description": description, **bounds}


def record(description: str, *, optional: Iterable[str] = (), **fields: Schema) -> Schema:
    """An object of exactly these fields, all required but ``optional``."""
    left_out = set(optional)
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "required": [name for name in fields if name not in left_out],
        "additionalProperties": False,
    }


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


_SIDE: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 2,
    "maxItems": 2,
    "description": "Sentences from the first number up to, not including, the second.",
}
_SPAN: Schema = {
    **_SIDE,
    "description": "Code points from the first number up to, not including, the second.",
}
_LINK: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 4,
    "maxItems": 4,
    "description": "Source start and end, target start and end, in code points of the two texts.",
}
LINKS: Schema = list_of(_LINK, "Words that render each other.")

_SCORES: Schema = {
    "type": "object",
    "description": "By the metric's key.",
    "additionalProperties": {"type": "number"},
}

ORIGINS = ("seed", "paste", "file", "url", "api")
STATUSES = ("queued", "running", "done", "failed", "cancelled")
KINDS = ("body", "heading", "furniture")
ACTIONS = ("push_down", "pull_up", "merge", "split", "insert", "pin", "unpin", "undo", "realign")
SIDES = ("source", "target")

COMPONENTS: dict[str, Schema] = {
    "Error": record(
        "What was wrong, what was expected, and what to do; ``code`` is for programs.",
        error=text("For people."),
        code=text("One word for programs, such as bad_input or not_found."),
        optional=("code",),
    ),
    "Entry": record(
        "An article as the library lists it.",
        id=number("Its number.", least=1),
        title=text("In Arabic, as it was given or found."),
        english_title=text("Its translation, empty until there is one."),
        source=text("An address, a file's name, or empty."),
        origin=choice("How it came in.", ORIGINS),
        added={"type": "string", "format": "date-time", "description": "In UTC."},
        segments=number("Its sentences."),
        wanted=number("Its sentences without page furniture."),
        translated=number("How many of those have a translation."),
        warnings=number("Sentences whose translation has warnings."),
        corrected=number("Sentences that a person has corrected."),
        references=number("Other people's translations kept with it."),
        deleted=flag("Whether it was deleted; it can be restored."),
    ),
    "Machine": record(
        "A model's translation of a sentence.",
        text=text("In English."),
        score=nullable(decimal("Mean log-probability per token, 0 at best; null where the text was copied.")),
        warnings=list_of(text("In plain words."), "What looks wrong."),
        model=text("Name and revision of the model."),
    ),
    "Correction": record(
        "A person's version of a sentence.",
        version=number("Counts the changes of this sentence; name it with the next change."),
        text=nullable(text("In English; null where undoing went back to the machine's translation.")),
    ),
    "Row": record(
        "A sentence and what is known of it in English.",
        id=number("The sentence's number.", least=1),
        position=number("Its place in the article, from 0."),
        text=text("In Arabic."),
        start=number("Where it starts in the article's body, in code points."),
        end=number("Where it ends."),
        paragraph=number("Its paragraph, from 0."),
        kind=choice("What it is to the article.", KINDS),
        machine=nullable(ref("Machine")),
        correction=nullable(ref("Correction")),
        version=number("The version to name with the next change; 0 where nobody has corrected yet."),
    ),
    "Job": record(
        "How far a translation is.",
        id=number("Its number.", least=1),
        article_id=number("The article that it translates.", least=1),
        model=text("The model asked for; empty for whichever is loaded."),
        status=choice("Queued and running have more to come.", STATUSES),
        done=number("Sentences translated."),
        total=number("Sentences to translate."),
        error=text("Why it failed, else empty."),
    ),
    "Article": record(
        "An article with its rows.",
        article=ref("Entry"),
        rows=list_of(ref("Row")),
        references=list_of(
            record(
                "A reference's number and name.",
                id=number("Its number.", least=1),
                name=text("Who translated it, or where it comes from."),
            )
        ),
        job=nullable(ref("Job")),
        sequence=number("That of the newest translation here; events go on after it."),
    ),
    "Links": record(
        "Links between the words of a sentence and the English shown for it.",
        text_key=text("Of the English that the links point into."),
        links=LINKS,
    ),
    "Match": record(
        "An earlier correction whose Arabic is like this sentence.",
        source=text("Its Arabic."),
        target=text("Its English, by a person."),
        similarity=decimal("1 where the Arabic is the same.", least=0, most=1),
        segment_id=number("Where it stands.", least=1),
        article_id=number("In which article.", least=1),
    ),
    "Version": record(
        "One version of a sentence in its history.",
        version=number("Counts from 1.", least=1),
        text=nullable(text("In English; null: back to the machine's translation.")),
        made={"type": "string", "format": "date-time", "description": "In UTC."},
    ),
    "Bead": record(
        "A run of source sentences and the run of the reference's that renders it.",
        source=_SIDE,
        target=_SIDE,
        score=decimal("How sure the alignment is, 0 to 1.", least=0, most=1),
        reason=text("What is doubtful about it, empty where nothing is."),
        pinned=flag("Whether a person fixed it."),
    ),
    "Reference": record(
        "Somebody's translation of an article, aligned with it.",
        id=number("Its number.", least=1),
        article_id=number("The article that it translates.", least=1),
        name=text("Who translated it, or where it comes from."),
        revision=number("Counts the changes of its beads; name it with the next change.", least=1),
        sentences=list_of(text("In English."), "Its sentences in order."),
        beads=list_of(ref("Bead"), "They cover both sides in order."),
    ),
    "Score": record(
        "A number about a translation, with all that is needed to read it.",
        metric=text("Its name."),
        value=decimal("What it is."),
        signature=text("How it was computed, as sacreBLEU writes it."),
        interval=nullable(
            {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
                "description": "Where it would be in 95 of 100 texts like this.",
            }
        ),
        scale=list_of(
            {"type": ["number", "null"]}, "Its least and greatest value; null where there is none."
        ),
        higher_is_better=flag("Otherwise lower is."),
    ),
    "Scores": record(
        "An article against a reference: the whole of it, and bead by bead.",
        article_id=number("Which article.", least=1),
        reference_id=number("Which reference.", least=1),
        model=text("Who translated it."),
        machine=list_of(ref("Score"), "Of the machine's translation; empty where nothing could be scored."),
        corrected=list_of(ref("Score"), "Of the text with corrections; empty where there are none."),
        untranslated=number("Beads without English yet."),
        covered=decimal("Share of the reference that has a counterpart.", least=0, most=1),
        beads=list_of(
            record(
                "A bead's scores, by metric.",
                bead=number("Which bead, from 0."),
                machine=_SCORES,
                corrected=_SCORES,
            )
        ),
    ),
    "Hit": record(
        "A sentence that a search found.",
        article_id=number("In which article.", least=1),
        segment_id=number("The sentence's number.", least=1),
        position=number("Its place in the article, from 0."),
        source=text("In Arabic."),
        target=text("In English, empty where there is none."),
        source_spans=list_of(_SPAN, "What to mark in the Arabic."),
        target_spans=list_of(_SPAN, "What to mark in the English."),
    ),
    "Model": record(
        "An installed model.",
        name=text("What to ask for it by."),
        current=flag("Whether it is the one in use."),
        label=text("Its name and revision, as translations carry it; empty where it is not loaded."),
    ),
    "Conflict": record(
        "Somebody else was faster: what stands now.",
        error=text("For people."),
        code={"type": "string", "const": "conflict"},
        current={"type": "object", "description": "What stands now, with the number to name next time."},
        optional=("current",),
    ),
}

# What comes in.
NEW_ARTICLE: Schema = {
    "oneOf": [
        record(
            "A pasted text.",
            optional=("title", "source"),
            text=text("The article, a paragraph to a line.", most=ARTICLE_CHARS, least=1, visible=True),
            title=text("Found in the text where left out.", most=TITLE_CHARS),
            source=text("Where it comes from.", most=SOURCE_CHARS),
        ),
        record("A page to fetch.", url=text("An http or https address.", most=SOURCE_CHARS, least=1)),
    ]
}
NEW_REFERENCE = record(
    "A translation that somebody made.",
    optional=("name",),
    name=text("Who translated it, or where it comes from.", most=NAME_CHARS),
    text=text("The whole text, a paragraph to a line.", most=ARTICLE_CHARS, least=1, visible=True),
)
# The same as forms have them, where a blank field is none: see api_articles.read_form.
_FILE: Schema = {
    "type": "string",
    "format": "binary",
    "description": "txt, html, docx, epub, odt or srt.",
}
ARTICLE_FORM: Schema = {
    "oneOf": [
        *NEW_ARTICLE["oneOf"],
        record(
            "A file.",
            optional=("title",),
            file=_FILE,
            title=text("Found in the file where left out.", most=TITLE_CHARS),
        ),
    ]
}
REFERENCE_FORM: Schema = {
    "oneOf": [
        NEW_REFERENCE,
        record(
            "A file.",
            optional=("name",),
            file=_FILE,
            name=text("The file's own where left out.", most=NAME_CHARS),
        ),
    ]
}
NEW_JOB = record(
    "What to translate with.",
    optional=("model", "furniture"),
    model=text("An installed model's name; the current one where left out.", most=NAME_CHARS),
    furniture=flag("Whether page furniture is translated too."),
)
NEW_CORRECTION = record(
    "A sentence as a person would have it.",
    text=text("In English.", most=SENTENCE_CHARS),
    version=number("The version that was changed, 0 for the machine's.", most=2**31 - 1),
)
UNDO = record("What to undo.", version=number("The version that is undone.", least=0, most=2**31 - 1))
BEAD_ACTION = record(
    "A change of beads.",
    optional=("bead", "side"),
    revision=number("The revision that is changed.", least=0, most=2**31 - 1),
    action=choice("What to do.", ACTIONS),
    bead=number("Which bead, from 0.", most=2**31 - 1),
    side=choice("On which side.", SIDES),
)
MODEL_CHOICE = record(
    "A model to switch to.", name=text("An installed model's name.", most=NAME_CHARS, least=1)
)


def entry_object(entry: Entry) -> Object:
    """An article in the library."""
    return {
        "id": entry.id,
        "title": entry.title,
        "english_title": entry.english_title,
        "source": entry.source,
        "origin": entry.origin,
        "added": instant(entry.added),
        "segments": entry.segments,
        "wanted": entry.wanted,
        "translated": entry.translated,
        "warnings": entry.warnings,
        "corrected": entry.corrected,
        "references": entry.references,
        "deleted": entry.deleted,
    }


def row_object(row: Row) -> Object:
    """A sentence with what is known of it."""
    segment = row.segment
    return {
        "id": segment.id,
        "position": segment.position,
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "paragraph": segment.paragraph,
        "kind": segment.kind.value,
        "machine": machine_object(row.machine) if row.machine else None,
        "correction": correction_object(row.correction)
        if row.correction and row.correction.version
        else None,
        "version": row.version,
    }


def machine_object(machine: Machine) -> Object:
    """A model's translation."""
    return {
        "text": machine.text,
        "score": machine.score,
        "warnings": list(machine.warnings),
        "model": machine.model,
    }


def correction_object(correction: Correction) -> Object:
    """A person's version."""
    return {"version": correction.version, "text": correction.text}


def version_object(correction: Correction) -> Object:
    """A version in a sentence's history."""
    return {"version": correction.version, "text": correction.text, "made": instant(correction.made)}


def article_object(stored: StoredArticle, references: Iterable[Reference], job: JobState | None) -> Object:
    """An article with its rows."""
    return {
        "article": entry_object(stored.entry),
        "rows": [row_object(row) for row in stored.rows],
        "references": [{"id": reference.id, "name": reference.name} for reference in references],
        "job": job_object(job) if job else None,
        "sequence": stored.sequence,
    }


def job_object(job: JobState) -> Object:
    """How far a translation is."""
    return {
        "id": job.id,
        "article_id": job.article_id,
        "model": job.model,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "error": job.error,
    }


def bead_object(bead: StoredBead) -> Object:
    """A bead, its ranges as pairs."""
    return {
        "source": [bead.source.start, bead.source.stop],
        "target": [bead.target.start, bead.target.stop],
        "score": min(max(bead.score, 0.0), 1.0),
        "reason": bead.reason,
        "pinned": bead.pinned,
    }


def reference_object(reference: Reference) -> Object:
    """A reference with its sentences and beads."""
    return {
        "id": reference.id,
        "article_id": reference.article_id,
        "name": reference.name,
        "revision": reference.revision,
        "sentences": [segment.text for segment in reference.article.segments],
        "beads": [bead_object(bead) for bead in reference.beads],
    }


def current_object(current: object) -> object:
    """What stands now where a change came too late."""
    if isinstance(current, Correction):
        return correction_object(current)
    return reference_object(current) if isinstance(current, Reference) else current


def score_object(score: Score) -> Object:
    """A document score."""
    return {
        "metric": score.metric,
        "value": round(score.value, 2),
        "signature": score.signature,
        "interval": [round(score.interval.low, 2), round(score.interval.high, 2)] if score.interval else None,
        "scale": [bound if isfinite(bound) else None for bound in score.scale],
        "higher_is_better": score.higher_is_better,
    }


def scores_object(scores: ArticleScores, reference: Reference) -> Object:
    """All scores of an article against a reference."""

    def rounded(values: Mapping[str, float]) -> dict[str, float]:
        return {metric: round(value, 2) for metric, value in values.items()}

    return {
        "article_id": reference.article_id,
        "reference_id": reference.id,
        "model": scores.model,
        "machine": [score_object(score) for score in scores.machine],
        "corrected": [score_object(score) for score in scores.corrected],
        "untranslated": scores.untranslated,
        "covered": round(min(max(scores.coverage.covered, 0.0), 1.0), 4),
        "beads": [
            {"bead": bead.number, "machine": rounded(bead.machine), "corrected": rounded(bead.corrected)}
            for bead in scores.beads
        ],
    }


def link_list(links: Iterable[WordLink]) -> list[list[int]]:
    """Word links as quadruples."""
    return [[link.source_start, link.source_end, link.target_start, link.target_end] for link in links]


def match_object(match: Match) -> Object:
    """An earlier correction."""
    return {
        "source": match.source,
        "target": match.target,
        "similarity": round(min(max(match.similarity, 0.0), 1.0), 4),
        "segment_id": match.segment_id,
        "article_id": match.article_id,
    }


def hit_object(hit: Hit) -> Object:
    """A sentence that a search found."""
    return {
        "article_id": hit.article_id,
        "segment_id": hit.segment_id,
        "position": hit.position,
        "source": hit.source,
        "target": hit.target,
        "source_spans": [list(span) for span in hit.source_spans],
        "target_spans": [list(span) for span in hit.target_spans],
    }


def instant(when: datetime) -> str:
    """A time as RFC 3339 writes it, in UTC."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def references_of(schema: object) -> set[str]:
    """The components that a schema refers to, nested ones included."""
    if isinstance(schema, Mapping):
        own = {str(schema["$ref"]).rpartition("/")[2]} if "$ref" in schema else set()
        return own.union(*(references_of(inner) for inner in schema.values()))
    if isinstance(schema, list):
        return set().union(*(references_of(inner) for inner in schema))
    return set()
