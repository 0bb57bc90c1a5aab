"""`scrapy crawl listings`: asks pages that list articles only, as far back as they bring something new."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records import Feed, Source
from spiders.feeds import Feeds, listings


class Listings(Feeds):
    """Arguments (`-a`): those of `feeds`; a `url` is a page that lists articles.

    With `since` (and `until`) pages are gone through behind what is known already, up to `crawl.listing_pages`.
    """

    name = "listings"

    def addresses(self, source: Source) -> tuple[Feed, ...]:
        return listings(source)

    def _feed_source(self, url: str) -> Source:
        source = super()._feed_source(url)
        return replace(source, feeds=(), listings=tuple(feed.url for feed in source.feeds))
