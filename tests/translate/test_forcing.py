"""Given translations: how likely a model finds them, and where it looks while it writes them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from translate import load, models
from translate.conversion import convert
from translate.engine import Decoding, Engine, length_limit, load_engine
from translate.models import Model
from translate.settings import Settings
from translate.tokenizer import Tokenizer
from translate.translator import MarianTranslator

ARABIC = ["وصل رئيس الوزراء الياباني كيشيدا إلى واشنطن يوم الخميس.", "غادر الرئيس.", "قال: «نعم»، ثمّ صمت."]
ENGLISH = [
    "Japanese Prime Minister Kishida arrived in Washington on Thursday.",
    "The president left.",
    "He said “yes”, then fell silent.",
]


@pytest.fixture(scope="module")
def model() -> Model:
    return models.find("builtin", folder=Path("nowhere"))


@pytest.fixture(scope="module")
def translator() -> MarianTranslator:
    return load("builtin", beam=1, engine="ct2", device="cpu")


@pytest.fixture(scope="module")
def ct2(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    assert model.marian
    folder = tmp_path_factory.mktemp("float32") / "ct2"
    convert(model.marian, folder, quantization="float32")
    return load_engine(replace(model, ct2=folder), Settings(device="cpu", compute_type="float32"))


@pytest.fixture(scope="module")
def torch_engine(model: Model) -> Engine:
    pytest.importorskip("torch", reason="the torch engine is an optional extra")
    return load_engine(model, Settings(engine="torch", device="cpu", compute_type="float32"))


@pytest.fixture(scope="module")
def forced(model: Model) -> tuple[list[list[str]], list[list[str]]]:
    tokenizer = Tokenizer(model)
    return (
        tokenizer.encode([model.normalization(text) for text in ARABIC]),
        tokenizer.encode_target([model.normalization(text) for text in ENGLISH]),
    )


def test_both_engines_find_a_given_translation_as_likely(
    ct2: Engine, torch_engine: Engine, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    for ours, theirs, target in zip(ct2.score(*forced), torch_engine.score(*forced), forced[1], strict=True):
        assert len(ours) == len(target) + 1
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_what_was_decoded_scores_as_it_did_while_decoding(
    ct2: Engine, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    for source, made in zip(forced[0], ct2.decode(forced[0], Decoding(1, 1.0)), strict=True):
        assert made.finished
        (scores,) = ct2.score([source], [made.pieces[:-1]])
        assert sum(scores) / len(scores) == pytest.approx(made.score, abs=1e-3)


def test_both_engines_look_at_the_same_places(
    ct2: Engine, torch_engine: Engine, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    """What CTranslate2 returns is the first head of the last decoder layer, which guided alignment trains."""
    for ours, theirs, source, target in zip(
        ct2.attend(*forced), torch_engine.attend(*forced), *forced, strict=True
    ):
        assert ours.shape == theirs.shape == (len(target), len(source))
        assert np.allclose(ours.sum(1), 1, atol=1e-3)
        assert np.abs(ours - theirs).max() < 1e-3


def test_attention_to_an_output_is_that_of_decoding_it(
    model: Model, translator: MarianTranslator, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    import ctranslate2

    engine = ctranslate2.Translator(str(model.ct2), device="cpu", compute_type="int8")
    for source in forced[0]:
        (decoded,) = engine.translate_batch([source], beam_size=1, return_attention=True)
        pieces = decoded.hypotheses[0]
        (again,) = translator._engine.attend([source], [pieces])
        assert np.abs(np.array(decoded.attention[0])[: len(pieces)] - again).max() < 0.05


def test_company_in_a_batch_does_not_turn_the_head(
    ct2: Engine, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    for together, source, target in zip(ct2.attend(*forced), *forced, strict=True):
        (alone,) = ct2.attend([source], [target])
        assert np.allclose(together, alone, atol=1e-4)


def test_an_empty_translation_has_no_rows(
    ct2: Engine, forced: tuple[list[list[str]], list[list[str]]]
) -> None:
    shapes = [one.shape for one in ct2.attend(forced[0][:2], [[], forced[1][1]])]
    assert shapes == [(0, len(forced[0][0])), (len(forced[1][1]), len(forced[0][1]))]


def test_pieces_stand_where_their_letters_stand(translator: MarianTranslator) -> None:
    """Diacritics and quotation marks are changed for the model, yet offsets are those of the text as given."""
    source, target = ARABIC[2], ENGLISH[2]
    (seen,) = translator.attend([(source, target)])
    assert seen is not None
    assert seen.weights.shape == (len(seen.target), len(seen.source))
    assert seen.source[-1] == (len(source), len(source))
    for spans, text in ((seen.source, source), (seen.target, target)):
        assert "".join(text[a:b] for a, b in spans) == text
    words = [text.strip() for a, b in seen.target if (text := target[a:b])]
    assert {"He", "said"} <= set(words)


def test_a_sentence_longer_than_the_model_reads_has_neither_score_nor_attention(
    translator: MarianTranslator,
) -> None:
    long = "كلمة " * length_limit(translator.model.safe_tokens)
    pairs = [(long, "word"), (ARABIC[1], ENGLISH[1])]
    assert [score is None for score in translator.score(pairs)] == [True, False]
    assert [seen is None for seen in translator.attend(pairs)] == [True, False]


def test_the_true_translation_is_likelier_than_another_sentences(translator: MarianTranslator) -> None:
    true = translator.score(zip(ARABIC[:2], ENGLISH[:2], strict=True))
    other = translator.score(zip(ARABIC[:2], ENGLISH[1::-1], strict=True))
    assert all(a and b and a.mean > b.mean for a, b in zip(true, other, strict=True))


def test_a_piece_that_the_model_never_writes_does_not_outweigh_the_rest(translator: MarianTranslator) -> None:
    """The built-in model's output bias forbids Arabic; a human translation may quote a word of it."""
    (score,) = translator.score([(ARABIC[0], f"{ENGLISH[0]} قال")])
    assert score is not None
    assert -20 <= score.mean < 0


def test_the_vocabulary_of_a_forced_target_needs_no_search(model: Model) -> None:
    tokenizer = Tokenizer(model)
    (pieces,) = tokenizer.encode_target(["The president left."])
    vocabulary = json.loads((model.source_spm.parent / "vocab.json").read_text(encoding="utf-8"))
    assert set(pieces) <= set(vocabulary)
    assert tokenizer.decode(pieces) == "The president left."
