"""Pages a second of `aggregator backfill`: on one core, on all of them by one and two readers, and on a Dask cluster.

    python benchmarks/backfill.py [--pages 1000] [--no-dask]

Pages of `heavy_pages.py` are written as one WARC file, which is read into a fresh project by each; the time is that
of the crawl by its own summary, without the start of the program.

A backfill is never one process: one decides and writes, in the order of the archive, and others read.  So a single
reader keeps two cores busy already, and a second one can gain nothing on two.  "One process" is therefore all of it on
one core, by turns; asked is that the same work is 1.8 times as fast on two.  The better of one and two readers counts.
Beside it stands the processor time of the process that writes, its start included, which a busy machine does not
change much; that of the readers is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import heavy_pages

from aggregator.journal.warc import WarcWriter
from aggregator.records import Page, Sighting

ASKED = 1.8
"""Two cores against one."""
HOSTS = 20
PATIENCE = 60.0
"""Seconds that a cluster may take to start."""


def archive(path: Path, pages: int) -> None:
    """Writes the file."""
    writer = WarcWriter(path)
    for number in range(pages):
        host = f"house-{number % HOSTS}.example"
        url, when = f"http://{host}{heavy_pages.path(number)}", heavy_pages.published(number)
        seen = Sighting(url=url, source_id=host, via="warc", first_seen=when)
        headers = (("content-type", "text/html; charset=utf-8"),)
        body = heavy_pages.page(number, host)
        writer.write(Page(sighting=seen, url=url, status=200, headers=headers, body=body, fetched=when))
    writer.close()


def project(folder: Path) -> None:
    """A catalogue of the hosts."""
    sources = folder / "config" / "sources"
    sources.mkdir(parents=True)
    rows = (
        f'[[source]]\nid = "house-{n}"\nname = "House {n}"\nhomepage = "http://house-{n}.example/"\n'
        'languages = ["en"]\nkind = "newspaper"\n'
        for n in range(HOSTS)
    )
    (sources / "houses.toml").write_text("\n".join(rows), encoding="utf-8")


def run(
    folder: Path, file: Path, name: str, pages: int, *words: str, cores: set[int] | None = None
) -> tuple[float, float]:
    """Pages a second of one backfill into an empty project, on these cores, and its processor time in ms a page."""

    def begin() -> None:
        if cores is not None:
            os.sched_setaffinity(0, cores)  # its readers inherit it

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "backfill", str(file), "--quiet", "--data", str(folder / name), *words],
        cwd=folder, capture_output=True, text=True, check=False, preexec_fn=begin,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    rate = re.search(r"([\d.]+) pages/s", done.stdout)
    new = re.search(r"(\d+)\s+new articles", done.stdout)
    if done.returncode or rate is None or new is None or int(new[1]) != pages:
        raise SystemExit(f"{name}: not all {pages} pages became articles\n{done.stdout}{done.stderr}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(rate[1]), 1000 * spent / pages


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a Dask scheduler on this machine with two workers of one thread."""
    file, started = folder / "scheduler.json", []
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["--host", "127.0.0.1", "--no-dashboard"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file)]
    try:
        started.append(subprocess.Popen([*scheduler, *words], **quiet))
        address = _address(file)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nworkers", "2", "--nthreads", "1"]
        started.append(subprocess.Popen([*worker, *words], **quiet))
        _until_there(address)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def _address(file: Path) -> str:
    end = time.monotonic() + PATIENCE
    while not file.exists():
        if time.monotonic() > end:
            raise SystemExit("the scheduler did not start")
        time.sleep(0.1)
    return str(json.loads(file.read_text())["address"])


def _until_there(address: str) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--no-dask", action="store_true", help="only the local readers")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        file = folder / "pages.warc.gz"
        archive(file, chosen.pages)
        size = file.stat().st_size / 1e6
        print(f"{chosen.pages} pages, {size:.0f} MB packed; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        first = {min(os.sched_getaffinity(0))}
        core, spent = run(folder, file, "core", chosen.pages, "--set", "crawl.workers=1", cores=first)
        print(f"one core         {core:6.1f} pages/s  {spent:5.1f} ms of processor a page", flush=True)
        found = []
        for number in (1, 2):
            rate, spent = run(folder, file, f"by{number}", chosen.pages, "--set", f"crawl.workers={number}")
            found.append(rate)
            print(
                f"{number} local reader{'s'[: number - 1]:1}  {rate:6.1f} pages/s  {spent:5.1f} ms of processor a page"
            )
            print(f"                 {rate / core:6.2f} x one core", flush=True)
        gained = max(found) / core
        kept = "kept" if gained >= ASKED else "NOT kept"
        print(f"all cores        {gained:6.2f} x one core; asked >= {ASKED}: {kept}", flush=True)
        if not chosen.no_dask:
            with cluster(folder) as address:
                there, spent = run(folder, file, "dask", chosen.pages, "--dask", address)
            print(f"2 Dask workers   {there:6.1f} pages/s  {spent:5.1f} ms of processor a page, without the workers'")
            print(f"                 {there / core:6.2f} x one core")


if __name__ == "__main__":
    main()
