"""Which files `muwazi align` reads, and where it writes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from align.bead import from_lines, split_lines
from align.formats import FORMATS
from translate.errors import BadInput, UndecodableInput
from translate.places import check_place
from translate.text import Article


def text_in(path: Path) -> str:
    """
    The text in a file, of any encoding that we read.

    Raises BadInput, with the file's name, where it cannot be read or is not text.
    """
    from translate import reading

    try:
        return reading.decode(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}. Check the name and its permissions."
        ) from error
    except UndecodableInput as error:
        raise UndecodableInput(f"{path}: {error}", offset=error.offset) from None


def article_in(path: Path, language: str, *, presplit: bool) -> Article:
    """The article in a file, split by us or one sentence per line."""
    from translate import reading

    if not presplit:
        return replace(reading.read(path), language=language)
    return from_lines(split_lines(text_in(path)), language=language, name=path.stem)


def places_for(
    output: Path | None, pairs: Sequence[tuple[Path, Path]], form: str, *, folder: bool
) -> list[tuple[Path, ...]]:
    """
    The files to write for each pair, two for Moses pairs; none without ``output``.

    Their folder is made. Raises BadInput where it cannot be, or :func:`check_place` does.
    """
    if output is None:
        return [()] * len(pairs)
    endings = (".ar", ".en") if form == "moses" else (FORMATS[form].suffix,)
    if not folder and not output.name:
        raise BadInput(f"{output} is a folder. Name a file in it with -o.")
    places: list[tuple[Path, ...]] = []
    for source, _ in pairs:
        base = output / _name(source) if folder else output
        named = folder or form == "moses"
        places.append(tuple(base.with_name(base.name + ending) if named else base for ending in endings))
    inputs = [path for pair in pairs for path in pair]
    for place in (place for files in places for place in files):
        check_place(place, inputs)
    return places


def paired(source: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    """The two files, or the files of two folders that have the same name; what has no partner is said."""
    if source.is_dir() != target.is_dir():
        raise BadInput(f"{source} and {target}: one is a folder and the other is not. Give two of a kind.")
    if not source.is_dir():
        yield source, target
        return
    lefts, rights = _by_name(source, ".ar"), _by_name(target, ".en")
    common = sorted(
        name for name in lefts.keys() & rights.keys() if not lefts[name][0].samefile(rights[name][0])
    )
    for name in sorted((lefts.keys() | rights.keys()) - set(common)):
        side, other = (source, target) if name in lefts else (target, source)
        click.echo(f"{name!r} of {side} has no partner in {other}; left out.", err=True)
    if not common:
        raise BadInput(f"No file of {source} has the name of one in {target}; nothing to align.")
    for name in common:
        left, right = lefts[name][0], rights[name][0]
        for chosen, others in ((left, lefts[name][1:]), (right, rights[name][1:])):
            # In a folder that holds both sides, what this side cannot use may be the other's.
            if lost := [path for path in others if path not in {left, right}]:
                raise BadInput(
                    f"{chosen} and {lost[0]} have the same name, {name!r}: which is meant is not clear. "
                    "Rename one of them, or move it elsewhere."
                )
        yield left, right


def _by_name(folder: Path, ending: str) -> dict[str, list[Path]]:
    """
    The files that may be a side's, by name, the likeliest first.

    That is one with the side's language in its name (``ending``), or with none; one with
    the other side's only where there is nothing else, for folders given the wrong way round.
    """
    named: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            named.setdefault(_name(path), []).append(path)
    found: dict[str, list[Path]] = {}
    for name, files in named.items():
        unmarked = [path for path in files if not _language(path)]
        found[name] = [path for path in files if _language(path) == ending] + unmarked or files
    return found


def _name(path: Path) -> str:
    """The file's name without .txt, .html, .htm, and a language before it."""
    return _stem(path).removesuffix(".ar").removesuffix(".en")


def _language(path: Path) -> str:
    """The language in a file's name, .ar or .en; ``""`` where there is none."""
    return next((ending for ending in (".ar", ".en") if _stem(path).endswith(ending)), "")


def _stem(path: Path) -> str:
    stem = path.name
    for ending in (".txt", ".html", ".htm"):
        stem = stem.removesuffix(ending)
    return stem
