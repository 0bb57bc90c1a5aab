"""How sources are doing: what was told of them last, and what became of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.encoding import to_json
from aggregator.records import Decision, HealthLine
from aggregator.store.connection import unit_of_work
from aggregator.store.database import seconds
from aggregator.store.hosts import SqlHosts


class SqlHealth(SqlHosts):
    """Keeps `interface.Health`."""

    @unit_of_work
    def record_health(self, run_id: str, found: Iterable[HealthLine], now: datetime) -> list[HealthLine]:
        changed = []
        with self.transaction():
            known = {row["source_id"]: row["state"] for row in self.rows("SELECT source_id, state FROM health")}
            for line in found:
                before = known.get(line.source_id, "ok")
                if before == line.state:
                    continue
                line = replace(line, before=before)
                changed.append(line)
                self.execute(
                    "INSERT INTO health (source_id, state, since) VALUES (:source, :state, :now)"
                    " ON CONFLICT (source_id) DO UPDATE SET state = excluded.state, since = excluded.since",
                    source=line.source_id,
                    state=line.state,
                    now=seconds(now),
                )
                self._log(run_id, "source_health", to_json(line), now)
                self.note(line.source_id, Decision(what="health", choice=line.state, reason=line.reason), now)
        return changed

    def page_counts(self, since: datetime) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for row in self.rows(
            "SELECT source_id, state, count(*) AS n FROM frontier WHERE first_seen >= :since GROUP BY source_id, state",
            since=seconds(since),
        ):
            found.setdefault(row["source_id"], {})[row["state"]] = row["n"]
        return found
