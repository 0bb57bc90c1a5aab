"""Which jobs there are: one for each source that has a feed or a page due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.operations.due import due_sources
from aggregator.records import Source
from aggregator.store import open_store
from aggregator.timetable import Job
from aggregator.urls import host

FRESH, WAITING = 10, 0
"""Priorities, the higher one first: a feed that is due may have news, pages that wait are known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceJob:
    """One source that is to be crawled."""

    source_id: str
    host: str
    """its own host: of the sources of one host, one is crawled at a time"""
    priority: int


def due_jobs(config: Config, job: Job, now: datetime) -> tuple[SourceJob, ...]:
    """The jobs of the sources that are due and of a schedule's job; raises an AggregatorError where that is wrong."""
    catalogue = configuration.catalogue(config)
    sources = [
        source for source in catalogue.select(region=job.region or None, source=job.source or None) if source.enabled
    ]
    with closing(open_store(config.place)) as store:
        due = frozenset(source.id for source in due_sources(config, store, sources, job, now))
        return source_jobs(sources, due, store.ready_by_source(now))


def source_jobs(sources: Iterable[Source], due: Collection[str], pending: Mapping[str, int]) -> tuple[SourceJob, ...]:
    """The jobs of these sources, the urgent ones first.

    `due` are the ids of those with a feed to be polled; `pending` how many pages of each may be asked for now.
    """
    found = [
        SourceJob(
            source_id=source.id,
            host=home(source),
            priority=FRESH if source.id in due else WAITING,
        )
        for source in sources
        if source.id in due or pending.get(source.id)
    ]
    return tuple(sorted(found, key=lambda job: -job.priority))


def home(source: Source) -> str:
    """The host that a source is asked at: that of its homepage, or of its first feed."""
    feeds = (*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings)
    return next((host(url) for url in (source.homepage, *feeds) if url), source.id)
