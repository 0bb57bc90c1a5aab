"""robots.txt is asked for, kept and obeyed; what it says is read in `aggregator.sources.robots`.

Feeds and sitemaps are published to be polled: their requests carry `meta["dont_obey_robotstxt"]`.  Every other request
is judged, whatever led to it, and again after each redirect.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from aggregator.config import Config
from aggregator.records import RobotsFile
from aggregator.run import utc_now
from aggregator.sources.hints import DAY
from aggregator.sources.resting import Pace, pace
from aggregator.sources.robots import (
    MAX_BYTES,
    MAX_REDIRECTS,
    RobotsAnswer,
    RobotsOptions,
    Rules,
    after_answer,
    authority_of,
    in_force,
    parse,
    usable,
)
from spiders.network import AddressRefused, HostIsQuiet, NotNow, RunEnds
from spiders.politeness import Hosts
from spiders.redirects import TRAIL, TooManyRedirects

_ROBOTS = "robots_txt_bytes"
"""Key in `meta` of requests for robots.txt: bytes received so far."""

_PARSED = 2_000
"""Files whose rules are kept in memory."""


class RobotsDisallow(IgnoreRequest):
    """robots.txt does not let us ask for it."""


class RobotsUnreachable(NotNow):
    """robots.txt cannot be had, so that nothing may be asked for the time being."""


class HostIsSlow(NotNow):
    """The host wants so long a pause between pages that this run has had its share of them."""


class _Read(NamedTuple):
    file: RobotsFile
    """without its text, which the store has"""
    rules: Rules


class Robots:
    """Obeys robots.txt: one file for each authority, kept by the spider's memory, fetched once however many wait."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        config: Config = crawler.settings["AGGREGATOR_CONFIG"]
        self.crawler, self._crawl = crawler, config.crawl
        self._retry = RobotsOptions(retry_delay=config.frontier.retry_delay, max_delay=config.frontier.max_delay)
        self._token: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._read: dict[str, _Read] = {}
        self._asking: dict[str, asyncio.Task[_Read]] = {}
        self._pages: Counter[str] = Counter()
        crawler.signals.connect(self._enough, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        authority, name = authority_of(request.url), urlsplit(request.url).hostname or ""
        if request.meta.get("dont_obey_robotstxt"):
            # Nobody asks for the file on its account, but a pause that is known of holds for feeds as well.
            read = self._remembered(authority)
            if read is not None:
                self._slow_down(name, read.rules)
            return
        file, rules = await self._known(authority)
        if in_force(file, utc_now()) is None:
            problem = f"robots.txt of {authority} cannot be had ({file.problem}): nothing may be asked"
            raise RobotsUnreachable(problem, file.expires)
        ruling = rules.of(request.url)
        if not ruling.allowed:
            after = f", after a redirect to {request.url}" if "redirect_urls" in request.meta else ""
            raise RobotsDisallow(f"robots.txt disallows it: {ruling.reason}{after}")
        share = self._slow_down(name, rules).pages
        if share is not None:
            self._count(name, share, rules)

    # ------------------------------------------------------------- the file

    @property
    def _hosts(self) -> Hosts:
        hosts: Hosts = self.crawler.spider.hosts
        return hosts

    def _remembered(self, authority: str) -> _Read | None:
        read = self._read.get(authority)
        if read is None:
            file = self._hosts.memory.robots(authority)
            read = self._keep(file) if file is not None else None
        return read

    async def _known(self, authority: str) -> _Read:
        read = self._remembered(authority)
        if read is not None and usable(read.file, utc_now()):
            return read
        task = self._asking.get(authority)
        if task is None:
            task = self._asking[authority] = asyncio.ensure_future(self._had(authority))
            task.add_done_callback(lambda _: self._asking.pop(authority, None))
        return await asyncio.shield(task)

    async def _had(self, authority: str) -> _Read:
        answer = await self._ask(authority)
        memory = self._hosts.memory
        file = after_answer(authority, memory.robots(authority), answer, self._retry, utc_now())
        memory.keep_robots(file)
        return self._keep(file)

    def _keep(self, file: RobotsFile) -> _Read:
        if len(self._read) >= _PARSED:
            del self._read[next(iter(self._read))]
        rules = parse(in_force(file, utc_now()) or "", self._token)
        read = self._read[file.authority] = _Read(replace(file, text=""), rules)
        return read

    async def _ask(self, authority: str) -> RobotsAnswer:
        trail: list[str] = []
        request = Request(
            f"{authority}/robots.txt",
            callback=NO_CALLBACK,
            headers={"Accept": "text/plain,*/*;q=0.5", "Accept-Encoding": "gzip"},
            # Its size is no error: what is over is not read (`_enough`).
            meta={
                "dont_obey_robotstxt": True,
                "redirect_ttl": MAX_REDIRECTS,
                "download_maxsize": 0,
                _ROBOTS: 0,
                TRAIL: trail,
            },
            priority=1000,
        )
        try:
            response = await self.crawler.engine.download_async(request)  # type: ignore[union-attr]
        except TooManyRedirects:
            return RobotsAnswer(status=302)
        except RunEnds:
            raise  # nothing is known of the file
        except (AddressRefused, HostIsQuiet, CannotResolveHostError) as error:
            if not trail:
                raise  # it says the same of the page
            return RobotsAnswer(error=f"after a redirect to {trail[-1]}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever went wrong, there is no file
            return RobotsAnswer(error=f"{type(error).__name__}: {error}")
        headers = {name.decode("latin-1").lower(): v[0].decode("latin-1") for name, v in response.headers.items() if v}
        return RobotsAnswer(status=response.status, headers=headers, body=response.body)

    def _enough(self, data: bytes, request: Request) -> None:
        if _ROBOTS in request.meta:
            request.meta[_ROBOTS] += len(data)
            if request.meta[_ROBOTS] > MAX_BYTES:
                raise StopDownload(fail=False)

    # ------------------------------------------------------------- the pace

    def _slow_down(self, name: str, rules: Rules) -> Pace:
        """Makes the host's slot as slow as its rules want it."""
        downloader = self.crawler.engine.downloader  # type: ignore[union-attr]
        settings = downloader.per_slot_settings.get(name, {})
        wanted = pace(
            delay=max(self._crawl.delay, settings.get("delay", 0.0)),
            crawl_delay=rules.crawl_delay,
            longest=self._crawl.max_crawl_delay,
            slow_pages=self._crawl.slow_pages,
        )
        if wanted.delay > self._crawl.delay:
            # Slots are dropped when nobody has used them for a while, and made anew from these settings.
            downloader.per_slot_settings[name] = {"concurrency": 1, **settings, "delay": wanted.delay}
            if name in downloader.slots:
                downloader.slots[name].delay = wanted.delay
        return wanted

    def _count(self, name: str, share: int, rules: Rules) -> None:
        """Counts a page of a host that has so many in a run; raises HostIsSlow where it is over."""
        self._pages[name] += 1
        if self._pages[name] > share:
            wait = min(rules.crawl_delay or 0.0, DAY)
            problem = f"robots.txt asks for a Crawl-delay of {rules.crawl_delay:g} s: {share} pages in a run"
            raise HostIsSlow(problem, utc_now() + timedelta(seconds=wait))


class RobotsBody:
    """Unpacks a robots.txt as far as it is read, before Scrapy would refuse the whole for its size."""

    def process_response(self, request: Request, response: Response) -> Response:
        if _ROBOTS not in request.meta or "Content-Encoding" not in response.headers:
            return response
        body = response.body
        for name in reversed(b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")):
            if name.strip() in (b"gzip", b"x-gzip", b"deflate"):
                body = _unpacked(body)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        return response.replace(body=body, headers=headers)


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(body, MAX_BYTES + 1)  # gzip or zlib, by its first bytes
    except zlib.error:
        return body
