"""`aggregator reextract`: the stored pages of known articles, read once more by the present code."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from aggregator.errors import InputError
from aggregator.extraction import VERSION
from aggregator.identity import judge
from aggregator.records import Fingerprint, Page, Revision, Sighting, Verdict
from aggregator.run import utc_now
from aggregator.urls import absolute, key
from spiders.replay import Replay


class Reextract(Replay):
    """Arguments (`-a`): `since` and `until` (when the article was published), `region`, `source`, `again=yes`,
    `dry_run=yes`.

    Of each unique article the page is read that its present form came from.  Where the text or a fact comes out
    otherwise, the article gets a revision whose change is `extraction`.  A page that gives no article any longer
    leaves its article as it is.  An archive is a unit of work, remembered with the version of the code that read it.
    """

    name = "reextract"

    def __init__(self, region: str = "", source: str = "", again: str = "", dry_run: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.region, self.wanted_source, self.again = region, source, again
        self.dry_run = dry_run == "yes"
        self._open: Counter[str] = Counter()
        self._in_file: dict[str, str] = {}

    def prepare(self) -> None:
        if self.files:
            raise InputError("reextract reads this project's own archives: `aggregator backfill` reads other files")
        super().prepare()
        chosen = self.run.catalogue.select(region=self.region or None, source=self.wanted_source or None)
        everything = not (self.region or self.wanted_source)
        self._sources = None if everything else frozenset(each.id for each in chosen)

    async def first(self) -> AsyncIterator[Any]:
        files = self.run.store.archive_files()
        self.count("files", len(files))
        for file in files:
            captures = self.run.store.captures_read(file)
            if self.again != "yes" and self.run.store.was_read(self._work(file)):
                self.count("files/known")
                self.count("bytes", sum(capture.length for capture in captures))
                continue
            self._open[file] += 1  # until its last page is read
            for capture in captures:
                self.count("bytes", capture.length)
                entry = self.run.store.entry(capture.url)
                if self._sources is not None and (entry is None or entry.source_id not in self._sources):
                    self.count("outcome/skipped")
                    continue
                archived = await self.stored(capture)
                url = absolute(capture.url)
                if archived is None or url is None:
                    self.count("outcome/gone")
                    continue
                yield self._again(archived, url, entry.sighting if entry else None, file)
                while len(self.in_hand) >= self.run.config.crawl.window:
                    await self._wait()
            self._close(file)

    def _again(self, archived: Any, url: str, sighting: Sighting | None, file: str) -> Page:
        if sighting is None:  # it was reached by a redirect
            source = self.run.catalogue.by_url(url) or self.run.catalogue.ad_hoc(url)
            sighting = Sighting(url=url, source_id=source.id, via="warc", first_seen=archived.fetched, feed=file)
        self._open[file] += 1
        self._in_file[key(sighting.url)] = file
        return self.taken(archived, url, sighting)

    # ------------------------------------------------------------- outcomes

    def record(self, newcomers: Sequence[Fingerprint], now: datetime) -> list[Revision]:
        """Revisions of what is read otherwise now; of the rest nothing is written."""
        return [self._revised(newcomer, now) for newcomer in newcomers]

    def _revised(self, newcomer: Fingerprint, now: datetime) -> Revision:
        verdict = self.run.store.judged(newcomer, judge)
        if newcomer.extraction.next_page:
            reason = "its further pages are not in the archives"
            return Revision(verdict=Verdict(article=newcomer.article, outcome="unchanged", reason=reason))
        if self.dry_run or verdict.outcome != "revision":
            return Revision(verdict=verdict)
        (revision,) = super().record([newcomer], now)
        return revision

    def refuse(self, sighting: Sighting, outcome: str, reason: str, *, status: int | None = None) -> None:  # noqa: ARG002
        """What is known stays as it is."""
        self.settled(sighting, outcome, reason=reason)

    def unread(self, sighting: Sighting, error: str) -> None:
        """What is known stays as it is."""
        self.settled(sighting, "failed", reason=error)

    def _done(self, sighting: Sighting, outcome: str, **told: Any) -> None:
        super()._done(sighting, outcome, **told)
        file = self._in_file.pop(key(sighting.url), None)
        if file is not None:
            self._close(file)

    def _close(self, file: str) -> None:
        self._open[file] -= 1
        if not self._open[file]:
            self.count("files/read")
            if not self.dry_run:
                self.run.store.note_read(self._work(file), file, 0, utc_now())

    def _work(self, file: str) -> str:
        """What the reading of a file is known by: the code, what it was told, and which pages were chosen."""
        choice = (VERSION, repr(self.run.config.extraction), self.window.name or "", self.region, self.wanted_source)
        return hashlib.sha256("\0".join(("reextract", file, *choice)).encode()).hexdigest()
