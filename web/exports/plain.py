"""
TSV, JSON and Markdown.

A TSV cell that a spreadsheet would run as a formula has an apostrophe before
it, as OWASP advises; :func:`unguarded` takes it off again. JSON holds texts
exactly, with their places in the article.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from translate.text import Article, Kind
from web.exports.bidi import isolate
from web.exports.units import Reading, Unit, squeeze
from web.records import Reference, Row, StoredArticle

_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠|]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#!&])")
HEADER = ("source", "target", "machine", "corrected", "kind", "paragraph", "score", "model", "warnings")
REFERENCE_HEADER = ("source", "reference", "machine", "corrected", "kind", "confidence", "pinned", "reason")
CORRECTIONS_HEADER = ("source", "target", "machine", "model", "article", "sentence")


def write_tsv(units: Sequence[Unit]) -> bytes:
    """A header and a line per unit; Arabic and the best English come first."""
    if any(unit.reference is not None for unit in units):
        lines: list[tuple[str, ...]] = [REFERENCE_HEADER, *map(_with_reference, units)]
    else:
        lines = [HEADER, *map(_cells, units)]
    return _table(lines)


def unguarded(cell: str) -> str:
    """The text in a TSV cell, without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def write_corrections_tsv(rows: Iterable[tuple[int, Row]]) -> bytes:
    """Corrected sentences with what the machine had said; the first two columns train a model."""
    lines: list[tuple[str, ...]] = [CORRECTIONS_HEADER]
    for article, row in rows:
        machine, model = (row.machine.text, row.machine.model) if row.machine else ("", "")
        lines.append(
            (row.segment.text, row.text or "", machine, model, str(article), str(row.segment.position + 1))
        )
    return _table(lines)


def write_corrections_jsonl(rows: Iterable[tuple[int, Row]]) -> bytes:
    """One object a line: source, target, machine, model, article, sentence, version, made."""
    lines = []
    for article, row in rows:
        correction = row.correction
        record = {
            "source": row.segment.text,
            "target": row.text or "",
            "machine": row.machine.text if row.machine else None,
            "model": row.machine.model if row.machine else None,
            "article": article,
            "sentence": row.segment.position + 1,
            "version": row.version,
            "made": _time(correction.made) if correction else None,
        }
        lines.append(json.dumps(record, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def write_json(stored: StoredArticle, reference: Reference | None) -> bytes:
    """The article, all its rows, and the reference with its beads; offsets count code points."""
    entry = stored.entry
    value: dict[str, Any] = {
        "format": "muwazi article",
        "version": 1,
        "title": entry.title,
        "english_title": entry.english_title,
        "source": entry.source,
        "added": _time(entry.added),
        "languages": ["ar", "en"],
        "body": stored.article.body,
        "rows": [_row(row) for row in stored.rows],
    }
    if reference is not None:
        value["reference"] = {
            "name": reference.name,
            "body": reference.article.body,
            "sentences": _sentences(reference.article),
            "beads": [
                {
                    "source": [bead.source.start, bead.source.stop],
                    "target": [bead.target.start, bead.target.stop],
                    "confidence": bead.score,
                    "reason": bead.reason,
                    "pinned": bead.pinned,
                }
                for bead in reference.beads
            ],
        }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def write_markdown(reading: Reading, reference: str = "") -> bytes:
    """
    A heading, and a table per paragraph with a row per unit, English left of Arabic.

    Each cell is isolated, so that lines which hold both directions read right in
    any editor.
    """
    head = ["English", *([f"Reference: {_escaped(reference)}"] if reference else []), "العربية"]
    parts = [f"# {_cell(reading.title, arabic=True)}\n"]
    if reading.english_title:
        parts.append(f"## {_cell(reading.english_title, arabic=False)}\n")
    rule = "|" + "|".join([" --- "] * (len(head) - 1) + [" ---: "]) + "|"
    for group in reading.paragraphs:
        lines = ["| " + " | ".join(head) + " |", rule]
        for unit in group:
            cells = [_cell(unit.english or "", arabic=False)]
            if reference:
                cells.append(_cell(unit.reference or "", arabic=False))
            cells.append(_cell(unit.source, arabic=True))
            if unit.kind is Kind.HEADING:
                cells = [f"**{cell}**" if cell else "" for cell in cells]
            lines.append("| " + " | ".join(cells) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts).encode("utf-8", "backslashreplace")


def _cells(unit: Unit) -> tuple[str, ...]:
    return (
        unit.source,
        unit.english or "",
        unit.machine or "",
        unit.corrected or "",
        unit.kind.value,
        str(unit.paragraph + 1),
        "" if unit.score is None else f"{unit.score:.4f}",
        unit.models,
        "; ".join(unit.warnings),
    )


def _with_reference(unit: Unit) -> tuple[str, ...]:
    bead = unit.bead
    return (
        unit.source,
        unit.reference or "",
        unit.machine or "",
        unit.corrected or "",
        unit.kind.value if unit.rows else "",
        f"{bead.score:.4f}" if bead else "",
        "yes" if bead and bead.pinned else "",
        bead.reason if bead else "",
    )


def _table(lines: Iterable[Sequence[str]]) -> bytes:
    text = "".join("\t".join(_guarded(squeeze(cell)) for cell in line) + "\n" for line in lines)
    return text.encode("utf-8", "backslashreplace")


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _row(row: Row) -> dict[str, Any]:
    segment, machine, correction = row.segment, row.machine, row.correction
    return {
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "paragraph": segment.paragraph,
        "kind": segment.kind.value,
        "machine": machine
        and {
            "text": machine.text,
            "score": machine.score,
            "warnings": list(machine.warnings),
            "model": machine.model,
            "made": _time(machine.made),
        },
        "correction": correction
        and {"text": correction.text, "version": correction.version, "made": _time(correction.made)},
    }


def _sentences(article: Article) -> list[dict[str, Any]]:
    return [{"text": s.text, "start": s.start, "end": s.end} for s in article.segments]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", squeeze(text))


def _cell(text: str, *, arabic: bool) -> str:
    return isolate(_escaped(text), "rtl" if arabic else "ltr") if text else ""
