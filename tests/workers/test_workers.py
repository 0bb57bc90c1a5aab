"""Worker processes: a page that goes wrong costs only itself, and the outcome says what happened."""

from __future__ import annotations

import asyncio
import multiprocessing.forkserver
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trouble

from aggregator.errors import WorkersLost
from aggregator.extraction import ExtractionOptions, Outlets
from aggregator.records import Extraction, Page, Sighting, Source
from pipelines import processes
from pipelines.workers import Readers

SOURCE = Source(id="valley", name="Valley Herald")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TIME_LIMIT = 2.0
HANGS = 60.0
PATIENCE = 60.0
"""Where time is not what is tested: a busy machine may take long to fill a gigabyte."""


def page(name: str, body: bytes = b"") -> Page:
    """A page at an address that ends in `name`."""
    url = f"https://valley.example/{name}"
    sighting = Sighting(url=url, source_id="valley", via="rss", first_seen=NOW)
    return Page(sighting=sighting, url=url, status=200, body=body, fetched=NOW)


def readings(readers: Readers, names: list[str]) -> list[Extraction]:
    """What the workers make of pages of these names, all in hand at once."""

    async def together() -> list[Extraction]:
        return await asyncio.gather(*(readers.read(page(name), SOURCE) for name in names))

    return asyncio.run(together())


def two_workers(time_limit: float) -> Readers:
    """Two workers that do what a page's address says."""
    return Readers(2, time_limit, Outlets.of([]), ExtractionOptions(), memory_limit=trouble.MOST, read=trouble.read)


@pytest.fixture
def readers() -> Iterator[Readers]:
    with closing(two_workers(TIME_LIMIT)) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("hang", "reading it took over 2 s"),
        ("exit", "reading it crashed its worker (exit 3)"),
        ("kill", "reading it crashed its worker (exit -9)"),
        pytest.param(
            "memory",
            "reading it took too much memory",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to RLIMIT_DATA"),
        ),
    ],
)
def test_a_page_that_goes_wrong_costs_only_itself(name: str, reason: str) -> None:
    """Pages in both workers and waiting behind it come through, and so do those that come later."""
    before = [str(number) for number in range(6)]
    with closing(two_workers(TIME_LIMIT if name == "hang" else PATIENCE)) as readers:
        found = readings(readers, [*before[:3], name, *before[3:]])
        later = readings(readers, ["7", "8"])
    assert [each.rejected for each in found if each.page.url.endswith(name)] == [reason]
    told = [(each.rejected or "").split(" in ")[0] for each in found]
    assert [text for text in told if text != reason] == [f"read {number}" for number in before]
    assert [(each.rejected or "").split(" in ")[0] for each in later] == ["read 7", "read 8"]


def test_a_page_that_hangs_is_stopped_in_time(readers: Readers) -> None:
    """The limit counts from the moment a page is read, not from the moment it waits."""
    began = time.monotonic()
    found = readings(readers, ["hang", "hang", "1"])
    assert time.monotonic() - began < HANGS / 2, "two that hang, one beside the other"
    assert [(each.rejected or "").split(" in ")[0] for each in found] == ["reading it took over 2 s"] * 2 + ["read 1"]


def test_pages_are_read_in_other_processes_and_keep_their_body() -> None:
    """The body does not travel back; the page that comes out is the one that went in."""
    with closing(Readers(1, 30.0, Outlets.of([]), ExtractionOptions())) as readers:
        given = page("1", b"<html><body><p>Too short.</p></body></html>")
        found = asyncio.run(readers.read(given, SOURCE))
    assert found.page is given
    assert found.rejected is not None


def test_workers_die_with_the_pool(readers: Readers) -> None:
    """No process is left when a crawl ends."""
    (found,) = readings(readers, ["1"])
    worker = int((found.rejected or "").rpartition(" ")[2])
    readers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the processes")
@pytest.mark.parametrize("everybody", [False, True])
def test_f90_workers_that_are_killed_are_replaced_and_every_page_is_read(everybody: bool) -> None:
    """All workers while nothing is read, and the process that they are forked from, too."""
    with closing(two_workers(PATIENCE)) as readers:
        for _ in range(2):
            found = readings(readers, ["1", "2"])
            workers = {int((each.rejected or "").rpartition(" ")[2]) for each in found}
            assert workers
            server = multiprocessing.forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
            for process in [*children(server), *([server] if everybody else [])]:
                os.kill(process, signal.SIGKILL)
        again = readings(readers, [str(number) for number in range(8)])
    assert [(each.rejected or "").split(" in ")[0] for each in again] == [f"read {number}" for number in range(8)]


def test_f90_workers_that_are_lost_again_and_again_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process lives long enough to read, the crawl is told so, and does not go round for ever."""
    with closing(two_workers(PATIENCE)) as readers:

        def lost(*_: object) -> None:
            raise BrokenProcessPool

        monkeypatch.setattr(readers, "_schedule", lost)
        with pytest.raises(WorkersLost, match="were lost 6 times"):
            readings(readers, ["1"])


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_what_a_page_takes_is_counted_from_what_the_worker_has(readers: Readers) -> None:
    """A worker that has grown reads on: the limit is that of one page."""
    found = readings(readers, ["grow"] * 8)
    assert [(each.rejected or "").split(" in ")[0] for each in found] == ["read grow"] * 8


def test_a_limit_ends_with_its_task() -> None:
    """The next body comes before its own limit is set: a worker that refused it would be gone, and the pool with it."""
    readers = Readers(1, 30.0, Outlets.of((SOURCE,)), ExtractionOptions(), memory_limit=1_000_000)

    async def read() -> list[str | None]:
        try:
            return [(await readers.read(page("large", b"<p>" + b"word " * 600_000), SOURCE)).rejected for _ in range(4)]
        finally:
            readers.close()

    assert all("memory" in (reason or "") for reason in asyncio.run(read()))


AT_ONCE = """
import sys
from pipelines import processes
processes.prepare = lambda: sys.exit("late" if "scrapy" in sys.modules else "in time")
from aggregator.operations.crawls import _run
_run(None, "feeds", {}, None, verbose=False)
"""


def test_workers_are_prepared_before_scrapy_is_loaded() -> None:
    """Both take a second or more, on a core each."""
    told = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False)
    assert told.stderr.strip() == "in time"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such process")
def test_what_is_prepared_is_what_workers_are_forked_from() -> None:
    processes.prepare()
    server = multiprocessing.forkserver._forkserver  # type: ignore[attr-defined]
    prepared = server._forkserver_pid
    assert prepared is not None
    with closing(two_workers(PATIENCE)) as readers:
        assert [each.stopped for each in readings(readers, ["1"])] == [False]
        assert server._forkserver_pid == prepared


def test_a_page_in_a_message_is_short() -> None:
    """A stage that fails has its page in the log, which shall not grow by all pages of a bad day."""
    assert len(repr(page("a", b"<p>so</p>" * 100_000))) < 2_000


SIGNALLED = """
import multiprocessing.forkserver, os, signal
from pipelines import processes
processes.prepare()
server = multiprocessing.forkserver._forkserver
first = server._forkserver_pid
os.kill(first, signal.%s)
worker = processes.context().Process(target=int)
worker.start()
worker.join()
print(worker.exitcode, server._forkserver_pid == first, sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such process")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_in_its_first_moment_neither_ends_nor_breaks_what_workers_are_forked_from(name: str) -> None:
    """Ctrl-C goes to every process of a terminal: nobody shall see its trace, and the crawl needs it to its end."""
    told = subprocess.run([sys.executable, "-c", SIGNALLED % name], capture_output=True, text=True, check=False)
    assert (told.stdout.strip(), told.stderr) == ("0 True []", "")
