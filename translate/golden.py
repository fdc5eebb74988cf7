"""
What a model said when it was made, asked again when it is loaded.

New versions of the libraries underneath have changed what a model reads or
writes without any error. A pair of sentences, kept with its pieces and its
probability, shows that at once. A probability is compared rather than an
output: processors round differently, and of two equal outputs either may win.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from translate.errors import ModelDamaged

if TYPE_CHECKING:
    from translate.engine import Engine
    from translate.models import Model

SOURCE = "قالت وزارة الخارجية إن الرئيس سيزور العاصمة."
TARGET = "The Foreign Ministry said the president would visit the capital."
# Nats per piece. Between int8 and float32 the built-in model differs by 0.2; where a configuration
# is read otherwise it is several.
TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Golden:
    """The pieces of ``SOURCE`` and ``TARGET``, and the model's mean log-probability of a target piece."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    score: float

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Golden":
        """From a table in ``muwazi.json``. Raises TypeError, KeyError or ValueError where it is none."""
        source, target = (tuple(map(str, table[side])) for side in ("source", "target"))
        return cls(source, target, float(table["score"]))


def record(model: "Model", engine: "Engine") -> Golden:
    """What ``model`` says now."""
    from translate.tokenizer import Tokenizer

    tokenizer = Tokenizer(model)
    (source,), (target,) = tokenizer.encode([model.normalization(SOURCE)]), tokenizer.encode_target([TARGET])
    (scores,) = engine.score([source], [target])
    return Golden(tuple(source), tuple(target), round(sum(scores) / len(scores), 4))


def keep(folder: Path) -> None:
    """Record what the model in ``folder`` says in its ``muwazi.json``."""
    from translate import models
    from translate.engine import load_engine
    from translate.settings import Settings

    model = replace(models.find(str(folder), folder=folder), golden=None)
    metadata = models.Metadata.read(folder)
    if metadata is not None:
        replace(metadata, golden=record(model, load_engine(model, Settings(device="cpu")))).write(folder)


def check(model: "Model", engine: "Engine") -> None:
    """
    Ask again. Raises ModelDamaged where pieces or probability are no longer what they were.

    A model without a golden sentence passes.
    """
    before = model.golden
    if before is None:
        return
    now = record(model, engine)
    for text, was, seen in ((SOURCE, before.source, now.source), (TARGET, before.target, now.target)):
        if was != seen:
            raise ModelDamaged(
                f"{model.name!r} cuts {text!r} into {' '.join(seen)}, and into {' '.join(was)} when it was "
                f"made. {_REMEDY.format(_libraries())}"
            )
    if not abs(now.score - before.score) <= TOLERANCE:
        raise ModelDamaged(
            f"{model.name!r} gives {TARGET!r} for {SOURCE!r} a log-probability of {now.score:.2f} per piece, "
            f"{before.score:.2f} when it was made. {_REMEDY.format(_libraries())}"
        )


_REMEDY = (
    "Its files are damaged, or a library reads them otherwise ({}): check with `muwazi model info`, "
    "fetch or convert the model again, or install the versions of requirements.lock."
)


def _libraries() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("ctranslate2", "sentencepiece"))
