"""The command `aggregator`.

Commands parse what the user wrote, call one room or operation, and print.  Errors of the tree become one line on
standard error and exit status 2; results go to standard output, everything else to standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aggregator import __version__
from aggregator.cli import (
    clustering,
    crawling,
    forgetting,
    journal,
    page,
    projects,
    reading,
    schedule,
    sources,
    status,
    store,
    stories,
    upkeep,
)
from aggregator.cli import leash as leashed
from aggregator.cli.options import USAGE
from aggregator.errors import AggregatorError


class _Group(click.Group):
    """Turns errors of the tree into one clear line."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except AggregatorError as error:
            click.echo(f"aggregator: {error}", err=True)
            context.exit(USAGE)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="aggregator")
@click.option("--leash", type=click.Path(path_type=Path), hidden=True, help="How the schedule starts its children.")
@click.pass_context
def main(context: click.Context, leash: Path | None) -> None:
    """Collect the news of a region as one clean, deduplicated stream.

    \b
    Start here:
      aggregator demo                  watch it work on a bundled news web, no network needed
      aggregator init mynews           make a project of your own; then, in it:
      aggregator crawl --region europe poll the feeds that are due and fetch what is new
      aggregator schedule              leave it running
      aggregator status                how things stand

    The stream is data/articles.jsonl: one line per article, appended once, never rewritten.

    Exit status: 0 done, 1 nothing could be reached, 2 usage or configuration, 130 interrupted.
    """
    if leash is not None:
        context.obj = leashed.hold(leash)


for _command in (
    projects.init,
    projects.demo,
    crawling.crawl,
    schedule.schedule,
    upkeep.maintain,
    upkeep.backup,
    upkeep.doctor,
    store.store,
    sources.sources,
    page.extract,
    reading.show,
    reading.why,
    reading.export,
    stories.stories,
    stories.recluster,
    status.status,
    status.metrics,
    journal.journal,
    clustering.cluster,
    forgetting.forget,
):
    main.add_command(_command)
