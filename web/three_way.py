"""The beads of a reference as rows of three texts: Arabic, our English, and the reference's."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from eval.metrics import statistics
from eval.score import segment_scores
from eval.wordwork import Change, diff
from translate.text import Article, Kind
from web.records import Reference, Row, StoredArticle, StoredBead

SURE = 0.9
"""From this confidence on a pair needs no second look."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; ``differs`` where the other text says something else."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """
    A bead as it is read: the article's rows, our English, and the reference's sentences.

    ``shown`` is the English with corrections, ``machine`` without; both None where
    nothing is translated yet. ``changes`` lead from ``shown`` to the reference,
    ``score`` is the chrF of ``shown`` (0 to 100); empty and None where a side is
    missing.
    """

    number: int
    bead: StoredBead
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    score: float | None = None

    @property
    def source(self) -> str:
        """The Arabic, on one line."""
        return " ".join(squeezed(row.segment.text) for row in self.rows)

    @property
    def machine(self) -> str | None:
        """What the model made of it."""
        return joined(row.machine.text if row.machine else None for row in self.rows)

    @property
    def shown(self) -> str | None:
        """What the reader shows."""
        return joined(row.text for row in self.rows)

    @property
    def reference(self) -> str:
        """The reference's sentences, on one line."""
        return " ".join(self.sentences)

    @property
    def is_corrected(self) -> bool:
        """Whether a person changed the English of one of its sentences."""
        return any(row.correction is not None and row.correction.text is not None for row in self.rows)

    @property
    def is_furniture(self) -> bool:
        """Whether it is nothing but page furniture, which a translator leaves out rightly."""
        return bool(self.rows) and all(row.segment.kind is Kind.FURNITURE for row in self.rows)

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody should look at it: the aligner is not sure, or has found something odd."""
        return self.status != "furniture" and not self.bead.pinned and (
            self.bead.score < SURE or self.status != "paired"
        )  # fmt: skip

    @property
    def status(self) -> str:
        """'paired', 'left_out' (nothing in the reference), 'added' (nothing in Arabic), or 'furniture'."""
        if not self.bead.source:
            return "added"
        if self.bead.target:
            return "paired"
        return "furniture" if self.is_furniture else "left_out"

    @property
    def ours(self) -> list[list[Piece]]:
        """Our English, a list of pieces per sentence; a sentence without a translation has none."""
        texts = [row.text or "" for row in self.rows]
        return _cut([text for text in texts if text], [(c.before, c.same) for c in self.changes])

    @property
    def theirs(self) -> list[list[Piece]]:
        """The reference, a list of pieces per sentence."""
        return _cut(self.sentences, [(c.after, c.same) for c in self.changes])


def three_way(stored: StoredArticle, reference: Reference) -> list[ThreeWay]:
    """All beads of a reference as rows of three texts, in order."""
    return [compared(row) for row in paired(stored, reference)]


def paired(stored: StoredArticle, reference: Reference) -> list[ThreeWay]:
    """The rows without changes and scores, which take longer than all the rest."""
    return [
        ThreeWay(
            number,
            bead,
            stored.rows[bead.source.start : bead.source.stop],
            tuple(sentences(reference.article, bead.target)),
        )
        for number, bead in enumerate(reference.beads)
    ]


def compared(row: ThreeWay) -> ThreeWay:
    """A row with its changes and its score, where it has both sides."""
    if row.status != "paired" or not row.shown:
        return row
    return replace(row, changes=words_apart(row.shown, row.reference), score=_chrf(row.shown, row.reference))


def sentences(article: Article, numbers: range) -> Iterator[str]:
    """The sentences with these numbers, each on one line."""
    for segment in article.segments[numbers.start : numbers.stop]:
        yield squeezed(segment.text)


def squeezed(text: str) -> str:
    """``text`` on one line."""
    return " ".join(text.split())


def joined(texts: Iterable[str | None]) -> str | None:
    """The texts that there are, with a space between them; None where there are none."""
    known = [text for text in texts if text is not None]
    return " ".join(text for text in known if text) if known else None


# A page shows the same pairs again after each edit, and most of them have not changed.
@lru_cache(maxsize=8192)
def words_apart(before: str, after: str) -> tuple[Change, ...]:
    """The word differences of two texts, where a lone space or mark between two changes is no agreement."""
    found: list[Change] = []
    changes = diff(before, after)
    for number, change in enumerate(changes):
        inside = 0 < number < len(changes) - 1
        same = change.same and not (inside and re.fullmatch(r"\W{1,2}", change.after))
        start = found.pop() if found and found[-1].same == same else Change(same, "", "")
        found.append(Change(same, start.before + change.before, start.after + change.after))
    return tuple(found)


@lru_cache(maxsize=8192)
def _chrf(shown: str, reference: str) -> float:
    return segment_scores(statistics(["chrf"], [shown], [[reference]]))["chrf"][0]


def _pieces(text: str, differs: bool) -> Iterator[Piece]:
    """``text`` as pieces; the space around words is nobody's difference."""
    words = text.strip()
    if not differs or not words:
        if text:
            yield Piece(text, False)
        return
    start = text.index(words)
    for part, marked in ((text[:start], False), (words, True), (text[start + len(words) :], False)):
        if part:
            yield Piece(part, marked)


def _cut(texts: Sequence[str], spans: Sequence[tuple[str, bool]]) -> list[list[Piece]]:
    """
    Each text in pieces by ``spans``, which say the texts again with a space between them.

    Without spans each text is one piece.
    """
    if not spans:
        return [[Piece(text, False)] for text in texts]
    found: list[list[Piece]] = []
    queue = list(spans)
    for text in texts:
        pieces: list[Piece] = []
        left = len(text)
        while left and queue:
            said, same = queue.pop(0)
            taken = said[:left]
            pieces += _pieces(taken, not same)
            left -= len(taken)
            if said[len(taken) :]:
                queue.insert(0, (said[len(taken) :], same))
        found.append(pieces)
        if queue:  # The space between this text and the next.
            said, same = queue.pop(0)
            if said[1:]:
                queue.insert(0, (said[1:], same))
    return found
