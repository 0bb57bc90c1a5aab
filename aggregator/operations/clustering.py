"""A file of articles, in the order of time -> the same articles with their copies and their stories.

Rows come one by one and leave once they are older than the window, so that memory is bounded by the window and not by
the file; what later articles taught about an earlier one within it is in its row.
"""

from __future__ import annotations

import gc
import gzip
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from aggregator import compiled
from aggregator.editing import EDITORIAL
from aggregator.errors import InputError
from aggregator.operations.copies_in_stream import Copies
from aggregator.operations.display import Shown
from aggregator.semantic import open_model
from aggregator.stories import Item, Model, Options, Stories

SHOWN_EVERY = 200
"""Rows between two looks at how far the file is read."""

COMPILED_FROM = 20_000_000
"""Bytes of a file, packed or not, from which it is worth while to compile what is done for each article: the first time
that takes some 25 seconds, later one."""

COLLECTED_AFTER = 100_000
"""Objects that are new before Python looks for cycles among them; its own 700 take a sixth of all time, as a window
holds millions of objects and none in a cycle."""


@contextmanager
def in_bulk(size: int = COMPILED_FROM) -> Iterator[None]:
    """For the time of a run over a file of so many bytes: loops are compiled, and cycles are seldom looked for."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED_AFTER, *before[1:])
    if size >= COMPILED_FROM:
        compiled.enable()
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Row(msgspec.Struct):
    """One row of the result."""

    id: str
    duplicate_of: str | None = None
    level: str | None = None
    story_id: str | None = None
    score: float | None = None


@dataclass(slots=True)
class Totals:
    """What was read, and what came out."""

    rows: int = 0
    duplicates: int = 0
    stories: int = 0
    skipped: int = 0
    """lines of a journal that are no article, and rows without an id"""


class Clustering:
    """Copies and stories of a stream of rows."""

    def __init__(self, options: Options | None = None, model: Model | None = None) -> None:
        """Begins with no article known; a `model` is asked once for each article that is no copy."""
        self.stories = Stories(options, model)
        self.totals = Totals()
        self._copies = Copies()
        self._waiting: deque[Row] = deque()
        self._rows: dict[str, Row] = {}

    def take(self, item: Item, url: str = "") -> Iterator[Row]:
        """Takes an article; gives those rows, in the order of the file, that will not change any more."""
        row = Row(item.id)
        known = item.id in self._rows
        verdict = (item.id, "revision", 1.0) if known else self._copies.take(item, url)
        if verdict is not None:
            self.totals.duplicates += 1
            row.duplicate_of, row.level = verdict[0], verdict[1]
            item = replace(item, duplicate_of=row.duplicate_of)
        placed = self.stories.place(item, told=False)
        row.story_id, row.score = placed.story_id, placed.score
        self.totals.rows += 1
        self.totals.stories += len(placed.closed)
        self._waiting.append(row)
        self._rows[row.id] = row
        for article, story, sure in placed.left:
            left = self._rows.pop(article, None)
            if left is not None:
                left.story_id, left.score = story, sure
        while self._waiting and self._rows.get(self._waiting[0].id) is not self._waiting[0]:
            yield self._waiting.popleft()

    def finish(self) -> Iterator[Row]:
        """The rows that were still waiting."""
        self.stories.finish()
        self.totals.stories += len(self.stories)
        while self._waiting:
            row = self._waiting.popleft()
            stands = self.stories.story_of(row.id) if self._rows.get(row.id) is row else None
            if stands is not None:
                row.story_id, row.score = stands
            yield row


def cluster(source: Path, target: Path, display: Shown | None = None, options: Options | None = None) -> Totals:
    """Reads the rows of a file and writes theirs.

    Raises InputError where a line cannot be read, and ConfigError where the model of the options is not there.
    """
    options = options or Options()
    work = Clustering(options, open_model(options.model))
    encode = msgspec.json.Encoder().encode
    try:
        with in_bulk(source.stat().st_size), target.open("wb") as out:
            for item, url, position in _read(source, work.totals):
                for row in work.take(item, url):
                    out.write(encode(row) + b"\n")
                if display is not None and work.totals.rows % SHOWN_EVERY == 0:
                    display.show({"bytes": position})
            for row in work.finish():
                out.write(encode(row) + b"\n")
    except OSError as error:
        raise InputError(f"{error.filename or source}: {error.strerror or error}", subject=str(source)) from error
    return work.totals


def _read(source: Path, totals: Totals) -> Iterator[tuple[Item, str, int]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    last = datetime.fromtimestamp(0, UTC)
    with source.open("rb") as raw:
        lines = gzip.GzipFile(fileobj=raw) if source.suffix == ".gz" else raw
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise InputError(f"{source}, line {number}: {error}", subject=str(source)) from error
            item = item_of(row, last)
            if item is None:
                totals.skipped += 1
                continue
            last = item.published
            yield item, str(row.get("canonical_url") or row.get("url") or ""), raw.tell()


def item_of(row: dict[str, Any], otherwise: datetime) -> Item | None:
    """A row as an article, at a time for those that have none; None for what is no article.

    Our own lines and those of other collections are understood: headline or title, text or body, language or lang.
    """
    name = row.get("id")
    if name is None or row.get("kind", "article") != "article":
        return None
    outlet: Any = row.get("source") or ""
    source, country = (outlet.get("id"), outlet.get("country")) if isinstance(outlet, dict) else (outlet, None)
    links = (link for link in row.get("relations") or () if isinstance(link, dict) and link.get("type") in EDITORIAL)
    return Item(
        id=str(name),
        language=str(row.get("language") or row.get("lang") or "und"),
        headline=str(row.get("headline") or row.get("title") or ""),
        text=str(row.get("text") or row.get("body") or row.get("lead") or ""),
        published=_time(row) or otherwise,
        source=str(source or ""),
        country=str(country or ""),
        links=tuple(str(link["target_id"]) for link in links if link.get("target_id")),
    )


def _time(row: dict[str, Any]) -> datetime | None:
    for name in ("published", "published_local", "fetched", "at"):
        with suppress(ValueError, TypeError):
            time = datetime.fromisoformat(row[name]) if row.get(name) else None
            if time is not None:
                return time if time.tzinfo else time.replace(tzinfo=UTC)
    return None
