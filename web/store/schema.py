"""
The tables. Articles and segments never change; whatever is known of them stands beside them.

``states`` points to what is shown of each segment. The counts in ``articles``
are taken from it in the same transaction as each change, so that the library
lists thousands of articles without counting. Migrations build these tables
(``migrations/versions``); a test holds the two against each other.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

HEAD = "0002"
"""The newest migration: what ``alembic_version`` holds in a database that needs none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970 so that every database orders it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To microseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To an aware time in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


metadata = MetaData()


def _id() -> Column[int]:
    # SQLite numbers rows by itself only where the key is its plain INTEGER.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _to(target: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    """A reference to another table's row, which goes when that row goes."""
    return Column(
        name,
        BigInteger,
        ForeignKey(target, ondelete="CASCADE"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )


articles = Table(
    "articles",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("html", Text),
    Column("added", Instant, nullable=False),
    Column("deleted", Instant),
    Column("title_position", Integer),
    Column("segments", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("translated", Integer, nullable=False, default=0),
    Column("warnings", Integer, nullable=False, default=0),
    Column("corrected", Integer, nullable=False, default=0),
    Column("sequence", BigInteger, nullable=False, default=0),
    sqlite_autoincrement=True,
)

segments = Table(
    "segments",
    metadata,
    _id(),
    _to("articles.id", "article_id"),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    UniqueConstraint("article_id", "position", name="one_segment_per_place"),
    sqlite_autoincrement=True,
)

translations = Table(
    "translations",
    metadata,
    _id(),
    _to("segments.id", "segment_id"),
    Column("model", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("score", Float),
    Column("warnings", JSON, nullable=False),
    Column("made", Instant, nullable=False),
    UniqueConstraint("segment_id", "model", name="one_translation_per_model"),
)

corrections = Table(
    "corrections",
    metadata,
    _id(),
    _to("segments.id", "segment_id"),
    Column("version", Integer, nullable=False),
    Column("parent", Integer, nullable=False),
    Column("text", Text),
    Column("made", Instant, nullable=False),
    UniqueConstraint("segment_id", "version", name="one_correction_per_version"),
)

states = Table(
    "states",
    metadata,
    _to("segments.id", "segment_id", primary_key=True),
    _to("articles.id", "article_id"),
    # Unguarded: a guard would search this table at every purge; `muwazi db check` looks instead.
    Column("translation_id", BigInteger),
    Column("correction_id", BigInteger),
    Column("sequence", BigInteger, nullable=False, default=0),
    Column("wanted", Boolean, nullable=False),
    Column("warned", Boolean, nullable=False, default=False),
    Column("corrected", Boolean, nullable=False, default=False),
    Index("states_by_article", "article_id", "sequence"),
    Index(
        "states_corrected", "segment_id", sqlite_where=text("corrected"), postgresql_where=text("corrected")
    ),
)

references = Table(
    "reference_texts",
    metadata,
    _id(),
    _to("articles.id", "article_id"),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("made", Instant, nullable=False),
    Index("references_by_article", "article_id"),
    sqlite_autoincrement=True,
)

beads = Table(
    "beads",
    metadata,
    _to("reference_texts.id", "reference_id", primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer, nullable=False),
    Column("beads", JSON, nullable=False),
    Column("made", Instant, nullable=False),
)

links = Table(
    "links",
    metadata,
    _to("segments.id", "segment_id", primary_key=True),
    Column("text_key", Text, primary_key=True),
    Column("links", JSON, nullable=False),
)

edits = Table(
    "edits",
    metadata,
    _id(),
    Column("made", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("article_id", BigInteger),
    Column("segment_id", BigInteger),
    Column("reference_id", BigInteger),
    Column("version", Integer),
    Index("edits_by_article", "article_id"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _to("articles.id", "article_id"),
    Column("model", Text, nullable=False),
    Column("furniture", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("worker", Text, nullable=False, default=""),
    Column("token", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    Column("made", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Index("jobs_by_article", "article_id"),
    Index(
        "one_active_job_per_model",
        "article_id",
        "model",
        unique=True,
        sqlite_where=text("status IN ('queued', 'running')"),
        postgresql_where=text("status IN ('queued', 'running')"),
    ),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("made", Instant, nullable=False),
    Column("last_used", Instant),
    sqlite_autoincrement=True,
)

usage = Table(
    "usage",
    metadata,
    # 0 is whoever came without a key; a removed key's usage stays.
    Column("key_id", BigInteger, primary_key=True, autoincrement=False),
    Column("month", Text, primary_key=True),
    Column("characters", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# A virtual table on SQLite, made by the migration; an ordinary one on PostgreSQL.
folded = Table(
    "folded",
    MetaData(),
    Column("rowid", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
)
