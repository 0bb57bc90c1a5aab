"""The store in a PostgreSQL database."""

from __future__ import annotations

from aggregator.store.postgres_connection import PostgresConnection
from aggregator.store.runs import SqlStore


class PostgresStore(SqlStore):
    """Keeps `interface.Store` on a server; that a run lives is told by a lock of its session."""

    def __init__(self, url: str) -> None:
        """Opens the database of an address `postgresql://...`, and makes its tables where there are none."""
        connection = PostgresConnection(url, after_cut=self._resume)
        super().__init__(connection, connection)

    def _resume(self) -> None:
        """A run that was taken for dead while its connection was cut goes on: it may still claim pages, and who takes
        its end for true would not give those back."""
        for run_id in self._living:
            self.execute(
                "UPDATE runs SET ended = NULL, outcome = NULL WHERE run_id = :id AND outcome = 'died'", id=run_id
            )

    def become_editor(self) -> bool:
        return self._names.take("editor")

    def resign_editor(self) -> None:
        self._names.drop("editor")
