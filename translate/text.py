"""An article, its segments, and their translations: the types that flow between packages."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from translate.errors import BadInput
from translate.normalize import INVISIBLE

_SEEN = re.compile(f"[^\\s{INVISIBLE}]")


class Kind(StrEnum):
    """What a segment is to its article."""

    BODY = "body"
    HEADING = "heading"
    FURNITURE = "furniture"  # Comment forms, related headlines, notices: on the page, not in the article.


@dataclass(frozen=True, slots=True)
class Segment:
    """
    One sentence (or bare line) of an article.

    ``start`` counts code points into the article's body; ``paragraph`` counts
    from 0 the non-blank lines of the body, or its blocks of lines where the text
    is wrapped at a margin.
    """

    text: str
    start: int
    paragraph: int
    kind: Kind = Kind.BODY

    @property
    def end(self) -> int:
        """Offset after the last code point, so that ``body[start:end] == text``."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Article:
    """
    A text and where each of its sentences stands.

    Segments are in order and do not overlap; what lies between them is white
    space and marks that nobody sees, such as U+200F. So gaps plus segments rebuild
    ``body`` exactly (see :meth:`rebuild`).

    Raises BadInput where a segment does not say what the body says at its place.
    """

    id: str
    language: str
    title: str
    body: str
    segments: tuple[Segment, ...]
    source: str = ""

    def __post_init__(self) -> None:
        position = 0
        for segment in self.segments:
            if segment.start < position or self.body[segment.start : segment.end] != segment.text:
                raise BadInput(
                    f"Segment {segment.text[:40]!r} does not stand at {segment.start} in {self.id!r}; "
                    "segments must be in order and equal to the body at their offsets."
                )
            if _SEEN.search(self.body, position, segment.start):
                raise BadInput(
                    f"Text between {position} and {segment.start} of {self.id!r} belongs to no segment: "
                    f"{self.body[position : segment.start].strip()[:40]!r}."
                )
            position = segment.end
        if _SEEN.search(self.body, position):
            raise BadInput(f"Text after {position} of {self.id!r} belongs to no segment.")

    def gaps(self) -> list[str]:
        """What stands before each segment and after the last: ``len(segments) + 1`` strings."""
        ends = [0, *(segment.end for segment in self.segments)]
        starts = [*(segment.start for segment in self.segments), len(self.body)]
        return [self.body[end:start] for end, start in zip(ends, starts, strict=True)]

    def rebuild(self, texts: list[str] | None = None) -> str:
        """The body again, with ``texts`` (one per segment) in the segments' places."""
        texts = [segment.text for segment in self.segments] if texts is None else texts
        gaps = self.gaps()
        return "".join(gap + text for gap, text in zip(gaps, [*texts, ""], strict=True))


@dataclass(frozen=True, slots=True)
class Translation:
    """
    One source sentence in the target language.

    ``score`` is the mean natural-log probability per target token, ≤ 0, and
    None where nothing was decoded (the text was copied). ``warnings`` are
    sentences for people, empty when nothing looks wrong. ``model`` is the name
    and revision that made it.
    """

    source: str
    text: str
    score: float | None
    warnings: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class TranslatedArticle:
    """An article with one translation per segment; None where a segment was left out on request."""

    article: Article
    translations: tuple[Translation | None, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.translations) != len(self.article.segments):
            raise BadInput(
                f"{len(self.translations)} translations for {len(self.article.segments)} segments "
                f"of {self.article.id!r}; there must be one each (None where left out)."
            )

    @property
    def text(self) -> str:
        """The English body, with the source's paragraphs and blank lines; left-out segments are empty."""
        return self.article.rebuild([t.text if t else "" for t in self.translations])
