"""Many machines on one PostgreSQL."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator import config as configuration
from aggregator.cli.options import chosen_sources, config_of, project_options
from aggregator.errors import ConfigError

CONCURRENCY = 50


@click.command()
@project_options
@click.option(
    "--concurrency",
    type=click.IntRange(1, 1_000),
    default=CONCURRENCY,
    show_default=True,
    help="Sources that are crawled at once.",
)
@click.option("--no-edit", is_flag=True, help="Never write the journal on this machine: others do.")
@click.option("--once", is_flag=True, help="End when no job waits.")
def worker(
    overrides: tuple[str, ...], data: str | None, sources: str | None, concurrency: int, no_edit: bool, once: bool
) -> None:
    """Crawl what the schedule has put into the queue, as one of many machines.

    Needs fleet.enabled and a store on PostgreSQL (store.url), the same on all machines, and
    regional-news-aggregator[fleet].  Ctrl-C and SIGTERM end it within ten seconds; what was not finished goes to
    others, and what a killed worker had goes to them after 20 seconds.

    Of all workers one edits: it writes articles.jsonl and the journal into its data folder.  Where it ends, another
    takes over.

    \b
    Examples:
      aggregator worker
      aggregator worker --concurrency 200 --no-edit
    """
    _fleet_of(overrides, data, sources)
    from aggregator.fleet.worker import Worker
    from aggregator.operations.snapshot import Origin

    origin = Origin(start=Path.cwd(), overrides=overrides, data=data, sources=sources)
    Worker(origin, concurrency=concurrency, edits=not no_edit, say=_say).run(once=once)


@click.command()
@project_options
@chosen_sources
@click.option("--now", is_flag=True, help="What is named whether or not it is due.")
def defer(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    source: str | None,
    spider: str,
    now: bool,
) -> None:
    """Put a job into the queue for each source that is due; the schedule does so by itself.

    A source whose job waits already gets no second one.

    \b
    Example:
      aggregator defer --region europe
    """
    config = _fleet_of(overrides, data, sources)
    from aggregator.fleet import queue
    from aggregator.fleet.jobs import due_jobs
    from aggregator.timetable import Job

    job = Job(name="defer", region=region or "", source=source or "", spider=spider, poll="now" if now else "due")
    jobs = due_jobs(config, job, datetime.now(UTC))
    deferred = queue.defer(str(config.place), jobs, spider=job.spider, poll=job.poll)
    click.echo(f"{deferred} jobs put into the queue, {len(jobs) - deferred} waited there already", err=True)


@click.command()
@project_options
def editor(overrides: tuple[str, ...], data: str | None, sources: str | None) -> None:
    """Write the journal of a fleet, or stand by while another does; each worker has one of these by itself.

    \b
    Example:
      aggregator editor --data /var/lib/aggregator
    """
    config = _fleet_of(overrides, data, sources)
    from aggregator.operations.standing_editor import edit

    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    edit(config, ending, _say)


def _fleet_of(overrides: tuple[str, ...], data: str | None, sources: str | None) -> configuration.Config:
    """The configuration, where it is that of a fleet; raises ConfigError with what to do."""
    config = config_of(overrides, data, sources)
    problem = configuration.fleet_problem(config)
    if problem:
        raise ConfigError(problem)
    if not config.fleet.enabled:
        raise ConfigError(
            "this project is no fleet: set it to true, and store.url to a PostgreSQL", key="fleet.enabled"
        )
    try:
        import procrastinate  # noqa: F401 - an extra
        import psycopg  # noqa: F401
    except ImportError as error:
        raise ConfigError(f"a fleet needs more ({error}): install regional-news-aggregator[fleet]") from error
    return config


def _say(text: str) -> None:
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", err=True)
    sys.stderr.flush()
