"""The last stage: what waits to be written goes into one transaction, and nobody pays for another's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aggregator.errors import StoreUnavailable
from aggregator.identity import judge
from aggregator.records import Article, Fingerprint, Sighting
from aggregator.store import SqliteStore
from aggregator.store.interface import Follow
from pipelines.write import Write
from tests.store.newsroom import newcomer


class Spider:
    """As much of a spider as the stage needs, around a real store."""

    dry_run = False

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "aggregator.db")
        self.outcomes: list[str] = []
        self.transactions: list[int] = []
        self.refused: frozenset[str] = frozenset()
        """headlines of articles at which a room of ours breaks"""
        self.away = False
        self.run = SimpleNamespace(store=self)

    def record_articles(self, run_id: str, newcomers: Sequence[Fingerprint], *words: Any, **named: Any) -> Any:
        self.transactions.append(len(newcomers))
        if self.away:
            raise StoreUnavailable("the server is away", path="db")
        return self.store.record_articles(run_id, newcomers, *words, **named)

    def rows_after(self, seq: int, limit: int) -> Any:
        return self.store.rows_after(seq, limit)

    def outside(self, *_: object) -> None:
        return None

    def record(self, newcomers: Sequence[Fingerprint], now: datetime) -> Any:
        return self.record_articles("r", newcomers, judge, now, follow=self.follow(now))

    def follow(self, now: datetime) -> Follow:
        def followed(article: Article, seen: Sighting) -> Sequence[Sighting]:
            if article.headline in self.refused:
                raise ValueError(article.headline)
            return ()

        return followed

    def settled(self, sighting: object, outcome: str, **_: object) -> None:
        self.outcomes.append(outcome)


@pytest.fixture
def spider(tmp_path: Path) -> Spider:
    return Spider(tmp_path)


def written(spider: Spider, names: Sequence[str]) -> list[Any]:
    """What becomes of these articles, which come to the stage at the same moment."""

    async def all_at_once() -> list[Any]:
        stage = Write(SimpleNamespace(spider=spider))  # type: ignore[arg-type]
        stage._each = 0.001  # as on a machine where an article takes a millisecond
        items = (stage.process_item(newcomer(name)) for name in names)
        return await asyncio.gather(*items, return_exceptions=True)

    return asyncio.run(all_at_once())


NAMES = ["a", "b", "c", "d", "e"]


def test_what_comes_together_is_one_transaction_in_its_order(spider: Spider) -> None:
    """Each has its own line, numbered as they came."""
    lines = written(spider, NAMES)
    assert spider.transactions == [5]
    assert [line["url"] for line in lines] == [newcomer(name).article.url for name in NAMES]
    assert spider.outcomes == ["unique"] * 5


def test_an_article_that_breaks_a_room_fails_alone(spider: Spider) -> None:
    """The others of its transaction are written, each once."""
    spider.refused = frozenset({newcomer("c").article.headline})
    found = written(spider, NAMES)
    assert [isinstance(each, ValueError) for each in found] == [False, False, True, False, False]
    assert spider.store.last_seq() == 4
    assert spider.outcomes == ["unique"] * 4


def test_a_store_that_is_away_is_asked_once_for_all(spider: Spider) -> None:
    """It was waited for already: not again for each of them."""
    spider.away = True
    found = written(spider, NAMES)
    assert all(isinstance(each, StoreUnavailable) for each in found)
    assert spider.transactions == [5]


def test_no_transaction_is_longer_than_the_process_may_be_deaf(spider: Spider) -> None:
    """Where an article takes long, fewer of them are one transaction."""

    async def slow() -> None:
        stage = Write(SimpleNamespace(spider=spider))  # type: ignore[arg-type]
        stage._each = 0.018
        await asyncio.gather(*(stage.process_item(newcomer(name)) for name in NAMES))

    asyncio.run(slow())
    assert spider.transactions[0] == 2
