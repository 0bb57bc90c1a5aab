"""Commands that a page starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import InputError
from aggregator.operations.serving import token
from aggregator.web.jobs import AT_ONCE, Job, Jobs


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(tmp_path, ())
    yield made
    made.close()


def ended(job: Job | None) -> Job:
    assert job is not None
    deadline = time.monotonic() + 60
    while not job.done:
        assert time.monotonic() < deadline
        job.process.wait(60)
    return job


def test_what_was_typed_is_never_an_option(jobs: Jobs) -> None:
    """An address that begins with a dash is an address that is none."""
    job = ended(jobs.start("add", "--help", ["sources", "discover"], ["--", "--help"]))
    assert job.status == 2
    assert "Usage" not in job.output
    assert job.problem


def test_a_few_run_at_once_and_no_more(jobs: Jobs) -> None:
    started = [jobs.start("check", "x", ["sources", "discover"], ["--", "http://127.0.0.1:1/"]) for _ in range(AT_ONCE)]
    assert jobs.start("check", "x", ["--version"]) is None
    for job in started:
        assert ended(job).problem
    assert ended(jobs.start("check", "x", ["--version"])).output


def test_the_token_is_kept_and_nobody_else_reads_it(tmp_path: Path) -> None:
    first = token(tmp_path)
    assert token(tmp_path) == first
    assert len(first) >= 32
    assert (tmp_path / "web.token").stat().st_mode & 0o077 == 0
    (tmp_path / "web.token").write_text("")
    with pytest.raises(InputError, match="delete it"):
        token(tmp_path)
