"""How things stand, for Prometheus: the figures of `aggregator status` in the text format.

Each family is declared once, with its help, its unit and its labels; the table of docs/operations.md is held to it.
Source names are no labels: hundreds of series that nobody looks at would cost more than they tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aggregator.errors import InputError
from aggregator.operations.overview import JobRow, Overview
from aggregator.operations.scheduled import State
from aggregator.operations.standing import Standing

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""Of the text format."""

Values = Mapping[str, float]
"""A value for each value of the family's label; "" where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric as it is declared."""

    name: str
    """without the `_total` of a counter"""
    help: str
    unit: str
    label: str = ""
    """the one label it has; empty: none"""
    kind: Literal["gauge", "counter"] = "gauge"

    @property
    def shown(self) -> str:
        """Its name as Prometheus sees it."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


FAMILIES = (
    Family(name="aggregator_articles", help="Articles in the store", unit="articles", label="status"),
    Family(name="aggregator_frontier_pages", help="Pages in the frontier", unit="pages", label="state"),
    Family(name="aggregator_due_pages", help="Pending pages that are due now", unit="pages"),
    Family(name="aggregator_feeds", help="Feeds that are known", unit="feeds"),
    Family(name="aggregator_due_feeds", help="Feeds that are due now", unit="feeds"),
    Family(name="aggregator_failing_feeds", help="Feeds whose last poll failed", unit="feeds"),
    Family(name="aggregator_journal_lines", help="Lines of the journal", unit="lines"),
    Family(name="aggregator_troubled_sources", help="Sources that are not well", unit="sources", label="state"),
    Family(name="aggregator_sources", help="Sources that were asked, by health", unit="sources", label="state"),
    Family(name="aggregator_day_stories", help="Stories with an article of the last 24 hours", unit="stories",
           label="kind"),
    Family(name="aggregator_disk_bytes", help="Bytes on the disk; free: what is left", unit="bytes", label="part"),
    Family(name="aggregator_day_polls", help="Polls in the last 24 hours", unit="polls"),
    Family(name="aggregator_day_unchanged_polls", help="Of them answered 304 (not modified)", unit="polls"),
    Family(name="aggregator_day_pages", help="Articles of the last 24 hours", unit="articles", label="outcome"),
    Family(name="aggregator_day_errors", help="Errors in the last 24 hours", unit="errors", label="kind"),
    Family(name="aggregator_schedule_up", help="1 where a schedule is at work", unit="boolean"),
    Family(name="aggregator_schedule_alive_seconds", help="When it last said so, since 1970", unit="seconds"),
    Family(name="aggregator_job_runs", help="Processes started for a job", unit="runs", label="job", kind="counter"),
    Family(name="aggregator_job_skips", help="Times a run was left out, the one before still being under way",
           unit="runs", label="job", kind="counter"),
    Family(name="aggregator_job_failures", help="Runs in a row that went wrong", unit="runs", label="job"),
    Family(name="aggregator_job_running", help="1 while its process runs", unit="boolean", label="job"),
    Family(name="aggregator_job_end_seconds", help="When its last run ended, since 1970", unit="seconds", label="job"),
    Family(name="aggregator_needs", help="Reasons for which a person is needed", unit="reasons"),
)  # fmt: skip
"""All of them, in the order in which they are written."""


def text(standing: Standing, found: Overview, state: State) -> str:
    """The metrics in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures({**_store(standing, found), **_schedule(found, state)}))
    return generate_latest(registry).decode()


def write(path: Path, content: str) -> None:
    """Replaces a file as a whole, as the textfile collector of node_exporter wants it; raises InputError."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", subject=str(path)) from error


class _Figures(Collector):
    def __init__(self, values: Mapping[str, Values]) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            make = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            metric = make(family.name, f"{family.help} ({family.unit})", labels=[family.label] if family.label else [])
            for label, value in self._values[family.name].items():
                metric.add_metric([label] if family.label else [], value)
            yield metric


def _store(standing: Standing, found: Overview) -> dict[str, Values]:
    day = found.day
    counts: dict[str, dict[str, int]] = {"articles": {}, "frontier": {}}
    for name, number in standing.counts.items():
        table, _, kind = name.partition(".")
        counts.setdefault(table, {})[kind] = number
    return {
        "aggregator_articles": counts["articles"],
        "aggregator_frontier_pages": counts["frontier"],
        "aggregator_due_pages": {"": standing.pending_due},
        "aggregator_feeds": {"": standing.feeds},
        "aggregator_due_feeds": {"": standing.feeds_due},
        "aggregator_failing_feeds": {"": len(standing.failing)},
        "aggregator_journal_lines": {"": standing.last_seq},
        "aggregator_troubled_sources": Counter(trouble.state for trouble in found.troubles),
        "aggregator_sources": found.health,
        "aggregator_day_stories": {"all": day.stories, "new": day.new_stories, "several": day.told_by_several},
        "aggregator_disk_bytes": found.bytes,
        "aggregator_day_polls": {"": day.polls},
        "aggregator_day_unchanged_polls": {"": day.unchanged},
        "aggregator_day_pages": {"new": day.new, "duplicate": day.duplicates, "revision": day.revisions},
        "aggregator_day_errors": day.errors,
        "aggregator_needs": {"": len(found.needs)},
    }


def _schedule(found: Overview, state: State) -> dict[str, Values]:
    jobs: dict[str, JobRow] = {job.name: job for job in found.jobs}
    ends = {name: job.ended.timestamp() for name, job in jobs.items() if job.ended}
    return {
        "aggregator_schedule_up": {"": int(found.running)},
        "aggregator_schedule_alive_seconds": {"": state.alive.timestamp()} if state.alive else {},
        "aggregator_job_runs": {name: job.runs for name, job in state.jobs.items()},
        "aggregator_job_skips": {name: job.skipped for name, job in state.jobs.items()},
        "aggregator_job_failures": {name: job.failures for name, job in jobs.items()},
        "aggregator_job_running": {name: int(job.pid is not None) for name, job in jobs.items()},
        "aggregator_job_end_seconds": ends,
    }
