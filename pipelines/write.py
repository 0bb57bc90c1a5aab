"""Fingerprint -> verdict, store and journal in one go; what goes on to `-O FILE` is the journal's line."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

import msgspec
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from aggregator.errors import StoreUnavailable
from aggregator.journal import line_of
from aggregator.records import Extraction, Fingerprint, Revision
from aggregator.run import utc_now
from aggregator.urls import masked

LONGEST = 0.04
"""Seconds that one transaction should take at most: meanwhile the process neither sends nor hears anything."""
MOST = 50
"""Articles of one transaction, at most."""


class Write:
    """Last stage: what waits to be written goes into one transaction, and each page has its outcome when that stands.

    A transaction waits for the disk, however much is in it.  While it is written others come to wait, so under load
    there are several in each, and without there is one.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._waiting: deque[tuple[Fingerprint, asyncio.Future[Revision]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._each = LONGEST
        """seconds that an article takes, of late"""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Write:
        return cls(crawler)

    async def process_item(self, item: Extraction | Fingerprint) -> dict[str, Any]:
        return self._reject(item) if isinstance(item, Extraction) else await self._record(item)

    def _reject(self, extraction: Extraction) -> dict[str, Any]:
        spider = self.crawler.spider
        page = extraction.page
        reason = extraction.rejected or "no article was found on the page"
        if extraction.stopped:
            spider.unread(page.sighting, reason)
            raise DropItem(f"{masked(page.url)}: {reason}", log_level="WARNING")
        spider.refuse(page.sighting, "rejected", reason, status=page.status)
        raise DropItem(f"{masked(page.url)}: {reason}", log_level="DEBUG")

    async def _record(self, newcomer: Fingerprint) -> dict[str, Any]:
        spider = self.crawler.spider
        outside = spider.outside(newcomer.sighting, newcomer.article)
        if outside:
            seen = replace(newcomer.sighting, published=newcomer.article.published)
            spider.refuse(seen, "outside", outside)
            raise DropItem(f"{masked(seen.url)}: {outside}", log_level="DEBUG")
        loop = asyncio.get_running_loop()
        written: asyncio.Future[Revision] = loop.create_future()
        self._waiting.append((newcomer, written))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        revision = await written
        verdict = revision.verdict
        spider.settled(newcomer.sighting, verdict.outcome, article=verdict.article.id)
        if spider.dry_run and verdict.outcome == "revision":
            return {"url": verdict.article.canonical_url, "reason": verdict.reason}
        return self._line(revision)

    async def _write(self) -> None:
        while self._waiting:
            number = min(len(self._waiting), MOST, max(1, int(LONGEST / self._each)))
            batch = [self._waiting.popleft() for _ in range(number)]
            began = monotonic()
            self._settle(batch, utc_now())
            self._each += ((monotonic() - began) / number - self._each) / 4
            await asyncio.sleep(0)  # the rest of the process has its turn

    def _settle(self, batch: Sequence[tuple[Fingerprint, asyncio.Future[Revision]]], now: datetime) -> None:
        """Writes these articles; of one that cannot be written only its own future says so."""
        try:
            revisions = self.crawler.spider.record([newcomer for newcomer, _ in batch], now)
        except Exception as error:  # noqa: BLE001 - it goes to whom it concerns
            if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                for each in batch:
                    self._settle((each,), now)  # nothing of them was written: the others stand without the one
                return
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for (_, written), revision in zip(batch, revisions, strict=True):
            if not written.done():  # who waited was told to go
                written.set_result(revision)

    def _line(self, revision: Revision) -> dict[str, Any]:
        verdict = revision.verdict
        if verdict.outcome not in ("unique", "revision") or revision.seq is None:
            # Known already: it has its verdict in the store and its line in the journal, `-O FILE` has uniques only.
            raise DropItem(f"{masked(verdict.article.url)}: {verdict.outcome}: {verdict.reason}", log_level="DEBUG")
        (row,) = self.crawler.spider.run.store.rows_after(revision.seq - 1, 1)
        line: dict[str, Any] = msgspec.json.decode(line_of(row))
        return line
