"""A news desk in place of the store: it has a log, and speaks the trade's language.

desk.prints("flood"); desk.corrects("flood"); desk.passes_over("copy"); desk.tomorrow()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aggregator.encoding import to_json
from aggregator.journal import JournalOptions, Publisher
from aggregator.records import DuplicateLine, LineKind, LogRow
from tests.store.newsroom import DAY, NOW, article

RUN = "run-1"


class Desk:
    """Keeps `journal.jsonl.Outbox` in a list."""

    def __init__(self) -> None:
        self.now: datetime = NOW
        self.log: list[LogRow] = []

    # ---------------------------------------------------------- what happens

    def prints(self, *stories: str, **changes: object) -> None:
        """New articles."""
        for story in stories:
            self._append("article", to_json(article(story, **changes)), listed=True)

    def corrects(self, story: str) -> None:
        """A revision: a line of the journal only."""
        self._append("article", to_json(replace(article(story), revision=2, change="body")))

    def passes_over(self, story: str) -> None:
        """A copy: a line of the journal only."""
        known = article(story)
        line = DuplicateLine(id=known.id, of=known.id, url=known.url, level="canonical", score=1.0)
        self._append("duplicate", to_json(line))

    def tomorrow(self) -> None:
        """Midnight passes."""
        self.now += DAY

    def _append(self, kind: LineKind, payload: bytes, *, listed: bool = False) -> int:
        seq = len(self.log) + 1
        self.log.append(LogRow(seq=seq, at=self.now, kind=kind, run_id=RUN, listed=listed, payload=payload))
        return seq

    # ------------------------------------------------------------- the outbox

    def rows_after(self, seq: int, limit: int) -> list[LogRow]:
        return self.log[seq : seq + limit]

    def append_checkpoint(self, run_id: str, compose: Callable[[], bytes], now: datetime) -> int:
        return self._append("checkpoint", compose())

    def checkpoints(self) -> list[int]:
        return [row.seq for row in self.log if row.kind == "checkpoint"]


class Press:
    """The publisher of one desk and one folder, as one process after the other has it."""

    def __init__(self, desk: Desk, folder: Path, part_size: int = 64_000_000) -> None:
        self.desk, self.folder = desk, folder
        self.options = JournalOptions(part_size=part_size)

    def run(self) -> int:
        """One process: opens the files, brings them level with the log, closes them."""
        publisher = Publisher(self.desk, self.folder, self.options)
        try:
            return publisher.publish(RUN, self.desk.now)
        finally:
            publisher.close()


def files(folder: Path) -> dict[str, bytes]:
    """Every file that was published below a folder, by its name; temporary ones are no business of readers."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
