"""Stored pages read once more: what the present code reads otherwise becomes a revision, and nothing else happens."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.crawl.conftest import Newsroom, run

OTHERWISE = ("--set", "extraction.max_text=900")
"""The present code with another setting: long articles come out cut, short ones as they were."""


@pytest.fixture
def collected(newsroom: Newsroom) -> Newsroom:
    newsroom.crawl("--set", "archive.enabled=true")
    return newsroom


def reextract(newsroom: Newsroom, *words: str) -> subprocess.CompletedProcess[str]:
    place = ("--sources", str(newsroom.sources), "--data", str(newsroom.data))
    done = run([sys.executable, "-m", "aggregator", "reextract", *words, *place], newsroom.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def counted(said: str) -> dict[str, int]:
    """Words of the summary -> their number."""
    lines = [line.strip().partition("  ") for line in said.splitlines()]
    return {words.strip(): int(number) for number, _, words in lines if number.isdigit()}


def articles(newsroom: Newsroom) -> list[dict[str, Any]]:
    return [line for line in newsroom.journal() if line["kind"] == "article"]


def test_the_same_code_changes_nothing_and_reads_each_archive_once(collected: Newsroom) -> None:
    before, asked = collected.files(), len(collected.server.requests)
    first = counted(reextract(collected).stdout)
    assert first["articles read otherwise"] == 0
    assert first["articles read as before"] == first["pages"] == len({line["id"] for line in articles(collected)})
    assert collected.files() == before
    second = counted(reextract(collected).stdout)
    assert second["pages"] == 0
    assert second["archives that this code had read before (--again reads them)"] == first["archives read"]
    assert counted(reextract(collected, "--again").stdout)["pages"] == first["pages"]
    assert len(collected.server.requests) == asked, "nothing is fetched"


def test_what_is_read_otherwise_is_a_revision_that_says_so(collected: Newsroom) -> None:
    before, files = {line["id"]: line for line in articles(collected)}, collected.files()
    told = reextract(collected, "--dry-run", *OTHERWISE).stdout
    assert collected.files() == files, "a dry run writes nothing"
    listed = {
        line.partition(": the same page is read otherwise now (")[0] for line in told.splitlines() if "http" in line
    }
    assert 0 < counted(told)["articles read otherwise"] == len(listed) < len(before)

    assert counted(reextract(collected, *OTHERWISE).stdout)["articles read otherwise"] == len(listed)
    new = [line for line in articles(collected) if line["revision"] > before[line["id"]]["revision"]]
    assert {line["canonical_url"] for line in new} == listed
    assert {line["change"] for line in new} == {"extraction"}
    for line in new:
        assert len(line["text"]) < len(before[line["id"]]["text"])
        for name in ("fetched", "published", "canonical_url", "sightings", "story_id", "headline"):
            assert line.get(name) == before[line["id"]].get(name), name


def test_sources_are_chosen(collected: Newsroom) -> None:
    (source, *_) = sorted({line["source"]["id"] for line in articles(collected)})
    chosen = counted(reextract(collected, "--source", source).stdout)
    assert chosen["pages"] == len({line["id"] for line in articles(collected) if line["source"]["id"] == source})


def test_a_page_that_gives_no_article_any_longer_leaves_its_article(collected: Newsroom) -> None:
    before = collected.files()
    most = ("--set", "extraction.min_words=100000", "--set", "extraction.min_words_declared=100000")
    nothing = counted(reextract(collected, *most).stdout)
    assert nothing["pages that give no article any longer: theirs stay as they are"] == nothing["pages"] > 0
    assert nothing["articles read otherwise"] == 0
    assert collected.files() == before


def test_a_cluster_that_does_not_answer_is_said_in_one_line(collected: Newsroom) -> None:
    place = ("--sources", str(collected.sources), "--data", str(collected.data))
    words = [sys.executable, "-m", "aggregator", "reextract", "--dask", "tcp://127.0.0.1:9", *place]
    done = run(words, collected.folder)
    assert done.returncode == 2
    assert "no Dask scheduler answers" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_archives_it_says_what_keeps_them(newsroom: Newsroom) -> None:
    newsroom.crawl()
    place = ("--sources", str(newsroom.sources), "--data", str(newsroom.data))
    done = run([sys.executable, "-m", "aggregator", "reextract", *place], newsroom.folder)
    assert done.returncode == 2
    assert "archive.enabled" in done.stderr
