"""Word links of stored sentences: made when somebody first looks, kept for the English they point into."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from align.bead import WordLink
from align.words import Attentive, link_sentences
from web.records import Row, StoredArticle, text_key

if TYPE_CHECKING:
    from web.store import Store

# Sentences that are linked together and teach each other; more would make somebody wait.
_TOGETHER = 200
_BESIDE = 12


def segment_links(store: "Store", row: Row, model: Attentive | None = None) -> tuple[WordLink, ...]:
    """
    The links of one sentence with the English shown for it; none where there is no English.

    Its neighbours are read along where links have to be made: what a word means in one
    sentence helps in the next. A ``model`` adds where it looks. Raises NotFound as the store does.
    """
    if not row.text:
        return ()
    known = store.links(row.segment.id, text_key(row.text))
    if known is not None:
        return known
    article_id = store.article_of(row.segment.id)
    rows = store.article(article_id).rows
    place = row.segment.position
    near = [*rows[max(0, place - _BESIDE) : place], row, *rows[place + 1 : place + 1 + _BESIDE]]
    made = _made(near, model)[row.segment.id]
    store.save_article_links(article_id, {row.segment.id: (text_key(row.text), made)})
    return made


def article_links(
    store: "Store", stored: StoredArticle, model: Attentive | None = None
) -> dict[int, tuple[WordLink, ...]]:
    """The links of every sentence that has English, by the sentence's number."""
    kept = store.article_links(stored.entry.id)
    rows = [row for row in stored.rows if row.text]
    found: dict[int, tuple[WordLink, ...]] = {}
    for start in range(0, len(rows), _TOGETHER):
        together = rows[start : start + _TOGETHER]
        keys = {row.segment.id: text_key(row.text or "") for row in together}
        known = {number: kept[number, key] for number, key in keys.items() if (number, key) in kept}
        if len(known) < len(together):
            made = _made(together, model)
            store.save_article_links(
                stored.entry.id,
                {number: (keys[number], links) for number, links in made.items() if number not in known},
            )
            known = made | known
        found |= {number: known[number] for number in keys}
    return found


def _made(rows: Sequence[Row], model: Attentive | None) -> dict[int, tuple[WordLink, ...]]:
    """Links made from all ``rows`` together, for those that have English."""
    having = [row for row in rows if row.text]
    made = link_sentences(((row.segment.text, row.text or "") for row in having), translator=model)
    return {row.segment.id: tuple(links) for row, links in zip(having, made, strict=True)}
