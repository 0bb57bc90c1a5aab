"""The command's work: rows in, rows out, in order."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from aggregator.cli import main

TEXT = "The Kelmar bridge over the river Ustra collapsed on Monday, killing 14 people, rescuers in Dravonia said. "
LONG = TEXT + " ".join(f"Witness{number} of Street{number} told of the fall in {number} words." for number in range(30))


def test_rows_of_any_collection_get_copies_and_stories(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "title": "Bridge falls", "body": LONG, "published": "2026-03-01T08:00:00Z", "lang": "en"},
        {
            "id": "2",
            "headline": "Bridge fell",
            "text": LONG,
            "published": "2026-03-01T09:00:00+00:00",
            "language": "en",
        },
        {"kind": "checkpoint", "seq": 3},
        {"id": "3", "headline": "Tram strike over", "text": "Drivers went back to work.", "published": None},
        {
            "id": "1",
            "kind": "article",
            "headline": "Bridge falls",
            "text": LONG,
            "source": {"id": "x", "country": "CY"},
        },
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows))
    result = CliRunner().invoke(main, ["cluster", str(source), "--out", str(target)])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["id"] for row in found] == ["1", "2", "3", "1"]
    assert found[1]["duplicate_of"] == "1"
    assert found[1]["level"] == "exact_text"
    assert found[0]["story_id"] == found[1]["story_id"] == found[3]["story_id"] != found[2]["story_id"]
    assert set(found[0]) == {"id", "duplicate_of", "level", "story_id", "score"}


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1}\nnonsense\n')
    result = CliRunner().invoke(main, ["cluster", str(source), "--out", str(tmp_path / "out"), "--quiet"])
    assert result.exit_code == 2
    assert "line 2" in result.output
