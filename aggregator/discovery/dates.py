"""Dates as feeds print them: RFC 822 with its many misspellings, ISO 8601, and zones by IANA name."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

FIRST_YEAR = 1990
"""Earlier years are a machine's zero or another calendar, not a date of publication on the web."""

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[Tt\s]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?"
)
_IANA = re.compile(r"\s*\(?\b([A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+){1,2})\)?$")
_WEEKDAY = re.compile(r"^[^\W\d]+[.,،]*\s+(?=\d)")
_MONTH_FIRST = re.compile(
    r"^(?:[^\W\d]+[.,]*\s+)?((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?=\d{4}\b)",
    re.I,
)
_NAMED_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d\d)?$", re.I)
_COLON_OFFSET = re.compile(r"([+-]\d\d):(\d\d)$")
_MIDNIGHT = re.compile(r"\b24:00(?::00)?\b")
_OFFSETS = {
    # Names that the standard does not know and that mean one offset only (IST, AST and BST mean several).
    "WET": "+0000", "WEST": "+0100", "CET": "+0100", "CEST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300",
    "TRT": "+0300", "IRST": "+0330", "IRDT": "+0430", "PKT": "+0500", "WAT": "+0100", "CAT": "+0200", "SAST": "+0200",
    "EAT": "+0300", "AFT": "+0430", "UZT": "+0500", "JST": "+0900", "KST": "+0900",
}  # fmt: skip
_NAMED = re.compile(r"\s(" + "|".join(_OFFSETS) + r")$")


def moment(raw: str | None) -> datetime | None:
    """The moment `raw` names, in UTC; None where it names none, or no zone, or a year before `FIRST_YEAR`."""
    if not raw or len(raw) > 100:
        return None
    raw = _ascii_digits(raw.strip())
    try:
        found = _iso(raw) if _ISO.match(raw) else _rfc822(raw)
        if found is None or found.tzinfo is None or abs(found.utcoffset() or timedelta()) > timedelta(hours=14):
            return None
        found = found.astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError, OSError):  # what the parsers raise on rubbish
        return None
    return found if found.year >= FIRST_YEAR else None


def day(raw: str | None) -> datetime | None:
    """Start of the day that `raw` names, as if its clock were UTC: good enough to tell old from new, not to publish."""
    found = _ISO.match(raw.strip()) if raw and len(raw) <= 100 else None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        return None


def _ascii_digits(raw: str) -> str:
    if raw.isascii():
        return raw
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in raw)


def _iso(raw: str) -> datetime | None:
    raw, zone = _without_iana(raw)
    found = _ISO.fullmatch(raw)
    if not found or found[4] is None:
        return None
    year, month, date, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    late = hour == 24 and not minute and not second
    local = datetime(year, month, date, 0 if late else hour, minute, min(second, 59), tzinfo=zone or _offset(found[7]))
    return local + timedelta(days=1) if late else local


def _offset(printed: str | None) -> timezone | None:
    if not printed:
        return None
    if printed.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = printed[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if printed[0] == "-" else size)


def _rfc822(raw: str) -> datetime | None:
    raw, zone = _without_iana(raw)
    raw = _MONTH_FIRST.sub(r"\2 \1 ", raw)
    raw = _WEEKDAY.sub("", raw)
    raw = _NAMED_OFFSET.sub(lambda m: f"{m[1]}{m[2]:0>2}{m[3] or '00'}", raw)
    raw = _COLON_OFFSET.sub(r"\1\2", raw)
    raw = _NAMED.sub(lambda m: f" {_OFFSETS[m[1]]}", raw)
    raw, late = _MIDNIGHT.subn("00:00:00", raw)
    found = parsedate_to_datetime(raw)
    if zone is not None:
        found = found.replace(tzinfo=zone)
    return found + timedelta(days=1) if late else found


def _without_iana(raw: str) -> tuple[str, ZoneInfo | None]:
    found = _IANA.search(raw)
    return (raw[: found.start()], ZoneInfo(found[1])) if found else (raw, None)
