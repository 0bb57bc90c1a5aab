"""The simulated month in small: what the schedule promises, held as a gate."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "polling.py"
    spec = importlib.util.spec_from_file_location("polling_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(benchmark: ModuleType):
    return benchmark.measured(60, 10, seed=1)


def test_nearly_every_entry_is_caught(rows):
    assert rows["all"].ours.share >= 0.998
    assert rows["quiet"].ours.share >= 0.995


def test_quiet_feeds_cost_far_fewer_polls_than_one_an_hour(rows):
    assert rows["quiet"].ours.polls < 0.4 * rows["quiet"].hourly.polls
    assert rows["dead"].ours.polls < 0.2 * rows["dead"].hourly.polls


def test_busy_feeds_are_asked_within_minutes_and_never_below_the_floor(rows):
    assert rows["busy"].ours.delay < 10
    assert rows["busy"].ours.polls < rows["busy"].quarter.polls


def test_moved_feeds_are_found_at_their_new_address(benchmark):
    feeds = [feed for feed in benchmark.made_feeds(300, 10, 1) if feed.moves is not None]
    readers = benchmark.adaptive(feeds, 10)
    assert len(readers) > 10
    gone = [reader for reader in readers if reader.feed.vanishes and reader.feed.vanishes < 9 * 86_400]
    assert gone
    assert all(reader.state.moved_to and not reader.state.failures for reader in gone)


def test_feeds_that_lie_are_asked_for_the_whole(benchmark):
    feeds = [feed for feed in benchmark.made_feeds(300, 10, 1) if feed.lies and feed.daily > 10]
    readers = benchmark.adaptive(feeds, 10)
    assert len(readers) > 2
    assert min(reader.tally.share for reader in readers) > 0.9


def test_the_same_seed_gives_the_same_figures_whatever_the_number_of_processes(benchmark):
    def figures(workers: int) -> list[tuple[str, int, int, int]]:
        rows = benchmark.measured(12, 3, seed=5, workers=workers)
        return sorted((name, row.ours.published, row.ours.caught, row.ours.polls) for name, row in rows.items())

    assert figures(1) == figures(1) == figures(2)
    assert list(benchmark.lines(benchmark.measured(12, 3, seed=5)))
