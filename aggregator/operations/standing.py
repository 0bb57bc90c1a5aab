"""How things stand: what `aggregator status` shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import AggregatorError
from aggregator.store import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of one data folder."""

    folder: str
    sources: int
    feeds: int
    feeds_asked: int
    feeds_due: int
    next_poll: datetime | None
    failing: dict[str, str]
    """feeds whose last poll failed, with the reason"""
    moved: dict[str, str]
    """feeds that are asked at another address than the catalogue's, with that address"""
    at_risk: tuple[str, ...]
    """feeds that lost entries between two polls of late"""
    pending: int
    pending_due: int
    next_page: datetime | None
    ruled_out: dict[str, int]
    """how many pages each rule of the user spoke against"""
    counts: dict[str, int]
    """rows of the store by kind and state"""
    last_seq: int

    def rows(self) -> Iterator[tuple[str, str]]:
        """Lines for people: a name and its value."""
        yield "data", self.folder
        yield "sources", f"{self.sources} with {self.feeds} feeds"
        next_poll = f", next at {_time(self.next_poll)}" if self.next_poll else ""
        yield "feeds", f"{self.feeds_asked} asked so far, {self.feeds_due} due now{next_poll}"
        next_page = f", next at {_time(self.next_page)}" if self.next_page else ""
        yield "pending", f"{self.pending} pages, {self.pending_due} due now{next_page if self.pending else ''}"
        unique, copies = self.counts.get("articles.unique", 0), self.counts.get("articles.duplicate", 0)
        yield "articles", f"{unique} unique, {copies} copies with a text of their own"
        yield (
            "relations",
            f"{self.counts['relations.resolved']} lead to a known article, {self.counts['relations.open']} do not",
        )
        yield (
            "pages",
            ", ".join(
                f"{self.counts[name]} {name.partition('.')[2]}" for name in self.counts if name.startswith("frontier.")
            )
            or "none so far",
        )
        for rule, number in self.ruled_out.items():
            yield "ruled out", f"{number} pages: {rule}"
        yield "journal", f"{self.last_seq} lines"
        for feed, reason in sorted(self.failing.items()):
            yield "failing", f"{feed}: {reason}"
        for feed, address in sorted(self.moved.items()):
            yield "moved", f"{feed} is asked at {address}"
        for feed in self.at_risk:
            yield "missed risk", f"{feed}: entries may come and go between two polls"


def standing(store: SqlStore, config: Config, now: datetime) -> Standing:
    """Gathers it from the store and, where it can be read, the catalogue."""
    states = store.poll_states()
    try:
        sources = configuration.catalogue(config).sources
    except AggregatorError:
        sources = ()  # a data folder can be looked at without its catalogue
    feeds = {url for source in sources for url in (*(feed.url for feed in source.feeds), *source.sitemaps)}
    dues = [state.next_due for state in states.values() if state.next_due]
    waiting, ready, next_page = store.pending(now)
    return Standing(
        folder=str(config.data_folder),
        sources=len(sources),
        feeds=len(feeds | set(states)),
        feeds_asked=len(states),
        feeds_due=len(feeds - set(states)) + sum(due <= now for due in dues),
        next_poll=min((due for due in dues if due > now), default=None),
        failing={
            url: f"{state.error} (disabled: {state.disabled})" if state.disabled else state.error
            for url, state in states.items()
            if state.error
        },
        moved={url: state.moved_to for url, state in states.items() if state.moved_to},
        at_risk=tuple(sorted(url for url, state in states.items() if state.missed_risk)),
        pending=waiting,
        pending_due=ready,
        next_page=next_page,
        ruled_out=store.ruled_out(),
        counts=store.counts(),
        last_seq=store.last_seq(),
    )


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
