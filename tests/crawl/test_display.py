"""What is seen while one waits."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from aggregator.operations import display
from aggregator.operations.display import Bar


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
    assert seen.getvalue().splitlines() == [f"asking feeds: {n} of 30" for n in (4, 9, 14, 19)]
