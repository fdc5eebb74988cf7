"""
How well a splitter finds the ends of sentences: precision, recall and F1 of boundaries.

A boundary is the place of a sentence's last character, counted over characters
that are not white space, so that only where sentences end matters. The end of
the text is no decision and is not counted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from translate.errors import BadInput

Span = tuple[int, int]
Gold = tuple[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Counts over all texts: boundaries predicted, in gold, and both."""

    predicted: int
    wanted: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the predicted boundaries that are right; 1 where none was predicted."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold boundaries that were found; 1 where there are none."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """One boundary that is wrong, with the text around it; ``⟂`` marks the place."""

    missed: bool
    around: str


def score(texts: Sequence[Gold], split: Callable[[str], Sequence[Span]]) -> tuple[Boundaries, list[Mistake]]:
    """
    ``split`` (text to spans) on texts whose sentences are known.

    >>> score([("نعم. لا.", [(0, 4), (5, 8)])], lambda text: [(0, len(text))])[0].recall
    0.0

    Raises BadInput where there is nothing to score.
    """
    if not texts:
        raise BadInput("There is no text with gold sentences to split.")
    predicted = wanted = right = 0
    mistakes = []
    for text, sentences in texts:
        gold, found = _ends(text, sentences), _ends(text, split(text))
        predicted, wanted, right = predicted + len(found), wanted + len(gold), right + len(found & gold)
        places = [number for number, character in enumerate(text) if not character.isspace()]
        for place in sorted(gold ^ found):
            end = places[place - 1] + 1
            around = f"{text[max(0, end - 30) : end]}⟂{text[end : end + 30]}"
            mistakes.append(Mistake(place in gold, around))
    return Boundaries(predicted, wanted, right), mistakes


def gold_texts(lines: Iterable[str]) -> list[Gold]:
    """
    Texts with their sentences from lines: one sentence a line, a blank line between texts.

    Sentences are joined by a space, or by nothing where a line begins with
    ``+``. Lines that begin with ``#`` are comments.
    """
    texts: list[Gold] = []
    text, spans = "", list[Span]()
    for line in [*lines, ""]:
        sentence = " ".join(line.removeprefix("+").split())
        if line.startswith("#"):
            continue
        if sentence:
            text += "" if not text or line.startswith("+") else " "
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence
        elif spans:
            texts.append((text, spans))
            text, spans = "", []
    return texts


def _ends(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Ends counted in visible characters, without the end of the text."""
    visible = [0]
    for character in text:
        visible.append(visible[-1] + (not character.isspace()))
    return {visible[end] for _, end in spans} - {visible[-1]}
