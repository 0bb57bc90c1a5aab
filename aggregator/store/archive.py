"""Articles: judged and written in one transaction, read with what is known now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from aggregator.encoding import to_json
from aggregator.nearness import HOLDERS, NEAR_DAYS, OWN_HOLDERS, day_of, ranked
from aggregator.records import (
    Article,
    Decision,
    DuplicateLine,
    Fingerprint,
    Known,
    Near,
    Neighbours,
    Placement,
    RelationLine,
    Revision,
    Seen,
    Sighting,
    Verdict,
)
from aggregator.store.connection import unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.frontier import FORGOTTEN
from aggregator.store.interface import Event, Filter, Follow, Judge, Place, follow_nothing, place_later
from aggregator.store.search import index_article, unindex_article
from aggregator.store.stories import SqlStories
from aggregator.urls import canonical, key

OF_TEXT = ("exact_text", "near_text", "syndicated")
"""Levels at which a copy is a page of its own, with a record of its own; at the others it is another URL of one."""


class SqlArchive(SqlStories):
    """Keeps `interface.Archive`."""

    # ------------------------------------------------------------- writing

    def record_article(
        self,
        run_id: str,
        newcomer: Fingerprint,
        judge: Judge,
        now: datetime,
        *,
        place: Place = place_later,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> Revision:
        (revision,) = self.record_articles(
            run_id, (newcomer,), judge, now, place=place, follow=follow, follow_budget=follow_budget
        )
        return revision

    @unit_of_work
    def record_articles(
        self,
        run_id: str,
        newcomers: Sequence[Fingerprint],
        judge: Judge,
        now: datetime,
        *,
        place: Place = place_later,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> list[Revision]:
        with self.transaction():
            return [self._record(run_id, each, judge, now, place, follow, follow_budget) for each in newcomers]

    def _record(
        self,
        run_id: str,
        newcomer: Fingerprint,
        judge: Judge,
        now: datetime,
        place: Place,
        follow: Follow,
        follow_budget: int,
    ) -> Revision:
        seq = placement = None
        self._make_pending(newcomer.sighting, now)  # a page that was given directly has no row yet
        self._remember_sighting(newcomer.sighting)
        forgotten = self._forgotten(newcomer)
        if forgotten is not None:
            return self._turn_away(newcomer, forgotten, now)
        holders = self._holders(newcomer)
        verdict = judge(newcomer, self._neighbours(newcomer, holders))
        self._learn_urls(newcomer, verdict.article.id)
        if verdict.outcome in ("unique", "revision") or verdict.level in OF_TEXT:
            verdict, seq, placement = self._write(run_id, newcomer, verdict, place, now)
            number = self._number(verdict.article.id)
            self._index(newcomer, number, holders, OWN_HOLDERS if verdict.outcome == "duplicate" else HOLDERS)
        elif verdict.outcome == "duplicate":
            seq = self._log_duplicate(run_id, verdict, None, now)
        self._resolve(run_id, newcomer.url_keys, verdict.article.id, now)
        # Known articles too: reached over relations before, listed by a feed now, it is a step nearer.
        targets = follow(verdict.article, self._nearest(newcomer.sighting))
        self._follow(run_id, targets, follow_budget, now)
        self._settle_stored(newcomer.sighting, verdict, now)
        self._explain(newcomer, verdict, now)
        return Revision(verdict=verdict, seq=seq, placement=placement)

    def judged(self, newcomer: Fingerprint, judge: Judge) -> Verdict:
        return judge(newcomer, self._neighbours(newcomer, self._holders(newcomer)))

    def _forgotten(self, newcomer: Fingerprint) -> str | None:
        """Why the article of these addresses was taken out for good; None where it was not."""
        row = self.row(
            "SELECT reason FROM forgotten WHERE article_id IN"
            " (SELECT article_id FROM aliases WHERE key IN (SELECT value FROM json_each(:keys)))",
            keys=json.dumps(newcomer.url_keys),
        )
        return f"{FORGOTTEN} {row['reason']}" if row else None

    def _turn_away(self, newcomer: Fingerprint, reason: str, now: datetime) -> Revision:
        self.execute(
            "UPDATE frontier SET state = 'rejected', owner = NULL, settled = :now, reason = :reason WHERE key = :key",
            now=seconds(now),
            reason=reason,
            key=key(newcomer.sighting.url),
        )
        return Revision(verdict=Verdict(article=newcomer.article, outcome="unchanged", reason=reason))

    def _explain(self, newcomer: Fingerprint, verdict: Verdict, now: datetime) -> None:
        told = newcomer.extraction.decisions if verdict.outcome in ("unique", "revision") else ()
        choice = f"{verdict.outcome} of {verdict.of}" if verdict.of else verdict.outcome
        reason = "; ".join((verdict.reason, *verdict.evidence))
        self.note_all(verdict.article.id, (*told, Decision(what="verdict", choice=choice, reason=reason)), now)

    def _neighbours(self, newcomer: Fingerprint, holders: Mapping[int, Sequence[int]]) -> Neighbours:
        owners = {
            name: row["article_id"]
            for name in newcomer.url_keys
            if (row := self.row("SELECT article_id FROM aliases WHERE key = :key", key=name))
        }
        guid = (
            self.row(
                "SELECT article_id FROM guids WHERE source_id = :source AND guid = :guid",
                source=newcomer.article.source.id,
                guid=newcomer.guid,
            )
            if newcomer.guid
            else None
        )
        text = self.row(
            "SELECT id FROM articles WHERE text_hash = :hash ORDER BY status = 'duplicate', first_seq LIMIT 1",
            hash=newcomer.text_hash,
        )
        return Neighbours(
            by_url=self._known(next(iter(owners.values()), None)),
            known_keys=frozenset(owners),
            by_guid=self._known(guid["article_id"] if guid else None),
            by_text=self._known(text["id"] if text else None),
            near=self._near(holders),
        )

    def _holders(self, newcomer: Fingerprint) -> dict[int, list[int]]:
        """The articles around the newcomer's day that have each of its runs of words, by the run's hash."""
        holders: dict[int, list[int]] = {}
        if not newcomer.shingles:
            return holders
        for row in self.rows(
            "SELECT hash, article FROM json_each(:hashes) JOIN shingles ON hash = CAST(value AS BIGINT)"
            " WHERE day BETWEEN :first AND :last",
            hashes=msgspec.json.encode(newcomer.shingles).decode(),
            first=day_of(newcomer.article) - NEAR_DAYS,
            last=day_of(newcomer.article) + NEAR_DAYS,
        ):
            holders.setdefault(row["hash"], []).append(row["article"])
        return holders

    def _near(self, holders: Mapping[int, Sequence[int]]) -> tuple[Near, ...]:
        """The articles that have most of a newcomer's runs of words."""
        near = []
        for number, common, routine in ranked(holders.values()):
            owner = self.row("SELECT id FROM articles WHERE first_seq = :number", number=number)
            known = self._known(owner["id"]) if owner else None
            if known is not None:
                near.append(Near(known=known, common=common, routine=routine))
        return tuple(near)

    def _index(self, newcomer: Fingerprint, number: int, holders: Mapping[int, Sequence[int]], most: int) -> None:
        """Makes an article one that later copies are found by, except by what `most` others have."""
        # Who holds a run of the sample is known: the sample is a part of the runs that were asked for.
        day = day_of(newcomer.article)
        self.connection.fill(
            "INSERT INTO shingles (hash, day, article) VALUES (:hash, :day, :number) ON CONFLICT DO NOTHING",
            [
                {"hash": each, "day": day, "number": number}
                for each in newcomer.sample
                if len(holders.get(each, ())) < most
            ],
        )

    def _number(self, article_id: str) -> int:
        row = self.row("SELECT first_seq FROM articles WHERE id = :id", id=article_id)
        assert row is not None
        return int(row["first_seq"])

    def _known(self, article_id: str | None) -> Known | None:
        row = self.row("SELECT * FROM articles WHERE id = :id", id=article_id) if article_id else None
        if not row:
            return None
        return Known(
            article=self._latest(row["seq"]),
            status=row["status"],
            root=row["root"],
            text_hash=row["text_hash"],
            content_hashes=tuple(json.loads(row["content_hashes"])),
        )

    def _write(
        self, run_id: str, newcomer: Fingerprint, verdict: Verdict, place: Place, now: datetime
    ) -> tuple[Verdict, int, Placement | None]:
        before = self.row("SELECT * FROM articles WHERE id = :id", id=verdict.article.id)
        relations = tuple(
            replace(relation, target_id=self._target(relation.url, verdict.article.id))
            for relation in verdict.article.relations
        )
        article = replace(
            verdict.article,
            relations=relations,
            sightings=self._sightings(verdict.article.id),
            alt_urls=self._alt_urls(verdict.article),
        )
        duplicate = verdict.outcome == "duplicate"
        # In the order of the log, so that the same articles give the same stories.
        wanted = verdict.outcome == "unique" and not before and self._nothing_unplaced()
        placement = place(article) if wanted else None
        story_id = placement.story_id if placement else None if duplicate else self.story_of(article.id)
        article = replace(article, story_id=story_id)
        verdict = replace(verdict, article=article)
        listed = not duplicate and not (before and before["listed"])
        if duplicate:
            seq = self._log_duplicate(run_id, verdict, article, now)
        else:
            seq = self._log(run_id, "article", to_json(article), now, listed=listed)
        hashes = [*(json.loads(before["content_hashes"]) if before else []), newcomer.content_hash]
        self.execute(
            """
            INSERT INTO articles (
                id, source_id, region, language, url, status, root, level, revision, first_seq, seq, listed,
                published, fetched, text_hash, content_hashes
            ) VALUES (
                :id, :source_id, :region, :language, :url, :status, :root, :level, :revision, :seq, :seq, :listed,
                :published, :fetched, :text_hash, :content_hashes
            )
            ON CONFLICT (id) DO UPDATE SET
                language = excluded.language, url = excluded.url, status = excluded.status, root = excluded.root,
                level = excluded.level, revision = excluded.revision, seq = excluded.seq,
                listed = CASE WHEN excluded.listed > articles.listed THEN excluded.listed ELSE articles.listed END,
                published = excluded.published, fetched = excluded.fetched,
                text_hash = excluded.text_hash, content_hashes = excluded.content_hashes
            """,
            id=article.id,
            source_id=article.source.id,
            region=article.source.region,
            language=article.language,
            url=article.url,
            status="duplicate" if duplicate else "unique",
            root=verdict.of if duplicate else article.id,
            level=verdict.level if duplicate else None,
            revision=article.revision,
            seq=seq,
            listed=int(listed),
            published=seconds(article.published) if article.published else None,
            fetched=seconds(article.fetched),
            text_hash=newcomer.text_hash,
            content_hashes=json.dumps(hashes),
        )
        if before:
            unindex_article(self, before["first_seq"], self._latest(before["seq"]))
        index_article(self, before["first_seq"] if before else seq, article)
        self.execute("DELETE FROM relations WHERE article_id = :id", id=article.id)
        for position, relation in enumerate(relations):
            self.execute(
                "INSERT INTO relations (article_id, position, key, url, type, target_id)"
                " VALUES (:id, :position, :key, :url, :type, :target_id)",
                id=article.id,
                position=position,
                key=key(relation.url),
                url=relation.url,
                type=relation.type,
                target_id=relation.target_id,
            )
        if placement is not None:
            self._place(run_id, placement, now, told=True)
        return verdict, seq, placement

    def _log_duplicate(self, run_id: str, verdict: Verdict, article: Article | None, now: datetime) -> int:
        assert verdict.of is not None
        assert verdict.level is not None
        line = DuplicateLine(
            id=verdict.article.id,
            of=verdict.of,
            url=verdict.article.url,
            level=verdict.level,
            score=verdict.score,
            evidence=verdict.evidence,
            reason=verdict.reason,
            original=verdict.original,
            article=article,
        )
        return self._log(run_id, "duplicate", to_json(line), now)

    def _learn_urls(self, newcomer: Fingerprint, article_id: str) -> None:
        # A URL or guid that is known as another article's stays that article's; no page takes it over.
        for name in newcomer.url_keys:
            self.execute(
                "INSERT INTO aliases (key, article_id) VALUES (:key, :id) ON CONFLICT DO NOTHING",
                key=name,
                id=article_id,
            )
        if newcomer.guid:
            self.execute(
                "INSERT INTO guids (source_id, guid, article_id) VALUES (:source, :guid, :id) ON CONFLICT DO NOTHING",
                source=newcomer.article.source.id,
                guid=newcomer.guid,
                id=article_id,
            )

    def _resolve(self, run_id: str, keys: Sequence[str], article_id: str, now: datetime) -> None:
        """Relations that waited for one of these URLs have their target now: each is a line of the journal."""
        for name in keys:
            for row in self.rows(
                "SELECT * FROM relations WHERE key = :key AND target_id IS NULL AND article_id != :id"
                " ORDER BY article_id, position",
                key=name,
                id=article_id,
            ):
                self.execute(
                    "UPDATE relations SET target_id = :target WHERE article_id = :id AND position = :position",
                    target=article_id,
                    id=row["article_id"],
                    position=row["position"],
                )
                line = RelationLine(
                    article_id=row["article_id"],
                    position=row["position"],
                    type=row["type"],
                    url=row["url"],
                    target_id=article_id,
                )
                self._log(run_id, "relation", to_json(line), now)

    def _target(self, url: str, article_id: str) -> str | None:
        row = self.row("SELECT article_id FROM aliases WHERE key = :key", key=key(url))
        return row["article_id"] if row and row["article_id"] != article_id else None

    def _remember_sighting(self, sighting: Sighting) -> None:
        self.execute(
            "INSERT INTO sightings (key, feed, via, first_seen, mark)"
            " VALUES (:key, :feed, :via, :first_seen, '') ON CONFLICT DO NOTHING",
            key=key(sighting.url),
            feed=sighting.feed or "",
            via=sighting.via,
            first_seen=seconds(sighting.first_seen),
        )

    def _settle_stored(self, sighting: Sighting, verdict: Verdict, now: datetime) -> None:
        self.execute(
            "UPDATE frontier SET state = :state, owner = NULL, settled = :now, article_id = :id, reason = :reason,"
            " fruitless = CASE :outcome WHEN 'unchanged' THEN fruitless + 1 ELSE 0 END WHERE key = :key",
            state="duplicate" if verdict.outcome == "duplicate" else "stored",
            now=seconds(now),
            id=verdict.article.id,
            reason=verdict.reason,
            outcome=verdict.outcome,
            key=key(sighting.url),
        )

    # ------------------------------------------------------------- reading

    def _sightings(self, article_id: str) -> tuple[Seen, ...]:
        rows = self.rows(
            "SELECT feed, via, min(first_seen) AS first_seen FROM sightings JOIN aliases USING (key)"
            " WHERE article_id = :id GROUP BY feed, via ORDER BY min(first_seen), feed, via",
            id=article_id,
        )
        return tuple(
            Seen(feed=row["feed"] or None, via=row["via"], first_seen=seen)
            for row in rows
            if (seen := moment(row["first_seen"]))
        )

    def _alt_urls(self, article: Article) -> tuple[str, ...]:
        rows = self.rows(
            "SELECT frontier.url FROM aliases JOIN frontier USING (key) WHERE aliases.article_id = :id ORDER BY key",
            id=article.id,
        )
        urls = (*article.alt_urls, article.url, *(row["url"] for row in rows))
        return tuple(url for url in dict.fromkeys(canonical(url) for url in urls) if url != article.canonical_url)

    def _as_known_now(self, article: Article) -> Article:
        targets = {
            relation["position"]: relation["target_id"]
            for relation in self.rows("SELECT position, target_id FROM relations WHERE article_id = :id", id=article.id)
        }
        return replace(
            article,
            relations=tuple(
                replace(relation, target_id=targets.get(position, relation.target_id))
                for position, relation in enumerate(article.relations)
            ),
            sightings=self._sightings(article.id),
            alt_urls=self._alt_urls(article),
            story_id=self.story_of(article.id),
        )

    def article(self, article_id: str) -> Article | None:
        row = self.row("SELECT * FROM articles WHERE id = :id", id=article_id)
        return self._as_known_now(self._latest(row["seq"])) if row else None

    def find(self, url_or_id: str) -> str | None:
        url_or_id = url_or_id.encode("utf-8", "replace").decode()  # what was typed may be no UTF-8
        row = self.row("SELECT id FROM articles WHERE id = :id", id=url_or_id)
        if row:
            return str(row["id"])
        row = self.row("SELECT article_id FROM aliases WHERE key = :key", key=key(url_or_id))
        return str(row["article_id"]) if row else None

    def articles(self, wanted: Filter) -> Iterator[Article]:
        after = 0
        while True:
            rows = self.rows(
                """
                SELECT * FROM articles WHERE first_seq > :after AND status = 'unique'
                    AND (CAST(:since AS DOUBLE PRECISION) IS NULL OR coalesce(published, fetched) >= :since)
                    AND (CAST(:until AS DOUBLE PRECISION) IS NULL OR coalesce(published, fetched) < :until)
                    AND (CAST(:region AS TEXT) IS NULL OR region = :region)
                    AND (CAST(:source AS TEXT) IS NULL OR source_id = :source)
                    AND (CAST(:language AS TEXT) IS NULL OR language = :language OR language LIKE :language || '-%')
                    AND (CAST(:story AS TEXT) IS NULL
                        OR id IN (SELECT article_id FROM placements WHERE story_id = :story))
                ORDER BY first_seq LIMIT 500
                """,
                after=after,
                since=seconds(wanted.since) if wanted.since else None,
                until=seconds(wanted.until) if wanted.until else None,
                region=wanted.region,
                source=wanted.source,
                language=wanted.language,
                story=wanted.story,
            )
            if not rows:
                return
            for row in rows:
                yield self._as_known_now(self._latest(row["seq"]))
            after = rows[-1]["first_seq"]

    def copies(self, article_id: str) -> list[tuple[str, str, str]]:
        rows = self.rows(
            "SELECT id, url, level FROM articles WHERE root = :id AND status = 'duplicate' ORDER BY first_seq",
            id=article_id,
        )
        return [(row["id"], row["url"], row["level"]) for row in rows]

    def root(self, article_id: str) -> str | None:
        row = self.row("SELECT root FROM articles WHERE id = :id", id=article_id)
        return str(row["root"]) if row else None

    def forms(self, article_id: str) -> list[Article]:
        row = self.row("SELECT first_seq, seq FROM articles WHERE id = :id", id=article_id)
        return self._written(article_id, row["first_seq"], row["seq"]) if row else []

    def history(self, subjects: Iterable[str]) -> list[Event]:
        rows = self.rows(
            "SELECT * FROM events WHERE subject IN (SELECT value FROM json_each(:subjects)) ORDER BY n",
            subjects=json.dumps(sorted(set(subjects))),
        )
        return [
            Event(
                at=at,
                subject=row["subject"],
                decision=Decision(what=row["what"], choice=row["choice"], reason=row["reason"]),
            )
            for row in rows
            if (at := moment(row["at"]))
        ]

    def keys_of(self, article_id: str) -> list[str]:
        """URL keys under which an article is known."""
        rows = self.rows("SELECT key FROM aliases WHERE article_id = :id ORDER BY key", id=article_id)
        return [row["key"] for row in rows]
