"""Care of the SQLite file: tidying, copying and examining it, while crawls go on.

Functions of the file and not of the store: another database would have its own.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from aggregator.errors import InputError, StoreError
from aggregator.store import schema
from aggregator.store.database import BUSY_SECONDS

_ANALYSED = 1_000
"""Rows of each index that are looked at for the planner; a full ANALYZE would read the whole file."""


def tidy(path: Path) -> int:
    """Brings the planner's figures up to date and empties the write-ahead log into the file.

    Gives the bytes that the log has left: some, where a reader was in the way.  Raises StoreError.
    """
    with _opened(path) as connection:
        connection.execute(f"PRAGMA analysis_limit = {_ANALYSED}")
        connection.execute("PRAGMA optimize = 0x10002")  # all tables (https://www.sqlite.org/pragma.html)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = path.with_name(f"{path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def copy(path: Path, target: Path) -> int:
    """A consistent copy of the database at one moment, whoever writes meanwhile; its size in bytes.

    It is checked and synced before it gets its name, so a file of that name is whole.  Raises InputError where the
    target cannot be written, StoreError where the database is damaged.
    """
    temporary = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        needed, free = path.stat().st_size, shutil.disk_usage(target.parent).free
        if free < needed:
            raise InputError(f"{target.parent} has {free:,} bytes free, the backup needs {needed:,}: make room")
        temporary.unlink(missing_ok=True)
        with _opened(path) as source, closing(sqlite3.connect(temporary)) as copied:
            source.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
            (state,) = copied.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise StoreError(f"the copy of {path} is damaged ({state}): `aggregator doctor` looks into it", path=path)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except (OSError, sqlite3.Error) as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise StoreError(f"{path} is damaged ({error}): `aggregator doctor` looks into it", path=path) from error
        raise InputError(f"{target} cannot be written ({error}): choose another folder", subject=str(target)) from error
    finally:
        with suppress(OSError):  # where it could not be made, it cannot be taken away either
            temporary.unlink(missing_ok=True)
    return target.stat().st_size


def problems(path: Path, *, thorough: bool = False) -> list[str]:
    """What is wrong with the file, nothing where it is well.  `thorough` compares the indexes as well, and is slow."""
    try:
        with _opened(path) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                return ["it is a database of another program"]
            if version > schema.VERSION:
                return [f"it was written by a later version (schema {version}, this one knows {schema.VERSION})"]
            check = "integrity_check" if thorough else "quick_check"
            found = [row[0] for row in connection.execute(f"PRAGMA {check}(5)")]
    except (StoreError, sqlite3.Error) as error:
        return [str(error)]
    return [text for text in found if text != "ok"]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # mode=rw: a file that is not there must not be made by looking for it.
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened ({error})", path=path) from error
    with closing(connection):
        yield connection
