"""Telling of events."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aggregator.cli.options import DONE, UNREACHABLE, config_of, project_options


@click.command()
@project_options
@click.option("--test", "name", metavar="NAME", help="Send a test event to this alert, and nothing else.")
def alerts(overrides: tuple[str, ...], data: str | None, sources: str | None, name: str | None) -> None:
    """Tell of what has happened since the last look: to the [[alert]] tables of config/aggregator.toml.

    The schedule does so by itself.  Run it from a timer where there is none, or to hear of a schedule that died.

    Exit status: 0 all that was due has arrived, 1 something has not.

    \b
    Examples:
      aggregator alerts
      aggregator alerts --test mail
    """
    from aggregator.operations import alerting
    from aggregator.operations.webhooks import Undelivered
    from aggregator.run import utc_now

    config = config_of(overrides, data, sources)
    sender = alerting.Sender(config, Path(config.root))
    if name:
        try:
            alerting.test(config, name, utc_now(), sender)
        except Undelivered as error:
            click.echo(f"aggregator: alert {name}: {error}", err=True)
            sys.exit(UNREACHABLE)
        click.echo(f"{name}: delivered")
        return
    told = alerting.tell(config, utc_now, sender) if config.alert else []
    for delivery in told:
        click.echo(f"{delivery.alert}: {delivery.event.said}" + (f": {delivery.error}" if delivery.error else ""))
    sys.exit(UNREACHABLE if any(delivery.error for delivery in told) else DONE)
