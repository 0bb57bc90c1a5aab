"""The frontier: poll states, pending sightings, claims."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from aggregator.encoding import from_json, to_json
from aggregator.records import Claim, Decision, PollState, Sighting
from aggregator.store.connection import unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.health import SqlHealth
from aggregator.store.hosts import LONGEST_QUIET
from aggregator.store.interface import Entry, Follow, PollOutcome, Settled, Tally, follow_nothing, note_nothing
from aggregator.text import digest
from aggregator.urls import host, key

DAY = 86_400.0

CLOCK_SLACK = 60.0
"""Seconds.  What was settled or seen later than that in the future was so before the clock was set back: what it waits
for may be as far off as the clock was wrong, so it does not wait."""

FRUITLESS_READINGS = 3
"""A feed that touches its entries at every poll must not have their pages read for ever: after so many readings that
changed nothing, a page is left alone."""


OUTSIDE = "outside --"
"""How the reason begins of what was rejected only because a run was given `--since` or `--until`."""

NOT_FETCHED = "not fetched:"
"""How the reason begins of what a rule spoke against before its page was read: another day's rules may not."""


FORGOTTEN = "forgotten:"
"""How the reason begins of what was taken out for good: its address is never pending again."""


Seeing = Literal["new", "listed", "changed", "known"]
"""new: its URL was not known; listed: known, and this feed shows it for the first time; changed: its entry changed, so
that the page is read again; known: nothing to do"""


def rank_of(sighting: Sighting) -> float:
    """Place in the queue, low first: newest day first, and within a day in the order of publication.

    Within a day the original is read before its copies, which mostly follow within hours.
    """
    time = seconds(min(sighting.published or sighting.first_seen, sighting.first_seen))
    day = time // DAY
    return (time - day * DAY) - day * DAY


def mark_of(sighting: Sighting) -> str:
    """Digest of what an entry says of its article's form: another mark means that the page is worth reading again."""
    changed = sighting.modified or sighting.published
    return digest(sighting.headline or "", changed.isoformat() if changed else "")


def _choice(reason: str) -> str:
    return " ".join(reason.split()[:2]).rstrip(":")  # outside --since, not fetched


_FIRST = """
    INSERT INTO frontier (
        key, url, host, source_id, state, rank, not_before, via, first_seen, sighting, reason
    ) VALUES (
        :key, :url, :host, :source_id, 'pending', :rank, :not_before, :via, :first_seen, :sighting, :reason
    ) ON CONFLICT (key) DO NOTHING
"""
_AGAIN = _FIRST.replace(
    "DO NOTHING",
    """DO UPDATE SET
        state = 'pending', sighting = excluded.sighting, url = excluded.url, rank = excluded.rank,
        not_before = excluded.not_before, attempts = 0, reason = excluded.reason
    WHERE frontier.reason NOT LIKE 'forgotten:%'
    """,
)


class SqlFrontier(SqlHealth):
    """Keeps `interface.Frontier`."""

    def poll_states(self) -> Mapping[str, PollState]:
        return {row["feed"]: from_json(row["state"], PollState) for row in self.rows("SELECT feed, state FROM feeds")}

    @unit_of_work
    def record_poll(
        self,
        run_id: str,
        sightings: Sequence[Sighting],
        decide: Callable[[Tally], PollState],
        now: datetime,
        *,
        notes: Callable[[PollState], Sequence[Decision]] = note_nothing,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> PollOutcome:
        with self.transaction(lasting=bool(sightings)):
            tally = self._tallied(run_id, sightings, follow, follow_budget, now)
            state = decide(tally)
            self.execute(
                "INSERT INTO feeds (feed, source_id, next_due, state) VALUES (:feed, :source_id, :next_due, :state)"
                " ON CONFLICT (feed) DO UPDATE SET source_id = excluded.source_id, next_due = excluded.next_due,"
                " state = excluded.state",
                feed=state.feed,
                source_id=state.source_id,
                next_due=seconds(state.next_due) if state.next_due else None,
                state=to_json(state),
            )
            for decision in notes(state):
                self.note(state.feed, decision, now)
        return PollOutcome(state=state, new=tally.new, changed=tally.changed, tally=tally)

    def _tallied(
        self, run_id: str, sightings: Sequence[Sighting], follow: Follow, follow_budget: int, now: datetime
    ) -> Tally:
        counts: Counter[Seeing] = Counter()
        fresh: dict[str, Sighting] = {}
        for sighting in sightings:
            seen = self._see(run_id, sighting, now)
            if seen in ("new", "listed"):
                fresh[key(sighting.url)] = sighting
            elif key(sighting.url) in fresh:
                continue  # twice in one answer: no word on the answer before
            counts[seen] += 1
            if seen == "listed":
                self._come_nearer(run_id, sighting, follow, follow_budget, now)
        return Tally(
            new=counts["new"],
            changed=counts["changed"],
            fresh=tuple(fresh.values()),
            familiar=counts["known"] + counts["changed"],
        )

    @unit_of_work
    def add(self, run_id: str, sightings: Iterable[Sighting], now: datetime, *, again: bool = False) -> int:
        added = 0
        with self.transaction():
            for sighting in sightings:
                fresh = self._see(run_id, sighting, now) == "new"
                if again and not fresh:
                    self._make_pending(sighting, now, reset=True)
                added += fresh or again
        return added

    def _see(self, run_id: str, sighting: Sighting, now: datetime) -> Seeing:
        """Adds one sighting: what it is to us."""
        name, mark = key(sighting.url), mark_of(sighting)
        known = self.row("SELECT state, fruitless FROM frontier WHERE key = :key", key=name) or self.row(
            "SELECT 'stored' AS state, 0 AS fruitless FROM aliases WHERE key = :key", key=name
        )
        seen = self.row(
            "SELECT mark FROM sightings WHERE key = :key AND feed = :feed AND via = :via",
            key=name,
            feed=sighting.feed or "",
            via=sighting.via,
        )
        if seen is None:
            self.execute(
                "INSERT INTO sightings (key, feed, via, first_seen, mark)"
                " VALUES (:key, :feed, :via, :first_seen, :mark)",
                key=name,
                feed=sighting.feed or "",
                via=sighting.via,
                first_seen=seconds(sighting.first_seen),
                mark=mark,
            )
        if known is None:
            self._make_pending(sighting, now)
            where = sighting.feed or sighting.referrer or "the command line"
            self.note(
                name, Decision(what="sighting", choice=sighting.via, reason=f"run {run_id}: seen in {where}"), now
            )
            return "new"
        if seen is None:
            return "listed"
        if seen["mark"] == mark or sighting.via == "relation":
            return "known"
        self.execute(
            "UPDATE sightings SET mark = :mark WHERE key = :key AND feed = :feed AND via = :via",
            mark=mark,
            key=name,
            feed=sighting.feed or "",
            via=sighting.via,
        )
        if known["state"] == "pending" or known["fruitless"] >= FRUITLESS_READINGS:
            return "known"
        self._make_pending(sighting, now, reset=True)
        self.note(name, Decision(what="sighting", choice="again", reason="the feed's entry changed: read again"), now)
        return "changed"

    def _nearest(self, sighting: Sighting) -> Sighting:
        """The sighting of the same URL that is the fewest relations away from a listed article."""
        row = self.row("SELECT sighting FROM frontier WHERE key = :key", key=key(sighting.url))
        kept = from_json(row["sighting"], Sighting) if row else sighting
        return kept if kept.depth < sighting.depth else sighting

    def _come_nearer(self, run_id: str, sighting: Sighting, follow: Follow, follow_budget: int, now: datetime) -> None:
        """A known URL is listed by one more feed: what hangs on its distance is done anew."""
        name = key(sighting.url)
        if self._nearest(sighting) is sighting:
            self.execute(
                "UPDATE frontier SET sighting = :sighting, rank = :rank WHERE key = :key AND state = 'pending'",
                sighting=to_json(sighting),
                rank=rank_of(sighting),
                key=name,
            )
        owner = self.row("SELECT article_id FROM aliases WHERE key = :key", key=name)
        article = self._article(owner["article_id"]) if owner else None
        if article is not None:
            self._follow(run_id, follow(article, sighting), follow_budget, now)

    def _make_pending(
        self, sighting: Sighting, now: datetime, *, reset: bool = False, not_before: datetime | None = None
    ) -> None:
        self.execute(
            _AGAIN if reset else _FIRST,
            key=key(sighting.url),
            url=sighting.url,
            host=host(sighting.url),
            source_id=sighting.source_id,
            rank=rank_of(sighting),
            not_before=seconds(not_before or now),
            via=sighting.via,
            first_seen=seconds(now),
            sighting=to_json(sighting),
            reason="seen again" if reset else "seen",
        )

    def _follow(self, run_id: str, sightings: Sequence[Sighting], budget: int, now: datetime) -> None:
        """Inside a transaction: makes relations' targets pending; those over the source's daily budget wait a day."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for sighting in sightings:
            name = key(sighting.url)
            if self._is_known(name):
                continue
            (spent,) = self.rows(
                "SELECT count(*) FROM frontier WHERE via = 'relation' AND source_id = :source AND first_seen >= :since",
                source=sighting.source_id,
                since=seconds(midnight),
            )[0]
            days = spent // budget if budget else 0
            self._see(run_id, sighting, now)
            if days:
                due = midnight + timedelta(days=days)
                self.execute("UPDATE frontier SET not_before = :due WHERE key = :key", due=seconds(due), key=name)
                reason = f"the source's budget of {budget} followed links a day is spent: due {due:%Y-%m-%d}"
                self.note(name, Decision(what="follow", choice="later", reason=reason), now)

    @unit_of_work
    def claim(
        self, run_id: str, now: datetime, *, limit: int, per_host: int, sources: frozenset[str] | None = None
    ) -> list[Claim]:
        with self.transaction():
            rows = self.rows(
                """
                WITH busy AS (SELECT host, count(*) AS n FROM frontier WHERE owner IS NOT NULL GROUP BY host),
                due AS (
                    SELECT key, host, rank, row_number() OVER (PARTITION BY host ORDER BY rank, key) AS place
                    FROM frontier
                    WHERE state = 'pending' AND owner IS NULL
                        AND (not_before <= :now OR coalesce(settled, first_seen) > :now + :slack)
                        AND (CAST(:sources AS TEXT) IS NULL OR source_id IN (SELECT value FROM json_each(:sources)))
                        AND host NOT IN (
                            SELECT host FROM hosts WHERE quiet_until > :now AND quiet_until <= :now + :quiet
                        )
                )
                SELECT frontier.key, frontier.sighting, frontier.attempts
                FROM due JOIN frontier USING (key) LEFT JOIN busy ON busy.host = due.host
                WHERE place <= :per_host - coalesce(busy.n, 0)
                ORDER BY place, due.rank LIMIT :limit
                """,
                now=seconds(now),
                slack=CLOCK_SLACK,
                quiet=LONGEST_QUIET,
                sources=None if sources is None else json.dumps(sorted(sources)),
                per_host=per_host,
                limit=limit,
            )
            for row in rows:
                self.execute("UPDATE frontier SET owner = :run WHERE key = :key", run=run_id, key=row["key"])
        return [
            Claim(key=row["key"], sighting=from_json(row["sighting"], Sighting), attempts=row["attempts"])
            for row in rows
        ]

    @unit_of_work
    def release(self, sighting: Sighting) -> None:
        with self.transaction():
            self.execute("UPDATE frontier SET owner = NULL WHERE key = :key", key=key(sighting.url))

    @unit_of_work
    def settle(self, sighting: Sighting, outcome: Settled, now: datetime) -> None:
        name = key(sighting.url)
        with self.transaction():
            self._make_pending(sighting, now)  # a page that was given directly has no row yet
            before = self.row("SELECT reason FROM frontier WHERE key = :key", key=name)
            self.execute(
                "UPDATE frontier SET state = :state, owner = NULL, reason = :reason, status = :status, settled = :now,"
                " attempts = attempts + :counts, not_before = :not_before,"
                # What was found out about a page that is not wanted, its date, is kept for the day it may be.
                " sighting = CASE :state WHEN 'rejected' THEN :sighting ELSE sighting END WHERE key = :key",
                state=outcome.state,
                reason=outcome.reason,
                status=outcome.status,
                now=seconds(now),
                counts=int(outcome.counts),
                not_before=seconds(outcome.not_before or now),
                sighting=to_json(sighting),
                key=name,
            )
            if not outcome.counts and before is not None and before["reason"] == outcome.reason:
                return  # still the same, and nobody was asked: no news at each look
            choice = "again later" if outcome.state == "pending" else outcome.state
            self.note(name, Decision(what="page", choice=choice, reason=outcome.reason), now)

    @unit_of_work
    def set_aside(self, run_id: str, sightings: Iterable[tuple[Sighting, str]], now: datetime) -> int:
        noted = 0
        with self.transaction():
            for sighting, reason in sightings:
                name = key(sighting.url)
                if self._is_known(name):
                    continue
                noted += 1
                self._make_pending(sighting, now)
                self.execute(
                    "UPDATE frontier SET state = 'rejected', reason = :reason WHERE key = :key", reason=reason, key=name
                )
                where = f"run {run_id}: seen in {sighting.feed or 'no feed'}, {reason}"
                self.note(name, Decision(what="sighting", choice=_choice(reason), reason=where), now)
        return noted

    @unit_of_work
    def readmit(
        self, run_id: str, sightings: Iterable[Sighting], admits: Callable[[Sighting], bool], now: datetime
    ) -> int:
        seen = {key(sighting.url): sighting for sighting in sightings}
        again = 0
        with self.transaction():
            for row in self.rows(
                "SELECT key, sighting FROM frontier WHERE state = 'rejected'"
                " AND (reason LIKE :outside OR reason LIKE :unfetched) AND key IN (SELECT value FROM json_each(:keys))",
                outside=f"{OUTSIDE}%",
                unfetched=f"{NOT_FETCHED}%",
                keys=json.dumps(list(seen)),
            ):
                if admits(from_json(row["sighting"], Sighting)):
                    again += 1
                    self._make_pending(seen[row["key"]], now, reset=True)
                    reason = f"run {run_id}: it is wanted now"
                    self.note(row["key"], Decision(what="sighting", choice="again", reason=reason), now)
        return again

    def _is_known(self, name: str) -> bool:
        return bool(
            self.row("SELECT 1 FROM frontier WHERE key = :key", key=name)
            or self.row("SELECT 1 FROM aliases WHERE key = :key", key=name)
        )

    def asked_since(self, since: datetime) -> list[tuple[str, str]]:
        rows = self.rows("SELECT source_id, url FROM frontier WHERE settled >= :since", since=seconds(since))
        return [(row["source_id"], row["url"]) for row in rows]

    @unit_of_work
    def postpone(self, source_id: str, host: str, until: datetime, reason: str) -> int:
        with self.transaction():
            return self.execute(
                "UPDATE frontier SET not_before = :until, reason = :reason WHERE state = 'pending'"
                " AND owner IS NULL AND host = :host AND source_id = :source AND not_before < :until",
                until=seconds(until),
                reason=reason,
                host=host,
                source=source_id,
            )

    def ready_by_source(self, now: datetime) -> Mapping[str, int]:
        rows = self.rows(
            "SELECT source_id, count(*) AS n FROM frontier WHERE state = 'pending' AND owner IS NULL"
            " AND not_before <= :now AND host NOT IN ("
            "SELECT host FROM hosts WHERE quiet_until > :now AND quiet_until <= :now + :quiet) GROUP BY source_id",
            now=seconds(now),
            quiet=LONGEST_QUIET,
        )
        return {row["source_id"]: row["n"] for row in rows}

    def pending(self, now: datetime, sources: frozenset[str] | None = None) -> tuple[int, int, datetime | None]:
        row = self.row(
            """
            SELECT count(*) AS waiting, count(*) FILTER (WHERE due <= :now) AS ready, min(due) AS next FROM (
                SELECT CASE WHEN hosts.quiet_until > not_before THEN hosts.quiet_until ELSE not_before END AS due
                FROM frontier LEFT JOIN hosts USING (host)
                WHERE state = 'pending'
                    AND (CAST(:sources AS TEXT) IS NULL OR source_id IN (SELECT value FROM json_each(:sources)))
            ) AS waits
            """,
            now=seconds(now),
            sources=None if sources is None else json.dumps(sorted(sources)),
        )
        assert row is not None
        return row["waiting"], row["ready"], moment(row["next"])

    def entry(self, url: str) -> Entry | None:
        row = self.row("SELECT * FROM frontier WHERE key = :key", key=key(url))
        if row is None:
            return None
        return Entry(
            key=row["key"],
            url=row["url"],
            source_id=row["source_id"],
            state=row["state"],
            reason=row["reason"],
            attempts=row["attempts"],
            not_before=moment(row["not_before"]),
            article_id=row["article_id"],
            sighting=replace(from_json(row["sighting"], Sighting), url=row["url"]),
        )
