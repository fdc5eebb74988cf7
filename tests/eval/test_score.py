"""sacreBLEU is the oracle: its command and its own significance module."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from eval.metrics import Bleu, Chrf, metric, statistics
from eval.score import compare, default_metrics, score, segment_scores
from eval.significance import randomise, resample, weighted
from translate.errors import BadInput

REFERENCES = [
    line
    for path in sorted((Path(__file__).parents[2] / "seeds" / "references").glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line.strip()
]


SHORT = [line for line in REFERENCES if len(line.split()) < 25][:30]  # sacreBLEU's own TER takes its time.


def worsen(lines: list[str], share: float, seed: int) -> list[str]:
    """Drop, move and repeat words of real sentences, as weak systems do."""
    chance = random.Random(seed)
    worse = []
    for line in lines:
        words = [word for word in line.split() if chance.random() > share]
        for _ in range(int(len(words) * share)):
            words.insert(chance.randrange(len(words)), words.pop(chance.randrange(len(words))))
        worse.append(" ".join(words))
    return worse


GOOD = worsen(REFERENCES, 0.1, seed=1)
BAD = worsen(REFERENCES, 0.4, seed=2)
OTHER = worsen(REFERENCES, 0.2, seed=3)
SHORT_BAD, SHORT_OTHER = worsen(SHORT, 0.4, seed=2), worsen(SHORT, 0.2, seed=3)


def sacrebleu_command(folder: Path, hypotheses: list[str], *references: list[str], options: str) -> object:
    paths = []
    for number, lines in enumerate([hypotheses, *references]):
        path = folder / f"{number}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(str(path))
    command = [sys.executable, "-m", "sacrebleu", *paths[1:], "-i", paths[0], *options.split()]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


@pytest.mark.parametrize("options", ["-m bleu", "-m chrf", "-m chrf --chrf-word-order 2", "-m ter"])
@pytest.mark.parametrize("references", [[SHORT], [SHORT, SHORT_OTHER]], ids=["one", "two"])
def test_scores_and_signatures_are_those_of_the_sacrebleu_command(
    tmp_path: Path, options: str, references: list[list[str]]
) -> None:
    key = options.split()[1] + ("++" if "word-order" in options else "")
    theirs = sacrebleu_command(tmp_path, SHORT_BAD, *references, options=f"{options} -w 12")
    (ours,) = score(SHORT_BAD, *references, metrics=[key], resamples=0)
    assert isinstance(theirs, dict)
    assert round(ours.value, 12) == theirs["score"]
    assert ours.signature == theirs["signature"]


def test_every_printed_digit_is_that_of_the_sacrebleu_command(tmp_path: Path) -> None:
    """Its lines as people publish them: three references, all four metrics, with signatures."""
    sets = [SHORT, SHORT_OTHER, worsen(SHORT, 0.1, seed=5)]
    paths = []
    for number, lines in enumerate([SHORT_BAD, *sets]):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", *map(str, paths[1:]), "-i", str(paths[0]), "-f", "text"]
    printed = []
    for options in ("-m bleu chrf ter", "-m chrf --chrf-word-order 2"):
        done = subprocess.run(
            [*command, *options.split(), "-w", "4"], capture_output=True, check=True, text=True
        )
        printed += [line.strip().rstrip(",") for line in done.stdout.splitlines()]
    ours = score(SHORT_BAD, *sets, metrics=["bleu", "chrf", "ter", "chrf++"], resamples=0)
    names = {"chrF": "chrF2", "chrF++": "chrF2++"}
    wanted = [f"{names.get(one.metric, one.metric)}|{one.signature} = {one.value:.4f}" for one in ours]
    # After BLEU's score come its precisions and lengths.
    assert [line[: len(want)] for line, want in zip(printed, wanted, strict=True)] == wanted


@pytest.mark.parametrize("options", ["-m bleu", "-m chrf", "-m ter"])
def test_intervals_are_those_of_the_sacrebleu_command(tmp_path: Path, options: str) -> None:
    """Its resamples are summed in 32-bit floats, so the third decimal is as far as they can agree."""
    theirs = sacrebleu_command(tmp_path, SHORT_BAD, SHORT, options=f"{options} -w 3 --confidence")
    (ours,) = score(SHORT_BAD, SHORT, metrics=[options.split()[1]])
    assert isinstance(theirs, dict)
    assert ours.interval is not None
    assert ours.interval.mean == pytest.approx(theirs["confidence_mean"], abs=0.0011)
    assert ours.interval.half == pytest.approx(theirs["confidence_var"], abs=0.0011)
    assert ours.signature == theirs["signature"]


@pytest.mark.parametrize("test_type", ["bs", "ar"])
def test_p_values_are_those_of_sacrebleu(test_type: str) -> None:
    close = worsen(REFERENCES, 0.1, seed=4)
    metrics = {"BLEU": BLEU(references=[REFERENCES]), "chrF2": CHRF(references=[REFERENCES])}
    theirs = PairedTest([("a", GOOD), ("b", close)], metrics, None, test_type=test_type, n_samples=1000)()[1]
    ours = compare({"a": GOOD, "b": close}, [REFERENCES], metrics=["bleu", "chrf"], trials=1000).paired
    for paired, name in zip(ours, ["BLEU", "chrF2"], strict=True):
        p = paired.bootstrap_p if test_type == "bs" else paired.randomisation_p
        assert p == pytest.approx(theirs[name][1].p_value, abs=1e-3)


def test_segment_scores_are_those_of_sacrebleu() -> None:
    lines = [*SHORT_BAD[:20], "", "Tokyo", "a b", SHORT[3]]
    references = [*SHORT[:20], "Tokyo", "Tokyo", "a c", SHORT[3]]
    ours = segment_scores(statistics(["bleu", "chrf", "chrf++", "ter"], lines, [references]))
    oracles = {"bleu": BLEU(effective_order=True), "chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER()}
    for key, oracle in oracles.items():
        theirs = [oracle.sentence_score(h, [r]).score for h, r in zip(lines, references, strict=True)]
        assert ours[key] == pytest.approx(theirs, abs=1e-9), key


def test_a_perfect_translation_scores_100_and_ter_0() -> None:
    values = {s.metric: s.value for s in score(REFERENCES, REFERENCES, resamples=0)}
    assert values["BLEU"] == pytest.approx(100)
    assert values["chrF"] == pytest.approx(100)
    assert values["TER"] == 0


def test_bleu_by_hand() -> None:
    """5 of 6 words, 3 of 5 pairs, 1 of 4 triples, no quadruple (½ of 3): (5/6·3/5·1/4·1/6)^¼ = 0.3799."""
    (bleu,) = score(["the cat sat on the mat"], ["the cat is on the mat"], metrics=["bleu"], resamples=0)
    assert bleu.value == pytest.approx(100 * (5 / 6 * 3 / 5 * 1 / 4 * 1 / 6) ** 0.25)


def test_blocks_draw_the_same_random_numbers_as_one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = statistics(["bleu"], BAD, [REFERENCES])["bleu"]
    others = statistics(["bleu"], GOOD, [REFERENCES])["bleu"]
    whole, shuffled = resample(rows, resamples=100), randomise(rows, others, trials=100)
    monkeypatch.setattr("eval.significance._BLOCK_CELLS", 1)
    assert np.array_equal(resample(rows, resamples=100), whole)
    assert np.array_equal(randomise(rows, others, trials=100)[0], shuffled[0])


def test_sums_in_single_precision_are_exact_and_fractions_are_not_rounded() -> None:
    chance = np.random.default_rng(1)
    weights = chance.integers(9, size=(3, 10_000)).astype(np.float32)
    for rows in (
        chance.integers(200, size=(10_000, 2)).astype(float),
        chance.integers(9, size=(10_000, 2)) * 1e6,
    ):
        assert np.array_equal(weighted(weights, rows), weights.astype(float) @ rows)
    thirds = np.full((10_000, 1), 1 / 3)
    assert weighted(weights, thirds) == pytest.approx(
        weights.sum(axis=1, dtype=float)[:, None] / 3, rel=1e-12
    )


def test_processes_count_what_one_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = statistics(["bleu", "chrf", "chrf++"], BAD, [REFERENCES])
    monkeypatch.setattr("eval.metrics._PARALLEL_FROM", 0)
    monkeypatch.setattr("eval.metrics._CHUNK", 20)
    shared = statistics(["bleu", "chrf", "chrf++"], BAD, [REFERENCES])
    assert all(np.array_equal(alone[key], shared[key]) for key in alone)


def test_vectorised_formulas_agree_with_the_corpus_score() -> None:
    for key in ("bleu", "chrf", "chrf++", "ter"):
        rows = statistics([key], BAD, [REFERENCES])[key]
        assert metric(key).values(rows.sum(axis=0, keepdims=True))[0] == pytest.approx(
            metric(key).corpus(rows), abs=1e-9
        )


def test_a_clearly_worse_system_is_significant_and_the_same_system_is_not() -> None:
    found = compare({"good": GOOD, "bad": BAD, "same": GOOD}, [REFERENCES], metrics=["chrf"], trials=1000)
    worse, same = found.paired
    assert worse.difference < 0
    assert worse.significant()
    assert same.difference == 0
    assert not same.significant()


def test_a_score_says_its_scale_direction_and_source() -> None:
    ter = score(BAD, REFERENCES, metrics=["ter"], resamples=0)[0]
    assert (ter.direction, ter.scale) == ("lower is better", (0, float("inf")))
    assert "Snover" in ter.source
    assert str(ter).startswith(f"TER {ter.value:.1f} (nrefs:1|")


def test_ter_is_left_out_of_very_large_inputs_only() -> None:
    assert "ter" in default_metrics(1_000)
    assert "ter" not in default_metrics(100_000)


@pytest.mark.parametrize(
    ("hypotheses", "references", "words"),
    [
        (["a"], ["a", "b"], "has 1 lines, but the reference has 2"),
        ([], [], "nothing to score"),
        ("a string", ["a"], "one string"),
    ],
)
def test_what_cannot_be_scored_is_refused(hypotheses: list[str], references: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        score(hypotheses, references)


def test_an_unknown_metric_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"'meteor'.*bleu, chrf, chrf\+\+, ter"):
        score(["a"], ["a"], metrics=["meteor"])


def test_metrics_are_found_in_any_case() -> None:
    assert metric("BLEU") == Bleu()
    assert metric("chrF") == Chrf()
