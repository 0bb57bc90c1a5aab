"""A newsroom for the tests: sightings, articles and readings of pages, in the words of the trade.

Every story has text of its own by its name, so that two stories never look alike by accident.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.identity import fingerprint
from aggregator.records import (
    Article,
    Extraction,
    Extractor,
    Fingerprint,
    Page,
    PollState,
    Publisher,
    Relation,
    Sighting,
)
from aggregator.urls import article_id, canonical

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = "https://gazette.example/feed"


def url(story: str, host: str = "gazette.example") -> str:
    """Address of a story."""
    return f"https://{host}/news/{story}"


def text(story: str, words: int = 60) -> str:
    """A text of so many words that no other story has."""
    return " ".join(f"{story}{number}" for number in range(words))


def sighting(story_url: str, **changes: Any) -> Sighting:
    """An entry of the gazette's feed, seen now."""
    usual: dict[str, Any] = {"source_id": "gazette", "via": "rss", "feed": FEED, "first_seen": NOW}
    return Sighting(**{**usual, "url": story_url, **changes})


def relation(to: str, **changes: Any) -> Relation:
    """A link of a block below the text."""
    usual: dict[str, Any] = {"type": "read_more", "anchor": "More", "where": "end", "rule": "test", "confidence": 1.0}
    return Relation(**{**usual, "url": to, **changes})


def article(story: str, **changes: Any) -> Article:
    """The gazette's article on a story, as it was read."""
    address = changes.pop("url", url(story))
    shown = changes.pop("canonical_url", canonical(address))
    usual: dict[str, Any] = {
        "source": Publisher(id="gazette", name="Gazette", region="levant", language="en"),
        "headline": f"The {story}",
        "text": text(story),
        "language": "en",
        "published": NOW - HOUR,
        "fetched": NOW,
        "extractor": Extractor(name="test", version="1"),
    }
    return Article(**{**usual, "id": article_id(shown), "url": address, "canonical_url": shown, **changes})


def publisher(name: str) -> Publisher:
    """Another outlet."""
    return Publisher(id=name, name=name.title())


def reading(read: Article, seen: Sighting | None = None, **entry: Any) -> Fingerprint:
    """What reading the page of an article gave; `entry` is what the feed said of it."""
    seen = seen or sighting(entry.pop("asked", read.url), source_id=read.source.id)
    seen = replace(seen, **entry)
    page = Page(sighting=seen, url=read.url, status=200, fetched=read.fetched)
    return fingerprint(Extraction(page=page, article=read))


def newcomer(story: str, **changes: Any) -> Fingerprint:
    """A reading of the gazette's page on a story: `asked` and `guid` belong to its entry, the rest to the article."""
    entry = {name: changes.pop(name) for name in ("asked", "guid") if name in changes}
    return reading(article(story, **changes), **entry)


def poll_state(feed: str = FEED, **changes: Any) -> PollState:
    """What is remembered of a feed."""
    return PollState(**{"feed": feed, "source_id": "gazette", "etag": '"1"', "polled": NOW, **changes})
