"""What an address asks for: filters, page, order; read from its query, and nothing of it believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aggregator.store.browsing import Facet, StoriesWanted
from aggregator.store.query import Query, parse

PAGE = 20
"""Stories, articles or hits on one page."""

MOST_PAGES = 200

TIMES = {"1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30)}
FACETS: tuple[Facet, ...] = ("region", "country", "language", "source")
LONGEST = 80
"""Letters of a filter's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a list of stories, as they stand in its address."""

    region: str = ""
    country: str = ""
    language: str = ""
    source: str = ""
    time: str = ""
    sort: Literal["newest", "biggest"] = "newest"
    least: int = 2
    page: int = 1

    @property
    def values(self) -> dict[str, object]:
        """What belongs into the address of the same list, page left out."""
        return {
            "region": self.region,
            "country": self.country,
            "language": self.language,
            "source": self.source,
            "time": self.time,
            "sort": self.sort if self.sort != "newest" else "",
            "least": self.least if self.least != 2 else "",
        }

    def wanted(self, now: datetime, limit: int = PAGE) -> StoriesWanted:
        """The same for the store; one more than asked for would tell whether there is a next page."""
        chosen = [(kind, str(self.values[kind])) for kind in FACETS if self.values[kind]]
        return StoriesWanted(
            filters=tuple(chosen),
            since=now - TIMES[self.time] if self.time in TIMES else None,
            least=self.least,
            biggest=self.sort == "biggest",
            skip=(self.page - 1) * PAGE,
            limit=limit,
        )

    def query(self, now: datetime) -> Query:
        """The articles that the same filters ask for."""
        return Query(
            source=self.source or None,
            country=self.country or None,
            language=self.language or None,
            region=self.region or None,
            after=now - TIMES[self.time] if self.time in TIMES else None,
        )


def filters(given: Mapping[str, str]) -> Filters:
    """The filters of a query; what makes no sense is left out."""
    return Filters(
        region=_short(given.get("region")).lower(),
        country=_short(given.get("country")).upper(),
        language=_short(given.get("language") or given.get("lang")).lower().partition("-")[0],
        source=_short(given.get("source")).lower(),
        time=given.get("time", "") if given.get("time") in TIMES else "",
        sort="biggest" if given.get("sort") == "biggest" else "newest",
        least=number(given.get("least"), 2, 1, 1_000),
        page=number(given.get("page"), 1, 1, MOST_PAGES),
    )


def typed(given: Mapping[str, str]) -> tuple[str, Query]:
    """The words of a search and the query they are, `source=` and its like put in where they stand beside them."""
    text = given.get("q", "")[:400].replace("\x00", "")
    beside = [f'{kind}:"{_short(given[kind])}"' for kind in (*FACETS, "after", "before") if given.get(kind)]
    return text, parse(" ".join([*beside, text]))


def number(text: str | None, usual: int, least: int, most: int) -> int:
    """A whole number between two others; the usual one where it is none."""
    text = (text or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        return usual
    return min(max(int(text), least), most)


def _short(text: str | None) -> str:
    return (text or "").strip()[:LONGEST].replace("\x00", "").replace('"', "")
