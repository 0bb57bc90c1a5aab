"""What the schedule runs: the jobs of the configuration and its own, each with the command that does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aggregator.errors import ConfigError
from aggregator.operations.scheduled import JobState
from aggregator.operations.snapshot import Snapshot
from aggregator.timetable import Job, firings, first_firing
from aggregator.timetable.jobs import TICK

CLEANING, BACKUP = "maintain", "backup"
MAINTENANCE_LIMIT = 6 * 3_600.0
"""Seconds that a cleaning or a backup may take."""

LONGEST_REST = timedelta(minutes=15)
"""A job that fails is tried again after a minute, two, four, and no later than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job and its command."""

    job: Job
    words: tuple[str, ...]
    """what stands behind `aggregator`"""
    lane: Literal["crawl", "maintenance"]
    """Jobs of one lane follow each other.  Crawls have one lane: two processes would not know of each other's pauses,
    and a host is promised one connection."""


def tasks(snapshot: Snapshot) -> dict[str, Task]:
    """All tasks of a configuration by their names, in the order of the file; raises ConfigError for a taken name."""
    found = {}
    for job in snapshot.config.schedule or (TICK,):
        if job.name in (CLEANING, BACKUP):
            raise ConfigError(f"the name {job.name} is taken: choose another", key=f"schedule {job.name}")
        found[job.name] = Task(job=job, words=_crawl(job, snapshot), lane="crawl")
    options = snapshot.config.maintenance
    if options.every:
        job = Job(name=CLEANING, every=options.every, timeout=MAINTENANCE_LIMIT)
        found[job.name] = Task(job=job, words=("maintain", *snapshot.words), lane="maintenance")
    if options.backup:
        job = Job(name=BACKUP, every=options.backup_every, timeout=MAINTENANCE_LIMIT)
        folder = str(snapshot.project / options.backup)
        words = ("backup", folder, "--keep", str(options.backup_keep), *snapshot.words)
        found[job.name] = Task(job=job, words=words, lane="maintenance")
    return found


def _crawl(job: Job, snapshot: Snapshot) -> tuple[str, ...]:
    fleet = snapshot.config.fleet.enabled
    words = ["defer"] if fleet else ["crawl", "--unattended", "--quiet"]
    words += [*snapshot.words, "--spider", job.spider]
    for option, value in (("--region", job.region), ("--source", job.source)):
        words += [option, value] if value else []
    if fleet:
        return (*words, "--now") if job.poll == "now" else tuple(words)
    return (*words, "--due") if job.poll == "due" else tuple(words)


def rests(state: JobState, now: datetime) -> bool:
    """Whether a job that failed is left alone for now: trying at every tick helps nobody."""
    if not state.failures or state.ended is None or state.ended > now:
        return False
    return now < state.ended + min(timedelta(minutes=2.0 ** min(state.failures - 1, 10)), LONGEST_REST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The runs of one job that are to come."""

    name: str
    first: datetime
    runs: int
    last: datetime
    command: str


def forecast(of: dict[str, Task], known: dict[str, JobState], now: datetime, span: timedelta) -> Iterator[Forecast]:
    """What would run until `span` from now, in the order of the first runs; jobs without any are left out."""
    found = []
    for name, task in of.items():
        last = known[name].planned if name in known else None
        first = first_firing(task.job, last, now)
        if first is None or first > now + span:
            continue
        rest = list(firings(task.job, first, now + span))
        runs = Forecast(
            name=name,
            first=first,
            runs=1 + len(rest),
            last=rest[-1] if rest else first,
            command=" ".join(_shown(task.words)),
        )
        found.append(runs)
    yield from sorted(found, key=lambda runs: runs.first)


def _shown(words: tuple[str, ...]) -> Iterator[str]:
    """The command without what is the same for all."""
    skip = False
    for word in words:
        if skip or word in ("--data", "--sources", "--set"):
            skip = not skip
        elif word not in ("--unattended", "--quiet"):
            yield word
