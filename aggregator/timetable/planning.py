"""When a job runs next: decisions only.

Times are aware and in UTC.  A job's times follow from the job alone, not from when the program was started or how long
a run took, so that they do not drift and are the same after a restart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import takewhile

from aggregator.timetable.crontab import Cron
from aggregator.timetable.jobs import Job, checked, quiet_hours, zone

_TRIES = 1_000
"""Firings in quiet hours that are looked at before it is said that none is left: more than two years of days."""

CLOCK_SLACK = timedelta(seconds=5)
"""A last run that lies further in the future tells of a clock that was set back."""


def next_firing(job: Job, after: datetime) -> datetime | None:
    """The first time after `after` at which the job runs; None where its quiet hours cover all of them."""
    for _ in range(_TRIES):
        found = _jittered(job, after)
        if found is None:
            return None
        end = _quiet_until(job, found)
        if end is None:
            return found
        after = max(found, end - timedelta(microseconds=1))
    return None


def first_firing(job: Job, last: datetime | None, now: datetime) -> datetime | None:
    """When the job runs first after a start, where `last` is the planned time of its last run.

    A run that was missed while nobody was there is made up for at once: one, however many were missed.  A job of
    `every` that never ran begins at once; one of `cron` waits for its time.
    """
    if last is not None and last > now + CLOCK_SLACK:
        last = None  # the clock was set back: what it said then is no guide
    never = now if job.every else None
    missed = never if last is None else next_firing(job, last)
    if missed is None or missed > now or _quiet_until(job, now) is not None:
        return next_firing(job, now)
    late = now - missed > timedelta(seconds=max(job.grace, job.every))
    return next_firing(job, now) if late and job.cron else now


def firings(job: Job, start: datetime, end: datetime) -> Iterator[datetime]:
    """All times of the job after `start`, up to and with `end`."""
    return takewhile(lambda time: time <= end, _endless(job, start))


def planned(job: Job) -> Job:
    """The job; raises ValueError where it can never run."""
    checked(job)
    if job.cron:
        Cron.of(job.cron, zone(job))
    if next_firing(job, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise ValueError("quiet: these hours leave it no time to run")
    return job


def _endless(job: Job, after: datetime) -> Iterator[datetime]:
    while (found := next_firing(job, after)) is not None:
        yield found
        after = found


def _jittered(job: Job, after: datetime) -> datetime | None:
    """The next time, quiet or not.  A point of the grid is later by its own fixed part of the jitter."""
    start = after - timedelta(seconds=job.jitter)
    point = _point(job, start)
    while point is not None:
        found = point + timedelta(seconds=job.jitter * _part(job.name, point))
        if found > after:
            return found
        point = _point(job, point)
    return None


def _point(job: Job, after: datetime) -> datetime | None:
    if job.cron:
        return Cron.of(job.cron, zone(job)).after(after)
    number = math.floor(after.timestamp() / job.every) + 1
    found = datetime.fromtimestamp(number * job.every, UTC)
    # A fraction of a second may round to where we stand.
    return found if found > after else datetime.fromtimestamp((number + 1) * job.every, UTC)


def _part(name: str, point: datetime) -> float:
    """A number of 0 to 1 that looks like chance and is the same at each look."""
    digest = blake2b(f"{name} {point.timestamp()}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _quiet_until(job: Job, moment: datetime) -> datetime | None:
    """When the quiet hours end in which the moment lies; None where it lies in none."""
    if not job.quiet:
        return None
    here = zone(job)
    local = moment.astimezone(here)
    now = local.time().replace(tzinfo=None)
    for begin, end in quiet_hours(job):
        inside = begin <= now < end if begin < end else now >= begin or now < end
        if inside:
            day = local.date() if now < end else local.date() + timedelta(days=1)
            return datetime.combine(day, end, here).astimezone(UTC)
    return None
