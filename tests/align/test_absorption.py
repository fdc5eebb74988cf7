"""Beads of more sentences than the search has sizes for."""

import pytest

from align import aligner
from align.bead import Bead, ParallelText, from_lines
from align.weights import Mode

BEFORE = (
    "وقعت الحكومة الأسترالية اتفاقا بقيمة 250 مليون دولار مع نيوزيلندا.",
    "The Australian government signed a $250 million agreement with New Zealand.",
)
CLAUSES = [
    "وصل رئيس الوزراء الياباني فوميو كيشيدا إلى واشنطن يوم الخميس في زيارة رسمية تستمر ثلاثة أيام",
    "ومن المقرر أن يلتقي الرئيس الأمريكي في البيت الأبيض",
    "وسيبحثان التعاون الدفاعي",
    "ثم يلقي كلمة أمام الكونغرس",
    "ويزور مصنع سيارات في ولاية كارولينا الشمالية",
    "ويعود إلى طوكيو مساء الأحد",
]
SENTENCES = [
    "Japanese Prime Minister Fumio Kishida arrived in Washington on Thursday for a three-day official visit.",
    "He is due to meet the US president at the White House.",
    "They will discuss defense cooperation.",
    "He will then address Congress.",
    "He will visit a car factory in North Carolina.",
    "He returns to Tokyo on Sunday evening.",
]
AFTER = (
    "وقالت وزارة الخارجية الصينية إن ذلك يضر بالسلام في المنطقة.",
    "The Chinese foreign ministry said that this harms peace in the region.",
)
FOREIGN = "The recipe calls for two onions, which are chopped finely and fried until golden."


def ladder(text: ParallelText) -> list[tuple[list[int], list[int]]]:
    return [(list(bead.source), list(bead.target)) for bead in text.beads]


def aligned(count: int, *, after: tuple[str, ...] = (), pins: tuple[Bead, ...] = ()) -> ParallelText:
    """One Arabic sentence of so many clauses and as many English ones, between two other sentences."""
    arabic = [BEFORE[0], "، ".join(CLAUSES[:count]) + ".", AFTER[0]]
    english = [BEFORE[1], *SENTENCES[:count], *after, AFTER[1]]
    sides = from_lines(arabic, language="ar"), from_lines(english, language="en")
    return aligner.align(*sides, mode=Mode.LEXICAL, pins=pins)


@pytest.mark.parametrize("count", [5, 6])
def test_one_arabic_sentence_may_be_five_or_six_english_ones(count: int) -> None:
    expected = [([0], [0]), ([1], list(range(1, count + 1))), ([2], [count + 1])]
    assert ladder(aligned(count)) == expected


@pytest.mark.parametrize("count", [5, 6])
def test_nothing_else_is_needed_beside_them(count: int) -> None:
    arabic = from_lines(["، ".join(CLAUSES[:count]) + "."], language="ar")
    text = aligner.align(arabic, from_lines(SENTENCES[:count], language="en"))
    assert ladder(text) == [([0], list(range(count)))]
    assert 0.5 < (text.confidence or 0) <= 1


def test_five_arabic_sentences_may_be_one_english_one() -> None:
    joined = ", ".join(sentence.removesuffix(".") for sentence in SENTENCES[:5]) + "."
    arabic = from_lines([BEFORE[0], *(clause + "." for clause in CLAUSES[:5]), AFTER[0]], language="ar")
    text = aligner.align(arabic, from_lines([BEFORE[1], joined, AFTER[1]], language="en"))
    assert ladder(text) == [([0], [0]), ([1, 2, 3, 4, 5], [1]), ([6], [2])]


def test_what_only_one_side_has_stays_an_omission_beside_a_bead_of_four() -> None:
    expected = [([0], [0]), ([1], [1, 2, 3, 4]), ([], [5]), ([2], [6])]
    assert ladder(aligned(4, after=(FOREIGN,))) == expected


def test_an_omission_that_may_belong_to_its_neighbour_says_so() -> None:
    (null,) = [bead for bead in aligned(4, after=("Sign up for our newsletter.",)).beads if bead.is_null]
    assert "it may belong to its neighbour" in null.reasons
    assert (null.confidence or 0) < 0.9


def test_a_pinned_omission_is_not_absorbed() -> None:
    assert ladder(aligned(5)) != ladder(aligned(5, pins=(Bead(range(2, 2), range(5, 6)),)))
    (null,) = [bead for bead in aligned(5, pins=(Bead(range(2, 2), range(5, 6)),)).beads if bead.is_null]
    assert null.pinned
    assert null.target == range(5, 6)


def test_beads_without_omissions_beside_a_bead_of_four_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = aligned(4)
    monkeypatch.setattr(aligner, "absorb", lambda beads, _: beads)
    assert aligned(4) == found
