"""A few sentences through the built-in model: kept, taken up again, and scored."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import evaluate
from eval.runs import configurations, translate_set
from eval.testsets import find
from translate.errors import BadInput
from translate.models import builtin_folder
from translate.settings import load_settings

pytestmark = pytest.mark.skipif(
    not (builtin_folder() / "muwazi.json").is_file(), reason="the built-in model is not in this checkout"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.ar").write_text("وصل الوفد إلى طوكيو.\nقال الرئيس لا.\n", encoding="utf-8")
    (tmp_path / "tiny.en").write_text(
        "The delegation arrived in Tokyo.\nThe president said no.\n", encoding="utf-8"
    )
    return tmp_path


def settings(**flags: object):  # type: ignore[no-untyped-def]
    return load_settings({}, None, model="builtin", threads=1, **flags)


def test_an_interrupted_run_goes_on_where_it_stopped(folder: Path) -> None:
    (test,) = find(str(folder))
    (configuration,) = configurations([settings(beam=1)])
    whole = translate_set(test, configuration, folder / "cache", lambda _: None)
    (path,) = (folder / "cache").rglob("*.jsonl")
    text = path.read_text(encoding="utf-8")
    first = text.split("\n")[0]
    kept = json.dumps(["Kept from before.", *json.loads(first)[1:]])
    path.write_text(f"{kept}\n{text.splitlines()[1][:9]}", encoding="utf-8")
    counts: list[int] = []
    resumed = translate_set(test, configuration, folder / "cache", counts.append)
    assert resumed.lines == ("Kept from before.", whole.lines[1])
    assert counts == [1, 1]
    path.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(BadInput, match="damaged"):
        translate_set(test, configuration, folder / "cache", lambda _: None)


def test_configurations_are_named_by_what_tells_them_apart() -> None:
    assert [c.name for c in configurations([settings(beam=1), settings(beam=4)])] == [
        "builtin beam 1",
        "builtin beam 4",
    ]
    with pytest.raises(BadInput, match="are the same"):
        configurations([settings(), settings()])


def test_one_command_translates_compares_and_reports(folder: Path) -> None:
    arguments = [
        "run",
        f"{folder}/tiny",
        "--model",
        "builtin",
        "--beam",
        "1",
        "--beam",
        "2",
        "--threads",
        "1",
    ]
    places = ["--cache", f"{folder}/cache", "--html", f"{folder}/report.html"]
    result = CliRunner().invoke(evaluate, [*arguments, *places], catch_exceptions=False)
    assert result.exit_code == 0
    assert "tiny: 2 lines\n" in result.stdout
    assert "against builtin beam 1" in result.stdout
    assert "The delegation arrived in Tokyo." in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "cache" / "last.json").is_file()


def run(folder: Path, *names: str) -> Result:
    arguments = ["run", *(f"{folder}/{name}" for name in names), "--model", "builtin", "--beam", "1"]
    places = ["--cache", f"{folder}/cache", "--metric", "bleu", "--brief"]
    return CliRunner().invoke(evaluate, [*arguments, "--threads", "1", *places], catch_exceptions=False)


def test_the_last_run_is_kept_with_all_its_test_sets(folder: Path) -> None:
    for end in ("ar", "en"):
        (folder / f"other.{end}").write_text((folder / f"tiny.{end}").read_text("utf-8"), encoding="utf-8")
    assert run(folder, "tiny", "other").exit_code == 0
    kept = json.loads((folder / "cache" / "last.json").read_text(encoding="utf-8"))
    assert [one["corpus"]["name"] for one in kept] == ["tiny", "other"]


def test_test_sets_that_make_no_sense_are_refused_before_anything_is_translated(folder: Path) -> None:
    arabic, english = ((folder / f"tiny.{end}").read_text(encoding="utf-8") for end in ("ar", "en"))
    (folder / "swapped.ar").write_text(english, encoding="utf-8")
    (folder / "swapped.en").write_text(arabic, encoding="utf-8")
    with pytest.raises(BadInput, match="The reference swapped is Arabic"):
        run(folder, "tiny", "swapped")
    (folder / "gap.ar").write_text(arabic, encoding="utf-8")
    (folder / "gap.en").write_text("The delegation arrived in Tokyo.\n\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Line 2 of the reference gap is empty"):
        run(folder, "tiny", "gap")
    assert not (folder / "cache").exists()


def test_what_is_doubtful_about_translations_is_said(folder: Path) -> None:
    assert run(folder, "tiny").exit_code == 0
    (kept,) = (folder / "cache").rglob("*.jsonl")
    first, second = kept.read_text(encoding="utf-8").splitlines()
    kept.write_text(f"{first}\n{json.dumps(['', *json.loads(second)[1:]])}\n", encoding="utf-8")
    shown = run(folder, "tiny")
    assert "Note: builtin has empty lines (one line, the first at 2); each counts as 0." in shown.stdout
