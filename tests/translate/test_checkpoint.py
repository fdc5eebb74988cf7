import os
import pickle
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from translate.checkpoint import read_ct2_shapes, read_layout
from translate.errors import ModelDamaged

torch = pytest.importorskip("torch", reason="writing torch files takes the torch extra")


@pytest.fixture(scope="module")
def tensors() -> dict[str, Any]:
    torch.manual_seed(1)
    weight = torch.randn(3, 4)
    return {
        "weight": weight,
        "tied": weight,
        "transposed": weight.t(),
        "window": weight[1:, :2],
        "half": torch.randn(5).half(),
        "bfloat": torch.randn(2, 3).bfloat16(),
        "double": torch.randn(2).double(),
        "counts": torch.tensor([[1, 2], [3, 4]]),
        "number": torch.tensor(2.5),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "none": torch.zeros(0, 4),
    }


@pytest.mark.parametrize("zipped", [True, False], ids=["zip archive", "chain of pickles"])
def test_both_kinds_of_torch_file_read_as_torch_reads_them(
    tensors: dict[str, Any], zipped: bool, tmp_path: Path
) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save(tensors, path, _use_new_zipfile_serialization=zipped)
    layout = read_layout(path)
    assert list(layout) == list(tensors)
    for name, tensor in tensors.items():
        loaded = layout[name].load()
        assert loaded.dtype == np.float32
        assert np.array_equal(loaded, tensor.detach().float().numpy()), name


def test_safetensors_read_as_the_library_wrote_them(tensors: dict[str, Any], tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "model.safetensors"
    save_file({name: t.detach().clone().contiguous() for name, t in tensors.items()}, path)
    layout = read_layout(path)
    assert layout["weight"].shape == (3, 4)
    for name, tensor in tensors.items():
        assert np.array_equal(layout[name].load(), tensor.detach().float().numpy()), name


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["safetensors", "zip", "chain"])
def test_a_file_cut_off_anywhere_is_damaged(kind: str, kept: float, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / ("model.safetensors" if kind == "safetensors" else "pytorch_model.bin")
    weights = {"model.shared.weight": torch.ones(50, 8)}
    if kind == "safetensors":
        save_file(weights, path)
    else:
        torch.save(weights, path, _use_new_zipfile_serialization=kind == "zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ModelDamaged, match=path.name):
        read_layout(path)


def test_a_pickle_that_would_run_a_command_is_refused_and_does_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    path = tmp_path / "pytorch_model.bin"
    torch.save({"model.shared.weight": Trap()}, path)
    with pytest.raises(ModelDamaged, match=r"asks to run posix\.mkdir, which is refused"):
        read_layout(path)
    assert not (tmp_path / "sprung").exists()
    pickle.loads(pickle.dumps(Trap()))
    assert (tmp_path / "sprung").exists(), "the trap works where pickles are trusted"


def test_a_safetensors_header_longer_than_the_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", 1 << 60) + b"{}")
    with pytest.raises(ModelDamaged, match="header is longer than the file"):
        read_layout(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=r"model\.safetensors cannot be read: No such file"):
        read_layout(tmp_path / "model.safetensors")


def test_shapes_in_a_ct2_model_are_found_without_loading_it(converted: Path) -> None:
    shapes = read_ct2_shapes(converted / "model.bin")
    assert shapes["encoder/embeddings_0/weight"] == (400, 32)
    assert shapes["decoder/embeddings/weight"] == shapes["decoder/projection/weight"]
    assert shapes["decoder/embeddings/weight"][0] < 400, "what can never come out is no target"
    assert shapes["encoder/layer_0/self_attention/linear_0/weight"] == (96, 32)
    assert shapes["encoder/position_encodings/encodings"] == (128, 32)


@pytest.mark.parametrize("kept", [2, 30, 5000, -3])
def test_a_ct2_model_cut_off_anywhere_is_damaged(kept: int, converted: Path, tmp_path: Path) -> None:
    path = Path(shutil.copyfile(converted / "model.bin", tmp_path / "model.bin"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelDamaged, match=r"model\.bin is cut off"):
        read_ct2_shapes(path)


@pytest.fixture(scope="module")
def converted(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from translate.conversion import convert

    folder = tmp_path_factory.mktemp("converted") / "ct2"
    convert(tiny, folder, quantization="float32")
    return folder
