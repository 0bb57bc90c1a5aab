"""A store in a place of its own for each test, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.store import SqlStore, StorePlace, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "aggregator.db"


@pytest.fixture
def store(place: StorePlace) -> Iterator[SqlStore]:
    store = open_store(place)
    yield store
    store.close()


@pytest.fixture
def project(place: StorePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose commands use the store of this test; the working folder is in it."""
    file = tmp_path / "config" / "aggregator.toml"
    file.parent.mkdir()
    file.write_text(f'[store]\nurl = "{place}"\n' if isinstance(place, str) else "", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
