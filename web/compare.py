"""
An article beside its machine translation and somebody else's: three-way rows, and beads that can be moved.

The reference is kept as it was entered, cut into sentences and aligned with the
article. Our own translation is the bridge where most of the article has one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from align.aligner import align
from align.bead import Bead, text_of
from align.weights import Mode
from eval.metrics import statistics
from eval.score import segment_scores
from eval.wordwork import Change, diff
from translate import reading
from translate.errors import BadInput
from translate.text import Article, Kind
from web import bead_editing
from web.records import Reference, Row, StoredArticle, StoredBead

if TYPE_CHECKING:
    from web.store import Store

_BRIDGE = 0.9  # From this share of translated sentences on, our English helps more than its gaps mislead.
_REASONS = "; "
_UNRELATED = 0.3


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
    source: str
    machine: str | None
    shown: str | None
    reference: str
    changes: tuple[Change, ...] = ()
    score: float | None = None

    @property
    def is_corrected(self) -> bool:
        """Whether a person changed the English of one of its sentences."""
        return any(row.correction is not None and row.correction.text is not None for row in self.rows)

    @property
    def is_furniture(self) -> bool:
        """Whether it is nothing but page furniture, which a translator leaves out rightly."""
        return bool(self.rows) and all(row.segment.kind is Kind.FURNITURE for row in self.rows)

    @property
    def status(self) -> str:
        """'paired', 'left_out' (nothing in the reference), 'added' (nothing in Arabic), or 'furniture'."""
        if not self.bead.source:
            return "added"
        if self.bead.target:
            return "paired"
        return "furniture" if self.is_furniture else "left_out"


def add_reference(store: "Store", stored: StoredArticle, name: str, text: str) -> Reference:
    """
    Keep ``text`` as a reference of the article, aligned with it.

    Raises BadInput where the text is blank or not in Latin letters, or the name is blank.
    """
    article = read_reference(text, name)
    return store.add_reference(stored.entry.id, name.strip(), article, align_with(stored, article))


def read_reference(text: str, name: str) -> Article:
    """The English article in ``text``, cut into sentences; raises BadInput as :func:`add_reference`."""
    if not name.strip():
        raise BadInput("The reference has no name. Give it one, such as that of its translator or newspaper.")
    if not text.strip():
        raise BadInput("The reference is empty. Paste or upload the English text of this article.")
    if reading.arabic_share(text) > 0.5:
        raise BadInput("The reference is in Arabic. Expected the English text of this article.")
    return replace(reading.from_text(text, id=name.strip(), title=name.strip()), language="en")


def align_with(
    stored: StoredArticle, reference: Article, pins: Iterable[StoredBead] = ()
) -> tuple[StoredBead, ...]:
    """The beads of an article and an English text, with ``pins`` kept as they are."""
    wanted = [row for row in stored.rows if row.segment.kind is not Kind.FURNITURE] or list(stored.rows)
    translated = sum(row.text is not None for row in wanted)
    bridge = [row.text or "" for row in stored.rows] if translated >= _BRIDGE * len(wanted) else None
    parallel = align(
        stored.article,
        reference,
        translations=bridge,
        mode=Mode.MT if bridge else Mode.LEXICAL,
        pins=[Bead(pin.source, pin.target) for pin in pins],
    )
    return tuple(_stored(bead) for bead in parallel.beads)


def edit(reference: Reference, action: str, bead: int, side: str = "target") -> tuple[StoredBead, ...]:
    """The reference's beads after one move; see :func:`web.bead_editing.edit`, which raises BadInput."""
    return bead_editing.edit(reference.beads, action, bead, side)


def realign(stored: StoredArticle, reference: Reference) -> tuple[StoredBead, ...]:
    """New beads: the pinned ones as they are, all others found afresh between them."""
    return align_with(stored, reference.article, [bead for bead in reference.beads if bead.pinned])


def three_way(stored: StoredArticle, reference: Reference) -> list[ThreeWay]:
    """All beads of a reference as rows of three texts, in order."""
    rows = [_row(stored, reference, number, bead) for number, bead in enumerate(reference.beads)]
    scored = [n for n, row in enumerate(rows) if row.status == "paired" and row.shown]
    if not scored:
        return rows
    shown = [rows[n].shown or "" for n in scored]
    counts = statistics(["chrf"], shown, [[rows[n].reference for n in scored]])
    values = segment_scores(counts)["chrf"]
    for n, text, value in zip(scored, shown, values, strict=True):
        rows[n] = replace(rows[n], score=value, changes=tuple(words_apart(text, rows[n].reference)))
    return rows


def unrelated(reference: Reference) -> bool:
    """Whether the aligner found so little in common that the texts may be no translations of each other."""
    scores = [bead.score for bead in reference.beads if bead.source and bead.target and not bead.pinned]
    return bool(scores) and sum(scores) / len(scores) < _UNRELATED


def words_apart(before: str, after: str) -> list[Change]:
    """The word differences of two texts, where a lone space or mark between two changes is no agreement."""
    found: list[Change] = []
    changes = diff(before, after)
    for number, change in enumerate(changes):
        inside = 0 < number < len(changes) - 1
        same = change.same and not (inside and re.fullmatch(r"\W{1,2}", change.after))
        if found and found[-1].same == same:
            last = found.pop()
            change = Change(same, last.before + change.before, last.after + change.after)
        found.append(Change(same, change.before, change.after))
    return found


def _row(stored: StoredArticle, reference: Reference, number: int, bead: StoredBead) -> ThreeWay:
    rows = stored.rows[bead.source.start : bead.source.stop]
    return ThreeWay(
        number=number,
        bead=bead,
        rows=rows,
        source=text_of(stored.article, bead.source),
        machine=joined(row.machine.text if row.machine else None for row in rows),
        shown=joined(row.text for row in rows),
        reference=text_of(reference.article, bead.target),
    )


def joined(texts: Iterable[str | None]) -> str | None:
    """The texts that there are, with a space between them; None where there are none."""
    known = [text for text in texts if text is not None]
    return " ".join(text for text in known if text) if known else None


def _stored(bead: Bead) -> StoredBead:
    confidence = 1.0 if bead.pinned or bead.confidence is None else bead.confidence
    return StoredBead(bead.source, bead.target, confidence, _REASONS.join(bead.reasons), bead.pinned)
