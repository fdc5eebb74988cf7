"""Weights are learned from gold, and what is left out by a person is left out."""

import numpy as np

from align.aligner import gather
from align.bead import Bead, from_lines
from align.search import FORBIDDEN, SIZES, Corridor
from align.weights import LogLinear, Mode, load
from align.weights_training import example, fit

ARABIC = from_lines(["وصل الوزير إلى واشنطن.", "غادر الرئيس باريس مساء."], language="ar")
ENGLISH = from_lines(
    ["The minister arrived in Washington.", "The president left Paris in the evening."], language="en"
)


def test_what_gold_shows_gains_weight() -> None:
    evidence = gather(ARABIC, ENGLISH, Mode.LEXICAL)
    gold = [Bead(range(n, n + 1), range(n, n + 1)) for n in range(2)]
    weights = fit([example(evidence, gold)], ["size 1-1", "size 2-2", "content cosine"], steps=30)
    assert weights["size 1-1"] > weights["size 2-2"]
    assert weights["content cosine"] > 0


def test_the_shipped_weights_want_likeness_and_fear_odd_lengths() -> None:
    for mode in (Mode.LEXICAL, Mode.MT):
        weights = load()[mode]
        assert weights["content cosine"] > 0 > weights["length δ²"]
    assert not any(name.startswith("content") for name in load()[Mode.LENGTH])


def test_a_sentence_left_out_is_in_no_pair() -> None:
    evidence = gather(ARABIC, ENGLISH, Mode.LENGTH)
    corridor = Corridor.full(2, 2)
    scores = LogLinear(evidence, load()[Mode.LENGTH], (frozenset({1}), frozenset())).score(corridor, SIZES)
    paired = scores[SIZES.index((1, 1))].reshape(3, 3)
    assert (paired[2, 1:] == FORBIDDEN).all()
    assert np.all(paired[1, 1:] > FORBIDDEN)
