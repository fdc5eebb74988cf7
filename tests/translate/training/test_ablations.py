"""`benchmarks/training_ablations.py`: nested shares of the text, recipes with one change, a row for each training."""

import runpy
import sys
from pathlib import Path

import pytest

from translate.training.grammar import generate
from translate.training.recipe import read_recipe

ROOT = Path(__file__).resolve().parents[3]
_ABLATIONS = runpy.run_path(str(ROOT / "benchmarks" / "training_ablations.py"))
_TINY = """
pieces = 400
width = 64
feed_forward = 128
heads = 2
encoder_layers = 1
decoder_layers = 1
tokens = 600
noisy = 0.1
[[stage]]
until = 1.0
longest = 60
weights = {made = 1}
"""


def _corpora(folder: Path) -> list[str]:
    lines = [f"{pair.source}\t{pair.target}\n" for pair in generate(600, seed=1)]
    (folder / "made.tsv").write_text("".join(lines[60:]), "utf-8")
    for side, end in enumerate(("ar", "en")):
        (folder / f"dev.{end}").write_text(
            "".join(line.rstrip("\n").split("\t")[side] + "\n" for line in lines[:60]), "utf-8"
        )
    return lines[60:]


def test_a_quarter_lies_in_the_half_and_the_half_in_the_whole(tmp_path: Path) -> None:
    lines = _corpora(tmp_path)
    kept = {}
    for share in (0.25, 0.5, 1.0):
        (tmp_path / str(share)).mkdir()
        _ABLATIONS["take"](tmp_path, "made", share, tmp_path / str(share))
        kept[share] = (tmp_path / str(share) / "made.tsv").read_text("utf-8").splitlines(keepends=True)
        assert len(kept[share]) == pytest.approx(share * len(lines), rel=0.2)
    assert kept[1.0] == lines
    assert set(kept[0.25]) < set(kept[0.5]) < set(lines)
    with pytest.raises(SystemExit, match=r"no absent\.tsv"):
        _ABLATIONS["take"](tmp_path, "absent", 1.0, tmp_path)


def test_every_variant_is_a_recipe_that_differs_from_the_base_as_it_says(tmp_path: Path) -> None:
    base = ROOT / "benchmarks" / "ablations.toml"
    for name, variant in _ABLATIONS["VARIANTS"].items():
        path = tmp_path / "recipe.toml"
        path.write_text("".join(_ABLATIONS["toml"](_ABLATIONS["changed"](base, variant))), "utf-8")
        before, after = read_recipe(base), read_recipe(path)
        differing = {key for key in before.__slots__ if getattr(before, key) != getattr(after, key)}
        assert differing - {"stages"} == set(variant.changes), name
        named = {source for stage in after.stages for source in stage.weights}
        assert ("grammar" in named) == bool(after.grammar), name


def test_a_row_for_each_training_and_none_is_trained_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _corpora(tmp_path)
    (tmp_path / "tiny.toml").write_text(_TINY, "utf-8")
    command = [str(tmp_path), "--dev", str(tmp_path / "dev"), "--recipe", str(tmp_path / "tiny.toml")]
    command += ["--minutes", "0.05", "--out", str(tmp_path / "out"), "--only", "base", "--only", "half"]
    monkeypatch.setattr(sys, "argv", ["training_ablations.py", *command])
    _ABLATIONS["main"]()
    first = capsys.readouterr().out
    heading, _, base, half = first.splitlines()
    assert base.startswith("| base | ")
    assert half.startswith("| half | ")
    assert len({row.count("|") for row in (heading, base, half)}) == 1
    weights = tmp_path / "out" / "base" / "out" / "model" / "model.safetensors"
    made = weights.stat().st_mtime_ns
    _ABLATIONS["main"]()
    assert capsys.readouterr().out == first
    assert weights.stat().st_mtime_ns == made
