"""Articles and their segments: added once, never changed, removed on request."""

from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, text, update
from sqlalchemy import Row as Record

from translate.errors import BadInput
from translate.text import Article, Kind, Segment
from web.errors import NotFound
from web.records import Arrival, Entry, Origin, Row, StoredArticle
from web.store.base import Part, batches, clean, find_row, lock_article, log, now, rows_query, to_row
from web.store.schema import (
    articles,
    corrections,
    folded,
    jobs,
    references,
    segments,
    states,
    translations,
)
from web.store.shown import index

_SEEDS = 0x73656564  # "seed": the lock under which seeds are added.


class Articles(Part):
    """The library."""

    def add_article(self, article: Article, *, origin: Origin, html: str | None = None) -> Entry:
        """
        Keep an article; what its sentences say can be searched from now on.

        ``html`` is the page that it was read from. A seed that is there already
        (by its name), even deleted, is not added again.

        Raises BadInput for an article without a sentence, or text that cannot be kept.
        """
        if not article.segments:
            raise BadInput("The article holds no sentence. Add a text with some Arabic in it.").because(
                "empty"
            )
        for value, what in ((article.title, "title"), (article.body, "article"), (html or "", "page")):
            clean(value, what)
        wanted = sum(segment.kind is not Kind.FURNITURE for segment in article.segments)
        with self._database.write() as connection:
            if origin == "seed":
                if not self._database.sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SEEDS})
                known = connection.execute(
                    select(articles.c.id).where(articles.c.origin == "seed", articles.c.name == article.id)
                ).scalar()
                if known is not None:
                    return _entry(connection, known)
            article_id: int = connection.execute(
                insert(articles)
                .values(
                    name=clean(article.id, "name"),
                    language=article.language,
                    title=article.title,
                    body=article.body,
                    source=clean(article.source, "source"),
                    origin=origin,
                    html=html,
                    added=now(),
                    title_position=_title_position(article),
                    segments=len(article.segments),
                    wanted=wanted,
                )
                .returning(articles.c.id)
            ).scalar_one()
            ids = connection.execute(
                insert(segments).returning(segments.c.id, sort_by_parameter_order=True),
                [
                    {
                        "article_id": article_id,
                        "position": position,
                        "text": segment.text,
                        "start": segment.start,
                        "paragraph": segment.paragraph,
                        "kind": segment.kind.value,
                    }
                    for position, segment in enumerate(article.segments)
                ],
            ).scalars()
            numbered = list(zip(ids, article.segments, strict=True))
            connection.execute(
                insert(states),
                [
                    {
                        "segment_id": segment_id,
                        "article_id": article_id,
                        "wanted": segment.kind is not Kind.FURNITURE,
                    }
                    for segment_id, segment in numbered
                ],
            )
            index(connection, [segment_id for segment_id, _ in numbered])
            log(connection, "add", article_id=article_id)
            return _entry(connection, article_id)

    def entries(self, *, deleted: bool = False) -> list[Entry]:
        """The articles, newest first; or those that were deleted and can be restored."""
        condition = articles.c.deleted.is_not(None) if deleted else articles.c.deleted.is_(None)
        with self._database.read() as connection:
            records = connection.execute(_entries().where(condition).order_by(articles.c.id.desc()))
            return [_to_entry(record) for record in records]

    def entry(self, article_id: int) -> Entry:
        """
        One article's line in the library, deleted or not.

        Raises NotFound.
        """
        with self._database.read() as connection:
            return _entry(connection, article_id)

    def article(self, article_id: int) -> StoredArticle:
        """
        An article with all its rows, deleted or not (its entry says).

        Raises NotFound.
        """
        with self._database.read() as connection:
            entry = _entry(connection, article_id)
            record = connection.execute(select(articles).where(articles.c.id == article_id)).one()
            records = connection.execute(
                rows_query().where(segments.c.article_id == article_id).order_by(segments.c.position)
            ).all()
        rows = tuple(to_row(each) for each in records)
        article = Article(
            record.name,
            record.language,
            record.title,
            record.body,
            tuple(Segment(s.text, s.start, s.paragraph, s.kind) for s in (row.segment for row in rows)),
            record.source,
        )
        return StoredArticle(entry, article, rows, max((each.sequence for each in records), default=0))

    def html(self, article_id: int) -> str | None:
        """
        The page that an article was read from; None where it came otherwise.

        Raises NotFound.
        """
        with self._database.read() as connection:
            record = connection.execute(select(articles.c.html).where(articles.c.id == article_id)).first()
        if record is None:
            raise _missing(article_id)
        page: str | None = record.html
        return page

    def row(self, segment_id: int) -> Row:
        """
        One segment with what is shown of it.

        Raises NotFound.
        """
        with self._database.read() as connection:
            return to_row(find_row(connection, segment_id))

    def article_of(self, segment_id: int) -> int:
        """
        The number of the article that a segment belongs to.

        Raises NotFound.
        """
        with self._database.read() as connection:
            number: int = find_row(connection, segment_id).article_id
            return number

    def rows_since(self, article_id: int, sequence: int) -> list[Arrival]:
        """
        The rows whose translation came after ``sequence``, in the order they came.

        Numbers of one article grow in the order in which they can be read: whoever
        has seen number n never misses a smaller one.
        """
        with self._database.read() as connection:
            records = connection.execute(
                rows_query()
                .where(states.c.article_id == article_id, states.c.sequence > sequence)
                .order_by(states.c.sequence)
            )
            return [Arrival(record.sequence, to_row(record)) for record in records]

    def delete(self, article_id: int) -> Entry:
        """
        Take an article out of the library; ``restore`` brings it back with everything that was on it.

        Raises NotFound.
        """
        with self._database.write() as connection:
            record = lock_article(connection, article_id)
            if record.deleted is None:
                connection.execute(update(articles).where(articles.c.id == article_id).values(deleted=now()))
                connection.execute(
                    update(jobs)
                    .where(jobs.c.article_id == article_id, jobs.c.status.in_(("queued", "running")))
                    .values(status="cancelled", changed=now())
                )
                log(connection, "delete", article_id=article_id)
            return _entry(connection, article_id)

    def restore(self, article_id: int) -> Entry:
        """
        Bring a deleted article back.

        Raises NotFound.
        """
        with self._database.write() as connection:
            if lock_article(connection, article_id).deleted is not None:
                connection.execute(update(articles).where(articles.c.id == article_id).values(deleted=None))
                log(connection, "restore", article_id=article_id)
            return _entry(connection, article_id)

    def purge(self, article_id: int) -> None:
        """
        Remove an article and everything on it for good; only that it was there stays in the log.

        Raises NotFound.
        """
        with self._database.write() as connection:
            lock_article(connection, article_id)
            ids = connection.execute(
                select(segments.c.id).where(segments.c.article_id == article_id)
            ).scalars()
            for batch in batches(ids):
                connection.execute(delete(folded).where(folded.c.rowid.in_(batch)))
            connection.execute(delete(articles).where(articles.c.id == article_id))
            log(connection, "purge", article_id=article_id)


def _missing(article_id: int) -> NotFound:
    return NotFound(f"There is no article {article_id}. The library lists those that there are.").because(
        "no_article"
    )


def _entries() -> Select[Any]:
    """Articles as the library lists them, with the English shown for the segment that holds the title."""
    counted = (
        select(func.count())
        .select_from(references)
        .where(references.c.article_id == articles.c.id)
        .scalar_subquery()
    )
    return (
        select(
            *(column for column in articles.c if column.name not in {"body", "html"}),
            counted.label("reference_count"),
            func.coalesce(corrections.c.text, translations.c.text, "").label("english_title"),
        )
        .select_from(articles)
        .outerjoin(
            segments,
            (segments.c.article_id == articles.c.id) & (segments.c.position == articles.c.title_position),
        )
        .outerjoin(states, states.c.segment_id == segments.c.id)
        .outerjoin(translations, translations.c.id == states.c.translation_id)
        .outerjoin(corrections, corrections.c.id == states.c.correction_id)
    )


def _entry(connection: Connection, article_id: int) -> Entry:
    record = connection.execute(_entries().where(articles.c.id == article_id)).first()
    if record is None:
        raise _missing(article_id)
    return _to_entry(record)


def _to_entry(record: Record[Any]) -> Entry:
    return Entry(
        record.id,
        record.title,
        record.english_title,
        record.source,
        record.origin,
        record.added,
        record.segments,
        record.wanted,
        record.translated,
        record.warnings,
        record.corrected,
        record.reference_count,
        record.deleted is not None,
    )


def _title_position(article: Article) -> int | None:
    """The segment whose translation translates the title: the one that says it, else the first heading."""
    title = " ".join(article.title.split())
    for same in (str.__eq__, str.startswith):
        for position, segment in enumerate(article.segments):
            if title and same(" ".join(segment.text.split()), title.removesuffix("…")):
                return position
    return next((n for n, segment in enumerate(article.segments) if segment.kind is Kind.HEADING), None)
