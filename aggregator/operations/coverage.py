"""How complete the collection of each source is: what `aggregator status --sources` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.records import HealthState, PollState, SourceHealth
from aggregator.sources.health import TROUBLED, HealthOptions, health
from aggregator.store import SqlStore

SPAN = timedelta(days=7)
"""What `new_per_day` and the shares are counted over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One source, as far as it was collected."""

    source_id: str
    health: HealthState
    """how it is doing, as it was told last"""
    since: datetime | None
    """when that was told; None: it has always been so"""
    looks: HealthState
    """what it looks like now; another state than `health` is told when several looks agree"""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """When, and by which thresholds, sources are looked at."""

    now: datetime
    options: HealthOptions


def coverage(store: SqlStore, config: Config, now: datetime) -> list[Coverage]:
    """One row for each source of the catalogue, and for others that were asked once, those in trouble first."""
    states: dict[str, list[PollState]] = {}
    for state in store.poll_states().values():
        states.setdefault(state.source_id, []).append(state)
    pages = store.page_counts(now - SPAN)
    known = store.health()
    began = store.first_run() or now
    look = Look(now=now, options=config.health)
    days = max(min((now - began) / timedelta(days=1), SPAN.days), 1 / 24)
    names = dict.fromkeys([*(source.id for source in configuration.catalogue(config).sources), *states])
    found = [
        _row(known.get(name) or SourceHealth(source_id=name), states.get(name, ()), pages.get(name, {}), days, look)
        for name in names
    ]
    return sorted(found, key=lambda row: (row.health == "ok", row.polled is None, row.source_id))


def _row(
    known: SourceHealth, states: Sequence[PollState], pages: Mapping[str, int], days: float, look: Look
) -> Coverage:
    told = health(states, look.now, look.options, refused=known.refused)
    read = pages.get("stored", 0) + pages.get("duplicate", 0)
    settled = read + pages.get("rejected", 0) + pages.get("failed", 0)
    return Coverage(
        source_id=known.source_id,
        health=known.state,
        since=known.since,
        looks=told.state,
        reason=known.reason if known.state != "ok" else told.reason,
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


WIDE = 120
"""Columns from which a terminal shows everything in one table."""

_COLUMNS = ("source", "health", "feeds", "polled", "next", "new/day", "last new", "failures", "lost", "pending", "read")
_NARROW = ("source", "health", "polled", "next", "new/day", "pending", "read")
"""What a terminal of 80 columns has room for."""


def coverage_table(rows: Sequence[Coverage], now: datetime, width: int) -> Table:
    """The rows for people, for a terminal of so many columns; where it is narrow, `reasons` has the rest."""
    shown = _COLUMNS if width >= WIDE else _NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0) if width < WIDE else (0, 1))
    for title in shown:
        left = title in ("source", "health", "polled", "next", "last new")
        most = 24 if title == "source" and width < WIDE else None
        table.add_column(
            title, no_wrap=title != "source", overflow="fold", justify="left" if left else "right", max_width=most
        )
    if width >= WIDE:
        table.add_column("why", overflow="fold")
    for row in rows:
        style = "" if row.health == "ok" else "red" if row.health in TROUBLED else "yellow"
        cells = _cells(row, now)
        why = [escape(row.reason) if _is_odd(row) else ""] if width >= WIDE else []
        table.add_row(*(cells[title] for title in shown), *why, style=style)
    return table


def reasons(rows: Sequence[Coverage]) -> list[str]:
    """A sentence for each source that is not well, or does not look so."""
    return [f"{row.source_id} is {row.health}: {row.reason}" for row in rows if _is_odd(row)]


def _is_odd(row: Coverage) -> bool:
    return row.health != "ok" or row.looks != "ok"


def _cells(row: Coverage, now: datetime) -> dict[str, str]:
    return {
        "source": escape(row.source_id),
        "health": row.health if row.polled else "not asked",
        "feeds": str(row.feeds or ""),
        "polled": _ago(row.polled, now),
        "next": _ago(row.next_due, now),
        "new/day": f"{row.new_per_day:g}" if row.polled else "",
        "last new": _ago(row.last_new, now),
        "failures": f"{row.failures:g}" if row.failures else "",
        "lost": str(row.misses) if row.misses else "",
        "pending": str(row.pending) if row.pending else "",
        "read": f"{row.extracted:.0%}" if row.extracted is not None else "",
    }


def _ago(time: datetime | None, now: datetime) -> str:
    if time is None:
        return ""
    seconds = (now - time).total_seconds()
    size, unit = next(
        ((size, unit) for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")) if abs(seconds) >= size), (1, "s")
    )
    spoken = f"{abs(seconds) / size:.0f} {unit}"
    return f"{spoken} ago" if seconds >= 0 else f"in {spoken}"
