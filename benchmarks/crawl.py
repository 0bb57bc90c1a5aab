"""How many pages a second a whole crawl reads, against what the machine could do at best and what a plain spider does.

    python benchmarks/crawl.py [--hosts 20] [--pages 50] [--rounds 2]

A web of pages of realistic weight (150 kB around 600 words) on this machine is read

- by a client that throws them away: what the web itself can serve;
- by trafilatura alone, with metadata, in one process for each core, from memory;
- by a spider of sixty lines (`plain_spider.py`);
- by `aggregator crawl`, with everything: duplicates, stories, links, the store, the journal.

Rounds are run in turns and the best of each counts, from the start of the command to its end; start-up is shown apart.
Exit status 1 where less than 0.9 of trafilatura's rate, or twice the plain spider's, is reached.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import trafilatura

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import heavy_pages  # noqa: E402
from heavy_web import HeavyWeb, hosts  # noqa: E402

AT_LEAST_OF_TRAFILATURA, AT_LEAST_OF_PLAIN = 0.9, 2.0
CLIENTS = 16


async def _fetched(port: int, wanted: list[tuple[str, str]]) -> None:
    async def client(mine: list[tuple[str, str]]) -> None:
        reader, writer = await asyncio.open_connection(mine[0][0], port, limit=2**20)
        for host, path in mine:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        writer.close()

    await asyncio.gather(*(client(wanted[n::CLIENTS]) for n in range(CLIENTS)))


def _serving(web: HeavyWeb, names: list[str], pages: int) -> float:
    wanted = [(name, heavy_pages.path(n)) for n in range(pages) for name in names]
    began = time.perf_counter()
    asyncio.run(_fetched(web.port, wanted))
    return len(wanted) / (time.perf_counter() - began)


def _extracted(given: list[tuple[str, bytes]]) -> int:
    logging.disable(logging.CRITICAL)
    found = (trafilatura.bare_extraction(body, url=url, with_metadata=True) for url, body in given)
    return sum(each is not None and bool(each.text) for each in found)


def _bare(names: list[str], pages: int, cores: int) -> float:
    given = [(f"http://{name}{heavy_pages.path(n)}", heavy_pages.page(n, name)) for n in range(pages) for name in names]
    parts = [given[n : n + 20] for n in range(0, len(given), 20)]
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(_extracted, parts[:cores]))  # imports are no part of the rate
        began = time.perf_counter()
        found = sum(pool.map(_extracted, parts))
        seconds = time.perf_counter() - began
    assert found == len(given), f"trafilatura read {found} of {len(given)} pages"
    return len(given) / seconds


def _run(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:4])}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return time.perf_counter() - began


def _lines(file: Path) -> int:
    with file.open("rb") as read:
        return sum(1 for _ in read)


def _plain(feeds: dict[str, str], pages: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        seconds = _run([sys.executable, str(HERE / "plain_spider.py"), str(out), *feeds.values()], Path(folder))
        return _rate(_lines(out), seconds, pages * len(feeds))


def _rate(written: int, seconds: float, wanted: int) -> float:
    """Articles a second, or the seconds alone where none were wanted."""
    if written != wanted:
        sys.exit(f"{written} articles of {wanted} were collected")
    return written / seconds if wanted else seconds


def project(folder: Path, feeds: dict[str, str]) -> None:
    """A project that crawls these feeds, of this machine, as fast as it can."""
    (folder / "config" / "sources").mkdir(parents=True)
    text = "".join(
        f'[[source]]\nid = "{name}"\nname = "{name}"\nhomepage = "http://{urlsplit(feed).netloc}/"\n'
        f'languages = ["en"]\n[[source.feeds]]\nurl = {json.dumps(feed)}\n'
        for name, feed in feeds.items()
    )
    (folder / "config" / "sources" / "houses.toml").write_text(text, encoding="utf-8")
    (folder / "config" / "aggregator.toml").write_text(
        '[crawl]\ncontact = "mailto:benchmark@example.org"\ndelay = 0\nper_address = 1000\nconcurrency = 64\n'
        '[network]\nallow = ["127.0.0.0/8"]\n',
        encoding="utf-8",
    )


def _whole(feeds: dict[str, str], pages: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder), feeds)
        seconds = _run([sys.executable, "-m", "aggregator", "crawl", "--quiet"], Path(folder))
        file = Path(folder) / "data" / "articles.jsonl"
        return _rate(_lines(file) if file.exists() else 0, seconds, pages * len(feeds))


def _best(rounds: int, measured: dict[str, Callable[[], float]]) -> dict[str, float]:
    best = dict.fromkeys(measured, 0.0)
    for number in range(rounds):
        for name, measure in measured.items():
            print(f"\rround {number + 1} of {rounds}: {name:<20}", end="", file=sys.stderr, flush=True)
            best[name] = max(best[name], measure())
    print(file=sys.stderr)
    return best


def main() -> int:
    """Measures, and prints rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pages", type=int, default=50, help="of each host")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    names = hosts(given.hosts)
    print("making the pages", file=sys.stderr, flush=True)
    web = HeavyWeb(given.hosts, given.pages)
    try:
        rates = _best(
            given.rounds,
            {
                "the web alone": lambda: _serving(web, names, given.pages),
                "trafilatura alone": lambda: _bare(names, given.pages, cores),
                "plain spider": lambda: _plain(web.feeds, given.pages),
                "aggregator crawl": lambda: _whole(web.feeds, given.pages),
            },
        )
        start = {"plain spider": _plain({}, 0), "aggregator crawl": _whole({}, 0)}
    finally:
        web.close()
    print(f"{given.hosts * given.pages} pages of {given.hosts} hosts, {cores} cores, best of {given.rounds}\n")
    for name, rate in rates.items():
        said = f"   {start[name]:.1f} s of it to start and end" if name in start else ""
        print(f"{name:<20} {rate:8.1f} pages/s{said}")
    own, bare, plain = (rates[name] for name in ("aggregator crawl", "trafilatura alone", "plain spider"))
    print(f"\nagainst trafilatura  {own / bare:8.2f}   at least {AT_LEAST_OF_TRAFILATURA}")
    print(f"against plain spider {own / plain:8.2f}   at least {AT_LEAST_OF_PLAIN}")
    return int(own / bare < AT_LEAST_OF_TRAFILATURA or own / plain < AT_LEAST_OF_PLAIN)


if __name__ == "__main__":
    sys.exit(main())
