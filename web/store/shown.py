"""What is shown of an article's segments, and what follows from it: the index and the counts."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from web.store import folding
from web.store.base import batches, rows_query, to_row
from web.store.schema import articles, folded, segments, states


def show(
    connection: Connection, article_id: int, ids: Sequence[tuple[int, int, bool]], sequence: int
) -> None:
    """
    Let these (segment, translation, warned) be what is shown; the article is locked.

    Those that are shown already stay as they are, with their place in the sequence.
    """
    shown: dict[int, int | None] = {}
    for batch in batches(segment for segment, _, _ in ids):
        shown |= {
            record.segment_id: record.translation_id
            for record in connection.execute(
                select(states.c.segment_id, states.c.translation_id).where(states.c.segment_id.in_(batch))
            )
        }
    changed = [each for each in ids if shown[each[0]] != each[1]]
    if not changed:
        return
    connection.execute(
        update(states)
        .where(states.c.segment_id == bindparam("segment"))
        .values(
            translation_id=bindparam("translation"), warned=bindparam("warns"), sequence=bindparam("place")
        ),
        [
            {"segment": segment, "translation": translation, "warns": warned, "place": sequence + number}
            for number, (segment, translation, warned) in enumerate(changed, 1)
        ],
    )
    connection.execute(
        update(articles).where(articles.c.id == article_id).values(sequence=sequence + len(changed))
    )
    index(connection, [segment for segment, _, _ in changed])
    recount(connection, article_id)


def recount(connection: Connection, article_id: int) -> None:
    """Take the article's counts from its segments' states."""
    shown = and_(states.c.wanted, states.c.translation_id.is_not(None))
    counts = connection.execute(
        select(
            func.count().filter(shown),
            func.count().filter(states.c.warned),
            func.count().filter(states.c.corrected),
        ).where(states.c.article_id == article_id)
    ).one()
    connection.execute(
        update(articles)
        .where(articles.c.id == article_id)
        .values(translated=counts[0], warnings=counts[1], corrected=counts[2])
    )


def index(connection: Connection, segment_ids: Sequence[int]) -> None:
    """Make what is shown of these segments findable, and what was shown before no longer."""
    for batch in batches(segment_ids):
        records = connection.execute(rows_query().where(segments.c.id.in_(batch))).all()
        connection.execute(delete(folded).where(folded.c.rowid.in_(batch)))
        entries = [
            {
                "rowid": record.id,
                "source": folding.index_text(record.text),
                "target": folding.index_text(to_row(record).text or ""),
            }
            for record in records
        ]
        if entries:
            connection.execute(insert(folded), entries)
