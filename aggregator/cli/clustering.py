"""Grouping the articles of a file."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write rows to."
)
@click.option(
    "--model",
    default="",
    metavar="MODEL",
    help='What says how near articles are in meaning: e5, or model2vec:NAME_OR_PATH.  Needs the extra "semantic".',
)
@click.option("--quiet", is_flag=True, help="Show nothing while it runs.")
def cluster(source: Path, target: Path, model: str, quiet: bool) -> None:
    """Find the copies and the stories among the articles of a file of JSON lines (or .jsonl.gz).

    Rows need an id, a headline (or title) and a time (published); text (or body), language (or lang), source and url
    help.  They are taken in the order of the file, which should be that of time.  Our own articles and journal are
    understood.  Each row gives one: id, duplicate_of, level, story_id, score.

    \b
    Examples:
      aggregator cluster data/articles.jsonl --out stories.jsonl
      aggregator cluster other-collection.jsonl.gz --out stories.jsonl --quiet
      aggregator cluster data/articles.jsonl --out stories.jsonl --model e5
    """
    from rich.console import Console

    from aggregator.operations import clustering
    from aggregator.operations.display import Bar
    from aggregator.stories import Options

    options = Options(model=model)

    if quiet:
        totals = clustering.cluster(source, target, options=options)
    else:
        with Bar(Console(stderr=True), what="bytes read", counted="bytes", total=source.stat().st_size) as bar:
            totals = clustering.cluster(source, target, bar, options)
    click.echo(
        f"{totals.rows} articles, {totals.duplicates} of them copies, in {totals.stories} stories: {target}", err=True
    )
