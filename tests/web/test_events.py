"""Translations arrive as events: in order, once each, over lost connections, for several readers at once."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate.text import Translation
from web.events import Slots, event, events, slots

LONG = "\n".join(f"هذه هي الجملة رقم {number} من نص طويل عن المدينة." for number in range(1, 41))


def parse(text: str) -> list[dict[str, Any]]:
    """The events of a stream, as the standard has a browser read them; comments and retry are left out."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name in {"id", "event", "data"}:
                fields[name] = value.removeprefix(" ")
        if "data" in fields:
            found.append({**fields, "data": json.loads(fields["data"])})
    return found


def add(client: FlaskClient, text: str) -> int:
    number: int = client.post("/api/articles", json={"text": text}).json["id"]
    return number


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in found if each["event"] == kind]


@contextmanager
def stream(url: str, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """A connection that is being read; it is hung up at the end."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    try:
        yield reply
    finally:
        reply.close()  # It holds the socket where the server ends the connection with the stream.
        connection.close()


def test_every_sentence_arrives_once_in_order_and_then_the_end(client: FlaskClient) -> None:
    article = add(client, LONG)
    reply = client.get(f"/api/articles/{article}/events")
    assert reply.mimetype == "text/event-stream"
    assert reply.headers["Cache-Control"] == "no-store"
    found = parse(reply.text)
    rows = of_kind(found, "translation")
    assert len(rows) == 40
    ids = [int(each["id"]) for each in rows]
    assert ids == sorted(set(ids))
    assert {row["data"]["position"] for row in rows} == set(range(40))
    assert all(row["data"]["machine"]["text"] for row in rows)
    done = [each["data"]["done"] for each in of_kind(found, "progress")]
    assert done == sorted(set(done))
    assert found[-1]["event"] == "done"
    assert (found[-1]["data"]["done"], found[-1]["data"]["total"]) == (40, 40)


def test_a_row_in_an_event_is_the_row_of_its_article(client: FlaskClient) -> None:
    article = add(client, "وصل الوزير إلى القاهرة.")
    row = of_kind(parse(client.get(f"/api/articles/{article}/events").text), "translation")[0]["data"]
    assert client.get(f"/api/articles/{article}").json["rows"] == [row]


def test_whoever_comes_back_gets_what_came_since_and_nothing_twice(client: FlaskClient) -> None:
    article = add(client, LONG)
    everything = of_kind(parse(client.get(f"/api/articles/{article}/events").text), "translation")
    seen = everything[14]["id"]
    for again in (
        client.get(f"/api/articles/{article}/events", headers={"Last-Event-ID": seen}),
        client.get(f"/api/articles/{article}/events?after={seen}"),
        client.get(f"/api/articles/{article}/events?after=0", headers={"Last-Event-ID": seen}),
    ):
        assert of_kind(parse(again.text), "translation") == everything[15:]
    last = client.get(f"/api/articles/{article}/events", headers={"Last-Event-ID": everything[-1]["id"]})
    assert [each["event"] for each in parse(last.text)] == ["progress", "done"]


def test_a_page_goes_on_where_the_article_it_read_ends(client: FlaskClient) -> None:
    article = add(client, "وصل الوزير إلى القاهرة.\nوغادر مساء.")
    assert "event: done" in client.get(f"/api/articles/{article}/events").text
    sequence = client.get(f"/api/articles/{article}").json["sequence"]
    rest = parse(client.get(f"/api/articles/{article}/events?after={sequence}").text)
    assert of_kind(rest, "translation") == []
    assert rest[-1]["event"] == "done"


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30, "1, 2", "\u0661"])
def test_an_id_that_we_never_gave_is_refused(client: FlaskClient, last: str) -> None:
    article = add(client, "نص.")
    headers = {"Last-Event-ID": last.encode().decode("latin-1")}
    reply = client.get(f"/api/articles/{article}/events", headers=headers)
    assert reply.status_code == 400
    assert "Last-Event-ID" in reply.json["error"]
    assert client.get(f"/api/articles/{article}/events", query_string={"after": last}).status_code == 400


def test_no_text_can_end_an_event_or_begin_another() -> None:
    made = event("translation", {"text": "a\n\nevent: done\r\ndata: {}\u2028\u0085"}, 7)
    assert made.count("\n\n") == 1
    assert made.endswith("\n\n")
    assert len(parse(made)) == 1
    assert parse(made)[0]["data"]["text"] == "a\n\nevent: done\r\ndata: {}\u2028\u0085"


def test_an_article_that_nobody_translates_is_done_with_what_it_has(app: Flask, client: FlaskClient) -> None:
    from translate.reading import from_text

    entry = app.extensions["muwazi"].store.add_article(from_text("نص قصير.", id="x"), origin="api")
    found = parse(client.get(f"/api/articles/{entry.id}/events").text)
    assert [each["event"] for each in found] == ["done"]
    assert found[0]["data"]["done"] == 0


def test_a_translation_that_failed_ends_with_its_reason(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    here = app.extensions["muwazi"]

    def fails(*_: object, **__: object) -> list[Translation]:
        raise RuntimeError("no memory left")

    here.desk.translate = fails
    client = app.test_client()
    found = parse(client.get(f"/api/articles/{add(client, 'نص قصير.')}/events").text)
    assert found[-1]["event"] == "failed"
    assert "no memory left" in found[-1]["data"]["error"]


def test_several_readers_of_one_article_all_get_everything(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Any]
) -> None:
    """Six at once over the wire, of whom two lose their connection in the middle and come back."""
    server = serve(make_app(threads=32))
    article = add(server.app.test_client(), LONG)
    path = f"/api/articles/{article}/events"

    def read(number: int) -> list[int]:
        ids: list[int] = []
        last = ""
        breaks = 1 if number < 2 else 0
        while True:
            headers = {"Last-Event-ID": last} if last else {}
            with stream(server.url, path, **headers) as reply:
                for line in reply:
                    if line.startswith(b"id: "):
                        last = line[4:].strip().decode()
                    if line.startswith(b"data: ") and b'"position":' in line:
                        ids.append(int(last))
                        if breaks and len(ids) == 10:
                            breaks = 0
                            break
                    if line.startswith(b"event: done"):
                        return ids

    with ThreadPoolExecutor(6) as pool:
        everyone = list(pool.map(read, range(6)))
    assert all(len(ids) == len(set(ids)) == 40 for ids in everyone)
    assert all(ids == everyone[0] for ids in everyone)


def held_back(app: Flask) -> threading.Event:
    """From now on the model waits until the event is set; what waits has been asked for."""
    here = app.extensions["muwazi"]
    go = threading.Event()
    translate = here.desk.translate

    def slowly(*texts: Any, **options: Any) -> Any:
        while not go.wait(0.05):
            if options["cancelled"]():
                break
        return translate(*texts, **options)

    here.desk.translate = slowly
    return go


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def test_beyond_the_slots_a_reader_gets_what_there_is_and_asks_again(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Any]
) -> None:
    """Eight threads hold two streams; the third reader is not kept waiting, and all others are served."""
    app = make_app(threads=8)
    go = held_back(app)
    server = serve(app)
    client = app.test_client()
    path = f"/api/articles/{add(client, LONG)}/events"
    with app.app_context():
        taken = slots()
    assert taken.most == 2
    with stream(server.url, path) as one, stream(server.url, path) as two:
        assert one.readline() == two.readline() == b"retry: 2000\n"
        assert wait_for(lambda: taken.taken == 2)
        with stream(server.url, path) as third:
            text = third.read().decode()
        assert "retry: 2000" in text
        assert "event: done" not in text
        with stream(server.url, "/health") as other:
            assert other.status == 200
        go.set()
        assert b"event: done" in one.read()
        assert b"event: done" in two.read()
    assert wait_for(lambda: taken.taken == 0)


def test_a_reader_who_goes_away_frees_the_thread(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Any]
) -> None:
    app = make_app(threads=8)
    go = held_back(app)
    server = serve(app)
    path = f"/api/articles/{add(app.test_client(), LONG)}/events"
    with app.app_context():
        taken = slots()
    for _ in range(3):
        with stream(server.url, path) as reply:
            reply.readline()
            assert wait_for(lambda: taken.taken == 1)
        assert wait_for(lambda: taken.taken == 0), "the stream is held though nobody reads it"
    go.set()


def test_streams_end_when_the_server_stops_and_the_rest_comes_after_it(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    app = make_app(data=tmp_path)
    here = app.extensions["muwazi"]
    go = held_back(app)
    article = add(app.test_client(), LONG)
    running = events(here, Slots(1), article, 0, lambda: False)
    assert next(running).startswith("retry:")
    here.stop()
    assert "event: done" not in "".join(running)
    go.set()
    here.close()
    again = make_app(data=tmp_path).extensions["muwazi"]
    assert "event: done" in "".join(events(again, Slots(1), article, 0, lambda: False))


def test_a_long_silence_is_filled_with_comments(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies and phones hang up on what says nothing; the interval is shortened here."""
    monkeypatch.setattr("web.events._BEAT_EVERY_S", 0.0)
    monkeypatch.setattr("web.events._LOOK_EVERY_S", 0.01)
    app = make_app()
    go = held_back(app)
    article = add(app.test_client(), "نص قصير.")
    running = events(app.extensions["muwazi"], Slots(1), article, 0, lambda: False)
    assert any(part == ": still here\n\n" for part, _ in zip(running, range(20), strict=False))
    running.close()
    go.set()


def test_what_another_process_translates_is_seen(make_app: Callable[..., Flask]) -> None:
    """Written to the same database by another store, with no bell rung here."""
    from web.store import Store

    app = make_app()
    here = app.extensions["muwazi"]
    held_back(app)
    client = app.test_client()
    article = add(client, "وصل الوزير.\nوغادر الوفد.")
    running = events(here, Slots(1), article, 0, lambda: False)
    other = Store.open(here.settings.database_url)
    rows = other.article(article).rows
    other.save_translations(
        [rows[0].segment.id], [Translation(rows[0].segment.text, "The minister came.", -0.1, (), "other@1")]
    )
    other.close()
    arrived = next(part for part in running if "event: translation" in part)
    assert "The minister came." in arrived
    running.close()


def test_slots_are_given_back_even_when_a_stream_breaks() -> None:
    made = Slots(1)

    def break_off() -> None:
        with made.hold() as held, made.hold() as second:
            assert (held, second, made.taken) == (True, False, 1)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()
    assert made.taken == 0
