"""`aggregator status` for people: one screen of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

from rich.markup import escape
from rich.table import Table

from aggregator.operations.overview import JobRow, LastDay, Overview
from aggregator.operations.standing import Standing
from aggregator.records import HealthState

STATES: tuple[HealthState, ...] = get_args(HealthState)
"""From the best to the worst."""

SHOWN = 8
"""Lines of one kind; the rest is counted."""


def status_table(standing: Standing, found: Overview, now: datetime, fleet: Iterable[tuple[str, str]] = ()) -> Table:
    """Everything as a table of two columns; `fleet`: lines about the queue, where there is one."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in (*_schedule(found, now), *fleet, *_day(found.day), *_standing(standing), *_rest(found)):
        style = "bold red" if name == "needs you" else "yellow" if name in ("trouble", "->") else ""
        table.add_row(escape(name), escape(value), style=style)
    return table


def _schedule(found: Overview, now: datetime) -> Iterator[tuple[str, str]]:
    if found.running and found.since:
        yield "schedule", f"running since {found.since:%Y-%m-%d %H:%M:%S} UTC, process {found.pid}"
    else:
        yield "schedule", "not running"
    if found.problem:
        yield "config", f"not used: {found.problem}"
    for job in found.jobs if found.running else ():
        yield f"  {job.name}", _job(job, now)


def _job(job: JobRow, now: datetime) -> str:
    parts = []
    if job.pid and job.began:
        parts.append(f"running for {(now - job.began).total_seconds():.0f} s, process {job.pid}")
    elif job.outcome and job.ended:
        parts.append(f"{job.outcome} at {_clock(job.ended, now)}")
    if job.next:
        parts.append(f"next at {_clock(job.next, now)}")
    if job.failures > 1:
        parts.append(f"{job.failures} failures in a row")
    told = ", ".join(parts) or "not run yet"
    return f"{told}: {job.message}" if job.message and not job.pid else told


def _day(day: LastDay) -> Iterator[tuple[str, str]]:
    share = f" ({day.unchanged / day.polls:.0%} unchanged)" if day.polls else ""
    yield "last 24 h", f"{day.crawls} crawls, {day.polls} polls{share}, {day.pages} pages"
    yield "", f"{day.new} new, {day.duplicates} duplicates, {day.revisions} revisions"
    if day.stories:
        yield "", f"{day.stories} stories, {day.new_stories} of them new, {day.told_by_several} of several articles"
    if day.errors:
        yield "", ", ".join(f"{number} {kind}" for kind, number in day.errors.items())
    if day.failed_runs:
        yield "", "failed runs: " + ", ".join(f"{name} {number}" for name, number in day.failed_runs.items())


def _standing(standing: Standing) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for name, value in standing.rows():
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= SHOWN:
            yield name, value
    for name, number in seen.items():
        if number > SHOWN:
            yield name, f"... and {number - SHOWN} more: `aggregator status --sources`"


def _rest(found: Overview) -> Iterator[tuple[str, str]]:
    if found.health:
        yield "health", ", ".join(f"{found.health[state]} {state}" for state in STATES if found.health.get(state))
    sizes = [f"{name} {_size(number)}" for name, number in found.bytes.items() if name != "free" and number]
    yield "disk", f"{', '.join(sizes)}; {_size(found.bytes['free'])} free"
    for trouble in found.troubles[:SHOWN]:
        yield "trouble", f"{trouble.source_id} is {trouble.state}: {trouble.reason}"
        if trouble.advice:
            yield "->", trouble.advice
    if len(found.troubles) > SHOWN:
        yield "trouble", f"... and {len(found.troubles) - SHOWN} more: `aggregator status --sources`"
    for need in found.needs:
        yield "needs you", need


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"


def _clock(time: datetime, now: datetime) -> str:
    return f"{time:%H:%M:%S}" if time.date() == now.date() else f"{time:%m-%d %H:%M}"
