"""Spiders that look and write nothing: `check` asks feeds whether they answer, `page` fetches one page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.discovery.feeds import read
from aggregator.records import Feed, Page, Sighting, Source
from aggregator.run import utc_now
from aggregator.sources.catalogue import Catalogue
from aggregator.urls import absolute
from spiders.base import explain, page_of
from spiders.feeds import listings, sitemaps


class _Probe(scrapy.Spider):
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - Scrapy's own form
    quiet: dict[str, datetime] = {}  # noqa: RUF012 - nothing is remembered between probes

    @property
    def config(self) -> Config:
        """The configuration of this process."""
        config: Config = self.crawler.settings["AGGREGATOR_CONFIG"]
        return config

    def catalogue(self) -> Catalogue:
        """The catalogue of this process."""
        return configuration.catalogue(self.config)


class Check(_Probe):
    """Arguments (`-a`): `region`, `source`.  One item for each feed: what it answered."""

    name = "check"

    def __init__(self, region: str | None = None, source: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.region, self.chosen = region, source

    async def start(self) -> AsyncIterator[Any]:
        for source in self.catalogue().select(region=self.region, source=self.chosen):
            for feed in (*source.feeds, *sitemaps(source), *listings(source)):
                yield Request(
                    feed.url,
                    callback=self.seen,
                    errback=self.unseen,
                    cb_kwargs={"source": source, "feed": feed},
                    meta={"dont_obey_robotstxt": True},
                    dont_filter=True,
                )

    def seen(self, response: Response, source: Source, feed: Feed) -> Iterator[dict[str, Any]]:
        """One row of what was found."""
        kind = response.headers.get("Content-Type")
        reading = read(
            response.body,
            source=source,
            feed=feed,
            url=response.url,
            content_type=kind.decode("latin-1") if kind else None,
            now=utc_now(),
        )
        newest = max((s.published for s in reading.sightings if s.published), default=None)
        problem = f"HTTP {response.status}" if response.status != 200 else "; ".join(reading.problems[:1])
        yield {
            "source": source.id,
            "feed": feed.url,
            "good": response.status == 200 and reading.format is not None,
            "status": response.status,
            "format": reading.format or "no feed",
            "entries": len(reading.sightings) or len(reading.sitemaps),
            "newest": newest,
            "language": reading.language,
            "problem": problem,
        }

    def unseen(self, failure: Failure) -> Iterator[dict[str, Any]]:
        """One row of what went wrong."""
        given = failure.request.cb_kwargs
        yield {
            "source": given["source"].id,
            "feed": given["feed"].url,
            "good": False,
            "status": None,
            "format": "no answer",
            "entries": 0,
            "newest": None,
            "language": None,
            "problem": explain(failure),
        }


class OnePage(_Probe):
    """Argument (`-a`): `url`.  One item: the Page, or a dict that says what went wrong."""

    name = "page"

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = absolute(url)

    async def start(self) -> AsyncIterator[Any]:
        if self.url is None:
            yield {"problem": "this is no http or https URL"}
        else:
            yield Request(self.url, callback=self.seen, errback=self.unseen, dont_filter=True)

    def seen(self, response: Response) -> Iterator[Page | dict[str, Any]]:
        """The page, if it is one."""
        if response.status != 200:
            yield {"problem": f"the server answered HTTP {response.status}"}
            return
        source = self.catalogue().by_url(response.url) or self.catalogue().ad_hoc(response.url)
        sighting = Sighting(url=self.url or response.url, source_id=source.id, via="given", first_seen=utc_now())
        yield page_of(response, sighting, utc_now())

    def unseen(self, failure: Failure) -> Iterator[dict[str, Any]]:
        """What went wrong."""
        yield {"problem": explain(failure)}
