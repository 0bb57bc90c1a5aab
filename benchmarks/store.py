"""How many outcomes a store takes in a second, and what an article takes on the disk, as the store grows.

    python benchmarks/store.py [--sizes 10000 100000] [--url postgresql://...] [--only sqlite|postgres] [--probe 1000]

Articles of made words (3 kB of text, four links) are judged against all that is there and written, one transaction
each, by one process: first until the store has so many (without waiting for the disk), then `--probe` more in the way
of a crawl, which are measured.  Beside them, `--probe` claims and ends of pages that gave no article.
Without `--url` a PostgreSQL server is started from pip's binaries in a temporary folder, with fsync as by default.
Beside the time of the wall, which waits for the disk and for whatever else the machine does, stands that of the
processor: of this process, and of the server's where it runs on this machine.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from aggregator.identity import fingerprint, judge
from aggregator.records import Article, Extraction, Extractor, Fingerprint, Page, Publisher, Relation, Sighting
from aggregator.store import Settled, SqlStore, StorePlace, open_store, server_upkeep
from aggregator.urls import article_id

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.postgres_server import Server, what_is_missing

NOW = datetime(2026, 3, 10, tzinfo=UTC)
WORDS = 40_000
TEXT = 3_000
"""Bytes of a text."""
A_DAY = 10_000
"""Articles of one day: near copies are looked for among the days around."""


class Press:
    """Makes articles: words as rare as in a language, and none twice."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._words = [f"{self._chance.choice('bcdfglmnprst')}{number:x}" for number in range(WORDS)]
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(WORDS)))
        self.bytes = 0

    def article(self, number: int) -> Fingerprint:
        """The reading of one page."""
        words = self._chance.choices(self._words, cum_weights=self._weights, k=TEXT // 6)
        text = " ".join(words)
        self.bytes += len(text)
        house, time_ = f"house{number % 200}", NOW + timedelta(days=1) * number / A_DAY
        url = f"https://{house}.example/news/{number}"
        read = Article(
            id=article_id(url),
            url=url,
            canonical_url=url,
            source=Publisher(id=house, name=house.title(), region="levant", language="en"),
            headline=" ".join(words[:9]),
            text=text,
            language="en",
            published=time_,
            fetched=time_ + timedelta(hours=1),
            relations=tuple(self._relation(house, number) for _ in range(4)),
            extractor=Extractor(name="benchmark", version="1"),
        )
        page = Page(sighting=seen(url, house, time_), url=url, status=200, fetched=read.fetched)
        return fingerprint(Extraction(page=page, article=read))

    def _relation(self, house: str, number: int) -> Relation:
        target = f"https://{house}.example/news/{self._chance.randrange(max(number, 1))}"
        return Relation(url=target, type="related", anchor="More", where="end", rule="made", confidence=1.0)


def seen(url: str, house: str, time_: datetime) -> Sighting:
    """An entry of a house's feed."""
    return Sighting(url=url, source_id=house, via="rss", feed=f"https://{house}.example/feed", first_seen=time_)


@dataclass(frozen=True, slots=True)
class Figures:
    """One store at one size."""

    name: str
    size: int
    articles: float
    """outcomes a second that are articles"""
    own: float
    """milliseconds of processor time of this process for each of them"""
    server: float
    """the same of the server's; 0 where it cannot be seen"""
    pages: float
    """claims and outcomes a second of pages without an article"""
    disk: float
    """bytes on disk for each byte of text"""

    def __str__(self) -> str:
        per = f"{self.disk * TEXT / 1000:.1f} kB an article ({self.disk:.2f} x text)"
        return (
            f"{self.name:<9} {self.size:>9,} articles: {self.articles:7.0f} articles/s,"
            f" {self.own:5.2f} + {self.server:5.2f} ms of processor, {self.pages:7.0f} pages/s, {per}"
        )


def measure(name: str, place: StorePlace, sizes: list[int], probe: int) -> Iterator[Figures]:
    """Fills a store step by step, and measures at each."""
    store, press, number = open_store(place), Press(1), 0
    for size in sizes:
        with hasty(store):
            while number < size:
                store.record_article("fill", press.article(number), judge, NOW)
                number += 1
        if isinstance(place, str):
            server_upkeep.tidy(place)
        ready = [press.article(number + more) for more in range(probe)]
        number += probe
        own, server, began = time.process_time(), server_time(store), time.perf_counter()
        for new in ready:
            store.record_article("r", new, judge, NOW)
        took, own = time.perf_counter() - began, 1_000 * (time.process_time() - own) / probe
        server = 1_000 * (server_time(store) - server) / probe
        began = time.perf_counter()
        go_through(store, size, probe)
        pages = probe / (time.perf_counter() - began)
        yield Figures(name, size, probe / took, own, server, pages, on_disk(store, place) / press.bytes)
    store.close()


def go_through(store: SqlStore, size: int, probe: int) -> None:
    """Pages that are seen, claimed and given up."""
    entries = [seen(f"https://bad{n % 200}.example/{size}/{n}", "bad", NOW) for n in range(probe)]
    store.add("r", entries, NOW)
    while claims := store.claim("r", NOW, limit=50, per_host=5):
        for claim in claims:
            store.settle(claim.sighting, Settled(state="failed", reason="HTTP 404"), NOW)


def server_time(store: SqlStore) -> float:
    """Seconds of processor time of the server's process that serves this store; 0 where there is none here."""
    if hasattr(store, "path"):
        return 0.0
    pid = store.rows("SELECT pg_backend_pid()")[0][0]
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def hasty(store: SqlStore) -> Iterator[None]:
    """Nothing waits for the disk."""
    local = hasattr(store, "path")
    store.row("PRAGMA synchronous = OFF" if local else "SELECT set_config('synchronous_commit', 'off', false)")
    yield
    store.row("PRAGMA synchronous = FULL" if local else "SELECT set_config('synchronous_commit', 'on', false)")


def on_disk(store: SqlStore, place: StorePlace) -> int:
    """Bytes of the store with all its indexes."""
    if isinstance(place, str):
        return server_upkeep.size(store)
    store.row("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.stat().st_size


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--probe", type=int, default=1_000)
    parser.add_argument("--url", help="an empty PostgreSQL database")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    first: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        if given.only != "postgres":
            for figures in measure("SQLite", Path(folder) / "aggregator.db", given.sizes, given.probe):
                report(figures, first)
    if given.only == "sqlite":
        return
    missing = None if given.url else what_is_missing()
    if missing:
        print(missing)
        return
    server = None if given.url else Server("fsync=on")
    try:
        for figures in measure("PostgreSQL", given.url or server.url, given.sizes, given.probe):  # type: ignore[union-attr]
            report(figures, first)
    finally:
        if server is not None:
            server.close()


def report(figures: Figures, first: dict[str, float]) -> None:
    """Prints a line, with the speed against that of the first size."""
    cost = figures.own + figures.server
    against = first.setdefault(figures.name, cost) / cost
    print(f"{figures}, {against:.2f} of the first size's speed by processor time", flush=True)


if __name__ == "__main__":
    main()
