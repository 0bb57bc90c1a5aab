"""Several workers on one database: real processes, a real server, a web of many hosts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests import postgres_server
from tests.crawl.conftest import environment
from tests.crawl.small_web import Site, SmallWeb, article, rss, source
from tests.waiting import until

missing = postgres_server.what_is_missing()
if missing:
    pytest.skip(missing, allow_module_level=True)

from aggregator.fleet import queue  # noqa: E402 - an extra

PAUSE = 0.3
PATIENCE = 240.0


class Sites:
    """Sites that know when they were asked, and by how many at once."""

    def __init__(self, web: SmallWeb, count: int, each: int) -> None:
        self.spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.names = [f"paper{number}" for number in range(count)]
        for name in self.names:
            web.sites[name] = self.site(web, name, each)

    def site(self, web: SmallWeb, name: str, each: int) -> Site:
        items = [(web.url(name, f"/news/{number}"), "") for number in range(each)]

        def answer(path: str) -> str | None:
            began = time.monotonic()
            time.sleep(0.02)  # a server takes a while: requests side by side would be seen
            self.spans[name].append((began, time.monotonic()))
            if path == "/feed":
                return rss(*items)
            return article(f"{name} reports number {path[-1]}") if path.startswith("/news/") else None

        return answer

    def closest(self) -> float:
        """Seconds between the end of an answer and the next request to the same host: the least of all."""
        gaps = []
        for spans in self.spans.values():
            ordered = sorted(spans)
            gaps += [after[0] - before[1] for before, after in pairwise(ordered)]
        return min(gaps)


class Fleet:
    """Machines: each a data folder of its own beside the same configuration."""

    def __init__(self, folder: Path, url: str, web: SmallWeb, names: list[str]) -> None:
        self.folder, self.url = folder, url
        (folder / "config" / "sources").mkdir(parents=True)
        feed = "[[source.feeds]]\nurl = {}\n"
        text = "\n".join(source(name, web) + feed.format(json.dumps(web.url(name, "/feed"))) for name in names)
        (folder / "config" / "sources" / "papers.toml").write_text(text, encoding="utf-8")
        (folder / "config" / "aggregator.toml").write_text(
            f'[store]\nurl = "{url}"\n[fleet]\nenabled = true\nbatch = 50\ncrawls = 1\n'
            f'[crawl]\ncontact = "mailto:fleet@example.org"\ndelay = {PAUSE}\nper_address = 100\nworkers = 1\n'
            '[network]\nallow = ["127.0.0.0/8"]\n',
            encoding="utf-8",
        )
        self.processes: list[subprocess.Popen[bytes]] = []

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def worker(self, machine: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{machine}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", "worker", "--data", str(self.folder / machine), *words],
                cwd=self.folder, env=environment(), stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def lines(self, machine: str) -> list[str]:
        file = self.folder / machine / "articles.jsonl"
        if not file.exists():
            return []
        return [json.loads(line)["canonical_url"] for line in file.read_text(encoding="utf-8").splitlines()]

    def until(self, what: Callable[[], bool]) -> None:
        until(what, PATIENCE, self.told)

    def told(self) -> str:
        return "\n".join(f"{file.name}:\n{file.read_text()[-2000:]}" for file in self.folder.glob("*.log"))

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *raised: object) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30)


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb() as web:
        yield web


def test_four_workers_ask_each_of_200_hosts_one_at_a_time_and_with_their_pause(
    tmp_path: Path, postgres: str, web: SmallWeb
) -> None:
    """From the servers' own times; every article is there once."""
    sites = Sites(web, 200, 1)
    with Fleet(tmp_path, postgres, web, sites.names) as fleet:
        assert fleet.command("defer").startswith("200 jobs")
        assert fleet.command("defer").startswith("0 jobs put into the queue, 200 waited")
        waits = queue.standing(postgres)
        assert (waits.waiting, waits.running, waits.failed, waits.workers) == (200, 0, 0, ())
        assert waits.oldest is not None
        for machine in ("m1", "m2", "m3", "m4"):
            fleet.worker(machine, "--concurrency", "50", "--once", *([] if machine == "m1" else ["--no-edit"]))
        for process in fleet.processes:
            assert process.wait(timeout=PATIENCE) == 0, fleet.told()
    assert queue.counts(postgres) == {}
    assert sites.closest() >= PAUSE * 0.95
    asked = [(a.host, a.path) for a in web.asked if a.path.startswith("/news/")]
    assert len(asked) == len(set(asked)) == 200
    fleet.command("journal", "rebuild", "--data", str(tmp_path / "m1"))
    found = fleet.lines("m1")
    assert len(found) == len(set(found)) == 200


def test_what_a_killed_worker_had_is_done_by_another_and_nothing_twice(
    tmp_path: Path, postgres: str, web: SmallWeb
) -> None:
    """The editor goes with it, and another takes over."""
    sites = Sites(web, 40, 2)
    with Fleet(tmp_path, postgres, web, sites.names) as fleet:
        fleet.command("defer")
        first = fleet.worker("m1", "--concurrency", "10")
        fleet.until(lambda: any(a.path.startswith("/news/") for a in web.asked))
        second = fleet.worker("m2", "--concurrency", "10")
        name = f"{socket.gethostname()[:35]} {second.pid}"
        fleet.until(lambda: name in queue.standing(postgres).workers)
        os.kill(first.pid, signal.SIGKILL)
        fleet.until(lambda: len(fleet.lines("m2")) == 80 and queue.counts(postgres) == {})
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=20) == 0
    found = fleet.lines("m2")
    assert len(found) == len(set(found)) == 80
    assert sites.closest() >= PAUSE * 0.95


def test_a_project_that_is_no_fleet_is_told_what_to_do(tmp_path: Path) -> None:
    """One line, exit status 2."""
    (tmp_path / "config").mkdir()
    for text, told in (("", "store.url"), ("[fleet]\nenabled = true\n", "fleet.enabled needs a PostgreSQL")):
        (tmp_path / "config" / "aggregator.toml").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "aggregator", "worker"],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1
