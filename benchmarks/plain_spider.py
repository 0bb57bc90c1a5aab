"""What one would write in an afternoon: feeds read by feedparser, pages by trafilatura, lines into a file.

    python benchmarks/plain_spider.py FILE FEED...

The peer of `crawl.py`: no memory between runs, no duplicates, no stories, no links, nothing kept of a killed run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import feedparser
import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Plain(scrapy.Spider):
    """Each entry of each feed, once."""

    name = "plain"

    def __init__(self, file: str, feeds: list[str], **named: Any) -> None:
        super().__init__(**named)
        self.feeds = feeds
        self.out = Path(file).open("w", encoding="utf-8")  # noqa: SIM115 - closed with the spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for feed in self.feeds:
            yield scrapy.Request(feed, callback=self.parse_feed)

    def parse_feed(self, response: Response) -> Iterator[scrapy.Request]:
        """The pages of a feed."""
        for entry in feedparser.parse(response.body).entries:
            yield scrapy.Request(entry.link, callback=self.parse_page, cb_kwargs={"published": entry.get("published")})

    def parse_page(self, response: Response, published: str | None) -> None:
        """A page as a line."""
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        if found is None:
            return
        line = {"url": response.url, "title": found.title, "text": found.text, "date": found.date or published}
        self.out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def closed(self, reason: str) -> None:  # noqa: ARG002 - Scrapy gives it
        """The run is over."""
        self.out.close()


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(Plain, file=sys.argv[1], feeds=sys.argv[2:])
    process.start()
