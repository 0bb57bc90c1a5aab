"""Full text on SQLite: an FTS5 index of folded words, kept in the transaction that writes an article.

The index holds no text, only where which word stands: texts are in the log, compressed.  So what is taken out of it
has to be said again word by word, and `unindex_article` is given the very form that was put in.
Another database keeps the promise of these four functions with an index of its own.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from aggregator.encoding import from_json
from aggregator.records import Article, DuplicateLine
from aggregator.store.query import Query, tokens

CANDIDATES = 1_000
"""Newest articles with all the words, among which is ranked: who looks for a common word wants what is new, and the
cost of a search does not grow with the store."""

HEADLINE_WEIGHT = 6.0
"""How much more a word in the headline counts than one in the text."""

FRESHNESS = 0.5
"""What the newest of the candidates gains on the oldest, as a share of the best score."""

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)
"""Between these a span is asked for: nothing older was on the web, and a later date is a mistake."""


class Statements(Protocol):
    """What is needed of a database: `database.Database` is one."""

    def execute(self, statement: str, **values: Any) -> sqlite3.Cursor:
        """Runs one statement with named values."""
        ...

    def rows(self, query: str, **values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        ...


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
    headline, body, marks = columns(article)
    database.execute(
        "INSERT INTO words (rowid, headline, body, marks) VALUES (:number, :headline, :body, :marks)",
        number=number,
        headline=headline,
        body=body,
        marks=marks,
    )


def unindex_article(database: Statements, number: int, article: Article) -> None:
    """Takes out what `index_article` put in for this number and this very form."""
    headline, body, marks = columns(article)
    database.execute(
        "INSERT INTO words (words, rowid, headline, body, marks) VALUES ('delete', :number, :headline, :body, :marks)",
        number=number,
        headline=headline,
        body=body,
        marks=marks,
    )


def search(database: Statements, query: Query, *, limit: int, below: int | None = None) -> list[Hit]:
    """Articles that answer a query: by rank where it has words, else the newest first.

    `below`: only those of a smaller number, for lists that go on.  Copies are among them.
    """
    if query.phrases:
        found = _ranked(list(_matching(database, query, CANDIDATES, below)))
        return found[:limit]
    return list(_matching(database, query, limit, below))


def _matching(database: Statements, query: Query, limit: int, below: int | None) -> Iterator[Hit]:
    expression = _expression(query)
    head = "SELECT a.first_seq AS number, a.id, a.root, "
    spans = (
        "(:after IS NULL OR coalesce(a.published, a.fetched) >= :after)"
        " AND (:before IS NULL OR coalesce(a.published, a.fetched) < :before)"
    )
    values = {
        "after": query.after.timestamp() if query.after else None,
        "before": query.before.timestamp() if query.before else None,
        "below": below if below is not None else 1 << 62,
        "limit": limit,
    }
    if expression:
        rank = f"bm25(words, {HEADLINE_WEIGHT}, 1.0, 0.0)" if query.phrases else "0.0"
        # CROSS JOIN: the index leads, newest first, and stops at the limit.
        rows = database.rows(
            f"{head} {rank} AS rank FROM words CROSS JOIN articles AS a ON a.first_seq = words.rowid"
            f" WHERE words MATCH :expression AND words.rowid < :below AND {spans}"
            " ORDER BY words.rowid DESC LIMIT :limit",
            expression=expression,
            **values,
        )
    else:
        rows = database.rows(
            f"{head} 0.0 AS rank FROM articles AS a WHERE a.first_seq < :below AND {spans}"
            " ORDER BY a.first_seq DESC LIMIT :limit",
            **values,
        )
    for row in rows:
        yield Hit(number=row["number"], article_id=row["id"], root=row["root"], score=-row["rank"])


def _ranked(hits: list[Hit]) -> list[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    share = FRESHNESS * best / max(len(hits), 1)
    # They come newest first: the place in that order is how fresh one is among its like.
    places = {hit.number: place for place, hit in enumerate(hits)}
    return sorted(hits, key=lambda hit: (share * places[hit.number] - hit.score, -hit.number))


def _expression(query: Query) -> str:
    parts = []
    if query.phrases:
        terms = " AND ".join('"' + " ".join(phrase) + '"' for phrase in query.phrases)  # words alone: no quote in them
        parts.append(f"{{headline body}} : ({terms})")
    marks = list(_wanted_marks(query))
    parts += [f"marks : {mark}" for mark in marks]
    days = _calendar(query.after, query.before)
    if days:
        parts.append(f"marks : ({' OR '.join(days)})")
    return " AND ".join(f"({part})" for part in parts)


def _wanted_marks(query: Query) -> Iterator[str]:
    if query.source:
        yield _mark("s", query.source)
    if query.country:
        yield _mark("c", query.country)
    if query.language:
        yield _mark("l", query.language.partition("-")[0])
    if query.region:
        yield _mark("r", query.region)


def _mark(kind: str, value: str) -> str:
    # Hexadecimal, so that it is one word to the index whatever letters an id has.
    return f"x{kind}{value.lower().encode('utf-8', 'replace').hex()}"


def _calendar(after: datetime | None, before: datetime | None) -> list[str]:
    """Marks of the years, months and days that a span is made of; none where it has no end, since the newest come
    first anyway."""
    if before is None:
        return []
    day = max(after.date(), _FIRST_DAY) if after else _FIRST_DAY
    end = min((before - timedelta(microseconds=1)).date(), _LAST_DAY)  # the last day that is wanted, perhaps in part
    found = []
    while day <= end:
        year, month = date(day.year + 1, 1, 1), (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.month == day.day == 1 and year <= end:
            found.append(f"xy{day:%Y}")
            day = year
        elif day.day == 1 and month <= end:
            found.append(f"xm{day:%Y%m}")
            day = month
        else:
            found.append(f"xd{day:%Y%m%d}")
            day += timedelta(days=1)
    return found or ["xd0"]


def columns(article: Article) -> tuple[str, str, str]:
    """What is indexed of an article: words of its headline, words of its text, and marks of what it is."""
    when = (article.published or article.fetched).astimezone(UTC)
    marks = [_mark("s", article.source.id), f"xy{when:%Y}", f"xm{when:%Y%m}", f"xd{when:%Y%m%d}"]
    if article.source.country:
        marks.append(_mark("c", article.source.country))
    if article.source.region:
        marks.append(_mark("r", article.source.region))
    if article.language:
        marks.append(_mark("l", article.language.partition("-")[0]))
    return _joined(tokens(article.headline)), _joined(tokens(article.text)), " ".join(marks)


def _joined(found: Iterable[str]) -> str:
    return " ".join(found)


def register(connection: sqlite3.Connection) -> None:
    """Gives the migration that fills the index its function: a log row's indexed column, by kind, payload and place."""
    last: list[tuple[bytes, tuple[str, str, str]]] = []

    def column(kind: str, payload: bytes, place: int) -> str:
        if not last or last[0][0] != payload:
            data = zlib.decompress(payload)
            article = from_json(data, Article) if kind == "article" else from_json(data, DuplicateLine).article
            last[:] = [(payload, columns(article) if article else ("", "", ""))]
        return last[0][1][place]

    connection.create_function("indexed_column", 3, column, deterministic=True)
