"""The command as people and programs call it, with the real model."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "seeds" / "004_779c7c9213db5729.txt"
SHORT = "عنوان الخبر\n\nقال الوزير إن القمة ستعقد غدا.  وأضاف أن الوفد وصل.\n\n\nانتهى الاجتماع أمس.\n"


def muwazi(*arguments: str | Path, stdin: str | bytes | None = None) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, ROOT / "muwazi.py", *map(str, arguments)],
        input=data,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def translate(*arguments: str | Path, stdin: str | bytes | None = None) -> subprocess.CompletedProcess[str]:
    return muwazi("translate", "--model", "builtin", "--beam", "1", *arguments, stdin=stdin)


def test_text_keeps_paragraphs_and_blank_lines() -> None:
    done = translate("-", stdin=SHORT)
    assert done.returncode == 0, done.stderr
    shape = [bool(line.strip()) for line in done.stdout.rstrip("\n").split("\n")]
    assert shape == [bool(line.strip()) for line in SHORT.rstrip("\n").split("\n")]
    assert done.stderr.startswith("muwazi: translated by builtin@")
    assert done.stderr.count("\n") == 1


def test_json_carries_offsets_kinds_scores_warnings_and_model() -> None:
    done = translate(SEED, "--format", "json")
    assert done.returncode == 0, done.stderr
    article = json.loads(done.stdout)
    body = SEED.read_text(encoding="utf-8")
    assert article["model"].startswith("builtin@")
    assert len(article["segments"]) > 20
    for segment in article["segments"]:
        assert set(segment) == {
            "text",
            "start",
            "end",
            "paragraph",
            "kind",
            "translation",
            "score",
            "warnings",
        }
        assert body[segment["start"] : segment["end"]] == segment["text"]
        assert segment["kind"] in {"body", "heading", "furniture"}
        assert (segment["translation"] is None) == (segment["kind"] == "furniture")


def test_several_inputs_make_a_list_and_a_folder_is_several(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SHORT, encoding="utf-8")
    (tmp_path / "b.html").write_text(
        f"<html><body><article><p>{SHORT}</p></article></body></html>", encoding="utf-8"
    )
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7")
    listed = json.loads(translate(tmp_path, "--format", "json").stdout)
    assert [Path(article["id"]).stem for article in listed] == ["a", "b"]
    lines = translate(tmp_path, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == listed


@pytest.mark.parametrize("form", ["tsv", "html", "md"])
def test_other_forms_show_both_sides_and_the_model(form: str) -> None:
    done = translate("-", "--format", form, stdin=SHORT)
    assert done.returncode == 0, done.stderr
    assert "انتهى الاجتماع أمس." in done.stdout
    assert "builtin@" in done.stdout


def test_markup_in_the_source_is_text_in_the_page() -> None:
    done = translate(
        "-", "--format", "html", stdin="قال <script>alert(1)</script> الوزير إن القمة ستعقد غدا.\n"
    )
    assert "<script>" not in done.stdout
    assert "&lt;script&gt;" in done.stdout


def test_a_tab_in_the_source_stays_one_cell() -> None:
    done = translate("-", "--format", "tsv", stdin="قال الوزير\tإن القمة ستعقد غدا.\n")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {len(row) for row in rows} == {10}
    assert rows[1][5] == "قال الوزير\\tإن القمة ستعقد غدا."


def test_output_goes_to_a_file_or_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(SHORT, encoding="utf-8")
    assert translate(source, "-o", tmp_path / "new" / "a.en.txt").stdout == ""
    assert (tmp_path / "new" / "a.en.txt").read_text(encoding="utf-8").count("\n\n") == 2
    translate(source, "--format", "json", "-o", f"{tmp_path / 'folder'}{os.sep}")
    assert json.loads((tmp_path / "folder" / "a.json").read_text(encoding="utf-8"))["id"]
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("output", ["articles", "articles/a.txt", "link", "./articles/../articles"])
def test_no_input_is_overwritten(tmp_path: Path, output: str) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    (folder / "a.txt").write_text(SHORT, encoding="utf-8")
    done = translate(folder, "-o", tmp_path / output)
    assert done.returncode == 1
    assert "is one of the inputs" in done.stderr
    assert (folder / "a.txt").read_text(encoding="utf-8") == SHORT
    assert translate(folder, "--format", "json", "-o", tmp_path / "articles").returncode == 0


def test_a_name_with_dots_stays_whole_and_two_of_one_name_are_numbered(tmp_path: Path) -> None:
    for name in ("2024.05.12.txt", "2024.05.13.txt", "2024.05.13.html"):
        (tmp_path / name).write_text("قال الوزير إن القمة ستعقد غدا.", encoding="utf-8")
    assert translate(tmp_path, "-o", f"{tmp_path / 'out'}{os.sep}").returncode == 0
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["2024.05.12.txt", "2024.05.13-2.txt", "2024.05.13.txt"]


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = translate("--model", "no-such-model", "-o", tmp_path / "file" / "out.txt", stdin=SHORT)
    assert done.returncode == 1
    assert "Cannot write" in done.stderr


@pytest.mark.parametrize("ending", [os.sep, ""])
def test_where_every_input_failed_nothing_is_written(tmp_path: Path, ending: str) -> None:
    (tmp_path / "empty.txt").write_text("")
    done = translate(tmp_path / "empty.txt", "-o", f"{tmp_path / 'out'}{ending}")
    assert done.returncode == 1
    assert "There is no text here" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("out/*"))
    assert not (tmp_path / "out").is_file()


def test_a_dash_is_standard_output() -> None:
    done = translate("-", "-o", "-", stdin="قال الوزير إن القمة ستعقد غدا.")
    assert "minister" in done.stdout.lower()
    assert not (ROOT / "-").exists()


def test_what_the_text_form_leaves_out_is_counted() -> None:
    text = f"{SHORT}\nجميع الحقوق محفوظة © 2024\n"
    assert "1 of 5 segments look like page furniture" in translate("-", stdin=text).stderr
    assert "furniture" not in translate("-", "--format", "json", stdin=text).stderr


def test_furniture_is_translated_on_request() -> None:
    line = "جميع الحقوق محفوظة © 2024"
    text = SHORT + "\n" + line + "\n"
    skipped = json.loads(translate("-", "--format", "json", stdin=text).stdout)["segments"][-1]
    kept = json.loads(translate("-", "--format", "json", "--furniture", "keep", stdin=text).stdout)[
        "segments"
    ][-1]
    assert skipped["kind"] == kept["kind"] == "furniture"
    assert skipped["translation"] is None
    assert kept["translation"]


def test_an_article_of_furniture_alone_says_why_nothing_came_out() -> None:
    done = translate("-", stdin="اقرأ أيضاً\nجميع الحقوق محفوظة\n")
    assert done.returncode == 0
    assert not done.stdout.strip()
    assert "all 2 segments look like page furniture" in done.stderr
    assert "--furniture keep" in done.stderr


def test_a_failed_input_does_not_stop_the_others(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text(SHORT, encoding="utf-8")
    done = translate(tmp_path / "missing.txt", good)
    assert done.returncode == 1
    assert "missing.txt" in done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"  \n\n \t ", "blank"),
        (b"Nothing here is in Arabic.", "no Arabic letter"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
    ],
)
def test_bad_input_is_named(data: bytes, message: str) -> None:
    done = translate("-", stdin=data)
    assert done.returncode == 1
    assert done.stdout == ""
    assert message.casefold() in done.stderr.casefold()
    assert "Traceback" not in done.stderr


def test_an_unknown_model_says_what_is_installed() -> None:
    done = muwazi("translate", "--model", "opus-ar-en", "-", stdin=SHORT)
    assert done.returncode == 1
    assert "No model named 'opus-ar-en'" in done.stderr
    assert "builtin" in done.stderr
    assert "muwazi model fetch" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--beam", "0"], ["--format", "pdf"], ["--engine", "moses"], ["--nonsense"]]
)
def test_wrong_usage_exits_with_two(arguments: list[str]) -> None:
    assert muwazi("translate", *arguments, "-", stdin=SHORT).returncode == 2


@pytest.mark.parametrize("presses", [1, 3])
def test_ctrl_c_writes_what_is_finished(tmp_path: Path, presses: int) -> None:
    short, long = tmp_path / "a.txt", tmp_path / "b.txt"
    short.write_text(SHORT, encoding="utf-8")
    long.write_text(
        "".join(f"قال الوزير رقم {n} إن القمة ستعقد في المدينة غدا.\n" for n in range(8_000)), "utf-8"
    )
    screen, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, ROOT / "muwazi.py", "translate", "--model", "builtin", "--beam", "1", "--format", "jsonl",
         short, long], stdout=subprocess.PIPE, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    shown = ""
    with os.fdopen(screen, encoding="utf-8", newline="") as lines, ThreadPoolExecutor(1) as pool:
        output = pool.submit(process.communicate, timeout=120)
        with suppress(OSError):  # What a terminal says once nobody writes to it.
            while more := lines.read(1):
                shown += more
                # Some of the long one's sentences are done; an impatient reader presses again while it stops.
                if presses and shown.endswith("%") and not shown.endswith("  0%"):
                    process.send_signal(signal.SIGINT)
                    presses -= 1
        written = output.result()[0].decode()
    assert process.returncode == 130
    assert "stopped; 2 of 2 inputs are written, the last in part" in shown
    first, rest = (json.loads(line) for line in written.splitlines())
    assert None not in [segment["translation"] for segment in first["segments"]]
    made = [segment["translation"] is not None for segment in rest["segments"]]
    assert len(made) == 8_000
    assert any(made)
    assert not all(made)
    assert made == sorted(made, reverse=True)


def test_ctrl_c_while_waiting_for_input_says_so(tmp_path: Path) -> None:
    english = tmp_path / "english.txt"
    english.write_text("Nothing here is in Arabic.", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, ROOT / "muwazi.py", "translate", english, "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert "no Arabic letter" in process.stderr.readline()  # From here on it waits for the standard input.
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, "", "muwazi: stopped.\n")
