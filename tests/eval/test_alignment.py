"""Every number here can be counted on fingers."""

import pytest

from align.bead import Bead, WordLink
from eval.alignment import Tally, compare, compare_links, interval, total
from translate.errors import BadInput


def bead(source: tuple[int, int], target: tuple[int, int]) -> Bead:
    return Bead(range(*source), range(*target))


# 0–0, 1–(1 2), 2–nothing, nothing–3, 3–4
GOLD = [
    bead((0, 1), (0, 1)),
    bead((1, 2), (1, 3)),
    bead((2, 3), (3, 3)),
    bead((3, 3), (3, 4)),
    bead((3, 4), (4, 5)),
]
# 0–0, 1–1, (2)–2, nothing–3, 3–4
PREDICTED = [
    *(bead((0, 1), (0, 1)), bead((1, 2), (1, 2)), bead((2, 3), (2, 3))),
    *(bead((3, 3), (3, 4)), bead((3, 4), (4, 5))),
]


def test_strict_counts_nulls_in_precision_and_not_in_recall() -> None:
    """Five predicted, of which 0–0, the null and 3–4 are right; gold has three beads that are no nulls."""
    strict = compare(GOLD, PREDICTED).strict
    assert strict == Tally(predicted=5, right=3, wanted=3, found=2)
    assert strict.precision == pytest.approx(3 / 5)
    assert strict.recall == pytest.approx(2 / 3)
    assert strict.f1 == pytest.approx(2 * (3 / 5) * (2 / 3) / (3 / 5 + 2 / 3))


def test_lax_wants_an_overlap_on_both_sides() -> None:
    """1–1 overlaps gold's 1–(1 2); 2–2 overlaps nothing, for gold has 2 with 1 and leaves out source 2."""
    lax = compare(GOLD, PREDICTED).lax
    assert lax == Tally(predicted=5, right=4, wanted=3, found=3)


def test_nulls_are_counted_by_sentence() -> None:
    assert compare(GOLD, PREDICTED).nulls == Tally(predicted=1, right=1, wanted=2, found=1)


def test_sentence_pairs_give_credit_for_part_of_a_bead() -> None:
    """Gold pairs 00 11 12 34, predicted 00 11 22 34."""
    assert compare(GOLD, PREDICTED).pairs == Tally(predicted=4, right=3, wanted=4, found=3)


def test_sizes_are_scored_apart() -> None:
    sizes = compare(GOLD, PREDICTED).sizes
    assert sizes[1, 1] == Tally(predicted=4, right=2, wanted=2, found=2)
    assert sizes[1, 2] == Tally(predicted=0, right=0, wanted=1, found=0)
    assert sizes[0, 1].f1 == 1.0
    assert sizes[1, 0].f1 == 0.0


def test_gold_against_itself_is_perfect() -> None:
    result = compare(GOLD, GOLD)
    assert (result.strict.f1, result.lax.f1, result.nulls.f1, result.pairs.f1) == (1, 1, 1, 1)


def test_nothing_predicted_and_nothing_wanted_is_perfect_and_otherwise_zero() -> None:
    assert Tally().f1 == 1.0
    assert Tally(wanted=3).f1 == 0.0


def test_documents_add_up() -> None:
    both = total([compare(GOLD, PREDICTED), compare(GOLD, GOLD)])
    assert both.strict == Tally(predicted=10, right=8, wanted=6, found=5)
    assert both.sizes[1, 2] == Tally(predicted=1, right=1, wanted=2, found=1)


def test_alignments_of_different_splittings_are_not_compared() -> None:
    with pytest.raises(BadInput, match=r"Gold covers \(4, 5\)"):
        compare(GOLD, PREDICTED[:-1])


def test_the_interval_of_equal_documents_is_a_point() -> None:
    tally = compare(GOLD, PREDICTED).strict
    assert interval([tally] * 5) == pytest.approx((tally.f1, tally.f1))


def test_the_interval_lies_between_the_worst_and_the_best_document() -> None:
    low, high = interval([Tally(10, 10, 10, 10), Tally(10, 0, 10, 0)])
    assert (low, high) == (0.0, 1.0)


def test_an_interval_needs_documents() -> None:
    with pytest.raises(BadInput, match="No documents"):
        interval([])


def test_word_links_precision_recall_and_error_rate() -> None:
    """Two right of three made, three wanted: P = R = 2/3, AER = 1 − 4/6."""
    gold = [WordLink(0, 3, 0, 4), WordLink(4, 8, 5, 9), WordLink(9, 12, 10, 15)]
    made = [WordLink(0, 3, 0, 4), WordLink(4, 8, 5, 9), WordLink(9, 12, 5, 9)]
    score = compare_links(gold, made)
    assert (score.precision, score.recall, score.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert score.aer == pytest.approx(1 / 3)


def test_a_link_one_letter_off_is_wrong() -> None:
    assert compare_links([WordLink(0, 3, 0, 4)], [WordLink(0, 3, 1, 4)]).f1 == 0.0


def test_gold_of_content_words_does_not_punish_links_of_other_words() -> None:
    gold = [WordLink(3, 9, 3, 13)]
    made = [WordLink(0, 2, 0, 2), WordLink(3, 9, 3, 13)]
    assert compare_links(gold, made).precision == 0.5
    assert compare_links(gold, made, gold_words_only=True).precision == 1.0
