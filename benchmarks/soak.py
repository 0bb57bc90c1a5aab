"""A schedule at short intervals over the demo web: `python benchmarks/soak.py MINUTES [--kill]`.

Prints how many runs there were, the schedule's memory at the start and at the end, overlaps, drift, orphans and how
long it took to stop; with --kill, the schedule or its child is killed (-9) by chance every half minute, and the output
must be whole all the same.  The exit status is 1 where a limit was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.demo.tour import CROWDED
from aggregator.journal.reading import lines

DRIFT, STOP, GROWTH = 1.0, 10.0, 1.1
"""Limits: seconds from plan to begin, seconds until it has ended, memory at the end by that at the start."""

KILL_EVERY = 30.0


class Soak:
    """A project folder, and a schedule in it."""

    def __init__(self, folder: Path, server: DemoServer, every: str) -> None:
        self.folder, self.data = folder, folder / "data"
        (folder / "config").mkdir()
        self.sources = folder / "sources.toml"
        self.sources.write_text(catalogue_toml(server.web), encoding="utf-8")
        job = '[maintenance]\nevery = "1min"\nbackup = "kept"\nbackup_every = "1min"\nbackup_keep = 2\n'
        job += f'[[schedule]]\nname = "tick"\nevery = "{every}"\ntimeout = "60s"\n'
        job += '[metrics]\naddress = "0"\n[log]\nfile = "logs/all.log"\nmax_size = "1MB"\n'
        job += '[[alert]]\nname = "told"\ncommand = ["true"]\nrest = 0\n'
        (folder / "config" / "aggregator.toml").write_text(job, encoding="utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        flags = [word for override in CROWDED for word in ("--set", override)]
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "aggregator", "schedule", "--sources", str(self.sources), *flags],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def records(self, kind: str = "job") -> list[dict[str, Any]]:
        paths = sorted((self.data / "history").glob("*.jsonl"))
        found = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
        return [record for record in found if record["kind"] == kind]

    def state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.data / "schedule" / "state.json").read_bytes()))
        except FileNotFoundError:
            return {"jobs": {}}

    def processes(self) -> list[int]:
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if str(self.folder).encode() in (place / "cmdline").read_bytes():
                    found.append(int(place.name))
        return found


def resident(pid: int) -> int:
    """Kilobytes; 0 for a process that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    return 0


def watch(soak: Soak, minutes: float, *, kill: bool) -> tuple[list[int], int, float, list[int]]:
    """Lets it run; samples of memory, how often something was killed, seconds to stop, what was left."""
    process, memory, killed = soak.start(), [], 0
    end, next_kill = time.monotonic() + minutes * 60, time.monotonic() + KILL_EVERY
    while time.monotonic() < end:
        time.sleep(1)
        if process.poll() is not None:
            raise SystemExit(f"the schedule ended by itself\n{(soak.folder / 'said.txt').read_text('utf-8')}")
        memory.append(resident(process.pid))
        if kill and time.monotonic() > next_kill:
            next_kill = time.monotonic() + KILL_EVERY
            killed += 1
            child = next((job["pid"] for job in soak.state()["jobs"].values() if job.get("pid")), None)
            whom = random.choice(["schedule", "child", "both"])
            if child and whom != "schedule":
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            if whom != "child":
                process.kill()
                process.wait()
                process, memory = soak.start(), []
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait()
    took = time.monotonic() - began
    return memory, killed, took, soak.processes()


def main() -> int:
    """Runs and prints; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--every", default="2s")
    chosen = parser.parse_args()
    with DemoServer() as server, tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), server, chosen.every)
        memory, killed, took, orphans = watch(soak, chosen.minutes, kill=chosen.kill)
        records, crawled, state = soak.records(), soak.records("crawl"), soak.state()
        numbers = [line["seq"] for line in lines(soak.data)]
        ids = Counter(json.loads(line)["id"] for line in (soak.data / "articles.jsonl").open(encoding="utf-8"))
    at = datetime.fromisoformat
    crawls = [record for record in records if record["name"] == "tick"]
    # Of a schedule that was killed only the crawl itself tells, and of a crawl that was killed only the schedule.
    overlaps = sum(
        at(one["ended"]) > at(two["began"])
        for runs in (crawls, sorted(crawled, key=lambda run: run["began"]))
        for one, two in pairwise(runs)
    )
    drift = max((at(run["began"]) - at(run["planned"])).total_seconds() for run in crawls)
    calm = [sample for sample in memory[5:] if sample] or [0]  # with --kill it may just have been started
    broken = {
        "overlaps": overlaps > 0,
        "drift": drift > DRIFT,
        "memory": calm[-1] > GROWTH * calm[0],
        "orphans": bool(orphans),
        "stop": took > STOP,
        "gaps or doubles": numbers != list(range(1, len(numbers) + 1)) or max(ids.values()) > 1,
    }
    print(f"runs         {len(records)}: {dict(Counter((run['name'], run['outcome']) for run in records))}")
    print(f"looks        {sum(job['runs'] + job['idle'] + job['skipped'] for job in state['jobs'].values())}")
    print(f"killed       {killed} times")
    print(f"memory       {calm[0]} KB at the start, {calm[-1]} KB at the end, {max(calm)} KB at most")
    print(f"overlaps     {overlaps}")
    print(f"drift        {drift:.2f} s at most from plan to begin")
    print(f"stopped in   {took:.1f} s, orphans: {len(orphans)}")
    print(f"articles     {len(ids)}, lines {len(numbers)}")
    print(f"broken       {', '.join(name for name, is_broken in broken.items() if is_broken) or 'none'}")
    return int(any(broken.values()))


if __name__ == "__main__":
    sys.exit(main())
