"""What is seen while one waits."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from aggregator.operations import display
from aggregator.operations.display import Bar, Display


def test_on_a_terminal_a_bar_grows():
    seen = io.StringIO()
    with Bar(Console(file=seen, force_terminal=True, width=80), what="asking feeds", counted="checked", total=3) as bar:
        bar.show({"checked": 2, "asked": 9})
    assert "asking feeds" in seen.getvalue()
    assert "2/3" in seen.getvalue()


def test_elsewhere_a_line_is_written_now_and_then(monkeypatch: pytest.MonkeyPatch):
    """A log file must not fill with bars, nor stay silent for minutes."""
    now = 100.0
    monkeypatch.setattr(display.time, "monotonic", lambda: now)
    seen = io.StringIO()
    with Bar(Console(file=seen, width=80), what="asking feeds", counted="checked", total=30) as bar:
        for done in range(20):
            now += 1.0
            bar.show({"checked": done})
        bar.show({"checked": 99})
    assert seen.getvalue().splitlines() == [
        f"asking feeds: {n} of 30, some {left} s left" for n, left in ((4, 32), (9, 23), (14, 17), (19, 12))
    ]


def test_the_moving_figures_stand_side_by_side_on_80_columns():
    """Of a crawl of hundreds of sources that has gone on for hours; nothing of a title is cut."""
    seen = io.StringIO()
    with Display(Console(file=seen, force_terminal=True, width=80)) as shown:
        counts = {"sources": 281, "feeds/polled": 1412, "feeds/unchanged": 1103, "pages": 20344, "outcome/unique": 9876}
        counts |= {"outcome/revision": 1234, "outcome/duplicate": 4321, "outcome/rejected": 999, "errors": 321}
        shown.show(counts)
    lines = [re.sub(r"\x1b\[[0-9;?]*\w", "", line).strip() for line in seen.getvalue().splitlines()]
    titles = [line for line in lines if line.startswith("sources")][-1]
    figures = [line for line in lines if line.startswith("281")][-1]
    assert titles.split()[4:8] == ["new", "revised", "copies", "none"]
    assert figures.split()[:5] == ["281", "1412", "1103", "20344", "9876"]
    assert max(len(titles), len(figures)) <= 80
