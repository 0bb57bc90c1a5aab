"""What the schedule tells of itself: one small file, data/schedule/state.json, and a lock that says it is alive.

The file is written by the schedule alone and replaced as a whole, so that others may read it at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from aggregator.encoding import to_json
from aggregator.operations.history import Outcome


@dataclass(slots=True, kw_only=True)
class JobState:
    """What is known of one job."""

    planned: datetime | None = None
    """the time for which its last run was planned"""
    began: datetime | None = None
    ended: datetime | None = None
    outcome: Outcome | None = None
    message: str = ""
    next: datetime | None = None
    """when it runs next"""
    pid: int | None = None
    """its process, while it runs"""
    runs: int = 0
    """processes that were started for it"""
    idle: int = 0
    """times when nothing was due and none was started"""
    skipped: int = 0
    """times when its run before was still under way"""
    failures: int = 0
    """runs in a row that went wrong"""


@dataclass(slots=True, kw_only=True)
class State:
    """What is known of the schedule; mutable, it is the schedule's own notebook."""

    pid: int = 0
    since: datetime | None = None
    alive: datetime | None = None
    """when it was last seen to be at work"""
    problem: str = ""
    """why a changed configuration is not used"""
    jobs: dict[str, JobState] = field(default_factory=dict)


def folder(data_folder: Path) -> Path:
    """Where the schedule keeps what is its own."""
    return data_folder / "schedule"


def load(data_folder: Path) -> State:
    """The last written state; an empty one where there is none or it cannot be read."""
    try:
        return msgspec.json.decode((folder(data_folder) / "state.json").read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return State()


def save(data_folder: Path, state: State) -> None:
    """Replaces the file; raises OSError where it cannot be written."""
    path = folder(data_folder) / "state.json"
    temporary = path.with_suffix(".new")
    temporary.write_bytes(to_json(state))
    temporary.replace(path)


def lock(data_folder: Path) -> FileLock:
    """The lock that the one schedule of a data folder holds; the system drops it with the process."""
    place = folder(data_folder)
    place.mkdir(parents=True, exist_ok=True)
    return FileLock(place / "schedule.lock")


def is_running(data_folder: Path) -> bool:
    """Whether a schedule is at work on this data folder."""
    if not (folder(data_folder) / "schedule.lock").exists():
        return False
    probe = lock(data_folder)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    return False
