"""What every part of the store stands on: rows read from the tables, locks, and checks of what comes in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select
from sqlalchemy import Row as Record

from translate.errors import BadInput
from translate.text import Kind
from web.errors import NotFound
from web.records import Correction, Machine, Row, StoredSegment
from web.store.database import Database
from web.store.schema import articles, corrections, edits, segments, states, translations

_BATCH = 500  # Values in one IN list, below every database's limit.


class Part:
    """A part of the store; all parts share one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def clean(text: str, what: str) -> str:
    """
    The text as it is, where a database can keep it.

    Raises BadInput for a NUL or half of a surrogate pair.
    """
    if "\0" in text:
        raise BadInput(
            f"The {what} holds a NUL character, which is no text. Take it out and try again."
        ).because("text_characters")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput(
            f"The {what} holds half of a character (at {error.start}), which cannot be kept. "
            "Take it out and try again."
        ).because("text_characters") from None
    return text


def rows_query() -> Select[*tuple[Any, ...]]:
    """Segments with their shown translation and current correction, for :func:`to_row`."""
    return select(
        segments.c.id,
        segments.c.article_id,
        segments.c.position,
        segments.c.text,
        segments.c.start,
        segments.c.paragraph,
        segments.c.kind,
        states.c.sequence,
        translations.c.text.label("machine_text"),
        translations.c.score,
        translations.c.warnings,
        translations.c.model,
        translations.c.made.label("machine_made"),
        corrections.c.version,
        corrections.c.parent,
        corrections.c.text.label("corrected_text"),
        corrections.c.made.label("corrected_made"),
    ).select_from(
        segments.join(states, states.c.segment_id == segments.c.id)
        .outerjoin(translations, translations.c.id == states.c.translation_id)
        .outerjoin(corrections, corrections.c.id == states.c.correction_id)
    )


def to_row(record: Record[Any]) -> Row:
    """One record of :func:`rows_query`."""
    return Row(
        StoredSegment(
            record.id, record.position, record.text, record.start, record.paragraph, Kind(record.kind)
        ),
        None
        if record.machine_text is None
        else Machine(
            record.machine_text, record.score, tuple(record.warnings), record.model, record.machine_made
        ),
        None
        if record.version is None
        else Correction(record.corrected_text, record.version, record.corrected_made),
    )


def find_row(connection: Connection, segment_id: int) -> Record[Any]:
    """
    A segment's record of :func:`rows_query`.

    Raises NotFound.
    """
    record = connection.execute(rows_query().where(segments.c.id == segment_id)).first()
    if record is None:
        raise NotFound(
            f"There is no sentence {segment_id}; its article may have been removed for good."
        ).because("no_sentence")
    return record


def lock_article(connection: Connection, article_id: int) -> Record[Any]:
    """
    An article's record, kept from other writers until the transaction ends.

    Whatever changes something of an article does this first, so that writers queue up and
    none waits for another in a circle.

    Raises NotFound.
    """
    record = connection.execute(select(articles).where(articles.c.id == article_id).with_for_update()).first()
    if record is None:
        raise NotFound(f"There is no article {article_id}. The library lists those that there are.").because(
            "no_article"
        )
    return record


def log(connection: Connection, kind: str, **places: int | None) -> None:
    """Add to the log of edits: what was done, and to what; the texts stand in their own tables."""
    connection.execute(insert(edits).values(made=now(), kind=kind, **places))


def batches(ids: Iterable[int]) -> list[list[int]]:
    """The numbers in lists that fit a query."""
    every = list(ids)
    return [every[start : start + _BATCH] for start in range(0, len(every), _BATCH)]
