"""How a source is doing, told from the states of its feeds: decisions only.

A source is judged by what it was asked and by its own rhythm, so that a weekly paper may be quiet for days, and an
agency not for one.  `health` says what it looks like now; `steadied` says when that is believed, so that a server that
falters does not ring a bell at each poll.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from aggregator.records import HealthState, PollState, SourceHealth
from aggregator.sources.rhythm import foretold

REFUSALS = frozenset({401, 403, 407, 429, 451})
"""Answers that mean us: who is asked is there, and does not want to answer."""

REFUSED_FEED = 1.0
"""Graded failures in a row after which a refused feed counts as blocked: two answers of 403, four of 429."""

TROUBLED: frozenset[HealthState] = frozenset({"stale", "failing", "blocked", "gone"})
"""States in which little or nothing of a source is collected."""

_WORSE: dict[HealthState, int] = {state: place for place, state in enumerate(get_args(HealthState))}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthOptions:
    """`[health]` of aggregator.toml."""

    slow: float = 10.0
    """Seconds to the first byte above which a source is slow: a third of `crawl.timeout`; servers take one."""

    failures: float = 3.0
    """Graded failures in a row of every feed: three hard ones, or a dozen that pass by themselves."""

    refused_pages: int = 10
    """Pages in a row that are refused (HTTP 401, 403, 429, 451): more than a section behind a wall has in a day."""

    silent_entries: float = 12.0
    """Entries that were foretold since the last one: that none came is then no chance (Poisson: 6 in a million)."""

    silent_time: float = 86_400.0
    """Seconds before which no source is stale: there are holidays, and outages of an evening."""

    looks: int = 2
    """Looks in a row, one at the end of each crawl, that must say the same before it is believed."""

    worse_after: float = 900.0
    """Seconds for which they must say so before a source is told to do worse: the floor between two polls."""

    better_after: float = 7_200.0
    """The same before it is told to do better: two polls of the usual hour, so that what flaps is told once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source is doing and why that is thought."""

    state: HealthState
    reason: str
    """one sentence"""
    advice: str = ""
    """what a person may do about it"""


WELL = Health(state="ok", reason="it is asked and answers")


def health(states: Sequence[PollState], now: datetime, options: HealthOptions, *, refused: int = 0) -> Health:
    """What a source looks like whose feeds are in these states; `ok` for one that was never asked.

    `refused`: pages in a row that its servers refused.
    """
    asked = [state for state in states if state.polled is not None]
    polled = [state for state in asked if state.disabled is None]
    if asked and not polled:
        return Health(
            state="gone",
            reason=f"all feeds are disabled: {asked[0].disabled}",
            advice="`aggregator sources check` looks for their successors",
        )
    return (
        _blocked(polled, refused, options)
        or _failing(polled, options)
        or _silence(polled, now, options)
        or _risk(polled)
        or _moved(polled)
        or _slow(polled, options)
        or WELL
    )


def steadied(known: SourceHealth, looks_like: Health, options: HealthOptions, now: datetime) -> SourceHealth:
    """What is known of a source after one more look at it: another state only after several looks and a time."""
    if looks_like.state == known.state:
        # The newest reason is kept while something is wrong: numbers and errors in it change.
        words = (looks_like.reason, looks_like.advice) if known.state != "ok" else (known.reason, known.advice)
        return replace(known, reason=words[0], advice=words[1], doubt=None, doubted_since=None, looks=0)
    worse = _WORSE[looks_like.state] > _WORSE[known.state]
    goes_on = known.doubt is not None and (_WORSE[known.doubt] > _WORSE[known.state]) == worse
    # A clock that was set back must not keep a source in a state for ever.
    goes_on = goes_on and known.doubted_since is not None and known.doubted_since <= now
    since, looks = (known.doubted_since, known.looks + 1) if goes_on else (now, 1)
    assert since is not None
    wait = timedelta(seconds=options.worse_after if worse else options.better_after)
    if looks >= options.looks and now - since >= wait:
        return SourceHealth(
            source_id=known.source_id,
            state=looks_like.state,
            since=now,
            reason=looks_like.reason,
            advice=looks_like.advice,
            refused=known.refused,
        )
    return replace(known, doubt=looks_like.state, doubted_since=since, looks=looks)


def _blocked(polled: Sequence[PollState], refused: int, options: HealthOptions) -> Health | None:
    advice = "see whether the site wants to be collected; a lower rate (politeness.delay) may do, or its owner's word"
    if polled and all(state.status in REFUSALS and state.failures >= REFUSED_FEED for state in polled):
        return Health(state="blocked", reason=f"its feeds are refused to us: HTTP {polled[0].status}", advice=advice)
    if options.refused_pages and refused >= options.refused_pages:
        return Health(state="blocked", reason=f"its last {refused} pages were refused to us", advice=advice)
    return None


def _failing(polled: Sequence[PollState], options: HealthOptions) -> Health | None:
    if not polled or any(state.failures < options.failures for state in polled):
        return None
    return Health(
        state="failing",
        reason=f"no feed can be had: {polled[0].error}",
        advice="`aggregator why FEED` tells what was tried",
    )


def _silence(polled: Sequence[PollState], now: datetime, options: HealthOptions) -> Health | None:
    last = _latest(state.last_new for state in polled)
    heard = _latest(state.good for state in polled)
    if last is None or heard is None or heard - last < timedelta(seconds=options.silent_time):
        return None
    # Only the time in which it was asked counts: a machine that was switched off has heard nothing.
    missing = max(foretold(state.rhythm, last, min(heard, now)) for state in polled)
    if missing < options.silent_entries:
        return None
    return Health(
        state="stale",
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


def _moved(polled: Iterable[PollState]) -> Health | None:
    moved = [state for state in polled if state.moved_to]
    if not moved:
        return None
    return Health(
        state="moved",
        reason=f"{moved[0].feed} is asked at {moved[0].moved_to}",
        advice="write the new address into the catalogue",
    )


def _slow(polled: Sequence[PollState], options: HealthOptions) -> Health | None:
    times = [state.took for state in polled if state.took is not None]
    if not options.slow or not times or min(times) < options.slow:
        return None
    return Health(
        state="slow",
        reason=f"its servers take {min(times):.0f} s to begin an answer",
        advice="nothing, unless it lasts: a slow answer holds up nobody else",
    )


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
