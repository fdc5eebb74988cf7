"""
The connection to SQLite or PostgreSQL: transactions, durability, and the tables' own version.

SQLite runs in WAL mode with ``synchronous=FULL``: what a commit acknowledged
survives the end of the process and of the machine's power. A transaction that
writes takes the write lock when it begins, so that it never fails half-way
because another process wrote first; one that reads sees one moment.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from translate.errors import BadInput
from web.errors import NotFound, StorageFailed
from web.store.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 30_000  # How long to wait for another process's write.
_LOCK = 0x6D7577617A69  # "muwazi": the advisory lock under which tables are made.


class Database:
    """
    One database and its connections; safe to share among threads.

    Raises BadInput for a URL of another kind, StorageFailed where the database
    cannot be reached or was made by a newer Muwazi.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite() if self.sqlite else self._postgresql()

    @property
    def name(self) -> str:
        """The database for people: without its password."""
        return str(self.url.database) if self.sqlite else self.url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The file, None on a server."""
        return Path(str(self.url.database)) if self.sqlite else None

    def close(self) -> None:
        """Let all connections go."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of the database, for reading."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            if not self.sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A change that is there as a whole once the block has ended, and not at all where it raised."""
        with self._explained(), self.engine.connect() as connection:
            if self.sqlite:
                connection = connection.execution_options(muwazi_write=True)
            with connection.begin():
                yield connection

    def insert(self, table: Table) -> Any:
        """An insertion that can say what to do where the row is there already."""
        return sqlite_insert(table) if self.sqlite else postgresql_insert(table)

    def now(self, connection: Connection) -> datetime:
        """The time by which leases run: a server's own, as its clients' clocks may differ."""
        if self.sqlite:
            return datetime.now(UTC)
        moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def revision(self) -> str | None:
        """The version of the tables; None in an empty database."""
        with self.read() as connection:
            return revision_of(connection)

    def upgrade(self) -> bool:
        """
        Bring the tables to this program's version; whether there was anything to do.

        Processes that start together wait for the first to have finished.
        """
        if self.revision() == HEAD:
            return False
        with self.write() as connection:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            found = revision_of(connection)
            if found == HEAD:
                return False
            _migrate(connection, found, self.name)
        return True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What went wrong with the database, for people, and without the texts it was given."""
        try:
            yield
        except DBAPIError as error:
            raise StorageFailed(
                f"The database {self.name} answered: {_cause(error.orig or error)}. "
                "Nothing of this change was kept; see that the database is there, has room "
                "and can be written, then try again."
            ) from error
        except PoolTimeout as error:
            raise StorageFailed(
                f"All connections to the database {self.name} were in use for half a minute. Try again."
            ) from error

    def _sqlite(self) -> Engine:
        path = Path(str(self.url.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageFailed(
                f"The folder {path.parent} for the database cannot be made: {error.strerror}. "
                "Make it, or name another place."
            ) from error
        if not is_there(path):
            try:  # What people read and correct is theirs: no other user of the machine may look.
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            except FileExistsError:
                pass
            except OSError as error:
                raise StorageFailed(f"The database {path} cannot be made: {error.strerror}.") from error
        engine = create_engine(
            self.url,
            connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
            pool_size=16,
            max_overflow=48,
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def _postgresql(self) -> Engine:
        return create_engine(
            self.url.set(drivername="postgresql+pg8000"),
            pool_size=16,
            max_overflow=48,
            pool_pre_ping=True,
        )


def parse_url(url: str) -> URL:
    """
    The URL of a database: ``sqlite:///file`` or ``postgresql://user@host/name``; a bare path is a file.

    Raises BadInput for anything else, in-memory SQLite included: it would keep nothing.
    """
    expected = "Write sqlite:////folder/file.db, postgresql://user:password@host/name, or a file's path."
    if "://" not in url:
        if not url.strip():
            raise BadInput(f"The database has no name. {expected}")
        return URL.create("sqlite", database=str(Path(url).expanduser()))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadInput(f"The database's URL cannot be read. {expected}") from None
    backend = parsed.get_backend_name()
    if backend == "postgres":
        parsed = parsed.set(drivername="postgresql")
        backend = "postgresql"
    if backend not in {"sqlite", "postgresql"}:
        raise BadInput(f"Muwazi keeps its data in SQLite or PostgreSQL, not {backend!r}. {expected}")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise BadInput(f"A database in memory would lose everything at the end. {expected}")
    return parsed.set(drivername="sqlite") if backend == "sqlite" else parsed


def is_there(file: Path) -> bool:
    """Whether there is such a file. Raises StorageFailed where that cannot be seen."""
    try:
        return file.exists()
    except OSError as error:
        raise StorageFailed(f"The database {file} cannot be opened: {error.strerror}.") from error


def require_existing(url: str) -> None:
    """
    For commands that look into a database: a mistyped path must not make one.

    Raises NotFound where the URL is a file's and there is none, StorageFailed where that cannot be seen.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not is_there(Path(str(parsed.database))):
        raise NotFound(
            f"There is no database {parsed.database}. `muwazi serve` makes it; name another with --database."
        )


def revision_of(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _migrate(connection: Connection, found: str | None, name: str) -> None:
    # Alembic takes a while to import, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StorageFailed(
            f"The database {name} is of version {found}, made by a newer Muwazi; this one knows {HEAD}. "
            "Update Muwazi, or use another database."
        )
    command.upgrade(config, "head")


def _cause(error: BaseException) -> str:
    """The driver's own words; pg8000 raises the server's fields as a mapping."""
    first: Any = error.args[0] if error.args else error
    return str(first.get("M", first)) if isinstance(first, dict) else str(first).rstrip(".")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun by _begin alone: the driver's own begin too late, and not for DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("muwazi_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
