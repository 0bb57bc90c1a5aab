"""Sitemaps, news sitemaps, and those that are traps."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from aggregator.discovery import decoding

URL = "https://www.paper.org/sitemap.xml"


def sitemap(*rows):
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">' + "".join(rows) + "</urlset>"
    )


def row(loc="https://paper.org/1", rest="<lastmod>2026-11-23T08:00:00Z</lastmod>"):
    return f"<url><loc>{loc}</loc>{rest}</url>"


NEWS = (
    "<news:news><news:publication><news:name>N</news:name><news:language>fa</news:language></news:publication>"
    "<news:publication_date>2026-11-23T10:00:00+03:30</news:publication_date><news:title>Talks &amp; terms</news:title>"
    "<news:keywords>Iran, Oman</news:keywords></news:news>"
)


def test_a_news_sitemap_gives_headline_date_language_and_keywords(read_body):
    reading = read_body(sitemap(row(rest=NEWS)), url=URL)
    (seen,) = reading.sightings
    assert (reading.format, seen.via, reading.language) == ("news_sitemap", "news_sitemap", "fa")
    assert (seen.headline, seen.language, seen.tags) == ("Talks & terms", "fa", ("Iran", "Oman"))
    assert seen.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def test_a_plain_sitemap_gives_what_changed_lately(read_body):
    rows = [
        row("https://paper.org/new"),
        row("https://paper.org/day", "<lastmod>2026-11-20</lastmod>"),
        row("https://paper.org/old", "<lastmod>2026-11-18</lastmod>"),
        row("https://paper.org/older", "<lastmod>2020-01-01T00:00:00Z</lastmod>"),
        row("https://paper.org/undated", ""),
    ]
    reading = read_body(sitemap(*rows), url=URL)
    assert [s.url for s in reading.sightings] == ["https://paper.org/new", "https://paper.org/day"]
    assert reading.format == reading.sightings[0].via == "sitemap"
    assert reading.sightings[0].modified == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert reading.sightings[0].published is None


def test_entries_of_other_sites_are_refused(read_body):
    reading = read_body(sitemap(row("https://victim.org/1"), row("https://live.paper.org/2")), url=URL)
    assert [s.url for s in reading.sightings] == ["https://live.paper.org/2"]
    assert reading.problems == ("1 entries of other sites: refused",)


def test_an_image_has_an_address_that_is_not_the_pages(read_body):
    image = "<image:image><image:loc>https://paper.org/x.jpg</image:loc></image:image>"
    reading = read_body(sitemap(f"<url>{image}<loc>https://paper.org/1</loc>{NEWS}</url>"), url=URL)
    assert [s.url for s in reading.sightings] == ["https://paper.org/1"]


def test_an_index_lists_each_sitemap_once(read_body):
    body = "<sitemapindex>" + "<sitemap><loc>https://paper.org/s.xml</loc></sitemap>" * 3 + "</sitemapindex>"
    reading = read_body(body, url=URL)
    assert (reading.format, reading.sightings, len(reading.sitemaps)) == ("sitemap_index", (), 1)


def test_a_compressed_sitemap_is_read(read_body):
    assert len(read_body(gzip.compress(sitemap(row()).encode()), url=URL).sightings) == 1


def test_a_bomb_is_stopped_while_it_is_decompressed(read_body, monkeypatch):
    monkeypatch.setattr(decoding, "MAX_DECOMPRESSED", 10_000)
    reading = read_body(gzip.compress(b" " * 1_000_000), url=URL)
    assert reading.format is None
    assert "more than 10000 bytes" in reading.problems[0]


CUT = gzip.compress(b"<urlset>" * 99, mtime=0)[:-20]


@pytest.mark.parametrize("body", [b"\x1f\x8b", b"\x1f\x8b\x08\x00rubbish", CUT], ids=["head", "rubbish", "cut"])
def test_broken_gzip_is_a_problem_only(read_body, body):
    assert read_body(body, url=URL).problems


def test_entities_of_a_dtd_are_never_expanded(read_body):
    body = sitemap(row("https://paper.org/&x;")).replace(
        "<urlset", '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset', 1
    )
    for seen in read_body(body, url=URL).sightings:
        assert seen.url.rstrip(";") == "https://paper.org/&x"


def test_a_cut_sitemap_keeps_its_complete_entries(read_body):
    body = sitemap(row("https://paper.org/1"), row("https://paper.org/2"))
    reading = read_body(body[: body.index("paper.org/2") + 5], url=URL)
    assert [s.url for s in reading.sightings][:1] == ["https://paper.org/1"]
    assert reading.problems


def test_a_prefix_that_nobody_declared_is_news_all_the_same(read_body):
    reading = read_body(f"<urlset>{row(rest=NEWS)}</urlset>", url=URL)
    assert reading.format == "news_sitemap"
    assert reading.sightings[0].headline == "Talks & terms"


def test_deep_nesting_ends_the_reading_and_nothing_else(read_body):
    read_body("<urlset>" + row() + "<url>" * 50_000, url=URL)
