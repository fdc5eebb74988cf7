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
_CELL = re.compile(r"\S(?:[^\t]*\S)?")


class Cut(StrEnum):
    """Where a text may be cut: DeepL's ``split_sentences`` has the same three ways."""

    SENTENCES = "1"  # At stops and line breaks.
    STOPS = "nonewlines"  # At stops; a line break inside a sentence is a space.
    LINES = "0"  # At line breaks alone.


@dataclass(frozen=True, slots=True)
class SplitText:
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

    def gap(self, number: int, before: str, target: str) -> str:
        """
        What stands between target sentence ``number`` and the one ``before`` it: the source's gap.

        Sentences that touch in Arabic, such as «لا.ومضى», get a space in English.
        """
        end = self.spans[number - 1][1] if number else 0
        gap = self.text[end : self.spans[number][0]]
        return gap or (" " if number and before and target else "")

    @property
    def tail(self) -> str:
        """What stands after the last sentence; the whole text where there is none."""
        return self.text[self.spans[-1][1] :] if self.spans else self.text

    def join(self, targets: Sequence[str]) -> str:
        """The whole text again, with ``targets`` (one per sentence) in the sentences' places."""
        befores = ["", *targets]
        gaps = [self.gap(n, befores[n], target) for n, target in enumerate(targets)]
        return "".join(gap + target for gap, target in zip(gaps, targets, strict=True)) + self.tail


def cut(text: str, where: Cut = Cut.SENTENCES) -> SplitText:
    """
    The text with its places to cut; its spans neither begin nor end with white space.

    A tab divides columns, and parts in any case.
    """
    if where is Cut.LINES:
        spans = []
        start = 0
        for line in text.splitlines(keepends=True):
            bare = line.strip()
            if bare:
                begin = start + line.index(bare)
                spans.append((begin, begin + len(bare)))
            start += len(line)
        return SplitText(text, tuple(_at_tabs(text, spans)))
    # Two line breaks always part: no sentence goes on over a blank line.
    read = _without_single_breaks(text) if where is Cut.STOPS else text
    return SplitText(text, tuple(_at_tabs(read, split(read))))


def _at_tabs(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        yield from (cell.span() for cell in _CELL.finditer(text, start, end))


def translate_texts(
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
    split_texts = [cut(text, where) for text in texts]
    made = iter(desk.translate([s for p in split_texts for s in p.sentences], deadline, cancelled))
    return [text.join(take(made, len(text.spans))) for text in split_texts]


def take(made: Iterator[Translation], count: int) -> list[str]:
    """The texts of the next ``count`` translations."""
    return [translation.text for translation in islice(made, count)]


def _without_single_breaks(text: str) -> str:
    """The same length, with spaces for each line break that stands alone between two lines of text."""
    return _SINGLE_BREAK.sub(lambda found: " " * len(found.group()), text)
