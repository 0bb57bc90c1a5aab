"""Reading stored pages by the file: what a person sees of it, and what came of it."""

from __future__ import annotations

import tempfile
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from urllib.parse import urljoin

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from aggregator import __version__
from aggregator.config import Config
from aggregator.errors import InputError
from aggregator.journal.warc import SUFFIXES
from aggregator.operations.crawls import CrawlResult
from aggregator.operations.display import PLAIN_SECONDS
from aggregator.remote import Download, is_remote

_COUNTS = (
    ("files read", "files/read"),
    ("files that had been read before", "files/known"),
    ("files that could not be read", "files/failed"),
    ("pages", "pages"),
    ("new articles", "outcome/unique"),
    ("revisions", "outcome/revision"),
    ("duplicates", "outcome/duplicate"),
    ("unchanged", "outcome/unchanged"),
    ("pages that are no article", "outcome/rejected"),
    ("articles not wanted (dates, languages, rules)", "outcome/outside"),
    ("records not wanted (sites, dates, status)", "outcome/skipped"),
    ("pages that could not be read", "outcome/retry"),
)
_ALWAYS = ("files/read", "pages", "outcome/unique")
MOST_LISTED = 50_000_000
"""Bytes of a list of archives; that of a month of CC-NEWS has some thousand lines."""


def listed(name: str, base: str, config: Config) -> list[str]:
    """The archives that a list names, a line each, such as CC-NEWS's `warc.paths.gz`; each is joined to `base`.

    `name` is a file or a URL, plain or gzip.  Raises InputError where it cannot be had or names nothing.
    """
    if is_remote(name):
        config.data_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=config.data_folder) as folder:
            limits = replace(config.backfill, max_file=MOST_LISTED)
            agent = f"aggregator/{__version__} (+{config.crawl.contact})"
            content = Download(name, Path(folder) / "list", limits, config.network, agent).run().read_bytes()
    else:
        try:
            content = Path(name).read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}", subject=name) from error
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, MOST_LISTED)
        except zlib.error as error:
            raise InputError(f"{name} is no whole gzip file: {error}", subject=name) from error
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    found = [urljoin(base, line) if base else line for line in lines if line and not line.startswith("#")]
    if not found:
        raise InputError(f"{name} names no archive", subject=name)
    return found


def sizes(paths: Iterable[str]) -> int:
    """Bytes of the WARC files below the paths, and of those that are files; 0 where one is on a server."""
    total = 0
    paths = list(paths)
    if any(is_remote(path) for path in paths):
        return 0
    for path in map(Path, paths):
        inside = path.rglob("*") if path.is_dir() else (path,)
        total += sum(each.stat().st_size for each in inside if each == path or each.name.endswith(SUFFIXES))
    return total


class Shown:
    """How far a backfill is, how fast, and how long it will take still; plain lines where there is no terminal."""

    def __init__(self, console: Console, total: int, *, quiet: bool = False) -> None:
        """`total` is the number of bytes to read; 0 where nobody knows: then it is taken from the files so far."""
        self.console, self.live = console, console.is_terminal and not quiet
        self._quiet, self._total = quiet, total
        self._began = self._last = time.monotonic()
        columns = (TextColumn("archives"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
        shown = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
        self._progress = shown if self.live else None
        self._task = shown.add_task("archives", total=max(total, 1), told="")

    def __enter__(self) -> Shown:
        self._began = self._last = time.monotonic()
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, counts: Mapping[str, int]) -> None:
        """Takes the present counts."""
        total = self._total or _guessed(counts)
        now, done = time.monotonic(), min(counts.get("bytes", 0), total)
        if self._progress is not None:
            self._progress.update(
                self._task, completed=done, total=max(total, 1), told=_told(counts, now - self._began)
            )
        elif not self._quiet and now - self._last >= PLAIN_SECONDS:
            self._last = now
            left = (now - self._began) * (total - done) / done if done else None
            shown = f"{done / max(total, 1):4.0%}  {_told(counts, now - self._began)}"
            self.console.print(
                shown + (f", some {left / 60:.0f} min left" if left is not None else ""),
                highlight=False,
                soft_wrap=True,
            )


def _guessed(counts: Mapping[str, int]) -> int:
    """Bytes of all files, if those to come are like those that were begun."""
    begun = counts.get("files/announced", 0)
    files = counts.get("files", 0) - counts.get("files/known", 0) - counts.get("files/failed", 0)
    return counts.get("bytes/announced", 0) * max(files, begun) // begun if begun else 0


def _told(counts: Mapping[str, int], seconds: float) -> str:
    pages = counts.get("pages", 0)
    files = f"{counts.get('files/read', 0) + counts.get('files/known', 0)} of {counts.get('files', 0)} files"
    if fetched := counts.get("bytes/fetched", 0):
        files += f", {fetched / 1e6:.0f} MB fetched"
    return f"{files}, {pages} pages, {counts.get('outcome/unique', 0)} new, {pages / max(seconds, 0.001):.1f} pages/s"


def summary(result: CrawlResult, articles: Path, console: Console) -> None:
    """Prints what came of a backfill."""
    table = Table(title="backfill", title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for title, name in _COUNTS:
        if result.counts.get(name) or name in _ALWAYS:
            table.add_row(str(result.counts.get(name, 0)), title)
    table.add_row(
        f"{result.seconds:.1f} s", f"{result.counts.get('pages', 0) / max(result.seconds, 0.001):.1f} pages/s"
    )
    console.print(table, highlight=False)
    for reason in result.failing.values():
        console.print(f"failed: {reason}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"articles: {articles}", markup=False, highlight=False, soft_wrap=True)
