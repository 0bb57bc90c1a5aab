"""Which time an article was published at, where several are said in different ways, and where none is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aggregator.records import Article, Source

Build = Callable[..., str]
Read = Callable[..., Article]


def _stated(time: str) -> str:
    return f'<meta property="article:published_time" content="{time}">'


def test_a_line_that_shows_the_stated_moment_by_another_clock_is_local_time(page: Build, article: Read) -> None:
    """A page late in the evening is of another day in UTC; its readers and its archive go by their own day."""
    html = page(head=_stated("2026-05-04T00:25:56Z"), top="<p class='date'>3 May 2026, 21:25</p>")
    found = article(html, source=Source(id="far", name="Far Post"))
    assert found.published == datetime(2026, 5, 4, 0, 25, 56, tzinfo=UTC)
    assert found.published_local == "2026-05-03T21:25:00"


def test_a_line_of_another_moment_changes_nothing(page: Build, article: Read) -> None:
    html = page(head=_stated("2026-05-04T00:25:56Z"), top="<p class='date'>3 May 2026, 21:07</p>")
    assert article(html, source=Source(id="far", name="Far Post")).published_local == "2026-05-04T00:25:56"


def test_a_known_zone_of_the_source_comes_first(page: Build, article: Read) -> None:
    html = page(head=_stated("2026-05-04T00:25:56Z"), top="<p class='date'>3 May 2026, 21:25</p>")
    source = Source(id="far", name="Far Post", timezone="Asia/Tehran")
    assert article(html, source=source).published_local == "2026-05-04T03:55:56"


def test_a_day_anywhere_on_the_page_is_the_last_resort_and_is_said_so(page: Build, article: Read) -> None:
    found = article(page(bottom=_below("Put here on 17 April 2026.")))
    assert (found.published, found.published_local, found.published_source) == (None, "2026-04-17", "dateline")
    assert any("search of the whole page" in warning for warning in found.warnings)


def _below(text: str) -> str:
    """A footer that is no dateline: too long."""
    small_print = "This page of the upper valley belongs to the towns on its banks. " * 3
    return f"<footer><div>{small_print}{text}</div></footer>"


def test_the_day_of_the_fetch_is_the_clock_of_the_page(page: Build, article: Read) -> None:
    found = article(page(bottom=_below("It is Monday, 1 June 2026. Seen last on 17 April 2026.")))
    assert found.published_local == "2026-04-17"


def test_a_day_told_in_a_long_sentence_is_part_of_the_story(page: Build, article: Read) -> None:
    told = "The bridge that the river took with it in the flood of 17 April 2012 was never built again by the towns."
    assert article(page(bottom=_below(told))).published_local is None


def test_the_year_of_a_copyright_line_is_no_day(page: Build, article: Read) -> None:
    found = article(page(bottom="<div>Copyright 2024 Upper valley. All rights reserved.</div>"))
    assert (found.published, found.published_local, found.published_source) == (None, None, None)


def test_the_feed_tells_the_zone_of_a_clock_without_one(page: Build, article: Read) -> None:
    """The page shows 21:25, the feed says 17:55 UTC: half past three hours apart is a zone, no other time."""
    html = page(top="<p class='date'>3 May 2026, 21:25</p>")
    feed = datetime(2026, 5, 3, 17, 55, tzinfo=UTC)
    found = article(html, source=Source(id="far", name="Far Post"), published=feed)
    assert (found.published, found.published_source) == (feed, "feed")


def test_a_feed_of_another_moment_tells_no_zone(page: Build, article: Read) -> None:
    html = page(top="<p class='date'>3 May 2026, 21:25</p>")
    feed = datetime(2026, 5, 3, 17, 48, tzinfo=UTC)
    found = article(html, source=Source(id="far", name="Far Post"), published=feed)
    assert (found.published, found.published_local) == (None, "2026-05-03T21:25:00")
