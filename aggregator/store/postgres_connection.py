"""One connection to PostgreSQL: opening, migrating, transactions, and what happens when it is cut.

https://www.postgresql.org/docs/current/ has what is called `server` below.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar
from uuid import uuid4

import psycopg
from psycopg import errors

from aggregator.errors import NewerSchema, StoreError, StoreUnavailable
from aggregator.store import database, dialect, schema
from aggregator.store.places import masked

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds that a server which went away is waited for: a restart takes a few, a fail-over half a minute."""

TRIES = 10
"""How often one unit of work is begun whose connection is cut each time: more than that is no accident."""

_SETTINGS = """
    SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET jit = off;
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
"""A machine that vanished is noticed after a minute (the names it held are free then).  A line that stands in a file
must be in the database after a power cut, too.  Statements are small: compiling them never pays."""

_READING = "SET default_transaction_read_only = on; SET statement_timeout = '15s'"
"""For who only reads: a page that takes longer has been given up by whoever asked for it."""

_OWN = (
    "CREATE TABLE schema_version (version BIGINT NOT NULL)",
    "CREATE TABLE writers (name TEXT PRIMARY KEY, number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL)",
)
"""`writers` has the number of the last transaction of each open connection: who was cut off while it committed finds
there whether it did."""

_WRITER = "writer"
"""Who holds it writes: one transaction at a time, as with SQLite.  So the log has no gap, and a verdict still holds
when it is written."""


class Cut(StoreUnavailable):
    """The connection was lost, and with it the transaction: nothing of it was kept."""


class Named:
    """One row: by the name of a column or its place."""

    __slots__ = ("_places", "_values")

    def __init__(self, values: Sequence[Any], places: Mapping[str, int]) -> None:
        self._values, self._places = values, places

    def __getitem__(self, column: int | str) -> Any:
        return self._values[self._places[column] if isinstance(column, str) else column]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def keys(self) -> list[str]:
        """The names of its columns."""
        return list(self._places)


def _named(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Named]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: Named(values, places)


class PostgresConnection:
    """Keeps `connection.Connection` and `connection.Held` on a PostgreSQL database.

    The tables stand in the first schema of the search path.  Names are advisory locks of the session, so the
    connection must be one of its own: a pooler that hands it round between transactions does not do.
    """

    kind: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, url: str, *, after_cut: Callable[[], None] = lambda: None) -> None:
        """Connects, and brings the database to the present schema.

        `after_cut` is called inside the first transaction after the connection was cut and made anew.
        """
        self._url, self._after_cut = url, after_cut
        self.place: Path | str = masked(url)
        self._name = uuid4().hex
        self._number = 0
        self._inside = self._was_cut = self._ready = self._reading = False
        self._held: set[str] = set()
        self._open()
        try:
            self._migrate()
            self._sign_in()
        except BaseException:
            self._connection.close()
            raise

    def _sign_in(self) -> None:
        with self.transaction():
            self.run("DELETE FROM writers WHERE at < now() - interval '30 days'", {})  # of processes that were killed
            self.run("INSERT INTO writers (name, number, at) VALUES (:name, 0, now())", {"name": self._name})
        self._ready = True

    def only_read(self) -> None:
        """From now on nothing can be written here, and no statement takes longer than a person waits."""
        self._run_as_it_is(f"DELETE FROM writers WHERE name = '{self._name}'")  # noqa: S608 - a name of ours
        self._run_as_it_is(_READING)
        self._ready, self._reading = False, True

    def close(self) -> None:
        """Closes the connection."""
        with suppress(psycopg.Error):  # a row of one that cannot say good-bye goes later
            if not self._connection.closed:
                # The server lets go of its names by itself, but some time after we have hung up.
                self._control.execute("SELECT pg_advisory_unlock_all()")
                self._control.execute("DELETE FROM writers WHERE name = %s", (self._name,))
        self._connection.close()

    # ------------------------------------------------------------- opening

    def _open(self) -> None:
        try:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=10, application_name="aggregator"
            )
            self._control = self._connection.cursor()
            self._cursor = self._connection.cursor(binary=True, row_factory=_named)
            self._control.execute(_SETTINGS + f"; SET lock_timeout = '{database.BUSY_SECONDS:.0f}s'")
            if self._reading:
                self._control.execute(_READING)
            found = self._control.execute("SELECT current_schema()").fetchone()
        except psycopg.Error as error:
            raise StoreUnavailable(self._advice(error), path=self.place) from error
        if found is None or found[0] is None:
            self.close()
            raise StoreUnavailable(
                f"{self.place}: its search_path names no schema that exists: make it with CREATE SCHEMA",
                path=self.place,
            )
        self._schema = str(found[0])

    def _reopen(self) -> None:
        """Connects again, and waits for a server that is being restarted."""
        end, pause = time.monotonic() + PATIENCE, 0.05
        while True:
            with suppress(psycopg.Error):
                self._connection.close()
            try:
                self._open()
                for name in sorted(self._held):
                    self._take_again(name)
                break
            except StoreUnavailable:
                if time.monotonic() + pause > end:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, 2.0)
        self._was_cut = True

    def _take_again(self, name: str) -> None:
        # The server may not have noticed yet that our other connection is gone, and keep the name for it.
        if not self._try(name):
            raise StoreUnavailable(f"{self.place}: {name} is still held by a connection that was cut", path=self.place)

    def _advice(self, error: psycopg.Error) -> str:
        text = masked(" ".join(str(error).split()))
        if isinstance(error, errors.LockNotAvailable):
            return f"{self.place}: locked by another process for {database.BUSY_SECONDS:.0f} s ({text})"
        if isinstance(error, errors.InsufficientPrivilege):
            return f"{self.place}: {text}: its user must own the schema, or be granted USAGE and CREATE on it"
        if isinstance(error, psycopg.OperationalError):
            return f"{self.place} cannot be used ({text}): see that the server runs, and that store.url is right"
        return f"{self.place}: {text}"

    # ------------------------------------------------------------- schema

    def _version(self) -> int | None:
        """The schema's version; None where there is none of ours."""
        if self.row("SELECT to_regclass('schema_version')", {})[0] is None:  # type: ignore[index]
            return None
        return int(self.row("SELECT version FROM schema_version", {})["version"])  # type: ignore[index]

    def _migrate(self) -> None:
        version = self._version()
        if version == schema.VERSION:
            return
        with self.transaction():
            version = self._version()
            self.refuse(version)
            if version is None:
                for statement in (*dialect.NUMBERS, *_OWN):
                    self._run_as_it_is(statement)
                self._run_as_it_is("INSERT INTO schema_version (version) VALUES (0)")
            for number in range(version or 0, schema.VERSION):
                for written in schema.MIGRATIONS[number]:
                    for statement in dialect.migrated(written):
                        self._run_as_it_is(statement)
            self.run("UPDATE schema_version SET version = :version", {"version": schema.VERSION})

    def refuse(self, version: int | None) -> None:
        """Raises NewerSchema or StoreUnavailable where the tables are of a later version, or not ours."""
        if version is not None and version > schema.VERSION:
            raise NewerSchema(
                f"{self.place} was written by a later version (schema {version}, this one knows {schema.VERSION}):"
                " install that version, or name another database",
                path=self.place,
            )
        taken = "SELECT coalesce(to_regclass('articles'), to_regclass('runs'), to_regclass('log'))"
        if version is None and self.row(taken, {})[0] is not None:  # type: ignore[index]
            raise StoreUnavailable(
                f"{self.place} has tables of another program: name another database, or another schema with"
                " ?options=-csearch_path%3DNAME",
                path=self.place,
            )

    def _run_as_it_is(self, statement: str) -> None:
        try:
            self._control.execute(statement)
        except psycopg.Error as error:
            self._say(error)

    # -------------------------------------------------------- transactions

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[None]:
        """All or nothing, one process at a time.  Raises Cut where the connection was lost and nothing was kept."""
        self._begin(lasting=lasting)
        self._inside = True
        try:
            if self._was_cut:
                self._after_cut()
            yield
            self._commit()
            self._was_cut = False
        except BaseException:
            self._undo()
            raise
        finally:
            self._inside = False

    def _begin(self, *, lasting: bool) -> None:
        """Begins, waits for its turn, and leaves the transaction's mark; all in one exchange."""
        self._number += 1
        words = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({self._key(_WRITER)})"
        if not lasting:
            words += "; SET LOCAL synchronous_commit = off"
        if self._ready:
            words += f"; UPDATE writers SET number = {self._number}, at = now() WHERE name = '{self._name}'"  # noqa: S608
        for _ in range(TRIES):
            try:
                self._control.execute(words)
                return
            except psycopg.Error as error:
                if not self._lost(error):
                    self._undo()
                    raise StoreUnavailable(self._advice(error), path=self.place) from error
                self._reopen()
        raise StoreUnavailable(f"{self.place}: the connection is cut again and again", path=self.place)

    def _undo(self) -> None:
        with suppress(psycopg.Error):  # then it is closed, and the server undoes it
            if not self._connection.closed:
                self._control.execute("ROLLBACK")

    def _commit(self) -> None:
        try:
            self._control.execute("COMMIT")
        except psycopg.Error as error:
            if not self._lost(error):
                self._say(error)
            if not self._was_committed():
                raise Cut(self._advice(error), path=self.place) from error
            return
        if self._control.statusmessage != "COMMIT":
            raise StoreError(f"{self.place}: the transaction was undone", path=self.place)

    def _was_committed(self) -> bool:
        """The connection was cut while a commit was under way: whether the transaction's mark is there.

        Its number at the server would not do: after a crash that may be given once more.
        """
        for _ in range(TRIES):
            self._reopen()
            try:
                # The old connection's transaction holds the turn until it has ended, one way or the other.
                self._control.execute(f"SELECT pg_advisory_lock({self._key(_WRITER)})")
                found = self._control.execute("SELECT number FROM writers WHERE name = %s", (self._name,)).fetchone()
                self._control.execute(f"SELECT pg_advisory_unlock({self._key(_WRITER)})")
            except psycopg.Error as error:
                if not self._lost(error):
                    self._say(error)
                continue
            return found is not None and found[0] == self._number
        raise StoreUnavailable(f"{self.place}: the connection is cut again and again", path=self.place)

    def outlast(self, work: Callable[[], Result]) -> Result:
        """Does a unit of work; again, where the connection was cut before it was kept."""
        if self._inside:
            return work()  # a part of a larger one, which is done again as a whole
        for _ in range(TRIES):
            try:
                return work()
            except Cut:
                self._reopen()
        return work()

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """What was deleted within is taken out of the tables' files at its end; the server's own logs are not ours."""
        yield
        tables = (
            "log, articles, words, placements, stories, story_facets, relations, shingles, events, frontier, captures"
        )
        self._run_as_it_is(f"VACUUM {tables}")
        self._run_as_it_is("REINDEX INDEX words_vector")  # it keeps a word as a key though no article has it any more

    # ---------------------------------------------------------- statements

    def run(self, statement: str, values: Mapping[str, Any]) -> int:
        """Runs one statement; how many rows it changed."""
        return self._executed(statement, values).rowcount

    def insert(self, statement: str, number: str, values: Mapping[str, Any]) -> int:
        """Inserts one row; the number that it was given."""
        row = self._executed(f"{statement} RETURNING {number}", values).fetchone()
        assert row is not None
        return int(row[0])

    def fill(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs one statement for each of many rows, without waiting for each answer."""
        words, listed = dialect.translated(statement)
        try:
            self._cursor.executemany(words, [dialect.bound(row, listed) for row in rows])
        except psycopg.Error as error:
            self._say(error)

    def go_on(self, table: str, column: str) -> None:
        """Lets the numbers that the database gives in a column go on after the highest one there."""
        highest = f"(SELECT coalesce(max({column}), 0) FROM {table})"  # noqa: S608 - names of ours
        if not self.run(f"UPDATE numbers SET last = {highest} WHERE name = :name", {"name": table}):  # noqa: S608
            identity = f"SELECT setval(pg_get_serial_sequence(:name, :column), greatest({highest}, 1))"
            self.run(identity, {"name": table, "column": column})

    def rows(self, query: str, values: Mapping[str, Any]) -> Sequence[Named]:
        """All rows of a query; asked once more where the connection was cut outside a transaction."""
        return self.outlast(lambda: self._executed(query, values).fetchall())

    def row(self, query: str, values: Mapping[str, Any]) -> Named | None:
        """The first row of a query, or None."""
        return self.outlast(lambda: self._executed(query, values).fetchone())

    def _executed(self, statement: str, values: Mapping[str, Any]) -> psycopg.Cursor[Named]:
        words, listed = dialect.translated(statement)
        try:
            return self._cursor.execute(words, dialect.bound(values, listed))
        except psycopg.Error as error:
            self._say(error)

    def _say(self, error: psycopg.Error) -> NoReturn:
        kind = Cut if self._lost(error) else StoreError
        raise kind(self._advice(error), path=self.place) from error

    def _lost(self, error: psycopg.Error) -> bool:
        """Whether the transaction is gone through no fault of its own, and may be done again."""
        state = error.sqlstate or ""
        gone = self._connection.closed or state.startswith(("08", "57P0"))
        return gone or state in ("40001", "40P01")  # an order of writing that could not be: the server undid it

    # --------------------------------------------------------------- names

    def take(self, name: str) -> bool:
        """Takes a name at once; False where somebody holds it, this very connection included."""
        if name in self._held or not self.outlast(lambda: self._try(name)):
            return False
        self._held.add(name)
        return True

    def _try(self, name: str) -> bool:
        row = self._executed("SELECT pg_try_advisory_lock(CAST(:key AS BIGINT))", {"key": self._key(name)}).fetchone()
        return bool(row and row[0])

    def drop(self, name: str) -> None:
        """Lets go of a name."""
        if name in self._held:
            self._held.discard(name)
            self.row("SELECT pg_advisory_unlock(CAST(:key AS BIGINT))", {"key": self._key(name)})

    def _key(self, name: str) -> int:
        # Advisory locks are numbers and hold for a whole database: each schema has its own.
        return int.from_bytes(sha256(f"aggregator {self._schema} {name}".encode()).digest()[:8], "big", signed=True)
