"""A row of the log as a line of a file, and the JSON Schema of those lines.

The payload of a row is JSON already; a line is its envelope put in front, so a record is encoded once in its life.
"""

from __future__ import annotations

from datetime import UTC
from importlib import resources
from typing import Any

import msgspec

from aggregator.records import (
    Article,
    CheckpointLine,
    DuplicateLine,
    HealthLine,
    LogRow,
    RelationLine,
    StoryLine,
    StoryMerge,
    StorySplit,
    TombstoneLine,
)

SCHEMA = "news/1"
"""Version of the lines: it counts up when a reader of the old ones could go wrong."""

_KINDS = {
    "article": Article,
    "duplicate": DuplicateLine,
    "relation": RelationLine,
    "story": StoryLine,
    "story_merge": StoryMerge,
    "story_split": StorySplit,
    "tombstone": TombstoneLine,
    "source_health": HealthLine,
    "checkpoint": CheckpointLine,
}


def line_of(row: LogRow) -> bytes:
    """The line of a row: one JSON object and a newline."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    envelope = {"schema": SCHEMA, "kind": row.kind, "seq": row.seq, "at": at, "run_id": row.run_id}
    return msgspec.json.encode(envelope)[:-1] + b"," + row.payload[1:] + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line, made from the records."""
    references, definitions = msgspec.json.schema_components(tuple(_KINDS.values()))
    envelope = {
        "schema": {"const": SCHEMA, "description": "version of the line's form"},
        "seq": {"type": "integer", "minimum": 1, "description": "gapless number of the line"},
        "at": {"type": "string", "format": "date-time", "description": "when it was committed"},
        "run_id": {"type": "string", "description": "run that wrote it"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the journal or of articles.jsonl",
        "description": "Null fields are left out, arrays are never null, unknown kinds and fields are to be ignored.",
        "oneOf": [
            {
                "properties": envelope | {"kind": {"const": kind}},
                "required": ["schema", "kind", "seq", "at", "run_id"],
                "allOf": [reference],
            }
            for kind, reference in zip(_KINDS, references, strict=True)
        ],
        "$defs": definitions,
    }


def shipped_schema() -> bytes:
    """The schema as it is shipped beside this module."""
    return resources.files("aggregator.journal").joinpath("schema.json").read_bytes()
