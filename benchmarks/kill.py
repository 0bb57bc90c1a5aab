"""A crawl that is killed N times at random moments, then finished: is anything lost, repeated or torn?

    python benchmarks/kill.py N [--collectors 2] [--sites 30] [--seed 1] [--folder DIR]

The demo web is grown by so many sites of 80 pages each.  A crawl is started, killed with SIGKILL after a random time,
started again, and so on until it comes to its end by itself; then it is compared with an undisturbed crawl, and the
next round begins with an empty folder, until there were N kills.  With two collectors both crawl side by side, and one
of them, or both, are killed.  Exit status 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.demo.server import DemoServer, Request, catalogue_toml
from aggregator.demo.tour import CROWDED
from aggregator.journal.jsonl import rebuild
from aggregator.journal.reading import lines
from aggregator.store import SqliteStore

sys.path.insert(0, str(Path(__file__).parent))
from grown_web import REFUSING, grow

LONGEST = 6.0
"""Seconds that a crawl lives at most before it is killed; half of the kills come within a third of that."""
ROUNDS_TO_FINISH = 12


@dataclass
class Figures:
    """What was counted over all rounds."""

    kills: int = 0
    rounds: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    robots_again: int = 0
    refused_again: int = 0


class Collector:
    """Crawls of one data folder."""

    def __init__(self, folder: Path, sources: Path) -> None:
        self.data = folder
        flags = [part for override in CROWDED for part in ("--set", override)]
        place = ["--sources", str(sources), "--data", str(folder)]
        self._command = [sys.executable, "-m", "aggregator", "crawl", *place, *flags, "--quiet"]

    def start(self) -> subprocess.Popen[bytes]:
        """A crawl that goes on."""
        root = str(Path(__file__).resolve().parents[1])
        return subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": root},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def waiting(self) -> int:
        """Pages that wait, the one of the host that refuses left out."""
        store = SqliteStore(self.data / "aggregator.db")
        try:
            (row,) = store.rows(
                "SELECT count(*) AS n FROM frontier WHERE state = 'pending' AND host NOT LIKE :host",
                host=f"{REFUSING}%",
            )
            return int(row["n"])
        finally:
            store.close()

    def finish(self) -> None:
        """Crawls until nothing waits."""
        for _ in range(ROUNDS_TO_FINISH):
            self.start().wait()
            if not self.waiting():
                return


def killed_until_done(collector: Collector, number: int, chance: random.Random, figures: Figures, most: int) -> None:
    """One round: starts and kills until a crawl ends by itself, or there were enough kills."""
    while figures.kills < most:
        processes = [collector.start() for _ in range(number)]
        time.sleep(LONGEST * chance.random() ** 1.6)
        alive = [process for process in processes if process.poll() is None]
        doomed = alive if chance.random() < 0.5 else alive[:1]
        for process in doomed:
            process.kill()
            figures.kills += 1
        for process in processes:
            process.wait()
        if not doomed and not collector.waiting():
            return


def ids(folder: Path) -> set[str]:
    """Ids of all that was read, whichever of two copies came first."""
    found = set()
    for line in lines(folder):
        if line["kind"] == "article" or (line["kind"] == "duplicate" and "article" in line):
            found.add(line["id"])
    return found


def judge(folder: Path, expected: set[str]) -> Counter[str]:
    """What is wrong with a finished folder; empty where nothing is."""
    wrong: Counter[str] = Counter()
    raw = (folder / "articles.jsonl").read_bytes()
    listed = []
    for line in raw.split(b"\n")[:-1]:
        try:
            listed.append(json.loads(line)["id"])
        except ValueError:
            wrong["torn lines"] += 1
    wrong["torn lines"] += int(not raw.endswith(b"\n"))
    wrong["repeated articles"] = len(listed) - len(set(listed))
    numbers = [line["seq"] for line in lines(folder)]
    wrong["gaps or repetitions in the journal"] = int(numbers != list(range(1, len(numbers) + 1)))
    wrong["lost articles"] = len(expected - ids(folder))
    wrong["articles of nowhere"] = len(ids(folder) - expected)
    store = SqliteStore(folder / "aggregator.db")
    try:
        verdict = store.row("PRAGMA integrity_check")
        wrong["damaged databases"] = int(verdict is None or verdict[0] != "ok")
        wrong["files that are not the log's"] = sum(state != "identical" for _, state in rebuild(store, folder))
    finally:
        store.close()
    return +wrong


def forgotten(requests: list[Request]) -> tuple[int, int]:
    """How often robots.txt was asked again after a page of its host, and a host again that had refused."""
    paged: set[str] = set()
    robots = refused = 0
    for request in requests:
        if request.path == "/robots.txt":
            robots += request.host in paged
        elif request.status == 429 or request.host.startswith(REFUSING):
            refused += request.status == 429
        elif request.path.startswith("/news/"):
            paged.add(request.host)
    return robots, max(refused - 1, 0)


def main() -> int:
    """Measures and prints; 1 if anything was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", type=int)
    parser.add_argument("--collectors", type=int, default=1)
    parser.add_argument("--sites", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    chance, figures = random.Random(given.seed), Figures()
    with tempfile.TemporaryDirectory(dir=given.folder) as name, DemoServer() as server:
        base = Path(name)
        web = grow(server, given.sites)
        sources = base / "web.toml"
        sources.write_text(catalogue_toml(web), encoding="utf-8")  # type: ignore[arg-type]
        calm = Collector(base / "calm", sources)
        began = time.monotonic()
        calm.finish()
        expected = ids(calm.data)
        print(f"{web.pages} made pages; undisturbed: {len(expected)} articles in {time.monotonic() - began:.0f} s")
        figures.wrong.update(judge(calm.data, expected))
        while figures.kills < given.kills:
            figures.rounds += 1
            collector = Collector(base / f"round-{figures.rounds}", sources)
            asked = len(server.requests)
            killed_until_done(collector, given.collectors, chance, figures, given.kills)
            collector.finish()
            wrong = judge(collector.data, expected)
            robots, refused = forgotten(server.requests[asked:])
            figures.wrong.update(wrong)
            figures.robots_again += robots
            figures.refused_again += refused
            print(f"round {figures.rounds}: {figures.kills} kills so far, {dict(wrong) or 'nothing wrong'}", flush=True)
    print(f"{given.collectors} collectors, {figures.kills} kills in {figures.rounds} rounds")
    print(f"wrong: {dict(figures.wrong) or 'nothing'}")
    print(f"robots.txt asked again after a page of its host: {figures.robots_again}")
    print(
        f"asked again after Retry-After: {figures.refused_again} (a kill between the answer and its commit may be one)"
    )
    return int(bool(figures.wrong) or figures.robots_again > 0)


if __name__ == "__main__":
    sys.exit(main())
