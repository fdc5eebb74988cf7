"""Translation in the background: nothing lost, nothing twice, whoever stops and however."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from translate.reading import from_text
from translate.text import Article, Kind, Segment, Translation
from translate.translator import MarianTranslator
from web.desk import TranslationDesk
from web.errors import NotFound
from web.jobs import Jobs, window_after
from web.records import Claim, Entry, JobState
from web.store import Store
from web.store.checking import check
from web.store.queue import LeaseLost
from web.store.workers import is_dead, worker_name

SENTENCES = [f"وصل الوزير رقم {number} إلى المدينة." for number in range(1, 31)]
PATIENCE_S = 300


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    assert check(opened._database) == []
    opened.close()


class CountingDesk(TranslationDesk):
    """The real desk, which remembers what it was asked and can be told to wait or to fail."""

    def __init__(self, translator: MarianTranslator) -> None:
        super().__init__(translator.settings, translator=translator)
        self.asked: list[list[str]] = []
        self.before: Callable[[Sequence[str]], None] = lambda _: None

    def translate(self, texts: Sequence[str], *rest: Any, **more: Any) -> list[Translation]:
        self.asked.append(list(texts))
        self.before(texts)
        return super().translate(texts, *rest, **more)

    @property
    def sentences(self) -> list[str]:
        return [text for texts in self.asked for text in texts]


@pytest.fixture
def desk(translator: MarianTranslator) -> Iterator[CountingDesk]:
    made = CountingDesk(translator)
    yield made
    made.close()


def add(store: Store, sentences: Sequence[str] = SENTENCES, furniture: int = 0) -> Entry:
    """An article with a sentence a line, the last few of them page furniture."""
    body = "\n".join(sentences)
    segments = []
    for number, text in enumerate(sentences):
        kind = Kind.FURNITURE if number >= len(sentences) - furniture else Kind.BODY
        start = sum(len(each) + 1 for each in sentences[:number])
        segments.append(Segment(text, start, number, kind))
    return store.add_article(Article("x", "ar", "", body, tuple(segments)), origin="paste")


def english(claim: Claim, segments: Sequence[Any]) -> list[Translation]:
    return [Translation(s.text, f"English {s.position}", -0.1, (), claim.job.model) for s in segments]


def wait_for(jobs: Jobs, store: Store, job: JobState) -> JobState:
    """The job when it has ended."""
    with jobs.subscribe(job.article_id, every=0.2) as changes:
        for _ in range(PATIENCE_S * 5):
            state = store.job(job.id)
            if not state.active:
                return state
            next(changes)
    raise AssertionError(f"The job did not end: {store.job(job.id)}")


def test_a_job_is_translated_by_one_worker_to_its_end(store: Store) -> None:
    entry = add(store, SENTENCES[:6], furniture=1)
    job = store.enqueue(entry.id, "m@1")
    assert (job.status, job.done, job.total) == ("queued", 0, 5)
    claim = store.claim("one", 60)
    assert claim is not None
    assert claim.job.status == "running"
    assert store.claim("two", 60) is None
    segments = store.pending(claim, 4)
    assert [segment.position for segment in segments] == [0, 1, 2, 3]
    store.save_translations([s.id for s in segments], english(claim, segments), claim)
    assert store.job(job.id).done == 4
    assert store.finish(claim).status == "queued"
    claim = store.claim("two", 60)
    assert claim is not None
    segments = store.pending(claim, 4)
    assert [segment.position for segment in segments] == [4]
    store.save_translations([s.id for s in segments], english(claim, segments), claim)
    assert store.pending(claim, 4) == []
    assert store.finish(claim).status == "done"
    assert store.claim("one", 60) is None
    assert [state.status for state in store.jobs(entry.id)] == ["done"]


def test_furniture_is_translated_where_it_is_asked_for(store: Store) -> None:
    entry = add(store, SENTENCES[:3], furniture=2)
    job = store.enqueue(entry.id, "m@1")
    again = store.enqueue(entry.id, "m@1", furniture=True)
    assert (again.id, job.total, again.total) == (job.id, 1, 3)
    claim = store.claim("one", 60)
    assert claim is not None
    assert len(store.pending(claim, 9)) == 3


def test_asking_twice_for_the_same_gives_the_same_job(store: Store) -> None:
    entry = add(store)
    with ThreadPoolExecutor(4) as pool:
        jobs = list(pool.map(lambda _: store.enqueue(entry.id, "m@1"), range(8)))
    assert len({job.id for job in jobs}) == 1
    assert store.enqueue(entry.id, "other@1").id != jobs[0].id
    with pytest.raises(NotFound):
        store.enqueue(999, "m@1")


def test_each_of_many_jobs_is_claimed_once_however_many_ask(store: Store) -> None:
    wanted = {store.enqueue(add(store, SENTENCES[:1]).id, "m@1").id for _ in range(12)}

    def take(name: int) -> list[int]:
        taken = []
        # A job that another claim holds at this moment is passed over, so "nothing" is asked twice.
        misses = 0
        while misses < 3:
            claim = store.claim(f"worker {name}", 60)
            if claim is None:
                misses += 1
            else:
                taken.append(claim.job.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [number for several in pool.map(take, range(4)) for number in several]
    assert sorted(taken) == sorted(wanted)


def test_a_worker_that_lost_its_lease_saves_nothing_more(store: Store) -> None:
    entry = add(store)
    store.enqueue(entry.id, "m@1")
    slow = store.claim("elsewhere|1||slow", 0)
    assert slow is not None
    quick = store.claim("elsewhere|2||quick", 60)
    assert quick is not None
    assert (quick.job.id, quick.token) == (slow.job.id, slow.token + 1)
    segments = store.pending(slow, 4)
    for change in (
        lambda: store.save_translations([s.id for s in segments], english(slow, segments), slow),
        lambda: store.finish(slow),
        lambda: store.fail(slow, "late"),
        lambda: store.retarget(slow, "other@1"),
    ):
        with pytest.raises(LeaseLost, match="no longer this worker's"):
            change()
    store.release(slow)
    assert store.entry(entry.id).translated == 0
    assert store.job(quick.job.id).status == "running"
    store.save_translations([s.id for s in segments], english(quick, segments), quick)
    assert store.entry(entry.id).translated == 4


def test_a_lease_that_is_extended_does_not_run_out(store: Store) -> None:
    store.enqueue(add(store).id, "m@1")
    claim = store.claim("elsewhere|1||", 0)
    assert claim is not None
    store.extend([claim], 60)
    assert store.claim("elsewhere|2||", 60) is None


def test_the_job_of_a_killed_process_is_taken_at_once(store: Store, database_url: str) -> None:
    job = store.enqueue(add(store).id, "m@1")
    script = (
        "import sys, time; from web.store import Store; from web.store.workers import worker_name\n"
        "store = Store.open(sys.argv[1]); print(store.claim(worker_name(), 3600).job.id, flush=True)\n"
        "time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, database_url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert int(holder.stdout.readline()) == job.id
    assert store.claim(worker_name(), 60) is None
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    claim = store.claim(worker_name(), 60)
    assert claim is not None
    assert claim.job.id == job.id


def test_only_a_process_that_is_surely_gone_is_called_dead() -> None:
    name = worker_name()
    assert worker_name() != name
    assert not is_dead(name)
    machine, process, started, number = name.split("|")
    assert process == str(os.getpid())
    assert not is_dead("|".join(("elsewhere", "1", started, number)))
    assert not is_dead("whatever")
    assert not is_dead("")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert is_dead("|".join((machine, str(gone.pid), started, number)))
    if Path("/proc/self/stat").exists():
        # The same number, another process: the first one has ended.
        assert is_dead("|".join((machine, process, str(int(started) + 1), number)))


def test_a_new_article_comes_before_the_rest_of_an_old_one(store: Store) -> None:
    old = store.enqueue(add(store).id, "m@1")
    claim = store.claim("one", 60)
    assert claim is not None
    segments = store.pending(claim, 4)
    store.save_translations([s.id for s in segments], english(claim, segments), claim)
    assert not store.fresh_waits()
    new = store.enqueue(add(store).id, "m@1")
    assert store.fresh_waits()
    store.release(claim)
    order = [store.claim("one", 60), store.claim("one", 60)]
    assert [each.job.id for each in order if each] == [new.id, old.id]


def test_jobs_for_the_loaded_model_come_before_those_for_another(store: Store) -> None:
    other = store.enqueue(add(store).id, "other@1")
    mine = store.enqueue(add(store).id, "m@1")
    order = [store.claim("one", 60, model="m@1"), store.claim("one", 60, model="m@1")]
    assert [each.job.id for each in order if each] == [mine.id, other.id]


def test_a_job_that_ends_every_process_is_given_up(store: Store) -> None:
    job = store.enqueue(add(store).id, "m@1")
    claims = 0
    while store.claim("elsewhere|1||", 0) is not None:
        claims += 1
    state = store.job(job.id)
    assert (claims, state.status) == (20, "failed")
    assert "0 of 30" in state.error
    assert store.enqueue(job.article_id, "m@1").id != job.id


def test_a_cancelled_job_stops_and_keeps_what_there_is(store: Store) -> None:
    entry = add(store)
    job = store.enqueue(entry.id, "m@1")
    claim = store.claim("one", 60)
    assert claim is not None
    segments = store.pending(claim, 4)
    store.save_translations([s.id for s in segments], english(claim, segments), claim)
    assert store.cancel(job.id).status == "cancelled"
    with pytest.raises(LeaseLost, match="cancelled"):
        store.save_translations([s.id for s in segments], english(claim, segments), claim)
    assert store.cancel(job.id).done == 4
    assert store.entry(entry.id).translated == 4


def test_a_removed_article_takes_its_job_along(store: Store) -> None:
    entry = add(store)
    store.enqueue(entry.id, "m@1")
    claim = store.claim("one", 60)
    assert claim is not None
    segments = store.pending(claim, 4)
    store.purge(entry.id)
    assert store.pending(claim, 4) == []
    with pytest.raises(NotFound):
        store.save_translations([s.id for s in segments], english(claim, segments), claim)
    with pytest.raises(NotFound):
        store.finish(claim)


def test_the_real_model_translates_each_sentence_once_in_growing_windows(
    store: Store, desk: CountingDesk
) -> None:
    entry = add(store)
    jobs = Jobs(store, desk)
    jobs.start()
    state = wait_for(jobs, store, jobs.enqueue(entry.id))
    jobs.close()
    assert (state.status, state.done, state.total, state.error) == ("done", 30, 30, "")
    assert [len(texts) for texts in desk.asked] == [1, 4, 16, 9]
    assert desk.sentences == SENTENCES
    rows = store.article(entry.id).rows
    assert all(row.machine is not None and row.machine.model == desk.label for row in rows)
    # The model's own answers, each with its own sentence.
    assert [row.text for row in rows] == [made.text for made in desk.translate(SENTENCES)]


def test_an_article_of_furniture_alone_is_done_with_nothing(store: Store, desk: CountingDesk) -> None:
    entry = add(store, SENTENCES[:2], furniture=2)
    jobs = Jobs(store, desk)
    jobs.start()
    state = wait_for(jobs, store, jobs.enqueue(entry.id))
    jobs.close()
    assert (state.status, state.total, desk.asked) == ("done", 0, [])


def test_closing_hands_the_job_back_and_the_next_start_goes_on(store: Store, desk: CountingDesk) -> None:
    entry = add(store)
    jobs = Jobs(store, desk, workers=1)
    reached = threading.Event()

    def stop_here(texts: Sequence[str]) -> None:
        if len(texts) == 16:
            reached.set()
            jobs._closing.wait(PATIENCE_S)

    desk.before = stop_here
    jobs.start()
    job = jobs.enqueue(entry.id)
    assert reached.wait(PATIENCE_S)
    jobs.close()
    state = store.job(job.id)
    assert (state.status, state.done) == ("queued", 5)
    desk.asked.clear()
    desk.before = lambda _: None
    jobs = Jobs(store, desk, workers=1)
    jobs.start()
    assert wait_for(jobs, store, job).status == "done"
    jobs.close()
    assert desk.sentences == SENTENCES[5:]


def test_a_model_that_fails_says_so_and_the_next_article_is_translated(
    store: Store, desk: CountingDesk
) -> None:
    broken, sound = add(store, ["جملة تكسر النموذج."]), add(store, SENTENCES[:2])

    def fail(texts: Sequence[str]) -> None:
        if "جملة تكسر النموذج." in texts:
            raise RuntimeError("out of memory")

    desk.before = fail
    jobs = Jobs(store, desk, workers=1)
    jobs.start()
    first, second = jobs.enqueue(broken.id), jobs.enqueue(sound.id)
    failed = wait_for(jobs, store, first)
    assert (failed.status, failed.error) == ("failed", "The model failed: RuntimeError: out of memory")
    assert wait_for(jobs, store, second).status == "done"
    jobs.close()


def test_a_job_for_a_model_that_is_not_loaded_is_done_by_the_one_that_is(
    store: Store, desk: CountingDesk
) -> None:
    entry = add(store, SENTENCES[:2])
    asked = store.enqueue(entry.id, "gone@1")
    whichever = store.enqueue(add(store, SENTENCES[2:4]).id, "")
    jobs = Jobs(store, desk, workers=1)
    jobs.start()
    assert (wait_for(jobs, store, asked).model, wait_for(jobs, store, whichever).model) == (desk.label,) * 2
    jobs.close()
    assert store.entry(entry.id).translated == 2


def test_cancelling_stops_the_sentences_under_way(store: Store, desk: CountingDesk) -> None:
    entry = add(store)
    jobs = Jobs(store, desk, workers=1)
    reached, cancelled = threading.Event(), threading.Event()

    def wait(texts: Sequence[str]) -> None:
        if len(texts) == 16:
            reached.set()
            cancelled.wait(PATIENCE_S)

    desk.before = wait
    jobs.start()
    job = jobs.enqueue(entry.id)
    assert reached.wait(PATIENCE_S)
    jobs.cancel(job.id)
    cancelled.set()
    other = jobs.enqueue(add(store, SENTENCES[:1]).id)
    assert wait_for(jobs, store, other).status == "done"
    jobs.close()
    assert (store.job(job.id).status, store.job(job.id).done) == ("cancelled", 5)


def test_subscribers_hear_of_their_own_article_until_the_end(store: Store, desk: CountingDesk) -> None:
    jobs = Jobs(store, desk)
    with jobs.subscribe(1, every=0.01) as mine, jobs.subscribe(2, every=0.01) as other:
        jobs.notify(1)
        assert next(mine)
        assert not next(mine)
        assert not next(other)
        jobs.close()
        assert list(mine) == []
        with pytest.raises(StopIteration):
            next(other)
    assert jobs._listeners == {}
    assert list(jobs.subscribe(1)) == []


def test_windows_grow_as_long_as_they_take_about_a_second() -> None:
    assert [window_after(1, 9.0), window_after(4, 9.0), window_after(16, 9.0)] == [4, 16, 16]
    assert [window_after(16, 0.5), window_after(32, 1.0), window_after(64, 0.1)] == [32, 32, 64]


WORKER = """
import json, sys
import translate
from web.desk import TranslationDesk
from web.jobs import Jobs
from web.store import Store

class Desk(TranslationDesk):
    counted = []
    def translate(self, texts, *rest, **more):
        if not self.counted:
            print("claimed", flush=True)
            sys.stdin.readline()  # Until the other process holds a job too.
        self.counted.extend(texts)
        return super().translate(texts, *rest, **more)

store = Store.open(sys.argv[1])
translator = translate.load("builtin", beam=1, threads=1)
desk = Desk(translator.settings, translator=translator)
jobs = Jobs(store, desk, workers=1, poll_seconds=0.05)
jobs.start()
with jobs.subscribe(0, every=0.1) as ticks:
    for _ in ticks:
        if not store.active_jobs():
            break
jobs.close()
desk.close()
store.close()
print(json.dumps(desk.counted), flush=True)
"""


def test_two_processes_share_the_jobs_of_one_database(store: Store, database_url: str) -> None:
    entries = [add(store, SENTENCES[first : first + 6]) for first in range(0, 30, 6)]
    for entry in entries:
        store.enqueue(entry.id, "")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    translated = [json.loads(process.communicate(timeout=PATIENCE_S)[0]) for process in processes]
    assert all(translated)
    assert sorted(translated[0] + translated[1]) == sorted(SENTENCES)
    for entry in entries:
        stored = store.article(entry.id)
        assert stored.entry.translated == stored.entry.wanted
        assert [job.status for job in store.jobs(entry.id)] == ["done"]


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    database_url: str, killing: dict[str, Any]
) -> None:
    figures = killing["run"](database_url, kills=4, seed=7, most=20, articles=4)
    assert figures.problems == []
    assert figures.kills == 4
    assert figures.articles > 0  # A kill may cut off the acknowledgement of one that was kept.
    assert figures.sentences > 0


def test_the_proof_notices_what_is_lost(store: Store, database_url: str, killing: dict[str, Any]) -> None:
    entry = store.add_article(from_text("وصل الوزير.", id="x"), origin="paste")
    segment = store.article(entry.id).rows[0].segment.id
    kept = store.correct(segment, "He came.", version=0)
    told = [
        {"did": "add", "article": entry.id},
        {"did": "correct", "segment": segment, "version": kept.version, "text": kept.text},
    ]
    verify = killing["run"].__globals__["_verify"]
    assert verify(database_url, told, 0) == []
    lost = {"did": "correct", "segment": segment, "version": 2, "text": "He has come."}
    assert "Version 2" in verify(database_url, [*told, lost], 0)[0]
    shown = {"did": "show", "segment": segment, "sequence": 1, "text": "He came"}
    assert "not what was shown" in verify(database_url, [*told, shown], 0)[0]
    assert "lost" in verify(database_url, [*told, {"did": "add", "article": entry.id + 1}], 0)[0]
    assert "acknowledged" in verify(database_url, told[:1], 0)[0]
    assert "with sentences left" in verify(database_url, told, 0, finished=True)[0]


def test_the_proof_takes_an_article_whose_acknowledgement_a_kill_cut_off(
    store: Store, database_url: str, killing: dict[str, Any]
) -> None:
    entry = add(store, SENTENCES[:1])
    store.enqueue(entry.id, "")
    claim = store.claim("one", 60)
    assert claim is not None
    segments = store.pending(claim, 1)
    store.save_translations([s.id for s in segments], english(claim, segments), claim)
    store.finish(claim)
    (arrival,) = store.rows_since(entry.id, 0)
    shown = {
        "did": "show",
        "segment": segments[0].id,
        "sequence": arrival.sequence,
        "text": "English 0",
    }
    verify = killing["run"].__globals__["_verify"]
    assert verify(database_url, [shown], 1, finished=True) == []
    assert "0 were acknowledged in 0 lives" in verify(database_url, [shown], 0)[0]
