"""
Sparse bags of weighted keys, one per sentence, and their products along a corridor.

An inverted index: only sentences that share a key and lie within the corridor
ever meet, so that long texts cost what their words cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from align.search import Corridor, Floats, Ints

_PAIRS_AT_ONCE = 4_000_000
_SENTENCES_AT_ONCE = 256
_HALVED_AT_ONCE = 4096  # Even.

SmallInts = NDArray[np.int32]
"""Long texts have millions of entries; products of these have to be asked for in 64 bits."""
_MANY_ENTRIES = 4_000_000


@dataclass(frozen=True, slots=True)
class Postings:
    """Entries (sentence, key, weight) of a text of so many ``sentences``, by sentence."""

    sentence: SmallInts
    key: SmallInts
    weight: Floats
    sentences: int

    @classmethod
    def of(cls, bags: list[dict[int, float]]) -> "Postings":
        """From one mapping of key to weight per sentence."""
        return cls(
            np.repeat(np.arange(len(bags), dtype=np.int32), [len(bag) for bag in bags]),
            np.fromiter((key for bag in bags for key in bag), np.int32),
            np.fromiter((weight for bag in bags for weight in bag.values()), np.float64),
            len(bags),
        )

    def scaled(self, factor: Floats) -> "Postings":
        """Each weight times ``factor[key]``."""
        return Postings(self.sentence, self.key, self.weight * factor[self.key], self.sentences)

    def between(self, sentences: range) -> "Postings":
        """The bags of a run of sentences, numbered from 0."""
        ends = np.array([sentences.start, sentences.stop], np.int32)
        low, high = np.searchsorted(self.sentence, ends)
        return Postings(
            self.sentence[low:high] - sentences.start,
            self.key[low:high],
            self.weight[low:high],
            len(sentences),
        )

    @classmethod
    def joined(cls, parts: Iterable["Postings"], sentences: int, most: int) -> "Postings":
        """The entries of several parts of one text, in their order; ``most`` are there no more than."""
        # Pages that stay empty take no memory, and no part is there twice.
        sentence, key, weight = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most)
        stop = 0
        for part in parts:
            start, stop = stop, stop + len(part.key)
            sentence[start:stop], key[start:stop], weight[start:stop] = part.sentence, part.key, part.weight
        return cls(sentence[:stop], key[:stop], weight[:stop], sentences)

    def merged(self) -> "Postings":
        """Each key once per sentence, its weights added: products take time by the square of repeats."""
        if not len(self.key):
            return self
        keys = int(self.key.max()) + 1
        code = self.sentence.astype(np.int64) * keys + self.key
        order = order_of(code)
        code = code[order]
        first = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
        code, weight = code[first], np.add.reduceat(self.weight[order], first)
        sentence, key = np.divmod(code, keys)
        return Postings(sentence.astype(np.int32), key.astype(np.int32), weight, self.sentences)

    def halved(self) -> "Postings":
        """Neighbouring sentences joined in twos, the weights of a shared key added."""
        half = -(-self.sentences // 2)
        starts = range(0, self.sentences, _HALVED_AT_ONCE)
        parts = (self.between(range(n, min(n + _HALVED_AT_ONCE, self.sentences))) for n in starts)
        merged = (
            Postings((part.sentence + n) // 2, part.key, part.weight, half).merged()
            for n, part in zip(starts, parts, strict=True)
        )
        return Postings.joined(merged, half, len(self.key))

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
        near[0] = np.bincount(self.sentence, self.weight * self.weight, self.sentences)
        if longest > 1:
            order = order_of(self.key)
            sentence, key, weight = self.sentence[order], self.key[order], self.weight[order]
            here = np.arange(len(key))
            for ahead in range(1, longest):
                # Whatever meets so far ahead has met nearer by.
                here = here[: np.searchsorted(here, len(key) - ahead)]
                distance = sentence[here + ahead] - sentence[here]
                met = (key[here] == key[here + ahead]) & (distance < longest)
                here, distance = here[met], distance[met]
                place = distance * self.sentences + sentence[here + ahead]
                near += np.bincount(place, weight[here] * weight[here + ahead], near.size).reshape(near.shape)
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
    # Some sentences at a time: what they are looked up in then stays in the processor's cache.
    for low in range(0, source.sentences, _SENTENCES_AT_ONCE):
        high = min(low + _SENTENCES_AT_ONCE, source.sentences)
        nodes = slice(int(corridor.starts[low]), int(corridor.starts[high]))
        start = int(corridor.first[low:high].min())
        stop = int((corridor.first[low:high] + corridor.width[low:high]).max())
        result[nodes] = _met(
            source.between(range(low, high)),
            target.between(range(start, min(stop, target.sentences))),
            Corridor(corridor.first[low:high] - start, corridor.width[low:high]),
        )
    return result


def _met(source: Postings, target: Postings, corridor: Corridor) -> Floats:
    """The same for a few sentences."""
    result = np.zeros(corridor.void)
    if not len(source.key) or not len(target.key):
        return result
    known = np.zeros(int(max(source.key.max(), target.key.max())) + 1, np.bool_)
    known[target.key] = True
    shared = np.flatnonzero(known[source.key])
    if not len(shared):
        return result
    sentence, heft = source.sentence[shared], source.weight[shared]
    key = source.key[shared].astype(np.int64)
    stride = target.sentences + 1
    codes = target.key.astype(np.int64) * stride + target.sentence
    order = order_of(codes)
    codes, there, weight = codes[order], target.sentence[order], target.weight[order]
    first = corridor.first[sentence].clip(0, target.sentences)
    stop = (corridor.first + corridor.width)[sentence].clip(0, target.sentences)
    low = np.searchsorted(codes, key * stride + first)
    found = np.searchsorted(codes, key * stride + stop) - low
    start = corridor.starts[sentence] - corridor.first[sentence]
    for part in _parts(found):
        count = found[part]
        entry = np.repeat(np.arange(part.start, part.stop), count)
        place = np.arange(len(entry)) + np.repeat(low[part] - (np.cumsum(count) - count), count)
        node = start[entry] + there[place]
        result += np.bincount(node, heft[entry] * weight[place], corridor.void)
    return result


def order_of(values: Ints | SmallInts) -> Ints:
    """
    The order in which ``values``, none below 0, rise: a stable argsort.

    Value and place packed into one integer sort several times faster than places by value.
    """
    bits = len(values).bit_length()
    if int(values.max(initial=0)).bit_length() + bits > 63:
        return np.argsort(values, kind="stable")
    packed = (values.astype(np.int64) << bits) | np.arange(len(values))
    packed.sort()
    return packed & ((1 << bits) - 1)


def _parts(counts: NDArray[np.int64]) -> list[slice]:
    """Slices of ``counts`` whose sums stay near ``_PAIRS_AT_ONCE``, to bound memory."""
    total = np.cumsum(counts)
    cuts = np.searchsorted(total, np.arange(_PAIRS_AT_ONCE, int(total[-1]), _PAIRS_AT_ONCE))
    bounds = [0, *cuts.tolist(), len(counts)]
    return [slice(low, high) for low, high in pairwise(bounds) if high > low]
