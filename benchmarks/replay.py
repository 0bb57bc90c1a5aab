"""Stored pages through `scrapy crawl replay`: does every page get an outcome, how long does it take, how much memory?

    python benchmarks/replay.py DIR

DIR has a `pages.jsonl`, one page a line with `url`, `html_path` (a gzipped page, relative to DIR) and, where known,
`crawled` (an ISO 8601 time).  The pages are put into one WARC file, which is then replayed into a fresh data folder,
in a process of its own.  Beside it, as the limit to compare with, the same pages go through trafilatura alone (with its
metadata) in one process: the ratio is what all the rest costs.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aggregator.journal.warc import WarcWriter
from aggregator.records import Page, Sighting
from aggregator.store import SqliteStore


def pages(folder: Path) -> Iterator[Page]:
    """The stored pages of a folder."""
    for line in (folder / "pages.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        fetched = datetime.now(UTC)
        with suppress(TypeError, ValueError):
            fetched = datetime.fromisoformat(row["crawled"]).replace(tzinfo=UTC)
        sighting = Sighting(url=row["url"], source_id="stored", via="warc", first_seen=fetched)
        body = gzip.decompress((folder / row["html_path"]).read_bytes())
        headers = (("content-type", "text/html"),)
        yield Page(sighting=sighting, url=row["url"], status=200, headers=headers, body=body, fetched=fetched)


def write_warc(folder: Path, target: Path) -> int:
    """Puts the pages into one file; how many."""
    writer, number = WarcWriter(target), 0
    for page in pages(folder):
        writer.write(page)
        number += 1
    writer.close()
    return number


def replay(warc: Path, work: Path) -> tuple[float, float, str]:
    """Seconds, peak MB of the largest process, and the log of a replay into `work`."""
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "AGGREGATOR_DATA": str(work), "AGGREGATOR_SOURCES": str(root / "config" / "sources")}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "replay", "-a", f"warc={warc}"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, done.stderr


def bare(folder: Path) -> float:
    """Seconds that trafilatura alone takes for the same pages."""
    import trafilatura

    bodies = [page.body for page in pages(folder)]
    began = time.perf_counter()
    for body in bodies:
        trafilatura.bare_extraction(body, with_metadata=True)
    return time.perf_counter() - began


def main() -> None:
    """Prints the figures."""
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        warc = work / "pages.warc.gz"
        number = write_warc(folder, warc)
        seconds, megabytes, log = replay(warc, work / "data")
        store = SqliteStore(work / "data" / "aggregator.db")
        counts = store.counts()
        store.close()
    outcomes = {name.partition(".")[2]: n for name, n in counts.items() if name.startswith("frontier.")}
    print(f"pages                {number}")
    print(f"outcomes             {outcomes}, different URLs {sum(outcomes.values())}")
    print(
        f"articles             {counts.get('articles.unique', 0)} unique, {counts.get('articles.duplicate', 0)} copies"
    )
    print(f"relations            {counts['relations.resolved']} resolved, {counts['relations.open']} open")
    print(f"exceptions in log    {log.count('Traceback')}")
    print(f"time                 {seconds:.1f} s, {number / seconds:.1f} pages/s (start-up included)")
    print(f"peak memory          {megabytes:.0f} MB (largest process)")
    alone = bare(folder)
    print(f"trafilatura alone    {alone:.1f} s in one process: replay takes {seconds / alone:.2f} times that")


if __name__ == "__main__":
    main()
