"""The processes that read pages and large feeds, each within limits of time and memory: a crash costs only itself.

This module is what a worker process imports, so it knows neither Scrapy nor the store.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from dataclasses import replace
from multiprocessing.connection import wait
from typing import Any

from pebble import ProcessExpired, ProcessPool

from aggregator.discovery.feeds import Reading
from aggregator.discovery.feeds import read as read_feed
from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Extraction, Page, Source

_chosen: tuple[Outlets, ExtractionOptions] | None = None
LARGE = 1_000_000
"""Bytes.  Of larger bodies one is read at a time: they are rare, take a hundred times their size in memory at worst,
and must not hold up all workers."""
_LIFE = 5_000
"""Pages after which a worker is replaced: what libraries leak or keep in caches goes with it."""


def _prepare(outlets: Outlets, options: ExtractionOptions, memory_limit: int) -> None:
    """Runs first in every worker."""
    global _chosen
    _chosen = outlets, options
    _limit_memory(memory_limit)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _limit_memory(limit: int) -> None:
    # Where the system has no such limit, only that of time is left.
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _die_with_parent() -> None:
    # A parent that was killed cannot stop its workers: they notice by themselves.
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read(page: Page, source: Source) -> Extraction:
    assert _chosen is not None
    extraction = extract(page, source, *_chosen)
    _give_back(len(page.body))
    # The parent has the page already; its body need not travel back.
    return replace(extraction, page=replace(extraction.page, body=b""))


def _read_feed(body: bytes, given: dict[str, Any]) -> Reading:
    reading = read_feed(body, **given)
    _give_back(len(body))
    return reading


def _give_back(size: int) -> None:
    """Hands the memory of a large body's tree back to the system, which C libraries keep for themselves otherwise."""
    if size > LARGE and sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such function
            ctypes.CDLL(None).malloc_trim(0)


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
        memory_limit: int = 2_000_000_000,
        read: Callable[[Page, Source], Extraction] = _read,
    ) -> None:
        """Limits are in seconds for each page, and in bytes for each worker.  Processes start with the first page.

        `read` is what a worker does with a page: a function that can be imported by its name.
        """
        self._time_limit, self._read = time_limit, read
        self._over = False
        self._waiting: set[asyncio.Future[Any]] = set()
        self._large = asyncio.Semaphore(1)
        self._pool = ProcessPool(
            max_workers=max(1, workers),
            max_tasks=_LIFE,
            initializer=_prepare,
            initargs=(outlets, options, memory_limit),
            # spawn: a fork of a process with a running reactor and threads would inherit their locks
            context=multiprocessing.get_context("spawn"),
        )

    async def read(self, page: Page, source: Source) -> Extraction:
        """The extraction of a page; where reading was stopped or crashed, one that says so.  Raises GivenUp."""
        try:
            extraction: Extraction = await self._run(len(page.body), self._read, page, source)
        except Stopped as stopped:
            return Extraction(page=page, article=None, stopped=True, rejected=str(stopped))
        return replace(extraction, page=page)

    async def read_feed(self, body: bytes, **given: Any) -> Reading:
        """What `discovery.feeds.read` makes of a body; where that was stopped, a Reading whose problem says so.

        Raises GivenUp.
        """
        try:
            reading: Reading = await self._run(len(body), _read_feed, body, given)
        except Stopped as stopped:
            return Reading(problems=(str(stopped),))
        return reading

    async def _run(self, size: int, function: Callable[..., Any], *arguments: Any) -> Any:
        async with self._large if size > LARGE else nullcontext():
            if self._over:
                raise GivenUp("the run was ended before it was read")
            future: asyncio.Future[Any] = asyncio.wrap_future(self._schedule(function, *arguments))
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

    def _schedule(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        pooled: Future[Any] = self._pool.schedule(function, args=arguments, timeout=self._time_limit)
        return pooled

    def give_up(self) -> None:
        """Nobody waits any longer for what is being read, or still to be read."""
        self._over = True
        for future in list(self._waiting):
            future.cancel()

    def close(self) -> None:
        """Stops the processes."""
        self._pool.stop()
        self._pool.join()
