"""DeepL's contract: its official client against a live server, and each line by hand."""

import io
import re
import time
from collections.abc import Callable
from typing import Any

import deepl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SENTENCE = "قال الوزير إن الحرب انتهت."
KEY = {"Authorization": "DeepL-Auth-Key anything"}


def english(app: Flask, sentence: str = SENTENCE) -> str:
    """What the model says of a sentence."""
    return str(app.extensions["muwazi"].desk.translate([sentence])[0].text)


def ask(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/v2/translate", json={"target_lang": "EN-US", **body}, headers=KEY)


def message(answer: TestResponse, status: int) -> str:
    assert answer.status_code == status
    body = answer.get_json()
    assert set(body) <= {"message", "detail"}
    return str(body["message"])


def wait_for(client: FlaskClient, path: str, key: str, status: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found: dict[str, Any] = client.post(path, json={"document_key": key}, headers=KEY).get_json()
        if found["status"] == status:
            return found
        assert found["status"] in {"queued", "translating"}, found
        time.sleep(0.05)
    raise AssertionError(f"never {status}")


# --- The official client ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official(server: Any) -> deepl.DeepLClient:
    return deepl.DeepLClient("anything", server_url=server.url, send_platform_info=False)


def test_the_official_client_translates_a_text(official: deepl.DeepLClient, app: Flask) -> None:
    made = official.translate_text(SENTENCE, target_lang="EN-US")
    assert made.text == english(app)
    assert made.detected_source_lang == "AR"
    assert made.billed_characters == len(SENTENCE)


def test_the_official_client_translates_a_list_with_options(official: deepl.DeepLClient, app: Flask) -> None:
    made = official.translate_text(
        [SENTENCE, "Hello", "نعم."],
        source_lang="AR",
        target_lang="EN-GB",
        context="حرب",
        preserve_formatting=True,
        split_sentences="nonewlines",
        formality="prefer_less",
        model_type="quality_optimized",
    )
    assert [one.text for one in made] == [english(app), "Hello", english(app, "نعم.")]


def test_the_official_client_lists_languages_and_usage(official: deepl.DeepLClient) -> None:
    assert [language.code for language in official.get_source_languages()] == ["AR"]
    assert [language.code for language in official.get_target_languages()] == ["EN-GB", "EN-US"]
    usage = official.get_usage()
    assert usage.character.valid
    assert not usage.any_limit_reached


def test_the_official_client_translates_a_document(official: deepl.DeepLClient, app: Flask) -> None:
    handle = official.translate_document_upload(
        io.BytesIO(f"{SENTENCE}\n".encode()), target_lang="EN-US", filename="خبر.txt"
    )
    until = time.monotonic() + 60
    while not (status := official.translate_document_get_status(handle)).done:
        assert status.ok, status.error_message
        assert time.monotonic() < until
        time.sleep(0.05)
    made = io.BytesIO()
    official.translate_document_download(handle, made)
    assert made.getvalue().decode() == f"{english(app)}\n"
    assert status.billed_characters == len(SENTENCE)


# --- By hand ---------------------------------------------------------------------------------------------


def test_a_form_with_several_texts_is_answered_in_order(client: FlaskClient, app: Flask) -> None:
    form = {"text": ["نعم.", SENTENCE], "target_lang": "en"}
    answer = client.post("/v2/translate", data=form, headers=KEY).get_json()
    assert answer == {
        "translations": [
            {"detected_source_language": "AR", "text": english(app, "نعم."), "billed_characters": 4},
            {"detected_source_language": "AR", "text": english(app), "billed_characters": len(SENTENCE)},
        ]
    }


def test_a_text_alone_is_as_good_as_a_list(client: FlaskClient, app: Flask) -> None:
    assert ask(client, text=SENTENCE).get_json()["translations"][0]["text"] == english(app)


def test_what_is_english_already_is_said_to_be_and_copied(client: FlaskClient) -> None:
    [made] = ask(client, text=["Hello, NATO"]).get_json()["translations"]
    assert made == {"detected_source_language": "EN", "text": "Hello, NATO", "billed_characters": 11}


def test_line_breaks_end_sentences_unless_told_otherwise(client: FlaskClient, app: Flask) -> None:
    text = "قال الوزير إن\nالحرب انتهت.\n\nنعم."

    def made(**options: str) -> str:
        return str(ask(client, text=[text], **options).get_json()["translations"][0]["text"])

    assert made().count("\n") == 3
    joined = made(split_sentences="nonewlines")
    assert joined == f"{english(app)}\n\n{english(app, 'نعم.')}"
    two = ask(client, text=["نعم. لا.\nنعم."], split_sentences="0").get_json()["translations"][0]["text"]
    assert two == f"{english(app, 'نعم. لا.')}\n{english(app, 'نعم.')}"


def test_html_and_xml_keep_their_tags_and_what_is_to_be_ignored(client: FlaskClient, app: Flask) -> None:
    page = f"<p>{SENTENCE}</p>"
    [made] = ask(client, text=[page], tag_handling="html").get_json()["translations"]
    assert made["text"] == f"<p>{english(app)}</p>"
    xml = f"<doc><x>{SENTENCE}</x><keep>نعم</keep></doc>"
    [made] = ask(client, text=[xml], tag_handling="xml", ignore_tags=["keep"]).get_json()["translations"]
    assert made["text"] == f"<doc><x>{english(app)}</x><keep>نعم</keep></doc>"
    assert made["billed_characters"] == len(xml)


def test_lines_of_xml_are_sentences_as_those_of_plain_text_are(client: FlaskClient, app: Flask) -> None:
    city, country = english(app, "القاهرة"), english(app, "مصر")

    def made(text: str, **options: str) -> str:
        return str(ask(client, text=[text], **options).get_json()["translations"][0]["text"])

    assert made("القاهرة\nمصر", tag_handling="xml") == f"{city}\n{country}"
    marked = made("<d><x>القاهرة\r\n <b>مصر</b></x></d>", tag_handling="xml", split_sentences="1")
    assert marked == f"<d><x>{city}\r\n <b>{country}</b></x></d>"
    page = "<p>القاهرة\nمصر</p>"
    assert made(page, tag_handling="html", split_sentences="1") == f"<p>{city}\n{country}</p>"
    assert "\n" not in made(page, tag_handling="html")
    assert "\n" not in made("القاهرة\nمصر", tag_handling="xml", split_sentences="nonewlines")
    lines = made("<x>نعم. لا.\nنعم.</x>", tag_handling="xml", split_sentences="0")
    assert lines == f"<x>{english(app, 'نعم. لا.')}\n{english(app, 'نعم.')}</x>"


def test_html_has_its_tags_to_ignore_and_to_split_at_too(client: FlaskClient, app: Flask) -> None:
    def made(page: str, **tags: list[str]) -> str:
        answer = ask(client, text=[page], tag_handling="html", **tags)
        return str(answer.get_json()["translations"][0]["text"])

    name = "<span class='x'>أحمد علي</span>"
    assert made(f"<p>قال {name} نعم</p>", ignore_tags=["SPAN"]).count(name) == 1
    city, country = english(app, "القاهرة"), english(app, "مصر")
    split = made("<p>القاهرة <i>مصر</i></p>", splitting_tags=["i"])
    assert split == f"<p>{city} <i>{country}</i></p>"
    joined = made("<div>وصل الرئيس</div> <div>أمس</div>", non_splitting_tags=["div"])
    assert re.sub("</?div>", "", joined) == english(app, "وصل الرئيس أمس")


def test_get_reads_its_form_and_its_query(client: FlaskClient) -> None:
    by_form = client.get("/v2/languages", data={"type": "target"}, headers=KEY).get_json()
    by_query = client.get("/v2/languages?type=target", headers=KEY).get_json()
    assert by_form == by_query
    assert [language["language"] for language in by_form] == ["EN-GB", "EN-US"]
    assert [language["language"] for language in client.get("/v2/languages", headers=KEY).get_json()] == [
        "AR"
    ]
    assert "'type'" in message(client.get("/v2/languages?type=x", headers=KEY), 400)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "'text' not specified"),
        ({"text": []}, "'text' not specified"),
        ({"text": [5]}, "'text' not supported"),
        ({"text": ["نعم"], "target_lang": ""}, "'target_lang' not specified"),
        ({"text": ["نعم"], "target_lang": "DE"}, "'target_lang' not supported"),
        ({"text": ["نعم"], "source_lang": "DE"}, "'source_lang' not supported"),
        ({"text": ["نعم"], "tag_handling": "md"}, "'tag_handling' not supported"),
        ({"text": ["نعم"], "split_sentences": "9"}, "'split_sentences' not supported"),
        ({"text": ["نعم"], "formality": "more"}, "'formality' not supported"),
        ({"text": ["نعم"], "glossary_id": "g"}, "no glossaries"),
        ({"text": ["نعم"] * 129}, "Too many texts"),
    ],
)
def test_bad_requests_are_told_what_was_expected(
    client: FlaskClient, body: dict[str, Any], said: str
) -> None:
    assert said in message(ask(client, **body), 400)


def test_too_much_text_is_413_and_a_wrong_method_405(client: FlaskClient) -> None:
    assert "20001 characters" in message(ask(client, text=["ا" * 20_001]), 413)
    assert message(client.get("/v2/translate"), 405)
    assert message(client.post("/v2/nothing"), 404)
    assert "JSON" in message(
        client.post("/v2/translate", data=b"{", content_type="application/json", headers=KEY), 400
    )


def test_a_document_is_opened_by_its_own_key_alone(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(SENTENCE.encode()), "a.txt"), "target_lang": "EN-US"}
    made = client.post("/v2/document", data=form, headers=KEY).get_json()
    path = f"/v2/document/{made['document_id']}"
    assert message(client.post(path, json={"document_key": "0" * 64}, headers=KEY), 404)
    assert message(client.post(path, json={}, headers=KEY), 404)
    done = wait_for(client, path, made["document_key"], "done")
    assert done["document_id"] == made["document_id"]
    result = client.post(f"{path}/result", json={"document_key": made["document_key"]}, headers=KEY)
    assert result.status_code == 200
    assert "attachment" in result.headers["Content-Disposition"]


def test_a_document_without_arabic_ends_in_an_error_that_says_so(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"Nothing Arabic here."), "a.txt"), "target_lang": "EN-US"}
    made = client.post("/v2/document", data=form, headers=KEY).get_json()
    path = f"/v2/document/{made['document_id']}"
    found = wait_for(client, path, made["document_key"], "error")
    assert "No Arabic" in found["error_message"]
    result = client.post(f"{path}/result", json={"document_key": made["document_key"]}, headers=KEY)
    assert message(result, 404)


def test_a_document_that_is_not_ready_is_503(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    client = app.test_client()
    here = app.extensions["muwazi"]
    text = " ".join(f"وصل الوفد رقم {n} إلى المدينة صباح أمس." for n in range(200))
    form = {"file": (io.BytesIO(text.encode()), "a.txt"), "target_lang": "EN-US"}
    made = client.post("/v2/document", data=form, headers=KEY).get_json()
    path = f"/v2/document/{made['document_id']}/result"
    answer = client.post(path, json={"document_key": made["document_key"]}, headers=KEY)
    assert message(answer, 503) == "Document translation not done."
    assert int(answer.headers["Retry-After"]) >= 1
    here.documents.close()  # And a document under way does not keep the server from stopping.


def test_document_requests_without_their_parts_are_refused(client: FlaskClient) -> None:
    assert "'file'" in message(client.post("/v2/document", data={"target_lang": "EN-US"}, headers=KEY), 400)
    form = {"file": (io.BytesIO(b"x"), "a.txt"), "target_lang": "DE"}
    assert "'target_lang'" in message(client.post("/v2/document", data=form, headers=KEY), 400)
