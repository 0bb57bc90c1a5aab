"""WARC files, both ways: pages as they were fetched.

Written one file a run, one gzip member a record, so that a crash costs the last record at most; read record by
record, whatever wrote them.  FastWARC does the format.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

from fastwarc.stream_io import ZstdWriter
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

    compression: Literal["gzip", "zstd"] = "gzip"
    """Of each record by itself; gzip is what every reader of WARC knows, zstd takes a third of its time."""

    max_file: int = 1_000_000_000
    """Bytes after which a new file is begun: what tools for WARC expect."""

    keep_days: int = 0
    """Days after which an archive is deleted by the schedule's cleaning; 0: never."""

    keep_bytes: int = 0
    """Bytes that all archives may have; the oldest are deleted first.  0: no limit."""


SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
"""WARC 1.1, 6.7.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refers:
    """An earlier record that holds the same body."""

    url: str
    at: datetime


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
    """Appends pages to one WARC file, each record compressed by itself."""

    def __init__(self, path: Path, compression: str = "gzip") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._compression = path.open("ab"), compression
        self.size = self._file.tell()

    def write(self, page: Page, refers: Refers | None = None) -> tuple[int, int]:
        """Appends one page, its content encoding undone; where its record begins, and its length.

        It is a `response` record, or, where `refers` says who holds the same body, a `revisit` record without one.
        """
        record = WarcRecord()
        record.init_headers(WarcRecordType.response if refers is None else WarcRecordType.revisit)
        record.headers["WARC-Target-URI"] = page.url
        record.record_date = page.fetched.astimezone(UTC)
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.headers["WARC-Payload-Digest"] = digest_of(page.body)
        if refers is not None:
            record.headers["WARC-Profile"] = SAME_PAYLOAD
            record.headers["WARC-Refers-To-Target-URI"] = refers.url
            record.headers["WARC-Refers-To-Date"] = f"{refers.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        dropped = ("content-encoding", "transfer-encoding", "content-length")
        lines = [f"HTTP/1.1 {page.status} -", *(f"{n}: {v}" for n, v in page.headers if n not in dropped)]
        head = "\r\n".join([*lines, f"content-length: {len(page.body)}", "", ""]).encode("latin-1", "replace")
        record.set_bytes_content(head + (page.body if refers is None else b""))
        member = BytesIO()
        record.write(member)
        data = _packed(member.getvalue(), self._compression)
        position = self.size
        self._file.write(data)
        self._file.flush()
        self.size += len(data)
        return position, len(data)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def digest_of(body: bytes) -> str:
    """The digest of a body as WARC writes it: SHA-1 in base 32; it finds equal ones and proves nothing."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _packed(data: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.compress(data, mtime=0)
    packed = BytesIO()
    writer = ZstdWriter(packed)
    writer.write(data)
    writer.close()
    return packed.getvalue()


def positions(path: Path) -> list[tuple[int, int, str, str]]:
    """Position, length, target URL and payload digest of every record of a file, in its order; one whose end is torn
    away goes up to the end of the file.  Raises InputError where it is no WARC file."""
    found: list[tuple[int, str, str]] = []
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
                found.append((record.stream_pos, url, record.headers.get("WARC-Payload-Digest") or ""))
    except OSError as error:
        if not found:
            raise InputError(f"{path} cannot be read as WARC: {error}", subject=str(path)) from error
    if not found:
        return []
    ends = [position for position, _, _ in found[1:]] + [path.stat().st_size]
    return [(start, end - start, url, digest) for (start, url, digest), end in zip(found, ends, strict=True)]


def revisited(path: Path) -> set[str]:
    """Digests of the bodies that a file's revisit records refer to; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            records = ArchiveIterator(file, record_types=WarcRecordType.revisit, parse_http=False)
            return {record.headers.get("WARC-Payload-Digest") or "" for record in records}
    except OSError:
        return set()  # `read` says what is wrong with it


def holding(files: Iterable[Path], digests: Set[str]) -> dict[str, tuple[Path, int, int]]:
    """File, position and length of a response record for each of these payload digests that the files have."""
    found: dict[str, tuple[Path, int, int]] = {}
    for path in files:
        for position, length, digest in _responses(path):
            if digest in digests:
                found.setdefault(digest, (path, position, length))
    return found


def _responses(path: Path) -> list[tuple[int, int, str]]:
    starts: list[tuple[int, str]] = []
    with path.open("rb") as file:
        try:
            for record in ArchiveIterator(file, parse_http=False):
                whole = record.record_type == WarcRecordType.response
                starts.append((record.stream_pos, record.headers.get("WARC-Payload-Digest") or "" if whole else ""))
        except OSError as error:
            log.warning("%s cannot be read to its end: %s", path, error)
    if not starts:
        return []  # `read` says what is wrong with it
    ends = [position for position, _ in starts[1:]] + [path.stat().st_size]
    return [(start, end - start, digest) for (start, digest), end in zip(starts, ends, strict=True)]


def body_at(path: Path, position: int, length: int, digest: str) -> Archived | None:
    """The response that stands there; None where there is none, or another body than that of `digest`."""
    try:
        with path.open("rb") as file:
            file.seek(position)
            member = BytesIO(file.read(length))
        for record in ArchiveIterator(member, record_types=WarcRecordType.response, auto_decode="all"):
            archived = _archived(record, datetime.fromtimestamp(0, UTC))
            if archived is not None and digest_of(archived.body) == digest:
                return archived
    except OSError as error:
        log.warning("%s at %d cannot be read: %s", path, position, error)
    return None


Resolve = Callable[[str], Archived | None]
"""The answer that holds the body of a digest."""


def read(path: Path, resolve: Resolve | None = None) -> Iterator[Archived]:
    """The HTML answers of a WARC file (plain, gzip or zstd), in order; raises InputError where it is none.

    `resolve` finds the bodies of revisit records; without it, and where it finds none, they are left out.
    """
    try:
        found = False
        with path.open("rb") as file:
            default = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            kinds = WarcRecordType.response | WarcRecordType.revisit
            for record in ArchiveIterator(file, record_types=kinds, auto_decode="all"):
                found = True
                archived = _archived(record, default) if record.record_type == WarcRecordType.response else None
                if record.record_type == WarcRecordType.revisit and resolve is not None:
                    archived = _revisited(record, resolve, default)
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


def _revisited(record: WarcRecord, resolve: Resolve, default: datetime) -> Archived | None:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    whole = resolve(record.headers.get("WARC-Payload-Digest") or "") if url else None
    if whole is None or record.headers.get("WARC-Profile") != SAME_PAYLOAD:
        return None
    headers, status = whole.headers, whole.status
    if record.http_headers is not None:
        headers = tuple((name.lower(), value) for name, value in record.http_headers.items())
        status = record.http_headers.status_code or whole.status
    return replace(
        whole, url=url, status=status, headers=headers, fetched=(record.record_date or default).astimezone(UTC)
    )


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
