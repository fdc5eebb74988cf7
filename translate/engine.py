"""What the two engines share: pieces in, pieces out, with a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from translate import golden
from translate.errors import MissingDependency
from translate.models import Model
from translate.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """
    One decoded output.

    ``score`` is the mean natural-log probability per target piece, ``</s>``
    included. ``finished`` is False where decoding stopped at its length limit.
    """

    pieces: tuple[str, ...]
    score: float
    finished: bool

    def within(self, limit: int) -> "Hypothesis":
        """
        The same, cut at ``limit`` pieces and then not finished.

        A batch decodes to the limit of its longest source; so a loop is as long
        alone as in company, and in either engine.
        """
        if len(self.pieces) <= limit:
            return self
        return Hypothesis(self.pieces[:limit], self.score, False)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to search: the settings of one call."""

    beam: int
    length_penalty: float
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """
    Where a model looked while it wrote a translation.

    ``weights`` has a row per target piece and a column per source piece, the
    last of which is ``</s>``; each row sums to 1. ``source`` and ``target`` say
    where the pieces stand in the two texts, in code points.
    """

    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    weights: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a model finds a given output: the natural-log probability of its ``pieces`` together."""

    total: float
    pieces: int

    @property
    def mean(self) -> float:
        """Per piece, ``</s>`` included, as ``Hypothesis.score``."""
        return self.total / self.pieces


class Engine(Protocol):
    """
    A loaded Marian model that decodes batches; safe to call from several threads.

    ``sources`` are piece lists that end in ``</s>``, any number in any order;
    the engine sorts and batches them, and answers in the order asked.
    """

    name: str

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]: ...

    def candidates(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, count: int
    ) -> list[list[Hypothesis]]:
        """The ``count`` best hypotheses of each source, best first; the beam is at least as wide."""
        ...

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[list[float]]:
        """
        The natural-log probability of each piece of a given target, and of the ``</s>`` behind it.

        ``targets`` are piece lists without ``</s>``, one per source.
        """
        ...

    def attend(
        self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]
    ) -> "list[NDArray[np.float32]]":
        """
        Where the model looks while it writes each piece of a given target.

        One matrix per pair, target pieces × source pieces; row t is of the step
        that makes piece t, and sums to 1. It is of the first head of the last
        decoder layer, which Marian's guided alignment trains for this.
        """
        ...


def length_limit(source_pieces: int) -> int:
    """
    Most target pieces to decode for a source of so many pieces.

    Arabic packs articles, pronouns and conjunctions into its words, so English
    is longer; three times and a margin is beyond any translation seen in the
    development sets, and stops a loop soon.
    """
    return 3 * source_pieces + 16


def batches(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """
    Indices grouped so that each batch holds at most ``batch_tokens``, padding included.

    Longest first: the first batch then shows whether memory suffices, and
    neighbours in length waste little padding. A single longer source has a
    batch of its own.
    """
    grouped: list[list[int]] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if grouped and longest * (len(grouped[-1]) + 1) <= batch_tokens:
            grouped[-1].append(index)
        else:
            grouped.append([index])
            longest = lengths[index]
    return grouped


def load_engine(model: Model, settings: Settings) -> Engine:
    """
    The engine that ``settings`` asks for, with the model's weights in memory.

    Raises MissingDependency where its library is not installed, and
    ModelDamaged where the model lacks the form that the engine reads, or no
    longer says what it said when it was made.
    """
    if settings.engine == "ct2":
        from translate.ct2 import CT2Engine

        return _checked(model, CT2Engine(model, settings))
    try:
        from translate.marian import TorchEngine
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"The torch engine needs {error.name}, which is not installed. "
            "Install it with: pip install -e '.[torch]', or choose --engine ct2."
        ) from error
    return _checked(model, TorchEngine(model, settings))


def _checked(model: Model, engine: Engine) -> Engine:
    golden.check(model, engine)
    return engine
