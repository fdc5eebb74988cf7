"""Beads and parallel text: which sentences of two articles say the same thing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from translate.errors import BadInput
from translate.text import Article, Kind, Segment


@dataclass(frozen=True, slots=True)
class Bead:
    """
    A run of source sentences and the run of target sentences that renders it.

    Both are ranges of segment numbers. Either may be empty, never both: an empty
    one still says where it stands, ``range(4, 4)`` being before the fifth sentence.

    ``score`` is the aligner's log-weight for this bead (comparable within one
    document only), ``confidence`` the probability that the bead is exactly right,
    None where nobody estimated it. ``reasons`` are phrases for people, empty when
    nothing is doubtful. A ``pinned`` bead was fixed by a person.
    """

    source: range
    target: range
    score: float = 0.0
    confidence: float | None = None
    reasons: tuple[str, ...] = ()
    pinned: bool = False

    def __post_init__(self) -> None:
        for side in (self.source, self.target):
            if side.step != 1 or side.start < 0 or side.stop < side.start:
                raise BadInput(f"A bead holds consecutive sentences from 0 up, not {side}.")
        if not self.source and not self.target:
            raise BadInput("A bead must hold a sentence on one side at least; this one is empty on both.")

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences on each side: (1, 2) is one Arabic sentence in two English ones."""
        return len(self.source), len(self.target)

    @property
    def is_null(self) -> bool:
        """Whether one side says nothing of this."""
        return not self.source or not self.target

    def mirrored(self) -> Self:
        """The same bead with its sides exchanged."""
        return replace(self, source=self.target, target=self.source)


@dataclass(frozen=True, slots=True)
class WordLink:
    """A source word and a target word that render each other; code points into the two bodies."""

    source_start: int
    source_end: int
    target_start: int
    target_end: int
    score: float = 1.0

    def mirrored(self) -> Self:
        """The same link with its sides exchanged."""
        return replace(
            self,
            source_start=self.target_start,
            source_end=self.target_end,
            target_start=self.source_start,
            target_end=self.source_end,
        )


@dataclass(frozen=True, slots=True)
class ParallelText:
    """
    Two articles and the beads that cover both, in order and without gaps.

    ``links`` are word links, by source then target place, empty where nobody
    asked for them. ``notes`` are findings about the whole pair, for people.

    Raises BadInput where a bead starts elsewhere than the one before it ended,
    or sentences are left over.
    """

    source: Article
    target: Article
    beads: tuple[Bead, ...]
    links: tuple[WordLink, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_cover(self.beads, len(self.source.segments), len(self.target.segments))

    def __iter__(self) -> Iterator[tuple[Bead, str, str]]:
        """Each bead with its source and target text; a missing side is ``""``."""
        for bead in self.beads:
            yield bead, text_of(self.source, bead.source), text_of(self.target, bead.target)

    def mirrored(self) -> Self:
        """The same text with its sides exchanged, for what reads Arabic on the source side only."""
        links = sorted(
            (link.mirrored() for link in self.links),
            key=lambda link: (link.source_start, link.source_end, link.target_start, link.target_end),
        )
        return replace(
            self,
            source=self.target,
            target=self.source,
            beads=tuple(bead.mirrored() for bead in self.beads),
            links=tuple(links),
        )

    @property
    def nulls(self) -> int:
        """How many beads have nothing on one side."""
        return sum(bead.is_null for bead in self.beads)

    @property
    def confidence(self) -> float | None:
        """Mean confidence of the beads that have one; None where none has."""
        known = [bead.confidence for bead in self.beads if bead.confidence is not None]
        return sum(known) / len(known) if known else None


def check_cover(beads: Iterable[Bead], sources: int, targets: int) -> None:
    """Raise BadInput unless ``beads`` cover so many sentences on each side, in order."""
    source = target = 0
    for number, bead in enumerate(beads):
        if bead.source.start != source or bead.target.start != target:
            raise BadInput(
                f"Bead {number} starts at source {bead.source.start}, target {bead.target.start}; "
                f"the one before it ended at {source}, {target}. Beads must leave no gap and not overlap."
            )
        source, target = bead.source.stop, bead.target.stop
    if (source, target) != (sources, targets):
        raise BadInput(
            f"The beads cover {source} source and {target} target sentences of {sources} and {targets}; "
            "sentences without a counterpart need a bead with one empty side."
        )


def text_of(article: Article, sentences: range) -> str:
    """The text of a run of sentences as it stands in the body, white space shrunk to single spaces."""
    if not sentences:
        return ""
    segments = article.segments
    return " ".join(article.body[segments[sentences.start].start : segments[sentences.stop - 1].end].split())


def split_lines(data: str) -> list[str]:
    """
    The lines of a file, by line feeds alone (a carriage return before one belongs to it).

    A form feed or U+2028 inside a line does not end it, as it would for ``str.splitlines``.
    """
    lines = data.removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def from_lines(lines: Sequence[str], *, language: str, name: str = "", kinds: Sequence[Kind] = ()) -> Article:
    """
    An article with one segment per line, for text that is already split.

    A blank line is kept as an empty sentence, so that line numbers stay sentence numbers.
    ``kinds`` say what each line is, for those who know it; all are body text without.
    """
    segments = []
    position = 0
    for number, (line, kind) in enumerate(zip(lines, kinds or [Kind.BODY] * len(lines), strict=True)):
        text = line.strip()
        start = position + (len(line) - len(line.lstrip()) if text else 0)
        segments.append(Segment(text, start, number, kind))
        position += len(line) + 1
    return Article(name, language, "", "\n".join(lines), tuple(segments))
