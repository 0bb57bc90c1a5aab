"""The catalogue from the command line."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from aggregator import config as configuration
from aggregator.cli.options import (
    UNREACHABLE,
    config_of,
    config_or_shipped,
    print_json,
    project_options,
)
from aggregator.encoding import to_plain

into_file = click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file to write to (default: my_sources.toml of the catalogue).",
)


@click.group()
def sources() -> None:
    """The catalogue: whom we read."""


@sources.command("list")
@project_options
@click.option("--region", help="Only these regions (parted by commas).")
@click.option("--country", help="Only these countries (ISO 3166 codes, parted by commas).")
@click.option("--language", help="Only sources that write in one of these languages (fa, ar ...).")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that the catalogue says.")
def sources_list(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    country: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """List the sources.

    \b
    Examples:
      aggregator sources list --region middle-east
      aggregator sources list --country IR,IQ --language fa,ckb
      aggregator sources list --json | jq -r '.[].feeds[].url'
    """
    from aggregator.operations.tables import output, sources_table

    catalogue = configuration.catalogue(config_of(overrides, data, sources))
    chosen = catalogue.select(region=region, country=country, language=language)
    if as_json:
        print_json([to_plain(source) for source in chosen])
    else:
        output().print(sources_table(chosen), highlight=False)
    click.echo(f"{len(chosen)} sources", err=True)


@sources.command("show")
@project_options
@click.argument("source")
def sources_show(overrides: tuple[str, ...], data: str | None, sources: str | None, source: str) -> None:
    """Show one source as JSON, with the state of its feeds.

    \b
    Example:
      aggregator sources show irna
    """
    from aggregator.store import open_store, there

    config = config_of(overrides, data, sources)
    found = configuration.catalogue(config).get(source)
    shown = to_plain(found)
    if there(config.place):
        store = open_store(config.place)
        states = store.poll_states()
        store.close()
        shown["polls"] = [to_plain(states[feed.url]) for feed in found.feeds if feed.url in states]
    print_json(shown)


@sources.command("discover", short_help="Find the feeds of a site and print an entry for it.")
@project_options
@click.argument("url")
@click.option("--tried", is_flag=True, help="Say on standard error which addresses are no feeds, and why.")
def sources_discover(overrides: tuple[str, ...], data: str | None, sources: str | None, url: str, tried: bool) -> None:
    """Find the feeds of the site at URL and print a catalogue entry for it.  Nothing is written.

    URL is the site's front page; the address of one of its feeds does, too.  What the page names is tried first, then
    well-known addresses and sitemaps, at most 25 requests in all.  Each value has its reason as a comment.

    \b
    Examples:
      aggregator sources discover https://www.irna.ir/
      aggregator sources discover www.irna.ir >> config/sources/my_sources.toml
    """
    from aggregator.operations import sources as operation

    config = config_or_shipped(overrides, data, sources)
    console = Console(stderr=True)
    proposal, refused = operation.discover(config, configuration.catalogue(config), url, console)
    click.echo(operation.entry_of(proposal), nl=False)
    for line in refused if tried else ():
        click.echo(f"no feed: {line}", err=True)


@sources.command("add", short_help="Find the feeds of a site and write an entry for it.")
@project_options
@click.argument("url")
@into_file
def sources_add(overrides: tuple[str, ...], data: str | None, sources: str | None, url: str, file: Path | None) -> None:
    """Find the feeds of the site at URL and write an entry for it into the catalogue.

    The entry is shown as it is written; edit it there as you like.  A site or feed that the catalogue has is refused.

    \b
    Examples:
      aggregator sources add https://harbour-gazette.example/
      aggregator sources add https://a.example/ --file config/sources/europe.toml
    """
    from aggregator.operations import sources as operation

    config = config_of(overrides, data, sources)
    proposal, target = operation.add(config, url, file, Console(stderr=True))
    click.echo(operation.entry_of(proposal), nl=False)
    click.echo(f"written to {target}.  Next: aggregator crawl --source {proposal.source.id}", err=True)
    _say_if_elsewhere(config, target)


@sources.command("remove", short_help="Take a source out of the catalogue.")
@project_options
@click.argument("source")
def sources_remove(overrides: tuple[str, ...], data: str | None, sources: str | None, source: str) -> None:
    """Take the source of that id out of the catalogue.  Its articles stay.

    \b
    Example:
      aggregator sources remove harbour-gazette
    """
    from aggregator.operations import sources as operation

    file = operation.remove(config_of(overrides, data, sources), source)
    click.echo(f"{source} is out of {file}; `enabled = false` in its entry would have kept it there, unasked.")


@sources.command("import", short_help="Write the sources of an OPML, CSV, JSON or TOML file.")
@project_options
@click.argument("given", metavar="LIST", type=click.Path(path_type=Path, dir_okay=False))
@into_file
def sources_import(
    overrides: tuple[str, ...], data: str | None, sources: str | None, given: Path, file: Path | None
) -> None:
    """Write the sources of LIST, an OPML, CSV, JSON or TOML file, into the catalogue.

    What the catalogue has is left alone; what cannot be asked (file:, private addresses) is refused with the reason.

    \b
    Examples:
      aggregator sources import subscriptions.opml
      aggregator sources import feeds.csv --file config/sources/europe.toml
    """
    from aggregator.operations import sources as operation

    config = config_of(overrides, data, sources)
    done = operation.import_list(config, given, file)
    for source in done.new:
        click.echo(f"new      {source.id}: {source.name}")
    for source, owner in done.known:
        click.echo(f"known    {source.name}: in the catalogue as {owner}")
    for reason in done.refused:
        click.echo(f"refused  {reason}")
    counts = f"{len(done.new)} new, {len(done.known)} known, {len(done.refused)} refused"
    click.echo(f"{counts}; written to {done.file}" if done.new else f"{counts}; nothing was written", err=True)
    if done.new:
        _say_if_elsewhere(config, done.file)


@sources.command("export", short_help="Print the catalogue as OPML, CSV, JSON or TOML.")
@project_options
@click.option("--region", help="Only these regions (parted by commas).")
@click.option("--opml", is_flag=True, help="OPML 2.0, for any feed reader: the default.")
@click.option(
    "--format", "kind", type=click.Choice(["opml", "csv", "json", "toml"]), default="opml", help="Another format."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File (default: standard output).")
def sources_export(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    opml: bool,
    kind: str,
    out: Path | None,
) -> None:
    """Print the catalogue for other programs; `sources import` reads it back.

    \b
    Examples:
      aggregator sources export --opml --region middle-east > middle-east.opml
      aggregator sources export --format csv --out sources.csv
    """
    from aggregator.operations import sources as operation

    if opml and kind != "opml":
        raise click.UsageError(f"--opml and --format {kind} are two things: choose one")
    text, without = operation.export(config_of(overrides, data, sources), kind, region, datetime.now(UTC))
    with click.open_file(str(out or "-"), "w", encoding="utf-8") as stream:
        stream.write(text)
    if without:
        click.echo(f"{without} sources are left out: they have no feed, only names", err=True)


@sources.command("check", short_help="Ask every feed once and say what to do about it.")
@project_options
@click.option("--region", help="Only these regions (parted by commas).")
@click.option("--source", help="Only these sources (ids, parted by commas).")
@click.option("--write", is_flag=True, help="Mark the entries whose feeds are all good as verified, with the day.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def sources_check(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    region: str | None,
    source: str | None,
    write: bool,
    as_json: bool,
) -> None:
    """Ask every feed once and show what it answers, and what to do about it.

    Where a feed is gone, the front page of its source is asked for another.  No article is stored; the catalogue is
    changed with --write only.

    \b
    Examples:
      aggregator sources check --region south-asia
      aggregator sources check --source irna,tasnim --write
    """
    from aggregator.operations import sources as operation
    from aggregator.operations.tables import checks_table, output
    from aggregator.sources.checking import advice, no_network

    config = config_of(overrides, data, sources)
    rows = operation.check(config, region=region, source=source, console=Console(stderr=True))
    if len(rows) > 1 and no_network(rows):
        click.echo("aggregator: there is no network: no name of a server could be looked up", err=True)
        sys.exit(UNREACHABLE)
    now = datetime.now(UTC)
    catalogue = configuration.catalogue(config)
    advised = [(row, advice(row, catalogue.get(row.source_id), now)) for row in rows]
    if as_json:
        print_json([{**to_plain(row), "good": row.good, "advice": todo} for row, todo in advised])
    else:
        output().print(checks_table(advised), highlight=False)
    click.echo(f"{sum(row.good for row in rows)} of {len(rows)} feeds are good", err=as_json)
    for file, entries in operation.write_checks(config, rows, now.date()) if write else ():
        click.echo(f"{file}: {entries} entries are marked as verified", err=as_json)
    if rows and not any(row.status for row in rows):
        click.echo("aggregator: nothing could be reached; is there a network?", err=True)
        sys.exit(UNREACHABLE)


def _say_if_elsewhere(config: configuration.Config, file: Path) -> None:
    if file.resolve() != config.sources.resolve() and file.resolve().parent != config.sources.resolve():
        click.echo(f"{file} is not in the catalogue's folder: crawl with --sources {file}", err=True)
