"""Finding sentences that are nearly one seen before, without comparing each with all."""

import re
import zlib
from itertools import pairwise

import numpy as np

_WORD = re.compile(r"[^\W\d_]+")
_BANDS, _ROWS = 4, 5
_LEAST_WORDS = 6
_chance = np.random.default_rng(1)
_FACTORS = _chance.integers(1, 2**63, _BANDS * _ROWS, np.uint64) | np.uint64(1)
_OFFSETS = _chance.integers(0, 2**63, _BANDS * _ROWS, np.uint64)


class Neighbours:
    """
    Sentences met so far, to be asked whether a new one is nearly one of them.

    Two are near when ``share`` of all their words and word pairs are common
    (Jaccard). Candidates come from MinHash (Broder 1997) in bands: at 0.8 four
    of five are found, at 0.9 nearly all. What is told near has been compared.
    """

    def __init__(self, share: float = 0.8) -> None:
        self._share = share
        self._first: dict[bytes, frozenset[int]] = {}

    def again(self, text: str) -> bool:
        """
        Whether the text is near to an earlier one; if not, it is remembered.

        Numbers and marks do not count, and texts under six words are never near.
        """
        words = _WORD.findall(text)
        if len(words) < _LEAST_WORDS:
            return False
        parts = words + [f"{a} {b}" for a, b in pairwise(words)]
        hashes = frozenset(zlib.crc32(part.encode()) for part in parts)
        keys = self._keys(hashes)
        for key in keys:
            other = self._first.get(key)
            if other is not None and len(hashes & other) >= self._share * len(hashes | other):
                return True
        for key in keys:
            self._first.setdefault(key, hashes)
        return False

    @staticmethod
    def _keys(hashes: frozenset[int]) -> list[bytes]:
        values = np.fromiter(hashes, np.uint64, len(hashes))[:, None] * _FACTORS + _OFFSETS
        least = (values >> np.uint64(20)).min(axis=0)
        return [bytes([band]) + least[band * _ROWS : (band + 1) * _ROWS].tobytes() for band in range(_BANDS)]
