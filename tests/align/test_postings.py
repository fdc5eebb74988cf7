"""Sums over inverted indexes against sums over dictionaries."""

import numpy as np
import pytest

from align.postings import Postings, SmallInts, order_of, products
from align.search import Corridor

Bag = dict[int, float]
RANDOM = np.random.default_rng(3)


def bags(count: int) -> list[Bag]:
    return [
        {int(key): float(RANDOM.random()) for key in RANDOM.choice(20, 6, replace=False)}
        for _ in range(count)
    ]


def small(*values: int) -> SmallInts:
    return np.array(values, np.int32)


def dot(left: Bag, right: Bag) -> float:
    return sum(weight * right.get(key, 0.0) for key, weight in left.items())


def added(run: list[Bag]) -> Bag:
    return {key: sum(bag.get(key, 0.0) for bag in run) for bag in run for key in bag}


def test_products_are_those_of_the_bags() -> None:
    source, target = bags(7), bags(9)
    found = products(Postings.of(source), Postings.of(target), Corridor.full(7, 9)).reshape(8, 10)
    assert np.allclose(found[:7, :9], [[dot(a, b) for b in target] for a in source])
    assert not found[7].any()
    assert not found[:, 9].any()


def test_products_outside_the_corridor_are_not_made() -> None:
    source, target = bags(5), bags(5)
    corridor = Corridor.around([(0, 0), (5, 5)], 5, 5, radius=0)
    found = products(Postings.of(source), Postings.of(target), corridor)
    assert found[:5] == pytest.approx([dot(a, b) for a, b in zip(source, target, strict=True)])


def test_norms_of_runs_know_the_keys_that_neighbours_share() -> None:
    text = bags(6)
    found = Postings.of(text).norms(4)
    for run in range(4):
        for end in range(6):
            together = added(text[max(0, end - run) : end + 1])
            assert found[run, end] == pytest.approx(dot(together, together))


def test_halving_joins_neighbours_and_adds_shared_keys() -> None:
    text = bags(5)
    half = Postings.of(text).halved()
    assert half.sentences == 3
    together = added(text[:2])
    assert half.norms()[0, 0] == pytest.approx(dot(together, together))


def test_a_key_said_twice_counts_twice_and_is_kept_once() -> None:
    twice = Postings(small(0, 0, 0), small(4, 2, 4), np.array([1.0, 5.0, 2.0]), 1).merged()
    assert (twice.key.tolist(), twice.weight.tolist()) == ([2, 4], [5.0, 3.0])


def test_a_part_of_a_text_is_numbered_from_zero() -> None:
    text = bags(6)
    part = Postings.of(text).between(range(2, 4))
    assert part.sentences == 2
    assert part.norms()[0, 0] == pytest.approx(dot(text[2], text[2]))


def test_texts_without_words_have_no_products() -> None:
    assert not products(Postings.of([{}, {}]), Postings.of(bags(2)), Corridor.full(2, 2)).any()


def test_norms_need_no_more_keys_than_one() -> None:
    alone = Postings(small(0), small(7), np.array([3.0]), 1)
    assert alone.norms(4).tolist() == [[9.0]] * 4


def test_products_along_a_long_text_are_those_of_the_bags() -> None:
    source, target = bags(700), bags(700)
    corridor = Corridor.around([(0, 0), (300, 320), (700, 700)], 700, 700, radius=2)
    found = products(Postings.of(source), Postings.of(target), corridor)
    expected = [
        dot(source[i], target[j]) if i < 700 and j < 700 else 0.0
        for i, j in zip(corridor.rows.tolist(), corridor.columns.tolist(), strict=True)
    ]
    assert found == pytest.approx(expected)


def test_texts_without_a_word_in_common_have_no_products() -> None:
    assert not products(Postings.of([{1: 1.0}]), Postings.of([{2: 1.0}]), Corridor.full(1, 1)).any()


def test_halving_a_long_text_forgets_no_sentence() -> None:
    text = Postings.of([{n % 7: 1.0} for n in range(10_001)])
    half = text.halved()
    assert half.sentence.tolist() == [n // 2 for n in range(10_001)]
    assert half.weight.sum() == 10_001


@pytest.mark.parametrize("most", [9, 2**31 - 1, 2**62])
def test_order_is_that_of_a_stable_sort(most: int) -> None:
    values = RANDOM.integers(0, most, 2_000)
    assert (order_of(values) == np.argsort(values, kind="stable")).all()
