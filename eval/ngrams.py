"""
How many n-grams each hypothesis shares with its reference, for many pairs at once.

Counting in numpy what sacreBLEU counts in dictionaries, five times sooner: all
n-grams of all pairs become numbers, and an n-gram of order n + 1 is a pair of an
n-gram and the symbol behind it.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Symbols = NDArray[np.int64]


def overlaps(hypotheses: Sequence[Symbols], references: Sequence[Symbols], order: int) -> NDArray[np.int64]:
    """
    (pairs, order, 3): n-grams in the hypothesis, in the reference, and matched, for n = 1 … ``order``.

    Texts are arrays of symbol numbers from 0 up (see :func:`characters` and
    :func:`numbered`). An n-gram matches as often as it occurs on both sides.
    """
    pairs = len(hypotheses)
    texts = [*hypotheses, *references]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    symbols = np.concatenate(texts) if texts else np.zeros(0, np.int64)
    owner = np.repeat(np.arange(2 * pairs), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(symbols))  # Symbols from here to the end.
    alphabet = int(symbols.max(initial=0)) + 1
    counts = np.zeros((pairs, order, 3), dtype=np.int64)
    start = np.arange(len(symbols))
    gram = owner % max(pairs, 1)  # Of order 0: only the pair, so that no two pairs share an n-gram.
    for n in range(1, order + 1):
        whole = left[start] >= n
        start, gram = start[whole], gram[whole]
        first, gram = _distinct(gram * alphabet + symbols[start + n - 1])
        said = owner[start] < pairs
        matched = np.minimum(
            np.bincount(gram[said], minlength=len(first)), np.bincount(gram[~said], minlength=len(first))
        )
        pair = owner[start[first]] % max(pairs, 1)
        counts[:, n - 1, 0] = np.maximum(lengths[:pairs] - n + 1, 0)
        counts[:, n - 1, 1] = np.maximum(lengths[pairs:] - n + 1, 0)
        counts[:, n - 1, 2] = np.bincount(pair, weights=matched, minlength=pairs)
    return counts


def _distinct(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where some instance of each key stands, and each key's number: np.unique without its stable sort."""
    order = np.argsort(keys)
    ordered = keys[order]
    fresh = np.ones(len(keys), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[order] = np.cumsum(fresh) - 1
    return order[fresh], numbers


def characters(text: str) -> Symbols:
    """The code points of a text without its white space."""
    plain = "".join(text.split()).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(plain, dtype=np.uint32).astype(np.int64)


def numbered(texts: Sequence[Sequence[str]]) -> list[Symbols]:
    """Each word as a number, the same word as the same number in all texts."""
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__
    return [np.array([known[word] for word in text], dtype=np.int64) for text in texts]
