"""`muwazi export` from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from align.bead import from_lines
from translate import reading
from translate.errors import BadInput
from translate.text import Translation
from web import export_cli, exports
from web.records import StoredBead
from web.store import Store


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A library of two articles of one title; the first is translated and has a reference."""
    url = f"sqlite:///{tmp_path / 'library.db'}"
    store = Store.open(url)
    for name in ("a", "b"):
        entry = store.add_article(reading.from_text("وصل الوفد إلى طوكيو.", id=name), origin="paste")
    row = store.article(1).rows[0]
    store.save_translations([row.segment.id], [Translation(row.segment.text, "They came.", -0.1, (), "m@1")])
    store.correct(row.segment.id, "The delegation came.", version=0)
    store.add_reference(
        1,
        "Reuters",
        from_lines(["The delegation arrived."], language="en"),
        [StoredBead(range(1), range(1), 1.0)],
    )
    assert entry.id == 2
    store.close()
    return url


def run(*arguments: str) -> Result:
    return CliRunner().invoke(export_cli.export, arguments)


def test_the_formats_that_help_names_are_those_there_are() -> None:
    assert tuple(exports.FORMATS) == export_cli.FORMATS
    assert tuple(exports.CORRECTION_FORMATS) == export_cli.CORRECTION_FORMATS
    assert "--reference" in run("--help").output


def test_one_article_goes_to_standard_output(database: str) -> None:
    done = run("1", "--database", database, "--format", "tsv")
    assert done.exit_code == 0, done.output
    assert "وصل الوفد إلى طوكيو.\tThe delegation came.\tThey came." in done.output


def test_the_files_name_says_the_format(database: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "one.xlf"
    assert run("1", "--database", database, "-o", str(path)).exit_code == 0
    assert path.read_bytes().startswith(b"<?xml")
    assert b"xliff" in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == ["one.xlf"]


def test_several_articles_get_a_folder_and_names_of_their_own(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert run("--all", "--database", database, "--format", "md", "-o", str(folder)).exit_code == 0
    assert len(list(folder.glob("*.md"))) == 2
    assert run("--all", "--database", database).exit_code == 2


def test_a_reference_is_found_by_name_or_number(database: str) -> None:
    for wanted in ("Reuters", "1"):
        assert "The delegation arrived." in run("1", "--database", database, "--reference", wanted).output
    failed = run("1", "--database", database, "--reference", "AFP")
    assert isinstance(failed.exception, BadInput)
    assert "it has 1 (Reuters)" in str(failed.exception)


def test_corrections_and_the_list(database: str) -> None:
    assert (
        '"target": "The delegation came."'
        in run("--corrections", "--database", database, "--format", "jsonl").output
    )
    assert run("--list", "--database", database).output.splitlines()[-1].startswith("1\t")


def test_what_cannot_be_exported_is_said(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--database", database).exit_code == 2
    assert "no article's number" in str(run("one", "--database", database).exception)
    assert "for corrections only" in str(run("1", "--format", "jsonl", "--database", database).exception)
    monkeypatch.setenv("MUWAZI_WEB_DATA", str(tmp_path / "nowhere"))
    monkeypatch.delenv("MUWAZI_WEB_DATABASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "There is no library" in str(run("1").exception)
    (tmp_path / "file").write_text("")
    assert "Cannot write" in str(
        run("1", "--database", database, "-o", str(tmp_path / "file" / "a.tmx")).exception
    )
