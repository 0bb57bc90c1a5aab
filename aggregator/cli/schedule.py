"""Leaving it running."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import DONE, UNREACHABLE, project_options

if TYPE_CHECKING:
    from aggregator.operations.snapshot import Origin

FORECAST = timedelta(hours=24)


@click.command()
@project_options
@click.option("--once", is_flag=True, help="Run every job that is due now, and end: for timers of the system.")
@click.option("--dry-run", is_flag=True, help="Only print what would run in the next 24 hours.")
def schedule(overrides: tuple[str, ...], data: str | None, sources: str | None, once: bool, dry_run: bool) -> None:
    """Crawl what is due, again and again, until told to stop.

    The jobs are the [[schedule]] tables of config/aggregator.toml; without any, it looks once a minute whether a feed
    or a page is due, and crawls if so.  Each run is a process of its own with a time limit.  A changed configuration is
    read at once, or on SIGHUP; a wrong one is not used.  Ctrl-C and SIGTERM end it within ten seconds, with its
    children.

    With --once, the exit status is 1 where a job went wrong.

    \b
    Example:
      aggregator schedule
      aggregator schedule --dry-run
      aggregator schedule --once
    """
    from aggregator.operations.snapshot import Origin

    origin = Origin(start=Path.cwd(), overrides=overrides, data=data, sources=sources)
    if dry_run:
        _forecast(origin)
        return
    from aggregator.operations.schedule import Schedule

    made = Schedule(origin, _teller(origin))
    if once:
        sys.exit(DONE if made.once() else UNREACHABLE)
    made.run()


def _forecast(origin: object) -> None:
    from aggregator.operations import scheduled
    from aggregator.operations.snapshot import Origin, Snapshot, check
    from aggregator.operations.tasks import forecast, tasks

    assert isinstance(origin, Origin)
    config, now = origin.read(), datetime.now(UTC)
    snapshot = Snapshot(config=config, catalogue=check(config), project=config.root, words=())
    known = scheduled.load(config.data_folder).jobs
    for runs in forecast(tasks(snapshot), known, now, FORECAST):
        when = "now" if runs.first <= now else f"{runs.first:%Y-%m-%d %H:%M:%S} UTC"
        often = "once" if runs.runs == 1 else f"{runs.runs} times, last at {runs.last:%m-%d %H:%M}"
        click.echo(f"{runs.name:<16} {when:<23} {often}\n{'':<16} aggregator {runs.command}")


def _teller(origin: Origin) -> Callable[[str], None]:
    """Who hears what the schedule says: people, or the log where one is configured."""
    config = origin.read()
    if config.log.format == "console" and not config.log.file:
        return _say
    import logging

    from aggregator import logs

    logs.set_up(config.log, config.data_folder, logging.StreamHandler(), verbose=True)
    log = logs.logger("aggregator.schedule")
    return lambda text: log.info("schedule", said=text)


def _say(text: str) -> None:
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", err=True)
