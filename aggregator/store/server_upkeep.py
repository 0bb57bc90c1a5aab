"""Care of a PostgreSQL database: the figures of its planner, its size, and what is wrong with it.

What a server does by itself (its log of writes, vacuum) and what it has tools for (pg_dump, pg_amcheck) is left to it.
"""

from __future__ import annotations

from aggregator.errors import AggregatorError
from aggregator.store import schema
from aggregator.store.dialect import POSTGRES_ONLY
from aggregator.store.opening import open_store
from aggregator.store.runs import SqlStore

TABLES = tuple(
    words[2]
    for migration in schema.MIGRATIONS
    for statement in migration
    if (words := statement.removeprefix(POSTGRES_ONLY).split())[:2] == ["CREATE", "TABLE"]
)
"""The store's tables, in the order in which they were made."""

BACKUP = "pg_dump copies a PostgreSQL database while crawls run, and pg_restore puts it back: use these"


def tidy(url: str) -> int:
    """Brings the planner's figures up to date; the bytes of the tables with their indexes.  Raises StoreError."""
    store = open_store(url)
    try:
        store.execute(f"ANALYZE {', '.join(TABLES)}")
        return size(store)
    finally:
        store.close()


def tables_size(url: str) -> int:
    """Bytes of the tables with their indexes, at an address.  Raises StoreError."""
    store = open_store(url)
    try:
        return size(store)
    finally:
        store.close()


def size(store: SqlStore) -> int:
    """Bytes of the tables with their indexes."""
    rows = [store.row("SELECT pg_total_relation_size(to_regclass(:name)) AS bytes", name=name) for name in TABLES]
    return sum(int(row["bytes"]) for row in rows if row)


def is_empty(url: str) -> bool:
    """Whether a database answers at an address and has none of the store's tables; none are made.

    Where it cannot be asked it is not called empty: who opens the store then says what is wrong.
    """
    try:
        import psycopg  # an extra
    except ImportError:
        return False
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT to_regclass('log') IS NULL").fetchone()
    except psycopg.Error:
        return False
    return row is not None and bool(row[0])


def problems(url: str) -> list[str]:
    """What is wrong with the database, nothing where it is well.  Reads the log's numbers, and no text."""
    try:
        store = open_store(url)
    except AggregatorError as error:
        return [str(error)]
    try:
        row = store.row("SELECT count(*) AS n, coalesce(max(seq), 0) AS last FROM log")
        if row is None or row["n"] == row["last"]:
            return []
        return [f"the log has {row['n']} rows, and its last number is {row['last']}"]
    except AggregatorError as error:
        return [str(error)]
    finally:
        store.close()
