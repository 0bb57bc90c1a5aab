"""The schedule's child processes: started on a leash, stopped when their time is up, told how they ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aggregator.operations import scheduled
from aggregator.operations.history import Outcome

GRACE = 8.0
"""Seconds between the word to end and the end by force: with the schedule's own work it stays within ten."""

LAST_WORDS = 2_000
"""Bytes of a child's complaints that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended."""

    outcome: Outcome
    message: str = ""


class Child:
    """One running command."""

    def __init__(self, name: str, lane: str, words: Sequence[str], data_folder: Path, cwd: Path) -> None:
        """Starts `aggregator WORDS` in a session of its own, its standard input a pipe that ends with this process.

        It holds the lock of its lane while it lives, and waits for one that the child of a killed schedule still has.
        Raises OSError where no process can be started.
        """
        place = scheduled.folder(data_folder)
        self.complaints = place / f"{name}.log"
        package = str(Path(__file__).parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        with self.complaints.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "aggregator", "--leash", str(place / f"{lane}.lock"), *words],
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=file,
                start_new_session=True,
            )
        self._told: Outcome | None = None
        self._timers: list[threading.Timer] = []
        self._lock = threading.RLock()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def wait(self, timeout: float) -> Ended:
        """Waits for its end, and stops it after `timeout` seconds."""
        self._after(timeout, lambda: self.stop("timed out"))
        try:
            status = self.process.wait()
        finally:
            with self._lock:
                for timer in self._timers:
                    timer.cancel()
            if self.process.stdin is not None:
                self.process.stdin.close()
        if self._told is not None:
            what = f"stopped after {timeout:g} s, its time limit" if self._told == "timed out" else ""
            return Ended(outcome=self._told, message=what)
        return self._ended(status)

    def stop(self, why: Outcome = "stopped") -> None:
        """Tells it to end, and kills it with all its workers where it does not within GRACE seconds."""
        if self._told is not None:
            return
        self._told = why
        # Only the child itself is told: it stops its workers, in whose hands no page may be lost meanwhile.
        self.process.send_signal(signal.SIGTERM)
        self._after(GRACE, self.kill)

    def kill(self) -> None:
        """Ends it and its workers at once."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), what)
        timer.daemon = True
        with self._lock:
            self._timers.append(timer)
        timer.start()

    def _ended(self, status: int) -> Ended:
        if status == 0:
            return Ended(outcome="done")
        words = self._last_words()
        if status == 130:
            return Ended(outcome="stopped", message="it was interrupted")
        if status == 1 and "network" in words:
            return Ended(outcome="no network", message=words)
        how = f"killed by {_signal(-status)}" if status < 0 else f"exit status {status}"
        return Ended(outcome="failed", message=f"{how}: {words}" if words else how)

    def _last_words(self) -> str:
        """Its last line that says what went wrong."""
        try:
            with self.complaints.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LAST_WORDS))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        spoken = [line.strip() for line in lines if line.strip()]
        ours = [line.removeprefix("aggregator: ") for line in spoken if line.startswith("aggregator: ")]
        return (ours or spoken or [""])[-1][:300]


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
