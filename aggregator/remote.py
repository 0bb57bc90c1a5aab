"""Archives that stand on a server: fetched to a file, a piece at a time, and gone on with where the line was cut."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from aggregator import guarded
from aggregator.addresses import NetworkOptions
from aggregator.errors import InputError
from aggregator.urls import masked

log = logging.getLogger(__name__)

PIECE = 1 << 20
"""Bytes that are read at once."""
_REDIRECTS = 10
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which it is worth to ask again."""
_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
"""Seconds before the second try, doubled with each, and the most: CC-NEWS's server asks busy readers to wait."""


class Limits(Protocol):
    """What `[backfill]` of aggregator.toml says of fetched files."""

    @property
    def max_file(self) -> int:
        """Bytes of one file."""

    @property
    def timeout(self) -> float:
        """Seconds for one file, tries and pauses included."""

    @property
    def stall(self) -> float:
        """Seconds without a byte after which a connection is given up."""

    @property
    def tries(self) -> int:
        """Connections in a row that brought nothing, after which a file is given up."""


class _Cut(Exception):
    """The connection brought less than it should have; what there is stays."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What an answer says of the file."""

    size: int | None
    begins: int
    validator: str


class Download:
    """One file of one server.  `run` is called in a thread, everything else from any."""

    def __init__(self, url: str, to: Path, limits: Limits, network: NetworkOptions, agent: str) -> None:
        """`to` is made at once and whole; until then its bytes are in `to`.part, for a later try, or run."""
        self.url, self._to, self._limits, self._network, self._agent = url, to, limits, network, agent
        self.size: int | None = None
        """bytes of the file, once its server has said so"""
        self.got = 0
        """bytes that are there"""
        self._over = threading.Event()
        self._socket: socket.socket | None = None

    def cancel(self) -> None:
        """Ends `run` soon: what is there stays for the next time."""
        self._over.set()
        made = self._socket
        if made is not None:
            with suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)

    def run(self, now: Callable[[], float] = time.monotonic) -> Path:
        """The file, fetched.  Raises InputError that says why it could not be had."""
        if self._to.exists():  # fetched by a run that did not come to read it
            return self._to
        part, tag = self._to.with_name(self._to.name + ".part"), self._to.with_name(self._to.name + ".tag")
        part.parent.mkdir(parents=True, exist_ok=True)
        until, fruitless, pause = now() + self._limits.timeout, 0, _PAUSE
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                self._fetch(part, tag, until, now)
            except (_Cut, OSError, http.client.HTTPException) as error:
                if self._over.is_set():
                    raise self._failed("the run was ended") from None
                if isinstance(error, guarded.Refused):
                    raise self._failed(str(error)) from None
                progress = part.exists() and part.stat().st_size > before
                fruitless, pause = (0, _PAUSE) if progress else (fruitless + 1, min(pause * 2, _LONGEST_PAUSE))
                if fruitless >= self._limits.tries or now() + pause > until:
                    raise self._failed(str(error) or type(error).__name__) from None
                log.warning("%s: %s; it is gone on with in %g s", masked(self.url), error, pause)
                self._over.wait(pause)
            except ValueError as error:
                raise self._failed(str(error)) from None
            else:
                part.replace(self._to)
                tag.unlink(missing_ok=True)
                return self._to

    def _failed(self, reason: str) -> InputError:
        return InputError(f"{masked(self.url)} cannot be fetched: {reason}", subject=masked(self.url))

    def _fetch(self, part: Path, tag: Path, until: float, now: Callable[[], float]) -> None:
        """Adds to `part` what it lacks.  Raises _Cut, OSError, HTTPException: worth another try; else InputError."""
        have = part.stat().st_size if part.exists() else 0
        validator = tag.read_text(encoding="utf-8") if have and tag.exists() else ""
        wanted = {"Range": f"bytes={have}-", "If-Range": validator} if validator else {}
        made, answer = self._asked(wanted)
        try:
            if answer.status in _AGAIN:
                raise _Cut(f"HTTP {answer.status}")
            if answer.status == 416 and validator:
                part.unlink()
                raise _Cut("the server has less than was fetched before")
            if answer.status not in (200, 206):
                raise self._failed(f"HTTP {answer.status}")
            head = _head(answer)
            begins = head.begins if answer.status == 206 else 0
            if begins not in (0, have):
                raise _Cut("the server sent another part than it was asked for")
            self.size = head.size
            if self.size is not None and self.size > self._limits.max_file:
                raise self._failed(f"{self.size} bytes are over the limit (backfill.max_file)")
            tag.write_text(head.validator, encoding="utf-8")
            self._copied(answer, part, begins, until, now)
        finally:
            made.close()
            self._socket = None

    def _copied(
        self, answer: http.client.HTTPResponse, part: Path, begins: int, until: float, now: Callable[[], float]
    ) -> None:
        with part.open("r+b" if begins else "wb") as file:
            file.seek(begins)
            file.truncate()
            self.got = begins
            while piece := answer.read1(PIECE):
                file.write(piece)
                self.got += len(piece)
                if self.got > self._limits.max_file:
                    raise self._failed("it is over the limit (backfill.max_file)")
                if self._over.is_set() or now() > until:
                    raise _Cut("it took too long (backfill.timeout)")
            file.flush()
            os.fsync(file.fileno())
        if self.size is not None and self.got != self.size:
            raise _Cut(f"the connection ended after {self.got} of {self.size} bytes")

    def _asked(self, more: Mapping[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        url = self.url
        for _ in range(_REDIRECTS + 1):
            parts = urlsplit(url)
            made = guarded.connection(parts, self._limits.stall, self._network)
            self._socket = made.sock
            try:
                told = {"User-Agent": self._agent, "Accept-Encoding": "identity", **more}
                made.request("GET", _path(parts), headers=told)
                answer = made.getresponse()
            except BaseException:
                made.close()
                raise
            place = answer.getheader("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not place:
                return made, answer
            made.close()
            url = urljoin(url, place)
        raise self._failed(f"over {_REDIRECTS} redirects")


def is_remote(name: str) -> bool:
    """Whether that names a file on a server."""
    return name.lower().startswith(("http://", "https://"))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _head(answer: http.client.HTTPResponse) -> _Head:
    # A weak validator does not say that the bytes are the same (RFC 9110, 13.1.5).
    tag = answer.getheader("ETag") or ""
    validator = tag if tag and not tag.startswith("W/") else answer.getheader("Last-Modified") or ""
    unit, _, rest = (answer.getheader("Content-Range") or "").partition(" ")
    if answer.status == 206 and unit == "bytes":
        span, _, whole = rest.partition("/")
        first = span.partition("-")[0]
        return _Head(int(whole) if whole.isdigit() else None, int(first) if first.isdigit() else -1, validator)
    length = answer.getheader("Content-Length") or ""
    return _Head(int(length) if length.isdigit() else None, 0, validator)
