"""The database itself: moving everything to another one."""

from __future__ import annotations

from collections import Counter

import click
from rich.console import Console


@click.group()
def store() -> None:
    """The database: move it."""


@store.command("copy", short_help="Move everything to another database.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def store_copy(source: str, target: str, quiet: bool) -> None:
    """Copy a whole store FROM one place TO another, and compare both at the end.

    A place is the path of a SQLite file or postgresql://USER@HOST/DATABASE.  Stop the schedule and all crawls first.
    The target must be empty; it stays so if anything goes wrong.  The log keeps its numbers, so the files below data/
    stay as they are: set or clear store.url, and go on.

    \b
    Example:
      aggregator store copy data/aggregator.db postgresql://news@db.example/news
    """
    from aggregator.operations.display import Bar
    from aggregator.store import copy_store, place_of
    from aggregator.store.copying import steps

    from_, done = place_of(source), Counter[str]()
    bar = Bar(Console(stderr=True, quiet=quiet), what="rows", counted="rows", total=steps(from_))
    with bar:

        def advance(_table: str, rows: int) -> None:
            done["rows"] += rows
            bar.show(done)

        copied = copy_store(from_, place_of(target), advance)
    for table in copied:
        click.echo(f"{table.rows:>12,}  {table.table:<12} {table.digest[:16]}")
    click.echo("both ends are the same")
