"""Making a project, and the tour of the bundled news web."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from aggregator.cli.options import (
    DONE,
    UNREACHABLE,
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a project in FOLDER: its configuration and the catalogue of sources.

    \b
    Example:
      aggregator init mynews && cd mynews
    """
    from aggregator.operations.projects import create

    files = create(folder)
    click.echo(f"{folder}: {len(files)} files.  Next: cd {folder}, set crawl.contact in config/aggregator.toml,")
    click.echo("then `aggregator sources list` and `aggregator crawl --region REGION`.")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the news web (default: a free one).")
@click.option("--serve", is_flag=True, help="Only serve the news web, until Ctrl-C, and say how to crawl it.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder for the results (default: data/demo).")
def demo(port: int, serve: bool, keep: Path | None) -> None:
    """Crawl the bundled news web and compare what came out with the truth.

    It starts a small invented news web on this machine, crawls it as `aggregator crawl` would, lets time pass (an
    article is updated, new ones appear), crawls again, and counts how many articles, duplicates, relations and times
    came out right.

    \b
    Example:
      aggregator demo
      aggregator demo --serve --port 8000
    """
    from aggregator.demo.tour import Tour

    tour = Tour(Console(), port=port, folder=keep or Path("data/demo"))
    sys.exit(DONE if (tour.serve() if serve else tour.run()) else UNREACHABLE)
