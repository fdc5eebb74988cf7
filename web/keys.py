"""API keys: who may call the translate endpoints, and how much each has used."""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

import click

from web.errors import Forbidden, QuotaExceeded, Unauthorized
from web.records import KeyRecord

if TYPE_CHECKING:
    from flask import Request

_REMEMBERED_S = 5.0  # A key that has been removed is refused after so long.
_REMEMBERED = 1_000
_IN_HEADER = re.compile(r"(?:DeepL-Auth-Key|Bearer)\s+(\S+)\s*", re.IGNORECASE)


def key_in_header(asked: "Request") -> str:
    """
    The key in the request's Authorization header, empty where there is none.

    As DeepL's clients write it (``DeepL-Auth-Key K``), or as a bearer token. A
    password is none: browsers add it by themselves to what other sites ask for.
    """
    given = _IN_HEADER.fullmatch(asked.headers.get("Authorization", ""))
    return given[1] if given else ""


class KeyStore(Protocol):
    """The part of the store that keeps keys."""

    def check_key(self, secret: str) -> KeyRecord | None: ...
    def add_usage(self, key: KeyRecord | None, characters: int) -> None: ...
    def usage(self, key: KeyRecord | None) -> int: ...


class Keys:
    """Checks keys, with few trips to the database, and counts what is translated under them."""

    def __init__(self, store: KeyStore, *, required: bool = False, quota_characters: int = 0) -> None:
        self.required = required
        self.quota_characters = quota_characters
        self._store = store
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[KeyRecord, float]] = OrderedDict()

    def admit(self, secret: str) -> KeyRecord | None:
        """
        The key of this secret; None where none was given and none is needed.

        Raises Unauthorized where one is needed, Forbidden where it is not
        known. Where keys are not needed, an unknown one is passed over: clients
        that must send something send anything.
        """
        if not secret:
            if self.required:
                raise Unauthorized("Please contact the server operator to get an API key")
            return None
        found = self.find(secret)
        if found is None and self.required:
            raise Forbidden("Invalid API key")
        return found

    def check(self, key: KeyRecord | None, characters: int) -> None:
        """Raise QuotaExceeded where so many characters are more than the key has left."""
        if not self.quota_characters:
            return
        used = self.used(key)
        if used + characters > self.quota_characters:
            raise QuotaExceeded(
                f"Quota Exceeded: {used} of {self.quota_characters} characters are used, "
                f"and this request has {characters}."
            )

    def count(self, key: KeyRecord | None, characters: int) -> None:
        """So many characters were translated under the key."""
        self._store.add_usage(key, characters)

    def used(self, key: KeyRecord | None) -> int:
        """Characters that the key has used, or that callers without a key have."""
        return self._store.usage(key)

    def find(self, secret: str) -> KeyRecord | None:
        """The key of this secret, None where there is none such."""
        if not secret:
            return None
        digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        now = time.monotonic()
        with self._lock:
            known = self._known.get(digest)
        if known is not None and known[1] > now:
            return known[0]
        found = self._store.check_key(secret)
        with self._lock:
            self._known.pop(digest, None)
            if found is not None:
                self._known[digest] = (found, now + _REMEMBERED_S)
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return found


@click.group()
def key() -> None:
    """Make, list and remove the keys that programs call the translate endpoints with."""


@key.command("add")
@click.argument("name")
@click.option("--database", help="The database's URL.  [default: as muwazi serve]")
def add_key(name: str, database: str | None) -> None:
    """Make a key for NAME and show it: this once, for only its hash is kept."""
    with _opened(database) as store:
        click.echo(store.add_key(name))


@key.command("list")
@click.option("--database", help="The database's URL.  [default: as muwazi serve]")
def list_keys(database: str | None) -> None:
    """Who has keys, since when, and what they have used."""
    with _opened(database, existing=True) as store:
        records = store.keys()
    if not records:
        click.echo("No keys. Make one with: muwazi key add NAME", err=True)
    for record in records:
        last = record.last_used.strftime("%Y-%m-%d %H:%M") if record.last_used else "never used"
        click.echo(f"{record.name}\t{record.made:%Y-%m-%d}\t{last}\t{record.characters}")


@key.command("remove")
@click.argument("name")
@click.option("--database", help="The database's URL.  [default: as muwazi serve]")
def remove_key(name: str, database: str | None) -> None:
    """Take a key back: within seconds it is refused."""
    with _opened(database, existing=True) as store:
        store.remove_key(name)
    click.echo(f"Removed {name}.", err=True)


def _opened(database: str | None, *, existing: bool = False):  # type: ignore[no-untyped-def]  # the store's type is not loaded for --help
    import os
    from contextlib import closing
    from pathlib import Path

    from web.settings import load_web_settings
    from web.store import Store
    from web.store.database import require_existing

    settings = load_web_settings(os.environ, Path("muwazi.toml"), database=database)
    if existing:
        require_existing(settings.database_url)
    return closing(Store.open(settings.database_url))
