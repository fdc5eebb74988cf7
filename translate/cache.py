"""A bounded memory of what was decoded, shared by all callers."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace

from translate.engine import Hypothesis


class SentenceCache:
    """
    Least recently used first out, bounded in bytes; safe between threads.

    Keys hold all that decides an output: model, revision, settings and the
    normalized source. A string that many entries hold, such as a piece of the
    vocabulary, is in memory once.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._entries: OrderedDict[Hashable, tuple[Hypothesis, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: Hashable) -> Hypothesis | None:
        """What was decoded for this key, or None."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._entries.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Hypothesis) -> None:
        """Remember; what has not been asked for longest makes room."""
        key = tuple(map(_shared, key)) if isinstance(key, tuple) else key
        value = replace(value, pieces=tuple(map(sys.intern, value.pieces)))
        cost = _cost(key) + sys.getsizeof(value.pieces) + 200
        if cost > self._capacity:
            return
        with self._lock:
            if key in self._entries:
                self.size_bytes -= self._entries.pop(key)[1]
            self._entries[key] = (value, cost)
            self.size_bytes += cost
            while self.size_bytes > self._capacity:
                self.size_bytes -= self._entries.popitem(last=False)[1][1]


def _shared(value: Hashable) -> Hashable:
    return sys.intern(value) if type(value) is str else value


def _cost(value: object) -> int:
    inner = sum(map(_cost, value)) if isinstance(value, tuple) else 0
    return sys.getsizeof(value) + inner
