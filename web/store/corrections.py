"""
What people made of the translations: every version kept, none overwritten.

A version's ``parent`` is the version that undoing it goes back to. Undoing is a
new version too, with the text of that parent and the parent's own parent, so
that undoing again goes further back, and a version number is never used twice.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import Row as Record

from translate.errors import BadInput
from web.errors import Conflict
from web.memory import Memory, Pair
from web.records import Correction, Match, Row
from web.store.base import Part, clean, find_row, lock_article, log, now, rows_query, to_row
from web.store.database import Database
from web.store.schema import articles, corrections, edits, segments, states
from web.store.shown import index, recount

_PAGE = 500  # Corrections read at a time.


class Corrections(Part):
    """Corrections, their history, and the memory that they make."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._memory = Memory()

    def correct(self, segment_id: int, text: str, *, version: int) -> Correction:
        """
        Keep a person's version; ``version`` is the one that it was made from (0: none yet).

        Saying the same again is no new version, so that a save whose answer got lost can be repeated.

        Raises Conflict carrying the current Correction (None: there is none)
        where somebody else saved first, NotFound, or BadInput for text that cannot be kept.
        """
        clean(text, "correction")
        with self._database.write() as connection:
            article_id, current = _lock(connection, segment_id)
            if (
                current is not None
                and current.text == text
                and version in (current.version, current.version - 1)
            ):
                return Correction(current.text, current.version, current.made)
            _check(segment_id, version, current)
            return _add(
                connection, article_id, segment_id, text, parent=version, version=version + 1, kind="correct"
            )

    def undo(self, segment_id: int, *, version: int) -> Correction:
        """
        Go back to what stood before this version: an earlier text, or the machine's (text None).

        Raises Conflict as ``correct`` does, NotFound, or BadInput where nothing is left to undo.
        """
        with self._database.write() as connection:
            article_id, current = _lock(connection, segment_id)
            _check(segment_id, version, current)
            if current is None or (current.text is None and current.parent == 0):
                raise BadInput(
                    f"The sentence {segment_id} shows the machine's translation: nothing to undo."
                ).because("nothing_to_undo")
            parent = connection.execute(
                select(corrections).where(
                    corrections.c.segment_id == segment_id, corrections.c.version == current.parent
                )
            ).first()
            return _add(
                connection,
                article_id,
                segment_id,
                None if parent is None else parent.text,
                parent=0 if parent is None else parent.parent,
                version=version + 1,
                kind="undo",
            )

    def history(self, segment_id: int) -> list[Correction]:
        """
        All versions of a segment, oldest first; one without text went back to the machine's.

        Raises NotFound.
        """
        with self._database.read() as connection:
            find_row(connection, segment_id)
            records = connection.execute(
                select(corrections)
                .where(corrections.c.segment_id == segment_id)
                .order_by(corrections.c.version)
            )
            return [Correction(record.text, record.version, record.made) for record in records]

    def corrections(self) -> Iterator[tuple[int, Row]]:
        """Every corrected segment of the library with its article's number, in reading order of each."""
        last = 0
        while True:
            with self._database.read() as connection:
                records = connection.execute(
                    _corrected().where(segments.c.id > last).order_by(segments.c.id).limit(_PAGE)
                ).all()
            if not records:
                return
            last = records[-1].id
            yield from ((record.article_id, to_row(record)) for record in records)

    def exact(self, text: str) -> list[Match]:
        """Corrections of sentences that say just this, newest first."""
        return self._remembered().exact(text)

    def fuzzy(self, text: str, limit: int = 5, least: float = 0.6) -> list[Match]:
        """Corrections of sentences like this one, the most alike first."""
        return self._remembered().fuzzy(text, limit, least)

    def _remembered(self) -> Memory:
        """The memory, read again where an edit has been made since."""
        with self._database.read() as connection:
            newest = connection.execute(select(func.coalesce(func.max(edits.c.id), 0))).scalar_one()
            if newest != self._memory.edition:
                pairs = [
                    Pair(record.text, record.corrected_text, record.id, record.article_id)
                    for record in connection.execute(_corrected().order_by(corrections.c.id.desc()))
                    if record.corrected_text
                ]
                self._memory = Memory(pairs, newest)
        return self._memory


def _corrected() -> Any:
    return (
        rows_query()
        .join(articles, articles.c.id == segments.c.article_id)
        .where(states.c.corrected, articles.c.deleted.is_(None))
    )


def _lock(connection: Connection, segment_id: int) -> tuple[int, Record[Any] | None]:
    """The segment's article, locked, and the current version of its correction."""
    article_id: int = find_row(connection, segment_id).article_id
    lock_article(connection, article_id)
    current = connection.execute(
        select(corrections)
        .where(corrections.c.segment_id == segment_id)
        .order_by(corrections.c.version.desc())
        .limit(1)
    ).first()
    return article_id, current


def _check(segment_id: int, version: int, current: Record[Any] | None) -> None:
    newest = 0 if current is None else current.version
    if version != newest:
        raise Conflict(
            f"Version {version} of sentence {segment_id} is not the current one, {newest}: "
            "it was changed elsewhere. Look at what is there now, then save again.",
            current=Correction(current.text, newest, current.made) if current else Correction(None, 0, now()),
        )


def _add(
    connection: Connection,
    article_id: int,
    segment_id: int,
    text: str | None,
    *,
    parent: int,
    version: int,
    kind: str,
) -> Correction:
    made = now()
    number = connection.execute(
        insert(corrections)
        .values(segment_id=segment_id, version=version, parent=parent, text=text, made=made)
        .returning(corrections.c.id)
    ).scalar_one()
    connection.execute(
        update(states)
        .where(states.c.segment_id == segment_id)
        .values(correction_id=number, corrected=text is not None)
    )
    index(connection, [segment_id])
    recount(connection, article_id)
    log(connection, kind, article_id=article_id, segment_id=segment_id, version=version)
    return Correction(text, version, made)
