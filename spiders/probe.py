"""Spiders that look and write nothing: `check` asks feeds whether they answer, `discover` looks for a site's feeds,
`page` fetches one page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, Self

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.discovery.feeds import read
from aggregator.errors import InputError
from aggregator.records import Feed, Page, Sighting, Source
from aggregator.run import utc_now
from aggregator.sources.catalogue import Catalogue, address_key, feeds_and_sitemaps
from aggregator.sources.checking import Checked
from aggregator.sources.proposals import propose
from aggregator.urls import absolute
from spiders.base import explain, page_of
from spiders.feeds import listings
from spiders.politeness import Forgetful, Hosts
from spiders.search import Answer, Findings, Search

GONE = (404, 410)
"""Statuses after which a source's front page is asked for another feed."""


def answer_of(response: Response) -> Answer:
    """A response as an Answer."""
    kind = response.headers.get("Content-Type")
    reasons = response.meta.get("redirect_reasons", ())
    return Answer(
        url=response.url,
        status=response.status,
        body=response.body,
        content_type=kind.decode("latin-1") if kind else None,
        moved_to=response.url if reasons and all(reason in (301, 308) for reason in reasons) else None,
    )


class _Probe(scrapy.Spider):
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - Scrapy's own form
    hosts: Hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        probe = super().from_crawler(crawler, *args, **kwargs)
        probe.hosts = Hosts(Forgetful(), probe.config.crawl)
        return probe

    @property
    def config(self) -> Config:
        """The configuration of this process."""
        config: Config = self.crawler.settings["AGGREGATOR_CONFIG"]
        return config

    def catalogue(self) -> Catalogue:
        """The catalogue of this process."""
        return configuration.catalogue(self.config)

    def count(self, name: str) -> None:
        """Counts under our prefix in Scrapy's stats."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"aggregator/{name}")

    async def ask(self, url: str, *, robots: bool = True) -> Answer:
        """The answer to one request, through every middleware; without robots.txt only for published feeds."""
        assert self.crawler.engine is not None
        request = Request(url, dont_filter=True, meta={} if robots else {"dont_obey_robotstxt": True})
        self.count("asked")
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever stopped it is told as the answer
            failure = Failure(error)
            failure.request = request
            return Answer(url=url, error=explain(failure))
        return answer_of(response)


class Check(_Probe):
    """Arguments (`-a`): `region`, `source`.  One item for each feed: what it answered.

    Where a feed is gone, or its polls asked for it (`flagged`), the source's front page is asked for its successor.
    """

    name = "check"

    def __init__(
        self, region: str | None = None, source: str | None = None, flagged: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.region, self.chosen, self.flagged = region, source, frozenset(flagged)
        self.searches: dict[str, asyncio.Task[Findings]] = {}

    async def start(self) -> AsyncIterator[Any]:
        for source in self.catalogue().select(region=self.region, source=self.chosen):
            for feed in (*feeds_and_sitemaps(source), *listings(source)):
                yield Request(
                    feed.url,
                    callback=self.seen,
                    errback=self.unseen,
                    cb_kwargs={"source": source, "feed": feed},
                    meta={"dont_obey_robotstxt": True},
                    dont_filter=True,
                )

    async def seen(self, response: Response, source: Source, feed: Feed) -> AsyncIterator[Checked]:
        """What was found."""
        answer = answer_of(response)
        reading = read(
            response.body,
            source=source,
            feed=feed,
            url=response.url,
            content_type=answer.content_type,
            now=utc_now(),
        )
        good = response.status == 200 and reading.format is not None
        gone = response.status in GONE or (response.status == 200 and not good)
        newest = max((s.published for s in reading.sightings if s.published), default=None)
        successor = await self.successor(source, feed) if gone or (not good and feed.url in self.flagged) else None
        self.count("checked")
        yield Checked(
            source_id=source.id,
            feed=feed.url,
            status=response.status,
            format=reading.format,
            entries=len(reading.sightings) or len(reading.sitemaps),
            newest=newest,
            language=reading.language,
            problem=answer.problem or (None if good else "; ".join(reading.problems[:1]) or "not a feed"),
            moved_to=answer.moved_to if good else None,
            successor=successor,
        )

    async def unseen(self, failure: Failure) -> AsyncIterator[Checked]:
        """What went wrong."""
        given = failure.request.cb_kwargs
        source, feed = given["source"], given["feed"]
        successor = await self.successor(source, feed) if feed.url in self.flagged else None
        self.count("checked")
        yield Checked(source_id=source.id, feed=feed.url, problem=explain(failure), successor=successor)

    async def successor(self, source: Source, feed: Feed) -> str | None:
        """The main feed that the source's front page names now, if it is none that is known already."""
        if not source.homepage or feed.url in source.sitemaps:
            return None
        if source.id not in self.searches:
            known = frozenset(address_key(known.url) for known in feeds_and_sitemaps(source))
            search = Search(ask=self.ask, known=known).feeds_of(source.homepage)
            self.searches[source.id] = asyncio.ensure_future(search)
        found = await self.searches[source.id]
        proposed = propose(found.clues, found.feeds).source.feeds
        return proposed[0].url if proposed else None


class Discover(_Probe):
    """Argument (`-a`): `url`, a site's front page or feed.  One item: the Findings."""

    name = "discover"

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = absolute(url)

    async def start(self) -> AsyncIterator[Any]:
        if self.url is None:
            raise InputError("which site? give it as -a url=URL")
        self.count("asked")
        # The first request is one of the engine's own, so that it knows when there is nothing more to come.
        yield Request(self.url, callback=self.seen, errback=self.unseen, dont_filter=True)

    async def seen(self, response: Response) -> AsyncIterator[Findings]:
        """What is found from there."""
        yield await Search(ask=self.ask).site(answer_of(response))

    async def unseen(self, failure: Failure) -> AsyncIterator[Findings]:
        """What went wrong."""
        yield await Search(ask=self.ask).site(Answer(url=failure.request.url, error=explain(failure)))


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
