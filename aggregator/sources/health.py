"""How a source is doing, told from the states of its feeds: decisions only.

A source is judged by what it was asked and by its own rhythm, so that a weekly paper may be quiet for days, and an
agency not for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.records import HealthState, PollState
from aggregator.sources.rhythm import foretold

SILENT_ENTRIES = 12.0
"""Entries that were foretold since the last one: that none came is then no chance (Poisson: 6 in a million)."""

SILENT_TIME = timedelta(hours=24)
"""No source is silent sooner: there are holidays, and outages of an evening."""

FAILING = 3.0
"""Graded failures in a row of every feed (three hard ones, or a dozen that pass by themselves)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source is doing and why that is thought."""

    state: HealthState
    reason: str
    """one sentence"""
    advice: str = ""
    """what a person may do about it"""


def health(states: Sequence[PollState], now: datetime) -> Health:
    """The health of a source whose feeds are in these states; `ok` for one that was never asked."""
    asked = [state for state in states if state.polled is not None]
    polled = [state for state in asked if state.disabled is None]
    if asked and not polled:
        return Health(
            state="gone",
            reason=f"all feeds are disabled: {asked[0].disabled}",
            advice="`aggregator sources check` looks for their successors",
        )
    if polled and all(state.failures >= FAILING for state in polled):
        return Health(
            state="failing",
            reason=f"no feed can be had: {polled[0].error}",
            advice="`aggregator why FEED` tells what was tried",
        )
    return _silence(polled, now) or _risk(polled) or Health(state="ok", reason="it is asked and answers")


def _silence(polled: Sequence[PollState], now: datetime) -> Health | None:
    last = _latest(state.last_new for state in polled)
    heard = _latest(state.good for state in polled)
    if last is None or heard is None or heard - last < SILENT_TIME:
        return None
    # Only the time in which it was asked counts: a machine that was switched off has heard nothing.
    missing = max(foretold(state.rhythm, last, min(heard, now)) for state in polled)
    if missing < SILENT_ENTRIES:
        return None
    return Health(
        state="silent",
        reason=f"nothing new since {last:%Y-%m-%d %H:%M} UTC, where about {missing:.0f} entries were to be expected",
        advice="see whether the site still publishes there",
    )


def _risk(polled: Iterable[PollState]) -> Health | None:
    risky = [state.feed for state in polled if state.missed_risk]
    if not risky:
        return None
    return Health(
        state="missed_risk",
        reason=f"entries may come and go between two polls of {risky[0]}",
        advice="give the source its section feeds or a news sitemap, or lower polling.min_interval",
    )


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
