"""The schedule as a process: what it starts, what it stops, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.operations import children
from aggregator.operations.children import Child
from tests.schedule.conftest import ROOT, Project

MEMORY = 80_000
"""Kilobytes that the schedule may have while it waits."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def alive(pid: int) -> bool:
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_it_loads_none_of_the_libraries_that_its_children_need() -> None:
    names = "scrapy twisted trafilatura numpy feedparser py3langid pebble htmldate"
    code = f"import aggregator.operations.schedule, sys; print(*set(sys.modules) & set({names.split()}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []


def test_it_crawls_again_and_again_one_run_at_a_time_and_ends_cleanly(project: Project) -> None:
    process = project.start()
    project.until(lambda: len(project.records()) >= 2)
    second = project.command("schedule")
    assert second.returncode == 2
    assert f"process {process.pid}" in second.stderr
    pid = project.until(lambda: project.job("tick").get("pid"))
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert time.monotonic() - began < 10
    assert not alive(pid)
    assert project.of_this_project() == []
    records = project.records()
    assert [record["outcome"] for record in records] == [*["done"] * (len(records) - 1), "stopped"]
    for before, after in pairwise(records):
        assert before["ended"] <= after["began"], "two runs at once"
        late = datetime.fromisoformat(after["began"]) - datetime.fromisoformat(after["planned"])
        assert late < timedelta(seconds=1), "its starts do not creep"
    assert project.state()["pid"] == 0
    assert project.job("tick")["skipped"] >= 1, "a run is longer than its interval"
    assert len(project.articles()) > 10


def test_where_nothing_is_due_no_process_is_started_and_it_is_small(project: Project) -> None:
    file = project.folder / "config" / "aggregator.toml"
    file.write_text(file.read_text("utf-8").replace('min_interval = "1s"', 'min_interval = "1h"'), encoding="utf-8")
    only = project.catalogue.read_text("utf-8").split("[[source]]")[1]
    project.catalogue.write_text(f"[[source]]{only}", encoding="utf-8")
    process = project.start()
    project.until(lambda: project.job("tick").get("outcome") == "done" and project.job("tick")["idle"] >= 2)
    before = project.job("tick")
    now = project.until(lambda: (found := project.job("tick"))["idle"] > before["idle"] and found)
    assert now["runs"] == before["runs"]
    assert resident(process.pid) < MEMORY


def test_a_run_that_takes_too_long_is_stopped_and_shown(project: Project) -> None:
    project.configure('name = "slow"\nevery = "1s"\ntimeout = "1s"')
    project.start()
    record = project.until(lambda: project.records() and project.records()[0])
    assert record["outcome"] == "timed out"
    assert "time limit" in record["message"]
    assert "slow: timed out" in project.said()


def test_a_child_that_does_not_listen_is_killed_with_its_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GRACE", 0.2)
    (tmp_path / "schedule").mkdir()
    child = Child("deaf", "crawl", ["demo", "--serve", "--keep", str(tmp_path / "web")], tmp_path, tmp_path)
    os.kill(child.pid, signal.SIGSTOP)
    ended = child.wait(timeout=0.2)
    assert ended.outcome == "timed out"
    assert not alive(child.pid)


def test_a_child_ends_with_the_schedule_that_was_killed_and_nothing_is_lost_or_doubled(project: Project) -> None:
    """kill -9 leaves nobody to tell the child: it notices by itself, so that no orphan does the work twice."""
    first = project.start()
    pid = project.until(lambda: project.job("tick").get("pid"))
    project.until(lambda: (project.data / "articles.jsonl").exists() and project.articles())
    first.kill()
    first.wait()
    again = project.start()  # at once, while the orphan still ends
    project.until(lambda: not alive(pid), within=40)
    project.until(lambda: project.job("tick")["runs"] >= 3 and project.job("tick").get("outcome") == "done")
    assert project.state()["pid"] == again.pid
    assert project.job("tick")["failures"] == 0, "the new child waited for the old one"
    again.send_signal(signal.SIGTERM)
    assert again.wait(30) == 0
    assert project.of_this_project() == []
    assert project.command("crawl", "--quiet").returncode == 0
    seqs = [line["seq"] for line in project.lines()]
    assert seqs == list(range(1, len(seqs) + 1))
    assert max(Counter(article["id"] for article in project.articles()).values()) == 1


def test_a_child_that_is_killed_is_a_failure_of_one_run(project: Project) -> None:
    process = project.start()
    pid = project.until(lambda: project.job("tick").get("pid"))
    os.killpg(pid, signal.SIGKILL)
    record = project.until(lambda: project.records() and project.records()[0])
    assert (record["outcome"], record["message"]) == ("failed", "killed by SIGKILL")
    assert process.poll() is None
    assert project.job("tick")["failures"] == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert project.command("schedule", "--once").returncode == 0, "it rests for a minute after a failure"
    assert project.job("tick")["idle"] >= 1


def test_once_runs_what_is_due_and_ends(project: Project) -> None:
    """For timers of the system."""
    project.configure('name = "hourly"\nevery = "1h"', 'name = "night"\ncron = "0 3 * * *"')
    done = project.command("schedule", "--once")
    assert done.returncode == 0, done.stderr
    assert [record["name"] for record in project.records()] == ["hourly"]
    assert project.command("schedule", "--once").returncode == 0
    assert len(project.records()) == 1, "its hour has not come"
    told = project.command("schedule", "--dry-run").stdout
    assert "hourly" in told
    assert "night" in told
    assert max(map(len, told.splitlines())) <= 80


def test_a_changed_configuration_is_used_at_once_and_a_wrong_one_never(project: Project) -> None:
    process = project.start()
    project.until(lambda: project.job("tick").get("pid"))
    file = project.folder / "config" / "aggregator.toml"
    good = file.read_text("utf-8")
    file.write_text(good + "[[schedule]]\nname = 3\n", encoding="utf-8")
    project.until(lambda: "is not used" in project.said())
    assert "aggregator.toml" in project.state()["problem"]
    runs = project.job("tick")["runs"]
    project.until(lambda: project.job("tick")["runs"] > runs and project.job("tick").get("outcome") == "done")
    project.configure('name = "other"\nevery = "1s"\nsource = "demo-iranpress"')
    project.until(lambda: project.job("other").get("outcome") == "done")
    assert project.state()["problem"] == ""
    assert project.job("tick") == {}, "no ghost of the old job"
    said = project.said()
    os.kill(process.pid, signal.SIGHUP)
    project.until(lambda: project.said().count("was read again") > said.count("was read again"))


def test_a_source_that_is_taken_out_while_it_is_crawled_is_asked_no_more(project: Project) -> None:
    process = project.start()
    project.until(lambda: project.job("tick").get("pid"))
    project.until(lambda: (project.data / "articles.jsonl").exists())
    first, *others = project.catalogue.read_text("utf-8").split("[[source]]")[1:]
    project.catalogue.write_text("".join(f"[[source]]{other}" for other in others), encoding="utf-8")
    project.until(lambda: "was read again" in project.said())
    runs = project.job("tick")["runs"]
    project.until(lambda: project.job("tick")["runs"] >= runs + 2)
    asked = len(project.server.requests)
    project.until(lambda: project.job("tick")["runs"] >= runs + 3)
    gone = first.partition('homepage = "')[2].partition('"')[0].partition("//")[2].rstrip("/")
    feeds = [request.path for request in project.server.requests[asked:] if request.host == gone]
    assert not [path for path in feeds if "rss" in path or "feed" in path]
    assert process.poll() is None


def test_without_a_network_it_says_so_and_tries_again_later(project: Project) -> None:
    """Names under .invalid never resolve, so this machine looks offline to the crawl."""
    project.catalogue.write_text(
        '[[source]]\nid = "far"\nname = "Far"\nhomepage = "http://far.invalid/"\nregion = "europe"\n'
        'languages = ["en"]\nfeeds = ["http://far.invalid/feed"]\n',
        encoding="utf-8",
    )
    assert project.command("schedule", "--once").returncode == 1
    (record,) = project.records()
    assert record["outcome"] == "no network"
    assert project.command("schedule", "--once").returncode == 0, "it rests for a minute"
    assert len(project.records()) == 1


def test_after_a_day_off_there_is_one_run_at_once(project: Project) -> None:
    """However many were missed; then the next one has its time."""
    project.configure('name = "hourly"\nevery = "1h"')
    assert project.command("schedule", "--once").returncode == 0
    file = project.data / "schedule" / "state.json"
    state = json.loads(file.read_bytes())
    yesterday = datetime.fromisoformat(state["jobs"]["hourly"]["planned"]) - timedelta(days=1)
    state["jobs"]["hourly"]["planned"] = yesterday.isoformat()
    file.write_text(json.dumps(state), encoding="utf-8")
    project.start()
    project.until(lambda: project.job("hourly")["runs"] >= 2 and project.job("hourly").get("outcome") == "done")
    job = project.job("hourly")
    assert datetime.fromisoformat(job["next"]).minute == 0
    assert job["skipped"] == 0


def test_without_a_contact_it_does_not_start(project: Project) -> None:
    file = project.folder / "config" / "aggregator.toml"
    file.write_text(file.read_text("utf-8").replace("mailto:demo@example.org", ""), encoding="utf-8")
    done = project.command("schedule")
    assert done.returncode == 2
    assert "crawl.contact" in done.stderr
    file.write_text(
        file.read_text("utf-8").replace('contact = ""', 'contact = "mailto:a@example.org"')
        + '[[schedule]]\nname = "x"\nevery = 60\nregion = "atlantis"\n',
        encoding="utf-8",
    )
    done = project.command("schedule", "--dry-run")
    assert done.returncode == 2
    assert "atlantis" in done.stderr
