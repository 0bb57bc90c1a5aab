"""What the tests of this room share: a page, read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Article, Extraction, Page, Sighting, Source

FETCHED = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://valley.example/news/100/officials-meet-over-the-river"
SOURCE = Source(id="valley", name="Valley Herald", languages=("en",))
OPTIONS = ExtractionOptions()

Reader = Callable[..., Extraction]


@pytest.fixture(scope="session")
def read() -> Reader:
    """Reads a page: `read(html, source=..., url=..., headers=..., **fields of the sighting)`."""

    def _read(
        html: str | bytes,
        *,
        source: Source = SOURCE,
        url: str = URL,
        status: int = 200,
        headers: tuple[tuple[str, str], ...] = (("content-type", "text/html; charset=utf-8"),),
        options: ExtractionOptions = OPTIONS,
        **sighting: object,
    ) -> Extraction:
        fields: dict[str, object] = {
            "url": url,
            "source_id": source.id,
            "via": "rss",
            "first_seen": FETCHED,
            **sighting,
        }
        body = html.encode() if isinstance(html, str) else html
        page = Page(
            sighting=Sighting(**fields),  # type: ignore[arg-type]
            url=url,
            status=status,
            headers=headers,
            body=body,
            fetched=FETCHED,
        )
        return extract(page, source, Outlets.of([source]), options)

    return _read


@pytest.fixture(scope="session")
def article(read: Reader) -> Callable[..., Article]:
    """The same for pages that must be articles."""

    def _article(html: str | bytes, **rest: object) -> Article:
        extraction = read(html, **rest)
        assert extraction.rejected is None, extraction.rejected
        assert extraction.article is not None
        return extraction.article

    return _article


PARAGRAPHS = (
    "The two delegations met on Tuesday in the old town hall and spoke for six hours about the water of the river.",
    "Both sides agreed that a joint office shall measure the level at four bridges, beginning in the first week of "
    "May.",
    "Farmers from the lower valley had asked for such an office for years, after three summers with hardly any rain.",
    "The mayor of the largest town called the talks a beginning and said that the costs would be shared equally.",
    "A second round is planned for the autumn, when the results of the first measurements are known to both sides.",
)


@pytest.fixture(scope="session")
def page() -> Callable[..., str]:
    """A page with five paragraphs: `page({2: html}, head=..., top=...)` puts html behind the second of them."""

    def _page(
        blocks: dict[int, str] | None = None, *, head: str = "", top: str = "", bottom: str = "", lang: str = "en"
    ) -> str:
        inserted = blocks or {}
        parts = [inserted.get(0, "")]
        for number, text in enumerate(PARAGRAPHS, 1):
            parts += [f"<p>{text}</p>", inserted.get(number, "")]
        return (
            f'<!DOCTYPE html><html lang="{lang}"><head>{head}'
            "<title>Officials meet over the river - Valley Herald</title>"
            "</head>"
            f'<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>'
            f"<main><article><h1>Officials meet over the river</h1>{top}<div "
            f"class='text'>{''.join(parts)}</div></article>"
            f"{bottom}</main><footer><p>Valley Herald, all rights reserved</p></footer></body></html>"
        )

    return _page


@pytest.fixture(scope="session")
def paragraphs() -> tuple[str, ...]:
    """The paragraphs of `page`."""
    return PARAGRAPHS
