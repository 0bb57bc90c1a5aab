"""What all parts of the store share: statements, transactions, times, and decisions that are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from aggregator.records import Decision
from aggregator.store.connection import Connection, Row, Spoken

BUSY_SECONDS = 30.0
"""How long a transaction waits for another process's before it gives up."""


def seconds(time: datetime) -> float:
    """An aware time as it is kept: seconds since 1970."""
    return time.timestamp()


def moment(value: float | None) -> datetime | None:
    """A kept time as an aware one in UTC."""
    return None if value is None else datetime.fromtimestamp(value, UTC)


class Database(Spoken):
    """The ground under every part of the store.  Raises StoreError and its kinds."""

    def __init__(self, connection: Connection) -> None:
        """Speaks to an open database of the present schema."""
        self.connection = connection

    def close(self) -> None:
        """Closes the connection."""
        self.connection.close()

    def transaction(self, *, lasting: bool = True) -> AbstractContextManager[None]:
        """All or nothing, one process at a time, so that what is read inside still holds when it is written.

        One that is not `lasting` does not wait for the disk: it may be lost in a power cut, whole.
        """
        return self.connection.transaction(lasting=lasting)

    def execute(self, statement: str, **values: Any) -> int:
        """Runs one statement with named values; how many rows it changed."""
        return self.connection.run(statement, values)

    def rows(self, query: str, **values: Any) -> Sequence[Row]:
        """All rows of a query."""
        return self.connection.rows(query, values)

    def row(self, query: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        return self.connection.row(query, values)

    def note(self, subject: str, decision: Decision, now: datetime) -> None:
        """Remembers a decision for `aggregator why`."""
        self.note_all(subject, (decision,), now)

    def note_all(self, subject: str, decisions: Sequence[Decision], now: datetime) -> None:
        """Remembers several."""
        self.connection.fill(
            "INSERT INTO events (at, subject, what, choice, reason) VALUES (:at, :subject, :what, :choice, :reason)",
            [
                {
                    "at": seconds(now),
                    "subject": subject,
                    "what": decision.what,
                    "choice": decision.choice,
                    "reason": decision.reason,
                }
                for decision in decisions
            ],
        )
