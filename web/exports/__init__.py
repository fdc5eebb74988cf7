"""
An article in other people's formats: TMX, XLIFF, TSV, JSON, HTML, DOCX, EPUB, Markdown.

Formats for programs (TMX, XLIFF, TSV, JSON) hold texts as they are, all
sentences, and the machine's English apart from the corrected. Formats for
readers leave out page furniture that nobody translated, show the corrected
English, and isolate names and figures of the other direction.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from web.errors import BadRequest
from web.exports import epub, pages, plain, tmx, word, xliff
from web.exports.units import Unit, for_reading, units
from web.records import Reference, Row, StoredArticle


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in addresses, its name for people, its ending and its media type."""

    name: str
    label: str
    suffix: str
    mimetype: str


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("html", "HTML", ".html", "text/html; charset=utf-8"),
        Format(
            "docx",
            "Word (DOCX)",
            ".docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Format("epub", "EPUB", ".epub", "application/epub+zip"),
        Format("md", "Markdown", ".md", "text/markdown; charset=utf-8"),
        Format("tmx", "TMX", ".tmx", "application/x-tmx+xml"),
        Format("xliff", "XLIFF", ".xlf", "application/x-xliff+xml"),
        Format("tsv", "TSV", ".tsv", "text/tab-separated-values; charset=utf-8"),
        Format("json", "JSON", ".json", "application/json"),
    )
}
CORRECTION_FORMATS: Mapping[str, Format] = {
    "tmx": FORMATS["tmx"],
    "tsv": FORMATS["tsv"],
    "jsonl": Format("jsonl", "JSON lines", ".jsonl", "application/jsonl"),
}
_NAME_LENGTH = 60


def export(
    stored: StoredArticle, format: str, reference: Reference | None = None  # noqa: A002
) -> tuple[bytes, str, str]:  # fmt: skip
    """
    The article in a format of :data:`FORMATS`: bytes, media type, file name.

    With a reference its beads are the units. Raises BadRequest for
    another format.
    """
    form = _chosen(format, FORMATS)
    parts = units(stored, reference)
    name = reference.name if reference is not None else ""
    return _write(form.name, stored, parts, reference, name), form.mimetype, file_name(stored) + form.suffix


def _write(
    form: str, stored: StoredArticle, parts: Sequence[Unit], reference: Reference | None, name: str
) -> bytes:
    entry = stored.entry
    match form:
        case "tmx":
            return tmx.write(parts, entry.title, f"Reference: {name}" if name else "")
        case "xliff":
            return xliff.write(parts, entry.source or entry.title, name)
        case "tsv":
            return plain.write_tsv(parts)
        case "json":
            return plain.write_json(stored, reference)
    reading = for_reading(stored, parts)
    match form:
        case "html":
            return pages.write(reading, name)
        case "docx":
            return word.write(reading, name)
        case "epub":
            identity = f"{entry.added.isoformat()}|{stored.article.body}"
            made = max((unit.made for unit in parts if unit.made), default=entry.added)
            return epub.write(reading, identity, made, name)
    return plain.write_markdown(reading, name)


def export_corrections(rows: Iterable[tuple[int, Row]], format: str) -> tuple[bytes, str, str]:  # noqa: A002
    """
    Corrected sentences, as (article id, row), for translation memories and fine-tuning.

    Raises BadRequest for a format that is not in :data:`CORRECTION_FORMATS`.
    """
    form = _chosen(format, CORRECTION_FORMATS)
    corrected = (pair for pair in rows if pair[1].correction is not None and pair[1].correction.text)
    write = {
        "tmx": tmx.write_corrections,
        "tsv": plain.write_corrections_tsv,
        "jsonl": plain.write_corrections_jsonl,
    }[form.name]
    return write(corrected), form.mimetype, f"corrections{form.suffix}"


def file_name(stored: StoredArticle) -> str:
    """A name for files of this article: its title's letters and digits, without an ending."""
    title = stored.entry.english_title or stored.entry.title
    name = ""
    for part in re.findall(r"\w+", unicodedata.normalize("NFC", title)):
        if len(name) + len(part) >= _NAME_LENGTH:
            break
        name = f"{name}-{part}" if name else part
    return name or f"article-{stored.entry.id}"


def _chosen(name: str, formats: Mapping[str, Format]) -> Format:
    try:
        return formats[name]
    except KeyError:
        raise BadRequest(f"There is no export to {name[:40]!r}; there are {', '.join(formats)}.") from None
