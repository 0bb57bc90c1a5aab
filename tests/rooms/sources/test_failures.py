"""A feed is given up late, told why, probed now and then, and comes back by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import PollState
from aggregator.sources.polling import Answer, PollingOptions, after, due, turning_points

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = PollingOptions(jitter=0.0)
STATE = PollState(feed="https://a.org/f", source_id="a")
DAY = 86_400.0
GOOD = Answer(status=200, is_feed=True, entries=5, body_hash="h")


def polled(*answers: Answer, state: PollState = STATE) -> PollState:
    """Each poll when it is due."""
    for answer in answers:
        state = after(state, answer, OPTIONS, state.next_due or NOW)
    return state


def test_gone_is_believed_the_second_time():
    once = polled(Answer(status=410))
    assert once.disabled is None
    twice = polled(Answer(status=410), state=once)
    assert "HTTP 410, twice" in twice.disabled
    assert "disabled: it is gone" in twice.reason
    assert twice.wants_discovery
    told = [note.choice for note in turning_points(once, twice)]
    assert told == ["disabled", "wants discovery"]


def test_gone_must_be_said_twice_in_a_row():
    assert polled(Answer(status=410), Answer(status=404), Answer(status=410)).disabled is None
    assert polled(Answer(status=410), GOOD, Answer(status=410)).disabled is None


@pytest.mark.parametrize(("answer", "polls"), [(Answer(status=404), 30), (Answer(status=500), 60), (Answer(), 120)])
def test_a_feed_is_given_up_after_thirty_graded_failures(answer, polls):
    state = polled(*[answer] * (polls - 1))
    assert state.disabled is None
    assert "30 failures in a row" in polled(answer, state=state).disabled


def test_nothing_is_given_up_where_that_is_turned_off():
    options, state = PollingOptions(disable_after=0.0), STATE
    for _ in range(100):
        state = after(state, Answer(status=404), options, NOW)
    assert state.disabled is None


def test_a_disabled_feed_is_probed_weekly_then_monthly():
    state = polled(*[Answer(status=410)] * 2)
    waits = [state.interval / DAY]
    for _ in range(8):
        state = polled(Answer(status=500), state=state)
        waits.append(state.interval / DAY)
    assert waits[:3] == [7.0, 10.5, 15.75]
    assert waits[-1] == 30.0
    assert not due(state, state.polled + timedelta(days=29))
    assert due(state, state.polled + timedelta(days=30))


def test_a_disabled_feed_comes_back_with_its_first_good_answer():
    gone = polled(*[Answer(status=410)] * 2)
    state = polled(GOOD, state=gone)
    assert (state.disabled, state.failures, state.probes, state.wants_discovery) == (None, 0.0, 0, False)
    assert state.interval == OPTIONS.default_interval
    assert [note.choice for note in turning_points(gone, state)] == ["enabled again"]


def test_its_site_is_looked_at_after_three_hard_failures():
    assert not polled(*[Answer(status=404)] * 2).wants_discovery
    assert polled(*[Answer(status=404)] * 3).wants_discovery
    assert not polled(*[Answer(status=503)] * 20).wants_discovery
    assert not polled(*[Answer(status=404)] * 3, GOOD).wants_discovery


def test_each_429_without_a_time_doubles_the_interval():
    hours = [polled(*[Answer(status=429)] * n).interval / 3_600 for n in range(1, 5)]
    assert hours == [2.0, 4.0, 8.0, 16.0]


def test_the_back_off_of_a_busy_feed_starts_from_its_own_interval():
    """An outage of a minute must not cost a feed with ten entries an hour an hour."""
    state = STATE
    for number in range(200):
        answer = Answer(status=200, is_feed=True, entries=50, new=5, body_hash=str(number))
        state = after(state, answer, OPTIONS, NOW + number * timedelta(minutes=20))
    usual = state.interval
    failed = polled(Answer(status=503), state=state)
    assert usual < 1_200
    assert usual < failed.interval < 1.5 * usual
