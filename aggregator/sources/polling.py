"""When a feed is asked, with which headers, and what an answer means: decisions only.

`after` is the one door: the state before, an answer and the time in, the state after out.  What the answer says of the
address (`moves.py`), of lost entries (`window.py`), of the rhythm (`rhythm.py`) and of failures (`failures.py`) is
told there; from all that follows when the feed is asked again (`intervals.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.records import Decision, PollState, Sighting
from aggregator.sources import hints, rhythm
from aggregator.sources.failures import HARD, SOFT, failed, grade_of_error, grade_of_status, recovered
from aggregator.sources.intervals import PollingOptions, scheduled
from aggregator.sources.moves import address, redirected, taken_back
from aggregator.sources.window import overlap

__all__ = ["Answer", "PollingOptions", "address", "after", "conditional_headers", "due", "hidden", "turning_points"]

MOST_TRUST, LEAST_TRUST = 96, 3
"""Answers of 304 in a row after which a whole body is asked for: of a server that is always right, of one that lied."""
DOUBT = 6.0
"""Entries foretold while a server said 304: that none came by chance happens once in four hundred times (e^-6)."""
LATEST = 0.3
"""What the last answer counts in the time that answers take of late: one slow answer in ten is forgotten."""
_CLOCK_SLACK = timedelta(minutes=1)
_LISTING_SLACK = timedelta(hours=1)
_LATE = 3.0


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
    fresh: int | None = None
    """How many this feed had not shown before, whether new to us or not; None: as many as were new."""
    familiar: int | None = None
    """How many this feed had shown before; None: all others."""
    hidden: int = 0
    """How many of the fresh ones must have been there at an earlier poll (`hidden`)."""
    ttl: float | None = None
    """Seconds the feed itself asks for (`Reading.ttl`)."""
    skip_hours: tuple[int, ...] = ()
    """Hours in which it asks not to be asked (`Reading.skip_hours`)."""
    skip_days: tuple[int, ...] = ()
    """Days on which it asks not to be asked (`Reading.skip_days`)."""
    hub: str | None = None
    """Its WebSub hub (`Reading.hub`)."""
    body_hash: str | None = None
    """Digest of the body."""
    moved_to: str | None = None
    """Where the answer came from, if every redirect on the way was permanent (301, 308)."""
    error: str | None = None
    """What went wrong, in words, where there was no answer or it was no feed."""
    retry_after: float | None = None
    """Seconds to stay away, where they are known otherwise than by the header (a pause of the whole host)."""
    took: float | None = None
    """Seconds from the request to the first byte of the answer."""


# ------------------------------------------------------------------ the request


def conditional_headers(state: PollState) -> dict[str, str]:
    """The headers that make a request conditional: the validators of the last good answer, byte for byte.

    None after many answers of 304 in a row, or while the feed should have brought `DOUBT` entries by its rhythm: some
    servers go on saying so while their feed changes (a validator that was once stored too early, a cache that is
    stuck), and only a whole body can tell.
    """
    if state.unchanged >= state.trust or (state.unchanged >= LEAST_TRUST and state.rhythm.silent >= DOUBT):
        return {}
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


def due(state: PollState | None, now: datetime) -> bool:
    """Whether the feed may be asked now.  One never asked is due."""
    if state is None or state.next_due is None or now >= state.next_due:
        return True
    # A poll in the future: the clock was set back, and next_due would keep the feed waiting for as long.
    return state.polled is not None and state.polled > now + _CLOCK_SLACK


def hidden(state: PollState, fresh: Sequence[Sighting]) -> int:
    """How many of an answer's fresh entries the last 304 must have hidden: dated well before it, or not at all.

    An hour is left to entries that are dated before they are listed.
    """
    if not state.unchanged or state.polled is None:
        return 0
    last = state.polled - _LISTING_SLACK
    return sum(entry.published is None or entry.published < last for entry in fresh)


# ------------------------------------------------------------------- the answer


def after(state: PollState, answer: Answer, options: PollingOptions, now: datetime) -> PollState:
    """The state after `answer`: validators, failures, what was learned, and when to ask next and why."""
    failure = _failure(state, answer)
    if answer.took is not None:
        before = answer.took if state.took is None else state.took
        state = replace(state, took=round(before + LATEST * (answer.took - before), 3))
    if failure is None:
        good = _succeeded(state, answer, now)
        return scheduled(good, answer.headers, answer.retry_after, options, now)
    grade, error = failure
    gone = answer.status == 410 == state.status
    bad = replace(state, polled=now, polls=state.polls + 1, status=answer.status)
    bad = failed(bad, grade, error, gone=gone, disable_after=options.disable_after)
    bad = taken_back(bad, hard=grade == HARD, now=now)
    if answer.status == 304:
        # What the server believes we hold we do not: the next request is unconditional.
        bad = replace(bad, etag=None, last_modified=None, body_hash=None, unchanged=0)
    return scheduled(bad, answer.headers, answer.retry_after, options, now)


def turning_points(before: PollState, now: PollState) -> tuple[Decision, ...]:
    """What changed in how a feed is treated, for `aggregator why`: nothing at most polls."""
    told = []
    if now.disabled and not before.disabled:
        told.append(("disabled", now.disabled))
    if before.disabled and not now.disabled:
        told.append(("enabled again", "it answers with a feed again"))
    if now.moved_to != before.moved_to:
        why = f"{now.moved_to} gave this feed for a day" if now.moved_to else f"{before.moved_to} failed"
        told.append(("moved" if now.moved_to else "move taken back", why))
    if now.missed_risk and not before.missed_risk:
        told.append(("missed risk", "the answer had nothing in common with the last one: entries may be lost"))
    if before.missed_risk and not now.missed_risk:
        told.append(("missed risk over", "answers overlap again"))
    if now.trust < before.trust:
        told.append(("distrust", f"304 hid entries: a whole body is asked for after {now.trust} of them"))
    if now.wants_discovery and not before.wants_discovery:
        told.append(("wants discovery", "its site may have another feed by now"))
    return tuple(Decision(what="feed", choice=choice, reason=reason) for choice, reason in told)


def _failure(state: PollState, answer: Answer) -> tuple[float, str] | None:
    status, error = answer.status, answer.error
    if status is None:
        reason = error or "no answer"
        return grade_of_error(reason), reason
    if status == 304:
        return None if conditional_headers(state) else (SOFT, "HTTP 304 to a request that was not conditional")
    if 200 <= status < 300:
        if answer.is_feed or _same_body(state, answer):
            return None
        return HARD, error or "the body is not a feed"
    return grade_of_status(status), error or f"HTTP {status}"


def _same_body(state: PollState, answer: Answer) -> bool:
    return answer.body_hash is not None and answer.body_hash == state.body_hash


def _succeeded(state: PollState, answer: Answer, now: datetime) -> PollState:
    no_body = answer.status == 304
    unread = no_body or _same_body(state, answer)
    fresh = 0 if unread else answer.new if answer.fresh is None else answer.fresh
    familiar = max(answer.entries - fresh, 0) if answer.familiar is None else answer.familiar
    if unread:
        familiar = state.entries
    on_time = _on_time(state, now)
    found = overlap(state, fresh=fresh, familiar=familiar, on_time=on_time)
    unchanged, trust = _believed(state, answer)
    known = state.rhythm
    # After a long pause that pushed entries out nobody knows how many there were: it teaches nothing.
    if state.good is not None and (on_time or found.misses == state.misses):
        known = rhythm.learned(known, fresh=fresh, new=answer.new, since=state.good, now=now, whole=not no_body)
    age = hints.max_age_seconds(answer.headers)
    state = replace(
        redirected(recovered(state), answer.moved_to, familiar=None if no_body else familiar, now=now),
        polled=now,
        good=now,
        polls=state.polls + 1,
        status=answer.status,
        last_new=now if answer.new > 0 else state.last_new,
        # Those of this body or none: an old one kept beside a new body would hide changes for ever.
        etag=state.etag if no_body else answer.headers.get("etag") or None,
        last_modified=state.last_modified if no_body else answer.headers.get("last-modified") or None,
        body_hash=state.body_hash if no_body else answer.body_hash,
        # A 304 that says nothing of it leaves the headers of the body as they were (RFC 9111, 4.3.4).
        max_age=state.max_age if age is None and no_body else age,
        hub=answer.hub or hints.hub(answer.headers) or (state.hub if unread else None),
        rhythm=known,
        haste=found.haste,
        missed_risk=found.missed_risk,
        misses=found.misses,
        unchanged=unchanged,
        trust=trust,
    )
    if unread:
        return state
    # What is kept must survive JSON, which has no infinity.
    ttl = answer.ttl if answer.ttl is not None and math.isfinite(answer.ttl) else None
    return replace(state, entries=answer.entries, ttl=ttl, skip_hours=answer.skip_hours, skip_days=answer.skip_days)


def _on_time(state: PollState, now: datetime) -> bool:
    return state.good is not None and (now - state.good).total_seconds() <= max(state.interval, 60.0) * _LATE


def _believed(state: PollState, answer: Answer) -> tuple[int, int]:
    """How many 304 there were in a row, and how many are believed: twice as many where a whole body bears them out,
    few where it does not."""
    if answer.status == 304:
        return state.unchanged + 1, state.trust
    if answer.hidden and not conditional_headers(state):
        # Only where the whole was asked for: an answer to a conditional request shows that changes are told, and an
        # entry of it may be listed late.
        return 0, max(LEAST_TRUST, state.trust // 4)
    if state.unchanged >= state.trust:
        return 0, min(state.trust * 2, MOST_TRUST)
    return 0, state.trust
