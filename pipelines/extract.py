"""Page -> Extraction, in a worker process."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from aggregator.extraction import MOST_PAGES, Outlets, joined
from aggregator.records import Extraction, Page, Source
from aggregator.run import RUN_IS_OVER, utc_now
from aggregator.urls import masked, same_site
from pipelines.memory import return_large_blocks
from pipelines.workers import GivenUp, Readers


class Extract:
    """Second stage: reads the page."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Extract:
        return cls(crawler)

    def open_spider(self) -> None:
        return_large_blocks()  # bodies come and go
        run = self.crawler.spider.run
        crawl = run.config.crawl
        outlets = Outlets.of(run.catalogue.sources)
        self.last = asyncio.get_running_loop().create_future()
        self.last.set_result(None)
        if self.crawler.spider.dask:
            from pipelines.farm import FarmReaders

            address = self.crawler.spider.dask
            self.readers: Readers = FarmReaders(address, crawl.page_time_limit, outlets, run.config.extraction)
        else:
            self.readers = Readers(
                crawl.workers, crawl.page_time_limit, outlets, run.config.extraction, crawl.page_memory_limit
            )
        self.crawler.signals.connect(self.readers.give_up, RUN_IS_OVER)
        self.crawler.spider.readers = self.readers  # for feeds that are too large to be read in passing

    def close_spider(self) -> None:
        self.readers.close()

    async def process_item(self, page: Page) -> Extraction:
        try:
            return await self._read(page)
        except GivenUp as error:
            # Its claim is given back with the end of the run.
            raise DropItem(f"{masked(page.url)}: {error}", log_level="DEBUG") from None

    async def _read(self, page: Page) -> Extraction:
        if self.crawler.spider.live:
            return self._wanted(await self._whole(page, self._publisher(page)))
        # An archive has an order, and of two copies the first is the unique one: the same archive, the same verdicts.
        before, self.last = self.last, asyncio.get_running_loop().create_future()
        mine = self.last
        try:
            extraction = await self.readers.read(page, self._publisher(page))
            await before
        finally:
            mine.set_result(None)
        return self._wanted(extraction)

    async def _whole(self, page: Page, source: Source) -> Extraction:
        """What the page says, with the further pages of its article."""
        extraction = await self.readers.read(page, source)
        asked = {page.url, page.sighting.url}
        while (url := extraction.next_page) and url not in asked and len(asked) < MOST_PAGES:
            asked.add(url)
            following = await self.crawler.spider.further_page(url, page.sighting)
            extraction = joined(extraction, url, await self.readers.read(following, source) if following else None)
        return extraction

    def _wanted(self, extraction: Extraction) -> Extraction:
        """The same, or without its article where a rule of the user says that it is not wanted."""
        spider = self.crawler.spider
        reason = spider.run.rules.refuse_article(extraction.article, utc_now()) if extraction.article else None
        if reason is None:
            return extraction
        spider.count("ruled_out")
        return replace(extraction, article=None, rejected=reason)

    def _publisher(self, page: Page) -> Source:
        """Who published the page: its sighting's source, unless it was led to another publisher's site."""
        spider = self.crawler.spider
        source: Source = spider.source(page.sighting)
        if source.homepage and same_site(page.url, source.homepage):
            return source
        return spider.run.catalogue.by_url(page.url) or source
