"""The benchmark of this room: it runs, and its numbers are what their names say."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Build = Callable[..., str]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "extraction.py"
    spec = importlib.util.spec_from_file_location("extraction_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, page: Build, paragraphs: tuple[str, ...]) -> Path:
    pages = tmp_path / "articles"
    (pages / "html").mkdir(parents=True)
    (tmp_path / "relations").mkdir()
    block = '<p><strong>Read more:</strong> <a href="/news/90/farmers">Farmers ask for an office of their own</a></p>'
    head = '<meta property="article:published_time" content="2026-05-05T10:00:00+02:00">'
    top = '<p class="byline">By Ann Rivers</p>'
    (pages / "html" / "1.gz").write_bytes(gzip.compress(page({2: block}, head=head, top=top).encode()))
    row = {
        "id": "made/1", "dataset": "made", "url": "https://valley.example/news/100", "domain": "valley.example",
        "html_path": "html/1.gz", "gold_title": "Officials meet over the river", "gold_authors": ["Ann Rivers"],
        "gold_published": "2026-05-05T10:00:00+02:00", "gold_body": list(paragraphs),
        "gold_with": [paragraphs[0]], "gold_without": ["all rights reserved"],
    }  # fmt: skip
    (pages / "pages.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    link = {"kind": "read_more", "url": "http://www.valley.example/news/90/farmers?utm_source=x", "place": "inline"}
    link["text"] = "Farmers ask for an office of their own"
    blocks = [{"id": "made/1", "relations": [link], "not_in_body": ["Read more:"]}]
    (tmp_path / "relations" / "some_relations.json").write_text(json.dumps(blocks), "utf-8")
    return pages


def test_every_number_is_right_for_a_page_that_is_read_rightly(
    benchmark: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main([str(folder), "--compare"]) == 0
    shown = capsys.readouterr().out
    ours = shown.split("\ntrafilatura: ")[0]
    values = {line[2:36].strip(): line[36:].strip() for line in ours.splitlines() if line.startswith("  ")}
    assert values["text, made"].startswith("P 1.0000  R 1.0000  F1 1.0000")
    for name in ("wanted segments", "title", "day", "minute with zone", "type right", "anchor right"):
        assert values[name].startswith("1.000"), name
    for name in ("unwanted segments", "lines of blocks left in the text"):
        assert values[name].startswith("0.000"), name
    for name in ("authors", "relations inline", "relations placed"):
        assert values[name].endswith("F1 1.000"), name
    assert (values["exceptions"], values["empty texts"]) == ("0", "0")
    assert "times as long" in shown


def test_a_folder_without_such_pages_is_said_so(benchmark: ModuleType, folder: Path) -> None:
    assert benchmark.main([str(folder), "--only", "other"]) == 2


def test_shingles_are_counted_as_often_as_they_are_there(benchmark: ModuleType) -> None:
    assert benchmark.shingles("a b c d a b c d")["a", "b", "c", "d"] == 2
    assert benchmark.shingles("two words") == {("two", "words"): 1}
    assert benchmark.shingles("") == {}


def test_an_anchor_may_lack_the_kicker_in_front(benchmark: ModuleType) -> None:
    assert benchmark._same_anchor("farmers ask", "water farmers ask")
    assert not benchmark._same_anchor("ask", "water farmers task")
    assert not benchmark._same_anchor("", "water")
