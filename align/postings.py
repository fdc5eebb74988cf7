"""
Sparse bags of weighted keys, one per sentence, and their products along a corridor.

An inverted index: only sentences that share a key and lie within the corridor
ever meet, so that long texts cost what their words cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.search import Corridor, Floats, Ints

_PAIRS_AT_ONCE = 4_000_000
_MANY_ENTRIES = 4_000_000


@dataclass(frozen=True, slots=True)
class Postings:
    """Entries (sentence, key, weight) of a text of so many ``sentences``, by sentence."""

    sentence: Ints
    key: Ints
    weight: Floats
    sentences: int

    @classmethod
    def of(cls, bags: list[dict[int, float]]) -> "Postings":
        """From one mapping of key to weight per sentence."""
        return cls(
            np.repeat(np.arange(len(bags)), [len(bag) for bag in bags]),
            np.fromiter((key for bag in bags for key in bag), np.int64),
            np.fromiter((weight for bag in bags for weight in bag.values()), np.float64),
            len(bags),
        )

    def scaled(self, factor: Floats) -> "Postings":
        """Each weight times ``factor[key]``."""
        return Postings(self.sentence, self.key, self.weight * factor[self.key], self.sentences)

    def between(self, sentences: range) -> "Postings":
        """The bags of a run of sentences, numbered from 0."""
        low, high = np.searchsorted(self.sentence, [sentences.start, sentences.stop])
        return Postings(
            self.sentence[low:high] - sentences.start,
            self.key[low:high],
            self.weight[low:high],
            len(sentences),
        )

    @classmethod
    def joined(cls, parts: Sequence["Postings"], sentences: int) -> "Postings":
        """The entries of several parts of one text, in their order."""
        return cls(
            np.concatenate([np.zeros(0, np.int64), *(part.sentence for part in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(part.key for part in parts)]),
            np.concatenate([np.zeros(0), *(part.weight for part in parts)]),
            sentences,
        )

    def merged(self) -> "Postings":
        """Each key once per sentence, its weights added: products take time by the square of repeats."""
        if not len(self.key):
            return self
        keys = int(self.key.max()) + 1
        code = self.sentence * keys + self.key
        order = np.argsort(code, kind="stable")
        code = code[order]
        first = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
        code, weight = code[first], np.add.reduceat(self.weight[order], first)
        return Postings(code // keys, code % keys, weight, self.sentences)

    def halved(self) -> "Postings":
        """Neighbouring sentences joined in twos, the weights of a shared key added."""
        return Postings(self.sentence // 2, self.key, self.weight, -(-self.sentences // 2)).merged()

    def telling(self) -> "Postings":
        """
        Of millions of entries those that weigh at least the average: enough to find one's way.

        Never fewer: of joined sentences the heaviest keys alone no longer tell blocks apart.
        """
        if len(self.weight) <= _MANY_ENTRIES:
            return self
        kept = self.weight >= self.weight.mean()
        return Postings(self.sentence[kept], self.key[kept], self.weight[kept], self.sentences)

    def norms(self, longest: int = 1) -> Floats:
        """
        Squared length of the sum of each run of 1 … ``longest`` sentences, by the sentence it ends in.

        Shape (longest, sentences); runs that start before the text count what there
        is. Each key must occur once per sentence (see :meth:`merged`), so that the same
        key of a sentence n before is at most n entries before.
        """
        # near[d, s] = bag(s) · bag(s − d)
        near = np.zeros((longest, self.sentences))
        order = np.lexsort((self.sentence, self.key))
        sentence, key, weight = self.sentence[order], self.key[order], self.weight[order]
        for ahead in range(min(longest, len(key))):
            here, there = slice(len(key) - ahead), slice(ahead, None)
            distance = sentence[there] - sentence[here]
            met = (key[here] == key[there]) & (distance < longest)
            place = distance[met] * self.sentences + sentence[there][met]
            near += np.bincount(place, (weight[here] * weight[there])[met], near.size).reshape(near.shape)
        result = np.zeros((longest, self.sentences))
        for run in range(longest):
            for back in range(run + 1):  # Sentence s − back with itself and with those before it in the run.
                shifted = np.zeros((longest, self.sentences))
                shifted[:, back:] = near[:, : max(self.sentences - back, 0)]
                result[run] += shifted[0] + 2 * shifted[1 : run - back + 1].sum(0)
        return result


def products(source: Postings, target: Postings, corridor: Corridor) -> Floats:
    """For each node (i, j): the bag of source sentence i times that of target sentence j; 0 past the end."""
    result = np.zeros(corridor.void)
    if not len(source.key) or not len(target.key):
        return result
    stride = target.sentences + 1
    codes = target.key * stride + target.sentence
    order = np.argsort(codes, kind="stable")
    codes, there, weight = codes[order], target.sentence[order], target.weight[order]
    first = corridor.first[source.sentence].clip(0, target.sentences)
    stop = (corridor.first + corridor.width)[source.sentence].clip(0, target.sentences)
    low = np.searchsorted(codes, source.key * stride + first)
    found = np.searchsorted(codes, source.key * stride + stop) - low
    for part in _parts(found):
        count = found[part]
        entry = np.repeat(np.arange(part.start, part.stop), count)
        within = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
        place = low[entry] + within
        row = source.sentence[entry]
        node = corridor.starts[row] + there[place] - corridor.first[row]
        result += np.bincount(node, source.weight[entry] * weight[place], corridor.void)
    return result


def _parts(counts: NDArray[np.int64]) -> list[slice]:
    """Slices of ``counts`` whose sums stay near ``_PAIRS_AT_ONCE``, to bound memory."""
    total = np.cumsum(counts)
    cuts = np.searchsorted(total, np.arange(_PAIRS_AT_ONCE, int(total[-1]), _PAIRS_AT_ONCE))
    bounds = [0, *cuts.tolist(), len(counts)]
    return [slice(low, high) for low, high in pairwise(bounds) if high > low]
