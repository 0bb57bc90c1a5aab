"""Full text on SQLite: an FTS5 table without content (https://www.sqlite.org/fts5.html).

The index holds no text, only where which word stands: texts are in the log, compressed.  So what is taken out of it
has to be said again word by word.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence

from aggregator.encoding import from_json
from aggregator.records import Article, DuplicateLine
from aggregator.store.connection import Connection, Row
from aggregator.store.wordlists import HEADLINE_WEIGHT, Asked, Columns, columns


def put(connection: Connection, number: int, article: Columns) -> None:
    """Puts an article's words in, under its number."""
    connection.run(
        "INSERT INTO words (rowid, headline, body, marks) VALUES (:number, :headline, :body, :marks)",
        _values(number, article),
    )


def take_out(connection: Connection, number: int, article: Columns) -> None:
    """Takes out what `put` was given for this number, which has to be the very same."""
    connection.run(
        "INSERT INTO words (words, rowid, headline, body, marks) VALUES ('delete', :number, :headline, :body, :marks)",
        _values(number, article),
    )


def matching(connection: Connection, asked: Asked, limit: int) -> Sequence[Row]:
    """Articles with all that is asked for, the newest first: number, id, root, score."""
    score = f"-bm25(words, {HEADLINE_WEIGHT}, 1.0, 0.0)" if asked.phrases else "0.0"
    # CROSS JOIN: the index leads, newest first, and stops at the limit.
    return connection.rows(
        f"SELECT a.first_seq AS number, a.id, a.root, {score} AS score"  # noqa: S608 - constants
        " FROM words CROSS JOIN articles AS a ON a.first_seq = words.rowid"
        f" WHERE words MATCH :expression AND words.rowid < :below {asked.spans}"
        " ORDER BY words.rowid DESC LIMIT :limit",
        {"expression": _expression(asked), "limit": limit, **asked.values},
    )


def register(connection: sqlite3.Connection) -> None:
    """Gives the migration that fills the index its function: a log row's indexed column, by kind, payload and place."""
    last: list[tuple[bytes, tuple[str, str, str]]] = []

    def column(kind: str, payload: bytes, place: int) -> str:
        if not last or last[0][0] != payload:
            data = zlib.decompress(payload)
            article = from_json(data, Article) if kind == "article" else from_json(data, DuplicateLine).article
            last[:] = [(payload, _texts(columns(article)) if article else ("", "", ""))]
        return last[0][1][place]

    connection.create_function("indexed_column", 3, column, deterministic=True)


def _texts(article: Columns) -> tuple[str, str, str]:
    return " ".join(article.headline), " ".join(article.body), " ".join(article.marks)


def _values(number: int, article: Columns) -> dict[str, object]:
    headline, body, marks = _texts(article)
    return {"number": number, "headline": headline, "body": body, "marks": marks}


def _expression(asked: Asked) -> str:
    parts = []
    if asked.phrases:
        terms = " AND ".join('"' + " ".join(phrase) + '"' for phrase in asked.phrases)  # words alone: no quote in them
        parts.append(f"{{headline body}} : ({terms})")
    parts += [f"marks : {mark}" for mark in asked.marks]
    if asked.days:
        parts.append(f"marks : ({' OR '.join(asked.days)})")
    return " AND ".join(f"({part})" for part in parts)
