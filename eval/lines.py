"""
Lines to score, from plain text, TSV, JSONL and the reader's articles.

A file is named by its path, with ``:FIELD`` behind it where one of several
columns is meant: ``news.tsv:3``, ``news.tsv:reference``, ``news.jsonl:mt``.
Without one, a column is taken that goes by a usual name for its role.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from translate.encoding import decode
from translate.errors import BadInput, UndecodableInput

ROLES: Mapping[str, tuple[str, ...]] = {
    "hypothesis": ("translation", "hypothesis", "mt", "target", "text"),
    "reference": ("reference", "ref", "target", "en", "text"),
    "source": ("source", "src", "ar", "text"),
    "document": ("document", "doc", "article", "id"),
    "score": ("score",),
}
_ESCAPED = re.compile(r"\\([\\tnr])")
_WRITTEN = {"\\": "\\", "t": "\t", "n": " ", "r": " "}
_KNOWN = {name for names in ROLES.values() for name in names}


def read_lines(name: str, role: str, count: int | None = None) -> list[str]:
    """
    The lines of the file ``name`` (perhaps ``PATH:FIELD``) in their ``role``, one of :data:`ROLES`.

    Trailing white space goes, as in sacreBLEU's command; blank lines stay. Where
    ``count`` lines are wanted, and a translated article has as many paragraphs
    but other sentences, its lines are the paragraphs.

    Raises BadInput for a missing file, field or column, naming those there are,
    and UndecodableInput naming the line that is not text.
    """
    path, field = _place(name)
    if path.suffix in {".jsonl", ".ndjson", ".json", ".tsv"}:
        read = _column if path.suffix == ".tsv" else _from_json
        found = [(paragraph, line.rstrip()) for paragraph, line in read(path, field, role)]
        if count not in {None, len(found)} and role != "document":
            joined = [" ".join(map(itemgetter(1), some)) for _, some in groupby(found, key=itemgetter(0))]
            if len(joined) == count:
                return joined
        return [line for _, line in found]
    lines = _text(path)
    if field:
        raise BadInput(f"{path} is a plain file and has no field {field!r}; name it without :{field}.")
    return [line.rstrip() for line in lines]


def _place(name: str) -> tuple[Path, str]:
    """The path, and the field behind its last colon unless the whole is a file itself."""
    whole, (path, _, field) = Path(name), name.rpartition(":")
    if whole.is_file() or not path:
        return whole, ""
    return (Path(path), field) if Path(path).is_file() else (whole, "")


def _text(path: Path) -> list[str]:
    """Lines end at \\n (or \\r\\n) alone: other separators may stand inside a sentence."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    try:
        text = decode(data)
    except UndecodableInput as error:
        line = data.count(b"\n", 0, error.offset) + 1
        raise UndecodableInput(
            f"{path}, line {line}: {error} All lines of a file must be in one encoding.", offset=error.offset
        ) from None
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _column(path: Path, field: str, role: str) -> Iterator[tuple[object, str]]:
    """Yield (paragraph, cell) for each row; without furniture, as :func:`_from_json`."""
    lines = _text(path)
    rows = [line.split("\t") for line in lines]
    if not rows:
        return
    names = [cell.strip() for cell in rows[0]]
    headed = bool(_KNOWN & set(names)) or (bool(field) and not field.isdecimal() and field in names)
    if field.isdecimal():
        index = int(field) - 1
    elif headed:
        index = names.index(_choose(names, field, role, str(path)))
    elif field or len(names) > 1:
        wanted = f"no column called {field!r}" if field else "several columns and no names above them"
        raise BadInput(
            f"{path} has {wanted}; its first line is {lines[0][:60]!r}. "
            f"Say which column is the {role}: {path}:1 … {path}:{len(names)}."
        )
    else:
        index = 0
    for number, row in enumerate(rows[headed:], 1 + headed):
        if not 0 <= index < len(row):
            raise BadInput(
                f"{path}, line {number} has {len(row)} tab-separated columns; the {role} "
                f"was expected in column {index + 1}."
            )
        known = dict(zip(names, row, strict=False)) if headed else {}
        if known.get("kind") != "furniture" or known.get("translation"):
            paragraph = (
                (known["article"], known["paragraph"]) if {"article", "paragraph"} <= set(known) else number
            )
            yield paragraph, _ESCAPED.sub(lambda found: _WRITTEN[found[1]], row[index])


def _from_json(path: Path, field: str, role: str) -> Iterator[tuple[object, str]]:
    """
    Yield (paragraph, line): one object a line, or one JSON document.

    Articles (with segments) give one line per segment.
    """
    text = "\n".join(_text(path))
    for number, entry in _objects(path, text):
        segments = entry.get("segments")
        if not isinstance(segments, list):
            yield number, _value(entry, field, role, f"{path}, entry {number}")
            continue
        for segment in segments:
            if not isinstance(segment, dict):
                raise BadInput(f"{path}, entry {number}: segment {str(segment)[:60]!r} is no JSON object.")
            # Furniture is left untranslated on purpose: it belongs to no test.
            if segment.get("translation") is not None:
                name = {"source": "text", "document": ""}.get(role, field or "translation")
                line = entry.get("id", "") if role == "document" else segment.get(name, "")
                yield (number, segment.get("paragraph", object())), str(line)


def _objects(path: Path, text: str) -> Iterator[tuple[int, dict[str, object]]]:
    number = 0
    try:
        parsed = json.loads(text) if path.suffix == ".json" else None
        entries = parsed if isinstance(parsed, list) else [parsed] if parsed is not None else None
        for number, line in enumerate(text.split("\n") if entries is None else entries, 1):
            if line == "":
                continue
            entry = json.loads(line) if isinstance(line, str) else line
            if not isinstance(entry, dict):
                raise BadInput(f"{path}, entry {number} is no JSON object: {str(line)[:60]!r}.")
            yield number, entry
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}, entry {number or error.lineno} is not valid JSON: {error.msg}.") from None


def _value(entry: Mapping[str, object], field: str, role: str, where: str) -> str:
    value = entry[_choose(list(entry), field, role, where)]
    if not isinstance(value, str | int | float):
        raise BadInput(f"{where}: the {role} is {value!r}; a text was expected.")
    return str(value)


def _choose(names: Sequence[str], field: str, role: str, where: str) -> str:
    wanted = (field,) if field else ROLES[role]
    for name in wanted:
        if name in names:
            return name
    raise BadInput(
        f"{where} has no {role}: none of {', '.join(wanted)} among {', '.join(names)}. "
        "Name the field behind a colon: FILE:FIELD."
    )
