"""What a person sees while a crawl runs: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_SECONDS = 5.0
"""Seconds between two plain lines."""

_COLUMNS = (
    ("sources", "sources"),
    ("feeds", "feeds/polled"),
    ("304", "feeds/unchanged"),
    ("pages", "pages"),
    ("new", "outcome/unique"),
    ("revised", "outcome/revision"),
    ("duplicates", "outcome/duplicate"),
    ("no article", "outcome/rejected"),
    ("later", "outcome/retry"),
    ("errors", "errors"),
)

_NARROW = {"duplicates": "copies", "no article": "none"}
"""Titles above the moving figures, which have to stand side by side on 80 columns."""


class Shown(Protocol):
    """What a person sees while a spider runs: a context manager that takes the counts as they grow."""

    console: Console
    live: bool

    def __enter__(self) -> Any:
        """Begins to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""

    def show(self, counts: Mapping[str, int]) -> None:
        """Takes the present counts."""


class Bar:
    """How many of a known number of things are done: a bar on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console, *, what: str, counted: str, total: int) -> None:
        """`what` is shown beside the bar, `counted` is the name of the count that grows to `total`."""
        self.console, self.live = console, console.is_terminal
        self._what, self._counted, self._total = what, counted, total
        self._began = self._shown = time.monotonic()
        self._last = 0
        times = TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), *times)
        self._progress = Progress(*columns, console=console, transient=True) if self.live else None
        self._task = self._progress.add_task(what, total=total) if self._progress else None

    def __enter__(self) -> Bar:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, counts: Mapping[str, int]) -> None:
        """Takes the present counts; a plain line is written only when the number has changed."""
        done, now = min(counts.get(self._counted, 0), self._total), time.monotonic()
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done)
        elif done != self._last and now - self._shown >= PLAIN_SECONDS:
            self._shown, self._last = now, done
            left = (now - self._began) * (self._total - done) / done
            words = f"some {left / 60:.0f} min left" if left >= 90 else f"some {left:.0f} s left"
            self.console.print(f"{self._what}: {done} of {self._total}, {words}", highlight=False, soft_wrap=True)


class Display:
    """Shows counts as they grow; a context manager.  Everything goes to standard error."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console = console
        self.live = console.is_terminal and not quiet
        self._quiet = quiet
        self._started = time.monotonic()
        self._shown = 0.0
        self._last: dict[str, int] = {}
        self._view = Live(console=console, refresh_per_second=4, transient=True) if self.live else None

    def __enter__(self) -> Display:
        self._started = self._shown = time.monotonic()
        if self._view is not None:
            self._view.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._view is not None:
            self._view.stop()

    def show(self, counts: Mapping[str, int]) -> None:
        """Takes the present counts; a plain line is written only when they have changed."""
        now = time.monotonic()
        if self._view is not None:
            self._view.update(self._table(counts, now))
        elif not self._quiet and now - self._shown >= PLAIN_SECONDS and dict(counts) != self._last:
            self._shown, self._last = now, dict(counts)
            self.console.print(self._line(counts, now), highlight=False, soft_wrap=True)

    def _rate(self, counts: Mapping[str, int], now: float) -> float:
        return counts.get("pages", 0) / max(now - self._started, 0.001)

    def _line(self, counts: Mapping[str, int], now: float) -> str:
        shown = "  ".join(f"{title} {counts.get(name, 0)}" for title, name in _COLUMNS if counts.get(name))
        return f"{now - self._started:5.0f} s  {shown or 'starting'}  {self._rate(counts, now):.1f} pages/s"

    def _table(self, counts: Mapping[str, int], now: float) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for title in (*(_NARROW.get(title, title) for title, _ in _COLUMNS), "per s", "time"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_row(
            *(str(counts.get(name, 0)) for _, name in _COLUMNS),
            f"{self._rate(counts, now):.1f}",
            f"{now - self._started:.0f} s",
        )
        return table
