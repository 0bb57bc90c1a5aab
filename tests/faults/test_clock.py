"""F84: the clock of this machine is set, by a day or by years.  No storm of requests, and nothing waits for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.sources.polling import Answer, PollingOptions, after, due
from aggregator.sources.robots import RobotsAnswer, RobotsOptions, after_answer, usable
from aggregator.store import Settled, SqliteStore
from tests.store.newsroom import DAY, HOUR, NOW, poll_state, sighting, url

YEARS = timedelta(days=3 * 365)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    store = SqliteStore(tmp_path / "aggregator.db")
    yield store
    store.close()


def claimed(store: SqliteStore, now: datetime) -> list[str]:
    claims = store.claim("run", now, limit=10, per_host=10)
    for claim in claims:
        store.release(claim.sighting)
    return [claim.sighting.url for claim in claims]


@pytest.mark.parametrize("ahead", [DAY, YEARS])
class TestSetBack:
    """Everything was written while the clock was that far ahead."""

    def test_f84_feeds_are_due_again(self, ahead: timedelta) -> None:
        state = after(poll_state(), Answer(status=200, is_feed=True, entries=5), PollingOptions(), NOW + ahead)
        assert not due(state, NOW + ahead + timedelta(minutes=1))
        assert due(state, NOW)

    def test_f84_pages_that_wait_are_tried(self, store: SqliteStore, ahead: timedelta) -> None:
        store.add("run", [sighting(url("flood"))], NOW + ahead)
        held = Settled(state="pending", reason="HTTP 503", not_before=NOW + ahead + DAY)
        store.settle(sighting(url("flood")), held, NOW + ahead)
        assert claimed(store, NOW + ahead + HOUR) == []
        assert claimed(store, NOW) == [url("flood")]

    def test_f84_pages_that_were_only_seen_are_tried(self, store: SqliteStore, ahead: timedelta) -> None:
        store.add("run", [sighting(url("flood"))], NOW + ahead)
        assert claimed(store, NOW) == [url("flood")]

    def test_f84_hosts_are_not_quiet_for_ever(self, store: SqliteStore, ahead: timedelta) -> None:
        store.add("run", [sighting(url("flood"))], NOW)
        store.keep_quiet("gazette.example", NOW + ahead + HOUR, "HTTP 429", refusals=1)
        assert claimed(store, NOW + ahead) == []
        assert claimed(store, NOW) == [url("flood")]
        assert store.quiet_hosts(NOW) == {}

    def test_f84_a_new_refusal_holds_all_the_same(self, store: SqliteStore, ahead: timedelta) -> None:
        store.keep_quiet("gazette.example", NOW + ahead + 2 * HOUR, "HTTP 429", refusals=1)
        store.keep_quiet("gazette.example", NOW + HOUR, "HTTP 429", refusals=2)
        assert store.quiet_hosts(NOW) == {"gazette.example": NOW + HOUR}

    def test_f84_robots_txt_is_asked_again(self, ahead: timedelta) -> None:
        answer = RobotsAnswer(status=200, body=b"User-agent: *\nDisallow: /a")
        file = after_answer("http://gazette.example", None, answer, RobotsOptions(), NOW + ahead)
        assert usable(file, NOW + ahead + HOUR)
        assert not usable(file, NOW)


class TestSetForward:
    """All is overdue at once: each is asked once, and then as usual."""

    @pytest.mark.parametrize("ahead", [DAY, YEARS])
    def test_f84_a_feed_is_due_once(self, ahead: timedelta) -> None:
        answer = Answer(status=200, is_feed=True, entries=5)
        state = after(poll_state(), answer, PollingOptions(), NOW)
        assert due(state, NOW + ahead)
        state = after(state, answer, PollingOptions(), NOW + ahead)
        assert not due(state, NOW + ahead + timedelta(minutes=14))
        assert state.next_due is not None
        assert state.next_due - (NOW + ahead) <= timedelta(hours=25), "one interval at most, with its jitter"

    def test_f84_a_quiet_host_is_left_alone_for_a_whole_day(self, store: SqliteStore) -> None:
        """The longest that anybody can ask for is not taken for a clock that was wrong."""
        store.keep_quiet("gazette.example", NOW + DAY, "HTTP 429", refusals=1)
        assert store.quiet_hosts(NOW) == {"gazette.example": NOW + DAY}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tehran"])
def test_f83_the_zone_of_this_machine_changes_nothing(
    store: SqliteStore, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times are kept as seconds since 1970, so that neither a zone nor its summer time is ever asked."""
    import time

    store.keep_quiet("gazette.example", NOW + HOUR, "HTTP 429", refusals=1)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert store.quiet_hosts(NOW) == {"gazette.example": NOW + HOUR}
    finally:
        monkeypatch.undo()
        time.tzset()
