"""The metrics: read back as Prometheus reads them, and held to their table."""

from __future__ import annotations

import re
import socket
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator import config as configuration
from aggregator.config import MetricsOptions
from aggregator.errors import ConfigError, InputError
from aggregator.operations import history, scheduled
from aggregator.operations.endpoint import Endpoint
from aggregator.operations.metrics import FAMILIES, text, write
from aggregator.operations.overview import overview
from aggregator.operations.scheduled import JobState, State
from aggregator.operations.standing import standing
from aggregator.store import SqliteStore
from tests.schedule.conftest import Project

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> str:
    """The metrics of a folder whose schedule died."""
    config = configuration.load(tmp_path)
    counts = {"feeds/polled": 40, "feeds/unchanged": 30, "outcome/unique": 7, "outcome/failed": 2}
    record = history.RunRecord(kind="crawl", name="feeds", began=NOW, ended=NOW, outcome="done", counts=counts)
    history.append(config.data_folder, record)
    job = JobState(runs=12, skipped=3, failures=1, ended=NOW)
    state = State(pid=4711, alive=NOW, jobs={"tick": job, "new": JobState()})
    scheduled.folder(config.data_folder).mkdir()
    scheduled.save(config.data_folder, state)
    store = SqliteStore(config.database)
    try:
        return text(standing(store, config, NOW), overview(store, config, NOW), state)
    finally:
        store.close()


def test_they_are_read_back_with_help_and_type(written: str) -> None:
    families = {family.name: family for family in text_string_to_metric_families(written)}
    assert set(families) == {family.name for family in FAMILIES}
    for family in FAMILIES:
        read = families[family.name]
        assert read.type == family.kind
        assert read.documentation == f"{family.help} ({family.unit})"
        assert all(set(sample.labels) == ({family.label} if family.label else set()) for sample in read.samples)


def test_the_values_are_those_of_the_status(written: str) -> None:
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(written)
        for sample in family.samples
    }
    assert values["aggregator_day_polls",] == 40
    assert values["aggregator_day_unchanged_polls",] == 30
    assert values["aggregator_day_pages", "new"] == 7
    assert values["aggregator_day_errors", "pages given up"] == 2
    assert values["aggregator_job_runs_total", "tick"] == 12
    assert values["aggregator_job_skips_total", "tick"] == 3
    assert values["aggregator_job_end_seconds", "tick"] == NOW.timestamp()
    assert ("aggregator_job_end_seconds", "new") not in values, "it has not run"
    assert values["aggregator_schedule_up",] == 0
    assert values["aggregator_needs",] == 1, "it died"
    assert values["aggregator_disk_bytes", "database"] > 0


def test_names_follow_the_rules_of_prometheus() -> None:
    """https://prometheus.io/docs/practices/naming/"""
    for family in FAMILIES:
        assert re.fullmatch(r"aggregator_[a-z_]+", family.name)
        assert family.help
        assert not family.name.endswith("_total"), "it is added to counters"
        if family.unit in ("seconds", "bytes"):
            assert family.name.endswith(f"_{family.unit}")


def test_the_table_of_the_manual_has_every_one_and_no_other() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(aggregator_\w+)` \| (\w+) \| (?:`(\w+)`)? ?\| (.+) \|$", manual, re.MULTILINE)
    assert rows == [(family.shown, family.unit, family.label, family.help) for family in FAMILIES]


def test_a_file_is_replaced_as_a_whole_or_it_is_said_why_not(tmp_path: Path) -> None:
    write(tmp_path / "a.prom", "one\n")
    write(tmp_path / "a.prom", "two\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.prom"]
    assert (tmp_path / "a.prom").read_text("utf-8") == "two\n"
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / "nowhere" / "a.prom", "x")


def test_the_text_keeps_to_the_format(written: str) -> None:
    """What `promtool check metrics` looks for: help and type before the samples, together, once; no sample twice."""
    assert written.endswith("\n")
    lines = written.splitlines()
    heads = [re.fullmatch(r"# (HELP|TYPE) (\S+) (.+)", line) for line in lines if line.startswith("#")]
    assert all(heads)
    names = [head[2] for head in heads if head is not None and head[1] == "TYPE"]
    assert names == [head[2] for head in heads if head is not None and head[1] == "HELP"]
    assert len(set(names)) == len(names)
    present, seen = "", set()
    for line in lines:
        if line.startswith("#"):
            present = line.split()[2]
            continue
        sample = re.fullmatch(r'([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"\})? (\S+)', line)
        assert sample is not None, line
        assert sample[1] == present, "samples stand below their own head"
        assert sample[0].rpartition(" ")[0] not in seen
        seen.add(sample[0].rpartition(" ")[0])
        assert float(sample[3]) >= 0
    assert present


@pytest.mark.parametrize(
    ("address", "found"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("9464", ("127.0.0.1", 9464)), (":9464", ("127.0.0.1", 9464)),
     ("0.0.0.0:1", ("0.0.0.0", 1)), ("[::1]:9464", ("::1", 9464))],
)  # fmt: skip
def test_it_listens_on_loopback_unless_said(address: str, found: tuple[str, int]) -> None:
    assert configuration.place(address) == found


@pytest.mark.parametrize("address", ["here", "127.0.0.1:", "127.0.0.1:99999", "a:b"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        configuration.place(address)


def asked(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_the_endpoint_answers_and_ends(tmp_path: Path) -> None:
    config = configuration.load(tmp_path)
    SqliteStore(config.database).close()
    endpoint = Endpoint(MetricsOptions(address="0"), lambda: config, lambda: NOW)
    url = f"http://127.0.0.1:{endpoint.port}"
    status, kind, body = asked(f"{url}/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=")
    assert {family.name for family in text_string_to_metric_families(body)} == {family.name for family in FAMILIES}
    assert asked(f"{url}/other")[0] == 404
    with pytest.raises(ConfigError, match="cannot listen"):
        Endpoint(MetricsOptions(address=str(endpoint.port)), lambda: config, lambda: NOW)
    endpoint.close()
    with pytest.raises(urllib.error.URLError):
        asked(f"{url}/metrics")


def test_a_store_that_cannot_be_read_is_said_and_asked_again(tmp_path: Path) -> None:
    config = configuration.load(tmp_path)
    config.database.parent.mkdir(parents=True)
    config.database.write_bytes(b"no database" * 1000)
    endpoint = Endpoint(MetricsOptions(address="0"), lambda: config, lambda: NOW)
    status, _, said = asked(f"http://127.0.0.1:{endpoint.port}/metrics")
    assert status == 503
    assert "aggregator.db" in said
    config.database.unlink()
    SqliteStore(config.database).close()
    assert asked(f"http://127.0.0.1:{endpoint.port}/metrics")[0] == 200
    endpoint.close()


def test_the_schedule_serves_them_and_takes_another_address(project: Project) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = project.folder / "config" / "aggregator.toml"
    before = file.read_text("utf-8")
    file.write_text(f'{before}[metrics]\naddress = "127.0.0.1:{port}"\n', "utf-8")
    process = project.start()
    project.until(lambda: f":{port}/metrics" in project.said())
    project.until(lambda: project.records("crawl"))
    assert "aggregator_schedule_up 1.0" in asked(f"http://127.0.0.1:{port}/metrics")[2]
    file.write_text(before, "utf-8")
    project.until(lambda: "was read again" in project.said())
    with pytest.raises(urllib.error.URLError):
        asked(f"http://127.0.0.1:{port}/metrics")
    process.terminate()
    assert process.wait(15) == 0
