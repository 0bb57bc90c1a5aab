"""How a source is doing: judged by its own rhythm, and only for the time in which it was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import PollState, Rhythm
from aggregator.sources.health import health

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def feed(per_day: float = 24.0, **changes: object) -> PollState:
    """A feed that was watched for two weeks and brought so much a day, asked an hour ago."""
    watched = 14 * 24.0
    rhythm = Rhythm(hours=(per_day * 14 / 24,) * 24, days=(per_day * 2,) * 7, watched=watched)
    usual: dict[str, object] = {
        "feed": "https://a.example/rss",
        "source_id": "a",
        "polled": NOW - HOUR,
        "good": NOW - HOUR,
        "last_new": NOW - 2 * HOUR,
        "rhythm": rhythm,
    }
    return PollState(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_source_that_brings_what_it_always_did_is_well() -> None:
    assert health([feed()], NOW).state == "ok"


def test_one_that_was_never_asked_is_not_judged() -> None:
    assert health([], NOW).state == "ok"
    assert health([PollState(feed="https://a.example/rss", source_id="a")], NOW).state == "ok"


@pytest.mark.parametrize(
    ("per_day", "quiet", "state"),
    [
        (24.0, 2 * DAY, "silent"),
        (24.0, 20 * HOUR, "ok"),  # an outage of an evening
        (2.0, 3 * DAY, "ok"),  # half a dozen may well not come
        (2.0, 9 * DAY, "silent"),
        (0.2, 9 * DAY, "ok"),  # a weekly
    ],
)
def test_silence_is_judged_by_the_rhythm(per_day: float, quiet: timedelta, state: str) -> None:
    told = health([feed(per_day, last_new=NOW - HOUR - quiet)], NOW)
    assert told.state == state
    assert ("nothing new since" in told.reason) == (state == "silent")


def test_a_machine_that_was_switched_off_has_heard_nothing() -> None:
    away = feed(last_new=NOW - 8 * DAY, good=NOW - 8 * DAY + HOUR, polled=NOW - 8 * DAY + HOUR)
    assert health([away], NOW).state == "ok"


def test_one_feed_that_brings_something_speaks_for_the_source() -> None:
    assert health([feed(last_new=NOW - 5 * DAY), feed()], NOW).state == "ok"


def test_a_source_fails_when_all_its_feeds_do() -> None:
    failing = feed(failures=4.0, error="HTTP 500")
    assert health([failing, feed()], NOW).state == "ok"
    told = health([failing, replace(failing, failures=3.0)], NOW)
    assert (told.state, told.reason) == ("failing", "no feed can be had: HTTP 500")


def test_a_source_is_gone_when_all_its_feeds_are_disabled() -> None:
    gone = feed(disabled="HTTP 410, twice")
    assert health([gone, feed()], NOW).state == "ok"
    assert health([gone], NOW).state == "gone"
    assert "sources check" in health([gone], NOW).advice


def test_entries_that_may_be_lost_are_told() -> None:
    assert health([feed(), feed(missed_risk=True)], NOW).state == "missed_risk"
