"""How the schedule holds its children: they end when it does, however it ended.

A child has a pipe from the schedule as its standard input.  The system closes it with the schedule, even when that was
killed; the child then ends as it does on SIGTERM.  Prctl's PR_SET_PDEATHSIG would do it on Linux alone, and would
follow the thread that started the child, not the process.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from aggregator.errors import InputError

PATIENCE = 10.0
"""Seconds that a child has to end by itself after the schedule has gone."""


def hold(lock_file: Path) -> FileLock:
    """Ends this process when standard input ends, and takes a lock; raises InputError where it is not to be had.

    The lock keeps runs apart even where they are of two schedules: the one that was killed and the one that follows.
    What the first has left behind is waited for, since it is about to end.
    """
    threading.Thread(target=_watch, name="leash", daemon=True).start()
    lock = FileLock(lock_file)
    try:
        lock.acquire(timeout=2 * PATIENCE)
    except Timeout:
        raise InputError(f"a run of an earlier schedule is still under way ({lock_file})") from None
    return lock


def _watch() -> None:
    while os.read(0, 4096):
        pass  # nothing is said on it; only its end counts
    os.kill(os.getpid(), signal.SIGTERM)
    # What does not end in time loses what it had in hand to the next run, as after a power cut.
    threading.Event().wait(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
