"""`scrapy crawl sitemaps`: asks sitemaps only, those of robots.txt too, and reads them back to a date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from aggregator.discovery.sitemaps import in_robots
from aggregator.records import Feed, PollState, Source
from aggregator.urls import masked
from spiders.base import explain
from spiders.feeds import Feeds, sitemaps


class Sitemaps(Feeds):
    """Arguments (`-a`): those of `feeds`; a `url` is a sitemap.

    With `since` (and `until`) the sitemaps are gone through back to that day; without, only what is recent is read.
    Of a source that has none in the catalogue those are asked that its robots.txt names.
    """

    name = "sitemaps"

    def addresses(self, source: Source) -> tuple[Feed, ...]:
        return sitemaps(source)

    def _feed_source(self, url: str) -> Source:
        source = super()._feed_source(url)
        return replace(source, feeds=(), sitemaps=tuple(feed.url for feed in source.feeds))

    async def first(self) -> AsyncIterator[Any]:
        async for request in super().first():
            yield request
        for source in self.sources:
            if source.enabled and source.homepage and not source.sitemaps:
                yield self.robots_request(source, urljoin(source.homepage, "/robots.txt"))

    def robots_request(self, source: Source, url: str) -> Request:
        """Asks for a robots.txt, for the sitemaps that it names."""
        self.polling.add(url)
        return Request(
            url,
            callback=self.robots_read,
            errback=self.robots_failed,
            cb_kwargs={"source": source},
            meta={"dont_obey_robotstxt": True},
            dont_filter=True,
            priority=20,
        )

    def robots_read(self, response: Response, source: Source) -> list[Request]:
        """The sitemaps that are named, and due, are asked for as if the catalogue had them."""
        self.count("answers")
        text = response.body[:500_000].decode("utf-8", "replace") if response.status == 200 else ""
        named = in_robots(text, response.url)
        requests = []
        for url in named:
            state = self.states.get(url) or PollState(feed=url, source_id=source.id)
            if self._is_due(state) and self.walk(source).enter(url):
                requests.append(self.poll_request(source, Feed(url=url, format="sitemap"), state))
        self.log_run.info("robots", url=masked(response.url), sitemaps=len(named), due=len(requests))
        self.count("sources", int(bool(requests)))
        self._poll_done(response.request.url if response.request else response.url)
        return requests

    def robots_failed(self, failure: Failure) -> None:
        """No robots.txt, no sitemaps."""
        self.log_run.warning("robots", url=masked(failure.request.url), reason=explain(failure))
        self._poll_done(failure.request.url)
