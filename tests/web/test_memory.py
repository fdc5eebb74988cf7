"""Earlier corrections, offered where a sentence is the same or like one."""

from collections.abc import Iterator

import pytest

from translate.reading import from_text
from web.memory import Memory, Pair
from web.store import Store

TEXT = """ارتفعت أسعار النفط اليوم.
ارتفعت أسعار الذهب اليوم.
وصل الوزير إلى القاهرة."""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()


def add(store: Store) -> list[int]:
    entry = store.add_article(from_text(TEXT, id="memory"), origin="paste")
    return [row.segment.id for row in store.article(entry.id).rows]


def test_the_same_sentence_is_offered_with_similarity_one(store: Store) -> None:
    ids = add(store)
    assert store.exact("ارتفعت أسعار النفط اليوم.") == []
    store.correct(ids[0], "Oil prices rose today.", version=0)
    [match] = store.exact("ارتفعت اسعار النَّفط  اليوم")
    assert (match.target, match.similarity, match.segment_id) == ("Oil prices rose today.", 1.0, ids[0])
    assert match.article_id == store.article_of(ids[0])


def test_a_similar_sentence_is_offered_with_how_alike_it_is(store: Store) -> None:
    ids = add(store)
    store.correct(ids[0], "Oil prices rose today.", version=0)
    store.correct(ids[2], "The minister arrived in Cairo.", version=0)
    [match] = store.fuzzy("ارتفعت أسعار الذهب اليوم.")
    # «النفط» and «الذهب» differ in three letters of the 24 that are compared.
    assert (match.target, match.similarity) == ("Oil prices rose today.", round(1 - 3 / 24, 4))
    assert store.fuzzy("ارتفعت أسعار الذهب اليوم.", least=0.9) == []
    both = store.fuzzy("ارتفعت أسعار الذهب اليوم.", least=0.0)
    assert [each.segment_id for each in both] == [ids[0], ids[2]]
    assert store.fuzzy("ارتفعت أسعار الذهب اليوم.", limit=1, least=0.0) == both[:1]


def test_the_memory_follows_corrections_and_undoing(store: Store) -> None:
    ids = add(store)
    asked = "ارتفعت أسعار النفط اليوم."
    for version, target in enumerate(("Oil is up.", "Oil went up.")):
        store.correct(ids[0], target, version=version)
        assert [match.target for match in store.exact(asked)] == [target]
    store.undo(ids[0], version=2)
    assert [match.target for match in store.exact(asked)] == ["Oil is up."]
    store.undo(ids[0], version=3)
    assert store.exact(asked) == []


def test_the_same_correction_in_two_articles_is_offered_once(store: Store) -> None:
    first, second = add(store)[0], add(store)[0]
    store.correct(first, "Oil prices rose today.", version=0)
    store.correct(second, "Oil prices rose today.", version=0)
    assert [match.segment_id for match in store.exact("ارتفعت أسعار النفط اليوم.")] == [second]
    store.correct(first, "Oil got dearer today.", version=1)
    assert [match.target for match in store.exact("ارتفعت أسعار النفط اليوم.")] == [
        "Oil got dearer today.",
        "Oil prices rose today.",
    ]


def test_a_sentence_left_empty_on_purpose_is_no_memory(store: Store) -> None:
    ids = add(store)
    store.correct(ids[0], "", version=0)
    assert store.exact("ارتفعت أسعار النفط اليوم.") == []
    assert store.fuzzy("ارتفعت أسعار الذهب اليوم.", least=0.0) == []


def test_nothing_is_like_an_empty_sentence() -> None:
    memory = Memory([Pair("…", "...", 1, 1)])
    assert memory.fuzzy("؟!") == []
    assert memory.fuzzy("كلمة") == []


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("بلغت الحرارة -5 درجات.", "بلغت الحرارة 5 درجات."),
        ("بلغت الحصة 5%.", "بلغت الحصة 5."),
        ("كلفت العملية 5$.", "كلفت العملية 5€."),
    ],
)
def test_another_sign_at_a_number_is_another_sentence(known: str, asked: str) -> None:
    memory = Memory([Pair(known, "Five.", 1, 1)])
    assert memory.exact(asked) == []
    (match,) = memory.fuzzy(asked)
    assert match.similarity < 1


def test_the_same_sign_written_otherwise_is_the_same_sentence() -> None:
    memory = Memory([Pair("ارتفعت الأسعار −3.5% يوم الأحد", "Prices went up by -3.5% on Sunday.", 1, 1)])
    assert memory.exact("ارتفعت الأسعار -٣٫٥٪ يوم الأحد.") != []
