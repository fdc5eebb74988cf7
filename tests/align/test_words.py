import json
from pathlib import Path

import pytest

from align.bead import Bead, ParallelText, WordLink, from_lines
from align.words import link, link_sentences
from eval.alignment import compare_links, total_links

ARABIC = "وصل رئيس الوزراء الياباني كيشيدا إلى واشنطن يوم الخميس."
ENGLISH = "Japanese Prime Minister Kishida arrived in Washington on Thursday."

PUD = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dev" / "word-links-pud-dev.jsonl"


def linked(source: str, target: str) -> set[tuple[str, str]]:
    (links,) = link_sentences([(source, target)])
    return {
        (source[found.source_start : found.source_end], target[found.target_start : found.target_end])
        for found in links
    }


def test_words_are_linked_across_a_different_order() -> None:
    found = linked(ARABIC, ENGLISH)
    assert {
        ("وصل", "arrived"),
        ("الياباني", "Japanese"),
        ("واشنطن", "Washington"),
        ("الخميس", "Thursday"),
    } <= found


def test_a_name_the_lexicon_does_not_know_is_linked_by_its_consonants() -> None:
    assert ("زوغدينوف", "Zugdinov") in linked("قال زوغدينوف للصحفيين", "Zugdinov told reporters")


def test_numbers_are_linked_across_scripts_of_digits() -> None:
    assert ("٤١", "41") in linked("يبلغ من العمر ٤١ عاما", "He is 41 years old")


def test_a_possessive_is_linked_without_its_s() -> None:
    assert ("واشنطن", "Washington") in linked("رد واشنطن", "Washington’s answer")


def test_offsets_are_those_of_the_words_and_not_of_their_neighbours() -> None:
    """The off-by-one is the classic fault of word links."""
    (links,) = link_sentences([("في واشنطن", "in Washington")])
    assert links[-1] == WordLink(3, 9, 3, 13, links[-1].score)


def test_punctuation_is_nobodys_partner() -> None:
    assert linked("؟!", "?!") == set()


def test_an_empty_side_has_no_links() -> None:
    assert link_sentences([("", "Nothing here."), ("لا شيء", "")]) == [[], []]


def test_links_of_a_text_count_from_the_start_of_its_bodies() -> None:
    source = from_lines(["مقدمة بلا مقابل.", ARABIC], language="ar")
    target = from_lines([ENGLISH], language="en")
    text = link(ParallelText(source, target, (Bead(range(1), range(0)), Bead(range(1, 2), range(1)))))
    words = {
        (source.body[made.source_start : made.source_end], target.body[made.target_start : made.target_end])
        for made in text.links
    }
    assert ("واشنطن", "Washington") in words


@pytest.mark.skipif(not PUD.exists(), reason="the development sets are not here")
def test_content_words_of_the_development_set_are_linked_better_than_by_eflomal() -> None:
    """eflomal reaches an F1 of .656 on 994 such sentences; ours counts links of gold's words only."""
    rows = [json.loads(line) for line in PUD.read_text(encoding="utf-8").splitlines()]
    found = link_sentences([(row["source"], row["target"]) for row in rows])
    scores = [
        compare_links([WordLink(*four) for four in row["links"]], links, gold_words_only=True)
        for row, links in zip(rows, found, strict=True)
    ]
    assert total_links(scores).f1 > 0.75
