"""Pages a second of 1, 2 and 4 workers on one PostgreSQL, and what becomes of the jobs of a worker that is killed.

    python benchmarks/fleet.py [--hosts 40] [--pages 10] [--delay 1.0] [--url postgresql://...]

Each worker is what another machine would run, here beside the others, over a web of heavy pages on this machine.
A host is asked once in `--delay` seconds by the whole fleet, as on the net, where hosts and not processors are what a
worker waits for; `--delay 0` shows what the processors of this machine can do instead, which more workers do not
change.  The time is that from the start of the workers to the end of the last.  At last one of two workers is ended by
SIGKILL while it works.  Exit status 1 where an article was lost or is there twice.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from heavy_web import HeavyWeb  # noqa: E402

from aggregator.fleet import queue  # noqa: E402
from tests import postgres_server  # noqa: E402

FLEETS = (1, 2, 4)
BATCH = 10
"""Sources of one crawl: a worker with three crawls has thirty hosts in hand."""
LOOK = 0.25
SAY = 10.0
"""Seconds between two looks at what is done, and between two lines that say so."""
PATIENCE = 900.0
"""Seconds after which a fleet is given up."""


class Fleet:
    """Workers that share a database: each with a data folder of its own beside the same configuration."""

    def __init__(self, folder: Path, database: str, feeds: dict[str, str], delay: float) -> None:
        self.folder, self.database = folder, database
        (folder / "config" / "sources").mkdir(parents=True)
        houses = "".join(
            f'[[source]]\nid = "{name}"\nname = "{name}"\nhomepage = "http://{urlsplit(feed).netloc}/"\n'
            f'languages = ["en"]\n[[source.feeds]]\nurl = {json.dumps(feed)}\n'
            for name, feed in feeds.items()
        )
        (folder / "config" / "sources" / "houses.toml").write_text(houses, encoding="utf-8")
        (folder / "config" / "aggregator.toml").write_text(
            f'[store]\nurl = "{database}"\n[fleet]\nenabled = true\nbatch = {BATCH}\ncrawls = 2\n'
            f'[crawl]\ncontact = "mailto:benchmark@example.org"\ndelay = {delay}\nper_address = 1000\nworkers = 1\n'
            '[network]\nallow = ["127.0.0.0/8"]\n',
            encoding="utf-8",
        )
        self.workers: list[subprocess.Popen[bytes]] = []

    def command(self, *words: str) -> None:
        """Runs a command to its end."""
        done = subprocess.run(self._words(*words), cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr}")

    def start(self, machine: str, *words: str) -> subprocess.Popen[bytes]:
        """A worker; what it says goes into a file."""
        with (self.folder / f"{machine}.log").open("wb") as log:
            process = subprocess.Popen(
                self._words("worker", "--data", str(self.folder / machine), *words),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.workers.append(process)
        return process

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "aggregator", *words]

    def left(self) -> int:
        """Jobs that are not done."""
        return sum(queue.counts(self.database).values())

    def articles(self, machine: str) -> Counter[str]:
        """Their addresses, by that worker's file."""
        file = self.folder / machine / "articles.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return Counter(json.loads(line)["canonical_url"] for line in lines)

    def close(self) -> None:
        """Ends what still runs."""
        for process in self.workers:
            process.kill()
            process.wait()


@contextmanager
def fleet(server: str, feeds: dict[str, str], delay: float) -> Iterator[Fleet]:
    """A fleet with a job for each source, on a schema of its own."""
    name = f"fleet_{os.getpid()}_{time.monotonic_ns()}"
    database = postgres_server.make_schema(server, name)
    with tempfile.TemporaryDirectory() as folder:
        made = Fleet(Path(folder), database, feeds, delay)
        try:
            made.command("defer")
            yield made
        finally:
            made.close()
            postgres_server.drop_schema(server, name)


def wait(made: Fleet, over: list[subprocess.Popen[bytes]], jobs: int) -> float:
    """Seconds until these processes have ended; says now and then how far it is."""
    began = said = time.monotonic()
    while any(process.poll() is None for process in over):
        now = time.monotonic()
        if now - began > PATIENCE:
            raise SystemExit("the fleet did not come to its end")
        if now - said > SAY:
            said = now
            print(f"    {jobs - made.left()} of {jobs} jobs after {now - began:.0f} s", file=sys.stderr, flush=True)
        time.sleep(LOOK)
    if any(process.returncode for process in over):
        raise SystemExit(f"a worker ended with {[process.returncode for process in over]}")
    return time.monotonic() - began


def rate(server: str, feeds: dict[str, str], workers: int, pages: int, delay: float) -> tuple[float, Counter[str]]:
    """Pages a second of so many workers, and the articles that are there."""
    with fleet(server, feeds, delay) as made:
        for number in range(workers):
            made.start(f"m{number}", "--once", *([] if number == 0 else ["--no-edit"]))
        seconds = wait(made, made.workers, len(feeds))
        made.command("journal", "rebuild", "--data", str(made.folder / "m0"))
        return pages / seconds, made.articles("m0")


def killed(server: str, feeds: dict[str, str], pages: int, delay: float) -> tuple[int, Counter[str]]:
    """Articles that were there when one of two workers was killed, and those at the end."""
    with fleet(server, feeds, delay) as made:
        first = made.start("m0")
        until(lambda: sum(made.articles("m0").values()) >= pages // 10)
        made.start("m1")
        before = sum(made.articles("m0").values())
        first.send_signal(signal.SIGKILL)
        until(lambda: made.left() == 0)
        made.workers[1].send_signal(signal.SIGTERM)
        made.workers[1].wait(timeout=60)
        made.command("journal", "rebuild", "--data", str(made.folder / "m1"))
        return before, made.articles("m1")


def until(what: object) -> None:
    """Waits until that is true."""
    assert callable(what)
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            raise SystemExit("the fleet did not come to its end")
        time.sleep(LOOK)


def main() -> int:
    """Measures and prints; 1 where something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--pages", type=int, default=10, help="of each host")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between two requests to a host")
    parser.add_argument("--url", default="", help="a PostgreSQL server to use instead of one of its own")
    chosen = parser.parse_args()
    if not chosen.url and (missing := postgres_server.what_is_missing()):
        raise SystemExit(missing)
    server = None if chosen.url else postgres_server.Server()
    web, pages = HeavyWeb(chosen.hosts, chosen.pages), chosen.hosts * chosen.pages
    wrong = 0
    try:
        place = chosen.url or server.url  # type: ignore[union-attr]
        polite = f"{chosen.hosts / chosen.delay:.1f} pages/s by the delay alone" if chosen.delay else "no delay"
        print(f"{chosen.hosts} hosts, {pages} pages, {polite}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        one = 0.0
        for number in FLEETS:
            pace, found = rate(place, web.feeds, number, pages, chosen.delay)
            one = one or pace
            wrong += report(
                f"{number} worker{'s' if number > 1 else ' '}",
                found,
                pages,
                f"{pace:6.1f} pages/s, {pace / one:.2f} x one",
            )
        before, found = killed(place, web.feeds, pages, chosen.delay)
        wrong += report("one of two killed", found, pages, f"after {before} articles")
    finally:
        web.close()
        if server is not None:
            server.close()
    return int(wrong > 0)


def report(title: str, found: Counter[str], pages: int, told: str) -> int:
    """Prints a line; how many articles are lost or doubled."""
    lost, doubled = pages - len(found), sum(found.values()) - len(found)
    print(f"{title:20} {told}; lost {lost}, twice {doubled}", flush=True)
    return lost + doubled


if __name__ == "__main__":
    sys.exit(main())
