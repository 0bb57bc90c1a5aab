"""How many pages of a source are asked for in a day: what bounds traps and hijacked feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from aggregator.records import Source
from aggregator.urls import site


class Budgets:
    """What each source has left of its day (UTC), over all runs of that day."""

    def __init__(self, *, pages: int, foreign: int, now: datetime) -> None:
        """So many pages of each source a day, and so many of them on sites that are not its own; 0: no limit."""
        self.pages, self.foreign = pages, foreign
        self._day: date = now.date()
        self._own: dict[str, frozenset[str]] = {}
        self._spent: Counter[str] = Counter()
        self._abroad: Counter[str] = Counter()

    def remember(self, asked: Iterable[tuple[Source, str]]) -> None:
        """Counts what other runs have asked for today: sources and the URLs of their pages."""
        for source, url in asked:
            self._spent[source.id] += 1
            self._abroad[source.id] += not self.is_own(source, url)

    def refusal(self, source: Source, url: str, now: datetime) -> str | None:
        """Counts one page more; why it must wait for the next day, and is not counted, where nothing is left."""
        if now.date() != self._day:
            self._day = now.date()
            self._spent.clear()
            self._abroad.clear()
        if self.pages and self._spent[source.id] >= self.pages:
            return f"the source's budget of {self.pages} pages a day is spent (crawl.page_budget)"
        own = self.is_own(source, url)
        if not own and self.foreign and self._abroad[source.id] >= self.foreign:
            return f"the source's budget of {self.foreign} pages of other sites a day is spent (crawl.foreign_budget)"
        self._spent[source.id] += 1
        self._abroad[source.id] += not own
        return None

    def is_own(self, source: Source, url: str) -> bool:
        """Whether a page stands on a site of its source: that of its homepage or of what it lists pages with."""
        own = self._own.get(source.id)
        if own is None:
            listed = (*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings)
            own = frozenset(site(address) for address in (source.homepage, *listed) if address)
            self._own[source.id] = own
        return not own or site(url) in own
