"""The fuzz script of this room: nothing that it makes leaves the room as an exception."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def fuzzing() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "fuzz_feeds.py"
    spec = importlib.util.spec_from_file_location("fuzz_feeds", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_two_thousand_damaged_documents_raise_nothing_and_take_little_time(fuzzing):
    """100,000 of them: python benchmarks/fuzz_feeds.py 100000."""
    kinds, wrong, slowest = fuzzing.fuzz(2_000, seed=1)
    assert wrong == []
    assert slowest < 5
    assert sum(kinds.values()) == 2_000
    understood = {name.partition(": ")[2] for name in kinds}
    assert understood >= {"rss", "atom", "rdf", "jsonfeed", "sitemap", "sitemap_index", "news_sitemap", "listing"}


def test_an_exception_would_be_seen(fuzzing, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ValueError("boom")

    monkeypatch.setattr(fuzzing, "read", fails)
    assert len(fuzzing.fuzz(3)[1]) == 3
