"""An article out of the paragraphs of a document."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from translate import reading
from translate.errors import BadInput
from translate.text import Article, Kind


def compose(paragraphs: Iterable[tuple[str, bool]], name: str, *, title: str = "") -> Article:
    """
    The article of these (text, is a heading) paragraphs, in the file ``name``.

    Headings the document does not name are found as in any text. Raises BadInput
    where there is no text at all.
    """
    lines: list[str] = []
    headings: set[int] = set()
    for text, is_heading in paragraphs:
        for line in text.split("\n"):
            if flat := " ".join(line.split()):
                if is_heading:
                    headings.add(len(lines))
                lines.append(flat)
    if not lines:
        raise BadInput(f"There is no text in {name}. Pictures of text cannot be read.").because(
            "file_no_text", file=name
        )
    first = lines[min(headings)] if headings else ""
    article = reading.from_text(
        "\n\n".join(lines), id=PurePath(name).stem, source=name, title=title or first or None
    )
    segments = tuple(
        replace(segment, kind=Kind.HEADING)
        if segment.paragraph in headings and segment.kind is Kind.BODY
        else segment
        for segment in article.segments
    )
    return replace(article, segments=segments)
