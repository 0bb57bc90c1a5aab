"""Cleaning, backups, and what the doctor finds."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator import config as configuration
from aggregator.config import Config, StoreOptions
from aggregator.demo.server import DemoServer
from aggregator.errors import InputError, StoreError
from aggregator.journal.checking import differences
from aggregator.journal.jsonl import rebuild
from aggregator.operations import scheduled, upkeep
from aggregator.operations.doctor import Finding, examine
from aggregator.operations.scheduled import JobState, State
from aggregator.operations.snapshot import Origin
from aggregator.store import SqliteStore, StorePlace, open_store
from aggregator.store import upkeep as files
from tests.schedule.conftest import Project

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has crawled the demo web once."""
    folder = tmp_path_factory.mktemp("crawled")
    with DemoServer() as server:
        found = Project(folder, server)
        done = found.command("crawl", "--quiet", "--set", "archive.enabled=true", "--source", "demo-iranpress")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def config(crawled: Path, tmp_path: Path) -> Config:
    shutil.copytree(crawled, tmp_path, dirs_exist_ok=True)
    return configuration.load(tmp_path)


def found(config: Config, what: str) -> Finding:
    (one,) = (finding for finding in examine(Origin(start=config.root), NOW) if finding.what == what)
    return one


class TestBackup:
    def test_a_copy_is_whole_and_brings_everything_back(self, config: Config, tmp_path: Path) -> None:
        path, size = upkeep.backup(config, tmp_path / "kept", 0, NOW)
        assert path.name == "aggregator-20300101T120000Z.db"
        assert size == path.stat().st_size > 10_000
        before = {file.name: file.read_bytes() for file in config.data_folder.glob("articles.jsonl")}
        shutil.rmtree(config.data_folder)
        config.data_folder.mkdir()
        shutil.copyfile(path, config.database)
        store = SqliteStore(config.database)
        rebuild(store, config.data_folder)
        store.close()
        assert {file.name: file.read_bytes() for file in config.data_folder.glob("articles.jsonl")} == before

    def test_it_is_taken_at_one_moment_while_somebody_writes(self, config: Config, tmp_path: Path) -> None:
        store = SqliteStore(config.database)
        run = store.begin_run("feeds", "", NOW)
        with store.transaction():
            store.execute("UPDATE runs SET outcome = 'half' WHERE run_id = :run", run=run)
            path, _ = upkeep.backup(config, tmp_path / "kept", 0, NOW)
        store.close()
        copied = sqlite3.connect(path)
        assert copied.execute("SELECT outcome FROM runs WHERE run_id = ?", (run,)).fetchone() == (None,)
        copied.close()

    def test_only_the_newest_are_kept_and_nothing_else_is_touched(self, config: Config, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        kept.mkdir()
        (kept / "letters.db").write_text("mine", encoding="utf-8")
        for day in range(4):
            upkeep.backup(config, kept, 2, NOW + timedelta(days=day))
        assert [path.name[11:19] for path in upkeep.backups(kept)] == ["20300103", "20300104"]
        assert (kept / "letters.db").exists()
        assert len(list(kept.iterdir())) == 3, "no half copies"

    def test_what_cannot_be_copied_says_why(self, config: Config, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="nothing to keep"):
            upkeep.backup(configuration.load(tmp_path / "none"), tmp_path / "kept", 0, NOW)
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(InputError, match="another folder"):
            upkeep.backup(config, tmp_path / "file", 0, NOW)
        config.database.write_bytes(b"no database" * 500)
        with pytest.raises(StoreError, match="damaged"):
            upkeep.backup(config, tmp_path / "kept", 0, NOW)
        assert list((tmp_path / "kept").iterdir()) == []


class TestMaintain:
    def archive(self, config: Config, name: str, days: float, size: int) -> Path:
        path = config.data_folder / "warc" / f"{name}.warc.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * size)
        time = (NOW - timedelta(days=days)).timestamp()
        os.utime(path, (time, time))
        return path

    def test_archives_have_no_limit_unless_one_is_set(self, config: Config) -> None:
        self.archive(config, "old", 1000, 10)
        assert upkeep.prune_archives(config, NOW) == []

    def test_old_ones_go_and_then_the_oldest_until_they_fit(self, config: Config) -> None:
        shutil.rmtree(config.data_folder / "warc")
        for name, days in (("a", 40), ("b", 20), ("c", 10), ("d", 1)):
            self.archive(config, name, days, 100)
        limits = replace(config.archive, keep_days=30, keep_bytes=250)
        removed = upkeep.prune_archives(replace(config, archive=limits), NOW)
        assert [path.name for path, _ in removed] == ["a.warc.gz", "b.warc.gz"]

    def test_one_that_is_being_written_stays(self, config: Config, place: StorePlace) -> None:
        """On either database: the run is alive, and then it is not."""
        url = place if isinstance(place, str) else ""
        config = replace(config, store=StoreOptions(url=url), archive=replace(config.archive, keep_days=30))
        store = open_store(config.place)
        run = store.begin_run("feeds", "", NOW)
        path = self.archive(config, run, 40, 100)
        assert path not in [gone for gone, _ in upkeep.prune_archives(config, NOW)]
        assert path.exists()
        store.end_run(run, "finished", NOW)
        store.close()
        assert path in [gone for gone, _ in upkeep.prune_archives(config, NOW)]

    def test_the_log_of_the_database_is_emptied(self, config: Config) -> None:
        store = SqliteStore(config.database)
        store.end_run(store.begin_run("feeds", "", NOW), "finished", NOW)
        log = config.database.with_name("aggregator.db-wal")
        assert log.stat().st_size > 0
        said = list(upkeep.maintain(config, NOW))
        assert log.stat().st_size == 0
        assert said[-1].endswith("0 in its log")
        store.close()


class TestDoctor:
    def test_a_project_that_is_well(self, config: Config) -> None:
        findings = list(examine(Origin(start=config.root), NOW, thorough=True))
        assert {finding.state for finding in findings} == {"ok"}, findings
        assert [finding.what for finding in findings] == [
            *("configuration", "folders", "disk", "clock", "database", "journal", "schedule"),
        ]

    def test_a_damaged_database(self, config: Config) -> None:
        data = bytearray(config.database.read_bytes())
        data[8_192:12_288] = b"\xff" * 4_096
        config.database.write_bytes(data)
        finding = found(config, "database")
        assert finding.state == "wrong"
        assert "backup" in finding.advice

    def test_a_foreign_and_a_later_database(self, config: Config, tmp_path: Path) -> None:
        other = sqlite3.connect(tmp_path / "other.db")
        other.execute("CREATE TABLE x (y)")
        assert files.problems(tmp_path / "other.db") == ["it is a database of another program"]
        other.execute("PRAGMA user_version = 999")
        assert "later version" in files.problems(tmp_path / "other.db")[0]
        other.close()
        assert "cannot be opened" in files.problems(tmp_path / "nothing.db")[0]
        assert not (tmp_path / "nothing.db").exists()

    def test_files_that_differ_from_the_log(self, config: Config) -> None:
        articles = config.data_folder / "articles.jsonl"
        whole = articles.read_bytes()
        articles.write_bytes(whole[: len(whole) - 40])
        assert found(config, "journal").state == "ok", "a torn end is mended by the next crawl"
        articles.write_bytes(whole + b'{"seq": 999}\n')
        assert "goes on after the end" in found(config, "journal").said
        articles.write_bytes(whole.replace(b"Safrabad", b"Xafrabad", 1))
        finding = found(config, "journal")
        assert "differs from the database at line" in finding.said
        assert "journal rebuild" in finding.advice
        articles.unlink()
        assert "missing" in found(config, "journal").said

    def test_a_closed_part_that_was_changed(self, config: Config) -> None:
        folder = config.data_folder / "journal"
        (folder / "000001.jsonl.gz").write_bytes(gzip.compress(b"other"))
        part = {"part": 1, "file": "000001.jsonl.gz", "sha256": "0"}
        (folder / "manifest.json").write_text(json.dumps({"parts": [part]}), encoding="utf-8")
        store = SqliteStore(config.database)
        assert [name for name, _ in differences(store, config.data_folder)] == ["journal/000001.jsonl.gz"]
        (folder / "000001.jsonl.gz").unlink()
        assert list(differences(store, config.data_folder)) == [], "taken away on purpose"
        store.close()

    def test_a_wrong_configuration_and_no_contact(self, config: Config) -> None:
        file = config.root / configuration.CONFIG_FILE
        good = file.read_text("utf-8")
        file.write_text(good.replace("mailto:demo@example.org", ""), encoding="utf-8")
        assert found(config, "configuration").state == "warning"
        file.write_text(good + "[crawl]\n", encoding="utf-8")
        assert found(config, "configuration").state == "wrong"

    def test_a_schedule_whose_job_keeps_failing(self, config: Config) -> None:
        with scheduled.lock(config.data_folder):
            state = State(pid=1, jobs={"tick": JobState(failures=3, message="exit status 2: bad.csv")})
            scheduled.save(config.data_folder, state)
            finding = found(config, "schedule")
            assert (finding.state, "bad.csv" in finding.said) == ("wrong", True)
            scheduled.save(config.data_folder, State(problem="aggregator.toml: no"))
            assert found(config, "schedule").said == "aggregator.toml: no"
        assert "does not run" in found(config, "schedule").said

    def test_a_clock_that_was_set_back(self, config: Config) -> None:
        findings = examine(Origin(start=config.root), datetime(2020, 1, 1, tzinfo=UTC))
        (finding,) = (finding for finding in findings if finding.what == "clock")
        assert finding.state == "warning"

    def test_backups_that_are_old_or_missing(self, config: Config) -> None:
        file = config.root / configuration.CONFIG_FILE
        text = file.read_text("utf-8")
        file.write_text(text.replace("[maintenance]", '[maintenance]\nbackup = "kept"'), encoding="utf-8")
        assert found(config, "backup").said.startswith("none")
        path, _ = upkeep.backup(configuration.load(config.root), config.root / "kept", 0, NOW)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        assert found(config, "backup").state == "ok"
        os.utime(path, (0, 0))
        assert found(config, "backup").state == "warning"


def test_the_commands_say_what_they_did_and_the_schedule_runs_them(project: Project) -> None:
    project.configure('name = "tick"\ncron = "0 0 1 1 *"', maintenance='every = "1h"\nbackup = "kept"')
    assert project.command("crawl", "--quiet", "--source", "demo-iranpress").returncode == 0
    assert project.command("schedule", "--once").returncode == 0, project.records()
    assert [record["name"] for record in project.records()] == ["maintain", "backup"]
    assert len(upkeep.backups(project.folder / "kept")) == 1
    assert "database:" in project.command("maintain").stdout
    assert "bytes" in project.command("backup", "kept", "--keep", "1").stdout
    assert len(upkeep.backups(project.folder / "kept")) == 1
    done = project.command("doctor")
    assert done.returncode == 0, done.stdout
    assert json.loads(project.command("doctor", "--json").stdout)[0]["state"] == "ok"
    (project.data / "articles.jsonl").write_text("spoilt\n", encoding="utf-8")
    done = project.command("doctor")
    assert done.returncode == 1
    assert "-> stop all crawls" in done.stdout
