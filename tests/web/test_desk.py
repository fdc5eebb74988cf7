"""The desk: order, fairness, company in batches, full queues, deadlines, people who leave, and models that change."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from translate.errors import ModelNotFound
from translate.text import Translation
from translate.translator import MarianTranslator
from web.desk import Round, TranslationDesk
from web.errors import ClientGone, QueueFull, TimedOut

SENTENCES = [f"وصل الوفد رقم {n} إلى المدينة صباح أمس." for n in range(1, 41)]


class Gate:
    """The real translator behind a gate: what is decoded waits until the gate opens, and is written down."""

    def __init__(self, translator: MarianTranslator) -> None:
        self._translator = translator
        self.open = threading.Event()
        self.rounds: list[list[str]] = []
        self.poison = ""

    @property
    def name(self) -> str:
        return self._translator.name

    def translate_batch(self, sentences: Sequence[str]) -> list[Translation]:
        self.rounds.append(list(sentences))
        assert self.open.wait(30)
        if self.poison in sentences:
            raise ValueError("poison")
        return self._translator.translate_batch(sentences)


@pytest.fixture
def gate(translator: MarianTranslator) -> Iterator[Gate]:
    made = Gate(translator)
    yield made
    made.open.set()


@pytest.fixture
def make_desk(translator: MarianTranslator) -> Iterator[Callable[..., TranslationDesk]]:
    made: list[TranslationDesk] = []

    def make(gate: Gate | None = None, **settings: int) -> TranslationDesk:
        chosen = gate or translator
        made.append(TranslationDesk(translator.settings, translator=chosen, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for desk in made:
        desk.close(5)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.005)


def keep_lanes_busy(desk: TranslationDesk, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """Fill the desk's lanes with rounds that wait at the gate."""
    for _ in range(2):
        before = len(gate.rounds)
        pool.submit(desk.translate, [f"نعم {before}."], patient=True)
        wait_until(lambda: len(gate.rounds) > before)  # noqa: B023 - called at once


def test_every_sentence_has_its_own_translation_in_order(
    make_desk: Callable[..., TranslationDesk], translator: MarianTranslator
) -> None:
    desk = make_desk()
    asked = [*SENTENCES, "", "NATO", SENTENCES[0]]
    made = desk.translate(asked)
    assert [one.source for one in made] == asked
    assert [one.text for one in made] == [one.text for one in translator.translate(asked)]
    assert desk.translate([]) == []
    assert desk.waiting == 0


def test_a_stream_gives_the_same_and_its_first_round_is_small(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate)
    made = desk.stream(SENTENCES)
    wait_until(lambda: bool(gate.rounds))
    assert gate.rounds[0] == SENTENCES[:4]
    gate.open.set()
    assert [one.source for one in made] == SENTENCES


def test_concurrent_requests_share_a_round(make_desk: Callable[..., TranslationDesk], gate: Gate) -> None:
    desk = make_desk(gate)
    rounds: list[Round] = []
    desk.listeners.append(rounds.append)
    with ThreadPoolExecutor(20) as pool:
        keep_lanes_busy(desk, gate, pool)
        answers = [pool.submit(desk.translate, [sentence]) for sentence in SENTENCES[:12]]
        wait_until(lambda: desk.waiting == 14)
        gate.open.set()
        assert [answer.result()[0].source for answer in answers] == SENTENCES[:12]
    wait_until(lambda: sum(done.sentences for done in rounds) == 14)
    assert max(done.requests for done in rounds) == 12


def test_a_short_request_does_not_wait_for_the_whole_of_a_long_one(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate)
    with ThreadPoolExecutor(8) as pool:
        keep_lanes_busy(desk, gate, pool)
        long = pool.submit(desk.translate, SENTENCES * 3)
        wait_until(lambda: desk.waiting == 3)
        short = pool.submit(desk.translate, ["لا."])
        wait_until(lambda: desk.waiting == 4)
        gate.open.set()
        assert short.result()[0].source == "لا."
        assert len(long.result()) == 120
    assert "لا." in gate.rounds[2]


def test_a_full_queue_says_so_at_once_and_when_to_come_back(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate, queue_length=2)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            pool.submit(desk.translate, ["نعم."])
        wait_until(lambda: desk.waiting == 2)
        for refused in (desk.translate, desk.stream):
            with pytest.raises(QueueFull, match="2 requests are waiting") as caught:
                refused(["لا."])
            assert caught.value.retry_after_s >= 1
        patient = pool.submit(desk.translate, ["لا."], patient=True)
        gate.open.set()
        assert patient.result()[0].source == "لا."
    assert desk.translate(["نعم."])


def test_at_the_deadline_the_rest_is_dropped(make_desk: Callable[..., TranslationDesk], gate: Gate) -> None:
    desk = make_desk(gate)
    with pytest.raises(TimedOut, match="0 of 160 sentences"):
        desk.translate(SENTENCES * 4, deadline=time.monotonic() + 0.05)
    assert desk.waiting == 0
    gate.open.set()
    assert desk.translate(["نعم."])[0].source == "نعم."
    assert sum(map(len, gate.rounds)) < 161


def test_what_nobody_waits_for_is_not_decoded(make_desk: Callable[..., TranslationDesk], gate: Gate) -> None:
    desk = make_desk(gate)
    gone = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        keep_lanes_busy(desk, gate, pool)
        answer = pool.submit(desk.translate, SENTENCES, None, gone.is_set)
        wait_until(lambda: desk.waiting == 3)
        gone.set()
        with pytest.raises(ClientGone):
            answer.result()
        gate.open.set()
    desk.translate(["نعم."])
    assert not any(set(SENTENCES) & set(decoded) for decoded in gate.rounds)


def test_a_stream_that_is_closed_drops_its_rest(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate)
    gate.open.set()
    made = desk.stream(SENTENCES * 20)
    assert next(made).source == SENTENCES[0]
    made.close()  # type: ignore[attr-defined]
    assert desk.waiting == 0
    desk.translate(["لا."])
    assert sum(map(len, gate.rounds)) < 800


def test_one_request_s_trouble_is_not_its_neighbours(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate)
    gate.poison = "سم."
    with ThreadPoolExecutor(8) as pool:
        keep_lanes_busy(desk, gate, pool)
        bad = pool.submit(desk.translate, ["سم."])
        good = pool.submit(desk.translate, ["نعم."])
        wait_until(lambda: desk.waiting == 4)
        gate.open.set()
        assert good.result()[0].source == "نعم."
        with pytest.raises(ValueError, match="poison"):
            bad.result()
    assert desk.waiting == 0
    assert desk.is_open


def test_closing_finishes_what_is_there_and_takes_no_more(
    make_desk: Callable[..., TranslationDesk], gate: Gate
) -> None:
    desk = make_desk(gate)
    with ThreadPoolExecutor(8) as pool:
        answer = pool.submit(desk.translate, SENTENCES)
        wait_until(lambda: desk.waiting == 1)
        closing = pool.submit(desk.close, 30)
        wait_until(lambda: not desk.is_open)
        with pytest.raises(QueueFull, match="stopping"):
            desk.translate(["نعم."])
        gate.open.set()
        assert len(answer.result()) == 40
        closing.result()


def test_closing_does_not_wait_for_ever(make_desk: Callable[..., TranslationDesk], gate: Gate) -> None:
    desk = make_desk(gate)
    with ThreadPoolExecutor(8) as pool:
        answer = pool.submit(desk.translate, SENTENCES)
        wait_until(lambda: desk.waiting == 1)
        desk.close(0.05)
        with pytest.raises(TimedOut, match="stopping"):
            answer.result()
        gate.open.set()


def test_candidates_are_unlike_each_other_and_the_first_is_the_translation(
    make_desk: Callable[..., TranslationDesk],
) -> None:
    desk = make_desk()
    [first, copied] = desk.candidates(["قال الوزير إن الحرب انتهت.", "NATO 123"], 4)
    assert first[0] == desk.translate(["قال الوزير إن الحرب انتهت."])[0].text
    assert 1 < len(first) == len(set(first)) <= 4
    assert copied == ["NATO 123"]
    assert desk.alternatives("قال الوزير إن الحرب انتهت.", 3) == first[1:]


def test_another_model_takes_over_and_a_missing_one_changes_nothing(
    make_desk: Callable[..., TranslationDesk], translator: MarianTranslator, tmp_path: Path
) -> None:
    desk = make_desk()
    label = desk.label
    with pytest.raises(ModelNotFound):
        desk.switch("no-such-model")
    assert desk.label == label
    copy = tmp_path / "second"
    copy.symlink_to(translator.model.folder)
    desk.switch(str(copy))
    assert desk.translate(["نعم."])[0].model == desk.label
    desk.switch("builtin")
    assert desk.label == label


def test_a_wide_search_ends_at_its_deadline_and_for_those_who_have_gone(
    make_desk: Callable[..., TranslationDesk],
) -> None:
    desk = make_desk()
    with pytest.raises(TimedOut, match="0 of 40 sentences"):
        desk.candidates(SENTENCES, 2, deadline=time.monotonic() - 1)
    with pytest.raises(ClientGone):
        desk.candidates(SENTENCES, 2, cancelled=lambda: True)
    assert len(desk.candidates(SENTENCES[:9], 2)) == 9
