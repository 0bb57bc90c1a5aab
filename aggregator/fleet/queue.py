"""The queue: Procrastinate's tables beside the store's, and what stands in them.

https://procrastinate.readthedocs.io/ has what is called lock, queueing lock and stalled below.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.schema import SchemaManager

from aggregator.errors import StoreUnavailable
from aggregator.fleet.jobs import SourceJob
from aggregator.run import utc_now
from aggregator.store.places import masked

CRAWL = "crawl"
"""Name of the one queue, and of its one task."""

HEARTBEAT, DEAD = 5.0, 20.0
"""Seconds between two signs of life of a worker, and without one until its jobs are given to others."""

ATTEMPTS = 4
"""After so many runs that went wrong a job is given up: the source is due again, and gets a new one."""

FIRST_PAUSE = 30.0
"""Seconds until a job that went wrong is tried again; doubled each time."""

KEPT_HOURS = 7 * 24
"""For so long a job that was given up can be looked at."""


_SIGN = "aggregator worker "
"""What a worker's connections are called on the server, before its machine and process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How the queue stands."""

    waiting: int = 0
    running: int = 0
    failed: int = 0
    """jobs that were given up within the last KEPT_HOURS"""
    oldest: datetime | None = None
    """since when the job waits that has waited longest"""
    workers: tuple[str, ...] = ()
    """the machines whose workers are connected to the database, with the process of each"""


class Interrupted(Exception):
    """The worker was told to end: the job belongs to another one, at once."""


class Patience(BaseRetryStrategy):
    """When a job is tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """At once where the worker ended, later where the crawl went wrong; None: no more."""
        now = utc_now()
        if isinstance(exception, Interrupted):
            return RetryDecision(retry_at=now)
        if job.attempts + 1 >= ATTEMPTS:
            return None
        return RetryDecision(retry_at=now + timedelta(seconds=FIRST_PAUSE * 2**job.attempts))


def prepare(url: str) -> None:
    """Makes the queue's tables where they are not there yet; raises StoreUnavailable."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('aggregator queue'))")
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found is not None and found[0] is None:
                connection.execute(SchemaManager.get_schema().encode())
    except psycopg.Error as error:
        raise unavailable(url, error) from error


def unavailable(url: str, error: Exception) -> StoreUnavailable:
    """A fault of the database as an error that says what to do."""
    text = masked(" ".join(str(error).split()))
    return StoreUnavailable(
        f"the queue on {masked(url)} cannot be used ({text}): see that the server runs, and that store.url is right",
        path=masked(url),
    )


def app(url: str) -> App:
    """A worker's way to the queue, which tells the server whose it is; the caller opens it."""
    # PostgreSQL cuts a longer name, and `standing` needs the process at its end.
    sign = f"{_SIGN}{socket.gethostname()[:35]} {os.getpid()}"
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4, kwargs={"application_name": sign}))


def defer(url: str, jobs: Iterable[SourceJob], *, spider: str, poll: str) -> int:
    """Puts a job for each source into the queue whose job does not wait there already; how many those were.

    Raises StoreUnavailable.
    """
    prepare(url)
    deferred = 0
    try:
        with App(connector=SyncPsycopgConnector(conninfo=url, min_size=1, max_size=1)).open() as queue:
            for job in jobs:
                deferrer = queue.configure_task(
                    CRAWL,
                    queue=CRAWL,
                    lock=f"host {job.host}",
                    queueing_lock=f"source {job.source_id} {spider}",
                    priority=job.priority,
                )
                try:
                    deferrer.defer(source=job.source_id, spider=spider, poll=poll)
                    deferred += 1
                except AlreadyEnqueued:
                    continue
    except (psycopg.Error, ProcrastinateException) as error:
        raise unavailable(url, error) from error
    return deferred


def counts(url: str) -> dict[str, int]:
    """How many jobs there are in each state: todo, doing, failed; nothing where there is no queue."""
    query = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' GROUP BY status"
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found is None or found[0] is None:
                return {}
            return {str(status): int(number) for status, number in connection.execute(query)}
    except psycopg.Error as error:
        raise unavailable(url, error) from error


def standing(url: str) -> Queued:
    """How the queue stands, and who works at it; nothing is made.  Raises StoreUnavailable.

    Workers are those of the whole database: fleets that share one in several schemas see each other's.
    """
    jobs = """
        SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
            count(*) FILTER (WHERE status = 'failed'),
            (SELECT min(at) FROM procrastinate_events JOIN procrastinate_jobs AS waiting ON waiting.id = job_id
                WHERE waiting.status = 'todo' AND type = 'deferred')
        FROM procrastinate_jobs
    """
    signs = (
        "SELECT DISTINCT application_name FROM pg_stat_activity"
        " WHERE datname = current_database() AND starts_with(application_name, %s) ORDER BY 1"
    )
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            workers = tuple(str(sign).removeprefix(_SIGN) for (sign,) in connection.execute(signs, (_SIGN,)))
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            row = connection.execute(jobs).fetchone() if found is not None and found[0] is not None else None
    except psycopg.Error as error:
        raise unavailable(url, error) from error
    if row is None:
        return Queued(workers=workers)
    waiting, running, failed, oldest = row
    since = oldest.astimezone(UTC) if oldest is not None else None
    return Queued(waiting=waiting, running=running, failed=failed, oldest=since, workers=workers)


def told(queued: Queued, now: datetime) -> list[tuple[str, str]]:
    """The queue for people: names and values."""
    jobs = f"{queued.waiting} jobs waiting, {queued.running} running, {queued.failed} given up"
    if queued.oldest is not None:
        jobs += f"; the oldest waits for {max((now - queued.oldest).total_seconds(), 0) / 60:.0f} min"
    return [("fleet", jobs), ("  workers", ", ".join(queued.workers) or "none: `aggregator worker` starts one")]


async def rescue(manager: JobManager) -> int:
    """Gives the jobs of workers that show no sign of life to others; how many."""
    rescued = 0
    stalled: list[Any] = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD))
    for job in stalled:
        try:
            await manager.retry_job(job, retry_at=utc_now())
            rescued += 1
        except ProcrastinateException:
            continue  # another worker was faster
    return rescued
