"""How often one caller may call, and how long one request may take."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import g, request

from web.errors import RateLimited

_CALLERS = 10_000


class RateLimiter:
    """
    So many requests a minute for each caller, none of them saved up beyond a minute's worth.

    A token bucket (steady refill); ``per_minute`` 0 is no limit. The callers
    that have been quiet longest are forgotten first, so memory is bounded.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, caller: str, cost: int = 1) -> None:
        """Raise RateLimited where the caller has to wait; ``cost`` is at most a minute's worth."""
        if not self.per_minute:
            return
        cost = min(cost, self.per_minute)
        now = self._clock()
        rate = self.per_minute / 60
        with self._lock:
            left, then = self._buckets.pop(caller, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - then) * rate)
            admitted = left >= cost
            self._buckets[caller] = (left - cost if admitted else left, now)
            if len(self._buckets) > _CALLERS:
                self._buckets.popitem(last=False)
        if not admitted:
            raise RateLimited(
                f"Slowdown: {self.per_minute} per 1 minute", retry_after_s=max(1.0, (cost - left) / rate)
            )


def caller() -> str:
    """Who asks, as limits know them: by the key sent along, else by address."""
    return f"key {g.key.id}" if g.key else f"address {request.remote_addr}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long this request's client waits: until ``deadline`` (``time.monotonic()``), or until it goes."""

    deadline: float
    cancelled: Callable[[], bool] | None


def patience(seconds: float) -> Patience:
    """
    The patience of the client of the request at hand.

    The server tells whether the client has hung up where it can (waitress does).
    """
    return Patience(time.monotonic() + seconds, request.environ.get("waitress.client_disconnected"))
