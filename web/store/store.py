"""The store as its users see it: all parts in one object, safe to share among threads."""

from typing import Self

from sqlalchemy import text

from web.store.articles import Articles
from web.store.corrections import Corrections
from web.store.database import Database
from web.store.keys import Keys
from web.store.queue import Queue
from web.store.references import References
from web.store.search import Search
from web.store.translations import Translations


class Store(Articles, Translations, Corrections, References, Search, Keys, Queue):
    """One database of articles; what a method has returned is on the disk."""

    @classmethod
    def open(cls, url: str) -> Self:
        """
        Open a database, making or upgrading its tables where needed.

        ``sqlite:////folder/file.db`` or a file's path, ``postgresql://user:password@host/name``.

        Raises BadInput for another URL, StorageFailed where it cannot be used.
        """
        database = Database(url)
        try:
            database.upgrade()
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def name(self) -> str:
        """The database for people, without its password."""
        return self._database.name

    def ping(self) -> None:
        """Ask the database for a sign of life. Raises StorageFailed."""
        with self._database.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Write what has been counted and let the connections go."""
        try:
            self.flush_usage()
        finally:
            self._database.close()
