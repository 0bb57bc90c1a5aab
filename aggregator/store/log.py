"""The log: every line of the journal, and with it the records themselves."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime

from aggregator.encoding import from_json
from aggregator.records import Article, DuplicateLine, LineKind, LogRow
from aggregator.store.connection import unit_of_work
from aggregator.store.database import Database, moment, seconds

_BATCH = 500
"""Rows that are looked through at once."""


class SqlLog(Database):
    """Keeps `interface.Log`."""

    def _log(self, run_id: str, kind: LineKind, payload: bytes, now: datetime, *, listed: bool = False) -> int:
        return self.connection.insert(
            "INSERT INTO log (at, kind, run_id, listed, payload) VALUES (:at, :kind, :run_id, :listed, :payload)",
            "seq",
            {
                "at": seconds(now),
                "kind": kind,
                "run_id": run_id,
                "listed": int(listed),
                "payload": zlib.compress(payload),
            },
        )

    def _latest(self, seq: int) -> Article:
        form = self._form(seq)
        assert form is not None
        return form

    def _form(self, seq: int) -> Article | None:
        """The article of a row; None where the row only tells of another URL."""
        row = self.row("SELECT kind, payload FROM log WHERE seq = :seq", seq=seq)
        assert row is not None
        payload = zlib.decompress(row["payload"])
        return from_json(payload, Article) if row["kind"] == "article" else from_json(payload, DuplicateLine).article

    def _article(self, article_id: str) -> Article | None:
        """The latest form of an article as it was written."""
        row = self.row("SELECT seq FROM articles WHERE id = :id", id=article_id)
        return self._latest(row["seq"]) if row else None

    def _written(self, article_id: str, first: int, last: int) -> list[Article]:
        """The forms of an article that stand between two rows of the log, in their order."""
        own = self._own_rows(article_id, first, last)
        return [form for seq in own if (form := self._form(seq)) is not None]

    def _own_rows(self, article_id: str, first: int, last: int) -> list[int]:
        """The rows between these two that hold a record of an article."""
        begin = b'{"id":"' + article_id.encode() + b'"'  # a record's first field: the rest need not be unpacked
        found: list[int] = []
        while True:
            rows = self.rows(
                "SELECT seq, payload FROM log WHERE seq BETWEEN :first AND :last AND kind IN ('article', 'duplicate')"
                " ORDER BY seq LIMIT :batch",
                first=first,
                last=last,
                batch=_BATCH,
            )
            begins = ((row["seq"], zlib.decompressobj().decompress(row["payload"], len(begin))) for row in rows)
            found += [seq for seq, opening in begins if opening == begin]
            if len(rows) < _BATCH:
                return found
            first = rows[-1]["seq"] + 1

    def rows_after(self, seq: int, limit: int) -> list[LogRow]:
        rows = self.rows("SELECT * FROM log WHERE seq > :seq ORDER BY seq LIMIT :limit", seq=seq, limit=limit)
        return [
            LogRow(
                seq=row["seq"],
                at=at,
                kind=row["kind"],
                run_id=row["run_id"],
                listed=bool(row["listed"]),
                payload=zlib.decompress(row["payload"]),
            )
            for row in rows
            if (at := moment(row["at"]))
        ]

    def last_seq(self) -> int:
        row = self.row("SELECT coalesce(max(seq), 0) AS seq FROM log")
        return int(row["seq"]) if row else 0

    @unit_of_work
    def append_checkpoint(self, run_id: str, compose: Callable[[], bytes], now: datetime) -> int:
        with self.transaction():
            return self._log(run_id, "checkpoint", compose(), now)

    def checkpoints(self) -> list[int]:
        return [row["seq"] for row in self.rows("SELECT seq FROM log WHERE kind = 'checkpoint' ORDER BY seq")]
