"""The last step before a connection: what must hold at the very moment when a request is sent."""

from __future__ import annotations

import asyncio
from functools import partial
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, StopDownload
from scrapy.http import Headers, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from aggregator.config import Config
from aggregator.run import RUN_ENDS, RUN_IS_OVER, utc_now
from aggregator.text import says_nothing
from aggregator.urls import site
from spiders.connections import Connections, LimitedAgent
from spiders.network import AddressRefused, GuardedResolver, RunEnds
from spiders.politeness import Hosts
from spiders.room import Room

_PACKED = frozenset({"application/gzip", "application/x-gzip", "application/gzip-compressed", "application/x-gunzip"})
"""Sitemaps come packed, under these names too."""
_READ = frozenset(
    {"application/json", "application/feed+json", "application/rdf", "application/rss", "application/atom"}
)


def may_be_read(content_type: str) -> bool:
    """Whether what has this Content-Type may be a page, a feed, a sitemap or a robots.txt.

    Any text (publishers give feeds as text/x-rss, or sitemaps as text/csv), any XML, JSON, what is packed, and what has
    no type or one that says nothing.
    """
    kind = content_type.partition(";")[0].strip().lower()
    return (
        says_nothing(kind)
        or kind in _PACKED | _READ
        or kind.startswith("text/")
        or kind.endswith(("+xml", "/xml", "+json", "/x-xml"))
    )


IDLE = 15.0
"""Seconds that a connection is kept for the next request to its host."""


class Downloads(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, with what only the moment of sending can know.

    - Requests that waited their turn while their host asked for quiet are held.
    - At one network address so many are under way at once, whatever their hosts.
    - The pause before a host's next request begins at the end of the answer: however long the look-up, the connection
      and the answer took, the server sees that pause.
    - What is neither text nor XML nor JSON by its headers is not downloaded, and headers without an end are not read.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        config: Config = crawler.settings["AGGREGATOR_CONFIG"]
        self._room = Room.of(crawler)
        self._connect_timeout, self._delay = config.crawl.connect_timeout, config.crawl.delay
        self._pool._factory = partial(Connections, config.network, config.crawl.max_header_size)
        self._unverified = _load_context_factory_from_settings(crawler)
        self._unverified._verify_certificates = False
        # Scrapy keeps idle connections for four minutes: with thousands of hosts that is more than a process may open.
        self._pool.cachedConnectionTimeout = IDLE
        self._ending = False
        self._under_way: set[asyncio.Task[Response]] = set()
        crawler.signals.connect(self._look_at_headers, signals.headers_received)
        crawler.signals.connect(self._refuse, RUN_ENDS)
        crawler.signals.connect(self._give_up, RUN_IS_OVER)

    async def download_request(self, request: Request) -> Response:
        """The answer; raises HostIsQuiet, AddressRefused, RunEnds, or what Scrapy's handler raises."""
        self._check_end()
        hosts: Hosts = self._crawler.spider.hosts  # type: ignore[union-attr]
        address = await self._address(urlsplit(request.url).hostname or "")
        async with hosts.turn(request.url, self._check_end, lambda: self._pause(request)), hosts.door(address):
            self._check_end()
            hosts.check(request.url)
            try:
                response = await self._downloaded(request)
                # Here, before the slot lets the host's next request go.
                hosts.heard(response)
            finally:
                self._rest(request)
        return response

    async def _downloaded(self, request: Request) -> Response:
        task = asyncio.ensure_future(self._asked(request))
        self._under_way.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            self._check_end()
            raise
        finally:
            self._under_way.discard(task)

    async def _asked(self, request: Request) -> Response:
        spider = self._crawler.spider
        trusted = site(request.url) in getattr(spider, "unverified", ())
        agent = LimitedAgent(
            contextFactory=self._unverified if trusted else self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            longest=self._connect_timeout,
            room=self._room,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        finally:
            self._room.ends(request)

    def _check_end(self) -> None:
        if self._ending:
            raise RunEnds("the run was ended", utc_now())

    def _refuse(self) -> None:
        self._ending = True
        downloader = self._crawler.engine.downloader if self._crawler.engine else None
        for slot in downloader.slots.values() if downloader else ():
            # What waits for its host's pause need not wait any longer to be refused.
            slot.delay = 0.0
            slot.close()
            downloader._process_queue(slot)

    def _give_up(self) -> None:
        for task in list(self._under_way):
            task.cancel()

    async def _address(self, name: str) -> str:
        from twisted.internet import reactor

        try:
            return str(ip_address(name))
        except ValueError:
            pass
        try:
            found: str = await maybe_deferred_to_future(reactor.resolve(name))  # type: ignore[attr-defined]
        except DNSLookupError as error:
            if reason := GuardedResolver.refused.get(name):
                raise AddressRefused(f"{name}: {reason}") from error
            raise CannotResolveHostError(f"DNS lookup failed: {error}") from error
        return found

    def _slot(self, request: Request) -> Any:
        engine = self._crawler.engine
        return engine.downloader.slots.get(request.meta.get("download_slot", "")) if engine else None

    def _pause(self, request: Request) -> float:
        """Seconds that the host of a request is left alone after its answer."""
        slot = self._slot(request)
        return self._delay if slot is None else max(self._delay, slot.delay)

    def _rest(self, request: Request) -> None:
        slot = self._slot(request)
        if slot is not None:
            slot.lastseen = monotonic()

    def _look_at_headers(self, headers: Headers, **_: Any) -> None:
        if not may_be_read((headers.get("Content-Type") or b"").decode("latin-1")):
            raise StopDownload(fail=False)
