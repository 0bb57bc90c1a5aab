"""Reading one page."""

from __future__ import annotations

import click

from aggregator.cli.options import (
    config_or_shipped,
    print_json,
    project_options,
)
from aggregator.encoding import to_plain
from aggregator.errors import InputError


@click.command()
@project_options
@click.argument("page")
@click.option("--url", help="URL that a FILE was fetched from.")
@click.option("--explain", is_flag=True, help="Say on standard error why each fact is what it is.")
def extract(
    overrides: tuple[str, ...], data: str | None, sources: str | None, page: str, url: str | None, explain: bool
) -> None:
    """Read one page, a FILE or a URL, and print the article as JSON.  Nothing is stored.

    \b
    Examples:
      aggregator extract page.html --url https://example.org/news/1
      aggregator extract https://example.org/news/1
    """
    from aggregator.operations import pages

    config = config_or_shipped(overrides, data, sources)
    extraction = pages.read(config, page, url)
    if explain:
        for decision in extraction.decisions:
            click.echo(f"{decision.what:<12} {decision.choice}: {decision.reason}", err=True)
        for part, seconds in extraction.seconds:
            click.echo(f"{part:<12} {seconds * 1000:.1f} ms", err=True)
    if extraction.article is None:
        raise InputError(f"{page}: {extraction.rejected}", subject=page)
    print_json(to_plain(extraction.article))
