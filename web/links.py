"""Word links of stored sentences: made when somebody first looks, kept for the English they point into."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from align.bead import WordLink
from align.words import link_sentences
from web.records import Row, StoredArticle, text_key

if TYPE_CHECKING:
    from web.store import Store

# Sentences that are linked together and teach each other; more would make somebody wait.
_TOGETHER = 200
_BESIDE = 12


def segment_links(store: "Store", row: Row) -> tuple[WordLink, ...]:
    """
    The links of one sentence with the English shown for it; none where there is no English.

    Its neighbours are read along where links have to be made: what a word means in one
    sentence helps in the next. Raises NotFound as the store does.
    """
    if not row.text:
        return ()
    known = store.links(row.segment.id, text_key(row.text))
    if known is not None:
        return known
    rows = store.article(store.article_of(row.segment.id)).rows
    place = row.segment.position
    near = [*rows[max(0, place - _BESIDE) : place], row, *rows[place + 1 : place + 1 + _BESIDE]]
    return _made(store, near, {row.segment.id})[row.segment.id]


def article_links(store: "Store", stored: StoredArticle) -> dict[int, tuple[WordLink, ...]]:
    """The links of every sentence that has English, by the sentence's number."""
    rows = [row for row in stored.rows if row.text]
    found: dict[int, tuple[WordLink, ...]] = {}
    for start in range(0, len(rows), _TOGETHER):
        together = rows[start : start + _TOGETHER]
        missing = set()
        for row in together:
            known = store.links(row.segment.id, text_key(row.text or ""))
            if known is None:
                missing.add(row.segment.id)
            else:
                found[row.segment.id] = known
        if missing:
            found |= _made(store, together, missing)
    return {row.segment.id: found[row.segment.id] for row in rows}


def _made(store: "Store", rows: Sequence[Row], wanted: set[int]) -> dict[int, tuple[WordLink, ...]]:
    """Links made from all ``rows`` together; those of the ``wanted`` sentences are kept and given."""
    having = [row for row in rows if row.text]
    made = link_sentences((row.segment.text, row.text or "") for row in having)
    found = {}
    for row, links in zip(having, made, strict=True):
        if row.segment.id in wanted:
            found[row.segment.id] = tuple(links)
            store.save_links(row.segment.id, text_key(row.text or ""), tuple(links))
    return found
