"""Alignments and splitting on the same report as translations: terminal, JSON and back, CSV and HTML."""

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import evaluate
from eval.measures import from_json
from eval.report.gold import render
from translate.errors import BadInput

GOLD = "[0]:[0]\n[1]:[1, 2]\n[2]:[3]\n"
WRONG = "[0]:[0]\n[1]:[1]\n[2]:[2, 3]\n"  # One of three beads is right.
ATTACK = "<img src=x onerror=alert(1)>"


def muwazi(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name, ladders in {"gold": [GOLD] * 6, "made": [GOLD] * 5 + [WRONG]}.items():
        (tmp_path / name).mkdir()
        for number, ladder in enumerate(ladders):
            (tmp_path / name / f"doc{number}.ladder").write_text(ladder, encoding="utf-8")
    return tmp_path


def test_an_alignment_is_reported_as_json_and_csv_by_document(folders: Path) -> None:
    """16 of 18 beads are right: five documents of three, and one of three in the sixth."""
    data = json.loads(muwazi("align", folders / "gold", folders / "made", "--json").stdout)
    strict = data["measures"][0]
    assert strict["name"] == "strict"
    assert strict["scores"]["f1"] == pytest.approx(16 / 18)
    assert strict["interval"]["low"] < 16 / 18 < strict["interval"]["high"]
    assert [(m["unit"], m["missed"], m["text"]) for m in data["mistakes"]] == [
        ("doc5", False, "[1]:[1]"),
        ("doc5", True, "[1]:[1, 2]"),
        ("doc5", False, "[2]:[2, 3]"),
        ("doc5", True, "[2]:[3]"),
    ]
    rows = list(
        csv.DictReader(muwazi("align", folders / "gold", folders / "made", "--csv").stdout.splitlines())
    )
    assert len(rows) == 6 * 4
    assert [row["f1"] for row in rows if row["measure"] == "strict"] == ["1.000"] * 5 + ["0.333"]


def test_a_saved_report_comes_back_and_becomes_a_page(folders: Path) -> None:
    saved = folders / "saved.json"
    made = muwazi("align", folders / "gold", folders / "made", "--json").stdout
    saved.write_text(made, encoding="utf-8")
    again = muwazi("report", saved, "--json", "--html", folders / "page.html").stdout
    assert again == made
    page = (folders / "page.html").read_text(encoding="utf-8")
    for words in ("made against gold", "88.9", "doc5", "[1]:[1, 2]", "Worst documents"):
        assert words in page, words
    saved.write_text(made[:200], encoding="utf-8")
    with pytest.raises(BadInput, match="holds no measures"):
        muwazi("report", saved)


def test_mistakes_are_shown_as_far_as_wanted(folders: Path) -> None:
    shown = muwazi("align", folders / "gold", folders / "made", "--mistakes", 1).stdout
    assert shown.endswith("wrong   doc5  [1]:[1]\nand 3 more\n")
    assert "doc5" not in muwazi("align", folders / "gold", folders / "made", "--brief").stdout


def test_word_links_are_reported_by_sentence_pair(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"links": [[0, 3, 0, 4], [4, 8, 5, 9]]}\n', encoding="utf-8")
    (tmp_path / "made.jsonl").write_text('{"links": [[0, 3, 0, 4]]}\n', encoding="utf-8")
    arguments = ("align", "--words", tmp_path / "gold.jsonl", tmp_path / "made.jsonl")
    data = json.loads(muwazi(*arguments, "--json").stdout)
    assert data["unit"] == "sentence pair"
    assert data["measures"][0]["scores"]["recall"] == 0.5
    assert "AER 0.333" in muwazi(*arguments).stdout


def test_splitting_is_reported_by_text_with_what_went_wrong(tmp_path: Path) -> None:
    """The second text's gold wants an end that no splitter would see."""
    gold = tmp_path / "gold.txt"
    gold.write_text("وصل الوفد.\nثم غادر.\n\nوصل الوفد\nثم غادر.\n", encoding="utf-8")
    muwazi("split", gold, "--json", "--html", tmp_path / "page.html")
    data = json.loads(muwazi("split", gold, "--json").stdout)
    assert data["units"] == ["1", "2"]
    assert data["measures"][0]["scores"] == {"precision": 1, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert data["mistakes"] == [{"unit": "2", "missed": True, "text": "وصل الوفد⟂ ثم غادر."}]
    assert "lang=ar dir=rtl" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert muwazi("split", gold, "--csv").stdout.splitlines()[0].startswith("text,measure,predicted")


def saved(folder: Path, name: str, *arguments: object) -> Path:
    path = folder / f"{name}.json"
    path.write_text(muwazi(*arguments, "--json").stdout, encoding="utf-8")
    return path


def test_a_gate_takes_alignments_too_and_lets_noise_pass(folders: Path) -> None:
    """One document of six that got worse may be chance; eight of eight are not."""
    worse = folders / "worse"
    worse.mkdir()
    for name in ("gold", "made"):
        for number in (6, 7):
            (folders / name / f"doc{number}.ladder").write_text(GOLD, encoding="utf-8")
    for number in range(8):
        (worse / f"doc{number}.ladder").write_text(WRONG, encoding="utf-8")
    perfect = saved(folders, "perfect", "align", folders / "gold", folders / "gold")
    slightly = saved(folders, "slightly", "align", folders / "gold", folders / "made")
    bad = saved(folders, "bad", "align", folders / "gold", worse)
    assert muwazi("gate", slightly, "--min", "strict=0.9", "--min", "lax.recall=1").exit_code == 0
    low = muwazi("gate", slightly, "--min", "strict=0.95")
    assert (low.exit_code, "strict F1 0.917, at least 0.95" in low.output) == (1, True)
    noise = muwazi("gate", slightly, "--against", perfect)
    assert (noise.exit_code, "worse within chance" in noise.output) == (0, True)
    assert muwazi("gate", perfect, "--against", bad).exit_code == 0
    lost = muwazi("gate", bad, "--against", perfect)
    assert (lost.exit_code, "strict: F1 -0.667 over 8 documents, significantly worse" in lost.output) == (
        1,
        True,
    )
    with pytest.raises(BadInput, match="bleu was not measured; there are strict, lax, nulls, pairs"):
        muwazi("gate", bad, "--min", "bleu=20")


def test_a_gate_takes_splitting_and_refuses_what_does_not_compare(folders: Path) -> None:
    gold = folders / "gold.txt"
    gold.write_text("وصل الوفد.\nثم غادر.\n\nوصل الوفد\nثم غادر.\n", encoding="utf-8")
    split = saved(folders, "split", "split", gold)
    assert muwazi("gate", split, "--min", "ends=0.6", "--against", split).exit_code == 0
    assert muwazi("gate", split, "--min", "ends.recall=0.6").exit_code == 1
    align = saved(folders, "align", "align", folders / "gold", folders / "made")
    with pytest.raises(BadInput, match="one has 2 texts and ends, the other 6 documents"):
        muwazi("gate", split, "--against", align)
    data = json.loads(align.read_text(encoding="utf-8"))
    data["measures"][0]["units"][0]["wanted"] += 1
    other = folders / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BadInput, match="different gold"):
        muwazi("gate", align, "--against", other)
    other.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="holds no measures"):
        muwazi("gate", align, "--against", other)


def test_names_of_files_never_become_markup(folders: Path) -> None:
    saved = folders / "saved.json"
    made = muwazi("align", folders / "gold", folders / "made", "--json").stdout
    saved.write_text(made.replace("doc5", ATTACK), encoding="utf-8")
    page = render(from_json(saved))
    assert ATTACK not in page
    assert "<img" not in page


def test_with_less_than_six_documents_no_loss_is_significant(tmp_path: Path) -> None:
    """Five documents that all got worse may be chance (p = 2 of 32); six may not."""
    for name, ladder in {"gold": GOLD, "worse": WRONG}.items():
        (tmp_path / name).mkdir()
        for number in range(6):
            (tmp_path / name / f"doc{number}.ladder").write_text(ladder, encoding="utf-8")
    codes = {}
    for count in (6, 5, 1):
        for number in range(count, 6):
            for name in ("gold", "worse"):
                (tmp_path / name / f"doc{number}.ladder").unlink(missing_ok=True)
        before = saved(tmp_path, f"before{count}", "align", tmp_path / "gold", tmp_path / "gold")
        now = saved(tmp_path, f"now{count}", "align", tmp_path / "gold", tmp_path / "worse")
        codes[count] = muwazi("gate", now, "--against", before).exit_code
    assert codes == {6: 1, 5: 0, 1: 0}


def test_the_share_of_chances_that_equal_a_loss_counts(tmp_path: Path) -> None:
    """At a level of 0.1 five documents could be enough: by coins they give the same loss in 2 of 32."""
    for name, ladder in {"gold": GOLD, "worse": WRONG}.items():
        (tmp_path / name).mkdir()
        for number in range(5):
            (tmp_path / name / f"doc{number}.ladder").write_text(ladder, encoding="utf-8")
    before = saved(tmp_path, "before", "align", tmp_path / "gold", tmp_path / "gold")
    now = saved(tmp_path, "now", "align", tmp_path / "gold", tmp_path / "worse")
    shown = muwazi("gate", now, "--against", before, "--level", 0.1)
    assert re.search(r"strict: F1 -0\.667 .* and 0\.06\d\)", shown.output)


def test_empty_gold_is_nothing_to_score(tmp_path: Path) -> None:
    (tmp_path / "e").write_text("", encoding="utf-8")
    (tmp_path / "e.jsonl").write_text('{"links": []}\n', encoding="utf-8")
    with pytest.raises(BadInput, match="e is empty: there is nothing to score"):
        muwazi("align", tmp_path / "e", tmp_path / "e")
    with pytest.raises(BadInput, match=r"e\.jsonl is empty: there is nothing to score"):
        muwazi("align", "--words", tmp_path / "e.jsonl", tmp_path / "e.jsonl")


def test_an_alignment_of_other_sentences_is_named(folders: Path) -> None:
    (folders / "made" / "doc3.ladder").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match=r"doc3\.ladder: Gold covers \(3, 4\)"):
        muwazi("align", folders / "gold", folders / "made")


def test_only_a_line_feed_ends_a_line_of_word_links(tmp_path: Path) -> None:
    entry = {"source": "نعم\u2028لا", "links": [[0, 3, 0, 4]]}
    path = tmp_path / "gold.jsonl"
    path.write_text(f"\ufeff{json.dumps(entry, ensure_ascii=False)}\n", encoding="utf-8")
    assert "F1 1.000" in muwazi("align", "--words", path, path).stdout


def test_what_is_no_text_is_refused(folders: Path) -> None:
    (folders / "bad").write_bytes(b"\xff\xfe")
    ladder = folders / "gold" / "doc0.ladder"
    with pytest.raises(BadInput, match="bad is not UTF-8"):
        muwazi("align", folders / "bad", ladder)
    with pytest.raises(BadInput, match="gold cannot be read: Is a directory"):
        muwazi("align", "--words", folders / "gold", folders / "gold")
