"""What is attached to Arabic words is linked by itself, where English has a word for it in its place."""

import json
from pathlib import Path

import pytest

from align.bead import Bead, ParallelText, WordLink, from_lines
from align.clitics import pieces, refine
from align.lexicon import load
from align.tokens import words
from align.words import link, link_sentences
from eval.alignment import compare_links, total_links

COUNTS = load().counts
PUD = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dev" / "word-links-pud-dev.jsonl"


def links_of(source: str, target: str, *pairs: tuple[str, str]) -> list[WordLink]:
    """Links between words by their first occurrence."""
    return [
        WordLink(a := source.index(left), a + len(left), b := target.index(right), b + len(right), 0.5)
        for left, right in pairs
    ]


def refined(source: str, target: str, *pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (source[made.source_start : made.source_end], target[made.target_start : made.target_end])
        for made in refine(source, target, links_of(source, target, *pairs), COUNTS)
    ]


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("والحكومه", ["و", "ال", "حكومه"]),
        ("بالحكومه", ["ب", "ال", "حكومه"]),
        ("للحكومه", ["ل", "ل", "حكومه"]),
        ("وللحكومه", ["و", "ل", "ل", "حكومه"]),
        ("حكومتها", ["حكومت", "ها"]),
        ("وحكومتهم", ["و", "حكومت", "هم"]),
        ("والد", ["والد"]),
        ("التي", ["التي"]),
        ("الله", ["الله"]),
        ("بيت", ["بيت"]),
        ("و", ["و"]),
    ],
)
def test_a_word_is_cut_where_text_says_that_it_is_put_together(form: str, parts: list[str]) -> None:
    found = pieces(form, COUNTS)
    assert [form[piece.start : piece.end] for piece in found] == parts
    assert sum(not piece.says for piece in found) == 1


def test_each_clitic_has_its_own_english_word() -> None:
    assert refined(
        "وبالحكومة الجديدة", "and in the new government", ("وبالحكومة", "government"), ("الجديدة", "new")
    ) == [
        ("و", "and"),
        ("ب", "in"),
        ("ال", "the"),
        ("حكومة", "government"),
        ("الجديدة", "new"),
    ]


def test_and_stands_before_the_subject_that_follows_its_verb_in_arabic() -> None:
    pairs = (("وأعلن", "announced"), ("الوزير", "minister"))
    assert refined("وأعلن الوزير", "and the minister announced", *pairs) == [
        ("و", "and"),
        ("أعلن", "announced"),
        ("ال", "the"),
        ("وزير", "minister"),
    ]


def test_pronouns_stand_before_nouns_and_behind_verbs() -> None:
    assert refined("حكومتها", "her government", ("حكومتها", "government")) == [
        ("حكومت", "government"),
        ("ها", "her"),
    ]
    assert refined("انتخبهم", "elected them", ("انتخبهم", "elected")) == [
        ("انتخب", "elected"),
        ("هم", "them"),
    ]


def test_marks_stay_with_their_letters() -> None:
    assert refined("وَالحُكُومَةُ", "and the government", ("وَالحُكُومَةُ", "government")) == [
        ("وَ", "and"),
        ("ال", "the"),
        ("حُكُومَةُ", "government"),
    ]


def test_a_word_stays_whole_where_english_has_nothing_for_its_clitics() -> None:
    assert refined("والحكومة", "government", ("والحكومة", "government")) == [("والحكومة", "government")]


def test_an_english_word_that_renders_another_arabic_word_is_left_to_it() -> None:
    pairs = (("في", "in"), ("بحكومة", "government"))
    assert refined("في بحكومة", "in government", *pairs) == [("في", "in"), ("بحكومة", "government")]


def test_the_is_the_articles_even_where_a_preposition_was_given_it() -> None:
    pairs = (("من", "the"), ("الحكومة", "government"))
    assert refined("من الحكومة", "the government", *pairs) == [("ال", "the"), ("حكومة", "government")]


def test_offsets_count_from_the_start_of_the_bodies() -> None:
    text = ParallelText(
        from_lines(["نعم.", "قال إن الحكومة استقالت"], language="ar"),
        from_lines(["Yes.", "He said the government resigned"], language="en"),
        (Bead(range(1), range(1)), Bead(range(1, 2), range(1, 2))),
    )
    found = {
        (text.source.body[a.source_start : a.source_end], text.target.body[a.target_start : a.target_end])
        for a in link(text, clitics=True).links
    }
    assert {("ال", "the"), ("حكومة", "government")} <= found
    assert ("الحكومة", "government") not in found
    assert ("الحكومة", "government") in {
        (text.source.body[a.source_start : a.source_end], text.target.body[a.target_start : a.target_end])
        for a in link(text).links
    }


@pytest.mark.skipif(not PUD.exists(), reason="needs the shared development data")
def test_links_of_whole_words_lose_nothing_by_it() -> None:
    rows = [json.loads(line) for line in PUD.read_text(encoding="utf-8").splitlines()]
    pairs = [(row["source"], row["target"]) for row in rows]
    before = link_sentences(pairs)
    after = []
    for (source, target), found in zip(pairs, before, strict=True):
        arabic = words(source)
        whole = {
            (word.start, word.end, made.target_start, made.target_end)
            for made in refine(source, target, found, COUNTS)
            for word in arabic
            if word.start <= made.source_start < word.end
        }
        after.append([WordLink(*places) for places in sorted(whole)])
    gold = [[WordLink(*places) for places in row["links"]] for row in rows]
    scores = [
        total_links(compare_links(a, b, gold_words_only=True) for a, b in zip(gold, made, strict=True)).f1
        for made in (before, after)
    ]
    assert scores[1] >= scores[0]
