"""What is learned of a feed's rhythm, and how long it is left alone for it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import PollState, Rhythm
from aggregator.sources.polling import Answer, PollingOptions, after
from aggregator.sources.rhythm import (
    USUAL,
    learned,
    present_pace,
    safe_time,
    usual_pace,
    waiting_time,
)

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
HOUR, DAY = 3_600.0, 86_400.0
OPTIONS = PollingOptions(jitter=0.0)


def watched(brings, *, days: float = 20, every: float = 1.0, start: datetime = MONDAY) -> tuple[Rhythm, datetime]:
    """The rhythm of a feed that brings `brings(hour of day, weekday)` entries an hour, after so many days of polls."""
    rhythm, now, owed = Rhythm(), start, 0.0
    for _ in range(int(days * 24 / every)):
        since, now = now, now + timedelta(hours=every)
        owed += brings(since.hour, since.weekday()) * every
        fresh, owed = int(owed), owed - int(owed)
        rhythm = learned(rhythm, fresh=fresh, new=fresh, since=since, now=now)
    return rhythm, now


def wait(rhythm: Rhythm, now: datetime, usual: float = HOUR, longest: float = DAY) -> float:
    return waiting_time(rhythm, now, usual, longest)[0]


def test_a_feed_of_which_nothing_is_known_is_asked_at_the_default_interval():
    assert wait(Rhythm(), MONDAY) == pytest.approx(HOUR)
    assert wait(Rhythm(), MONDAY, usual=60.0) == pytest.approx(60.0)


def test_the_usual_rate_is_asked_at_the_default_interval():
    rhythm, now = watched(lambda hour, day: USUAL)
    assert wait(rhythm, now) == pytest.approx(HOUR, rel=0.2)


def test_the_interval_goes_with_the_square_root_of_the_rate():
    """Sia, Cho and Cho 2007: the sum of all waiting is smallest so."""
    slow, now = watched(lambda hour, day: 1.0)
    fast, _ = watched(lambda hour, day: 16.0)
    assert wait(slow, now) / wait(fast, now) == pytest.approx(4.0, rel=0.1)
    assert present_pace(fast).daily == pytest.approx(16 * 24, rel=0.05)


def test_a_feed_that_brings_nothing_is_left_alone_within_a_day_and_never_for_ever():
    after_a_day, now = watched(lambda hour, day: 0.0, days=1)
    assert 3 * HOUR < wait(after_a_day, now) < DAY
    rhythm, now = watched(lambda hour, day: 0.0, days=60, every=12)
    assert wait(rhythm, now) > 12 * HOUR
    assert wait(rhythm, now, longest=DAY) <= DAY


def test_a_feed_that_wakes_up_is_asked_more_often_at_once():
    rhythm, now = watched(lambda hour, day: 0.0, days=60, every=12)
    asleep = wait(rhythm, now)
    rhythm = learned(rhythm, fresh=6, new=6, since=now, now=now + timedelta(hours=12))
    assert wait(rhythm, now + timedelta(hours=12)) < asleep / 3


def test_the_hours_of_the_day_are_learned():
    """Nobody writes at night: the poll after midnight waits for the morning."""
    rhythm, now = watched(lambda hour, day: 4.0 if 6 <= hour < 18 else 0.0)
    assert now.hour == 0
    noon = now.replace(hour=12)
    assert wait(rhythm, noon) < HOUR
    assert 2 * HOUR < wait(rhythm, now.replace(hour=20)) < 12 * HOUR
    hours = usual_pace(rhythm).hours
    assert min(hours[8:16]) > 10 * max(hours[21:24])


def test_the_days_of_the_week_are_learned():
    rhythm, _ = watched(lambda hour, day: 0.0 if day == 5 else 2.0, days=42)
    days = usual_pace(rhythm).days
    assert days[5] < 0.2 < 0.9 < min(days[:5])


def test_hours_that_have_not_come_yet_are_taken_for_average_ones():
    rhythm, _ = watched(lambda hour, day: 5.0, days=0.5)
    assert len(set(usual_pace(rhythm).hours)) == 1


def test_what_was_is_forgotten():
    rhythm, now = watched(lambda hour, day: 8.0)
    before = present_pace(rhythm).daily
    for _ in range(60):
        rhythm = learned(rhythm, fresh=0, new=0, since=now, now=now + timedelta(days=1))
        now += timedelta(days=1)
    assert present_pace(rhythm).daily < before / 20


def test_a_feed_that_only_repeats_others_is_asked_less():
    own, copy, now = Rhythm(), Rhythm(), MONDAY
    for _ in range(200):
        since, now = now, now + timedelta(hours=1)
        own = learned(own, fresh=2, new=2, since=since, now=now)
        copy = learned(copy, fresh=2, new=0, since=since, now=now)
    assert wait(copy, now) > 3 * wait(own, now)
    assert safe_time(copy, 20) == safe_time(own, 20)


def test_the_fastest_burst_must_not_fill_more_than_half_of_the_window():
    rhythm = learned(Rhythm(), fresh=20, new=20, since=MONDAY, now=MONDAY + timedelta(hours=1))
    assert safe_time(rhythm, 20) == pytest.approx(0.5 * HOUR)
    assert safe_time(rhythm, 0) == math.inf
    at_once = learned(Rhythm(), fresh=2, new=2, since=MONDAY, now=MONDAY + timedelta(seconds=1))
    assert at_once.burst == pytest.approx(8.0)


def test_a_burst_shortens_the_interval_of_a_small_window():
    def interval(window: int) -> float:
        state = PollState(feed="https://a.org/f", source_id="a")
        for hour in range(48):
            fresh = 8 if hour == 30 else 0
            answer = Answer(status=200, is_feed=True, entries=window, new=fresh, body_hash=str(hour))
            state = after(state, answer, OPTIONS, MONDAY + timedelta(hours=hour))
        return state.interval

    assert interval(10) == pytest.approx(HOUR * 5 / 8, rel=0.1)
    assert interval(100) > HOUR


def test_a_clock_that_stands_still_or_goes_back_teaches_nothing():
    rhythm, now = watched(lambda hour, day: 1.0, days=3)
    assert learned(rhythm, fresh=5, new=5, since=now, now=now) == rhythm
    assert learned(rhythm, fresh=5, new=5, since=now, now=now - timedelta(days=1)) == rhythm


def test_the_reason_says_what_the_feed_brings():
    state = PollState(feed="https://a.org/f", source_id="a")
    for hour in range(30):
        answer = Answer(status=200, is_feed=True, entries=50, new=2, body_hash=str(hour))
        state = after(state, answer, OPTIONS, MONDAY + timedelta(hours=hour))
    assert "it brings some 5" in state.reason
    assert "entries a day" in state.reason
    assert 0.3 * HOUR < state.interval < HOUR
