"""
One model in memory for everybody: concurrent requests share its batches.

Sentences that wait are gathered in rounds, a few from each request in turn, so
that a short request never waits for the whole of a long one. Nobody waits for
company: a lone request is decoded at once, and company is whatever has arrived
while the rounds before were being decoded.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from translate import models
from translate.engine import load_engine
from translate.models import Model
from translate.settings import Settings
from translate.text import Translation
from translate.translator import MarianTranslator
from web.errors import ClientGone, QueueFull, TimedOut

# A round is what both the cores' batches hold, and short enough for the next request to get its turn.
_ROUND_SENTENCES = 32
_ROUND_CHARACTERS = 6_000
# What a request that shows its first sentence at once takes of its first rounds.
_FIRST_WINDOWS = (4, 16)
# While one round is decoded, the next one is cut into pieces and the last one is checked.
_LANES = 2
_LOOK_EVERY_S = 0.1
_SEARCHED_SENTENCES = 8
_PATIENCE_AT_CLOSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Round:
    """What was decoded together: how many sentences and source words, of how many requests, in what time."""

    sentences: int
    words: int
    requests: int
    seconds: float


@dataclass(eq=False, slots=True)
class _Ticket:
    """One request's sentences, how far they have been handed out, and what has come back."""

    texts: Sequence[str]
    windows: deque[int]
    results: list[Translation | None]
    changed: threading.Condition = field(default_factory=threading.Condition)
    handed: int = 0
    returned: int = 0
    error: BaseException | None = None
    dropped: bool = False

    @property
    def is_open(self) -> bool:
        return not self.dropped and self.error is None and self.returned < len(self.texts)


class TranslationDesk:
    """
    Where everybody hands in sentences; safe to call from any thread.

    ``deadline`` is a point of ``time.monotonic()``; ``cancelled`` is asked now
    and then whether anybody still waits. What nobody waits for is not decoded.

    >>> desk = TranslationDesk(load_settings(os.environ))            # doctest: +SKIP
    >>> [made.text for made in desk.translate(["أهلا بالعالم"])]      # doctest: +SKIP
    """

    def __init__(
        self, settings: Settings, *, queue_length: int = 256, translator: MarianTranslator | None = None
    ) -> None:
        self.listeners: list[Callable[[Round], None]] = []
        self._settings = settings
        self._queue_length = queue_length
        self._translator = translator or _load(settings)
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._turns: deque[_Ticket] = deque()
        self._open: set[_Ticket] = set()
        self._switching = threading.Lock()
        self._searching = threading.Lock()
        self._closed = False
        self._speed = 2_000.0  # Characters a second; replaced by what is measured.
        self._lanes = [
            threading.Thread(target=self._decode_rounds, name=f"desk-{n}", daemon=True) for n in range(_LANES)
        ]
        for lane in self._lanes:
            lane.start()

    @property
    def label(self) -> str:
        """Name and revision of the model, as every translation carries it."""
        return self._translator.name

    @property
    def model(self) -> Model:
        """The model in memory."""
        return self._translator.model

    @property
    def reader(self) -> MarianTranslator:
        """The translator itself, for reading given pairs: where it looks, how likely it finds them."""
        return self._translator

    @property
    def settings(self) -> Settings:
        """What the translator was told."""
        return self._translator.settings

    @property
    def waiting(self) -> int:
        """How many requests have not had all their answers yet."""
        return len(self._open)

    @property
    def is_open(self) -> bool:
        """Whether sentences are taken."""
        return not self._closed and all(lane.is_alive() for lane in self._lanes)

    def translate(
        self,
        texts: Sequence[str],
        deadline: float | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        patient: bool = False,
    ) -> list[Translation]:
        """
        One translation per sentence, in order.

        A ``patient`` caller is never refused, however long the queue: for work
        in the background. Raises QueueFull at once where too many wait already,
        TimedOut when the deadline has passed, ClientGone where ``cancelled``
        says so.
        """
        ticket = self._take(texts, (), patient)
        return list(self._follow(ticket, deadline, cancelled))

    def stream(
        self,
        texts: Sequence[str],
        deadline: float | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        patient: bool = False,
    ) -> Iterator[Translation]:
        """
        The same, each as soon as it is made; the first few come first.

        The sentences are handed in when this is called, so QueueFull is raised
        here and not by the iterator. Closing the iterator drops what is left.
        """
        return self._follow(self._take(texts, _FIRST_WINDOWS, patient), deadline, cancelled)

    def candidates(
        self,
        sentences: Sequence[str],
        count: int,
        deadline: float | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[list[str]]:
        """
        The ``count`` likeliest translations of each sentence, best first, no two the same.

        At least one each, fewer than ``count`` where there are no more. Wide
        searches are dear: one caller at a time has a few sentences searched.
        Raises TimedOut and ClientGone as :meth:`translate`.
        """
        found: list[list[str]] = []
        for start in range(0, len(sentences), _SEARCHED_SENTENCES):
            left = -1.0 if deadline is None else max(0.0, deadline - time.monotonic())
            if not left or not self._searching.acquire(timeout=left):
                raise TimedOut(
                    f"{len(found)} of {len(sentences)} sentences had alternatives when the time for this "
                    "request was over. Send less text at once, or ask for none."
                )
            try:
                if cancelled is not None and cancelled():
                    raise ClientGone("The client has gone away.")
                found += self._translator.candidates(sentences[start : start + _SEARCHED_SENTENCES], count)
            finally:
                self._searching.release()
        return found

    def alternatives(self, text: str, n: int) -> list[str]:
        """Up to ``n`` other translations of a sentence than the likeliest."""
        return self.candidates([text], n + 1)[0][1:]

    def label_of(self, name: str) -> str:
        """What an installed model's translations would carry. Raises ModelNotFound or ModelDamaged."""
        return _find(replace(self.settings, model=name)).label

    def switch(self, name: str) -> str:
        """
        Put another installed model in this one's place; rounds under way end with the old one.

        Returns the new label. Raises ModelNotFound or ModelDamaged, and then
        nothing has changed.
        """
        with self._switching:
            settings = replace(self.settings, model=name)
            found = _find(settings)
            if found.label != self.label:
                self._translator = MarianTranslator(found, load_engine(found, settings), settings)
            return self.label

    def close(self, patience_s: float = _PATIENCE_AT_CLOSE_S) -> None:
        """Take nothing more, finish what is here within ``patience_s`` seconds, drop the rest."""
        with self._lock:
            self._closed = True
            self._arrived.notify_all()
        until = time.monotonic() + patience_s
        for lane in self._lanes:
            lane.join(max(0.0, until - time.monotonic()))
        with self._lock:
            left = list(self._open)
            self._turns.clear()
        for ticket in left:
            self._fail(ticket, TimedOut("The server is stopping; send the request again to the next one."))

    def _take(self, texts: Sequence[str], windows: Sequence[int], patient: bool) -> _Ticket:
        ticket = _Ticket(list(texts), deque(windows), [None] * len(texts))
        with self._lock:
            if self._closed:
                raise QueueFull("The server is stopping and takes no more texts.", retry_after_s=5.0).because(
                    "stopping"
                )
            if not patient and len(self._open) >= self._queue_length:
                raise QueueFull(
                    f"{len(self._open)} requests are waiting for the model, and {self._queue_length} may. "
                    "Try again in a moment.",
                    retry_after_s=self._wait_s(),
                ).because("busy")
            if ticket.texts:
                self._open.add(ticket)
                self._turns.append(ticket)
                self._arrived.notify()
        return ticket

    def _wait_s(self) -> float:
        """About how long the queue would take; for Retry-After."""
        left = sum(len(text) for ticket in self._open for text in ticket.texts[ticket.handed :])
        return min(60.0, max(1.0, left / self._speed))

    def _follow(
        self, ticket: _Ticket, deadline: float | None, cancelled: Callable[[], bool] | None
    ) -> Iterator[Translation]:
        try:
            for place in range(len(ticket.texts)):
                yield self._await(ticket, place, deadline, cancelled)
        finally:
            self._drop(ticket)

    def _await(
        self,
        ticket: _Ticket,
        place: int,
        deadline: float | None,
        cancelled: Callable[[], bool] | None,
    ) -> Translation:
        with ticket.changed:
            while (made := ticket.results[place]) is None:
                if ticket.error is not None:
                    raise ticket.error
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimedOut(
                        f"{ticket.returned} of {len(ticket.texts)} sentences were translated when the time "
                        "for this request was over. Send less text at once."
                    )
                if cancelled is not None:
                    if cancelled():
                        raise ClientGone("The client has gone away.")
                    left = _LOOK_EVERY_S if left is None else min(left, _LOOK_EVERY_S)
                ticket.changed.wait(left)
        return made

    def _drop(self, ticket: _Ticket) -> None:
        with self._lock:
            ticket.dropped = True
            self._open.discard(ticket)

    def _fail(self, ticket: _Ticket, error: BaseException) -> None:
        with ticket.changed:
            ticket.error = error
            ticket.changed.notify_all()
        with self._lock:
            self._open.discard(ticket)

    def _decode_rounds(self) -> None:
        while True:
            with self._lock:
                gathered = self._gather()
                while not gathered:
                    if self._closed:
                        return
                    self._arrived.wait()
                    gathered = self._gather()
                if self._turns:
                    self._arrived.notify()
            self._decode(gathered)

    def _gather(self) -> list[tuple[_Ticket, int]]:
        """
        The next round: one sentence from each request in turn, as far as a round and each window go.

        Called with the lock held.
        """
        gathered: list[tuple[_Ticket, int]] = []
        characters = 0
        passed: list[_Ticket] = []  # Their window of this round is full.
        taken: dict[_Ticket, int] = {}
        while self._turns and len(gathered) < _ROUND_SENTENCES and characters < _ROUND_CHARACTERS:
            ticket = self._turns.popleft()
            if not ticket.is_open or ticket.handed == len(ticket.texts):
                continue
            gathered.append((ticket, ticket.handed))
            characters += len(ticket.texts[ticket.handed])
            ticket.handed += 1
            taken[ticket] = taken.get(ticket, 0) + 1
            if ticket.handed == len(ticket.texts):
                continue
            if ticket.windows and taken[ticket] == ticket.windows[0]:
                ticket.windows.popleft()
                passed.append(ticket)
            else:
                self._turns.append(ticket)
        self._turns.extend(passed)
        return gathered

    def _decode(self, gathered: Sequence[tuple[_Ticket, int]]) -> None:
        texts = [ticket.texts[place] for ticket, place in gathered]
        tickets = list(dict.fromkeys(ticket for ticket, _ in gathered))
        began = time.perf_counter()
        try:
            made = self._translator.translate_batch(texts)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the lane lives.
            if len(tickets) == 1:
                self._fail(tickets[0], error)
                return
            for ticket in tickets:  # One request's trouble is not the others'.
                self._decode([(owner, place) for owner, place in gathered if owner is ticket])
            return
        seconds = time.perf_counter() - began
        characters = sum(map(len, texts))
        self._speed += 0.1 * (characters / max(seconds, 1e-6) - self._speed)
        for (ticket, place), translation in zip(gathered, made, strict=True):
            with ticket.changed:
                ticket.results[place] = translation
                ticket.returned += 1
                ticket.changed.notify_all()
        with self._lock:
            self._open.difference_update([t for t in tickets if not t.is_open])
        words = sum(len(text.split()) for text in texts)
        for listener in self.listeners:
            listener(Round(len(texts), words, len(tickets), seconds))


def _find(settings: Settings) -> Model:
    return models.choose(settings.model, folder=settings.models, hub_cache=settings.hub_cache)


def _load(settings: Settings) -> MarianTranslator:
    found = _find(settings)
    return MarianTranslator(found, load_engine(found, settings), settings)
