import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import COMMANDS, evaluate
from translate.errors import BadInput

REFERENCE = [f"The delegation number {n} arrived in Tokyo on Monday." for n in range(1, 41)]
GOOD = [line.replace("arrived in", "came to") if n % 4 else line for n, line in enumerate(REFERENCE)]
BAD = [line.replace("delegation", "nation").replace("Monday", "") for line in REFERENCE]
SOURCE = [f"وصل الوفد رقم {n} إلى طوكيو يوم الاثنين." for n in range(1, 41)]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, lines in {"ref": REFERENCE, "good": GOOD, "bad": BAD, "src": SOURCE}.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def muwazi(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "align"])
def test_every_command_explains_itself(command: str) -> None:
    shown = muwazi(command, "--help").output
    assert shown.startswith("Usage:")
    assert len(shown.splitlines()) > 5


def test_score_prints_bleu_and_chrf_to_one_decimal_with_their_signatures(files: Path) -> None:
    from eval.score import score

    shown = muwazi("score", files / "good", "--reference", files / "ref", "--source", files / "src").output
    bleu, chrf = score(GOOD, REFERENCE, metrics=["bleu", "chrf"])
    for one in (bleu, chrf):
        assert f"{one.value:.1f} ±{one.interval.half:.1f}" in shown  # type: ignore[union-attr]
        assert f"{one.metric}: {one.signature}" in shown


def test_several_systems_are_tested_against_the_first(files: Path) -> None:
    shown = muwazi("score", files / "good", files / "bad", "-r", files / "ref", "--brief").output
    assert "against good" in shown
    assert "significant" in shown


def test_external_scores_take_part_in_everything(files: Path) -> None:
    for name, value in (("good", 0.8), ("bad", 0.3)):
        scores = "".join(f"line\t{value + n / 1000}\n" for n in range(40))
        (files / f"{name}.comet").write_text(scores, encoding="utf-8")
    arguments = ["score", files / "good", files / "bad", "-r", files / "ref", "--metric", "bleu"]
    external = [f"--external=COMET={files / name}.comet" for name in ("good", "bad")]
    data = json.loads(muwazi(*arguments, *external, "--json").output)
    assert data["systems"][0]["scores"][1]["value"] == pytest.approx(0.8195)
    assert data["paired"][1]["metric"] == "comet"
    assert data["paired"][1]["significant"]
    with pytest.raises(BadInput, match="COMET scores, but none for bad"):
        muwazi(*arguments, external[0])


def test_a_gate_stops_what_is_too_low_or_significantly_worse_and_lets_noise_pass(files: Path) -> None:
    results = {}
    slightly = [*GOOD[:-1], GOOD[-1].replace("Tokyo", "Osaka")]
    (files / "slightly").write_text("\n".join(slightly) + "\n", encoding="utf-8")
    for name in ("good", "bad", "slightly"):
        results[name] = files / f"{name}.json"
        shown = muwazi(
            "score", files / name, "-r", files / "ref", "--name", "mt", "--metric", "bleu", "--json"
        )
        results[name].write_text(shown.output, encoding="utf-8")
    assert muwazi("gate", results["good"], "--min", "bleu=20").exit_code == 0
    assert muwazi("gate", results["good"], "--min", "bleu=99").exit_code == 1
    assert muwazi("gate", results["bad"], "--against", results["good"]).exit_code == 1
    assert muwazi("gate", results["good"], "--against", results["bad"]).exit_code == 0
    noise = muwazi("gate", results["slightly"], "--against", results["good"])
    assert (noise.exit_code, "worse within chance" in noise.output) == (0, True)
    with pytest.raises(BadInput, match="METRIC=VALUE"):
        muwazi("gate", results["good"], "--min", "bleu")
    with pytest.raises(BadInput, match="chrf was not measured"):
        muwazi("gate", results["good"], "--min", "chrf=1")


def test_an_earlier_result_becomes_a_page_and_a_table(files: Path) -> None:
    saved = files / "saved.json"
    saved.write_text(muwazi("score", files / "good", "-r", files / "ref", "--json").output, encoding="utf-8")
    page = files / "new" / "page.html"
    rows = muwazi("report", saved, "--csv", "--html", page).stdout.splitlines()
    assert rows[0] == "corpus,system,line,document,source,reference,translation,bleu,chrf,chrf++,ter,findings"
    assert len(rows) == 41
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(BadInput, match="is not an evaluation"):
        muwazi("report", files / "ref")


def test_a_damaged_call_says_what_is_wrong(files: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        muwazi("score", files / "nothing", "-r", files / "ref")
    with pytest.raises(BadInput, match="as many different names"):
        muwazi("score", files / "good", files / "bad", "-r", files / "ref", "--name", "one")


def test_gold_sentences_are_split_and_scored(tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("وصل الوفد إلى طوكيو.\nثم غادر إلى سيول.\n", encoding="utf-8")
    assert "F1 100.0 %" in muwazi("split", gold).output


def test_help_and_scoring_load_no_model_library() -> None:
    code = (
        "import sys; import eval.cli, eval.score_cli, eval.run_cli, eval.gate_cli; from eval.score import score; "
        "score(['a'], ['b'], metrics=['bleu'], resamples=0); "
        "assert not {'torch', 'transformers', 'ctranslate2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
