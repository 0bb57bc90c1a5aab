"""What the recipes say is true: each block of docs/recipes.md is run over a real crawl."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.dataset

from tests.crawl.conftest import Newsroom, environment

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def test_each_recipe_runs_and_finds_something(newsroom: Newsroom, monkeypatch) -> None:
    newsroom.crawl_until_done()
    monkeypatch.chdir(newsroom.folder)
    blocks = BLOCK.findall((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))
    assert [language for language, _ in blocks] == ["sql", "sql", "sql", "", "python", "python"]
    for language, block in blocks:
        if language == "sql":
            assert duckdb.sql(block).fetchall(), block
            continue
        words = ["-c", block] if language else ["-m", *shlex.split(block), "--data", "data"]
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, env=environment(), timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout or "articles below parquet" in done.stderr


def test_parquet_has_every_article_with_its_relations(newsroom: Newsroom) -> None:
    newsroom.crawl_until_done()
    folder = newsroom.folder / "parquet"
    done = newsroom.command("export", "--format", "parquet", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    rows = pyarrow.dataset.dataset(folder, partitioning="hive").to_table().to_pylist()
    lines = {line["id"]: line for line in newsroom.articles()}
    assert {row["id"] for row in rows} == set(lines)
    exported = {row["id"]: row for row in rows}
    for identity, line in lines.items():
        row = exported[identity]
        assert row["headline"]
        assert row["text"]
        assert row["source"]["id"] == line["source"]["id"]
        assert {link["url"] for link in row["relations"]} >= {link["url"] for link in line.get("relations", [])}
        assert str(row["day"]) == (row["published"] or row["fetched"]).strftime("%Y-%m-%d")
    again = newsroom.command("export", "--format", "parquet", "--out", str(folder))
    assert again.returncode == 2
    assert "name a new or an empty folder" in again.stderr
    nowhere = newsroom.command("export", "--format", "parquet")
    assert "name it with --out FOLDER" in nowhere.stderr
