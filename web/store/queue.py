"""
Translation jobs at rest: who works on which, how far it is, and whose turn is next.

A worker claims a job for some seconds and says again and again that it lives.
One whose lease has run out, or whose process is known to have ended, loses the
job to the next that asks. Each claim has a growing token, and every change is
made under it, so that one who comes back late changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, insert, or_, select, update
from sqlalchemy import Row as Record

from web.errors import Conflict, NotFound
from web.records import Claim, JobState, StoredSegment
from web.store.base import Part, lock_article, now, rows_query, to_row
from web.store.schema import articles, jobs, segments, states, translations
from web.store.shown import show
from web.store.workers import is_dead

_ACTIVE = ("queued", "running")
_MOST_TRIES = 20  # Claims in a row that came to nothing: whatever ends the process is in the text.


class LeaseLost(Conflict):
    """The job is another worker's by now, or was cancelled: drop it."""

    code = "lease_lost"


class Queue(Part):
    """The jobs of all processes that share the database."""

    def enqueue(self, article_id: int, model: str, *, furniture: bool = False) -> JobState:
        """
        Ask for an article's translation by a model (its label; "" for whichever is loaded).

        What that model has translated before is shown again at once and not
        made anew. An article that is being translated already gets no second job.

        Raises NotFound, or Conflict where the article is deleted.
        """
        with self._database.write() as connection:
            article = lock_article(connection, article_id)
            if article.deleted is not None:
                raise _deleted(article_id)
            if model:
                _show_again(connection, article_id, model, article.sequence)
            total = article.segments if furniture else article.wanted
            record = connection.execute(
                select(jobs).where(
                    jobs.c.article_id == article_id, jobs.c.model == model, jobs.c.status.in_(_ACTIVE)
                )
            ).first()
            if record is None:
                job_id = connection.execute(
                    insert(jobs)
                    .values(
                        article_id=article_id,
                        model=model,
                        furniture=furniture,
                        status="queued",
                        total=total,
                        made=now(),
                        changed=now(),
                    )
                    .returning(jobs.c.id)
                ).scalar_one()
            else:
                job_id = record.id
                if furniture and not record.furniture:
                    connection.execute(
                        update(jobs).where(jobs.c.id == job_id).values(furniture=True, total=total)
                    )
            _count(connection, job_id)
            return _job(connection, job_id)

    def untranslated_characters(self, article_id: int, model: str, *, furniture: bool = False) -> int:
        """
        How many characters a job would have ``model`` translate that no job under way has it translate.

        Raises Conflict where the article is deleted.
        """
        made = translations.alias("made")
        done = exists().where(made.c.segment_id == segments.c.id, made.c.model == model)
        asked = exists().where(
            jobs.c.article_id == article_id, jobs.c.model == model, jobs.c.status.in_(_ACTIVE)
        )
        if furniture:
            # A job without furniture covers the rest only.
            asked_all = asked.where(jobs.c.furniture)
            wanted = or_(~states.c.wanted, ~asked)
        else:
            asked_all, wanted = asked, states.c.wanted
        query = (
            select(func.coalesce(func.sum(func.length(segments.c.text)), 0))
            .select_from(segments.join(states, states.c.segment_id == segments.c.id))
            .where(segments.c.article_id == article_id, ~done, ~asked_all, wanted)
        )
        with self._database.read() as connection:
            if connection.execute(select(articles.c.deleted).where(articles.c.id == article_id)).scalar():
                raise _deleted(article_id)
            return int(connection.execute(query).scalar_one())

    def claim(self, worker: str, lease_seconds: float, *, model: str = "") -> Claim | None:
        """
        Take the next job for so many seconds; None where nothing waits.

        An article of which nothing is shown yet comes first, then whichever
        has waited longest; those for another model than ``model`` come last.
        A job that was tried again and again and never got further has failed.
        """
        with self._database.read() as connection:
            if not connection.execute(select(exists().where(jobs.c.status.in_(_ACTIVE)))).scalar():
                return None  # The usual answer, and one that takes no lock.
        with self._database.write() as connection:
            moment = self._database.now(connection)
            holders = connection.execute(
                select(jobs.c.worker)
                .distinct()
                .where(jobs.c.status == "running", jobs.c.lease_until > moment)
            ).scalars()
            dead = [holder for holder in holders if is_dead(holder)]
            free = or_(
                jobs.c.status == "queued",
                and_(jobs.c.status == "running", or_(jobs.c.lease_until <= moment, jobs.c.worker.in_(dead))),
            )
            while True:
                record = connection.execute(
                    select(jobs)
                    .where(free)
                    .order_by(
                        case((jobs.c.model.in_(("", model)), 0), else_=1),
                        case((jobs.c.done == 0, 0), else_=1),
                        jobs.c.changed,
                        jobs.c.id,
                    )
                    .limit(1)
                    .with_for_update(skip_locked=True)
                ).first()
                if record is None:
                    return None
                if record.attempts < _MOST_TRIES:
                    break
                _end(
                    connection,
                    record.id,
                    "failed",
                    f"The translation was begun {record.attempts} times without getting further than "
                    f"{record.done} of {record.total}: the server ended each time. See its log, then retry.",
                )
            connection.execute(
                update(jobs)
                .where(jobs.c.id == record.id)
                .values(
                    status="running",
                    worker=worker,
                    token=record.token + 1,
                    attempts=record.attempts + 1,
                    lease_until=moment + timedelta(seconds=lease_seconds),
                    changed=moment,
                )
            )
            return Claim(_job(connection, record.id), worker, record.token + 1)

    def retarget(self, claim: Claim, model: str) -> Claim | None:
        """
        Let the job be done by another model, the loaded one; None where that is another job's already.

        Raises LeaseLost.
        """
        with self._database.write() as connection:
            article = lock_article(connection, claim.job.article_id)
            hold(connection, claim)
            other = connection.execute(
                select(jobs.c.id).where(
                    jobs.c.article_id == claim.job.article_id,
                    jobs.c.model == model,
                    jobs.c.status.in_(_ACTIVE),
                    jobs.c.id != claim.job.id,
                )
            ).first()
            if other is not None:
                _end(connection, claim.job.id, "cancelled", "")
                return None
            connection.execute(update(jobs).where(jobs.c.id == claim.job.id).values(model=model))
            _show_again(connection, claim.job.article_id, model, article.sequence)
            _count(connection, claim.job.id)
            return Claim(_job(connection, claim.job.id), claim.worker, claim.token)

    def pending(self, claim: Claim, limit: int) -> list[StoredSegment]:
        """The first segments of the job that its model has not translated, in reading order."""
        made = translations.alias("made")
        done = exists().where(made.c.segment_id == segments.c.id, made.c.model == claim.job.model)
        with self._database.read() as connection:
            furniture = connection.execute(select(jobs.c.furniture).where(jobs.c.id == claim.job.id)).scalar()
            query = rows_query().where(segments.c.article_id == claim.job.article_id, ~done)
            if not furniture:
                query = query.where(states.c.wanted)
            records = connection.execute(query.order_by(segments.c.position).limit(limit))
            return [to_row(record).segment for record in records]

    def extend(self, claims: Sequence[Claim], lease_seconds: float) -> None:
        """Say that these are still being worked on; those lost meanwhile are left alone."""
        if not claims:
            return
        with self._database.write() as connection:
            until = self._database.now(connection) + timedelta(seconds=lease_seconds)
            # In one order everywhere, so that two who extend do not wait for each other.
            for claim in sorted(claims, key=lambda each: each.job.id):
                connection.execute(update(jobs).where(_held(claim)).values(lease_until=until))

    def fresh_waits(self) -> bool:
        """Whether an article waits of which nothing is translated, and nobody works on it."""
        with self._database.read() as connection:
            query = select(exists().where(jobs.c.status == "queued", jobs.c.done == 0))
            return bool(connection.execute(query).scalar())

    def release(self, claim: Claim) -> None:
        """Hand a job back for whoever comes next; nothing happens where it is lost already."""
        with self._database.write() as connection:
            connection.execute(
                update(jobs)
                .where(_held(claim))
                .values(status="queued", worker="", lease_until=None, attempts=0, changed=now())
            )

    def finish(self, claim: Claim) -> JobState:
        """
        Mark the job as done, or back in the queue where a sentence has been added to it meanwhile.

        Raises LeaseLost.
        """
        with self._database.write() as connection:
            lock_article(connection, claim.job.article_id)
            hold(connection, claim)
            _count(connection, claim.job.id)
            job = _job(connection, claim.job.id)
            _end(connection, job.id, "done" if job.done >= job.total else "queued", "")
            return _job(connection, claim.job.id)

    def fail(self, claim: Claim, message: str) -> JobState:
        """
        Mark the job as failed, with the reason for people; what was translated stays.

        Raises LeaseLost.
        """
        with self._database.write() as connection:
            hold(connection, claim)
            _end(connection, claim.job.id, "failed", message.replace("\0", ""))
            return _job(connection, claim.job.id)

    def cancel(self, job_id: int) -> JobState:
        """
        Stop a job; what was translated stays. One that has ended stays as it is.

        Raises NotFound.
        """
        with self._database.write() as connection:
            job = _job(connection, job_id, lock=True)
            if job.active:
                _end(connection, job_id, "cancelled", "")
            return _job(connection, job_id)

    def job(self, job_id: int) -> JobState:
        """
        How far a job is.

        Raises NotFound.
        """
        with self._database.read() as connection:
            return _job(connection, job_id)

    def jobs(self, article_id: int) -> list[JobState]:
        """The jobs of an article, newest first."""
        with self._database.read() as connection:
            records = connection.execute(
                select(jobs).where(jobs.c.article_id == article_id).order_by(jobs.c.id.desc())
            )
            return [_to_job(record) for record in records]

    def active_jobs(self) -> list[JobState]:
        """All jobs that wait or are worked on, oldest first."""
        with self._database.read() as connection:
            records = connection.execute(select(jobs).where(jobs.c.status.in_(_ACTIVE)).order_by(jobs.c.id))
            return [_to_job(record) for record in records]


def _deleted(article_id: int) -> Conflict:
    return Conflict(f"The article {article_id} is deleted. Restore it first, then translate it.").because(
        "deleted"
    )


def hold(connection: Connection, claim: Claim) -> None:
    """
    Keep the job from others until the transaction ends.

    Raises LeaseLost where it is no longer this claim's.
    """
    record = connection.execute(
        select(jobs.c.status, jobs.c.token).where(jobs.c.id == claim.job.id).with_for_update()
    ).first()
    if record is None or record.status != "running" or record.token != claim.token:
        raise LeaseLost(
            f"The translation job {claim.job.id} is no longer this worker's: "
            f"{'it was removed' if record is None else f'it is {record.status}'}."
        )


def progress(connection: Connection, claim: Claim, moment: datetime) -> None:
    """Count what is done, and that the job got further; it is held."""
    connection.execute(update(jobs).where(jobs.c.id == claim.job.id).values(attempts=0, changed=moment))
    _count(connection, claim.job.id)


def _held(claim: Claim) -> Any:
    return and_(jobs.c.id == claim.job.id, jobs.c.status == "running", jobs.c.token == claim.token)


def _end(connection: Connection, job_id: int, status: str, error: str) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(status=status, error=error, worker="", lease_until=None, changed=now())
    )


def _count(connection: Connection, job_id: int) -> None:
    """Take ``done`` from the translations that are there."""
    job = connection.execute(
        select(jobs.c.article_id, jobs.c.model, jobs.c.furniture).where(jobs.c.id == job_id)
    ).one()
    query = (
        select(func.count())
        .select_from(translations.join(states, states.c.segment_id == translations.c.segment_id))
        .where(states.c.article_id == job.article_id, translations.c.model == job.model)
    )
    if not job.furniture:
        query = query.where(states.c.wanted)
    done = connection.execute(query).scalar_one()
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(done=done))


def _show_again(connection: Connection, article_id: int, model: str, sequence: int) -> None:
    """Show what this model made before, where another's is shown now."""
    records = connection.execute(
        select(translations.c.segment_id, translations.c.id, translations.c.warnings)
        .join(segments, segments.c.id == translations.c.segment_id)
        .where(segments.c.article_id == article_id, translations.c.model == model)
        .order_by(segments.c.position)
    )
    show(connection, article_id, [(r.segment_id, r.id, bool(r.warnings)) for r in records], sequence)


def _job(connection: Connection, job_id: int, *, lock: bool = False) -> JobState:
    query = select(jobs).where(jobs.c.id == job_id)
    record = connection.execute(query.with_for_update() if lock else query).first()
    if record is None:
        raise NotFound(f"There is no translation job {job_id}; its article may have been removed for good.")
    return _to_job(record)


def _to_job(record: Record[Any]) -> JobState:
    return JobState(
        record.id,
        record.article_id,
        record.model,
        record.status,
        record.done,
        record.total,
        record.error,
    )
