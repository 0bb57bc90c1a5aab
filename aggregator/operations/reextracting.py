"""Reading the stored pages of known articles once more: how much there is to read, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from aggregator.operations.crawls import CrawlResult
from aggregator.store import SqlStore

_COUNTS = (
    ("archives read", "files/read"),
    ("archives that this code had read before (--again reads them)", "files/known"),
    ("pages", "pages"),
    ("articles read otherwise", "outcome/revision"),
    ("articles read as before", "outcome/unchanged"),
    ("pages that give no article any longer: theirs stay as they are", "outcome/rejected"),
    ("articles not wanted (dates)", "outcome/outside"),
    ("pages of other sources", "outcome/skipped"),
    ("pages that are no longer in the archives", "outcome/gone"),
    ("pages that could not be read", "outcome/failed"),
)
_ALWAYS = ("pages", "outcome/revision", "outcome/unchanged")


def size(store: SqlStore) -> int:
    """Bytes of the stored pages that the present forms of articles were read from."""
    return sum(capture.length for file in store.archive_files() for capture in store.captures_read(file))


def summary(result: CrawlResult, otherwise: Iterable[Mapping[str, Any]], console: Console, *, dry_run: bool) -> None:
    """Prints what came of it; of a dry run, each article that would get a revision."""
    for each in otherwise:
        console.print(f"{each['url']}: {each['reason']}", markup=False, highlight=False, soft_wrap=True)
    title = "reextract (dry run: nothing was written)" if dry_run else "reextract"
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for words, name in _COUNTS:
        if result.counts.get(name) or name in _ALWAYS:
            table.add_row(str(result.counts.get(name, 0)), words)
    table.add_row(
        f"{result.seconds:.1f} s", f"{result.counts.get('pages', 0) / max(result.seconds, 0.001):.1f} pages/s"
    )
    console.print(table, highlight=False)
