"""F80: a signal ends a crawl within ten seconds, whatever is under way; nothing is lost by it."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, article
from tests.waiting import until

SECONDS = 10.0
"""What a service manager or container gives before it kills."""


def wait_for(web: FaultyWeb, *paths: str) -> None:
    """Until all of these were asked for."""

    def missing() -> set[str]:
        return set(paths) - {request.path for request in web.requests}

    until(lambda: not missing(), told=lambda: f"never asked: {missing()}")


@pytest.mark.xdist_group("whole machine")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_f80_a_crawl_that_is_told_to_stop_stops_and_the_next_one_has_everything(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A server that never answers, a robots.txt that is waited for, hosts that want long pauses, feeds in a queue."""
    web = FaultyWeb()
    web.source("good", "/good/1", "/good/2")
    web.source("stuck", "/stuck")
    web.on("stuck", "/stuck", Answer(seconds=60))
    web.source("silent", "/silent")
    web.on("silent", "/robots.txt", Answer(seconds=60))
    web.source("slow", "/slow/1", "/slow/2", "/slow/3")
    web.robots("slow", "User-agent: *\nCrawl-delay: 45\n")
    for n in range(15):
        web.source("queue", f"/queue/{n}", feed=f"/feed/{n}")
    with web.serving():
        desk = Desk(tmp_path, web)
        process = desk.start("crawl.timeout=50s", "crawl.delay=1s")
        try:
            wait_for(web, "/good/2", "/stuck", "/feed/1")
            began = time.monotonic()
            process.send_signal(number)
            assert process.wait(timeout=30) == 130
            assert time.monotonic() - began < SECONDS
            assert "Traceback" not in (process.stderr.read() if process.stderr else "")
        finally:
            process.kill()
            process.communicate()
        for host, path in (("stuck", "/stuck"), ("silent", "/silent"), ("slow", "/slow/1")):
            assert desk.outcome(web.url(host, path))[0] == "pending"
        with desk.store() as store:
            assert store.robots(f"http://silent.localhost:{web.port}") is None, "nothing was learned of it"
        web.on("stuck", "/stuck", article("stuck"))
        web.robots("silent", "")
        web.robots("slow", "")
        with desk.store() as store, store.transaction():
            store.execute("DELETE FROM robots")  # or its pause would hold for a day
        desk.crawl("crawl.per_address=16", "polling.min_interval=0s")
        with desk.store() as store:
            assert store.counts()["articles.unique"] == 2 + 1 + 1 + 3 + 15


def test_f78_who_is_told_to_stop_does_not_wait_for_the_other_editor(tmp_path: Path) -> None:
    """Its lines are written by the one that holds the lock."""
    web = FaultyWeb()
    web.source("stuck", "/stuck")
    web.on("stuck", "/stuck", Answer(seconds=60))
    with web.serving():
        desk = Desk(tmp_path, web)
        first = desk.start("crawl.timeout=50s")
        wait_for(web, "/stuck")
        web.source("other", "/other")
        web.on("other", "/other", Answer(seconds=60))
        second = desk.start("crawl.timeout=50s")
        try:
            wait_for(web, "/other")
            began = time.monotonic()
            second.send_signal(signal.SIGTERM)
            assert second.wait(timeout=30) == 130
            assert time.monotonic() - began < SECONDS
        finally:
            for process in (first, second):
                process.kill()
                process.communicate()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("moment", ["database", "asked"])
def test_f80_a_signal_that_comes_early_or_twice_is_an_interruption_and_nothing_else(
    tmp_path: Path, moment: str, times: int
) -> None:
    """While the database is made, or after the first request; the second signal does not wait for the first."""
    web = FaultyWeb()
    web.source("good", "/good/1", "/good/2")
    with web.serving():
        desk = Desk(tmp_path, web)
        process = desk.start("crawl.delay=1s")
        try:
            until((desk.data / "aggregator.db").exists if moment == "database" else lambda: web.requests)
            for _ in range(times):
                process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 130, said
        assert "Traceback" not in said
        desk.crawl("polling.min_interval=0s")
        with desk.store() as store:
            assert store.counts()["articles.unique"] == 2
            assert store.row("PRAGMA integrity_check")[0] == "ok"


def test_f80_a_crawl_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    """Its workers, and the process that they are forked from, are not told; they notice."""
    web = FaultyWeb()
    web.source("good", *(f"/good/{n}" for n in range(20)))
    with web.serving():
        process = Desk(tmp_path, web).start("crawl.delay=1s")
        wait_for(web, "/good/2")
        below = until(lambda: descendants(process.pid))
        process.kill()
        process.communicate()
        until(lambda: not [pid for pid in below if is_running(pid)])


def descendants(pid: int) -> list[int]:
    """Processes below that one: three or more where it has started its workers, else none."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
    found, below = [], [pid]
    while below:
        below = [child for child, parent in parents.items() if parent in below]
        found += below
    return found if len(found) > 2 else []


def is_running(pid: int) -> bool:
    """Whether a process is there, and more than a name that nobody has asked for."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
