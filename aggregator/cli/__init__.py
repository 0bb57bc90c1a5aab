"""The command `aggregator`.

Commands parse what the user wrote, call one room or operation, and print.  Errors of the tree become one line on
standard error and exit status 2; results go to standard output, everything else to standard error.
"""

from __future__ import annotations

from typing import Any

import click

from aggregator import __version__
from aggregator.cli import clustering, crawling, forgetting, journal, page, projects, reading, sources, stories
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
def main() -> None:
    """Collect the news of a region as one clean, deduplicated stream.

    \b
    Start here:
      aggregator demo                  watch it work on a bundled news web, no network needed
      aggregator init mynews           make a project of your own; then, in it:
      aggregator crawl --region europe poll the feeds that are due and fetch what is new
      aggregator status                how things stand

    The stream is data/articles.jsonl: one line per article, appended once, never rewritten.

    Exit status: 0 done, 1 nothing could be reached, 2 usage or configuration, 130 interrupted.
    """


for _command in (
    projects.init,
    projects.demo,
    crawling.crawl,
    sources.sources,
    page.extract,
    reading.show,
    reading.why,
    reading.export,
    reading.status,
    stories.stories,
    stories.recluster,
    journal.journal,
    clustering.cluster,
    forgetting.forget,
):
    main.add_command(_command)
