"""Archives of stored pages: each file is read once, by whatever processes, and gives the lines of a live crawl."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from tests.crawl.conftest import Newsroom, environment, run
from tests.crawl.test_main_job import articles_and_copies
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("whole machine")
"""These keep all cores busy, so that tests that look at the clock stand in the same group."""


@pytest.fixture
def archives(newsroom: Newsroom) -> Path:
    """The pages of a crawl of the demo web, as two WARC files."""
    newsroom.crawl("--set", "archive.enabled=true")
    (whole,) = (newsroom.data / "warc").glob("*.warc.gz")
    content = whole.read_bytes()
    with whole.open("rb") as file:
        starts = [record.stream_pos for record in ArchiveIterator(file)]
    middle = starts[len(starts) // 2]
    folder = newsroom.folder / "archives" / "2026"
    folder.mkdir(parents=True)
    (folder / "a.warc.gz").write_bytes(content[:middle])
    (folder / "b.warc.gz").write_bytes(content[middle:])
    (folder / "notes.txt").write_text("not read")
    return folder.parent


def backfill(newsroom: Newsroom, data: str, *words: str) -> subprocess.CompletedProcess[str]:
    place = ("--sources", str(newsroom.sources), "--data", str(newsroom.folder / data))
    return run([sys.executable, "-m", "aggregator", "backfill", *words, *place], newsroom.folder)


def told(newsroom: Newsroom, data: str) -> list[dict[str, Any]]:
    """The journal, without what tells one run from the other."""
    newsroom.data = newsroom.folder / data
    return [{name: line[name] for name in line if name not in ("at", "run_id")} for line in newsroom.journal()]


def test_a_folder_is_read_into_the_same_articles_once(newsroom: Newsroom, archives: Path) -> None:
    collected = articles_and_copies(newsroom)
    done = backfill(newsroom, "first", str(archives))
    assert done.returncode == 0, done.stderr
    assert "2  files read" in done.stdout
    first = told(newsroom, "first")
    assert articles_and_copies(newsroom) == collected
    again = backfill(newsroom, "first", str(archives))
    assert "2  files that had been read before" in again.stdout
    assert told(newsroom, "first") == first
    # A file that was moved is the same; another choice of its pages is another work.
    shutil.move(archives / "2026" / "a.warc.gz", archives / "moved.warc.gz")
    assert "1  files that had been read before" in backfill(newsroom, "first", str(archives / "moved.warc.gz")).stdout
    other = backfill(newsroom, "first", str(archives / "moved.warc.gz"), "--any-site")
    assert "1  files read" in other.stdout
    assert articles_and_copies(newsroom) == collected


def test_regions_languages_and_times_are_chosen(newsroom: Newsroom, archives: Path) -> None:
    backfill(newsroom, "whole", str(archives))
    newsroom.data = newsroom.folder / "whole"
    everything = newsroom.articles()
    fa = {line["id"] for line in everything if line["language"] == "fa"}
    assert 0 < len(fa) < len(everything)
    backfill(newsroom, "persian", str(archives), "--language", "fa")
    newsroom.data = newsroom.folder / "persian"
    assert {line["id"] for line in newsroom.articles()} == fa
    one = everything[0]["source"]["id"]
    backfill(newsroom, "one", str(archives), "--source", one)
    newsroom.data = newsroom.folder / "one"
    assert {line["source"]["id"] for line in newsroom.articles()} == {one}
    (archives / "foreign.warc.gz").write_bytes(b"no archive")
    none = backfill(newsroom, "future", str(archives), "--since", "2100-01-01")
    assert none.returncode == 0, none.stderr
    assert "0  new articles" in none.stdout
    assert "foreign.warc.gz cannot be read as WARC" in none.stdout
    assert "2  files read" in none.stdout


def test_a_killed_backfill_goes_on_and_doubles_nothing(newsroom: Newsroom, archives: Path) -> None:
    whole = backfill(newsroom, "whole", str(archives))
    assert whole.returncode == 0, whole.stderr
    ids = [line["id"] for line in told(newsroom, "whole") if line["kind"] == "article"]
    words = [sys.executable, "-m", "aggregator", "backfill", str(archives), "--sources", str(newsroom.sources)]
    newsroom.data = newsroom.folder / "killed"
    process = subprocess.Popen(
        [*words, "--data", str(newsroom.data), "--quiet"],
        cwd=newsroom.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    file = newsroom.data / "articles.jsonl"
    until(lambda: process.poll() is not None or (file.exists() and file.stat().st_size))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = backfill(newsroom, "killed", str(archives))
    assert done.returncode == 0, done.stderr
    assert [line["id"] for line in told(newsroom, "killed") if line["kind"] == "article"] == ids


def test_what_cannot_be_read_is_said_in_one_line(newsroom: Newsroom) -> None:
    empty = newsroom.folder / "empty"
    empty.mkdir()
    (newsroom.folder / "page.html").write_text("<p>no archive")
    for words, said in (
        ((str(empty),), "no file below"),
        ((str(newsroom.folder / "page.html"),), "cannot be read as WARC"),
        ((str(newsroom.folder / "page.html"), "--dask", "tcp://127.0.0.1:9"), "no Dask scheduler answers"),
        ((str(newsroom.folder / "missing"),), "does not exist"),
    ):
        done = backfill(newsroom, "none", *words)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """Address of a Dask scheduler with two workers, each a process under a nanny."""
    pytest.importorskip("distributed", reason='needs the extra "dask"')
    file, started = tmp_path / "scheduler.json", []
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    quiet = {"cwd": tmp_path, "env": environment(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started.append(subprocess.Popen([*words, "--no-dashboard", "--scheduler-file", str(file)], **quiet))
    until(file.exists)
    address = json.loads(file.read_text())["address"]
    words = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nworkers", "2", "--nthreads", "1"]
    started.append(subprocess.Popen([*words, "--host", "127.0.0.1", "--no-dashboard"], **quiet))
    yield address
    for process in reversed(started):
        process.terminate()
    for process in started:
        process.wait(timeout=30)


def test_the_workers_of_a_cluster_give_the_same_lines(newsroom: Newsroom, archives: Path, cluster: str) -> None:
    here = backfill(newsroom, "here", str(archives))
    assert here.returncode == 0, here.stderr
    there = backfill(newsroom, "there", str(archives), "--dask", cluster)
    assert there.returncode == 0, there.stderr
    assert told(newsroom, "there") == told(newsroom, "here")
