"""Bodies in memory: bounded however many large answers come together, and each of them comes to its end."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scrapy import Request, signals
from scrapy.signalmanager import SignalManager

from aggregator.config import Config, CrawlOptions
from spiders.room import LARGE, Room
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, article

SITES = 8


class Connection:
    """Twisted's producer of a body: notes whether it is to send."""

    sends = True

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.sends = False

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.sends = True


class Coming:
    """A room for `most` bytes, and answers that come to it."""

    def __init__(self, most: int) -> None:
        self.slot = SimpleNamespace(active_size=0)
        config = Config(root=Path(), crawl=CrawlOptions(max_in_memory=most))
        self.crawler: Any = SimpleNamespace(
            settings={"AGGREGATOR_CONFIG": config},
            engine=SimpleNamespace(scraper=SimpleNamespace(slot=self.slot)),
            signals=SignalManager(),
        )
        self.room = Room(self.crawler)
        self.room._look_later = lambda: None  # type: ignore[method-assign]  # no clock: the tests look themselves
        self.requests: dict[str, Request] = {}

    def begin(self, name: str) -> Connection:
        connection = Connection()
        self.requests[name] = Request(f"http://{name}.example/")
        self.room.begins(self.requests[name], connection)
        return connection

    def send(self, name: str, size: int) -> None:
        self.crawler.signals.send_catch_log(signals.bytes_received, data=bytes(size), request=self.requests[name])

    def end(self, name: str) -> None:
        self.room.ends(self.requests[name])


def test_the_first_goes_on_and_the_others_wait_for_it() -> None:
    """Small ones never wait; who waited goes on when the first has come."""
    coming = Coming(most=3 * LARGE)
    first, second, small = coming.begin("first"), coming.begin("second"), coming.begin("small")
    coming.send("first", 2 * LARGE)
    coming.send("second", 2 * LARGE)
    coming.send("small", LARGE)
    assert (first.sends, second.sends, small.sends) == (True, False, True)
    coming.send("first", 5 * LARGE)
    assert first.sends
    coming.end("first")
    assert second.sends


def test_nobody_goes_on_while_what_has_come_waits_to_be_read() -> None:
    """What has come counts until it was read."""
    coming = Coming(most=3 * LARGE)
    only = coming.begin("only")
    coming.slot.active_size = 4 * LARGE
    coming.send("only", 2 * LARGE)
    assert not only.sends
    coming.slot.active_size = LARGE
    coming.room._look()
    assert only.sends


def test_large_pages_of_many_sites_are_all_read(tmp_path: Path) -> None:
    """Over real sockets, plain and packed, with room for one at a time: each waits, and none is lost or cut."""
    web = FaultyWeb()
    for n in range(SITES):
        body = article(f"site-{n}/news").body + b"<!--" + b"x" * 1_500_000 + b"-->"
        headers = {"Content-Type": "text/html"}
        packed = Answer(gzip.compress(body), headers={**headers, "Content-Encoding": "gzip"})
        web.on(f"site-{n}", "/news", packed if n % 2 else Answer(body, headers=headers))
        web.source(f"site-{n}", "/news")
    with web.serving():
        desk = Desk(tmp_path, web)
        desk.crawl("crawl.max_in_memory=1MB", "crawl.per_address=64")
        outcomes = [desk.outcome(web.url(f"site-{n}", "/news"))[0] for n in range(SITES)]
    assert outcomes == ["stored"] * SITES
