"""Memory that was freed is the system's again: the C library is asked for it while the server works."""

import os
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from web.allocator import Allocator, give_back

_KEPT = 100  # One block in so many stays, so that no heap is free from its end.


@pytest.fixture(autouse=True)
def glibc() -> None:
    if not give_back():
        pytest.skip("This C library cannot be asked to give memory back.")


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def scatter() -> tuple[list[bytes], float]:
    """Allocate 200 MB in small blocks and free all but some of them; those, and what was resident before."""
    blocks = [os.urandom(8) * 250 for _ in range(100_000)]
    return blocks[::_KEPT], resident_mb()


def test_what_lies_scattered_in_the_heap_is_given_back() -> None:
    kept, full = scatter()
    assert resident_mb() > full - 100, "the C library keeps what is free"
    assert give_back()
    assert resident_mb() < full - 100
    assert len(kept) == 100_000 // _KEPT


def test_it_is_done_now_and_then_while_there_is_work_until_the_server_stops() -> None:
    stopping = threading.Event()
    allocator = Allocator(stopping, every_s=0.05)
    allocator.start()
    kept, full = scatter()
    until = time.monotonic() + 60
    while resident_mb() > full - 100:
        sum(range(100_000))  # Work.
        assert time.monotonic() < until
    stopping.set()
    assert kept


def test_a_server_has_it_while_it_runs(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    here = app.extensions["muwazi"]
    assert here.allocator._thread.is_alive()
    here.stop()
    here.allocator._thread.join(30)
    assert not here.allocator._thread.is_alive()
