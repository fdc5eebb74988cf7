"""
An article beside its machine translation and somebody else's, and how their sentences pair.

The reference is kept as it was entered, cut into sentences and aligned with the
article. Our own translation is the bridge where most of the article has one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, render_template, request

from align.aligner import align
from align.bead import Bead
from align.rescoring import Forcing
from align.weights import Mode
from translate import reading
from translate.errors import BadInput
from translate.text import Article, Kind
from web import bead_editing
from web.errors import NotFound
from web.exports import FORMATS
from web.pages import t
from web.records import Reference, StoredArticle, StoredBead
from web.runtime import runtime
from web.store import Store
from web.three_way import SURE, ThreeWay, compared, paired

_BRIDGE = 0.9  # From this share of translated sentences on, our English helps more than its gaps mislead.
_REASONS = "; "
_UNRELATED = 0.3

# What align.doubts says, and our message for it.
REASONS: tuple[tuple[str, str], ...] = (
    (r"nothing in English for this sentence", "compare.reason.no_english"),
    (r"nothing in Arabic for this sentence", "compare.reason.no_arabic"),
    (r"length ([\d.]+)×", "compare.reason.length"),
    (r"(.+) is missing", "compare.reason.missing"),
    (r"(.+) is added", "compare.reason.added"),
    (r"other pairings are possible \((\d+%) sure of this one\)", "compare.reason.rivals"),
    (r"it may belong to its neighbour", "compare.reason.neighbour"),
    (re.escape(bead_editing.BY_HAND), "compare.reason.by_hand"),
)

blueprint = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many beads of each sort a reference has."""

    pairs: int
    doubtful: int
    left_out: int
    added: int
    pinned: int


@dataclass(frozen=True, slots=True)
class Window:
    """The beads from ``start`` on that differ: up to ``before`` as they were, to ``after`` as they are."""

    start: int
    before: int
    after: int


@blueprint.get("/articles/<int:article_id>/compare/<int:reference_id>")
def show_comparison(article_id: int, reference_id: int) -> str:
    """
    The three-way rows of one reference.

    For a page that has them as they were at the revision ``since``: only those that differ.
    """
    stored, reference = find(article_id, reference_id)
    rows = paired(stored, reference)
    since = request.args.get("since", 0, type=int)
    known = None
    if 0 < since <= reference.revision:
        known = runtime().store.earlier_beads(reference_id, since)
    window = Window(0, 0, len(rows)) if known is None else differing(known, reference.beads)
    return render_template(
        "compare.html",
        entry=stored.entry,
        reference=reference,
        references=runtime().store.references(article_id),
        count=len(rows),
        rows=[compared(row) for row in rows[window.start : window.after]],
        window=None if known is None else window,
        tally=tally(rows),
        unrelated=unrelated(reference),
        sure=SURE,
        reason_text=reason_text,
        formats=FORMATS.values(),
    )


def differing(before: Sequence[StoredBead], after: Sequence[StoredBead]) -> Window:
    """Where two covers of the same texts differ, from the first to the last bead that does."""
    shortest = min(len(before), len(after))
    start = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    same = next((n for n in range(shortest - start) if before[-1 - n] != after[-1 - n]), shortest - start)
    return Window(start, len(before) - same, len(after) - same)


def find(article_id: int, reference_id: int) -> tuple[StoredArticle, Reference]:
    """An article and one of its references; raises NotFound where it has none of that number."""
    store = runtime().store
    reference = store.reference(reference_id)
    if reference.article_id != article_id:
        raise NotFound(f"Article {article_id} has no reference {reference_id}.").because("no_reference")
    return store.article(article_id), reference


def tally(rows: Sequence[ThreeWay]) -> Tally:
    """Counts for the head of the page."""
    statuses = [row.status for row in rows]
    return Tally(
        pairs=statuses.count("paired"),
        doubtful=sum(row.is_doubtful for row in rows),
        left_out=statuses.count("left_out"),
        added=statuses.count("added"),
        pinned=sum(row.bead.pinned for row in rows),
    )


def reason_text(reason: str) -> list[str]:
    """A bead's reasons as phrases in the interface's language; as they are where of no known kind."""
    said = []
    for part in filter(None, reason.split(_REASONS)):
        found = next(((key, m) for pattern, key in REASONS if (m := re.fullmatch(pattern, part))), None)
        values = dict(zip("ab", found[1].groups(), strict=False)) if found else {}
        said.append(t(found[0], **values) if found else part)
    return said


def add_reference(
    store: Store, stored: StoredArticle, name: str, text: str, *, translator: Forcing | None = None
) -> Reference:
    """
    Keep ``text`` as a reference of the article, aligned with it; a ``translator`` is asked where in doubt.

    Raises BadInput where the text is blank or Arabic, or the name is blank.
    """
    article = read_reference(text, name)
    beads = align_with(stored, article, translator=translator)
    return store.add_reference(stored.entry.id, name.strip(), article, beads)


def read_reference(text: str, name: str) -> Article:
    """The English article in ``text``, cut into sentences; raises BadInput as :func:`add_reference`."""
    if not name.strip():
        raise BadInput(
            "The reference has no name. Give it one, such as that of its translator or newspaper."
        ).because("reference_name")
    if not text.strip():
        raise BadInput("The reference is empty. Paste or upload the English text of this article.").because(
            "reference_empty"
        )
    if reading.arabic_share(text) > 0.5:
        raise BadInput("The reference is in Arabic. Expected the English text of this article.").because(
            "reference_arabic"
        )
    return replace(reading.from_text(text, id=name.strip(), title=name.strip()), language="en")


def align_with(
    stored: StoredArticle,
    reference: Article,
    pins: Iterable[StoredBead] = (),
    translator: Forcing | None = None,
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
        translator=translator,
    )
    return tuple(_stored(bead) for bead in parallel.beads)


def edit(reference: Reference, action: str, bead: int, side: str = "target") -> tuple[StoredBead, ...]:
    """The reference's beads after one move; see :func:`web.bead_editing.edit`, which raises BadInput."""
    return bead_editing.edit(reference.beads, action, bead, side)


def realign(
    stored: StoredArticle, reference: Reference, translator: Forcing | None = None
) -> tuple[StoredBead, ...]:
    """New beads: the pinned ones as they are, all others found afresh between them."""
    pins = [bead for bead in reference.beads if bead.pinned]
    return align_with(stored, reference.article, pins, translator)


def unrelated(reference: Reference) -> bool:
    """Whether the aligner found so little in common that the texts may be no translations of each other."""
    scores = [bead.score for bead in reference.beads if bead.source and bead.target and not bead.pinned]
    return bool(scores) and sum(scores) / len(scores) < _UNRELATED


def _stored(bead: Bead) -> StoredBead:
    confidence = 1.0 if bead.pinned or bead.confidence is None else bead.confidence
    return StoredBead(bead.source, bead.target, confidence, _REASONS.join(bead.reasons), bead.pinned)


@blueprint.app_template_filter("percent")
def percent(value: float) -> str:
    """A share as people read it: 0.934 is 93%; 100% is said of nothing less."""
    return f"{100 if value >= 1 else min(round(100 * value), 99)}%"


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """What the templates of comparisons and scores share."""
    return {"excerpt": excerpt}


def excerpt(text: str, length: int = 120) -> str:
    """The beginning of a text, cut between words."""
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
