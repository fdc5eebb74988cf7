"""What an export is made of: one unit per sentence, or per bead where a reference comes along."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from translate.text import Kind
from web.records import Reference, Row, StoredArticle, StoredBead
from web.three_way import joined, three_way

_SPACE = re.compile("[ \t\n\r\v\f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One line of parallel text.

    ``machine`` is the model's English, ``corrected`` the text with a person's
    corrections, None where there is none; ``reference`` and ``bead`` are None
    where no reference was asked for, and ``rows`` is empty where the reference
    says something that the article does not. Texts have single spaces.
    """

    number: int
    rows: tuple[Row, ...]
    source: str
    machine: str | None
    corrected: str | None
    reference: str | None = None
    bead: StoredBead | None = None

    @property
    def english(self) -> str | None:
        """The English that Muwazi shows: corrected where somebody did, else the machine's."""
        return self.machine if self.corrected is None else self.corrected

    @property
    def kind(self) -> Kind:
        """What all its sentences are; body where they differ or there are none."""
        kinds = {row.segment.kind for row in self.rows}
        return kinds.pop() if len(kinds) == 1 else Kind.BODY

    @property
    def paragraph(self) -> int:
        """The paragraph it begins in; -1 where it has no source."""
        return self.rows[0].segment.paragraph if self.rows else -1

    @property
    def warnings(self) -> tuple[str, ...]:
        """What looked wrong with the machine's English."""
        return tuple(warning for row in self.rows if row.machine for warning in row.machine.warnings)

    @property
    def models(self) -> str:
        """Who translated: names and revisions."""
        return ", ".join(dict.fromkeys(row.machine.model for row in self.rows if row.machine))

    @property
    def score(self) -> float | None:
        """Mean log-probability per token, over sentences where several stand here."""
        scores = [row.machine.score for row in self.rows if row.machine and row.machine.score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def made(self) -> datetime | None:
        """When its English was last changed."""
        times = [row.machine.made for row in self.rows if row.machine]
        times += [row.correction.made for row in self.rows if row.correction]
        return max(times, default=None)

    @property
    def is_read(self) -> bool:
        """Whether it belongs into a text for readers: not furniture that nobody put into English."""
        return self.kind is not Kind.FURNITURE or bool(self.english or self.reference)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader gets: both titles, where the text is from, who translated it, and the units below."""

    title: str
    english_title: str
    source: str
    models: str
    units: tuple[Unit, ...]

    @property
    def paragraphs(self) -> list[list[Unit]]:
        """The units by the paragraph they begin in."""
        return list(paragraphs(self.units))


def for_reading(stored: StoredArticle, parts: Sequence[Unit]) -> Reading:
    """
    An article without what only programs need.

    The headline, where the text has it as its title, moves up to be just that,
    unless a reference has something to say beside it.
    """
    read = [unit for unit in parts if unit.is_read]
    title = squeeze(stored.entry.title or stored.article.title) or "—"
    english = squeeze(stored.entry.english_title)
    headline = next((unit for unit in read if unit.kind is Kind.HEADING and unit.source == title), None)
    if headline is not None:
        english = headline.english or english
        if headline.reference is None:
            read.remove(headline)
    models = ", ".join(dict.fromkeys(unit.models for unit in parts if unit.models and unit.corrected is None))
    return Reading(title, english, squeeze(stored.entry.source), models, tuple(read))


def units(stored: StoredArticle, reference: Reference | None = None) -> list[Unit]:
    """The article's units, in order; see the module."""
    if reference is None:
        return [
            Unit(
                number,
                (row,),
                squeeze(row.segment.text),
                squeeze(row.machine.text) if row.machine else None,
                _corrected((row,)),
            )
            for number, row in enumerate(stored.rows, 1)
        ]
    return [
        Unit(
            row.number + 1,
            row.rows,
            squeeze(row.source),
            None if row.machine is None else squeeze(row.machine),
            _corrected(row.rows),
            squeeze(row.reference),
            row.bead,
        )
        for row in three_way(stored, reference)
    ]


def paragraphs(read: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Units by the paragraph they begin in; one without a source stays with those before it."""
    place = 0

    def where(unit: Unit) -> int:
        nonlocal place
        place = unit.paragraph if unit.rows else place
        return place

    for _, group in groupby(read, where):
        yield list(group)


def squeeze(text: str) -> str:
    """``text`` on one line, with single spaces; those that do not break stay."""
    return _SPACE.sub(" ", text).strip()


def _corrected(rows: Sequence[Row]) -> str | None:
    if not any(row.correction is not None and row.correction.text is not None for row in rows):
        return None
    text = joined(row.text for row in rows)
    return None if text is None else squeeze(text)
