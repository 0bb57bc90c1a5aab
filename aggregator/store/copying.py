"""Moving a whole store to another database: every table row by row, in the same order, and a check at the end.

The log keeps its numbers, so the journal's files stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aggregator.errors import InputError, StoreError
from aggregator.store.opening import open_store
from aggregator.store.places import Place, masked, there
from aggregator.store.runs import SqlStore

BATCH = 500
"""Rows that are read and written at once."""

KEYS: dict[str, tuple[str, ...]] = {
    "runs": ("run_id",),
    "feeds": ("feed",),
    "hosts": ("host",),
    "frontier": ("key",),
    "sightings": ("key", "feed", "via"),
    "articles": ("id",),
    "aliases": ("key",),
    "guids": ("source_id", "guid"),
    "relations": ("article_id", "position"),
    "log": ("seq",),
    "events": ("n",),
    "shingles": ("hash", "day", "article"),
    "robots": ("authority",),
    "health": ("source_id",),
    "placements": ("n",),
    "stories": ("id",),
    "forgotten": ("article_id",),
    "captures": ("file", "position"),
    "archives_read": ("work",),
    "outlets": ("source_id",),
    "source_days": ("source_id", "day"),
    "story_facets": ("kind", "value", "last", "story_id"),
}
"""Every table with its key, by which it is read in order.  A table of a later migration has to be named here, too; one
that is only made from others (the index of words) is made anew instead."""

_COUNTED = ("outlets", "source_days", "story_facets")
"""Tables that triggers fill while others are copied: emptied before what the source has is written."""

_NUMBERED = {"log": "seq", "placements": "n", "events": "n"}
"""Tables whose rows the database numbers itself, with the column: it has to go on after the copied ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One table, as it was found at both ends when everything was copied."""

    table: str
    rows: int
    digest: str
    """SHA-256 of all rows in the order of the key"""


def copy_store(source: Place, target: Place, advance: Callable[[str, int], None]) -> list[Copied]:
    """Copies everything from one place to another, and compares both; what was copied.

    `advance` is told of each batch: table and rows.  Raises InputError where the source is not there or in use, or the
    target holds something; StoreError where both differ at the end.  A target that was not finished stays: it is empty,
    since all is one transaction.
    """
    if not there(source):
        raise InputError(
            f"{masked(source)} is not there: name a SQLite file or postgresql://...", subject=masked(source)
        )
    with closing(open_store(source)) as from_, closing(open_store(target)) as to:
        filled = [name for name in KEYS if to.row(f"SELECT 1 FROM {name} LIMIT 1")]  # noqa: S608 - names of ours
        if filled:
            raise InputError(
                f"{masked(target)} is not empty ({', '.join(filled)}): name a new one", subject=masked(target)
            )
        if from_.living_runs():
            raise InputError(f"{masked(source)} is in use: stop the schedule and all crawls", subject=masked(source))
        with to.transaction():
            for table in KEYS:
                if table in _COUNTED:
                    to.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
                for rows in _batches(from_, table):
                    to.connection.fill(f"INSERT INTO {table} ({_columns(rows)}) VALUES ({_marks(rows)})", rows)  # noqa: S608
                    advance(table, len(rows))
            for table, column in _NUMBERED.items():
                to.connection.go_on(table, column)
            to.index_all(lambda articles: advance("words", articles))
        return [_compared(from_, to, table, advance) for table in KEYS]


def steps(source: Place) -> int:
    """What `copy_store` tells of in all: each row is written and read again, and the words of each article indexed."""
    with closing(open_store(source)) as store:
        rows: dict[str, int] = {name: store.rows(f"SELECT count(*) FROM {name}")[0][0] for name in KEYS}  # noqa: S608
    return 2 * sum(rows.values()) + rows["articles"]


def _columns(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(rows[0])


def _marks(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f":{name}" for name in rows[0])


def _batches(store: SqlStore, table: str) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table in the order of its key, values in one form whatever the database."""
    keys = KEYS[table]
    order = ", ".join(keys)
    after: dict[str, Any] = {}
    while True:
        beyond = f"WHERE ({order}) > ({', '.join(f':{name}' for name in keys)})" if after else ""
        found = store.rows(f"SELECT * FROM {table} {beyond} ORDER BY {order} LIMIT {BATCH}", **after)  # noqa: S608
        rows = [{name: _plain(table, name, row[name]) for name in row.keys()} for row in found]  # noqa: SIM118
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = {name: rows[-1][name] for name in keys}


def _plain(table: str, column: str, value: Any) -> Any:
    if (table, column) == ("stories", "record") and isinstance(value, bytes):
        return value.decode()  # earlier versions wrote this text as bytes, which SQLite allows
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value  # as PostgreSQL is given it


def _digest(store: SqlStore, table: str, advance: Callable[[str, int], None]) -> tuple[int, str]:
    count, found = 0, sha256()
    for rows in _batches(store, table):
        for row in rows:
            found.update(repr(sorted(row.items())).encode("utf-8", "surrogatepass"))
        count += len(rows)
        advance(table, len(rows))
    return count, found.hexdigest()


def _compared(from_: SqlStore, to: SqlStore, table: str, advance: Callable[[str, int], None]) -> Copied:
    rows, digest = _digest(from_, table, lambda _table, _rows: None)
    if (rows, digest) != _digest(to, table, advance):
        raise StoreError(f"{table} is not the same at both ends: was something writing there?  Begin with a new target")
    return Copied(table=table, rows=rows, digest=digest)
