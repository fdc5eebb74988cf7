"""Estimates without references: signals that can be checked by hand, and fits of which the answer is known."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from eval.cli import evaluate
from eval.quality import Quality, fit, load
from eval.signals import FROM_TEXT, SIGNALS, Reader, Rows, observe
from translate.engine import load_engine
from translate.errors import BadInput
from translate.models import builtin_folder, choose
from translate.settings import load_settings

SOURCE = "وصل الوفد الياباني إلى طوكيو يوم الاثنين."
GOOD = "The Japanese delegation arrived in Tokyo on Monday."
with_model = pytest.mark.skipif(
    not (builtin_folder() / "muwazi.json").is_file(), reason="the built-in model is not in this checkout"
)


def rows_of(*log_probabilities: float) -> Rows:
    """Lines that differ in the first signal alone."""
    rows = np.zeros((len(log_probabilities), len(SIGNALS)))
    rows[:, 0] = log_probabilities
    return rows


def learned(lines: int = 100) -> tuple[Quality, Rows, list[float]]:
    """ChrF is 60 + 20 × log-probability by construction; ten documents, two sets."""
    rows = rows_of(*(-(n % 10) / 5 for n in range(lines)))
    chrf = [60 + 20 * value for value in rows[:, 0]]
    documents = [str(n // 10) for n in range(lines)]
    sets = ["news" if n < lines / 2 else "talks" for n in range(lines)]
    return fit(rows, chrf, documents, sets=sets, model="m@1"), rows, chrf


def muwazi(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments], catch_exceptions=False)


def test_what_depends_on_a_signal_alone_is_learned_and_carries_over_to_other_sets() -> None:
    found, rows, chrf = learned()
    agreement = found.full.agreement
    assert agreement.pearson > 0.99
    assert agreement.spearman > 0.99
    assert agreement.error < 0.2 * agreement.blind_error
    assert min(found.between_sets.values()) > 0.99
    assert found.full.estimator.estimate(rows) == pytest.approx(chrf, abs=2.5)


def test_chance_agrees_with_nothing() -> None:
    """Estimates are judged on documents that were not fitted on, so noise earns no correlation."""
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(200, len(SIGNALS)))
    documents = [str(n // 10) for n in range(200)]
    found = fit(rows, (chance.normal(size=200) * 10 + 30).tolist(), documents, sets=["news"] * 200)
    agreement = found.full.agreement
    low, high = agreement.interval
    assert abs(agreement.pearson) < 0.25
    assert low < agreement.pearson < high
    assert agreement.error > 0.9 * agreement.blind_error
    assert found.between_sets == {}


def test_a_fit_is_read_again_as_it_was(tmp_path: Path) -> None:
    found, _, _ = learned()
    found.save(tmp_path / "fit.json")
    assert load(tmp_path / "fit.json") == found


def test_other_files_and_fits_of_other_signals_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="not a quality estimate"):
        load(path)
    found, _, _ = learned()
    estimator = replace(found.full.estimator, signals=("luck", *SIGNALS[1:]))
    replace(found, full=replace(found.full, estimator=estimator)).save(path)
    with pytest.raises(BadInput, match="other signals"):
        load(path)
    with pytest.raises(BadInput, match="too few"):
        fit(rows_of(-1, -2), [1, 2], ["a", "b"], sets=["news"] * 2)


def test_a_faithful_translation_renders_more_words_than_another_text() -> None:
    good, other, copied = observe(
        [SOURCE] * 3, [GOOD, "Snow closed several mountain roads for two days.", SOURCE]
    )
    for name in ("source words rendered", "words with a source", "likeness by word table"):
        place = FROM_TEXT.index(name)
        assert good[place] > other[place], name
    assert good[FROM_TEXT.index("source words rendered")] > 0.5
    assert copied[FROM_TEXT.index("words copied")] == 1


def test_lines_without_words_have_signals_too() -> None:
    rows = observe(["", "…", SOURCE], ["", "—", ""])
    assert rows.shape == (3, len(FROM_TEXT))
    assert np.isfinite(rows).all()


def test_the_fit_in_the_box_is_sound_and_says_how_far_it_reaches() -> None:
    found = load()
    assert found.lines >= 500
    assert 0.2 < found.full.agreement.pearson < 0.95
    assert found.full.agreement.pearson > found.log_probability_alone
    values = found.text_only.estimator.estimate(
        observe([SOURCE] * 2, [GOOD, "Snow closed several mountain roads for two days."])
    )
    assert values[0] > values[1]


@with_model
def test_the_model_finds_its_own_words_likelier_than_others_and_looks_at_the_source() -> None:
    settings = load_settings({}, None, model="builtin", threads=1, beam=1)
    model = choose("builtin", folder=settings.models)
    reader = Reader(model, load_engine(model, settings))
    own = "".join(t.text for t in _translator(reader).translate([SOURCE]))
    pairs = [(SOURCE, own), (SOURCE, "Snow closed several mountain roads for two days."), (SOURCE, "")]
    mine, other, nothing = list(reader.look(pairs))
    assert mine is not None
    assert other is not None
    assert nothing is None
    signals = dict(zip(SIGNALS, mine, strict=False))
    assert mine[0] > other[0]
    assert signals["least likely piece"] <= signals["log-probability"] <= 0
    for name in ("unlikely pieces", "attention spread", "attention on the end", "source pieces looked at"):
        assert 0 <= signals[name] <= 1, name


def _translator(reader: Reader):  # type: ignore[no-untyped-def]
    from translate.translator import MarianTranslator

    return MarianTranslator(reader.model, reader.engine, load_settings({}, None, model="builtin", beam=1))


@with_model
def test_a_fit_is_made_and_used_from_the_command_line(tmp_path: Path) -> None:
    """Sixty short lines: enough to run every step, far too few to say anything."""
    names = ["الوفد", "الرئيس", "الوزير", "الجيش", "البنك", "الفريق"]
    lines = [f"وصل {name} إلى المدينة رقم {n}." for n in range(10) for name in names]
    (tmp_path / "t.ar").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "t.en").write_text("".join(f"They reached city {n}.\n" for n in range(60)), encoding="utf-8")
    out = tmp_path / "fit.json"
    place = ("--cache", tmp_path / "cache", "--threads", 1)
    shown = muwazi("fit", tmp_path / "t", "--model", "builtin", *place, "-o", out).output
    assert "60 lines in 6 documents of t" in shown
    assert re.search(r"all signals +-?0\.\d\d", shown)
    (tmp_path / "x.en").write_text(f"{GOOD}\nNo.\n", encoding="utf-8")
    (tmp_path / "x.ar").write_text(f"{SOURCE}\nلا.\n", encoding="utf-8")
    used = muwazi("quality", tmp_path / "x.en", "--source", tmp_path / "x.ar", "--with", out)
    assert [line.split("\t")[2] for line in used.stdout.splitlines()] == [GOOD, "No."]
    assert "Pearson" in used.stderr


def test_estimates_from_the_texts_alone_need_no_model(tmp_path: Path) -> None:
    found, _, _ = learned()
    found.save(tmp_path / "fit.json")
    entry = {"source": SOURCE, "translation": GOOD}
    (tmp_path / "x.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    used = muwazi("quality", tmp_path / "x.jsonl", "--with", tmp_path / "fit.json", "--no-model", "--json")
    (line,) = used.stdout.splitlines()
    assert json.loads(line)["translation"] == GOOD
    (tmp_path / "two.txt").write_text("a\nb\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"1 source lines and .* 2 translations"):
        muwazi("quality", tmp_path / "two.txt", "-s", tmp_path / "x.jsonl", "--with", tmp_path / "fit.json")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", f"{GOOD}\nNo.\n"),
        ("x.tsv", f"text\n{GOOD}\n"),
        ("x.jsonl", json.dumps({"text": GOOD}) + "\n"),
    ],
)
def test_a_file_is_not_judged_against_itself(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"holds translations alone: .* --source"):
        muwazi("quality", tmp_path / name, "--no-model")


def test_a_source_that_is_not_arabic_is_not_judged_by(tmp_path: Path) -> None:
    (tmp_path / "x.en").write_text(f"{GOOD}\n", encoding="utf-8")
    (tmp_path / "y.en").write_text("Another sentence in English.\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"y\.en is not Arabic: line 1 is 'Another"):
        muwazi("quality", tmp_path / "x.en", "--source", tmp_path / "y.en", "--no-model")
