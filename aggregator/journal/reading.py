"""Reads the journal back, part by part, as any consumer would."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from aggregator.errors import JournalError


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Every whole line of the journal below a data folder, in order; raises JournalError on one that is no JSON."""
    for path in _parts(folder / "journal"):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return  # being written at this moment
                try:
                    yield msgspec.json.decode(line)
                except msgspec.DecodeError as error:
                    raise JournalError(f"{path}, line {number}: {error}", path=path) from error


def stories_of(told: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The story of each unique article after the last of these lines: how a consumer keeps up with merges and splits.

    An article that is not in a story yet is not among them; a copy stands where its original stands.
    """
    story: dict[str, str] = {}
    members: dict[str, set[str]] = {}

    def put(article: str, into: str) -> None:
        if article in story:
            members[story[article]].discard(article)
        story[article] = into
        members.setdefault(into, set()).add(article)

    for line in told:
        if line["kind"] == "article" and line.get("story_id"):
            put(line["id"], line["story_id"])
        elif line["kind"] == "story" and line.get("article_id"):
            put(line["article_id"], line["id"])
        elif line["kind"] == "story_merge":
            for article in sorted(members.get(line["story_id"], ())):
                put(article, line["into"])
        elif line["kind"] == "story_split":
            for article in line["articles"]:
                put(article, line["into"])
        elif line["kind"] == "tombstone" and line["id"] in story:
            members[story.pop(line["id"])].discard(line["id"])
    return story


def _parts(folder: Path) -> list[Path]:
    # By number, and not the temporary files; a part that is there in both forms for a moment is read once.
    plain = {path.name: path for path in folder.glob("[0-9]*.jsonl")}
    closed = {path.stem: path for path in folder.glob("[0-9]*.jsonl.gz")}
    return [path for _, path in sorted((plain | closed).items())]
