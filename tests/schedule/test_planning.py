"""When jobs run: no clock, no process, only times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.timetable import Job, firings, first_firing, next_firing
from aggregator.timetable.planning import planned

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICK = Job(name="tick", every=60)
BERLIN = ZoneInfo("Europe/Berlin")


def shown(job: Job, start: datetime, hours: float) -> list[str]:
    """Its times on the wall of its own zone."""
    found = firings(job, start, start + timedelta(hours=hours))
    return [f"{time.astimezone(ZoneInfo(job.timezone)):%d %H:%M%z}" for time in found]


class TestGrid:
    def test_it_does_not_depend_on_when_the_program_was_started(self) -> None:
        """A restart, or a run that took long, moves nothing: there is no drift."""
        assert next_firing(TICK, NOON + timedelta(seconds=7)) == NOON + timedelta(minutes=1)
        assert next_firing(TICK, NOON) == NOON + timedelta(minutes=1)
        assert next_firing(replace(TICK, every=86_400), NOON) == datetime(2026, 11, 24, tzinfo=UTC)

    @given(st.floats(1, 1e6), st.integers(0, 4_000_000_000_000))
    def test_the_next_time_is_later_and_at_most_one_interval_away(self, every: float, millis: int) -> None:
        after = datetime.fromtimestamp(millis / 1000, UTC)
        found = next_firing(Job(name="x", every=every), after)
        assert found is not None
        assert after < found <= after + timedelta(seconds=every, milliseconds=1)

    def test_jitter_delays_and_does_not_add_up(self) -> None:
        job = replace(TICK, every=3600, jitter=600)
        times = list(firings(job, NOON, NOON + timedelta(days=30)))
        late = [(time - NOON).total_seconds() % 3600 for time in times]
        assert len(times) in (719, 720, 721)
        assert max(late) < 600
        assert max(late) - min(late) > 500
        assert times == sorted(set(times))
        assert times == list(firings(job, NOON, NOON + timedelta(days=30))), "the same at each look"


class TestCron:
    def test_a_time_that_the_clock_leaves_out_comes_an_hour_later(self) -> None:
        job = Job(name="night", cron="30 2 * * *", timezone="Europe/Berlin")
        assert shown(job, datetime(2026, 3, 28, 12, tzinfo=UTC), 48) == ["29 03:30+0200", "30 02:30+0200"]

    def test_a_time_that_the_clock_repeats_comes_once(self) -> None:
        job = Job(name="night", cron="30 2 * * *", timezone="Europe/Berlin")
        assert shown(job, datetime(2026, 10, 24, 12, tzinfo=UTC), 48) == ["25 02:30+0200", "26 02:30+0100"]

    @pytest.mark.parametrize("start", [datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)])
    def test_what_runs_every_hour_goes_on_through_both_changes(self, start: datetime) -> None:
        """24 hours have 24 of them, whatever the wall says."""
        job = Job(name="hourly", cron="15 * * * *", timezone="Europe/Berlin")
        times = list(firings(job, start, start + timedelta(hours=24)))
        assert len(times) == 24
        assert {later - sooner for sooner, later in pairwise(times)} == {timedelta(hours=1)}

    def test_days_of_the_week_are_those_of_cron(self) -> None:
        """APScheduler would take 0 for Monday."""
        sundays = Job(name="s", cron="0 6 * * 0")
        assert {time.weekday() for time in firings(sundays, NOON, NOON + timedelta(days=30))} == {6}
        weekend = Job(name="w", cron="0 6 * * fri-sun")
        assert {time.weekday() for time in firings(weekend, NOON, NOON + timedelta(days=30))} == {4, 5, 6}
        assert {time.weekday() for time in firings(replace(weekend, cron="0 6 * * 5-7"), NOON, NOON.replace(day=30))}


class TestQuiet:
    def test_it_does_not_begin_in_quiet_hours_and_begins_when_they_end(self) -> None:
        job = replace(TICK, every=3600, timezone="Europe/Berlin", quiet=("22:00-06:30",))
        start = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
        assert shown(job, start, 12)[:3] == ["23 21:00+0100", "24 07:00+0100", "24 08:00+0100"]

    def test_quiet_hours_hold_through_a_change_of_the_clock(self) -> None:
        job = replace(TICK, every=600, timezone="Europe/Berlin", quiet=("01:00-04:00",))
        for start in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
            hours = {time.astimezone(BERLIN).hour for time in firings(job, start, start + timedelta(days=1))}
            assert hours == {*range(24)} - {1, 2, 3}


class TestMissed:
    def test_after_a_day_off_there_is_one_run_and_then_the_grid(self) -> None:
        """No storm: what is due then is told by the store, feed by feed."""
        late = NOON + timedelta(days=1, seconds=17)
        assert first_firing(TICK, NOON, late) == late
        assert next_firing(TICK, late) == NOON + timedelta(days=1, minutes=1)

    def test_a_missed_time_of_cron_is_made_up_for(self) -> None:
        job = Job(name="morning", cron="0 6 * * *")
        six = NOON.replace(hour=6)
        assert first_firing(job, six - timedelta(days=1), NOON) == NOON, "six o'clock was missed"
        assert first_firing(job, six, NOON) == six + timedelta(days=1)
        assert first_firing(job, None, NOON) == six + timedelta(days=1), "never run: nothing was missed"

    def test_what_was_missed_for_longer_than_its_grace_is_left_out(self) -> None:
        job = Job(name="morning", cron="0 6 * * *", grace=3600)
        assert first_firing(job, NOON - timedelta(days=3), NOON) == NOON.replace(hour=6, day=24)

    def test_a_new_job_begins_at_once_but_not_in_its_quiet_hours(self) -> None:
        job = replace(TICK, every=86_400.0)
        assert first_firing(job, None, NOON) == NOON
        quiet = replace(job, every=3600.0, quiet=("11:00-13:30",))
        assert first_firing(quiet, None, NOON) == NOON.replace(hour=14)

    def test_a_restart_within_the_interval_waits_for_the_grid(self) -> None:
        assert first_firing(TICK, NOON, NOON + timedelta(seconds=20)) == NOON + timedelta(minutes=1)

    def test_a_clock_that_was_set_back_stalls_nothing(self) -> None:
        """The last run lies a day ahead: waiting for it would be a day without news."""
        assert first_firing(TICK, NOON + timedelta(days=1), NOON) == NOON


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (Job(name="Bad Name", every=60), "small letters"),
        (Job(name="x"), "`every` or `cron`"),
        (Job(name="x", every=60, cron="* * * * *"), "`every` or `cron`"),
        (Job(name="x", every=0.5), "a second or more"),
        (Job(name="x", cron="61 * * * *"), "five fields"),
        (Job(name="x", cron="0 6 * *"), "five fields"),
        (Job(name="x", cron="0 6 1 * 1"), "not both"),
        (Job(name="x", cron="0 6 * * someday"), "day of the week"),
        (Job(name="x", cron="0 6 31 2 *"), "no time to run"),
        (Job(name="x", every=60, timezone="Mars/Base"), "Asia/Tehran"),
        (Job(name="x", every=60, quiet=("late",)), "22:00-06:00"),
        (Job(name="x", cron="0 3 * * *", quiet=("02:00-04:00",)), "no time to run"),
        (Job(name="x", every=60, jitter=60), "less than"),
        (Job(name="x", every=60, spider="ants"), "feeds, sitemaps"),
        (Job(name="x", every=60, poll="now"), "a region or a source"),
        (Job(name="x", every=60, timeout=0), "timeout"),
    ],
)
def test_a_job_that_cannot_run_says_why(job: Job, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        planned(job)
