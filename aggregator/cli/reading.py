"""What was collected: articles, reasons, exports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

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


@click.command()
@data_options
@click.argument("article")
@click.option("--diff", "as_diff", is_flag=True, help="What changed between its forms, word by word.")
def show(data: str | None, article: str, as_diff: bool) -> None:
    """Show ARTICLE, an id or URL, as it is true now, with its known copies and who had it first, as JSON.

    \b
    Examples:
      aggregator show https://example.org/news/1
      aggregator show --diff https://example.org/news/1
    """
    from aggregator.operations.copies import family
    from aggregator.operations.revisions import revisions

    store = open_store(config_of((), data))
    try:
        article_id = store.find(article)
        found = store.article(article_id) if article_id else None
        if found is None:
            raise InputError(f"no article is known as {article}: `aggregator why {article}` may say more")
        if as_diff:
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
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--since", callback=day, help="Published at or after this day or time (UTC unless it says a zone).")
@click.option("--until", callback=day, help="Published before it.")
@click.option("--region", help="Of this region.")
@click.option("--source", help="Of this source.")
@click.option("--language", help="In this language.")
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
    query: str | None,
    condition: str | None,
) -> None:
    """Write the unique articles as they are true now: latest forms, relations with all known targets.

    \b
    Examples:
      aggregator export --region middle-east --since 2026-03-01 > march.jsonl
      aggregator export --format csv --language fa --out persian.csv
    """
    from aggregator.operations.reports import as_csv, as_jsonl, matching, where
    from aggregator.store.interface import Filter

    store = open_store(config_of((), data))
    try:
        wanted = Filter(since=since, until=until, region=region, source=source, language=language)
        articles = where(matching(store.articles(wanted), query), condition, datetime.now(UTC))
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
