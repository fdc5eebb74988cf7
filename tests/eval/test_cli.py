import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import COMMANDS, evaluate
from eval.output import all_to_json
from eval.translation import Corpus, System
from eval.translation import evaluate as evaluate_systems
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


def two_sets(folder: Path, first: list[str], second: list[str]) -> Path:
    """What `eval run` prints of two test sets, a and b, translated by mt."""
    made = [
        evaluate_systems(Corpus(name, (tuple(REFERENCE),)), [System("mt", tuple(lines))], metrics=["bleu"])
        for name, lines in (("a", first), ("b", second))
    ]
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_text(all_to_json(made), encoding="utf-8")
    return path


def test_a_gate_asks_every_test_set_of_a_run(files: Path) -> None:
    """The first of the two is bad: it counts although the last one is good."""
    worse = two_sets(files, BAD, GOOD)
    before = two_sets(files, GOOD, GOOD)
    low = muwazi("gate", worse, "--min", "bleu=60")
    assert low.exit_code == 1
    assert [line[:14] for line in low.output.splitlines()] == ["FAILED  a, mt:", "passed  b, mt:"]
    lost = muwazi("gate", worse, "--against", before)
    assert lost.exit_code == 1
    assert [line[:14] for line in lost.output.splitlines()] == ["FAILED  a, mt:", "passed  b, mt:"]
    assert muwazi("gate", before, "--min", "bleu=60", "--against", worse).exit_code == 0


def test_several_test_sets_become_one_report_again(files: Path) -> None:
    saved = two_sets(files, GOOD, BAD)
    shown = muwazi("report", saved, "--json", "--html", files / "page.html").stdout
    assert shown == saved.read_text(encoding="utf-8")
    assert "a: 40 lines" in muwazi("report", saved).output
    assert "b: 40 lines" in muwazi("report", saved).output


def test_a_gate_names_a_test_set_that_was_not_evaluated_before(files: Path) -> None:
    both = two_sets(files, GOOD, GOOD)
    alone = files / "alone.json"
    alone.write_text(
        json.dumps(json.loads(both.read_text(encoding="utf-8"))[0], ensure_ascii=False), encoding="utf-8"
    )
    assert muwazi("gate", alone, "--against", both).exit_code == 0
    with pytest.raises(BadInput, match="test set b was not evaluated before; there were a"):
        muwazi("gate", both, "--against", alone)


def errors_counted_elsewhere(files: Path, name: str, least: float) -> Path:
    """A saved evaluation with MetricX from ``least`` up, where less is better."""
    (files / f"{name}.x").write_text("".join(f"{least + n / 40}\n" for n in range(40)), encoding="utf-8")
    arguments = ("score", files / "good", "-r", files / "ref", "--name", "mt", "--metric", "bleu", "--json")
    shown = muwazi(*arguments, f"--external=MetricX={files / name}.x", "--lower-is-better", "MetricX")
    path = files / f"{name}.json"
    path.write_text(shown.output, encoding="utf-8")
    return path


def test_external_errors_stay_errors_in_gates_and_reports(files: Path) -> None:
    old, new = errors_counted_elsewhere(files, "old", 1), errors_counted_elsewhere(files, "new", 8)
    assert muwazi("gate", new, "--against", old).exit_code == 1
    assert muwazi("gate", old, "--against", new).exit_code == 0
    assert muwazi("gate", old, "--min", "metricx=3").exit_code == 0
    assert muwazi("gate", new, "--min", "metricx=3").exit_code == 1
    assert "MetricX ↓" in muwazi("report", new).output


def test_scores_of_a_small_scale_are_printed_to_four_decimals(files: Path) -> None:
    for name, value in (("good", 0.852), ("bad", 0.833)):
        (files / f"{name}.comet").write_text(f"{value}\n" * 40, encoding="utf-8")
    external = [f"--external=COMET={files / name}.comet" for name in ("good", "bad")]
    page = files / "page.html"
    shown = muwazi(
        *("score", files / "good", files / "bad", "-r", files / "ref", "--metric", "bleu", "--html", page),
        *external,
    ).output
    assert "0.8520 ±0.0000" in shown
    assert "-0.0190" in shown
    assert re.search(r"^good +\d\d\.\d ±", shown, re.M)
    drawn = page.read_text(encoding="utf-8")
    assert drawn.count("0.8520") == 3  # On the card, beside the bar, and in its label for screen readers.
    assert "by 0.0190 COMET" in drawn
    saved = files / "saved.json"
    saved.write_text(
        muwazi(
            *("score", files / "bad", "-r", files / "ref", "--metric", "bleu", "--json"), external[1]
        ).output,
        encoding="utf-8",
    )
    assert "COMET 0.8330, at least 0.84 wanted" in muwazi("gate", saved, "--min", "comet=0.84").output


def test_external_scores_of_large_values_are_printed_to_one_decimal(files: Path) -> None:
    (files / "large.x").write_text("85.25\n" * 40, encoding="utf-8")
    shown = muwazi("score", files / "good", "-r", files / "ref", f"--external=COMET={files}/large.x").output
    assert "85.2 ±0.0" in shown


@pytest.mark.parametrize(
    ("name", "scores", "words"),
    [("bleu", "0.5\n" * 40, "needs? another name"), ("COMET", "nan\n" * 40, "line 1: 'nan' is no finite")],
)
def test_external_scores_that_cannot_be_are_refused(files: Path, name: str, scores: str, words: str) -> None:
    (files / "x").write_text(scores, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        muwazi("score", files / "good", "-r", files / "ref", f"--external={name}={files / 'x'}")


def test_a_difference_over_less_than_six_lines_is_never_significant(files: Path) -> None:
    for name in ("good", "bad", "ref"):
        lines = (files / name).read_text(encoding="utf-8").splitlines()
        (files / f"{name}5").write_text("\n".join(lines[:5]), encoding="utf-8")
        (files / f"{name}6").write_text("\n".join(lines[:6]), encoding="utf-8")
    shown = {}
    for count in (5, 6):
        pair = [files / f"{name}{count}" for name in ("good", "bad")]
        shown[count] = muwazi("score", *pair, "-r", files / f"ref{count}", "--metric", "chrf").output
    assert "5 lines are too few for a difference to be significant." in shown[5]
    assert ("significant\n" in shown[5], "significant\n" in shown[6]) == (False, True)
    saved = []
    for name in ("good5", "bad5"):
        arguments = ("score", files / name, "-r", files / "ref5", "--name", "mt", "--metric", "chrf")
        saved.append(files / f"{name}.json")
        saved[-1].write_text(muwazi(*arguments, "--json").output, encoding="utf-8")
    noise = muwazi("gate", saved[1], "--against", saved[0])
    assert (noise.exit_code, "worse within chance, for 5 are too few to tell" in noise.output) == (0, True)


@pytest.mark.parametrize(
    "content", ['{"format": "muwazi-evaluation-1"}', '[{"format": "muwazi-evaluation-1", "corpus": []}]']
)
def test_a_damaged_evaluation_is_called_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(content, encoding="utf-8")
    for command in (("report", path), ("gate", path, "--min", "bleu=1")):
        with pytest.raises(BadInput, match="is a damaged evaluation"):
            muwazi(*command)
