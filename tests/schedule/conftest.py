"""A project over the bundled news web, and its schedule as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.demo.tour import CROWDED
from aggregator.journal.reading import lines
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0


def config_toml(*schedules: str, maintenance: str = "every = 0") -> str:
    """A configuration for the demo web: no pauses, loopback allowed."""
    tables: dict[str, list[str]] = {"maintenance": [maintenance]}
    for override in CROWDED:
        key, _, value = override.partition("=")
        section, _, name = key.partition(".")
        tables.setdefault(section, []).append(f"{name} = {json.dumps([value] if name == 'allow' else value)}")
    text = "".join(f"[{section}]\n" + "\n".join(found) + "\n" for section, found in tables.items())
    return text + "".join(f"[[schedule]]\n{schedule}\n" for schedule in schedules)


class Project:
    """A project folder, and the commands that an operator would give."""

    def __init__(self, folder: Path, server: DemoServer) -> None:
        self.folder, self.server, self.data = folder, server, folder / "data"
        self.started: list[subprocess.Popen[str]] = []
        (folder / "config" / "sources").mkdir(parents=True)
        self.catalogue = folder / "config" / "sources" / "web.toml"
        self.catalogue.write_text(catalogue_toml(server.web), encoding="utf-8")
        self.configure('name = "tick"\nevery = "1s"')

    def configure(self, *schedules: str, maintenance: str = "every = 0") -> None:
        """Writes aggregator.toml with these jobs."""
        file = self.folder / "config" / "aggregator.toml"
        file.with_suffix(".new").write_text(config_toml(*schedules, maintenance=maintenance), encoding="utf-8")
        file.with_suffix(".new").replace(file)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Starts `aggregator schedule`; what it says is kept in schedule.txt."""
        with (self.folder / "schedule.txt").open("a", encoding="utf-8") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", "schedule", *words],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                text=True,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def said(self) -> str:
        return (self.folder / "schedule.txt").read_text(encoding="utf-8")

    def state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.data / "schedule" / "state.json").read_bytes()))
        except FileNotFoundError:
            return {"jobs": {}}

    def job(self, name: str) -> dict[str, Any]:
        return dict(self.state()["jobs"].get(name, {}))

    def records(self, kind: str = "job") -> list[dict[str, Any]]:
        paths = sorted((self.data / "history").glob("*.jsonl"))
        found = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
        return [record for record in found if record["kind"] == kind]

    def until(self, what: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Waits until something is true: a process on its own can only be watched."""
        return until(what, within, self.said)

    def of_this_project(self) -> list[int]:
        """Processes that work on this project's data folder."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(str(self.data).encode() in word for word in words):
                found.append(int(place.name))
        return found

    def lines(self) -> list[dict[str, Any]]:
        return list(lines(self.data))

    def articles(self) -> list[dict[str, Any]]:
        text = (self.data / "articles.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with DemoServer() as server:
        found = Project(tmp_path, server)
        yield found
        found.close()
