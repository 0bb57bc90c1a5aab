"""Housekeeping: cleaning, backups, and what is wrong."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from aggregator.cli.options import DONE, UNREACHABLE, config_of, print_json, project_options
from aggregator.encoding import to_plain


@click.command()
@project_options
def maintain(overrides: tuple[str, ...], data: str | None, sources: str | None) -> None:
    """Tidy up: the database's log and statistics, archives beyond their limits, old records of runs.

    The schedule does it once a day (maintenance.every).  Archives are deleted only where archive.keep_days or
    archive.keep_bytes says so.

    \b
    Example:
      aggregator maintain
    """
    from aggregator.operations import upkeep

    for line in upkeep.maintain(config_of(overrides, data, sources), datetime.now(UTC)):
        click.echo(line)


@click.command()
@project_options
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keep", type=click.IntRange(min=0), default=0, help="Delete all but the newest N copies there; 0: none."
)
def backup(overrides: tuple[str, ...], data: str | None, sources: str | None, folder: Path, keep: int) -> None:
    """Copy the database into FOLDER, consistently, whether or not a crawl runs.

    The database is all there is to be kept: the other files are made from it.  To restore one, stop all crawls, put it
    in the place of data/aggregator.db (without the -wal and -shm beside it), and run `aggregator journal rebuild`.

    \b
    Example:
      aggregator backup /mnt/backups --keep 7
    """
    from aggregator.operations import upkeep

    path, size = upkeep.backup(config_of(overrides, data, sources), folder, keep, datetime.now(UTC))
    click.echo(f"{path}: {size:,} bytes")


@click.command()
@project_options
@click.option("--full", is_flag=True, help="Compare the database's indexes, too: slow.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(overrides: tuple[str, ...], data: str | None, sources: str | None, full: bool, as_json: bool) -> None:
    """Look for what is wrong with this project, and say what to do.  Nothing is changed.

    Configuration, catalogue, folders, disk, clock, database, journal, schedule and backups are looked at.
    Exit status: 0 all is well or only warned of, 1 something is wrong.

    \b
    Example:
      aggregator doctor
    """
    from aggregator.operations.doctor import examine
    from aggregator.operations.snapshot import Origin

    origin = Origin(start=Path.cwd(), overrides=overrides, data=data, sources=sources)
    found = list(examine(origin, datetime.now(UTC), thorough=full))
    if as_json:
        print_json(to_plain(found))
    else:
        console, styles = Console(), {"ok": "green", "warning": "yellow", "wrong": "red"}
        for finding in found:
            console.print(f"{finding.state:<8}", style=styles[finding.state], end="")
            console.print(f"{finding.what:<14} {finding.said}", markup=False, highlight=False, soft_wrap=True)
            if finding.advice:
                console.print(f"{'':<22} -> {finding.advice}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(UNREACHABLE if any(finding.state == "wrong" for finding in found) else DONE)
