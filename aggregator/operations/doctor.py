"""`aggregator doctor`: what is wrong with a project, and what to do about it.  It changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from aggregator import config as configuration
from aggregator.config import CONFIG_FILE, Config
from aggregator.errors import AggregatorError
from aggregator.journal.checking import differences
from aggregator.operations import history, scheduled
from aggregator.operations.snapshot import Origin
from aggregator.operations.upkeep import backups
from aggregator.store import masked, open_store, server_upkeep, there, upkeep

LITTLE, FEW = 1_000_000_000, 100_000_000
"""Bytes free on the disk below which a person should know, and below which a crawl may fail."""

PERSISTENT = 3
"""Failures of a job in a row that do not pass by themselves."""

_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one look."""

    what: str
    state: Literal["ok", "warning", "wrong"]
    """wrong: something does not work or is about to be lost"""
    said: str
    advice: str = ""
    """what to do"""


def examine(origin: Origin, now: datetime, *, thorough: bool = False) -> Iterator[Finding]:
    """All findings, one after the other."""
    try:
        config = origin.read()
    except AggregatorError as error:
        yield Finding(what="configuration", state="wrong", said=str(error), advice="correct it; nothing runs before")
        return
    yield _configuration(config)
    yield _folders(config)
    yield _disk(config)
    yield _clock(config, now)
    yield _database(config, thorough=thorough)
    yield _journal(config)
    yield _schedule(config)
    if config.maintenance.backup:
        yield _backups(config, now)


def _configuration(config: Config) -> Finding:
    try:
        catalogue = configuration.catalogue(config)
        for job in config.schedule:
            catalogue.select(region=job.region or None, source=job.source or None)
    except AggregatorError as error:
        return Finding(what="configuration", state="wrong", said=str(error), advice="correct the file that is named")
    problem = configuration.contact_problem(config)
    if problem:
        return Finding(what="configuration", state="warning", said=problem, advice="the schedule does not start so")
    enabled = sum(source.enabled for source in catalogue.sources)
    return Finding(what="configuration", state="ok", said=f"{config.root / CONFIG_FILE}, {enabled} sources")


def _folders(config: Config) -> Finding:
    data = config.data_folder
    for folder in (data, data / "journal", data / "runs", data / "schedule", data / "history"):
        if folder.exists():
            try:
                tempfile.TemporaryFile(dir=folder).close()
            except OSError as error:
                said = f"{folder} cannot be written: {error.strerror}"
                return Finding(what="folders", state="wrong", said=said, advice="give it to the user that crawls")
    if not data.exists():
        return Finding(what="folders", state="ok", said=f"{data} is not there yet: the first crawl makes it")
    return Finding(what="folders", state="ok", said=f"{data} can be written")


def _disk(config: Config) -> Finding:
    place = next(folder for folder in (config.data_folder, *config.data_folder.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free"
    advice = "make room, or set archive.keep_days and archive.keep_bytes"
    if free < FEW:
        return Finding(what="disk", state="wrong", said=said, advice=advice)
    size = config.database.stat().st_size if config.database.exists() else 0
    if free < max(LITTLE, size):
        return Finding(what="disk", state="warning", said=said, advice=advice)
    return Finding(what="disk", state="ok", said=said)


def _clock(config: Config, now: datetime) -> Finding:
    ends = [record.ended for record in history.since(config.data_folder, now)]
    ahead = max(ends, default=now) - now
    if ahead > _SLACK:
        said = f"{now:%Y-%m-%d %H:%M} UTC, and a run ended {ahead} later: the clock was set back, or is wrong"
        return Finding(what="clock", state="warning", said=said, advice="let the system set its clock by NTP")
    return Finding(what="clock", state="ok", said=f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _database(config: Config, *, thorough: bool) -> Finding:
    if isinstance(config.place, str):
        return _server(config.place)
    path = config.database
    if not path.exists():
        return Finding(what="database", state="ok", said="none yet: the first crawl makes it")
    found = upkeep.problems(path, thorough=thorough)
    if found:
        advice = f"stop all crawls, move {path.name} with its -wal and -shm away, and put a backup in its place"
        return Finding(what="database", state="wrong", said=f"{path}: {'; '.join(found)}", advice=advice)
    return Finding(what="database", state="ok", said=f"{path}, {path.stat().st_size / 1e6:.1f} MB, whole")


def _server(url: str) -> Finding:
    if server_upkeep.is_empty(url):
        return Finding(
            what="database",
            state="ok",
            said=f"{masked(url)} is empty: the first crawl, or the schedule, makes the tables",
        )
    found = server_upkeep.problems(url)
    if found:
        advice = "see to the server; where tables are damaged, stop all crawls and put a dump back"
        return Finding(what="database", state="wrong", said=f"{masked(url)}: {'; '.join(found)}", advice=advice)
    return Finding(what="database", state="ok", said=f"{masked(url)}, {server_upkeep.tables_size(url) / 1e6:.1f} MB")


def _journal(config: Config) -> Finding:
    if not there(config.place) or (isinstance(config.place, str) and server_upkeep.is_empty(config.place)):
        return Finding(what="journal", state="ok", said="none yet")
    try:
        store = open_store(config.place)
        try:
            found = [f"{name}: {problem}" for name, problem in differences(store, config.data_folder)]
            last = store.last_seq()
        finally:
            store.close()
    except (AggregatorError, OSError) as error:
        return Finding(what="journal", state="wrong", said=str(error), advice="see to the database first")
    if found:
        advice = "stop all crawls and run `aggregator journal rebuild`: the database is the truth"
        return Finding(what="journal", state="wrong", said="; ".join(found), advice=advice)
    return Finding(what="journal", state="ok", said=f"it agrees with the database, {last} lines")


def _schedule(config: Config) -> Finding:
    state = scheduled.load(config.data_folder)
    if not scheduled.is_running(config.data_folder):
        return Finding(what="schedule", state="ok", said="it does not run; `aggregator schedule` starts it")
    if state.problem:
        advice = "correct the file; the last right one is in use"
        return Finding(what="schedule", state="warning", said=state.problem, advice=advice)
    for name, job in state.jobs.items():
        if job.failures >= PERSISTENT:
            said = f"{name} failed {job.failures} times in a row: {job.message}"
            advice = f"data/schedule/{name}.log has what it said last"
            return Finding(what="schedule", state="wrong", said=said, advice=advice)
    return Finding(what="schedule", state="ok", said=f"process {state.pid}, {len(state.jobs)} jobs")


def _backups(config: Config, now: datetime) -> Finding:
    folder: Path = config.root / config.maintenance.backup
    age = timedelta(seconds=2 * config.maintenance.backup_every)
    found = backups(folder)
    if not found:
        return Finding(what="backup", state="warning", said=f"none in {folder}", advice="`aggregator backup FOLDER`")
    newest = datetime.fromtimestamp(found[-1].stat().st_mtime, now.tzinfo)
    state: Literal["ok", "warning"] = "warning" if now - newest > age else "ok"
    advice = "does the schedule run?" if state == "warning" else ""
    return Finding(what="backup", state=state, said=f"{len(found)}, newest of {newest:%Y-%m-%d %H:%M}", advice=advice)
