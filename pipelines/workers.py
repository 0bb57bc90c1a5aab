"""The processes that read pages and large feeds, each within limits of time and memory: a crash costs only itself.

This module is what a worker process imports, so it knows neither Scrapy nor the store.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from pebble import ProcessExpired, ProcessPool

from aggregator.discovery.feeds import Reading
from aggregator.discovery.feeds import read as read_feed
from aggregator.errors import WorkersLost
from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Extraction, Page, Source
from pipelines import memory, processes, shared

log = logging.getLogger(__name__)

_chosen: tuple[Outlets, ExtractionOptions] | None = None
LARGE = 500_000
"""Bytes.  Of larger bodies one is read at a time: they are rare, take a hundred times their size in memory at worst,
and must not hold up all workers."""
_LEFT_OVER = 8_000_000
"""Bytes by which a process may have grown after a page before it gives back what is free of them."""
_LOOKED_AT = 16_000_000
"""Bytes of shared files that a worker may have looked at before it lets go of them: each page looks at others."""
_USUAL, _COPIES = 10_000_000, 5
"""Of what a body (a sitemap) has over so many bytes, reading it may take so many times the size besides its limit."""
_LIFE = 5_000
"""Pages after which a worker is replaced: what libraries leak or keep in caches goes with it."""
_LOST = 5
"""Pools that may be lost one after the other, and nothing read between: more is no accident."""


def _prepare(outlets: Outlets, options: ExtractionOptions) -> None:
    """Runs first in every worker."""
    global _chosen
    _chosen = outlets, options
    processes.begin()


def _read(page: Page, source: Source) -> Extraction:
    assert _chosen is not None
    extraction = extract(page, source, *_chosen)
    # The parent has the page already; its body need not travel back.
    return replace(extraction, page=replace(extraction.page, body=b""))


def _read_feed(body: bytes, given: dict[str, Any]) -> Reading:
    return read_feed(body, **given)


def _within_limits(room: int, seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
    """Runs in a worker: what `function` gives, if it takes no more than `room` bytes of memory, and its time."""
    memory.allow_growth(room)
    processes.set_alarm(seconds)
    try:
        return function(*arguments)
    finally:
        processes.set_alarm(0.0)
        memory.allow_all()  # the next body may be large before anybody looks at it
        memory.trim_above(_LEFT_OVER)
        shared.forget(beyond=_LOOKED_AT)


class GivenUp(Exception):
    """The run is over: the page or feed is no longer waited for."""


class Stopped(Exception):
    """Reading was stopped, or crashed; in words."""


class Readers:
    """A pool of worker processes that turn pages into extractions, and large feeds into readings."""

    def __init__(
        self,
        workers: int,
        time_limit: float,
        outlets: Outlets,
        options: ExtractionOptions,
        memory_limit: int = 40_000_000,
        read: Callable[[Page, Source], Extraction] = _read,
    ) -> None:
        """Limits are in seconds for each page, and in bytes that a worker may take for it.

        Processes start with the first page.  `read` is what a worker does with a page: a function that can be imported
        by its name.
        """
        self._time_limit, self._memory_limit, self._read = time_limit, memory_limit, read
        self._over = False
        self._beginning: asyncio.Future[bool] | None = None
        self._waiting: set[asyncio.Future[Any]] = set()
        self._large = asyncio.Semaphore(1)
        self._workers, self._given = max(1, workers), (outlets, options)
        self._lost = 0
        """pools lost since something was read"""
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_LIFE,
            initializer=_prepare,
            initargs=self._given,
            context=processes.context(),
        )

    async def read(self, page: Page, source: Source) -> Extraction:
        """The extraction of a page; where reading was stopped or crashed, one that says so.

        Raises GivenUp, and WorkersLost where no workers can be had any longer.
        """
        try:
            extraction: Extraction = await self._run(len(page.body), self._read, page, source)
        except Stopped as stopped:
            return Extraction(page=page, article=None, stopped=True, rejected=str(stopped))
        return replace(extraction, page=page)

    async def read_feed(self, body: bytes, **given: Any) -> Reading:
        """What `discovery.feeds.read` makes of a body; where that was stopped, a Reading whose problem says so.

        Raises GivenUp and WorkersLost.
        """
        try:
            reading: Reading = await self._run(len(body), _read_feed, body, given)
        except Stopped as stopped:
            return Reading(problems=(str(stopped),))
        return reading

    async def _run(self, size: int, function: Callable[..., Any], *arguments: Any) -> Any:
        async with self._large if size > LARGE else nullcontext():
            while True:
                await self._begin(function)
                if self._over:
                    raise GivenUp("the run was ended before it was read")
                pool = self._pool
                try:
                    found = await self._once(size, function, *arguments)
                except BrokenProcessPool:
                    self._replace(pool)  # nobody read it, so it is no fault of the page: once more
                else:
                    self._lost = 0
                    return found

    def _replace(self, broken: ProcessPool) -> None:
        """Has a new pool in the place of one that lost its processes; the first who notices does it for all."""
        if self._over or self._pool is not broken:
            return
        self._lost += 1
        if self._lost > _LOST:
            raise WorkersLost(f"the processes that read pages were lost {self._lost} times, one after the other")
        log.warning("the processes that read pages were lost (killed, or out of memory): others take their place")
        self._pool, self._beginning = self._new_pool(), None
        threading.Thread(target=_end, args=(broken,), daemon=True).start()

    async def _once(self, size: int, function: Callable[..., Any], *arguments: Any) -> Any:
        """Raises BrokenProcessPool where all processes were lost before anything was read."""
        future: asyncio.Future[Any] = asyncio.wrap_future(self._schedule(size, function, *arguments))
        self._waiting.add(future)
        try:
            return await future
        except asyncio.CancelledError:
            if self._over:
                raise GivenUp("the run was ended while it was read") from None
            raise
        except TimeoutError:
            raise Stopped(f"reading it took over {self._time_limit:g} s") from None
        except MemoryError:
            raise Stopped("reading it took too much memory") from None
        except ProcessExpired as error:
            raise Stopped(f"reading it crashed its worker (exit {error.exitcode})") from None
        finally:
            self._waiting.discard(future)
            memory.trim_above(_LEFT_OVER)  # of this process: what it was told may be large, too

    async def _begin(self, function: Callable[..., Any]) -> None:  # noqa: ARG002 - for those who read elsewhere
        """Starts the processes, beside this thread: the one that they are forked from takes seconds to load."""
        if self._beginning is None:
            self._beginning = asyncio.get_running_loop().run_in_executor(None, lambda: self._pool.active)
        await asyncio.shield(self._beginning)

    def _schedule(self, size: int, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        room = self._memory_limit + max(0, size - _USUAL) * _COPIES
        if not self._pool.active:
            raise BrokenProcessPool
        pooled: Future[Any] = self._pool.schedule(
            _within_limits, args=(room, self._time_limit, function, *arguments), timeout=self._time_limit
        )
        return pooled

    def give_up(self) -> None:
        """Nobody waits any longer for what is being read, or still to be read."""
        self._over = True
        for future in list(self._waiting):
            future.cancel()

    def close(self) -> None:
        """Stops the processes."""
        self._over = True
        _end(self._pool)


def _end(pool: ProcessPool) -> None:
    pool.stop()
    pool.join()
