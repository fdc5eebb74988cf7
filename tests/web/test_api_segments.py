"""Sentences through the API: corrections that lose nothing, word links, and earlier corrections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

TEXT = "وصل وزير الخارجية إلى القاهرة صباح اليوم.\nوقال الوزير إن الاتفاق مع القاهرة مهم جدا."


@pytest.fixture
def rows(client: FlaskClient) -> list[dict[str, Any]]:
    """Two translated sentences of a new article."""
    article = client.post("/api/articles", json={"text": TEXT}).json["id"]
    assert "event: done" in client.get(f"/api/articles/{article}/events").text
    found: list[dict[str, Any]] = client.get(f"/api/articles/{article}").json["rows"]
    return found


def correct(client: FlaskClient, segment: int, text: str, version: int) -> Any:
    return client.put(f"/api/segments/{segment}/correction", json={"text": text, "version": version})


def row_of(client: FlaskClient, segment: int) -> dict[str, Any]:
    """The sentence as its article shows it."""
    for entry in client.get("/api/articles").json:
        for row in client.get(f"/api/articles/{entry['id']}").json["rows"]:
            if row["id"] == segment:
                return dict(row)
    raise AssertionError(segment)


def test_a_correction_stands_beside_the_machines_text(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    first = rows[0]
    assert (first["correction"], first["version"]) == (None, 0)
    saved = correct(client, first["id"], "The foreign minister came to Cairo this morning.", 0)
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    now = row_of(client, first["id"])
    assert now["correction"] == {"version": 1, "text": "The foreign minister came to Cairo this morning."}
    assert now["machine"] == first["machine"]
    assert now["version"] == 1


def test_of_two_tabs_the_second_is_told_what_stands_and_nothing_is_lost(
    app: Flask, rows: list[dict[str, Any]]
) -> None:
    segment = rows[0]["id"]
    one, two = app.test_client(), app.test_client()
    assert correct(one, segment, "From the first tab.", 0).status_code == 200
    refused = correct(two, segment, "From the second tab.", 0)
    assert refused.status_code == 409
    assert refused.json["code"] == "conflict"
    assert refused.json["current"] == {"version": 1, "text": "From the first tab."}
    assert row_of(one, segment)["correction"]["text"] == "From the first tab."
    # The second tab shows both, and its reader decides.
    kept = correct(two, segment, "From the second tab.", refused.json["current"]["version"])
    assert kept.json["version"] == 2
    texts = [version["text"] for version in one.get(f"/api/segments/{segment}/history").json]
    assert texts == ["From the first tab.", "From the second tab."]


def test_of_many_who_save_at_once_one_wins_and_all_others_hear_of_it(
    app: Flask, rows: list[dict[str, Any]]
) -> None:
    segment = rows[0]["id"]
    together = threading.Barrier(8)

    def save(number: int) -> Any:
        client = app.test_client()
        together.wait()
        return correct(client, segment, f"Version of {number}.", 0)

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(save, range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7
    winner = next(reply.json["text"] for reply in replies if reply.status_code == 200)
    assert all(
        reply.json["current"] == {"version": 1, "text": winner}
        for reply in replies
        if reply.status_code == 409
    )


def test_a_save_whose_answer_got_lost_can_be_repeated(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    segment = rows[0]["id"]
    first = correct(client, segment, "Once.", 0)
    again = correct(client, segment, "Once.", 0)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(client.get(f"/api/segments/{segment}/history").json) == 1


def test_undo_goes_back_step_by_step_to_the_machines_text(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    segment = rows[0]["id"]
    correct(client, segment, "One.", 0)
    correct(client, segment, "Two.", 1)
    back = client.post(f"/api/segments/{segment}/undo", json={"version": 2})
    assert back.json == {"version": 3, "text": "One."}
    back = client.post(f"/api/segments/{segment}/undo", json={"version": 3})
    assert back.json == {"version": 4, "text": None}
    shown = row_of(client, segment)
    assert shown["correction"] == {"version": 4, "text": None}
    assert shown["machine"]["text"]
    nothing_left = client.post(f"/api/segments/{segment}/undo", json={"version": 4})
    assert nothing_left.status_code == 400
    stale = client.post(f"/api/segments/{segment}/undo", json={"version": 1})
    assert (stale.status_code, stale.json["current"]) == (409, {"version": 4, "text": None})
    history = client.get(f"/api/segments/{segment}/history").json
    assert [(v["version"], v["text"]) for v in history] == [(1, "One."), (2, "Two."), (3, "One."), (4, None)]


def test_a_version_from_the_future_is_a_conflict_too(client: FlaskClient, rows: list[dict[str, Any]]) -> None:
    refused = correct(client, rows[0]["id"], "x", 2**31 - 1)
    assert (refused.status_code, refused.json["current"]) == (409, {"version": 0, "text": None})


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "<b>bold</b>", "نص عربي", "a\u202eb", "😀" * 100, "x" * 20_000, "' OR 1=1 --", "\u2028"],
)
def test_whatever_was_typed_is_kept_as_it_was_typed(
    client: FlaskClient, rows: list[dict[str, Any]], text: str
) -> None:
    saved = correct(client, rows[0]["id"], text, 0)
    assert saved.json == {"version": 1, "text": text}
    assert row_of(client, rows[0]["id"])["correction"]["text"] == text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": "x"}, 'no "version"'),
        ({"version": 0}, 'no "text"'),
        ({"text": "x", "version": "0"}, "whole number"),
        ({"text": "x", "version": -1}, "from 0"),
        ({"text": "x", "version": 1e300}, "more than 20 digits|whole number"),
        ({"text": "x" * 20_001, "version": 0}, "20000 at most"),
        ({"text": "a\0b", "version": 0}, "NUL"),
        ({"text": "x", "version": 0, "force": True}, '"force"'),
        (5, "it must be an object"),
    ],
)
def test_a_bad_correction_is_refused_and_changes_nothing(
    client: FlaskClient, rows: list[dict[str, Any]], body: object, message: str
) -> None:
    reply = client.put(f"/api/segments/{rows[0]['id']}/correction", json=body)
    assert reply.status_code == 400
    assert any(part in reply.json["error"] for part in message.split("|"))
    assert client.get(f"/api/segments/{rows[0]['id']}/history").json == []


@pytest.mark.parametrize("segment", ["0", "-5", "x", "2147483647", "99999999999999999999"])
def test_a_sentence_that_is_not_there_is_not_found_by_any_operation(
    client: FlaskClient, segment: str
) -> None:
    for method, path, body in (
        ("PUT", "correction", {"text": "x", "version": 0}),
        ("POST", "undo", {"version": 1}),
        ("GET", "history", None),
        ("GET", "matches", None),
        ("GET", "links", None),
    ):
        reply = client.open(f"/api/segments/{segment}/{path}", method=method, json=body)
        assert reply.status_code == 404, path
        assert reply.json["code"] == "not_found"


def test_links_point_into_the_sentence_and_the_english_shown(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    row = rows[0]
    correct(client, row["id"], "The minister arrived in Cairo.", 0)
    found = client.get(f"/api/segments/{row['id']}/links").json
    pairs = {(row["text"][a:b], "The minister arrived in Cairo."[c:d]) for a, b, c, d in found["links"]}
    assert ("القاهرة", "Cairo") in pairs
    assert ("وزير", "minister") in pairs


def test_links_follow_the_english_when_it_changes(client: FlaskClient, rows: list[dict[str, Any]]) -> None:
    segment = rows[0]["id"]
    before = client.get(f"/api/segments/{segment}/links").json
    assert client.get(f"/api/segments/{segment}/links").json == before
    english = "This morning, in Cairo, the minister arrived."
    correct(client, segment, english, 0)
    after = client.get(f"/api/segments/{segment}/links").json
    assert after["text_key"] != before["text_key"]
    assert all(d <= len(english) for *_, d in after["links"])
    client.post(f"/api/segments/{segment}/undo", json={"version": 1})
    assert client.get(f"/api/segments/{segment}/links").json == before


def test_an_articles_links_are_those_of_its_sentences(
    client: FlaskClient, rows: list[dict[str, Any]]
) -> None:
    article = client.get("/api/articles").json[0]["id"]
    found = client.get(f"/api/articles/{article}/links").json
    assert set(found) == {str(row["id"]) for row in rows}
    for row in rows:
        assert found[str(row["id"])] == client.get(f"/api/segments/{row['id']}/links").json["links"]
        for a, b, c, d in found[str(row["id"])]:
            assert row["text"][a:b].strip()
            assert row["machine"]["text"][c:d].strip()


def test_a_sentence_without_english_has_no_links(client: FlaskClient) -> None:
    article = client.post("/api/articles", json={"text": f"{TEXT}\n\nشارك الخبر على فيسبوك"}).json["id"]
    rows = client.get(f"/api/articles/{article}").json["rows"]
    furniture = next(row for row in rows if row["kind"] == "furniture")
    assert client.get(f"/api/segments/{furniture['id']}/links").json["links"] == []


def test_earlier_corrections_of_sentences_alike_are_offered(client: FlaskClient) -> None:
    sentence = "افتتح الرئيس المصنع الجديد في المدينة الصناعية أمس"
    other = "افتتح الرئيس المصنع الجديد في المدينة الصناعية اليوم"
    first = client.post("/api/articles", json={"text": sentence}).json["id"]
    corrected = client.get(f"/api/articles/{first}").json["rows"][0]["id"]
    correct(client, corrected, "The president opened the new plant yesterday.", 0)
    second = client.post("/api/articles", json={"text": other}).json["id"]
    asked = client.get(f"/api/articles/{second}").json["rows"][0]["id"]
    matches = client.get(f"/api/segments/{asked}/matches").json
    assert matches[0]["target"] == "The president opened the new plant yesterday."
    assert (matches[0]["source"], matches[0]["segment_id"]) == (sentence, corrected)
    assert 0.6 <= matches[0]["similarity"] < 1
    own = client.get(f"/api/segments/{corrected}/matches").json
    assert corrected not in [match["segment_id"] for match in own]


def test_what_was_corrected_is_exported_for_training(client: FlaskClient, rows: list[dict[str, Any]]) -> None:
    correct(client, rows[0]["id"], "An unmistakable correction.", 0)
    for form in ("tmx", "tsv", "jsonl"):
        reply = client.get(f"/api/corrections/export?format={form}")
        assert reply.status_code == 200
        assert "An unmistakable correction." in reply.text
        assert f"corrections.{form}" in reply.headers["Content-Disposition"]
