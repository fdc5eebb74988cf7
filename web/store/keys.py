"""API keys (their hashes alone), what was translated under each, and small settings of the server."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock
from typing import Any

from sqlalchemy import Row as Record
from sqlalchemy import Select, delete, func, insert, select, update

from translate.errors import BadInput
from web.errors import Conflict, NotFound, StorageFailed
from web.records import KeyRecord
from web.store.base import Part, clean, now
from web.store.database import Database
from web.store.schema import keys, settings, usage

_PREFIX = "mw_"
_LAST_USED_STEP = timedelta(minutes=1)


class Keys(Part):
    """
    Who may translate, and how much they have.

    Usage is written by :meth:`flush_usage`, which the server calls about once a second, and
    not at each request: nobody's answer waits for it or fails with it. What a killed process
    had counted in its last second is lost, texts and edits never.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._counting = Lock()
        self._counted: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self._seen: dict[int, datetime] = {}

    def add_key(self, name: str) -> str:
        """
        Make a key and return its secret, which is kept nowhere: show it once.

        Raises Conflict where the name is taken, BadInput for an empty one.
        """
        name = _named(name)
        if not name:
            raise BadInput("A key needs a name, by which it can be listed and removed.")
        secret = _PREFIX + token_urlsafe(24)
        with self._database.write() as connection:
            if connection.execute(select(keys.c.id).where(keys.c.name == name)).first():
                raise Conflict(
                    f"There is a key named {name!r} already. Remove it first, or choose another name."
                )
            connection.execute(insert(keys).values(name=name, digest=_digest(secret), made=now()))
        return secret

    def keys(self) -> list[KeyRecord]:
        """All keys, oldest first."""
        self.flush_usage()
        with self._database.read() as connection:
            return [_to_key(record) for record in connection.execute(_keys().order_by(keys.c.id))]

    def remove_key(self, name: str) -> None:
        """
        Remove a key by its name; it opens nothing from now on.

        Raises NotFound.
        """
        with self._database.write() as connection:
            if not connection.execute(delete(keys).where(keys.c.name == _named(name))).rowcount:
                raise NotFound(f"There is no key named {name!r}. List them with: muwazi key list")

    def check_key(self, secret: str) -> KeyRecord | None:
        """The key of this secret, None where there is none."""
        digest = _digest(secret)
        with self._database.read() as connection:
            record = connection.execute(_keys().where(keys.c.digest == digest)).first()
        if record is None:
            return None
        if record.last_used is None or now() - record.last_used > _LAST_USED_STEP:
            with self._counting:
                self._seen[record.id] = now()
        return _to_key(record)

    def add_usage(self, key: KeyRecord | None, characters: int) -> None:
        """Count one request and its characters for a key, or for those who came without."""
        with self._counting:
            counted = self._counted[key.id if key else 0, now().strftime("%Y-%m")]
            counted[0] += characters
            counted[1] += 1

    def usage(self, key: KeyRecord | None) -> int:
        """The characters that a key has translated in all, or those who came without one."""
        number = key.id if key else 0
        with suppress(StorageFailed):  # What cannot be written is known here all the same.
            self.flush_usage()
        with self._database.read() as connection:
            query = select(func.coalesce(func.sum(usage.c.characters), 0)).where(usage.c.key_id == number)
            written = int(connection.execute(query).scalar_one())
        with self._counting:
            return written + sum(counted[0] for (of, _), counted in self._counted.items() if of == number)

    def flush_usage(self) -> None:
        """
        Write what has been counted, and when keys were last used.

        Raises StorageFailed, and then it is still counted and written the next time.
        """
        with self._counting:
            counted, self._counted = self._counted, defaultdict(lambda: [0, 0])
            seen, self._seen = self._seen, {}
        if not counted and not seen:
            return
        try:
            self._write_usage(counted, seen)
        except StorageFailed:
            with self._counting:
                for key, (characters, requests) in counted.items():
                    self._counted[key][0] += characters
                    self._counted[key][1] += requests
                self._seen = seen | self._seen
            raise

    def _write_usage(
        self, counted: Mapping[tuple[int, str], Sequence[int]], seen: Mapping[int, datetime]
    ) -> None:
        with self._database.write() as connection:
            for key_id, moment in sorted(seen.items()):
                connection.execute(update(keys).where(keys.c.id == key_id).values(last_used=moment))
            for (key_id, month), (characters, requests) in sorted(counted.items()):
                statement = self._database.insert(usage).values(
                    key_id=key_id, month=month, characters=characters, requests=requests
                )
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["key_id", "month"],
                        set_={
                            "characters": usage.c.characters + characters,
                            "requests": usage.c.requests + requests,
                        },
                    )
                )

    def setting(self, name: str) -> str | None:
        """What was last kept under this name; None for nothing."""
        with self._database.read() as connection:
            value: str | None = connection.execute(
                select(settings.c.value).where(settings.c.name == name)
            ).scalar()
        return value

    def save_setting(self, name: str, value: str) -> None:
        """Keep a word under a name, such as the model that was chosen."""
        clean(value, "setting")
        with self._database.write() as connection:
            statement = self._database.insert(settings).values(name=name, value=value)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )


def _keys() -> Select[Any]:
    counted = (
        select(func.coalesce(func.sum(usage.c.characters), 0))
        .where(usage.c.key_id == keys.c.id)
        .scalar_subquery()
    )
    return select(keys, counted.label("characters"))


def _to_key(record: Record[Any]) -> KeyRecord:
    return KeyRecord(record.id, record.name, record.made, record.last_used, int(record.characters))


def _named(name: str) -> str:
    """A key's name as it is kept: on one line, with single spaces."""
    return " ".join(clean(name, "name").split())


def _digest(secret: str) -> str:
    # The secret is random and long: a slow hash would protect nothing that this one does not.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
