"""One file that lines of the log are appended to: how far it has come, and whether others have changed it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from aggregator.errors import JournalError
from aggregator.journal.lines import line_of
from aggregator.records import LogRow

BATCH = 500
"""Rows that are read, written and synced at once."""


class Outbox(Protocol):
    """The part of the store that the files are written from."""

    def rows_after(self, seq: int, limit: int) -> list[LogRow]:
        """Rows with a higher sequence number, in order."""
        ...

    def append_checkpoint(self, run_id: str, compose: Callable[[], bytes], now: datetime) -> int:
        """Appends a checkpoint row with the payload that `compose` gives inside the transaction; its number."""
        ...

    def checkpoints(self) -> list[int]:
        """Sequence numbers of all checkpoint rows."""
        ...


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turns errors of the file system below `folder` into a JournalError that says what to do."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        raise JournalError(
            f"{place} cannot be written ({error.strerror}): make room, or make it writable; nothing is lost,"
            " what is missing is written from the database as soon as it can be",
            path=place,
        ) from error


def rows_of(outbox: Outbox, after: int, until: int | None = None) -> Iterator[LogRow]:
    """Rows of the log with a number above `after`, up to `until`."""
    while rows := outbox.rows_after(after, BATCH):
        for row in rows:
            if until is not None and row.seq > until:
                return
            yield row
        after = rows[-1].seq


class Appender:
    """One file that lines are appended to, and its last sequence number."""

    def __init__(self, path: Path, outbox: Outbox, first_seq: int, *, listed_only: bool) -> None:
        """Opens (or makes) the file and cuts what does not agree with the log.  Raises JournalError, OSError."""
        self.path, self.first_seq = path, first_seq
        self._listed_only = listed_only
        try:
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise JournalError(f"{path} cannot be written ({error.strerror}): make it writable", path=path) from error
        try:
            self.seq, self.size = self._resume(outbox)
            if self.size != os.fstat(self._file.fileno()).st_size:
                self._file.truncate(self.size)
        except BaseException:
            self._file.close()
            raise

    def _resume(self, outbox: Outbox) -> tuple[int, int]:
        """How far the file agrees with the log: last sequence number and size."""
        size = os.fstat(self._file.fileno()).st_size
        last, end = self._last_line(size)
        if last is None:
            return (self.first_seq - 1, 0) if end == 0 else self._compare(outbox)
        seq = _seq_of(last)
        rows = outbox.rows_after(seq - 1, 1)
        if rows and line_of(rows[0]) == last:
            return rows[0].seq, end
        if seq and not rows:
            raise JournalError(
                f"{self.path} goes on after the end of the database (line {seq}), so it belongs to another one:"
                " move it away, or let `aggregator journal rebuild` write it anew",
                path=self.path,
            )
        return self._compare(outbox)

    def _last_line(self, size: int) -> tuple[bytes | None, int]:
        """The last whole line and where it ends; None and 0 where there is none."""
        chunk, start = b"", size
        while start > 0:
            step = min(start, 1 << 16)
            start -= step
            self._file.seek(start)
            chunk = self._file.read(step) + chunk
            end = chunk.rfind(b"\n")
            begin = chunk.rfind(b"\n", 0, end) if end > 0 else -1
            if end >= 0 and (begin >= 0 or start == 0):
                return chunk[begin + 1 : end + 1], start + end + 1
        return None, 0

    def _compare(self, outbox: Outbox) -> tuple[int, int]:
        """The tail is not what the log says: go through the file from its beginning, up to the first difference."""
        self._file.seek(0)
        seq, size = self.first_seq - 1, 0
        for row in rows_of(outbox, seq):
            if row.listed or not self._listed_only:
                line = line_of(row)
                if self._file.read(len(line)) != line:
                    break
                size += len(line)
            seq = row.seq
        return seq, size

    def changed(self) -> str | None:
        """What others have done to the file since it was written to last; None where nothing."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return "was deleted or moved away"
        here = os.fstat(self._file.fileno())
        if (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
            return "was replaced"
        if there.st_size != self.size:
            return "was cut" if there.st_size < self.size else "was written to by others"
        return None

    def append(self, rows: list[LogRow]) -> None:
        """Appends the rows that are not there yet, as one write, and syncs.

        Raises OSError; the file has then, if the disk allows, no part of them.
        """
        lines = [line_of(row) for row in rows if row.seq > self.seq and (row.listed or not self._listed_only)]
        data = b"".join(lines)
        if data:
            try:
                self._write(data)
            except OSError as error:
                error.filename = error.filename or str(self.path)
                self._undo()
                raise
            self.size += len(data)
        self.seq = max(self.seq, rows[-1].seq)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        os.fsync(self._file.fileno())

    def _undo(self) -> None:
        # A reader should not see half a line; where even this fails, the next opening cuts it.
        with suppress(OSError):
            self._file.truncate(self.size)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def _seq_of(line: bytes) -> int:
    try:
        return int(msgspec.json.decode(line)["seq"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return 0
