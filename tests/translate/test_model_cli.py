import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from translate import hub as hub_module
from translate import models
from translate.errors import BadInput, FetchFailed, ModelDamaged, ModelNotFound
from translate.model_cli import model

NAME = "Helsinki-NLP/opus-mt-ar-en"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the user's, no muwazi.toml, and a home of its own."""
    for name in ("HF_ENDPOINT", "HF_TOKEN", "HF_HOME", "HF_HUB_CACHE", "MUWAZI_MODEL", "MUWAZI_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUWAZI_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def installed(hub: Any, tmp_path: Path) -> models.Model:
    return hub_module.fetch(NAME, folder=tmp_path / "models", endpoint=hub.url, timeout=60)


def run(*arguments: str, text: str = "") -> Result:
    """The command as the shell would run it; a MuwaziError is left for the group above to show."""
    return CliRunner().invoke(model, arguments, input=text, catch_exceptions=False)


@pytest.mark.parametrize(
    ("command", "promise"),
    [
        ((), "Only `fetch` uses the network"),
        (("list",), "* marks the one used where none is named"),
        (("fetch",), "A download that breaks off goes on where it stopped"),
        (("convert",), "for the fast engine"),
        (("remove",), "what an unfinished fetch of it left"),
        (("info",), "compare its files with their sha256"),
    ],
)
def test_help_says_what_a_command_does_and_describes_every_option(
    command: tuple[str, ...], promise: str
) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert promise in " ".join(result.output.split())
    described: click.Command = model
    for name in command:
        described = model.commands[name]
    for parameter in described.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{command} {parameter.name} is not described"
            assert parameter.opts[0] in result.output


def test_the_list_shows_revision_size_licence_and_bleu(installed: models.Model) -> None:
    result = run("list")
    header, *rows = result.output.splitlines()
    assert header.split() == ["NAME", "REVISION", "SIZE", "LICENCE", "BLEU"]
    (row,) = [row.split() for row in rows if "opus-mt-ar-en" in row]
    row = row[1:] if row[0] == "*" else row
    size = f"{installed.size_bytes / 1000:.0f}"
    assert row == ["opus-mt-ar-en", "1a2b3c4d5e6f", size, "kB", "apache-2.0", "33.9"]


def test_the_default_is_marked(installed: models.Model) -> None:
    default = models.best(installed.folder.parent).name
    (marked,) = [line for line in run("list").output.splitlines() if line.startswith("*")]
    assert marked.split()[1] == default


@pytest.mark.parametrize("name", ["opus-mt-ar-en", NAME])
def test_the_chosen_one_is_marked_by_either_of_its_names(
    installed: models.Model, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUWAZI_MODEL", name)
    (marked,) = [line for line in run("list").output.splitlines() if line.startswith("*")]
    assert marked.split()[1] == installed.name


def test_the_list_shows_what_is_damaged_and_why(installed: models.Model) -> None:
    (installed.folder / "source.spm").unlink()
    result = run("list")
    assert "opus-mt-ar-en cannot be used: The model in" in result.stderr
    assert "source.spm is missing" in result.stderr
    assert "opus-mt-ar-en" not in result.stdout


def test_another_models_folder_can_be_named(installed: models.Model, tmp_path: Path) -> None:
    installed.folder.parent.rename(tmp_path / "elsewhere")
    assert "opus-mt-ar-en" not in run("list").output
    assert "opus-mt-ar-en" in run("--models", str(tmp_path / "elsewhere"), "list").output


class TestFetch:
    def test_yes_fetches_without_a_question(self, hub: Any, tmp_path: Path) -> None:
        result = run("fetch", NAME, "--yes", "--endpoint", hub.url)
        assert result.exit_code == 0
        assert "opus-mt-ar-en@1a2b3c4d5e6f is installed in" in result.stdout
        assert result.stderr == "", "no bar where standard error is no terminal"
        assert models.entries(tmp_path / "models") == ["opus-mt-ar-en"]

    def test_the_endpoint_comes_from_the_environment(self, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        assert run("fetch", "opus-mt-ar-en", "-y").exit_code == 0
        assert hub.tokens == {"Bearer hf_secret"}

    def test_the_question_tells_size_and_licence_and_no_means_no(self, hub: Any, tmp_path: Path) -> None:
        offer = hub_module.ask(NAME, endpoint=hub.url, timeout=60)
        result = run("fetch", NAME, "--endpoint", hub.url, text="n\n")
        assert result.exit_code == 1
        assert (
            f"Fetch {NAME} from {hub.url} ({offer.size / 1000:.0f} kB, licence apache-2.0)?" in result.stderr
        )
        assert hub.requests == []
        assert models.entries(tmp_path / "models") == []

    def test_enter_means_yes(self, hub: Any, tmp_path: Path) -> None:
        assert run("fetch", NAME, "--endpoint", hub.url, text="\n").exit_code == 0
        assert models.entries(tmp_path / "models") == ["opus-mt-ar-en"]

    def test_a_failure_is_left_for_the_group_to_show(self, hub: Any) -> None:
        hub.status["api"] = 404
        with pytest.raises(FetchFailed, match="has no model"):
            run("fetch", NAME, "--yes", "--endpoint", hub.url, "--revision", "v9")

    def test_a_timeout_of_nothing_is_wrong_usage(self) -> None:
        assert run("fetch", NAME, "--timeout", "0").exit_code == 2

    def test_a_bar_is_drawn_on_a_terminal(self, hub: Any) -> None:
        """A real pseudo-terminal on standard error; what it shows ends at 100 %."""
        ours, theirs = pty.openpty()
        script = "from translate.model_cli import model; model()"
        with subprocess.Popen(
            [sys.executable, "-c", script, "fetch", NAME, "--yes", "--endpoint", hub.url],
            stderr=theirs,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "TERM": "xterm"},
        ) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    shown += os.read(ours, 4096)
                except OSError:  # Linux says so when the other side is closed
                    break
        os.close(ours)
        assert process.returncode == 0
        assert b"100%" in shown
        assert b"model.safetensors" in shown


class TestConvert:
    def test_a_folder_is_converted_in_place(self, marian: Path) -> None:
        result = run("convert", str(marian))
        assert result.output.strip().endswith(f"is converted (int8) in {marian / 'ct2'}.")
        assert (marian / "ct2/model.bin").exists()

    def test_an_output_folder_and_a_type_can_be_chosen(self, marian: Path, tmp_path: Path) -> None:
        run("convert", str(marian), "-o", str(tmp_path / "out"), "--quantization", "float32")
        assert models.find(str(tmp_path / "out"), folder=tmp_path).ct2 == tmp_path / "out"

    def test_a_cached_model_is_installed(
        self, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        snapshot = tmp_path / "hf/hub/models--Helsinki-NLP--opus-mt-ar-en/snapshots" / ("a" * 40)
        shutil.copytree(tiny, snapshot)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        result = run("convert", NAME)
        assert f"opus-mt-ar-en@{'a' * 12} is installed in" in result.output
        assert not (snapshot / "ct2").exists(), "the cache is left as it was"

    def test_what_is_no_model_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelDamaged, match="holds no model"):
            run("convert", str(tmp_path))


class TestRemove:
    def test_it_asks_first(self, installed: models.Model) -> None:
        assert run("remove", "opus-mt-ar-en", text="n\n").exit_code == 1
        assert installed.folder.exists()
        assert run("remove", "opus-mt-ar-en", text="y\n").exit_code == 0
        assert not installed.folder.exists()

    def test_yes_removes_without_a_question(self, installed: models.Model) -> None:
        assert run("remove", NAME, "-y").output == f"{NAME} is removed.\n"
        assert not installed.folder.exists()

    def test_the_built_in_model_stays(self) -> None:
        with pytest.raises(BadInput, match="part of Muwazi and cannot be removed"):
            run("remove", "builtin")


class TestInfo:
    def test_all_that_is_known_is_shown_and_the_files_are_compared(
        self, installed: models.Model, hub: Any
    ) -> None:
        lines = run("info", "opus-mt-ar-en").output.splitlines()
        shown = dict(line.split(maxsplit=1) for line in lines)
        assert shown["revision"] == hub.commit
        assert shown["origin"] == f"{hub.url}/{NAME}"
        assert shown["direction"] == "ar→en"
        assert shown["BLEU"] == "33.9 on flores200-devtest"
        assert shown["normalization"] == "diacritics dropped, punctuation Arabic, digits 0-9"
        assert shown["forms"] == "CTranslate2, Hugging Face Marian"
        assert shown["integrity"] == f"{len(models.verify(installed))} files are as recorded"
        assert len(shown["ct2/model.bin"]) == 64

    def test_a_changed_file_is_reported(self, installed: models.Model) -> None:
        card = installed.folder / "README.md"
        card.write_text(card.read_text(encoding="utf-8") + " ", encoding="utf-8")
        with pytest.raises(ModelDamaged, match=r"README\.md has changed"):
            run("info", "opus-mt-ar-en")

    def test_an_unknown_model_is_reported(self) -> None:
        with pytest.raises(ModelNotFound, match="Fetch another with: muwazi model fetch NAME"):
            run("info", "opus-ar-en")


def test_an_offer_says_what_is_used_and_what_would_be_gained_and_takes_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUWAZI_FETCH", "no")
    done = CliRunner().invoke(model, ["--models", str(tmp_path), "offer", "Helsinki-NLP/opus-mt-ar-en"])
    assert done.exit_code == 0, done.output
    assert "Translating with builtin@" in done.output
    assert "BLEU 33.9" in done.output
    assert "is not fetched: MUWAZI_FETCH=no" in done.output


def test_an_offer_that_reaches_no_hub_goes_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MUWAZI_FETCH", raising=False)
    arguments = ["--models", str(tmp_path), "offer", "Helsinki-NLP/opus-mt-ar-en"]
    done = CliRunner().invoke(model, [*arguments, "--endpoint", "http://127.0.0.1:9", "--timeout", "1"])
    assert done.exit_code == 0, done.output
    assert "could not be fetched" in done.output
    assert "works offline" in done.output
