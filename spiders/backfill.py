"""`aggregator backfill`: years of stored pages, a file at a time, each read once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.errors import InputError
from aggregator.journal.warc import SUFFIXES, Archived
from aggregator.records import Article, Page, Sighting
from aggregator.remote import Download, is_remote
from aggregator.run import RUN_ENDS, utc_now
from aggregator.urls import masked
from spiders.replay import Replay

log = logging.getLogger(__name__)

_LOOK = 0.5
"""Seconds between two looks at how far a download is."""
_ENDS = 65_536
"""Bytes at the beginning and at the end of a file by which it is known again; a WARC record has its own id in them."""


class Backfill(Replay):
    """Arguments (`-a`): those of `replay`; `warc` may name folders, and URLs of files, too.

    `language` (codes parted by commas) leaves out articles in others, `region` and `source` the pages of sites that do
    not belong to them.  A file is a unit of work: once each of its pages has an outcome it is remembered, and left out
    the next time, unless with `again=yes`.  What was read for other languages, times or sources is another work.
    """

    name = "backfill"

    def __init__(
        self,
        warc: str = "",
        language: str = "",
        region: str = "",
        source: str = "",
        again: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.languages = frozenset(word.strip().lower() for word in language.split(",") if word.strip())
        self.region, self.wanted_source, self.again = region, source, again
        self._sources: frozenset[str] | None = None
        self._open: Counter[str] = Counter()
        self._pages: Counter[str] = Counter()
        self._ended: dict[str, list[str]] = {}
        names = [name for word in warc.split(",") if (name := word.strip())]
        self.urls = [name for name in names if is_remote(name)]
        self.files = [Path(name) for name in names if not is_remote(name)]
        self._downloads: list[Download] = []
        self._fetched: dict[str, Path] = {}
        self._left = False

    def prepare(self) -> None:
        self.files = list(found(self.files))
        if not self.files and not self.urls:
            raise InputError("name the archives to read: -a warc=FILE[,FOLDER,URL]")
        super().prepare()
        self.crawler.signals.connect(self.leave, RUN_ENDS)
        if self.region or self.wanted_source:
            chosen = self.run.catalogue.select(region=self.region or None, source=self.wanted_source or None)
            self._sources = frozenset(each.id for each in chosen)

    async def first(self) -> AsyncIterator[Any]:
        self.count("files", len(self.files) + len(self.urls))
        for file in self.files:
            work = self._work(digest(file))
            if self.again != "yes" and self.run.store.was_read(work):
                self.count("files/known")
                self._passed(file.stat().st_size)
                continue
            async for page in self._whole(file, work):
                yield page
        async for page in self._remote():
            yield page
        if self.failures_by_source and len(self.failures_by_source) == len(self.files) + len(self.urls):
            raise InputError(next(iter(self.failures_by_source.values())))

    async def _whole(self, file: Path, work: str) -> AsyncIterator[Page]:
        """The pages of a file, which is noted as read once each has its outcome."""
        self.count("files/announced")
        self.count("bytes/announced", file.stat().st_size)
        try:
            async for page in self._read(file):
                yield page
        except InputError as error:
            self._failed(file.name, error)
            return
        self._ended.setdefault(file.name, []).append(work)
        self._close(file.name)

    def _failed(self, name: str, error: InputError) -> None:
        # One file that is damaged, or none of ours, is no reason to leave the others unread.
        log.warning("%s", error)
        self.failures_by_source[name] = str(error)
        self.count("files/failed")

    # -------------------------------------------------------------- servers

    async def _remote(self) -> AsyncIterator[Page]:
        """The pages of archives that stand on servers: while one is read, the next is fetched."""
        todo = []
        for url in self.urls:
            work = self._work(url)
            if self.again != "yes" and self.run.store.was_read(work):
                self.count("files/known")
            else:
                todo.append((url, work))
        coming = self._begin(todo[0][0]) if todo else None
        for at, (url, work) in enumerate(todo):
            assert coming is not None
            try:
                file = await self._arrived(*coming)
            except InputError as error:
                if self._left:
                    return
                self._failed(masked(url), error)
                continue
            finally:
                coming = self._begin(todo[at + 1][0]) if at + 1 < len(todo) and not self._left else None
            self._fetched[file.name] = file
            async for page in self._whole(file, work):
                yield page
            if file.name in self.failures_by_source:
                file.unlink(missing_ok=True)

    def _begin(self, url: str) -> tuple[Download, asyncio.Future[Path]]:
        config = self.run.config
        # Its own name at the end: that is what sightings and the list of files that were read say.
        name = f"{hashlib.sha256(url.encode()).hexdigest()[:12]}-{Path(urlsplit(url).path).name or 'archive'}"
        download = Download(
            url,
            config.data_folder / "incoming" / name,
            config.backfill,
            config.network,
            self.crawler.settings["USER_AGENT"],
        )
        self._downloads.append(download)
        return download, asyncio.get_running_loop().run_in_executor(None, download.run)

    async def _arrived(self, download: Download, running: asyncio.Future[Path]) -> Path:
        told = 0
        try:
            while True:
                done, _ = await asyncio.wait({running}, timeout=_LOOK)
                self.count("bytes/fetched", download.got - told)
                told = download.got
                if done:
                    return running.result()
        finally:
            download.cancel()  # where the run ends while it comes

    def leave(self) -> None:
        """The run is over: nothing more is fetched."""
        self._left = True
        for download in self._downloads:
            download.cancel()

    async def _read(self, file: Path) -> AsyncIterator[Page]:
        before = 0
        self._open[file.name] += 1  # until its last record is read
        async for page, offset in self.pages(file):
            self._passed(offset - before)
            before = offset
            if page is not None:
                self._open[file.name] += 1
                self._pages[file.name] += 1
                yield page
        self._passed(file.stat().st_size - before)

    def wanted(self, archived: Archived, url: str) -> bool:
        """As of `replay`, and of a source that was chosen, and fetched after `since`."""
        if self.window.since and archived.fetched < self.window.since:
            return False  # nothing is published after it was fetched
        if not super().wanted(archived, url):
            return False
        source = self.run.catalogue.by_url(url) if self._sources is not None else None
        return self._sources is None or (source is not None and source.id in self._sources)

    def outside(self, sighting: Sighting, article: Article) -> str | None:
        """Why the article is not wanted: its language, or its date."""
        if self.languages and (article.language or "").partition("-")[0] not in self.languages:
            return f"in another language: {article.language or 'unknown'}"
        return super().outside(sighting, article)

    def _done(self, sighting: Sighting, outcome: str, **told: Any) -> None:
        super()._done(sighting, outcome, **told)
        if sighting.via == "warc" and sighting.feed:
            self._close(sighting.feed)

    def _close(self, name: str) -> None:
        self._open[name] -= 1
        if not self._open[name] and name in self._ended:
            pages = self._pages.pop(name, 0)
            for work in self._ended.pop(name):
                self.run.store.note_read(work, name, pages, utc_now())
                self.count("files/read")
            if name in self._fetched:
                self._fetched.pop(name).unlink(missing_ok=True)

    def _passed(self, size: int) -> None:
        self.count("bytes", size)

    def _work(self, known: str) -> str:
        """What a file, by its digest or URL, and the choice of its pages are known by."""
        window = self.window.name or ""
        choice = (self.unknown, ",".join(sorted(self.languages)), window, self.region, self.wanted_source)
        return hashlib.sha256("\0".join((known, *choice)).encode()).hexdigest()


def found(paths: Iterable[Path]) -> Iterable[Path]:
    """The files themselves; of folders, the WARC files below them, by name.  Raises InputError where there is none."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.rglob("*") if each.name.endswith(SUFFIXES) and each.is_file())
        if not inside:
            raise InputError(f"no file below {path} ends with {', '.join(SUFFIXES)}", subject=str(path))
        yield from inside


def digest(file: Path) -> str:
    """A digest of a file's size, beginning and end: it may be moved, and is still the same.  Raises OSError."""
    size = file.stat().st_size
    known = hashlib.sha256(str(size).encode())
    with file.open("rb") as content:
        known.update(content.read(_ENDS))
        content.seek(max(0, size - _ENDS))
        known.update(content.read(_ENDS))
    return known.hexdigest()
