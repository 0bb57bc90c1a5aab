"""How a crawl ends before its work is done: soon after a signal, at once where the database cannot be written.

What is under way goes back to the frontier: claims that have no outcome are given back with the end of the run, and
polls that were not committed are due again.  Nothing has to be written for that.
"""

from __future__ import annotations

import asyncio
import logging

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from aggregator.errors import StoreError, WorkersLost
from aggregator.run import RUN_ENDS, RUN_IS_OVER

log = logging.getLogger(__name__)

GRACE = 4.0
"""Seconds that requests and pages under way have to come to their end.

Who stops a service waits ten seconds before he kills it (the default of containers); the rest is for the last lines.
"""


class Ending:
    """The end of one crawl.  Each spider that writes has one."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._begun = False
        self._tasks: list[asyncio.Task[None]] = []
        self.fatal: str | None = None
        """what stopped the crawl; None where nothing did"""
        crawler.signals.connect(self._spider_failed, signals.spider_error)

    def begin(self) -> None:
        """No new request is sent from now on, and what is not at its end after GRACE seconds is given up."""
        if not self._begun:
            self._begun = True
            self._crawler.signals.send_catch_log(RUN_ENDS)
            self._tasks.append(asyncio.get_running_loop().create_task(self._give_up()))

    async def _give_up(self) -> None:
        await asyncio.sleep(GRACE)
        self._crawler.signals.send_catch_log(RUN_IS_OVER)

    def stop(self, error: BaseException) -> None:
        """Ends the crawl for an error after which it cannot go on: it is said at the end."""
        if self.fatal is None:
            self.fatal = str(error)
            self.begin()
            self._tasks.append(asyncio.get_running_loop().create_task(self._crawler.stop_async()))

    def caused_by(self, failure: Failure) -> bool:
        """Whether that failure ends the crawl: no outcome can be kept, or nobody is left who reads pages."""
        if failure.check(StoreError, WorkersLost):
            self.stop(failure.value)
            return True
        return False

    def _spider_failed(self, failure: Failure) -> None:
        self.caused_by(failure)
