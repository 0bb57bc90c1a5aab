"""What servers say about when to come back: Retry-After, Cache-Control, Expires."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY = 86_400.0
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,40})", re.I)
_SECONDS = re.compile(r"\s*(\d{1,40})(?:\.\d*)?\s*")


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, 0 to one day; None where there is none that can be read.

    `value` is a number of seconds or an HTTP date, which is counted from `now` (aware).
    """
    if not value:
        return None
    if found := _SECONDS.fullmatch(value):
        return min(float(found[1]), DAY)
    moment = http_date(value)
    return min(max((moment - now).total_seconds(), 0.0), DAY) if moment else None


def freshness_seconds(headers: Mapping[str, str], now: datetime) -> tuple[float, str] | None:
    """Seconds for which the answer says it stays fresh, and the header that says so.

    max-age goes before Expires, which is counted from the server's own Date, else from `now`.
    """
    cache = headers.get("cache-control", "")
    if found := _MAX_AGE.search(cache[:1000]):
        return float(found[1]), "Cache-Control"
    expires = http_date(headers.get("expires"))
    if expires is None:
        return None
    seconds = (expires - (http_date(headers.get("date")) or now)).total_seconds()
    return (seconds, "Expires") if seconds > 0 else None


def http_date(value: str | None) -> datetime | None:
    """An HTTP date in UTC; None where it is none (`0`, `-1`)."""
    if not value or len(value) > 100:
        return None
    try:
        moment = parsedate_to_datetime(value)
        # The standard has GMT only: a date without a zone can only mean that.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None
