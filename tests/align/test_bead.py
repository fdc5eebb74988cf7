import pytest

from align.bead import Bead, ParallelText, check_cover, from_lines, text_of
from translate.errors import BadInput
from translate.text import Kind

ARABIC = from_lines(["وصل الوزير.", "لم يصرّح بشيء.", "غادر مساءً."], language="ar")
ENGLISH = from_lines(["The minister arrived and said nothing.", "He left in the evening."], language="en")


def test_two_arabic_sentences_may_share_one_english_sentence() -> None:
    text = ParallelText(ARABIC, ENGLISH, (Bead(range(2), range(1)), Bead(range(2, 3), range(1, 2))))
    assert [(source, target) for _, source, target in text] == [
        ("وصل الوزير. لم يصرّح بشيء.", "The minister arrived and said nothing."),
        ("غادر مساءً.", "He left in the evening."),
    ]


def test_an_omitted_sentence_is_an_empty_side_that_keeps_its_place() -> None:
    beads = (Bead(range(1), range(1)), Bead(range(1, 2), range(1, 1)), Bead(range(2, 3), range(1, 2)))
    text = ParallelText(ARABIC, ENGLISH, beads)
    assert text.nulls == 1
    assert [target for _, _, target in text][1] == ""


def test_a_gap_between_beads_is_refused_with_its_place() -> None:
    with pytest.raises(BadInput, match="Bead 1 starts at source 2"):
        check_cover([Bead(range(1), range(1)), Bead(range(2, 3), range(1, 2))], 3, 2)


def test_an_overlap_is_refused() -> None:
    with pytest.raises(BadInput, match="not overlap"):
        check_cover([Bead(range(2), range(1)), Bead(range(1, 3), range(1, 2))], 3, 2)


def test_sentences_left_over_are_refused() -> None:
    with pytest.raises(BadInput, match="cover 1 source and 1 target sentences of 3 and 2"):
        ParallelText(ARABIC, ENGLISH, (Bead(range(1), range(1)),))


def test_a_bead_empty_on_both_sides_is_refused() -> None:
    with pytest.raises(BadInput, match="empty on both"):
        Bead(range(3, 3), range(1, 1))


def test_a_bead_holds_neighbours_only() -> None:
    with pytest.raises(BadInput, match="consecutive"):
        Bead(range(0, 4, 2), range(1))


def test_two_empty_texts_are_parallel_without_beads() -> None:
    empty = from_lines([], language="ar")
    text = ParallelText(empty, from_lines([], language="en"), ())
    assert text.nulls == 0
    assert text.confidence is None


def test_line_numbers_stay_sentence_numbers_over_blank_lines() -> None:
    article = from_lines(["  أولا", "", "ثالثا "], language="ar")
    assert [segment.text for segment in article.segments] == ["أولا", "", "ثالثا"]
    assert text_of(article, range(3)) == "أولا ثالثا"


def test_lines_may_come_with_what_they_are() -> None:
    article = from_lines(["عنوان", "قال."], language="ar", kinds=[Kind.HEADING, Kind.BODY])
    assert [segment.kind for segment in article.segments] == [Kind.HEADING, Kind.BODY]


def test_confidence_of_a_text_is_the_mean_over_its_beads() -> None:
    beads = (Bead(range(2), range(1), confidence=0.5), Bead(range(2, 3), range(1, 2), confidence=1.0))
    assert ParallelText(ARABIC, ENGLISH, beads).confidence == 0.75
