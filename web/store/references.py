"""Reference translations, and the beads that pair them with their article."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy import Row as Record

from align.bead import Bead, check_cover
from translate.errors import BadInput
from translate.text import Article, Kind, Segment
from web.errors import Conflict, NotFound
from web.records import Reference, StoredBead
from web.store.base import Part, clean, lock_article, log, now
from web.store.schema import beads, references


class References(Part):
    """English by people, beside the articles."""

    def add_reference(
        self, article_id: int, name: str, reference: Article, beads: Iterable[StoredBead]
    ) -> Reference:
        """
        Keep a reference translation with its first beads.

        Raises NotFound, or BadInput where the beads do not cover both texts, or text cannot be kept.
        """
        made = tuple(beads)
        with self._database.write() as connection:
            article = lock_article(connection, article_id)
            _cover(made, article.segments, len(reference.segments))
            number: int = connection.execute(
                insert(references)
                .values(
                    article_id=article_id,
                    name=clean(name, "name"),
                    title=clean(reference.title, "title"),
                    language=reference.language,
                    body=clean(reference.body, "reference"),
                    source=clean(reference.source, "source"),
                    segments=[[len(s.text), s.start, s.paragraph, s.kind.value] for s in reference.segments],
                    revision=1,
                    made=now(),
                )
                .returning(references.c.id)
            ).scalar_one()
            _keep(connection, number, 1, 0, made)
            log(connection, "add reference", article_id=article_id, reference_id=number)
            return _reference(connection, number)

    def references(self, article_id: int) -> list[Reference]:
        """The references of an article, oldest first."""
        with self._database.read() as connection:
            ids = connection.execute(
                select(references.c.id).where(references.c.article_id == article_id).order_by(references.c.id)
            ).scalars()
            return [_reference(connection, number) for number in ids.all()]

    def reference(self, reference_id: int) -> Reference:
        """
        One reference with its current beads.

        Raises NotFound.
        """
        with self._database.read() as connection:
            return _reference(connection, reference_id)

    def earlier_beads(self, reference_id: int, revision: int) -> tuple[StoredBead, ...] | None:
        """The beads of an earlier revision, or None where there is no such revision."""
        with self._database.read() as connection:
            record = connection.execute(
                select(beads.c.beads).where(
                    beads.c.reference_id == reference_id, beads.c.revision == revision
                )
            ).first()
        return None if record is None else _to_beads(record.beads)

    def delete_reference(self, reference_id: int) -> None:
        """
        Remove a reference with its beads, for good.

        Raises NotFound.
        """
        with self._database.write() as connection:
            record = _lock(connection, reference_id)
            connection.execute(delete(references).where(references.c.id == reference_id))
            log(connection, "delete reference", article_id=record.article_id, reference_id=reference_id)

    def save_beads(self, reference_id: int, beads: Iterable[StoredBead], *, revision: int) -> Reference:
        """
        Keep new beads; ``revision`` is the one that they were made from.

        Raises Conflict carrying the current Reference where somebody else saved
        first, NotFound, or BadInput where the beads do not cover both texts.
        """
        made = tuple(beads)
        with self._database.write() as connection:
            record = _lock(connection, reference_id)
            _check(connection, record, revision)
            article = lock_article(connection, record.article_id)
            _cover(made, article.segments, len(record.segments))
            return _advance(connection, record, made, parent=revision, kind="beads")

    def undo_beads(self, reference_id: int, *, revision: int) -> Reference:
        """
        Go back to the beads before this revision, as a new one; undoing again goes further back.

        Raises Conflict as ``save_beads`` does, NotFound, or BadInput where nothing is left to undo.
        """
        with self._database.write() as connection:
            record = _lock(connection, reference_id)
            _check(connection, record, revision)
            parent = _revision(connection, reference_id, revision).parent
            if parent == 0:
                raise BadInput(
                    f"The beads of reference {reference_id} are the first ones: nothing to undo."
                ).because("nothing_to_undo")
            before = _revision(connection, reference_id, parent)
            return _advance(
                connection, record, _to_beads(before.beads), parent=before.parent, kind="undo beads"
            )


def _lock(connection: Connection, reference_id: int) -> Record[Any]:
    """A reference's record, with its article kept from other writers."""
    article_id = connection.execute(
        select(references.c.article_id).where(references.c.id == reference_id)
    ).scalar()
    if article_id is not None:
        lock_article(connection, article_id)
    return _find(connection, reference_id)


def _find(connection: Connection, reference_id: int) -> Record[Any]:
    record = connection.execute(select(references).where(references.c.id == reference_id)).first()
    if record is None:
        raise NotFound(f"There is no reference {reference_id}; it may have been removed.").because(
            "no_reference"
        )
    return record


def _reference(connection: Connection, reference_id: int) -> Reference:
    record = _find(connection, reference_id)
    current = _revision(connection, reference_id, record.revision)
    article = Article(
        record.name,
        record.language,
        record.title,
        record.body,
        tuple(
            Segment(record.body[start : start + length], start, paragraph, Kind(kind))
            for length, start, paragraph, kind in record.segments
        ),
        record.source,
    )
    return Reference(
        record.id,
        record.article_id,
        record.name,
        article,
        _to_beads(current.beads),
        record.revision,
        undoable=current.parent != 0,
    )


def _revision(connection: Connection, reference_id: int, revision: int) -> Record[Any]:
    return connection.execute(
        select(beads).where(beads.c.reference_id == reference_id, beads.c.revision == revision)
    ).one()


def _check(connection: Connection, record: Record[Any], revision: int) -> None:
    if revision != record.revision:
        raise Conflict(
            f"Revision {revision} of the beads of reference {record.id} is not the current one, "
            f"{record.revision}: they were changed elsewhere. Look at what is there now, then try again.",
            current=_reference(connection, record.id),
        )


def _advance(
    connection: Connection, record: Record[Any], made: Sequence[StoredBead], *, parent: int, kind: str
) -> Reference:
    revision = record.revision + 1
    _keep(connection, record.id, revision, parent, made)
    connection.execute(update(references).where(references.c.id == record.id).values(revision=revision))
    log(connection, kind, article_id=record.article_id, reference_id=record.id, version=revision)
    return _reference(connection, record.id)


def _keep(
    connection: Connection, reference_id: int, revision: int, parent: int, made: Sequence[StoredBead]
) -> None:
    values = [
        [
            bead.source.start,
            bead.source.stop,
            bead.target.start,
            bead.target.stop,
            bead.score,
            clean(bead.reason, "reason"),
            bead.pinned,
        ]
        for bead in made
    ]
    connection.execute(
        insert(beads).values(
            reference_id=reference_id, revision=revision, parent=parent, beads=values, made=now()
        )
    )


def _to_beads(values: Iterable[Sequence[Any]]) -> tuple[StoredBead, ...]:
    return tuple(
        StoredBead(range(a, b), range(c, d), score, reason, pinned)
        for a, b, c, d, score, reason, pinned in values
    )


def _cover(made: Iterable[StoredBead], sources: int, targets: int) -> None:
    check_cover([Bead(bead.source, bead.target) for bead in made], sources, targets)
