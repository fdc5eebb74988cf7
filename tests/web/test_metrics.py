"""What the server counts, read as Prometheus reads it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families


def read(client: FlaskClient) -> dict[str, float]:
    """Each sample by its name and labels."""
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def counted(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app().test_client()


def test_requests_sentences_words_and_characters_are_counted(counted: FlaskClient) -> None:
    for _ in range(2):
        counted.post("/translate", json={"q": "وصل الوفد. ثم غادر الوفد.", "source": "ar", "target": "en"})
    counted.post("/v2/translate", json={"text": ["نعم."], "target_lang": "EN-US"})
    counted.post("/translate", json={})
    found = read(counted)
    assert found["muwazi_requests_total method=POST route=/translate status=200"] == 2
    assert found["muwazi_requests_total method=POST route=/translate status=400"] == 1
    assert found["muwazi_request_seconds_count route=/translate"] == 3
    assert found["muwazi_characters_total contract=libretranslate"] == 50
    assert found["muwazi_characters_total contract=deepl"] == 4
    assert found["muwazi_sentences_total"] == 5
    assert found["muwazi_words_total"] == 11
    assert found["muwazi_round_sentences_count"] == 3
    assert found["muwazi_waiting_requests"] == 0


def test_the_model_in_memory_is_named(counted: FlaskClient) -> None:
    label = counted.application.extensions["muwazi"].desk.label
    assert read(counted)[f"muwazi_model model={label}"] == 1


def test_made_up_addresses_and_methods_make_no_new_series(counted: FlaskClient) -> None:
    for number in range(20):
        counted.get(f"/none/{number}")
        counted.open(f"/none/{number}", method=f"METHOD{number}")
    found = read(counted)
    assert found["muwazi_requests_total method=GET route=none status=404"] == 20
    assert found["muwazi_requests_total method=other route=none status=404"] == 20


def test_a_stream_is_counted_when_it_ends(counted: FlaskClient) -> None:
    body = {"q": "نعم. لا.", "source": "ar", "target": "en", "stream": True}
    answer = counted.post("/translate", json=body)
    assert answer.data
    answer.close()
    assert read(counted)["muwazi_requests_total method=POST route=/translate status=200"] == 1


def test_two_servers_in_one_process_count_apart(make_app: Callable[..., Flask]) -> None:
    first, second = make_app().test_client(), make_app().test_client()
    first.post("/translate", json={"q": "نعم.", "source": "ar", "target": "en"})
    assert read(first)["muwazi_sentences_total"] == 1
    assert read(second)["muwazi_sentences_total"] == 0
