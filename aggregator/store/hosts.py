"""The hosts: who wants quiet, and what is known of each robots.txt."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from aggregator.records import RobotsFile
from aggregator.store.connection import unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.log import SqlLog

LONGEST_QUIET = 86_400.0 + 60.0
"""Seconds, a day and a minute.  Nobody is left alone for longer than a day: what is, was written before the clock was
set back, and would hold for as long as it was wrong."""

FORGOTTEN = timedelta(days=31)
"""A robots.txt that was not asked for in so long is not kept: longer than the standard makes use of one."""


class SqlHosts(SqlLog):
    """Keeps `interface.Hosts`."""

    def quiet_hosts(self, now: datetime) -> Mapping[str, datetime]:
        rows = self.rows(
            "SELECT host, quiet_until FROM hosts WHERE quiet_until > :now AND quiet_until <= :now + :quiet",
            now=seconds(now),
            quiet=LONGEST_QUIET,
        )
        return {row["host"]: moment(row["quiet_until"]) or now for row in rows}

    def refusals(self) -> Mapping[str, int]:
        return {
            row["host"]: row["refusals"] for row in self.rows("SELECT host, refusals FROM hosts WHERE refusals > 0")
        }

    @unit_of_work
    def keep_quiet(self, host: str, until: datetime, reason: str, *, refusals: int = 0) -> None:
        with self.transaction():
            self.execute(
                "INSERT INTO hosts (host, quiet_until, reason, refusals) VALUES (:host, :until, :reason, :refusals)"
                " ON CONFLICT (host) DO UPDATE SET refusals ="
                " CASE WHEN excluded.refusals > hosts.refusals THEN excluded.refusals ELSE hosts.refusals END,"
                " reason ="
                " CASE WHEN excluded.quiet_until > hosts.quiet_until THEN excluded.reason ELSE hosts.reason END,"
                # One that is further off than any can be is from a clock that was wrong.
                " quiet_until = CASE WHEN hosts.quiet_until > excluded.quiet_until + :quiet"
                " OR excluded.quiet_until > hosts.quiet_until THEN excluded.quiet_until ELSE hosts.quiet_until END",
                quiet=LONGEST_QUIET,
                host=host,
                until=seconds(until),
                reason=reason,
                refusals=refusals,
            )

    @unit_of_work
    def forgive(self, host: str, now: datetime) -> None:
        with self.transaction():
            self.execute("DELETE FROM hosts WHERE host = :host AND quiet_until <= :now", host=host, now=seconds(now))
            self.execute("UPDATE hosts SET refusals = 0 WHERE host = :host", host=host)

    def robots(self, authority: str) -> RobotsFile | None:
        row = self.row("SELECT * FROM robots WHERE authority = :authority", authority=authority)
        if row is None:
            return None
        asked = moment(row["asked"])
        expires = moment(row["expires"])
        assert asked is not None
        assert expires is not None
        return RobotsFile(
            authority=authority,
            asked=asked,
            expires=expires,
            status=row["status"],
            text=zlib.decompress(row["text"]).decode("utf-8", "surrogateescape"),
            read=moment(row["read"]),
            problem=row["problem"],
            failures=row["failures"],
            failing_since=moment(row["failing_since"]),
        )

    @unit_of_work
    def keep_robots(self, file: RobotsFile) -> None:
        with self.transaction():
            self.execute(
                "INSERT INTO robots"
                " (authority, asked, expires, status, text, read, problem, failures, failing_since)"
                " VALUES (:authority, :asked, :expires, :status, :text, :read, :problem, :failures, :failing_since)"
                " ON CONFLICT (authority) DO UPDATE SET asked = excluded.asked, expires = excluded.expires,"
                " status = excluded.status, text = excluded.text, read = excluded.read, problem = excluded.problem,"
                " failures = excluded.failures, failing_since = excluded.failing_since",
                authority=file.authority,
                asked=seconds(file.asked),
                expires=seconds(file.expires),
                status=file.status,
                text=zlib.compress(file.text.encode("utf-8", "surrogateescape")),
                read=seconds(file.read) if file.read else None,
                problem=file.problem,
                failures=file.failures,
                failing_since=seconds(file.failing_since) if file.failing_since else None,
            )
            self.execute("DELETE FROM robots WHERE asked < :old", old=seconds(file.asked - FORGOTTEN))
