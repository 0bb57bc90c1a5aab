"""Pages read by the workers of a Dask cluster: for years of archives, on as many machines as there are.

Only reading leaves this process.  What is a copy, which story an article belongs to and every line of the journal
are decided here, in the order of the archives: so the same archives give the same lines, whoever read them.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from aggregator.errors import InputError, WorkersLost
from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Extraction, Page, Source
from pipelines.workers import Readers, Stopped

PATIENCE = 10.0
"""Seconds in which the scheduler has to answer."""
_ALIVE = ("running", "connecting")
"""States of a client that may still get results."""


class FarmReaders(Readers):
    """As `Readers`, on the workers of a Dask scheduler; each should run one thread, and have a nanny.

    A page over the time limit ends its worker, whose nanny starts another.  The cluster tries such a page on some
    workers (`distributed.scheduler.allowed-failures`, 3 by default) before it is given up.
    """

    def __init__(self, address: str, time_limit: float, outlets: Outlets, options: ExtractionOptions) -> None:
        """Raises InputError where the extra is missing, or no scheduler answers at `address`."""
        try:
            from distributed import Client
        except ImportError as error:
            raise InputError('--dask needs the extra: pip install "regional-news-aggregator[dask]"') from error
        # What matters of it is said by our own errors, in one line.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"no Dask scheduler answers at {address}: {error}", subject=address) from error
        super().__init__(1, time_limit, outlets, options, read=read_there)
        self._address = address
        # Sent once, and kept by the workers.
        self._chosen = self._client.scatter((outlets, options), broadcast=True)
        self._executor = self._client.get_executor()
        self._watching: asyncio.Task[None] | None = None

    async def _begin(self, function: Callable[..., Any]) -> None:
        if function is not read_there:
            await super()._begin(function)

    def _schedule(self, size: int, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        if function is not read_there:
            return super()._schedule(size, function, *arguments)
        future: Future[Any] = self._executor.submit(function, *arguments, self._chosen, self._time_limit)
        return future

    async def _run(self, size: int, function: Callable[..., Any], *arguments: Any) -> Any:
        from distributed import KilledWorker

        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._watch())
        if self._client.status not in _ALIVE:
            raise self._lost()
        try:
            return await super()._run(size, function, *arguments)
        except KilledWorker:
            raise Stopped("reading it ended one worker after the other") from None
        except asyncio.CancelledError:
            if self._client.status in _ALIVE:
                raise
            raise self._lost() from None

    def _lost(self) -> WorkersLost:
        return WorkersLost(f"the Dask scheduler at {self._address} is gone", address=self._address)

    async def _watch(self) -> None:
        # A client that gave up its scheduler leaves those who wait for results waiting.
        while self._client.status in _ALIVE:
            await asyncio.sleep(1)
        for future in list(self._waiting):
            future.cancel()

    def close(self) -> None:
        """Leaves the cluster as it was found."""
        if self._watching is not None:
            self._watching.cancel()
        self._executor.shutdown(wait=False)
        self._client.close()
        super().close()


def read_there(page: Page, source: Source, chosen: tuple[Outlets, ExtractionOptions], time_limit: float) -> Extraction:
    """What a worker of the cluster does with a page; its process ends where that takes over `time_limit` seconds."""
    faulthandler.dump_traceback_later(time_limit, exit=True)
    try:
        extraction = extract(page, source, *chosen)
    finally:
        faulthandler.cancel_dump_traceback_later()
    # The page is here already; its body need not travel back.
    return replace(extraction, page=replace(extraction.page, body=b""))
