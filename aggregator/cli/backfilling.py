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
from aggregator.run import utc_now


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@project_options
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
    paths: tuple[Path, ...],
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
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

    \b
    Examples:
      aggregator backfill CC-NEWS-20260101000000-00001.warc.gz
      aggregator backfill archives/2025 --language fa,ar --since 2025-01-01
      aggregator backfill archives --dask tcp://10.0.0.5:8786
    """
    from aggregator.operations import backfill as work
    from aggregator.operations import crawls

    config = config_of(overrides, data, sources)
    configuration.catalogue(config).select(region=region or None, source=source or None)
    if named := [str(path) for path in paths if "," in str(path)]:
        raise InputError(f"a path with a comma cannot be read: {named[0]}", subject=named[0])
    words = {
        "warc": ",".join(str(path.absolute()) for path in paths),
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
    crawls.remember(config, "backfill " + " ".join(path.name for path in paths), result, began, utc_now())
    work.summary(result, config.data_folder / "articles.jsonl", Console())
    if result.reason == "shutdown":
        click.echo("interrupted: everything is saved; the same command goes on.", err=True)
        sys.exit(INTERRUPTED)
