"""`aggregator forget`: an article, or all of a source, is taken out for good.

Its text leaves the store, the log, and the files that are written from it; what is left is that it was there, a
tombstone in the journal for those who keep copies, and its address, so that it does not come back.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from aggregator.config import Config
from aggregator.errors import InputError
from aggregator.journal import archives
from aggregator.journal.jsonl import rebuild, resealed
from aggregator.operations.reclustering import as_it_stands
from aggregator.records import TombstoneLine
from aggregator.store import Store
from aggregator.urls import key as url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was taken out."""

    lines: tuple[TombstoneLine, ...]
    rewritten: tuple[str, ...]
    """files below the data folder that were written anew"""
    archives: tuple[Path, ...]
    """WARC files that still hold, or may hold, the pages: they are being written, or could not be"""
    cleaned: tuple[Path, ...] = ()
    """WARC files that were written anew without the pages"""


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
    runs = {run for name in articles for run in store.runs_of(name)}
    keys = {key for name in articles for key in store.keys_of(name)}
    run_id = store.begin_run("forget", "", now)
    lines = store.forget(
        run_id,
        articles,
        reason,
        now,
        describe=lambda story_id: as_it_stands(store, story_id),
        reseal=lambda end: resealed(store, end),
    )
    cleaned, remaining = _clean_archives(store, config, keys, runs)
    config.story_state.unlink(missing_ok=True)  # it has headlines
    rewritten = rebuild(store, config.data_folder)
    store.end_run(run_id, "finished", now)
    return Forgotten(
        lines=tuple(lines),
        rewritten=tuple(name for name, state in rewritten if state != "identical"),
        archives=remaining,
        cleaned=cleaned,
    )


def _clean_archives(
    store: Store, config: Config, keys: Set[str], runs: Set[str]
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Takes the pages of these URL keys out of the archives: files that were written anew, files that were not."""
    folder, cleaned, remaining = config.data_folder / "warc", [], []
    written = frozenset(store.living_runs())
    named = {capture.file for capture in store.captures(keys)}
    pending = [path for path in archives.files(folder) if path.name in named or archives.run_of(path) in runs]
    for path in pending:
        if archives.run_of(path) in written:
            remaining.append(path)
            continue
        try:
            done = archives.without(path, store.captures_in(path.name), lambda url: url_key(url) in keys, keys)
            if done is not None:
                temporary, captures, gone = done
                put = partial(archives.put_in_place, temporary, path)
                store.replace_captures(path.name, captures, gone, put)
                cleaned.append(path)
        except (InputError, OSError):
            remaining.append(path)
    return tuple(cleaned), tuple(remaining)
