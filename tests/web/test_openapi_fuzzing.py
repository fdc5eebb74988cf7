"""Requests that nobody thought of, made by Schemathesis from the published document, against the real application."""

import io
import json
import math
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from web.openapi import document

EXAMPLES = 6
# Of each operation's boundary cases (some 1,100 in all) so many are sent, spread evenly over their kinds.
BOUNDARIES = int(os.environ.get("MUWAZI_TEST_BOUNDARIES", "8"))
LONGEST = 2_000  # Texts at bounds beyond this take minutes to make; tests by hand send them.
TEXT = "وصل وزير الخارجية إلى القاهرة صباح اليوم.\nوقال الوزير إن الاتفاق مهم."
ENGLISH = "The foreign minister arrived in Cairo this morning.\nThe minister said the deal was important."

# LibreTranslate's and DeepL's contracts take what they do not know, and answer some of it with their own words.
_CONTRACTS = ("/translate", "/detect", "/suggest", "/download_file", "/v2/", "/frontend")


def without_long_bounds(part: Any) -> Any:
    """The document without the upper bounds of texts that are beyond ``LONGEST``."""
    if isinstance(part, dict):
        return {
            name: without_long_bounds(inner)
            for name, inner in part.items()
            if not (name == "maxLength" and isinstance(inner, int) and inner > LONGEST)
        }
    return [without_long_bounds(inner) for inner in part] if isinstance(part, list) else part


published = json.loads(json.dumps(document()))
schema = schemathesis.openapi.from_dict(published)
schema.config.generation.update(allow_x00=True)
schema.config.phases.coverage.enabled = False  # Below, and not all of it.
bounded = schemathesis.openapi.from_dict(without_long_bounds(published))
bounded.config.generation.update(allow_x00=True)
operations = [found.ok() for found in bounded.get_all_operations()]


@schema.hook
def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
    """Numbers are made to meet something: every other one becomes 1, 2 or 3."""
    for name, value in (path_parameters or {}).items():
        if isinstance(value, int) and value % 2:
            path_parameters[name] = value % 3 + 1
    return path_parameters


@pytest.fixture(scope="module")
def address(make_app: Callable[..., Flask], serve: Callable[[Flask], Any]) -> str:
    """A live server in which the first numbers of everything exist; it fetches no pages."""
    app = make_app(fetch_urls=False)
    fill(app)
    url: str = serve(app).url
    return url


def fill(app: Flask) -> None:
    """Three translated articles, each with a reference, and a correction."""
    client = app.test_client()
    for _ in range(3):
        article = client.post("/api/articles", json={"text": TEXT}).json["id"]
        assert "event: done" in client.get(f"/api/articles/{article}/events").text
        client.post(f"/api/articles/{article}/references", json={"text": ENGLISH})
    client.put("/api/segments/1/correction", json={"text": "Corrected.", "version": 0})
    client.post(
        "/translate_file", data={"file": (io.BytesIO(TEXT.encode()), "a.txt"), "source": "ar", "target": "en"}
    )


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for many requests."""
    with requests.Session() as made:
        yield made


def send(case: Any, address: str, session: requests.Session) -> None:
    """
    Send the request: never a 5xx (but the 503 and 501 that are documented), and only what the document says.

    What its schema allows may still be refused for what it means: a reference
    in Arabic, a file of noise, beads that cannot move.
    """
    excluded = [positive_data_acceptance]
    if case.path.startswith(_CONTRACTS):
        excluded.append(negative_data_rejection)
    if case.path.startswith("/v2/"):
        excluded.append(unsupported_method)
    response = case.call(base_url=address, session=session)
    if response.status_code in {501, 503}:
        assert str(response.status_code) in case.operation.definition.raw["responses"]
        excluded.append(not_a_server_error)
    case.validate_response(response, excluded_checks=excluded)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail_or_break_its_document(
    case: Any, address: str, session: requests.Session
) -> None:
    send(case, address, session)


@pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.label)
def test_neither_does_any_at_the_bounds_of_what_is_allowed(
    operation: Any, address: str, session: requests.Session
) -> None:
    """Values at and beyond each bound, of wrong types, missing, doubled; methods that are not there."""
    cases = list(
        bounded.iter_coverage_cases(
            operation,
            generation_modes=list(schemathesis.GenerationMode),
            generation_config=bounded.config.generation_for(operation=operation),
        )
    )
    assert cases
    for case in cases[:: math.ceil(len(cases) / BOUNDARIES)]:
        send(case, address, session)
