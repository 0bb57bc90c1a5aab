"""A server that says 304 while its feed changes is found out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.records import PollState, Rhythm, Sighting
from aggregator.sources.polling import Answer, PollingOptions, after, conditional_headers, hidden, turning_points

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = PollingOptions(jitter=0.0)
KNOWN = PollState(feed="https://a.org/f", source_id="a", etag='"1"', body_hash="h", entries=7, polled=NOW, good=NOW)
SAME = Answer(status=304)


def polled(state: PollState, *answers: Answer) -> PollState:
    for answer in answers:
        state = after(state, answer, OPTIONS, state.polled + timedelta(hours=1))
    return state


def entry(published: datetime | None) -> Sighting:
    return Sighting(url="https://a.org/1", source_id="a", via="rss", first_seen=NOW, published=published)


def test_a_whole_body_is_asked_for_after_a_long_row_of_304():
    quiet = replace(KNOWN, rhythm=Rhythm(watched=1_000.0))
    state = polled(quiet, *[SAME] * 23)
    assert conditional_headers(state) == {"If-None-Match": '"1"'}
    state = polled(state, SAME)
    assert conditional_headers(state) == {}
    assert conditional_headers(polled(state, Answer(status=200, is_feed=True, body_hash="h"))) == {}  # it had no tag


def test_a_server_that_told_the_truth_is_believed_twice_as_long():
    state = polled(replace(KNOWN, unchanged=24), Answer(status=200, body_hash="h", headers={"etag": '"1"'}))
    assert (state.trust, state.unchanged) == (48, 0)
    assert conditional_headers(state)
    for _ in range(9):
        state = polled(replace(state, unchanged=state.trust), Answer(status=200, body_hash="h"))
    assert state.trust == 96


def test_a_server_whose_304_hid_entries_is_asked_for_the_whole_more_often():
    lied = Answer(status=200, is_feed=True, entries=7, new=3, hidden=3, body_hash="i", headers={"etag": '"1"'})
    before = replace(KNOWN, unchanged=24)
    state = polled(before, lied)
    assert state.trust == 6
    assert [note.choice for note in turning_points(before, state)] == ["distrust"]
    state = polled(replace(state, unchanged=6), replace(lied, body_hash="j"))
    assert state.trust == 3
    state = polled(state, SAME, SAME, SAME)
    assert conditional_headers(state) == {}


def test_a_busy_feed_is_doubted_as_soon_as_its_silence_is_unlikely():
    """Ten entries an hour and no change for three hours: the odds are against the server's word."""
    busy = replace(KNOWN, rhythm=Rhythm(hours=(100.0,) * 24, days=(343.0,) * 7, watched=240.0))
    state = polled(busy, SAME, SAME)
    assert conditional_headers(state)
    assert not conditional_headers(polled(state, SAME))
    truthful = polled(state, SAME, Answer(status=200, body_hash="h", headers={"etag": '"1"'}))
    assert conditional_headers(truthful)
    assert truthful.rhythm.silent == 0.0


def test_entries_were_hidden_if_they_are_older_than_the_last_304():
    told = replace(KNOWN, unchanged=1)
    old, recent = NOW - timedelta(hours=2), NOW - timedelta(minutes=30)
    assert hidden(told, [entry(old), entry(recent), entry(None), entry(NOW)]) == 2
    assert hidden(KNOWN, [entry(old)]) == 0


def test_a_change_that_was_told_is_no_lie_however_old_its_entries_are():
    """Some entries have no date, some are listed hours after it."""
    told = Answer(status=200, is_feed=True, entries=7, new=3, hidden=3, body_hash="i")
    assert polled(replace(KNOWN, unchanged=2), told).trust == 24


def test_a_304_to_the_whole_request_is_an_error_and_the_next_one_is_whole_again():
    state = polled(replace(KNOWN, unchanged=24), SAME)
    assert "not conditional" in state.error
    assert conditional_headers(state) == {}
