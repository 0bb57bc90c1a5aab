"""One SQLite file: opening, migrating, transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

from filelock import FileLock, Timeout

from aggregator.errors import NewerSchema, StoreError, StoreUnavailable
from aggregator.store import database, dialect, fts5, schema

Result = TypeVar("Result")


_CACHE = 16_000
"""KiB of the database kept in memory.  SQLite's own 2,000 hold too little of the index of texts, of which each article
touches pages all over."""
_LOG_PAGES = 4_000
"""Pages (16 MB) that the log of writes holds before they go to their places; SQLite's own 1,000 are twenty
articles', of which many write the same pages."""


class SqliteConnection:
    """Keeps `connection.Connection` on one file."""

    kind: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, path: Path) -> None:
        """Opens (or makes) the database at `path` and brings it to the present schema."""
        self.path = path
        self.place: Path | str = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=database.BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(self._advice(error), path=path) from error
        try:
            self._connection.row_factory = sqlite3.Row
            self._refuse_foreign()
            # FULL: a line that stands in a file must not be missing here after a power cut.
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                f"cache_size = -{_CACHE}",
                f"wal_autocheckpoint = {_LOG_PAGES}",
            ):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.Error):
                raise StoreUnavailable(self._advice(error), path=path) from error
            raise

    def only_read(self) -> None:
        """From now on nothing can be written here."""
        self.run("PRAGMA query_only = ON", {})

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _advice(self, error: Exception) -> str:
        text = str(error)
        if "not a database" in text or "malformed" in text:
            return f"{self.path} is no database of this program, or is damaged: move it away, or name another folder"
        if isinstance(error, OSError) or "unable to open" in text or "readonly" in text:
            return f"{self.path.parent} cannot be written ({text}): make it writable or name another with --data DIR"
        if "is full" in text or "disk I/O" in text:
            return f"{self.path} cannot be written ({text}): make room, or look after the disk; what was stored is safe"
        return f"{self.path}: {text}"

    def _refuse_foreign(self) -> None:
        # Before the first pragma that writes: not a byte of another program's file may change.
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > schema.VERSION:
            raise NewerSchema(
                f"{self.path} was written by a later version (schema {version}, this one knows {schema.VERSION}):"
                " install that version, or name another folder with --data DIR",
                path=self.path,
            )
        if version == 0 and self.rows("SELECT 1 FROM sqlite_master LIMIT 1", {}):
            raise StoreUnavailable(f"{self.path} is a database of another program: name another folder", path=self.path)

    def _migrate(self) -> None:
        fts5.register(self._connection)  # what the migration that fills the index calls
        with self.transaction():
            self._refuse_foreign()
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            for number in range(version, schema.VERSION):
                for statement in dialect.local(schema.MIGRATIONS[number]):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {schema.VERSION}")

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[None]:
        """All or nothing; taken for writing at once, so that what is read inside still holds when it is written.

        One that is not `lasting` survives the process like any other, but perhaps not a power cut: it does not wait
        for the disk, and is as safe as the next one that does (https://www.sqlite.org/pragma.html#pragma_synchronous).
        """
        if not lasting:
            self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._transaction():
                yield
        finally:
            if not lasting:
                self._connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(self._advice(error), path=self.path) from error
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                self._say(error)
            raise

    def outlast(self, work: Callable[[], Result]) -> Result:
        """Does it: a file is not cut off."""
        return work()

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """What is deleted is overwritten, and no older copy stays in the log of writes."""
        # https://www.sqlite.org/pragma.html#pragma_secure_delete
        self.run("PRAGMA secure_delete = ON", {})
        yield
        self.run("PRAGMA wal_checkpoint(TRUNCATE)", {})

    def run(self, statement: str, values: Mapping[str, Any]) -> int:
        """Runs one statement; how many rows it changed."""
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            self._say(error)

    def insert(self, statement: str, number: str, values: Mapping[str, Any]) -> int:  # noqa: ARG002
        """Inserts one row; its number, which SQLite has by itself."""
        try:
            row = self._connection.execute(statement, values).lastrowid
        except sqlite3.Error as error:
            self._say(error)
        assert row is not None
        return row

    def fill(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs one statement for each of many rows."""
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            self._say(error)

    def go_on(self, table: str, column: str) -> None:
        """Nothing: SQLite looks for the highest number itself."""

    def rows(self, query: str, values: Mapping[str, Any]) -> Sequence[sqlite3.Row]:
        """All rows of a query."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._say(error)

    def row(self, query: str, values: Mapping[str, Any]) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        try:
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        except sqlite3.Error as error:
            self._say(error)
        return found

    def _say(self, error: sqlite3.Error) -> NoReturn:
        raise StoreError(self._advice(error), path=self.path) from error


class FileLocks:
    """Keeps `connection.Held` by a locked file for each name: the system drops the lock with the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    def take(self, name: str) -> bool:
        """Takes a name at once; False where somebody holds it."""
        self._folder.mkdir(exist_ok=True)
        lock = FileLock(self._folder / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        self._held[name] = lock
        return True

    def drop(self, name: str) -> None:
        """Lets go of a name, and takes its file away."""
        lock = self._held.pop(name, None)
        if lock is not None:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)
