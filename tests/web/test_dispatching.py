"""Requests are served by as many threads as are wanted at once, never by more than may be."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from web.dispatching import GrowingDispatcher


class Task:
    """Holds its thread until it is told to end."""

    def __init__(self, go_on: threading.Event, served: Callable[[], object]) -> None:
        self.go_on, self.served = go_on, served

    def service(self) -> None:
        assert self.go_on.wait(30)
        self.served()

    def cancel(self) -> None:
        raise AssertionError("A task was dropped.")


@pytest.fixture
def dispatcher() -> Any:
    made = GrowingDispatcher(4)
    yield made
    made.shutdown(timeout=10)
    assert not made.threads


def test_one_after_the_other_needs_one_thread(dispatcher: Any) -> None:
    go_on = threading.Event()
    go_on.set()
    for _ in range(50):
        served = threading.Event()
        dispatcher.add_task(Task(go_on, served.set))
        assert served.wait(30)
        while dispatcher.active_count:  # Until its thread is idle again.
            pass
    assert len(dispatcher.threads) == 1


def test_at_once_there_are_as_many_as_may_be_and_the_rest_wait(dispatcher: Any) -> None:
    go_on, served = threading.Event(), threading.Semaphore(0)
    for _ in range(10):
        dispatcher.add_task(Task(go_on, served.release))
    assert len(dispatcher.threads) == 4
    go_on.set()
    for _ in range(10):
        assert served.acquire(timeout=30)


def test_none_is_started_any_more_once_it_ends(dispatcher: Any) -> None:
    dispatcher.shutdown(timeout=10)
    go_on = threading.Event()
    dispatcher.add_task(Task(go_on, lambda: None))
    assert not dispatcher.threads
    dispatcher.queue.clear()
