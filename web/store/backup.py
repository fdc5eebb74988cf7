"""
Copies of a database to keep, and databases made from them.

A backup is an SQLite file whatever the database is, so that one made on
PostgreSQL can be restored into SQLite and the other way round. It shows one
moment, and may be made while servers work on the database.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, text

from translate.errors import BadInput
from web.errors import Conflict, StorageFailed
from web.store.database import Database
from web.store.schema import articles, folded, keys, metadata

_ROWS = 1000  # Copied at a time.
_MAGIC = b"SQLite format 3\0"


def backup(database: Database, file: Path) -> int:
    """
    Write a backup and return its size in bytes; the file is there as a whole or not at all.

    Raises Conflict where the file exists, BadInput where the database is not one of
    Muwazi's, StorageFailed where the file cannot be written.
    """
    if file.exists():
        raise Conflict(f"{file} exists already. Remove it, or name another file.")
    if database.revision() is None:
        raise BadInput(f"The database {database.name} is not one of Muwazi's: there is nothing to back up.")
    with _beside(file) as draft:
        try:
            if database.sqlite:
                with closing(_reading(database.path)) as connection:
                    connection.execute("VACUUM INTO ?", (str(draft),))
            else:
                _copy_out(database, draft)
        except sqlite3.Error as error:
            raise StorageFailed(f"The backup {file} could not be written: {error}.") from error
        draft.chmod(0o600)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        try:
            draft.replace(file)
        except OSError as error:
            raise StorageFailed(f"The backup {file} could not be written: {error.strerror}.") from error
    return file.stat().st_size


def restore(database: Database, file: Path, *, replace: bool = False) -> Path | None:
    """
    Make the database what a backup holds.

    Where it holds articles or keys already, nothing is done unless ``replace``
    is set; what it held is then kept in a new backup, whose path is returned. A
    backup of an older Muwazi is brought up to date on the way. A restore that
    breaks off has changed nothing.

    Raises BadInput for a file that is no backup, Conflict where the database
    holds something, StorageFailed for a backup of a newer Muwazi.
    """
    _look_at(file)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        _copy_whole(file, copy)
        source = Database(f"sqlite:///{copy}")
        try:
            if source.revision() is None:
                raise BadInput(f"{file} is an SQLite database, but not one of Muwazi's.")
            source.upgrade()
            database.upgrade()
            kept = _keep_aside(database, replace=replace)
            with source.read() as reading:
                if database.sqlite:
                    with closing(sqlite3.connect(str(copy))) as old, closing(_live(database)) as new:
                        old.backup(new)
                else:
                    _copy_in(reading, database)
        except sqlite3.Error as error:
            raise StorageFailed(f"{file} could not be restored: {error}. Nothing has changed.") from error
        finally:
            source.close()
    return kept


def _copy_whole(file: Path, copy: Path) -> None:
    """By SQLite itself: beside a database that a server has open, or had when it was copied, lies a log."""
    try:
        with closing(_reading(file)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise StorageFailed(f"{file} could not be restored: {error}. Nothing has changed.") from error


def _reading(file: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{_quoted(file)}?mode=ro", uri=True)


def _live(database: Database) -> sqlite3.Connection:
    return sqlite3.connect(str(database.path), timeout=30)


def _keep_aside(database: Database, *, replace: bool) -> Path | None:
    with database.read() as connection:
        held = [
            f"{count} {name}"
            for name, table in (("articles", articles), ("keys", keys))
            if (count := connection.execute(select(func.count()).select_from(table)).scalar_one())
        ]
    if not held:
        return None
    if not replace:
        raise Conflict(
            f"The database {database.name} holds {' and '.join(held)} already. "
            "Restore into an empty one, or say --replace: what is there is then kept in a backup of its own."
        )
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = database.path.parent if database.path else Path.cwd()
    kept = folder / f"muwazi-before-restore-{stamp}.db"
    backup(database, kept)
    return kept


def _look_at(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_MAGIC))
    except OSError as error:
        raise BadInput(f"The backup {file} cannot be read: {error.strerror}.") from error
    if magic != _MAGIC:
        raise BadInput(
            f"{file} is not a backup of Muwazi: those are SQLite files, made by `muwazi db backup`."
        )
    try:
        with closing(_reading(file)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise BadInput(f"The backup {file} is damaged: {found}. Use another one.")


def _copy_out(database: Database, draft: Path) -> None:
    target = Database(f"sqlite:///{draft}")
    try:
        target.upgrade()
        with database.read() as reading, target.write() as writing:
            _copy(reading, writing)
    finally:
        target.close()
    # Closing the last connection has folded the log into the file; what is left is empty.
    for rest in ("-wal", "-shm"):
        draft.with_name(draft.name + rest).unlink(missing_ok=True)


def _copy_in(reading: Connection, database: Database) -> None:
    with database.write() as writing:
        names = ", ".join(table.name for table in (*metadata.sorted_tables, folded))
        writing.execute(text(f"TRUNCATE {names}"))
        _copy(reading, writing)
        for table in metadata.sorted_tables:
            column = table.primary_key.columns[0]
            if column.autoincrement is True:
                writing.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                        f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name}), false)"
                    )
                )


def _copy(reading: Connection, writing: Connection) -> None:
    for table in (*metadata.sorted_tables, folded):
        found = reading.execution_options(yield_per=_ROWS).execute(select(table))
        for rows in found.mappings().partitions(_ROWS):
            writing.execute(insert(table), [dict(row) for row in rows])


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A place for a draft in the file's own folder, gone in the end with all that SQLite put beside it."""
    try:
        folder = tempfile.mkdtemp(prefix=".muwazi-", dir=file.parent)
    except OSError as error:
        raise StorageFailed(f"The backup {file} could not be written: {error.strerror}.") from error
    try:
        yield Path(folder) / "draft.db"
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


def _quoted(path: Path | None) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
