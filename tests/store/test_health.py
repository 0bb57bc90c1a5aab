"""How sources are doing, as the store remembers and tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from aggregator.journal.lines import line_of, schema
from aggregator.records import HealthLine, HealthState, SourceHealth
from aggregator.store import Settled, SqliteStore, SqlStore
from aggregator.store import schema as schemas
from tests.store.newsroom import DAY, HOUR, NOW, poll_state, sighting, url


def tell(store: SqlStore, state: HealthState, source: str = "gazette", now: datetime = NOW) -> list[HealthLine]:
    """One look at a source that is believed at once."""

    def judge(known: SourceHealth) -> SourceHealth:
        return known if known.state == state else replace(known, state=state, reason=f"it is {state}", since=now)

    return store.record_health("r", [source], judge, now)


def test_a_change_is_one_line_and_is_told_once(store: SqlStore) -> None:
    assert tell(store, "ok") == []
    (told,) = tell(store, "stale")
    assert tell(store, "ok", "tribune") == []
    assert (told.before, told.state) == ("ok", "stale")
    assert tell(store, "stale", now=NOW + HOUR) == []
    (back,) = tell(store, "ok", now=NOW + DAY)
    assert (back.before, back.state) == ("stale", "ok")
    rows = store.rows_after(0, 9)
    assert [(row.kind, row.listed) for row in rows] == [("source_health", False)] * 2
    assert [event.decision.choice for event in store.history(["gazette"])] == ["stale", "ok"]


def test_what_is_not_told_yet_is_kept_for_the_next_look(store: SqlStore) -> None:
    """The next crawl is another process."""
    told = store.record_health("r", ["gazette"], lambda known: replace(known, doubt="slow", looks=1, refused=3), NOW)
    assert told == []
    assert store.rows_after(0, 9) == []
    assert store.health()["gazette"] == SourceHealth(source_id="gazette", doubt="slow", looks=1, refused=3)


def test_what_an_earlier_version_told_is_still_known(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It had a state and nothing else, and another word for one."""
    with monkeypatch.context() as before:
        before.setattr(schemas, "VERSION", 6)
        before.setattr(schemas, "MIGRATIONS", schemas.MIGRATIONS[:6])
        old = SqliteStore(path)
        old.execute("INSERT INTO health (source_id, state, since) VALUES ('gazette', 'silent', 0)")
        old.close()
    store = SqliteStore(path)
    assert store.health()["gazette"].state == "stale"
    (told,) = tell(store, "ok")
    assert told.before == "stale"
    store.close()


def test_its_line_fits_the_schema(store: SqlStore) -> None:
    import jsonschema

    for state in get_args(HealthState):
        tell(store, state)
    validator = jsonschema.Draft202012Validator(schema())
    rows = store.rows_after(0, 9)
    assert len(rows) == len(get_args(HealthState)) - 1, "`ok` is no news of a source that was well"
    for row in rows:
        validator.validate(json.loads(line_of(row)))


def test_pages_are_counted_by_source_and_outcome(store: SqlStore) -> None:
    seen = [sighting(url(name)) for name in "abc"]
    store.record_poll("r", seen, lambda tally: poll_state(), NOW)
    store.settle(seen[0], Settled(state="rejected", reason="no article"), NOW)
    assert store.page_counts(NOW - HOUR) == {"gazette": {"pending": 2, "rejected": 1}}
    assert store.page_counts(NOW + HOUR) == {}


def test_the_first_run_is_known(store: SqlStore) -> None:
    assert store.first_run() is None
    store.begin_run("feeds", "", NOW)
    store.begin_run("feeds", "", NOW + DAY)
    assert store.first_run() == NOW
