"""The two engines on the real built-in weights: same inputs, same outputs."""

from dataclasses import replace
from pathlib import Path

import pytest

from translate import models, sentences
from translate.conversion import convert
from translate.engine import Decoding, Engine, batches, length_limit, load_engine
from translate.errors import BadInput, ModelDamaged
from translate.models import Model
from translate.settings import Settings
from translate.tokenizer import END, Tokenizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
GREEDY = Decoding(beam=1, length_penalty=1.0)


@pytest.fixture(scope="module")
def model() -> Model:
    return models.find("builtin", folder=Path("nowhere"))


@pytest.fixture(scope="module")
def pieces(model: Model) -> list[list[str]]:
    texts = []
    for path in sorted(SEEDS.glob("*.txt")):
        body = path.read_text(encoding="utf-8")
        texts += [model.normalization(body[start:end]) for start, end in sentences.split(body)]
    return Tokenizer(model).encode(texts)


@pytest.fixture(scope="module")
def ct2(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Converted anew: the shipped form is int8, which no compute type can make float32 again."""
    assert model.marian
    folder = tmp_path_factory.mktemp("float32") / "ct2"
    convert(model.marian, folder, quantization="float32")
    return load_engine(replace(model, ct2=folder), Settings(device="cpu", compute_type="float32"))


@pytest.fixture(scope="module")
def torch_engine(model: Model) -> Engine:
    pytest.importorskip("torch", reason="the torch engine is an optional extra")
    return load_engine(model, Settings(engine="torch", device="cpu", compute_type="float32"))


def test_both_engines_agree_on_the_seeds(ct2: Engine, torch_engine: Engine, pieces: list[list[str]]) -> None:
    ours = ct2.decode(pieces, GREEDY)
    theirs = torch_engine.decode(pieces, GREEDY)
    same = [a.pieces == b.pieces for a, b in zip(ours, theirs, strict=True)]
    assert len(same) > 80
    assert sum(same) / len(same) >= 0.99
    for a, b in zip(ours, theirs, strict=True):
        if a.pieces == b.pieces:
            assert a.finished == b.finished
            assert not a.finished or a.score == pytest.approx(b.score, abs=1e-3)


def test_beam_scores_mean_the_same_in_both_engines(
    ct2: Engine, torch_engine: Engine, pieces: list[list[str]]
) -> None:
    short = [row for row in pieces if len(row) < 20][:6]
    for penalty in (0.6, 1.0):
        search = Decoding(beam=3, length_penalty=penalty)
        for a, b in zip(ct2.decode(short, search), torch_engine.decode(short, search), strict=True):
            assert a.score <= 0 >= b.score
            if a.pieces == b.pieces:
                assert a.score == pytest.approx(b.score, abs=2e-3)


@pytest.mark.parametrize("name", ["ct2", "torch_engine"])
def test_batching_changes_neither_order_nor_output(
    name: str, request: pytest.FixtureRequest, pieces: list[list[str]]
) -> None:
    engine = request.getfixturevalue(name)
    some = [pieces[i] for i in (3, 40, 0, 17, 25)]
    together = engine.decode(some, GREEDY)
    alone = [engine.decode([row], GREEDY)[0] for row in some]
    assert [h.pieces for h in together] == [h.pieces for h in alone]


def test_the_whole_source_reaches_the_decoder(ct2: Engine, pieces: list[list[str]]) -> None:
    """With a last word changed the score of a fixed start changes: nothing of the source is cut off."""
    longest = max(pieces, key=len)
    changed = [*longest[:-3], *longest[-2:]]
    first, second = ct2.decode([longest, changed], GREEDY)
    assert first.score != second.score


def test_an_output_ends_or_says_that_it_did_not(ct2: Engine, pieces: list[list[str]]) -> None:
    for source, hypothesis in zip(pieces, ct2.decode(pieces, GREEDY), strict=True):
        assert hypothesis.finished == (hypothesis.pieces[-1] == END)
        assert len(hypothesis.pieces) <= length_limit(max(map(len, pieces)))
        assert source[-1] == END


def test_nothing_in_gives_nothing_out(ct2: Engine) -> None:
    assert ct2.decode([], GREEDY) == []


def test_batches_hold_every_index_once_within_the_bound() -> None:
    lengths = [5, 1, 30, 7, 7, 200, 2]
    grouped = batches(lengths, 40)
    assert sorted(i for batch in grouped for i in batch) == list(range(7))
    for batch in grouped:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 40


def test_an_unsupported_device_or_type_is_named(model: Model) -> None:
    with pytest.raises(BadInput, match="does not compute on mps"):
        load_engine(model, Settings(engine="ct2", device="mps"))
    with pytest.raises(BadInput, match=r"No CUDA device is visible|cannot compute"):
        load_engine(model, Settings(engine="ct2", device="cuda"))
    with pytest.raises(BadInput, match="cannot compute in float16"):
        load_engine(model, Settings(engine="ct2", device="cpu", compute_type="float16"))


def test_a_broken_model_file_is_a_clear_error(model: Model, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelDamaged, match="CTranslate2 cannot load"):
        load_engine(replace(model, ct2=tmp_path), Settings(engine="ct2", device="cpu"))
    with pytest.raises(ModelDamaged, match="no CTranslate2 form"):
        load_engine(replace(model, ct2=None), Settings(engine="ct2", device="cpu"))
    (tmp_path / "source.spm").write_bytes(b"not a vocabulary")
    with pytest.raises(ModelDamaged, match=r"source vocabulary .* cannot be read"):
        Tokenizer(replace(model, source_spm=tmp_path / "source.spm"))
