"""What a person sees while a crawl runs: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.live import Live
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
        table = Table(box=None, pad_edge=False)
        for title, _ in _COLUMNS:
            table.add_column(title, justify="right")
        table.add_column("pages/s", justify="right")
        table.add_column("time", justify="right")
        table.add_row(
            *(str(counts.get(name, 0)) for _, name in _COLUMNS),
            f"{self._rate(counts, now):.1f}",
            f"{now - self._started:.0f} s",
        )
        return table
