"""A reader that knows its feed: tests give the body only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.discovery.feeds import FeedOptions, Reading, read
from aggregator.discovery.window import Window
from aggregator.records import Feed, FeedFormat, Source

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"

Read = Callable[..., Reading]


@pytest.fixture(scope="session", name="read_body")
def _read_body() -> Read:
    def body(
        body: str | bytes,
        *,
        content_type: str | None = None,
        url: str = URL,
        languages: tuple[str, ...] = ("fa",),
        format: FeedFormat = "auto",
        window: Window | None = None,
        options: FeedOptions | None = None,
        **source: Any,
    ) -> Reading:
        return read(
            body.encode() if isinstance(body, str) else body,
            source=Source(id="example", name="Example", languages=languages, **source),
            feed=Feed(url=URL if format == "auto" and "sitemap" not in url else url, format=format, section="World"),
            url=url,
            content_type=content_type,
            now=NOW,
            window=window,
            options=options,
        )

    return body


def rss(*items: str, head: str = "<title>Example</title>") -> str:
    """An RSS 2.0 feed of those items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(number: int = 1, inner: str = "") -> str:
    """One complete item."""
    return f"<item><title>Headline {number}</title><link>https://news.example/{number}</link>{inner}</item>"


@pytest.fixture(scope="session", name="rss")
def _rss() -> Callable[..., str]:
    return rss


@pytest.fixture(scope="session", name="item")
def _item() -> Callable[..., str]:
    return item
