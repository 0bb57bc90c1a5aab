"""The benchmark of duplicates in small: what it measures is held as a gate."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "duplicates.py"
    spec = importlib.util.spec_from_file_location("duplicates_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_made_copies_are_found_and_nothing_else_is_merged(benchmark: ModuleType) -> None:
    rows = benchmark.made(5, 20)
    score = benchmark.score(rows, benchmark.judged(rows))
    assert score.precision >= 0.99
    assert score.recall >= 0.9
    assert {"merged", "woven", "embedded, edited"} <= score.by_kind.keys()
    assert {row.kind.split()[0] for row in rows} >= {"same", "form", "original"}


def test_the_same_seed_makes_the_same_articles(benchmark: ModuleType) -> None:
    assert benchmark.made(3, 6) == benchmark.made(3, 6) != benchmark.made(4, 6)


def test_labelled_files_are_scored(
    benchmark: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(f"word{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in range(120))
    usual = {"lang": "en", "published": "2026-03-02T10:00:00Z", "source": "gazette"}
    rows = [
        {**usual, "id": "1", "title": "One", "body": words, "url": None, "gold_dup_group": "a", "dup_kind": "original"},
        {**usual, "id": "2", "title": "Two", "body": words, "url": None, "gold_dup_group": "a", "dup_kind": "retyped"},
    ]
    with gzip.open(tmp_path / "set.dev.jsonl.gz", "wt") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)
    monkeypatch.setattr(sys, "argv", ["duplicates.py", str(tmp_path), "--made", "6"])
    benchmark.main()
    told = capsys.readouterr().out
    assert "set: 2 articles, 1 pairs merged, P 1.0000 R 1.0000 F1 1.0000, 0 templates merged" in told
    assert "retyped 1.000" in told
    assert "made: " in told
