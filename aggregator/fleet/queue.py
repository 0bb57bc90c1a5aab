"""The queue: Procrastinate's tables beside the store's, and what stands in them.

https://procrastinate.readthedocs.io/ has what is called lock, queueing lock and stalled below.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
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
    """A worker's way to the queue; the caller opens it."""
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))


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
