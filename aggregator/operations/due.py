"""Whether a crawl would find anything to do: a look at the store, before a process is started for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.records import PollState, Source
from aggregator.sources.catalogue import Catalogue
from aggregator.sources.polling import address, due
from aggregator.store import SqlStore, open_store, there
from aggregator.timetable import Job
from aggregator.urls import host


def anything_due(config: Config, catalogue: Catalogue, job: Job, now: datetime) -> bool:
    """Whether a feed of the job's selection is due, or a page of it; raises an AggregatorError where it is wrong.

    Errs on the side of yes: the crawl looks again.
    """
    sources = [
        source for source in catalogue.select(region=job.region or None, source=job.source or None) if source.enabled
    ]
    if not there(config.place):
        return bool(sources)
    store = open_store(config.place)
    try:
        if any(due_sources(config, store, sources, job, now)):
            return True
        selection = frozenset(source.id for source in sources) if job.region or job.source else None
        return store.pending(now, selection)[1] > 0
    finally:
        store.close()


def due_sources(
    config: Config, store: SqlStore, sources: Iterable[Source], job: Job, now: datetime
) -> Iterator[Source]:
    """Those of the sources with a feed that the job would poll now."""
    quiet = store.quiet_hosts(now)
    states = store.poll_states()
    for source in sources:
        floor = timedelta(seconds=config.polling.for_source(source).min_interval)
        for feed in _addresses(source, job.spider):
            state = states.get(feed) or PollState(feed=feed, source_id=source.id)
            if host(address(state)) not in quiet and _wanted(state, job, floor, now):
                yield source
                break


def _wanted(state: PollState, job: Job, floor: timedelta, now: datetime) -> bool:
    if due(state, now):
        return True
    rested = state.polled is not None and now - state.polled >= floor
    return job.poll == "now" and rested and not state.failures


def _addresses(source: Source, spider: str) -> list[str]:
    feeds, sitemaps, listings = [feed.url for feed in source.feeds], list(source.sitemaps), list(source.listings)
    kinds = {"feeds": [*feeds, *sitemaps, *listings], "sitemaps": sitemaps, "listings": listings}
    return kinds[spider]
