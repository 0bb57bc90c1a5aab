"""From one document to the next: which sitemaps of an index are asked, which page of a listing follows, and where to
stop.  One Walk is one run's way through one source; it fetches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.discovery import shapes, sitemaps
from aggregator.discovery.reading import Listed, Reading
from aggregator.discovery.window import Window
from aggregator.records import Feed, PollState, Sighting
from aggregator.urls import canonical, key

MAX_LEVEL = 3
"""Sitemaps below sitemaps: 1 is listed in the catalogue or in robots.txt, 2 by its index, 3 by an index of that."""

_OLD = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One document that is asked for, and how far from the catalogue it is."""

    feed: Feed
    level: int = 1
    """of sitemaps: how many there are on the way from the catalogue, itself included"""
    page: int = 1
    """of listings: its number"""
    lastmod: str | None = None
    """of a sitemap: what its index says of its change"""


class Walk:
    """What one source's documents led to in this run."""

    def __init__(
        self,
        *,
        sitemap_budget: int,
        listing_pages: int,
        due: Callable[[PollState | None], bool],
        window: Window | None = None,
    ) -> None:
        """At most so many sitemaps besides those of the catalogue, and so many pages of one listing.

        `due` says whether an address may be asked again; `window` is what the run wants, None the usual.
        """
        self.left, self.listing_pages = sitemap_budget, listing_pages
        self.due, self.window = due, window
        self.seen: set[str] = set()
        self.articles: set[str] = set()

    def enter(self, url: str) -> bool:
        """Notes that a document is asked for; False where this run has asked for it already."""
        name = canonical(url)
        if name in self.seen:
            return False
        self.seen.add(name)
        return True

    # -------------------------------------------------------------- sitemaps

    def below(
        self, step: Step, reading: Reading, states: Mapping[str, PollState], now: datetime
    ) -> tuple[tuple[Step, ...], bool]:
        """The sitemaps of an index that are asked for, newest first; and whether nothing of it is left for later.

        Left out are those that were not changed since they were read, that have nothing of the wanted dates, that
        were asked for in this run, and what is over the budget.
        """
        if step.level >= MAX_LEVEL:
            return (), True
        wanted = [listed for listed in reading.sitemaps if self._wanted(listed, states.get(listed.url), now)]
        wanted.sort(key=lambda listed: self._order(listed, states.get(listed.url)))
        steps = []
        for listed in wanted:
            if self.left <= 0:
                break
            if self.enter(listed.url):
                self.left -= 1
                feed = Feed(url=listed.url, format="sitemap", section=step.feed.section)
                steps.append(Step(feed=feed, level=step.level + 1, lastmod=listed.lastmod))
        # One without a date may change and its index stay as it is.
        return tuple(steps), not wanted and all(listed.lastmod for listed in reading.sitemaps)

    def _wanted(self, listed: Listed, state: PollState | None, now: datetime) -> bool:
        window = self.window or sitemaps.recent(now)
        if listed.changed is not None and window.since and listed.changed < window.since:
            return False
        span = shapes.dated(listed.url, rough=True)
        if span is not None and not window.overlaps(*span):
            return False
        if state is None:
            return True
        if state.failures:
            return self.due(state)
        if state.window != (self.window.name if self.window else None):
            return True
        return listed.lastmod != state.lastmod if listed.lastmod else self.due(state)

    @staticmethod
    def _order(listed: Listed, state: PollState | None) -> tuple[bool, float, datetime]:
        # Without a date: who has waited longest, so that a budget comes round to all of them.
        return (
            listed.changed is None,
            -(listed.changed or _OLD).timestamp(),
            (state.polled if state else None) or _OLD,
        )

    # -------------------------------------------------------------- listings

    def after(
        self, step: Step, reading: Reading, wanted: tuple[Sighting, ...], new: int, *, through: bool = False
    ) -> Step | None:
        """The next page of a listing, None where it is time to stop: no further page, none allowed, nothing new.

        `wanted` are its sightings within the window, `new` is how many of them were not known to the store; `through`
        goes on behind pages that are known, as after a run that was cut off.
        """
        fresh = {key(seen.url) for seen in wanted} - self.articles
        self.articles |= fresh
        # Who asks for the past goes through what is known to what is not.
        brought = bool(fresh) if self.window or through else new > 0
        url = reading.next_page
        if url is None or not brought or step.page >= self.listing_pages or not self.enter(url):
            return None
        return Step(feed=Feed(url=url, format="listing", section=step.feed.section), page=step.page + 1)
