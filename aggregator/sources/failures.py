"""How bad a failed poll is, when a feed is given up, and when it is tried again all the same.

A failure is graded by how long its cause may last: hard 1, soft 0.5, temporary 0.25 (as `mediacloud/rss-fetcher` does).
"""

from __future__ import annotations

from dataclasses import replace

from aggregator.records import PollState

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
"""Grades of failure."""

LOOK_ELSEWHERE = 3.0
"""Failures in a row, the last one hard, after which the site may be asked for another feed."""
PROBE_GROWTH = 1.5
LONGEST_PROBE = 30 * 86_400.0
MAX_FAILURES = 1_000.0

_TEMPORARY_STATUSES = {408, 425, 429, 503, 504}
_HARD_STATUSES = {404, 410}
# Words of errors that do not pass by themselves: the name or the certificate is wrong.
_HARD_ERRORS = ("dns", "no such host", "name or service", "certificate", "tls", "ssl", "robots", "not a public address")


def grade_of_status(status: int) -> float:
    """Grade of an HTTP status that is no success."""
    return TEMPORARY if status in _TEMPORARY_STATUSES else HARD if status in _HARD_STATUSES else SOFT


def grade_of_error(error: str) -> float:
    """Grade of a request without an answer."""
    return HARD if any(word in error.lower() for word in _HARD_ERRORS) else TEMPORARY


def failed(state: PollState, grade: float, error: str, *, gone: bool, disable_after: float) -> PollState:
    """`state` after one more failure: counted, and disabled where it was one too many.

    `gone`: the server said 410, and did so at the poll before, too.
    """
    failures = min(state.failures + grade, MAX_FAILURES)
    state = replace(state, failures=failures, error=error)
    if state.disabled:
        return replace(state, probes=state.probes + 1)
    reason = None
    if gone:
        reason = "it is gone (HTTP 410, twice)"
    elif disable_after and failures >= disable_after:
        reason = f"{failures:g} failures in a row, at last: {error}"
    wanted = state.wants_discovery or reason is not None or (grade == HARD and failures >= LOOK_ELSEWHERE)
    return replace(state, disabled=reason, wants_discovery=wanted)


def back_off(state: PollState, usual: float) -> float:
    """Seconds until a failing feed is asked again: doubled with each whole failure, with each single 429."""
    doublings = state.failures / TEMPORARY if state.status == 429 else state.failures
    return float(usual * 2.0 ** min(doublings, 40.0))


def probe_wait(state: PollState, first: float) -> float:
    """Seconds until a disabled feed is tried again: `first`, growing to a month."""
    return max(first, min(first * PROBE_GROWTH ** min(state.probes, 20), LONGEST_PROBE))


def recovered(state: PollState) -> PollState:
    """`state` after a good answer: nothing of the failures is left."""
    if not state.failures and state.error is None and not state.disabled and not state.wants_discovery:
        return state
    return replace(state, failures=0.0, error=None, disabled=None, probes=0, wants_discovery=False)
