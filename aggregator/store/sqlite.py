"""The store on SQLite: runs and their locks on top of frontier and archive."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from aggregator.store.backfills import SqliteBackfills
from aggregator.store.database import moment, seconds
from aggregator.store.frontier import NOT_FETCHED


class SqliteStore(SqliteBackfills):
    """Keeps `interface.Store` in one SQLite file.

    Several processes may hold it open: each run claims its own sightings, and holds a file lock that the system drops
    when the process dies, so that the next run can tell a dead run's claims from a living one's without a clock.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._locks: dict[str, FileLock] = {}

    # ---------------------------------------------------------------- runs

    def _lock(self, run_id: str) -> FileLock:
        folder = self.path.parent / "runs"
        folder.mkdir(exist_ok=True)
        return FileLock(folder / f"{run_id}.lock")

    def begin_run(self, spider: str, selection: str, now: datetime) -> str:
        run_id = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        lock = self._lock(run_id)
        lock.acquire(timeout=0)
        self._locks[run_id] = lock
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
        return run_id

    def _bury(self, run_id: str, now: datetime) -> None:
        lock = self._lock(run_id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return  # alive, in another process
        self._end(run_id, "died", now)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)

    def _end(self, run_id: str, outcome: str, now: datetime) -> None:
        self.execute("UPDATE frontier SET owner = NULL WHERE owner = :id", id=run_id)
        self.execute(
            "UPDATE runs SET ended = :now, outcome = :outcome WHERE run_id = :id AND ended IS NULL",
            now=seconds(now),
            outcome=outcome,
            id=run_id,
        )

    def end_run(self, run_id: str, outcome: str, now: datetime) -> None:
        with self.transaction():
            self._end(run_id, outcome, now)
        lock = self._locks.pop(run_id, None)
        if lock is not None:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

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
            "SELECT coalesce(sum(target_id IS NULL), 0), coalesce(sum(target_id IS NOT NULL), 0) FROM relations"
        )[0]
        return found | {"relations.open": open_, "relations.resolved": resolved}
