"""What the store gives and takes: articles, translations, corrections, references and jobs at rest."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from translate.text import Article, Kind

Origin = Literal["seed", "paste", "file", "url", "api"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One article as the library lists it.

    ``english_title`` is the shown translation of the title (or first heading),
    "" until there is one. ``wanted`` counts the segments that are not page
    furniture, ``translated`` how many of those have a translation, ``warnings``
    and ``corrected`` the segments whose shown translation has warnings, and
    those that a person corrected. ``added`` is aware and in UTC.
    """

    id: int
    title: str
    english_title: str
    source: str
    origin: Origin
    added: datetime
    segments: int
    wanted: int
    translated: int
    warnings: int
    corrected: int
    references: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A sentence of a stored article; ``position`` counts from 0 and never changes."""

    id: int
    position: int
    text: str
    start: int
    paragraph: int
    kind: Kind

    @property
    def end(self) -> int:
        """Offset after the last code point in the article's body."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Machine:
    """A model's translation of a segment; ``model`` is its name and revision."""

    text: str
    score: float | None
    warnings: tuple[str, ...]
    model: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """
    A person's version of a translation.

    Versions of one segment count 1, 2, … and none is ever overwritten; 0 means
    that there is none yet. ``text`` is None where undoing went back to the
    machine's translation: the version has grown, and the machine's text stands.
    """

    text: str | None
    version: int
    made: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A segment with what is known of it in English."""

    segment: StoredSegment
    machine: Machine | None = None
    correction: Correction | None = None

    @property
    def text(self) -> str | None:
        """The English to show: the correction, else the machine's, else None."""
        if self.correction is not None and self.correction.text is not None:
            return self.correction.text
        return self.machine.text if self.machine is not None else None

    @property
    def version(self) -> int:
        """The number that the next correction must name: 0 where nobody has corrected yet."""
        return self.correction.version if self.correction is not None else 0


class Arrival(NamedTuple):
    """A row whose translation came, and its place in the order of an article's translations."""

    sequence: int
    row: Row


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """
    An article with a row for each of its segments, in order.

    ``sequence`` is that of the newest translation in ``rows``: whoever shows them
    asks ``rows_since`` for what came after it.
    """

    entry: Entry
    article: Article
    rows: tuple[Row, ...]
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class StoredBead:
    """
    A run of the article's sentences and the run of a reference's that renders it.

    ``score`` is the aligner's confidence, 0 to 1 (1 where a person pinned it);
    ``reason`` says what is doubtful, "" where nothing is.
    """

    source: range
    target: range
    score: float
    reason: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """
    A person's English text of an article, and how their sentences pair.

    ``beads`` cover both sides in order; ``revision`` counts 1, 2, … as they are edited.
    ``undoable`` says whether there are beads before these to go back to.
    """

    id: int
    article_id: int
    name: str
    article: Article
    beads: tuple[StoredBead, ...]
    revision: int
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier correction whose Arabic is like the one asked about; ``similarity`` is 0 to 1."""

    source: str
    target: str
    similarity: float
    segment_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A segment that a search found.

    ``target`` is the English shown, "" where there is none. Spans are (start,
    end) in code points of the two texts, in order: what matched, and on the
    other side what is linked with it.
    """

    article_id: int
    segment_id: int
    position: int
    source: str
    target: str
    source_spans: tuple[tuple[int, int], ...]
    target_spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the translation of an article is; ``model`` "" takes whichever is loaded."""

    id: int
    article_id: int
    model: str
    status: Status
    done: int
    total: int
    error: str

    @property
    def active(self) -> bool:
        """Whether there is still something to come."""
        return self.status in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Claim:
    """
    A job in a worker's hands.

    ``token`` grows with each claim of the job, so that a worker which lost its
    lease (paused, cut off) is known when it comes back, and can save nothing.
    """

    job: JobState
    worker: str
    token: int


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key without its secret, which is not kept; ``characters`` is what it has translated."""

    id: int
    name: str
    made: datetime
    last_used: datetime | None
    characters: int


def text_key(text: str) -> str:
    """What word links are kept under: a hash of the English that they point into."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
