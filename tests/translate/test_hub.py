import hashlib
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from translate import hub as hub_module
from translate import models
from translate.errors import FetchFailed, ModelDamaged

ROOT = Path(__file__).resolve().parents[2]
NAME = "Helsinki-NLP/opus-mt-ar-en"
WEIGHTS = "model.safetensors"


def fetch(hub: Any, folder: Path, name: str = NAME, timeout: float = 60, **options: Any) -> models.Model:
    return hub_module.fetch(name, folder=folder, endpoint=hub.url, timeout=timeout, **options)


def test_a_fetched_model_is_whole_converted_and_described(hub: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    model = fetch(hub, folder)
    assert model == models.find("opus-mt-ar-en", folder=folder)
    assert model.label == "opus-mt-ar-en@1a2b3c4d5e6f"
    assert model.folder == folder / "opus-mt-ar-en"
    table = json.loads((model.folder / "muwazi.json").read_text(encoding="utf-8"))
    assert table["origin"] == f"{hub.url}/Helsinki-NLP/opus-mt-ar-en"
    assert table["revision"] == hub.commit
    assert table["licence"] == "apache-2.0"
    assert table["quality"] == {"flores200-devtest": 33.9}
    weights = (hub.folder / WEIGHTS).read_bytes()
    assert table["sha256"][WEIGHTS] == hashlib.sha256(weights).hexdigest()
    assert "ct2/model.bin" in models.verify(model)
    assert list(folder.glob(".fetching/*@*/*")) == [], "nothing is left behind"


def test_a_fetched_model_decodes(hub: Any, tmp_path: Path) -> None:
    ctranslate2 = pytest.importorskip("ctranslate2")
    model = fetch(hub, tmp_path)
    translator = ctranslate2.Translator(str(model.ct2), compute_type="int8", intra_threads=1)
    (result,) = translator.translate_batch([["▁قال", "</s>"]], max_decoding_length=8)
    assert 0 < len(result.hypotheses[0]) <= 8


def test_the_owner_may_be_left_out(hub: Any, tmp_path: Path) -> None:
    assert fetch(hub, tmp_path, "opus-mt-ar-en").origin.endswith("/Helsinki-NLP/opus-mt-ar-en")


def test_an_offer_tells_size_and_licence_before_anything_is_fetched(hub: Any) -> None:
    offer = hub_module.ask(NAME, endpoint=hub.url, timeout=60)
    wanted = [file.name for file in offer.files]
    assert wanted[-1] == WEIGHTS
    assert "README.md" in wanted
    assert offer.size == sum((hub.folder / name).stat().st_size for name in wanted)
    assert (offer.licence, offer.revision) == ("apache-2.0", hub.commit)
    assert hub.requests == []


def test_only_the_files_in_use_are_fetched(hub: Any, tmp_path: Path) -> None:
    (hub.folder / "tf_model.h5").write_bytes(b"x" * 1000)
    (hub.folder / "pytorch_model.bin").write_bytes(b"x" * 1000)
    fetch(hub, tmp_path)
    assert hub.asked_for(WEIGHTS) == [""]
    assert hub.asked_for("tf_model.h5") == hub.asked_for("pytorch_model.bin") == []


def test_progress_counts_every_byte_once(hub: Any, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    fetch(hub, tmp_path, progress=lambda *step: seen.append(step))
    done = [step[1] for step in seen]
    assert done == sorted(done)
    assert seen[-1][1] == seen[-1][2] == hub_module.ask(NAME, endpoint=hub.url, timeout=60).size
    assert seen[-1][0] == WEIGHTS


def test_an_old_style_pickle_is_fetched_and_converted_alike(hub: Any, tmp_path: Path) -> None:
    """OPUS-MT models have pytorch_model.bin alone, in the format of torch before 1.6."""
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    safe = fetch(hub, tmp_path / "safe")
    tensors = load_file(hub.folder / WEIGHTS)
    torch.save(tensors, hub.folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    (hub.folder / WEIGHTS).unlink()
    pickled = fetch(hub, tmp_path / "pickled")
    assert safe.ct2 is not None
    assert pickled.ct2 is not None
    assert (safe.ct2 / "model.bin").read_bytes() == (pickled.ct2 / "model.bin").read_bytes()


class TestInterrupted:
    def test_the_next_fetch_asks_only_for_the_rest(self, hub: Any, tmp_path: Path) -> None:
        size = (hub.folder / WEIGHTS).stat().st_size
        half = size // 2
        hub.cut[WEIGHTS] = [half, 0]  # Breaks off at half, and again at once.
        with pytest.raises(FetchFailed, match="What has arrived is kept: fetch again to go on from there"):
            fetch(hub, tmp_path)
        assert models.installed(tmp_path, tmp_path / "no-builtin") == []
        assert hub.sent[WEIGHTS] == half

        model = fetch(hub, tmp_path)
        assert hub.asked_for(WEIGHTS) == ["", f"bytes={half}-", f"bytes={half}-"]
        assert hub.sent[WEIGHTS] == size, "no byte was sent twice"
        assert hub.sent["vocab.json"] == (hub.folder / "vocab.json").stat().st_size
        assert WEIGHTS in models.verify(model)

    def test_a_dropped_connection_is_taken_up_within_one_fetch(self, hub: Any, tmp_path: Path) -> None:
        hub.cut[WEIGHTS] = [50_000, 20_000]
        model = fetch(hub, tmp_path)
        assert hub.asked_for(WEIGHTS) == ["", "bytes=50000-", "bytes=70000-"]
        assert WEIGHTS in models.verify(model)

    def test_a_server_without_ranges_sends_all_again(self, hub: Any, tmp_path: Path) -> None:
        hub.cut[WEIGHTS] = [50_000]
        hub.without_ranges = True
        model = fetch(hub, tmp_path)
        assert hub.asked_for(WEIGHTS) == ["", "bytes=50000-"]
        assert WEIGHTS in models.verify(model)

    def test_what_a_killed_fetch_left_is_used(self, hub: Any, tmp_path: Path) -> None:
        hub.cut[WEIGHTS] = [50_000]
        script = (
            "from pathlib import Path; from translate import hub\n"
            f"hub.fetch({NAME!r}, folder=Path({str(tmp_path)!r}), endpoint={hub.url!r}, timeout=60,\n"
            "          progress=lambda file, *_: file.startswith('model') and __import__('os')._exit(9))"
        )
        killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
        assert killed.returncode == 9
        assert WEIGHTS in models.verify(fetch(hub, tmp_path))
        assert hub.asked_for("vocab.json") == [""]

    def test_another_revision_does_not_mix_with_what_was_left(self, hub: Any, tmp_path: Path) -> None:
        hub.cut[WEIGHTS] = [50_000, 0]
        with pytest.raises(FetchFailed):
            fetch(hub, tmp_path)
        hub.commit = "f" * 40
        assert fetch(hub, tmp_path).revision == "f" * 40
        assert hub.asked_for(WEIGHTS) == ["", "bytes=50000-", ""]
        assert list(tmp_path.glob(".fetching/*@*/")) == []


class TestCorrupted:
    @pytest.mark.parametrize("file", [WEIGHTS, "vocab.json"], ids=["by sha256", "by git blob id"])
    def test_wrong_bytes_are_found_deleted_and_fetched_anew(
        self, hub: Any, file: str, tmp_path: Path
    ) -> None:
        hub.corrupt = {file}
        with pytest.raises(FetchFailed, match=f"{file} arrived corrupted: .* It was deleted"):
            fetch(hub, tmp_path)
        assert models.entries(tmp_path) == []
        assert [path for path in tmp_path.rglob("*") if path.name.startswith(file)] == []
        hub.corrupt = set()
        assert file in models.verify(fetch(hub, tmp_path))
        assert hub.asked_for(file) == ["", ""]
        assert hub.asked_for("config.json") == [""]

    def test_wrong_bytes_before_an_interruption_are_found_after_it(self, hub: Any, tmp_path: Path) -> None:
        hub.cut[WEIGHTS] = [50_000, 0]
        with pytest.raises(FetchFailed):
            fetch(hub, tmp_path)
        (part,) = tmp_path.rglob("*.part")
        part.write_bytes(b"\0" * 50_000)
        with pytest.raises(FetchFailed, match="arrived corrupted"):
            fetch(hub, tmp_path)
        assert WEIGHTS in models.verify(fetch(hub, tmp_path))


class TestFullDisk:
    def test_too_little_space_is_seen_before_the_download(self, hub: Any, tmp_path: Path) -> None:
        """On a real file system of 200 kB, mounted for one process where the system allows it."""
        (tmp_path / "small").mkdir()
        mount = f"mount -t tmpfs -o size=200k none {tmp_path / 'small'}"
        if subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode:
            pytest.skip("this system does not let the test mount a file system")
        answer = self.fetch_under(
            ["unshare", "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh"], "", hub, tmp_path / "small"
        )
        assert "The disk is full: Helsinki-NLP/opus-mt-ar-en needs" in answer
        assert "more bytes in" in answer
        assert "are free. Make room and fetch again" in answer
        assert hub.asked_for(WEIGHTS) == []

    def test_a_disk_that_fills_up_on_the_way_leaves_nothing_half_installed(
        self, hub: Any, tmp_path: Path
    ) -> None:
        """The system refuses to let files grow beyond 100 kB, as a full disk would."""
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, -1)); "
        answer = self.fetch_under([], limit, hub, tmp_path)
        assert "The disk is full" in answer
        assert models.entries(tmp_path) == []
        fetch(hub, tmp_path)
        assert models.entries(tmp_path) == ["opus-mt-ar-en"]

    def test_a_disk_that_fills_up_while_converting_leaves_nothing_half_installed(
        self, hub: Any, tmp_path: Path
    ) -> None:
        limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, -1))"
        at_the_end = f"lambda file, done, total: done == total and {limit}"
        answer = self.fetch_under([], "import resource", hub, tmp_path, progress=at_the_end)
        assert "The disk is full" in answer
        assert models.entries(tmp_path) == []
        fetch(hub, tmp_path)
        assert hub.asked_for(WEIGHTS) == [""], "what had arrived was used"

    @staticmethod
    def fetch_under(wrapper: list[str], prelude: str, hub: Any, folder: Path, progress: str = "None") -> str:
        script = (
            f"{prelude}\n"
            "from pathlib import Path\nfrom translate import hub\nfrom translate.errors import FetchFailed\n"
            "try:\n"
            f"    hub.fetch({NAME!r}, folder=Path({str(folder)!r}), endpoint={hub.url!r}, timeout=60,\n"
            f"              progress={progress})\n"
            "except FetchFailed as error:\n    print(error)"
        )
        run = subprocess.run(
            [*wrapper, sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        return run.stdout


class TestRefused:
    def test_a_hub_that_cannot_be_reached(self, hub: Any, tmp_path: Path) -> None:
        hub.close()
        with pytest.raises(FetchFailed, match=r"cannot be reached .* Everything else works offline\."):
            fetch(hub, tmp_path)
        assert not (tmp_path / "opus-mt-ar-en").exists()

    def test_a_hub_that_does_not_answer(self, hub: Any, tmp_path: Path) -> None:
        hub.silent = True
        with pytest.raises(FetchFailed, match=r"did not answer in time\. Everything else works offline\."):
            fetch(hub, tmp_path, timeout=0.3)

    def test_offline_mode_is_respected(
        self, hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        with pytest.raises(FetchFailed, match="HF_HUB_OFFLINE is set"):
            fetch(hub, tmp_path)
        assert hub.tokens == set(), "nothing was asked"

    def test_a_model_that_the_hub_does_not_have(self, hub: Any, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed, match=r"has no model somebody/secret .*HTTP 401.*set HF_TOKEN"):
            fetch(hub, tmp_path, "somebody/secret")

    @pytest.mark.parametrize(
        ("status", "message"),
        [
            (404, "has no model"),
            (403, "private or gated"),
            (429, "too many requests"),
            (503, "try again later"),
        ],
    )
    def test_a_refusal_says_what_to_do(self, hub: Any, status: int, message: str, tmp_path: Path) -> None:
        hub.status["api"] = status
        with pytest.raises(FetchFailed, match=message):
            fetch(hub, tmp_path)

    def test_a_refusal_on_the_way(self, hub: Any, tmp_path: Path) -> None:
        hub.status[WEIGHTS] = 503
        with pytest.raises(FetchFailed, match="HTTP 503"):
            fetch(hub, tmp_path)
        assert models.entries(tmp_path) == []

    def test_a_login_page_is_no_hub(self, hub: Any, tmp_path: Path) -> None:
        hub.web_page = True
        with pytest.raises(FetchFailed, match="does not answer as a model hub does"):
            fetch(hub, tmp_path)

    @pytest.mark.parametrize("name", ["a/b/c", "Helsinki NLP/opus", "../../etc", "x/..", "-x/y-"])
    def test_a_name_that_no_hub_has(self, hub: Any, name: str, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed, match=r"is no hub name|has no model"):
            fetch(hub, tmp_path, name)
        assert list(tmp_path.rglob("*/opus*")) == []

    @pytest.mark.parametrize("path", ["../../.bashrc", "/etc/passwd", "a/../../b", "..\\evil.bin"])
    def test_a_server_that_names_files_outside_the_model(self, hub: Any, path: str, tmp_path: Path) -> None:
        hub.extra_files = [path]
        with pytest.raises(FetchFailed, match="outside the model; nothing was fetched"):
            fetch(hub, tmp_path)
        assert hub.requests == []

    def test_the_wrong_direction_is_seen_in_the_name(self, hub: Any, tmp_path: Path) -> None:
        with pytest.raises(ModelDamaged, match="translates en→ar according to its name"):
            fetch(hub, tmp_path, "Helsinki-NLP/opus-mt-en-ar")
        assert hub.tokens == set(), "nothing was asked"

    def test_the_wrong_direction_is_seen_in_the_files(self, hub: Any, tmp_path: Path) -> None:
        (hub.folder / "tokenizer_config.json").write_text('{"source_lang": "en", "target_lang": "ar"}')
        with pytest.raises(ModelDamaged, match="translates en→ar"):
            fetch(hub, tmp_path)
        assert list(tmp_path.glob(".fetching/*@*/")) == []

    def test_another_kind_of_model_is_given_up_before_its_weights(self, hub: Any, tmp_path: Path) -> None:
        (hub.folder / "config.json").write_text('{"model_type": "t5"}')
        with pytest.raises(ModelDamaged, match="'t5'; Muwazi translates with 'marian'"):
            fetch(hub, tmp_path)
        assert hub.asked_for(WEIGHTS) == []
        assert list(tmp_path.glob(".fetching/*@*/")) == []

    def test_a_repository_without_marian_files(self, hub: Any, tmp_path: Path) -> None:
        (hub.folder / "vocab.json").unlink()
        (hub.folder / WEIGHTS).unlink()
        with pytest.raises(ModelDamaged, match=r"it has no vocab\.json, model\.safetensors or pytorch_model"):
            fetch(hub, tmp_path)


class TestOtherHubs:
    def test_a_mirror_that_lists_names_only_is_asked_file_by_file(self, hub: Any, tmp_path: Path) -> None:
        hub.names_only = True
        hub.corrupt = {WEIGHTS}
        with pytest.raises(FetchFailed, match="arrived corrupted"):
            fetch(hub, tmp_path)
        hub.corrupt = set()
        assert WEIGHTS in models.verify(fetch(hub, tmp_path))

    def test_a_token_is_sent_where_one_is_given(self, hub: Any, tmp_path: Path) -> None:
        fetch(hub, tmp_path, token="hf_secret")
        assert hub.tokens == {"Bearer hf_secret"}

    def test_no_token_is_sent_unasked(self, hub: Any, tmp_path: Path) -> None:
        fetch(hub, tmp_path)
        assert hub.tokens == {""}


class TestAgain:
    def test_a_model_that_is_there_is_not_fetched_again(self, hub: Any, tmp_path: Path) -> None:
        first = fetch(hub, tmp_path)
        asked = len(hub.requests)
        assert fetch(hub, tmp_path) == first
        assert len(hub.requests) == asked

    def test_a_damaged_one_is(self, hub: Any, tmp_path: Path) -> None:
        model = fetch(hub, tmp_path)
        (model.folder / "source.spm").write_bytes(b"")
        assert models.verify(fetch(hub, tmp_path))
        assert hub.asked_for(WEIGHTS) == ["", ""]

    def test_a_new_revision_takes_the_place_of_the_old(self, hub: Any, tmp_path: Path) -> None:
        fetch(hub, tmp_path)
        hub.commit = "f" * 40
        assert fetch(hub, tmp_path).revision == "f" * 40
        assert models.entries(tmp_path) == ["opus-mt-ar-en"]

    def test_two_fetches_at_once_do_not_write_into_each_other(self, hub: Any, tmp_path: Path) -> None:
        arrived, go_on = threading.Event(), threading.Event()

        def wait(*_: object) -> None:
            arrived.set()
            go_on.wait(60)

        first = threading.Thread(target=fetch, args=(hub, tmp_path), kwargs={"progress": wait})
        first.start()
        assert arrived.wait(60)
        with pytest.raises(FetchFailed, match="Another fetch of opus-mt-ar-en is going on"):
            fetch(hub, tmp_path)
        go_on.set()
        first.join()
        assert models.entries(tmp_path) == ["opus-mt-ar-en"]


def test_fetching_takes_no_torch(hub: Any, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None\n"
        "from pathlib import Path; from translate import hub\n"
        f"print(hub.fetch({NAME!r}, folder=Path({str(tmp_path)!r}), endpoint={hub.url!r}, timeout=60).ct2)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(tmp_path / "opus-mt-ar-en/ct2")


def test_what_is_left_can_be_removed(hub: Any, tmp_path: Path) -> None:
    from translate import installation

    hub.cut[WEIGHTS] = [50_000, 0]
    with pytest.raises(FetchFailed):
        fetch(hub, tmp_path)
    installation.remove(NAME, folder=tmp_path)
    assert list(tmp_path.rglob("*.part")) == []
    shutil.rmtree(tmp_path)
