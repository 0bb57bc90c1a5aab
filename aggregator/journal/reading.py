"""Reads the journal back, part by part, as any consumer would."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
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


def _parts(folder: Path) -> list[Path]:
    # By number, and not the temporary files; a part that is there in both forms for a moment is read once.
    plain = {path.name: path for path in folder.glob("[0-9]*.jsonl")}
    closed = {path.stem: path for path in folder.glob("[0-9]*.jsonl.gz")}
    return [path for _, path in sorted((plain | closed).items())]
