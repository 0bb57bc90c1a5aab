"""When a feed is asked again, and with which headers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.encoding import from_json, to_json
from aggregator.records import Politeness, PollState, Source
from aggregator.sources import hints
from aggregator.sources.polling import Answer, PollingOptions, after, conditional_headers, due

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATE = PollState(feed="https://a.org/f", source_id="a")
KNOWN = replace(STATE, etag='W/"1"', last_modified="yesterday", body_hash="h", entries=7)
OPTIONS = PollingOptions(jitter=0.0)
HOUR = 3_600.0


def feed(**more) -> Answer:
    return Answer(**{"status": 200, "is_feed": True, "entries": 5, "body_hash": "new"} | more)


def interval(answer: Answer, state: PollState = STATE, options: PollingOptions = OPTIONS) -> float:
    return after(state, answer, options, NOW).interval


def test_a_feed_never_asked_is_due_and_asked_without_conditions():
    assert due(None, NOW)
    assert due(STATE, NOW)
    assert conditional_headers(STATE) == {}


def test_a_feed_is_due_when_its_time_has_come_and_not_before():
    state = after(STATE, feed(), OPTIONS, NOW)
    assert not due(state, NOW + timedelta(seconds=3_599))
    assert due(state, NOW + timedelta(seconds=3_600))


def test_a_clock_that_was_set_back_does_not_keep_a_feed_waiting():
    state = after(STATE, feed(), OPTIONS, NOW + timedelta(days=1))
    assert due(state, NOW)


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "abc--gzip", '"a,b"', "'x'", "ü"])
def test_validators_go_back_byte_for_byte(etag):
    state = after(STATE, feed(headers={"etag": etag, "last-modified": "not a date"}), OPTIONS, NOW)
    assert conditional_headers(state) == {"If-None-Match": etag, "If-Modified-Since": "not a date"}


def test_only_validators_that_were_given_are_sent():
    assert conditional_headers(after(STATE, feed(headers={"etag": "1"}), OPTIONS, NOW)) == {"If-None-Match": "1"}


def test_validators_that_a_new_body_lacks_are_forgotten():
    assert conditional_headers(after(KNOWN, feed(), OPTIONS, NOW)) == {}


def test_not_modified_keeps_what_is_known():
    state = after(KNOWN, Answer(status=304, headers={"etag": "other"}), OPTIONS, NOW)
    assert (state.etag, state.last_modified, state.body_hash, state.entries) == ('W/"1"', "yesterday", "h", 7)
    assert (state.error, state.failures, state.status) == (None, 0.0, 304)


def test_not_modified_to_a_request_without_conditions_is_an_error():
    state = after(replace(STATE, body_hash="h"), Answer(status=304), OPTIONS, NOW)
    assert "not conditional" in (state.error or "")
    assert state.failures == 0.5
    assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)


@pytest.mark.parametrize("status", [200, 403, 404, 500, 503])
def test_validators_of_an_answer_that_is_no_feed_are_not_kept(status):
    state = after(KNOWN, Answer(status=status, headers={"etag": "bad"}, body_hash="bad"), OPTIONS, NOW)
    assert (state.etag, state.body_hash) == ('W/"1"', "h")


def test_a_body_that_is_byte_for_byte_the_last_feed_is_a_feed():
    state = after(KNOWN, Answer(status=200, body_hash="h", headers={"etag": "2"}), OPTIONS, NOW)
    assert (state.failures, state.entries, state.etag) == (0.0, 7, "2")


@pytest.mark.parametrize(
    ("answer", "grade"),
    [
        (Answer(status=404), 1.0),
        (Answer(status=410), 1.0),
        (Answer(status=200), 1.0),
        (Answer(error="DNS lookup failed"), 1.0),
        (Answer(error="TLS certificate is not valid"), 1.0),
        (Answer(status=403), 0.5),
        (Answer(status=400), 0.5),
        (Answer(status=500), 0.5),
        (Answer(status=429), 0.25),
        (Answer(status=503), 0.25),
        (Answer(error="timeout"), 0.25),
        (Answer(error="connection reset"), 0.25),
        (Answer(), 0.25),
    ],
)
def test_failures_are_graded_by_how_long_they_may_last(answer, grade):
    state = after(STATE, answer, OPTIONS, NOW)
    assert state.failures == grade
    assert state.error
    # Who says 429 without a time is taken at the word at once: each one doubles the interval.
    doubled = 1.0 if answer.status == 429 else grade
    assert state.interval == pytest.approx(HOUR * 2**doubled)
    assert "back-off" in state.reason


def test_failures_add_up_to_the_longest_interval_and_end_with_a_good_answer():
    state = STATE
    intervals = []
    for _ in range(30):
        state = after(state, Answer(status=500), OPTIONS, NOW)
        intervals.append(state.interval)
    assert intervals == sorted(intervals)
    assert intervals[-1] == 86_400.0
    state = after(state, feed(), OPTIONS, NOW)
    assert (state.failures, state.error, state.interval) == (0.0, None, HOUR)


@pytest.mark.parametrize(
    ("answer", "seconds", "says"),
    [
        (feed(), HOUR, "every 1 h"),
        (feed(ttl=7_200.0), 7_200.0, "feed asked for 2 h (ttl)"),
        (feed(ttl=60.0), HOUR, "every 1 h"),
        (feed(headers={"cache-control": "public, max-age=10800"}), 10_800.0, "server asked for 3 h (Cache-Control)"),
        (feed(headers={"cache-control": 'Max-Age="10800"'}), 10_800.0, "Cache-Control"),
        (feed(headers={"cache-control": "s-maxage=10800"}), HOUR, "every"),
        (feed(headers={"expires": "Mon, 23 Nov 2026 14:00:00 GMT"}), 7_200.0, "Expires"),
        (
            feed(headers={"expires": "Mon, 23 Nov 2020 14:00:00 GMT", "date": "Mon, 23 Nov 2020 12:00:00 GMT"}),
            7_200.0,
            "Expires",
        ),
        (feed(headers={"expires": "0"}), HOUR, "every"),
        (feed(headers={"expires": "-1"}), HOUR, "every"),
        (Answer(status=503, headers={"retry-after": "7200"}), 7_200.0, "Retry-After"),
        (Answer(status=429, headers={"retry-after": "Mon, 23 Nov 2026 15:00:00 GMT"}), 10_800.0, "Retry-After"),
        (Answer(status=503, retry_after=9_000.0), 9_000.0, "Retry-After"),
    ],
)
def test_hints_make_the_interval_longer_and_never_shorter(answer, seconds, says):
    state = after(STATE, answer, OPTIONS, NOW)
    assert state.interval == pytest.approx(seconds)
    assert says in state.reason


@pytest.mark.parametrize("later", [Answer(status=304), Answer(status=200, body_hash="new")])
def test_what_a_feed_asks_for_holds_while_it_does_not_change(later):
    """A 304 has no body to say it again (and its server need not repeat the headers: RFC 9111, 4.3.4)."""
    headers = {"etag": "1", "cache-control": "max-age=4000"} if later.status == 304 else {"etag": "1"}
    asked = feed(ttl=7_200.0, skip_hours=(14,), skip_days=(6,), hub="https://hub.example/", headers=headers)
    state = after(after(STATE, asked, OPTIONS, NOW), later, OPTIONS, NOW + timedelta(hours=2))
    assert (state.interval, state.skip_hours, state.skip_days) == (7_200.0, (14,), (6,))
    assert (state.hub, state.max_age) == ("https://hub.example/", 4_000.0 if later.status == 304 else None)
    plain = after(state, feed(body_hash="other"), OPTIONS, NOW + timedelta(hours=4))
    assert (plain.ttl, plain.skip_hours, plain.skip_days, plain.hub, plain.max_age) == (None, (), (), None, None)


def test_a_promise_of_freshness_holds_while_only_304_come():
    state = after(STATE, feed(headers={"etag": "1", "cache-control": "max-age=10800"}), OPTIONS, NOW)
    assert after(state, Answer(status=304), OPTIONS, NOW + timedelta(hours=3)).interval == 10_800.0


def test_hours_that_a_feed_skips_are_left_out():
    """Due at 13:00, but not between 13 and 16 o'clock."""
    state = after(STATE, feed(skip_hours=(13, 14, 15)), OPTIONS, NOW)
    assert state.next_due == NOW + timedelta(hours=4)
    assert "skips" in state.reason
    assert after(STATE, feed(skip_hours=(14,)), OPTIONS, NOW).next_due == NOW + timedelta(hours=1)


def test_days_that_a_feed_skips_are_left_out_within_the_longest_interval():
    assert NOW.weekday() == 0
    assert after(STATE, feed(skip_days=(0,)), OPTIONS, NOW).next_due == NOW + timedelta(hours=12)
    assert after(STATE, feed(skip_days=(0, 1, 2)), OPTIONS, NOW).next_due == NOW + timedelta(days=1)
    assert after(STATE, feed(skip_days=tuple(range(7))), OPTIONS, NOW).next_due == NOW + timedelta(hours=1)


def test_a_hub_is_remembered_from_the_feed_or_from_the_link_header():
    assert after(STATE, feed(hub="https://h.example/"), OPTIONS, NOW).hub == "https://h.example/"
    link = '<https://a.org/>; rel="self", <https://h.example/>; rel="hub"'
    assert after(STATE, feed(headers={"link": link}), OPTIONS, NOW).hub == "https://h.example/"


@pytest.mark.parametrize(
    ("link", "hub"),
    [
        ("<https://h.example/>; rel=hub", "https://h.example/"),
        ('<https://h.example/?a=1,2>; title="x, y"; rel="self hub"', "https://h.example/?a=1,2"),
        ("<https://h.example/>; rel=hubs", None),
        ("<https://h.example/>; rel=next", None),
        ("hub", None),
        ("<" * 5_000, None),
    ],
)
def test_the_hub_of_a_link_header(link, hub):
    assert hints.hub({"link": link}) == hub


@pytest.mark.parametrize(
    "answer",
    [
        feed(ttl=1e15),
        feed(ttl=float("inf")),
        feed(ttl=float("nan")),
        feed(ttl=-1e15),
        feed(headers={"cache-control": "max-age=1000000000000000"}),
        feed(headers={"cache-control": "max-age=" + "9" * 500}),
        feed(headers={"cache-control": "max-age=-1"}),
        feed(headers={"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}),
        feed(headers={"expires": "Fri, 31 Dec 9999 23:59:59 -1200", "date": "Mon, 01 Jan 0001 00:00:00 +1200"}),
        Answer(status=503, headers={"retry-after": "99999999999999999999"}),
        Answer(status=503, headers={"retry-after": "-5"}),
        Answer(status=503, retry_after=1e300),
        Answer(status=503, error="{0.__class__} {x}"),
    ],
)
def test_absurd_hints_stay_within_the_limits(answer):
    assert 900.0 <= interval(answer) <= 86_400.0


def test_equal_limits_make_every_feed_due_after_just_that_time():
    options = PollingOptions(min_interval=1.0, default_interval=1.0)
    for answer in (feed(new=0), feed(new=5)):
        assert after(STATE, answer, options, NOW).next_due == NOW + timedelta(seconds=1)
    state = after(after(STATE, feed(), options, NOW), Answer(status=200, body_hash="new"), options, NOW)
    assert state.next_due == NOW + timedelta(seconds=1)


def test_feeds_are_spread_each_by_its_own_part_that_does_not_add_up():
    options = PollingOptions(jitter=0.1)
    waits = set()
    for number in range(20):
        state = PollState(feed=f"https://a.org/{number}", source_id="a")
        first = after(state, feed(), options, NOW)
        again = after(first, feed(), options, NOW)
        assert first.next_due == again.next_due
        assert first.interval == HOUR
        waits.add((first.next_due - NOW).total_seconds())
    assert len(waits) == 20
    assert min(waits) >= HOUR
    assert max(waits) <= HOUR * 1.1


def test_the_poll_is_counted_and_new_entries_are_dated():
    state = after(STATE, feed(new=2), OPTIONS, NOW)
    assert (state.polls, state.polled, state.entries, state.last_new) == (1, NOW, 5, NOW)
    later = after(state, feed(new=0), OPTIONS, NOW + timedelta(hours=1))
    assert (later.polls, later.last_new) == (2, NOW)


def test_a_source_may_ask_for_fewer_polls_but_not_for_more():
    def asks(seconds: float | None) -> Source:
        return Source(id="a", name="A", politeness=Politeness(min_interval=seconds))

    assert OPTIONS.for_source(asks(None)) == OPTIONS
    assert OPTIONS.for_source(asks(1.0)) == OPTIONS
    assert interval(feed(), options=OPTIONS.for_source(asks(7_200.0))) == 7_200.0


HEADERS = st.dictionaries(
    st.sampled_from(["etag", "last-modified", "cache-control", "expires", "date", "retry-after"]),
    st.text(max_size=30) | st.integers().map(lambda n: f"max-age={n}") | st.integers().map(str),
)
ANSWERS = st.builds(
    Answer,
    status=st.none() | st.integers(100, 599),
    headers=HEADERS,
    is_feed=st.booleans(),
    entries=st.integers(0, 1_000),
    new=st.integers(0, 1_000),
    ttl=st.none() | st.floats(),
    fresh=st.none() | st.integers(0, 1_000),
    familiar=st.none() | st.integers(0, 1_000),
    hidden=st.integers(0, 3),
    skip_hours=st.lists(st.integers(-1, 30), max_size=3).map(tuple),
    skip_days=st.lists(st.integers(-1, 9), max_size=3).map(tuple),
    moved_to=st.none() | st.sampled_from(["https://a.org/2", "https://b.example/", "https://a.org/f"]),
    body_hash=st.none() | st.text(max_size=3),
    error=st.none() | st.text(max_size=20),
    retry_after=st.none() | st.floats(),
)


@settings(max_examples=200, deadline=None)
@given(
    answers=st.lists(st.tuples(ANSWERS, st.floats(0, 1e7)), min_size=1, max_size=6),
    lowest=st.floats(1, 1e5),
    width=st.floats(1, 100),
)
def test_the_next_poll_is_always_within_the_limits(answers, lowest, width):
    """Whatever servers say and however long nobody asked; only a disabled feed waits longer, and never for ever."""
    options = PollingOptions(min_interval=lowest, default_interval=lowest, max_interval=lowest * width)
    state, now = STATE, NOW
    for answer, passed in answers:
        now += timedelta(seconds=passed)
        state = after(state, answer, options, now)
        wait = (state.next_due - now).total_seconds()
        assert lowest - 0.001 <= wait
        assert wait <= (30 * 86_400.0 if state.disabled else lowest * width * 1.1) + 0.001
        assert state.reason
        assert from_json(to_json(state), PollState) == state


@settings(max_examples=100, deadline=None)
@given(etag=st.none() | st.text(min_size=1), modified=st.none() | st.text(min_size=1))
def test_whatever_validators_are_given_come_back_as_they_were(etag, modified):
    headers = {k: v for k, v in {"etag": etag, "last-modified": modified}.items() if v is not None}
    sent = conditional_headers(after(STATE, feed(headers=headers), OPTIONS, NOW))
    assert (sent.get("If-None-Match"), sent.get("If-Modified-Since")) == (etag, modified)
