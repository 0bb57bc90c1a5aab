"""Whether a page that could not be had is asked for again, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.sources.hints import DAY, retry_after_seconds

__all__ = ["FrontierOptions", "GiveUp", "Retry", "after_failure", "retry_after_seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierOptions:
    """`[frontier]` of aggregator.toml."""

    retry_delay: float = 900.0
    """Seconds until a page that failed once is asked for again; four times as many after each further failure."""
    max_attempts: int = 5
    """Attempts after which a page is given up; 3 at most where the server refuses it (404, 403)."""
    max_delay: float = DAY
    """Seconds that no delay goes above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Ask again."""

    not_before: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Never ask again: the outcome is failed."""

    reason: str


_FINAL = {
    401: "it asks for a login (HTTP 401)",
    410: "the page is gone (HTTP 410)",
    451: "it is withheld for legal reasons (HTTP 451)",
}
_FINAL_ERRORS = (
    # Words of the error, and what they mean.
    ("robots", "robots.txt disallows it"),
    ("content-type", "it is not a page"),
    ("content type", "it is not a page"),
    ("not a page", "it is not a page"),
    ("not a public address", "its address is refused"),
    ("which is not public", "its address is refused"),
    ("address refused", "its address is refused"),
    ("refused address", "its address is refused"),
    ("unsupported scheme", "its scheme is refused"),
)
_PASSING_STATUSES = {408, 425, 429}
_REFUSAL_ATTEMPTS = 3


def after_failure(
    *,
    status: int | None,
    error: str | None,
    attempts: int,
    retry_after: float | None = None,
    options: FrontierOptions,
    now: datetime,
) -> Retry | GiveUp:
    """What to do after the `attempts`-th failure (1: the first) of a page.

    `status` is the HTTP status, None where there was no answer; `error` says in words what went wrong;
    `retry_after` is what the server asked for, in seconds; `now` is aware.
    """
    problem = (error or (f"HTTP {status}" if status else "no answer"))[:300]
    if status in _FINAL:
        return GiveUp(reason=_FINAL[status])
    lowered = problem.lower()
    for words, meaning in _FINAL_ERRORS:
        if words in lowered:
            return GiveUp(reason=meaning if lowered == meaning else f"{meaning}: {problem}")
    # A 404 may come before the page does: feeds are often faster than the servers behind them.
    refused = status is not None and 300 <= status < 500 and status not in _PASSING_STATUSES
    most = min(options.max_attempts, _REFUSAL_ATTEMPTS) if refused else options.max_attempts
    if attempts >= most:
        return GiveUp(reason=f"failed {attempts} times, at last: {problem}")
    longest = max(0.0, min(options.max_delay, 365 * DAY))
    delay = min(max(0.0, options.retry_delay) * 4.0 ** min(max(attempts - 1, 0), 20), longest)
    asked = min(retry_after, longest) if retry_after is not None and retry_after > 0 else 0.0
    why = "the server asked to wait" if asked > delay else f"attempt {attempts} of {most} failed"
    return Retry(not_before=now + timedelta(seconds=max(delay, asked)), reason=f"{why}: {problem}")
