"""One SQLite file: opening, migrating, transactions, times."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.errors import NewerSchema, StoreError, StoreUnavailable
from aggregator.records import Decision
from aggregator.store import schema, search

BUSY_SECONDS = 30.0
"""How long a transaction waits for another process's before it gives up."""


def seconds(time: datetime) -> float:
    """An aware time as it is kept: seconds since 1970."""
    return time.timestamp()


def moment(value: float | None) -> datetime | None:
    """A kept time as an aware one in UTC."""
    return None if value is None else datetime.fromtimestamp(value, UTC)


class Database:
    """The connection under every part of the store.  Raises StoreError and its kinds."""

    def __init__(self, path: Path) -> None:
        """Opens (or makes) the database at `path` and brings it to the present schema."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(self._advice(error), path=path) from error
        try:
            self._connection.row_factory = sqlite3.Row
            self._refuse_foreign()
            # FULL: a line that stands in a file must not be missing here after a power cut.
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.Error):
                raise StoreUnavailable(self._advice(error), path=path) from error
            raise

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
        if version == 0 and self.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            raise StoreUnavailable(f"{self.path} is a database of another program: name another folder", path=self.path)

    def _migrate(self) -> None:
        search.register(self._connection)  # what the migration that fills the index calls
        with self.transaction():
            self._refuse_foreign()
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            for number in range(version, schema.VERSION):
                for statement in schema.MIGRATIONS[number]:
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
                raise StoreError(self._advice(error), path=self.path) from error
            raise

    def execute(self, statement: str, **values: Any) -> sqlite3.Cursor:
        """Runs one statement with named values."""
        with self._said():
            return self._connection.execute(statement, values)

    def rows(self, query: str, **values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._said():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, **values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self._said():
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return found

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(self._advice(error), path=self.path) from error

    def note(self, subject: str, decision: Decision, now: datetime) -> None:
        """Remembers a decision for `aggregator why`."""
        self.execute(
            "INSERT INTO events (at, subject, what, choice, reason) VALUES (:at, :subject, :what, :choice, :reason)",
            at=seconds(now),
            subject=subject,
            what=decision.what,
            choice=decision.choice,
            reason=decision.reason,
        )
