"""Records and their one encoding: what is written is what is read."""

from __future__ import annotations

import dataclasses
import inspect
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator import errors, records
from aggregator.encoding import from_json, to_json, to_plain
from aggregator.text import clean

RECORDS = [kind for _, kind in inspect.getmembers(records, dataclasses.is_dataclass)]
WRITTEN = [kind for kind in RECORDS if kind not in (records.Page, records.LogRow)]
"""A page and a row of the log carry bytes and are never written as JSON themselves; those that hold a page neither."""
WRITTEN = [kind for kind in WRITTEN if kind not in (records.Extraction, records.Fingerprint)]
WRITTEN = [kind for kind in WRITTEN if kind not in (records.Placement, records.Revision)]
"""Handed on within a process: what they tell is written as lines of the journal, each of its own kind."""

MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2090, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=3, minutes=30)), timezone(-timedelta(hours=5))]),
)
TEXTS = st.text(alphabet=st.characters(exclude_categories=()), max_size=20).map(clean)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False, width=32))

SIGHTING = records.Sighting(
    url="https://example.com/a",
    source_id="gazette",
    via="rss",
    first_seen=datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=3, minutes=30))),
)


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_is_read_back(kind: type, data: st.DataObject) -> None:
    """The store keeps records as JSON: a field that came back otherwise would be a fact lost."""
    record = data.draw(st.builds(kind))
    written = to_json(record)
    assert from_json(written, kind) == record
    assert to_json(from_json(written, kind)) == written
    assert written.count(b"\n") == 0


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_field_says_what_it_is(kind: type) -> None:
    """The descriptions are the JSON Schema's and the documentation's: none may be missing."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        described = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
        assert described, f"{kind.__name__}.{name} has no description"
        assert described[0].description


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_records_are_frozen_and_named(kind: type) -> None:
    """A step never edits its input; positions of arguments mean nothing."""
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert all(field.kw_only for field in dataclasses.fields(kind))
    assert not hasattr(kind, "__dict__") or "__slots__" in vars(kind)


def test_null_fields_are_left_out_and_arrays_never_are() -> None:
    """A consumer may iterate without asking, and lines stay short."""
    plain = json.loads(to_json(SIGHTING))
    assert "guid" not in plain
    assert plain["tags"] == []
    assert plain["depth"] == 0
    assert list(plain) == ["url", "source_id", "via", "first_seen", "authors", "tags", "depth"]


def test_nulls_within_nested_records_are_left_out_too() -> None:
    """An image without a caption is an object with one key."""
    assert to_plain({"images": [records.Image(url="https://example.com/a.jpg")]}) == {
        "images": [{"url": "https://example.com/a.jpg"}]
    }


def test_times_are_utc_with_a_z() -> None:
    """One form of time in all files: sorted as text is sorted by time."""
    assert json.loads(to_json(SIGHTING))["first_seen"] == "2026-03-01T09:00:00.250000Z"
    assert from_json(to_json(SIGHTING), records.Sighting).first_seen.utcoffset() == timedelta(0)


def test_unknown_fields_are_ignored() -> None:
    """A file of a later version can be read by this one."""
    later = to_json(SIGHTING)[:-1] + b',"mood":"calm"}'
    assert from_json(later, records.Sighting) == SIGHTING


def test_a_header_is_found_by_its_lower_case_name() -> None:
    """The first one counts, as in HTTP libraries."""
    page = records.Page(
        sighting=SIGHTING,
        url=SIGHTING.url,
        status=200,
        headers=(("etag", '"1"'), ("etag", '"2"')),
        fetched=SIGHTING.first_seen,
    )
    assert page.header("etag") == '"1"'
    assert page.header("vary") is None


class TestErrors:
    def test_every_error_is_in_the_tree_and_carries_its_subject(self) -> None:
        """The command line prints AggregatorErrors as one line; anything else is a traceback."""
        kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
        assert all(issubclass(kind, errors.AggregatorError) for kind in kinds)
        assert errors.StoreError("x", path="db").path == "db"
        assert errors.JournalError("x", path="j").path == "j"
        assert errors.SourceError("x", source_id="s").source_id == "s"
        assert errors.InputError("x", subject="u").subject == "u"

    def test_a_config_error_says_where(self) -> None:
        """File first, then key: what an editor jumps to."""
        error = errors.ConfigError("expected true or false", file="a.toml", key="archive.enabled")
        assert str(error) == "a.toml: archive.enabled: expected true or false"
        assert (error.file, error.key) == ("a.toml", "archive.enabled")
        assert str(errors.ConfigError("bad")) == "bad"
