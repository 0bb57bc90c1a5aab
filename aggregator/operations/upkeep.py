"""Housekeeping: `aggregator maintain` and `aggregator backup`, by hand or by the schedule.

Nothing that was collected is deleted unless the configuration asks for it: archives have no limit by default.
Closed parts of the journal are compressed as they are closed, so nothing is left to do for them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import Config
from aggregator.errors import InputError
from aggregator.journal import archives
from aggregator.operations import history
from aggregator.store import masked, open_store, server_upkeep, there, upkeep

BACKUPS = "aggregator-????????T??????Z.db"


def maintain(config: Config, now: datetime) -> Iterator[str]:
    """Tidies up; what was done, in lines.  Raises an AggregatorError where the database cannot be tidied."""
    removed = prune_archives(config, now)
    if removed:
        yield f"archives: {len(removed)} deleted, {sum(size for _, size in removed):,} bytes"
    days = history.prune(config.data_folder, now, timedelta(seconds=config.maintenance.keep_history))
    if days:
        yield f"records of runs: {days} days deleted"
    if isinstance(config.place, str):
        size = server_upkeep.tidy(config.place)
        yield f"database: {size:,} bytes at {masked(config.place)}; the rest is done by the server"
    elif config.database.exists():
        left = upkeep.tidy(config.database)
        yield f"database: {config.database.stat().st_size:,} bytes, {left:,} in its log"


def prune_archives(config: Config, now: datetime) -> list[tuple[Path, int]]:
    """Deletes archives that are too old or too many, the oldest first, never one that is being written."""
    options, data = config.archive, config.data_folder
    if not options.keep_days and not options.keep_bytes:
        return []
    found = []
    for path in archives.files(data / "warc"):
        status = path.stat()
        found.append((status.st_mtime, status.st_size, path))
    limit = (now - timedelta(days=options.keep_days)).timestamp() if options.keep_days else 0.0
    total = sum(size for _, size, _ in found)
    removed: list[tuple[Path, int]] = []
    if not there(config.place):
        return removed
    with closing(open_store(config.place)) as store:
        written = frozenset(store.living_runs())
        for changed, size, path in sorted(found):
            too_much = bool(options.keep_bytes) and total > options.keep_bytes
            if (changed < limit or too_much) and archives.run_of(path) not in written:
                path.unlink(missing_ok=True)
                removed.append((path, size))
                total -= size
        for path, _ in removed:
            store.replace_captures(path.name, (), (), lambda: None)
    return removed


def backup(config: Config, folder: Path, keep: int, now: datetime) -> tuple[Path, int]:
    """Copies the database into a folder and keeps the newest `keep` copies there (0: all); the file and its size.

    The database is all there is to be kept: the journal and articles.jsonl are made from it.  Raises InputError where
    nothing was collected yet or the folder cannot be written, or the store is on a server, which has its own tools.
    """
    if isinstance(config.place, str):
        raise InputError(f"{masked(config.place)}: {server_upkeep.BACKUP}")
    if not config.database.exists():
        raise InputError(f"{config.data_folder} holds no articles yet: there is nothing to keep")
    target = folder / f"aggregator-{now.astimezone(UTC):%Y%m%dT%H%M%S}Z.db"
    size = upkeep.copy(config.database, target)
    if keep > 0:
        for old in backups(folder)[:-keep]:
            old.unlink(missing_ok=True)
    return target, size


def backups(folder: Path) -> list[Path]:
    """The copies in a folder, oldest first."""
    return sorted(folder.glob(BACKUPS))
