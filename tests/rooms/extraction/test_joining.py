"""An article on several pages becomes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aggregator.extraction import joined
from aggregator.records import Article, Extraction, Extractor, Page, Publisher, Relation, Sighting

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = "https://a.example/news/long-story-of-a-river?page=2"


def link(to: str, **changes: Any) -> Relation:
    usual: dict[str, Any] = {"type": "read_more", "anchor": to, "where": "inline", "rule": "test", "confidence": 1.0}
    return Relation(**{**usual, "url": f"https://a.example/{to}", **changes})


def page(text: str, *relations: Relation, **changes: Any) -> Extraction:
    url = "https://a.example/news/long-story-of-a-river"
    article = Article(
        id="1",
        url=url,
        canonical_url=url,
        source=Publisher(id="a", name="A"),
        headline="The long story of a river",
        text=text,
        relations=relations,
        fetched=NOW,
        extractor=Extractor(name="test", version="1"),
    )
    sighting = Sighting(url=url, source_id="a", via="rss", first_seen=NOW)
    return Extraction(
        **{"page": Page(sighting=sighting, url=url, status=200, fetched=NOW), "article": article, **changes}
    )


def test_the_text_goes_on_and_what_both_show_stays_once() -> None:
    first = page("Lead.\n\nOne.\n\nTwo.", link("a", after_paragraph=2), link("z", where="end", after_paragraph=3))
    second = page("Lead.\n\nThree.\n\nFour.", link("b", after_paragraph=2), link("z", where="end", after_paragraph=3))
    whole = joined(replace(first, next_page=SECOND), SECOND, second)
    assert whole.article is not None
    assert whole.article.text == "Lead.\n\nOne.\n\nTwo.\n\nThree.\n\nFour."
    places = [(relation.anchor, relation.where, relation.after_paragraph) for relation in whole.article.relations]
    assert places == [("a", "inline", 2), ("z", "end", 5), ("b", "inline", 4)]
    assert whole.article.alt_urls == (SECOND,)
    assert whole.next_page is None


def test_a_third_page_is_asked_for_by_the_second() -> None:
    third = SECOND.replace("2", "3")
    whole = joined(page("One."), SECOND, page("Two.", next_page=third))
    assert whole.next_page == third
    whole = joined(whole, third, page("Three."))
    assert whole.article is not None
    assert whole.article.text == "One.\n\nTwo.\n\nThree."


def test_a_page_that_is_missing_is_said_to_be() -> None:
    for missing, why in ((None, "could not be had"), (page("", article=None, rejected="no headline"), "no headline")):
        whole = joined(page("One.", next_page=SECOND), SECOND, missing)
        assert whole.article is not None
        assert whole.article.text == "One."
        assert why in whole.article.warnings[0]
        assert whole.next_page is None
