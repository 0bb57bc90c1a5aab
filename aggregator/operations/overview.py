"""What an operator looks at: schedule, last day, disk, sources in trouble, and whether a person is needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.operations import history, scheduled
from aggregator.operations.doctor import LITTLE, PERSISTENT
from aggregator.operations.history import Outcome
from aggregator.operations.scheduled import JobState, State
from aggregator.records import HealthState, PollState
from aggregator.sources.health import health
from aggregator.store import SqlStore, server_upkeep

DAY = timedelta(hours=24)
SILENT_SCHEDULE = timedelta(minutes=5)
"""A schedule that runs says so twice a minute."""

MOST_SOURCES = 0.5
"""Share of the sources in trouble above which it is not theirs: the network, the machine, or a block."""

FEW_SOURCES = 4
"""With fewer sources a share tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job of the schedule."""

    name: str
    pid: int | None
    """its process, while it runs"""
    began: datetime | None
    """when its last run began"""
    ended: datetime | None
    outcome: Outcome | None
    """how its last run ended"""
    message: str
    """what went wrong in it"""
    next: datetime | None
    """when it runs next"""
    failures: int
    """runs in a row that went wrong"""
    skipped: int
    """times when its run before was still under way"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """What the crawls of the last 24 hours have counted, each at its end."""

    crawls: int
    polls: int
    """feeds, sitemaps and listings that were asked"""
    unchanged: int
    """of them answered that nothing has changed (304)"""
    pages: int
    """pages that had an outcome"""
    new: int
    """new articles"""
    duplicates: int
    """copies of known ones"""
    revisions: int
    """new forms of known ones"""
    errors: dict[str, int]
    """by kind: feeds that failed, pages given up, pages to be tried again, pages that are no article"""
    failed_runs: dict[str, int]
    """runs of jobs that went wrong, by job"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source that is not well."""

    source_id: str
    state: HealthState
    reason: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it."""

    running: bool
    """whether a schedule is at work"""
    pid: int | None
    since: datetime | None
    problem: str
    """why a changed configuration is not used"""
    jobs: tuple[JobRow, ...]
    day: LastDay
    bytes: dict[str, int]
    """disk: database, journal, archives, free"""
    troubles: tuple[Trouble, ...]
    needs: tuple[str, ...] = field(default=())
    """why a person is needed; empty: nobody is"""


def overview(store: SqlStore, config: Config, now: datetime) -> Overview:
    """Gathers it from the store and the records of runs."""
    state, running = scheduled.load(config.data_folder), scheduled.is_running(config.data_folder)
    troubles, asked = _troubles(store, config, now)
    sizes = _sizes(store, config)
    return Overview(
        running=running,
        pid=state.pid if running else None,
        since=state.since if running else None,
        problem=state.problem if running else "",
        jobs=tuple(_row(name, job, running=running) for name, job in state.jobs.items()),
        day=_day(config.data_folder, now),
        bytes=sizes,
        troubles=troubles,
        needs=tuple(_needs(state, running, sizes, (len(troubles), asked), now)),
    )


def _row(name: str, job: JobState, *, running: bool) -> JobRow:
    return JobRow(
        name=name,
        pid=job.pid if running else None,
        began=job.began,
        ended=job.ended,
        outcome=job.outcome,
        message=job.message,
        next=job.next if running else None,
        failures=job.failures,
        skipped=job.skipped,
    )


def _needs(
    state: State, running: bool, sizes: dict[str, int], sources: tuple[int, int], now: datetime
) -> Iterator[str]:
    if not running and state.pid:
        yield f"the schedule (process {state.pid}) has died: start it again"
    if running and state.alive is not None and now - state.alive > SILENT_SCHEDULE:
        yield f"the schedule has said nothing since {state.alive:%Y-%m-%d %H:%M} UTC: look at process {state.pid}"
    if running and state.problem:
        yield f"the changed configuration is not used: {state.problem}"
    for name, job in state.jobs.items():
        if running and job.failures >= PERSISTENT:
            yield f"{name} failed {job.failures} times in a row: {job.message}"
    if sizes["free"] < LITTLE:
        yield f"the disk has {sizes['free'] / 1e6:.0f} MB left"
    bad, asked = sources
    if asked >= FEW_SOURCES and bad > MOST_SOURCES * asked:
        yield f"{bad} of {asked} sources are in trouble: it is hardly theirs, see to the network"


def _day(data_folder: Path, now: datetime) -> LastDay:
    records = list(history.since(data_folder, now - DAY))
    counts = history.totals(iter(records))
    failed: dict[str, int] = {}
    for record in records:
        if record.kind == "job" and record.bad:
            failed[record.name] = failed.get(record.name, 0) + 1
    kinds = {
        "feeds failed": counts["feeds/failed"],
        "pages given up": counts["outcome/failed"],
        "pages to be tried again": counts["outcome/retry"],
        "pages that are no article": counts["outcome/rejected"],
    }
    return LastDay(
        crawls=counts["crawls"],
        polls=counts["feeds/polled"],
        unchanged=counts["feeds/unchanged"],
        pages=counts["pages"],
        new=counts["outcome/unique"],
        duplicates=counts["outcome/duplicate"],
        revisions=counts["outcome/revision"],
        errors={kind: number for kind, number in kinds.items() if number},
        failed_runs=failed,
    )


def _troubles(store: SqlStore, config: Config, now: datetime) -> tuple[tuple[Trouble, ...], int]:
    """Sources that are not well, and how many were asked."""
    by_source: dict[str, list[PollState]] = {}
    for state in store.poll_states().values():
        by_source.setdefault(state.source_id, []).append(state)
    try:
        wanted = {source.id for source in configuration.catalogue(config).sources if source.enabled}
    except AggregatorError:
        wanted = set(by_source)  # a data folder can be looked at without its catalogue
    found = []
    for name in sorted(wanted & set(by_source)):
        told = health(by_source[name], now)
        if told.state not in ("ok", "missed_risk"):
            found.append(Trouble(source_id=name, state=told.state, reason=told.reason, advice=told.advice))
    return tuple(found), len(wanted & set(by_source))


def _sizes(store: SqlStore, config: Config) -> dict[str, int]:
    data = config.data_folder
    local = sum(path.stat().st_size for path in data.glob(f"{config.database.name}*"))
    return {
        "database": local if isinstance(config.place, Path) else server_upkeep.size(store),
        "journal": sum(path.stat().st_size for path in (*data.glob("*.jsonl"), *data.glob("journal/*"))),
        "archives": sum(path.stat().st_size for path in data.glob("warc/*")),
        "free": shutil.disk_usage(data).free,
    }
