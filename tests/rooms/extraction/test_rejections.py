"""Pages that are no articles are refused for a plain reason; doubtful ones are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.records import Extraction

Read = Callable[..., Extraction]


def test_an_error_status_is_refused(read: Read) -> None:
    assert read("<p>gone</p>", status=410).rejected == "HTTP status 410"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00", b"%PDF-1.7 x", b"<!-- -->"])
def test_what_holds_no_page_is_refused(body: bytes, read: Read) -> None:
    found = read(body)
    assert found.article is None
    assert found.rejected


def test_other_media_are_refused(read: Read) -> None:
    assert read(b"x", headers=(("content-type", "application/pdf"),)).rejected == "not HTML: application/pdf"


def test_a_soft_404_is_refused(read: Read) -> None:
    html = (
        "<title>Page not found</title><h1>Page not found</h1><p>The page that you asked for is not here any more. " * 1
    )
    found = read(
        f"<html><body>{html}Try the search or go to the front page of this newspaper instead.</p></body></html>"
    )
    assert found.article is None
    assert "page not found" in (found.rejected or "")


def test_a_security_page_is_refused(read: Read) -> None:
    html = "<html><head><title>Just a moment...</title></head><body><h1>valley.example</h1><p>Please verify you are "
    "human by completing the action below, then the page will be shown to you in a few seconds.</p></body></html>"
    assert read(html).article is None


def test_a_front_page_is_refused(read: Read) -> None:
    items = "".join(f"<h3><a href='/news/{n}/story'>Story number {n} of the long day</a></h3>" for n in range(40))
    found = read(
        f"<html><title>Valley Herald</title><body><main>{items}</main></body></html>", url="https://valley.example/"
    )
    assert found.article is None


def test_a_short_article_that_says_so_is_kept(read: Read) -> None:
    html = (
        '<html><head><meta property="og:type" content="article"><title>Bridge closed</title></head><body><article>'
        "<h1>Bridge closed today</h1><p>The old bridge is closed today, the town said this "
        "morning.</p></article></body></html>"
    )
    assert read(html).rejected is None


def test_the_jsonld_body_stands_in_where_the_page_has_none(read: Read, paragraphs: tuple[str, ...]) -> None:
    body = "\\n\\n".join(paragraphs)
    html = (
        '<html><head><title>Officials meet over the river</title><script type="application/ld+json">'
        f'{{"@type":"NewsArticle","headline":"Officials meet over the river","articleBody":"{body}"}}</script></head>'
        '<body><div id="app"></div></body></html>'
    )
    found = read(html)
    assert found.article is not None
    assert found.article.text.split("\n\n") == list(paragraphs)


def test_decisions_say_why(read: Read, page: Callable[..., str]) -> None:
    what = {decision.what for decision in read(page()).decisions}
    facts = {"authors", "section", "access", "canonical_url", "cites", "places", "agency"}
    assert {"headline", "body", "published", "language"} | facts <= what


def test_a_decision_names_the_candidates_that_lost(read: Read, page: Callable[..., str]) -> None:
    head = (
        '<meta property="og:title" content="Talks about water"><meta property="article:section" content="Valley">'
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Officials meet over the river",'
        '"articleSection":"World","author":"Ann Rivers"}</script>'
    )
    top = '<p class="author">Tom Hill</p>'
    said = {decision.what: decision.reason for decision in read(page(head=head, top=top)).decisions}
    assert "og:title “Talks about water”" in said["headline"]
    assert "byline Tom Hill" in said["authors"]
    assert said["section"] == "jsonld; others: meta Valley"


def test_a_control_character_beside_a_block_does_no_harm(read: Read, page: Callable[..., str]) -> None:
    block = (
        '<p><strong>Read more:</strong></p><p><a href="/news/1/snow-on-the-bridge">Snow on the old bridge</a></p>\x01'
    )
    assert read(page({2: block})).rejected is None
