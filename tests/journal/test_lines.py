"""One line: its envelope, and the schema that is shipped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema

from aggregator.encoding import to_json
from aggregator.journal.lines import SCHEMA, line_of, schema, shipped_schema
from aggregator.records import LogRow
from tests.store.newsroom import article


def row(at: datetime) -> LogRow:
    return LogRow(seq=7, at=at, kind="article", run_id="r", listed=True, payload=to_json(article("a")))


def test_the_envelope_stands_in_front() -> None:
    """Readers that only want `kind` and `seq` find them in the first bytes."""
    line = line_of(row(datetime(2026, 3, 1, tzinfo=UTC)))
    assert line.startswith(
        b'{"schema":"news/1","kind":"article","seq":7,"at":"2026-03-01T00:00:00.000000Z","run_id":"r","id":"'
    )
    assert line.endswith(b"}\n")
    assert {**json.loads(to_json(article("a"))), **json.loads(line)} == json.loads(line)


def test_the_time_is_utc_of_one_length() -> None:
    """Sorted as text they are sorted by time."""
    tehran = datetime(2026, 3, 1, 3, 30, 0, 5, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert json.loads(line_of(row(tehran)))["at"] == "2026-03-01T00:00:00.000005Z"


def test_the_shipped_schema_is_the_records_schema() -> None:
    """Consumers generate code from the file: it must not lag behind."""
    assert json.loads(shipped_schema()) == json.loads(json.dumps(schema()))


def test_the_schema_is_a_schema_and_describes_every_field() -> None:
    """It is the documentation of the lines."""
    jsonschema.Draft202012Validator.check_schema(schema())
    for name, definition in schema()["$defs"].items():
        for field, said in definition.get("properties", {}).items():
            assert said.get("description"), f"{name}.{field}"


def test_the_schema_refuses_what_is_no_line() -> None:
    """A schema that allows everything checks nothing."""
    validator = jsonschema.Draft202012Validator(schema())
    line = json.loads(line_of(row(datetime(2026, 3, 1, tzinfo=UTC))))
    assert validator.is_valid(line)
    assert not validator.is_valid({**line, "seq": 0})
    assert not validator.is_valid({**line, "schema": "news/2"})
    assert not validator.is_valid({**line, "headline": None})
    assert not validator.is_valid({name: value for name, value in line.items() if name != "text"})
    assert validator.is_valid({**line, "mood": "calm"}), "unknown fields are to be ignored"
    assert line["schema"] == SCHEMA
