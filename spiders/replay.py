"""`scrapy crawl replay -a warc=FILE[,FILE]`: reads stored pages again, without the network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aggregator.errors import InputError
from aggregator.journal.warc import Archived, read
from aggregator.records import Claim, Page, Sighting
from aggregator.run import utc_now
from aggregator.urls import absolute, key
from spiders.base import NewsSpider


class Replay(NewsSpider):
    """Arguments (`-a`): `warc`, one or several files parted by commas; `since` and `until` as for `feeds`.

    Same stages, same ids as a live crawl.  Pages belong to the catalogue's source of their site; `unknown=skip` leaves
    out those of sites that it does not have, else a source is made up for each.
    """

    name = "replay"
    live = False
    follows = False

    def __init__(self, warc: str = "", unknown: str = "keep", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unknown = unknown
        self.files = [Path(name.strip()) for name in warc.split(",") if name.strip()]

    def prepare(self) -> None:
        if not self.files:
            raise InputError("which archive? give it as -a warc=FILE")
        if self.unknown not in ("keep", "skip"):
            raise InputError(f"unknown={self.unknown}: say keep or skip", subject=self.unknown)
        for file in self.files:
            if not file.is_file():
                raise InputError(f"{file} is no file", subject=str(file))

    def selected(self) -> frozenset[str] | None:
        return frozenset()  # nothing is fetched

    async def first(self) -> AsyncIterator[Any]:
        for file in self.files:
            async for page, _ in self.pages(file):
                if page is not None:
                    yield page

    async def pages(self, file: Path) -> AsyncIterator[tuple[Page | None, int]]:
        """The pages of a file, None for each record that is left out, with the offset behind which they begin."""
        records = read(file)
        while True:
            # Reading inflates and decodes: off the loop.
            archived = await asyncio.to_thread(next, records, None)
            if archived is None:
                return
            yield self._page(archived, file), archived.offset
            while len(self.in_hand) >= self.run.config.crawl.window:
                await self._wait()

    def wanted(self, archived: Archived, url: str) -> bool:
        """Whether a stored answer is to be read."""
        if archived.status != 200:
            return False
        return self.unknown == "keep" or self.run.catalogue.by_url(url) is not None

    def _page(self, archived: Archived, file: Path) -> Page | None:
        url = absolute(archived.url)
        if url is None or not self.wanted(archived, url):
            self.count("outcome/skipped")
            return None
        catalogue = self.run.catalogue
        source = catalogue.by_url(url) or catalogue.ad_hoc(url)
        sighting = Sighting(url=url, source_id=source.id, via="warc", first_seen=archived.fetched, feed=file.name)
        self.in_hand[key(url)] = Claim(key=key(url), sighting=sighting)
        self.run.store.add(self.run.run_id, [sighting], utc_now())
        return Page(
            sighting=sighting,
            url=url,
            status=archived.status,
            headers=archived.headers,
            body=archived.body,
            fetched=archived.fetched,
        )
