"""Fingerprint -> verdict, store and journal in one go; what goes on to `-O FILE` is the journal's line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from aggregator.identity import judge
from aggregator.journal import line_of
from aggregator.records import Extraction, Fingerprint, Revision
from aggregator.run import utc_now
from aggregator.store import Settled
from aggregator.urls import masked


class Write:
    """Last stage: one transaction for each outcome."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Write:
        return cls(crawler)

    def process_item(self, item: Extraction | Fingerprint) -> dict[str, Any]:
        return self._reject(item) if isinstance(item, Extraction) else self._record(item)

    def _reject(self, extraction: Extraction) -> dict[str, Any]:
        spider = self.crawler.spider
        page = extraction.page
        reason = extraction.rejected or "no article was found on the page"
        if extraction.stopped:
            spider.unread(page.sighting, reason)
            raise DropItem(f"{masked(page.url)}: {reason}", log_level="WARNING")
        spider.run.store.settle(page.sighting, Settled(state="rejected", reason=reason, status=page.status), utc_now())
        spider.settled(page.sighting, "rejected", reason=reason)
        raise DropItem(f"{masked(page.url)}: {reason}", log_level="DEBUG")

    def _record(self, newcomer: Fingerprint) -> dict[str, Any]:
        spider = self.crawler.spider
        run, crawl, now = spider.run, spider.run.config.crawl, utc_now()
        outside = spider.outside(newcomer.sighting, newcomer.article)
        if outside:
            seen = replace(newcomer.sighting, published=newcomer.article.published)
            run.store.settle(seen, Settled(state="rejected", reason=outside), now)
            spider.settled(seen, "outside", reason=outside)
            raise DropItem(f"{masked(seen.url)}: {outside}", log_level="DEBUG")
        revision = run.store.record_article(
            run.run_id,
            newcomer,
            judge,
            now,
            place=run.place,
            follow=spider.follow(now),
            follow_budget=crawl.follow_budget,
        )
        verdict = revision.verdict
        spider.settled(newcomer.sighting, verdict.outcome, article=verdict.article.id)
        return self._line(revision)

    def _line(self, revision: Revision) -> dict[str, Any]:
        verdict = revision.verdict
        if verdict.outcome not in ("unique", "revision") or revision.seq is None:
            # Known already: it has its verdict in the store and its line in the journal, `-O FILE` has uniques only.
            raise DropItem(f"{masked(verdict.article.url)}: {verdict.outcome}: {verdict.reason}", log_level="DEBUG")
        (row,) = self.crawler.spider.run.store.rows_after(revision.seq - 1, 1)
        line: dict[str, Any] = msgspec.json.decode(line_of(row))
        return line
