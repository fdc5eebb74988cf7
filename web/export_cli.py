"""`muwazi export`: articles of the library in other people's formats."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.errors import BadInput

if TYPE_CHECKING:
    from web.records import Reference
    from web.store import Store

# Named here so that asking for help loads nothing; a test holds them to what there is.
FORMATS = ("html", "docx", "epub", "md", "tmx", "xliff", "tsv", "json")
CORRECTION_FORMATS = ("tmx", "tsv", "jsonl")


@click.command()
@click.argument("articles", nargs=-1, metavar="[ARTICLES…]")
@click.option("--format", "form", type=click.Choice(sorted({*FORMATS, *CORRECTION_FORMATS})),
              help="html, docx, epub and md are for readers; tmx, xliff, tsv and json for programs; "
              "jsonl for corrections.  [default: from the name after -o, else tmx]")  # fmt: skip
@click.option("-o", "--output", help="A file; a folder for several articles.  [default: standard output]")
@click.option("--reference", help="Number or name of a reference to put beside the translation.")
@click.option("--corrections", is_flag=True, help="All corrected sentences instead of articles.")
@click.option("--all", "everything", is_flag=True, help="Every article of the library.")
@click.option("--list", "listing", is_flag=True, help="Show the library's articles with their numbers.")
@click.option("--database", help="The library's database URL.  [default: as muwazi serve]")
def export(
    articles: tuple[str, ...], form: str | None, output: str | None, reference: str | None,
    corrections: bool, everything: bool, listing: bool, database: str | None,
) -> None:  # fmt: skip
    """
    Export ARTICLES of the library, by number: see --list.

    One article goes to standard output or the file after -o; several need a
    folder there, and each gets its title as its name.
    """
    from web import exports

    form = form or _from_name(output) or "tmx"
    with _library(database) as store:
        if listing:
            for entry in store.entries():
                click.echo(f"{entry.id}\t{entry.title}")
            return
        if corrections:
            data, _, name = exports.export_corrections(store.corrections(), form)
            _write(data, output, name)
            return
        if form not in FORMATS:
            raise BadInput(f"{form} is for corrections only; articles go to {', '.join(FORMATS)}.")
        numbers = [entry.id for entry in store.entries()] if everything else [*map(_number, articles)]
        if not numbers:
            raise click.UsageError("Name articles by their numbers (see --list), or use --all.")
        folder = len(numbers) > 1 or (output is not None and _is_folder(output))
        if folder and output is None:
            raise click.UsageError("Say with -o into which folder several articles go.")
        taken: set[str] = set()
        for number in numbers:
            stored = store.article(number)
            chosen = _reference(store, number, reference) if reference else None
            data, _, name = exports.export(stored, form, chosen)
            if folder:
                name = name if name not in taken else f"{number}-{name}"
                taken.add(name)
                _write(data, str(Path(output or "") / name), name)
            else:
                _write(data, output, name)


@contextmanager
def _library(database: str | None) -> Iterator["Store"]:
    from web.settings import load_web_settings
    from web.store import Store
    from web.store.database import is_there

    settings = load_web_settings(os.environ, Path("muwazi.toml"), database=database)
    if not settings.database and not is_there(settings.data / "muwazi.db"):
        raise BadInput(
            f"There is no library in {settings.data}. Start one with muwazi serve, or name its database "
            "with --database."
        )
    store = Store.open(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def _reference(store: "Store", article: int, wanted: str) -> "Reference":
    known = store.references(article)
    for reference in known:
        if str(reference.id) == wanted or reference.name == wanted:
            return reference
    names = ", ".join(f"{reference.id} ({reference.name})" for reference in known) or "none"
    raise BadInput(f"Article {article} has no reference {wanted!r}; it has {names}.")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"{text!r} is no article's number. See them with muwazi export --list.")
    return int(text)


def _from_name(output: str | None) -> str | None:
    """The format that a file's name asks for."""
    suffix = Path(output).suffix.lower().lstrip(".") if output else ""
    named = {"xlf": "xliff", "htm": "html", "markdown": "md"}.get(suffix, suffix)
    return named if named in {*FORMATS, *CORRECTION_FORMATS} else None


def _is_folder(output: str) -> bool:
    return Path(output).is_dir() or output.endswith(("/", os.sep))


def _write(data: bytes, output: str | None, name: str) -> None:
    """To standard output, or beside its place and then into it, so that no half file is left."""
    if output is None:
        sys.stdout.buffer.write(data)
        with suppress(BrokenPipeError):
            sys.stdout.flush()
        return
    path = Path(output)
    if _is_folder(output):
        path /= name
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise BadInput(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error
