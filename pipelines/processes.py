"""How a worker process comes to be, and how it comes to its end: none outlives its crawl."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait
from typing import Any

from pipelines import memory

if sys.platform == "win32":
    from multiprocessing.context import SpawnContext as _Context
    from multiprocessing.context import SpawnProcess as _Process
else:
    from multiprocessing import forkserver, resource_tracker
    from multiprocessing.context import ForkServerContext as _Context
    from multiprocessing.context import ForkServerProcess as _Process

HELD_BACK = (signal.SIGINT, signal.SIGTERM)
"""Signals that the process from which workers are forked leaves to its crawl."""
_ORPHANED = 5.0
"""Seconds over its limit of time after which a worker ends by itself: its parent, who keeps the limit, must be gone."""


class WorkerProcess(_Process):
    """A worker: what it is told by a signal counts only where its crawl has sent it.

    A service manager tells all processes of a service to end at once; the page that is being read may come to its end
    then, as the crawl says.
    """

    def terminate(self) -> None:
        """At once.  SIGTERM would wait for C code, and the crawl for this process: three seconds for each."""
        self.kill()


class WorkerContext(_Context):
    """How workers are made: forked, with all that they need, from a small process that has loaded it.

    Not from the crawl itself: a fork of a process with a running reactor and threads would inherit their locks.
    """

    Process = WorkerProcess


def context() -> Any:
    """For a pool of workers."""
    made = WorkerContext()
    if sys.platform != "win32":
        made.set_forkserver_preload(["pipelines.forking"])
    return made


def prepare() -> None:
    """Starts the small process now, where there is one: it loads for a second, while the crawl itself is loaded."""
    if sys.platform != "win32":
        context()
        resource_tracker.ensure_running()  # by itself: it lets through again what is held back here
        # Ctrl-C goes to all processes of a terminal.  This one heeds none as soon as it can say so (`forking.py`);
        # until then it must not end with a trace.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin() -> None:
    """Runs first in every worker."""
    memory.return_large_blocks()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the crawl's to answer
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    # A crawl that was killed cannot stop its workers: they notice by themselves.
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def set_alarm(seconds: float) -> None:
    """Lets the system end this process where a task takes much longer than `seconds`; 0: the task is done.

    C code that never comes back to Python lets no thread notice that the crawl is gone.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds + _ORPHANED if seconds else 0.0)
