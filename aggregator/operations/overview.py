"""What an operator looks at: schedule, last day, disk, sources in trouble, and whether a person is needed."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.operations import history, scheduled
from aggregator.operations.doctor import LITTLE, PERSISTENT
from aggregator.operations.history import Outcome
from aggregator.operations.notebook import undelivered
from aggregator.operations.scheduled import JobState, State
from aggregator.records import HealthState, SourceHealth
from aggregator.sources.health import TROUBLED
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
    stories: int
    """stories with an article that was published in it"""
    new_stories: int
    """of them, those whose first one was"""
    told_by_several: int
    """of them, those of more than one article"""
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
    since: datetime | None = None
    """when it was told"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A reason for which a person is needed."""

    kind: str
    """one of `aggregator.alerts.KINDS`"""
    said: str
    """one sentence"""
    subject: str = ""
    """the job or alert it is about"""


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
    health: dict[str, int]
    """how many sources are in which state of health; those that were never asked are not counted"""
    troubles: tuple[Trouble, ...]
    alarms: tuple[Alarm, ...] = ()
    """why a person is needed; empty: nobody is"""

    @property
    def needs(self) -> tuple[str, ...]:
        """The alarms in words."""
        return tuple(alarm.said for alarm in self.alarms)


def overview(store: SqlStore, config: Config, now: datetime) -> Overview:
    """Gathers it from the store and the records of runs."""
    state, running = scheduled.load(config.data_folder), scheduled.is_running(config.data_folder)
    sources = health_of(store, config)
    troubles = tuple(_trouble(known) for known in sources.values() if known.state in TROUBLED)
    sizes = _sizes(store, config)
    return Overview(
        running=running,
        pid=state.pid if running else None,
        since=state.since if running else None,
        problem=state.problem if running else "",
        jobs=tuple(_row(name, job, running=running) for name, job in state.jobs.items()),
        day=_day(store, config.data_folder, now),
        bytes=sizes,
        health=dict(Counter(known.state for known in sources.values())),
        troubles=troubles,
        alarms=tuple(_needs(config, state, running, sizes, (len(troubles), len(sources)), now)),
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
    config: Config, state: State, running: bool, sizes: dict[str, int], sources: tuple[int, int], now: datetime
) -> Iterator[Alarm]:
    if not running and state.pid:
        said = f"the schedule (process {state.pid}) has died: start it again"
        yield Alarm(kind="schedule_died", said=said)
    if running and state.alive is not None and now - state.alive > SILENT_SCHEDULE:
        said = f"the schedule has said nothing since {state.alive:%Y-%m-%d %H:%M} UTC: look at process {state.pid}"
        yield Alarm(kind="schedule_silent", said=said)
    if running and state.problem:
        yield Alarm(kind="config_refused", said=f"the changed configuration is not used: {state.problem}")
    for name, job in state.jobs.items():
        if running and job.failures >= PERSISTENT:
            said = f"{name} failed {job.failures} times in a row: {job.message}"
            yield Alarm(kind="job_failing", said=said, subject=name)
    if sizes["free"] < LITTLE:
        yield Alarm(kind="disk_low", said=f"the disk has {sizes['free'] / 1e6:.0f} MB left")
    bad, asked = sources
    if asked >= FEW_SOURCES and bad > MOST_SOURCES * asked:
        said = f"{bad} of {asked} sources are in trouble: it is hardly theirs, see to the network"
        yield Alarm(kind="most_sources", said=said)
    for name, error in undelivered(config).items():
        yield Alarm(kind="alert_failed", said=f"alert {name} could not be delivered: {error}", subject=name)


def _day(store: SqlStore, data_folder: Path, now: datetime) -> LastDay:
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
    stories, new_stories, several = store.story_counts(now - DAY)
    return LastDay(
        stories=stories,
        new_stories=new_stories,
        told_by_several=several,
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


def health_of(store: SqlStore, config: Config) -> dict[str, SourceHealth]:
    """How the sources of the catalogue are doing that were asked already, by their ids; without a catalogue, all."""
    asked = {state.source_id for state in store.poll_states().values() if state.polled is not None}
    with suppress(AggregatorError):  # a data folder can be looked at without its catalogue
        asked &= {source.id for source in configuration.catalogue(config).sources if source.enabled}
    known = store.health()
    return {name: known.get(name) or SourceHealth(source_id=name) for name in sorted(asked)}


def _trouble(known: SourceHealth) -> Trouble:
    return Trouble(
        source_id=known.source_id, state=known.state, reason=known.reason, advice=known.advice, since=known.since
    )


def _sizes(store: SqlStore, config: Config) -> dict[str, int]:
    data = config.data_folder
    local = sum(path.stat().st_size for path in data.glob(f"{config.database.name}*"))
    return {
        "database": local if isinstance(config.place, Path) else server_upkeep.size(store),
        "journal": sum(path.stat().st_size for path in (*data.glob("*.jsonl"), *data.glob("journal/*"))),
        "archives": sum(path.stat().st_size for path in data.glob("warc/*")),
        "free": shutil.disk_usage(next(place for place in (data, *data.absolute().parents) if place.exists())).free,
    }
