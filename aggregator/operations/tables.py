"""Tables for people: how a crawl ended, which sources there are, what their feeds answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from aggregator.operations.crawls import CrawlResult
from aggregator.records import Source

_COUNTS = (
    ("sources", "sources"),
    ("feeds polled", "feeds/polled"),
    ("of them unchanged (304)", "feeds/unchanged"),
    ("feeds not due yet", "feeds/not_due"),
    ("feeds that failed", "feeds/failed"),
    ("pages", "pages"),
    ("new articles", "outcome/unique"),
    ("revisions", "outcome/revision"),
    ("duplicates", "outcome/duplicate"),
    ("unchanged", "outcome/unchanged"),
    ("pages that are no article", "outcome/rejected"),
    ("not of the wanted dates", "outcome/outside"),
    ("pages to be tried again", "outcome/retry"),
    ("pages given up", "outcome/failed"),
)
_ALWAYS = ("feeds/polled", "pages", "outcome/unique")


def summary(result: CrawlResult, articles: Path, console: Console) -> None:
    """Prints how a crawl ended: counts, sources that failed with their reason, where the articles are."""
    table = Table(title="crawl", title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for title, name in _COUNTS:
        if result.counts.get(name) or name in _ALWAYS:
            table.add_row(str(result.counts.get(name, 0)), title)
    if result.pending:
        due = f", the next at {result.next_due:%Y-%m-%d %H:%M:%S} UTC" if result.next_due else ""
        table.add_row(str(result.pending), f"pending for a later run{due}")
    rate = result.counts.get("pages", 0) / max(result.seconds, 0.001)
    table.add_row(f"{result.seconds:.1f} s", f"{rate:.1f} pages/s")
    console.print(table, highlight=False)
    lines = []
    if not result.counts.get("feeds/polled") and result.next_poll:
        lines.append(f"nothing was due: the next feed is at {result.next_poll:%Y-%m-%d %H:%M:%S} UTC")
    lines += [f"failed: {source_id}: {reason}" for source_id, reason in sorted(result.failing.items())]
    for line in (*lines, f"articles: {articles}"):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def sources_table(sources: Iterable[Source]) -> Table:
    """The sources, a row each."""
    table = Table(box=None, pad_edge=False)
    for title in ("id", "name", "region", "country", "languages", "kind", "feeds", "verified"):
        table.add_column(title, no_wrap=title == "id")
    for source in sources:
        table.add_row(
            source.id,
            source.name,
            source.region or "",
            source.country or "",
            " ".join(source.languages),
            source.kind,
            str(len(source.feeds) + len(source.sitemaps)),
            "yes" if source.verified else "no",
        )
    return table


def checks_table(rows: Iterable[dict[str, Any]]) -> Table:
    """What feeds answered, the bad ones first: two lines a feed, so that it fits any terminal."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in sorted(rows, key=lambda row: (row["good"], row["source"], row["feed"])):
        found = f"{row['format']}, {row['entries']} entries"
        if row["newest"]:
            found += f", newest {row['newest']:%Y-%m-%d %H:%M} UTC"
        if row["language"]:
            found += f", language {row['language']}"
        mark, style = ("good", "green") if row["good"] else ("bad", "red")
        table.add_row(f"[{style}]{mark}[/{style}]", row["source"], row["problem"] or found)
        table.add_row("", "", row["feed"], style="dim")
    return table


def output() -> Console:
    """Standard output: as wide as the terminal, or wide enough for any table where it is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=200)
