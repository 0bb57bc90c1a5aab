"""What is indexed of an article, and what is asked of an index, whatever database has it: words, marks and days.

A source, country, language, region, year, month or day is a mark: a word of its own kind, so that a filter is a word
that is looked for like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aggregator.records import Article
from aggregator.store.query import Query, tokens

HEADLINE_WEIGHT = 6.0
"""How much more a word in the headline counts than one in the text."""

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)
"""Between these a span is asked for: nothing older was on the web, and a later date is a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What is indexed of an article."""

    headline: tuple[str, ...]
    body: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an index is asked; all of it must hold, of the days one."""

    phrases: tuple[tuple[str, ...], ...]
    """words that stand side by side"""
    marks: tuple[str, ...]
    days: tuple[str, ...]
    """marks of years, months and days; none: of any time"""
    spans: str
    """conditions on the times of `articles AS a`, each with `AND` before it"""
    values: Mapping[str, Any]
    """of these conditions, and `below`"""

    @property
    def of_words(self) -> bool:
        """Whether an index of words is needed for it."""
        return bool(self.phrases or self.marks or self.days)


def columns(article: Article) -> Columns:
    """What is indexed of an article: words of its headline, words of its text, and marks of what it is."""
    when = (article.published or article.fetched).astimezone(UTC)
    marks = [_mark("s", article.source.id), f"xy{when:%Y}", f"xm{when:%Y%m}", f"xd{when:%Y%m%d}"]
    if article.source.country:
        marks.append(_mark("c", article.source.country))
    if article.source.region:
        marks.append(_mark("r", article.source.region))
    if article.language:
        marks.append(_mark("l", article.language.partition("-")[0]))
    return Columns(headline=tuple(tokens(article.headline)), body=tuple(tokens(article.text)), marks=tuple(marks))


def asked(query: Query, below: int | None) -> Asked:
    """A query as an index is asked; `below`: only articles of a smaller number."""
    spans = ""
    values: dict[str, Any] = {"below": below if below is not None else 1 << 62}
    if query.after:
        spans += " AND coalesce(a.published, a.fetched) >= :after"
        values["after"] = query.after.timestamp()
    if query.before:
        spans += " AND coalesce(a.published, a.fetched) < :before"
        values["before"] = query.before.timestamp()
    return Asked(
        phrases=query.phrases,
        marks=tuple(_wanted_marks(query)),
        days=tuple(calendar(query.after, query.before)),
        spans=spans,
        values=values,
    )


def _wanted_marks(query: Query) -> Iterator[str]:
    if query.source:
        yield _mark("s", query.source)
    if query.country:
        yield _mark("c", query.country)
    if query.language:
        yield _mark("l", query.language.partition("-")[0])
    if query.region:
        yield _mark("r", query.region)


def _mark(kind: str, value: str) -> str:
    # Hexadecimal, so that it is one word to the index whatever letters an id has.
    return f"x{kind}{value.lower().encode('utf-8', 'replace').hex()}"


def calendar(after: datetime | None, before: datetime | None) -> list[str]:
    """Marks of the years, months and days that a span is made of; none where it has no end, since the newest come
    first anyway."""
    if before is None:
        return []
    day = max(after.date(), _FIRST_DAY) if after else _FIRST_DAY
    end = min((before - timedelta(microseconds=1)).date(), _LAST_DAY)  # the last day that is wanted, perhaps in part
    found = []
    while day <= end:
        year, month = date(day.year + 1, 1, 1), (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.month == day.day == 1 and year <= end:
            found.append(f"xy{day:%Y}")
            day = year
        elif day.day == 1 and month <= end:
            found.append(f"xm{day:%Y%m}")
            day = month
        else:
            found.append(f"xd{day:%Y%m%d}")
            day += timedelta(days=1)
    return found or ["xd0"]
