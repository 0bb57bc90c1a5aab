"""How sources are doing, as the store remembers and tells it."""

from __future__ import annotations

import json
from typing import get_args

from aggregator.journal.lines import line_of, schema
from aggregator.records import HealthLine, HealthState
from aggregator.store import Settled, SqlStore
from tests.store.newsroom import DAY, HOUR, NOW, poll_state, sighting, url


def line(state: HealthState, source: str = "gazette") -> HealthLine:
    return HealthLine(source_id=source, state=state, before="ok", reason=f"it is {state}")


def test_a_change_is_one_line_and_is_told_once(store: SqlStore) -> None:
    assert store.record_health("r", [line("ok")], NOW) == []
    (told,) = store.record_health("r", [line("silent"), line("ok", "tribune")], NOW)
    assert (told.before, told.state) == ("ok", "silent")
    assert store.record_health("r", [line("silent")], NOW + HOUR) == []
    (back,) = store.record_health("r", [line("ok")], NOW + DAY)
    assert (back.before, back.state) == ("silent", "ok")
    rows = store.rows_after(0, 9)
    assert [(row.kind, row.listed) for row in rows] == [("source_health", False)] * 2
    assert [event.decision.choice for event in store.history(["gazette"])] == ["silent", "ok"]


def test_its_line_fits_the_schema(store: SqlStore) -> None:
    import jsonschema

    for state in get_args(HealthState):
        store.record_health("r", [line(state)], NOW)
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
