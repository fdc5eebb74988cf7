"""`muwazi db`: what it writes, what it restores, and what it finds wrong."""

import re
import runpy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from translate.errors import BadInput, MuwaziError
from translate.reading import from_text
from translate.text import Translation
from web.db_cli import db
from web.errors import Conflict, NotFound, StorageFailed
from web.records import StoredArticle, StoredBead
from web.store import Store
from web.store.database import Database

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str) -> Result:
    result = CliRunner().invoke(db, args)
    if isinstance(result.exception, MuwaziError):
        raise result.exception
    return result


def fill(url: str) -> StoredArticle:
    """A database with some of everything."""
    store = Store.open(url)
    entry = store.add_article(from_text("وصل الوزير. زار المدرسة.", id="x"), origin="paste")
    ids = [row.segment.id for row in store.article(entry.id).rows]
    store.save_translations(ids, [Translation("", each, -0.5, (), "m@1") for each in ("He came.", "He saw.")])
    store.correct(ids[0], "The minister arrived.", version=0)
    store.correct(ids[0], "The minister has arrived.", version=1)
    store.add_reference(
        entry.id, "agency", from_text("The minister arrived.", id="r"), [StoredBead(range(2), range(1), 0.5)]
    )
    store.enqueue(entry.id, "m@2")
    store.add_key("mastodon")
    store.save_setting("model", "builtin")
    stored = store.article(entry.id)
    store.close()
    return stored


def look(url: str) -> tuple[object, ...]:
    store = Store.open(url)
    entry = store.entries()[0]
    found = (
        store.article(entry.id),
        store.history(store.article(entry.id).rows[0].segment.id),
        store.references(entry.id),
        store.jobs(entry.id),
        store.keys(),
        store.setting("model"),
        store.search("وزير"),
    )
    store.close()
    return found


def test_a_backup_restores_everything_on_the_same_kind_of_database(database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    before = look(database_url)
    file = tmp_path / "copy.backup"
    assert "MB" in run("backup", str(file), "--database", database_url).stderr
    store = Store.open(database_url)
    store.delete(before[0].entry.id)  # type: ignore[attr-defined]
    store.close()
    with pytest.raises(Conflict, match="--replace"):
        run("restore", str(file), "--database", database_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        done = run("restore", str(file), "--replace", "--database", database_url)
    assert look(database_url) == before
    assert run("check", "--database", database_url).exit_code == 0
    kept = next(tmp_path.rglob("muwazi-before-restore-*.db"))
    assert str(kept.name) in done.stderr
    store = Store.open(str(kept))
    assert [entry.deleted for entry in store.entries(deleted=True)] == [True]
    store.close()


def test_a_backup_moves_to_the_other_kind_of_database(postgresql: str, tmp_path: Path) -> None:
    create = runpy.run_path(str(ROOT / "benchmarks" / "kill_storage.py"))["create_database"]
    first, second = create(postgresql, "moving1"), create(postgresql, "moving2")
    fill(first)
    run("backup", str(tmp_path / "one.db"), "--database", first)
    lite = f"sqlite:///{tmp_path / 'lite.db'}"
    run("restore", str(tmp_path / "one.db"), "--database", lite)
    run("backup", str(tmp_path / "two.db"), "--database", lite)
    run("restore", str(tmp_path / "two.db"), "--database", second)
    assert look(first) == look(lite) == look(second)
    store = Store.open(second)
    added = store.add_article(from_text("جملة جديدة.", id="new"), origin="paste")
    assert added.id > 1
    store.close()
    assert run("check", "--database", second).exit_code == 0


def test_a_restored_database_goes_on_working_for_those_who_have_it_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'muwazi.db'}"
    fill(url)
    run("backup", str(tmp_path / "copy.db"), "--database", url)
    store = Store.open(url)
    second = store.add_article(from_text("جملة أخرى.", id="y"), origin="paste")
    run("restore", str(tmp_path / "copy.db"), "--replace", "--database", url)
    assert second.id not in [entry.id for entry in store.entries()]
    segment = store.article(store.entries()[0].id).rows[1].segment.id
    assert store.correct(segment, "He saw the school.", version=0).version == 1
    store.close()
    assert run("check", "--database", url).exit_code == 0


def test_a_database_that_is_open_can_be_restored_from_with_what_its_log_holds(tmp_path: Path) -> None:
    """What people have who copy the files of a running server instead of asking for a backup."""
    store = Store.open(str(tmp_path / "open.db"))
    fill(store.name)
    assert (tmp_path / "open.db-wal").stat().st_size > 0
    for file in tmp_path.glob("open.db*"):
        shutil.copyfile(file, file.with_name(file.name.replace("open", "copied")))
    store.close()
    run("restore", str(tmp_path / "copied.db"), "--database", str(tmp_path / "new.db"))
    assert look(str(tmp_path / "new.db")) == look(str(tmp_path / "open.db"))


def test_a_place_that_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    place = str(tmp_path / ("م" * 200))
    for command in (["check"], ["backup", str(tmp_path / "copy.db")], ["upgrade"]):
        with pytest.raises(StorageFailed, match="cannot be opened: File name too long"):
            run(*command, "--database", place)


def test_what_is_no_database_of_ours_is_not_backed_up(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    with pytest.raises(BadInput, match="is not one of Muwazi's"):
        run("backup", str(tmp_path / "copy.db"), "--database", str(tmp_path / "other.db"))
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"rubbish" * 1000])
def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path, content: bytes) -> None:
    url = f"sqlite:///{tmp_path / 'muwazi.db'}"
    fill(url)
    before = look(url)
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(MuwaziError, match=r"not a backup|damaged"):
        run("restore", str(tmp_path / "bad"), "--replace", "--database", url)
    assert look(url) == before


def test_another_programs_database_is_no_backup(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE articles (x)")
    other.commit()
    other.close()
    with pytest.raises(MuwaziError, match="not one of Muwazi's"):
        run("restore", str(tmp_path / "other.db"), "--database", f"sqlite:///{tmp_path / 'muwazi.db'}")


def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'muwazi.db'}"
    fill(url)
    (tmp_path / "there").write_text("precious")
    with pytest.raises(Conflict, match="exists already"):
        run("backup", str(tmp_path / "there"), "--database", url)
    with pytest.raises(StorageFailed, match="could not be written"):
        run("backup", str(tmp_path / "no" / "folder"), "--database", url)
    assert (tmp_path / "there").read_text() == "precious"
    assert not list(tmp_path.glob(".muwazi-*"))


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="muwazi serve"):
        run("check", "--database", str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


def test_upgrading_says_whether_there_was_anything_to_do(database_url: str) -> None:
    assert "is now up to date" in run("upgrade", "--database", database_url).stderr
    assert "was up to date" in run("upgrade", "--database", database_url).stderr


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE articles SET corrected = 7", "counts of article 1"),
        ("UPDATE articles SET body = 'x' || body", "are not its text"),
        ("DELETE FROM folded", "search does not know"),
        ("UPDATE states SET translation_id = 2 WHERE segment_id = 1", "not its own"),
        ("UPDATE states SET translation_id = NULL WHERE segment_id = 1", "shows none"),
        ("DELETE FROM corrections WHERE version = 1", r"versions \[2\]"),
        ("DELETE FROM corrections WHERE version = 2", "newest correction"),
        ("UPDATE reference_texts SET revision = 5", "revisions 1 to 5"),
        ("UPDATE beads SET beads = '[[0, 1, 0, 1, 0.5, \"\", false]]'", "reference 1"),
        ("UPDATE states SET sequence = 1", "at the same time"),
        ("UPDATE jobs SET status = 'done'", "done with 0 of 2"),
        ("UPDATE alembic_version SET version_num = '0000'", "db upgrade"),
    ],
)
def test_what_does_not_fit_together_is_found(database_url: str, change: str, finding: str) -> None:
    fill(database_url)
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text(change))
    database.close()
    result = run("check", "--database", database_url)
    assert result.exit_code == 1
    assert re.search(finding, result.stdout)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.db"
    fill(f"sqlite:///{file}")
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 6000] = b"\xff" * 6000
    file.write_bytes(data)
    result = CliRunner().invoke(db, ["check", "--database", f"sqlite:///{file}"])
    assert result.exit_code == 1
    assert "SQLite finds" in result.stdout or "malformed" in str(result.exception)


@pytest.mark.parametrize("command", [[], ["backup"], ["restore"], ["upgrade"], ["check"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "database" in result.stdout
