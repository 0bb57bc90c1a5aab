"""WARC files, both ways: pages as they were fetched.

Written one file a run, one gzip member a record, so that a crash costs the last record at most; read record by
record, whatever wrote them.  FastWARC does the format.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from aggregator.errors import InputError
from aggregator.records import Page

log = logging.getLogger(__name__)

MAX_BODY = 10_000_000
"""Bytes of one page that are read from an archive; longer ones are cut and said to be."""


SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
"""How the names of WARC files end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """`[archive]` of aggregator.toml."""

    enabled: bool = False
    """Keep every fetched page as WARC below data/warc/."""

    keep_days: int = 0
    """Days after which an archive is deleted by the schedule's cleaning; 0: never."""

    keep_bytes: int = 0
    """Bytes that all archives may have; the oldest are deleted first.  0: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One stored answer of a server."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched: datetime
    """when it was fetched; the file's own date where the record has none"""
    truncated: bool = False
    offset: int = 0
    """where its record begins in the file, in bytes of the file as it is"""


class WarcWriter:
    """Appends pages to one new WARC file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")

    def write(self, page: Page) -> None:
        """Appends one page as a `response` record, its content encoding undone."""
        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.headers["WARC-Target-URI"] = page.url
        record.record_date = page.fetched.astimezone(UTC)
        record.headers["Content-Type"] = "application/http; msgtype=response"
        dropped = ("content-encoding", "transfer-encoding", "content-length")
        lines = [f"HTTP/1.1 {page.status} -", *(f"{n}: {v}" for n, v in page.headers if n not in dropped)]
        head = "\r\n".join([*lines, f"content-length: {len(page.body)}", "", ""]).encode("latin-1", "replace")
        record.set_bytes_content(head + page.body)
        member = BytesIO()
        record.write(member, checksum_data=True)
        self._file.write(gzip.compress(member.getvalue(), mtime=0))
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def read(path: Path) -> Iterator[Archived]:
    """The HTML answers of a WARC file (plain, gzip or zstd), in order; raises InputError where it is none."""
    try:
        found = False
        with path.open("rb") as file:
            default = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            for record in ArchiveIterator(file, record_types=WarcRecordType.response, auto_decode="all"):
                found = True
                archived = _archived(record, default)
                if archived is not None:
                    yield archived
    except OSError as error:
        if found:
            # Mostly the torn end of a run that was killed.
            log.warning("%s cannot be read to its end: %s; what stands before is read", path, error)
            return
        raise InputError(f"{path} cannot be read as WARC: {error}", subject=str(path)) from error
    if not found:
        raise InputError(f"{path} holds no WARC response record: is it a WARC file?", subject=str(path))


def _archived(record: WarcRecord, default: datetime) -> Archived | None:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not url or record.http_headers is None:
        return None
    headers = tuple((name.lower(), value) for name, value in record.http_headers.items())
    encoded = any(name in ("content-encoding", "transfer-encoding") for name, _ in headers)
    expected = 0 if encoded else min(record.content_length, MAX_BODY)
    body = record.reader.read(MAX_BODY + 1)
    if len(body) < expected:
        log.warning("record of %s is cut off: left out", url)
        return None
    return Archived(
        url=url,
        status=record.http_headers.status_code or 200,
        headers=headers,
        body=body[:MAX_BODY],
        fetched=(record.record_date or default).astimezone(UTC),
        truncated=len(body) > MAX_BODY,
        offset=record.stream_pos,
    )
