"""How a source is doing: judged by its own rhythm, and only for the time in which it was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import HealthState, PollState, Rhythm, SourceHealth
from aggregator.sources.health import Health, HealthOptions, health, steadied

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


OPTIONS = HealthOptions()


def look(states: list[PollState], refused: int = 0) -> Health:
    return health(states, NOW, OPTIONS, refused=refused)


def test_a_source_that_brings_what_it_always_did_is_well() -> None:
    assert look([feed()]).state == "ok"


def test_one_that_was_never_asked_is_not_judged() -> None:
    assert look([]).state == "ok"
    assert look([PollState(feed="https://a.example/rss", source_id="a")]).state == "ok"


@pytest.mark.parametrize(
    ("per_day", "quiet", "state"),
    [
        (24.0, 2 * DAY, "stale"),
        (24.0, 20 * HOUR, "ok"),  # an outage of an evening
        (2.0, 3 * DAY, "ok"),  # half a dozen may well not come
        (2.0, 9 * DAY, "stale"),
        (0.2, 9 * DAY, "ok"),  # a weekly
    ],
)
def test_silence_is_judged_by_the_rhythm(per_day: float, quiet: timedelta, state: str) -> None:
    told = look([feed(per_day, last_new=NOW - HOUR - quiet)])
    assert told.state == state
    assert ("nothing new since" in told.reason) == (state == "stale")


def test_a_machine_that_was_switched_off_has_heard_nothing() -> None:
    away = feed(last_new=NOW - 8 * DAY, good=NOW - 8 * DAY + HOUR, polled=NOW - 8 * DAY + HOUR)
    assert look([away]).state == "ok"


def test_one_feed_that_brings_something_speaks_for_the_source() -> None:
    assert look([feed(last_new=NOW - 5 * DAY), feed()]).state == "ok"


def test_a_source_fails_when_all_its_feeds_do() -> None:
    failing = feed(failures=4.0, error="HTTP 500")
    assert look([failing, feed()]).state == "ok"
    told = look([failing, replace(failing, failures=3.0)])
    assert (told.state, told.reason) == ("failing", "no feed can be had: HTTP 500")


def test_a_source_is_gone_when_all_its_feeds_are_disabled() -> None:
    gone = feed(disabled="HTTP 410, twice")
    assert look([gone, feed()]).state == "ok"
    assert look([gone]).state == "gone"
    assert "sources check" in look([gone]).advice


def test_entries_that_may_be_lost_are_told() -> None:
    assert look([feed(), feed(missed_risk=True)]).state == "missed_risk"


@pytest.mark.parametrize(
    ("status", "failures", "state"), [(403, 1.0, "blocked"), (403, 0.5, "ok"), (429, 1.0, "blocked"), (500, 2.0, "ok")]
)
def test_a_source_that_refuses_us_is_blocked_before_it_counts_as_failing(
    status: int, failures: float, state: str
) -> None:
    assert look([feed(status=status, failures=failures, error=f"HTTP {status}")]).state == state


def test_one_feed_that_answers_is_no_block_but_pages_that_are_refused_are() -> None:
    assert look([feed(status=403, failures=9.0), feed()]).state == "ok"
    assert look([feed()], refused=9).state == "ok"
    told = look([feed()], refused=10)
    assert (told.state, told.reason) == ("blocked", "its last 10 pages were refused to us")


def test_an_address_that_moved_is_told_with_both() -> None:
    told = look([feed(), feed(moved_to="https://b.example/rss")])
    assert (told.state, told.reason) == ("moved", "https://a.example/rss is asked at https://b.example/rss")


def test_a_source_is_slow_when_its_fastest_feed_is() -> None:
    assert look([feed(took=12.0), feed(took=0.5)]).state == "ok"
    assert look([feed(took=12.0), feed(took=None)]).state == "slow"


class TestSteadied:
    """A change is told only after several looks and a time."""

    known = SourceHealth(source_id="a")

    def after(self, *looks: tuple[HealthState, float], known: SourceHealth | None = None) -> SourceHealth:
        """What is known after looks that said so, each so many minutes after NOW."""
        found = known or self.known
        for state, minutes in looks:
            told = Health(state=state, reason=f"it looks {state}", advice="look")
            found = steadied(found, told, OPTIONS, NOW + timedelta(minutes=minutes))
        return found

    def test_one_look_is_none(self) -> None:
        found = self.after(("failing", 0))
        assert (found.state, found.doubt, found.looks) == ("ok", "failing", 1)

    def test_two_looks_must_be_apart(self) -> None:
        assert self.after(("failing", 0), ("failing", 1), ("failing", 14)).state == "ok"
        found = self.after(("failing", 0), ("failing", 15))
        assert (found.state, found.reason, found.doubt) == ("failing", "it looks failing", None)
        assert found.since == NOW + timedelta(minutes=15)

    def test_one_good_look_ends_the_doubt(self) -> None:
        assert self.after(("failing", 0), ("ok", 10), ("failing", 20)).state == "ok"

    def test_what_is_wrong_in_several_ways_is_wrong(self) -> None:
        assert self.after(("failing", 0), ("blocked", 8), ("failing", 16)).state == "failing"

    def test_better_takes_longer_than_worse(self) -> None:
        bad = self.after(("failing", 0), ("failing", 15))
        assert self.after(("ok", 20), ("ok", 120), known=bad).state == "failing"
        assert self.after(("ok", 20), ("ok", 140), known=bad).state == "ok"

    def test_one_that_flaps_at_each_poll_is_told_once(self) -> None:
        looks: list[tuple[HealthState, float]] = [("failing" if n % 2 else "ok", 60.0 * n) for n in range(100)]
        bad = self.after(("failing", 0), ("failing", 15))
        states, found = set(), bad
        for state, minutes in looks:
            found = self.after((state, minutes + 60), known=found)
            states.add(found.state)
        assert states == {"failing"}

    def test_while_something_is_wrong_the_newest_reason_is_kept(self) -> None:
        bad = self.after(("failing", 0), ("failing", 15))
        told = Health(state="failing", reason="HTTP 502")
        found = steadied(bad, told, OPTIONS, NOW + DAY)
        assert (found.reason, found.since) == ("HTTP 502", bad.since)

    def test_a_clock_that_was_set_back_holds_nothing_up(self) -> None:
        found = self.after(("failing", 1_000), ("failing", 0), ("failing", 15))
        assert found.state == "failing"
