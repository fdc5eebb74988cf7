"""Machine translations, and the word links between a sentence and the English shown for it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from align.bead import WordLink
from translate.errors import BadInput
from translate.text import Translation
from web.errors import NotFound
from web.records import Claim
from web.store.base import Part, batches, clean, lock_article, now
from web.store.queue import hold, progress
from web.store.schema import links, segments
from web.store.schema import translations as made_table
from web.store.shown import show


class Translations(Part):
    """What models made of the segments."""

    def save_translations(
        self,
        segment_ids: Sequence[int],
        translations: Sequence[Translation],
        claim: Claim | None = None,
    ) -> int:
        """
        Keep one translation per segment and show it; how many were new.

        A segment has one translation per model and revision: one that is there
        already is shown again and never doubled. With a ``claim`` the job's
        progress is kept in the same moment.

        Raises BadInput where the two lists differ in length, NotFound for an
        unknown segment, LeaseLost where the job is no longer this worker's.
        """
        if len(segment_ids) != len(translations):
            raise BadInput(
                f"{len(translations)} translations for {len(segment_ids)} segments; one each is wanted."
            )
        made = dict(zip(segment_ids, translations, strict=True))
        for translation in made.values():
            clean(translation.text, "translation")
        with self._database.write() as connection:
            places = _places(connection, made)
            new = 0
            for article_id in sorted(set(places.values())):
                record = lock_article(connection, article_id)
                if claim is not None:
                    hold(connection, claim)
                chosen = {key: made[key] for key in made if places[key] == article_id}
                ids, fresh = _keep(connection, chosen)
                show(connection, article_id, ids, record.sequence)
                new += fresh
            if claim is not None:
                progress(connection, claim, self._database.now(connection))
            return new

    def save_article_links(
        self, article_id: int, found: Mapping[int, tuple[str, Iterable[WordLink]]]
    ) -> None:
        """
        Keep the word links of several segments of an article at once, each under its text's key.

        Raises NotFound.
        """
        entries = [
            {
                "segment_id": segment_id,
                "text_key": key,
                "links": [
                    [x.source_start, x.source_end, x.target_start, x.target_end, x.score] for x in made
                ],
            }
            for segment_id, (key, made) in found.items()
        ]
        if not entries:
            return
        with self._database.write() as connection:
            lock_article(connection, article_id)
            # Two who found the links at once found the same.
            for entry in entries:
                connection.execute(
                    delete(links).where(
                        links.c.segment_id == entry["segment_id"], links.c.text_key == entry["text_key"]
                    )
                )
            connection.execute(insert(links), entries)

    def article_links(self, article_id: int) -> dict[tuple[int, str], tuple[WordLink, ...]]:
        """All kept word links of an article, by segment and text key."""
        with self._database.read() as connection:
            records = connection.execute(
                select(links)
                .join(segments, segments.c.id == links.c.segment_id)
                .where(segments.c.article_id == article_id)
            )
            return {
                (record.segment_id, record.text_key): tuple(WordLink(*value) for value in record.links)
                for record in records
            }

    def links(self, segment_id: int, text_key: str) -> tuple[WordLink, ...] | None:
        """The kept word links, offsets into the two texts; None where nobody has looked for them."""
        with self._database.read() as connection:
            values = connection.execute(
                select(links.c.links).where(links.c.segment_id == segment_id, links.c.text_key == text_key)
            ).scalar()
        return None if values is None else tuple(WordLink(*value) for value in values)


def _keep(connection: Connection, made: dict[int, Translation]) -> tuple[list[tuple[int, int, bool]], int]:
    """The (segment, translation, warned) of each, those added that were missing; and how many were."""
    known: dict[tuple[int, str], tuple[int, bool]] = {}
    for batch in batches(made):
        for record in connection.execute(
            select(made_table.c.id, made_table.c.segment_id, made_table.c.model, made_table.c.warnings).where(
                made_table.c.segment_id.in_(batch)
            )
        ):
            known[record.segment_id, record.model] = (record.id, bool(record.warnings))
    missing = [(key, each) for key, each in made.items() if (key, each.model) not in known]
    if missing:
        moment = now()
        ids = connection.execute(
            insert(made_table).returning(made_table.c.id, sort_by_parameter_order=True),
            [
                {
                    "segment_id": key,
                    "model": each.model,
                    "text": each.text,
                    "score": each.score,
                    "warnings": list(each.warnings),
                    "made": moment,
                }
                for key, each in missing
            ],
        ).scalars()
        for number, (key, each) in zip(ids, missing, strict=True):
            known[key, each.model] = (number, bool(each.warnings))
    return [(key, *known[key, each.model]) for key, each in made.items()], len(missing)


def _places(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Each segment's article. Raises NotFound for the first that is unknown."""
    wanted = list(ids)
    found: dict[int, int] = {}
    for batch in batches(wanted):
        found |= {
            record.id: record.article_id
            for record in connection.execute(
                select(segments.c.id, segments.c.article_id).where(segments.c.id.in_(batch))
            )
        }
    for number in wanted:
        if number not in found:
            raise NotFound(
                f"There is no sentence {number}; its article may have been removed for good."
            ).because("no_sentence")
    return found
