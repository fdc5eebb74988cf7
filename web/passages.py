"""A text of several sentences: cut apart, translated, and put together again with its own gaps."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from translate.sentences import split
from translate.text import Translation
from web.desk import TranslationDesk

_SINGLE_BREAK = re.compile(r"(?<=\S)[ \t]*(?:\r\n|\n|\r)[ \t]*(?=\S)")


class Cut(StrEnum):
    """Where a text may be cut: DeepL's ``split_sentences`` has the same three ways."""

    SENTENCES = "1"  # At stops and line breaks.
    STOPS = "nonewlines"  # At stops; a line break inside a sentence is a space.
    LINES = "0"  # At line breaks alone.


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A text and where its sentences stand (code points).

    What lies between the spans is white space, and is kept as it is.
    """

    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def sentences(self) -> list[str]:
        """The sentences; a line break inside one is a space."""
        return [" ".join(self.text[start:end].splitlines()) for start, end in self.spans]

    def place(self, targets: Sequence[str]) -> list[str]:
        """
        For each target sentence, what stands before it: the gaps of the source.

        Sentences that touch in Arabic, such as «لا.ومضى», get a space in English.
        """
        ends = [0, *(end for _, end in self.spans)]
        gaps = [self.text[end:start] for end, (start, _) in zip(ends, self.spans, strict=False)]
        return [
            " " if number and not gap and targets[number - 1] and targets[number] else gap
            for number, gap in enumerate(gaps[: len(targets)])
        ]

    def join(self, targets: Sequence[str]) -> str:
        """The whole text again, with ``targets`` (one per sentence) in the sentences' places."""
        tail = self.text[self.spans[-1][1] :] if self.spans else self.text
        gaps = self.place(targets)
        return "".join(gap + target for gap, target in zip(gaps, targets, strict=True)) + tail


def cut(text: str, where: Cut = Cut.SENTENCES) -> Passage:
    """The text as a passage; its spans neither begin nor end with white space."""
    if where is Cut.LINES:
        spans = []
        start = 0
        for line in text.splitlines(keepends=True):
            bare = line.strip()
            if bare:
                begin = start + line.index(bare)
                spans.append((begin, begin + len(bare)))
            start += len(line)
        return Passage(text, tuple(spans))
    if where is Cut.STOPS:
        # Two line breaks still part: no sentence goes on over a blank line.
        return Passage(text, tuple(split(_without_single_breaks(text))))
    return Passage(text, tuple(split(text)))


def translate_passages(
    desk: TranslationDesk,
    texts: Sequence[str],
    *,
    where: Cut = Cut.SENTENCES,
    deadline: float | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[str]:
    """
    The texts in English, one each, all of their sentences handed in together.

    Raises what :meth:`TranslationDesk.translate` raises.
    """
    passages = [cut(text, where) for text in texts]
    made = iter(desk.translate([s for p in passages for s in p.sentences], deadline, cancelled))
    return [passage.join(take(made, len(passage.spans))) for passage in passages]


def take(made: Iterator[Translation], count: int) -> list[str]:
    """The texts of the next ``count`` translations."""
    return [translation.text for translation in islice(made, count)]


def _without_single_breaks(text: str) -> str:
    """The same length, with spaces for each line break that stands alone between two lines of text."""
    return _SINGLE_BREAK.sub(lambda found: " " * len(found.group()), text)
