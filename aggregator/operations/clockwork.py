"""What stands between APScheduler, the system's signals and our timetable."""

from __future__ import annotations

import signal
from datetime import datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.triggers.base import BaseTrigger

from aggregator.timetable import Job, next_firing


class Trigger(BaseTrigger):  # type: ignore[misc]
    """Lets APScheduler ask our timetable."""

    def __init__(self, job: Job) -> None:
        """For one job."""
        self.job = job

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Its next time, never one that has passed: however many were missed, one run makes up for them."""
        return next_firing(self.job, max(previous, now) if previous else now)


class Lane(ThreadPoolExecutor):  # type: ignore[misc]
    """One thread, whose jobs follow each other; it knows for when each was planned."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.planned: dict[str, datetime] = {}

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        self.planned[job.id] = run_times[-1]
        super()._do_submit_job(job, run_times)


class Signals:
    """Notes signals while its block lasts, and wakes who waits for them: nothing is done inside a handler."""

    WANTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self, noted: list[int], wake: int) -> None:
        self._noted, self._wake = noted, wake
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        self._fd = signal.set_wakeup_fd(self._wake)
        for number in self.WANTED:
            self._before[number] = signal.signal(number, lambda number, _frame: self._noted.append(number))

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd)
