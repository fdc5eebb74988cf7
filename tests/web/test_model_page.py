"""The model's page: what is told of it, switching, measuring, translating again."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate import models, reading
from translate.settings import Settings
from translate.translator import MarianTranslator
from web.app import create_app
from web.model_page import Choice
from web.pages import catalogue
from web.settings import WebSettings

NAME = "another <b>model"


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a copy of the built-in model under a name of its own, and a damaged one."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(models.builtin_folder(), folder / NAME)
    metadata = models.Metadata.read(models.builtin_folder())
    assert metadata is not None
    changed = models.replace(
        metadata, name=NAME, revision="f" * 40, origin="https://example.org/m", licence="CC-BY-4.0"
    )
    changed.write(folder / NAME)
    (folder / "broken").mkdir()
    return folder


@pytest.fixture
def app(two_models: Path, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(WebSettings(data=tmp_path), Settings(model="builtin", beam=1, models=two_models))
    yield made
    made.extensions["muwazi"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_page_tells_where_the_model_is_from_and_what_it_is_worth(client: FlaskClient) -> None:
    page = client.get("/model?lang=en").text
    for said in ("trained for Muwazi", "MIT", "BLEU", "beam 1", "not measured yet"):
        assert said in page
    assert "another &lt;b&gt;model" in page
    assert "broken" in page
    assert 'style="' not in page


@pytest.mark.parametrize(
    ("quality", "said"),
    [(None, ""), (9.9, "poor"), (23.8, "fair"), (33.9, "good"), (42.6, "good")],
)
def test_what_english_to_expect_is_said_in_words(
    translator: MarianTranslator, quality: float | None, said: str
) -> None:
    model = replace(translator.model, quality=quality)
    choice = Choice(model, is_current=True, qualities=(), speed=None)
    assert choice.level == said
    assert not said or (f"model.level.{said}" in catalogue("ar") and f"model.level.{said}" in catalogue("en"))


def test_another_installed_model_takes_over_and_stays(client: FlaskClient, app: Flask) -> None:
    answer = client.post("/model/current", data={"name": NAME}, follow_redirects=True)
    assert answer.status_code == 200
    assert app.extensions["muwazi"].desk.label.startswith(NAME)
    assert "translates from now on" in client.get("/model?lang=en&done=switched").text


def test_the_chosen_model_is_there_after_a_restart(two_models: Path, tmp_path: Path) -> None:
    settings = Settings(beam=1, models=two_models)

    def label(chosen: Settings, switch: str = "") -> str:
        made = create_app(WebSettings(data=tmp_path), chosen)
        if switch:
            assert made.test_client().post("/model/current", data={"name": switch}).status_code == 303
        found: str = made.extensions["muwazi"].desk.label
        made.extensions["muwazi"].close()
        return found

    for name in (NAME, "builtin"):
        assert label(settings, switch=name).startswith(name)
        assert label(settings).startswith(name)
    assert label(replace(settings, model=NAME)).startswith(NAME)  # What the start is told goes before.
    assert label(settings).startswith("builtin")
    assert label(settings, switch=NAME).startswith(NAME)
    assert label(replace(settings, models=tmp_path)).startswith("builtin")  # Not installed any more.


@pytest.mark.parametrize("name", ["", "nothing", "../../etc", "/etc"])
def test_a_model_that_is_not_installed_is_not_found_and_nothing_changes(
    client: FlaskClient, app: Flask, name: str
) -> None:
    before = app.extensions["muwazi"].desk.label
    assert client.post("/model/current", data={"name": name}).status_code == 404
    assert app.extensions["muwazi"].desk.label == before


def test_a_damaged_model_is_named_as_such_and_nothing_changes(client: FlaskClient, app: Flask) -> None:
    before = app.extensions["muwazi"].desk.label
    answer = client.post("/api/models/current", json={"name": "broken"})
    assert answer.status_code == 503
    assert "broken" in answer.json["error"]  # type: ignore[index]
    assert "is installed" not in answer.json["error"]  # type: ignore[index]
    assert app.extensions["muwazi"].desk.label == before


def test_the_speed_is_measured_here_and_shown(client: FlaskClient) -> None:
    assert client.post("/model/speed").status_code == 303
    page = client.get("/model?lang=en").text
    assert "words a second in a batch" in page


def test_articles_are_translated_again_by_the_model_in_use(client: FlaskClient, app: Flask) -> None:
    here = app.extensions["muwazi"]
    entry = here.store.add_article(reading.from_text("وصل الوفد إلى طوكيو.", id="a"), origin="paste")
    answer = client.post("/model/retranslate", data={"article": [str(entry.id)]})
    assert answer.headers["Location"].endswith("queued=1")
    (job,) = here.store.jobs(entry.id)
    assert job.model in ("", here.desk.label)
    gone = here.store.add_article(reading.from_text("وصل الوفد إلى روما.", id="b"), origin="paste")
    here.store.delete(gone.id)
    answer = client.post("/model/retranslate", data={"article": [str(gone.id)]})
    assert answer.headers["Location"].endswith("queued=0")


def test_another_sites_page_cannot_switch_measure_or_translate(client: FlaskClient) -> None:
    for path in ("current", "speed", "retranslate"):
        answer = client.post(
            f"/model/{path}", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        )
        assert answer.status_code == 403


def test_what_is_no_number_of_an_article_is_refused(client: FlaskClient) -> None:
    assert client.post("/model/retranslate", data={"article": "one"}).status_code == 400
    assert client.post("/model/retranslate", data={"article": "999"}).status_code == 404
