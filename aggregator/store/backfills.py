"""Which archives were read to their end."""

from __future__ import annotations

from datetime import datetime

from aggregator.store.captures import SqlCaptures
from aggregator.store.connection import unit_of_work
from aggregator.store.database import seconds


class SqlBackfills(SqlCaptures):
    """Keeps `interface.Backfills`."""

    def was_read(self, work: str) -> bool:
        return self.row("SELECT 1 FROM archives_read WHERE work = :work", work=work) is not None

    @unit_of_work
    def note_read(self, work: str, name: str, pages: int, now: datetime) -> None:
        with self.transaction():
            self.execute(
                "INSERT INTO archives_read (work, name, pages, at) VALUES (:work, :name, :pages, :now)"
                " ON CONFLICT (work) DO UPDATE SET pages = excluded.pages, at = excluded.at",
                work=work,
                name=name,
                pages=pages,
                now=seconds(now),
            )
