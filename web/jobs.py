"""
Translating articles in the background, from a queue that lives in the database.

Several articles are on the desk at once, each a window of sentences at a time: the
first alone, so that it is there at once, then four times as many as before, as long
as they take about a second. What is saved is saved with the job's progress in one
moment. A process that is killed leaves its jobs to the next; one that is closed hands
them back.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol, Self

from translate.errors import MuwaziError
from translate.text import Translation
from web.errors import ClientGone, QueueFull, StorageFailed, TimedOut
from web.records import Claim, JobState
from web.store import Store
from web.store.queue import LeaseLost
from web.store.workers import worker_name

_GROWTH = 4
_WINDOWS = 16, 64  # Sentences: enough for full batches, and no more than are soon there.
_WINDOW_SECONDS = 1.0
_WORKERS = 4  # Articles under way at once; the desk takes their sentences in turn.
_LEASE_SECONDS = 60.0
_POLL_SECONDS = 2.0  # How often to look for what another process has put into the queue.
_PAUSE_SECONDS = 1.0  # Before a database that failed is tried again.
_PATIENCE_AT_CLOSE_S = 20.0

_log = logging.getLogger(__name__)


class Desk(Protocol):
    """What translates; :class:`web.desk.TranslationDesk` is one."""

    @property
    def label(self) -> str: ...

    def translate(
        self,
        texts: list[str],
        deadline: float | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        patient: bool = False,
    ) -> list[Translation]: ...


class Subscription:
    """
    Signs that something changed about an article, from now on.

    Each step waits for the next: True where this process changed something, False
    where nothing was heard for ``every`` seconds, and it is time to look whether
    another process did. It ends when the jobs are closed. Close it when done.
    """

    def __init__(self, jobs: "Jobs", article_id: int, every: float) -> None:
        self._jobs = jobs
        self._article_id = article_id
        self._every = every
        self._changed = threading.Event()
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bool:
        if self._ended:
            raise StopIteration
        heard = self._changed.wait(self._every)
        self._changed.clear()
        if self._ended:
            raise StopIteration
        return heard

    def tell(self, *, end: bool = False) -> None:
        """Something changed, or (``end``) nothing more will be told."""
        self._ended = self._ended or end
        self._changed.set()

    def close(self) -> None:
        """Hear nothing more."""
        self._jobs.unsubscribe(self._article_id, self)
        self.tell(end=True)


def window_after(size: int, seconds: float) -> int:
    """
    How many sentences to take after ``size`` of them took ``seconds``.

    >>> window_after(1, 0.1), window_after(16, 0.5), window_after(16, 1.6)
    (4, 32, 16)
    """
    least, most = _WINDOWS
    affordable = int(size * _WINDOW_SECONDS / max(seconds, 1e-3))
    return min(_GROWTH * size, max(least, min(affordable, most)))


class Jobs:
    """
    The workers of this process.

    ``lease_seconds`` is how long a job stays with a worker that says nothing: a
    process killed on this machine is noticed at once all the same.
    """

    def __init__(
        self,
        store: Store,
        desk: Desk,
        *,
        workers: int = _WORKERS,
        lease_seconds: float = _LEASE_SECONDS,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._store = store
        self._desk = desk
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._arrived = threading.Condition()
        self._arrivals = 0
        self._closing = threading.Event()
        self._held: dict[int, Claim] = {}
        self._cancelled: set[int] = set()
        self._listening = threading.Lock()
        self._listeners: dict[int, set[Subscription]] = defaultdict(set)
        self._threads = [
            threading.Thread(target=self._work, name=f"jobs-{n}", daemon=True) for n in range(workers)
        ]
        self._heart = threading.Thread(target=self._beat, name="jobs-heart", daemon=True)

    def start(self) -> None:
        """Begin to work; what an earlier process left is taken up."""
        for thread in (*self._threads, self._heart):
            thread.start()

    def close(self, patience_s: float = _PATIENCE_AT_CLOSE_S) -> None:
        """End the work and the subscriptions; jobs under way go back to the queue where they stand."""
        self._closing.set()
        self.wake()
        with self._listening:
            listeners = [each for several in self._listeners.values() for each in several]
        for listener in listeners:
            listener.tell(end=True)
        for thread in (*self._threads, self._heart):
            if thread.is_alive():
                thread.join(patience_s)
        for claim in list(self._held.values()):
            self._store.release(claim)

    def enqueue(self, article_id: int, model: str = "", *, furniture: bool = False) -> JobState:
        """
        Ask for an article's translation, by the loaded model unless another's label is given.

        Raises NotFound, or Conflict where the article is deleted.
        """
        job = self._store.enqueue(article_id, model or self._desk.label, furniture=furniture)
        self.wake()
        self.notify(article_id)
        return job

    def cancel(self, job_id: int) -> JobState:
        """
        Stop a job; what was translated stays.

        Raises NotFound.
        """
        job = self._store.cancel(job_id)
        self._cancelled.add(job_id)
        self.notify(job.article_id)
        return job

    def wake(self) -> None:
        """Look into the queue now."""
        with self._arrived:
            self._arrivals += 1
            self._arrived.notify_all()

    def notify(self, article_id: int) -> None:
        """Tell those who subscribed to the article that something about it changed."""
        with self._listening:
            listeners = list(self._listeners.get(article_id, ()))
        for listener in listeners:
            listener.tell()

    def subscribe(self, article_id: int, every: float = 1.0) -> Subscription:
        """Hear of changes to an article's translations and jobs, from this call on."""
        made = Subscription(self, article_id, every)
        with self._listening:
            self._listeners[article_id].add(made)
        if self._closing.is_set():
            made.tell(end=True)
        return made

    def unsubscribe(self, article_id: int, subscription: Subscription) -> None:
        """What :meth:`Subscription.close` does."""
        with self._listening:
            listeners = self._listeners.get(article_id, set())
            listeners.discard(subscription)
            if not listeners:
                self._listeners.pop(article_id, None)

    def _work(self) -> None:
        worker = worker_name()
        while not self._closing.is_set():
            seen = self._arrivals
            try:
                claim = self._store.claim(worker, self._lease_seconds, model=self._desk.label)
            except StorageFailed as error:
                _log.warning("Jobs cannot be read: %s", error)
                self._closing.wait(_PAUSE_SECONDS)
                continue
            if claim is not None:
                self._held[claim.job.id] = claim
                try:
                    self._translate(claim)
                finally:
                    self._held.pop(claim.job.id, None)
                    self._cancelled.discard(claim.job.id)
                    self.notify(claim.job.article_id)
                continue
            with self._arrived:
                self._arrived.wait_for(
                    lambda seen=seen: self._closing.is_set() or self._arrivals != seen,  # type: ignore[misc]
                    self._poll_seconds,
                )

    def _translate(self, claim: Claim) -> None:
        """Work on a job until it is done, lost, handed back or has failed."""
        size = 1 if not claim.job.done else _WINDOWS[0]
        while True:
            began = time.monotonic()
            try:
                following = self._translate_window(claim, size)
            except LeaseLost as error:
                _log.info("%s", error)
                return
            except StorageFailed as error:
                _log.warning("A translation could not be saved and will be tried again: %s", error)
                if self._closing.wait(_PAUSE_SECONDS):
                    return  # Its lease stays until it runs out, or this process has ended.
                continue
            except (ClientGone, QueueFull, TimedOut):
                self._hand_back(claim)  # This process stops, or somebody stopped the job.
                return
            except MuwaziError as error:
                self._give_up(claim, str(error))
                return
            except Exception as error:  # noqa: BLE001  # One text that breaks an engine must not end the work.
                _log.exception("The translation job %d failed", claim.job.id)
                self._give_up(claim, f"The model failed: {type(error).__name__}: {error}")
                return
            if following is None:
                return
            claim = following
            size = window_after(size, time.monotonic() - began)

    def _translate_window(self, claim: Claim, size: int) -> Claim | None:
        """Translate the next sentences and save them; None where this was the end for this worker."""
        if self._closing.is_set():
            self._store.release(claim)
            return None
        if claim.job.model != self._desk.label:
            retargeted = self._store.retarget(claim, self._desk.label)
            if retargeted is None:
                return None
            claim = retargeted
        pending = self._store.pending(claim, size)
        if not pending:
            self._store.finish(claim)
            return None
        made = self._desk.translate(
            [segment.text for segment in pending],
            cancelled=lambda: self._closing.is_set() or claim.job.id in self._cancelled,
            patient=True,
        )
        self._store.save_translations([segment.id for segment in pending], made, claim)
        self.notify(claim.job.article_id)
        if self._store.fresh_waits():
            self._store.release(claim)
            return None
        return claim

    def _hand_back(self, claim: Claim) -> None:
        try:
            self._store.release(claim)
        except StorageFailed as error:
            _log.warning("The translation job %d waits for its lease to run out: %s", claim.job.id, error)

    def _give_up(self, claim: Claim, message: str) -> None:
        try:
            self._store.fail(claim, message)
        except (LeaseLost, StorageFailed) as error:
            _log.warning("The translation job %d failed, which could not be kept: %s", claim.job.id, error)

    def _beat(self) -> None:
        while not self._closing.wait(self._lease_seconds / 3):
            try:
                self._store.extend(list(self._held.values()), self._lease_seconds)
            except StorageFailed as error:
                _log.warning("Leases could not be extended: %s", error)
