"""A second look at beads in doubt, with models of known taste and with the real one."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from align.aligner import align
from align.bead import Bead, from_lines, split_lines
from align.formats.plain import read_ladder
from align.rescoring import EXPECTED, WEIGHT, SecondLook
from align.search import COARSE_SIZES, SIZES, Corridor, Floats, Scores, Size, search
from align.weights import Mode
from eval.alignment import compare, total
from translate import load
from translate.engine import Likelihood

DEV = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dev" / "align-ntrex-dev"

ARABIC = from_lines(["وصل الوزير.", "غادر الوزير."], language="ar")
ENGLISH = from_lines(["He came.", "The minister came.", "He went."], language="en")


class Taste:
    """A model with a table of what it likes; everything else costs it 10 nats a word."""

    def __init__(self, liked: dict[tuple[str, str], float]) -> None:
        self.liked = liked
        self.pairs: list[tuple[str, str]] = []

    def score(self, pairs: Iterable[tuple[str, str]]) -> list[Likelihood | None]:
        found: list[Likelihood | None] = []
        for pair in pairs:
            self.pairs.append(pair)
            pieces = len(pair[1].split()) + 1
            found.append(Likelihood(self.liked.get(pair, -10.0 * pieces), pieces))
        return found


def test_a_bead_is_worth_what_the_source_explains_of_the_target() -> None:
    """Three pieces; −6 nats with the source and −30 with any other: 24 explained, 1.5 of them expected."""
    look = SecondLook(Taste({("وصل الوزير.", "He came."): -6.0}), ARABIC, ENGLISH)
    worth = look([(range(1), range(1)), (range(1, 2), range(1))])
    assert worth.tolist() == pytest.approx([WEIGHT * (24 - 3 * EXPECTED), -WEIGHT * 3 * EXPECTED])


def test_runs_of_sentences_are_read_as_they_stand_in_the_text() -> None:
    taste = Taste({})
    SecondLook(taste, ARABIC, ENGLISH)([(range(2), range(1, 3))])
    assert taste.pairs[0] == ("وصل الوزير. غادر الوزير.", "The minister came. He went.")


def test_each_target_meets_unrelated_sources_once() -> None:
    taste = Taste({})
    look = SecondLook(taste, ARABIC, ENGLISH)
    look([(range(1), range(1)), (range(1, 2), range(1)), (range(2), range(1))])
    assert look.asked == len(taste.pairs) == len(set(taste.pairs)) == 3 + 2


def test_what_the_model_cannot_read_is_left_as_it_was() -> None:
    class Short:
        def score(self, pairs: Iterable[tuple[str, str]]) -> list[Likelihood | None]:
            return [None for _ in pairs]

    assert SecondLook(Short(), ARABIC, ENGLISH)([(range(1), range(1))]).tolist() == [0.0]


class Torn:
    """Either of two sentences may be left out; the rest is beyond doubt."""

    sources, targets = 4, 5

    def score(self, corridor: Corridor, sizes: Sequence[Size]) -> Scores:
        i, j = corridor.rows, corridor.columns
        sure = np.where((i == j) & (i <= 2) | (i + 1 == j) & (i == 4), 20.0, -20.0)
        torn = np.where((i == 3) & ((j == 3) | (j == 4)), 10.0, sure)
        worth = {(1, 1): torn, (0, 1): np.zeros(len(i))}
        return np.stack([worth.get(size, np.full(len(i), -30.0)) for size in sizes]).astype(np.float32)

    def between(self, sources: range, targets: range) -> "Torn":
        raise NotImplementedError

    def halved(self) -> "Torn":
        raise NotImplementedError


@pytest.mark.parametrize("wanted", [2, 3])
def test_the_judge_decides_between_rivals_and_is_asked_about_nothing_else(wanted: int) -> None:
    asked: list[tuple[range, range]] = []

    def judge(beads: Sequence[tuple[range, range]]) -> Floats:
        asked.extend(beads)
        return np.array([5.0 if target == range(wanted, wanted + 1) else 0.0 for _, target in beads])

    edges = search(Torn(), judge)
    assert set(map(str, asked)) == {str((range(2, 3), range(2, 3))), str((range(2, 3), range(3, 4)))}
    ends = [(edge.source, edge.target) for edge in edges if edge.size == (1, 1)]
    assert ends == [(1, 1), (2, 2), (3, wanted + 1), (4, 5)]
    assert min(edge.probability for edge in edges) > 0.95


def test_without_a_judge_the_rivals_are_even() -> None:
    assert min(edge.probability for edge in search(Torn())) == pytest.approx(0.5, abs=0.01)


def test_a_judge_is_not_asked_where_nothing_is_in_doubt() -> None:
    def judge(_: Sequence[tuple[range, range]]) -> Floats:
        raise AssertionError

    class Sure(Torn):
        sources = targets = 2

    assert len(search(Sure(), judge)) == 2
    assert COARSE_SIZES < SIZES


def test_places_between_pins_are_places_in_the_whole_text() -> None:
    """Behind a pin, sentence numbers that the model is asked about still count from the beginning."""
    arabic = ["قال شيئا.", "ثم قال.", "وسكت."]
    english = ["He said something.", "Then he said.", "And was silent.", "Nobody knows."]
    taste = Taste({})
    pin = Bead(range(1), range(1))
    align(
        from_lines(arabic, language="ar"),
        from_lines(english, language="en"),
        mode=Mode.LENGTH,
        pins=(pin,),
        translator=taste,
    )
    read = " ".join(target for _, target in taste.pairs)
    assert "And was silent." in read
    assert "He said something." not in read


@pytest.mark.skipif(not DEV.exists(), reason="the development sets are not here")
def test_a_second_look_with_the_built_in_model_mends_more_than_it_breaks() -> None:
    """Twelve documents here; on all 49, cross-validated, strict F1 rises from .976 to .988."""
    translator = load("builtin", beam=1)
    before, after = [], []
    for path in sorted(DEV.glob("*.gold"))[:12]:
        source, target = (
            from_lines(split_lines(path.with_suffix(f".{side}").read_text(encoding="utf-8")), language=side)
            for side in ("ar", "en")
        )
        gold = read_ladder(path.read_text(encoding="utf-8"))
        before.append(compare(gold, align(source, target, mode=Mode.LEXICAL).beads))
        after.append(compare(gold, align(source, target, mode=Mode.LEXICAL, translator=translator).beads))
    assert total(after).strict.f1 >= total(before).strict.f1
    assert total(after).strict.f1 > 0.97
