import random

import pytest
from sacrebleu.metrics.lib_ter import translation_edit_rate

from eval.ter import Edit, edit_count, edits


def test_a_moved_phrase_is_one_shift() -> None:
    found = edits(["on", "Saturday", "Kishida", "said"], ["Kishida", "said", "on", "Saturday"])
    assert (found.shifts, found.count) == (1, 1)


def test_each_kind_of_edit_is_named_with_its_words() -> None:
    assert changes(["the", "minister", "of", "Japan"], ["the", "president", "of", "Japan"]) == [
        (Edit.REPLACE, "minister", "president")
    ]
    assert changes(["left", "Tokyo", "today"], ["left", "Tokyo"]) == [(Edit.REMOVE, "today", "")]
    assert changes(["he", "left"], ["he", "left", "early"]) == [(Edit.ADD, "", "early")]


def changes(hypothesis: list[str], reference: list[str]) -> list[tuple[Edit, str, str]]:
    return [step for step in edits(hypothesis, reference).words if step[0] is not Edit.KEEP]


def test_nothing_costs_as_much_as_everything_missing() -> None:
    assert edit_count([], ["a", "b"]) == 2
    assert edit_count(["a", "b"], []) == 2
    assert edit_count([], []) == 0


@pytest.mark.parametrize(("length", "rounds"), [(3, 40), (12, 40), (30, 10), (55, 2)])
def test_counts_are_those_of_sacrebleu_for_short_and_long_sentences(length: int, rounds: int) -> None:
    """Random words from a small vocabulary: many matches, many shifts, paths that leave the beam."""
    chance = random.Random(length)
    for _ in range(rounds):
        reference = [f"w{chance.randrange(length // 2 + 1)}" for _ in range(length)]
        hypothesis = [word for word in reference if chance.random() > 0.2]
        for _ in range(length // 6):
            block = hypothesis[: chance.randrange(4)]
            hypothesis = hypothesis[len(block) :]
            place = chance.randrange(len(hypothesis) + 1)
            hypothesis[place:place] = block
        assert edit_count(hypothesis, reference) == translation_edit_rate(hypothesis, reference)[0]
        assert edits(hypothesis, reference).count == edit_count(hypothesis, reference)


def test_very_unequal_lengths_agree_with_sacrebleu() -> None:
    short, long = ["w1", "w2"], [f"w{i % 7}" for i in range(150)]
    assert edit_count(short, long) == translation_edit_rate(short, long)[0]
    assert edit_count(long, short) == translation_edit_rate(long, short)[0]
