"""The command `aggregator`.

Commands parse what the user wrote, call one room or operation, and print.  Errors of the tree become one line on
standard error and exit status 2; results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

from aggregator import __version__
from aggregator import config as configuration
from aggregator.config import PLACEHOLDER_CONTACT, Config
from aggregator.encoding import to_plain
from aggregator.errors import AggregatorError, InputError, ProjectNotFound

Command = TypeVar("Command", bound=Callable[..., Any])

DONE, UNREACHABLE, USAGE, INTERRUPTED = 0, 1, 2, 130


class _Group(click.Group):
    """Turns errors of the tree into one clear line."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except AggregatorError as error:
            click.echo(f"aggregator: {error}", err=True)
            context.exit(USAGE)


def _project_options(command: Command) -> Command:
    for option in (
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of aggregator.toml."
        ),
        click.option("--data", metavar="DIR", help="Data folder, instead of the project's data/."),
        click.option("--sources", metavar="FILE", help="Sources: a TOML, OPML, CSV (name,type,url) or JSON file."),
    ):
        command = option(command)
    return command


def _config(overrides: tuple[str, ...], data: str | None, sources: str | None = None) -> Config:
    return configuration.choose(Path.cwd(), overrides, data=data, sources=sources)


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


# ---------------------------------------------------------------- projects


@main.command()
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


@main.command()
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


# ------------------------------------------------------------------- crawl


@main.command()
@_project_options
@click.option("--region", help="Only sources of these regions (parted by commas).")
@click.option("--source", help="Only these sources (ids, parted by commas).")
@click.option("--no-follow", is_flag=True, help="Do not fetch the targets of articles' own links.")
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
@click.option("--verbose", is_flag=True, help="A log line for each poll and page.")
def crawl(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    source: str | None,
    no_follow: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Poll the feeds that are due, fetch what is pending, and stop when nothing is left that is due now.

    Feeds that are named by --region or --source are polled now, but not more often than polling.min_interval.
    Ctrl-C stops cleanly: what is under way is given back and goes on with the next run.

    \b
    Examples:
      aggregator crawl
      aggregator crawl --region middle-east,europe
      aggregator crawl --sources feeds.csv --data /tmp/news --set crawl.delay=2s
    """
    from aggregator.operations import crawls
    from aggregator.operations.display import Display
    from aggregator.operations.tables import summary

    if no_follow:
        overrides = (*overrides, "crawl.follow_depth=0")
    config = _config(overrides, data, sources)
    chosen = {name: value for name, value in (("region", region), ("source", source)) if value}
    configuration.catalogue(config).select(region=region, source=source)
    console = Console(stderr=True)
    if config.crawl.contact == PLACEHOLDER_CONTACT:
        console.print(
            "crawl.contact is not set: publishers cannot reach you.  Set it in config/aggregator.toml"
            " or with --set crawl.contact=mailto:me@example.org",
            style="yellow",
            highlight=False,
            soft_wrap=True,
        )
    result = crawls.crawl(config, "feeds", chosen, Display(console, quiet=quiet), verbose=verbose)
    if result.offline:
        click.echo(
            "aggregator: there is no network: nothing could be reached.  `aggregator demo` needs none.", err=True
        )
        sys.exit(UNREACHABLE)
    summary(result, config.data_folder / "articles.jsonl", Console())
    if result.reason == "shutdown":
        click.echo("interrupted: everything is saved; the next `aggregator crawl` goes on.", err=True)
        sys.exit(INTERRUPTED)
    if result.unreachable:
        click.echo("aggregator: nothing could be reached; is there a network?  `aggregator demo` needs none.", err=True)
        sys.exit(UNREACHABLE)


# ----------------------------------------------------------------- sources


@main.group()
def sources() -> None:
    """The catalogue: whom we read."""


@sources.command("list")
@_project_options
@click.option("--region", help="Only these regions.")
def sources_list(overrides: tuple[str, ...], data: str | None, sources: str | None, region: str | None) -> None:
    """List the sources.

    \b
    Example:
      aggregator sources list --region middle-east
    """
    from aggregator.operations.tables import output, sources_table

    chosen = configuration.catalogue(_config(overrides, data, sources)).select(region=region)
    output().print(sources_table(chosen), highlight=False)
    click.echo(f"{len(chosen)} sources", err=True)


@sources.command("show")
@_project_options
@click.argument("source")
def sources_show(overrides: tuple[str, ...], data: str | None, sources: str | None, source: str) -> None:
    """Show one source as JSON, with the state of its feeds.

    \b
    Example:
      aggregator sources show irna
    """
    from aggregator.store import SqliteStore

    config = _config(overrides, data, sources)
    found = configuration.catalogue(config).get(source)
    shown = to_plain(found)
    if config.database.exists():
        store = SqliteStore(config.database)
        states = store.poll_states()
        store.close()
        shown["polls"] = [to_plain(states[feed.url]) for feed in found.feeds if feed.url in states]
    _print_json(shown)


@sources.command("check")
@_project_options
@click.option("--region", help="Only these regions.")
@click.option("--source", help="Only these sources.")
def sources_check(
    overrides: tuple[str, ...], data: str | None, sources: str | None, region: str | None, source: str | None
) -> None:
    """Ask every feed once and show what it answers.  Nothing is stored.

    \b
    Example:
      aggregator sources check --region south-asia
    """
    from aggregator.operations import crawls
    from aggregator.operations.display import Display
    from aggregator.operations.tables import checks_table

    config = _config(overrides, data, sources)
    chosen = configuration.catalogue(config).select(region=region, source=source)
    click.echo(f"asking the feeds of {len(chosen)} sources", err=True)
    arguments = {name: value for name, value in (("region", region), ("source", source)) if value}
    rows = crawls.probe(config, "check", arguments, Display(Console(stderr=True), quiet=True))
    Console().print(checks_table(rows), highlight=False)
    good = sum(row["good"] for row in rows)
    click.echo(f"{good} of {len(rows)} feeds are good")
    if rows and not any(row["status"] for row in rows):
        click.echo("aggregator: nothing could be reached; is there a network?", err=True)
        sys.exit(UNREACHABLE)


# ---------------------------------------------------------------- one page


@main.command()
@_project_options
@click.argument("page")
@click.option("--url", help="URL that a FILE was fetched from.")
@click.option("--explain", is_flag=True, help="Say on standard error why each fact is what it is.")
def extract(
    overrides: tuple[str, ...], data: str | None, sources: str | None, page: str, url: str | None, explain: bool
) -> None:
    """Read one page, a FILE or a URL, and print the article as JSON.  Nothing is stored.

    \b
    Examples:
      aggregator extract page.html --url https://example.org/news/1
      aggregator extract https://example.org/news/1
    """
    from aggregator.operations import pages

    config = _config_or_shipped(overrides, data, sources)
    extraction = pages.read(config, page, url)
    if explain:
        for decision in extraction.decisions:
            click.echo(f"{decision.what:<12} {decision.choice}: {decision.reason}", err=True)
        for part, seconds in extraction.seconds:
            click.echo(f"{part:<12} {seconds * 1000:.1f} ms", err=True)
    if extraction.article is None:
        raise InputError(f"{page}: {extraction.rejected}", subject=page)
    _print_json(to_plain(extraction.article))


def _config_or_shipped(overrides: tuple[str, ...], data: str | None, sources: str | None) -> Config:
    try:
        return _config(overrides, data, sources)
    except ProjectNotFound:
        # Reading one page needs no project: the shipped catalogue tells outlets' names and time zones.
        config = configuration.load(configuration.shipped(), overrides)
        return replace(config, data=replace(config.data, folder=str(Path.cwd() / "data")))


# ----------------------------------------------------------------- reading


def _open(config: Config) -> Any:
    from aggregator.store import SqliteStore

    if not config.database.exists():
        raise InputError(f"{config.data_folder} holds no articles yet: `aggregator crawl` collects some")
    return SqliteStore(config.database)


def _data_options(command: Command) -> Command:
    return click.option("--data", metavar="DIR", help="Data folder, instead of the project's data/.")(command)


@main.command()
@_data_options
@click.argument("article")
def show(data: str | None, article: str) -> None:
    """Show ARTICLE, an id or URL, as it is true now, with its known copies, as JSON.

    \b
    Example:
      aggregator show https://example.org/news/1
    """
    store = _open(_config((), data))
    try:
        article_id = store.find(article)
        found = store.article(article_id) if article_id else None
        if found is None:
            raise InputError(f"no article is known as {article}: `aggregator why {article}` may say more")
        copies = [{"id": i, "url": url, "level": level} for i, url, level in store.copies(found.id)]
        _print_json({**to_plain(found), "copies": copies})
    finally:
        store.close()


@main.command()
@_data_options
@click.argument("subject")
def why(data: str | None, subject: str) -> None:
    """Print every decision about SUBJECT, the id of an article or a URL, with its reason.

    \b
    Example:
      aggregator why https://example.org/news/1
    """
    from aggregator.operations.reports import explain

    store = _open(_config((), data))
    try:
        for line in explain(store, subject):
            click.echo(line)
    finally:
        store.close()


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write a day or a time, such as 2026-03-16 or 2026-03-16T12:00+03:30") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


@main.command()
@_data_options
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--since", callback=_day, help="Published at or after this day or time (UTC unless it says a zone).")
@click.option("--until", callback=_day, help="Published before it.")
@click.option("--region", help="Of this region.")
@click.option("--source", help="Of this source.")
@click.option("--language", help="In this language.")
@click.option("--query", help="Holding all these words, letters folded.")
def export(
    data: str | None,
    form: str,
    out: Path | None,
    since: datetime | None,
    until: datetime | None,
    region: str | None,
    source: str | None,
    language: str | None,
    query: str | None,
) -> None:
    """Write the unique articles as they are true now: latest forms, relations with all known targets.

    \b
    Examples:
      aggregator export --region middle-east --since 2026-03-01 > march.jsonl
      aggregator export --format csv --language fa --out persian.csv
    """
    from aggregator.operations.reports import as_csv, as_jsonl, matching
    from aggregator.store.interface import Filter

    store = _open(_config((), data))
    try:
        wanted = Filter(since=since, until=until, region=region, source=source, language=language)
        articles = matching(store.articles(wanted), query)
        chunks = as_csv(articles) if form == "csv" else as_jsonl(articles)
        if out is None:
            for chunk in chunks:
                click.echo(chunk, nl=False)
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(chunks)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}", subject=str(out)) from error
    finally:
        store.close()


@main.command()
@_data_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(data: str | None, as_json: bool) -> None:
    """Show how things stand: what was collected, what is pending, what failed.

    \b
    Example:
      aggregator status
    """
    from aggregator.operations.standing import standing

    config = _config((), data)
    store = _open(config)
    try:
        found = standing(store, config, datetime.now(UTC))
    finally:
        store.close()
    if as_json:
        _print_json(to_plain(found))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in found.rows():
        table.add_row(name, value)
    Console().print(table, highlight=False)


@main.group()
def journal() -> None:
    """The append-only files under data/."""


@journal.command("rebuild")
@_data_options
def journal_rebuild(data: str | None) -> None:
    """Make articles.jsonl and the journal again from the store.  Files that are right are left alone.

    \b
    Example:
      aggregator journal rebuild
    """
    from filelock import Timeout

    from aggregator.journal.jsonl import rebuild
    from aggregator.run import editor_lock

    config = _config((), data)
    store = _open(config)
    lock = editor_lock(config)
    try:
        lock.acquire(timeout=5)
        for name, state in rebuild(store, config.data_folder):
            click.echo(f"{state:<10} {name}")
    except Timeout:
        raise InputError(f"a crawl is writing the journal of {config.data_folder}: try again when it is done") from None
    finally:
        lock.release()
        store.close()


@journal.command("schema")
def journal_schema() -> None:
    """Print the JSON Schema of the lines.

    \b
    Example:
      aggregator journal schema > news-1.schema.json
    """
    from aggregator.journal.lines import shipped_schema

    click.echo(shipped_schema().decode(), nl=False)


def _print_json(value: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
