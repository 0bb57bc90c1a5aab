"""What servers say about when to come back (Retry-After, Cache-Control, Expires, skipHours), and who tells news."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DAY = 86_400.0
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,40})", re.I)
_LINK = re.compile(r"<([^<>]{1,2000})>((?:[^,\"]|\"[^\"]*\"){0,500})")
_HUB = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bhub\b[^\"]*\"|hub\b)", re.I)
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
    age = max_age_seconds(headers)
    if age is not None:
        return age, "Cache-Control"
    expires = http_date(headers.get("expires"))
    if expires is None:
        return None
    seconds = (expires - (http_date(headers.get("date")) or now)).total_seconds()
    return (seconds, "Expires") if seconds > 0 else None


def max_age_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds of Cache-Control's max-age; None where there is none."""
    found = _MAX_AGE.search(headers.get("cache-control", "")[:1000])
    return float(found[1]) if found else None


def hub(headers: Mapping[str, str]) -> str | None:
    """The WebSub hub that a Link header names, as it is printed (https://www.w3.org/TR/websub/#discovery)."""
    return next((link for link, more in _LINK.findall(headers.get("link", "")[:10_000]) if _HUB.search(more)), None)


def outside(moment: datetime, hours: Collection[int], days: Collection[int]) -> datetime:
    """The first time not before `moment` that is in none of those hours of the day and days of the week, in UTC.

    A feed that skips every hour or day has said nothing that can be followed: then it is `moment`.
    """
    hours = {hour for hour in hours if 0 <= hour < 24}
    days = {day for day in days if 0 <= day < 7}
    if len(hours) == 24 or len(days) == 7:
        return moment
    while moment.hour in hours or moment.weekday() in days:
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


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
