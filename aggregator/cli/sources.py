"""The catalogue from the command line."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from aggregator import config as configuration
from aggregator.cli.options import (
    UNREACHABLE,
    config_of,
    print_json,
    project_options,
)
from aggregator.encoding import to_plain


@click.group()
def sources() -> None:
    """The catalogue: whom we read."""


@sources.command("list")
@project_options
@click.option("--region", help="Only these regions.")
def sources_list(overrides: tuple[str, ...], data: str | None, sources: str | None, region: str | None) -> None:
    """List the sources.

    \b
    Example:
      aggregator sources list --region middle-east
    """
    from aggregator.operations.tables import output, sources_table

    chosen = configuration.catalogue(config_of(overrides, data, sources)).select(region=region)
    output().print(sources_table(chosen), highlight=False)
    click.echo(f"{len(chosen)} sources", err=True)


@sources.command("show")
@project_options
@click.argument("source")
def sources_show(overrides: tuple[str, ...], data: str | None, sources: str | None, source: str) -> None:
    """Show one source as JSON, with the state of its feeds.

    \b
    Example:
      aggregator sources show irna
    """
    from aggregator.store import SqliteStore

    config = config_of(overrides, data, sources)
    found = configuration.catalogue(config).get(source)
    shown = to_plain(found)
    if config.database.exists():
        store = SqliteStore(config.database)
        states = store.poll_states()
        store.close()
        shown["polls"] = [to_plain(states[feed.url]) for feed in found.feeds if feed.url in states]
    print_json(shown)


@sources.command("check")
@project_options
@click.option("--region", help="Only these regions.")
@click.option("--source", help="Only these sources.")
def sources_check(
    overrides: tuple[str, ...], data: str | None, sources: str | None, region: str | None, source: str | None
) -> None:
    """Ask every feed once and show what it answers.  Nothing is stored.

    \b
    Example:
      aggregator sources check --region south-asia
    """
    from aggregator.operations import crawls
    from aggregator.operations.display import Display
    from aggregator.operations.tables import checks_table

    config = config_of(overrides, data, sources)
    chosen = configuration.catalogue(config).select(region=region, source=source)
    click.echo(f"asking the feeds of {len(chosen)} sources", err=True)
    arguments = {name: value for name, value in (("region", region), ("source", source)) if value}
    rows = crawls.probe(config, "check", arguments, Display(Console(stderr=True), quiet=True))
    Console().print(checks_table(rows), highlight=False)
    good = sum(row["good"] for row in rows)
    click.echo(f"{good} of {len(rows)} feeds are good")
    if rows and not any(row["status"] for row in rows):
        click.echo("aggregator: nothing could be reached; is there a network?", err=True)
        sys.exit(UNREACHABLE)
