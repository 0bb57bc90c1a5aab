"""How things stand."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.live import Live

from aggregator.cli.options import DONE, config_of, data_options, open_store, print_json
from aggregator.config import Config
from aggregator.encoding import to_plain
from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.fleet.queue import Queued

NEEDED = 1
"""Exit status where a person is needed."""

REFRESH = 2.0
"""Seconds between two looks of --watch."""


@click.command()
@data_options
@click.option("--catalogue", metavar="FILE", help="The sources that were crawled, where they are not the project's.")
@click.option("--out", type=click.Path(path_type=Path), help="File to replace (default: standard output).")
def metrics(data: str | None, catalogue: str | None, out: Path | None) -> None:
    """Write the figures of `aggregator status` in the text format of Prometheus.

    With --out, for the textfile collector of node_exporter; docs/operations.md lists them.

    \b
    Example:
      aggregator metrics
      aggregator metrics --out /var/lib/node_exporter/aggregator.prom
    """
    from aggregator.operations import scheduled
    from aggregator.operations.metrics import text, write
    from aggregator.operations.overview import overview
    from aggregator.operations.standing import standing

    config, now = config_of((), data, catalogue), datetime.now(UTC)
    store = open_store(config)
    try:
        content = text(standing(store, config, now), overview(store, config, now), scheduled.load(config.data_folder))
    finally:
        store.close()
    if out is None:
        click.echo(content, nl=False)
    else:
        write(out, content)


@click.command()
@data_options
@click.option("--sources", "by_source", is_flag=True, help="A row for each source: how complete its collection is.")
@click.option("--catalogue", metavar="FILE", help="The sources that were crawled, where they are not the project's.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--watch", is_flag=True, help="Go on showing it, until Ctrl-C.")
def status(data: str | None, by_source: bool, catalogue: str | None, as_json: bool, watch: bool) -> None:
    """Show how things stand: the schedule, the last 24 hours, what is pending, what failed, the disk.

    In a fleet also its queue: jobs that wait, run and were given up, since when the oldest waits, and the workers.

    With --sources: for each source how it is doing, when it was polled and is due, new pages a day over a week, since
    when nothing is new, failures in a row, polls that lost entries, pending pages, and the share of pages that gave an
    article.

    Exit status: 0 all is well, 1 a person is needed (and why is said), 2 it cannot be told.

    \b
    Examples:
      aggregator status
      aggregator status --watch
      aggregator status --sources
    """
    config = config_of((), data, catalogue)
    if by_source:
        _sources(config, as_json=as_json)
    elif watch:
        _watch(config)
    else:
        sys.exit(_once(config, as_json=as_json))


def _sources(config: Config, *, as_json: bool) -> None:
    from aggregator.operations.coverage import WIDE, coverage, coverage_table, reasons
    from aggregator.operations.tables import output

    now, store = datetime.now(UTC), open_store(config)
    try:
        rows = coverage(store, config, now)
    finally:
        store.close()
    if as_json:
        print_json(to_plain(rows))
    else:
        console = output()
        console.print(coverage_table(rows, now, console.width), highlight=False)
        for line in reasons(rows) if console.width < WIDE else ():
            console.print(line, highlight=False, markup=False, style="yellow")


def _once(config: Config, *, as_json: bool) -> int:
    from aggregator.operations.overview import overview
    from aggregator.operations.screen import status_table
    from aggregator.operations.standing import standing

    now, store = datetime.now(UTC), open_store(config)
    try:
        stands, found = standing(store, config, now), overview(store, config, now)
    finally:
        store.close()
    queued = _queued(config)
    if as_json:
        fleet = {"fleet": to_plain(queued)} if queued is not None else {}
        print_json({**to_plain(stands), "schedule": {**to_plain(found), "needs": found.needs}, **fleet})
    else:
        Console().print(status_table(stands, found, now, _told(queued, now)), highlight=False)
    return NEEDED if found.needs else DONE


def _queued(config: Config) -> Queued | None:
    """How a fleet's queue stands; None where the project is none."""
    if not config.fleet.enabled or not isinstance(config.place, str):
        return None
    try:
        from aggregator.fleet import queue
    except ImportError as error:
        raise ConfigError(f"a fleet needs more ({error}): install regional-news-aggregator[fleet]") from error
    return queue.standing(config.place)


def _told(queued: Queued | None, now: datetime) -> list[tuple[str, str]]:
    if queued is None:
        return []
    from aggregator.fleet import queue

    return queue.told(queued, now)


def _watch(config: Config) -> None:
    from aggregator.operations.overview import overview
    from aggregator.operations.screen import status_table
    from aggregator.operations.standing import standing

    store, ended = open_store(config), threading.Event()
    try:
        with Live(console=Console(), auto_refresh=False) as live:
            while True:
                now = datetime.now(UTC)
                fleet = _told(_queued(config), now)
                table = status_table(standing(store, config, now), overview(store, config, now), now, fleet)
                live.update(table, refresh=True)
                ended.wait(REFRESH)
    except KeyboardInterrupt:
        return
    finally:
        store.close()
