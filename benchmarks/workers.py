"""How fast the worker processes read pages, how busy the processors are, and whether memory stays flat.

python benchmarks/workers.py [PAGES]

The pages are generated: 600 words of text within about 150 KB of scripts, menus and lists of links.  One of them makes
its worker hang and one makes it crash.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import resource
import sys
import threading
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from aggregator.extraction import ExtractionOptions, Outlets
from aggregator.records import Extraction, Page, Sighting, Source
from pipelines import workers
from pipelines.workers import Readers

PAGES = 10_000
WINDOW = 200
TIME_LIMIT = 10.0
SIZE = 150_000
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOURCE = Source(id="valley", name="Valley Herald", languages=("en",))
VOCABULARY = (
    "river council bridge harvest school valley water office spring mayor farmer library station market winter road "
    "budget committee talks village engineer teacher forest railway meeting summer measure report harbour museum of "
    "and to in a that for with on was by from were which had their after before between over under said will would new"
)
WORDS = VOCABULARY.split()


def read(page: Page, source: Source) -> Extraction:
    """What a worker does with a page of this benchmark."""
    if page.url.endswith("/hang"):
        time.sleep(TIME_LIMIT * 10)
    elif page.url.endswith("/crash"):
        os._exit(9)
    return workers._read(page, source)


def sentence(chance: random.Random, words: int) -> str:
    """A sentence of so many words."""
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


@cache
def template(number: int) -> str:
    """One of some pages; `%(number)s` stands where each copy differs."""
    chance = random.Random(number)
    text = "".join(f"<p>{' '.join(sentence(chance, 15) for _ in range(3))}</p>\n" for _ in range(13))
    block = '<p><strong>Read more:</strong> <a href="/news/%(number)s/x-y-z">The council has measured the river</a></p>'

    def menu(entries: int) -> str:
        links = (
            f'<li class="menu-item level-{n % 3}"><a href="/section/{n}">{sentence(chance, 2)}</a></li>'
            for n in range(entries)
        )
        return f"<nav class='menu'><ul>{''.join(links)}</ul></nav>"

    cards = "".join(
        f'<div class="teaser c{n}"><a href="/news/{n}/{n}-{number}"><img src="/i/{n}.jpg" alt="">'
        f"<h3>{sentence(chance, 8)}</h3></a><span class='date'>May {n % 28 + 1}, 2026</span></div>"
        for n in range(60)
    )
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%(title)s - Valley Herald</title>'
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"%(title)s",'
        '"datePublished":"2026-05-30T08:00:00+02:00","author":{"@type":"Person","name":"Mara Lind"}}</script>'
        "%(filling)s</head><body>"
        f"<header>{menu(120)}</header><main><article><h1>%(title)s</h1><div class='byline'>Mara Lind</div>"
        f"<div class='text'>{text}{block}<p>{sentence(chance, 30)}</p></div></article><aside>{cards}</aside></main>"
        f"<footer>{menu(150)}</footer></body></html>"
    )
    script = f"<script>var x{number}=[{','.join(str(chance.randrange(10**9)) for _ in range(500))}];</script>"
    filling = script * max(0, (SIZE - len(page)) // len(script))
    return page.replace("%(filling)s", filling)


def page(number: int, name: str) -> Page:
    """Page `number` of the run."""
    url = f"https://valley.example/news/{number}/{name}"
    html = template(number % 40).replace("%(title)s", f"Council measures the river for the {number}th time")
    sighting = Sighting(url=url, source_id=SOURCE.id, via="rss", first_seen=NOW)
    body = html.replace("%(number)s", str(number + 1)).encode()
    return Page(sighting=sighting, url=url, status=200, body=body, fetched=NOW)


class Memory(threading.Thread):
    """Looks at the workers' resident memory four times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = 0
        self.seen: list[tuple[int, int]] = []
        """(pages read so far, bytes of the largest worker)"""
        self.ended = threading.Event()

    def run(self) -> None:
        """Samples until `ended` is set."""
        while not self.ended.wait(0.25):
            sizes = [resident(child.pid) for child in multiprocessing.active_children()]
            self.seen.append((self.done, max(sizes, default=0)))

    def peak(self, first: float, last: float) -> int:
        """The largest worker while this part of the pages was read."""
        total = self.done or 1
        return max((size for done, size in self.seen if first <= done / total <= last), default=0)


def resident(process: int | None) -> int:
    """Bytes of memory a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * resource.getpagesize()


async def run(total: int, memory: Memory) -> dict[str, int]:
    """Reads all pages and counts the outcomes."""
    readers = Readers(os.cpu_count() or 1, TIME_LIMIT, Outlets.of([SOURCE]), ExtractionOptions(), read=read)
    window = asyncio.Semaphore(WINDOW)
    outcomes: dict[str, int] = {}
    odd = {total // 3: "hang", total // 2: "crash"}

    async def one(number: int) -> None:
        async with window:
            extraction = await readers.read(page(number, odd.get(number, "article")), SOURCE)
        outcome = extraction.rejected or "read"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        memory.done += 1

    await asyncio.gather(*(one(number) for number in range(total)))
    readers.close()
    return outcomes


def main() -> None:
    """Prints the figures."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    print(f"{total} pages of {len(page(0, 'article').body) / 1000:.0f} KB, {os.cpu_count()} processors")
    memory = Memory()
    memory.start()
    began = time.perf_counter()
    outcomes = asyncio.run(run(total, memory))
    took = time.perf_counter() - began
    memory.ended.set()
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(each.ru_utime + each.ru_stime for each in usage) / took / (os.cpu_count() or 1)
    print(f"{total / took:.1f} pages/s, {took:.1f} s, processors busy {busy:.0%}")
    print(f"largest worker: first tenth {memory.peak(0, 0.1) / 1e6:.0f} MB, last {memory.peak(0.9, 1) / 1e6:.0f} MB")
    for outcome, count in sorted(outcomes.items(), key=lambda item: -item[1]):
        print(f"{count:>7} {outcome}")


if __name__ == "__main__":
    main()
