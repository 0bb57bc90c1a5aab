"""Which jobs there are, and how those that wait become crawls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from aggregator.fleet.jobs import FRESH, WAITING, home, source_jobs
from aggregator.operations.children import Ended
from aggregator.records import Feed, Source
from tests import postgres_server

missing = postgres_server.what_is_missing()
if missing:
    pytest.skip(missing, allow_module_level=True)

from aggregator.fleet.batches import Batches, CrawlFailed, Kind  # noqa: E402 - an extra
from aggregator.fleet.queue import ATTEMPTS, Interrupted, Patience  # noqa: E402

DUE = Kind("feeds", "due")


def source(name: str, **more: Any) -> Source:
    return Source(id=name, name=name, homepage=more.pop("homepage", f"https://{name}.example/"), **more)


class TestJobs:
    def test_a_source_with_a_due_feed_comes_before_one_whose_pages_wait(self) -> None:
        found = source_jobs([source("a"), source("b"), source("c")], {"b"}, {"a": 3, "unknown": 1})
        assert [(job.source_id, job.priority) for job in found] == [("b", FRESH), ("a", WAITING)]

    def test_its_host_is_that_of_its_homepage_or_its_first_feed(self) -> None:
        assert home(source("a", homepage="https://www.a.example/news")) == "www.a.example"
        feeds = (Feed(url="https://feeds.example:8443/a.xml"),)
        assert home(source("a", homepage=None, feeds=feeds)) == "feeds.example:8443"


class Crawl:
    """A crawl that ends when it is told to."""

    def __init__(self, sources: Sequence[str]) -> None:
        self.sources, self.over = tuple(sources), threading.Event()
        self.ended = Ended(outcome="done")

    def wait(self, timeout: float) -> Ended:
        assert self.over.wait(30)
        return self.ended

    def stop(self) -> None:
        self.ended = Ended(outcome="stopped")
        self.over.set()


class Place:
    """Starts crawls and keeps them."""

    def __init__(self) -> None:
        self.crawls: list[Crawl] = []
        self.begun = asyncio.Event()

    def start(self, place: int, kind: Kind, sources: Sequence[str]) -> Any:
        self.crawls.append(Crawl(sources))
        self.begun.set()
        return self.crawls[-1]

    async def next(self) -> Crawl:
        await asyncio.wait_for(self.begun.wait(), 30)
        self.begun.clear()
        return self.crawls[-1]


class TestBatches:
    def test_jobs_that_wait_are_crawled_together_and_those_that_come_later_next(self) -> None:
        async def told() -> None:
            place = Place()
            batches = Batches(place.start, crawls=1, size=3, timeout=60)
            first = [asyncio.create_task(batches.crawl(name, DUE)) for name in "abc"]
            crawl = await place.next()
            assert crawl.sources == ("a", "b", "c")
            later = [asyncio.create_task(batches.crawl(name, DUE)) for name in "de"]
            await asyncio.sleep(0)
            assert len(place.crawls) == 1  # one at a time
            crawl.over.set()
            await asyncio.gather(*first)
            crawl = await place.next()
            assert crawl.sources == ("d", "e")
            crawl.over.set()
            await asyncio.gather(*later)

        asyncio.run(told())

    def test_a_crawl_that_goes_wrong_is_each_of_its_jobs_failure(self) -> None:
        async def told() -> list[Any]:
            place = Place()
            batches = Batches(place.start, crawls=1, size=2, timeout=60)
            jobs = [asyncio.create_task(batches.crawl(name, DUE)) for name in "ab"]
            crawl = await place.next()
            crawl.ended = Ended(outcome="failed", message="exit status 2: no room")
            crawl.over.set()
            return await asyncio.gather(*jobs, return_exceptions=True)

        found = asyncio.run(told())
        assert [type(error) for error in found] == [CrawlFailed, CrawlFailed]
        assert "no room" in str(found[0])

    def test_one_that_cannot_be_started_is_a_failure_and_blocks_nobody(self) -> None:
        async def told() -> tuple[Any, Any]:
            place = Place()

            def start(number: int, kind: Kind, sources: Sequence[str]) -> Any:
                if "bad" in sources:
                    raise OSError("no more processes")
                return place.start(number, kind, sources)

            batches = Batches(start, crawls=1, size=1, timeout=60)
            (bad,) = await asyncio.gather(batches.crawl("bad", DUE), return_exceptions=True)
            good = asyncio.create_task(batches.crawl("good", DUE))
            (await place.next()).over.set()
            return bad, await good

        bad, good = asyncio.run(told())
        assert "no more processes" in str(bad)
        assert good is None

    def test_at_the_end_what_runs_and_what_waits_is_interrupted(self) -> None:
        async def told() -> list[Any]:
            place = Place()
            batches = Batches(place.start, crawls=1, size=1, timeout=60)
            jobs = [asyncio.create_task(batches.crawl(name, DUE)) for name in "ab"]
            await place.next()
            batches.stop()
            found = await asyncio.gather(*jobs, return_exceptions=True)
            (late,) = await asyncio.gather(batches.crawl("c", DUE), return_exceptions=True)
            return [*found, late]

        assert [type(error) for error in asyncio.run(told())] == [Interrupted] * 3


class TestPatience:
    @pytest.mark.parametrize(
        ("error", "attempts", "again"),
        [(Interrupted(), 50, True), (CrawlFailed(""), 0, True), (CrawlFailed(""), ATTEMPTS - 1, False)],
    )
    def test_a_job_is_given_up_only_when_its_crawl_went_wrong_often(
        self, error: Exception, attempts: int, again: bool
    ) -> None:
        from procrastinate.jobs import Job

        job = Job(id=1, queue="crawl", lock=None, queueing_lock=None, task_name="crawl", attempts=attempts)
        assert (Patience().get_retry_decision(exception=error, job=job) is not None) is again
