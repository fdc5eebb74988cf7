"""
Structured logs: one JSON object to a line, on standard error; no texts unless asked for.

What comes from outside is inside JSON strings, where a line break is ``\\n``: no
request can write a line of its own.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, TextIO

LOGGER = logging.getLogger("muwazi.web")
_LONGEST = 300  # Code points of one value.


class JsonLines(logging.Formatter):
    """Formats a record, and the ``fields`` that came with it, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, ASCII only."""
        shown: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _short(record.getMessage()),
        }
        fields: dict[str, object] = getattr(record, "fields", {})
        shown |= {name: _short(value) for name, value in fields.items()}
        if record.exc_info and record.exc_info[0] is not None:
            # Where it happened, not what it said: messages of exceptions quote texts.
            shown["error"] = record.exc_info[0].__name__
            frames = extract_tb(record.exc_info[2])[-12:]
            shown["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(shown, default=str)


def start_logging(stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Write our lines, and other libraries' warnings, to ``stream`` (standard error where None)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("muwazi").setLevel(level)
    return handler


def log(event: str, *, level: int = logging.INFO, exc_info: bool = False, **fields: Any) -> None:
    """One event with its fields; None is left out."""
    kept = {name: value for name, value in fields.items() if value is not None}
    LOGGER.log(level, "%s", event, extra={"fields": kept}, exc_info=exc_info)


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + "…"
    return value
