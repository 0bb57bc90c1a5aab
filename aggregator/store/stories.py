"""Stories: which article stands in which, and how each story stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from aggregator.encoding import from_json, to_json
from aggregator.records import Article, Decision, Placement, Story, StoryLine, StoryMerge, StorySplit
from aggregator.store.connection import unit_of_work
from aggregator.store.database import seconds
from aggregator.store.frontier import SqlFrontier
from aggregator.store.interface import StoredPlacement, StoryFilter

BATCH = 200
"""Articles that are read at once."""

_ALL = 1 << 62
"""A limit that is none: databases have no word for it in common."""


class SqlStories(SqlFrontier):
    """Keeps `interface.Placements`."""

    # ------------------------------------------------------------- writing

    @unit_of_work
    def place(self, run_id: str, placements: Iterable[Placement], now: datetime) -> None:
        with self.transaction():
            for placement in placements:
                self._place(run_id, placement, now, told=False)

    def _place(self, run_id: str, placement: Placement, now: datetime, *, told: bool) -> None:
        """Writes a placement and all that it changed; `told`: the article's own line names the story already."""
        self.execute(
            "INSERT INTO placements (article_id, story_id, role, score, via) VALUES (:id, :story, :role, :score, :via)"
            " ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, role = excluded.role,"
            " score = excluded.score, via = excluded.via",
            id=placement.article_id,
            story=placement.story_id,
            role=placement.role,
            score=placement.score,
            via=" ".join(placement.via),
        )
        self.execute("UPDATE articles SET placed = 1 WHERE id = :id", id=placement.article_id)
        if placement.reason:
            decision = Decision(what="story", choice=placement.story_id, reason=placement.reason)
            self.note(placement.article_id, decision, now)
        for event in placement.events:
            self._rearrange(run_id, event, now)
        for story in placement.described:
            self._describe(story)
            own = story.id == placement.story_id
            if own and (story.size > 1 or not told):
                line = StoryLine(
                    **asdict(story),
                    article_id=placement.article_id,
                    role=placement.role,
                    score=placement.score,
                    via=placement.via,
                )
                self._log(run_id, "story", to_json(line), now)
            elif not own:
                self._log(run_id, "story", to_json(StoryLine(**asdict(story))), now)
        self._close(run_id, placement.closed, now)

    @unit_of_work
    def rearrange(
        self,
        run_id: str,
        events: Sequence[StoryMerge | StorySplit],
        describe: Callable[[], Iterable[Story]],
        now: datetime,
    ) -> None:
        with self.transaction():
            for event in events:
                self._rearrange(run_id, event, now)
            for story in describe():
                self._describe(story)
                self._log(run_id, "story", to_json(StoryLine(**asdict(story))), now)

    def _rearrange(self, run_id: str, event: StoryMerge | StorySplit, now: datetime) -> None:
        if isinstance(event, StoryMerge):
            self.execute(
                "UPDATE placements SET story_id = :into WHERE story_id = :id", id=event.story_id, into=event.into
            )
            self.execute("UPDATE stories SET into_id = :into WHERE id = :id", id=event.story_id, into=event.into)
            self._log(run_id, "story_merge", to_json(event), now)
            self.note(event.story_id, Decision(what="story", choice=f"into {event.into}", reason=event.reason), now)
            return
        for article in event.articles:
            self.execute("UPDATE placements SET story_id = :into WHERE article_id = :id", id=article, into=event.into)
            self.note(article, Decision(what="story", choice=event.into, reason=event.reason), now)
        self._log(run_id, "story_split", to_json(event), now)

    def _describe(self, story: Story) -> None:
        self.execute(
            "INSERT INTO stories (id, first, last, size, record) VALUES (:id, :first, :last, :size, :record)"
            " ON CONFLICT (id) DO UPDATE SET first = excluded.first, last = excluded.last, size = excluded.size,"
            " record = excluded.record, into_id = NULL, closed = 0",
            id=story.id,
            first=seconds(story.first),
            last=seconds(story.last),
            size=story.size,
            record=to_json(story).decode(),
        )

    def _close(self, run_id: str, stories: Iterable[str], now: datetime) -> None:
        for story_id in stories:
            self.execute("UPDATE stories SET closed = 1 WHERE id = :id", id=story_id)
            story = self._story(story_id)
            if story is not None and story.size > 1:
                self._log(run_id, "story", to_json(StoryLine(**asdict(story), closed=True)), now)

    # ------------------------------------------------------------- reading

    def unplaced(self, limit: int) -> list[Article]:
        rows = self.rows(
            "SELECT id, seq FROM articles WHERE status = 'unique' AND placed = 0 ORDER BY first_seq LIMIT :limit",
            limit=limit,
        )
        return [self._latest(row["seq"]) for row in rows]

    def _nothing_unplaced(self) -> bool:
        return self.row("SELECT 1 FROM articles WHERE status = 'unique' AND placed = 0 LIMIT 1") is None

    def last_placed(self) -> int:
        row = self.row("SELECT coalesce(max(n), 0) AS n FROM placements")
        return int(row["n"]) if row else 0

    def placed_as(self, number: int) -> str | None:
        row = self.row("SELECT article_id FROM placements WHERE n = :number", number=number)
        return str(row["article_id"]) if row else None

    def placed_last(self, count: int) -> Iterator[StoredPlacement]:
        row = self.row(
            "SELECT min(n) AS n FROM (SELECT n FROM placements ORDER BY n DESC LIMIT :count) AS latest", count=count
        )
        return self.placed_from(row["n"] or 0 if row else 0)

    def placed_from(self, number: int) -> Iterator[StoredPlacement]:
        while True:
            rows = self.rows(
                "SELECT n, article_id, story_id, score, first_seq FROM placements JOIN articles ON id = article_id"
                " WHERE n >= :number ORDER BY n LIMIT :batch",
                number=number,
                batch=BATCH,
            )
            for row in rows:
                yield StoredPlacement(
                    number=row["n"],
                    article=self._latest(row["first_seq"]),
                    story_id=row["story_id"],
                    score=row["score"],
                )
            if len(rows) < BATCH:
                return
            number = rows[-1]["n"] + 1

    def rearranged_since(self, seq: int) -> bool:
        row = self.row("SELECT 1 FROM log WHERE seq > :seq AND kind IN ('story_merge', 'story_split') LIMIT 1", seq=seq)
        return row is not None

    def story_of(self, article_id: str) -> str | None:
        row = self.row(
            "SELECT story_id FROM placements WHERE article_id = (SELECT root FROM articles WHERE id = :id)",
            id=article_id,
        )
        return str(row["story_id"]) if row else None

    def find_story(self, story_id: str) -> str | None:
        seen = set()
        while story_id not in seen:
            seen.add(story_id)
            row = self.row("SELECT into_id FROM stories WHERE id = :id", id=story_id)
            if row is None:
                return None
            if row["into_id"] is None:
                break
            story_id = row["into_id"]
        return story_id

    def story(self, story_id: str) -> Story | None:
        return self._story(story_id)

    def _story(self, story_id: str) -> Story | None:
        row = self.row("SELECT record FROM stories WHERE id = :id AND into_id IS NULL", id=story_id)
        return from_json(row["record"], Story) if row else None

    def members(self, story_id: str) -> list[Placement]:
        rows = self.rows("SELECT * FROM placements WHERE story_id = :id ORDER BY n", id=story_id)
        # Merges and splits bring leads of other stories: of one story there is one.
        return [
            Placement(
                article_id=row["article_id"],
                story_id=row["story_id"],
                role="lead" if place == 0 else "report" if row["role"] == "lead" else row["role"],
                score=row["score"],
                via=tuple(row["via"].split()),
            )
            for place, row in enumerate(rows)
        ]

    def stories(self, wanted: StoryFilter) -> Iterator[Story]:
        order = "size DESC, last DESC, id" if wanted.biggest_first else "last DESC, id"
        rows = self.rows(
            "SELECT record FROM stories WHERE into_id IS NULL AND size >= :least"  # noqa: S608 - one of two constants
            " AND (CAST(:since AS DOUBLE PRECISION) IS NULL OR last >= :since)"
            " AND (CAST(:until AS DOUBLE PRECISION) IS NULL OR first < :until)"
            " AND (CAST(:language AS TEXT) IS NULL OR :language IN"
            " (SELECT value FROM json_each(record, '$.languages')))"
            " AND (CAST(:country AS TEXT) IS NULL OR :country IN (SELECT value FROM json_each(record, '$.countries')))"
            " AND (CAST(:source AS TEXT) IS NULL OR :source IN (SELECT value FROM json_each(record, '$.outlets')))"
            f" ORDER BY {order} LIMIT :limit",
            least=wanted.least,
            since=seconds(wanted.since) if wanted.since else None,
            until=seconds(wanted.until) if wanted.until else None,
            language=wanted.language,
            country=wanted.country,
            source=wanted.source,
            limit=_ALL if wanted.limit is None else wanted.limit,
        )
        for row in rows:
            yield from_json(row["record"], Story)

    def story_counts(self, since: datetime) -> tuple[int, int, int]:
        (row,) = self.rows(
            "SELECT count(*) AS n, coalesce(sum(CASE WHEN first >= :since THEN 1 ELSE 0 END), 0) AS fresh,"
            " coalesce(sum(CASE WHEN size > 1 THEN 1 ELSE 0 END), 0) AS several"
            " FROM stories WHERE into_id IS NULL AND last >= :since",
            since=seconds(since),
        )
        return int(row["n"]), int(row["fresh"]), int(row["several"])

    def linking(self, article_id: str) -> list[tuple[str, str]]:
        rows = self.rows(
            "SELECT article_id, type FROM relations WHERE target_id = :id UNION"
            " SELECT article_id, type FROM relations WHERE target_id IS NULL AND article_id != :id"
            " AND key IN (SELECT key FROM aliases WHERE article_id = :id) ORDER BY article_id, type",
            id=article_id,
        )
        return [(row["article_id"], row["type"]) for row in rows]

    def links(self, articles: Iterable[str]) -> list[tuple[str, str, str]]:
        chosen = json.dumps(sorted(set(articles)))
        rows = self.rows(
            "SELECT article_id, type, target_id FROM relations WHERE target_id IS NOT NULL AND ("
            " article_id IN (SELECT value FROM json_each(:ids)) OR target_id IN (SELECT value FROM json_each(:ids)))"
            " ORDER BY article_id, position",
            ids=chosen,
        )
        return [(row["article_id"], row["type"], row["target_id"]) for row in rows]

    def all_links(self) -> list[tuple[str, str, str]]:
        rows = self.rows(
            "SELECT article_id, type, target_id FROM relations WHERE target_id IS NOT NULL"
            " ORDER BY article_id, position"
        )
        return [(row["article_id"], row["type"], row["target_id"]) for row in rows]
