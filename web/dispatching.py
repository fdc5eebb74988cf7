"""Threads for requests: as many as are wanted at once, up to a limit, instead of all from the start."""

from contextlib import suppress
from typing import Any

from waitress.task import ThreadedTaskDispatcher


class GrowingDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """
    Hands requests to threads, and starts another where none is idle.

    Waitress starts all at once and wakes them in turn, so that a single client's
    requests pass through hundreds of threads: each keeps some memory for good
    from the first request that it serves.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._has_ended = False

    def add_task(self, task: Any) -> None:
        """Queue a request for the next idle thread, or for a new one."""
        with self.lock:
            self.queue.append(task)
            running = len(self.threads) - self.stop_count
            if len(self.queue) > running - self.active_count and running < self.most and not self._has_ended:
                number = next(n for n in range(self.most + self.stop_count) if n not in self.threads)
                # The system may have no thread to give: then the request waits for one that is there.
                with suppress(RuntimeError):
                    self.start_new_thread(self.handler_thread, number)
                    self.threads.add(number)
                    self.active_count += 1
            self.queue_cv.notify()

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """End all threads that are idle or become so within ``timeout`` seconds."""
        self._has_ended = True
        ended: bool = super().shutdown(cancel_pending, timeout)
        return ended
