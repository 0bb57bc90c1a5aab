"""How hosts are treated: who is left alone, and how many requests go to one address at once.

That one host has one request under way at a time, and a pause after each, is kept by Scrapy's slots; the pause is
counted from the end of an answer (`spiders/downloads.py`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from aggregator.config import CrawlOptions
from aggregator.records import RobotsFile
from aggregator.run import utc_now
from aggregator.sources.resting import REFUSALS, after_refusal
from aggregator.urls import host
from spiders.network import HostIsQuiet

TURN_LOOK = 0.2
"""Seconds between two looks whether another machine has done with a host."""

TURN_PATIENCE = 120.0
"""Seconds that are waited for it: several of its requests and pauses.  Then the page or feed waits for a later run."""


class Memory(Protocol):
    """What is remembered of hosts: the store, or a Forgetful for those who write nothing."""

    def quiet_hosts(self, now: datetime) -> Mapping[str, datetime]:
        """Hosts that asked for quiet, and until when."""
        ...

    def refusals(self) -> Mapping[str, int]:
        """Hosts that refused at last, and how often in a row."""
        ...

    def keep_quiet(self, host: str, until: datetime, reason: str, *, refusals: int = 0) -> None:
        """No request to `host` before `until`."""
        ...

    def forgive(self, host: str, now: datetime) -> None:
        """A host gave a good answer."""
        ...

    def robots(self, authority: str) -> RobotsFile | None:
        """What is known of a robots.txt."""
        ...

    def keep_robots(self, file: RobotsFile) -> None:
        """Remembers it."""
        ...


class Turns(Protocol):
    """Who asks a host, of many machines: their common store."""

    def take_host(self, host: str) -> bool:
        """Takes a host's one turn at once; False where another process has it."""
        ...

    def leave_host(self, host: str) -> None:
        """Gives it back."""
        ...


class Forgetful:
    """A Memory for one process."""

    def __init__(self) -> None:
        self._robots: dict[str, RobotsFile] = {}

    def quiet_hosts(self, now: datetime) -> Mapping[str, datetime]:  # noqa: ARG002
        """None: each process begins anew."""
        return {}

    def refusals(self) -> Mapping[str, int]:
        """None."""
        return {}

    def keep_quiet(self, host: str, until: datetime, reason: str, *, refusals: int = 0) -> None:
        """Hosts knows it for this process."""

    def forgive(self, host: str, now: datetime) -> None:
        """Hosts knows it for this process."""

    def robots(self, authority: str) -> RobotsFile | None:
        """What was fetched by this process."""
        return self._robots.get(authority)

    def keep_robots(self, file: RobotsFile) -> None:
        """Until the process ends."""
        self._robots[file.authority] = file


class Hosts:
    """The hosts as this process knows them.  Each spider has one, as `spider.hosts`."""

    def __init__(self, memory: Memory, options: CrawlOptions, turns: Turns | None = None) -> None:
        """`turns` where other machines may ask the same hosts."""
        self.memory, self._options, self._turns = memory, options, turns
        self._own_turns: dict[str, asyncio.Lock] = {}
        self._resting: dict[str, tuple[asyncio.TimerHandle, datetime]] = {}
        self._quiet = dict(memory.quiet_hosts(utc_now()))
        self._refusals = dict(memory.refusals())
        self._doors: dict[str, asyncio.Semaphore] = {}

    def check(self, url: str) -> None:
        """Raises HostIsQuiet where the host of `url` wants to be left alone."""
        name = host(url)
        until = self._quiet.get(name)
        if until is not None and until > utc_now():
            raise HostIsQuiet(f"{name} asked for quiet until {until:%Y-%m-%d %H:%M:%S} UTC", until)

    def quiet_for(self, url: str) -> float | None:
        """Seconds for which the host of `url` is to be left alone; None where it is not."""
        until = self._quiet.get(host(url))
        seconds = (until - utc_now()).total_seconds() if until else 0.0
        return seconds if seconds > 0 else None

    def heard(self, response: Response) -> None:
        """Keeps a host quiet that refuses, over this run's end too; forgives one that answers well."""
        name, now = host(response.url), utc_now()
        if response.status in REFUSALS:
            header = response.headers.get("Retry-After")
            rest = after_refusal(
                status=response.status,
                retry_after=header.decode("latin-1") if header else None,
                refusals=self._refusals.get(name, 0),
                floor=self._options.refusal_pause,
                chance=random.random(),
                now=now,
            )
            self._refusals[name] = rest.refusals
            self._quiet[name] = max(rest.until, self._quiet.get(name, rest.until))
            self.memory.keep_quiet(name, rest.until, rest.reason, refusals=rest.refusals)
        elif response.status < 400 and self._refusals.pop(name, 0):
            self.memory.forgive(name, now)

    @asynccontextmanager
    async def turn(self, url: str, check_end: Callable[[], None], pause: Callable[[], float]) -> AsyncIterator[None]:
        """While this lasts, and for the host's pause in seconds afterwards, no other machine asks the host of `url`.

        Raises what `check_end` does, and HostIsQuiet where the host is not to be asked at present.
        """
        if self._turns is None:
            yield
            return
        name = host(url)
        async with self._own_turns.setdefault(name, asyncio.Lock()):
            if name in self._resting:
                self._resting.pop(name)[0].cancel()  # still ours
            else:
                await self._take_turn(self._turns, name, check_end)
            try:
                self.check(url)
                yield
            finally:
                seconds = max(0.0, pause())
                timer = asyncio.get_running_loop().call_later(seconds, self._end_turn, name)
                self._resting[name] = timer, utc_now() + timedelta(seconds=seconds)

    async def _take_turn(self, turns: Turns, name: str, check_end: Callable[[], None]) -> None:
        end = utc_now() + timedelta(seconds=TURN_PATIENCE)
        while not turns.take_host(name):
            if utc_now() >= end:
                raise HostIsQuiet(f"{name} is being asked by another machine", end + timedelta(seconds=TURN_PATIENCE))
            await asyncio.sleep(TURN_LOOK)
            check_end()
        # What other machines were told while they had the host.
        self._quiet.update(self.memory.quiet_hosts(utc_now()))

    def _end_turn(self, name: str) -> None:
        self._resting.pop(name, None)
        if self._turns is not None:
            self._turns.leave_host(name)

    def leave(self, now: datetime) -> None:
        """Gives all hosts back at the end of a run; those that still have their pause are kept quiet for it."""
        for name, (timer, until) in list(self._resting.items()):
            timer.cancel()
            if until > now:
                self.memory.keep_quiet(name, until, "the pause between two requests")
            self._end_turn(name)

    def door(self, address: str) -> asyncio.Semaphore:
        """What a request to a network address goes through: so many at once, whatever their hosts."""
        if address not in self._doors:
            self._doors[address] = asyncio.Semaphore(max(1, self._options.per_address))
        return self._doors[address]


class QuietHosts:
    """Holds back requests to hosts that asked for quiet, in this run or an earlier one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> QuietHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        self.crawler.spider.hosts.check(request.url)
