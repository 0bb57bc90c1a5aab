"""Reading archives of stored pages."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from aggregator import config as configuration
from aggregator.cli.options import INTERRUPTED, config_of, day, project_options
from aggregator.errors import InputError
from aggregator.remote import is_remote
from aggregator.run import utc_now
from aggregator.urls import masked

MOST_NAMED = 5
"""Files by which a backfill is named in `aggregator status`."""


@click.command()
@click.argument("archives", nargs=-1, metavar="PATH|URL...")
@project_options
@click.option("--list", "lists", multiple=True, metavar="PATH|URL", help="Read the archives that this file names.")
@click.option("--base", default="", metavar="URL", help="Where the paths of a list begin.")
@click.option("--region", default="", help="Only pages of sources of these regions (parted by commas).")
@click.option("--source", default="", help="Only pages of these sources (ids, parted by commas).")
@click.option("--any-site", is_flag=True, help="Also pages of sites that the catalogue does not have.")
@click.option("--language", default="", metavar="CODES", help="Only articles in these languages (parted by commas).")
@click.option("--since", callback=day, help="Only what was published at or after this day or time.")
@click.option("--until", callback=day, help="Only what was published before it.")
@click.option("--again", is_flag=True, help="Read files, too, that were read to their end before.")
@click.option("--dask", default="", metavar="ADDRESS", help='Let the workers of this Dask scheduler read: "tcp://...".')
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
@click.option("--verbose", is_flag=True, help="A log line for each page.")
def backfill(
    archives: tuple[str, ...],
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    lists: tuple[str, ...],
    base: str,
    region: str,
    source: str,
    any_site: bool,
    language: str,
    since: datetime | None,
    until: datetime | None,
    again: bool,
    dask: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Read WARC files, of other collections or of our own, into the same stream as the live crawl.

    PATH is a file (plain, gzip or zstd), or a folder: the .warc, .warc.gz and .warc.zst files below it are read by
    name.  Pages go through the same stages as fetched ones and get the same ids; their own links are not followed.
    A file that was read to its end is left out the next time, so that an interrupted backfill goes on.
    A URL (http, https) is fetched to the data folder first, while the one before is read, and deleted once it is read;
    where the connection is cut it goes on from there.  --list names a list of files, one a line, plain or gzip.

    \b
    Examples:
      aggregator backfill CC-NEWS-20260101000000-00001.warc.gz
      aggregator backfill archives/2025 --language fa,ar --since 2025-01-01
      aggregator backfill archives --dask tcp://10.0.0.5:8786
      aggregator backfill --list warc.paths.gz --base https://data.example/
    """
    from aggregator.operations import backfill as work
    from aggregator.operations import crawls

    config = config_of(overrides, data, sources)
    configuration.catalogue(config).select(region=region or None, source=source or None)
    paths = [*archives, *(name for each in lists for name in work.listed(each, base, config))]
    if not paths:
        raise click.UsageError("name the archives to read: files, folders, URLs, or a --list of them")
    if named := [path for path in paths if "," in path]:
        raise InputError(f"a path with a comma cannot be read: {named[0]}", subject=named[0])
    if missing := [path for path in paths if not is_remote(path) and not Path(path).exists()]:
        raise InputError(f"{missing[0]} does not exist", subject=missing[0])
    words = {
        "warc": ",".join(path if is_remote(path) else str(Path(path).absolute()) for path in paths),
        "region": region,
        "source": source,
        "language": language,
        "dask": dask,
        "again": "yes" if again else "",
        "unknown": "keep" if any_site else "skip",
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    chosen = {name: value for name, value in words.items() if value}
    console = Console(stderr=True)
    began = utc_now()
    shown = work.Shown(console, work.sizes(paths), quiet=quiet)
    result = crawls.crawl(config, "backfill", chosen, shown, verbose=verbose)
    named = [masked(path).rstrip("/").rpartition("/")[2] for path in paths[:MOST_NAMED]]
    more = [f"and {len(paths) - MOST_NAMED} more"] if len(paths) > MOST_NAMED else []
    crawls.remember(config, " ".join(["backfill", *named, *more]), result, began, utc_now())
    work.summary(result, config.data_folder / "articles.jsonl", Console())
    if result.reason == "shutdown":
        click.echo("interrupted: everything is saved; the same command goes on.", err=True)
        sys.exit(INTERRUPTED)
