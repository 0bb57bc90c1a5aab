"""What a page of the newsroom asks: lists that follow an index, and counts that are kept as things happen.

The tables below are kept by triggers (`triggers.py`), so that nobody who writes has to know of them:
`story_facets` has a row for each language, country, outlet and region of a story, `outlets` what each source has
brought in all, `source_days` what it brought each day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.encoding import from_json
from aggregator.records import Story
from aggregator.store.database import moment, seconds
from aggregator.store.search import Statements

Facet = Literal["source", "country", "language", "region"]
_DRIVING: tuple[Facet, ...] = ("source", "country", "language", "region")
"""The order in which a filter is chosen to lead: the one that usually leaves least first."""

TOLD = 400
"""Articles of one story that its small timeline shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesWanted:
    """Which stories a page lists."""

    filters: tuple[tuple[Facet, str], ...] = ()
    since: datetime | None = None
    """with an article of that time or later"""
    least: int = 2
    """with at least so many articles, copies not counted"""
    biggest: bool = False
    """the biggest first, else the newest"""
    skip: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One article of a story on its timeline."""

    story_id: str
    article_id: str
    source_id: str
    at: datetime
    copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What a source has brought so far."""

    source_id: str
    region: str | None
    articles: int
    copies: int
    last: datetime | None
    """when its newest article was fetched"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """What a source did on one day, UTC."""

    source_id: str
    day: int
    """days since 1970-01-01"""
    polls: int
    failures: int
    new: int
    """unique articles"""
    copies: int


def open_read_only(store: Statements) -> None:
    """Makes a store's connection one through which nothing can be written."""
    store.connection.only_read()


def stories(database: Statements, wanted: StoriesWanted) -> list[Story]:
    """Stories as they stand, by the facets that are asked for."""
    order = "size DESC, last DESC" if wanted.biggest else "last DESC"
    filters = sorted(wanted.filters, key=lambda pair: _DRIVING.index(pair[0]))
    values: dict[str, object] = {
        "least": wanted.least,
        "limit": wanted.limit,
        "skip": wanted.skip,
    }
    recent = ""
    if wanted.since:
        recent, values["since"] = " AND last >= :since", seconds(wanted.since)
    for number, (kind, value) in enumerate(filters):
        values |= {f"kind{number}": kind, f"value{number}": value}
    if filters:
        chosen = "SELECT story_id AS id FROM story_facets AS f WHERE kind = :kind0 AND value = :value0"
        chosen += f" AND size >= :least{recent}"
        for number in range(1, len(filters)):
            chosen += (
                " AND EXISTS (SELECT 1 FROM story_facets AS g WHERE g.story_id = f.story_id"  # noqa: S608 - numbers
                f" AND g.kind = :kind{number} AND g.value = :value{number})"
            )
    else:
        chosen = f"SELECT id FROM stories WHERE into_id IS NULL AND size >= :least{recent}"  # noqa: S608 - constants
    rows = database.rows(f"{chosen} ORDER BY {order} LIMIT :limit OFFSET :skip", **values)
    found = [
        database.rows("SELECT record FROM stories WHERE id = :id AND into_id IS NULL", id=row["id"]) for row in rows
    ]
    return [from_json(row["record"], Story) for own in found for row in own]


def told(database: Statements, story_ids: Sequence[str]) -> dict[str, list[Told]]:
    """When which outlet came in with what, for each of some stories, the first first; copies with them."""
    found: dict[str, list[Told]] = {name: [] for name in story_ids}
    for story_id in story_ids:
        rows = database.rows(
            "SELECT a.id, a.source_id, coalesce(a.published, a.fetched) AS at, 0 AS copy FROM placements AS p"
            " JOIN articles AS a ON a.id = p.article_id WHERE p.story_id = :id UNION ALL"
            " SELECT c.id, c.source_id, coalesce(c.published, c.fetched), 1 FROM placements AS p"
            " JOIN articles AS c ON c.root = p.article_id AND c.status = 'duplicate' WHERE p.story_id = :id"
            " ORDER BY at LIMIT :limit",
            id=story_id,
            limit=TOLD,
        )
        found[story_id] = [
            Told(story_id=story_id, article_id=row["id"], source_id=row["source_id"], at=at, copy=bool(row["copy"]))
            for row in rows
            if (at := moment(row["at"]))
        ]
    return found


def outlets(database: Statements) -> list[Outlet]:
    """Every source that has brought an article, the most productive first."""
    rows = database.rows("SELECT * FROM outlets ORDER BY articles DESC, source_id")
    return [
        Outlet(
            source_id=row["source_id"],
            region=row["region"],
            articles=row["articles"],
            copies=row["copies"],
            last=moment(row["last"]),
        )
        for row in rows
    ]


def facets(database: Statements, kind: Facet) -> list[str]:
    """Values that the stories have of a facet, in the order of the alphabet."""
    # One step of the index for each value, not one for each story (https://www.sqlite.org/lang_with.html).
    rows = database.rows(
        "WITH RECURSIVE found (value) AS ("
        " SELECT min(value) FROM story_facets WHERE kind = :kind UNION ALL"
        " SELECT (SELECT min(value) FROM story_facets WHERE kind = :kind AND value > found.value)"
        " FROM found WHERE found.value IS NOT NULL) SELECT value FROM found WHERE value IS NOT NULL",
        kind=kind,
    )
    return [str(row["value"]) for row in rows]


def days(database: Statements, since: datetime) -> list[SourceDay]:
    """What each source did on each day from that of `since` on."""
    rows = database.rows(
        "SELECT * FROM source_days WHERE day >= :day ORDER BY source_id, day", day=int(seconds(since) // 86_400)
    )
    return [
        SourceDay(
            source_id=row["source_id"],
            day=row["day"],
            polls=row["polls"],
            failures=row["failures"],
            new=row["new"],
            copies=row["copies"],
        )
        for row in rows
    ]


def copies_of(database: Statements, roots: Iterable[str]) -> dict[str, int]:
    """How many copies each of some articles has."""
    rows = database.rows(
        "SELECT root, count(*) AS n FROM articles WHERE status = 'duplicate'"
        " AND root IN (SELECT value FROM json_each(:roots)) GROUP BY root",
        roots=json.dumps(sorted(set(roots))),
    )
    return {row["root"]: row["n"] for row in rows}
