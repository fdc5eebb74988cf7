"""What a request of either contract says: JSON, form fields (on GET too) or a query string."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from web.errors import BadRequest

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Parameters:
    """The named values of one request; ``is_json`` tells typed values from text."""

    is_json: bool
    values: Mapping[str, Any]
    lists: Mapping[str, list[str]]

    def get(self, name: str) -> Any:
        """The value, None where it is missing; the first where a form has several."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """The value as text; empty where it is missing, and for null."""
        value = self.values.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def several(self, name: str) -> list[Any]:
        """All values of the name: a list in JSON, repeated fields in a form (``name`` or ``name[]``)."""
        if not self.is_json:
            return [*self.lists.get(name, []), *self.lists.get(f"{name}[]", [])]
        value = self.values.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def flag(self, name: str) -> bool:
        """Whether it is switched on: true, 1, "1", "true", "yes" or "on"."""
        return str(self.values.get(name, "")).strip().lower() in {"1", "true", "yes", "on"}


def read_parameters() -> Parameters:
    """
    The parameters of the request at hand: JSON only under a JSON content type, else query and form.

    The official DeepL client sends a form with GET, so the method is not looked at.

    Raises BadRequest where that is not an object in JSON, or not UTF-8.
    """
    if request.is_json:
        try:
            found = json.loads(request.get_data())
        except (ValueError, RecursionError):  # Broken, not UTF-8, or nested a thousand deep.
            raise BadRequest("Invalid JSON format") from None
        if not isinstance(found, dict):
            raise BadRequest("Invalid JSON format")
        return Parameters(True, found, {})
    form = request.get_data() if request.mimetype == "application/x-www-form-urlencoded" else b""
    if not (is_utf8(request.query_string) and is_utf8(form)):
        raise BadRequest("Invalid request: the parameters are not in UTF-8")
    values = CombinedMultiDict([request.args, request.form])
    return Parameters(False, values.to_dict(), {key: values.getlist(key) for key in values})


def is_utf8(written: bytes) -> bool:
    """Whether a query or a form can be read; Flask would leave bytes of other encodings as ``%C7``."""
    try:
        unquote_to_bytes(written).decode()
    except UnicodeDecodeError:
        return False
    return True


def shown(value: object) -> str:
    """A value in a message: not longer than a line."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
