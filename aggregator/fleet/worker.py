"""`aggregator worker`: takes jobs from the queue and crawls, until it is told to end.

What it has taken and not finished goes back: at once where it is told to end, after DEAD seconds where it was killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
from procrastinate.exceptions import ProcrastinateException

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.fleet import queue
from aggregator.fleet.batches import Batches, CrawlFailed, Kind
from aggregator.operations import scheduled
from aggregator.operations.children import Child
from aggregator.operations.snapshot import Origin
from aggregator.run import utc_now

AGAIN = 5.0
"""Seconds until an editor that ended, or a server that went away, is tried again; doubled up to LONGEST."""
LONGEST = 60.0

EDITOR = ("editor",)
"""The command of the process that places articles and writes the journal."""


class Worker:
    """One worker: its way to the queue, its crawls, its editor."""

    def __init__(self, origin: Origin, *, concurrency: int, edits: bool, say: Callable[[str], None]) -> None:
        """`concurrency`: sources that are crawled at once; `edits`: whether it keeps an editor at hand.

        Raises an AggregatorError where the configuration is wrong, or the queue cannot be used.
        """
        self._origin, self._say, self._edits = origin, say, edits
        self._config: Config = origin.read()
        self._url = str(self._config.place)
        queue.prepare(self._url)
        scheduled.folder(self._config.data_folder).mkdir(parents=True, exist_ok=True)
        self._concurrency = concurrency
        self._name = f"worker-{os.getpid()}"
        self._ending = asyncio.Event()
        self._editor: Child | None = None

    def run(self, *, once: bool = False) -> None:
        """Works until SIGTERM or SIGINT, or with `once` until no job waits."""
        asyncio.run(self._live(once=once))

    async def _live(self, *, once: bool) -> None:
        fleet = self._config.fleet
        self._batches = Batches(self._start, crawls=fleet.crawls, size=fleet.batch, timeout=fleet.timeout)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        beside = [asyncio.create_task(self._keep_editor())] if self._edits else []
        work = asyncio.create_task(self._work(once=once))
        told = asyncio.create_task(self._ending.wait())
        self._say(f"{self._name}: up to {self._concurrency} sources at once, from {self._config.place}")
        try:
            await asyncio.wait((work, told), return_when=asyncio.FIRST_COMPLETED)
            if self._ending.is_set():
                self._say("ending: crawls are told to stop")
            self._batches.stop()
            work.cancel()  # no new jobs; those that are under way are waited for
            with suppress(asyncio.CancelledError):
                await work
        finally:
            self._ending.set()
            told.cancel()
            if self._editor is not None:
                self._editor.stop()
            await asyncio.gather(*beside)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    # ----------------------------------------------------------------- jobs

    async def _work(self, *, once: bool) -> None:
        pause = AGAIN
        while True:
            app = queue.app(self._url)
            app.task(name=queue.CRAWL, queue=queue.CRAWL, retry=queue.Patience())(self._crawl)
            try:
                async with app.open_async():
                    rescuing = asyncio.create_task(self._rescue(app))
                    try:
                        await app.run_worker_async(
                            queues=[queue.CRAWL],
                            name=self._name,
                            concurrency=self._concurrency,
                            wait=not once,
                            install_signal_handlers=False,
                            delete_jobs="successful",
                            update_heartbeat_interval=queue.HEARTBEAT,
                            stalled_worker_timeout=queue.DEAD,
                        )
                        return
                    finally:
                        rescuing.cancel()
            except (ProcrastinateException, psycopg.Error) as error:
                self._say(str(queue.unavailable(self._url, error)))
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST)

    async def _crawl(self, source: str, spider: str, poll: str) -> None:
        """The one task of the queue."""
        if source not in self._known():
            raise CrawlFailed(f"{source} is not in this machine's catalogue, {self._config.sources}")
        await self._batches.crawl(source, Kind(spider, poll))

    def _known(self) -> frozenset[str]:
        self._config = self._origin.read()
        return frozenset(source.id for source in configuration.catalogue(self._config).sources)

    def _start(self, place: int, kind: Kind, sources: Sequence[str]) -> Child:
        words = ["crawl", *self._words(), "--unattended", "--quiet", "--spider", kind.spider]
        words += ["--source", ",".join(sources), *(["--due"] if kind.poll == "due" else [])]
        some = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
        self._say(f"crawl {place + 1}: {some}")
        return self._child(f"{self._name}-{place + 1}", words)

    def _child(self, name: str, words: Sequence[str]) -> Child:
        return Child(name, name, words, self._config.data_folder, self._config.root)

    def _words(self) -> list[str]:
        config, origin = self._config, self._origin
        words = ["--data", str(config.data_folder), "--sources", str(config.sources)]
        return words + [word for override in origin.overrides for word in ("--set", override)]

    async def _rescue(self, app: Any) -> None:
        while True:
            try:
                rescued = await queue.rescue(app.job_manager)
                if rescued:
                    self._say(f"{rescued} jobs of workers that died are given to others")
                await app.job_manager.delete_old_jobs(
                    nb_hours=queue.KEPT_HOURS, include_failed=True, include_aborted=True, include_cancelled=True
                )
            except (ProcrastinateException, psycopg.Error) as error:
                self._say(str(queue.unavailable(self._url, error)))
            await asyncio.sleep(queue.HEARTBEAT)

    # --------------------------------------------------------------- editor

    async def _keep_editor(self) -> None:
        """An editor, or one that stands by, as long as this worker lives."""
        pause = AGAIN
        while not self._ending.is_set():
            began = utc_now()
            try:
                self._editor = self._child(f"{self._name}-editor", (*EDITOR, *self._words()))
                ended = await asyncio.to_thread(self._editor.wait, timedelta(days=365) / timedelta(seconds=1))
            except (OSError, AggregatorError) as error:
                ended = None
                self._say(f"no editor could be started: {error}")
            if self._ending.is_set():
                return
            if ended is not None:
                self._say(f"the editor ended ({ended.outcome} {ended.message}): another is started")
            pause = AGAIN if utc_now() - began > timedelta(minutes=5) else min(2 * pause, LONGEST)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)
