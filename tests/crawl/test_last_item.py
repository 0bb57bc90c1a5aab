"""A crawl that is done ends at once: its last item has left the stages before the engine is told."""

from __future__ import annotations

import asyncio

from spiders.base import LAST_TURNS, NewsSpider


class Busy(NewsSpider):
    """A spider whose engine is busy for some turns of the loop."""

    name = "busy"

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.turns = turns
        self.asked = 0

    def _engine_is_idle(self) -> bool:
        self.asked += 1
        return self.asked > self.turns


def test_the_end_waits_for_the_last_item() -> None:
    spider = Busy(7)
    asyncio.run(spider._last_item())
    assert spider.asked == 8


def test_an_item_that_is_lost_holds_nothing_up() -> None:
    spider = Busy(LAST_TURNS + 100)
    asyncio.run(spider._last_item())
    assert spider.asked == LAST_TURNS
