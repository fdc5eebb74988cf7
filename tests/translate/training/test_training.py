"""A tiny model trained for real: cleaned, resumed after a kill, exported, and the same in both engines."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training is part of the torch extra")

from translate import load
from translate.errors import BadInput
from translate.training.recipe import read_recipe

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
            "--dev", str(corpus / "dev"), "--out", str(out), "--minutes", str(minutes), "--name", "tiny"]  # fmt: skip


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained for three quarters of a minute, in two runs of which the first is killed."""
    out = tmp_path_factory.mktemp("training")
    first = subprocess.Popen(command(corpus, out, 0.4), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(15)
    first.kill()
    first.wait()
    for minutes in (0.4, 0.75):
        subprocess.run(command(corpus, out, minutes), check=True, capture_output=True)
    return out


def test_a_resumed_training_goes_on_where_it_was(trained: Path) -> None:
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text("utf-8").splitlines()]
    assert [row["step"] for row in rows] == sorted(row["step"] for row in rows)
    assert rows[-1]["minutes"] == pytest.approx(0.75, abs=0.1)
    ends = [row for row in rows if row["minutes"] > 0.35]
    assert len(ends) >= 2, "both runs left their last validation in one log"
    assert ends[-1]["step"] > ends[0]["step"]


def test_the_model_learned_to_use_its_source(trained: Path) -> None:
    last = json.loads((trained / "log.jsonl").read_text("utf-8").splitlines()[-1])
    assert last["development"] < last["another source"] - 0.05


def test_the_export_loads_in_both_engines_with_the_same_results(trained: Path, corpus: Path) -> None:
    from dataclasses import replace

    from translate import models
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
    torch = load_engine(model, replace(exact, engine="torch")).decode(pieces, Decoding(1, 1.0))
    assert [h.pieces for h in ct2] == [h.pieces for h in torch]
    assert next(load(str(trained / "model")).translate(["زار الوزير المدينة في عام 2004."])).text


def test_a_missing_development_set_is_named(tmp_path: Path) -> None:
    from translate.training.build import read_development

    with pytest.raises(BadInput, match=r"dev\.ar cannot be read"):
        read_development([tmp_path / "dev"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pieces = ", "is no recipe"),
        ("pieces = 10", "expected .*stage"),
        ("colour = 3\n[[stage]]\nuntil = 1.0\nlongest = 9\nweights = {a = 1}", "sets colour"),
        ("[[stage]]\nuntil = 0.5\nlongest = 9\nweights = {a = 1}", "the last to 1.0"),
    ],
)
def test_a_wrong_recipe_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "r.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=message):
        read_recipe(tmp_path / "r.toml")


def test_the_recipe_of_the_built_in_model_is_one() -> None:
    recipe = read_recipe(ROOT / "translate" / "training" / "builtin.toml")
    assert [stage.until for stage in recipe.stages] == [0.07, 0.5, 1.0]


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
