"""References through the API: aligned, changed by several people, scored; and models and search."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

TEXT = "وصل وزير الخارجية إلى القاهرة صباح اليوم.\nوقال الوزير إن الاتفاق مهم.\nوتستمر المحادثات 17 يوما."
ENGLISH = (
    "The foreign minister arrived in Cairo this morning.\n"
    "The minister said the agreement was important.\n"
    "The talks will go on for 17 days."
)


@pytest.fixture(scope="module")
def article(app: Flask) -> int:
    """A translated article of three sentences."""
    client = app.test_client()
    number: int = client.post("/api/articles", json={"text": TEXT}).json["id"]
    assert "event: done" in client.get(f"/api/articles/{number}/events").text
    return number


@pytest.fixture
def reference(client: FlaskClient, article: int) -> dict[str, Any]:
    """A new reference of it."""
    reply = client.post(f"/api/articles/{article}/references", json={"name": "وكالة", "text": ENGLISH})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json
    assert reply.headers["Location"] == f"/api/references/{found['id']}"
    return found


def act(client: FlaskClient, reference: int, **body: Any) -> Any:
    return client.post(f"/api/references/{reference}/beads", json=body)


def test_a_reference_is_aligned_sentence_by_sentence(reference: dict[str, Any]) -> None:
    assert reference["name"] == "وكالة"
    assert reference["revision"] == 1
    assert len(reference["sentences"]) == 3
    assert [(bead["source"], bead["target"]) for bead in reference["beads"]] == [
        ([0, 1], [0, 1]),
        ([1, 2], [1, 2]),
        ([2, 3], [2, 3]),
    ]
    assert all(0 <= bead["score"] <= 1 and not bead["pinned"] for bead in reference["beads"])


def test_a_file_is_a_reference_too_under_its_own_name(client: FlaskClient, article: int) -> None:
    form = {"file": (io.BytesIO(ENGLISH.encode()), "../the agency.txt")}
    reply = client.post(f"/api/articles/{article}/references", data=form)
    assert reply.status_code == 201, reply.text
    assert reply.json["name"] == "the agency"
    named = {"file": (io.BytesIO(ENGLISH.encode()), "x.txt"), "name": " Reuters "}
    assert client.post(f"/api/articles/{article}/references", data=named).json["name"] == "Reuters"


def test_references_are_listed_with_their_article_until_they_are_removed(
    client: FlaskClient, article: int, reference: dict[str, Any]
) -> None:
    listed = client.get(f"/api/articles/{article}").json["references"]
    assert {"id": reference["id"], "name": "وكالة"} in listed
    gone = client.delete(f"/api/references/{reference['id']}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert client.get(f"/api/references/{reference['id']}").status_code == 404
    assert client.delete(f"/api/references/{reference['id']}").status_code == 404


def test_beads_are_moved_merged_split_and_brought_back(
    client: FlaskClient, reference: dict[str, Any]
) -> None:
    number = reference["id"]
    merged = act(client, number, revision=1, action="merge", bead=0).json
    assert merged["revision"] == 2
    assert merged["beads"][0]["source"] == [0, 2]
    split = act(client, number, revision=2, action="split", bead=0).json
    assert len(split["beads"]) == 3
    moved = act(client, number, revision=3, action="push_down", bead=0, side="target").json
    assert moved["beads"][1]["target"] == [0, 2]
    undone = act(client, number, revision=4, action="undo").json
    assert [bead["target"] for bead in undone["beads"]] == [bead["target"] for bead in split["beads"]]
    assert client.get(f"/api/references/{number}").json == undone


def test_a_pinned_bead_stays_when_all_others_are_found_again(
    client: FlaskClient, reference: dict[str, Any]
) -> None:
    number = reference["id"]
    act(client, number, revision=1, action="merge", bead=0)
    pinned = act(client, number, revision=2, action="pin", bead=0).json
    assert pinned["beads"][0]["pinned"]
    again = act(client, number, revision=3, action="realign").json
    assert (again["beads"][0]["source"], again["beads"][0]["pinned"]) == ([0, 2], True)
    refused = act(client, number, revision=4, action="split", bead=0)
    assert (refused.status_code, "pinned" in refused.json["error"]) == (400, True)
    loose = act(client, number, revision=4, action="unpin", bead=0).json
    assert not loose["beads"][0]["pinned"]


@pytest.mark.parametrize("action", ["merge", "undo", "realign", "pin"])
def test_whoever_changes_old_beads_is_told_the_current_ones(
    client: FlaskClient, reference: dict[str, Any], action: str
) -> None:
    number = reference["id"]
    current = act(client, number, revision=1, action="merge", bead=0).json
    refused = act(client, number, revision=1, action=action, bead=0)
    assert refused.status_code == 409
    assert refused.json["code"] == "conflict"
    assert refused.json["current"] == current
    assert client.get(f"/api/references/{number}").json == current


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"revision": 1, "action": "merge"}, 'no "bead"'),
        ({"revision": 1, "action": "merge", "bead": 2}, "last pair"),
        ({"revision": 1, "action": "merge", "bead": 9}, "no pair 9"),
        ({"revision": 1, "action": "merge", "bead": -1}, "from 0"),
        ({"revision": 1, "action": "explode", "bead": 0}, 'one of "push_down"'),
        ({"revision": 1, "action": "merge", "bead": 0, "side": "left"}, 'one of "source", "target"'),
        ({"action": "merge", "bead": 0}, 'no "revision"'),
        ({"revision": 1, "action": "undo"}, "nothing to undo"),
        ({"revision": 1, "action": "pin", "bead": 0, "beed": 1}, '"beed"'),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(
    client: FlaskClient, reference: dict[str, Any], body: dict[str, Any], message: str
) -> None:
    reply = act(client, reference["id"], **body)
    assert reply.status_code == 400
    assert message in reply.json["error"]
    assert client.get(f"/api/references/{reference['id']}").json == reference


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": " "}, "blank"),
        ({"name": "x"}, 'no "text"'),
        ({"text": TEXT}, "in Arabic"),
        ({"text": "Fine.", "name": "x" * 201}, "200 at most"),
    ],
)
def test_a_reference_that_is_none_is_refused(
    client: FlaskClient, article: int, body: dict[str, Any], message: str
) -> None:
    reply = client.post(f"/api/articles/{article}/references", json=body)
    assert reply.status_code == 400
    assert message in reply.json["error"]


def test_scores_come_with_signatures_and_for_each_bead(
    client: FlaskClient, reference: dict[str, Any]
) -> None:
    found = client.get(f"/api/references/{reference['id']}/scores").json
    assert {score["metric"] for score in found["machine"]} >= {"BLEU", "chrF", "TER"}
    assert all("version:" in score["signature"] for score in found["machine"])
    assert [bead["bead"] for bead in found["beads"]] == [0, 1, 2]
    assert all(bead["machine"]["chrf"] >= 0 for bead in found["beads"])
    assert found["corrected"] == []
    assert found["covered"] == 1


def test_an_export_is_paired_by_the_references_beads(
    client: FlaskClient, article: int, reference: dict[str, Any]
) -> None:
    reply = client.get(f"/api/articles/{article}/export?format=tsv&reference={reference['id']}")
    assert "The talks will go on for 17 days." in reply.text
    other = client.post("/api/articles", json={"text": TEXT}).json["id"]
    wrong = client.get(f"/api/articles/{other}/export?format=tsv&reference={reference['id']}")
    assert wrong.status_code == 404
    assert f"belongs to article {article}" in wrong.json["error"]


def test_installed_models_are_listed_with_the_one_in_use(client: FlaskClient) -> None:
    found = client.get("/api/models").json
    assert [model["name"] for model in found if model["current"]] == ["builtin"]
    assert found[0]["label"].startswith("builtin@")
    chosen = client.post("/api/models/current", json={"name": "builtin"})
    assert chosen.json == found[0]
    for name in ("/etc", "gpt", "../builtin", "builtin\u200f"):
        refused = client.post("/api/models/current", json={"name": name})
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    assert client.post("/api/models/current", json={"name": ""}).status_code == 400


def test_search_finds_in_both_languages_and_marks_what_it_found(client: FlaskClient, article: int) -> None:
    hits = [hit for hit in client.get("/api/search?q=القاهره").json if hit["article_id"] == article]
    assert hits
    hit = hits[0]
    assert [hit["source"][a:b] for a, b in hit["source_spans"]] == ["القاهرة"]
    assert hit["position"] == 0
    english = client.get("/api/search?q=minister&limit=1").json
    assert len(english) == 1


@pytest.mark.parametrize(
    "query", ["'", '"', "*", "a OR", "NEAR(", "x AND", "-", "col:x", "%", "_", "\\", "؟", "  "]
)
def test_a_search_for_signs_is_no_error(client: FlaskClient, query: str) -> None:
    reply = client.get("/api/search", query_string={"q": query})
    assert reply.status_code == 200
    assert isinstance(reply.json, list)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, '"q" is missing'),
        ({"q": ""}, "empty"),
        ({"q": "x" * 201}, "200 at most"),
        ({"q": "x", "limit": "0"}, "from 1 to 500"),
        ({"q": "x", "limit": "many"}, "whole number"),
        ({"q": "a\0"}, "NUL"),
    ],
)
def test_a_bad_search_is_refused(client: FlaskClient, query: dict[str, str], message: str) -> None:
    reply = client.get("/api/search", query_string=query)
    assert reply.status_code == 400
    assert message in reply.json["error"]


def test_a_reference_needs_its_article(client: FlaskClient) -> None:
    assert client.post("/api/articles/9999/references", json={"text": ENGLISH}).status_code == 404
    for path in ("", "/scores"):
        assert client.get(f"/api/references/9999{path}").status_code == 404
    assert act(client, 9999, revision=1, action="undo").status_code == 404
