"""JSON that holds all of a parallel text: bodies, offsets, scores, confidence, pins, links."""

import json
from collections.abc import Mapping
from typing import Any

from align.bead import Bead, ParallelText, WordLink
from translate.errors import BadInput
from translate.text import Article, Kind, Segment

VERSION = 1
Object = Mapping[str, Any]


def write(text: ParallelText) -> str:
    """One JSON object; ranges are [start, stop], offsets are code points into the bodies."""
    return json.dumps(
        {
            "format": "muwazi parallel text",
            "version": VERSION,
            "source": _from_article(text.source),
            "target": _from_article(text.target),
            "beads": [_from_bead(bead) for bead in text.beads],
            "links": [
                [link.source_start, link.source_end, link.target_start, link.target_end, link.score]
                for link in text.links
            ],
            "notes": list(text.notes),
        },
        ensure_ascii=False,
        indent=1,
    )


def read(data: str) -> ParallelText:
    """
    What :func:`write` wrote.

    Raises BadInput where it is not JSON (with line and column), not ours, of a
    later version, or inconsistent.
    """
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        raise BadInput(f"Line {error.lineno}, column {error.colno}: not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise BadInput("This JSON is nested too deeply to be an alignment.") from error
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise BadInput(f"This JSON is no parallel text of Muwazi, version {VERSION}.")
    try:
        return ParallelText(
            _to_article(value["source"]),
            _to_article(value["target"]),
            tuple(_to_bead(bead) for bead in value["beads"]),
            tuple(WordLink(*link) for link in value["links"]),
            tuple(value["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"This JSON lacks a part of a parallel text or has it wrong: {error!r}.") from error


def _from_article(article: Article) -> Object:
    segments = [
        {"start": s.start, "end": s.end, "paragraph": s.paragraph, "kind": s.kind.value}
        for s in article.segments
    ]
    return {
        "id": article.id,
        "language": article.language,
        "title": article.title,
        "origin": article.source,
        "body": article.body,
        "segments": segments,
    }


def _to_article(value: Object) -> Article:
    body = value["body"]
    segments = tuple(
        Segment(body[s["start"] : s["end"]], s["start"], s["paragraph"], Kind(s["kind"]))
        for s in value["segments"]
    )
    return Article(value["id"], value["language"], value["title"], body, segments, value["origin"])


def _from_bead(bead: Bead) -> Object:
    return {
        "source": [bead.source.start, bead.source.stop],
        "target": [bead.target.start, bead.target.stop],
        "score": bead.score,
        "confidence": bead.confidence,
        "reasons": list(bead.reasons),
        "pinned": bead.pinned,
    }


def _to_bead(value: Object) -> Bead:
    return Bead(
        range(*value["source"]),
        range(*value["target"]),
        value["score"],
        value["confidence"],
        tuple(value["reasons"]),
        value["pinned"],
    )
