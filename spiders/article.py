"""`scrapy crawl article -a url=URL[,URL]`: fetches the given pages now, known or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aggregator.errors import InputError
from aggregator.records import Claim, Sighting
from aggregator.run import utc_now
from aggregator.urls import absolute, key
from spiders.base import NewsSpider


class Article(NewsSpider):
    """Argument (`-a`): `url`, one or several parted by commas or spaces.  Their relations wait for the next crawl."""

    name = "article"

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.given = url

    def prepare(self) -> None:
        self.urls = []
        for text in self.given.replace(",http", " http").split():
            url = absolute(text)
            if url is None:
                raise InputError(f"{text} is no http or https URL", subject=text)
            self.urls.append(url)
        if not self.urls:
            raise InputError("which page? give it as -a url=URL")

    def selected(self) -> frozenset[str] | None:
        return frozenset()  # only what was given, nothing that is pending

    async def first(self) -> AsyncIterator[Any]:
        now = utc_now()
        catalogue = self.run.catalogue
        for url in self.urls:
            source = catalogue.by_url(url) or catalogue.ad_hoc(url)
            sighting = Sighting(url=url, source_id=source.id, via="given", first_seen=now)
            self.run.store.add(self.run.run_id, [sighting], now, again=True)
            yield self.page_request(Claim(key=key(url), sighting=sighting))
