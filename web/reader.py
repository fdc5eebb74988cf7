"""The reader: an article beside its English, sentence by sentence, corrected in place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from translate.text import Kind
from web.records import JobState, Row, StoredArticle
from web.runtime import runtime

EXPORT_FORMATS = ("html", "docx", "epub", "md", "tmx", "xliff", "tsv", "json")
CORRECTION_FORMATS = ("tmx", "tsv", "jsonl")

blueprint = Blueprint("reader", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """
    A row and how it stands on the page.

    ``level`` is 1 for the article's title, 2 for a heading, 0 for text;
    ``starts`` says that a paragraph begins here. ``fold`` counts the lines of page
    furniture in the run that begins here, 0 elsewhere.
    """

    row: Row
    level: int
    starts: bool
    fold: int

    @property
    def is_furniture(self) -> bool:
        """Whether the line belongs to the page rather than to the article."""
        return self.row.segment.kind is Kind.FURNITURE

    @property
    def number(self) -> int:
        """The sentence's number as people count."""
        return self.row.segment.position + 1

    @property
    def is_corrected(self) -> bool:
        """Whether the English shown is a person's."""
        return self.row.correction is not None and self.row.correction.text is not None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What looks wrong with the English shown; nothing is claimed of a person's."""
        return self.row.machine.warnings if self.row.machine and not self.is_corrected else ()


@blueprint.get("/articles/<int:article_id>")
def show_article(article_id: int) -> str:
    """The article with all that is translated so far; its script fetches the rest."""
    current = runtime()
    store = current.store
    stored = store.article(article_id)
    places = list(place_rows(stored))
    return render_template(
        "reader.html",
        entry=stored.entry,
        sequence=stored.sequence,
        places=places,
        titled=any(place.level == 1 for place in places),
        borrowed=is_borrowed(stored),
        references=store.references(article_id),
        job=unfinished_job(store.jobs(article_id)),
        export_formats=EXPORT_FORMATS,
        correction_formats=CORRECTION_FORMATS,
        upload_megabytes=current.settings.upload_megabytes,
    )


def place_rows(stored: StoredArticle) -> Iterator[Place]:
    """Each row of the article with its place on the page; the first line that says the title is its title."""
    title = " ".join(stored.entry.title.split())
    paragraph = -1
    for index, row in enumerate(stored.rows):
        segment = row.segment
        level = 2 if segment.kind is Kind.HEADING else 0
        if title and segment.kind is not Kind.FURNITURE and " ".join(segment.text.split()) == title:
            level, title = 1, ""
        yield Place(row, level, segment.paragraph != paragraph, _run_of_furniture(stored.rows, index))
        paragraph = segment.paragraph


def is_borrowed(stored: StoredArticle) -> bool:
    """Whether the title is but the beginning of the first sentence, which stands below in full."""
    first = next((row.segment.text for row in stored.rows if row.segment.kind is not Kind.FURNITURE), "")
    title = stored.entry.title
    beginning = " ".join(title.rstrip("…").split())
    return title.endswith("…") and bool(beginning) and " ".join(first.split()).startswith(beginning)


def unfinished_job(jobs: Sequence[JobState]) -> JobState | None:
    """The translation that is under way or failed last; None where there is none to tell of."""
    if not jobs:
        return None
    newest = max(jobs, key=lambda job: job.id)
    return newest if newest.active or newest.status == "failed" else None


def _run_of_furniture(rows: Sequence[Row], index: int) -> int:
    """How many lines of furniture follow each other from ``index``, 0 where none begins there."""
    if rows[index].segment.kind is not Kind.FURNITURE:
        return 0
    if index and rows[index - 1].segment.kind is Kind.FURNITURE:
        return 0
    run = 0
    while index + run < len(rows) and rows[index + run].segment.kind is Kind.FURNITURE:
        run += 1
    return run
