"""What an address alone tells: the day it names, and whether it looks like an article's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from aggregator.discovery.dates import FIRST_YEAR

Span = tuple[datetime, datetime]

SLACK = timedelta(hours=14)
"""A day in an address is the publisher's: by our clock it may begin or end so much earlier or later."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTHS = {
    name: n
    for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_MONTH = r"(?P<month>0?[1-9]|1[0-2]|" + "|".join(_MONTHS) + ")"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_DATES = (
    re.compile(rf"(?<!\d){_YEAR}(?P<mark>[-_/.]){_MONTH}(?P=mark){_DAY}(?!\d)", re.I),
    re.compile(rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}[-_/.]{_MONTH}(?![\da-z])", re.I),
)
# In an article's address these would be its number as often as not.
_ROUGH_DATES = (
    re.compile(rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}(?!\d)"),
)
_NAMED = {"yyyy": "year", "year": "year", "y": "year", "mm": "month", "month": "month", "m": "month"} | {
    "dd": "day", "day": "day", "d": "day"
}  # fmt: skip

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|zip|rar|gz|apk|mp[34]|m3u8?|mov|avi"
    r"|ics|txt|woff2?)$",
    re.I,
)
_SERVICE = re.compile(
    r"^(?:tags?|topics?|categor(?:y|ies)|authors?|users?|profile|login|signin|sign-in|signup|register|account|search"
    r"|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms(?:-.*)?|cookies?|advertise?(?:-.*)?|subscribe|newsletter.*"
    r"|rss|feeds?|sitemaps?|archives?|pages?|gallery|galleries|videos?|photos?|live|podcasts?|help|faq|jobs|careers"
    r"|wp-login\.php|wp-admin|cart|shop|print|share|comments?|calendar|events?|weather|horoscope|games?)$",
    re.I,
)
"""Segments below which, or as which, stand pages that are no articles; one with a clear mark of an article is one."""
_NUMBERED = re.compile(r"(?:^|[-_/.=,a-z])(\d{4,})(?:$|[-_/.,])", re.I)
_HEX_ID = re.compile(r"^(?=[a-z]*\d)[a-z0-9]{9,40}$")
_ID_NAMES = re.compile(r"(?:id|nid|newsid|news|article|articleid|aid|story|storyid|p|code|item|itemid|no|num)$", re.I)


def dated(url: str, *, rough: bool = False) -> Span | None:
    """The day or month (`rough`: or year) that `url` names, from its earliest beginning to its last end."""
    parts = urlsplit(url)
    named = {_NAMED[name]: value for name, value in parse_qsl(parts.query) if name in _NAMED and value.isdecimal()}
    if len(named.get("year", "")) == 4 and (span := _span(named)):
        return span
    text = f"{parts.path}?{parts.query}" if rough else parts.path
    for pattern in (*_DATES, *(_ROUGH_DATES if rough else ())):
        for found in pattern.finditer(text):
            if span := _span(found.groupdict()):
                return span
    return None


def _span(named: dict[str, str]) -> Span | None:
    year = int(named["year"])
    month, day = (_number(named.get(unit)) for unit in ("month", "day"))
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= 2100:
        return None
    if month is None:
        end = start.replace(year=year + 1)
    elif day is None:
        end = (start + timedelta(days=31)).replace(day=1)
    else:
        end = start + timedelta(days=1)
    return start - SLACK, end + SLACK


def _number(printed: str | None) -> int | None:
    if not printed:
        return None
    return _MONTHS.get(printed.lower()) or int(printed)


def article_marks(url: str) -> int:
    """How clearly an address is an article's: 2 by a date or number, 1 by a slug, 0 not at all, -1 it is not one."""
    parts = urlsplit(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if not segments and not parts.query:
        return -1
    if any(_FILE.search(segment) for segment in segments[-1:]):
        return -1
    last = segments[-1] if segments else ""
    slug = _words(last) >= 4 or (len(segments) > 1 and _words(last) == 3)
    numbered = _numbered(segments, parts.query)
    # A day with nothing after it is a calendar's page.
    dated_path = _words(last) >= 1 and last.lower() not in _MONTHS and dated(url) is not None
    if any(_SERVICE.match(segment) for segment in segments) and not (numbered and slug):
        return -1
    if numbered or dated_path:
        return 2
    return int(slug)


def _numbered(segments: list[str], query: str) -> bool:
    if any(_ID_NAMES.search(name) and len(value) >= 2 and value.isdecimal() for name, value in parse_qsl(query)):
        return True
    # A year or a day is the number of an archive page, not of an article.
    return any(
        _HEX_ID.match(segment) or any(not _is_date(n) for n in _NUMBERED.findall(segment)) for segment in segments
    )


def _is_date(digits: str) -> bool:
    return len(digits) in (4, 6, 8) and digits[:2] in ("19", "20", "13", "14") and _of_calendar(digits)


def _of_calendar(digits: str) -> bool:
    month, day = digits[4:6], digits[6:8]
    return (not month or 1 <= int(month) <= 12) and (not day or 1 <= int(day) <= 31)


def _words(segment: str) -> int:
    stem = re.sub(r"\.(?:s?html?|php|aspx?|jsp|cms|ece)$", "", segment, flags=re.I)
    return sum(1 for word in re.split(r"[-_+ ]+", stem) if any(c.isalpha() for c in word))


def pattern(url: str) -> str:
    """What addresses of one kind have in common: host and path with numbers and slugs as signs."""
    parts = urlsplit(url)
    segments = [_sign(unquote(segment)) for segment in parts.path.split("/") if segment]
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{parts.netloc}/{'/'.join(segments)}?{'&'.join(names)}"


def _sign(segment: str) -> str:
    if _words(segment) >= 3 or _HEX_ID.match(segment):
        return "*"
    return re.sub(r"\d+", "#", segment)
