"""Does the database say one thing? Every promise that the store makes, looked at again from the outside."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select, text

from align.bead import Bead, check_cover
from translate.errors import BadInput
from translate.text import Article, Kind, Segment
from web.store import folding
from web.store.base import rows_query, to_row
from web.store.database import Database, revision_of
from web.store.schema import (
    HEAD,
    articles,
    beads,
    corrections,
    folded,
    jobs,
    references,
    segments,
    states,
    translations,
)


def check(database: Database) -> list[str]:
    """
    What is wrong with a database, in sentences for people; empty where it is sound.

    Raises StorageFailed where it cannot be read at all.
    """
    with database.read() as connection:
        found = revision_of(connection)
        if found != HEAD:
            return [f"The tables are of version {found}, not {HEAD}: run `muwazi db upgrade`."]
        return [
            *(_sqlite(connection) if database.sqlite else ()),
            *_articles(connection),
            *_translations(connection),
            *_corrections(connection),
            *_references(connection),
            *_jobs(connection),
        ]


def _sqlite(connection: Connection) -> Iterator[str]:
    for (answer,) in connection.execute(text("PRAGMA integrity_check")):
        if answer != "ok":
            yield f"SQLite finds: {answer}."
    for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"Row {row} of {table} belongs to a row of {parent} that is not there."


def _articles(connection: Connection) -> Iterator[str]:
    for number in connection.execute(select(articles.c.id).order_by(articles.c.id)).scalars().all():
        record = connection.execute(select(articles).where(articles.c.id == number)).one()
        rows = connection.execute(
            rows_query().where(segments.c.article_id == number).order_by(segments.c.position)
        ).all()
        yield from _article(connection, record, rows)


def _article(connection: Connection, record: Any, rows: Any) -> Iterator[str]:
    name = f"article {record.id}"
    if [row.position for row in rows] != list(range(record.segments)):
        yield f"The sentences of {name} are not numbered 0 to {record.segments - 1} without a gap."
        return
    try:
        Article(
            record.name,
            record.language,
            record.title,
            record.body,
            tuple(Segment(row.text, row.start, row.paragraph, Kind(row.kind)) for row in rows),
        )
    except (BadInput, ValueError) as error:
        yield f"The sentences of {name} are not its text: {error}"
    counted = (
        sum(row.kind != Kind.FURNITURE for row in rows),
        sum(row.kind != Kind.FURNITURE and row.machine_text is not None for row in rows),
        sum(bool(row.warnings) for row in rows),
        sum(row.corrected_text is not None for row in rows),
    )
    kept = (record.wanted, record.translated, record.warnings, record.corrected)
    if counted != kept:
        yield f"The counts of {name} (wanted, translated, warnings, corrected) are {kept}, not {counted}."
    places = [row.sequence for row in rows if row.sequence]
    if len(set(places)) != len(places) or max(places, default=0) > record.sequence:
        yield f"Two translations of {name} came at the same time, or one after the last."
    indexed = {
        found.rowid: (found.source, found.target)
        for start in range(0, len(rows), 500)
        for found in connection.execute(
            select(folded).where(folded.c.rowid.in_([row.id for row in rows[start : start + 500]]))
        )
    }
    for row in rows:
        shown = (folding.index_text(row.text), folding.index_text(to_row(row).text or ""))
        if indexed.get(row.id) != shown:
            yield f"The search does not know what is shown of sentence {row.id} of {name}."


def _translations(connection: Connection) -> Iterator[str]:
    doubled = connection.execute(
        select(translations.c.segment_id, translations.c.model)
        .group_by(translations.c.segment_id, translations.c.model)
        .having(func.count() > 1)
    )
    for record in doubled:
        yield f"Sentence {record.segment_id} has two translations by {record.model}."
    strays = connection.execute(
        select(states.c.segment_id)
        .outerjoin(translations, translations.c.id == states.c.translation_id)
        .where(
            states.c.translation_id.is_not(None),
            func.coalesce(translations.c.segment_id, 0) != states.c.segment_id,
        )
    ).scalars()
    for number in strays:
        yield f"Sentence {number} shows a translation that is not its own."
    hidden = connection.execute(
        select(translations.c.segment_id)
        .join(states, states.c.segment_id == translations.c.segment_id)
        .where(states.c.translation_id.is_(None))
    ).scalars()
    for number in hidden:
        yield f"Sentence {number} has a translation and shows none."


def _corrections(connection: Connection) -> Iterator[str]:
    versions = defaultdict(list)
    newest = {}
    query = select(corrections.c.id, corrections.c.segment_id, corrections.c.version, corrections.c.parent)
    for record in connection.execute(query.order_by(corrections.c.segment_id, corrections.c.version)):
        versions[record.segment_id].append(record.version)
        newest[record.segment_id] = record.id
        if not 0 <= record.parent < record.version:
            yield f"Version {record.version} of sentence {record.segment_id} goes back to {record.parent}."
    for number, several in versions.items():
        if several != list(range(1, len(several) + 1)):
            yield f"The corrections of sentence {number} are versions {several}, not 1 to {len(several)}."
    pointers = select(states.c.segment_id, states.c.correction_id).where(states.c.correction_id.is_not(None))
    current = {record.segment_id: record.correction_id for record in connection.execute(pointers)}
    for number in newest.keys() | current.keys():
        if newest.get(number) != current.get(number):
            yield f"Sentence {number} does not show its newest correction."


def _references(connection: Connection) -> Iterator[str]:
    query = (
        select(
            references.c.id,
            references.c.segments,
            references.c.revision,
            articles.c.segments.label("sentences"),
        )
        .join(articles, articles.c.id == references.c.article_id)
        .order_by(references.c.id)
    )
    for record in connection.execute(query).all():
        revisions = connection.execute(
            select(beads.c.revision, beads.c.beads)
            .where(beads.c.reference_id == record.id)
            .order_by(beads.c.revision)
        ).all()
        if [each.revision for each in revisions] != list(range(1, record.revision + 1)):
            yield f"The beads of reference {record.id} are not there in revisions 1 to {record.revision}."
        for each in revisions:
            try:
                check_cover(
                    [Bead(range(a, b), range(c, d)) for a, b, c, d, *_ in each.beads],
                    record.sentences,
                    len(record.segments),
                )
            except BadInput as error:
                yield f"Revision {each.revision} of reference {record.id}: {error}"


def _jobs(connection: Connection) -> Iterator[str]:
    made = (
        select(func.count())
        .select_from(translations.join(states, states.c.segment_id == translations.c.segment_id))
        .where(
            states.c.article_id == jobs.c.article_id,
            translations.c.model == jobs.c.model,
            states.c.wanted | jobs.c.furniture,
        )
        .scalar_subquery()
    )
    for record in connection.execute(select(jobs, made.label("counted")).order_by(jobs.c.id)):
        if record.status == "done" and record.counted < record.total:
            yield f"Job {record.id} is done with {record.counted} of {record.total} sentences."
