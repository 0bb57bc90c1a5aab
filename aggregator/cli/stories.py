"""Stories: which there are, and how they would be with other settings."""

from __future__ import annotations

from datetime import datetime

import click

from aggregator.cli.options import config_of, data_options, day, open_store, print_json
from aggregator.encoding import to_plain
from aggregator.errors import InputError


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


@click.command()
@data_options
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Settings to try: stories.KEY=VALUE.")
@click.option("--since", callback=day, help="Only articles of this day or time, or later.")
@click.option("--replace", "put_in", is_flag=True, help="Put the new stories in the place of the present ones.")
@click.option("--quiet", is_flag=True, help="Show nothing while it runs.")
def recluster(data: str | None, overrides: tuple[str, ...], since: datetime | None, put_in: bool, quiet: bool) -> None:
    """Put the store's articles into stories again, with other settings, and tell what would be different.

    Nothing is changed without --replace.  With it the changes are written as merges and splits of the present stories,
    whose ids go on; write the settings into config/aggregator.toml too, so that the next crawl uses them.

    \b
    Examples:
      aggregator recluster --set stories.same_language=0.2
      aggregator recluster --since 2026-03-01 --set stories.event_days=3 --replace
    """
    from filelock import Timeout
    from rich.console import Console

    from aggregator.operations import reclustering
    from aggregator.operations.display import Bar
    from aggregator.run import editor_lock, utc_now

    config = config_of(overrides, data)
    store = open_store(config)
    lock = editor_lock(config)
    try:
        if put_in:
            lock.acquire(timeout=5)
            if not store.become_editor():
                raise Timeout(lock.lock_file)
        total = store.counts().get("articles.unique", 0)
        with Bar(Console(stderr=True, quiet=quiet), what="articles", counted="articles", total=total) as bar:
            before, after = reclustering.replay(store, config.stories, since, bar)
        for line in reclustering.told(reclustering.difference(before, after)):
            click.echo(line)
        if put_in:
            click.echo(f"put in: {reclustering.put_in(store, config, before, after, utc_now())} merges and splits")
    except Timeout:
        raise InputError(f"a crawl is writing the journal of {config.data_folder}: try again when it is done") from None
    finally:
        store.resign_editor()
        lock.release()
        store.close()
