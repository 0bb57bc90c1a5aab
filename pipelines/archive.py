"""Page -> Page, kept as WARC on the way when `archive.enabled` says so."""

from __future__ import annotations

from scrapy.crawler import Crawler

from aggregator.journal.warc import WarcWriter
from aggregator.records import Page


class Archive:
    """First stage: keeps what was fetched, before anything is made of it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: WarcWriter | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        return cls(crawler)

    def open_spider(self) -> None:
        run = self.crawler.spider.run
        if run.config.archive.enabled and self.crawler.spider.live:
            self.writer = WarcWriter(run.config.data_folder / "warc" / f"{run.run_id}.warc.gz")

    def close_spider(self) -> None:
        if self.writer is not None:
            self.writer.close()

    def process_item(self, page: Page) -> Page:
        if self.writer is not None:
            self.writer.write(page)
        return page
