"""The published document is that of the running application, and the page of it fetches nothing."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.contracts import OPERATIONS
from web.openapi import document, example_of, kind_of, operations

_OURS = re.compile(
    r"^/(api/|translate|detect|languages|suggest|download_file|frontend|health|ready|metrics|v2/)"
)


def rules(app: Flask) -> set[tuple[str, str]]:
    """Method and path of everything that programs may call."""
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if _OURS.match(rule.rule) and rule.rule != "/api/openapi.json"
    }


def test_everything_that_programs_may_call_is_in_the_document_and_nothing_else(app: Flask) -> None:
    published = {(operation.method, re.sub(r"{\w+}", "{}", operation.path)) for operation in operations()}
    assert published == rules(app)


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    """By the OpenAPI Initiative's own schema, and each schema inside by JSON Schema's."""
    found = client.get("/api/openapi.json").json
    openapi_schema_validator = pytest.importorskip("openapi_spec_validator", reason="no validator installed")
    openapi_schema_validator.validate(found)


def test_every_schema_in_the_document_is_one(client: FlaskClient) -> None:
    found = client.get("/api/openapi.json").json
    for name, schema in found["components"]["schemas"].items():
        resolved = {**schema, "components": found["components"]}
        assert jsonschema_rs.meta.is_valid(resolved), name
    for _, operation in every(found):
        for body in operation.get("requestBody", {}).get("content", {}).values():
            assert jsonschema_rs.meta.is_valid(body["schema"])


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/api/openapi.json").text
    known = set(json.loads(text)["components"]["schemas"])
    used = set(re.findall(r'"\$ref":"#/components/schemas/(\w+)"', text))
    assert used
    assert used <= known


def test_operations_have_names_of_their_own_and_say_what_they_do(client: FlaskClient) -> None:
    found = list(every(client.get("/api/openapi.json").json))
    names = [operation["operationId"] for _, operation in found]
    assert len(names) == len(set(names))
    for _, operation in found:
        assert operation["summary"].endswith(".")
        assert operation["tags"]
        assert "default" in operation["responses"]


def test_every_write_of_ours_says_that_other_sites_are_refused(client: FlaskClient) -> None:
    for (method, path), operation in every(client.get("/api/openapi.json").json):
        if path.startswith("/api/") and method != "get":
            assert "403" in operation["responses"], path


class _Loads(HTMLParser):
    """What a page would fetch, and what it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "audio", "video"} and found.get("src"):
            self.fetched.append(str(found["src"]))
        if tag == "link":
            self.fetched.append(str(found.get("href")))
        if tag == "style" or (
            tag == "script" and not found.get("src") and found.get("type") != "application/json"
        ):
            self.inline.append(tag)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a" and str(found.get("href")).startswith("#"):
            self.targets.append(str(found["href"])[1:])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_loads_from_this_server_alone_and_runs_nothing_inline(
    client: FlaskClient, language: str
) -> None:
    page = client.get(f"/docs?lang={language}")
    assert page.status_code == 200
    loads = _Loads()
    loads.feed(page.text)
    assert loads.fetched
    assert all(address.startswith("/static/") for address in loads.fetched)
    assert loads.inline == []
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for address in loads.fetched:
        assert client.get(address).status_code == 200, address


def test_the_page_shows_every_operation_and_every_link_in_it_leads_somewhere(client: FlaskClient) -> None:
    page = client.get("/docs").text
    loads = _Loads()
    loads.feed(page)
    for operation in operations():
        assert f'id="{operation.name}"' in page
        assert operation.summary.split("'")[0] in page
    assert len(loads.ids) == len(set(loads.ids))
    assert set(loads.targets) <= set(loads.ids)


def test_each_example_names_its_method_and_address() -> None:
    for operation in operations():
        line = example_of(operation)
        assert line.startswith("curl ")
        assert "{" not in line.replace("'{", "")
        assert (f"-X {operation.method}" in line) == (operation.method != "GET")


def test_an_example_can_be_sent_as_it_stands(client: FlaskClient) -> None:
    """The line for /translate, taken apart by hand."""
    translate = next(operation for operation in OPERATIONS if operation.name == "translate")
    body = re.search(r"-d '(.*)' http", example_of(translate))
    assert body is not None
    reply = client.post("/translate", data=body[1], content_type="application/json")
    assert reply.status_code == 200
    assert reply.json["translatedText"]


def test_schemas_are_told_in_few_words() -> None:
    assert kind_of({"type": "string", "enum": ["a", "b"]}) == "a | b"
    assert kind_of({"oneOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]}) == "Row or null"
    assert kind_of({"type": ["number", "null"]}) == "number or null"
    assert kind_of({"type": "string", "maxLength": 2000}) == "string, at most 2,000 characters"


def test_the_document_is_made_once(client: FlaskClient) -> None:
    assert document() is document()
    assert client.get("/api/openapi.json").json == json.loads(json.dumps(document()))


def every(found: dict[str, Any]) -> Any:
    for path, item in found["paths"].items():
        for method, operation in item.items():
            yield (method, path), operation
