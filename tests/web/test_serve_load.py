"""What `benchmarks/serve_load.py` says of a server: the figures of its table."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

_LOADING = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "serve_load.py"))


def test_flatness_compares_the_last_tenth_with_the_first() -> None:
    load = _LOADING["Load"]
    assert load(1, 1.0, [], 0, {}, (100.0,) * 10 + (150.0,) * 80 + (120.0,) * 10).flatness == 1.2
    assert load(1, 1.0, [], 0, {}, (100.0, 90.0)).flatness == 0.9
    assert load(1, 1.0, [], 0, {}, (100.0,)).flatness == 1.0


def test_a_level_is_a_row_with_its_memory_and_flatness(
    server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    [load] = _LOADING["table"](server.url, "sentence", [2], 1.0)
    assert load.errors == {}
    assert load.latencies
    assert len(load.memory) > 2
    heading, _, row, *_ = capsys.readouterr().out.splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == len(heading.strip("|").split("|"))
    assert re.fullmatch(r"\d+", cells[-2])
    assert re.fullmatch(r"\d\.\d\d", cells[-1])


def test_a_server_that_tells_no_memory_has_blank_cells(
    server: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(server.app.view_functions, "readiness.show_metrics", lambda: ("", 404))
    [load] = _LOADING["table"](server.url, "sentence", [1], 0.5)
    assert load.memory == ()
    assert capsys.readouterr().out.splitlines()[2].endswith("|  |  |")
