"""API keys: made and shown once, kept as hashes, asked for in each contract's own words, counted and limited."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import deepl
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from web.keys import Keys, key
from web.store import Store

SENTENCE = "نعم."
ASKED = {"q": SENTENCE, "source": "ar", "target": "en"}


@pytest.fixture(scope="module")
def locked(make_app: Callable[..., Flask]) -> Flask:
    return make_app(keys_required=True)


@pytest.fixture(scope="module")
def secret(locked: Flask) -> str:
    return str(locked.extensions["muwazi"].store.add_key("weblate"))


@pytest.fixture
def guarded(locked: Flask) -> FlaskClient:
    return locked.test_client()


def test_libretranslate_says_400_without_a_key_and_403_for_a_wrong_one(
    guarded: FlaskClient, secret: str
) -> None:
    missing = guarded.post("/translate", json=ASKED)
    assert (missing.status_code, missing.get_json()) == (
        400,
        {"error": "Please contact the server operator to get an API key"},
    )
    wrong = guarded.post("/translate", json={**ASKED, "api_key": "wrong"})
    assert (wrong.status_code, wrong.get_json()) == (403, {"error": "Invalid API key"})
    assert guarded.post("/translate", json={**ASKED, "api_key": secret}).status_code == 200
    assert guarded.post("/translate", data={**ASKED, "api_key": secret}).status_code == 200
    bearer = {"Authorization": f"Bearer {secret}"}
    assert guarded.post("/translate", json=ASKED, headers=bearer).status_code == 200


def test_the_key_comes_before_the_other_parameters(guarded: FlaskClient) -> None:
    assert guarded.post("/translate", json={"api_key": "wrong"}).status_code == 403
    assert guarded.post("/translate", data=b"{", content_type="application/json").get_json() == {
        "error": "Invalid JSON format"
    }


def test_what_costs_nothing_needs_no_key(guarded: FlaskClient) -> None:
    assert guarded.get("/languages").status_code == 200
    assert guarded.get("/health").status_code == 200
    assert guarded.get("/frontend/settings").get_json()["keyRequired"] is True


def test_deepl_says_403(guarded: FlaskClient, secret: str) -> None:
    body = {"text": [SENTENCE], "target_lang": "EN-US"}
    for headers in ({}, {"Authorization": "DeepL-Auth-Key wrong"}, {"Authorization": secret}):
        answer = guarded.post("/v2/translate", json=body, headers=headers)
        assert answer.status_code == 403
        assert list(answer.get_json()) == ["message"]
    for right in ({"Authorization": f"DeepL-Auth-Key {secret}"}, {"Authorization": f"Bearer {secret}"}):
        assert guarded.post("/v2/translate", json=body, headers=right).status_code == 200


def test_the_official_client_calls_a_wrong_key_an_authorization_failure(
    locked: Flask, secret: str, serve: Callable[[Flask], object]
) -> None:
    live = serve(locked)
    with pytest.raises(deepl.AuthorizationException):
        deepl.DeepLClient("wrong", server_url=live.url).get_usage()  # type: ignore[attr-defined]
    assert deepl.DeepLClient(secret, server_url=live.url).get_usage().character.valid  # type: ignore[attr-defined]


def test_characters_are_counted_under_the_key(locked: Flask, guarded: FlaskClient) -> None:
    store = locked.extensions["muwazi"].store
    counted = store.add_key("counted")
    for _ in range(3):
        guarded.post("/translate", json={**ASKED, "api_key": counted})
    guarded.post("/translate", json={"q": SENTENCE, "api_key": counted})  # Refused: not counted.
    headers = {"Authorization": f"DeepL-Auth-Key {counted}"}
    assert guarded.get("/v2/usage", headers=headers).get_json()["character_count"] == 3 * len(SENTENCE)


def test_a_quota_that_is_used_up_is_456_for_deepl_and_429_for_libretranslate(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(quota_characters=10).test_client()
    body = {"text": [SENTENCE], "target_lang": "EN-US"}
    assert [client.post("/v2/translate", json=body).status_code for _ in range(3)] == [200, 200, 456]
    usage = client.get("/v2/usage").get_json()
    assert usage == {"character_count": 8, "character_limit": 10}
    answer = client.post("/translate", json=ASKED)
    assert answer.status_code == 429
    assert answer.get_json()["error"].startswith("Slowdown: ")


def test_a_secret_is_not_in_the_database_nor_in_a_list(
    locked: Flask, secret: str, guarded: FlaskClient
) -> None:
    assert guarded.post("/translate", json={**ASKED, "api_key": secret}).status_code == 200
    folder: Path = locked.extensions["muwazi"].settings.data
    for file in folder.glob("muwazi.db*"):
        assert secret.encode() not in file.read_bytes()


def test_a_removed_key_is_refused_within_seconds(make_app: Callable[..., Flask]) -> None:
    app = make_app(keys_required=True)
    here, client = app.extensions["muwazi"], app.test_client()
    secret = here.store.add_key("short")
    assert client.post("/detect", json={"q": "a", "api_key": secret}).status_code == 200
    here.store.remove_key("short")
    until = time.monotonic() + 20
    while client.post("/detect", json={"q": "a", "api_key": secret}).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_where_keys_are_not_needed_any_will_do(client: FlaskClient) -> None:
    assert client.post("/translate", json={**ASKED, "api_key": "whatever"}).status_code == 200
    assert client.post("/translate", json={**ASKED, "api_key": {"a": 1}}).status_code == 200


def test_the_commands_make_list_and_remove_keys(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'keys.db'}"
    runner = CliRunner()
    made = runner.invoke(key, ["add", "mastodon", "--database", url])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    store = Store.open(url)
    assert Keys(store, required=True).admit(secret) is not None
    store.close()
    listed = runner.invoke(key, ["list", "--database", url])
    assert listed.stdout.startswith("mastodon\t")
    assert secret not in listed.output
    assert runner.invoke(key, ["remove", "mastodon", "--database", url]).exit_code == 0
    assert runner.invoke(key, ["list", "--database", url]).stdout == ""
    again = runner.invoke(key, ["remove", "mastodon", "--database", url])
    assert "mastodon" in str(again.exception)


def test_a_mistyped_database_is_not_made_to_list_its_keys(tmp_path: Path) -> None:
    for command in (["list"], ["remove", "mastodon"]):
        answer = CliRunner().invoke(key, [*command, "--database", str(tmp_path / "mistyped.db")])
        assert "There is no database" in str(answer.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_another_holds_keeps_nobody_from_a_translation(locked: Flask) -> None:
    """A key's first use and its characters are written when that is possible; the answer is here before."""
    here, client = locked.extensions["muwazi"], locked.test_client()
    secret = here.store.add_key("وكالة")
    with closing(sqlite3.connect(here.settings.data / "muwazi.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        answers = [client.post("/translate", json={**ASKED, "api_key": secret}) for _ in range(3)]
        another.execute("ROLLBACK")
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    with closing(Store.open(here.store.name)) as others:
        until = time.monotonic() + 60
        while not (used := next(known for known in others.keys() if known.name == "وكالة")).characters:  # noqa: SIM118 - no mapping
            assert time.monotonic() < until
            time.sleep(0.2)
    assert used.characters == 3 * len(SENTENCE)
    assert used.last_used is not None


def test_every_key_command_has_help() -> None:
    for command in ("add", "list", "remove"):
        assert "Usage:" in CliRunner().invoke(key, [command, "--help"]).output
