"""A tiny model trained for real: cleaned, resumed after a kill, exported, and the same in both engines."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training is part of the torch extra")

# ruff: noqa: E402  # torch is asked for before what needs it.
import lxml.etree as etree
import numpy as np
from click.testing import CliRunner

from translate import load, models
from translate.errors import BadInput, MuwaziError
from translate.training.cli import train
from translate.training.curve import draw_curve
from translate.training.recipe import read_recipe
from translate.training.trainer import OtherTraining

ROOT = Path(__file__).resolve().parents[3]
WHO = {"الوزير": "the minister", "الرئيس": "the president", "السفير": "the ambassador", "القائد": "the commander",
       "المدير": "the director", "الطبيب": "the doctor", "المعلم": "the teacher", "الشرطي": "the officer"}  # fmt: skip
DID = {
    "زار": "visited",
    "غادر": "left",
    "رأى": "saw",
    "دخل": "entered",
    "وصف": "described",
    "ذكر": "mentioned",
}
WHAT = {"المدينة": "the city", "القرية": "the village", "المدرسة": "the school", "السوق": "the market",
        "الميناء": "the port", "القصر": "the palace", "المتحف": "the museum", "المصنع": "the factory"}  # fmt: skip
RECIPE = """
pieces = 150
width = 64
feed_forward = 128
heads = 2
encoder_layers = 1
decoder_layers = 1
tokens = 600
warmup = 20
[[stage]]
until = 1.0
longest = 40
[stage.weights]
tiny = 1
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    rows = [
        (
            f"{did} {who} {what} في عام {2000 + number % 20}.",
            f"{WHO[who]} {DID[did]} {WHAT[what]} in {2000 + number % 20}.",
        )
        for number, (who, did, what) in enumerate((w, d, t) for w in WHO for d in DID for t in WHAT)
    ]
    held_out = rows[::13]
    (folder / "tiny.tsv").write_text(
        "".join(f"{a}\t{b}\n" for a, b in rows if (a, b) not in held_out), "utf-8"
    )
    (folder / "dev.ar").write_text("".join(a + "\n" for a, _ in held_out), "utf-8")
    (folder / "dev.en").write_text("".join(b + "\n" for _, b in held_out), "utf-8")
    (folder / "recipe.toml").write_text(RECIPE, "utf-8")
    return folder


def command(corpus: Path, out: Path, minutes: float) -> list[str]:
    return [sys.executable, str(ROOT / "muwazi.py"), "train", str(corpus / "recipe.toml"), "--data", str(corpus),
            "--dev", str(corpus / "dev"), "--out", str(out), "--minutes", str(minutes), "--name", "tiny",
            "--save-every", "0.02", "--workers", "2", "--device", "cpu"]  # fmt: skip


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained for half a minute by two workers, in two runs of which the first is killed after a checkpoint."""
    out = tmp_path_factory.mktemp("training")
    first = subprocess.Popen(command(corpus, out, 0.5), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert wait_for((out / "training.pt").exists, 400), first.communicate()[1].decode()
    helpers = children(first.pid)
    first.send_signal(signal.SIGKILL)
    first.wait()
    shutil.copy(out / "training.pt", out / "killed.pt")
    gone = wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in helpers), 60)
    (out / "helpers.json").write_text(json.dumps({"count": len(helpers), "gone": gone}))
    done = subprocess.run(command(corpus, out, 0.5), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def test_a_killed_training_goes_on_where_it_was_saved(trained: Path) -> None:
    saved = torch.load(trained / "killed.pt", weights_only=True)["progress"]
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text("utf-8").splitlines()]
    assert rows[: len(saved["losses"])] == saved["losses"]
    assert [row["step"] for row in rows] == sorted(row["step"] for row in rows)
    assert rows[-1]["step"] > saved["step"] > 0
    assert rows[-1]["minutes"] == pytest.approx(0.5, abs=0.1)
    assert {"bleu", "chrf", "average"} <= rows[-1].keys()


def test_the_workers_of_a_killed_training_end_too(trained: Path) -> None:
    assert json.loads((trained / "helpers.json").read_text())["count"] >= 1
    assert json.loads((trained / "helpers.json").read_text())["gone"]


def test_the_model_learned_to_use_its_source(trained: Path) -> None:
    last = json.loads((trained / "log.jsonl").read_text("utf-8").splitlines()[-1])
    assert last["development"] < last["another source"] - 0.05


def test_the_export_brings_its_shortlist(trained: Path) -> None:
    lines = (trained / "model/ct2/vmap.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith("\t</s> ")
    metadata = json.loads((trained / "model/muwazi.json").read_text("utf-8"))
    assert "ct2/vmap.txt" in metadata["sha256"]


def test_the_export_loads_in_both_engines_with_the_same_results(trained: Path, corpus: Path) -> None:
    from translate.conversion import convert
    from translate.engine import Decoding, load_engine
    from translate.settings import Settings
    from translate.tokenizer import Tokenizer

    model = models.find(str(trained / "model"), folder=trained)
    assert model.name == "tiny"
    assert model.marian
    convert(model.marian, trained / "float32", quantization="float32")
    pieces = Tokenizer(model).encode((corpus / "dev.ar").read_text("utf-8").splitlines()[:20])
    exact = Settings(device="cpu", compute_type="float32")
    ct2 = load_engine(replace(model, ct2=trained / "float32"), exact).decode(pieces, Decoding(1, 1.0))
    slow = load_engine(model, replace(exact, engine="torch")).decode(pieces, Decoding(1, 1.0))
    assert [h.pieces for h in ct2] == [h.pieces for h in slow]
    assert next(load(str(trained / "model")).translate(["زار الوزير المدينة في عام 2004."])).text


def test_a_missing_development_set_is_named(tmp_path: Path) -> None:
    from translate.training.build import read_development

    with pytest.raises(BadInput, match=r"There is no file .*dev\.ar"):
        read_development([tmp_path / "dev"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pieces = ", "is no recipe"),
        ("pieces = 10", "expected .*stage"),
        ("colour = 3\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "sets colour"),
        (
            'batches = "two"\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}',
            "sets batches to 'two'; expected int",
        ),
        ("dropout = -1.0\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "of at least 0"),
        ("heads = 3\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "divided among 3 heads"),
        ("[[stage]]\nuntil = 0.5\nlongest = 9\nweights = {a = 1}", "the last to 1.0"),
        ("batches = 0\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "batches to 0; .*at least 1"),
        ("heads = 0\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "heads to 0; .*at least 1"),
        ("rate = nan\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "sets rate to nan"),
        (
            "label_smoothing = 2.0\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}",
            "a share of at most",
        ),
        (
            'templated = "abc"\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}',
            "list of sources' names",
        ),
        ("templated = 3\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "list of sources' names"),
        (
            "[[stage]]\nuntil = 1.0\nlongest = 9\ndropout = 0.3\nweights = {a = 1}",
            r"sets dropout below a \[\[stage",
        ),
        ("[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = -1}", "weighs a -1"),
        ("[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = nan}", "weighs a nan"),
        ("[[stage]]\nuntil = nan\nlongest = 9\nweights = {a = 1}", "a stage until nan"),
        ('[[stage]]\nuntil = 1.0\nlongest = 9\nweights = ["a"]', "is no recipe"),
    ],
)
def test_a_wrong_recipe_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "r.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=message):
        read_recipe(tmp_path / "r.toml")


def test_the_recipe_of_the_built_in_model_is_one() -> None:
    recipe = read_recipe(ROOT / "translate" / "training" / "builtin.toml")
    assert [stage.until for stage in recipe.stages] == [0.07, 0.5, 1.0]


@pytest.mark.parametrize("name", ["gpu", "cooling", "more"])
def test_these_recipes_have_the_shape_of_the_built_in_model(name: str) -> None:
    from translate.training.trainer import new_config

    made = new_config(read_recipe(ROOT / "translate" / "training" / f"{name}.toml"))
    there = json.loads((ROOT / "translate/builtin/config.json").read_text("utf-8"))
    keys = ("vocab_size", "d_model", "encoder_layers", "decoder_layers", "encoder_ffn_dim", "decoder_ffn_dim")
    assert [getattr(made, key) for key in keys] == [there[key] for key in keys]


def test_a_source_that_is_not_there_and_too_many_pieces_are_errors(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE.replace("tiny = 1", "absent = 1"), "utf-8")
    arguments = command(corpus, tmp_path / "out", 0.1)
    arguments[3] = str(tmp_path / "recipe.toml")
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has no absent.tsv" in done.stderr
    (tmp_path / "recipe.toml").write_text(RECIPE.replace("pieces = 150", "pieces = 5000"), "utf-8")
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ask for fewer pieces" in done.stderr


# --- Parts, in this process -----------------------------------------------------------------------------


def made_pairs(count: int = 60) -> Any:
    """Pairs of ids 2–29 whose target is the source backwards."""
    from translate.training.pairs import Pairs

    chance = np.random.default_rng(1)
    sources = [chance.integers(2, 30, length) for length in chance.integers(2, 9, count)]
    return Pairs.pack([(s.astype(np.int32), s[::-1].astype(np.int32)) for s in sources], pad=30, end=0)


def made_recipe(**changes: Any) -> Any:
    from translate.training.recipe import Recipe, Stage

    small = {"pieces": 30, "width": 16, "feed_forward": 32, "heads": 2, "encoder_layers": 1, "decoder_layers": 1,
             "tokens": 40, "batches": 2, "warmup": 5, "guidance": 0.0, "averaged": 16}  # fmt: skip
    return Recipe((Stage(1.0, 40, {"own": 1.0}),), **(small | changes))


def made_model(recipe: Any) -> Any:
    from translate.training.trainer import new_model

    generator = torch.Generator().manual_seed(1)
    embeddings = torch.nn.functional.normalize(
        torch.randn(recipe.pieces + 1, recipe.width, generator=generator)
    )
    return new_model(recipe, embeddings, torch.full((recipe.pieces + 1,), 1 / 31), torch.arange(30))


def made_trainer(folder: Path, recipe: Any = None, **more: Any) -> Any:
    from translate.training.trainer import Material, Trainer

    recipe = recipe or made_recipe()
    material = Material(made_pairs(), {"own": np.arange(50)}, {"development": np.arange(50, 60)})
    return Trainer(
        recipe, material, made_model(recipe), outputs=torch.arange(30), table=None, folder=folder, **more
    )


def after(updates: int) -> dict[str, Any]:
    """Arguments of a run that ends itself after so many updates."""
    seen: list[int] = []
    return {
        "report": lambda _: None,
        "tick": lambda _: seen.append(1),
        "stopped": lambda: len(seen) >= updates,
    }


def test_batches_hold_every_pair_once_and_no_more_tokens_than_allowed() -> None:
    from translate.training.pairs import batches, by_length

    pairs = made_pairs()
    lengths = pairs.lengths()
    made = list(batches(lengths, by_length(lengths, np.arange(60)), 40))
    assert sorted(i for group in made for i in group) == list(range(60))
    for group in made:
        source, fed, labels = pairs.batch(group)
        assert max(source.numel(), labels.numel()) <= 40
        assert fed[:, 0].tolist() == [30] * len(group)
        assert torch.equal(fed[:, 1:], labels[:, :-1])
        for row, index in enumerate(group):
            size = int(lengths[index, 0])
            assert torch.equal(source[row, :size].flip(0), labels[row, :size])
            assert source[row, size] == labels[row, size] == 0
    assert list(batches(lengths, np.array([0, 1]), 1)) == [[0], [1]]


def weights_after(workers: int, dropout: float = 0.0) -> Any:
    """Weights after three updates by threads that share memory as processes do."""
    from translate.training.learner import Learner, Memory, Update, ordered
    from translate.training.objective import Objective

    torch.set_num_threads(1)
    recipe = made_recipe()
    pairs = made_pairs()
    groups = [list(range(start, start + 6)) for start in range(0, 24, 6)]
    tokens = int(sum(pairs.lengths()[group, 1].sum() + 6 for group in groups))
    team = [made_model(recipe) for _ in range(workers)]
    parameters, matrices = ordered(team[0], muon=True)
    memory = Memory.allocate(sum(p.numel() for _, p in parameters), matrices, workers, "cpu")
    memory.weights.copy_(torch.cat([p.detach().flatten() for _, p in parameters]))
    barrier, lock, drawn = threading.Barrier(workers), threading.Lock(), [0]

    def draw() -> int:
        with lock:
            drawn[0] += 1
            return drawn[0] - 1

    def live(index: int) -> None:
        objective = Objective(team[index], torch.arange(30), None, pad=30, dropouts=(dropout, 0.0))
        learner = Learner(team[index], memory, pairs, objective, index=index, draw=draw,
                          wait=lambda: (barrier.wait(), None)[1])  # fmt: skip
        for step in range(3):
            barrier.wait()
            drawn[0] = 0
            barrier.wait()
            learner.learn(groups, Update(step, tokens, 0.02, 0.002, 0.1, 0.0, 1))

    threads = [threading.Thread(target=live, args=(index,)) for index in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return memory.weights


def test_two_workers_make_the_update_that_one_makes() -> None:
    alone, together = weights_after(1), weights_after(2)
    start = torch.cat(
        [p.detach().flatten() for p in made_model(made_recipe()).parameters() if p.requires_grad]
    )
    assert torch.isfinite(alone).all()
    assert (alone.sort().values - start.sort().values).abs().max() > 0.01
    # Adam makes full steps of gradients that are nothing but rounding: those of the keys' biases.
    assert ((alone - together).abs() < 1e-3).float().mean() > 0.97
    assert ((alone - weights_after(1, dropout=0.3)).abs() < 1e-3).float().mean() < 0.9


def test_a_piece_that_is_shut_out_costs_nothing_as_a_label() -> None:
    from translate.training.learner import Learner, Memory, Update, ordered
    from translate.training.objective import Objective

    pairs, model = made_pairs(), made_model(made_recipe())
    model.final_logits_bias[0, 5] = -1e4
    parameters, matrices = ordered(model, muon=True)
    memory = Memory.allocate(sum(p.numel() for _, p in parameters), matrices, 1, "cpu")
    memory.weights.copy_(torch.cat([p.detach().flatten() for _, p in parameters]))
    numbers = iter((0, 1))
    objective = Objective(model, torch.arange(30), None, pad=30)
    learner = Learner(model, memory, pairs, objective, index=0, draw=lambda: next(numbers), wait=lambda: None)
    learner.learn([list(range(8))], Update(0, 50, 0.0, 0.0, 0.1, 0.0, 1))
    assert (pairs.batch(range(8))[2] == 5).any()
    assert memory.figures[0, 0] / memory.figures[0, 1] < 10


def test_a_stopped_training_is_saved_and_goes_on(tmp_path: Path) -> None:
    made_trainer(tmp_path).run(5, **after(24))
    first = torch.load(tmp_path / "training.pt", weights_only=True)
    trainer = made_trainer(tmp_path)
    assert trainer.progress.step == first["progress"]["step"] == 24
    assert torch.equal(trainer._team.memory.weights, first["weights"])
    folder = trainer.run(5, **after(16))
    assert trainer.progress.step == 40
    assert trainer.progress.seconds > first["progress"]["seconds"]
    rows = trainer.progress.losses
    assert rows[-1]["development"] < rows[0]["development"] - 0.2
    from transformers import MarianMTModel

    best = MarianMTModel.from_pretrained(folder)
    state = torch.load(tmp_path / "training.pt", weights_only=True)
    better = "average" if rows[-1]["average"] < rows[-1]["development"] else "weights"
    offset = dict(
        zip(
            [n for n, _ in state["shape"]],
            np.cumsum([0] + [math.prod(s) for _, s in state["shape"]]),
            strict=False,
        )
    )
    shared = best.model.shared.weight
    start = int(offset["model.shared.weight"])
    assert torch.equal(shared.detach().flatten(), state[better][start : start + shared.numel()])


def test_a_training_without_gain_ends_itself_and_keeps_its_best(tmp_path: Path) -> None:
    from translate.training.trainer import Pace

    trainer = made_trainer(tmp_path, made_recipe(matrix_rate=0.0, rate=0.5, patience=2, averaged=0))
    trainer.run(30, lambda _: None, pace=Pace(validate_every=0.01))
    assert trainer.progress.seconds < 30 * 60, "time was left"
    losses = [row["development"] for row in trainer.progress.losses]
    assert min(losses) < losses[-1]
    again = made_trainer(tmp_path, made_recipe(matrix_rate=0.0, rate=0.5, patience=2, averaged=0))
    again.run(30, lambda _: None)
    assert again.progress.step == trainer.progress.step, "it has ended, also for whoever starts it again"


def test_a_checkpoint_of_another_shape_and_a_damaged_one_are_named(tmp_path: Path) -> None:
    made_trainer(tmp_path).run(5, **after(1))
    with pytest.raises(BadInput, match=r"has another shape: .* there and .* here.*Choose another --out"):
        made_trainer(tmp_path, made_recipe(width=32))
    with pytest.raises(BadInput, match="has another shape"):
        made_trainer(tmp_path, made_recipe(matrix_rate=0.0))
    data = (tmp_path / "training.pt").read_bytes()
    (tmp_path / "training.pt").write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput, match=r"training\.pt cannot be read .*Remove it to begin anew"):
        made_trainer(tmp_path)


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    made_trainer(tmp_path).run(5, **after(2))
    before = (tmp_path / "training.pt").read_bytes()
    (tmp_path / "training.pt.part").symlink_to("/dev/full")
    with pytest.raises(MuwaziError, match=r"training\.pt cannot be written: .*make room on the disk"):
        made_trainer(tmp_path).run(5, **after(2))
    assert (tmp_path / "training.pt").read_bytes() == before
    (tmp_path / "training.pt.part").unlink()
    (tmp_path / "log.jsonl.part").symlink_to("/dev/full")
    with pytest.raises(MuwaziError, match=r"log\.jsonl cannot be written: No space left"):
        made_trainer(tmp_path).run(5, **after(2))


def test_a_training_that_diverges_says_so(tmp_path: Path) -> None:
    with pytest.raises(MuwaziError, match=r"the training has diverged.*lower rates"):
        made_trainer(tmp_path, made_recipe(matrix_rate=1e38, warmup=1)).run(5, **after(40))


def test_a_training_whose_weights_are_lost_goes_on_from_the_last_sound_ones(tmp_path: Path) -> None:
    trainer = made_trainer(tmp_path)

    seen: list[int] = []

    def spoil(progress: Any) -> None:
        seen.append(progress.step)
        if progress.step == 30 and progress.caution == 1.0:
            trainer._team.memory.weights[:50] = float("nan")

    found = trainer.run(5, lambda _: None, tick=spoil, stopped=lambda: len(seen) >= 60)
    assert trainer.progress.caution == 0.5
    assert trainer.progress.losses[-1]["caution"] == 0.5
    assert trainer.progress.losses[-1]["development"] < trainer.progress.losses[0]["development"]
    from transformers import MarianMTModel

    assert all(p.isfinite().all() for p in MarianMTModel.from_pretrained(found).parameters())


def test_weights_lost_right_after_a_resume_are_those_of_the_checkpoint_again(tmp_path: Path) -> None:
    made_trainer(tmp_path).run(5, **after(25))
    trainer = made_trainer(tmp_path)
    seen: list[int] = []

    def spoil(progress: Any) -> None:
        seen.append(progress.step)
        if len(seen) == 2:
            trainer._team.memory.weights[:50] = float("nan")

    trainer.run(5, lambda _: None, tick=spoil, stopped=lambda: len(seen) >= 20)
    assert trainer.progress.caution == 0.5
    assert trainer._team.memory.weights.isfinite().all()


def test_a_checkpoint_that_began_with_something_else_is_refused(tmp_path: Path) -> None:
    made_trainer(tmp_path, origin="one").run(5, **after(2))
    with pytest.raises(OtherTraining, match=r"began with another model or vocabulary.*Choose another --out"):
        made_trainer(tmp_path, origin="two")
    made_trainer(tmp_path, origin="one").run(5, **after(2))


def test_a_running_average_that_is_not_wanted_any_more_is_gone(tmp_path: Path) -> None:
    trainer = made_trainer(tmp_path)
    trainer.run(5, **after(20))
    assert trainer._average is not None
    again = made_trainer(tmp_path, made_recipe(averaged=0))
    again.run(5, **after(2))
    assert again._average is None
    assert "average" not in again.progress.losses[-1]


def test_a_worker_has_the_model_that_was_loaded(tmp_path: Path) -> None:
    """Each batch must cost the same, whoever draws it: here the other process draws the only one."""
    from transformers import MarianMTModel

    from translate.training.team import Team

    made_model(made_recipe()).save_pretrained(tmp_path)
    pairs, groups = made_pairs(), [list(range(20))]
    alone = Team(
        MarianMTModel.from_pretrained(tmp_path), pairs, torch.arange(30), None, workers=1, muon=False
    )
    wanted = alone.measure(groups)
    team = Team(MarianMTModel.from_pretrained(tmp_path), pairs, torch.arange(30), None, workers=2, muon=False)
    try:
        team.ready()
        team._learner._draw = lambda: 1
        assert team.measure(groups) == pytest.approx(wanted, rel=1e-5)
        assert team.memory.figures[0, 1] == 0 < team.memory.figures[1, 1]
    finally:
        team.close()


def test_a_worker_that_dies_ends_the_training_with_its_reason(tmp_path: Path) -> None:
    trainer = made_trainer(tmp_path, workers=2)
    assert trainer.workers == 2
    killed: list[int] = []

    def kill(progress: Any) -> None:
        if progress.step == 3:
            killed.extend(process.pid for process in trainer._team._processes)
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(MuwaziError, match=r"worker process ended unexpectedly, with exit code -9"):
        trainer.run(5, lambda _: None, tick=kill, stopped=lambda: trainer.progress.step > 10_000)
    assert killed


def test_a_source_that_the_stages_name_must_be_there(tmp_path: Path) -> None:
    from translate.training.recipe import Stage

    with pytest.raises(BadInput, match=r"mixes absent, but the data has only own"):
        made_trainer(tmp_path, replace(made_recipe(), stages=(Stage(1.0, 40, {"absent": 1.0}),)))
    with pytest.raises(BadInput, match=r"has at most 1 pieces a side"):
        made_trainer(tmp_path, replace(made_recipe(), stages=(Stage(1.0, 1, {"own": 1.0}),))).run(
            1, **after(1)
        )


def test_the_outputs_come_to_a_round_number_without_letting_arabic_out() -> None:
    from translate.training.build import _outputs

    arabic = torch.tensor([i % 3 == 0 for i in range(300)])
    outputs = _outputs(arabic)
    assert len(outputs) % 32 == 0
    assert outputs[:200].tolist() == (~arabic).nonzero().flatten().tolist()
    assert len(set(outputs.tolist())) == len(outputs)


def test_the_curve_draws_losses_and_scores() -> None:
    rows = [
        {"minutes": float(n), "development": 5.0 - n, "train": 5.5 - n, "general": 3.0, "bleu": 2.0 * n}
        for n in range(4)
    ]
    rows[3] |= {"caution": 0.5, "left out": 500.0}  # No losses, so no lines.
    drawing = etree.fromstring(draw_curve([{"minutes": 0.0, "development": math.nan}, *rows]).encode())
    lines = drawing.findall(".//{*}polyline")
    assert [len((line.get("points") or "").split()) for line in lines] == [4, 4, 4, 4]
    assert "bleu 6.00" in "".join(drawing.itertext())
    assert len(etree.fromstring(draw_curve([]).encode()).findall(".//{*}polyline")) == 0


# --- Training further -----------------------------------------------------------------------------------


def corrections(folder: Path, count: int) -> Path:
    """A TMX in which the port is a harbour."""
    pairs = [
        (
            f"{did} {who} الميناء في عام {2000 + n % 20}.",
            f"{WHO[who]} {DID[did]} the harbour in {2000 + n % 20}.",
        )
        for n, (who, did) in enumerate((w, d) for w in WHO for d in DID)
    ][:count]
    units = "".join(
        f'<tu><tuv xml:lang="ar"><seg>{a}</seg></tuv><tuv xml:lang="en"><seg>{b}</seg></tuv></tu>'
        for a, b in pairs
    )
    path = folder / "corrections.tmx"
    path.write_text(f'<tmx version="1.4"><header srclang="ar"/><body>{units}</body></tmx>', "utf-8")
    return path


def test_a_model_trained_further_learns_the_corrections_and_keeps_its_vocabulary(
    trained: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    arguments = ["--from", str(trained / "model"), "--data", str(corrections(tmp_path, 48)), "--mix",
                 str(corpus / "tiny.tsv"), "--out", str(out), "--minutes", "0.25", "--rate", "0.003", "--workers",
                 "1", "--device", "cpu", "--name", "mine"]  # fmt: skip
    done = CliRunner().invoke(train, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "pairs held out: BLEU" in done.output
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text("utf-8").splitlines()]
    assert min(row.get("average", row["development"]) for row in rows) < rows[0]["development"] - 0.1
    assert all("general" in row for row in rows)
    assert (out / "model" / "source.spm").read_bytes() == (trained / "model" / "source.spm").read_bytes()
    model = models.find(str(out / "model"), folder=out)
    assert model.label.startswith("mine@")
    assert next(load(str(out / "model"), beam=1).translate(["زار الوزير المدينة في عام 2004."])).text


def test_more_corrections_in_the_same_folder_are_learned(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"

    def run(count: int) -> tuple[str, bytes]:
        arguments = ["--from", str(trained / "model"), "--data", str(corrections(tmp_path, count)), "--out",
                     str(out), "--minutes", "0.1", "--rate", "0.003", "--workers", "1", "--device", "cpu"]  # fmt: skip
        done = CliRunner().invoke(train, arguments, catch_exceptions=False)
        return done.output, (out / "model" / "model.safetensors").read_bytes()

    first, weights = run(36)
    again, same = run(36)
    assert same == weights
    more, others = run(48)
    assert others != weights
    assert "begins anew" in more
    assert "begins anew" not in first + again


def test_a_model_that_lost_as_much_as_it_gained_is_not_written(
    trained: Path, corpus: Path, tmp_path: Path
) -> None:
    arguments = ["--from", str(trained / "model"), "--data", str(corrections(tmp_path, 48)), "--mix",
                 str(corpus / "tiny.tsv"), "--mix-share", "0", "--rate", "0.3", "--out", str(tmp_path / "o"),
                 "--minutes", "0.05", "--workers", "1", "--device", "cpu"]  # fmt: skip
    with pytest.raises(BadInput, match=r"Nothing was gained.*what general text lost added"):
        CliRunner().invoke(train, arguments, catch_exceptions=False)
    assert not (tmp_path / "o" / "model").exists()


def test_a_training_of_another_vocabulary_is_not_gone_on_with(
    trained: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "other"
    (tmp_path / "text").mkdir()
    lines = (corpus / "tiny.tsv").read_text("utf-8")
    (tmp_path / "text" / "tiny.tsv").write_text(lines.replace("visited", "toured"), "utf-8")
    plain = [str(corpus / "recipe.toml"), "--data", str(tmp_path / "text"), "--dev", str(corpus / "dev"), "--out",
             str(out), "--minutes", "0.02", "--workers", "1", "--device", "cpu"]  # fmt: skip
    assert CliRunner().invoke(train, plain, catch_exceptions=False).exit_code == 0
    vocabulary = (out / "joint.model").read_bytes()
    assert vocabulary != (trained / "joint.model").read_bytes()
    with pytest.raises(OtherTraining):
        CliRunner().invoke(train, [*plain, "--from", str(trained / "model")], catch_exceptions=False)
    assert (out / "joint.model").read_bytes() == vocabulary


def test_other_text_makes_another_vocabulary_unless_a_training_has_begun(
    corpus: Path, tmp_path: Path
) -> None:
    from translate.training import build

    recipe, development = read_recipe(corpus / "recipe.toml"), build.read_development([corpus / "dev"])
    text, out = tmp_path / "text", tmp_path / "out"
    text.mkdir()
    lines = (corpus / "tiny.tsv").read_text("utf-8")

    def vocabulary(some: str, sentences: list[Any] = development) -> bytes:
        (text / "tiny.tsv").write_text(some, "utf-8")
        trainer = build.prepare(recipe, text, sentences, out, workers=1)
        trainer._team.close()
        return (out / "joint.model").read_bytes()

    first, second = vocabulary(lines), vocabulary(lines.replace("visited", "toured"))
    assert first != second
    (out / "training.pt").touch()
    with pytest.raises(BadInput, match="cannot be read"):
        vocabulary(lines)
    assert (out / "joint.model").read_bytes() == second
    (out / "training.pt").unlink()
    before = (out / "prepared.pt").read_bytes()
    vocabulary(lines, [*development[:-1], development[0]])
    assert (out / "prepared.pt").read_bytes() != before, "every development sentence counts"


def test_a_recipe_goes_on_with_the_weights_and_the_vocabulary_of_a_model(
    trained: Path, corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "on"
    arguments = [*command(corpus, out, 0.05)[3:], "--from", str(trained / "model")]
    done = CliRunner().invoke(train, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    before, after = (
        json.loads((folder / "log.jsonl").read_text("utf-8").splitlines()[line])
        for folder, line in ((trained, -1), (out, 0))
    )
    reached = min(before.get("average", math.inf), before["development"])
    assert after["development"] == pytest.approx(reached, abs=0.01)
    assert (out / "model" / "source.spm").read_bytes() == (trained / "model" / "source.spm").read_bytes()


def test_a_recipe_of_another_shape_than_the_model_is_an_error(
    trained: Path, corpus: Path, tmp_path: Path
) -> None:
    wider = tmp_path / "wider.toml"
    wider.write_text(RECIPE.replace("feed_forward = 128", "feed_forward = 256"), "utf-8")
    for recipe, base, message in (
        (wider, trained / "model", r"encoder_ffn_dim 128 and the recipe 256"),
        (corpus / "recipe.toml", "builtin", r"vocab_size 8000 and the recipe 151"),
    ):
        arguments = [str(recipe), "--from", str(base), "--data", str(corpus), "--dev", str(corpus / "dev"),
                     "--out", str(tmp_path / "o"), "--minutes", "1", "--device", "cpu"]  # fmt: skip
        with pytest.raises(BadInput, match=message):
            CliRunner().invoke(train, arguments, catch_exceptions=False)


def test_a_gain_as_likely_to_be_chance_writes_no_model(trained: Path, tmp_path: Path) -> None:
    arguments = ["--from", str(trained / "model"), "--data", str(corrections(tmp_path, 48)), "--out",
                 str(tmp_path / "o"), "--minutes", "0.03", "--rate", "1e-9", "--workers", "1", "--device", "cpu"]  # fmt: skip
    with pytest.raises(BadInput, match=r"Nothing was gained.*less than 0\.005"):
        CliRunner().invoke(train, arguments, catch_exceptions=False)
    assert not (tmp_path / "o" / "model").exists()


def test_too_few_corrections_and_a_file_that_is_not_there_are_errors(trained: Path, tmp_path: Path) -> None:
    arguments = ["--from", str(trained / "model"), "--out", str(tmp_path / "o"), "--minutes", "0.1", "--data"]
    for data, message in (
        (corrections(tmp_path, 12), r"12 usable pairs are too few"),
        (tmp_path / "absent.tmx", r"There is no file .*absent\.tmx"),
    ):
        with pytest.raises(BadInput, match=message):
            CliRunner().invoke(train, [*arguments, str(data)], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "."], "Give a RECIPE or --from MODEL"),
        (["{recipe}", "--data", "."], "needs --dev PREFIX"),
        (["{recipe}", "--data", ".", "--data", ".", "--dev", "x"], "needs one --data FOLDER"),
        (["{recipe}", "--data", "texts", "--dev", "x"], "There is no folder texts"),
    ],
)
def test_wrong_arguments_say_what_is_missing(
    corpus: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    filled = [argument.format(recipe=corpus / "recipe.toml") for argument in arguments]
    done = CliRunner().invoke(train, [*filled, "--out", str(tmp_path / "o"), "--minutes", "1"])
    assert done.exit_code == 2
    assert message in done.output
