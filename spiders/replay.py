"""`scrapy crawl replay -a warc=FILE[,FILE]`: reads stored pages again, without the network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.errors import InputError
from aggregator.journal.archives import fetched
from aggregator.journal.warc import Archived, Resolve, body_at, holding, read, revisited
from aggregator.records import Capture, Claim, Page, Sighting
from aggregator.run import utc_now
from aggregator.urls import absolute, key
from spiders.base import NewsSpider

_PATIENCE = 10.0
"""Seconds that a cluster has to answer."""


class Replay(NewsSpider):
    """Arguments (`-a`): `warc`, one or several files parted by commas; without it, all pages of the project's archives,
    by their index, in the order in which they were fetched; `since` and `until` as for `feeds`.

    Same stages, same ids as a live crawl.  Pages belong to the catalogue's source of their site; `unknown=skip` leaves
    out those of sites that it does not have, else a source is made up for each.  `dask` is the address of a scheduler
    whose workers are to read the pages.
    """

    name = "replay"
    live = False
    follows = False

    def __init__(self, warc: str = "", unknown: str = "keep", dask: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dask = dask
        self.unknown = unknown
        self.files = [Path(name.strip()) for name in warc.split(",") if name.strip()]
        self.urls: list[str] = []

    def prepare(self) -> None:
        if self.dask:
            _answers(self.dask)
        self.archives = self.run.config.data_folder / "warc"
        if not self.files and not self.urls and next(iter(self.run.store.captures()), None) is None:
            raise InputError("this project has no archives (archive.enabled): name one with -a warc=FILE")
        if self.unknown not in ("keep", "skip"):
            raise InputError(f"unknown={self.unknown}: say keep or skip", subject=self.unknown)
        for file in self.files:
            if not file.is_file():
                raise InputError(f"{file} is no file", subject=str(file))

    def selected(self) -> frozenset[str] | None:
        return frozenset()  # nothing is fetched

    async def first(self) -> AsyncIterator[Any]:
        if not self.files:
            for capture in self.run.store.captures():
                found = await self.stored(capture)
                page = self._page(found, Path(capture.file)) if found is not None else None
                if page is not None:
                    yield page
                while len(self.in_hand) >= self.run.config.crawl.window:
                    await self._wait()
        for file in self.files:
            async for page, _ in self.pages(file):
                if page is not None:
                    yield page

    async def stored(self, capture: Capture) -> Archived | None:
        """The page of a capture of this project's archives; None where they have it no more."""
        whole = capture if capture.whole else self.run.store.whole_capture(capture.digest)
        # Reading inflates and decodes: off the loop, which alone asks the store.
        return await asyncio.to_thread(fetched, self.archives, capture, {capture.digest: whole}.get)

    async def pages(self, file: Path) -> AsyncIterator[tuple[Page | None, int]]:
        """The pages of a file, None for each record that is left out, with the offset behind which they begin."""
        records = read(file, await self._resolver(file))
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

    async def _resolver(self, file: Path) -> Resolve | None:
        """Finds the bodies of a file's revisit records, in the files that were named and in this project's archives;
        None where there is none to find."""
        wanted = await asyncio.to_thread(revisited, file)
        if not wanted:
            return None
        places = await asyncio.to_thread(holding, dict.fromkeys([*self.files, file]), wanted)
        # Looked up at once: the file is read in a thread, and the store's connection belongs to this one.
        for digest in wanted - set(places):
            whole = self.run.store.whole_capture(digest)
            if whole is not None:
                places[digest] = (self.archives / whole.file, whole.position, whole.length)

        def resolve(digest: str) -> Archived | None:
            return body_at(*places[digest], digest) if digest in places else None

        return resolve

    def _page(self, archived: Archived, file: Path) -> Page | None:
        url = absolute(archived.url)
        if url is None or not self.wanted(archived, url):
            self.count("outcome/skipped")
            return None
        catalogue = self.run.catalogue
        source = catalogue.by_url(url) or catalogue.ad_hoc(url)
        sighting = Sighting(url=url, source_id=source.id, via="warc", first_seen=archived.fetched, feed=file.name)
        self.run.store.add(self.run.run_id, [sighting], utc_now())
        return self.taken(archived, url, sighting)

    def taken(self, archived: Archived, url: str, sighting: Sighting) -> Page:
        """The page of a stored answer, which is in hand from now on."""
        self.in_hand[key(sighting.url)] = Claim(key=key(sighting.url), sighting=sighting)
        return Page(
            sighting=sighting,
            url=url,
            status=archived.status,
            headers=archived.headers,
            body=archived.body,
            fetched=archived.fetched,
        )


def _answers(address: str) -> None:
    """Raises InputError where nobody listens at the address of a cluster."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 8786), timeout=_PATIENCE).close()
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {address}: {error}", subject=address) from error
