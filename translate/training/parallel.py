"""Reading parallel text: TSV, Moses pairs and TMX, gzipped or not, row by row with line numbers."""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import zip_longest
from pathlib import Path
from typing import Any

from translate.errors import BadInput

SUFFIXES = (".tsv", ".tsv.gz", ".tmx", ".tmx.gz")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CODES = {"bpt", "ept", "it", "ph", "ut"}
_PLACE = "\0"  # Where a code stood alone; no XML holds it.
_BETWEEN_WORDS = re.compile(rf"(?<=\w){_PLACE}+(?=\w)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in its file; ``fault`` says why it cannot be read, and is empty where it can."""

    line: int
    source: str = ""
    target: str = ""
    fault: str = ""


def find(folder: Path, name: str) -> Path:
    """
    A source's file in a folder or below it: ``NAME.tsv`` or ``.tmx``, gzipped or not, or a pair.

    The result can be given to :func:`read`. Raises BadInput where there is none.
    """
    for suffix in SUFFIXES:
        if found := sorted(folder.rglob(name + suffix)):
            return found[0]
    for suffix in (".ar", ".ar.gz"):
        if found := sorted(folder.rglob(name + suffix)):
            return found[0]
    raise BadInput(
        f"{folder} has no {name}.tsv, and no {name}.tsv.gz, {name}.tmx or {name}.ar with {name}.en either."
    )


def source_name(path: Path) -> str:
    """
    What a source is called in recipes and reports.

    >>> source_name(Path("corpora/news.tsv.gz"))
    'news'
    """
    name = path.name.removesuffix(".gz")
    for suffix in (".tsv", ".tmx", ".txt", ".ar"):
        name = name.removesuffix(suffix)
    return name


def files(path: Path) -> list[Path]:
    """The files behind what :func:`read` takes: one, or two for a Moses pair."""
    pair = _moses(path)
    return list(pair) if pair else [path]


def read(path: Path) -> Iterator[Row]:
    """
    The rows of a TSV (Arabic, tab, English), a TMX or a Moses pair, in order.

    A Moses pair is named by its Arabic file, or by what ``NAME.ar`` and
    ``NAME.en`` share. A row that is no UTF-8 or has not two fields comes with a
    fault and does not end the reading.

    Raises BadInput where a file is missing, broken as a whole, or where the two
    files of a pair have different lengths.
    """
    if pair := _moses(path):
        yield from _read_pair(*pair)
    elif path.name.removesuffix(".gz").endswith(".tmx"):
        yield from _read_tmx(path)
    else:
        for row in read_lines(path):
            fields = row.source.split("\t")
            if row.fault:
                yield row
            elif len(fields) != 2:
                yield Row(row.line, fault=f"{len(fields)} field{'s' * (len(fields) > 1)}, expected 2")
            else:
                yield Row(row.line, fields[0], fields[1])


def read_lines(path: Path) -> Iterator[Row]:
    """
    The lines of a text file as the ``source`` of rows, gzipped or not.

    Raises BadInput naming the last good line where the file ends in damage.
    """
    number = 0
    try:
        with _open(path) as file:
            for number, data in enumerate(file, 1):
                data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
                if b"\0" in data:
                    yield Row(number, fault="zero bytes: UTF-16, or no text")
                    continue
                try:
                    yield Row(number, data.decode("utf-8").rstrip("\r\n"))
                except UnicodeDecodeError as error:
                    yield Row(number, fault=f"no UTF-8 at byte {error.start} of the line")
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. Give parallel text as TSV, TMX or Moses pairs.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path} cannot be read after line {number}: {error}.") from error


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _moses(path: Path) -> tuple[Path, Path] | None:
    """The two files of a Moses pair, where ``path`` names one."""
    name = str(path)
    for end in ("", ".gz"):
        if name.endswith(f".ar{end}"):
            return path, Path(f"{name.removesuffix(f'.ar{end}')}.en{end}")
        if not path.exists() and Path(f"{name}.ar{end}").exists():
            return Path(f"{name}.ar{end}"), Path(f"{name}.en{end}")
    return None


def _read_pair(source: Path, target: Path) -> Iterator[Row]:
    if not target.exists():
        raise BadInput(f"{source} has no {target.name} beside it: a Moses pair is two files, line by line.")
    for line, (left, right) in enumerate(zip_longest(read_lines(source), read_lines(target)), 1):
        if left is None or right is None:
            counts = [sum(1 for _ in read_lines(path)) for path in (source, target)]
            raise BadInput(
                f"{source} has {counts[0]:,} lines and {target.name} {counts[1]:,}: "
                f"line {line} has no partner. A Moses pair has the same number of lines in both."
            )
        yield Row(line, left.source, right.source, left.fault or right.fault)


def _segment_text(segment: Any) -> str:
    """A segment's words without its inline codes, which hold markup; one between two words is a space."""
    return _BETWEEN_WORDS.sub(" ", _text(segment)).replace(_PLACE, "")


def _text(element: Any) -> str:
    """The text of an element and what it holds; of a code only its ``sub``, which is text again."""
    if not isinstance(element.tag, str):  # A comment, an instruction, an entity.
        return ""
    name = element.tag.rpartition("}")[2]
    parts = [_PLACE if name == "ph" else "" if name in _CODES else element.text or ""]
    for child in element:
        parts += [_text(child), "" if name in _CODES else child.tail or ""]
    return "".join(parts)


def _read_tmx(path: Path) -> Iterator[Row]:
    """Translation units with an Arabic and an English variant; one side missing is an empty side."""
    import lxml.etree as etree

    line = 0
    try:
        with _open(path) as file:
            units = etree.iterparse(
                file, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
            )
            for _, element in units:
                if etree.QName(element).localname != "tu":
                    continue
                texts: dict[str, str] = {}
                for variant in element.iter("{*}tuv"):
                    language = variant.get(_XML_LANG) or variant.get("lang") or ""
                    segment = variant.find("{*}seg")
                    if segment is not None:
                        texts.setdefault(language.lower()[:2], _segment_text(segment))
                line = element.sourceline or line
                yield Row(line, texts.get("ar", ""), texts.get("en", ""))
                element.clear()
                parent = element.getparent()
                while parent is not None and parent[0] is not element:  # lxml keeps emptied siblings.
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise BadInput(f"{path} is no TMX that can be read: {error}.") from error
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. Give parallel text as TSV, TMX or Moses pairs.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path} cannot be read after line {line}: {error}.") from error
