"""The one place that starts Scrapy.  A process runs one crawl, since a Twisted reactor runs once."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from rich.logging import RichHandler

from aggregator import logs, settings
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.operations import history
from aggregator.operations.display import Shown
from aggregator.operations.history import Outcome, RunRecord
from aggregator.records import HealthLine

TICK = 0.5
"""Seconds between two looks at a running crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """How a crawl ended."""

    counts: Mapping[str, int]
    """what was counted: answers, pages, feeds/polled, outcome/unique ..."""
    reason: str
    """`finished`, or `shutdown` where it was interrupted"""
    seconds: float
    """how long it took"""
    failing: Mapping[str, str] = field(default_factory=dict)
    """sources whose feeds could not be read, with the reason"""
    health: Sequence[HealthLine] = ()
    """sources that do better or worse than before the crawl"""
    pending: int = 0
    """sightings that wait for a later run"""
    next_due: datetime | None = None
    """when the first of them is due"""
    next_poll: datetime | None = None
    """when the next feed is due"""

    @property
    def unreachable(self) -> bool:
        """Requests were made, and nobody answered any."""
        asked = self.counts.get("feeds/polled", 0) + self.counts.get("pages", 0)
        return asked > 0 and self.counts.get("answers", 0) == 0

    @property
    def offline(self) -> bool:
        """Nobody answered because no name could be resolved: this machine has no network."""
        reasons = self.failing.values()
        return self.unreachable and bool(reasons) and all("DNS lookup failed" in reason for reason in reasons)


def crawl(
    config: Config,
    spider: str,
    arguments: Mapping[str, str],
    display: Shown,
    *,
    verbose: bool,
    items: list[Any] | None = None,
) -> CrawlResult:
    """Runs one spider over the configuration's store until nothing is due; raises an AggregatorError if it cannot.

    What leaves the last stage is added to `items`, where that is given.
    """
    crawler = _run(config, spider, arguments, display, verbose=verbose, items=items)
    stats: dict[str, Any] = crawler.stats.get_stats()
    run = crawler.spider
    if run.ending.fatal is not None:
        raise AggregatorError(f"{run.ending.fatal}; what was collected is safe, and the next crawl goes on from there")
    return CrawlResult(
        counts=_counts(stats),
        reason=str(stats.get("finish_reason", "shutdown")),  # none: a second signal, or one before it had begun
        seconds=float(stats.get("elapsed_time_seconds", 0.0)),
        failing=dict(run.failures_by_source),
        health=tuple(run.troubles),
        pending=run.left[0],
        next_due=run.left[1],
        next_poll=run.next_poll,
    )


def remember(config: Config, name: str, result: CrawlResult, began: datetime, ended: datetime) -> None:
    """Keeps what a crawl has counted, for `aggregator status`; a disk that is full is no reason to fail afterwards."""
    outcome: Outcome = "stopped" if result.reason == "shutdown" else "no network" if result.offline else "done"
    record = RunRecord(kind="crawl", name=name, began=began, ended=ended, outcome=outcome, counts=dict(result.counts))
    try:
        history.append(config.data_folder, record)
    except OSError as error:
        logging.getLogger(__name__).warning("the record of this run cannot be written: %s", error)


def probe(config: Config, spider: str, arguments: Mapping[str, Any], display: Shown) -> list[Any]:
    """Runs a spider that writes nothing; its items."""
    items: list[Any] = []
    _run(config, spider, arguments, display, verbose=False, items=items)
    return items


def _run(
    config: Config,
    spider: str,
    arguments: Mapping[str, Any],
    display: Shown,
    *,
    verbose: bool,
    items: list[Any] | None = None,
) -> Any:
    # By its name, like the stages in the settings: this package knows nothing of those above it.
    import_module("pipelines.processes").prepare()
    # Scrapy takes a second to import: only those who crawl wait for it.
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    chosen = Settings(settings.of(config))
    chosen.set("LOG_ENABLED", False)
    process = AsyncCrawlerProcess(chosen)
    _log_to(config, display, verbose=verbose)  # after Scrapy's own set-up of logging
    crawler = process.create_crawler(spider)

    async def watch() -> None:
        while True:
            display.show(_counts(crawler.stats.get_stats() if crawler.stats else {}))
            await asyncio.sleep(TICK)

    watching: list[asyncio.Task[None]] = []

    def opened() -> None:
        watching.append(asyncio.get_running_loop().create_task(watch()))

    def closed() -> None:
        for task in watching:
            task.cancel()

    def scraped(item: Any) -> None:
        if items is not None:
            items.append(item)

    crawler.signals.connect(opened, signals.spider_opened)
    crawler.signals.connect(closed, signals.spider_closed)
    crawler.signals.connect(scraped, signals.item_scraped)
    task = process.crawl(crawler, **arguments)
    # What is loaded by now stays: no collection of garbage need look at it again, which holds the loop up for some
    # fifty milliseconds each time.
    gc.collect()
    gc.freeze()
    with display:
        process.start()
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    if crawler.spider is None:
        raise AggregatorError("the crawl did not start")
    return crawler


class _NotTwice(logging.Filter):
    """Leaves out what Scrapy says of our own errors, trace and all: they are said in one line at the end."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], AggregatorError))


def _log_to(config: Config, display: Shown, *, verbose: bool) -> None:
    shown: logging.Handler
    if display.live and config.log.format == "console":
        # Log lines stand above the moving display instead of tearing it.
        shown = RichHandler(console=display.console, show_path=False, markup=False)
        shown.setFormatter(logging.Formatter("%(message)s"))
    else:
        shown = logging.StreamHandler()
    for handler in logs.set_up(config.log, config.data_folder, shown, verbose=verbose):
        handler.addFilter(_NotTwice())


def _counts(stats: Mapping[str, Any]) -> dict[str, int]:
    prefix = "aggregator/"
    return {name.removeprefix(prefix): int(n) for name, n in stats.items() if name.startswith(prefix)}
