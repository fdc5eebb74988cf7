"""Limits on our own API: programs are counted, reading goes on, and translations count for who asked for them."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate.models import builtin_folder
from translate.text import Kind
from translate.translator import MarianTranslator
from web.app import create_app
from web.runtime import Runtime
from web.settings import WebSettings

TEXT = "وصل الوزير إلى المدينة.\nثم غادر."
CHARACTERS = len("وصل الوزير إلى المدينة.") + len("ثم غادر.")
PAGE = {"Sec-Fetch-Site": "same-origin"}


def add(client: FlaskClient, headers: dict[str, str] | None = None, text: str = TEXT) -> Any:
    return client.post("/api/articles", json={"text": text}, headers=headers or {})


def read(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> Any:
    return client.get(path, headers=headers or {}).json


def finish(client: FlaskClient, article: int) -> None:
    """Read the article's events, as a page of ours does, until it is translated."""
    assert "event: done" in client.get(f"/api/articles/{article}/events", headers=PAGE).text


def test_a_program_that_calls_too_often_waits_whatever_it_calls(make_app: Callable[..., Flask]) -> None:
    client = make_app(rate_per_minute=3).test_client()
    assert [client.get("/api/articles").status_code for _ in range(3)] == [200, 200, 200]
    refusals: list[Any] = [client.get("/api/articles"), client.get("/api/models"), add(client)]
    for refused in refusals:
        assert refused.status_code == 429
        assert refused.json["code"] == "rate_limited"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    # One allowance for all that is counted.
    asked = {"q": "نعم.", "source": "ar", "target": "en"}
    assert client.post("/translate", json=asked).status_code == 429


def test_reading_goes_on_however_much_a_page_asks_for(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate_per_minute=2)
    client = app.test_client()
    article = add(client, PAGE).json["id"]
    finish(client, article)
    row = read(client, f"/api/articles/{article}", PAGE)["rows"][0]
    for version in range(20):
        body = {"text": f"Version {version}.", "version": version}
        kept = client.put(f"/api/segments/{row['id']}/correction", json=body, headers=PAGE)
        assert kept.status_code == 200
        for path in (f"/api/segments/{row['id']}/links", f"/api/segments/{row['id']}/history"):
            assert client.get(path, headers=PAGE).status_code == 200
    for path in ("/", f"/articles/{article}", "/search?q=a", "/model", "/health", "/ready", "/metrics"):
        assert client.get(path).status_code == 200
    assert client.get("/api/openapi.json").status_code == 200


def test_whoever_passes_for_a_page_has_no_more_translated(make_app: Callable[..., Flask]) -> None:
    client = make_app(rate_per_minute=2).test_client()
    article = add(client, PAGE).json["id"]
    assert client.post(f"/api/articles/{article}/translate", headers=PAGE).status_code == 202
    assert add(client, PAGE).status_code == 429
    assert client.post(f"/api/articles/{article}/translate", headers=PAGE).status_code == 429
    reference = {"name": "Agency", "text": "The minister came."}
    asked = client.post(f"/api/articles/{article}/references", json=reference, headers=PAGE)
    assert asked.status_code == 429


@pytest.mark.parametrize("required", [False, True])
def test_each_key_has_its_own_rate_and_its_own_characters(
    make_app: Callable[..., Flask], required: bool
) -> None:
    app = make_app(rate_per_minute=2, keys_required=required)
    here: Runtime = app.extensions["muwazi"]
    one, other = ({"Authorization": f"Bearer {here.store.add_key(name)}"} for name in ("one", "other"))
    client = app.test_client()
    assert add(client, one).status_code == 201
    assert client.get("/api/articles", headers=one).status_code == 200
    assert client.get("/api/articles", headers=one).status_code == 429
    assert client.get("/api/articles", headers=other).status_code == 200
    counted = here.store.keys()
    assert [(key.name, key.characters) for key in counted] == [("one", CHARACTERS), ("other", 0)]
    assert here.store.usage(None) == 0


def test_an_order_that_is_refused_puts_no_other_model_in_use(
    translator: MarianTranslator, tmp_path: Path
) -> None:
    """Neither where the quota is used up nor where the article is deleted, which is said first."""
    shutil.copytree(builtin_folder(), tmp_path / "models" / "other")
    settings = replace(translator.settings, models=tmp_path / "models")
    app = create_app(WebSettings(data=tmp_path, quota_characters=CHARACTERS + 1), settings)
    desk, client = app.extensions["muwazi"].desk, app.test_client()
    try:
        article = add(client).json["id"]
        used, address = desk.label, f"/api/articles/{article}"
        assert client.post(f"{address}/translate", json={"model": "other"}).status_code == 456
        assert desk.label == used
        client.delete(address)
        assert client.post(f"{address}/translate", json={"model": "other"}).status_code == 409
        assert desk.label == used
    finally:
        app.extensions["muwazi"].close()


def test_an_article_counts_once_and_furniture_only_where_it_is_translated(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(keys_required=True)
    here: Runtime = app.extensions["muwazi"]
    key = {"Authorization": f"Bearer {here.store.add_key('one')}"}
    client = app.test_client()

    def used() -> int:
        return here.store.keys()[0].characters

    article = add(client, key, TEXT + "\n\n#القاهرة").json["id"]
    segments = [row.segment for row in here.store.article(article).rows]
    (furniture,) = [segment.text for segment in segments if segment.kind is Kind.FURNITURE]
    assert used() == CHARACTERS
    # Under way, or done: there is nothing more to translate.
    assert client.post(f"/api/articles/{article}/translate", headers=key).status_code == 202
    assert used() == CHARACTERS
    assert "event: done" in client.get(f"/api/articles/{article}/events", headers=key).text
    assert client.post(f"/api/articles/{article}/translate", headers=key).status_code == 202
    assert used() == CHARACTERS
    for _ in range(2):
        body = {"furniture": True}
        assert client.post(f"/api/articles/{article}/translate", json=body, headers=key).status_code == 202
        assert used() == CHARACTERS + len(furniture)
    client.delete(f"/api/articles/{article}", headers=key)
    assert client.post(f"/api/articles/{article}/restore", headers=key).status_code == 200
    assert used() == CHARACTERS + len(furniture)


def test_an_article_beyond_the_quota_is_refused_and_not_kept(make_app: Callable[..., Flask]) -> None:
    app = make_app(quota_characters=CHARACTERS + 10)
    client = app.test_client()
    assert add(client).status_code == 201
    refused = add(client)
    assert (refused.status_code, refused.json["code"]) == (456, "quota_exceeded")
    assert str(CHARACTERS) in refused.json["error"]
    assert len(read(client, "/api/articles")) == 1
    in_arabic = add(client, {"Accept-Language": "ar"}).json["error"]
    assert in_arabic.startswith("نفد")
    # What was translated under another contract counts as well.
    asked = {"text": ["نعم نعم نعم."], "target_lang": "EN-US"}
    assert client.post("/v2/translate", json=asked).status_code == 456
    assert add(client, text="نعم.").status_code == 201


def test_a_page_that_has_all_articles_translated_again_keeps_to_the_quota(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(quota_characters=CHARACTERS + 10)
    here: Runtime = app.extensions["muwazi"]
    client = app.test_client()
    article = add(client).json["id"]
    finish(client, article)
    assert here.store.untranslated_characters(article, here.desk.label) == 0
    assert here.store.untranslated_characters(article, "another@1") == CHARACTERS
    assert client.post("/model/retranslate", data={"article": article}).status_code == 303
    # Put there by another way, with nothing translated and nothing counted yet.
    other = here.store.add_article(here.store.article(article).article, origin="paste").id
    assert client.post("/model/retranslate", data={"article": other}).status_code == 456
    assert not here.store.jobs(other)
