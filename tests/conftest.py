"""The databases that tests run on: SQLite always, PostgreSQL where a server can be had."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from aggregator.store import StorePlace
from tests import postgres_server

# A shell starts what runs in its background with SIGINT ignored, and every process below inherits that: no test of
# Ctrl-C could pass.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a server of this session; skips where there is none."""
    missing = postgres_server.what_is_missing()
    if missing:
        pytest.skip(missing)
    if postgres_server.GIVEN:
        yield postgres_server.GIVEN
        return
    server = postgres_server.Server()
    yield server.url
    server.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[str]:
    """Address of an empty schema of this test's own."""
    name = f"test_{uuid4().hex}"
    yield postgres_server.make_schema(postgres_url, name)
    postgres_server.drop_schema(postgres_url, name)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> StorePlace:
    """Where a store may be made: a test that asks for it runs once on each database."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres")
        return url
    return tmp_path / "data" / "aggregator.db"
