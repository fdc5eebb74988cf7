"""What a model said when it was made is asked again when it is loaded."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from translate import golden, load, models
from translate.conversion import convert
from translate.engine import load_engine
from translate.errors import ModelDamaged
from translate.models import METADATA, Metadata
from translate.settings import Settings


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(models.builtin_folder(), tmp_path / "copy"))


def changed(folder: Path, **values: object) -> None:
    table = json.loads((folder / METADATA).read_text("utf-8"))
    table["golden"] |= values
    (folder / METADATA).write_text(json.dumps(table), "utf-8")


@pytest.mark.parametrize("settings", [{}, {"compute_type": "float32"}, {"engine": "torch"}])
def test_the_built_in_model_says_what_it_said(settings: dict[str, str]) -> None:
    if settings.get("engine") == "torch":
        pytest.importorskip("torch", reason="the torch engine is an optional extra")
    model = models.find("builtin", folder=Path())
    assert model.golden is not None
    engine = load_engine(model, replace(Settings(device="cpu"), **settings))
    (scores,) = engine.score([model.golden.source], [model.golden.target])
    assert sum(scores) / len(scores) == pytest.approx(model.golden.score, abs=golden.TOLERANCE / 2)


def test_a_configuration_read_otherwise_is_noticed(copy: Path) -> None:
    """The model loads as before, and talks nonsense."""
    path = copy / "config.json"
    table = json.loads(path.read_text("utf-8")) | {"scale_embedding": False}
    path.write_text(json.dumps(table), "utf-8")
    convert(copy, copy / "ct2")
    with pytest.raises(ModelDamaged, match=r"log-probability of -\d.*when it was made.*ctranslate2 \d"):
        load(str(copy), device="cpu")


def test_other_pieces_are_noticed(copy: Path) -> None:
    changed(copy, source=["▁قال", "ت", "</s>"])
    with pytest.raises(ModelDamaged, match=r"cuts .* into ▁قال ت </s> when it was made"):
        load(str(copy), device="cpu")


def test_a_broken_record_is_an_error_of_the_file(copy: Path) -> None:
    changed(copy, score="high")
    with pytest.raises(ModelDamaged, match=r"muwazi\.json is not as Muwazi writes it"):
        load(str(copy), device="cpu")


def test_a_record_is_kept_anew_and_a_model_without_one_loads(copy: Path) -> None:
    metadata = Metadata.read(copy)
    assert metadata is not None
    replace(metadata, golden=None).write(copy)
    assert load(str(copy), device="cpu")
    golden.keep(copy)
    again = Metadata.read(copy)
    assert again is not None
    assert again.golden == metadata.golden
