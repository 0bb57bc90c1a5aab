"""What an operator sees, and what monitoring is told."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.operations import history, overview, scheduled
from aggregator.operations.coverage import _COLUMNS, coverage, coverage_table, reasons
from aggregator.operations.overview import Overview
from aggregator.operations.scheduled import JobState, State
from aggregator.operations.screen import status_table
from aggregator.operations.standing import standing
from aggregator.records import PollState
from aggregator.store import SqliteStore
from tests.schedule.conftest import Project, config_toml

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "aggregator.toml").write_text(config_toml(), encoding="utf-8")
    found = configuration.load(tmp_path)
    SqliteStore(found.database).close()
    return found


def look(config: Config) -> Overview:
    store = SqliteStore(config.database)
    try:
        return overview.overview(store, config, NOW)
    finally:
        store.close()


def screen(config: Config, found: Overview) -> str:
    store = SqliteStore(config.database)
    console = Console(width=80, record=True, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(status_table(standing(store, config, NOW), found, NOW), highlight=False)
    console.file.close()
    store.close()
    return console.export_text()


def crawled(config: Config, hours: float, **counts: int) -> None:
    at = NOW - timedelta(hours=hours)
    named = {name.replace("_", "/"): number for name, number in counts.items()}
    record = history.RunRecord(kind="crawl", name="feeds", began=at, ended=at, outcome="done", counts=named)
    history.append(config.data_folder, record)


def fails(config: Config, sources: int, of: int) -> None:
    store = SqliteStore(config.database)
    run = store.begin_run("feeds", "", NOW)
    for number in range(of):
        failures = 5.0 if number < sources else 0.0
        feed = f"https://s{number}.example/feed"
        state = PollState(feed=feed, source_id=f"s{number}", polled=NOW, failures=failures, error="HTTP 500")
        store.record_poll(run, [], lambda tally, state=state: state, NOW)  # type: ignore[misc]
    names = [f"s{number}" for number in range(sources)]
    told = "no feed can be had: HTTP 500"
    store.record_health(run, names, lambda known: replace(known, state="failing", reason=told, since=NOW), NOW)
    store.end_run(run, "finished", NOW)
    store.close()


class TestNeeds:
    """Each alarm of docs/operations.md."""

    def test_nobody_is_needed_where_no_schedule_was_started_or_it_was_stopped(self, config: Config) -> None:
        assert look(config).needs == ()
        scheduled.folder(config.data_folder).mkdir()
        scheduled.save(config.data_folder, State(pid=0, jobs={"tick": JobState(failures=9)}))
        assert look(config).needs == ()

    def test_a_schedule_that_died(self, config: Config) -> None:
        scheduled.folder(config.data_folder).mkdir()
        scheduled.save(config.data_folder, State(pid=4711, alive=NOW))
        (need,) = look(config).needs
        assert "4711" in need

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            (State(pid=1, alive=NOW - timedelta(minutes=6)), "said nothing"),
            (State(pid=1, alive=NOW, problem="aggregator.toml: x"), "not used"),
            (State(pid=1, alive=NOW, jobs={"tick": JobState(failures=3, message="exit status 2")}), "3 times"),
        ],
    )
    def test_a_schedule_that_hangs_or_cannot_work(self, config: Config, state: State, said: str) -> None:
        with scheduled.lock(config.data_folder):
            scheduled.save(config.data_folder, state)
            (need,) = look(config).needs
            assert said in need

    def test_one_failure_is_no_alarm(self, config: Config) -> None:
        with scheduled.lock(config.data_folder):
            scheduled.save(config.data_folder, State(pid=1, alive=NOW, jobs={"tick": JobState(failures=2)}))
            assert look(config).needs == ()

    def test_a_disk_that_is_nearly_full(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(overview, "LITTLE", 10**18)
        (need,) = look(config).needs
        assert "disk" in need

    def test_most_sources_at_once_and_not_a_few(self, config: Config) -> None:
        fails(config, 3, of=6)
        found = look(config)
        assert found.needs == ()
        assert [trouble.source_id for trouble in found.troubles] == ["s0", "s1", "s2"]
        fails(config, 4, of=6)
        found = look(config)
        assert "4 of 6" in found.needs[0]
        assert found.health == {"failing": 4, "ok": 2}


def test_the_last_day_is_what_its_crawls_have_counted(config: Config) -> None:
    crawled(config, 25, feeds_polled=1000)
    crawled(config, 23, feeds_polled=60, feeds_unchanged=45, pages=20, outcome_unique=9, outcome_failed=2)
    crawled(config, 1, feeds_polled=40, feeds_unchanged=30, outcome_revision=1)
    day = look(config).day
    assert (day.crawls, day.polls, day.unchanged, day.pages, day.new, day.revisions) == (2, 100, 75, 20, 9, 1)
    assert day.errors == {"pages given up": 2}


def test_the_screen_fits_80_columns_and_is_one(config: Config) -> None:
    crawled(config, 1, feeds_polled=1234567, feeds_unchanged=1000000, outcome_unique=9, outcome_failed=2)
    fails(config, 20, of=30)
    with scheduled.lock(config.data_folder):
        job = JobState(began=NOW, ended=NOW, outcome="failed", message="exit status 2: " + "x" * 200, failures=4)
        jobs = {"tick": job, "morning": replace(job, pid=99), "new": JobState()}
        scheduled.save(config.data_folder, State(pid=1, since=NOW, alive=NOW, jobs=jobs))
        text = screen(config, look(config))
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) < 60
    for words in ("running since 2026-11-23", "81% unchanged", "4 failures in a row", "process 99", "s0 is failing"):
        assert words in text
    assert "and 12 more" in text
    assert "needs you" in text


def test_the_sources_fit_80_columns_with_their_reasons_below(config: Config) -> None:
    fails(config, 2, of=3)
    (config.root / "config" / "sources").mkdir()
    entries = [
        f'[[source]]\nid = "{name}"\nname = "S"\nhomepage = "https://{name}.example/"\nregion = "europe"\n'
        f'languages = ["en"]\nfeeds = ["https://{name}.example/feed"]\n'
        for name in ("s0", "s1", "s2", "a-source-with-a-name-that-is-longer-than-others")
    ]
    (config.root / "config" / "sources" / "europe.toml").write_text("".join(entries), encoding="utf-8")
    store = SqliteStore(config.database)
    rows = coverage(store, config, NOW)
    store.close()
    texts = {}
    for width in (80, 200):
        console = Console(width=width, record=True, file=io.StringIO())
        console.print(coverage_table(rows, NOW, width), highlight=False)
        texts[width] = console.export_text()
        assert max(len(line.rstrip()) for line in texts[width].splitlines()) <= width
        assert "\u2026" not in texts[width], "nothing is cut"
    assert "no feed can be had" in texts[200]
    assert "missed" not in texts[80]
    assert reasons(rows)[0] == "s0 is failing: no feed can be had: HTTP 500"
    assert {row.source_id: row.health for row in rows}["s2"] == "ok"


def test_status_of_a_running_schedule(project: Project) -> None:
    process = project.start()
    project.until(lambda: project.records())
    done = project.command("status")
    assert done.returncode == 0, done.stdout
    assert f"process {process.pid}" in done.stdout
    assert "last 24 h" in done.stdout
    told = json.loads(project.command("status", "--json").stdout)
    assert told["schedule"]["running"] is True
    assert told["schedule"]["jobs"][0]["name"] == "tick"
    assert told["schedule"]["day"]["new"] >= 1
    assert told["counts"]["articles.unique"] >= 1
    process.kill()
    process.wait()
    done = project.command("status")
    assert done.returncode == 1
    assert "has died" in " ".join(done.stdout.split())
    project.until(lambda: not project.of_this_project(), within=40)


def test_watching_ends_with_ctrl_c(config: Config) -> None:
    controller, terminal = pty.openpty()
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "status", "--watch"],
        cwd=config.root,
        env={**os.environ, "PYTHONPATH": root, "TERM": "xterm", "COLUMNS": "80"},
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    while b"schedule" not in seen:
        seen += os.read(controller, 4096)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            if not os.read(controller, 4096):
                break
        except OSError:
            break
    assert process.wait(20) == 0
    os.close(controller)


def test_every_row_and_column_is_in_the_manual() -> None:
    """Rows as the code names them; columns as the table has them."""
    manual = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
    operations = Path(overview.__file__).parent
    code = (operations / "screen.py").read_text("utf-8") + (operations / "standing.py").read_text("utf-8")
    named = set(re.findall(r'yield \(?\s*"([a-z0-9 ]+)"', code))
    rows = re.findall(r"^\| `([a-z0-9 ]+)` \| (?:always|where|after)", manual, re.MULTILINE)
    assert set(rows) == named
    table = manual.partition("Every column of `status --sources`")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z/ ]+)` \|", table, re.MULTILINE)) == (*_COLUMNS, "why")
