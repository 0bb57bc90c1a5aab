"""Every error that a newcomer can make in the first ten minutes: one clear line that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def aggregator(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, "-m", "aggregator", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    done = aggregator(tmp_path, "init", "mynews")
    assert done.returncode == 0, done.stderr
    return tmp_path / "mynews"


def assert_refused(done: subprocess.CompletedProcess[str], *words: str, status: int = 2) -> None:
    """One line on standard error, no traceback, the words in it, the exit status."""
    complaint = [line for line in done.stderr.splitlines() if line.startswith("aggregator: ")]
    assert len(complaint) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in complaint[0]
    assert done.returncode == status


def test_without_a_project_it_says_how_to_make_one(tmp_path):
    assert_refused(aggregator(tmp_path, "crawl"), "aggregator init", "--sources")


def test_a_project_is_not_made_over_another(project):
    assert_refused(aggregator(project, "init", "."), "is there already")


def test_bad_toml_names_file_and_line(project):
    (project / "config" / "aggregator.toml").write_text("[crawl]\ndelay = \n", encoding="utf-8")
    assert_refused(aggregator(project, "crawl"), "aggregator.toml", "line 2")


def test_a_misspelt_key_names_the_right_one(project):
    assert_refused(aggregator(project, "crawl", "--set", "crawl.dely=3"), "crawl.dely", "did you mean delay")


def test_a_wrong_value_says_what_was_expected(project):
    assert_refused(aggregator(project, "crawl", "--set", "crawl.delay=fast"), "0.3s", "'fast'")
    assert_refused(aggregator(project, "crawl", "--set", "network.allow=here"), "127.0.0.0/8")
    assert_refused(aggregator(project, "crawl", "--set", "crawl.delay"), "KEY=VALUE")


def test_a_misspelt_catalogue_key_names_file_and_source(project):
    file = project / "config" / "sources" / "europe.toml"
    file.write_text(file.read_text("utf-8").replace("country =", "contry =", 1), encoding="utf-8")
    assert_refused(aggregator(project, "sources", "list"), "europe.toml", "contry", "did you mean")


def test_an_unknown_region_lists_the_regions(project):
    assert_refused(aggregator(project, "crawl", "--region", "atlantis"), "atlantis", "middle-east")


def test_an_unknown_source_names_a_near_one(project):
    assert_refused(aggregator(project, "crawl", "--source", "irnaa"), "did you mean 'irna'")


def test_a_missing_or_wrong_file_of_sources_is_named(project):
    assert_refused(aggregator(project, "crawl", "--sources", "nope.csv"), "nope.csv", "no such file")
    (project / "bad.csv").write_text("name,type,url\nX,rss,file:///etc/passwd\n", encoding="utf-8")
    assert_refused(aggregator(project, "crawl", "--sources", "bad.csv"), "bad.csv", "line 2", "http")


def test_a_data_folder_that_cannot_be_written_is_named(project):
    (project / "file").write_text("", encoding="utf-8")
    assert_refused(aggregator(project, "crawl", "--data", "file"), "cannot be written", "--data")


def test_a_damaged_database_is_refused_and_not_overwritten(project):
    (project / "data").mkdir()
    database = project / "data" / "aggregator.db"
    database.write_bytes(b"this was never a database" * 100)
    assert_refused(aggregator(project, "status"), "move it away")
    assert database.read_bytes().startswith(b"this was never")


def test_a_port_in_use_is_named_with_the_way_out(project):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_refused(aggregator(project, "demo", "--port", str(port)), str(port), "--port")


def test_the_demo_empties_no_folder_that_is_not_its_own(project):
    (project / "precious").mkdir()
    (project / "precious" / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert_refused(aggregator(project, "demo", "--keep", "precious"), "not empty", "--keep")
    assert (project / "precious" / "thesis.txt").exists()


def test_nothing_collected_yet_says_what_collects(project):
    for words in (("status",), ("export",), ("show", "abc"), ("why", "abc"), ("journal", "rebuild")):
        assert_refused(aggregator(project, *words), "aggregator crawl")


def test_a_page_needs_its_url(project):
    (project / "page.html").write_text("<p>x</p>", encoding="utf-8")
    assert_refused(aggregator(project, "extract", "page.html"), "--url")
    assert_refused(aggregator(project, "extract", "nope.html", "--url", "http://x.example/"), "nope.html")


def test_without_a_network_one_line_points_to_the_demo(project):
    """Names under .invalid never resolve, so this machine looks offline to the crawl."""
    (project / "far.csv").write_text("name,type,url\nFar,rss,http://far.invalid/feed\n", encoding="utf-8")
    done = aggregator(project, "crawl", "--sources", "far.csv", "--set", "crawl.contact=mailto:me@example.org")
    assert_refused(done, "no network", "aggregator demo", status=1)
    assert done.stdout == ""
    again = aggregator(project, "crawl", "--sources", "far.csv", "--set", "crawl.contact=mailto:me@example.org")
    assert_refused(again, "no network", status=1)  # being offline has not put the feed off


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_wrong_python_is_named_with_the_way_out(tmp_path):
    old = tmp_path / "oldpython"
    old.write_text("#!/bin/sh\ncase \"$1\" in -V) echo 'Python 3.8.1';; *) exit 1;; esac\n", encoding="utf-8")
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    command = ["make", "demo", f"PYTHON={old}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "Python 3.8.1: Python 3.11 or newer is needed" in done.stdout
    command = ["make", "demo", "PYTHON=python-that-is-not-there"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert "install Python 3.11 or newer" in done.stdout


def test_every_command_has_help_with_an_example(tmp_path):
    from aggregator.cli import main

    def commands(group, *above):
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, *above, name)
            else:
                yield " ".join((*above, name)), command

    for name, command in commands(main):
        assert "Example" in (command.help or ""), name
        assert f"aggregator {name}" in (command.help or ""), name
