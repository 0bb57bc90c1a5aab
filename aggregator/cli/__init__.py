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
    alerts,
    backfilling,
    clustering,
    crawling,
    fleet,
    forgetting,
    journal,
    page,
    projects,
    reading,
    reextracting,
    schedule,
    sources,
    status,
    store,
    stories,
    upkeep,
    web,
)
from aggregator.cli import leash as leashed
from aggregator.cli.options import INTERRUPTED, USAGE
from aggregator.errors import AggregatorError


class _Group(click.Group):
    """Turns errors of the tree, and Ctrl-C, into one clear line."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except AggregatorError as error:
            click.echo(f"aggregator: {error}", err=True)
            context.exit(USAGE)
        except KeyboardInterrupt:
            click.echo("aggregator: interrupted", err=True)
            context.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="aggregator")
@click.option("--leash", type=click.Path(path_type=Path), hidden=True, help="How the schedule starts its children.")
@click.pass_context
def main(context: click.Context, leash: Path | None) -> None:
    """Collect the news of a region as one clean, deduplicated stream.

    \b
    Start here:
      aggregator demo                   watch it work; no network is needed
      aggregator init mynews            make a project of your own; then, in it:
      aggregator crawl --region europe  poll what is due and fetch what is new
      aggregator schedule               leave it running
      aggregator status                 how things stand
      aggregator web                    look at what was collected

    The stream is data/articles.jsonl: one line per article, appended once, never rewritten.

    Exit status: 0 done, 1 nothing could be reached, 2 usage or configuration, 130 interrupted.
    """
    if leash is not None:
        context.obj = leashed.hold(leash)


# One line each in `aggregator --help`, on a terminal of 80 columns.
_COMMANDS: dict[click.Command, str] = {
    projects.init: "Make a project: its configuration and a catalogue of sources.",
    projects.demo: "Crawl the bundled news web, and compare with what is true.",
    crawling.crawl: "Poll the feeds that are due, fetch what is new, and stop.",
    backfilling.backfill: "Read archives of stored pages into the same stream.",
    reextracting.reextract: "Read the archived pages of known articles once more.",
    schedule.schedule: "Crawl what is due, again and again, until told to stop.",
    fleet.worker: "Crawl what the schedule has queued, as one of many machines.",
    fleet.defer: "Queue a job for each source that is due.",
    fleet.editor: "Write the journal of a fleet; each worker has one by itself.",
    upkeep.maintain: "Tidy up: database, archives, old records of runs.",
    upkeep.backup: "Copy the database, whether or not a crawl runs.",
    upkeep.doctor: "Look for what is wrong with this project.",
    store.store: "The database as a whole: copy it to another one.",
    sources.sources: "The catalogue: whom we read.",
    page.extract: "Read one page, a FILE or a URL, and print it as JSON.",
    reading.show: "Show an article or a story as it is known now.",
    reading.why: "Print every decision about an article, URL, feed or source.",
    reading.export: "Write the unique articles as they are true now.",
    stories.stories: "List stories: articles of several outlets on one event.",
    stories.recluster: "Put the articles into stories again, with other settings.",
    status.status: "Show how things stand.",
    status.metrics: "Write the figures of `status` for Prometheus.",
    web.web: "Show what was collected as a page, feeds and an API.",
    alerts.alerts: "Tell the [[alert]] tables what has happened.",
    journal.journal: "The append-only files under data/.",
    clustering.cluster: "Find copies and stories in any file of articles.",
    forgetting.forget: "Take an article, or all of a source, out for good.",
}
for _command, _words in _COMMANDS.items():
    _command.short_help = _words
    main.add_command(_command)
