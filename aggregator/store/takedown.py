"""Taking articles out for good: the one thing that rewrites the log.

The rows stay, so that numbers have no gap and a reader goes on where it was; what they say of the article is emptied.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from aggregator.encoding import from_json, to_json
from aggregator.records import Article, Decision, DuplicateLine, Story, StoryLine, TombstoneLine
from aggregator.store.archive import SqlArchive
from aggregator.store.connection import unit_of_work
from aggregator.store.database import seconds
from aggregator.store.frontier import FORGOTTEN
from aggregator.store.search import unindex_article


class SqlTakedown(SqlArchive):
    """Keeps `interface.Takedown`."""

    @unit_of_work
    def forget(
        self,
        run_id: str,
        articles: Sequence[str],
        reason: str,
        now: datetime,
        *,
        describe: Callable[[str], Story | None],
        reseal: Callable[[int], bytes],
    ) -> list[TombstoneLine]:
        lines = []
        with self.connection.erasing(), self.transaction():
            changed: set[int] = set()
            for article_id in articles:
                line = self._forget(run_id, article_id, reason, changed, now)
                if line is not None:
                    lines.append(line)
            for story_id in sorted({line.story_id for line in lines if line.story_id}):
                self._tell_of_the_rest(run_id, story_id, describe(story_id), now)
            self._reseal(changed, reseal)
        return lines

    def _forget(
        self, run_id: str, article_id: str, reason: str, changed: set[int], now: datetime
    ) -> TombstoneLine | None:
        row = self.row("SELECT * FROM articles WHERE id = :id", id=article_id)
        if row is None:
            return None
        story_id = self.story_of(article_id)
        line = TombstoneLine(
            id=article_id,
            url=row["url"],
            source_id=row["source_id"],
            reason=reason,
            copies=tuple(copy for copy, _, _ in self.copies(article_id)),
            story_id=story_id,
        )
        unindex_article(self, row["first_seq"], self._latest(row["seq"]))
        changed |= self._empty_forms(article_id, row["first_seq"], row["seq"])
        changed |= self._empty_stories(article_id, row["first_seq"])
        keys = json.dumps(self.keys_of(article_id))
        self.execute(
            "INSERT INTO forgotten (article_id, at, reason) VALUES (:id, :now, :reason)"
            " ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, reason = excluded.reason",
            id=article_id,
            now=seconds(now),
            reason=reason,
        )
        for statement in (
            "DELETE FROM placements WHERE article_id = :id",
            "DELETE FROM relations WHERE article_id = :id",
            "DELETE FROM shingles WHERE article = :number",
            "DELETE FROM events WHERE subject = :id OR subject IN (SELECT value FROM json_each(:keys))",
            "DELETE FROM articles WHERE id = :id",
        ):
            wanted = {"id": article_id, "number": row["first_seq"], "keys": keys}
            self.execute(statement, **{name: value for name, value in wanted.items() if f":{name}" in statement})
        self._close_door(keys, reason, now)
        self.note(article_id, Decision(what="forgotten", choice=article_id, reason=reason), now)
        self._log(run_id, "tombstone", to_json(line), now)
        return line

    def _empty_forms(self, article_id: str, first: int, last: int) -> set[int]:
        seqs = self._own_rows(article_id, first, last)
        for seq in seqs:
            row = self.row("SELECT kind, payload FROM log WHERE seq = :seq", seq=seq)
            assert row is not None
            payload = zlib.decompress(row["payload"])
            if row["kind"] == "article":
                self._rewrite(seq, to_json(emptied(from_json(payload, Article))))
            else:
                told = from_json(payload, DuplicateLine)
                article = emptied(told.article) if told.article else None
                self._rewrite(seq, to_json(replace(told, article=article, evidence=())))
        return set(seqs)

    def _empty_stories(self, article_id: str, first: int) -> set[int]:
        """The lines of stories that had its headline."""
        changed = set()
        lead = b'"lead":"' + article_id.encode() + b'"'
        for row in self.rows("SELECT seq, payload FROM log WHERE seq >= :first AND kind = 'story'", first=first):
            payload = zlib.decompress(row["payload"])
            if lead in payload:
                self._rewrite(row["seq"], to_json(replace(from_json(payload, StoryLine), headline="", terms=())))
                changed.add(row["seq"])
        return changed

    def _rewrite(self, seq: int, payload: bytes) -> None:
        self.execute("UPDATE log SET payload = :payload WHERE seq = :seq", payload=zlib.compress(payload), seq=seq)

    def _tell_of_the_rest(self, run_id: str, story_id: str, story: Story | None, now: datetime) -> None:
        if story is None:
            self.execute("DELETE FROM stories WHERE id = :id", id=story_id)
            return
        self._describe(story)
        self._log(run_id, "story", to_json(StoryLine(**asdict(story))), now)

    def _close_door(self, keys: str, reason: str, now: datetime) -> None:
        """Its addresses stay known, without a word of what was seen there, and are never pending again."""
        for row in self.rows("SELECT key FROM frontier WHERE key IN (SELECT value FROM json_each(:keys))", keys=keys):
            entry = self.row("SELECT sighting FROM frontier WHERE key = :key", key=row["key"])
            assert entry is not None
            seen = json.loads(entry["sighting"])
            for name in ("headline", "summary", "text"):
                seen.pop(name, None)
            self.execute(
                "UPDATE frontier SET state = 'rejected', owner = NULL, reason = :reason, settled = :now,"
                " sighting = :sighting WHERE key = :key",
                reason=f"{FORGOTTEN} {reason}",
                now=seconds(now),
                sighting=json.dumps(seen).encode(),
                key=row["key"],
            )

    def _reseal(self, changed: Iterable[int], reseal: Callable[[int], bytes]) -> None:
        ends = self.checkpoints()
        for end in sorted({next((end for end in ends if end > seq), 0) for seq in changed} - {0}):
            self._rewrite(end, reseal(end))

    def articles_of(self, source_id: str) -> list[str]:
        rows = self.rows("SELECT id FROM articles WHERE source_id = :id ORDER BY first_seq", id=source_id)
        return [row["id"] for row in rows]

    def runs_of(self, article_id: str) -> list[str]:
        row = self.row("SELECT first_seq, seq FROM articles WHERE id = :id", id=article_id)
        seqs = self._own_rows(article_id, row["first_seq"], row["seq"]) if row else []
        runs = [self.row("SELECT run_id FROM log WHERE seq = :seq", seq=seq) for seq in seqs]
        return list(dict.fromkeys(str(run["run_id"]) for run in runs if run))


def emptied(article: Article) -> Article:
    """What is left of a forgotten article: which it was, not what it said."""
    return replace(
        article,
        headline="",
        lead=None,
        text="",
        authors=(),
        agency=None,
        places=(),
        cites=(),
        section=None,
        tags=(),
        images=(),
        relations=(),
        warnings=("forgotten",),
    )
