"""How long a feed is left alone, and the sentence to say so.

The interval is the longest of what the feed's own rhythm asks for, what its failures ask for, and what the feed and
its server ask for; nothing leaves the limits of the options.  Only a disabled feed waits longer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from aggregator.records import PollState, Source
from aggregator.sources import hints, rhythm
from aggregator.sources.failures import back_off, probe_wait
from aggregator.text import one_line

_LONGEST = 10 * 365 * 86_400.0
_MIN_JITTERED = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingOptions:
    """`[polling]` of aggregator.toml."""

    min_interval: float = 900.0
    """Seconds between two polls of one feed that nothing may go below."""
    default_interval: float = 3_600.0
    """Seconds between two polls of a feed with 16 new entries a day, and of one that is not known yet."""
    max_interval: float = 86_400.0
    """Seconds that no hint and no back-off may go above; only a disabled feed waits longer."""
    jitter: float = 0.1
    """Share of the interval by which feeds are spread, each by its own fixed part of it."""
    disable_after: float = 30.0
    """Graded failures in a row after which a feed is only probed now and then; 0: never."""
    probe_interval: float = 7 * 86_400.0
    """Seconds until a disabled feed is probed; half as much longer each time, up to 30 days."""

    def for_source(self, source: Source) -> PollingOptions:
        """These options with what the source asks for itself in the catalogue (`politeness.min_interval`)."""
        asked = source.politeness.min_interval
        if asked is None or asked <= self.min_interval:
            return self
        return replace(
            self,
            min_interval=asked,
            default_interval=max(self.default_interval, asked),
            max_interval=max(self.max_interval, asked),
        )


def scheduled(
    state: PollState, headers: Mapping[str, str], retry_after: float | None, options: PollingOptions, now: datetime
) -> PollState:
    """`state` with the time of the next poll, counted from `now`, and the reason for it.

    `headers` are those of the answer, names in lower case; `retry_after` are seconds to stay away that are known
    otherwise.
    """
    if state.disabled:
        wait = probe_wait(state, _seconds(options.probe_interval) or 0.0)
        reason = f"disabled: {_plain(state.disabled)}; probed every {_spoken(wait)}"
        return replace(state, interval=wait, next_due=_later(now, wait), reason=reason)
    lowest = _seconds(options.min_interval) or 0.0
    highest = max(lowest, _seconds(options.max_interval) or _LONGEST)
    interval, reason = max(_wishes(state, headers, retry_after, options, now), key=lambda wish: wish[0])
    interval = max(lowest, min(interval, highest))
    wait = interval * (1 + _share(state.feed) * max(0.0, min(options.jitter, 1.0)) * (interval >= _MIN_JITTERED))
    reason = reason.format(_spoken(interval))
    due_at = _later(now, wait)
    open_at = hints.outside(due_at, state.skip_hours, state.skip_days)
    if open_at > due_at:
        due_at = max(due_at, min(open_at, _later(now, highest)))
        reason += ", but not in the hours and days that the feed skips"
    return replace(state, interval=interval, next_due=due_at, reason=reason)


def _wishes(
    state: PollState, headers: Mapping[str, str], retry_after: float | None, options: PollingOptions, now: datetime
) -> list[tuple[float, str]]:
    """Who asks for how many seconds, and the sentence to say so; the longest is followed, the first at a tie."""
    usual, why = _learned(state, options, now)
    wishes = [(usual, why)]
    if state.failures:
        error = _plain(state.error)
        sentence = f"failed ({error}; {state.failures:g} failures in a row): back-off, every {{}}"
        wishes.append((back_off(state, usual), sentence))
    else:
        wishes.append((_seconds(state.ttl) or 0.0, "feed asked for {} (ttl)"))
        fresh = hints.freshness_seconds(headers, now)
        if fresh is None and state.max_age:
            fresh = state.max_age, "Cache-Control"
        if fresh:
            wishes.append((_seconds(fresh[0]) or 0.0, f"server asked for {{}} ({fresh[1]})"))
    pause = hints.retry_after_seconds(headers.get("retry-after"), now) or 0.0
    wishes.append((max(pause, _seconds(retry_after) or 0.0), "server asked for {} (Retry-After)"))
    return wishes


def _learned(state: PollState, options: PollingOptions, now: datetime) -> tuple[float, str]:
    """The interval that the feed's own rhythm asks for, within the limits."""
    lowest, usual = _seconds(options.min_interval) or 0.0, _seconds(options.default_interval) or 0.0
    if not state.rhythm.watched:
        return max(usual, lowest), "every {} (nothing is known of it yet)"
    highest = max(lowest, _seconds(options.max_interval) or _LONGEST)
    wait, daily = rhythm.waiting_time(state.rhythm, now, usual, highest)
    why = f"every {{}} at this time (it brings some {daily:.2g} entries a day)"
    safe = rhythm.safe_time(state.rhythm, state.entries)
    if safe < wait:
        wait, why = safe, f"every {{}} (bursts may push its {state.entries} entries out)"
    if state.haste < 1.0:
        wait, why = wait * state.haste, "every {} (entries were lost between two polls)"
    return max(wait, lowest), why


def _plain(text: str | None) -> str:
    # It goes through str.format.
    return (one_line(text) or "").replace("{", "(").replace("}", ")")[:200]


def _later(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _seconds(value: float | None) -> float | None:
    """A number of seconds made harmless: no infinity, no negative, at most ten years."""
    if value is None or math.isnan(value):
        return None
    return max(0.0, min(value, _LONGEST))


@lru_cache(maxsize=20_000)
def _share(feed: str) -> float:
    # Of the feed's own address, so that it is the same at every poll: feeds are spread and do not drift.
    return int.from_bytes(blake2b(feed.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big") / 2**32


def _spoken(seconds: float) -> str:
    for size, unit in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
