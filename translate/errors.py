"""
Everything Muwazi raises on purpose.

    MuwaziError
    ├── BadInput            text, a file or a value that cannot be used as it is
    │   └── UndecodableInput    bytes that are not text; names the byte offset
    ├── MissingDependency   an optional extra is not installed
    └── ModelError
        ├── ModelNotFound       no such model is installed
        ├── ModelDamaged        incomplete, corrupt, or not what it claims to be
        └── FetchFailed         the hub, the network or the disk said no

A message says what was seen, what was expected and what to do. Libraries raise;
only the command line prints and exits, and only the web app answers with a page.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Self


class MuwaziError(Exception):
    """
    The root: catch this to catch all of ours and nothing else.

    ``reason`` is one word for what went wrong, finer than the class, and ``seen``
    holds what the message names: with both it can be said in another language.
    """

    reason: str = ""
    seen: Mapping[str, object] = MappingProxyType({})

    def because(self, reason: str, **seen: object) -> Self:
        """The same error, with its reason and what was seen."""
        self.reason, self.seen = reason, seen
        return self


class BadInput(MuwaziError):
    """Text, a file or a value that cannot be used as it is."""


class UndecodableInput(BadInput):
    """Bytes that no supported encoding explains; ``offset`` is the first bad byte."""

    def __init__(self, message: str, *, offset: int) -> None:
        super().__init__(message)
        self.offset = offset

    def __reduce__(self) -> tuple[object, ...]:
        """How to make it again: without this, what another process raised could not be read here."""
        return partial(type(self), offset=self.offset), self.args, self.__dict__


class MissingDependency(MuwaziError):
    """An optional extra is needed and not installed."""


class ModelError(MuwaziError):
    """Something about a model."""


class ModelNotFound(ModelError):
    """No model of that name is installed."""


class ModelDamaged(ModelError):
    """A model folder that is incomplete, corrupt, or not an Arabic→English Marian model."""


class FetchFailed(ModelError):
    """A model could not be downloaded; what had arrived is kept for the next try."""
