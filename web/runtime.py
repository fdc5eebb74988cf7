"""What one server process shares: the desk, the store, jobs, keys, limits and metrics."""

import logging
import threading
from dataclasses import replace
from typing import cast

from flask import current_app

from translate import models
from translate.errors import ModelError
from translate.settings import Settings
from translate.translator import MarianTranslator
from web.allocator import Allocator
from web.desk import TranslationDesk
from web.document_queue import DocumentQueue
from web.errors import StorageFailed
from web.jobs import Jobs
from web.keys import Keys
from web.limits import RateLimiter
from web.logs import log
from web.metrics import Metrics
from web.settings import WebSettings
from web.shelf import Shelf
from web.store import Store

EXTENSION = "muwazi"
_BOOKS_EVERY_S = 1.0
_MODEL = "model"  # The setting that names the model chosen in the reader.


class Runtime:
    """
    Everything that outlives a request. Made by :func:`web.app.create_app`.

    ``stopping`` is set when the server begins to stop: streams end then.
    """

    def __init__(
        self,
        settings: WebSettings,
        translator_settings: Settings,
        *,
        translator: MarianTranslator | None = None,
    ) -> None:
        self.settings = settings
        self.translator_settings = translator_settings
        self.stopping = threading.Event()
        self.store = Store.open(settings.database_url)
        try:
            if not translator and not translator_settings.model:
                translator_settings = self._remembered(translator_settings)
            self.desk = TranslationDesk(
                translator_settings, queue_length=settings.queue_length, translator=translator
            )
        except BaseException:
            self.store.close()
            raise
        self.jobs = Jobs(self.store, self.desk)
        self.keys = Keys(
            self.store, required=settings.keys_required, quota_characters=settings.quota_characters
        )
        self.shelf = Shelf()
        self.limiter = RateLimiter(settings.rate_per_minute)
        self.metrics = Metrics(self.desk)
        self.allocator = Allocator(self.stopping)
        self._bookkeeper = threading.Thread(target=self._keep_books, name="usage", daemon=True)
        self.documents = DocumentQueue(self.desk, self.keys, self.shelf, self.metrics)

    def _remembered(self, settings: Settings) -> Settings:
        """The settings with the model that was chosen in the reader; as they are where it can't be had."""
        name = self.store.setting(_MODEL)
        if not name:
            return settings
        try:
            models.choose(name, folder=settings.models, hub_cache=settings.hub_cache)
        except ModelError as error:
            log("the chosen model cannot be had", level=logging.WARNING, model=name, why=str(error))
            return settings
        return replace(settings, model=name)

    def choose_model(self, name: str) -> str:
        """
        Translate with another model from now on, and after the next start, unless that one is told otherwise.

        Returns its label. Raises ModelNotFound, ModelDamaged or StorageFailed.
        """
        label = self.desk.switch(name)
        self.store.save_setting(_MODEL, name)
        return label

    def start(self) -> None:
        """Begin the work in the background."""
        self.jobs.start()
        self.allocator.start()
        self._bookkeeper.start()

    def stop(self) -> None:
        """
        The server is going to stop: it is not ready any more, streams of events come to
        their end, and translation jobs go back to the queue, so that requests are done sooner.
        """
        if not self.stopping.is_set():
            self.stopping.set()
            self.jobs.close()

    def close(self, patience_s: float = 5.0) -> None:
        """Drop what is not finished within ``patience_s``, throw away files for fetching, close the store."""
        self.stop()
        self.documents.close()
        self.desk.close(patience_s)
        self.shelf.close()
        self.store.close()

    def _keep_books(self) -> None:
        """Write what callers have used, now and then; a database that fails is heard of once."""
        fails = False
        while not self.stopping.wait(_BOOKS_EVERY_S):
            try:
                self.store.flush_usage()
                fails = False
            except StorageFailed as error:
                if not fails:
                    log("usage waits to be written", level=logging.WARNING, why=str(error))
                fails = True


def runtime() -> Runtime:
    """The runtime of the application at hand."""
    return cast(Runtime, current_app.extensions[EXTENSION])
