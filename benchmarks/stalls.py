"""How long a crawl's event loop is held up at most: meanwhile nothing is sent, heard or shown.

    python benchmarks/stalls.py [--hosts 20] [--pages 30]

Crawls a web of heavy pages on this machine and times each call that the loop makes, from its first turn to its last.
Exit status 1 where one took longer than 50 ms, of the clock and of the processor both, once the crawl is set up: what
the clock alone says is the machine's own business on one that does other work.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from crawl import project
from heavy_web import HeavyWeb

AT_MOST = 0.05
"""Seconds."""
TOLD = 10
SET_UP = "_crawl_and_track"
"""Scrapy's name for the call in which a crawl is made: nothing was asked for yet, so nothing waits."""


@dataclass(slots=True)
class Calls:
    """What was timed."""

    number: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    over: list[tuple[float, float, str]] = field(default_factory=list)
    """wall seconds, processor seconds and what it was, of those over the limit"""

    def took(self, wall: float, processor: float, what: str) -> None:
        """One call."""
        self.number += 1
        self.seconds += wall
        self.longest = max(self.longest, wall)
        if wall > AT_MOST:
            self.over.append((wall, processor, what))


def _named(handle: asyncio.Handle) -> str:
    task = getattr(getattr(handle, "_callback", None), "__self__", None)
    return str(task.get_coro()) if isinstance(task, asyncio.Task) else repr(handle)


def _inside(file: Path) -> None:
    """The crawl itself, in this process, with its loop timed."""
    calls, run = Calls(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began, spent = time.perf_counter(), time.thread_time()
        run(handle)
        took = time.perf_counter() - began
        processor = time.thread_time() - spent
        calls.took(took, processor, _named(handle) if took > AT_MOST else "")

    asyncio.Handle._run = timed  # type: ignore[method-assign]
    # Tasks that say whose turn it was.
    asyncio.tasks.Task = asyncio.Task = asyncio.tasks._PyTask  # type: ignore[attr-defined,misc]
    atexit.register(lambda: file.write_text(json.dumps(asdict(calls)), encoding="utf-8"))
    sys.argv = ["aggregator", "crawl", "--quiet"]
    from aggregator.__main__ import main as command

    command()


def _crawled(hosts: int, pages: int) -> Calls:
    web = HeavyWeb(hosts, pages)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project(Path(folder), web.feeds)
            file = Path(folder) / "calls.json"
            command = [sys.executable, str(Path(__file__).resolve()), "--inside", str(file)]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f"the crawl ended with {done.returncode}\n{done.stderr[-2000:]}")
            return Calls(**json.loads(file.read_text(encoding="utf-8")))
    finally:
        web.close()


def main() -> int:
    """Measures, and prints what held the loop up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pages", type=int, default=30, help="of each host")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        _inside(given.inside)
        return 0
    calls = _crawled(given.hosts, given.pages)
    pages = given.hosts * given.pages
    print(f"{pages} pages of {given.hosts} hosts: {calls.number} calls, {calls.seconds:.1f} s in all")
    print(f"longest     {calls.longest * 1000:6.1f} ms   at most {AT_MOST * 1000:.0f}")
    print(f"over that   {len(calls.over):6}")
    for wall, processor, what in sorted(calls.over, key=lambda one: -one[0])[:TOLD]:
        print(f"  {wall * 1000:6.1f} ms, {processor * 1000:.1f} of the processor: {what[:160]}")
    return int(any(processor > AT_MOST and SET_UP not in what for _, processor, what in calls.over))


if __name__ == "__main__":
    sys.exit(main())
