"""Finding sentences in either language, with what was found marked on both sides."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, column, or_, select, text

from align.bead import WordLink
from align.words import link_sentences
from web.records import Hit, text_key
from web.store import folding
from web.store.base import Part, rows_query, to_row
from web.store.schema import articles, folded, links, segments

Spans = tuple[tuple[int, int], ...]


class Search(Part):
    """The search over articles and what is shown of them."""

    def search(self, query: str, limit: int = 50) -> list[Hit]:
        """
        The segments that hold all words of the query, in Arabic, English or both.

        Arabic is compared as :mod:`web.store.folding` says; a word of three
        letters or more finds those that begin with it. Where words are found on
        one side alone, the words linked with them are marked on the other.
        Best first on SQLite, newest articles first on PostgreSQL.
        """
        queries = folding.query_words(query)
        if not queries or limit < 1:
            return []
        with self._database.read() as connection:
            records = connection.execute(self._found(queries).limit(limit)).all()
            kept = _kept(connection, [(record.id, to_row(record).text or "") for record in records])
        hits = []
        for record in records:
            target = to_row(record).text or ""
            here, there = folding.spans(record.text, queries), folding.spans(target, queries)
            if target and not (here and there):
                found = kept.get(record.id)
                found = _links(record.text, target) if found is None else found
                here, there = here or _across(there, found, back=True), there or _across(here, found)
            hits.append(Hit(record.article_id, record.id, record.position, record.text, target, here, there))
        return hits

    def _found(self, queries: list[str]) -> Select[Any]:
        query = (
            rows_query()
            .join(articles, articles.c.id == segments.c.article_id)
            .join(folded, folded.c.rowid == segments.c.id)
            .where(articles.c.deleted.is_(None))
        )
        if self._database.sqlite:
            return query.where(
                text("folded MATCH :words").bindparams(words=folding.match_expression(queries))
            ).order_by(column("rank", is_literal=True), segments.c.id)
        for each in queries:
            pattern = folding.like_pattern(each)
            query = query.where(or_(folded.c.source.like(pattern), folded.c.target.like(pattern)))
        return query.order_by(articles.c.id.desc(), segments.c.position)


def _kept(connection: Any, shown: list[tuple[int, str]]) -> dict[int, tuple[WordLink, ...]]:
    keys = {number: text_key(target) for number, target in shown}
    records = connection.execute(select(links).where(links.c.segment_id.in_(keys)))
    return {
        record.segment_id: tuple(WordLink(*value) for value in record.links)
        for record in records
        if keys[record.segment_id] == record.text_key
    }


@lru_cache(maxsize=2048)
def _links(source: str, target: str) -> tuple[WordLink, ...]:
    return tuple(link_sentences([(source, target)])[0])


def _across(spans: Spans, found: Iterable[WordLink], *, back: bool = False) -> Spans:
    """The words on the other side that are linked with these, in order."""
    ends = set()
    for link in found:
        here = (link.source_start, link.source_end)
        there = (link.target_start, link.target_end)
        here, there = (there, here) if back else (here, there)
        if any(here[0] < end and start < here[1] for start, end in spans):
            ends.add(there)
    return tuple(sorted(ends))
