"""Finding, verifying, fetching and converting Marian models."""

from dataclasses import dataclass, field
from pathlib import Path

from translate.normalize import Normalization


@dataclass(frozen=True, slots=True)
class Model:
    """
    An installed Arabic→English Marian model: where its files are and how to feed it.

    ``marian`` is a Hugging Face folder (torch engine), ``ct2`` a CTranslate2
    folder; at least one is set. ``prefix`` holds target tokens such as
    ``>>eng<<`` that multilingual models expect before the source.
    ``placeholders`` are pieces the model was trained to copy, empty for public
    models. ``revision`` changes whenever the weights do.
    """

    name: str
    revision: str
    source_spm: Path
    target_spm: Path
    marian: Path | None
    ct2: Path | None
    normalization: Normalization = field(default_factory=Normalization)
    prefix: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    origin: str = ""
    licence: str = ""

    @property
    def label(self) -> str:
        """The name and revision that every output carries."""
        return f"{self.name}@{self.revision[:12]}"
