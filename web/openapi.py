"""The OpenAPI 3.1 document of what the server offers, made from its declarations, and the page of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Blueprint, render_template

from web import contracts, shapes
from web.operations import JSON, Operation, Parameter, Reply, Routes, all_operations, answer, ref
from web.schema import Schema

blueprint = Blueprint("openapi", __name__)

_TAGS = {
    "Articles": "Articles, their rows, and their translation as it is made.",
    "Sentences": "Corrections with their history, word links, and earlier corrections that are alike.",
    "References": "Other people's translations: how their sentences pair, and scores against them.",
    "Models and search": "Installed models, and search in both languages.",
    contracts.LIBRETRANSLATE: "What LibreTranslate's clients call.",
    contracts.DEEPL: "What DeepL's clients call, version 2.",
    contracts.SERVICE: "For those who run the server.",
}
_ERRORS = {
    400: "Something in the request cannot be; the message says what.",
    401: "The server requires keys, and none was sent, or one that is not known.",
    403: "A page of another site asked.",
    404: "There is no such thing.",
    413: "The body is too large.",
    415: "The body is of a type that is not taken here.",
    429: "Too many requests in a minute, where the server limits them; Retry-After says when to come back.",
}
_ABOUT = (
    "Muwazi translates Arabic articles into English sentence by sentence, pairs sentences and words, "
    "and keeps people's corrections. Bodies are JSON in UTF-8 unless said otherwise; offsets count "
    "Unicode code points. Unknown fields and parameters are refused by name. Programs may call "
    "everything; pages of other sites may read the translate endpoints where CORS is switched on, "
    "and write nothing."
)


def groups() -> Sequence[Routes]:
    """The declared routes of our own API."""
    from web import api  # The blueprints import this package's declarations; they come when first asked for.

    return api.GROUPS


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation, ours first."""
    return (*all_operations(groups()), *contracts.OPERATIONS)


@cache
def document() -> Mapping[str, Any]:
    """The whole OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muwazi",
            "version": _version(),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**shapes.COMPONENTS, **contracts.COMPONENTS},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Only where the server asks for keys: 'muwazi key add NAME' makes one. "
                    "'Authorization: DeepL-Auth-Key KEY' is as good, and so are the contracts' parameters.",
                },
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The same as browsers send it: any name, and the key as the password. "
                    "Programs should send the key instead.",
                },
            },
        },
    }


@blueprint.get("/api/openapi.json")
def show_document() -> Reply:
    """The document itself."""
    return answer(document())


@blueprint.get("/docs")
def show_docs() -> str:
    """The document as a page; nothing is fetched for it but our own style sheet."""
    tags = [
        (name, description, [view_of(operation) for operation in operations() if operation.tag == name])
        for name, description in _TAGS.items()
    ]
    parts = {**shapes.COMPONENTS, **contracts.COMPONENTS}
    return render_template(
        "docs.html",
        about=_ABOUT,
        tags=tags,
        components=[
            (name, schema.get("description", ""), fields_of(schema)) for name, schema in parts.items()
        ],
    )


@dataclass(frozen=True, slots=True)
class Field:
    """A field or parameter as the page shows it."""

    name: str
    kind: str
    required: bool
    description: str
    component: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """An operation as the page shows it."""

    operation: Operation
    parameters: tuple[Field, ...]
    bodies: tuple[tuple[str, tuple[tuple[str, tuple[Field, ...]], ...]], ...]  # Media type, alternatives.
    answers: tuple[tuple[int, str, str, str, str], ...]  # Status, description, media type, kind, component.
    errors: Mapping[int, str]
    example: str


def view_of(operation: Operation) -> View:
    """What the page says of one operation."""
    parameters = tuple(
        Field(p.name, f"{kind_of(p.schema)}, in the {p.place}", p.required, p.description)
        for p in operation.parameters
    )
    bodies = tuple(
        (
            media,
            tuple(
                (choice.get("description", ""), fields_of(choice))
                for choice in (schema.get("oneOf") or (schema,))
            ),
        )
        for media, schema in operation.body.items()
    )
    answers = tuple(
        (status, found.description, media, kind_of(schema), _component(schema))
        for status, found in operation.answers.items()
        for media, schema in (found.media or {"": {}}).items()
    )
    return View(operation, parameters, bodies, answers, errors_of(operation), example_of(operation))


def fields_of(schema: Schema) -> tuple[Field, ...]:
    """The fields of an object, for the page."""
    required = set(schema.get("required", ()))
    return tuple(
        Field(name, kind_of(inner), name in required, inner.get("description", ""), _component(inner))
        for name, inner in schema.get("properties", {}).items()
    )


def kind_of(schema: Schema) -> str:
    """
    A schema in a few words.

    >>> kind_of({"type": "array", "items": {"type": "integer", "minimum": 1}})
    'list of integer ≥ 1'
    """
    if "$ref" in schema:
        return _component(schema)
    if "oneOf" in schema:
        return " or ".join(kind_of(choice) for choice in schema["oneOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kinds = schema.get("type", "")
    text = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if kinds == "array":
        return f"list of {kind_of(schema.get('items', {})) or 'anything'}"
    if "minimum" in schema and "maximum" in schema:
        return f"{text}, {schema['minimum']} to {schema['maximum']}"
    if "minimum" in schema:
        return f"{text} ≥ {schema['minimum']}"
    if "maxLength" in schema:
        return f"{text}, at most {schema['maxLength']:,} characters"
    return f"{text} ({schema['format']})" if "format" in schema else text


def example_of(operation: Operation) -> str:
    """A line of curl that calls the operation, with the least that it takes."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(
                f"{{{parameter.name}}}", "1" if parameter.schema["type"] == "integer" else "NAME"
            )
    queries = [
        f"{p.name}={_sample(p.name, p.schema)}"
        for p in operation.parameters
        if p.place == "query" and p.required
    ]
    address = f"http://127.0.0.1:5000{path}" + (f"?{'&'.join(queries)}" if queries else "")
    words = ["curl"]
    if operation.method != "GET":
        words += ["-X", operation.method]
    if JSON in operation.body:
        schema = operation.body[JSON]
        schema = schema["oneOf"][0] if "oneOf" in schema else schema
        body = {name: _sample(name, schema["properties"][name]) for name in schema.get("required", ())}
        words += ["-H", "'Content-Type: application/json'", "-d", f"'{json.dumps(body, ensure_ascii=False)}'"]
    elif operation.body:
        words += ["-F", "file=@article.txt", "-F", "source=ar", "-F", "target=en"]
    return " ".join([*words, f"'{address}'" if queries else address])


_SAMPLES: Mapping[str, object] = {
    "q": "أهلا بالعالم",
    "s": "Hello, world",
    "source": "ar",
    "target": "en",
    "target_lang": "EN-US",
    "format": "tmx",
    "name": "builtin",
    "document_key": "KEY",
    "action": "pull_up",
}


def _sample(name: str, schema: Schema) -> Any:
    if schema.get("type") == "array":
        return ["أهلا بالعالم"]
    if schema.get("type") == "integer":
        return 0
    return _SAMPLES.get(name, "أهلا بالعالم")


def _component(schema: Schema) -> str:
    """The component that a schema is, or is a list of; "" where it is neither."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return _component(schema.get("items", {}))
    named = [_component(choice) for choice in schema.get("oneOf", ())]
    return next((name for name in named if name), "")


def errors_of(operation: Operation) -> dict[int, str]:
    """When the operation fails, by status: what it declares, and what its kind entails."""
    found = dict(operation.errors)
    ours = operation.tag not in {contracts.LIBRETRANSLATE, contracts.DEEPL, contracts.SERVICE}
    if ours:
        found.setdefault(401, _ERRORS[401])
        found.setdefault(429, _ERRORS[429])
        if operation.parameters or operation.body:
            found.setdefault(400, _ERRORS[400])
        if any(parameter.place == "path" for parameter in operation.parameters):
            found.setdefault(404, _ERRORS[404])
        if operation.method != "GET":
            found.setdefault(403, _ERRORS[403])
        if operation.body:
            found.setdefault(413, _ERRORS[413])
            found.setdefault(415, _ERRORS[415])
    return dict(sorted(found.items()))


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {
            **{
                str(status): _answer(found.description, found.media, found.headers)
                for status, found in operation.answers.items()
            },
            **{
                str(status): _answer(text, {JSON: ref(_error_of(operation, status))}, {})
                for status, text in errors_of(operation).items()
            },
            "default": _answer("Anything else that went wrong.", {JSON: ref(operation.error)}, {}),
        },
    }
    if operation.description and operation.description != operation.summary:
        described["description"] = operation.description
    if operation.parameters:
        described["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {media: {"schema": schema} for media, schema in operation.body.items()},
        }
    if operation.tag in {contracts.LIBRETRANSLATE, contracts.DEEPL}:
        described["security"] = [{}, {"key": []}]
    elif "401" in described["responses"]:
        described["security"] = [{}, {"key": []}, {"password": []}]
    return described


def _error_of(operation: Operation, status: int) -> str:
    return "Conflict" if status == 409 else operation.error


def _answer(description: str, media: Mapping[str, Schema], headers: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": description}
    if media:
        found["content"] = {name: {"schema": schema} for name, schema in media.items()}
    if headers:
        found["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()
        }
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _version() -> str:
    try:
        return version("muwazi")
    except PackageNotFoundError:  # Run from a folder that was never installed.
        return "0"
