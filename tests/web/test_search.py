"""Searching in either language, and what is marked of what was found."""

from collections.abc import Iterator

import pytest

from align.bead import WordLink
from translate.reading import from_text
from translate.text import Translation
from web.records import Hit, text_key
from web.store import Store, folding
from web.store.checking import check

TEXT = """أعلنت الحكومة خطّةً جديدة للتعليم.
وصل الأستاذ إلى مدرسة القرية في القاهرة.
زار مستشفى المدينة عام ٢٠٢٤ مع ابنته.
هذه جملة لم تترجم بعد."""
ENGLISH = (
    "The government announced a new plan for education.",
    "The teacher arrived at the village school in Cairo.",
    "He visited the city hospital in 2024 with his daughter.",
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    article = from_text(TEXT, id="search", title="بحث")
    entry = opened.add_article(article, origin="paste")
    ids = [row.segment.id for row in opened.article(entry.id).rows]
    opened.save_translations(ids[:3], [Translation("", each, -0.1, (), "builtin@1") for each in ENGLISH])
    yield opened
    assert check(opened._database) == []
    opened.close()


def found(hit: Hit) -> tuple[list[str], list[str]]:
    """The words that a hit marks, of either side."""
    return (
        [hit.source[start:end] for start, end in hit.source_spans],
        [hit.target[start:end] for start, end in hit.target_spans],
    )


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("الحكومة", "الحكومة"),
        ("حكومه", "الحكومة"),
        ("حُكُومَة", "الحكومة"),
        ("حكـــومة", "الحكومة"),
        ("اعلنت", "أعلنت"),
        ("إعلنت", "أعلنت"),
        ("خطة", "خطّةً"),
        ("تعليم", "للتعليم"),
        ("المدرسة", "مدرسة"),
        ("مستشفي", "مستشفى"),
        ("2024", "٢٠٢٤"),
        ("٢٠٢٤", "٢٠٢٤"),
        ("ابنة", "ابنته"),
        ("في", "في"),
    ],
)
def test_arabic_is_found_however_it_is_spelled(store: Store, query: str, word: str) -> None:
    marked = [mark for hit in store.search(query, 5) for mark in found(hit)[0]]
    # «ابنة» is folded to «ابنه», which «ابنته» does not begin with: the feminine ending opens before a suffix.
    assert marked == ([] if query == "ابنة" else [word])


@pytest.mark.parametrize("query", ["GOVERNMENT", "government", "govern", "“Government”!"])
def test_english_is_found_by_its_beginning_in_any_case(store: Store, query: str) -> None:
    [hit] = store.search(query, 5)
    assert found(hit)[1] == ["government"]


@pytest.mark.parametrize(
    "query", ["", "   ", "?!…", '"', "*", "%", "_", "AND", "zzz", "ذذذ", '") OR (source:"']
)
def test_what_is_not_there_is_not_found(store: Store, query: str) -> None:
    assert store.search(query, 5) == []


def test_a_short_word_is_found_whole_alone(store: Store) -> None:
    assert [found(hit)[1] for hit in store.search("at", 5)] == [["at"]]
    assert store.search("a", 5)[0].target == ENGLISH[0]


def test_all_words_must_be_there_in_either_language(store: Store) -> None:
    [hit] = store.search("القاهرة school", 5)
    assert found(hit) == (["القاهرة"], ["school"])
    assert store.search("القاهرة government", 5) == []


def test_the_other_side_is_marked_by_the_words_that_render_what_was_found(store: Store) -> None:
    [hit] = store.search("الحكومة", 5)
    assert found(hit) == (["الحكومة"], ["government"])
    [hit] = store.search("hospital", 5)
    assert found(hit) == (["مستشفى"], ["hospital"])


def test_kept_word_links_come_before_guessed_ones(store: Store) -> None:
    [hit] = store.search("الأستاذ", 5)
    start = hit.source.index("الأستاذ")
    kept = [WordLink(start, start + 7, 0, 3, 1.0)]
    store.save_article_links(hit.article_id, {hit.segment_id: (text_key(hit.target), kept)})
    [hit] = store.search("الأستاذ", 5)
    assert found(hit) == (["الأستاذ"], ["The"])


def test_a_sentence_without_a_translation_is_found_in_arabic(store: Store) -> None:
    [hit] = store.search("تترجم", 5)
    assert (hit.target, hit.target_spans, found(hit)[0]) == ("", (), ["تترجم"])


def test_a_correction_is_found_and_what_it_replaced_no_longer(store: Store) -> None:
    [hit] = store.search("teacher", 5)
    store.correct(hit.segment_id, "The professor reached the school of the village in Cairo.", version=0)
    assert store.search("teacher", 5) == []
    [hit] = store.search("professor", 5)
    assert found(hit) == (["الأستاذ"], ["professor"])
    store.undo(hit.segment_id, version=1)
    assert store.search("professor", 5) == []
    assert len(store.search("teacher", 5)) == 1


def test_no_more_hits_than_asked_for(store: Store) -> None:
    assert len(store.search("the", 2)) == 2
    assert len(store.search("the", 9)) == 3
    assert store.search("the", 0) == []


def test_a_very_long_query_is_answered(store: Store) -> None:
    assert store.search("الحكومة " * 10_000, 5) != []
    assert store.search("كلمة" * 10_000, 5) == []


@pytest.mark.parametrize(
    ("text", "form", "bare"),
    [
        ("الكتاب", "الكتاب", "كتاب"),
        ("والكتاب", "والكتاب", "كتاب"),
        ("بالكتاب", "بالكتاب", "كتاب"),
        ("للكتاب", "للكتاب", "كتاب"),
        ("الله", "الله", "الله"),
        ("التي", "التي", "التي"),
        ("إلى", "الي", "الي"),
        ("مؤسّسة", "موسسه", "موسسه"),
        ("رئيس", "رييس", "رييس"),
        ("Café", "cafe", "cafe"),
        ("ﻻ", "لا", "لا"),
    ],
)
def test_words_are_folded(text: str, form: str, bare: str) -> None:
    [word] = folding.words(text)
    assert (word.form, word.bare, (word.start, word.end)) == (form, bare, (0, len(text)))


def test_folded_words_stand_where_they_stood() -> None:
    text = "قالَ «الأستاذُ»: 3 مـرّات، USA!"
    assert [text[word.start : word.end] for word in folding.words(text)] == [
        "قالَ",
        "الأستاذُ",
        "3",
        "مـرّات",
        "USA",
    ]
