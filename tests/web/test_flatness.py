"""What `benchmarks/memory.py` and `benchmarks/argos_model.py` do, on little."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / script), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the server does not tell its memory")
def test_each_way_follows_the_memory_of_one_process_and_prints_the_ratio() -> None:
    done = run("memory.py", "--articles", "4", "--beam", "1")
    assert done.returncode in {0, 1}, done.stderr  # So few articles are all warm-up.
    lines = [line for line in done.stdout.splitlines() if "ratio" in line]
    assert [line.partition(":")[0] for line in lines] == ["load", "translate", "library"]
    assert all(re.search(r": 4 articles in .* ratio \d\.\d{3} \((NOT FLAT|flat)\)", line) for line in lines)


def test_the_ratio_is_of_the_last_tenth_to_the_first_after_the_warm_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import runpy

    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    course = runpy.run_path(str(ROOT / "benchmarks" / "memory.py"))["Course"]
    followed = course((50.0,) * 4 + (100.0,) * 2 + (110.0,) * 12 + (103.0,) * 2)
    assert (followed.warm, followed.ratio) == (100.0, 1.03)
    assert followed.farthest == pytest.approx(0.1)


def test_a_model_of_ours_is_packed_as_argos_translate_reads_it(tmp_path: Path) -> None:
    splitter = tmp_path / "spacy-ar"
    (splitter / "vocab").mkdir(parents=True)
    (splitter / "vocab" / "strings.json").write_text("[]")
    made = tmp_path / "ar_en.argosmodel"
    done = run("argos_model.py", str(made), "--spacy", str(splitter))
    if "in two ways" in done.stderr:
        pytest.skip("the built-in model has a vocabulary for each language")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
        package = "translate-ar_en-1_0"
        about = json.loads(archive.read(f"{package}/metadata.json"))
        assert (about["from_code"], about["to_code"]) == ("ar", "en")
        assert {f"{package}/sentencepiece.model", f"{package}/model/model.bin"} <= names
        assert f"{package}/spacy/vocab/strings.json" in names
        # Its tokenizer writes no </s> after a source.
        assert json.loads(archive.read(f"{package}/model/config.json"))["add_source_eos"] is True
