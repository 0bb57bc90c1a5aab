"""The queue as `aggregator status` and `aggregator doctor` show it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.fleet.jobs import SourceJob
from aggregator.store import server_upkeep
from tests import postgres_server
from tests.crawl.conftest import environment

missing = postgres_server.what_is_missing()
if missing:
    pytest.skip(missing, allow_module_level=True)

import psycopg  # noqa: E402 - an extra

from aggregator.fleet import queue  # noqa: E402


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aggregator", *words],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def project(folder: Path, url: str) -> Path:
    (folder / "config" / "sources").mkdir(parents=True)
    text = f'[store]\nurl = "{url}"\n[fleet]\nenabled = true\n'
    (folder / "config" / "aggregator.toml").write_text(text, encoding="utf-8")
    (folder / "config" / "sources" / "none.toml").write_text("", encoding="utf-8")
    return folder


def tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    assert row is not None
    return int(row[0])


def test_status_shows_what_waits_and_that_nobody_works(tmp_path: Path, postgres: str) -> None:
    assert queue.standing(postgres) == queue.Queued(workers=queue.standing(postgres).workers)
    jobs = [SourceJob(source_id=name, host=name, priority=1) for name in ("a", "b", "c")]
    assert queue.defer(postgres, jobs, spider="feeds", poll="due") == 3
    with psycopg.connect(postgres) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'source' = 'c'")
        connection.execute("UPDATE procrastinate_events SET at = at - interval '90 minutes' WHERE type = 'deferred'")
    folder = project(tmp_path, postgres)
    shown = command(folder, "status")
    assert "2 jobs waiting, 0 running, 1 given up; the oldest waits for 90 min" in shown.stdout, shown.stderr
    told = json.loads(command(folder, "status", "--json").stdout)["fleet"]
    assert (told["waiting"], told["running"], told["failed"]) == (2, 0, 1)
    assert datetime.fromisoformat(told["oldest"]) < datetime.now(UTC) - timedelta(minutes=89)


def test_the_queue_in_words() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    found = queue.Queued(waiting=3, running=1, oldest=now - timedelta(minutes=7), workers=("red 12", "blue 7"))
    assert queue.told(found, now) == [
        ("fleet", "3 jobs waiting, 1 running, 0 given up; the oldest waits for 7 min"),
        ("  workers", "red 12, blue 7"),
    ]
    assert queue.told(queue.Queued(), now)[1] == ("  workers", "none: `aggregator worker` starts one")


def test_doctor_makes_no_tables_in_an_empty_database(tmp_path: Path, postgres: str) -> None:
    assert server_upkeep.is_empty(postgres)
    done = command(project(tmp_path, postgres), "doctor")
    assert "is empty: the first crawl, or the schedule, makes the tables" in done.stdout, done.stderr
    assert tables(postgres) == 0
    assert not server_upkeep.is_empty("postgresql://nobody@/none?host=/nowhere")
