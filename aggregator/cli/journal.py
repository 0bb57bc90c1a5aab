"""The append-only files."""

from __future__ import annotations

import click

from aggregator.cli.options import (
    config_of,
    data_options,
    open_store,
)
from aggregator.errors import InputError


@click.group()
def journal() -> None:
    """The append-only files under data/."""


@journal.command("rebuild")
@data_options
def journal_rebuild(data: str | None) -> None:
    """Make articles.jsonl and the journal again from the store.  Files that are right are left alone.

    \b
    Example:
      aggregator journal rebuild
    """
    from filelock import Timeout

    from aggregator.journal.jsonl import rebuild
    from aggregator.run import editor_lock

    config = config_of((), data)
    store = open_store(config)
    lock = editor_lock(config)
    try:
        lock.acquire(timeout=5)
        for name, state in rebuild(store, config.data_folder):
            click.echo(f"{state:<10} {name}")
    except Timeout:
        raise InputError(f"a crawl is writing the journal of {config.data_folder}: try again when it is done") from None
    finally:
        lock.release()
        store.close()


@journal.command("schema")
def journal_schema() -> None:
    """Print the JSON Schema of the lines.

    \b
    Example:
      aggregator journal schema > news-1.schema.json
    """
    from aggregator.journal.lines import shipped_schema

    click.echo(shipped_schema().decode(), nl=False)
