"""config/*.toml -> the frozen options of each room.

Options live beside the code that uses them, as a small frozen class with defaults; this file only reads TOML (and
`--set` and the environment), checks every key and value, and builds them.  Nobody below reads the environment.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from importlib import resources
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from aggregator.addresses import Network, NetworkOptions
from aggregator.alerts import Alert, checked
from aggregator.discovery.feeds import FeedOptions
from aggregator.errors import ConfigError, ProjectNotFound
from aggregator.extraction import ExtractionOptions
from aggregator.journal import JournalOptions
from aggregator.journal.warc import ArchiveOptions
from aggregator.logs import LogOptions
from aggregator.records import Rule, Source
from aggregator.sources.catalogue import Catalogue, read_any, read_toml
from aggregator.sources.entries import Table, rules
from aggregator.sources.health import HealthOptions
from aggregator.sources.polling import PollingOptions
from aggregator.sources.retrying import FrontierOptions
from aggregator.stories import Options as StoryOptions
from aggregator.timetable import Job, MaintenanceOptions
from aggregator.timetable.planning import planned

CONFIG_FILE = "config/aggregator.toml"
PLACEHOLDER_CONTACT = "mailto:you@example.org"
_CONTACT = re.compile(r"mailto:[^\s@()]+@[^\s@()]+|https?://[^\s/()]+[^\s()]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """`[crawl]` of aggregator.toml."""

    contact: str = PLACEHOLDER_CONTACT
    """Where publishers reach you: a mailto: or https: address, sent in the User-Agent."""

    delay: float = 1.0
    """Seconds between the end of one request to a host and the start of the next."""

    per_address: int = 4
    """Requests under way at once at one network address, which may have many hosts."""

    refusal_pause: float = 60.0
    """Seconds that a host is left alone which refuses (HTTP 429, 503) and says no time; doubled each time."""

    max_crawl_delay: float = 60.0
    """Longest Crawl-delay of a robots.txt that is obeyed to the second."""

    slow_pages: int = 10
    """Pages in one run of a host that asks for a longer one."""

    timeout: float = 30.0
    """Seconds after which a request is given up."""

    connect_timeout: float = 5.0
    """Seconds to make a connection: a server that does not take one in that time will hardly answer, and while it is
    waited for its host's and its address's turn is blocked."""

    concurrency: int = 32
    """Requests under way or waiting at once, over all hosts; each host has one under way."""

    max_page_size: int = 10_000_000
    """Bytes of a page or feed, decoded; larger ones are refused.  The longest pages of news sites have 3 MB."""

    max_sitemap_size: int = 52_428_800
    """Bytes of a sitemap, decoded: the limit of the sitemap protocol."""

    max_in_memory: int = 10_000_000
    """Bytes of bodies that are on their way or wait to be read, over all hosts; further large ones (over 300 kB) wait.
    An ordinary page has a tenth of a megabyte, so ordinary crawls never come near it."""

    max_header_size: int = 64_000
    """Bytes of an answer's headers; a connection that sends more is cut.  Browsers take more, servers send 8 kB."""

    max_redirects: int = 10
    """Redirects that one request follows; after that it is a loop, or a trap.  robots.txt has its own limit, 5, by RFC
    9309."""

    follow_depth: int = 1
    """How many relations away from a listed article pages are fetched; 0: none."""

    follow_budget: int = 100
    """Followed links per source and UTC day; what is over waits for the next day."""

    page_budget: int = 5_000
    """Pages per source and UTC day; what is over waits for the next day.  0: no limit."""

    foreign_budget: int = 200
    """The same for pages on hosts that are not the source's own."""

    sitemap_budget: int = 50
    """Sitemaps of one source that one run asks for; the next run goes on.  0: only those of the catalogue."""

    listing_pages: int = 10
    """Pages of one listing that one run asks for, as long as each brings something new."""

    window: int = 200
    """Pages that one process has in hand at once."""

    workers: int = 2
    """Processes that read pages."""

    page_time_limit: float = 10.0
    """Seconds after which reading a page, or a large feed, is stopped: news pages take a hundredth of a second."""

    page_memory_limit: int = 40_000_000
    """Bytes that reading one page, or a large feed, may take; what takes more is refused.  Of the 60 largest of 683
    real news pages none needed 40 MB, nor did the largest of them (1.6 MB) with six times its body.  A sitemap of over
    10 MB may have five times the rest of its size besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """`[data]` of aggregator.toml."""

    folder: str = "data"
    """Where the database and the JSONL are, relative to the project's folder."""

    sources: str = "config/sources"
    """Folder (or file) with the catalogue, relative to the project's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions:
    """`[backfill]` of aggregator.toml: archives that are fetched from a server."""

    max_file: int = 4_000_000_000
    """Bytes of one file; those of CC-NEWS have 1 GB."""

    timeout: float = 7_200.0
    """Seconds for one file, tries and pauses included."""

    stall: float = 30.0
    """Seconds without a byte after which a connection is given up, and the file gone on with over another."""

    tries: int = 6
    """Connections in a row that brought nothing, after which a file is given up until the next backfill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsOptions:
    """`[metrics]` of aggregator.toml."""

    address: str = ""
    """Where the schedule answers GET /metrics, such as "127.0.0.1:9464"; a port alone is on loopback.  Empty: nowhere.
    It has no password: on another address than loopback everybody who reaches it can read it."""


def place(address: str) -> tuple[str, int]:
    """Host and port of a listening address; raises ValueError where it is none."""
    host, _, port = address.strip().rpartition(":")
    if not port.isdigit() or not 0 <= int(port) <= 65_535:
        raise ValueError(f'expected HOST:PORT such as "127.0.0.1:9464", got {address!r}')
    return host.strip("[]") or "127.0.0.1", int(port)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOptions:
    """`[store]` of aggregator.toml."""

    url: str = ""
    """postgresql://USER@HOST/DATABASE keeps everything on that server; empty: in a SQLite file of the data folder.  The
    password is better kept out of it, in ~/.pgpass or the environment's PGPASSWORD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOptions:
    """`[fleet]` of aggregator.toml: many machines on one PostgreSQL."""

    enabled: bool = False
    """The schedule puts a job for each source that is due into a queue on the store's database, and `aggregator worker`
    on each machine runs them.  False: the schedule crawls by itself."""

    crawls: int = 2
    """Crawls that one worker runs at once, each with `crawl.workers` readers: a slow host holds up those of its own."""

    batch: int = 50
    """Sources of one crawl at most: starting one takes as long as some pages do."""

    timeout: float = 3_600.0
    """Seconds after which a crawl is stopped; what it had not done is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that was chosen."""

    root: Path
    """the project's folder; relative paths start here"""
    data: DataOptions = DataOptions()
    store: StoreOptions = StoreOptions()
    fleet: FleetOptions = FleetOptions()
    crawl: CrawlOptions = CrawlOptions()
    network: NetworkOptions = NetworkOptions()
    feeds: FeedOptions = FeedOptions()
    polling: PollingOptions = PollingOptions()
    frontier: FrontierOptions = FrontierOptions()
    health: HealthOptions = HealthOptions()
    log: LogOptions = LogOptions()
    metrics: MetricsOptions = MetricsOptions()
    extraction: ExtractionOptions = ExtractionOptions()
    stories: StoryOptions = StoryOptions()
    journal: JournalOptions = JournalOptions()
    archive: ArchiveOptions = ArchiveOptions()
    backfill: BackfillOptions = BackfillOptions()
    maintenance: MaintenanceOptions = MaintenanceOptions()
    schedule: tuple[Job, ...] = ()
    alert: tuple[Alert, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def data_folder(self) -> Path:
        """Absolute path of the data folder."""
        return self.root / self.data.folder

    @property
    def database(self) -> Path:
        """Absolute path of the SQLite file."""
        return self.data_folder / "aggregator.db"

    @property
    def place(self) -> Path | str:
        """Where the store is: the address of a PostgreSQL database, or the path of the SQLite file."""
        return self.store.url or self.database

    @property
    def story_state(self) -> Path:
        """Absolute path of the file in which an editor leaves its window of stories to the next one; a cache."""
        return self.data_folder / "stories.state"

    @property
    def sources(self) -> Path:
        """Absolute path of the catalogue."""
        return self.root / self.data.sources


def shipped() -> Path:
    """Folder that holds the shipped `config/` and `scrapy.cfg`: inside the wheel, or the checkout."""
    package = Path(str(resources.files("aggregator")))
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def find_project(start: Path) -> Path:
    """The nearest folder at or above `start` with config/aggregator.toml; raises ProjectNotFound."""
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise ProjectNotFound(
        f"no {CONFIG_FILE} in {start} or above: make a project with `aggregator init mynews && cd mynews`,"
        " or name the sources with --sources FILE"
    )


def load(root: Path, overrides: Iterable[str] = ()) -> Config:
    """Reads `root`/config/aggregator.toml, if it is there, and applies `section.key=value` overrides.

    Raises ConfigError with the file (or `--set`), the key, and what was expected.
    """
    file = root / CONFIG_FILE
    try:
        tables = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"this is not TOML: {error}", file=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=file) from error
    config = _build(Config(root=root), tables, file)
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals:
            raise ConfigError(f"{override!r} has no value: write KEY=VALUE, for instance crawl.delay=2s", file="--set")
        section, dot, name = key.strip().partition(".")
        config = _build(config, {section: {name: value.strip()}} if dot else {section: value.strip()}, "--set")
    return config


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration for `scrapy crawl NAME`, which has no options of ours.

    AGGREGATOR_SET holds overrides parted by semicolons, AGGREGATOR_DATA the data folder and AGGREGATOR_SOURCES the
    catalogue; paths are relative to the present folder.
    """
    overrides = [part for part in environment.get("AGGREGATOR_SET", "").split(";") if part.strip()]
    return choose(
        Path.cwd(), overrides, data=environment.get("AGGREGATOR_DATA"), sources=environment.get("AGGREGATOR_SOURCES")
    )


def choose(start: Path, overrides: Iterable[str], *, data: str | None, sources: str | None) -> Config:
    """The configuration of the project at `start`; without a project, that of the defaults if `sources` is given."""
    try:
        root = find_project(start)
    except ProjectNotFound:
        if sources is None and data is None:
            raise
        root = start
    config = load(root, overrides)
    paths = replace(
        config.data,
        folder=str(start / data) if data else config.data.folder,
        sources=str(start / sources) if sources else config.data.sources,
    )
    return replace(config, data=paths)


def contact_problem(config: Config) -> str | None:
    """What is wrong with the contact, and how it is set: nobody should crawl unattended then; else None."""
    contact = config.crawl.contact.strip()
    advice = (
        "Set it in config/aggregator.toml or with --set crawl.contact=mailto:me@example.org"
        " (a mailto: or https: address)"
    )
    if not contact or contact == PLACEHOLDER_CONTACT:
        return f"crawl.contact is not set: publishers cannot reach you.  {advice}"
    if not _CONTACT.fullmatch(contact):
        return f"crawl.contact is no address at which publishers could reach you: {contact}.  {advice}"
    return None


def fleet_problem(config: Config) -> str | None:
    """What keeps a project that is said to be a fleet from being one; else None."""
    if config.fleet.enabled and not config.store.url:
        return "fleet.enabled needs a PostgreSQL that all machines reach: set store.url, or set fleet.enabled to false"
    return None


def catalogue(config: Config) -> Catalogue:
    """The catalogue of a configuration: every *.toml of a folder, or one TOML, OPML, CSV or JSON file."""
    return Catalogue.of(source for sources in catalogue_by_file(config).values() for source in sources)


def catalogue_by_file(config: Config) -> dict[Path, tuple[Source, ...]]:
    """The sources of each file of a configuration's catalogue."""
    path = config.sources
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
        if not files:
            raise ConfigError("no *.toml file with sources in this folder", file=path)
        return {file: read_toml(_text(file), file=str(file), region=_region_of(file)) for file in files}
    if path.is_file():
        return {path: read_any(path.read_bytes(), file=str(path))}
    raise ConfigError("there is no such file or folder: name the sources with --sources FILE", file=path)


def _region_of(file: Path) -> str:
    return file.stem.replace("_", "-")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=file) from error


# ------------------------------------------------------------ tables to options

_Options = TypeVar("_Options")
_SECTIONS = {field.name for field in fields(Config)} - {"root", "rules", "schedule", "alert"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|min|m|h|d)?")
_UNITS = {"ms": 0.001, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, None: 1}
_SERVERS = ("postgresql://", "postgres://")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMG])?i?B?")
_FACTORS = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, None: 1}


def _build(config: Config, tables: Mapping[str, Any], file: Path | str) -> Config:
    for section, table in tables.items():
        if section == "rule":
            config = replace(config, rules=rules(Table(values=tables, file=str(file), where="")))
            continue
        if section == "schedule":
            config = replace(config, schedule=_jobs(table, file))
            continue
        if section == "alert":
            config = replace(config, alert=_alerts(table, file))
            continue
        if section not in _SECTIONS:
            raise ConfigError(f"there is no section of this name{_near(section, _SECTIONS)}", file=file, key=section)
        if not isinstance(table, Mapping):
            raise ConfigError(f"expected keys of a section, such as {section}.KEY", file=file, key=section)
        config = replace(config, **{section: _options(getattr(config, section), table, section, file)})
        if section == "metrics" and config.metrics.address:
            try:
                place(config.metrics.address)
            except ValueError as error:
                raise ConfigError(str(error), file=file, key="metrics.address") from None
    if config.store.url and not config.store.url.startswith(_SERVERS):
        # Not what was given: it may hold a password.
        raise ConfigError("expected postgresql://USER@HOST/DATABASE", file=file, key="store.url")
    return config


def _jobs(tables: Any, file: Path | str) -> tuple[Job, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ConfigError("expected [[schedule]] tables, with two brackets", file=file, key="schedule")
    jobs: dict[str, Job] = {}
    for number, table in enumerate(tables, 1):
        where = f"schedule {table.get('name', number)}"
        try:
            job = planned(_options(Job(name=""), table, where, file))
        except ValueError as error:
            raise ConfigError(str(error), file=file, key=where) from None
        if job.name in jobs:
            raise ConfigError("there are two jobs of this name", file=file, key=where)
        jobs[job.name] = job
    return tuple(jobs.values())


def _alerts(tables: Any, file: Path | str) -> tuple[Alert, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ConfigError("expected [[alert]] tables, with two brackets", file=file, key="alert")
    found: dict[str, Alert] = {}
    for number, table in enumerate(tables, 1):
        where = f"alert {table.get('name', number)}"
        try:
            alert = checked(_options(Alert(name=""), table, where, file))
        except ValueError as error:
            raise ConfigError(str(error), file=file, key=where) from None
        if alert.name in found:
            raise ConfigError("there are two alerts of this name", file=file, key=where)
        found[alert.name] = alert
    return tuple(found.values())


def _options(options: _Options, table: Mapping[str, Any], section: str, file: Path | str) -> _Options:
    kinds = get_type_hints(type(options))
    changes = {}
    for name, value in table.items():
        key = f"{section}.{name}"
        if name not in kinds:
            raise ConfigError(f"there is no such key{_near(name, kinds)}", file=file, key=key)
        try:
            changes[name] = _value(kinds[name], value)
        except ValueError as error:
            raise ConfigError(f"{error}, got {value!r}", file=file, key=key) from None
    return replace(options, **changes)  # type: ignore[type-var]


def _near(name: str, names: Iterable[str]) -> str:
    names = sorted(names)
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"


def _value(kind: Any, value: Any) -> Any:
    if kind is bool:
        return _truth(value)
    if kind is float:
        return _duration(value)
    if kind is int:
        return _size(value)
    if kind is str:
        if not isinstance(value, str):
            raise ValueError("expected a text in quotes")
        return value
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"expected {' or '.join(map(repr, get_args(kind)))}")
        return value
    if kind == tuple[Network, ...]:
        return tuple(_network(item) for item in _list(value))
    if kind == tuple[str, ...]:
        return tuple(str(item) for item in _list(value))
    raise TypeError(f"no reader for options of type {kind}")


def _truth(value: Any) -> bool:
    names = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, bool | str) or value not in names:
        raise ValueError("expected true or false")
    return names[value]


def _duration(value: Any) -> float:
    match = _DURATION.fullmatch(str(value).strip())
    if match is None or isinstance(value, bool):
        raise ValueError("expected a number, or a time such as 0.3s, 15min, 24h")
    return float(match[1]) * _UNITS[match[2]]


def _size(value: Any) -> int:
    match = _SIZE.fullmatch(str(value).strip().replace("_", ""))
    if match is None or isinstance(value, bool):
        raise ValueError("expected a whole number, or a size such as 10MB")
    number = float(match[1]) * _FACTORS[match[2]]
    if not number.is_integer():  # a fraction, or infinite
        raise ValueError("expected a whole number, or a size such as 10MB")
    return int(number)


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return value


def _network(value: Any) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError("expected networks such as 127.0.0.0/8") from None
