"""Room for bodies: how many bytes of them this process has in memory at once, however many answers come together.

Small bodies always have room.  Of large ones those that came first go on, and the others are not read from their
connections until there is room again; what is packed is unpacked when there is room for whatever it becomes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakKeyDictionary, WeakSet

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from aggregator.config import Config

LARGE = 300_000
"""Bytes.  A smaller body always has room: nearly all pages and feeds are."""
_LOOK = 0.1
"""Seconds between two looks while somebody waits: nobody says when Scrapy has done with a body."""


@dataclass(slots=True)
class _Coming:
    """A body on its way."""

    connection: Any
    """whence it comes: can be paused"""
    received: int = 0
    paused: bool = False


class Room:
    """The bodies that a crawl has in memory, together `crawl.max_in_memory` bytes and one more body at most."""

    _of: ClassVar[WeakKeyDictionary[Crawler, Room]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        config: Config = crawler.settings["AGGREGATOR_CONFIG"]
        self._crawler, self._most = crawler, config.crawl.max_in_memory
        self._coming: dict[int, _Coming] = {}
        self._unpacked: WeakSet[Response] = WeakSet()
        self._waiting: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        crawler.signals.connect(self._received, signals.bytes_received)
        crawler.signals.connect(self._handed_on, signals.response_received)

    @classmethod
    def of(cls, crawler: Crawler) -> Room:
        """The room of a crawl: all that download for it share one."""
        if crawler not in cls._of:
            cls._of[crawler] = cls(crawler)
        return cls._of[crawler]

    def begins(self, request: Request, connection: Any) -> None:
        """The body that answers `request` begins to come; `connection` is its Twisted producer."""
        self._coming[id(request)] = _Coming(connection)

    def ends(self, request: Request) -> None:
        """The body that answers `request` has come, or will not; nothing happens where none had begun."""
        coming = self._coming.pop(id(request), None)
        if coming is not None and coming.received > LARGE:
            self._let_go_on()

    async def to_unpack(self) -> None:
        """Waits until there is room for a body of any size."""
        while self._kept() > self._most:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
            self._look_later()
            await asyncio.shield(self._waiting)

    def unpacked(self, response: Response) -> None:
        """A body was unpacked, and is on its way to who reads it."""
        if len(response.body) > LARGE:
            self._unpacked.add(response)

    def _kept(self) -> int:
        """Bytes of bodies that have come, and are not done with."""
        engine = self._crawler.engine
        slot = engine.scraper.slot if engine else None
        return (slot.active_size if slot else 0) + sum(len(response.body) for response in self._unpacked)

    def _handed_on(self, response: Response) -> None:
        self._unpacked.discard(response)

    def _received(self, data: bytes, request: Request) -> None:
        coming = self._coming.get(id(request))
        if coming is None:
            return
        coming.received += len(data)
        if coming.received > LARGE and not coming.paused and not self._may_go_on(coming):
            coming.paused = True
            coming.connection.pauseProducing()
            self._look_later()

    def _large(self) -> list[_Coming]:
        return [coming for coming in self._coming.values() if coming.received > LARGE]

    def _may_go_on(self, coming: _Coming) -> bool:
        kept, large = self._kept(), self._large()
        # The first goes on in any case, as soon as what has come is within bounds: else all would wait for all.
        return kept <= self._most and (coming is large[0] or kept + sum(each.received for each in large) <= self._most)

    def _let_go_on(self) -> None:
        for coming in self._large():
            if coming.paused and self._may_go_on(coming):
                coming.paused = False
                coming.connection.resumeProducing()
        if self._waiting is not None and self._kept() <= self._most:
            waiting, self._waiting = self._waiting, None
            waiting.set_result(None)

    def _look_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def _look(self) -> None:
        self._timer = None
        self._let_go_on()
        if self._waiting is not None or any(coming.paused for coming in self._coming.values()):
            self._look_later()


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's, which unpacks when there is room."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Unpacking:
        made: Unpacking = super().from_crawler(crawler)
        made._room = Room.of(crawler)
        return made

    _room: Room

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The answer with its body unpacked; raises IgnoreRequest where that becomes too large."""
        if "Content-Encoding" not in response.headers:
            return response
        await self._room.to_unpack()
        result = super().process_response(request, response)
        if isinstance(result, Response):
            self._room.unpacked(result)
        return result
