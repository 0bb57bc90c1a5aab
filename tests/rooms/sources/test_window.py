"""Entries that came and went between two polls are noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import PollState
from aggregator.sources.polling import Answer, PollingOptions, after, turning_points

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = PollingOptions(jitter=0.0, min_interval=60.0)
STATE = PollState(feed="https://a.org/f", source_id="a")


def polled(state: PollState, fresh: int, familiar: int, *, after_hours: float = 0.4) -> PollState:
    now = (state.polled or NOW) + timedelta(hours=after_hours)
    answer = Answer(
        status=200,
        is_feed=True,
        entries=fresh + familiar,
        new=fresh,
        fresh=fresh,
        familiar=familiar,
        body_hash=str(now),
    )
    return after(state, answer, OPTIONS, now)


@pytest.fixture
def known() -> PollState:
    return polled(polled(STATE, 20, 0), 10, 10)


def test_the_first_answer_has_nothing_to_overlap_with():
    state = polled(STATE, 20, 0)
    assert (state.missed_risk, state.misses, state.haste) == (False, 0, 1.0)


def test_no_overlap_marks_the_feed_and_halves_the_interval(known):
    calm = polled(known, 20, 3)
    lost = polled(known, 20, 0)
    assert (calm.missed_risk, lost.missed_risk, lost.misses, lost.haste) == (False, True, 1, 0.5)
    assert lost.interval < calm.interval
    assert "entries were lost" in lost.reason


def test_one_pinned_entry_does_not_hide_a_loss(known):
    assert polled(known, 19, 1).missed_risk


def test_the_mark_goes_only_after_several_answers_that_overlap(known):
    state = polled(known, 20, 0)
    marks = []
    for _ in range(5):
        state = polled(state, 2, 18)
        marks.append(state.missed_risk)
    assert marks == [True, True, True, False, False]
    assert state.misses == 1


def test_a_thin_overlap_neither_marks_nor_calms(known):
    state = polled(known, 20, 0)
    assert polled(state, 17, 3).haste == state.haste
    assert not polled(known, 17, 3).missed_risk


def test_answers_without_news_calm_slowly(known):
    state = polled(known, 20, 0)
    assert 0.5 < polled(state, 0, 20).haste < 0.55


def test_the_floor_holds_however_much_is_lost(known):
    state = known
    for _ in range(20):
        state = polled(state, 20, 0, after_hours=state.interval / 3_600)
    assert state.interval == OPTIONS.min_interval
    assert state.missed_risk


def test_what_was_lost_while_nobody_asked_is_told_and_not_held_against_the_interval(known):
    state = polled(known, 20, 0, after_hours=100)
    assert (state.missed_risk, state.misses, state.haste) == (True, 1, 1.0)
    assert not polled(state, 2, 18).missed_risk


def test_a_pause_that_pushed_entries_out_teaches_nothing_of_the_rhythm(known):
    """A machine that was off for a month must not take an agency for a weekly."""
    assert polled(known, 20, 0, after_hours=700).rhythm == known.rhythm
    assert polled(known, 10, 10, after_hours=700).rhythm != known.rhythm
    assert polled(known, 20, 0).rhythm != known.rhythm


def test_a_window_of_two_entries_says_nothing(known):
    assert not polled(replace(known, entries=2), 2, 0).missed_risk


def test_losing_entries_and_being_well_again_are_told_once(known):
    lost = polled(known, 20, 0)
    assert [note.choice for note in turning_points(known, lost)] == ["missed risk"]
    assert turning_points(lost, polled(lost, 20, 0)) == ()
    well = replace(lost, missed_risk=False)
    assert [note.choice for note in turning_points(lost, well)] == ["missed risk over"]
