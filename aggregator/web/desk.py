"""What every answer needs: the store on connections that only read, the catalogue, the clock, the templates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.records import Source
from aggregator.run import utc_now
from aggregator.sources.catalogue import Catalogue
from aggregator.store import SqlStore, StorePlace, open_store
from aggregator.store.browsing import open_read_only
from aggregator.web.options import WebOptions

HANDS = 2
"""Threads that read, each with a connection of its own: a slow search does not hold up the next page."""

Answer = TypeVar("Answer")


class Desk:
    """Shared by all requests; made once."""

    def __init__(self, config: Config, options: WebOptions, clock: Callable[[], datetime] = utc_now) -> None:
        """Opens the store; raises an AggregatorError where that cannot be done."""
        self.config, self.options, self.clock = config, options, clock
        self._hands = [_Hand(config.place) for _ in range(HANDS)]
        self._free: asyncio.Queue[_Hand] | None = None
        self._catalogue = Catalogue.of(())
        self._marks: object = None
        self.catalogue_problem = ""
        """why the catalogue cannot be read"""

    async def run(self, work: Callable[[SqlStore], Answer]) -> Answer:
        """Lets a free hand do `work` with its store; whatever it raises is raised here."""
        if self._free is None:
            self._free = asyncio.Queue()
            for hand in self._hands:
                self._free.put_nowait(hand)
        hand = await self._free.get()
        try:
            # Shielded: who goes away must not leave a hand that still works among the free ones.
            doing = asyncio.ensure_future(asyncio.wrap_future(hand.thread.submit(lambda: work(hand.store))))
            try:
                return await asyncio.shield(doing)
            except asyncio.CancelledError:
                await asyncio.wait([doing])
                raise
        finally:
            self._free.put_nowait(hand)

    def catalogue(self) -> Catalogue:
        """The catalogue as its files are now; as they were last right where they are wrong."""
        marks = _marks(self.config.sources)
        if marks != self._marks:
            try:
                self._catalogue, self.catalogue_problem = configuration.catalogue(self.config), ""
            except AggregatorError as error:
                self.catalogue_problem = str(error)
            self._marks = marks
        return self._catalogue

    def names(self) -> dict[str, str]:
        """Names of the catalogue's sources by their ids."""
        return {source.id: source.name for source in self.catalogue().sources}

    def source(self, source_id: str) -> Source | None:
        """A source of the catalogue; None where it has none of this id."""
        return next((source for source in self.catalogue().sources if source.id == source_id), None)

    def close(self) -> None:
        """Closes the connections, each where it was opened."""
        for hand in self._hands:
            hand.close()


class _Hand:
    """A thread with a store of its own."""

    def __init__(self, place: StorePlace) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        try:
            self.store: SqlStore = self.thread.submit(_opened, place).result()
        except BaseException:
            self.thread.shutdown()
            raise

    def close(self) -> None:
        self.thread.submit(self.store.close).result()
        self.thread.shutdown()


def _opened(place: StorePlace) -> SqlStore:
    store = open_store(place)  # brings the schema up to date before it is closed to writing
    open_read_only(store)
    return store


def _marks(path: Path) -> Any:
    """Something that is another once a file of the catalogue was changed."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    try:
        return [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    except OSError:
        return None
