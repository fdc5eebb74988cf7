"""
A second look at beads in doubt: how far the source explains the target, to the translation model.

That is the log-probability of the target given the source, by forced decoding,
less what the same target has given sentences that have nothing to do with it
(pointwise mutual information, in nats). It adds up over beads, so that one bead
of two sentences competes fairly with two beads of one.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from align.bead import text_of
from align.search import Floats
from translate.engine import Likelihood
from translate.text import Article

# By cross-validation on news; benchmarks/align_accuracy.py shows how broad the choice is.
WEIGHT = 0.1  # Log-weight per nat: token probabilities are far from independent.
EXPECTED = 0.7  # Nats per target piece that a translation must explain to be better than an omission.

# Everyday sentences, of a kind that articles do not have.
_UNRELATED = (
    "تناول الأطفال الفطور في الحديقة قبل أن يذهبوا إلى المدرسة.",
    "كان الجو باردا، فأشعلت الجدة النار وجلست تحكي قصة قديمة.",
)


class Forcing(Protocol):
    """A model that says how likely it finds a translation, as MarianTranslator does."""

    def score(self, pairs: Iterable[tuple[str, str]]) -> list[Likelihood | None]: ...


class SecondLook:
    """
    What the model thinks of beads between two articles; a :class:`align.search.Judge`.

    ``asked`` counts the pairs of texts that the model had to read.
    """

    def __init__(
        self,
        translator: Forcing,
        source: Article,
        target: Article,
        *,
        weight: float = WEIGHT,
        expected: float = EXPECTED,
    ) -> None:
        self._translator = translator
        self._source, self._target = source, target
        self._weight, self._expected = weight, expected
        self.asked = 0

    def __call__(self, beads: Sequence[tuple[range, range]]) -> Floats:
        """See :class:`align.search.Judge`. A bead too long for the model gets 0: nothing is known."""
        return np.array(
            [
                0.0 if found is None else self._weight * (found[0] - self._expected * found[1])
                for found in self.explained(beads)
            ]
        )

    def explained(self, beads: Sequence[tuple[range, range]]) -> list[tuple[float, int] | None]:
        """
        The nats of each bead's target that its source explains, and the target's pieces.

        None where a text is too long for the model.
        """
        pairs = [(text_of(self._source, a), text_of(self._target, b)) for a, b in beads]
        targets = list(dict.fromkeys(target for _, target in pairs))
        unrelated = [(source, target) for target in targets for source in _UNRELATED]
        self.asked += len(pairs) + len(unrelated)
        answers = self._translator.score([*pairs, *unrelated])
        others = answers[len(pairs) :]
        by_chance = {
            target: _mean_total(others[n * len(_UNRELATED) : (n + 1) * len(_UNRELATED)])
            for n, target in enumerate(targets)
        }
        return [
            None
            if found is None or (chance := by_chance[target]) is None
            else (found.total - chance, found.pieces)
            for found, (_, target) in zip(answers[: len(pairs)], pairs, strict=True)
        ]


def _mean_total(answers: Sequence[Likelihood | None]) -> float | None:
    totals = [answer.total for answer in answers if answer is not None]
    return sum(totals) / len(totals) if totals else None
