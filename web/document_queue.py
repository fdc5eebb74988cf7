"""Documents that are handed in, translated one after the other in the background, and fetched later."""

import hmac
import logging
import secrets
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from translate.errors import MuwaziError
from web.desk import TranslationDesk
from web.documents import translate_document
from web.errors import NotFound, QueueFull
from web.keys import Keys
from web.logs import log
from web.metrics import Metrics
from web.records import KeyRecord
from web.shelf import Shelf

_MOST_DOCUMENTS = 100
_MOST_BYTES = 128 * 1024 * 1024  # Of those that wait.
_KEPT_S = 30 * 60.0


@dataclass(slots=True)
class Document:
    """A document on its way: ``status`` is queued, translating, done or error."""

    id: str
    key: str
    until: float
    size_bytes: int
    status: str = "queued"
    characters: int = 0
    error: str = ""
    kept: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_remaining(self) -> int:
        """A guess; nobody knows how much text is in there before it is read."""
        return max(1, 10 - int(time.monotonic() - self.began))


class DocumentQueue:
    """
    Documents by number and key; what nobody fetches is thrown away after half an hour.

    ``most`` may wait at a time.
    """

    def __init__(
        self, desk: TranslationDesk, keys: Keys, shelf: Shelf, metrics: Metrics, most: int = _MOST_DOCUMENTS
    ) -> None:
        self._desk, self._keys, self._shelf, self._metrics = desk, keys, shelf, metrics
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="documents")
        self._closed = threading.Event()

    def add(self, data: bytes, filename: str, key: KeyRecord | None) -> Document:
        """Queue a document. Raises QueueFull where too many wait."""
        now = time.monotonic()
        with self._lock:
            for name in [name for name, known in self._known.items() if known.until < now]:
                self._shelf.remove(self._known.pop(name).kept)
            waiting = [k for k in self._known.values() if k.status in {"queued", "translating"}]
            size_bytes = sum(known.size_bytes for known in waiting) + len(data)
            if len(waiting) >= self._most or size_bytes > _MOST_BYTES or self._closed.is_set():
                raise QueueFull(f"{len(waiting)} documents are waiting. Try again later.", retry_after_s=30.0)
            made = Document(
                secrets.token_hex(16).upper(), secrets.token_hex(32).upper(), now + _KEPT_S, len(data)
            )
            self._known[made.id] = made
        self._pool.submit(self._translate, made, data, filename, key)
        return made

    def find(self, document_id: str, key: str) -> Document:
        """The document that this key opens. Raises NotFound, also for another's key."""
        with self._lock:
            known = self._known.get(document_id)
        if known is None or not hmac.compare_digest(known.key.encode(), key.encode("utf-8", "replace")):
            raise NotFound("There is no such document, or its key is another, or it was thrown away.")
        return known

    def close(self) -> None:
        """Drop what waits; what is being translated ends in an error."""
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _translate(self, document: Document, data: bytes, filename: str, key: KeyRecord | None) -> None:
        def translate_sentences(sentences: list[str]) -> list[str]:
            characters = sum(map(len, sentences))
            self._keys.check(key, document.characters + characters)
            made = self._desk.translate(sentences, cancelled=self._closed.is_set, patient=True)
            document.characters += characters
            return [translation.text for translation in made]

        document.status = "translating"
        try:
            result, name = translate_document(data, filename, translate_sentences)
            document.kept = self._shelf.put(result, name)
            self._keys.count(key, document.characters)
            self._metrics.count_characters("deepl", document.characters)
            document.status = "done"
        except MuwaziError as error:
            document.error = str(error)
            document.status = "error"
        except Exception:  # noqa: BLE001 - whatever it is, who asks is told, and the next one has its turn.
            log("fault", level=logging.ERROR, exc_info=True, path="/v2/document")
            document.error = "The server failed at this document; its log has the details."
            document.status = "error"
