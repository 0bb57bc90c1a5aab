"""Jobs become crawls: those that wait at the same moment are crawled together, in one process.

A process takes a second or two to start and reads pages on several cores, so one for each source would mostly start;
one for many keeps their hosts' pauses beside each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aggregator.fleet.queue import Interrupted
from aggregator.operations.children import Child, Ended

LINGER = 0.5
"""Seconds that the first job of a crawl waits for others: a worker takes its jobs one by one."""


class Kind(NamedTuple):
    """What must be the same for sources that are crawled together."""

    spider: str
    poll: str


class CrawlFailed(Exception):
    """A crawl went wrong: its jobs are tried again."""


Start = Callable[[int, Kind, Sequence[str]], Child]
"""Starts a crawl of these sources, in the so-manieth place; raises OSError and AggregatorError."""


@dataclass(slots=True)
class _Batch:
    sources: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)
    full: asyncio.Event = field(default_factory=asyncio.Event)


class Batches:
    """Crawls what it is given, so many crawls at a time."""

    def __init__(self, start: Start, *, crawls: int, size: int, timeout: float) -> None:
        """`start` starts one, `crawls` run at once, each with up to `size` sources and for `timeout` seconds."""
        self._start, self._size, self._timeout = start, size, timeout
        self._waiting: dict[Kind, _Batch] = {}
        self._places = asyncio.Queue[int]()
        for place in range(crawls):
            self._places.put_nowait(place)
        self._children: set[Child] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def crawl(self, source_id: str, kind: Kind) -> None:
        """Waits until a crawl of the source has ended well; raises CrawlFailed, or Interrupted where we end."""
        if self._stopping:
            raise Interrupted
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        batch = self._waiting.get(kind)
        if batch is None:
            batch = self._waiting[kind] = _Batch()
            task = asyncio.create_task(self._run(kind, batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        batch.sources.setdefault(source_id, []).append(done)
        if len(batch.sources) >= self._size:
            self._waiting.pop(kind)
            batch.full.set()
        await done

    async def _run(self, kind: Kind, batch: _Batch) -> None:
        place = await self._places.get()
        try:
            try:
                await asyncio.wait_for(batch.full.wait(), LINGER)
            except TimeoutError:
                if self._waiting.get(kind) is batch:
                    del self._waiting[kind]
            self._tell(batch, await self._crawled(place, kind, tuple(batch.sources)))
        except Exception as error:  # noqa: BLE001 - a job that is never answered would hold its host for ever
            self._tell(batch, CrawlFailed(f"{type(error).__name__}: {error}"))
        finally:
            self._places.put_nowait(place)

    async def _crawled(self, place: int, kind: Kind, sources: Sequence[str]) -> Exception | None:
        if self._stopping:
            return Interrupted()
        child = self._start(place, kind, sources)
        self._children.add(child)
        try:
            ended: Ended = await asyncio.to_thread(child.wait, self._timeout)
        finally:
            self._children.discard(child)
        if ended.outcome == "done":
            return None
        return Interrupted() if self._stopping else CrawlFailed(f"{ended.outcome}: {ended.message}")

    @staticmethod
    def _tell(batch: _Batch, error: Exception | None) -> None:
        for done in (done for several in batch.sources.values() for done in several):
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def stop(self) -> None:
        """Tells every crawl to end; what was not finished is Interrupted."""
        self._stopping = True
        for batch in self._waiting.values():
            batch.full.set()
        self._waiting.clear()
        for child in self._children:
            child.stop()
