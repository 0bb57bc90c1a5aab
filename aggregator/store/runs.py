"""The whole store: runs and their lives on top of frontier and archive, whatever database is below."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from aggregator.store.backfills import SqlBackfills
from aggregator.store.connection import Connection, Held, unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.frontier import NOT_FETCHED
from aggregator.store.search import index_article


class SqlStore(SqlBackfills):
    """Keeps `interface.Store`.

    Several processes may have it open: each run claims its own sightings, and holds its name in a way that the system
    or the server drops with the process, so that the next run can tell a dead run's claims from a living one's
    without a clock.
    """

    def __init__(self, connection: Connection, held: Held) -> None:
        """Speaks to an open database; `held` keeps the names of living runs."""
        super().__init__(connection)
        self._names = held
        self._living: set[str] = set()

    # --------------------------------------------------------------- index

    def index_all(self, advance: Callable[[int], None]) -> None:
        """Fills the index of words from the log, where it is empty; `advance` is told of so many articles at a time.

        Inside a transaction of the caller's.
        """
        after = 0
        while rows := self.rows(
            "SELECT first_seq, seq FROM articles WHERE first_seq > :after ORDER BY first_seq LIMIT 500", after=after
        ):
            for row in rows:
                index_article(self, row["first_seq"], self._latest(row["seq"]))
            after = rows[-1]["first_seq"]
            advance(len(rows))

    # ---------------------------------------------------------------- runs

    def begin_run(self, spider: str, selection: str, now: datetime) -> str:
        run_id = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        self._names.take(run_id)
        self._living.add(run_id)
        self._begin(run_id, spider, selection, now)
        return run_id

    @unit_of_work
    def _begin(self, run_id: str, spider: str, selection: str, now: datetime) -> None:
        with self.transaction():
            for row in self.rows("SELECT run_id FROM runs WHERE ended IS NULL"):
                self._bury(row["run_id"], now)
            self.execute(
                "INSERT INTO runs (run_id, spider, selection, pid, started)"
                " VALUES (:id, :spider, :selection, :pid, :now)",
                id=run_id,
                spider=spider,
                selection=selection,
                pid=os.getpid(),
                now=seconds(now),
            )

    def _bury(self, run_id: str, now: datetime) -> None:
        if not self._names.take(run_id):
            return  # alive, in another process
        try:
            self._end(run_id, "died", now)
        finally:
            self._names.drop(run_id)

    def living_runs(self) -> list[str]:
        """Runs that are not ended and whose process lives, those of this store included."""
        found = []
        for row in self.rows("SELECT run_id FROM runs WHERE ended IS NULL"):
            if self._names.take(row["run_id"]):
                self._names.drop(row["run_id"])
            else:
                found.append(row["run_id"])
        return found

    def _end(self, run_id: str, outcome: str, now: datetime) -> None:
        self.execute("UPDATE frontier SET owner = NULL WHERE owner = :id", id=run_id)
        self.execute(
            "UPDATE runs SET ended = :now, outcome = :outcome WHERE run_id = :id AND ended IS NULL",
            now=seconds(now),
            outcome=outcome,
            id=run_id,
        )

    def end_run(self, run_id: str, outcome: str, now: datetime) -> None:
        self._finish(run_id, outcome, now)
        self._living.discard(run_id)
        self._names.drop(run_id)

    @unit_of_work
    def _finish(self, run_id: str, outcome: str, now: datetime) -> None:
        with self.transaction():
            self._end(run_id, outcome, now)

    # --------------------------------------------------------------- hosts

    def take_host(self, host: str) -> bool:
        return self._names.take(f"host {host}")

    def leave_host(self, host: str) -> None:
        self._names.drop(f"host {host}")

    # -------------------------------------------------------------- editor

    def become_editor(self) -> bool:
        return True  # a file is that of one data folder, and that folder's lock was taken

    def resign_editor(self) -> None:
        pass  # with the folder's lock

    # -------------------------------------------------------------- status

    def first_run(self) -> datetime | None:
        row = self.row("SELECT min(started) AS first FROM runs")
        return moment(row["first"]) if row else None

    def ruled_out(self) -> dict[str, int]:
        return {
            row["rule"]: row["n"]
            for row in self.rows(
                "SELECT replace(reason, :prefix, '') AS rule, count(*) AS n FROM frontier WHERE state = 'rejected'"
                " AND (reason LIKE 'rule %' OR reason LIKE 'no keep rule %' OR reason LIKE :unfetched)"
                " GROUP BY rule ORDER BY n DESC, rule",
                prefix=f"{NOT_FETCHED} ",
                unfetched=f"{NOT_FETCHED}%",
            )
        }

    def counts(self) -> dict[str, int]:
        found = {
            f"frontier.{row['state']}": row["n"]
            for row in self.rows("SELECT state, count(*) AS n FROM frontier GROUP BY state ORDER BY state")
        }
        found |= {
            f"articles.{row['status']}": row["n"]
            for row in self.rows("SELECT status, count(*) AS n FROM articles GROUP BY status ORDER BY status DESC")
        }
        found |= {
            f"log.{row['kind']}": row["n"]
            for row in self.rows("SELECT kind, count(*) AS n FROM log GROUP BY kind ORDER BY kind")
        }
        open_, resolved = self.rows(
            "SELECT count(*) FILTER (WHERE target_id IS NULL), count(*) FILTER (WHERE target_id IS NOT NULL)"
            " FROM relations"
        )[0]
        return found | {"relations.open": open_, "relations.resolved": resolved}
