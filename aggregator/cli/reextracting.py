"""Reading stored pages once more."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from typing import Any

import click
from rich.console import Console

from aggregator import config as configuration
from aggregator.cli.options import INTERRUPTED, config_of, day, open_store, project_options
from aggregator.run import utc_now


@click.command()
@project_options
@click.option("--region", default="", help="Only articles of sources of these regions (parted by commas).")
@click.option("--source", default="", help="Only articles of these sources (ids, parted by commas).")
@click.option("--since", callback=day, help="Only what was published at or after this day or time.")
@click.option("--until", callback=day, help="Only what was published before it.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print which articles would change, and how.")
@click.option("--again", is_flag=True, help="Read archives, too, that this version has read to their end before.")
@click.option("--dask", default="", metavar="ADDRESS", help='Let the workers of this Dask scheduler read: "tcp://...".')
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
@click.option("--verbose", is_flag=True, help="A log line for each page.")
def reextract(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    dry_run: bool,
    again: bool,
    dask: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Read the archived pages of known articles once more, by the present code and settings.

    The project must keep its pages (archive.enabled).  An article whose text or facts come out otherwise gets a
    revision whose change is "extraction"; the others get no line.  What was interrupted goes on with the same command.

    \b
    Examples:
      aggregator reextract --dry-run      what a new version reads otherwise
      aggregator reextract --source iranpress
      aggregator reextract --dask tcp://10.0.0.5:8786
    """
    from aggregator.operations import crawls, reextracting
    from aggregator.operations.backfill import Shown

    config = config_of(overrides, data, sources)
    configuration.catalogue(config).select(region=region or None, source=source or None)
    with closing(open_store(config)) as store:
        size = reextracting.size(store)
    words = {
        "region": region,
        "source": source,
        "dask": dask,
        "again": "yes" if again or dry_run else "",
        "dry_run": "yes" if dry_run else "",
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    otherwise: list[Any] = []
    began = utc_now()
    shown = Shown(Console(stderr=True), size, quiet=quiet)
    chosen = {name: value for name, value in words.items() if value}
    result = crawls.crawl(config, "reextract", chosen, shown, verbose=verbose, items=otherwise if dry_run else None)
    if not dry_run:
        crawls.remember(config, "reextract", result, began, utc_now())
    reextracting.summary(result, otherwise, Console(), dry_run=dry_run)
    if result.reason == "shutdown":
        click.echo("interrupted: everything is saved; the same command goes on.", err=True)
        sys.exit(INTERRUPTED)
