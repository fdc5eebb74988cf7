"""
Translating a test set once: what is done stays done.

Translations are kept one per line in a file under the cache folder, named by
test set, model revision, settings and Muwazi's version. An interrupted run goes on where it
stopped; a finished one costs nothing the next time.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from eval.testsets import TestSet
from eval.translation import System
from translate.errors import BadInput
from translate.models import Model
from translate.settings import Settings

if TYPE_CHECKING:
    from translate.engine import Likelihood
    from translate.translator import MarianTranslator


@dataclass(frozen=True, slots=True)
class Configuration:
    """A model and its settings under a short name; nothing is loaded yet."""

    name: str
    model: Model
    settings: Settings

    @property
    def about(self) -> str:
        """Model revision and everything that changes an output."""
        return f"{self.model.label}, {self.settings.decoding}"


@dataclass(frozen=True, slots=True)
class _Kept:
    """One line of the cache; ``seconds`` is the time since the line before it."""

    text: str
    score: float | None
    warnings: tuple[str, ...]
    seconds: float


def configurations(choices: Sequence[Settings]) -> list[Configuration]:
    """
    A configuration per choice, named by what tells it from the others.

    Raises ModelNotFound or ModelDamaged.
    """
    from translate import models

    found = [models.choose(c.model, folder=c.models, hub_cache=c.hub_cache) for c in choices]
    varied = [
        name
        for name in ("beam", "engine", "compute_type", "device", "length_penalty")
        if len({getattr(choice, name) for choice in choices}) > 1
    ]
    names = []
    for choice, model in zip(choices, found, strict=True):
        parts = [f"{name.replace('_', ' ')} {getattr(choice, name)}" for name in varied]
        names.append(" ".join([model.name, *parts]))
    if len(set(names)) < len(names):
        raise BadInput(f"Two of the configurations are the same: {', '.join(names)}.")
    return [Configuration(n, m, c) for n, m, c in zip(names, found, choices, strict=True)]


def translate_set(
    test: TestSet,
    configuration: Configuration,
    cache: Path,
    progress: Callable[[int], object],
) -> System:
    """
    ``test`` translated, from the cache as far as it goes.

    ``progress`` is called with the number of new lines done. The model is
    loaded only if something is missing.

    Raises what loading and translating raise, and BadInput if the cache cannot be written.
    """
    path = _path(test, configuration, cache)
    kept = list(_read(path))
    sources = test.sources
    if len(kept) > len(sources):
        raise BadInput(f"{path} holds {len(kept)} translations of {len(sources)} sentences; remove it.")
    progress(len(kept))
    if len(kept) < len(sources):
        kept += _translate(sources[len(kept) :], configuration, path, progress)
    return System(
        name=configuration.name,
        lines=tuple(one.text.replace("\n", " ") for one in kept),
        about=configuration.about,
        logprobs=tuple(one.score for one in kept),
        seconds=sum(one.seconds for one in kept),
    )


class Opinion:
    """What a configuration's model thinks of given translations; loaded when it is first asked."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._translator: MarianTranslator | None = None

    def score(self, pairs: Iterable[tuple[str, str]]) -> "list[Likelihood | None]":
        """See :meth:`translate.translator.MarianTranslator.score`."""
        self._translator = self._translator or _load(self._configuration)
        return self._translator.score(pairs)


def _load(configuration: Configuration) -> "MarianTranslator":
    from translate.engine import load_engine
    from translate.translator import MarianTranslator

    engine = load_engine(configuration.model, configuration.settings)
    return MarianTranslator(configuration.model, engine, configuration.settings)


def _translate(
    sources: Sequence[str], configuration: Configuration, path: Path, progress: Callable[[int], object]
) -> Iterator[_Kept]:
    translator = _load(configuration)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            before = time.perf_counter()
            for made in translator.translate(sources):
                now = time.perf_counter()
                one = _Kept(made.text, made.score, made.warnings, now - before)
                before = now
                record = [one.text, one.score, list(one.warnings), round(one.seconds, 5)]
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()
                progress(1)
                yield one
    except OSError as error:
        raise BadInput(
            f"Translations cannot be kept in {path}: {error.strerror}. Choose another folder."
        ) from error


def _read(path: Path) -> Iterator[_Kept]:
    """What an earlier run has left, up to the line in which it was interrupted."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    for line in whole.split("\n")[:-1]:
        try:
            said, score, warnings, seconds = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{path} is damaged ({error}); remove it and run again.") from error
        yield _Kept(said, score, tuple(warnings), seconds)


def _path(test: TestSet, configuration: Configuration, cache: Path) -> Path:
    model = configuration.model.label.replace("/", "--")
    settings = configuration.settings.decoding.replace(" ", "_").replace("/", "-")
    # What is asked of a model, and what becomes of its answer, may differ between versions.
    file = f"{model}.{settings}.muwazi-{metadata.version('muwazi')}.jsonl"
    return cache / f"{test.name}-{test.fingerprint}" / file
