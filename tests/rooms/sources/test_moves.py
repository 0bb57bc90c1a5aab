"""A permanent redirect becomes the feed's address late, and only where it is the same feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import PollState
from aggregator.sources.polling import Answer, PollingOptions, address, after, turning_points

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = PollingOptions(jitter=0.0)
OLD, NEW, PARKED = "https://a.org/f", "https://feeds.a.org/f", "https://parking.example/f"
STATE = PollState(feed=OLD, source_id="a")


def polled(state: PollState, target: str | None, hours: float, **more) -> PollState:
    now = NOW + timedelta(hours=hours)
    usual = {"status": 200, "is_feed": True, "entries": 20, "fresh": 2, "familiar": 18, "body_hash": str(hours)}
    return after(state, Answer(**usual | {"moved_to": target} | more), OPTIONS, now)


@pytest.fixture
def known() -> PollState:
    return polled(polled(STATE, None, -2, fresh=20, familiar=0), None, -1)


def test_a_move_is_believed_after_two_good_feeds_a_day_apart(known):
    once = polled(known, NEW, 0)
    soon = polled(once, NEW, 23)
    assert (address(once), address(soon)) == (OLD, OLD)
    later = polled(soon, NEW, 24)
    assert address(later) == NEW
    assert later.feed == OLD
    assert [note.choice for note in turning_points(soon, later)] == ["moved"]


def test_one_good_feed_is_not_enough_however_long_ago(known):
    assert address(polled(known, NEW, 0)) == OLD


def test_a_redirect_that_ends_in_between_begins_anew(known):
    back = polled(polled(known, NEW, 0), None, 12)
    assert back.move is None
    assert address(polled(back, NEW, 24)) == OLD


def test_another_target_begins_anew(known):
    state = polled(polled(known, NEW, 0), "https://a.org/other", 24)
    assert address(state) == OLD
    assert state.move.to == "https://a.org/other"


def test_another_site_is_believed_where_it_has_entries_that_were_known(known):
    state = polled(polled(known, "https://b.example/f", 0), "https://b.example/f", 30)
    assert address(state) == "https://b.example/f"


def test_a_parked_domain_with_a_feed_of_its_own_never_takes_over(known):
    """Its entries are known from the second poll on: only the first tells whose they are."""
    state = polled(known, PARKED, 0, fresh=20, familiar=0)
    for day in range(1, 30):
        state = polled(state, PARKED, 24 * day)
    assert address(state) == OLD
    assert state.move.vouched is False


def test_a_feed_that_was_never_read_vouches_for_nobody():
    state = polled(STATE, PARKED, 0, fresh=20, familiar=0)
    assert address(polled(state, PARKED, 30)) == OLD


def test_not_modified_over_a_redirect_counts_but_does_not_vouch(known):
    tagged = polled(known, None, -0.5, headers={"etag": "1"})
    state = polled(tagged, "https://b.example/f", 0, status=304)
    assert state.move.vouched is None
    assert address(polled(state, "https://b.example/f", 30, status=304)) == OLD
    assert address(polled(state, "https://b.example/f", 30)) == "https://b.example/f"


@pytest.mark.parametrize("bad", [{"status": 404}, {"status": 503}, {"is_feed": False}])
def test_a_bad_answer_over_a_redirect_does_not_count(known, bad):
    state = polled(polled(known, NEW, 0), NEW, 30, **bad)
    assert address(state) == OLD


def test_a_move_that_fails_later_is_taken_back(known):
    moved = polled(polled(known, NEW, 0), NEW, 24, headers={"etag": "1"})
    once = polled(moved, None, 25, status=404)
    assert address(once) == NEW
    twice = polled(once, None, 30, status=404)
    assert address(twice) == OLD
    assert twice.etag is None
    assert [note.choice for note in turning_points(once, twice)] == ["move taken back"]
    assert address(polled(twice, NEW, 31)) == NEW
    assert address(polled(twice, None, 31)) == OLD


def test_an_outage_does_not_take_a_move_back(known):
    """The old address may be gone by now."""
    state = polled(polled(known, NEW, 0), NEW, 24)
    for hour in range(25, 60):
        state = polled(state, None, hour, status=503)
    assert address(state) == NEW


def test_a_move_back_is_the_catalogues_address_again(known):
    moved = polled(polled(known, NEW, 0), NEW, 24)
    back = polled(polled(moved, OLD, 30), OLD, 60)
    assert back.moved_to is None
