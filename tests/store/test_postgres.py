"""What a server may do that a file does not: be away, be somebody else's, cut a connection at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aggregator.editing import Editor
from aggregator.errors import NewerSchema, StoreUnavailable
from aggregator.identity import judge
from aggregator.store import Settled, SqlStore, masked, open_store
from aggregator.store.interface import Filter
from tests.postgres_server import what_is_missing
from tests.store.newsroom import DAY, FEED, HOUR, NOW, newcomer, poll_state, relation, sighting, text, url

missing = what_is_missing()
if missing:
    pytest.skip(missing, allow_module_level=True)

import psycopg  # noqa: E402 - an extra

from aggregator.store.postgres_connection import PostgresConnection  # noqa: E402

TABLES = ("log", "articles", "frontier", "sightings", "events", "relations", "placements", "stories", "feeds", "robots")


class TestOpening:
    def test_a_server_that_is_not_there_is_said_to_be_without_the_password(self) -> None:
        """The message goes to logs and screens."""
        with pytest.raises(StoreUnavailable, match=r"see that the server runs, and that store\.url is right") as caught:
            open_store("postgresql://me:secret@/nowhere?host=/nonexistent&password=secret")
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("postgresql://me:p%40ss@db/news", "postgresql://me:***@db/news"),
            (
                "postgresql://me@db/news?sslmode=require&password=x",
                "postgresql://me@db/news?sslmode=require&password=***",
            ),
            ("postgresql:///news", "postgresql:///news"),
        ],
    )
    def test_passwords_are_masked(self, given: str, shown: str) -> None:
        assert masked(given) == shown

    def test_tables_of_another_program_are_left_alone(self, postgres: str) -> None:
        """A database that was named by mistake."""
        with psycopg.connect(postgres, autocommit=True) as other:
            other.execute("CREATE TABLE articles (title TEXT)")
            with pytest.raises(StoreUnavailable, match="tables of another program"):
                open_store(postgres)
            tables = other.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        assert tables == [("articles",)]

    def test_a_later_version_is_refused(self, postgres: str) -> None:
        """It may mean other things by the same names."""
        store = open_store(postgres)
        store.execute("UPDATE schema_version SET version = version + 1")
        store.close()
        with pytest.raises(NewerSchema, match="later version"):
            open_store(postgres)

    def test_a_schema_that_does_not_exist_is_said(self, postgres_url: str) -> None:
        """The server itself would only say that there is nowhere to make a table."""
        with pytest.raises(StoreUnavailable, match="CREATE SCHEMA"):
            open_store(f"{postgres_url}&options=-csearch_path%3Dnowhere")

    def test_one_editor_for_all_machines(self, postgres: str) -> None:
        """And another as soon as it is gone."""
        first, second = open_store(postgres), open_store(postgres)
        assert first.become_editor()
        assert not second.become_editor()
        first.close()
        assert second.become_editor()
        second.resign_editor()
        second.close()


KEPT = ("words", "outlets", "source_days", "story_facets")
"""Tables that are kept as other things happen."""


class Cursor:
    """A cursor whose connection is cut at the n-th statement, before or after the server has done it."""

    def __init__(self, cursor: Any, cuts: Cuts) -> None:
        self._cursor, self._cuts = cursor, cuts

    def execute(self, words: Any, values: Any = None) -> Any:
        cut = self._cuts.next()
        if cut and self._cuts.early:
            self._cuts.cut(self._cursor.connection)
        done = self._cursor.execute(words, values)
        if cut and not self._cuts.early:
            self._cuts.cut(self._cursor.connection)
            self._cursor.connection.close()
            raise psycopg.OperationalError("the answer was lost")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Cuts:
    """Where to cut, and how far the work has come."""

    def __init__(self, admin: psycopg.Connection[Any], at: int, *, early: bool) -> None:
        self.admin, self.at, self.early, self.count = admin, at, early, 0

    def next(self) -> bool:
        self.count += 1
        return self.count == self.at

    def cut(self, connection: psycopg.Connection[Any]) -> None:
        pid = connection.info.backend_pid
        self.admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while self.admin.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            pass  # it goes at once, unlike pg_terminate_backend's own waiting


def work(store: SqlStore) -> None:
    """Some of everything that a crawl writes."""
    run = store.begin_run("feeds", "", NOW)
    store.record_poll("r", [sighting(url(name)) for name in "abc"], lambda tally: poll_state(etag=str(tally.new)), NOW)
    claims = store.claim(run, NOW + HOUR, limit=9, per_host=9)
    assert {claim.sighting.url for claim in claims} <= {url(name) for name in "abc"}
    editor = Editor(store)
    store.record_article("r", newcomer("a", relations=(relation(url("b")),)), judge, NOW, place=editor.place)
    store.record_article("r", newcomer("b", text=text("b") + text("a")[:200]), judge, NOW, place=editor.place)
    store.settle(sighting(url("c")), Settled(state="pending", reason="HTTP 500", not_before=NOW + DAY), NOW)
    store.record_article("r", newcomer("d"), judge, NOW)
    assert editor.catch_up("r", NOW) in (0, 1)
    store.append_checkpoint("r", lambda: b'{"lines":1}', NOW)
    store.keep_quiet("gazette.example", NOW + HOUR, "HTTP 429", refusals=1)
    assert len(store.rows_after(0, 100)) == store.last_seq()
    store.end_run(run, "finished", NOW)


def contents(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is kept, apart from the ids of runs."""
    found = {name: sorted(tuple(row) for row in store.rows(f"SELECT * FROM {name}")) for name in (*TABLES, *KEPT)}
    return found | {"runs": [(row["outcome"],) for row in store.rows("SELECT outcome FROM runs")]}


@pytest.fixture
def admin(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


class TestCuts:
    def undisturbed(self, url_: str, admin: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], int]:
        cuts = Cuts(admin, 0, early=True)
        found = self.done(url_, cuts, monkeypatch)
        return found, cuts.count

    def done(self, url_: str, cuts: Cuts, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        store = open_store(url_)
        for table in (*TABLES, "runs", "aliases", "guids", "shingles", "hosts", *KEPT):
            store.execute(f"DELETE FROM {table}")
        store.execute("UPDATE numbers SET last = 0")
        store.execute("ALTER TABLE events ALTER COLUMN n RESTART")
        opened = PostgresConnection._open

        def sabotaged(connection: PostgresConnection) -> None:
            opened(connection)
            wrap(connection)

        def wrap(connection: PostgresConnection) -> None:
            connection._control = Cursor(connection._control, cuts)  # type: ignore[assignment]
            connection._cursor = Cursor(connection._cursor, cuts)  # type: ignore[assignment]

        with monkeypatch.context() as patched:
            patched.setattr(PostgresConnection, "_open", sabotaged)
            wrap(store.connection)  # type: ignore[arg-type]
            work(store)
        found = contents(store)
        store.close()
        # The numbers of decisions may have gaps: a sequence gives them, and only their order means something.
        found["events"] = sorted(row[1:] for row in found["events"])
        return found

    @pytest.mark.parametrize("early", [True, False], ids=["before the server did it", "after it did"])
    def test_a_connection_that_is_cut_at_any_statement_loses_and_doubles_nothing(
        self, postgres: str, admin: psycopg.Connection[Any], early: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each statement of a day's work, the commits among them: what is kept is what an undisturbed day keeps."""
        expected, statements = self.undisturbed(postgres, admin, monkeypatch)
        assert statements > 100
        for at in range(1, statements + 1):
            assert self.done(postgres, Cuts(admin, at, early=early), monkeypatch) == expected, at

    def test_a_run_that_was_taken_for_dead_goes_on_and_its_claims_are_not_stuck(
        self, postgres: str, admin: psycopg.Connection[Any]
    ) -> None:
        """Its connection was cut, and another process buried it before it noticed."""
        store, other = open_store(postgres), open_store(postgres)
        store.add("r", [sighting(url(name)) for name in "abc"], NOW)
        run = store.begin_run("feeds", "", NOW)
        assert len(store.claim(run, NOW, limit=9, per_host=9)) == 3
        pid = store.connection._connection.info.backend_pid  # type: ignore[attr-defined]
        admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        late = other.begin_run("feeds", "", NOW)
        assert len(other.claim(late, NOW, limit=1, per_host=9)) == 1
        assert len(store.claim(run, NOW, limit=9, per_host=9)) == 2
        outcomes = {row["run_id"]: row["outcome"] for row in store.rows("SELECT * FROM runs")}
        assert outcomes == {run: None, late: None}
        store.close()  # dies with its claims
        assert len(other.claim(other.begin_run("feeds", "", NOW), NOW, limit=9, per_host=9)) == 2
        other.close()

    def test_reading_goes_on_over_a_cut(self, postgres: str, admin: psycopg.Connection[Any]) -> None:
        """An export of an hour must not end because a server was restarted."""
        store = open_store(postgres)
        for name in "abc":
            store.record_article("r", newcomer(name), judge, NOW)
        found = []
        for article in store.articles(Filter()):
            found.append(article.headline)
            pid = store.connection._connection.info.backend_pid  # type: ignore[attr-defined]
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        assert found == ["The a", "The b", "The c"]
        store.close()


def test_texts_that_a_server_cannot_keep_do_not_stop_a_poll(postgres: str) -> None:
    """PostgreSQL has no zero byte in texts; a reason or an address may."""
    store = open_store(postgres)
    store.settle(sighting(url("a")), Settled(state="failed", reason="nul \0 byte"), NOW)
    entry = store.entry(url("a"))
    assert entry is not None
    assert entry.reason == "nul \ufffd byte"
    assert list(store.history([FEED, "x\0y"])) == []
    store.close()
