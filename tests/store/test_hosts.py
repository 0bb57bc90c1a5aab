"""What the store remembers of hosts: it must outlive the process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.records import RobotsFile
from aggregator.store import SqlStore, StorePlace, open_store, schema

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST = "gazette.example"


def test_refusals_are_counted_over_restarts_and_forgiven(place: StorePlace) -> None:
    store = open_store(place)
    store.keep_quiet(HOST, NOW + HOUR, "HTTP 429", refusals=3)
    store.close()
    store = open_store(place)
    assert store.refusals() == {HOST: 3}
    assert store.quiet_hosts(NOW) == {HOST: NOW + HOUR}
    store.forgive(HOST, NOW)
    assert store.refusals() == {}
    assert store.quiet_hosts(NOW) == {HOST: NOW + HOUR}  # another process may have heard it meanwhile
    store.forgive(HOST, NOW + HOUR)
    assert store.rows("SELECT * FROM hosts") == []
    store.close()


def test_a_robots_file_comes_back_as_it_was(place: StorePlace) -> None:
    file = RobotsFile(
        authority="https://gazette.example",
        asked=NOW,
        expires=NOW + HOUR,
        status=503,
        text="User-agent: *\nDisallow: /\u30c4\udcff",
        read=NOW - HOUR,
        problem="HTTP 503",
        failures=2,
        failing_since=NOW - HOUR,
    )
    store = open_store(place)
    store.keep_robots(file)
    store.close()
    store = open_store(place)
    assert store.robots("https://gazette.example") == file
    assert store.robots("http://gazette.example") is None
    store.close()


def test_robots_files_that_nobody_asks_for_any_more_are_dropped(store: SqlStore) -> None:
    """The table must not grow for ever."""
    for days, name in ((0, "old"), (32, "new")):
        now = NOW + timedelta(days=days)
        store.keep_robots(RobotsFile(authority=name, asked=now, expires=now + HOUR))
    assert [row["authority"] for row in store.rows("SELECT authority FROM robots")] == ["new"]


def test_a_database_of_the_first_version_is_brought_up_with_its_hosts(place: StorePlace, monkeypatch) -> None:
    """A Retry-After that was heard before an upgrade still holds after it."""
    with monkeypatch.context() as first:
        first.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        first.setattr(schema, "VERSION", 1)
        store = open_store(place)
        with store.transaction():
            store.execute(
                "INSERT INTO hosts (host, quiet_until, reason) VALUES (:host, :until, 'HTTP 429')",
                host=HOST,
                until=(NOW + HOUR).timestamp(),
            )
        store.close()
    store = open_store(place)
    assert store.quiet_hosts(NOW) == {HOST: NOW + HOUR}
    assert store.refusals() == {}
    store.close()
