"""How complete the collection of each source is: what `aggregator status --sources` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.records import HealthState, PollState
from aggregator.sources.health import health
from aggregator.store import SqlStore

SPAN = timedelta(days=7)
"""What `new_per_day` and the shares are counted over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One source, as far as it was collected."""

    source_id: str
    health: HealthState
    reason: str
    feeds: int
    polled: datetime | None
    """last poll of any of its feeds"""
    next_due: datetime | None
    new_per_day: float
    """pages that became known in a day, over the last seven"""
    missed_risk: bool
    misses: int
    """polls whose answer had nothing in common with the one before"""
    last_new: datetime | None
    """when it last brought something new: it is silent since"""
    failures: float
    """graded failures in a row of its worst feed"""
    pending: int
    extracted: float | None
    """share of the pages that have an outcome which gave an article or a copy, over the last seven days"""


def coverage(store: SqlStore, config: Config, now: datetime) -> list[Coverage]:
    """One row for each source of the catalogue, and for others that were asked once, those in trouble first."""
    states: dict[str, list[PollState]] = {}
    for state in store.poll_states().values():
        states.setdefault(state.source_id, []).append(state)
    pages = store.page_counts(now - SPAN)
    began = store.first_run() or now
    days = max(min((now - began) / timedelta(days=1), SPAN.days), 1 / 24)
    names = dict.fromkeys([*(source.id for source in configuration.catalogue(config).sources), *states])
    found = [_row(name, states.get(name, ()), pages.get(name, {}), days, now) for name in names]
    return sorted(found, key=lambda row: (row.health == "ok", row.polled is None, row.source_id))


def _row(name: str, states: Sequence[PollState], pages: Mapping[str, int], days: float, now: datetime) -> Coverage:
    told = health(states, now)
    read = pages.get("stored", 0) + pages.get("duplicate", 0)
    settled = read + pages.get("rejected", 0) + pages.get("failed", 0)
    return Coverage(
        source_id=name,
        health=told.state,
        reason=told.reason,
        feeds=len(states),
        polled=max((state.polled for state in states if state.polled), default=None),
        next_due=min((state.next_due for state in states if state.next_due), default=None),
        new_per_day=round(sum(pages.values()) / days, 1),
        missed_risk=any(state.missed_risk for state in states),
        misses=sum(state.misses for state in states),
        last_new=max((state.last_new for state in states if state.last_new), default=None),
        failures=max((state.failures for state in states), default=0.0),
        pending=pages.get("pending", 0),
        extracted=round(read / settled, 3) if settled else None,
    )


def coverage_table(rows: Sequence[Coverage], now: datetime) -> Table:
    """The rows for people."""
    table = Table(box=None, pad_edge=False)
    right = {"feeds", "new/day", "failures", "lost", "pending", "read"}
    for title in ("source", "health", "feeds", "polled", "next", "new/day", "last new", "failures", "lost", "pending"):
        table.add_column(title, no_wrap=True, justify="right" if title in right else "left")
    table.add_column("read", justify="right")
    table.add_column("why", overflow="fold")
    for row in rows:
        style = "" if row.health == "ok" else "yellow" if row.health == "missed_risk" else "red"
        table.add_row(
            escape(row.source_id),
            row.health if row.polled else "not asked",
            str(row.feeds or ""),
            _ago(row.polled, now),
            _ago(row.next_due, now),
            f"{row.new_per_day:g}" if row.polled else "",
            _ago(row.last_new, now),
            f"{row.failures:g}" if row.failures else "",
            str(row.misses) if row.misses else "",
            str(row.pending) if row.pending else "",
            f"{row.extracted:.0%}" if row.extracted is not None else "",
            escape(row.reason) if row.health != "ok" else "",
            style=style,
        )
    return table


def _ago(time: datetime | None, now: datetime) -> str:
    if time is None:
        return ""
    seconds = (now - time).total_seconds()
    size, unit = next(
        ((size, unit) for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")) if abs(seconds) >= size), (1, "s")
    )
    spoken = f"{abs(seconds) / size:.0f} {unit}"
    return f"{spoken} ago" if seconds >= 0 else f"in {spoken}"
