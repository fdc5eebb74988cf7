"""Translated files that wait to be fetched: for half an hour, in a folder that goes with the process."""

import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from web.errors import NotFound, QueueFull

_KEPT_S = 30 * 60.0
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on the shelf: the name people see, its size and until when it stays."""

    filename: str
    path: Path
    size_bytes: int
    until: float


class Shelf:
    """
    Files by names that cannot be guessed; what nobody fetches is thrown away.

    Names on disk are made here: nothing that a client sends becomes a path.
    """

    def __init__(self, kept_s: float = _KEPT_S, most_bytes: int = _MOST_BYTES) -> None:
        self._kept_s = kept_s
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._files: OrderedDict[str, Kept] = OrderedDict()
        self._folder: Path | None = None

    def put(self, data: bytes, filename: str) -> str:
        """Keep a file; returns its name here. Raises QueueFull where the shelf is full of younger files."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._clear()
            if sum(kept.size_bytes for kept in self._files.values()) + len(data) > self._most_bytes:
                raise QueueFull("Too many files wait to be fetched. Try again later.", retry_after_s=60.0)
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="muwazi-"))
            path = self._folder / name
            path.write_bytes(data)
            self._files[name] = Kept(filename, path, len(data), time.monotonic() + self._kept_s)
        return name

    def get(self, name: str) -> tuple[bytes, str]:
        """A file and the name people see. Raises NotFound where there is none, or no longer."""
        with self._lock:
            self._clear()
            kept = self._files.get(name)
            if kept is None:
                raise NotFound("There is no such file, or no longer: files are kept for half an hour.")
            return kept.path.read_bytes(), kept.filename

    def remove(self, name: str) -> None:
        """Throw one away, if it is still here."""
        with self._lock:
            self._remove(name)

    def close(self) -> None:
        """Throw everything away."""
        with self._lock:
            self._files.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _clear(self) -> None:
        now = time.monotonic()
        for name in [name for name, kept in self._files.items() if kept.until <= now]:
            self._remove(name)

    def _remove(self, name: str) -> None:
        kept = self._files.pop(name, None)
        if kept is not None:
            kept.path.unlink(missing_ok=True)
