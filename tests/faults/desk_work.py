"""A day's work of one collector, small enough to be done again for each write that may fail.  Run by test_disk.py.

    python desk_work.py FOLDER ERRNO LASTING LIBRARY

For each n: the n-th write fails, the work stops or goes on, the disk heals, the work is done again.  Prints one line
of JSON: how many writes there are, how many runs it stopped, and what was wrong.
"""

from __future__ import annotations

import ctypes
import errno
import json
import shutil
import sys
import traceback
from datetime import timedelta
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.identity import judge
from aggregator.journal import JournalOptions, Publisher
from aggregator.journal.jsonl import rebuild
from aggregator.records import LogRow
from aggregator.store import SqliteStore
from tests.store.newsroom import DAY, NOW, newcomer, poll_state, relation, sighting, url

STORIES = ("flood", "harvest", "election", "strike", "bridge")
OPTIONS = JournalOptions(part_size=6_000)


class Work:
    """One process: its store, its publisher, and what it was told is safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.safe: set[str] = set()
        self.published = 0

    def do(self) -> None:
        """Polls, claims, records and publishes; raises an AggregatorError where the disk stops it."""
        store = SqliteStore(self.folder / "aggregator.db")
        try:
            run_id = store.begin_run("feeds", "", NOW)
            publisher = Publisher(store, self.folder, OPTIONS)
            try:
                self._day(store, publisher, run_id)
            finally:
                publisher.close()
            store.end_run(run_id, "finished", NOW)
        finally:
            store.close()

    def _day(self, store: SqliteStore, publisher: Publisher, run_id: str) -> None:
        seen = tuple(sighting(url(story)) for story in STORIES)
        store.record_poll(run_id, seen, lambda tally: poll_state(next_due=NOW + DAY), NOW)
        now = NOW
        for story, following in zip(STORIES, (*STORIES[1:], STORIES[0]), strict=True):
            now += timedelta(hours=9)  # parts are closed on the way
            found = store.record_article(run_id, newcomer(story, relations=(relation(url(following)),)), judge, now)
            self.safe.add(found.verdict.article.id)
            store.keep_quiet(f"{story}.example", now + DAY, "HTTP 429", refusals=1)
            self.published += publisher.publish(run_id, now)


def wrong(folder: Path, safe: set[str], expected: set[str] | None) -> list[str]:
    """What is not as it should be below a folder."""
    found = []
    store = SqliteStore(folder / "aggregator.db")
    try:
        verdict = store.row("PRAGMA integrity_check")
        if verdict is None or verdict[0] != "ok":
            found.append("integrity_check")
        rows: list[LogRow] = store.rows_after(0, 10_000)
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            found.append("the log has a gap")
        ids = [json.loads(line)["id"] for line in (folder / "articles.jsonl").read_bytes().splitlines()]
        if len(ids) != len(set(ids)):
            found.append("an article stands twice")
        if safe - set(ids):
            found.append("an article that was safe is lost")
        if expected is not None and set(ids) != expected:
            found.append("not the articles of an undisturbed day")
        if any(state != "identical" for _, state in rebuild(store, folder)):
            found.append("the files are not what the log says")
    finally:
        store.close()
    return found


def half_lines(folder: Path) -> list[str]:
    """Files of lines that end in the middle of one, right after the fault."""
    files = [folder / "articles.jsonl", *(folder / "journal").glob("*.jsonl")]
    return [path.name for path in files if path.is_file() and path.read_bytes()[-1:] not in (b"", b"\n")]


def disturbed(base: Path, disk: ctypes.CDLL, n: int, code: int, lasting: int) -> tuple[bool, bool, list[str]]:
    """One run whose n-th write fails: whether there was such a write, whether it stopped the run, what was wrong."""
    folder = base / f"n{n}"
    work = Work(folder)
    found = []
    disk.fail_at(n, code, lasting)
    try:
        work.do()
        stopped = False
    except AggregatorError:
        stopped = True  # said in our words: the crawl stops with this line
    except Exception:  # noqa: BLE001 - it is told as what was wrong
        stopped = True
        found.append(traceback.format_exc())
    met = disk.writes_seen() >= n
    disk.fail_at(0, 0, 0)
    found += [f"half a line in {name}" for name in half_lines(folder)]
    again = Work(folder)
    try:
        again.do()
        found += wrong(folder, work.safe | again.safe, again.safe)
    except Exception:  # noqa: BLE001 - it is told as what was wrong
        found.append(traceback.format_exc())
    shutil.rmtree(folder)
    return met, stopped, found


def main(base: Path, code: int, lasting: int, library: str) -> None:
    disk = ctypes.CDLL(library)
    disk.fail_at.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_int)
    disk.writes_seen.restype = ctypes.c_long
    n, stops, wrongs = 0, 0, {}
    met = True
    while met:
        n += 1
        met, stopped, found = disturbed(base, disk, n, code, lasting)
        stops += stopped
        if found:
            wrongs[n] = found
    print(json.dumps({"writes": n - 1, "error": errno.errorcode[code], "stops": stops, "wrong": wrongs}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
