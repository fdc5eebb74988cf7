import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from translate import conversion, golden, models
from translate.conversion import convert, sinusoids
from translate.engine import load_engine
from translate.errors import ModelDamaged
from translate.settings import Settings
from translate.tokenizer import Tokenizer

ctranslate2 = pytest.importorskip("ctranslate2")
torch = pytest.importorskip("torch", reason="comparing with transformers takes the torch extra")

SENTENCES = [
    "قال الوزير إن المحادثات مستمرة.",
    "ارتفعت الأسعار بنسبة 75 في المئة خلال عام 2023",
    "أين؟",
    "وأضاف: «لن ننتظر»، ثم غادر القاعة (AUKUS).",
    "الصين",
]


def pieces_of(folder: Path) -> list[list[str]]:
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    return [[*model.encode(sentence, out_type=str), "</s>"] for sentence in SENTENCES]


def specification(folder: Path) -> Any:
    config, vocabulary = (
        json.loads((folder / name).read_text("utf-8")) for name in ("config.json", "vocab.json")
    )
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    spec = conversion._specify(config, conversion._Weights(folder), pieces)
    spec.validate()
    return spec


def decode_with_ct2(folder: Path, sources: list[list[str]], beam: int) -> list[list[str]]:
    translator = ctranslate2.Translator(str(folder), compute_type="float32", inter_threads=1, intra_threads=1)
    results = translator.translate_batch(sources, beam_size=beam, max_decoding_length=40)
    return [result.hypotheses[0] for result in results]


def decode_with_transformers(folder: Path, sources: list[list[str]], beam: int) -> list[list[str]]:
    from transformers import MarianMTModel

    model: Any = MarianMTModel.from_pretrained(folder, dtype=torch.float32)
    table = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    names = {index: piece for piece, index in table.items()}
    outputs = []
    for source in sources:
        ids = torch.tensor([[table.get(piece, table["<unk>"]) for piece in source]])
        found = model.generate(
            ids, num_beams=beam, do_sample=False, max_new_tokens=40, max_length=None, suppress_tokens=[400]
        )
        outputs.append([names[i] for i in found[0].tolist() if i not in (0, 400)])
    return outputs


@pytest.mark.parametrize("beam", [1, 4])
def test_both_engines_say_the_same_piece_by_piece_in_float32(tiny: Path, beam: int, tmp_path: Path) -> None:
    convert(tiny, tmp_path / "ct2", quantization="float32")
    sources = pieces_of(tiny)
    expected = decode_with_transformers(tiny, sources, beam)
    assert decode_with_ct2(tmp_path / "ct2", sources, beam) == expected
    assert len({tuple(output) for output in expected}) > 1, "the sources must make a difference"
    assert sum(map(len, expected)) > 20


@pytest.fixture
def open_to_all(tiny: Path, tmp_path: Path) -> Path:
    """The tiny model with every piece a possible target, as other Marian models have it."""
    from safetensors.numpy import load_file, save_file

    folder = shutil.copytree(tiny, tmp_path / "open")
    tensors = load_file(folder / "model.safetensors")
    tensors["final_logits_bias"] = tensors["final_logits_bias"].clip(min=-30)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_what_can_never_come_out_is_no_target(tiny: Path, open_to_all: Path, tmp_path: Path) -> None:
    for name, folder in (("tiny", tiny), ("open", open_to_all)):
        convert(folder, tmp_path / name)
    source, target = (
        json.loads((tmp_path / "tiny" / f"{side}_vocabulary.json").read_text("utf-8"))
        for side in ("source", "target")
    )
    assert source == json.loads((tmp_path / "open" / "shared_vocabulary.json").read_text("utf-8"))
    arabic = [piece for piece in source if any("\u0600" <= letter <= "\u06ff" for letter in piece)]
    assert target == [piece for piece in source if piece not in arabic]
    assert {"</s>", "<unk>"} < set(target)
    assert len(arabic) > 50


@pytest.mark.parametrize("quantization", ["float32", "int16", "float16"])
def test_the_files_are_those_of_ctranslate2s_own_converter(
    open_to_all: Path, quantization: str, tmp_path: Path
) -> None:
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(open_to_all)).convert(str(tmp_path / "theirs"), quantization=quantization)
    convert(open_to_all, tmp_path / "ours", quantization=quantization)
    names = sorted(path.name for path in (tmp_path / "theirs").iterdir())
    assert sorted(path.name for path in (tmp_path / "ours").iterdir()) == names
    for name in names:
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes(), name


def test_int8_rows_keep_to_seven_bits_and_are_the_weights(open_to_all: Path, tmp_path: Path) -> None:
    """More bits overflow where a processor adds two products in sixteen bits."""
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(open_to_all)).convert(str(tmp_path / "theirs"), quantization="int8")
    convert(open_to_all, tmp_path / "ours")
    ours, theirs = ((tmp_path / name / "model.bin").stat().st_size for name in ("ours", "theirs"))
    assert ours == pytest.approx(theirs, rel=0.01)
    found = 0

    def compare(spec: Any, exact: Any) -> None:
        nonlocal found
        for name, value in vars(spec).items():
            if isinstance(value, list):
                for a, b in zip(value, getattr(exact, name), strict=True):
                    compare(a, b)
            elif hasattr(value, "__dict__") and not hasattr(value, "numpy"):
                compare(value, getattr(exact, name))
            elif hasattr(spec, f"{name}_scale") and hasattr(value, "numpy"):
                scale = getattr(spec, f"{name}_scale").numpy()[:, None]
                assert np.abs(value.numpy()).max() == 64
                assert (
                    np.abs(value.numpy() / scale - getattr(exact, name).numpy()).max() <= 0.5001 / scale.min()
                )
                found += 1

    specs = [specification(open_to_all) for _ in range(2)]
    conversion._quantize(specs[0])
    compare(*specs)
    assert found > 10


def test_the_built_in_models_int8_is_as_likely_as_its_float32(tmp_path: Path) -> None:
    """Where sums saturate, as in eight bits without VNNI, this is off by 0.2 and more."""
    model = models.find("builtin", folder=Path())
    assert model.marian is not None
    convert(model.marian, tmp_path / "exact", quantization="float32")
    tokenizer = Tokenizer(model)
    source = tokenizer.encode([model.normalization(golden.SOURCE)])
    target = tokenizer.encode_target([golden.TARGET])
    means = []
    for folder, kind in ((model.ct2, "int8"), (tmp_path / "exact", "float32")):
        engine = load_engine(
            replace(model, ct2=folder, golden=None), Settings(device="cpu", compute_type=kind)
        )
        (scores,) = engine.score(source, target)
        means.append(sum(scores) / len(scores))
    assert means[0] == pytest.approx(means[1], abs=0.1)


def test_the_final_bias_keeps_arabic_out_of_the_output(tiny: Path, tmp_path: Path) -> None:
    convert(tiny, tmp_path / "ct2", quantization="int8")
    outputs = decode_with_ct2(tmp_path / "ct2", pieces_of(tiny), 1)
    assert not any("\u0620" <= letter <= "\u064a" for output in outputs for letter in "".join(output))


def test_float16_weights_convert_as_if_in_float32(tiny: Path, marian: Path, tmp_path: Path) -> None:
    from transformers import MarianMTModel

    loaded: Any = MarianMTModel.from_pretrained(tiny, dtype=torch.float32)
    loaded.half().save_pretrained(marian)
    convert(marian, tmp_path / "ct2", quantization="float32")
    sources = pieces_of(marian)
    assert decode_with_ct2(tmp_path / "ct2", sources, 1) == decode_with_transformers(marian, sources, 1)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip archive", "chain of pickles"])
def test_torch_pickles_convert_to_the_same_file_as_safetensors(
    tiny: Path, marian: Path, zipped: bool, tmp_path: Path
) -> None:
    pickle_weights(marian, zipped=zipped)
    convert(tiny, tmp_path / "safe", quantization="int8")
    convert(marian, tmp_path / "pickled", quantization="int8")
    assert (tmp_path / "safe/model.bin").read_bytes() == (tmp_path / "pickled/model.bin").read_bytes()


def pickle_weights(folder: Path, *, zipped: bool) -> None:
    """Keep the weights as OPUS-MT does: all tensors by name, ties and positions included."""
    from transformers import MarianMTModel

    model: Any = MarianMTModel.from_pretrained(folder, dtype=torch.float32)
    state = model.state_dict()
    assert "model.decoder.embed_positions.weight" in state
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
    (folder / "model.safetensors").unlink()


def test_conversion_takes_no_torch_and_no_transformers(tiny: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None\n"
        "from pathlib import Path; from translate.conversion import convert\n"
        f"convert(Path({str(tiny)!r}), Path({str(tmp_path / 'ct2')!r}))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    assert (tmp_path / "ct2" / "model.bin").stat().st_size > 50_000


def test_an_unknown_activation_is_named(marian: Path, tmp_path: Path) -> None:
    config = json.loads((marian / "config.json").read_text())
    (marian / "config.json").write_text(json.dumps(config | {"activation_function": "tanhshrink"}))
    with pytest.raises(ModelDamaged, match="'tanhshrink'; Muwazi can convert: relu"):
        convert(marian, tmp_path / "ct2")
    assert not (tmp_path / "ct2").exists()


def test_a_missing_tensor_is_named_and_nothing_is_written(marian: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(marian / "model.safetensors")
    del tensors["model.encoder.layers.0.fc1.bias"]
    save_file(tensors, marian / "model.safetensors")
    with pytest.raises(ModelDamaged, match=r"lack model\.encoder\.layers\.0\.fc1\.bias"):
        convert(marian, tmp_path / "ct2")
    assert not (tmp_path / "ct2").exists()


def test_positions_are_sines_then_cosines() -> None:
    """Width 4: rates 1 and 1/100, so position 2 is sin 2, sin 0.02, cos 2, cos 0.02."""
    table = sinusoids(3, 4)
    assert table.shape == (3, 4)
    assert table[0].tolist() == [0, 0, 1, 1]
    assert np.allclose(table[2], [0.909297, 0.019999, -0.416147, 0.999800], atol=1e-6)
