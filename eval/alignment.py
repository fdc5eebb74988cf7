"""
Scoring alignments of sentences and of words against gold.

Beads are scored as Thompson & Koehn (2019) do: *strict* wants the same bead,
*lax* any overlap on both sides; a predicted null counts in precision (right
only if gold has it) and gold nulls are not asked for in recall. So nulls are
scored apart as well. Words: precision, recall, F1 and AER (Och & Ney 2003).
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

import numpy as np

from align.bead import Bead, WordLink
from translate.errors import BadInput

_SAMPLES = 1000
_SEED = 20190627


@dataclass(frozen=True, slots=True)
class Tally:
    """What was predicted, what of that is right; what gold wants and what of that is found."""

    predicted: int = 0
    right: int = 0
    wanted: int = 0
    found: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.predicted + other.predicted,
            self.right + other.right,
            self.wanted + other.wanted,
            self.found + other.found,
        )

    @property
    def precision(self) -> float:
        """Right over predicted; 0 where nothing was predicted but something was wanted, 1 if neither."""
        return self.right / self.predicted if self.predicted else float(not self.wanted)

    @property
    def recall(self) -> float:
        """Found over wanted; 1 where nothing was wanted."""
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class BeadTallies:
    """
    All counts of one document, or of several added up.

    ``nulls`` are counted by sentence, ``pairs`` by pair of sentences that share a
    bead, ``sizes`` by exact bead, (a, b) being its size.
    """

    strict: Tally
    lax: Tally
    nulls: Tally
    pairs: Tally
    sizes: Mapping[tuple[int, int], Tally]

    def __add__(self, other: "BeadTallies") -> "BeadTallies":
        sizes = {
            size: self.sizes.get(size, Tally()) + other.sizes.get(size, Tally())
            for size in sorted({*self.sizes, *other.sizes})
        }
        return BeadTallies(
            self.strict + other.strict,
            self.lax + other.lax,
            self.nulls + other.nulls,
            self.pairs + other.pairs,
            sizes,
        )


def compare(gold: Sequence[Bead], predicted: Sequence[Bead]) -> BeadTallies:
    """
    Counts for one document.

    Raises BadInput where the two do not cover the same sentences: they are
    then alignments of different texts or splittings.
    """
    if _extent(gold) != _extent(predicted):
        raise BadInput(
            f"Gold covers {_extent(gold)} source and target sentences, the alignment {_extent(predicted)}; "
            "both must be of the same texts, split the same way."
        )
    gold_keys, keys = _keys(gold), _keys(predicted)
    real_gold, real = {k for k in gold_keys if k[0] and k[1]}, {k for k in keys if k[0] and k[1]}
    strict = Tally(len(keys), len(keys & gold_keys), len(real_gold), len(real_gold & real))
    gold_partners, partners = _partners(gold), _partners(predicted)
    lax = Tally(
        len(keys),
        sum(_touches(key, gold_partners) or key in gold_keys for key in keys),
        len(real_gold),
        sum(_touches(key, partners) for key in real_gold),
    )
    sizes = {}
    for size in sorted({(len(s), len(t)) for s, t in gold_keys | keys}):
        mine = {k for k in keys if (len(k[0]), len(k[1])) == size}
        theirs = {k for k in gold_keys if (len(k[0]), len(k[1])) == size}
        sizes[size] = Tally(len(mine), len(mine & theirs), len(theirs), len(mine & theirs))
    return BeadTallies(
        strict,
        lax,
        _overlap(_null_sentences(gold), _null_sentences(predicted)),
        _overlap(_sentence_pairs(gold), _sentence_pairs(predicted)),
        sizes,
    )


def total(documents: Iterable[BeadTallies]) -> BeadTallies:
    """The counts of several documents added up (micro-average)."""
    result = BeadTallies(Tally(), Tally(), Tally(), Tally(), {})
    for document in documents:
        result += document
    return result


def interval(documents: Sequence[Tally], *, samples: int = _SAMPLES) -> tuple[float, float]:
    """95 % interval of the F1 by bootstrap over documents (Koehn 2004), with a fixed seed."""
    if not documents:
        raise BadInput("No documents to resample; give one tally per document.")
    counts = np.array([[getattr(tally, field.name) for field in fields(Tally)] for tally in documents])
    draws = np.random.default_rng(_SEED).integers(0, len(documents), (samples, len(documents)))
    scores = [Tally(*row).f1 for row in counts[draws].sum(1).tolist()]
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class LinkScore:
    """Word links against gold; ``aer`` is the alignment error rate with all gold links sure."""

    tally: Tally

    @property
    def precision(self) -> float:
        return self.tally.precision

    @property
    def recall(self) -> float:
        return self.tally.recall

    @property
    def f1(self) -> float:
        return self.tally.f1

    @property
    def aer(self) -> float:
        """1 − 2·right / (predicted + wanted); with sure links only, 1 − F1."""
        both = self.tally.predicted + self.tally.wanted
        return 1 - 2 * self.tally.right / both if both else 0.0


def compare_links(
    gold: Iterable[WordLink], predicted: Iterable[WordLink], *, gold_words_only: bool = False
) -> LinkScore:
    """
    Word links of one sentence pair; links match where both words are the same spans.

    ``gold_words_only`` leaves out predictions of which a word is in no gold link on
    either side, for gold that links content words alone.
    """
    wanted = {_span(link) for link in gold}
    made = {_span(link) for link in predicted}
    if gold_words_only:
        sources, targets = {s for s, _ in wanted}, {t for _, t in wanted}
        made = {(s, t) for s, t in made if s in sources and t in targets}
    return LinkScore(_overlap(wanted, made))


def total_links(pairs: Iterable[LinkScore]) -> LinkScore:
    """Links of several sentence pairs together."""
    tally = Tally()
    for pair in pairs:
        tally += pair.tally
    return LinkScore(tally)


_Key = tuple[tuple[int, ...], tuple[int, ...]]


def _keys(beads: Iterable[Bead]) -> set[_Key]:
    return {(tuple(bead.source), tuple(bead.target)) for bead in beads}


def _extent(beads: Sequence[Bead]) -> tuple[int, int]:
    return (
        max((bead.source.stop for bead in beads), default=0),
        max((bead.target.stop for bead in beads), default=0),
    )


def _touches(key: _Key, partners: Mapping[int, range]) -> bool:
    """Whether some sentence of the bead's source has a partner in the bead's target."""
    target = set(key[1])
    return any(target.intersection(partners.get(sentence, ())) for sentence in key[0])


def _partners(beads: Iterable[Bead]) -> dict[int, range]:
    """The target sentences that each source sentence shares a bead with."""
    return {sentence: bead.target for bead in beads for sentence in bead.source}


def _null_sentences(beads: Iterable[Bead]) -> set[tuple[str, int]]:
    nulls = [bead for bead in beads if bead.is_null]
    return {("source", n) for bead in nulls for n in bead.source} | {
        ("target", n) for bead in nulls for n in bead.target
    }


def _sentence_pairs(beads: Iterable[Bead]) -> set[tuple[int, int]]:
    return {(s, t) for bead in beads for s in bead.source for t in bead.target}


def _span(link: WordLink) -> tuple[tuple[int, int], tuple[int, int]]:
    return (link.source_start, link.source_end), (link.target_start, link.target_end)


def _overlap(gold: AbstractSet[object], predicted: AbstractSet[object]) -> Tally:
    both = len(gold & predicted)
    return Tally(len(predicted), both, len(gold), both)
