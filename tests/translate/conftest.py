"""A real but tiny Marian model, and a hub on this machine that serves it."""

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CARD = """---
license: apache-2.0
language: [ar, en]
---
### opus-mt-ar-en

* source languages: ar
* target languages: en
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A Hugging Face Marian folder with random weights: one layer each side, width 32, 400 pieces.

    Like the real ones it has tied embeddings and <pad> as the last piece, and
    like the built-in one a final bias that forbids Arabic. Do not write into it.
    """
    sentencepiece = pytest.importorskip("sentencepiece")
    torch = pytest.importorskip("torch", reason="building a model takes the torch extra")
    from transformers import MarianConfig, MarianMTModel

    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    texts = [*sorted(SEEDS.glob("*.txt")), *sorted(SEEDS.glob("references/*.txt"))]
    lines = [line for path in texts for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(folder / "joint"),
        vocab_size=400,
        character_coverage=1.0,
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        num_threads=1,
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "joint.model"))
    for side in ("source.spm", "target.spm"):
        shutil.copyfile(folder / "joint.model", folder / side)
    (folder / "joint.model").unlink()
    (folder / "joint.vocab").unlink()
    vocabulary = {pieces.id_to_piece(i): i for i in range(400)} | {"<pad>": 400}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    languages = {"source_lang": "ar", "target_lang": "en", "tokenizer_class": "MarianTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(languages), encoding="utf-8")
    (folder / "README.md").write_text(CARD, encoding="utf-8")

    torch.set_num_threads(1)  # So small a model gains nothing from more.
    torch.manual_seed(7)
    config = MarianConfig(
        vocab_size=401,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        activation_function="relu",
        scale_embedding=True,
        eos_token_id=0,
        pad_token_id=400,
        decoder_start_token_id=400,
        forced_eos_token_id=None,
        init_std=0.3,
    )
    model: Any = MarianMTModel(config).eval()
    bias = torch.randn(1, 401)
    bias[0, [i for piece, i in vocabulary.items() if re.search("[\u0600-\u06ff]", piece)]] = -1e4
    model.final_logits_bias.copy_(bias)
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def marian(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny model that a test may break."""
    return Path(shutil.copytree(tiny, tmp_path_factory.mktemp("copy") / "marian"))


class Hub:
    """
    A stand-in for huggingface.co that has one model, and can misbehave on request.

    Weights are kept as on the hub: named by their sha256 and served from
    another address after a redirect. ``requests`` lists (method, path, Range)
    and ``sent`` counts the bytes of each file.
    """

    name = "Helsinki-NLP/opus-mt-ar-en"
    commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[tuple[str, str, str]] = []
        self.tokens: set[str] = set()
        self.sent: dict[str, int] = {}
        self.cut: dict[str, list[int]] = {}  # file: after how many bytes each coming answer breaks off
        self.corrupt: set[str] = set()
        self.status: dict[str, int] = {}  # file, or "api": the HTTP status to refuse with
        self.extra_files: list[str] = []
        self.names_only = False
        self.without_ranges = False
        self.silent = False
        self.web_page = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                hub.answer(self)

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def asked_for(self, file: str) -> list[str]:
        """The Range of every GET of a file's bytes; empty where it was the whole."""
        return [span for method, path, span in self.requests if method == "GET" and path.endswith(f"/{file}")]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        span = request.headers.get("Range", "")
        redirected = path.startswith("/cdn/")
        self.tokens.add(request.headers.get("Authorization", ""))
        file = path.rpartition("/")[2]
        if self.silent:
            time.sleep(3)
        elif self.web_page:
            self._send(request, 200, b"<html>Please log in to the hotel network</html>", "text/html")
        elif path.startswith(f"/api/models/{self.name}/revision/"):
            status = self.status.get("api", 200)
            self._send(request, status, json.dumps(self._model_info()).encode() if status == 200 else b"")
        elif self.status.get(file):
            self._send(request, self.status[file], b"")
        elif path.startswith((f"/{self.name}/resolve/{self.commit}/", "/cdn/")):
            if not redirected and _is_large(file):
                request.send_response(302)
                for key, value in self._headers(file).items():
                    request.send_header(key, value)
                request.send_header("Location", f"{self.url}/cdn/{file}")
                request.send_header("Content-Length", "0")
                request.end_headers()
                return
            self.requests.append((request.command, path, span))
            self._send_file(request, file, span)
        else:
            self._send(request, 401, b"")

    def _model_info(self) -> dict[str, object]:
        siblings: list[dict[str, object]] = [{"rfilename": name} for name in self.extra_files]
        for path in sorted(self.folder.iterdir()):
            entry: dict[str, object] = {"rfilename": path.name}
            if not self.names_only:
                entry |= {"size": path.stat().st_size, "blobId": _git_id(path)}
                if _is_large(path.name):
                    entry["lfs"] = {"sha256": _sha256(path), "size": path.stat().st_size, "pointerSize": 134}
            siblings.append(entry)
        return {"id": self.name, "sha": self.commit, "tags": ["license:apache-2.0"], "siblings": siblings}

    def _headers(self, file: str) -> dict[str, str]:
        path = self.folder / file
        headers = {"X-Repo-Commit": self.commit, "ETag": f'"{_git_id(path)}"'}
        if _is_large(file):
            headers |= {"X-Linked-ETag": f'"{_sha256(path)}"', "X-Linked-Size": str(path.stat().st_size)}
        return headers

    def _send_file(self, request: BaseHTTPRequestHandler, file: str, span: str) -> None:
        content = (self.folder / file).read_bytes()
        if file in self.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        start = 0 if self.without_ranges or not span else int(span.removeprefix("bytes=").rstrip("-"))
        request.send_response(206 if start else 200)
        for key, value in self._headers(file).items():
            request.send_header(key, value)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        if request.command == "GET":
            cuts = self.cut.get(file)
            body = content[start : start + cuts.pop(0)] if cuts else content[start:]
            request.wfile.write(body)
            self.sent[file] = self.sent.get(file, 0) + len(body)

    @staticmethod
    def _send(
        request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json"
    ) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)


def _is_large(file: str) -> bool:
    """What the hub keeps in LFS."""
    return file.endswith((".safetensors", ".bin"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _git_id(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.fixture
def hub(marian: Path) -> Iterator[Hub]:
    """The stand-in hub, serving a copy of the tiny model."""
    stand_in = Hub(marian)
    yield stand_in
    stand_in.close()
