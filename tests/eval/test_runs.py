"""A few sentences through the built-in model: kept, taken up again, and scored."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

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
