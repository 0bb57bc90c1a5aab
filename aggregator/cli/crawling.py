"""Polling feeds and fetching pages."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from rich.console import Console

from aggregator import config as configuration
from aggregator.cli.options import (
    INTERRUPTED,
    UNREACHABLE,
    chosen_sources,
    config_of,
    day,
    project_options,
)
from aggregator.errors import ConfigError
from aggregator.run import utc_now


@click.command()
@project_options
@chosen_sources
@click.option("--since", callback=day, help="Only what was published at or after this day or time.")
@click.option("--until", callback=day, help="Only what was published before it.")
@click.option("--no-follow", is_flag=True, help="Do not fetch the targets of articles' own links.")
@click.option("--due", is_flag=True, help="Poll what is named by --region or --source only when it is due, too.")
@click.option("--unattended", is_flag=True, help="For cron and timers: refuse to start while crawl.contact is not set.")
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
@click.option("-v", "--verbose", is_flag=True, help="A log line for each poll and page, and Scrapy's own.")
def crawl(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    source: str | None,
    spider: str,
    since: datetime | None,
    until: datetime | None,
    no_follow: bool,
    due: bool,
    unattended: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Poll the feeds that are due, fetch what is pending, and stop when nothing is left that is due now.

    Feeds that are named by --region or --source are polled now, but not more often than polling.min_interval.
    Ctrl-C stops cleanly: what is under way is given back and goes on with the next run.

    \b
    Examples:
      aggregator crawl
      aggregator crawl --region middle-east,europe
      aggregator crawl --sources feeds.csv --data /tmp/news --set crawl.delay=2s
      aggregator crawl --spider sitemaps --source irna --since 2026-01-01
      aggregator crawl --unattended --quiet
    """
    from aggregator.operations import crawls
    from aggregator.operations.display import Display
    from aggregator.operations.tables import summary

    if no_follow:
        overrides = (*overrides, "crawl.follow_depth=0")
    config = config_of(overrides, data, sources)
    times = {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
    words = {"region": region, "source": source, "only": "due" if due else None, **times}
    chosen = {name: value for name, value in words.items() if value}
    configuration.catalogue(config).select(region=region, source=source)
    console = Console(stderr=True)
    problem = configuration.contact_problem(config)
    if problem and unattended:
        raise ConfigError(problem)
    if problem:
        console.print(problem, style="yellow", highlight=False, soft_wrap=True)
    began = utc_now()
    result = crawls.crawl(config, spider, chosen, Display(console, quiet=quiet), verbose=verbose)
    crawls.remember(config, " ".join([spider, *map("=".join, chosen.items())]), result, began, utc_now())
    if result.offline:
        click.echo(
            "aggregator: there is no network: nothing could be reached.  `aggregator demo` needs none.", err=True
        )
        sys.exit(UNREACHABLE)
    summary(result, config.data_folder / "articles.jsonl", Console())
    if result.reason == "shutdown":
        click.echo("interrupted: everything is saved; the next `aggregator crawl` goes on.", err=True)
        sys.exit(INTERRUPTED)
    if result.unreachable:
        click.echo("aggregator: nothing could be reached; is there a network?  `aggregator demo` needs none.", err=True)
        sys.exit(UNREACHABLE)
