"""What ran: a line for each run, in one file a day below data/history/.

Crawls write what they counted, the schedule writes how its jobs ended.  Lines are appended in one write each, so that
several processes may do so; whole days are deleted when they are old.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from aggregator.encoding import to_json

Outcome = Literal["done", "nothing due", "no network", "failed", "timed out", "stopped"]
"""How a run ended.  stopped: it was told to; the next one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of a job, one crawl, or one message to an alert."""

    kind: Literal["job", "crawl", "alert"]
    name: str
    """the job, or the alert; of a crawl, its spider and selection"""
    began: datetime
    ended: datetime
    outcome: Outcome
    planned: datetime | None = None
    """when the job was to begin"""
    message: str = ""
    """what went wrong, in one line"""
    counts: Mapping[str, int] = field(default_factory=dict)
    """what a crawl counted: feeds/polled, outcome/unique ..."""

    @property
    def bad(self) -> bool:
        """Whether it did not do what it was to do."""
        return self.outcome in ("failed", "timed out", "no network")


def append(data_folder: Path, record: RunRecord) -> None:
    """Adds a record; raises OSError where that cannot be done."""
    folder = data_folder / "history"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{record.ended:%Y-%m-%d}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, to_json(record) + b"\n")
    finally:
        os.close(descriptor)


def since(data_folder: Path, start: datetime) -> Iterator[RunRecord]:
    """Records of runs that ended at or after `start`, oldest first; lines that a crash has torn are left out."""
    for path in sorted((data_folder / "history").glob("????-??-??.jsonl")):
        if path.stem < f"{start:%Y-%m-%d}":
            continue
        for line in path.read_bytes().splitlines():
            try:
                record = msgspec.json.decode(line, type=RunRecord)
            except msgspec.DecodeError:
                continue
            if record.ended >= start:
                yield record


def totals(records: Iterator[RunRecord]) -> Counter[str]:
    """The sum of what crawls have counted."""
    found: Counter[str] = Counter()
    for record in records:
        if record.kind == "crawl":
            found.update(record.counts)
            found["crawls"] += 1
    return found


def prune(data_folder: Path, now: datetime, keep: timedelta) -> int:
    """Deletes the files of days that are older than `keep`; how many."""
    old = [path for path in (data_folder / "history").glob("????-??-??.jsonl") if path.stem < f"{now - keep:%Y-%m-%d}"]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
