"""
The part of JSON Schema that the API speaks: requests are checked by it, and the same is published.

Understood: ``type`` (one or several), ``properties``, ``required``, ``additionalProperties: false``,
``items``, ``maxItems``, ``enum``, ``const``, ``minLength``, ``maxLength``, ``minimum``, ``maximum``,
``oneOf`` and ``$ref`` into the definitions given. Other words only describe.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from translate.errors import BadInput

Schema = Mapping[str, Any]

_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_SHOWN_CHARS = 40


def check(value: Any, schema: Schema, definitions: Mapping[str, Schema], place: str) -> Any:
    """
    ``value`` as ``schema`` means it: a whole number written 2.0 comes back as 2, the rest unchanged.

    ``place`` names the value in messages ("The body"). Text must hold whole characters and no
    NUL, which neither a database nor a page can carry.

    Raises BadInput saying what stands where, and what may.
    """
    if "$ref" in schema:
        return check(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, place)
    if "oneOf" in schema:
        return check(value, _closest(value, schema["oneOf"], definitions), definitions, place)
    kinds = _listed(schema.get("type", ()))
    if kinds and not any(_is(value, kind) for kind in kinds):
        meant = " or ".join(_KINDS[kind] for kind in kinds)
        raise BadInput(f"{place} is {shown(value)}; it must be {meant}.")
    if "const" in schema and value != schema["const"]:
        raise BadInput(f"{place} is {shown(value)}; it must be {shown(schema['const'])}.")
    if "enum" in schema and value not in schema["enum"]:
        known = ", ".join(shown(choice) for choice in schema["enum"])
        raise BadInput(f"{place} is {shown(value)}; it must be one of {known}.")
    if isinstance(value, str):
        return _text(value, schema, place)
    if isinstance(value, Mapping):
        return _object(value, schema, definitions, place)
    if isinstance(value, list):
        return _list(value, schema, definitions, place)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, schema, place, whole="integer" in kinds)
    return value


def parse(text: str, schema: Schema, place: str) -> Any:
    """
    A query or path parameter, which is always written as text, checked by ``schema``.

    Raises BadInput as :func:`check` does.
    """
    kind = schema.get("type", "string")
    value: Any = text
    if kind == "integer":
        if not _WHOLE.fullmatch(text):
            raise BadInput(f"{place} is {shown(text)}; it must be a whole number{_range(schema)}.")
        value = int(text)
    elif kind == "boolean":
        if text not in {"true", "false"}:
            raise BadInput(f"{place} is {shown(text)}; it must be true or false.")
        value = text == "true"
    return check(value, schema, {}, place)


def shown(value: Any) -> str:
    """The value for a message: as JSON writes it, shortened, and safe to write in any encoding."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        value = value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "…"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x7f", "\\u007f")


def _listed(kinds: str | Sequence[str]) -> Sequence[str]:
    return (kinds,) if isinstance(kinds, str) else kinds


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        whole = isinstance(value, float) and math.isfinite(value) and value.is_integer()
        return (isinstance(value, int) and not isinstance(value, bool)) or whole
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and _finite(value)
    types: dict[str, type] = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "null": type(None),
    }
    return isinstance(value, types[kind])


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _closest(value: Any, choices: Sequence[Schema], definitions: Mapping[str, Schema]) -> Schema:
    """The alternative that shares most fields with ``value``: its complaint helps most."""
    resolved = [
        definitions[choice["$ref"].rpartition("/")[2]] if "$ref" in choice else choice for choice in choices
    ]
    if not isinstance(value, Mapping):
        return resolved[0]

    def fit(choice: Schema) -> tuple[int, int]:
        required = sum(name in value for name in choice.get("required", ()))
        return required, sum(name in value for name in choice.get("properties", ()))

    return max(resolved, key=fit)


def _text(value: str, schema: Schema, place: str) -> str:
    for number, letter in enumerate(value):
        if letter == "\0" or "\ud800" <= letter <= "\udfff":
            what = (
                "NUL (U+0000)"
                if letter == "\0"
                else f"half a surrogate pair (U+{ord(letter):04X}), no character"
            )
            raise BadInput(f"{place} has {what}, at {number}; take it out.").because("text_characters")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < least:
        raise BadInput(
            f"{place} is {'empty' if not value else shown(value)}; "
            f"it must have {least} character{'s' if least != 1 else ''} at least."
        )
    if most is not None and len(value) > most:
        raise BadInput(f"{place} has {len(value)} characters; it may have {most} at most.").because(
            "text_long", count=len(value), limit=most
        )
    if schema.get("pattern") == VISIBLE and not value.strip():
        raise BadInput(f"{place} is blank; it must have something to read.").because("text_blank")
    return value


# What :func:`visible` publishes: a character that is neither white space nor NUL, and no NUL anywhere.
VISIBLE = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
WITHOUT_NUL = r"^[^\u0000]*$"


def _object(value: Mapping[str, Any], schema: Schema, definitions: Mapping[str, Schema], place: str) -> Any:
    properties = schema.get("properties", {})
    missing = [name for name in schema.get("required", ()) if name not in value]
    unknown = [name for name in value if name not in properties]
    if unknown and schema.get("additionalProperties", True) is False:
        names = ", ".join(shown(name) for name in unknown[:5]) + (", …" if len(unknown) > 5 else "")
        known = ", ".join(f'"{name}"' for name in properties) or "none"
        raise BadInput(f"{place} has fields that are not known here: {names}. Known: {known}.")
    if missing:
        raise BadInput(f"{place} has no {' and no '.join(shown(name) for name in missing)}.")
    return {
        name: check(inner, properties[name], definitions, f'The field "{name}"')
        if name in properties
        else inner
        for name, inner in value.items()
    }


def _list(value: list[Any], schema: Schema, definitions: Mapping[str, Schema], place: str) -> Any:
    most = schema.get("maxItems")
    if most is not None and len(value) > most:
        raise BadInput(f"{place} has {len(value)} items; it may have {most} at most.")
    inner = schema.get("items", {})
    return [
        check(item, inner, definitions, f"Item {number} of {place[0].lower()}{place[1:]}")
        for number, item in enumerate(value)
    ]


def _number(value: float, schema: Schema, place: str, *, whole: bool) -> float:
    least, most = schema.get("minimum"), schema.get("maximum")
    if (least is not None and value < least) or (most is not None and value > most):
        kind = "a whole number" if whole else "a number"
        raise BadInput(f"{place} is {shown(value)}; it must be {kind}{_range(schema)}.")
    return int(value) if whole and isinstance(value, float) else value


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f", {least} at least"
    return f", {most} at most" if most is not None else ""
