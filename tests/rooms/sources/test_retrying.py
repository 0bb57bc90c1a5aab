"""Whether and when a page that failed is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources.retrying import FrontierOptions, GiveUp, Retry, after_failure, retry_after_seconds

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = FrontierOptions()


def decide(status: int | None = None, error: str | None = None, attempts: int = 1, retry_after: float | None = None):
    return after_failure(
        status=status, error=error, attempts=attempts, retry_after=retry_after, options=OPTIONS, now=NOW
    )


def seconds(decision: Retry | GiveUp) -> float:
    assert isinstance(decision, Retry)
    return (decision.not_before - NOW).total_seconds()


@pytest.mark.parametrize("status", [401, 410, 451])
def test_some_statuses_are_final_at_once(status):
    decision = decide(status)
    assert isinstance(decision, GiveUp)
    assert f"HTTP {status}" in decision.reason


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("robots.txt disallows it", "robots.txt disallows it"),
        ("content-type image/png", "it is not a page: content-type image/png"),
        ("not a page", "it is not a page"),
        ("10.0.0.1 is not a public address (allow it with network.allow)", "its address is refused"),
    ],
)
def test_some_errors_are_final_at_once(error, says):
    for status in (None, 200):
        decision = decide(status, error)
        assert isinstance(decision, GiveUp)
        assert decision.reason.startswith(says)


@pytest.mark.parametrize("status", [404, 403, 400, 302])
def test_a_refusal_is_tried_three_times(status):
    assert isinstance(decide(status, attempts=1), Retry)
    assert isinstance(decide(status, attempts=2), Retry)
    assert isinstance(decide(status, attempts=3), GiveUp)


@pytest.mark.parametrize("status", [429, 408, 500, 502, 503, None])
def test_what_may_pass_is_tried_up_to_the_limit_with_growing_delays(status):
    error = None if status else "Connection was refused by other side"
    delays = [seconds(decide(status, error, attempts=n)) for n in range(1, 5)]
    assert delays == [900.0, 3_600.0, 14_400.0, 57_600.0]
    assert isinstance(decide(status, error, attempts=5), GiveUp)


def test_a_delay_never_passes_the_longest():
    options = FrontierOptions(max_attempts=10_000, max_delay=5_000.0)
    decision = after_failure(status=500, error=None, attempts=9_000, retry_after=1e300, options=options, now=NOW)
    assert seconds(decision) == 5_000.0


def test_retry_after_makes_the_delay_longer_and_never_shorter():
    assert seconds(decide(503, retry_after=7_200.0)) == 7_200.0
    assert seconds(decide(503, retry_after=1.0)) == 900.0
    assert seconds(decide(503, retry_after=-1.0)) == 900.0
    assert seconds(decide(503, retry_after=float("nan"))) == 900.0
    assert "asked to wait" in decide(503, retry_after=7_200.0).reason


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1.5", 1.0),
        ("99999999999999999999", 86_400.0),
        ("9" * 5_000, None),
        ("Mon, 23 Nov 2026 12:10:00 GMT", 600.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
    ],
)
def test_retry_after_is_read_as_seconds_within_a_day(value, asked):
    assert retry_after_seconds(value, NOW) == asked


@given(value=st.text(max_size=40))
def test_retry_after_is_rubbish_or_within_a_day(value):
    asked = retry_after_seconds(value, NOW)
    assert asked is None or 0 <= asked <= 86_400


@given(
    status=st.none() | st.integers(100, 599),
    error=st.none() | st.text(max_size=20),
    attempts=st.integers(0, 10**9),
    retry_after=st.none() | st.floats(),
)
def test_every_failure_has_a_decision_with_a_reason(status, error, attempts, retry_after):
    decision = decide(status, error, attempts, retry_after)
    assert decision.reason
    if isinstance(decision, Retry):
        assert NOW <= decision.not_before <= NOW + timedelta(days=1)
