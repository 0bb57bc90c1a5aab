"""Real crawls: real processes, real sockets, the bundled news web."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.demo.tour import CROWDED
from aggregator.journal.reading import lines


class Newsroom:
    """A data folder, a catalogue, and the commands that a user would give."""

    def __init__(self, folder: Path, server: DemoServer) -> None:
        self.folder, self.server = folder, server
        self.data = folder / "data"
        self.sources = folder / "web.toml"
        self.sources.write_text(catalogue_toml(server.web), encoding="utf-8")

    def arguments(self, *more: str, sets: tuple[str, ...] = CROWDED) -> list[str]:
        flags = [part for override in sets for part in ("--set", override)]
        place = ["--sources", str(self.sources), "--data", str(self.data)]
        return [sys.executable, "-m", "aggregator", "crawl", *place, *flags, *more]

    def crawl(self, *more: str, sets: tuple[str, ...] = CROWDED) -> subprocess.CompletedProcess[str]:
        return run(self.arguments(*more, sets=sets), self.folder)

    def crawl_until_done(self) -> None:
        """Crawls until nothing waits for a retry any more."""
        for _ in range(6):
            done = self.crawl()
            assert done.returncode == 0, done.stdout + done.stderr
            if "pending for a later run" not in done.stdout:
                return
        raise AssertionError(f"still pending after six crawls:\n{done.stdout}")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run([sys.executable, "-m", "aggregator", *words, "--data", str(self.data)], self.folder)

    def scrapy(self, *words: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "AGGREGATOR_SET": ";".join(CROWDED),
            "AGGREGATOR_DATA": str(self.data),
            "AGGREGATOR_SOURCES": str(self.sources),
            "SCRAPY_SETTINGS_MODULE": "aggregator.settings",
        }
        return run([sys.executable, "-m", "scrapy", *words], self.folder, settings)

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.arguments(*more),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment(),
        )

    def journal(self) -> list[dict[str, Any]]:
        return list(lines(self.data))

    def articles(self) -> list[dict[str, Any]]:
        text = (self.data / "articles.jsonl").read_text(encoding="utf-8")
        assert text.endswith("\n")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def files(self) -> dict[str, bytes]:
        """Every file that consumers read, with its bytes."""
        paths = [self.data / "articles.jsonl", *sorted((self.data / "journal").glob("*.json*"))]
        return {path.name: path.read_bytes() for path in paths}


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": root, **(more or {})}


def run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment(more), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with DemoServer() as server:
        yield Newsroom(tmp_path, server)
