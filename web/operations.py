"""
What the HTTP API offers, declared once: requests are checked by the declaration, and it is what is published.

    routes = Routes(blueprint, "Articles")

    @routes.get("/api/articles/{article}", "An article with its rows.", answers={200: json_of(...)})
    def read_article(article: int) -> Reply: ...

Path and query parameters arrive as arguments of their names, a request body as ``body``.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NoReturn

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from translate.errors import BadInput
from web import schema as schemas
from web.errors import NotFound, UnsupportedFormat
from web.parameters import is_utf8
from web.schema import Schema

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

# Databases hold row numbers in 32 bits at least; a larger one names nothing anywhere.
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}

Reply = Response
Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value in the query, the path or a header."""

    name: str
    description: str
    schema: Schema
    place: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back under one status: a description and a schema by media type (none: no body)."""

    description: str
    media: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # Name → description; all are text.


@dataclass(frozen=True, slots=True)
class Operation:
    """
    One method on one path, as OpenAPI describes it.

    ``path`` holds its parameters in braces. ``body`` is a schema by media type,
    empty where none is taken. ``errors`` maps a status to when it comes.
    """

    method: str
    path: str
    name: str
    summary: str
    tag: str
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Schema] = field(default_factory=dict)
    body_required: bool = True
    errors: Mapping[int, str] = field(default_factory=dict)
    error: str = "Error"  # The component that describes an error's body.
    description: str = ""

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


def ref(name: str) -> Schema:
    """A schema that is described elsewhere, among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: Schema, description: str = "Done.") -> Answer:
    """An answer in JSON."""
    return Answer(description, {JSON: schema})


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """``value`` as a JSON response, Arabic as it is; never kept by a cache."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    reply = Response(text + "\n", status, mimetype=JSON, headers=dict(headers or {}))
    reply.headers["Cache-Control"] = "no-store"
    return reply


class Routes:
    """
    The operations of one blueprint, under one heading of the published document.

    ``definitions`` are the components that ``$ref`` may name.
    """

    def __init__(self, blueprint: Blueprint, tag: str, definitions: Mapping[str, Schema]) -> None:
        self.blueprint = blueprint
        self.tag = tag
        self.definitions = definitions
        self.operations: list[Operation] = []

    def get(self, path: str, summary: str, **details: Any) -> Callable[[Handler], Handler]:
        """Declare a reading operation."""
        return self._declare("GET", path, summary, **details)

    def post(self, path: str, summary: str, **details: Any) -> Callable[[Handler], Handler]:
        """Declare a writing operation."""
        return self._declare("POST", path, summary, **details)

    def put(self, path: str, summary: str, **details: Any) -> Callable[[Handler], Handler]:
        """Declare a replacing operation."""
        return self._declare("PUT", path, summary, **details)

    def delete(self, path: str, summary: str, **details: Any) -> Callable[[Handler], Handler]:
        """Declare a removing operation."""
        return self._declare("DELETE", path, summary, **details)

    def _declare(self, method: str, path: str, summary: str, **details: Any) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            given = tuple(details.pop("parameters", ()))
            described = {parameter.name for parameter in given}
            in_path = tuple(
                Parameter(name, f"Number of the {name}.", NUMBER, "path", required=True)
                for name in _names(path)
                if name not in described
            )
            operation = Operation(
                method,
                path,
                handler.__name__,
                summary,
                self.tag,
                parameters=(*in_path, *given),
                description=_paragraph(handler.__doc__),
                **details,
            )
            self.operations.append(operation)

            @wraps(handler)
            def view(**path_values: str) -> Reply:
                values = _path_values(operation, path_values) | _query_values(operation)
                if operation.body:
                    values["body"] = _body(operation, self.definitions)
                return handler(**values)

            self.blueprint.add_url_rule(operation.rule, handler.__name__, view, methods=[method])
            return handler

        return declare


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _paragraph(docstring: str | None) -> str:
    return " ".join((docstring or "").split())


def _path_values(operation: Operation, given: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for parameter in operation.parameters:
        if parameter.place == "path":
            text = given[parameter.name]
            try:
                values[parameter.name] = schemas.parse(
                    text, parameter.schema, f"The {parameter.name}'s number"
                )
            except BadInput as error:
                raise NotFound(f"There is no {parameter.name} {schemas.shown(text)}. {error}") from None
    return values


def _query_values(operation: Operation) -> dict[str, Any]:
    """
    The query's parameters by name; those not given are None.

    Raises BadInput for a name that is not declared, or given twice, a value out of its schema,
    or what is not UTF-8.
    """
    if not is_utf8(request.query_string):
        raise BadInput("The address's letters are not in UTF-8 after its question mark; write them so.")
    declared = {p.name: p for p in operation.parameters if p.place == "query"}
    given: MultiDict[str, str] = request.args
    unknown = [schemas.shown(name) for name in given if name not in declared]
    if unknown:
        known = ", ".join(f'"{name}"' for name in declared) or "none"
        raise BadInput(
            f"The address asks with {', '.join(unknown[:5])}, which is not known here. Known: {known}."
        )
    values: dict[str, Any] = {}
    for name, parameter in declared.items():
        texts = given.getlist(name)
        if len(texts) > 1:
            raise BadInput(f'The parameter "{name}" is given {len(texts)} times; give it once.')
        if not texts and parameter.required:
            raise BadInput(f'The parameter "{name}" is missing: {parameter.description}')
        values[name] = schemas.parse(texts[0], parameter.schema, f'The parameter "{name}"') if texts else None
    return values


def _body(operation: Operation, definitions: Mapping[str, Schema]) -> Any:
    """
    The request's JSON, checked; None for a form, which the handler reads itself, and where nothing was sent.

    Raises UnsupportedFormat for any other type, BadInput for what is not JSON or not as declared.
    """
    media = request.mimetype
    if not media and not operation.body_required and not request.content_length:
        return None
    if media == MULTIPART and MULTIPART in operation.body:
        return None
    if media != JSON or JSON not in operation.body:
        kinds = " or ".join(operation.body)
        raise UnsupportedFormat(f"The body's Content-Type is {schemas.shown(media)}; it must be {kinds}.")
    raw = request.get_data()
    if not raw and not operation.body_required:
        return None
    return schemas.check(read_json(raw), operation.body[JSON], definitions, "The body")


def read_json(raw: bytes) -> Any:
    """
    The value that ``raw`` writes in JSON.

    Raises BadInput saying where it stops being JSON, and for NaN and Infinity, which JSON has not.
    """
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise BadInput(f"The body is not UTF-8: byte {error.start} fits no character.") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise BadInput("The body is nested too deeply to be read.") from None
    except ValueError:  # Python refuses numbers of more than 4,300 digits.
        raise BadInput("The body holds a number too long to be read.") from None


def _refuse(name: str) -> NoReturn:
    raise BadInput(f"The body holds {name}, which is no number in JSON.")


def all_operations(routes: Sequence[Routes]) -> list[Operation]:
    """The operations of several blueprints, in order."""
    return [operation for group in routes for operation in group.operations]
