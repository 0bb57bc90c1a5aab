"""How long a host that refuses is left alone, and how slowly one that asks for it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.sources.hints import DAY, retry_after_seconds

REFUSALS = frozenset({429, 503})
"""Statuses by which a server says that it is asked too much."""

_SPREAD = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A host is not asked for a while."""

    until: datetime
    refusals: int
    """how often in a row it has refused"""
    reason: str


def after_refusal(
    *, status: int, retry_after: str | None, refusals: int, floor: float, chance: float, now: datetime
) -> Rest:
    """How long to leave a host alone that answered `status`, one of REFUSALS, after `refusals` earlier ones in a row.

    As long as its Retry-After says (RFC 9110, section 10.2.3), a day at most.  Where it says nothing that can be read,
    or a time that has passed: `floor` seconds, twice as many after each further refusal, and up to a quarter more by
    `chance` (0 to 1), so that hosts that failed together are not asked together.
    """
    asked = retry_after_seconds(retry_after, now)
    if asked:
        wait, why = asked, f"HTTP {status} with Retry-After"
    else:
        wait = min(floor * 2.0 ** min(refusals, 20) * (1 + _SPREAD * chance), DAY)
        why = f"HTTP {status} without a usable Retry-After, {refusals + 1} in a row"
    return Rest(until=now + timedelta(seconds=wait), refusals=refusals + 1, reason=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a host is read."""

    delay: float
    """seconds between two requests"""
    pages: int | None = None
    """how many pages one run may fetch; None: all"""


def pace(*, delay: float, crawl_delay: float | None, longest: float, slow_pages: int) -> Pace:
    """The pace for a host whose robots.txt asks for `crawl_delay`, where `delay` is ours.

    Above `longest` it is not obeyed to the second, since a run would not end: it is read at `longest`, and only
    `slow_pages` pages in a run.
    """
    if crawl_delay is None or crawl_delay <= delay:
        return Pace(delay=delay)
    if crawl_delay <= longest:
        return Pace(delay=crawl_delay)
    return Pace(delay=max(delay, longest), pages=slow_pages)
