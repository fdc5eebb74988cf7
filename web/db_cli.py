"""`muwazi db`: copies of the database, its version, and whether it is sound."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from web.store.database import Database

_database = click.option("--database", help="The database's URL.  [default: as muwazi serve]")


@click.group()
def db() -> None:
    """Back the database up, restore it, bring it up to date, and check it."""


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_database
def backup(file: Path, database: str | None) -> None:
    """Write a copy of the database to FILE, also while the server runs."""
    from web.store.backup import backup as write

    with _opened(database, existing=True) as opened:
        size = write(opened, file)
        click.echo(f"Wrote {file} ({size / 1e6:.1f} MB).", err=True)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace what the database holds, keeping it in a backup.")
@_database
def restore(file: Path, replace: bool, database: str | None) -> None:
    """Make the database what the backup FILE holds. Stop the server first."""
    from web.store.backup import restore as read

    with _opened(database) as opened:
        kept = read(opened, file, replace=replace)
        if kept is not None:
            click.echo(f"What {opened.name} held is kept in {kept}.", err=True)
        click.echo(f"Restored {opened.name} from {file}.", err=True)


@db.command()
@_database
def upgrade(database: str | None) -> None:
    """Bring the tables up to date (the server does so by itself when it starts)."""
    with _opened(database) as opened:
        changed = opened.upgrade()
        click.echo(f"{opened.name} {'is now' if changed else 'was'} up to date.", err=True)


@db.command()
@_database
def check(database: str | None) -> None:
    """Look whether everything in the database is whole and fits together; 1 where it does not."""
    from web.store.checking import check as look

    with _opened(database, existing=True) as opened:
        found = look(opened)
        for problem in found:
            click.echo(problem)
        if found:
            sys.exit(1)
        click.echo(f"{opened.name} is sound.", err=True)


@contextmanager
def _opened(database: str | None, *, existing: bool = False) -> "Iterator[Database]":
    """The database of the command line, the settings or the data folder."""
    import os

    from web.settings import load_web_settings
    from web.store.database import Database, require_existing

    settings = load_web_settings(os.environ, Path("muwazi.toml"), database=database)
    if existing:
        require_existing(settings.database_url)
    opened = Database(settings.database_url)
    try:
        yield opened
    finally:
        opened.close()
