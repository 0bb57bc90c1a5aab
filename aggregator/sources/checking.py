"""What one look at a feed showed, and what its owner should do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator import urls
from aggregator.records import Source
from aggregator.sources.catalogue import feeds_and_sitemaps

STALE = timedelta(days=30)
"""A feed whose newest entry is older is good, but may have been left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a feed answered when it was checked."""

    source_id: str
    feed: str
    """Its address in the catalogue."""
    status: int | None = None
    """HTTP status; None: there was no answer."""
    format: str | None = None
    """What the body is; None: no feed."""
    entries: int = 0
    newest: datetime | None = None
    """Date of its newest entry."""
    language: str | None = None
    """Language it states."""
    problem: str | None = None
    """What is wrong; None: it is good."""
    moved_to: str | None = None
    """Its new address, where it has moved for good and answers there."""
    successor: str | None = None
    """Another feed that the source's front page names, where this one is gone."""

    @property
    def good(self) -> bool:
        """It answered, and is a feed."""
        return self.problem is None


def advice(checked: Checked, source: Source, now: datetime) -> str | None:
    """What to do about it, in one sentence; None where all is well."""
    if checked.successor:
        return f"write {checked.successor} instead: the front page names it"
    if checked.moved_to and checked.moved_to != checked.feed:
        return f"write {checked.moved_to}: it has moved there for good"
    if checked.good:
        return _of_good(checked, source, now)
    if checked.status in (404, 410):
        return (
            f"it is gone: `aggregator sources discover {source.homepage or urls.site(checked.feed)}` looks for another"
        )
    if checked.status in (401, 402, 403, 451):
        return "the server refuses programs: set crawl.contact, or ask the publisher"
    if checked.status == 429 or (checked.status or 0) >= 500:
        return "try again later: the server is busy"
    if checked.status == 200:
        return f"it is no feed any more: `aggregator sources discover {source.homepage or checked.feed}` looks for one"
    if "robots.txt" in (checked.problem or ""):
        return "robots.txt forbids it"
    if "address refused" in (checked.problem or ""):
        return "the address is not public: allow it with --set network.allow=NETWORK if it is yours"
    if "DNS" in (checked.problem or ""):
        return "no server has this name: look whether the site has moved"
    return "try again later"


def _of_good(checked: Checked, source: Source, now: datetime) -> str | None:
    if not checked.entries:
        return "it is empty: look whether the site has another feed"
    if checked.newest and now - checked.newest > STALE:
        return f"nothing new since {checked.newest:%Y-%m-%d}: look whether the site has another feed"
    spoken = {tag.partition("-")[0] for tag in source.languages}
    if checked.language and spoken and checked.language.partition("-")[0] not in spoken:
        return f"it says its language is {checked.language}, the catalogue says {', '.join(source.languages)}"
    return None


def no_network(rows: Iterable[Checked]) -> bool:
    """Whether not one name of a server could be looked up: that is no fault of the feeds."""
    return all(row.status is None and "DNS lookup failed" in (row.problem or "") for row in rows)


def verified(rows: Iterable[Checked], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Ids of the sources whose feeds were all asked, and all are good with entries in them."""
    good = {row.feed for row in rows if row.good and row.entries}
    return tuple(
        source.id
        for source in sources.values()
        if feeds_and_sitemaps(source) and all(feed.url in good for feed in feeds_and_sitemaps(source))
    )
