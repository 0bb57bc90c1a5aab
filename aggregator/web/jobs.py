"""Commands that a page starts: processes of their own, a few at a time, looked at until they have ended."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.operations import scheduled

AT_ONCE = 2
REMEMBERED = 50
LONGEST = 600.0
"""Seconds after which a command is told to end."""
MOST_WORDS = 60_000
"""Letters of what a command printed that are kept."""


@dataclass(slots=True, kw_only=True)
class Job:
    """One command."""

    id: str
    kind: str
    """what it does: add, check, poll"""
    subject: str
    """for which source or address"""
    done: bool = False
    status: int | None = None
    output: str = ""
    problem: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)


class Jobs:
    """The commands of one server."""

    def __init__(self, data_folder: Path, words: Sequence[str]) -> None:
        """`words`: the options that say which project it is."""
        self._data, self._words = data_folder, tuple(words)
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(
        self, kind: str, subject: str, command: Sequence[str], given: Sequence[str] = (), *, crawls: bool = False
    ) -> Job | None:
        """Starts `aggregator COMMAND GIVEN`; None where too many are under way.  `given` begins with `--` where it is
        what somebody typed.

        One that crawls waits for the schedule's crawl and holds up its next one: a site is promised one connection.
        """
        with self._lock:
            if sum(not job.done for job in self._known.values()) >= AT_ONCE:
                return None
            job = Job(id=secrets.token_urlsafe(9), kind=kind, subject=subject)
            job.process = self._process([*command, *self._words, *given], crawls=crawls)
            self._known[job.id] = job
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        threading.Thread(target=_await, args=(job,), name=f"job {kind}", daemon=True).start()
        return job

    def _process(self, words: Sequence[str], *, crawls: bool) -> subprocess.Popen[bytes]:
        place = scheduled.folder(self._data)
        place.mkdir(parents=True, exist_ok=True)
        # Each ends with this server, by the pipe that is its standard input; see cli/leash.py.
        lane = place / ("crawl.lock" if crawls else f"web-{secrets.token_hex(4)}.lock")
        package = str(Path(__file__).parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "aggregator", "--leash", str(lane), *words],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def get(self, job_id: str) -> Job | None:
        """A command by its id; None where it was forgotten."""
        return self._known.get(job_id)

    def close(self) -> None:
        """Tells what is under way to end."""
        for job in self._known.values():
            if not job.done and job.process is not None:
                job.process.send_signal(signal.SIGTERM)


def _await(job: Job) -> None:
    process = job.process
    assert process is not None
    try:
        # stdin stays open until then: its end would end the command.
        stdout, stderr = _read(process)
        job.output = stdout.decode("utf-8", "replace")[:MOST_WORDS]
        lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        ours = [number for number, line in enumerate(lines) if line.startswith("aggregator: ")]
        told = lines[ours[-1] :] if ours else lines[-3:]
        job.status = process.returncode
        job.problem = "" if process.returncode == 0 else "\n".join(told).removeprefix("aggregator: ")[:2_000]
    finally:
        job.done = True


def _read(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    timer = threading.Timer(LONGEST, process.terminate)
    timer.daemon = True
    timer.start()
    said: list[bytes] = []
    listener = threading.Thread(target=lambda pipe=process.stderr: said.append(pipe.read()), daemon=True)
    listener.start()
    stdout = process.stdout.read()
    process.wait()
    listener.join()
    timer.cancel()
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()
    return stdout, b"".join(said)
