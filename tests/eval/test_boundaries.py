import pytest

from eval.boundaries import gold_texts, score
from translate.errors import BadInput


def test_gold_lines_are_joined_by_a_space_or_by_nothing() -> None:
    assert gold_texts(["# a trap", "قال: لا.", "+ومضى.", "", "نعم."]) == [
        ("قال: لا.ومضى.", [(0, 8), (8, 13)]),
        ("نعم.", [(0, 4)]),
    ]


def test_a_missed_and_a_wrong_boundary_are_shown_where_they_stand() -> None:
    """Gold ends after لا. and نعم.; the splitter ends after قال instead of لا."""
    texts = gold_texts(["قال لا.", "نعم.", "ربما."])
    found, mistakes = score(texts, lambda _: [(0, 3), (4, 12), (13, 18)])
    assert (found.predicted, found.wanted, found.right) == (2, 2, 1)
    assert found.f1 == 0.5
    assert [(m.missed, m.around) for m in mistakes] == [
        (False, "قال⟂ لا. نعم. ربما."),
        (True, "قال لا.⟂ نعم. ربما."),
    ]


def test_white_space_at_an_edge_does_not_matter() -> None:
    texts = gold_texts(["نعم.", "لا."])
    found, _ = score(texts, lambda _: [(0, 5), (5, 8)])
    assert found.f1 == 1


def test_nothing_to_split_is_refused() -> None:
    with pytest.raises(BadInput):
        score([], lambda _: [])
