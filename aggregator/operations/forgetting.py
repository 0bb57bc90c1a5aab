"""`aggregator forget`: an article, or all of a source, is taken out for good.

Its text leaves the store, the log, and the files that are written from it; what is left is that it was there, a
tombstone in the journal for those who keep copies, and its address, so that it does not come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.errors import InputError
from aggregator.journal.jsonl import rebuild, resealed
from aggregator.operations.reclustering import as_it_stands
from aggregator.records import TombstoneLine
from aggregator.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was taken out."""

    lines: tuple[TombstoneLine, ...]
    rewritten: tuple[str, ...]
    """files below the data folder that were written anew"""
    archives: tuple[Path, ...]
    """WARC files of the runs that fetched the pages: they still hold them"""


def chosen(store: Store, subject: str, *, source: bool, copies: bool) -> list[str]:
    """Ids of the articles that are meant; raises InputError where there are none."""
    if source:
        found = store.articles_of(subject)
        if not found:
            raise InputError(f"no article of a source {subject} is known", subject=subject)
    else:
        article_id = store.find(subject)
        if article_id is None:
            raise InputError(f"no article is known as {subject}", subject=subject)
        found = [article_id]
    if copies:
        found += [copy for name in found for copy, _, _ in store.copies(name)]
    return list(dict.fromkeys(found))


def forget(store: Store, config: Config, articles: Sequence[str], reason: str, now: datetime) -> Forgotten:
    """Takes the articles out and writes the files anew.  The caller holds the editor's lock."""
    runs = dict.fromkeys(run for name in articles for run in store.runs_of(name))
    archives = (config.data_folder / "warc" / f"{run}.warc.gz" for run in runs)
    run_id = store.begin_run("forget", "", now)
    lines = store.forget(
        run_id,
        articles,
        reason,
        now,
        describe=lambda story_id: as_it_stands(store, story_id),
        reseal=lambda end: resealed(store, end),
    )
    config.story_state.unlink(missing_ok=True)  # it has headlines
    rewritten = rebuild(store, config.data_folder)
    store.end_run(run_id, "finished", now)
    return Forgotten(
        lines=tuple(lines),
        rewritten=tuple(name for name, state in rewritten if state != "identical"),
        archives=tuple(path for path in archives if path.exists()),
    )
