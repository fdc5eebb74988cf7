"""LibreTranslate's contract line by line, what ours adds to it, and its own Python client against a live server."""

import http.client
import io
import json
import threading
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from libretranslatepy import LibreTranslateAPI
from werkzeug.test import TestResponse

from web.desk import Round

SENTENCE = "قال الوزير إن الحرب انتهت."


def english(client: FlaskClient, *sentences: str) -> Any:
    """What the model says of each sentence (of SENTENCE where none is given)."""
    desk = client.application.extensions["muwazi"].desk
    made = [translation.text for translation in desk.translate(list(sentences) or [SENTENCE])]
    return made if len(made) > 1 else made[0]


def ask(client: FlaskClient, **parameters: Any) -> TestResponse:
    return client.post("/translate", json={"source": "ar", "target": "en", **parameters})


def error(answer: TestResponse, status: int = 400) -> str:
    assert answer.status_code == status
    body = answer.get_json()
    assert list(body) == ["error"]
    return str(body["error"])


# --- What comes back -------------------------------------------------------------------------------------


def test_a_text_comes_back_as_a_text_and_nothing_else(client: FlaskClient) -> None:
    answer = ask(client, q=SENTENCE)
    assert answer.status_code == 200
    assert answer.get_json() == {"translatedText": english(client)}


def test_mastodon_sends_a_list_of_html_and_reads_a_list(client: FlaskClient) -> None:
    posts = [
        f"<p>{SENTENCE}</p>",
        "<p>Already English</p>",
        f'<p><a href="https://x.org/">{SENTENCE}</a></p>',
    ]
    answer = ask(client, q=posts, source="auto", format="html").get_json()
    assert answer["translatedText"] == [
        f"<p>{english(client)}</p>",
        "<p>Already English</p>",
        f'<p><a href="https://x.org/">{english(client)}</a></p>',
    ]
    assert [found["language"] for found in answer["detectedLanguage"]] == ["ar", "en", "ar"]


def test_a_list_of_one_stays_a_list(client: FlaskClient) -> None:
    answer = ask(client, q=[SENTENCE], source="auto", alternatives=1).get_json()
    assert answer["translatedText"] == [english(client)]
    assert answer["detectedLanguage"] == [{"confidence": 100, "language": "ar"}]
    assert len(answer["alternatives"]) == 1
    assert isinstance(answer["alternatives"][0], list)


def test_a_form_is_as_good_as_json(client: FlaskClient) -> None:
    answer = client.post("/translate", data={"q": SENTENCE, "source": "ar", "target": "en"})
    assert answer.get_json() == {"translatedText": english(client)}


def test_so_is_a_query_string(client: FlaskClient) -> None:
    answer = client.post("/translate", query_string={"q": SENTENCE, "source": "ar", "target": "en"})
    assert answer.get_json() == {"translatedText": english(client)}


def test_a_form_s_line_breaks_become_newlines_and_none_is_lost(client: FlaskClient) -> None:
    yes, no = english(client, "نعم.", "لا.")
    form = {"q": "\r\n\r\nنعم.\r\nلا.\r\n", "source": "ar", "target": "en"}
    assert client.post("/translate", data=form).get_json()["translatedText"] == f"\n\n{yes}\n{no}\n"


def test_blank_lines_and_surrounding_blanks_are_kept(client: FlaskClient) -> None:
    text, made = f"\n  {SENTENCE}\n\n\t{SENTENCE}  \n", english(client)
    assert ask(client, q=text).get_json()["translatedText"] == f"\n  {made}\n\n\t{made}  \n"


def test_detection_comes_with_auto_alone_and_in_whole_numbers(client: FlaskClient) -> None:
    answer = ask(client, q=SENTENCE, source="auto")
    assert answer.get_json()["detectedLanguage"] == {"confidence": 100, "language": "ar"}
    assert b'"confidence":100,' in answer.data
    assert "detectedLanguage" not in ask(client, q=SENTENCE).get_json()


def test_each_text_of_a_list_is_detected_alone(client: FlaskClient) -> None:
    answer = ask(client, q=["Hello there", SENTENCE, "123"], source="auto").get_json()
    assert answer["translatedText"] == ["Hello there", english(client), "123"]
    assert [f["language"] for f in answer["detectedLanguage"]] == ["en", "ar", "en"]


def test_alternatives_are_other_than_the_translation_and_each_other(client: FlaskClient) -> None:
    answer = ask(client, q=SENTENCE, alternatives=3).get_json()
    others = answer["alternatives"]
    assert 1 <= len(others) <= 3
    assert len({*others, answer["translatedText"]}) == len(others) + 1
    assert "alternatives" not in ask(client, q=SENTENCE, alternatives=0).get_json()


def test_alternatives_are_capped_not_refused(client: FlaskClient) -> None:
    assert len(ask(client, q=SENTENCE, alternatives=100_000).get_json()["alternatives"]) <= 4
    assert len(ask(client, q=SENTENCE, alternatives="2").get_json()["alternatives"]) <= 2


def test_html_keeps_its_markup_and_translates_the_alternative_too(client: FlaskClient) -> None:
    page = f'<p class="x">{SENTENCE}<br><img src="a.png" alt="نعم"></p><script>var a = "نعم";</script>'
    answer = ask(client, q=page, format="html", alternatives=1).get_json()
    assert answer["translatedText"] == (
        f'<p class="x">{english(client)}<br><img src="a.png" alt="{english(client, "نعم")}"></p><script>var a = "نعم";</script>'
    )
    assert all('<script>var a = "نعم";</script>' in other for other in answer["alternatives"])


@pytest.mark.parametrize(
    ("text", "kept"), [("زوروا nato.int اليوم.", "nato.int"), ("انتهت الحرب 😀 وعاد الوزير.", "😀")]
)
def test_addresses_and_emoji_stay_and_what_follows_them_too(
    client: FlaskClient, text: str, kept: str
) -> None:
    before, _, after = ask(client, q=text).get_json()["translatedText"].partition(kept)
    assert before.strip()
    assert any(letter.isalpha() for letter in after)


def test_one_latin_word_in_capitals_does_not_capitalize_the_rest(client: FlaskClient) -> None:
    made = ask(client, q="قال الوزير إن حلف NATO سيعود.").get_json()["translatedText"]
    assert sum(letter.islower() for letter in made) > sum(letter.isupper() for letter in made)


def test_a_question_stays_one_and_a_full_stop_stays(client: FlaskClient) -> None:
    assert ask(client, q="هل انتهت الحرب؟").get_json()["translatedText"].endswith("?")
    assert ask(client, q=SENTENCE).get_json()["translatedText"].endswith(".")


def test_what_a_very_long_sentence_loses_it_is_warned_of(client: FlaskClient) -> None:
    cities = [
        "القاهرة",
        "بيروت",
        "دمشق",
        "عمان",
        "بغداد",
        "الرياض",
        "مسقط",
        "الدوحة",
        "تونس",
        "الجزائر",
        "الرباط",
        "الخرطوم",
        "صنعاء",
    ]
    text = "، و".join(f"زار الوزير مدينة {city} في {n + 11} يناير" for n, city in enumerate(cities)) + "."
    answer = ask(client, q=text, segments=True).get_json()
    made, warnings = answer["translatedText"], " ".join(answer["segments"][0]["warnings"])
    assert len(answer["segments"]) == 1
    assert [n for n in range(11, 24) if str(n) not in made and str(n) not in warnings] == []


def test_a_lone_surrogate_breaks_nothing(client: FlaskClient) -> None:
    answer = client.post(
        "/translate",
        data=b'{"q": "\\ud800 \\u0646\\u0639\\u0645", "source": "ar", "target": "en"}',
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert answer.get_json()["translatedText"]


# --- What is refused, and in which order ----------------------------------------------------------------


def test_missing_parameters_are_named_in_the_order_of_the_contract(client: FlaskClient) -> None:
    bare = client.post("/translate", json={"alternatives": "x", "format": "pdf"})
    assert error(bare) == "Invalid request: missing q parameter"
    with_q = client.post("/translate", json={"q": SENTENCE, "alternatives": "x"})
    assert error(with_q) == "Invalid request: missing source parameter"
    with_source = client.post("/translate", json={"q": SENTENCE, "source": "zz", "alternatives": "x"})
    assert error(with_source) == "Invalid request: missing target parameter"
    with_target = client.post(
        "/translate", json={"q": ["x"] * 129, "source": "zz", "target": "yy", "alternatives": "x"}
    )
    assert error(with_target) == "Invalid request: alternatives parameter is not a number"


@pytest.mark.parametrize("q", ["", [], None])
def test_an_empty_q_is_a_missing_one(client: FlaskClient, q: object) -> None:
    assert error(ask(client, q=q)) == "Invalid request: missing q parameter"


@pytest.mark.parametrize("q", [5, {"a": "b"}, ["نعم", 5], [["نعم"]], True])
def test_a_q_that_is_no_text_is_said_to_be_none(client: FlaskClient, q: object) -> None:
    assert error(ask(client, q=q)) == "Invalid request: q parameter is not a text or a list of texts"


@pytest.mark.parametrize("value", ["many", "1.5", [1], {"a": 1}, 1e400])
def test_alternatives_that_are_no_number_are_refused(client: FlaskClient, value: object) -> None:
    assert error(ask(client, q=SENTENCE, alternatives=value)).endswith("is not a number")


def test_too_many_texts_come_before_too_many_characters(client: FlaskClient) -> None:
    answer = ask(client, q=["ا" * 200] * 129)
    assert error(answer) == "Invalid request: request (129) exceeds text limit (128)"


def test_too_many_characters_come_before_unknown_languages(client: FlaskClient) -> None:
    answer = ask(client, q=["ا" * 20_000, "ا"], source="zz")
    assert error(answer) == "Invalid request: request (20001) exceeds text limit (20000)"


def test_a_body_far_beyond_the_limit_is_refused_in_the_same_words(client: FlaskClient) -> None:
    answer = client.post(
        "/translate", data=b"q=" + b"a" * 1_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert "exceeds text limit" in error(answer)
    for path in ("/detect", "/suggest"):
        assert "exceeds text limit" in error(client.post(path, json={"q": "ا" * 400_000}))


@pytest.mark.parametrize("q", [b"%C7%E1%E6%D2%ED%D1", b"\xc7\xe1\xe6\xd2\xed\xd1", b"%D9"])
def test_a_form_or_query_in_another_encoding_is_refused_not_translated(client: FlaskClient, q: bytes) -> None:
    """«الوزير» in Windows-1256, as a form writes it and raw; half a letter in UTF-8."""
    form = b"q=" + q + b"&source=ar&target=en"
    said = "Invalid request: the parameters are not in UTF-8"
    sent = client.post("/translate", data=form, content_type="application/x-www-form-urlencoded")
    assert error(sent) == said
    if q.isascii():
        assert error(client.post(f"/translate?{form.decode()}")) == said
        answer = client.get(f"/v2/languages?type={q.decode()}")
        assert (answer.status_code, list(answer.get_json())) == (400, ["message"])


def test_a_form_may_hold_letters_as_they_are(client: FlaskClient) -> None:
    """As ``curl -d`` sends them."""
    form = f"q={SENTENCE}&source=ar&target=en".encode()
    answer = client.post("/translate", data=form, content_type="application/x-www-form-urlencoded")
    assert answer.get_json() == {"translatedText": english(client)}


def test_empty_texts_of_a_list_keep_their_places(client: FlaskClient) -> None:
    asked = {"q": ["", SENTENCE, " \n", ""], "source": "auto", "segments": True, "alternatives": 1}
    answer = ask(client, **asked).get_json()
    assert answer["translatedText"] == ["", english(client), " \n", ""]
    assert [found["language"] for found in answer["detectedLanguage"]] == ["en", "ar", "en", "en"]
    assert [len(found) for found in answer["segments"]] == [0, 1, 0, 0]
    assert [bool(found) for found in answer["alternatives"]] == [False, True, False, False]
    assert ask(client, q=["", ""]).get_json() == {"translatedText": ["", ""]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>", "</i></b><div"),
        ("<b><i>", "</b>"),
        ("<!doctype html><table><td>", "</table><!-- "),
        ("<svg><![CDATA[ ]]></svg>", "<br/ ><p class='a"),
        ("<b>" * 2_000, "</b>" * 1_500),
    ],
)
def test_broken_markup_is_kept_and_what_stands_in_it_translated(
    client: FlaskClient, before: str, after: str
) -> None:
    answer = ask(client, q=f"{before}نعم.{after}", format="html")
    assert answer.status_code == 200
    made = answer.get_json()["translatedText"]
    assert "نعم" not in made
    assert made.count("<") == (before + after).count("<")


def test_unknown_languages_formats_and_pairs_are_named(client: FlaskClient) -> None:
    assert error(ask(client, q="a", source="zz", format="pdf")) == "zz is not supported"
    assert error(ask(client, q="a", target="zz", format="pdf")) == "zz is not supported"
    assert error(ask(client, q="a", target="auto")) == "auto is not supported"
    assert error(ask(client, q="a", source="en", format="pdf")) == "pdf format is not supported"
    expected = "English (en) is not available as a target language from English (en)"
    assert error(ask(client, q="a", source="en")) == expected
    expected = "Arabic (ar) is not available as a target language from English (en)"
    assert error(ask(client, q="a", source="auto", target="ar")) == expected


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b"", b"null", b'{"q": ' + b"[" * 100_000])
def test_broken_json_is_said_to_be_broken(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/translate", data=body, content_type="application/json")
    assert error(answer) == "Invalid JSON format"


def test_json_under_another_content_type_is_not_read(client: FlaskClient) -> None:
    answer = client.post("/translate", data=json.dumps({"q": SENTENCE}), content_type="text/plain")
    assert error(answer) == "Invalid request: missing q parameter"


def test_get_is_not_allowed(client: FlaskClient) -> None:
    answer = client.get("/translate", query_string={"q": SENTENCE, "source": "ar", "target": "en"})
    assert "not allowed" in error(answer, 405)
    assert "POST" in answer.headers["Allow"]


# --- The other addresses ---------------------------------------------------------------------------------


def test_detect_tells_the_likeliest_first(client: FlaskClient) -> None:
    assert client.post("/detect", json={"q": SENTENCE}).get_json() == [{"confidence": 100, "language": "ar"}]
    mixed = client.post("/detect", data={"q": "حلف شمال الأطلسي NATO"}).get_json()
    assert [found["language"] for found in mixed] == ["ar", "en"]
    assert mixed[0]["confidence"] > mixed[1]["confidence"]
    assert error(client.post("/detect", json={})) == "Invalid request: missing q parameter"


def test_persian_and_urdu_are_taken_for_arabic_less_surely(client: FlaskClient) -> None:
    for text in ("این کتاب گفت که چرا پدر ژاله آمد", "یہ کتاب پاکستان میں ٹھیک ہے"):
        [found] = client.post("/detect", json={"q": text}).get_json()
        assert found["confidence"] < 50
    [found] = client.post(
        "/detect", json={"q": "افتتح مقهى گروپي في القاهرة بعد ترميمه الطويل أمس"}
    ).get_json()
    assert found["confidence"] > 70


def test_tags_scripts_and_addresses_do_not_make_a_text_english(client: FlaskClient) -> None:
    page = (
        '<p class="status__content__text--visible"><a href="https://example.org/a/b/c" rel="nofollow">نعم.</a>'
        "</p><script>var many = 'letters in here that nobody reads and no one translates';</script>"
    )
    found = ask(client, q=page, source="auto", format="html").get_json()
    assert found["detectedLanguage"]["language"] == "ar"
    assert english(client, "نعم.") in found["translatedText"]
    text = "نعم https://example.org/a/very/long/path/that/goes/on info@example.org @someone"
    assert client.post("/detect", json={"q": text}).get_json() == [{"confidence": 100, "language": "ar"}]


def test_languages_come_with_their_targets(client: FlaskClient) -> None:
    assert client.get("/languages").get_json() == [
        {"code": "ar", "name": "Arabic", "targets": ["en"]},
        {"code": "en", "name": "English", "targets": []},
    ]


def test_frontend_settings_have_the_contract_s_fields(client: FlaskClient) -> None:
    found = client.get("/frontend/settings").get_json()
    assert list(found) == [
        "charLimit",
        "frontendTimeout",
        "apiKeys",
        "keyRequired",
        "suggestions",
        "filesTranslation",
        "supportedFilesFormat",
        "language",
    ]
    assert found["language"]["source"] == {"code": "ar", "name": "Arabic"}
    assert ".docx" in found["supportedFilesFormat"]


def test_health_says_ok(client: FlaskClient) -> None:
    assert client.get("/health").get_json() == {"status": "ok"}


def test_a_suggestion_is_kept_in_a_file_a_line_each(client: FlaskClient) -> None:
    folder: Path = client.application.extensions["muwazi"].settings.data
    given = {"q": "نعم\nلا", "s": "Yes\nNo", "source": "ar", "target": "en"}
    assert client.post("/suggest", json=given).get_json() == {"success": True}
    assert client.post("/suggest", data=given).get_json() == {"success": True}
    lines = (folder / "suggestions.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [given, given]
    assert error(client.post("/suggest", json={"q": "نعم"})) == "Invalid request: missing s parameter"
    for wrong in (["نعم"], 5, {"a": 1}):
        refused = error(client.post("/suggest", json={**given, "q": wrong}))
        assert refused == "Invalid request: q parameter is not a text"
    assert len((folder / "suggestions.jsonl").read_text().splitlines()) == 2


def test_a_file_is_translated_and_fetched_under_an_absolute_address(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(f"{SENTENCE}\n\nنعم.\n".encode()), "خبر.txt"), "source": "ar", "target": "en"}
    address = client.post("/translate_file", data=form).get_json()["translatedFileUrl"]
    assert address.startswith("http://localhost/download_file/")
    fetched = client.get(address.removeprefix("http://localhost"))
    assert fetched.data.decode() == f"{english(client)}\n\n{english(client, 'نعم.')}\n"
    assert fetched.headers["Content-Disposition"].startswith("attachment;")


def test_file_errors_are_told_in_the_contract_s_shape(client: FlaskClient) -> None:
    def send(data: bytes = b"", name: str = "a.txt", **more: str) -> TestResponse:
        return client.post("/translate_file", data={"file": (io.BytesIO(data), name), **more})

    both = {"source": "ar", "target": "en"}
    assert error(client.post("/translate_file", data=both)) == "Invalid request: missing file parameter"
    assert error(send(b"x")) == "Invalid request: missing source parameter"
    assert error(send(b"x", "", **both)) in {
        "Invalid request: empty file",
        "Invalid request: missing file parameter",
    }
    assert "English only" not in error(send(b"Nothing Arabic in here.", **both))
    assert error(send(b"MZ\x90\x00\x03\x00", "a.exe", **both))
    assert error(client.get("/download_file/..%2f..%2fetc%2fpasswd"), 404)
    assert error(client.get("/download_file/none"), 404)


# --- What ours adds --------------------------------------------------------------------------------------


def test_segments_say_where_each_sentence_stands_in_both_texts(client: FlaskClient) -> None:
    text = f"  {SENTENCE}\r\n\r\nوصل 17 جنديا 😀. نعم."
    answer = ask(client, q=text, segments=True).get_json()
    made = answer["translatedText"]
    assert len(answer["segments"]) == 3
    for found in answer["segments"]:
        assert text[found["start"] : found["end"]] == found["source"]
        assert made[found["target_start"] : found["target_end"]] == found["text"]
        assert found["score"] <= 0
    assert answer["segments"][0]["links"]
    for a, b, c, d in answer["segments"][0]["links"]:
        assert SENTENCE[a:b].strip()
        assert answer["segments"][0]["text"][c:d].strip()
    assert answer["model"]["name"] == "builtin"
    assert answer["segments"][0]["model"] == f"builtin@{answer['model']['revision']}"


def test_segments_of_a_list_are_a_list_of_lists(client: FlaskClient) -> None:
    answer = ask(client, q=[SENTENCE, "Hello", " "], source="auto", segments=True).get_json()
    assert [len(found) for found in answer["segments"]] == [1, 0, 0]


def test_words_are_linked_as_the_reader_links_them_by_what_the_model_looked_at(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = client.application.extensions["muwazi"].desk.reader
    looked: list[list[tuple[str, str]]] = []
    attend = reader.attend

    def listen(pairs: Iterable[tuple[str, str]]) -> Any:
        looked.append(list(pairs))
        return attend(looked[-1])

    text = f"{SENTENCE}\nوصل رئيس الوزراء إلى القاهرة صباح اليوم."
    article = client.post("/api/articles", json={"text": text}).get_json()["id"]
    assert "event: done" in client.get(f"/api/articles/{article}/events").text
    monkeypatch.setattr(reader, "attend", listen)
    ours = client.get(f"/api/articles/{article}/links").get_json()
    theirs = ask(client, q=text, segments=True).get_json()["segments"]
    assert [found["links"] for found in theirs] == list(ours.values())
    assert looked[0] == looked[1] == [(found["source"], found["text"]) for found in theirs]
    *records, _ = ask(client, q=text, stream=True).data.decode().splitlines()
    assert [(r["source"], r["text"]) for r in map(json.loads, records)] == looked[2] + looked[3]


def test_warnings_come_with_the_sentence_they_are_about(client: FlaskClient) -> None:
    texts = [SENTENCE, "باع 48,213 قطعة و17 سيارة و9 بيوت في 1987 و12 شقة و44 كتابا و3,512 قلما و78 دفترا"]
    answer = ask(client, q=texts, segments=True).get_json()
    assert answer["segments"][0][0]["warnings"] == []
    made, [second] = answer["translatedText"][1], answer["segments"][1]
    for number in ("48,213", "17", "1987", "3,512"):
        assert number in made or any(number in warning for warning in second["warnings"])


def test_a_stream_is_a_line_per_sentence_and_then_the_whole(client: FlaskClient) -> None:
    text = f"{SENTENCE}\n\nنعم. لا.\n"
    answer = ask(client, q=[text, "Hello"], source="auto", stream=True)
    assert answer.mimetype == "application/x-ndjson"
    *records, last = [json.loads(line) for line in answer.data.decode().splitlines()]
    assert [record["index"] for record in records] == [0, 0, 0]
    assert last["done"] is True
    made = last["translatedText"][0]
    assert [made[r["target_start"] : r["target_end"]] for r in records] == [r["text"] for r in records]
    assert last["translatedText"] == [ask(client, q=text).get_json()["translatedText"], "Hello"]
    assert [found["language"] for found in last["detectedLanguage"]] == ["ar", "en"]


def test_a_client_that_accepts_events_gets_events(client: FlaskClient) -> None:
    answer = client.post(
        "/translate",
        json={"q": SENTENCE, "source": "ar", "target": "en"},
        headers={"Accept": "text/event-stream"},
    )
    assert answer.mimetype == "text/event-stream"
    first, last = answer.data.decode().strip().split("\n\n")
    assert first.startswith("event: segment\ndata: ")
    assert last.startswith("event: done\ndata: ")
    assert json.loads(last.partition("data: ")[2])["translatedText"] == english(client)


def test_what_cannot_be_streamed_is_refused_before_the_stream(client: FlaskClient) -> None:
    assert "text format" in error(ask(client, q="<p>نعم</p>", format="html", stream=True))
    assert "cannot be streamed" in error(ask(client, q=SENTENCE, alternatives=1, stream=True))
    assert error(ask(client, q="", stream=True)) == "Invalid request: missing q parameter"


# --- Against a live server -------------------------------------------------------------------------------


def test_libretranslatepy_translates_detects_and_lists(server: Any) -> None:
    api = LibreTranslateAPI(server.url)
    client = server.app.test_client()
    assert api.translate(SENTENCE, "ar", "en") == english(client)
    assert (
        api.translate(f"{SENTENCE}\n\nنعم.", "auto", "en")
        == f"{english(client)}\n\n{english(client, 'نعم.')}"
    )
    assert api.detect(SENTENCE) == [{"confidence": 100, "language": "ar"}]
    assert api.languages()[0]["targets"] == ["en"]


def test_a_live_stream_brings_sentences_before_the_end(server: Any) -> None:
    desk = server.app.extensions["muwazi"].desk
    read = threading.Event()
    held: list[bool] = []

    def hold(_: object) -> None:
        # After its first round no lane of the desk goes on before the first line has been read.
        held.append(not held or read.wait(60))

    desk.listeners.append(hold)
    text = " ".join(f"وصل الوفد رقم {n} إلى المدينة صباح أمس." for n in range(1, 401))
    asked = urllib.request.Request(
        f"{server.url}/translate",
        data=json.dumps({"q": text, "source": "ar", "target": "en", "stream": True}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=120) as answer:
        first = json.loads(answer.readline())
        assert first["start"] == 0
        assert desk.waiting == 1  # The rest is still being translated.
        read.set()
        rest = [json.loads(line) for line in answer]
    desk.listeners.remove(hold)
    assert all(held)
    assert len(rest) == 400
    assert rest[-1]["done"] is True


def test_a_client_that_goes_away_stops_costing_work(server: Any) -> None:
    desk = server.app.extensions["muwazi"].desk
    decoded: list[int] = []
    gone = threading.Event()

    def hold(round_: Round) -> None:
        # After its first round no lane of the desk goes on before the client is missed.
        decoded.append(round_.sentences)
        gone.wait(60)

    desk.listeners.append(hold)
    sentences = [f"غادر الوفد رقم {n} المدينة التي زارها صباح أمس مع رئيس الوزراء." for n in range(200)]
    body = json.dumps({"q": " ".join(sentences), "source": "ar", "target": "en"}).encode()
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    connection.request("POST", "/translate", body, {"Content-Type": "application/json"})
    until = time.monotonic() + 50
    while not decoded and time.monotonic() < until:
        time.sleep(0.01)
    connection.close()
    while desk.waiting and time.monotonic() < until:
        time.sleep(0.01)
    gone.set()
    assert desk.waiting == 0
    desk.listeners.remove(hold)
    assert 0 < sum(decoded) < 200
