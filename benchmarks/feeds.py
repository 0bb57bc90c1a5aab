"""Thousands of feeds that have not changed: how many polls a second, at what cost in CPU and memory?

    python benchmarks/feeds.py [--feeds 5000] [--changed 0.1] [--rounds 2]

Each feed has a host name of its own below `.localhost`, all of them served by a process of its own on this machine.
The store is filled first, as after an earlier poll of all of them.  Then a real crawl asks all of them, each time in a
fresh process, and nothing has changed; then some have one entry more, and only those may be parsed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from aggregator import config as configuration
from aggregator.config import CrawlOptions
from aggregator.discovery.feeds import read
from aggregator.records import Feed, PollState, Source
from aggregator.sources.polling import Answer, PollingOptions, after
from aggregator.store import SqliteStore

ENTRIES = 5
OVERRIDES = (
    "network.allow=127.0.0.0/8",
    "polling.min_interval=1s",
    "polling.default_interval=1s",
    "polling.max_interval=1s",
    "crawl.delay=0.1s",
    "crawl.contact=mailto:benchmark@example.org",
    "crawl.follow_depth=0",
)


def url_of(number: int, port: int) -> str:
    """Address of a feed."""
    return f"http://feed-{number}.localhost:{port}/feed.xml"


def body_of(number: int, port: int, *, changed: bool) -> bytes:
    """What a feed says; `changed`: with one entry more."""
    items = "".join(
        f"<item><title>Story {place} of feed {number}</title>"
        f"<link>http://feed-{number}.localhost:{port}/story/{place}</link><guid>{number}/{place}</guid></item>"
        for place in range(ENTRIES + changed, 0, -1)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


# ------------------------------------------------------------------- the server


class Server:
    """Answers 304 to who has a feed already, its body to others, and 410 to all that ask for a story."""

    def __init__(self) -> None:
        self.changed = 0

    async def run(self) -> None:
        """Serves until the process ends; prints the port first."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1_000)
        self.port: int = server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str) -> bytes:
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        if path.startswith("/change/"):
            self.changed = int(path.rpartition("/")[2])
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        if path != "/feed.xml":
            return b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
        number = int(headers["host"].partition(".")[0].removeprefix("feed-"))
        changed = number < self.changed
        etag = f'"{number}-{int(changed)}"'
        if headers.get("if-none-match") == etag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        body = body_of(number, self.port, changed=changed)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {etag}\r\nContent-Length: {len(body)}"
        return f"{head}\r\n\r\n".encode() + body


@contextmanager
def served() -> Iterator[int]:
    """A server in a process of its own; its port."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "--serve"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


# --------------------------------------------------------------------- the store


def catalogue(number: int, port: int) -> str:
    """That many sources with one feed each, as TOML."""
    return "".join(
        f'[[source]]\nid = "feed-{place}"\nname = "Feed {place}"\nfeeds = ["{url_of(place, port)}"]\n'
        for place in range(number)
    )


def fill(store: SqliteStore, number: int, port: int, now: datetime) -> None:
    """Makes the store as it is after a poll of every feed, with all pages done."""
    for place in range(number):
        source, feed = Source(id=f"feed-{place}", name=f"Feed {place}"), Feed(url=url_of(place, port))
        body = body_of(place, port, changed=False)
        reading = read(body, source=source, feed=feed, url=feed.url, content_type=None, now=now)
        found = Answer(
            status=200, is_feed=True, entries=ENTRIES, headers={"etag": f'"{place}-0"'}, body_hash=str(place)
        )
        state = after(PollState(feed=feed.url, source_id=source.id), found, PollingOptions(), now)
        state = after(state, Answer(status=304), PollingOptions(), now + timedelta(hours=1))  # as full as it gets
        state = replace(state, unchanged=0)  # so that no round is the one in which 304 is not believed
        with store.transaction(lasting=False):
            for sighting in reading.sightings:
                store._see("filled", sighting, now)
        store.record_poll("filled", (), lambda _, state=state: state, now)
    store.execute("UPDATE frontier SET state = 'rejected', reason = 'filled'")


# --------------------------------------------------------------------- the crawl


def resident() -> float:
    """Megabytes this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def crawl(folder: Path) -> dict[str, Any]:
    """One crawl in this process: what was counted, and what it cost."""
    from rich.console import Console

    from aggregator.operations import crawls
    from aggregator.operations.display import Display

    overrides = list(OVERRIDES)
    if "per_address" in {option.name for option in fields(CrawlOptions)}:
        overrides.append("crawl.per_address=32")  # all hosts of this benchmark are one address
    config = configuration.choose(folder, overrides, data="data", sources="sources.toml")
    samples: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(0.25):
            samples.append(resident())

    watch = threading.Thread(target=sample)
    watch.start()
    began, cpu = time.perf_counter(), time.process_time()
    result = crawls.crawl(config, "feeds", {}, Display(Console(stderr=True), quiet=True), verbose=False)
    ended.set()
    watch.join()
    quarter = samples[len(samples) // 4] if samples else 0.0
    return {
        "counts": dict(result.counts),
        "seconds": result.seconds,
        "all": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "early": quarter,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
    }


def crawled(folder: Path) -> dict[str, Any]:
    """One crawl in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--crawl", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(number: int, changed: int, rounds: int) -> list[dict[str, Any]]:
    """The figures of each round; in the last one `changed` feeds have a new entry."""
    with tempfile.TemporaryDirectory() as name, served() as port:
        folder = Path(name)
        (folder / "sources.toml").write_text(catalogue(number, port), "utf-8")
        store = SqliteStore(folder / "data" / "aggregator.db")
        fill(store, number, port, datetime.now(UTC) - timedelta(days=2))
        store.close()
        found = []
        for place in range(rounds + 1):
            if place == rounds:
                urlopen(f"http://127.0.0.1:{port}/change/{changed}").close()
            time.sleep(1.1)
            found.append(crawled(folder))
        return found


def told(title: str, found: dict[str, Any]) -> str:
    """One line of figures."""
    counts = found["counts"]
    polls = counts.get("feeds/polled", 0)
    return (
        f"{title:<12}{polls:>7} polls{counts.get('feeds/unchanged', 0):>7} unchanged"
        f"{counts.get('feeds/read', 0):>6} parsed"
        f"{counts.get('new_urls', 0):>6} new{counts.get('errors', 0):>5} errors | {found['seconds']:>6.1f} s"
        f"{polls / found['seconds']:>6.0f} polls/s | CPU {found['cpu']:>5.1f} s{polls / found['cpu']:>6.0f} polls/CPU s"
        f" | {found['early']:>4.0f} MB after a quarter, {found['peak']:>4.0f} MB at most"
    )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=5_000)
    parser.add_argument("--changed", type=float, default=0.1, help="share of the feeds that change in the last round")
    parser.add_argument("--rounds", type=int, default=2, help="rounds in which nothing changes")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--crawl", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(Server().run())
    elif chosen.crawl:
        print(json.dumps(crawl(chosen.crawl)))
    else:
        rounds = measured(chosen.feeds, round(chosen.feeds * chosen.changed), chosen.rounds)
        for place, found in enumerate(rounds):
            print(told("changed" if place == chosen.rounds else f"round {place + 1}", found))
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
