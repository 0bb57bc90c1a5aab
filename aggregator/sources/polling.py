"""When a feed is asked, with which headers, and when again: decisions only.

A failure is graded by how long its cause may last: hard 1, soft 0.5, temporary 0.25.  The interval doubles with each
whole failure and falls back at the first good answer.  What a server asks for makes the interval longer, never
shorter, and nothing leaves the limits of the options.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from aggregator.records import PollState, Source
from aggregator.sources.hints import freshness_seconds, retry_after_seconds

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
"""Grades of failure."""

_TEMPORARY_STATUSES = {408, 425, 429, 503, 504}
_HARD_STATUSES = {404, 410}
# Words of errors that do not pass by themselves: the name or the certificate is wrong.
_HARD_ERRORS = ("dns", "no such host", "name or service", "certificate", "tls", "ssl", "robots", "not a public address")
_LONGEST = 10 * 365 * 86_400.0
_CLOCK_SLACK = timedelta(minutes=1)
_MIN_JITTERED = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingOptions:
    """`[polling]` of aggregator.toml."""

    min_interval: float = 900.0
    """Seconds between two polls of one feed that nothing may go below."""
    default_interval: float = 3_600.0
    """Seconds between two polls of a feed that asks for nothing else."""
    max_interval: float = 86_400.0
    """Seconds that no hint and no row of failures may go above."""
    jitter: float = 0.1
    """Share of the interval by which feeds are spread, each by its own fixed part of it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one poll."""

    status: int | None = None
    """HTTP status; None: there was no answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers, names in lower case."""
    is_feed: bool = False
    """Whether the body was a feed (`Reading.format` is not None)."""
    entries: int = 0
    """Entries it had."""
    new: int = 0
    """Of these, how many were new to us."""
    ttl: float | None = None
    """Seconds the feed itself asks for (`Reading.ttl`)."""
    body_hash: str | None = None
    """Digest of the body."""
    error: str | None = None
    """What went wrong, in words, where there was no answer or it was no feed."""
    retry_after: float | None = None
    """Seconds to stay away, where they are known otherwise than by the header (a pause of the whole host)."""


def conditional_headers(state: PollState) -> dict[str, str]:
    """The headers that make a request conditional: the validators of the last good answer, byte for byte."""
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


def due(state: PollState | None, now: datetime) -> bool:
    """Whether the feed may be asked now.  One never asked is due."""
    if state is None or state.next_due is None or now >= state.next_due:
        return True
    # A poll in the future: the clock was set back, and next_due would keep the feed waiting for as long.
    return state.polled is not None and state.polled > now + _CLOCK_SLACK


def after(state: PollState, answer: Answer, options: PollingOptions, now: datetime) -> PollState:
    """The state after `answer`: validators, failures, and when to ask next and why."""
    failure = _failure(state, answer)
    asked = replace(state, polled=now, polls=state.polls + 1, status=answer.status)
    if failure is None:
        return _scheduled(_succeeded(asked, answer, now), answer, options, now)
    grade, error = failure
    failed = replace(asked, failures=min(state.failures + grade, 1_000.0), error=error)
    if answer.status == 304:
        # What the server believes we hold we do not: the next request is unconditional.
        failed = replace(failed, etag=None, last_modified=None, body_hash=None)
    return _scheduled(failed, answer, options, now)


def _failure(state: PollState, answer: Answer) -> tuple[float, str] | None:
    status, error = answer.status, answer.error
    if status is None:
        reason = error or "no answer"
        return (HARD if any(word in reason.lower() for word in _HARD_ERRORS) else TEMPORARY), reason
    if status == 304:
        return None if conditional_headers(state) else (SOFT, "HTTP 304 to a request that was not conditional")
    if 200 <= status < 300:
        if answer.is_feed or _same_body(state, answer):
            return None
        return HARD, error or "the body is not a feed"
    grade = TEMPORARY if status in _TEMPORARY_STATUSES else HARD if status in _HARD_STATUSES else SOFT
    return grade, error or f"HTTP {status}"


def _same_body(state: PollState, answer: Answer) -> bool:
    return answer.body_hash is not None and answer.body_hash == state.body_hash


def _succeeded(state: PollState, answer: Answer, now: datetime) -> PollState:
    state = replace(state, failures=0.0, error=None, last_new=now if answer.new > 0 else state.last_new)
    if answer.status == 304:
        return state
    entries = state.entries if _same_body(state, answer) and not answer.is_feed else answer.entries
    return replace(
        state,
        # Those of this body or none: an old one kept beside a new body would hide changes for ever.
        etag=answer.headers.get("etag") or None,
        last_modified=answer.headers.get("last-modified") or None,
        body_hash=answer.body_hash,
        entries=entries,
    )


def _scheduled(state: PollState, answer: Answer, options: PollingOptions, now: datetime) -> PollState:
    interval, reason = max(_wishes(state, answer, options, now), key=lambda wish: wish[0])
    lowest = _seconds(options.min_interval) or 0.0
    interval = max(lowest, min(interval, _seconds(options.max_interval) or _LONGEST))
    wait = interval * (1 + _share(state.feed) * max(0.0, min(options.jitter, 1.0)) * (interval >= _MIN_JITTERED))
    return replace(
        state, interval=interval, next_due=now + timedelta(seconds=wait), reason=reason.format(_spoken(interval))
    )


def _wishes(state: PollState, answer: Answer, options: PollingOptions, now: datetime) -> list[tuple[float, str]]:
    """Who asks for how many seconds, and the sentence to say so; the longest is followed, the first at a tie."""
    usual = max(_seconds(options.default_interval) or 0.0, _seconds(options.min_interval) or 0.0)
    wishes = [(usual, "every {}")]
    if state.failures:
        error = (state.error or "").replace("{", "(").replace("}", ")")[:200]
        back_off = usual * 2.0 ** min(state.failures, 40.0)
        if state.status == 410 and state.failures >= 2:
            back_off = _LONGEST
        wishes.append((back_off, f"failed ({error}; {state.failures:g} failures in a row): back-off, every {{}}"))
    else:
        wishes.append((_seconds(answer.ttl) or 0.0, "feed asked for {} (ttl)"))
        fresh = freshness_seconds(answer.headers, now)
        if fresh:
            wishes.append((_seconds(fresh[0]) or 0.0, f"server asked for {{}} ({fresh[1]})"))
    pause = retry_after_seconds(answer.headers.get("retry-after"), now) or 0.0
    wishes.append((max(pause, _seconds(answer.retry_after) or 0.0), "server asked for {} (Retry-After)"))
    return wishes


def _seconds(value: float | None) -> float | None:
    """A number of seconds made harmless: no infinity, no negative, at most ten years."""
    if value is None or math.isnan(value):
        return None
    return max(0.0, min(value, _LONGEST))


def _share(feed: str) -> float:
    # Of the feed's own address, so that it is the same at every poll: feeds are spread and do not drift.
    return int.from_bytes(blake2b(feed.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big") / 2**32


def _spoken(seconds: float) -> str:
    for size, unit in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
