"""What was collected: articles, reasons, exports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aggregator.cli.options import (
    config_of,
    data_options,
    day,
    open_store,
    print_json,
)
from aggregator.encoding import to_plain
from aggregator.errors import InputError
from aggregator.records import Article


@click.command()
@data_options
@click.argument("subject", metavar="ARTICLE|STORY")
@click.option("--diff", "as_diff", is_flag=True, help="Of an article: what changed between its forms, word by word.")
@click.option(
    "--graph", "as_graph", is_flag=True, help="Of a story: what its articles link to, and what links to them."
)
def show(data: str | None, subject: str, as_diff: bool, as_graph: bool) -> None:
    """Show an article (its id or URL) or a story (its id) as it is true now, as JSON.

    An article comes with its known copies and who had it first, a story with its articles and their copies.

    \b
    Examples:
      aggregator show https://example.org/news/1
      aggregator show --diff https://example.org/news/1
      aggregator show story-8c5c3b90d63926384c27
      aggregator show --graph story-8c5c3b90d63926384c27
    """
    from aggregator.operations import storylines
    from aggregator.operations.copies import family
    from aggregator.operations.revisions import revisions

    store = open_store(config_of((), data))
    try:
        story = storylines.graph(store, subject) if as_graph else storylines.story(store, subject)
        article_id = None if story or as_graph else store.find(subject)
        found = store.article(article_id) if article_id else None
        if story is not None:
            print_json(story)
        elif found is None:
            kind = "story" if as_graph else "article or story"
            raise InputError(f"no {kind} is known as {subject}: `aggregator why {subject}` may say more")
        elif as_diff:
            for line in revisions(store.forms(found.id)):
                click.echo(line)
        else:
            print_json({**to_plain(found), **family(store, found)})
    finally:
        store.close()


@click.command()
@data_options
@click.argument("subject")
def why(data: str | None, subject: str) -> None:
    """Print every decision about SUBJECT, the id of an article or a URL, with its reason.

    \b
    Example:
      aggregator why https://example.org/news/1
    """
    from aggregator.operations.reports import explain

    store = open_store(config_of((), data))
    try:
        for line in explain(store, subject):
            click.echo(line)
    finally:
        store.close()


@click.command()
@data_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "parquet", "links"]),
    default="jsonl",
    show_default=True,
    help="parquet: a folder, by day and region.  links: groups of articles that editors have linked, with their links.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--since", callback=day, help="Published at or after this day or time (UTC unless it says a zone).")
@click.option("--until", callback=day, help="Published before it.")
@click.option("--region", help="Of this region.")
@click.option("--source", help="Of this source.")
@click.option("--language", help="In this language.")
@click.option("--story", help="Of the story of this id.")
@click.option("--query", help="Holding all these words, letters folded.")
@click.option("--where", "condition", metavar="CONDITION", help="A condition as in [[rule]], such as 'words > 300'.")
def export(
    data: str | None,
    form: str,
    out: Path | None,
    since: datetime | None,
    until: datetime | None,
    region: str | None,
    source: str | None,
    language: str | None,
    story: str | None,
    query: str | None,
    condition: str | None,
) -> None:
    """Write the unique articles as they are true now: latest forms, relations with all known targets.

    \b
    Examples:
      aggregator export --region middle-east --since 2026-03-01 > march.jsonl
      aggregator export --format csv --language fa --out persian.csv
      aggregator export --story story-8c5c3b90d63926384c27
      aggregator export --format parquet --out parquet
    """
    from aggregator.operations.reports import as_csv, as_jsonl, matching, where
    from aggregator.operations.storylines import clusters
    from aggregator.store.interface import Filter

    store = open_store(config_of((), data))
    try:
        wanted = Filter(
            since=since, until=until, region=region, source=source, language=language, story=_story(store, story)
        )
        articles = where(matching(store.articles(wanted), query), condition, datetime.now(UTC))
        if form == "parquet":
            _parquet(articles, out)
            return
        if form == "links":
            chunks = as_jsonl(clusters(store))
        else:
            chunks = as_csv(articles) if form == "csv" else as_jsonl(articles)
        if out is None:
            for chunk in chunks:
                click.echo(chunk, nl=False)
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(chunks)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}", subject=str(out)) from error
    finally:
        store.close()


def _parquet(articles: Iterable[Article], out: Path | None) -> None:
    from aggregator.operations import parquet

    if out is None:
        raise InputError("Parquet is a folder of files: name it with --out FOLDER")
    click.echo(f"{parquet.write(articles, out)} articles below {out}", err=True)


def _story(store: Any, story: str | None) -> str | None:
    found: str | None = store.find_story(story) if story else None
    if story and found is None:
        raise InputError(f"no story is known as {story}: `aggregator stories` lists them", subject=story)
    return found
