"""The configuration that the schedule works with: a copy of the last one that was right.

The files are checked, copied below data/schedule/config/, and what was copied is read and used, by the schedule and
its children alike: a file that is being edited, or was spoilt, changes nothing until it is right.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator import config as configuration
from aggregator.config import CONFIG_FILE, Config
from aggregator.errors import AggregatorError, ConfigError
from aggregator.operations import scheduled
from aggregator.sources.catalogue import Catalogue

Mark = tuple[tuple[str, int, int], ...]
"""Names, times of change and sizes of all files that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A configuration that was right, with its catalogue."""

    config: Config
    """its root and catalogue are the copy; its data folder is the real one"""
    catalogue: Catalogue
    project: Path
    """the project's own folder"""
    words: tuple[str, ...]
    """options that let a command use this copy"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the configuration comes from: what the user gave to `aggregator schedule`."""

    start: Path
    overrides: tuple[str, ...] = ()
    data: str | None = None
    sources: str | None = None

    def read(self) -> Config:
        """The configuration as it is now; raises ConfigError."""
        return configuration.choose(self.start, self.overrides, data=self.data, sources=self.sources)

    def mark(self, config: Config) -> Mark:
        """Tells one state of the files from another, without reading them."""
        file = config.root / CONFIG_FILE
        files = [file, *(sorted(config.sources.glob("*.toml")) if config.sources.is_dir() else [config.sources])]
        return tuple((str(path), *_stamp(path)) for path in files)

    def take(self, config: Config, before: Snapshot | None = None) -> Snapshot:
        """Checks and copies; raises an AggregatorError with what is wrong, naming the user's own file.

        The copy that is in use (`before`) stays: a child may be about to read it.
        """
        check(config)
        place = scheduled.folder(config.data_folder)
        copy = place / ("config-2" if before and before.config.root.name == "config-1" else "config-1")
        sources = copy / "sources" if config.sources.is_dir() else copy / config.sources.name
        try:
            shutil.rmtree(copy, ignore_errors=True)
            (copy / CONFIG_FILE).parent.mkdir(parents=True)
            if (config.root / CONFIG_FILE).is_file():
                shutil.copyfile(config.root / CONFIG_FILE, copy / CONFIG_FILE)
            if config.sources.is_dir():
                sources.mkdir()
                for path in sorted(config.sources.glob("*.toml")):
                    shutil.copyfile(path, sources / path.name)
            else:
                shutil.copyfile(config.sources, sources)
        except OSError as error:
            raise ConfigError(f"{place} cannot be written ({error}): make it writable") from error
        return self._load(copy, sources, config)

    def _load(self, root: Path, sources: Path, original: Config) -> Snapshot:
        loaded = configuration.load(root, self.overrides)
        config = replace(loaded, data=replace(loaded.data, folder=str(original.data_folder), sources=str(sources)))
        flags = [word for override in self.overrides for word in ("--set", override)]
        words = ("--data", str(original.data_folder), "--sources", str(sources), *flags)
        return Snapshot(config=config, catalogue=check(config), project=original.root, words=words)


def check(config: Config) -> Catalogue:
    """The catalogue; raises an AggregatorError where a job could not run: no contact, an unknown region or source."""
    problem = configuration.contact_problem(config) or configuration.fleet_problem(config)
    if problem:
        raise ConfigError(problem)
    catalogue = configuration.catalogue(config)
    for job in config.schedule:
        try:
            catalogue.select(region=job.region or None, source=job.source or None)
        except AggregatorError as error:
            raise ConfigError(str(error), file=config.root / CONFIG_FILE, key=f"schedule {job.name}") from error
    return catalogue


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size
