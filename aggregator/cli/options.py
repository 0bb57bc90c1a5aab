"""What the commands share: options, the configuration they choose, exit statuses, JSON on standard output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import InputError, ProjectNotFound

Command = TypeVar("Command", bound=Callable[..., Any])

DONE, UNREACHABLE, USAGE, INTERRUPTED = 0, 1, 2, 130


def project_options(command: Command) -> Command:
    """Adds --set, --data and --sources to a command of a project."""
    for option in (
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of aggregator.toml."
        ),
        click.option("--data", metavar="DIR", help="Data folder, instead of the project's data/."),
        click.option("--sources", metavar="FILE", help="Sources: a TOML, OPML, CSV (name,type,url) or JSON file."),
    ):
        command = option(command)
    return command


def chosen_sources(command: Command) -> Command:
    """Adds --region, --source and --spider: which sources are to be asked, and for what of them."""
    for option in (
        click.option(
            "--spider",
            type=click.Choice(["feeds", "sitemaps", "listings"]),
            default="feeds",
            show_default=True,
            help="feeds: all that the catalogue lists; the others: only sitemaps, only pages that list articles.",
        ),
        click.option("--source", help="Only these sources (ids, parted by commas)."),
        click.option("--region", help="Only sources of these regions (parted by commas)."),
    ):
        command = option(command)
    return command


def config_of(overrides: tuple[str, ...], data: str | None, sources: str | None = None) -> Config:
    """The configuration chosen from the working folder and the options; raises ConfigError or ProjectNotFound."""
    return configuration.choose(Path.cwd(), overrides, data=data, sources=sources)


def config_or_shipped(overrides: tuple[str, ...], data: str | None, sources: str | None) -> Config:
    """The same, or the shipped configuration outside any project."""
    try:
        return config_of(overrides, data, sources)
    except ProjectNotFound:
        # Reading one page needs no project: the shipped catalogue tells outlets' names and time zones.
        config = configuration.load(configuration.shipped(), overrides)
        return replace(config, data=replace(config.data, folder=str(Path.cwd() / "data")))


def open_store(config: Config) -> Any:
    """The project's store; raises InputError where nothing was collected yet."""
    from aggregator.store import open_store, there

    if not there(config.place):
        raise InputError(f"{config.data_folder} holds no articles yet: `aggregator crawl` collects some")
    return open_store(config.place)


def data_options(command: Command) -> Command:
    """Adds --data to a command that only reads."""
    return click.option("--data", metavar="DIR", help="Data folder, instead of the project's data/.")(command)


def day(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """A day or time given on the command line, aware; a callback of options."""
    from aggregator.discovery.window import typed_time

    try:
        return typed_time(value)
    except InputError as error:
        raise click.BadParameter(str(error)) from None


def print_json(value: Any) -> None:
    """Prints a plain value as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
