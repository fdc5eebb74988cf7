"""One forward pass for all, and a model that learns on one device: here the CPU, in fixed shapes."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training is part of the torch extra")

# ruff: noqa: E402  # torch is asked for before what needs it.
import numpy as np
import sentencepiece
from torch.nn import functional

from translate import load, models
from translate.errors import BadInput, MuwaziError
from translate.training.grammar import generate
from translate.training.recipe import Recipe, Stage, read_recipe

ROOT = Path(__file__).resolve().parents[3]
RECIPE = """
pieces = 300
width = 64
feed_forward = 128
heads = 2
encoder_layers = 1
decoder_layers = 1
tokens = 1024
warmup = 10
dropout = 0.1
attention_dropout = 0.1
weight_decay = 0.02
segmentations = 2
rdrop = 1.0
rdrop_start = 0.5
plain_share = 0.2
averaged = 40
[[stage]]
until = 1.0
longest = 60
weights = {made = 1}
"""
# What `muwazi train` does, but on "cpu:0", which is a device and no team.
TRAINING = """
import sys
from pathlib import Path
import torch
from translate.training import build
from translate.training.recipe import read_recipe
from translate.training.trainer import Pace
torch.set_num_threads(1)
folder, out, minutes = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
development = build.read_development([folder / "dev"])
trainer = build.prepare(read_recipe(folder / "recipe.toml"), folder, development, out, device="cpu:0")
trainer.run(minutes, lambda _: None, pace=Pace(save_every=0.5))
"""


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Two threads on a busy machine can be thirty times as slow as one."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    pairs = list(generate(900, seed=1))
    (folder / "made.tsv").write_text("".join(f"{p.source}\t{p.target}\n" for p in pairs[60:]), "utf-8")
    (folder / "dev.ar").write_text("".join(p.source + "\n" for p in pairs[:60]), "utf-8")
    (folder / "dev.en").write_text("".join(p.target + "\n" for p in pairs[:60]), "utf-8")
    (folder / "recipe.toml").write_text(RECIPE, "utf-8")
    return folder


def prepared(corpus: Path, out: Path, **more: Any) -> Any:
    from translate.training import build

    development = build.read_development([corpus / "dev"])
    return build.prepare(read_recipe(corpus / "recipe.toml"), corpus, development, out, name="made", **more)


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained in two runs, of which the first is killed after a checkpoint."""
    out = tmp_path_factory.mktemp("training")
    first = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(corpus), str(out), "0.15"], cwd=ROOT, stderr=subprocess.PIPE
    )
    end = time.monotonic() + 300
    while not (out / "training.pt").exists() and time.monotonic() < end:
        assert first.poll() is None, first.communicate()[1].decode()
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    saved = torch.load(out / "training.pt", weights_only=True)["progress"]
    trainer = prepared(corpus, out, device="cpu:0")
    assert trainer.progress.step == saved["step"] > 0
    trainer.run(0.15, lambda _: None)
    (out / "saved.json").write_text(json.dumps(saved))
    return out


def test_a_killed_training_on_a_device_goes_on_where_it_was_saved(trained: Path) -> None:
    saved = json.loads((trained / "saved.json").read_text())
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text("utf-8").splitlines()]
    assert rows[: len(saved["losses"])] == saved["losses"]
    assert rows[-1]["step"] > saved["step"]
    assert rows[-1]["minutes"] == pytest.approx(0.15, abs=0.05)
    assert rows[-1]["development"] < rows[0]["development"] - 0.5
    assert {"train", "bleu", "chrf", "average"} <= rows[-1].keys()


def test_its_checkpoint_gives_the_scores_of_its_own_forward_pass(trained: Path, corpus: Path) -> None:
    from transformers import MarianMTModel

    trainer = prepared(corpus, trained, device="cpu:0")
    best = MarianMTModel.from_pretrained(trained / "best").eval()
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text("utf-8").splitlines()]
    if rows[-1]["average"] < rows[-1]["development"]:
        trainer._team.memory.weights.copy_(trainer._average)
    batch = trainer._development["development"][0]
    source, fed, _ = trainer._material.pairs.batch(batch)
    with torch.no_grad():
        theirs = best(input_ids=source, attention_mask=(source != 300).long(), decoder_input_ids=fed).logits
        objective = trainer._team._objective
        ours = objective.scores(objective._network(source, fed, learning=False))
    assert not best.model.shared.weight[300].any(), "CTranslate2 begins with nothing, so <pad> stays nothing"
    assert torch.allclose(theirs[..., objective._outputs].clamp_min(-20), ours.clamp_min(-20), atol=1e-4)


def test_its_export_loads_in_both_engines_with_the_same_results(trained: Path, corpus: Path) -> None:
    from translate.conversion import convert
    from translate.engine import Decoding, load_engine
    from translate.settings import Settings
    from translate.tokenizer import Tokenizer
    from translate.training import build
    from translate.training.export import export

    export(trained / "best", trained / "joint.model", trained / "model", name="made",
           normalization=build.NORMALIZATION, safe_tokens=build.SAFE_TOKENS)  # fmt: skip
    model = models.find(str(trained / "model"), folder=trained)
    assert model.marian
    convert(model.marian, trained / "float32", quantization="float32")
    lines = (corpus / "dev.ar").read_text("utf-8").splitlines()[:10]
    pieces = Tokenizer(model).encode(lines)
    exact = Settings(device="cpu", compute_type="float32")
    ct2 = load_engine(replace(model, ct2=trained / "float32"), exact).decode(pieces, Decoding(1, 1.0))
    slow = load_engine(model, replace(exact, engine="torch")).decode(pieces, Decoding(1, 1.0))
    assert [h.pieces for h in ct2] == [h.pieces for h in slow]
    assert next(load(str(trained / "model")).translate(lines[:1])).model.startswith("made@")


# --- Segmentations ----------------------------------------------------------------------------------------


def test_a_drawn_segmentation_has_other_pieces_of_the_same_text(trained: Path) -> None:
    from translate.training.build import _encode, draw_segmentation

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(trained / "joint.model"))
    pairs = list(generate(200, seed=2))
    plain = _encode(pieces, pairs)
    first, second = (
        draw_segmentation(pieces, pairs, plain, alpha=0.4, both=both, threads=2) for both in (True, False)
    )
    for side in (0, 1):
        wanted = [pieces.decode(pair[side].tolist()) for pair in plain]
        for drawn in (first, second):
            assert [pieces.decode(pair[side].tolist()) for pair in drawn] == wanted
    others = [[not np.array_equal(a[0], b[0]) for a, b in zip(*two, strict=True)]
              for two in ((plain, first), (plain, second), (first, second))]  # fmt: skip
    assert all(np.mean(other) > 0.5 for other in others), [np.mean(other) for other in others]
    assert not all(np.array_equal(a[1], b[1]) for a, b in zip(plain, first, strict=True))
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(plain, second, strict=True))


def test_a_training_sees_all_segmentations_and_in_the_end_the_plain_one(corpus: Path, trained: Path) -> None:
    trainer = prepared(corpus, trained, device="cpu:0")
    material = trainer._material
    size = len(material.sources["made"])
    assert len(material.pairs) == 3 * size + len(material.development["development"])
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(trained / "joint.model"))

    def text(index: int, side: int) -> str:
        start, end = material.pairs.bounds[2 * index + side :][:2].tolist()
        return str(pieces.decode(material.pairs.pieces[start:end].tolist()))

    drawn = material.drawn(np.arange(size), np.random.default_rng(1))
    assert all(text(i, side) == text(j, side) for i, j in enumerate(drawn[:50]) for side in (0, 1))
    early, late = (
        np.array([i for batch in trainer._epoch(trainer._phase(share)) for i in batch])
        for share in (0.7, 0.9)
    )
    fitting = material.pairs.lengths()[:size].max(axis=1) <= 60
    assert sorted(late) == np.arange(size)[fitting].tolist()
    assert early.min() >= len(material.pairs) - 2 * size
    versions = np.bincount((early - len(material.pairs)) // size + 2)
    assert versions.min() > fitting.sum() / 3


def test_what_is_prepared_serves_recipes_that_differ_in_rates_or_layers_alone(
    corpus: Path, trained: Path, tmp_path: Path
) -> None:
    from translate.training import build

    for name in ("joint.model", "prepared.pt"):
        shutil.copy(trained / name, tmp_path / name)
    recipe, development = read_recipe(corpus / "recipe.toml"), build.read_development([corpus / "dev"])

    def said(**changes: Any) -> list[str]:
        lines: list[str] = []
        build.prepare(
            replace(recipe, **changes), corpus, development, tmp_path, device="cpu:0", say=lines.append
        )
        return lines

    assert said(rate=0.001, encoder_layers=2, dropout=0.3, rdrop=0.0, guidance=0.2) == []
    assert any(line.startswith("made: ") for line in said(noisy=0.2))


def test_two_workers_go_on_from_a_device_with_segmentations_and_rdrop(
    corpus: Path, trained: Path, tmp_path: Path
) -> None:
    for name in ("joint.model", "prepared.pt", "training.pt"):
        shutil.copy(trained / name, tmp_path / name)
    trainer = prepared(corpus, tmp_path, workers=2, device="cpu")
    assert trainer.workers == 2
    before, step = len(trainer.progress.losses), trainer.progress.step
    assert trainer._phase(0.6).drawn
    assert trainer._phase(0.6).passes == 2
    trainer.run(0.22, lambda _: None)
    losses = trainer.progress.losses
    assert trainer.progress.step > step > 0
    # By how much depends on the machine: it has four seconds.
    assert losses[-1]["development"] < losses[before - 1]["development"]


# --- The objective ----------------------------------------------------------------------------------------


def test_equal_passes_do_not_disagree() -> None:
    from translate.training.objective import disagreement

    scores = torch.randn(3, 5, 7, requires_grad=True)
    apart = disagreement(scores, scores.clone(), present=torch.ones(3, 5, dtype=torch.bool))
    apart.backward()
    assert apart == 0
    assert scores.grad is not None
    assert scores.grad.abs().max() < 1e-7


def test_the_disagreement_is_the_divergence_both_ways_where_there_is_a_piece() -> None:
    from translate.training.objective import disagreement

    first, second = (torch.randn(3, 5, 7, dtype=torch.float64, requires_grad=True) for _ in range(2))
    present = torch.rand(3, 5) > 0.3
    ours = disagreement(first, second, present=present)
    logs = [functional.log_softmax(side[present], -1) for side in (first, second)]
    plain = sum(functional.kl_div(logs[i], logs[1 - i], log_target=True, reduction="sum") for i in (0, 1))
    assert ours.item() == pytest.approx(plain.item())
    wanted = torch.autograd.grad(plain, (first, second))
    for mine, theirs in zip(torch.autograd.grad(ours, (first, second)), wanted, strict=True):
        assert torch.allclose(mine, theirs)


SMALL = Recipe(
    (Stage(1.0, 40, {"own": 1.0}),), pieces=30, width=16, feed_forward=32, heads=2, encoder_layers=2,
    decoder_layers=2, tokens=128, warmup=5,
)  # fmt: skip


def made_pairs(count: int = 60) -> Any:
    """Pairs of ids 2–29 whose target is the source backwards."""
    from translate.training.pairs import Pairs

    chance = np.random.default_rng(1)
    sources = [chance.integers(2, 30, length).astype(np.int32) for length in chance.integers(2, 30, count)]
    return Pairs.pack([(side, side[::-1]) for side in sources], pad=30, end=0)


def made_model(**changes: Any) -> Any:
    from transformers import MarianMTModel

    from translate.training.trainer import new_config

    torch.manual_seed(1)
    config = new_config(SMALL)
    for name, value in changes.items():
        setattr(config, name, value)
    model = MarianMTModel(config).eval()
    torch.nn.init.normal_(model.final_logits_bias)
    return model


@pytest.mark.parametrize("changes", [{}, {"activation_function": "swish", "scale_embedding": False}])
def test_the_forward_pass_is_that_of_transformers(changes: dict[str, Any]) -> None:
    from translate.training.objective import Objective

    model = made_model(**changes)
    source, fed, labels = made_pairs().batch(range(12))
    with torch.no_grad():
        theirs = model(input_ids=source, attention_mask=(source != 30).long(), decoder_input_ids=fed).logits[
            ..., :30
        ]
        for half, tolerance in ((False, 1e-5), (True, 0.1)):
            objective = Objective(model, torch.arange(30), None, pad=30, half=half)
            with objective._cast(source):
                ours = objective.scores(objective._network(source, fed, learning=False)).float()
            real = labels != 30
            assert (ours - theirs)[real].abs().max() < tolerance


def test_two_passes_without_dropout_cost_what_one_costs() -> None:
    from translate.training.objective import Objective

    objective = Objective(made_model(), torch.arange(30), torch.rand(31, 31), pad=30)
    batch = made_pairs().batch(range(12))
    one, two = (objective.losses(*batch, smoothing=0.1, guidance=0.5, rdrop=r) for r in (None, 3.0))
    assert [x.item() for x in one] == pytest.approx([x.item() for x in two], rel=1e-5)
    varied = Objective(made_model(), torch.arange(30), None, pad=30, dropouts=(0.3, 0.1))
    torch.manual_seed(1)
    loss, entropy = varied.losses(*batch, smoothing=0.1, rdrop=3.0)
    assert loss > entropy + 0.5


# --- The device -------------------------------------------------------------------------------------------


def made_device(tokens: int = 128, **more: Any) -> Any:
    from translate.training.device import Device

    table = torch.rand(31, 31, generator=torch.Generator().manual_seed(1))
    return Device(
        made_model(), made_pairs(), torch.arange(30), table, device="cpu:0", tokens=tokens, muon=True, **more
    )


@pytest.fixture
def team() -> Iterator[Any]:
    from translate.training.team import Team

    table = torch.rand(31, 31, generator=torch.Generator().manual_seed(1))
    made = Team(made_model(), made_pairs(), torch.arange(30), table, workers=1, muon=True)
    yield made
    made.close()


@pytest.mark.parametrize("rdrop", [0.0, 2.0])
def test_a_device_makes_the_updates_that_a_team_makes(team: Any, rdrop: float) -> None:
    from translate.training.learner import Update

    device = made_device()
    groups = [[0, 1, 2], [3, 4]]  # Fewer than a shape holds: the rest is padding, and costs nothing.
    start = team.memory.weights.clone()
    tokens = int(sum(made_pairs().lengths()[group, 1].sum() + len(group) for group in groups))
    for step in range(3):
        update = Update(step, tokens, 0.02, 0.002, 0.1, 0.4, 2, weight_decay=0.1, rdrop=rdrop)
        losses = team.learn(groups, update), device.learn(groups, update)
        if step == 0:
            assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert (start - team.memory.weights).abs().max() > 0.01
    # Adam makes full steps of gradients that are nothing but rounding: those of the keys' biases.
    assert ((device.memory.weights - team.memory.weights).abs() < 1e-3).float().mean() > 0.97
    assert device.measure([[5, 6]]) == pytest.approx(team.measure([[5, 6]]), rel=1e-2)
    assert not device.memory.gradients.any()


def test_batches_fill_their_shapes_and_hold_every_pair_once() -> None:
    device = made_device()
    lengths = made_pairs().lengths().max(axis=1) + 1
    batches = device.divide(np.arange(60), 128, np.random.default_rng(1))
    assert sorted(i for batch in batches for i in batch) == list(range(60))
    sizes = [(device._length(batch), len(batch)) for batch in batches]
    assert all(length >= lengths[batch].max() for batch, (length, _) in zip(batches, sizes, strict=True))
    assert all(length * count <= 128 for length, count in sizes)
    assert sum(count not in {128 // 16, 128 // 24, 128 // 32} for _, count in sizes) <= 1


@pytest.mark.parametrize("spoiled", ["loss", "gradients"])
def test_a_batch_whose_gradients_are_no_numbers_is_left_out(
    monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    from translate.training.learner import Update

    device, calls = made_device(), 0
    real = device._objective.losses

    def sometimes(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        loss, entropy = real(*arguments, **more)
        if calls % 5:
            return loss, entropy
        # The derivative of a square root at 0 is infinite, and 0 times that no number.
        return (
            (loss * float("nan"), entropy) if spoiled == "loss" else (loss + 0 * (0 * loss).sqrt(), entropy)
        )

    monkeypatch.setattr(device._objective, "losses", sometimes)
    first = device.measure([[0, 1, 2, 3]])
    losses = [
        device.learn([[0, 1], [2, 3]], Update(step, 90, 0.02, 0.002, 0.1, 0.4, 1)) for step in range(40)
    ]
    assert all(np.isfinite(losses))
    assert device.memory.weights.isfinite().all()
    assert device.measure([[0, 1, 2, 3]]) < first - 0.5
    assert device.skipped >= 10
    monkeypatch.setattr(
        device._objective, "losses", lambda *a, **m: tuple(x * float("nan") for x in real(*a, **m))
    )
    kept = device.memory.weights.clone()
    later = [device.learn([[0, 1]], Update(step, 45, 0.0, 0.0, 0.1, 0.4, 1)) for step in range(40, 58)]
    assert np.isnan(later[-1]), "where all are no numbers, nobody must think that something is learned"
    assert torch.equal(kept, device.memory.weights)


def test_a_device_with_too_little_memory_says_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    from translate.training.learner import Update

    device = made_device()

    def fail(*_arguments: Any, **_more: Any) -> None:
        raise torch.cuda.OutOfMemoryError

    monkeypatch.setattr(device._objective, "losses", fail)
    with pytest.raises(MuwaziError, match=r"batches of 128 tokens\. Set fewer tokens"):
        device.learn([[0]], Update(0, 5, 0.02, 0.002, 0.1, 0.0, 1))


# --- Recipes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("segmentations = -1", "sets segmentations to -1; expected int of at least 0"),
        ("segmentations = 1.5", "sets segmentations to 1.5; expected int"),
        ("segmentations = 2\nsampling_alpha = 0", "sets sampling_alpha to 0"),
        ("plain_share = 1.5", "sets plain_share to 1.5; expected a share of at most 1"),
        ("rdrop_start = nan", "sets rdrop_start to nan; expected a share"),
        ("attention_dropout = 2", "sets attention_dropout to 2; expected a share"),
        ("weight_decay = -0.1", "of at least 0"),
        ("rdrop = 2.0", "sets rdrop without dropout"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, message: str) -> None:
    stage = "[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}"
    (tmp_path / "r.toml").write_text(f"{line}\n{stage}", "utf-8")
    with pytest.raises(BadInput, match=message):
        read_recipe(tmp_path / "r.toml")


def test_the_recipe_for_a_gpu_is_one() -> None:
    recipe = read_recipe(ROOT / "translate" / "training" / "gpu.toml")
    assert [stage.until for stage in recipe.stages] == [0.55, 1.0]
    assert recipe.tokens % 128 == 0 < recipe.segmentations


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("length", [64, 192])
def test_attention_far_below_zero_has_gradients_that_are_numbers(length: int) -> None:
    from translate.training.device import Device
    from translate.training.network import _FAR

    Device(made_model(), made_pairs(), torch.arange(30), None, device="cuda", tokens=128, muon=True).close()
    query, key, value = torch.randn(3, 2, 8, length, 64, device="cuda", dtype=torch.bfloat16).unbind()
    query, key = query * 0.1, key * 0.1
    query[..., 0], key[..., 0] = 1.0, -120.0 * 64**0.5
    mask = torch.zeros(2, 1, 1, length, device="cuda", dtype=torch.bfloat16)
    mask[:, :, :, length // 2 :] = mask[1] = _FAR
    parts = [part.requires_grad_() for part in (query, key, value)]
    mixed = functional.scaled_dot_product_attention(*parts, attn_mask=mask.expand(-1, 1, length, -1))
    for gradient in torch.autograd.grad(mixed.float().sum(), parts):
        assert gradient.isfinite().all()
