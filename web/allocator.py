"""
Memory that was freed goes back to the system.

Many threads allocate in turn, engines large blocks and small ones, and what they free lies
scattered in the C library's heaps, which keep it: a server would hold half as much again after
some hundred articles. glibc gives the free pages back when it is asked to (a few milliseconds);
other libraries do by themselves, or cannot be asked.
"""

import ctypes
import sys
import threading
import time

_EVERY_S = 5.0
_WORK_S = 0.5  # Of processor time since the last time; an idle server is left alone.


def give_back() -> bool:
    """Give free pages back to the system; whether the C library can be asked to."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl has none.
        return False
    trim(0)
    return True


class Allocator:
    """Gives memory back now and then, while there is work, until ``stopping`` is set."""

    def __init__(self, stopping: threading.Event, every_s: float = _EVERY_S) -> None:
        self._stopping = stopping
        self._every_s = every_s
        self._thread = threading.Thread(target=self._work, name="allocator", daemon=True)

    def start(self) -> None:
        """Begin, where there is anything that can be done."""
        if give_back():
            self._thread.start()

    def _work(self) -> None:
        spent_s = time.process_time()
        while not self._stopping.wait(self._every_s):
            if time.process_time() - spent_s > _WORK_S:
                give_back()
                spent_s = time.process_time()
