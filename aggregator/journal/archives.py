"""The WARC files of one data folder: begun, rotated, read by their index, and rewritten without what must go."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from aggregator.journal.warc import Archived, ArchiveOptions, Refers, WarcWriter, body_at, digest_of, positions
from aggregator.records import Capture, Page

SUFFIXES = {"gzip": ".warc.gz", "zstd": ".warc.zst"}

Holder = Callable[[str], Capture | None]
"""The capture that holds the body of a digest."""


class Archives:
    """Writes the pages of one run, in as many files as their size asks for."""

    def __init__(self, folder: Path, run_id: str, options: ArchiveOptions, holder: Holder) -> None:
        """`folder` is data/warc/; nothing is made before the first page."""
        self._folder, self._run_id, self._options, self._holder = folder, run_id, options, holder
        self._writer: WarcWriter | None = None
        self._number = 0
        self._name = ""

    def write(self, page: Page, key: str) -> Capture:
        """Writes one page, without its body where a file holds an equal one; where it stands.  Raises OSError."""
        if self._writer is None or self._writer.size >= self._options.max_file:
            self._begin()
        assert self._writer is not None
        digest = digest_of(page.body)
        known = self._holder(digest)
        if known is not None and not (self._folder / known.file).exists():
            known = None  # it was deleted, by age or by hand
        refers = Refers(url=known.url, at=known.at) if known is not None else None
        position, length = self._writer.write(page, refers)
        return Capture(
            key=key,
            url=page.url,
            at=page.fetched,
            digest=digest,
            file=self._name,
            position=position,
            length=length,
            whole=refers is None,
        )

    def _begin(self) -> None:
        self.close()
        self._number += 1
        part = f"-{self._number:05}" if self._number > 1 else ""
        self._name = f"{self._run_id}{part}{SUFFIXES[self._options.compression]}"
        self._writer = WarcWriter(self._folder / self._name, self._options.compression)

    def close(self) -> None:
        """Closes the file that is open."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def run_of(path: Path) -> str:
    """The run that wrote a file."""
    return "-".join(path.name.partition(".")[0].split("-")[:2])


def files(folder: Path) -> list[Path]:
    """All archives of a folder, by name."""
    return sorted(path for suffix in SUFFIXES.values() for path in folder.glob(f"*{suffix}"))


def fetched(folder: Path, capture: Capture, holder: Holder) -> Archived | None:
    """The page of a capture, read by its place; None where its file, or that of its body, has it no more."""
    whole = capture if capture.whole else holder(capture.digest)
    if whole is None:
        return None
    found = body_at(folder / whole.file, whole.position, whole.length, whole.digest)
    return None if found is None else replace(found, url=capture.url, fetched=capture.at)


def without(
    path: Path, known: Sequence[Capture], unwanted: Callable[[str], bool], keys: Collection[str]
) -> tuple[Path, list[Capture], set[str]] | None:
    """Writes a file anew without the records of URLs that are `unwanted`, or whose capture has one of `keys`, and of
    bodies equal to theirs: the new file beside it, where its captures stand in it, digests that are gone.  None where
    nothing had to go.

    The records that stay keep their bytes.  Raises InputError where it is no WARC file, OSError where the new one
    cannot be written; the old file is not touched.
    """
    by_place = {capture.position: capture for capture in known}
    records = positions(path)

    def goes(position: int, url: str) -> bool:
        return unwanted(url) or (position in by_place and by_place[position].key in keys)

    gone = {digest for position, _, url, digest in records if goes(position, url)} - {""}
    stay = [record for record in records if not goes(record[0], record[2]) and record[3] not in gone]
    if len(stay) == len(records):
        return None
    temporary, moved = path.with_name(f".{path.name}.new"), []
    with path.open("rb") as old, temporary.open("wb") as new:
        for position, length, _, _ in stay:
            old.seek(position)
            if position in by_place:
                moved.append(replace(by_place[position], position=new.tell()))
            new.write(old.read(length))
        new.flush()
        os.fsync(new.fileno())
    return temporary, moved, gone


def put_in_place(temporary: Path, path: Path) -> None:
    """The new file takes the old one's place, or, where nothing is left in it, both go; it lasts.  Raises OSError."""
    if temporary.stat().st_size:
        temporary.replace(path)
    else:
        temporary.unlink()
        path.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
