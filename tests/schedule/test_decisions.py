"""What the schedule decides, without waiting for a clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.operations.clockwork import Trigger
from aggregator.operations.due import anything_due
from aggregator.operations.history import RunRecord, append, prune, since, totals
from aggregator.operations.schedule import Schedule
from aggregator.operations.scheduled import JobState
from aggregator.operations.snapshot import Origin, Snapshot
from aggregator.operations.tasks import forecast, rests, tasks
from aggregator.records import PollState
from aggregator.run import utc_now
from aggregator.sources.catalogue import Catalogue
from aggregator.sources.polling import Answer, PollingOptions, after
from aggregator.store import SqliteStore
from aggregator.timetable import Job
from tests.schedule.conftest import config_toml

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = "https://gazette.example/feed"
SOURCE = f"""
[[source]]
id = "gazette"
name = "Gazette"
homepage = "https://gazette.example/"
region = "europe"
languages = ["en"]
feeds = ["{FEED}"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config" / "sources").mkdir(parents=True)
    (tmp_path / "config" / "sources" / "europe.toml").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "config" / "aggregator.toml").write_text(config_toml(), encoding="utf-8")
    return configuration.load(tmp_path)


def polled(config: Config, **state: object) -> None:
    store = SqliteStore(config.database)
    values = {"feed": FEED, "source_id": "gazette", "polled": NOON, "next_due": NOON + timedelta(hours=1), **state}
    run = store.begin_run("feeds", "", NOON)
    store.record_poll(run, [], lambda tally: PollState(**values), NOON)  # type: ignore[arg-type]
    store.end_run(run, "finished", NOON)
    store.close()


class TestDue:
    TICK = Job(name="tick", every=60)
    NOW = Job(name="now", every=60, poll="now", source="gazette")

    def due(self, config: Config, job: Job, minutes: float) -> bool:
        return anything_due(config, configuration.catalogue(config), job, NOON + timedelta(minutes=minutes))

    def test_a_feed_that_was_never_asked_is(self, config: Config) -> None:
        assert self.due(config, self.TICK, 0)
        polled(config, feed="https://other.example/feed", source_id="other")
        assert self.due(config, self.TICK, 0)

    def test_one_that_was_asked_is_when_its_time_has_come(self, config: Config) -> None:
        polled(config)
        assert not self.due(config, self.TICK, 59)
        assert self.due(config, self.TICK, 60)

    def test_what_is_to_be_polled_now_waits_for_the_floor_alone(self, config: Config) -> None:
        polled(config)
        assert self.due(config, self.NOW, 1)
        polled(config, failures=1.0)
        assert not self.due(config, self.NOW, 1), "not against a back-off"

    def test_one_whose_host_wants_quiet_is_not(self, config: Config) -> None:
        """The crawl would hold it back: a process for nothing, every minute."""
        polled(config)
        store = SqliteStore(config.database)
        store.keep_quiet("gazette.example", NOON + timedelta(hours=3), "HTTP 429")
        store.close()
        assert not self.due(config, self.TICK, 120)
        assert self.due(config, self.TICK, 181)

    def test_a_source_that_is_gone_is_not_asked(self, config: Config) -> None:
        polled(config)
        assert not anything_due(config, Catalogue.of(()), self.TICK, NOON + timedelta(days=1))


def test_a_job_that_fails_rests_longer_each_time() -> None:
    def minutes(failures: int) -> int:
        state = JobState(ended=NOON, failures=failures)
        return next(n for n in range(60) if not rests(state, NOON + timedelta(minutes=n)))

    assert [minutes(n) for n in (0, 1, 2, 3, 4, 5, 50)] == [0, 1, 2, 4, 8, 15, 15]
    assert not rests(JobState(ended=NOON + timedelta(days=1), failures=3), NOON), "the clock was set back"


def test_the_forecast_names_runs_and_leaves_out_what_does_not_run(config: Config) -> None:
    jobs = (Job(name="tick", every=60), Job(name="yearly", cron="0 0 1 1 *"), Job(name="night", cron="0 3 * * *"))
    config = replace(config, schedule=jobs)
    snapshot = Snapshot(
        config=config, catalogue=configuration.catalogue(config), project=config.root, words=("--data",)
    )
    found = list(forecast(tasks(snapshot), {"tick": JobState(planned=NOON)}, NOON, timedelta(hours=24)))
    assert [(runs.name, runs.runs) for runs in found] == [("tick", 1440), ("night", 1)]
    assert found[0].first == NOON + timedelta(minutes=1)


def test_a_name_that_the_schedule_needs_itself_is_refused(config: Config) -> None:
    config = replace(config, schedule=(Job(name="backup", every=60),))
    snapshot = Snapshot(config=config, catalogue=Catalogue.of(()), project=config.root, words=())
    with pytest.raises(AggregatorError, match="is taken"):
        tasks(snapshot)


def test_however_many_runs_were_missed_the_trigger_makes_up_for_one() -> None:
    """APScheduler collects all times up to now; a week of seconds would be 600,000."""
    trigger = Trigger(Job(name="x", every=1))
    assert trigger.get_next_fire_time(NOON - timedelta(days=7), NOON) == NOON + timedelta(seconds=1)
    assert trigger.get_next_fire_time(NOON, NOON - timedelta(seconds=1)) == NOON + timedelta(seconds=1)


def test_a_run_that_is_longer_than_its_interval_is_followed_by_one_on_the_grid() -> None:
    """Ten seconds apart, and the one at noon took 34: three were missed, and the next is the one that is to come."""
    trigger = Trigger(Job(name="x", every=10))
    assert trigger.get_next_fire_time(NOON, NOON + timedelta(seconds=34)) == NOON + timedelta(seconds=40)


def test_after_a_day_off_the_feeds_spread_again() -> None:
    """All are asked in the one run that makes up for the day; they must not come due together for ever after."""
    options = PollingOptions()
    answer = Answer(status=200, is_feed=True, entries=20, body_hash="x")
    dues = []
    for number in range(200):
        overdue = PollState(feed=f"https://f{number}.example/", source_id="s", polled=NOON - timedelta(days=1))
        due_again = after(overdue, answer, options, NOON).next_due
        assert due_again is not None
        dues.append((due_again - NOON).total_seconds())
    span = max(dues) - min(dues)
    assert span >= 0.08 * options.default_interval, "a tenth of the hour, each feed by its own part of it"
    minutes = Counter(int(seconds // 60) for seconds in dues)
    assert max(minutes.values()) <= 2.5 * len(dues) / len(minutes), "and no minute has most of them"


class TestClock:
    """The schedule's own look at a clock that somebody sets."""

    @pytest.fixture
    def schedule(self, config: Config) -> Schedule:
        return Schedule(Origin(start=config.root), lambda text: None)

    def arranged(self, schedule: Schedule) -> BackgroundScheduler:
        clock = BackgroundScheduler(executors=schedule._lanes, timezone="UTC")
        clock.start(paused=True)
        schedule._arrange(clock, {})
        return clock

    def test_set_back_by_a_day_it_waits_for_no_day(self, schedule: Schedule) -> None:
        schedule._known("tick").planned = tomorrow = utc_now() + timedelta(days=1)
        clock = self.arranged(schedule)
        clock.modify_job("tick", next_run_time=tomorrow + timedelta(minutes=1))
        schedule._look(clock, jump=-86_400)
        assert clock.get_job("tick").next_run_time <= utc_now() + timedelta(minutes=1)
        clock.shutdown()

    def test_before_the_first_crawl_there_is_nothing_to_keep(self, schedule: Schedule, config: Config) -> None:
        task = schedule._tasks["tick"]
        upkeep = replace(task, lane="maintenance")
        assert schedule._due(task, NOON)
        assert not schedule._due(upkeep, NOON)
        polled(config)
        assert schedule._due(upkeep, NOON)

    def test_a_small_correction_changes_nothing(self, schedule: Schedule) -> None:
        clock = self.arranged(schedule)
        later = utc_now() + timedelta(hours=5)
        clock.modify_job("tick", next_run_time=later)
        schedule._look(clock, jump=-2)
        assert clock.get_job("tick").next_run_time == later
        clock.shutdown()

    def test_after_a_sleep_it_does_not_wait_for_the_rest_of_its_pause(self, schedule: Schedule) -> None:
        class Clock(BackgroundScheduler):  # type: ignore[misc]
            woken = 0

            def wakeup(self) -> None:
                self.woken += 1

        clock = Clock(timezone="UTC")
        schedule._look(clock, jump=3_600)
        assert clock.woken == 1


class TestHistory:
    def record(self, hours: float, **more: object) -> RunRecord:
        time = NOON + timedelta(hours=hours)
        values = {"kind": "crawl", "name": "feeds", "began": time, "ended": time, "outcome": "done", **more}
        return RunRecord(**values)  # type: ignore[arg-type]

    def test_what_was_written_is_read_since_a_time(self, tmp_path: Path) -> None:
        for hours in (-30, -20, 0):
            append(tmp_path, self.record(hours, counts={"pages": 2}))
        append(tmp_path, self.record(0, kind="job", outcome="failed", counts={"pages": 7}))
        found = list(since(tmp_path, NOON - timedelta(hours=24)))
        assert [record.bad for record in found] == [False, False, True]
        assert totals(iter(found)) == {"pages": 4, "crawls": 2}, "jobs count nothing, their crawls do"

    def test_a_torn_line_is_left_out(self, tmp_path: Path) -> None:
        append(tmp_path, self.record(0))
        (file,) = (tmp_path / "history").iterdir()
        file.write_bytes(file.read_bytes() + b'{"kind":"crawl","na\n')
        append(tmp_path, self.record(0))
        assert len(list(since(tmp_path, NOON))) == 2

    def test_old_days_are_deleted(self, tmp_path: Path) -> None:
        for days in (-40, -31, -30, 0):
            append(tmp_path, self.record(24 * days))
        assert prune(tmp_path, NOON, timedelta(days=31)) == 1
        assert len(list((tmp_path / "history").iterdir())) == 3


def test_the_snapshot_is_what_was_right_and_names_the_users_own_file(config: Config) -> None:
    origin = Origin(start=config.root)
    first = origin.take(origin.read())
    file = config.root / "config" / "aggregator.toml"
    good = file.read_text("utf-8")
    file.write_text(good.replace("delay", "dely"), encoding="utf-8")
    with pytest.raises(AggregatorError, match=str(file)):
        origin.read()
    assert first.config.crawl.contact == "mailto:demo@example.org"
    assert "dely" not in (first.config.root / "config" / "aggregator.toml").read_text("utf-8")
    file.write_text(good, encoding="utf-8")
    second = origin.take(origin.read(), first)
    assert second.config.root != first.config.root, "a child may still be about to read the first"
    assert second.catalogue.get("gazette").feeds[0].url == FEED
    assert second.config.data_folder == first.config.data_folder == config.data_folder
