"""The metrics: read back as Prometheus reads them, and held to their table."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator import config as configuration
from aggregator.errors import InputError
from aggregator.operations import history, scheduled
from aggregator.operations.metrics import FAMILIES, text, write
from aggregator.operations.overview import overview
from aggregator.operations.scheduled import JobState, State
from aggregator.operations.standing import standing
from aggregator.store import SqliteStore

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
