"""Articles, translations, corrections, references and keys, on both databases."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from align.bead import WordLink
from translate.errors import BadInput
from translate.reading import from_text, read
from translate.text import Article, Kind, Segment, Translation
from web.errors import Conflict, NotFound, StorageFailed
from web.records import Correction, Entry, StoredBead, text_key
from web.store import Store
from web.store.checking import check
from web.store.database import Database
from web.store.schema import HEAD, metadata

NEWS = "الحكومة تعلن خطة جديدة\n\nقالت الحكومة إن الاقتصاد ينمو. وذهب الوزير إلى المدرسة.\n\nشارك هذا الخبر"
ENGLISH = ("The government announces a new plan", "The government said the economy is growing.")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    assert check(opened._database) == []
    opened.close()


def news() -> Article:
    kinds = (Kind.HEADING, Kind.BODY, Kind.BODY, Kind.FURNITURE)
    plain = from_text(NEWS, id="news", title="الحكومة تعلن خطة جديدة")
    segments = tuple(
        Segment(s.text, s.start, s.paragraph, kind) for s, kind in zip(plain.segments, kinds, strict=True)
    )
    return Article("news", "ar", plain.title, plain.body, segments, "https://example.org/خبر")


def add(store: Store) -> tuple[Entry, list[int]]:
    entry = store.add_article(news(), origin="paste")
    return entry, [row.segment.id for row in store.article(entry.id).rows]


def made(*texts: str, model: str = "builtin@1", warnings: tuple[str, ...] = ()) -> list[Translation]:
    return [Translation("", each, -0.25, warnings, model) for each in texts]


def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    before = datetime.now(UTC)
    entry = store.add_article(news(), origin="url", html="<p>خبر</p>")
    stored = store.article(entry.id)
    assert stored.article == news()
    assert stored.entry == entry == store.entry(entry.id)
    assert (entry.title, entry.english_title, entry.origin) == ("الحكومة تعلن خطة جديدة", "", "url")
    assert (entry.segments, entry.wanted, entry.translated, entry.deleted) == (4, 3, 0, False)
    assert before <= entry.added <= datetime.now(UTC)
    assert [row.segment.position for row in stored.rows] == [0, 1, 2, 3]
    assert all(row.text is None and row.version == 0 for row in stored.rows)
    assert store.html(entry.id) == "<p>خبر</p>"


def test_every_seed_survives_storage(store: Store, seeds: list[Path]) -> None:
    for path in seeds:
        article = read(path)
        assert store.article(store.add_article(article, origin="file").id).article == article


def test_the_library_is_newest_first_and_counts(store: Store) -> None:
    first, ids = add(store)
    second = store.add_article(from_text("خبر آخر قصير.", id="other"), origin="api")
    store.save_translations(ids[:1], made(ENGLISH[0]))
    store.save_translations(ids[1:2], made(ENGLISH[1], warnings=("17 is missing from the translation.",)))
    store.save_translations(ids[3:], made("Share this"))
    store.correct(ids[1], "The government said that the economy grew.", version=0)
    entries = store.entries()
    assert [entry.id for entry in entries] == [second.id, first.id]
    listed = entries[1]
    assert listed.english_title == ENGLISH[0]
    assert (listed.translated, listed.warnings, listed.corrected, listed.references) == (2, 1, 1, 0)


def test_a_seed_is_added_once_even_when_it_was_deleted(store: Store) -> None:
    first = store.add_article(news(), origin="seed")
    assert store.add_article(news(), origin="seed").id == first.id
    store.delete(first.id)
    assert store.add_article(news(), origin="seed").deleted
    assert store.add_article(news(), origin="paste").id != first.id


def test_a_deleted_article_can_be_restored_with_everything_on_it(store: Store) -> None:
    entry, ids = add(store)
    store.save_translations(ids[:2], made(*ENGLISH))
    store.correct(ids[0], "A new plan", version=0)
    job = store.enqueue(entry.id, "builtin@1")
    assert store.delete(entry.id).deleted
    assert store.entries() == []
    assert [each.id for each in store.entries(deleted=True)] == [entry.id]
    assert store.search("الاقتصاد") == []
    assert store.exact(news().segments[0].text) == []
    assert list(store.corrections()) == []
    assert store.job(job.id).status == "cancelled"
    with pytest.raises(Conflict, match="deleted"):
        store.enqueue(entry.id, "builtin@1")
    assert not store.restore(entry.id).deleted
    assert store.entries()[0].english_title == "A new plan"
    assert len(store.search("الاقتصاد")) == 1


def test_a_purged_article_leaves_only_its_line_in_the_log(store: Store) -> None:
    entry, ids = add(store)
    store.save_translations(ids[:2], made(*ENGLISH))
    store.correct(ids[0], "A new plan", version=0)
    reference = store.add_reference(entry.id, "agency", english(), covering(4, 2))
    store.save_article_links(entry.id, {ids[0]: (text_key("A new plan"), [])})
    store.enqueue(entry.id, "builtin@1")
    store.purge(entry.id)
    for look in (
        lambda: store.article(entry.id),
        lambda: store.row(ids[0]),
        lambda: store.reference(reference.id),
        lambda: store.purge(entry.id),
    ):
        with pytest.raises(NotFound):
            look()
    with store._database.read() as connection:
        left = {table.name: connection.execute(table.select()).all() for table in metadata.sorted_tables}
        assert connection.execute(text("SELECT count(*) FROM folded")).scalar() == 0
    assert {name for name, rows in left.items() if rows} == {"edits"}
    assert [record.kind for record in left["edits"]][-1] == "purge"


def test_a_translation_is_kept_once_per_model_and_the_newest_model_is_shown(store: Store) -> None:
    entry, ids = add(store)
    assert store.save_translations(ids[:2], made(*ENGLISH)) == 2
    assert store.save_translations(ids[:2], made("Something", "else")) == 0
    assert [row.text for row in store.article(entry.id).rows[:2]] == list(ENGLISH)
    assert store.save_translations(ids[:1], made("Government unveils plan", model="opus@2")) == 1
    machine = store.row(ids[0]).machine
    assert machine is not None
    assert (machine.text, machine.model, machine.score) == ("Government unveils plan", "opus@2", -0.25)
    assert store.row(ids[1]).text == ENGLISH[1]


def test_going_back_to_a_model_shows_again_what_it_made(store: Store) -> None:
    entry, ids = add(store)
    store.save_translations(ids[:3], made("a", "b", "c"))
    store.save_translations(ids[:3], made("A", "B", "C", model="opus@2"))
    job = store.enqueue(entry.id, "builtin@1")
    assert (job.done, job.total) == (3, 3)
    assert [row.text for row in store.article(entry.id).rows] == ["a", "b", "c", None]


def test_arrivals_are_numbered_in_the_order_they_came(store: Store) -> None:
    entry, ids = add(store)
    store.save_translations([ids[2], ids[0]], made("two", "zero"))
    seen = store.article(entry.id).sequence
    store.save_translations([ids[2], ids[1]], made("two", "one"))
    everything = store.rows_since(entry.id, 0)
    assert [row.text for _, row in everything] == ["two", "zero", "one"]
    assert [arrival.sequence for arrival in everything] == [1, 2, 3]
    assert [row.text for _, row in store.rows_since(entry.id, seen)] == ["one"]
    assert store.rows_since(entry.id, 3) == []


def test_translations_of_unknown_segments_are_refused_as_a_whole(store: Store) -> None:
    entry, ids = add(store)
    with pytest.raises(NotFound, match="no sentence 999999"):
        store.save_translations([ids[0], 999_999], made("a", "b"))
    with pytest.raises(BadInput, match="2 translations for 1 segments"):
        store.save_translations(ids[:1], made("a", "b"))
    assert store.entry(entry.id).translated == 0


def test_a_correction_stands_above_the_machine_and_both_are_kept(store: Store) -> None:
    _, ids = add(store)
    store.save_translations(ids[1:2], made(ENGLISH[1]))
    kept = store.correct(ids[1], "The economy grows, the government says.", version=0)
    row = store.row(ids[1])
    assert (kept.version, row.correction, row.text) == (1, kept, "The economy grows, the government says.")
    assert row.machine is not None
    assert row.machine.text == ENGLISH[1]


def test_the_second_of_two_tabs_gets_what_the_first_saved(store: Store) -> None:
    _, ids = add(store)
    first = store.correct(ids[1], "First tab", version=0)
    with pytest.raises(Conflict) as conflict:
        store.correct(ids[1], "Second tab", version=0)
    assert conflict.value.current == first
    assert store.correct(ids[1], "Second tab", version=1).version == 2
    assert [each.text for each in store.history(ids[1])] == ["First tab", "Second tab"]
    with pytest.raises(Conflict):
        store.correct(ids[2], "From a version that is not there yet", version=4)


def test_a_save_whose_answer_was_lost_can_be_repeated(store: Store) -> None:
    _, ids = add(store)
    first = store.correct(ids[1], "The same", version=0)
    assert store.correct(ids[1], "The same", version=0) == first
    assert store.correct(ids[1], "The same", version=1) == first
    assert len(store.history(ids[1])) == 1


def test_undoing_goes_back_step_by_step_to_the_machine(store: Store) -> None:
    _, ids = add(store)
    store.save_translations(ids[1:2], made(ENGLISH[1]))
    store.correct(ids[1], "one", version=0)
    store.correct(ids[1], "two", version=1)
    assert store.undo(ids[1], version=2).text == "one"
    store.correct(ids[1], "three", version=3)
    texts = [store.undo(ids[1], version=version).text for version in (4, 5)]
    assert texts == ["one", None]
    assert store.row(ids[1]).text == ENGLISH[1]
    assert store.row(ids[1]).version == 6
    with pytest.raises(BadInput, match="nothing to undo"):
        store.undo(ids[1], version=6)
    with pytest.raises(Conflict):
        store.undo(ids[1], version=2)
    assert [each.text for each in store.history(ids[1])] == ["one", "two", "one", "three", "one", None]
    assert list(store.corrections()) == []
    assert store.correct(ids[1], "four", version=6).version == 7


def test_many_who_correct_at_once_leave_one_unbroken_history(store: Store) -> None:
    _, ids = add(store)

    def insist(name: int) -> Correction:
        while True:
            try:
                return store.correct(ids[0], f"by {name}", version=store.row(ids[0]).version)
            except Conflict:
                continue

    with ThreadPoolExecutor(6) as pool:
        kept = list(pool.map(insist, range(12)))
    assert sorted(each.version for each in kept) == list(range(1, 13))
    assert store.history(ids[0]) == sorted(kept, key=lambda each: each.version)


def test_corrections_come_with_their_article_and_machine_text(store: Store) -> None:
    entry, ids = add(store)
    store.save_translations(ids[1:2], made(ENGLISH[1]))
    store.correct(ids[1], "Corrected", version=0)
    [(article_id, row)] = store.corrections()
    assert article_id == entry.id == store.article_of(row.segment.id)
    assert row.machine is not None
    assert (row.segment.text, row.machine.text, row.text) == (
        "قالت الحكومة إن الاقتصاد ينمو.",
        ENGLISH[1],
        "Corrected",
    )


@pytest.mark.parametrize("bad", ["a\0b", "half \ud83d of a pair"])
def test_text_that_no_database_can_keep_is_refused_with_a_reason(store: Store, bad: str) -> None:
    _, ids = add(store)
    with pytest.raises(BadInput, match="Take it out"):
        store.correct(ids[0], bad, version=0)
    with pytest.raises(BadInput, match="Take it out"):
        store.save_translations(ids[:1], made(bad))
    with pytest.raises(BadInput, match="Take it out"):
        store.add_article(Article("x", "ar", bad, "نص", (Segment("نص", 0, 0),)), origin="paste")
    assert store.row(ids[0]).text is None


def test_markup_and_sql_in_texts_are_texts(store: Store) -> None:
    _, ids = add(store)
    evil = """'); DROP TABLE articles; -- <script>alert("x")</script> %_\\ {0} :name 🙂"""
    assert store.correct(ids[0], evil, version=0).text == evil
    assert store.row(ids[0]).text == evil
    assert [hit.segment_id for hit in store.search('DROP "TABLE" <script>')] == [ids[0]]


def test_an_article_without_a_sentence_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="no sentence"):
        store.add_article(Article("x", "ar", "", " ", ()), origin="paste")


def test_the_log_of_edits_cannot_be_changed(store: Store) -> None:
    add(store)
    for change in ("UPDATE edits SET kind = 'nothing'", "DELETE FROM edits"):
        with pytest.raises(StorageFailed, match="only grows"), store._database.write() as connection:
            connection.execute(text(change))


def english() -> Article:
    return from_text("The government announces a plan. The economy grows.", id="reference")


def covering(sources: int, targets: int) -> list[StoredBead]:
    return [
        StoredBead(range(1), range(1), 0.9),
        StoredBead(range(1, sources), range(1, targets), 0.4, "longer than expected"),
    ]


def test_a_reference_keeps_its_sentences_and_beads(store: Store) -> None:
    entry, _ = add(store)
    added = store.add_reference(entry.id, "agency", english(), covering(4, 2))
    assert added == store.reference(added.id)
    assert store.references(entry.id) == [added]
    assert added.article.segments == english().segments
    assert (added.beads, added.revision, added.name) == (tuple(covering(4, 2)), 1, "agency")
    assert store.entry(entry.id).references == 1
    store.delete_reference(added.id)
    assert store.references(entry.id) == []
    with pytest.raises(NotFound):
        store.reference(added.id)


def test_beads_have_revisions_conflicts_and_undo(store: Store) -> None:
    entry, _ = add(store)
    reference = store.add_reference(entry.id, "agency", english(), covering(4, 2))
    merged = [StoredBead(range(4), range(2), 1.0, pinned=True)]
    changed = store.save_beads(reference.id, merged, revision=1)
    assert (changed.revision, changed.beads) == (2, tuple(merged))
    with pytest.raises(Conflict) as conflict:
        store.save_beads(reference.id, covering(4, 2), revision=1)
    assert conflict.value.current == changed
    back = store.undo_beads(reference.id, revision=2)
    assert (back.revision, back.beads) == (3, reference.beads)
    with pytest.raises(BadInput, match="nothing to undo"):
        store.undo_beads(reference.id, revision=3)


def test_beads_that_leave_a_sentence_out_are_refused(store: Store) -> None:
    entry, _ = add(store)
    with pytest.raises(BadInput, match="cover"):
        store.add_reference(entry.id, "agency", english(), covering(3, 2))
    assert store.references(entry.id) == []
    reference = store.add_reference(entry.id, "agency", english(), covering(4, 2))
    with pytest.raises(BadInput, match="leave no gap"):
        store.save_beads(reference.id, covering(4, 2)[1:], revision=1)
    assert store.reference(reference.id) == reference


def test_word_links_belong_to_the_english_they_point_into(store: Store) -> None:
    entry, ids = add(store)
    found = (WordLink(0, 7, 4, 14, 0.9), WordLink(8, 12, 15, 24, 0.5))
    assert store.links(ids[0], text_key(ENGLISH[0])) is None
    both = {ids[0]: (text_key(ENGLISH[0]), found), ids[1]: (text_key(ENGLISH[1]), ())}
    store.save_article_links(entry.id, both)
    store.save_article_links(entry.id, both)
    assert store.links(ids[0], text_key(ENGLISH[0])) == found
    assert store.links(ids[1], text_key(ENGLISH[1])) == ()
    assert store.links(ids[0], text_key("something else")) is None


def test_a_key_is_shown_once_and_only_its_hash_is_kept(store: Store) -> None:
    secret = store.add_key("mastodon")
    known = store.check_key(secret)
    assert known is not None
    assert known.name == "mastodon"
    assert store.check_key(secret + "x") is None
    assert store.check_key("\ud83d") is None
    assert store.keys()[0].last_used is not None
    with store._database.read() as connection:
        assert secret not in str(connection.execute(text("SELECT * FROM keys")).all())
    with pytest.raises(Conflict, match="already"):
        store.add_key("mastodon")
    with pytest.raises(BadInput, match="needs a name"):
        store.add_key(" ")
    store.remove_key("mastodon")
    assert store.check_key(secret) is None
    with pytest.raises(NotFound, match="key list"):
        store.remove_key("mastodon")


def test_usage_is_counted_by_key(store: Store) -> None:
    known = store.check_key(store.add_key("mastodon"))
    for characters in (100, 20):
        store.add_usage(known, characters)
    store.add_usage(None, 7)
    assert (store.usage(known), store.usage(None)) == (120, 7)
    assert store.keys()[0].characters == 120


def test_usage_that_was_counted_is_written_at_the_end(database_url: str) -> None:
    store = Store.open(database_url)
    store.add_usage(None, 7)
    store.add_usage(None, 8)
    store.close()
    store = Store.open(database_url)
    assert store.usage(None) == 15
    store.close()


def test_usage_that_cannot_be_written_is_counted_all_the_same_and_written_later(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'muwazi.db'}"
    store = Store.open(url)
    known = store.check_key(store.add_key("وكالة"))
    with store._database.write() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        )
    store.add_usage(known, 7)
    with pytest.raises(StorageFailed, match="disk is full"):
        store.flush_usage()
    store.add_usage(known, 8)
    assert store.usage(known) == 15
    with store._database.write() as connection:
        connection.execute(text("DROP TRIGGER full"))
    store.close()
    store = Store.open(url)
    (record,) = store.keys()
    assert record.characters == 15
    assert record.last_used is not None
    store.close()


def test_a_key_s_name_is_one_line(store: Store) -> None:
    store.add_key(" وكالة\tالأنباء\n")
    (known,) = store.keys()
    assert known.name == "وكالة الأنباء"
    store.remove_key("وكالة\nالأنباء ")
    assert store.keys() == []


def test_settings_are_kept(store: Store) -> None:
    assert store.setting("model") is None
    store.save_setting("model", "builtin")
    store.save_setting("model", "opus")
    assert store.setting("model") == "opus"


def test_everything_is_there_after_a_restart(database_url: str) -> None:
    store = Store.open(database_url)
    entry, ids = add(store)
    store.save_translations(ids[:2], made(*ENGLISH))
    store.correct(ids[1], "Corrected", version=0)
    before = store.article(entry.id)
    store.close()
    store = Store.open(database_url)
    assert store.article(entry.id) == before
    store.close()


def test_the_migrations_build_what_the_tables_say(database_url: str) -> None:
    database = Database(database_url)
    assert database.revision() is None
    assert database.upgrade()
    assert not database.upgrade()
    assert database.revision() == HEAD
    with database.read() as connection:
        ours = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("folded")
            },
        )
        assert compare_metadata(ours, metadata) == []
    database.close()


def test_processes_that_start_together_make_the_tables_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    start = threading.Barrier(4)

    def upgrade(database: Database) -> bool:
        start.wait()
        return database.upgrade()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(upgrade, databases)) == [False, False, False, True]
    for database in databases:
        database.close()


def test_a_database_of_an_older_muwazi_is_brought_up_to_date_with_all_that_is_in_it(
    database_url: str,
) -> None:
    store = Store.open(database_url)
    entry, _ = add(store)
    before = store.article(entry.id)
    store.close()
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE scores (reference_id BIGINT, article_id BIGINT)"))
        connection.execute(text("CREATE INDEX scores_by_article ON scores (article_id)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store = Store.open(database_url)
    assert store.article(entry.id) == before
    store.close()
    assert database.revision() == HEAD
    with database.read() as connection:
        assert "scores" not in inspect(connection).get_table_names()
    database.close()


def test_a_database_of_a_newer_muwazi_is_left_alone(database_url: str) -> None:
    Store.open(database_url).close()
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match="newer Muwazi"):
        Store.open(database_url)
    database.close()


def test_the_sqlite_file_survives_power_cuts_and_is_its_owners_alone(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "new" / "folder" / "muwazi.db"))
    with store._database.write() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
    assert stat.S_IMODE((tmp_path / "new" / "folder" / "muwazi.db").stat().st_mode) == 0o600
    store.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://localhost/x", "SQLite or PostgreSQL"),
        ("sqlite://", "would lose everything"),
        ("sqlite:///:memory:", "would lose everything"),
        ("", "no name"),
        ("://", "cannot be read"),
    ],
)
def test_a_database_that_cannot_be_is_refused_with_what_can(url: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Store.open(url)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StorageFailed) as failure:
        Store.open("postgresql://muwazi:secret@127.0.0.1:1/nothing")
    assert "127.0.0.1" in str(failure.value)
    assert "secret" not in str(failure.value)


def test_a_file_that_is_no_database_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader, this is certainly not a database. " * 100)
    with pytest.raises(StorageFailed, match="not a database"):
        Store.open(str(file))
    assert file.read_text().startswith("Dear reader")


def test_a_failed_write_changes_nothing(store: Store) -> None:
    entry, ids = add(store)

    def fail_half_way() -> None:
        with store._database.write() as connection:
            connection.execute(text("UPDATE articles SET title = 'changed'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert store.entry(entry.id).title == entry.title
    assert store.row(ids[0]).text is None


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    entry, _ = add(store)
    with store._database.write() as connection:
        connection.execute(text("UPDATE articles SET title = 'half-way'"))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(store.entry, entry.id).result(timeout=10).title == entry.title
        connection.rollback()


def test_a_disk_that_is_full_is_said_and_loses_nothing(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "muwazi.db"))
    entry, ids = add(store)
    store.correct(ids[0], "kept", version=0)
    with store._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit = lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages}")  # noqa: E731
    from sqlalchemy import event

    event.listen(store._database.engine, "connect", limit)
    store._database.engine.dispose()
    with pytest.raises(StorageFailed, match="full"):
        store.correct(ids[0], "too long " * 10_000, version=1)
    assert store.row(ids[0]).text == "kept"
    assert store.entry(entry.id).corrected == 1
    store.close()


def test_the_store_is_loaded_without_reading_anything() -> None:
    script = "import sys, web.store; print(sorted({'alembic', 'ctranslate2', 'torch', 'pg8000'} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"


def test_sqlite_has_what_the_search_needs() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    connection.close()
