"""articles.jsonl and the journal's parts, written from the store's log.

The log is the truth and the files follow it.  Lines, the ends of parts and their compression follow from the log
alone, so files that are deleted and written again have the same bytes, and nothing else has to remember how far a
file has come: its last line says so.  What a crash left behind the last whole line is cut.

A part ends with a `checkpoint` line; a closed part is compressed and listed in `manifest.json`.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from aggregator.encoding import to_json
from aggregator.errors import JournalError
from aggregator.journal.appending import BATCH, Appender, Outbox, rows_of, told
from aggregator.journal.lines import line_of
from aggregator.records import CheckpointLine

log = logging.getLogger(__name__)

ARTICLES = "articles.jsonl"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOptions:
    """`[journal]` of aggregator.toml."""

    part_size: int = 64_000_000
    """Bytes after which a part of the journal is closed and compressed; a new UTC day closes it too."""


class Publisher:
    """Keeps the files below one data folder level with the log.  One process at a time may hold one."""

    def __init__(self, outbox: Outbox, folder: Path, options: JournalOptions) -> None:
        """Repairs what a crash may have left; raises JournalError where a file cannot be written."""
        self._outbox, self._folder, self._options = outbox, folder, options
        self._is_open = False
        self.repaired = 0
        """files that others had changed and that were written again"""
        with told(folder):
            self._open()

    def _open(self) -> None:
        outbox, folder = self._outbox, self._folder
        (folder / "journal").mkdir(parents=True, exist_ok=True)
        ends = outbox.checkpoints()
        self._number = len(ends) + 1
        listed = {entry["part"] for entry in read_manifest(folder)}
        self._articles = Appender(folder / ARTICLES, outbox, 1, listed_only=True)
        try:
            self._part = self._open_part(first_seq=(ends[-1] if ends else 0) + 1)
        except BaseException:
            self._articles.close()
            raise
        self._is_open = True
        for number, (before, end) in enumerate(pairwise([0, *ends]), start=1):
            # A part that is listed and gone was taken away on purpose; its plain form is what a crash left.
            if number not in listed:
                _close_part(outbox, folder, number, before + 1, end)
            (folder / "journal" / f"{number:06}.jsonl").unlink(missing_ok=True)

    def _open_part(self, first_seq: int) -> Appender:
        path = self._folder / "journal" / f"{self._number:06}.jsonl"
        return Appender(path, self._outbox, first_seq, listed_only=False)

    def publish(self, run_id: str, now: datetime) -> int:
        """Appends what the log has and the files lack; how many rows that were.  Closes a full or past day's part.

        Raises JournalError where that cannot be done now: what is missing is written by a later call.  Files that
        others have cut, deleted or moved away meanwhile are written again.
        """
        try:
            with told(self._folder):
                return self._publish(run_id, now)
        except BaseException:
            # Half a line, half a rotation: whatever it was, it is repaired as after a crash.
            self.close()
            raise

    def _publish(self, run_id: str, now: datetime) -> int:
        if self._is_open:
            changes = [(each.path, change) for each in (self._articles, self._part) if (change := each.changed())]
            for path, change in changes:
                log.warning("journal file=%s %s: it is written again", path, change)
            self.repaired += len(changes)
            if changes:
                self.close()
        if not self._is_open:
            self._open()
        written = self._drain()
        if written and self._part.size and self._is_full(now):
            self._rotate(run_id, now)
        return written

    def _drain(self) -> int:
        written = 0
        while rows := self._outbox.rows_after(min(self._part.seq, self._articles.seq), BATCH):
            self._articles.append(rows)
            self._part.append(rows)
            written += len(rows)
        return written

    def _is_full(self, now: datetime) -> bool:
        first = self._outbox.rows_after(self._part.first_seq - 1, 1)
        return self._part.size >= self._options.part_size or bool(first and first[0].at.date() < now.date())

    def _rotate(self, run_id: str, now: datetime) -> None:
        end = self._outbox.append_checkpoint(run_id, self._checkpoint, now)
        self._part.append(list(rows_of(self._outbox, self._part.seq, end)))
        self._part.close()
        _close_part(self._outbox, self._folder, self._number, self._part.first_seq, end)
        self._number += 1
        self._part = self._open_part(first_seq=end + 1)
        self._drain()

    def _checkpoint(self) -> bytes:
        # Called inside the transaction: what other collectors have logged meanwhile still belongs to this part.
        self._drain()
        return _seal(self._outbox, self._number, self._part.first_seq)

    def close(self) -> None:
        """Closes the files.  A later `publish` opens them again."""
        if self._is_open:
            self._is_open = False
            self._articles.close()
            self._part.close()


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    """The closed parts that the manifest below `folder` lists, oldest first."""
    path = folder / "journal" / MANIFEST
    try:
        return list(msgspec.json.decode(path.read_bytes())["parts"])
    except FileNotFoundError:
        return []
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise JournalError(f"{path} is damaged: `aggregator journal rebuild` writes it again", path=path) from error


def _close_part(outbox: Outbox, folder: Path, number: int, first_seq: int, last_seq: int) -> None:
    """Compresses a part that its checkpoint has ended, lists it, and takes its plain form away."""
    data = b"".join(line_of(row) for row in rows_of(outbox, first_seq - 1, last_seq))
    entry = _manifest_entry(number, first_seq, last_seq, data)
    _replace(folder / "journal" / entry["file"], gzip.compress(data, mtime=0))
    parts = [other for other in read_manifest(folder) if other["part"] != number]
    parts = sorted([*parts, entry], key=lambda part: part["part"])
    _replace(folder / "journal" / MANIFEST, _manifest(parts))
    (folder / "journal" / f"{number:06}.jsonl").unlink(missing_ok=True)


def _manifest_entry(number: int, first_seq: int, last_seq: int, data: bytes) -> dict[str, Any]:
    return {
        "part": number,
        "file": f"{number:06}.jsonl.gz",
        "first_seq": first_seq,
        "last_seq": last_seq,
        "lines": data.count(b"\n"),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _manifest(parts: list[dict[str, Any]]) -> bytes:
    return msgspec.json.format(msgspec.json.encode({"schema": "news/1", "parts": parts}), indent=2) + b"\n"


def _replace(path: Path, data: bytes) -> None:
    """Writes a whole file so that after a crash the old one or the new one is there."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def resealed(outbox: Outbox, end: int) -> bytes:
    """The payload of the checkpoint of that row, for the rows that its part has now."""
    ends = outbox.checkpoints()
    number = ends.index(end) + 1
    first = ends[number - 2] + 1 if number > 1 else 1
    return _seal(outbox, number, first, end - 1)


def _seal(outbox: Outbox, number: int, first_seq: int, until: int | None = None) -> bytes:
    # Over the log and not over the file: that is what is compressed.
    digest, lines = hashlib.sha256(), 0
    for row in rows_of(outbox, first_seq - 1, until):
        digest.update(line_of(row))
        lines += 1
    return to_json(CheckpointLine(part=number, first_seq=first_seq, lines=lines, sha256=digest.hexdigest()))


def rebuild(outbox: Outbox, folder: Path) -> list[tuple[str, str]]:
    """Makes every file again from the log: each one's name and `identical`, `repaired` or `written`.

    A file that already has the bytes it should have is left alone, so that a reader that follows it notices nothing.
    Raises JournalError where a file cannot be written.
    """
    with told(folder):
        return _rebuilt(outbox, folder)


def _rebuilt(outbox: Outbox, folder: Path) -> list[tuple[str, str]]:
    (folder / "journal").mkdir(parents=True, exist_ok=True)
    results = [_remake(folder / ARTICLES, (line_of(row) for row in rows_of(outbox, 0) if row.listed), folder)]
    ends = outbox.checkpoints()
    parts = []
    for number, (before, end) in enumerate(pairwise([0, *ends]), start=1):
        data = b"".join(line_of(row) for row in rows_of(outbox, before, end))
        parts.append(_manifest_entry(number, before + 1, end, data))
        (folder / "journal" / f"{number:06}.jsonl").unlink(missing_ok=True)
        results.append(_remake(folder / "journal" / parts[-1]["file"], iter([gzip.compress(data, mtime=0)]), folder))
    if parts:
        results.append(_remake(folder / "journal" / MANIFEST, iter([_manifest(parts)]), folder))
    after = ends[-1] if ends else 0
    open_part = folder / "journal" / f"{len(ends) + 1:06}.jsonl"
    results.append(_remake(open_part, (line_of(row) for row in rows_of(outbox, after)), folder))
    return results


def _remake(path: Path, chunks: Iterator[bytes], folder: Path) -> tuple[str, str]:
    temporary = path.with_name(f".{path.name}.rebuilt")
    with temporary.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    name = str(path.relative_to(folder))
    if not path.exists():
        temporary.replace(path)
        return name, "written"
    if _same_bytes(path, temporary):
        temporary.unlink()
        return name, "identical"
    temporary.replace(path)
    return name, "repaired"


def _same_bytes(first: Path, second: Path) -> bool:
    if first.stat().st_size != second.stat().st_size:
        return False
    with first.open("rb") as left, second.open("rb") as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(len(chunk)):
                return False
    return True
