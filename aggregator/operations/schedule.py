"""`aggregator schedule`: one small process that starts the others when it is time.

APScheduler says when; each run is a child process, so that a leak or a crash ends with it.  The due times of feeds are
the store's; this process remembers only when each job was run last, and makes its jobs anew from the configuration.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.background import BackgroundScheduler
from filelock import Timeout

from aggregator.config import Config
from aggregator.errors import AggregatorError, InputError
from aggregator.operations import history, scheduled
from aggregator.operations.alerting import Teller
from aggregator.operations.children import Child, Ended
from aggregator.operations.clockwork import Lane, Signals, Trigger
from aggregator.operations.due import anything_due
from aggregator.operations.endpoint import Endpoint
from aggregator.operations.scheduled import JobState
from aggregator.operations.snapshot import Mark, Origin, Snapshot
from aggregator.operations.tasks import Task, rests, tasks
from aggregator.run import utc_now
from aggregator.store import there
from aggregator.timetable import first_firing

LOOK = 1.0
"""Seconds between two looks at the clock and the files of the configuration."""

ALIVE = 30.0
"""Seconds between two words that it is alive."""

JUMP = 5.0
"""Seconds by which the clock may differ from the time that has passed before it counts as set."""


class Schedule:
    """The schedule of one data folder."""

    def __init__(self, origin: Origin, say: Callable[[str], None]) -> None:
        """Takes the data folder for itself; raises InputError where another schedule has it, ConfigError and others
        where the configuration is wrong."""
        self._origin, self._say = origin, say
        self._config: Config = origin.read()
        self._data = self._config.data_folder
        self._alone = self._take_folder()
        try:
            self._mark: Mark = origin.mark(self._config)
            self._snapshot: Snapshot = origin.take(self._config)
            self._tasks: dict[str, Task] = tasks(self._snapshot)
        except BaseException:
            self._alone.release()
            raise
        self._endpoint: Endpoint | None = None
        self._state = scheduled.load(self._data)
        self._state.pid, self._state.since, self._state.problem = os.getpid(), utc_now(), ""
        for state in self._state.jobs.values():
            state.pid = None  # of a schedule that is gone
        self._children: dict[str, Child] = {}
        self._guard = threading.RLock()
        self._stopping = False
        self._lanes = {"crawl": Lane(), "maintenance": Lane()}
        self._signals: list[int] = []
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._told = time.monotonic()
        self._teller = Teller(lambda: self._snapshot.config, self._snapshot.project, utc_now, say)

    def _take_folder(self) -> Any:
        try:
            alone = scheduled.lock(self._data)
            alone.acquire(timeout=1.0)
        except Timeout:
            first = scheduled.load(self._data)
            raise InputError(f"a schedule is at work on {self._data} already: process {first.pid}") from None
        except OSError as error:
            raise InputError(f"{self._data} cannot be written ({error}): name another with --data DIR") from error
        return alone

    # ------------------------------------------------------------- its life

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        # What it would say about each skipped run stands in the state.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        clock = BackgroundScheduler(executors=self._lanes, timezone="UTC")
        clock.add_listener(self._skipped, EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED | EVENT_JOB_ERROR)
        with self._signalled():
            self._arrange(clock, {})
            clock.start()
            self._teller.start()
            self._serve("")
            self._say(f"schedule of {self._data}, process {os.getpid()}: {', '.join(self._tasks)}")
            self._save()
            wall, steady = time.time(), time.monotonic()
            while not self._stopping:
                self._rest(LOOK)
                jump = (time.time() - wall) - (time.monotonic() - steady)
                wall, steady = time.time(), time.monotonic()
                self._look(clock, jump)
            self._say("ending: children are told to stop")
            clock.shutdown(wait=True)
            self._teller.close()
            if self._endpoint is not None:
                self._endpoint.close()
        self._close()

    def once(self) -> bool:
        """Runs every job that is due now, one after the other, and ends; whether all went well."""
        results: list[bool] = []

        def work() -> None:
            for name, task in self._tasks.items():
                first = first_firing(task.job, self._known(name).planned, utc_now())
                if first is not None and first <= utc_now():
                    results.append(self._run(name))
            self._wake_up()

        with self._signalled():
            worker = threading.Thread(target=work, name="once")
            worker.start()
            while worker.is_alive():
                self._rest(LOOK)
            worker.join()
        if self._snapshot.config.alert:
            self._teller.look(self._snapshot.config)
        self._close()
        return all(results)

    def _close(self) -> None:
        self._state.pid = 0
        self._save()
        self._alone.release()
        os.close(self._woken)
        os.close(self._wake)

    def _signalled(self) -> Any:
        return Signals(self._signals, self._wake)

    def _wake_up(self) -> None:
        os.write(self._wake, b"\0")

    def _rest(self, seconds: float) -> None:
        """Waits, or until a signal comes, and does what it asks for."""
        if select.select([self._woken], [], [], seconds)[0]:
            os.read(self._woken, 4096)
        while self._signals:
            if self._signals.pop(0) == signal.SIGHUP:
                self._mark = ()
            else:
                self._stop()

    def _stop(self) -> None:
        with self._guard:
            self._stopping = True
            for child in self._children.values():
                child.stop()

    def _look(self, clock: BackgroundScheduler, jump: float) -> None:
        if jump < -JUMP:
            self._say(f"the clock was set back by {-jump:.0f} s: jobs are planned anew")
            self._arrange(clock, {})
        elif jump > JUMP:
            clock.wakeup()  # it waits by a clock that stands still while the machine sleeps
        if self._origin.mark(self._config) != self._mark:
            self._reload(clock)
        with self._guard:
            for job in clock.get_jobs():
                self._known(job.id).next = job.next_run_time
        if time.monotonic() - self._told >= ALIVE:
            self._save()

    def _serve(self, before: str) -> None:
        """Answers for the metrics where the configuration says so; an address that is taken stops nothing."""
        address = self._config.metrics.address
        if address == before:
            return
        if self._endpoint is not None:
            self._endpoint.close()
            self._endpoint = None
        if address:
            try:
                self._endpoint = Endpoint(self._config.metrics, lambda: self._snapshot.config, utc_now)
                self._say(f"metrics at http://{address}/metrics")
            except AggregatorError as error:
                self._say(str(error))

    # --------------------------------------------------------- configuration

    def _reload(self, clock: BackgroundScheduler) -> None:
        """Takes a changed configuration; a wrong one is said to be, and the old one stays."""
        self._mark = self._origin.mark(self._config)
        try:
            config = self._origin.read()
            if config.data_folder != self._data:
                raise InputError("data.folder was changed: that takes a new start")
            mark = self._origin.mark(config)
            snapshot = self._origin.take(config, self._snapshot)
            found = tasks(snapshot)
        except AggregatorError as error:
            self._state.problem = str(error)
            self._say(f"the changed configuration is not used: {error}")
            self._save()
            return
        with self._guard:
            address = self._config.metrics.address
            before, self._tasks = self._tasks, found
            self._config, self._snapshot, self._mark = config, snapshot, mark
            self._state.problem = ""
            for name in set(self._state.jobs) - set(found):
                del self._state.jobs[name]
        self._arrange(clock, before)
        self._serve(address)
        self._say(f"the configuration was read again: {', '.join(found)}")
        self._save()

    def _arrange(self, clock: BackgroundScheduler, before: dict[str, Task]) -> None:
        """Makes the jobs what the configuration says; those that have not changed go on as they are."""
        now = utc_now()
        for name in {job.id for job in clock.get_jobs()} - set(self._tasks):
            clock.remove_job(name)
        for name, task in self._tasks.items():
            if name in before and before[name].job == task.job:
                continue
            first = first_firing(task.job, self._known(name).planned, now)
            self._known(name).next = first
            clock.add_job(
                self._run,
                Trigger(task.job),
                args=[name],
                id=name,
                executor=task.lane,
                next_run_time=first,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=max(1, int(task.job.grace)),
                replace_existing=True,
            )

    # ------------------------------------------------------------------ runs

    def _run(self, name: str) -> bool:
        """One run of a job, in a thread of its lane; whether it went well."""
        now = utc_now()
        with self._guard:
            task, state = self._tasks.get(name), self._known(name)
            if task is None or self._stopping:
                return True  # it was taken out while it waited for its turn
            planned = self._lanes[task.lane].planned.pop(name, now)
            state.planned = planned
        try:
            if rests(state, now) or not self._due(task, now):
                state.idle += 1
                self._save()
                return True
            child = self._start(task, state)
        except (AggregatorError, OSError) as error:
            return self._ended(name, state, planned, now, Ended(outcome="failed", message=str(error)))
        if child is None:
            return True
        self._save()
        ended = child.wait(task.job.timeout)
        with self._guard:
            self._children.pop(name, None)
        return self._ended(name, state, planned, now, ended)

    def _due(self, task: Task, now: datetime) -> bool:
        with self._guard:
            snapshot = self._snapshot
        if task.lane == "maintenance":
            return there(snapshot.config.place)  # before the first crawl there is nothing to tidy or to keep
        return anything_due(snapshot.config, snapshot.catalogue, task.job, now)

    def _start(self, task: Task, state: JobState) -> Child | None:
        with self._guard:
            if self._stopping:
                return None
            child = Child(task.job.name, task.lane, task.words, self._data, self._snapshot.config.root)
            self._children[task.job.name] = child
            state.began, state.ended, state.pid = utc_now(), None, child.pid
            state.outcome, state.message = None, ""
            state.runs += 1
            return child

    def _ended(self, name: str, state: JobState, planned: datetime, began: datetime, ended: Ended) -> bool:
        now = utc_now()
        record = history.RunRecord(
            kind="job",
            name=name,
            planned=planned,
            began=began,
            ended=now,
            outcome=ended.outcome,
            message=ended.message,
        )
        with self._guard:
            state.pid, state.ended, state.outcome, state.message = None, now, ended.outcome, ended.message
            state.failures = state.failures + 1 if record.bad else 0
        seconds = (now - began) / timedelta(seconds=1)
        self._say(f"{name}: {ended.outcome} after {seconds:.1f} s" + (f": {ended.message}" if ended.message else ""))
        with suppress(OSError):  # `_save` says it
            history.append(self._data, record)
        self._save()
        self._teller.nudge()
        return not record.bad

    def _skipped(self, event: JobEvent) -> None:
        with self._guard:
            if event.code == EVENT_JOB_ERROR:
                self._say(f"{event.job_id}: a fault of the schedule itself: {event.exception!r}")
            elif event.job_id in self._tasks:
                self._known(event.job_id).skipped += 1

    def _known(self, name: str) -> JobState:
        return self._state.jobs.setdefault(name, JobState())

    def _save(self) -> None:
        with self._guard:
            self._told = time.monotonic()
            self._state.alive = utc_now()
            try:
                scheduled.save(self._data, self._state)
            except OSError as error:
                self._say(f"its state cannot be written: {error}")
