import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

torch = pytest.importorskip("torch", reason="a mean takes the torch extra")

from translate import load, models  # noqa: E402
from translate.errors import BadInput, ModelDamaged, ModelNotFound, MuwaziError  # noqa: E402
from translate.model_cli import model as command  # noqa: E402
from translate.training.averaging import average  # noqa: E402


def find(folder: Path) -> models.Model:
    return models.find(str(folder), folder=Path("no-other-models"))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    from transformers import MarianMTModel

    read = MarianMTModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    learned = ((name, tensor) for name, tensor in read.named_parameters() if "positions" not in name)
    return {name: tensor.detach() for name, tensor in learned}


@pytest.fixture
def moved(marian: Path, tmp_path: Path) -> Callable[[float], Path]:
    """Writes a copy of the tiny model with that much added to each of its weights."""
    from transformers import MarianMTModel

    def move(by: float) -> Path:
        folder = Path(shutil.copytree(marian, tmp_path / f"moved{by}"))
        read = MarianMTModel.from_pretrained(folder, local_files_only=True)
        with torch.no_grad():
            for tensor in read.parameters():
                tensor.add_(by)
        read.save_pretrained(folder)
        return folder

    return move


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["average", *arguments], catch_exceptions=False)


def test_a_place_that_cannot_be_written_is_named(marian: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MuwaziError, match=r"cannot be written: .*See that it may be"):
        run(str(marian), str(marian), "-o", str(tmp_path / "file" / "mean"))


def test_each_weight_is_the_weighed_mean(
    marian: Path, moved: Callable[[float], Path], tmp_path: Path
) -> None:
    done = run(str(marian), f"{moved(1.0)}=2", f"{moved(-0.5)}=1", "-o", str(tmp_path / "mean"))
    assert done.exit_code == 0
    before, after = weights(marian), weights(tmp_path / "mean")
    assert set(before) == set(after)
    for name, tensor in before.items():
        torch.testing.assert_close(after[name], tensor + (2 * 1.0 - 0.5) / 4, atol=4e-3, rtol=0)


def test_the_mean_translates_in_both_engines_and_says_what_it_is_of(
    marian: Path, moved: Callable[[float], Path], tmp_path: Path
) -> None:
    run(str(marian), str(moved(0.01)), "-o", str(tmp_path / "mean"), "--name", "soup")
    found = find(tmp_path / "mean")
    assert found.name == "soup"
    assert "× 1" in found.origin
    assert models.verify(found)
    for engine in ("ct2", "torch"):
        made = load(str(tmp_path / "mean"), engine=engine).translate(["أعلن الوزير الخبر."])
        assert next(iter(made)).text


def test_a_model_with_itself_is_itself(marian: Path, tmp_path: Path) -> None:
    average([(find(marian), 0.3), (find(marian), 5)], tmp_path / "mean", name="mean")
    after = weights(tmp_path / "mean")
    for name, tensor in weights(marian).items():
        torch.testing.assert_close(after[name], tensor, atol=2e-3, rtol=1e-3)


def test_models_that_do_not_go_together_are_named(marian: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(marian, tmp_path / "other"))
    table = json.loads((other / "vocab.json").read_text("utf-8"))
    keys = list(table)
    table[keys[5]], table[keys[6]] = table[keys[6]], table[keys[5]]
    (other / "vocab.json").write_text(json.dumps(table), "utf-8")
    with pytest.raises(BadInput, match=r"other.*another vocabulary"):
        average([(find(marian), 1), (find(other), 1)], tmp_path / "mean", name="mean")
    assert not (tmp_path / "mean").exists()


def test_another_shape_is_named(marian: Path, tmp_path: Path) -> None:
    from transformers import MarianConfig, MarianMTModel

    wide = Path(shutil.copytree(marian, tmp_path / "wide"))
    config = MarianConfig.from_pretrained(wide)
    config.decoder_ffn_dim = 128
    MarianMTModel(config).save_pretrained(wide)
    with pytest.raises(BadInput, match=r"wide.*another shape"):
        average([(find(marian), 1), (find(wide), 1)], tmp_path / "mean", name="mean")


def test_a_ctranslate2_folder_has_no_weights_to_average(marian: Path, tmp_path: Path) -> None:
    average([(find(marian), 1), (find(marian), 1)], tmp_path / "mean", name="mean")
    shutil.copytree(tmp_path / "mean" / "ct2", tmp_path / "fast")
    for side in ("source.spm", "target.spm"):
        shutil.copyfile(marian / side, tmp_path / "fast" / side)
    with pytest.raises(ModelDamaged, match="no Hugging Face form"):
        average([(find(marian), 1), (find(tmp_path / "fast"), 1)], tmp_path / "more", name="mean")


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "much", ""])
def test_a_weight_is_a_number_above_zero(marian: Path, tmp_path: Path, weight: str) -> None:
    with pytest.raises(BadInput, match=r"above 0|no number"):
        run(str(marian), f"{marian}={weight}", "-o", str(tmp_path / "mean"))


def test_weights_beyond_all_numbers_are_refused(marian: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="add up"):
        run(f"{marian}=1e308", f"{marian}=1e308", "-o", str(tmp_path / "mean"))


def test_one_model_is_no_mean(marian: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="two models"):
        run(str(marian), "-o", str(tmp_path / "mean"))


def test_what_is_there_is_not_overwritten(marian: Path, tmp_path: Path) -> None:
    (tmp_path / "mean").mkdir()
    (tmp_path / "mean" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="is there already"):
        run(str(marian), str(marian), "-o", str(tmp_path / "mean"))
    assert (tmp_path / "mean" / "mine.txt").read_text("utf-8") == "mine"


def test_an_unknown_model_is_named(marian: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="nowhere"):
        run(str(marian), "nowhere=2", "-o", str(tmp_path / "mean"))
