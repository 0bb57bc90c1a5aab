"""How sources are doing on SQLite: what was told of them last, and what became of their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aggregator.encoding import from_json, to_json
from aggregator.records import Decision, HealthLine, SourceHealth
from aggregator.store.connection import unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.hosts import SqlHosts


class SqlHealth(SqlHosts):
    """Keeps `interface.Health`."""

    @unit_of_work
    def record_health(
        self, run_id: str, sources: Iterable[str], judge: Callable[[SourceHealth], SourceHealth], now: datetime
    ) -> list[HealthLine]:
        changed = []
        with self.transaction():
            before = self.health()
            for source_id in sources:
                known = before.get(source_id) or SourceHealth(source_id=source_id)
                found = judge(known)
                if found == known:
                    continue
                self._keep_health(found, now)
                if found.state != known.state:
                    changed.append(self._tell_health(run_id, known, found, now))
        return changed

    def _keep_health(self, found: SourceHealth, now: datetime) -> None:
        self.execute(
            "INSERT INTO health (source_id, state, since, record) VALUES (:source, :state, :since, :record)"
            " ON CONFLICT (source_id) DO UPDATE SET state = excluded.state, since = excluded.since,"
            " record = excluded.record",
            source=found.source_id,
            state=found.state,
            since=seconds(found.since or now),
            record=to_json(found).decode(),
        )

    def _tell_health(self, run_id: str, known: SourceHealth, found: SourceHealth, now: datetime) -> HealthLine:
        line = HealthLine(
            source_id=found.source_id,
            state=found.state,
            before=known.state,
            reason=found.reason,
            advice=found.advice,
        )
        self._log(run_id, "source_health", to_json(line), now)
        self.note(line.source_id, Decision(what="health", choice=line.state, reason=line.reason), now)
        return line

    def health(self) -> Mapping[str, SourceHealth]:
        rows = self.rows("SELECT source_id, state, since, record FROM health")
        return {row["source_id"]: _health(row) for row in rows}

    def page_counts(self, since: datetime) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for row in self.rows(
            "SELECT source_id, state, count(*) AS n FROM frontier WHERE first_seen >= :since GROUP BY source_id, state",
            since=seconds(since),
        ):
            found.setdefault(row["source_id"], {})[row["state"]] = row["n"]
        return found


def _health(row: Any) -> SourceHealth:
    if row["record"] is None:  # it was told before there was a record
        return SourceHealth(source_id=row["source_id"], state=row["state"], since=moment(row["since"]))
    return from_json(row["record"].encode(), SourceHealth)
