"""One file on a disk that may be full, damaged, foreign, read-only or shared."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from aggregator.errors import NewerSchema, StoreError, StoreUnavailable
from aggregator.identity import judge
from aggregator.store import SqliteStore, StorePlace, open_store, schema
from aggregator.store.interface import Filter
from tests.store.newsroom import NOW, newcomer, sighting, url


class TestOpening:
    def test_a_new_database_has_the_present_schema_and_is_safe(self, path: Path) -> None:
        """FULL and WAL: a line that stands in a file is in the database too, after a power cut as well."""
        store = SqliteStore(path)
        assert store.row("PRAGMA user_version")[0] == schema.VERSION  # type: ignore[index]
        assert store.row("PRAGMA journal_mode")[0] == "wal"  # type: ignore[index]
        assert store.row("PRAGMA synchronous")[0] == 2  # type: ignore[index]
        store.close()

    def test_what_was_written_is_there_when_it_is_opened_again(self, path: Path) -> None:
        """The frontier is the store, not the memory of a process."""
        store = SqliteStore(path)
        store.add("r", [sighting(url("a"))], NOW)
        store.record_article("r", newcomer("b"), judge, NOW)
        store.close()
        store = SqliteStore(path)
        assert (store.pending(NOW)[0], store.last_seq()) == (1, 1)
        store.close()

    def test_a_database_of_a_later_version_is_refused(self, path: Path) -> None:
        """It may mean other things by the same names; nothing is touched."""
        SqliteStore(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(NewerSchema, match="later version") as caught:
            SqliteStore(path)
        assert caught.value.path == path
        assert path.read_bytes() == before

    def test_a_database_of_another_program_is_refused_untouched(self, path: Path) -> None:
        """Somebody's address book named with --data: not a byte of it may change."""
        path.parent.mkdir()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE addresses (name TEXT)")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(StoreUnavailable, match="another program"):
            SqliteStore(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\xff" * 5_000])
    def test_a_damaged_file_is_refused_with_advice(self, path: Path, content: bytes) -> None:
        """And never overwritten: perhaps it can be saved."""
        path.parent.mkdir()
        path.write_bytes(content)
        with pytest.raises(StoreUnavailable, match="move it away, or name another folder"):
            SqliteStore(path)
        assert path.read_bytes() == content

    def test_damage_that_is_found_later_is_said_in_our_words(self, path: Path) -> None:
        """Every method raises StoreError and its kinds: the command line prints those as one line, the rest is a
        traceback."""
        store = SqliteStore(path)
        for n in range(200):
            store.record_article("r", newcomer(f"s{n}"), judge, NOW)
        store.close()
        content = path.read_bytes()
        tables = 80 * 4_096  # the first pages hold the schema: opening must succeed
        path.write_bytes(content[:tables] + b"\xa5" * (len(content) - tables))
        store = SqliteStore(path)
        readers = {
            "rows_after": lambda: store.rows_after(0, 1_000),
            "counts": store.counts,
            "articles": lambda: list(store.articles(Filter())),
            "record_article": lambda: store.record_article("r", newcomer("new"), judge, NOW),
        }
        raised = {}
        for name, read in readers.items():
            try:
                read()
            except Exception as error:  # noqa: BLE001  the question is which
                raised[name] = error
        store.close()
        assert raised
        assert [name for name, error in raised.items() if not isinstance(error, StoreError)] == []
        assert "damaged" in str(next(iter(raised.values())))

    def test_a_folder_that_cannot_be_written_is_refused_with_advice(self, tmp_path: Path) -> None:
        """The message names the folder and the option."""
        folder = tmp_path / "folder"
        if os.geteuid() == 0:
            folder.write_text("root may write everywhere, but not below a file")
            folder = folder / "data"
        else:
            folder.mkdir()
            folder.chmod(0o500)
        with pytest.raises(StoreUnavailable, match="make it writable or name another with --data DIR"):
            SqliteStore(folder / "aggregator.db")


class TestOnBoth:
    """What a file and a server have in common."""

    def test_migrations_are_one_transaction(self, place: StorePlace, monkeypatch: pytest.MonkeyPatch) -> None:
        """An upgrade that stops half way leaves the old database."""
        open_store(place).close()
        half = ("CREATE TABLE more (x INTEGER)", "NO SUCH STATEMENT")
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half))
        monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
        with pytest.raises(StoreError):
            open_store(place)
        monkeypatch.undo()
        store = open_store(place)
        with pytest.raises(StoreError, match="more"):
            store.rows("SELECT * FROM more")
        store.close()

    def test_who_waits_too_long_for_its_turn_says_so(self, place: StorePlace, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the patience is over, not before, with nothing half done; and goes on afterwards."""
        monkeypatch.setattr("aggregator.store.database.BUSY_SECONDS", 1.0)
        store, other = open_store(place), open_store(place)
        with other.transaction(), pytest.raises(StoreUnavailable, match="locked"):
            store.add("r", [sighting(url("a"))], NOW)
        assert store.add("r", [sighting(url("a"))], NOW) == 1
        store.close()
        other.close()
