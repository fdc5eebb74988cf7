"""Moving sentences between beads; rows are written as (Arabic sentences, English sentences)."""

import random

import pytest

from align.bead import Bead, check_cover
from translate.errors import BadInput
from web.bead_editing import ACTIONS, BY_HAND, SIDES, edit
from web.records import StoredBead


def beads(*sizes: tuple[int, int], pinned: tuple[int, ...] = ()) -> tuple[StoredBead, ...]:
    made = []
    source = target = 0
    for number, (a, b) in enumerate(sizes):
        made.append(
            StoredBead(range(source, source + a), range(target, target + b), 0.5, "", number in pinned)
        )
        source, target = source + a, target + b
    return tuple(made)


def sizes(made: tuple[StoredBead, ...]) -> list[tuple[int, int]]:
    return [(len(bead.source), len(bead.target)) for bead in made]


@pytest.mark.parametrize(
    ("before", "action", "bead", "side", "after"),
    [
        ([(1, 2), (1, 1)], "push_down", 0, "target", [(1, 1), (1, 2)]),
        ([(2, 1), (1, 1)], "push_down", 0, "source", [(1, 1), (2, 1)]),
        ([(1, 1), (1, 2)], "pull_up", 1, "target", [(1, 2), (1, 1)]),
        # A bead that gives its only sentence away is gone, or stays with the other side alone.
        ([(1, 1), (0, 1)], "pull_up", 1, "target", [(1, 2)]),
        ([(1, 1), (1, 1)], "push_down", 0, "target", [(1, 0), (1, 2)]),
        # At the ends of the text the sentence gets a bead of its own.
        ([(1, 2)], "push_down", 0, "target", [(1, 1), (0, 1)]),
        ([(2, 1)], "pull_up", 0, "source", [(1, 0), (1, 1)]),
        ([(1, 1), (2, 1)], "merge", 0, "target", [(3, 2)]),
        ([(1, 0), (0, 1)], "merge", 0, "target", [(1, 1)]),
        ([(2, 2)], "split", 0, "target", [(1, 1), (1, 1)]),
        ([(1, 3)], "split", 0, "target", [(1, 1), (0, 2)]),
        ([(3, 1)], "split", 0, "target", [(1, 1), (2, 0)]),
        ([(1, 1)], "split", 0, "target", [(1, 0), (0, 1)]),
        ([(0, 2)], "split", 0, "target", [(0, 1), (0, 1)]),
        # A gap moves a column down until another gap takes up what moves.
        ([(1, 1), (1, 2), (1, 0), (1, 1)], "insert", 0, "target", [(1, 0), (1, 1), (1, 2), (1, 1)]),
        ([(1, 1), (1, 2)], "insert", 0, "target", [(1, 0), (1, 1), (0, 2)]),
        ([(1, 1), (2, 1)], "insert", 0, "source", [(0, 1), (1, 1), (2, 0)]),
        ([(0, 1), (1, 1)], "insert", 0, "target", [(1, 1), (0, 1)]),
    ],
)
def test_moves_as_drawn(
    before: list[tuple[int, int]], action: str, bead: int, side: str, after: list[tuple[int, int]]
) -> None:
    assert sizes(edit(beads(*before), action, bead, side)) == after


def test_a_push_and_a_pull_take_each_other_back() -> None:
    before = beads((1, 2), (1, 1))
    assert sizes(edit(edit(before, "push_down", 0, "target"), "pull_up", 1, "target")) == sizes(before)


def test_moved_beads_say_that_a_person_paired_them_and_others_keep_what_the_aligner_said() -> None:
    first, second, third = edit(beads((1, 2), (1, 1), (1, 1)), "push_down", 0, "target")
    assert (first.score, first.reason, second.reason) == (1.0, BY_HAND, BY_HAND)
    assert (third.score, third.reason) == (0.5, "")


def test_moves_go_around_a_pinned_bead() -> None:
    pinned = beads((1, 2), (1, 1), (1, 1), pinned=(1,))
    pushed = edit(pinned, "push_down", 0, "target")
    assert sizes(pushed) == [(1, 1), (0, 1), (1, 1), (1, 1)]
    assert [bead.pinned for bead in pushed] == [False, False, True, False]
    assert sizes(edit(pinned, "insert", 0, "target")) == [(1, 0), (0, 2), (1, 1), (1, 1)]
    pulled = edit(beads((1, 1), (2, 1), pinned=(0,)), "pull_up", 1, "source")
    assert sizes(pulled) == [(1, 1), (1, 0), (1, 1)]


def test_pinning_makes_a_bead_sure_and_unpinning_lets_it_go() -> None:
    (one,) = edit(beads((1, 1)), "pin", 0)
    assert (one.pinned, one.score) == (True, 1.0)
    assert not edit((one,), "unpin", 0)[0].pinned


@pytest.mark.parametrize(
    ("made", "action", "bead", "side", "message"),
    [
        (beads((1, 1)), "shuffle", 0, "target", "no action 'shuffle'"),
        (beads((1, 1)), "merge", 0, "both", "no side 'both'"),
        (beads((1, 1)), "merge", 1, "target", "no pair 1; they are counted from 0 to 0"),
        (beads((1, 1)), "merge", -1, "target", "no pair -1"),
        (beads((1, 1)), "merge", 0, "target", "the last pair"),
        (beads((1, 0)), "split", 0, "target", "a single sentence"),
        (beads((1, 0)), "push_down", 0, "target", "no English sentence"),
        (beads((1, 0)), "insert", 0, "target", "English side of this pair is empty"),
        (beads((0, 1)), "push_down", 0, "target", "stands alone already"),
        (beads((1, 1), (1, 1), pinned=(0,)), "split", 0, "target", "pinned and stays"),
        (beads((1, 1), (1, 1), pinned=(1,)), "merge", 0, "target", "pinned and stays"),
    ],
)
def test_what_cannot_move_is_said(
    made: tuple[StoredBead, ...], action: str, bead: int, side: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        edit(made, action, bead, side)


def test_no_series_of_moves_loses_a_sentence_changes_the_order_or_moves_a_pinned_bead() -> None:
    chance = random.Random(7)
    made = beads(*[(chance.randrange(3), chance.randrange(1, 3)) for _ in range(12)])
    totals = sum(len(b.source) for b in made), sum(len(b.target) for b in made)
    moved = 0
    for _ in range(2000):
        action, side = chance.choice(ACTIONS), chance.choice(SIDES)
        kept = {(b.source, b.target) for b in made if b.pinned}
        try:
            made = edit(made, action, chance.randrange(len(made)), side)
        except BadInput:
            continue
        moved += 1
        check_cover([Bead(b.source, b.target) for b in made], *totals)
        if action != "unpin":
            assert kept <= {(b.source, b.target) for b in made}
    assert moved > 500
