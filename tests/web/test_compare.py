"""References beside articles: aligned, shown in three columns, moved, pinned, aligned again."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from align.bead import from_lines
from translate import reading
from translate.errors import BadInput
from translate.translator import MarianTranslator
from web import compare
from web.errors import Conflict
from web.records import Reference, StoredArticle, StoredBead
from web.runtime import Runtime
from web.three_way import ThreeWay, three_way, words_apart

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def here(app: Flask) -> Runtime:
    found: Runtime = app.extensions["muwazi"]
    return found


@pytest.fixture(scope="module")
def stored(here: Runtime, translator: MarianTranslator, seeds: list[Path]) -> StoredArticle:
    """The first seed, all but its furniture translated."""
    return add(here, translator, seeds[0].read_text(encoding="utf-8"))


def add(here: Runtime, translator: MarianTranslator, text: str) -> StoredArticle:
    article = reading.from_text(text, id="one")
    entry = here.store.add_article(article, origin="paste")
    rows = [row for row in here.store.article(entry.id).rows if row.segment.kind != "furniture"]
    here.store.save_translations(
        [row.segment.id for row in rows], list(translator.translate([row.segment.text for row in rows]))
    )
    return here.store.article(entry.id)


def english(seeds: list[Path], number: int = 0) -> str:
    seed = seeds[number]
    return (seed.parent / "references" / f"{seed.stem}.en.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reference(here: Runtime, stored: StoredArticle, seeds: list[Path]) -> Reference:
    return compare.add_reference(here.store, stored, "Our translator", english(seeds))


def rows_of(stored: StoredArticle, reference: Reference) -> list[ThreeWay]:
    return three_way(stored, reference)


@pytest.mark.parametrize(
    ("before", "after", "window"),
    [
        ("ab cd ef", "ab cd ef", (3, 3, 3)),
        ("ab cd ef", "ab cx ef", (1, 2, 2)),
        ("ab cd ef", "ab ef", (1, 2, 1)),
        ("ab ab ab", "ab ab", (2, 3, 2)),
        ("ab", "ab cd ef", (1, 1, 3)),
        ("ab cd", "xy", (0, 2, 1)),
    ],
)
def test_where_beads_differ(before: str, after: str, window: tuple[int, int, int]) -> None:
    made = [[StoredBead(range(1), range(1), 1.0, word) for word in text.split()] for text in (before, after)]
    assert compare.differing(*made) == compare.Window(*window)


@pytest.mark.parametrize("since", ["abc", "-1", "0", "99", "9" * 30])
def test_a_revision_that_never_was_gets_the_whole_page(
    client: FlaskClient, stored: StoredArticle, reference: Reference, since: str
) -> None:
    page = client.get(f"/articles/{stored.entry.id}/compare/{reference.id}?since={since}")
    assert page.status_code == 200
    assert page.text.count('<li role="listitem"') == len(reference.beads)
    assert "data-start" not in page.text


def test_a_reference_is_kept_as_it_was_entered(reference: Reference, seeds: list[Path]) -> None:
    assert reference.article.body == english(seeds)
    assert reference.article.language == "en"


def test_a_seed_and_its_reference_are_paired_with_furniture_left_over(
    stored: StoredArticle, reference: Reference
) -> None:
    rows = rows_of(stored, reference)
    assert len(rows) == 18
    assert [row.status for row in rows].count("paired") == 14
    assert {row.status for row in rows} == {"paired", "furniture"}
    assert rows[1].reference.startswith("Former NATO official urges Taiwan")
    assert rows[1].source.startswith("مسئول سابق بالناتو")
    assert rows[1].score is not None
    assert 0 < rows[1].score <= 100


def test_a_reference_can_be_added_before_anything_is_translated(here: Runtime, seeds: list[Path]) -> None:
    entry = here.store.add_article(reading.read(seeds[1]), origin="paste")
    bare = here.store.article(entry.id)
    made = compare.add_reference(here.store, bare, "Early", english(seeds, 1))
    assert len(made.beads) == 17
    assert {row.score for row in rows_of(bare, made)} == {None}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (" ", "Some text.", "no name"),
        ("A", " \n ", "is empty"),
        ("A", "هذا نص عربي طويل بما يكفي.", "is in Arabic"),
    ],
)
def test_what_is_no_reference_is_refused_with_a_reason(
    here: Runtime, stored: StoredArticle, name: str, text: str, message: str
) -> None:
    before = here.store.references(stored.entry.id)
    with pytest.raises(BadInput, match=message):
        compare.add_reference(here.store, stored, name, text)
    assert here.store.references(stored.entry.id) == before


def test_what_the_translator_left_out_and_added_is_said(here: Runtime, translator: MarianTranslator) -> None:
    text = "وصل الرئيس الفرنسي إلى برلين يوم الاثنين.\n\nواستقبله 25 وزيرا في المطار.\n\nثم غادر إلى روما في المساء."
    source = add(here, translator, text)
    lines = [
        "The French president arrived in Berlin on Monday.",
        "He likes music very much, his friends say.",
        "He then left for Rome in the evening.",
    ]
    made = here.store.add_reference(
        source.entry.id, "Free", from_lines(lines, language="en"),
        [StoredBead(range(1), range(1), 0.99), StoredBead(range(1, 2), range(1, 1), 0.6, "nothing in English for this sentence"),
         StoredBead(range(2, 2), range(1, 2), 0.6, "nothing in Arabic for this sentence"), StoredBead(range(2, 3), range(2, 3), 0.95)],
    )  # fmt: skip
    rows = rows_of(source, made)
    assert [row.status for row in rows] == ["paired", "left_out", "added", "paired"]
    assert [row.is_doubtful for row in rows] == [False, True, True, False]


def test_unrelated_texts_are_said_to_be_so(here: Runtime, stored: StoredArticle) -> None:
    recipe = "\n".join(f"Stir {n} spoons of flour into the warm butter, then wait." for n in range(3, 15))
    made = compare.add_reference(here.store, stored, "Recipe", recipe)
    assert compare.unrelated(made)


def test_realigning_keeps_pinned_pairs_and_finds_the_others_again(
    here: Runtime, stored: StoredArticle, seeds: list[Path]
) -> None:
    reference = compare.add_reference(here.store, stored, "Aligned twice", english(seeds))
    merged = compare.edit(reference, "merge", 5)
    pinned = compare.edit(here.store.save_beads(reference.id, merged, revision=reference.revision), "pin", 5)
    now = here.store.save_beads(reference.id, pinned, revision=reference.revision + 1)
    again = compare.realign(stored, now)
    assert (again[5].source, again[5].target, again[5].pinned) == (pinned[5].source, pinned[5].target, True)
    assert [(b.source, b.target) for b in again[:5]] == [(b.source, b.target) for b in reference.beads[:5]]
    unpinned = here.store.save_beads(now.id, compare.edit(now, "unpin", 5), revision=now.revision)
    back = compare.realign(stored, unpinned)
    assert [(b.source, b.target) for b in back] == [(b.source, b.target) for b in reference.beads]


def test_undo_brings_the_pairs_before_back_and_an_old_revision_is_a_conflict(
    here: Runtime, stored: StoredArticle, seeds: list[Path]
) -> None:
    made = compare.add_reference(here.store, stored, "Undone", english(seeds))
    moved = here.store.save_beads(made.id, compare.edit(made, "split", 2), revision=made.revision)
    assert len(moved.beads) == len(made.beads) + 1
    with pytest.raises(Conflict):
        here.store.save_beads(made.id, compare.edit(made, "merge", 2), revision=made.revision)
    back = here.store.undo_beads(made.id, revision=moved.revision)
    assert back.beads == made.beads
    assert [each.undoable for each in (made, moved, back)] == [False, True, False]


def test_differences_are_words_and_say_both_texts_whole() -> None:
    changes = words_apart("He went to Rome, then home.", "He flew to Rome, and then home.")
    assert "".join(change.before for change in changes) == "He went to Rome, then home."
    assert "".join(change.after for change in changes) == "He flew to Rome, and then home."
    assert [(c.before.strip(), c.after.strip()) for c in changes if not c.same] == [
        ("went", "flew"),
        ("", "and"),
    ]


def test_each_sentence_is_shown_whole_in_its_pieces(stored: StoredArticle, reference: Reference) -> None:
    for row in rows_of(stored, reference):
        assert tuple("".join(piece.text for piece in pieces) for pieces in row.theirs) == row.sentences
        assert " ".join("".join(piece.text for piece in pieces) for pieces in row.ours) == (row.shown or "")
        marked = [piece.text for pieces in row.theirs for piece in pieces if piece.differs]
        assert marked == [text.strip() for text in marked]


# --- The page --------------------------------------------------------------------------------------------


def test_the_page_shows_three_texts_with_language_and_direction(
    client: FlaskClient, stored: StoredArticle, reference: Reference
) -> None:
    page = client.get(f"/articles/{stored.entry.id}/compare/{reference.id}")
    assert page.status_code == 200
    assert page.text.count('<li role="listitem" class="bead') == 18
    assert page.text.count('class="cell source" lang="ar" dir="rtl"') == 18
    assert 'style="' not in page.text
    assert "Belongs to the page; not in the reference" in page.text


def test_reasons_are_told_in_the_readers_language(
    client: FlaskClient, here: Runtime, stored: StoredArticle, reference: Reference
) -> None:
    first = reference.beads[0]
    doubtful = StoredBead(
        first.source, first.target, 0.6, "17 is missing; other pairings are possible (60% sure of this one)"
    )
    made = here.store.add_reference(
        stored.entry.id, "Doubtful", reference.article, (doubtful, *reference.beads[1:])
    )
    address = f"/articles/{stored.entry.id}/compare/{made.id}"
    assert "\u206817\u2069 is missing from the reference" in client.get(f"{address}?lang=en").text
    arabic = client.get(f"{address}?lang=ar").text
    assert "غائب عن المرجع" in arabic
    assert "هناك إقرانات أخرى ممكنة" in arabic
    assert 'lang="ar" dir="rtl"' in arabic


def test_every_reason_that_the_aligner_gives_has_a_message() -> None:
    said = ["nothing in English for this sentence", "nothing in Arabic for this sentence", "length 2.3×", "17 is missing", "3% is added", "other pairings are possible (58% sure of this one)", "set by hand"]  # fmt: skip
    for reason in said:
        assert [key for pattern, key in compare.REASONS if re.fullmatch(pattern, reason)], reason


def test_markup_in_names_and_texts_stays_text(
    client: FlaskClient, here: Runtime, translator: MarianTranslator
) -> None:
    source = add(here, translator, f"وصل الوفد {ATTACK} إلى طوكيو اليوم.")
    row = source.rows[0]
    here.store.correct(row.segment.id, f"The delegation {ATTACK} arrived.", version=row.version)
    source = here.store.article(source.entry.id)
    made = compare.add_reference(here.store, source, ATTACK, f"The delegation {ATTACK} came to Tokyo.")
    for page in ("compare", "scores"):
        text = client.get(f"/articles/{source.entry.id}/{page}/{made.id}").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text


def test_a_reference_of_another_article_is_not_found_here(
    client: FlaskClient, stored: StoredArticle, reference: Reference
) -> None:
    assert client.get(f"/articles/{stored.entry.id + 50}/compare/{reference.id}").status_code == 404
    assert client.get(f"/articles/{stored.entry.id}/compare/99999").status_code == 404


@pytest.mark.parametrize(("share", "said"), [(0.934, "93%"), (0.999, "99%"), (1.0, "100%"), (0.0, "0%")])
def test_a_share_is_said_to_be_whole_only_where_it_is(share: float, said: str) -> None:
    assert compare.percent(share) == said
