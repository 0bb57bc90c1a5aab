"""What a publisher says against the use of a page by machines is recorded, or heeded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Page, Sighting, Source

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SOURCE = Source(id="valley", name="Valley Herald")
TEXT = " ".join(f"The harbour council met for the {n}th time and spoke about its boats." for n in range(12))


def page(head: str = "", *headers: tuple[str, str]) -> Page:
    sighting = Sighting(url="https://valley.example/a", source_id="valley", via="rss", first_seen=NOW)
    html = (
        f'<html><head><title>Council meets</title><meta property="og:type" content="article">{head}</head>'
        f"<body><article><h1>Council meets again</h1><p>{TEXT}</p></article></body></html>"
    )
    given = (("content-type", "text/html"), *headers)
    return Page(sighting=sighting, url=sighting.url, status=200, headers=given, body=html.encode(), fetched=NOW)


def reserved(head: str = "", *headers: tuple[str, str]) -> tuple[str, ...]:
    read = extract(page(head, *headers), SOURCE, Outlets.of([]), ExtractionOptions())
    assert read.article is not None, read.rejected
    return read.article.reserved


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("noindex", ("noindex",)),
        ("NoIndex, NOARCHIVE", ("noarchive", "noindex")),
        ("none", ("noindex",)),
        ("nocache", ("noarchive",)),
        ("noai, noimageai", ("noai", "noimageai")),
        ("nosnippet", ("nosnippet",)),
        ("index, follow, max-image-preview:large, max-snippet:-1", ()),
        ("unavailable_after: 25 Jun 2026 15:00:00 PST, noindex", ("noindex",)),
        ("googlebot: noindex", ()),
        ("otherbot: noindex, nofollow, aggregator: noarchive", ("noarchive",)),
        ("noarchive, otherbot: noindex", ("noarchive",)),
        ("", ()),
    ],
)
def test_a_header_is_for_all_agents_or_for_the_one_it_names(value: str, found: tuple[str, ...]) -> None:
    assert reserved("", ("x-robots-tag", value)) == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<meta name="robots" content="noindex, noai">', ("noai", "noindex")),
        ('<META NAME="ROBOTS" CONTENT="NOARCHIVE">', ("noarchive",)),
        ('<meta name="aggregator" content="nosnippet">', ("nosnippet",)),
        ('<meta name="googlebot" content="noindex">', ()),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation",)),
        ('<meta name="tdm-reservation" content="0">', ()),
        ('<meta name="robots">', ()),
        ('<meta name="robots" content="' + "noindex," * 100_000 + '">', ("noindex",)),
    ],
)
def test_meta_elements_say_the_same(head: str, found: tuple[str, ...]) -> None:
    assert reserved(head) == found


def test_all_that_is_said_counts_each_once() -> None:
    headers = (("x-robots-tag", "noai"), ("x-robots-tag", "noindex"), ("tdm-reservation", "1"))
    assert reserved('<meta name="robots" content="noindex">', *headers) == ("noai", "noindex", "tdm-reservation")


def test_a_page_that_says_nothing_has_nothing_reserved() -> None:
    assert reserved() == ()


def test_who_wants_to_heed_it_stores_no_such_page_and_is_told_why() -> None:
    options = replace(ExtractionOptions(), data_use="skip")
    read = extract(page("", ("tdm-reservation", "1")), SOURCE, Outlets.of([]), options)
    assert read.article is None
    assert read.rejected == "its publisher reserves its use by machines (tdm-reservation): extraction.data_use"
    assert extract(page(), SOURCE, Outlets.of([]), options).article is not None
