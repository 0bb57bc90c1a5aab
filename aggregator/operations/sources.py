"""The catalogue as its owner works on it: look for a site's feeds, add, remove, import, export, check."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from aggregator import config as configuration
from aggregator.addresses import NetworkOptions, refusal
from aggregator.config import Config
from aggregator.errors import ConfigError, InputError, SourceError
from aggregator.operations import crawls
from aggregator.operations.display import Bar
from aggregator.records import Source
from aggregator.sources import exports, proposals, terms, writing
from aggregator.sources.catalogue import Catalogue, address_key, addresses, feeds_and_sitemaps, read_any, read_toml
from aggregator.sources.checking import Checked, verified
from aggregator.sources.proposals import Proposal
from aggregator.store import open_store, there
from aggregator.urls import absolute, masked

MY_SOURCES = "my_sources.toml"
"""File of the catalogue's folder that commands write to."""
_NEW_FILE = "# Sources that were added with `aggregator sources add` and `import`; edit them as you like.\n"
_MAX_REQUESTS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list of sources."""

    file: Path
    """Where the new ones were written."""
    new: tuple[Source, ...] = ()
    known: tuple[tuple[Source, str], ...] = ()
    """Those that the catalogue has already, with the id under which it has them."""
    refused: tuple[str, ...] = ()
    """What was not taken, with the reason."""


# --------------------------------------------------------- looking for feeds


def discover(config: Config, catalogue: Catalogue, url: str, console: Console) -> tuple[Proposal, tuple[str, ...]]:
    """The entry proposed for the site at `url`, and the addresses that are no feeds, each with the reason.

    Raises InputError where it cannot be reached or has nothing to poll.
    """
    address = absolute(url if "://" in url else f"https://{url}")
    if address is None:
        raise InputError(f"{url!r} is no absolute http(s) URL", subject=url)
    bar = Bar(console, what="looking for feeds", counted="asked", total=_MAX_REQUESTS)
    (found,) = crawls.probe(config, "discover", {"url": address}, bar) or (None,)
    if found is None:
        raise InputError(f"{masked(address)}: nothing could be asked", subject=url)
    if not found.feeds:
        tried = "".join(f"\n  {line}" for line in found.refused)
        reason = found.problem or f"no feed and no sitemap was found with {found.requests} requests{tried}"
        raise InputError(f"{masked(address)}: {reason}", subject=url)
    proposal = proposals.propose(
        found.clues,
        found.feeds,
        ids=[source.id for source in catalogue.sources],
        regions=catalogue.usual_regions(),
    )
    return proposal, found.refused


def entry_of(proposal: Proposal) -> str:
    """The proposal as TOML, its reasons as comments."""
    return writing.entry(proposal.source, proposal.reasons, proposal.left_out)


def add(config: Config, url: str, file: Path | None, console: Console) -> tuple[Proposal, Path]:
    """Looks for the feeds of the site at `url` and writes the entry into a file of the catalogue.

    Raises SourceError where the catalogue has the site or one of its feeds, with the id under which it has them.
    """
    catalogue = _catalogue(config)
    target = _target(config, file)
    _refuse_known(catalogue, [url])
    proposal, _ = discover(config, catalogue, url, console)
    source = proposal.source
    _refuse_known(catalogue, [source.homepage or url, *(feed.url for feed in feeds_and_sitemaps(source))])
    _append(target, [entry_of(proposal)])
    return proposal, target


def save(config: Config, entry: str) -> tuple[Source, Path]:
    """Writes an entry that `discover` proposed, as TOML, into the catalogue; its source and the file.

    Raises SourceError where the catalogue has the site or one of its feeds by now, ConfigError where it is no entry.
    """
    (source,) = read_toml(entry, file="the proposal") or (None,)
    if source is None:
        raise InputError("the proposal has no source", subject=entry)
    catalogue, target = _catalogue(config), _target(config, None)
    known = filter(None, [source.homepage, *(feed.url for feed in feeds_and_sitemaps(source))])
    _refuse_known(catalogue, known)
    if any(one.id == source.id for one in catalogue.sources):
        raise SourceError(f"there is a source {source.id!r} already", source_id=source.id)
    _append(target, [entry])
    return source, target


def switch(config: Config, source_id: str, *, enabled: bool) -> Path:
    """Lets a source be asked or not asked any more; the file that says so.  Raises SourceError where there is none."""
    for file, sources in configuration.catalogue_by_file(config).items():
        if any(source.id == source_id for source in sources):
            _only_toml(file)
            _rewrite(file, writing.switched(_text(file), source_id, enabled=enabled, file=str(file)))
            return file
    raise SourceError(f"there is no source {source_id!r}", source_id=source_id)


def _catalogue(config: Config) -> Catalogue:
    """The catalogue; an empty one where its folder has no file yet, since the first is about to be written."""
    folder = config.sources
    if not folder.suffix and not any(folder.glob("*.toml")):
        return Catalogue.of(())
    return configuration.catalogue(config)


def _refuse_known(catalogue: Catalogue, addresses: Iterable[str]) -> None:
    for url in addresses:
        owner = catalogue.owner(url)
        if owner is not None:
            raise SourceError(f"{masked(url)} is in the catalogue already, as {owner.id!r}", source_id=owner.id)


# ------------------------------------------------------------ the files


def remove(config: Config, source_id: str) -> Path:
    """Takes a source out of the file that has it; that file.  Raises SourceError where there is none."""
    configuration.catalogue(config).get(source_id)
    for file, sources in configuration.catalogue_by_file(config).items():
        if any(source.id == source_id for source in sources):
            _only_toml(file)
            _rewrite(file, writing.without(_text(file), source_id, file=str(file)))
            return file
    raise SourceError(f"there is no source {source_id!r}", source_id=source_id)


def import_list(config: Config, path: Path, file: Path | None) -> Imported:
    """Writes the sources of an OPML, CSV, JSON or TOML file into the catalogue, those that it has not yet."""
    target = _target(config, file)
    catalogue = _catalogue(config)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error
    errors: list[ConfigError] = []
    listed = read_any(data, file=path.name, refused=errors)
    refused = [str(error) for error in errors]
    new: list[Source] = []
    known: list[tuple[Source, str]] = []
    ids = {source.id for source in catalogue.sources}
    owners = {address_key(url): owner.id for owner in catalogue.sources for url in addresses(owner)}
    for source in listed:
        public, problems = _public(source, config.network)
        refused += problems
        if public is None:
            continue
        found = {owners[key] for url in addresses(public) if (key := address_key(url)) in owners}
        if found:
            known.append((public, ", ".join(sorted(found))))
            continue
        named = replace(public, id=terms.distinct(public.id, ids))
        ids.add(named.id)
        owners |= {address_key(url): named.id for url in addresses(named)}  # a list may name a feed twice
        new.append(named)
    if new:
        _append(target, [writing.entry(source) for source in new])
    return Imported(file=target, new=tuple(new), known=tuple(known), refused=tuple(refused))


def _public(source: Source, options: NetworkOptions) -> tuple[Source | None, list[str]]:
    """The source with only those addresses that may be asked; None where none is left; what is wrong with the rest."""
    problems = {url: problem for url in addresses(source) if (problem := _private(url, options))}
    kept = replace(
        source,
        homepage=None if source.homepage in problems else source.homepage,
        feeds=tuple(feed for feed in source.feeds if feed.url not in problems),
        sitemaps=tuple(url for url in source.sitemaps if url not in problems),
        listings=tuple(url for url in source.listings if url not in problems),
    )
    told = [f"{source.name}: {masked(url)}: {problem}" for url, problem in problems.items()]
    had = bool(source.feeds or source.sitemaps or source.listings)
    left = bool(kept.feeds or kept.sitemaps or kept.listings)
    if not had:
        told.append(f"{source.name}: it lists no feed")
    return (kept if left else None), told


def _private(url: str, options: NetworkOptions) -> str | None:
    """Why an address is none of the public web, as far as it can be told without asking; the resolver judges again."""
    name = urlsplit(url).hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return refusal("127.0.0.1", options)
    if ":" in name or name.replace(".", "").isdigit():
        return refusal(name, options)
    if "." not in name or name.endswith((".local", ".internal", ".lan", ".home.arpa", ".invalid", ".test", ".onion")):
        return f"{name} is no name of the public web"
    return None


def export(config: Config, kind: str, region: str | None, now: datetime) -> tuple[str, int]:
    """The catalogue in a format by its name, and how many sources have no feed to be exported."""
    chosen = configuration.catalogue(config).select(region=region)
    with_feeds = tuple(source for source in chosen if addresses(replace(source, homepage=None)))
    whole = kind in ("json", "toml")
    return exports.FORMATS[kind](chosen if whole else with_feeds, now), 0 if whole else len(chosen) - len(with_feeds)


def _target(config: Config, file: Path | None) -> Path:
    target = file or (config.sources if config.sources.is_file() else config.sources / MY_SOURCES)
    _only_toml(target)
    return target


def _only_toml(file: Path) -> None:
    if file.suffix.lower() != ".toml":
        raise InputError(
            f"{file} is no TOML file, and only these are written: `aggregator sources import {file.name}` makes one",
            subject=str(file),
        )


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}", subject=str(file)) from error


def _append(file: Path, entries: Iterable[str]) -> None:
    text = _text(file) if file.exists() else _NEW_FILE
    _rewrite(file, writing.with_entries(text, entries, file=str(file)))


def _rewrite(file: Path, text: str) -> None:
    """Replaces a file at once: who is stopped midway leaves the old one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=file.parent, prefix=".", delete=False) as new:
            new.write(text.encode("utf-8"))
        Path(new.name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        os.replace(new.name, file)  # noqa: PTH105 - the two-argument form says what it does
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}", subject=str(file)) from error


# -------------------------------------------------------------- checking


def check(config: Config, *, region: str | None, source: str | None, console: Console) -> list[Checked]:
    """Asks every feed of the chosen sources once; what each answered."""
    chosen = configuration.catalogue(config).select(region=region, source=source)
    total = sum(len(feeds_and_sitemaps(each)) for each in chosen)
    arguments = {"region": region, "source": source, "flagged": _flagged(config)}
    bar = Bar(console, what="asking feeds", counted="checked", total=total)
    return crawls.probe(config, "check", arguments, bar)


def _flagged(config: Config) -> frozenset[str]:
    """Feeds whose polls found that another one should be looked for."""
    if not there(config.place):
        return frozenset()
    store = open_store(config.place)
    try:
        states = store.poll_states()
    finally:
        store.close()
    return frozenset(url for url, state in states.items() if getattr(state, "wants_discovery", False))


def write_checks(config: Config, rows: Iterable[Checked], today: date) -> list[tuple[Path, int]]:
    """Writes `verified = true` and the day into the entries whose feeds are all good; files with how many entries."""
    by_file = configuration.catalogue_by_file(config)
    good = verified(rows, {source.id: source for sources in by_file.values() for source in sources})
    written = []
    for file, sources in by_file.items():
        ids = [source.id for source in sources if source.id in good]
        if ids:
            _only_toml(file)
            _rewrite(file, writing.marked(_text(file), dict.fromkeys(ids, today), file=str(file)))
            written.append((file, len(ids)))
    return written
