"""Rate limits: so many a minute, by key or address, in each contract's own words; and queues that are full."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from web.errors import QueueFull, RateLimited
from web.limits import RateLimiter

ASKED = {"q": "نعم.", "source": "ar", "target": "en"}


def test_a_minute_s_worth_passes_then_one_at_a_time_as_time_goes_by() -> None:
    now = [0.0]
    limiter = RateLimiter(6, clock=lambda: now[0])
    for _ in range(6):
        limiter.admit("address 1")
    with pytest.raises(RateLimited) as caught:
        limiter.admit("address 1")
    assert caught.value.retry_after_s == pytest.approx(10)
    limiter.admit("address 2")  # Others are not in this.
    now[0] = 10.0
    limiter.admit("address 1")
    with pytest.raises(RateLimited):
        limiter.admit("address 1")
    now[0] = 10_000.0
    for _ in range(6):
        limiter.admit("address 1")
    with pytest.raises(RateLimited):
        limiter.admit("address 1")


def test_a_list_costs_as_much_as_its_texts_but_is_never_beyond_reach() -> None:
    limiter = RateLimiter(10, clock=lambda: 0.0)
    limiter.admit("a", 7)
    with pytest.raises(RateLimited) as caught:
        limiter.admit("a", 4)
    assert caught.value.retry_after_s == pytest.approx(6), "one of the four is missing"
    limiter.admit("a", 3)
    limiter.admit("b", 128)


def test_nought_is_no_limit() -> None:
    limiter = RateLimiter(0)
    for _ in range(1_000):
        limiter.admit("a", 100)


def test_callers_who_never_come_back_are_forgotten() -> None:
    limiter = RateLimiter(1)
    for number in range(20_000):
        limiter.admit(f"address {number}")
    assert len(limiter._buckets) <= 10_000


def test_both_contracts_say_429_and_when_to_come_back(make_app: Callable[..., Flask]) -> None:
    client = make_app(rate_per_minute=2).test_client()
    assert client.post("/translate", json=ASKED).status_code == 200
    assert client.post("/translate", data=ASKED).status_code == 200
    answer = client.post("/translate", json=ASKED)
    assert (answer.status_code, answer.get_json()) == (429, {"error": "Slowdown: 2 per 1 minute"})
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    answer = client.post("/v2/translate", json={"text": ["نعم."], "target_lang": "EN-US"})
    assert (answer.status_code, answer.get_json()) == (429, {"message": "Slowdown: 2 per 1 minute"})
    assert client.get("/languages").status_code == 200
    assert client.get("/v2/usage").status_code == 200


def test_who_comes_back_when_told_to_is_let_in(make_app: Callable[..., Flask]) -> None:
    """45 a minute are one each second and a third: told to wait one second, a caller would come too soon."""
    app = make_app(rate_per_minute=45)
    limiter, clock = app.extensions["muwazi"].limiter, [0.0]
    limiter._clock = lambda: clock[0]
    client = app.test_client()
    answers = [client.post("/detect", json={"q": "خبر"}) for _ in range(46)]
    assert answers[-1].status_code == 429
    clock[0] += int(answers[-1].headers["Retry-After"])
    assert client.post("/detect", json={"q": "خبر"}).status_code == 200


def test_a_key_has_a_limit_of_its_own(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate_per_minute=1)
    client, secret = app.test_client(), app.extensions["muwazi"].store.add_key("one")
    assert client.post("/translate", json=ASKED).status_code == 200
    assert client.post("/translate", json=ASKED).status_code == 429
    assert client.post("/translate", json={**ASKED, "api_key": secret}).status_code == 200
    assert client.post("/translate", json={**ASKED, "api_key": secret}).status_code == 429


def test_limits_are_settings(make_app: Callable[..., Flask]) -> None:
    client = make_app(text_characters=10, batch_size=2, alternatives=0).test_client()
    answer = client.post("/translate", json={**ASKED, "q": "نعم نعم نعم"})
    assert answer.get_json() == {"error": "Invalid request: request (11) exceeds text limit (10)"}
    answer = client.post("/translate", json={**ASKED, "q": ["ا", "ب", "ت"]})
    assert answer.get_json() == {"error": "Invalid request: request (3) exceeds text limit (2)"}
    assert "alternatives" not in client.post("/translate", json={**ASKED, "alternatives": 5}).get_json()


def test_a_full_queue_is_503_with_retry_after_in_both_contracts(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(queue_length=1)
    client, desk = app.test_client(), app.extensions["muwazi"].desk
    gate, here = threading.Event(), threading.Event()
    decode = desk._translator.translate_batch

    def wait(sentences: list[str]) -> object:
        here.set()
        assert gate.wait(30)
        return decode(sentences)

    monkeypatch.setattr(desk._translator, "translate_batch", wait)
    first = threading.Thread(target=desk.translate, args=(["نعم."],))
    first.start()
    assert here.wait(30)
    with pytest.raises(QueueFull):
        desk.translate(["لا."])
    for path, body, field in (
        ("/translate", ASKED, "error"),
        ("/translate", {**ASKED, "stream": True}, "error"),
        ("/v2/translate", {"text": ["نعم."], "target_lang": "EN-US"}, "message"),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 503
        assert list(answer.get_json()) == [field]
        assert int(answer.headers["Retry-After"]) >= 1
    gate.set()
    first.join()
    assert client.post("/translate", json=ASKED).status_code == 200


def test_a_request_whose_time_is_over_is_503_and_leaves_nothing_behind(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(request_seconds=1)
    client, desk = app.test_client(), app.extensions["muwazi"].desk
    gate = threading.Event()
    decode = desk._translator.translate_batch
    monkeypatch.setattr(
        desk._translator, "translate_batch", lambda sentences: gate.wait(30) and decode(sentences)
    )
    answer = client.post("/translate", json={**ASKED, "q": "نعم. لا."})
    gate.set()
    assert answer.status_code == 503
    assert "0 of 2 sentences" in answer.get_json()["error"]
    assert desk.waiting == 0
