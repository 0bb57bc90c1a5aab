"""Moving a store: all of it, either way, checked, and never over something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.editing import Editor
from aggregator.errors import InputError, StoreError
from aggregator.identity import judge
from aggregator.store import Settled, SqlStore, StorePlace, copy_store, copying, open_store, schema
from aggregator.store.interface import Filter
from tests.store.newsroom import NOW, newcomer, poll_state, relation, sighting, url


def fill(place: StorePlace, count: int = 12) -> None:
    store = open_store(place)
    editor = Editor(store)
    run = store.begin_run("feeds", "", NOW)
    store.record_poll(run, [sighting(url(f"s{n}")) for n in range(count)], lambda _: poll_state(), NOW)
    for n in range(count):
        new = newcomer(f"s{n}", guid=f"g{n}", relations=(relation(url(f"s{n + 1}")),))
        store.record_article(run, new, judge, NOW, place=editor.place)
    store.settle(sighting(url("x")), Settled(state="failed", reason="a \0 byte and ی"), NOW)
    store.keep_quiet("gazette.example", NOW, "HTTP 429", refusals=2)
    store.end_run(run, "finished", NOW)
    store.close()


def log_of(store: SqlStore) -> list[Any]:
    return store.rows_after(0, 1_000)


class TestCopying:
    def test_everything_arrives_there_and_back(self, place: StorePlace, tmp_path: Path) -> None:
        """From a file to the other database and into a file again: the same rows, and numbers that go on."""
        first, last = tmp_path / "first.db", tmp_path / "last.db"
        fill(first)
        seen: list[tuple[str, int]] = []
        there_ = copy_store(first, place, lambda table, rows: seen.append((table, rows)))
        back = copy_store(place, last, lambda *_: None)
        assert there_ == back
        assert sum(rows for _, rows in seen) == copying.steps(first)
        one, two, three = (open_store(where) for where in (first, place, last))
        assert log_of(one) == log_of(two) == log_of(three)
        assert list(one.articles(Filter())) == list(two.articles(Filter()))
        assert one.history([url("s1")]) == two.history([url("s1")])
        for store in (one, two, three):
            store.record_article("r", newcomer("new"), judge, NOW, place=Editor(store).place)
            assert [row.seq for row in log_of(store)] == list(range(1, 27))
            assert store.last_placed() == 13
            store.close()

    def test_a_target_that_holds_something_is_refused(self, place: StorePlace, tmp_path: Path) -> None:
        fill(tmp_path / "first.db", 2)
        fill(place, 1)
        with pytest.raises(InputError, match="is not empty"):
            copy_store(tmp_path / "first.db", place, lambda *_: None)

    def test_a_source_that_is_in_use_or_not_there_is_refused(self, place: StorePlace, tmp_path: Path) -> None:
        """What a crawl wrote meanwhile would be missing."""
        with pytest.raises(InputError, match="is not there"):
            copy_store(tmp_path / "nothing.db", place, lambda *_: None)
        fill(place, 2)
        store = open_store(place)
        run = store.begin_run("feeds", "", NOW)
        with pytest.raises(InputError, match="is in use"):
            copy_store(place, tmp_path / "last.db", lambda *_: None)
        store.end_run(run, "finished", NOW)
        store.close()
        assert copy_store(place, tmp_path / "last.db", lambda *_: None)

    def test_a_difference_at_the_end_is_said(
        self, place: StorePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A row that did not arrive as it was."""
        fill(tmp_path / "first.db", 2)
        compared, batches = copying._compared, copying._batches

        def changed(store: SqlStore, table: str) -> Any:
            for rows in batches(store, table):
                yield [{**row, "reason": "other"} if "reason" in row else row for row in rows]

        def compare(*words: Any) -> Any:
            monkeypatch.setattr(copying, "_batches", batches)
            return compared(*words)

        monkeypatch.setattr(copying, "_batches", changed)
        monkeypatch.setattr(copying, "_compared", compare)
        with pytest.raises(StoreError, match="not the same at both ends"):
            copy_store(tmp_path / "first.db", place, lambda *_: None)

    def test_a_copy_that_stops_leaves_the_target_empty(self, place: StorePlace, tmp_path: Path) -> None:
        """So it can be begun again."""
        fill(tmp_path / "first.db", 2)

        def stop(table: str, _: int) -> None:
            if table == "log":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            copy_store(tmp_path / "first.db", place, stop)
        assert copying.steps(place) == 0
        assert copy_store(tmp_path / "first.db", place, lambda *_: None)

    def test_the_command(self, place: StorePlace, tmp_path: Path) -> None:
        fill(tmp_path / "first.db", 2)
        done = CliRunner().invoke(main, ["store", "copy", str(tmp_path / "first.db"), str(place)])
        assert done.exit_code == 0, done.output
        assert "both ends are the same" in done.output


def test_every_table_is_copied() -> None:
    """A migration that adds one must say so in `copying.KEYS`, or its rows would be left behind."""
    made = {
        found[1]
        for migration in schema.MIGRATIONS
        for statement in migration
        if (found := re.match(r"\s*CREATE TABLE (\w+)", statement))
    }
    assert made == set(copying.KEYS)
