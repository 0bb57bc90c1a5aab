"""Stories: which there are, and how they would be with other settings."""

from __future__ import annotations

from datetime import datetime

import click

from aggregator.cli.options import config_of, data_options, day, open_store, print_json
from aggregator.encoding import to_plain


@click.command()
@data_options
@click.option("--since", callback=day, help="With an article of this day or time, or later.")
@click.option("--until", callback=day, help="With an article before it.")
@click.option("--language", help="With an article in this language.")
@click.option("--country", help="With an outlet of this country (ISO 3166).")
@click.option("--source", help="With an article of this source.")
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, help="Articles it must have.")
@click.option("--biggest", is_flag=True, help="The biggest first, instead of the latest.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Stories shown.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def stories(
    data: str | None,
    since: datetime | None,
    until: datetime | None,
    language: str | None,
    country: str | None,
    source: str | None,
    least: int,
    biggest: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List stories: articles of several outlets and languages that tell of one event.

    \b
    Examples:
      aggregator stories
      aggregator stories --biggest --since 2026-03-01 --language ar
      aggregator show story-8c5c3b90d63926384c27
    """
    from aggregator.operations.storylines import stories_table
    from aggregator.operations.tables import output
    from aggregator.store import StoryFilter

    wanted = StoryFilter(
        since=since,
        until=until,
        language=language,
        country=country,
        source=source,
        least=least,
        biggest_first=biggest,
        limit=limit,
    )
    store = open_store(config_of((), data))
    try:
        found = list(store.stories(wanted))
    finally:
        store.close()
    if as_json:
        print_json(to_plain(found))
    elif found:
        output().print(stories_table(found), highlight=False)
    else:
        click.echo(f"no story has {least} articles or more: --least 1 shows those of one", err=True)
