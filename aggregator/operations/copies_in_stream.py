"""Copies in a stream of articles, judged as a crawl judges them, without a store."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from aggregator.identity import Window, fingerprint
from aggregator.nearness import NEAR_DAYS, day_of
from aggregator.records import Article, Extraction, Extractor, Page, Publisher, Sighting
from aggregator.stories import Item
from aggregator.urls import canonical

_NOWHERE = "row.invalid"
"""Host of the addresses of rows that have none."""

_GIVEN = Extractor(name="given", version="")

_PLAIN = re.compile("[0-9A-Za-z_-]+")


class Copies:
    """The articles of the last days, and which of them a newcomer is a copy of."""

    def __init__(self) -> None:
        """Begins with no article known."""
        self._window = Window()
        self._day = 0

    def take(self, item: Item, url: str) -> tuple[str, str, float] | None:
        """The first article that a newcomer is the same as, with level and score; it is known from then on."""
        # An id of letters and digits is its address's key as it stands; finding the key of others takes longer.
        plain = not url and _PLAIN.fullmatch(item.id)
        address = url or f"https://{_NOWHERE}/{item.id if plain else quote(item.id, safe='')}"
        article = _article(item, address, canonical(url) if url else address)
        day = day_of(article)
        if day > self._day:
            self._day = day
            self._window.forget(day - NEAR_DAYS)
        sighting = Sighting(url=article.url, source_id=item.source, via="given", first_seen=item.published)
        page = Page(sighting=sighting, url=article.url, status=200, fetched=item.published)
        keys = (f"{_NOWHERE}/{item.id}",) if plain else None
        verdict = self._window.take(fingerprint(Extraction(page=page, article=article), keys))
        if verdict.of is None or verdict.of == item.id:
            return None
        return verdict.of, verdict.level or "url", verdict.score


@lru_cache(maxsize=4_096)
def _publisher(name: str) -> Publisher:
    return Publisher(id=name, name=name)


def _article(item: Item, url: str, shown: str) -> Article:
    return Article(
        id=item.id,
        url=url,
        canonical_url=shown,
        source=_publisher(item.source),
        headline=item.headline,
        text=item.text,
        published=item.published,
        fetched=item.published,
        extractor=_GIVEN,
    )
