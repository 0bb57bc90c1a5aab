"""Full text: an index of folded words, kept in the transaction that writes an article, and the rank of what it finds.

Each database has an index of its own (`fts5.py`, `tsearch.py`); both find the same articles, and rank by their own
measure among the newest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aggregator.records import Article
from aggregator.store import fts5, tsearch
from aggregator.store.connection import Connection, Row
from aggregator.store.query import Query
from aggregator.store.wordlists import Asked, Columns, asked, columns

CANDIDATES = 1_000
"""Newest articles with all the words, among which is ranked: who looks for a common word wants what is new, and the
cost of a search does not grow with the store."""

FRESHNESS = 0.5
"""What the newest of the candidates gains on the oldest, as a share of the best score."""


class Statements(Protocol):
    """What is needed of a database: `database.Database` is one."""

    connection: Connection

    def execute(self, statement: str, **values: Any) -> int:
        """Runs one statement with named values; how many rows it changed."""
        ...

    def rows(self, query: str, **values: Any) -> Sequence[Row]:
        """All rows of a query."""
        ...


class Index(Protocol):
    """An index of words; a module is one."""

    def put(self, connection: Connection, number: int, article: Columns) -> None:
        """Puts an article's words in, under its number."""
        ...

    def take_out(self, connection: Connection, number: int, article: Columns) -> None:
        """Takes out what `put` was given for this number."""
        ...

    def matching(self, connection: Connection, asked: Asked, limit: int) -> Sequence[Row]:
        """Articles with all that is asked for, the newest first: number, id, root, score."""
        ...


_INDEXES: dict[str, Index] = {"sqlite": fts5, "postgres": tsearch}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found."""

    number: int
    """its number in the order of the log (`articles.first_seq`)"""
    article_id: str
    root: str
    """the unique article of which it is a copy; its own id where it is unique"""
    score: float
    """higher is better; 0 where no words were asked for"""


def index_article(database: Statements, number: int, article: Article) -> None:
    """Makes a form of an article one that is found by its words; inside the transaction that writes it."""
    _INDEXES[database.connection.kind].put(database.connection, number, columns(article))


def unindex_article(database: Statements, number: int, article: Article) -> None:
    """Takes out what `index_article` put in for this number and this very form."""
    _INDEXES[database.connection.kind].take_out(database.connection, number, columns(article))


def search(database: Statements, query: Query, *, limit: int, below: int | None = None) -> list[Hit]:
    """Articles that answer a query: by rank where it has words, else the newest first.

    `below`: only those of a smaller number, for lists that go on.  Copies are among them.
    """
    wanted = asked(query, below)
    if query.phrases:
        return _ranked(_matching(database, wanted, CANDIDATES))[:limit]
    return _matching(database, wanted, limit)


def _matching(database: Statements, wanted: Asked, limit: int) -> list[Hit]:
    if wanted.of_words:
        rows = _INDEXES[database.connection.kind].matching(database.connection, wanted, limit)
    else:
        rows = database.rows(
            "SELECT a.first_seq AS number, a.id, a.root, 0.0 AS score FROM articles AS a"  # noqa: S608 - constants
            f" WHERE a.first_seq < :below {wanted.spans} ORDER BY a.first_seq DESC LIMIT :limit",
            limit=limit,
            **wanted.values,
        )
    return [
        Hit(number=row["number"], article_id=row["id"], root=row["root"], score=float(row["score"])) for row in rows
    ]


def _ranked(hits: list[Hit]) -> list[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    share = FRESHNESS * best / max(len(hits), 1)
    # They come newest first: the place in that order is how fresh one is among its like.
    places = {hit.number: place for place, hit in enumerate(hits)}
    return sorted(hits, key=lambda hit: (share * places[hit.number] - hit.score, -hit.number))
