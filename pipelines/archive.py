"""Page -> Page, kept as WARC on the way when `archive.enabled` says so."""

from __future__ import annotations

from scrapy.crawler import Crawler

from aggregator.journal.archives import Archives
from aggregator.records import Page
from aggregator.urls import key


class Archive:
    """First stage: keeps what was fetched, before anything is made of it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.archives: Archives | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        return cls(crawler)

    def open_spider(self) -> None:
        run = self.crawler.spider.run
        if run.config.archive.enabled and self.crawler.spider.live:
            folder = run.config.data_folder / "warc"
            self.archives = Archives(folder, run.run_id, run.config.archive, run.store.whole_capture)

    def close_spider(self) -> None:
        if self.archives is not None:
            self.archives.close()

    def process_item(self, page: Page) -> Page:
        if self.archives is not None:
            # The record first: one that is not in the index can be found, a place without a record cannot.
            self.crawler.spider.run.store.add_capture(self.archives.write(page, key(page.sighting.url)))
        return page
