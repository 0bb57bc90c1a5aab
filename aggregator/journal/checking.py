"""Whether the files say what the log says: read only, for `aggregator doctor`."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from aggregator.errors import JournalError
from aggregator.journal.appending import Outbox
from aggregator.journal.jsonl import ARTICLES, read_manifest
from aggregator.journal.lines import line_of
from aggregator.records import LogRow

_BATCH = 500


def differences(outbox: Outbox, folder: Path) -> Iterator[tuple[str, str]]:
    """Files that are not as the log has them: name and what is wrong.

    A file that ends sooner is none of them: the next crawl goes on there.
    """
    problem = _compare(outbox, folder / ARTICLES, 0, listed_only=True)
    if problem:
        yield ARTICLES, problem
    ends = outbox.checkpoints()
    after = ends[-1] if ends else 0
    name = f"{len(ends) + 1:06}.jsonl"
    problem = _compare(outbox, folder / "journal" / name, after, listed_only=False)
    if problem:
        yield f"journal/{name}", problem
    try:
        parts = read_manifest(folder)
    except JournalError as error:
        yield "journal/manifest.json", str(error)
        return
    for part in parts:
        path = folder / "journal" / part["file"]
        # One that is gone was taken away on purpose: parts may be moved elsewhere once they are closed.
        if path.exists() and _digest(path) != part["sha256"]:
            yield f"journal/{part['file']}", "it has not the bytes that the manifest names"


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except (OSError, EOFError, zlib.error) as error:
        return str(error)
    return digest.hexdigest()


def _rows(outbox: Outbox, after: int) -> Iterator[LogRow]:
    while rows := outbox.rows_after(after, _BATCH):
        yield from rows
        after = rows[-1].seq


def _compare(outbox: Outbox, path: Path, after: int, *, listed_only: bool) -> str | None:
    if not path.exists():
        return "it is missing" if listed_only and outbox.rows_after(0, 1) else None
    with path.open("rb") as file:
        for row in _rows(outbox, after):
            if listed_only and not row.listed:
                continue
            line = line_of(row)
            found = file.read(len(line))
            if found != line:
                return _told(file, found, line, row.seq)
        return "it goes on after the end of the database" if file.read(1) else None


def _told(file: BinaryIO, found: bytes, line: bytes, seq: int) -> str | None:
    if not file.read(1) and line.startswith(found):
        return None  # it ends here, perhaps in the middle of a line that a crash has torn: the next crawl mends it
    return f"it differs from the database at line {seq}"
