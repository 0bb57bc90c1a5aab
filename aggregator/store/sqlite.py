"""The store in one SQLite file."""

from __future__ import annotations

from pathlib import Path

from aggregator.store.runs import SqlStore
from aggregator.store.sqlite_connection import FileLocks, SqliteConnection


class SqliteStore(SqlStore):
    """Keeps `interface.Store` in one file; that a run lives is told by a locked file beside it."""

    def __init__(self, path: Path) -> None:
        """Opens (or makes) the database at `path`."""
        super().__init__(SqliteConnection(path), FileLocks(path.parent / "runs"))
        self.path = path
