"""Sitemaps, news sitemaps, and those that are traps."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from aggregator.discovery import decoding, sitemaps
from aggregator.discovery.feeds import read
from aggregator.discovery.window import Window
from aggregator.records import Feed, Source

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


# ------------------------------------------------------------- index and dates


def index(*rows):
    listed = "".join(f"<sitemap><loc>{loc}</loc>{rest}</sitemap>" for loc, rest in rows)
    return f'<?xml version="1.0"?><sitemapindex>{listed}</sitemapindex>'


def test_an_index_lists_the_sites_own_sitemaps_with_their_change(read_body):
    reading = read_body(
        index(
            ("https://paper.org/1.xml", "<lastmod>2026-11-23T08:00:00Z</lastmod>"),
            ("/2.xml.gz", ""),
            ("https://victim.org/3.xml", ""),
            ("javascript:4", ""),
        ),
        url=URL,
    )
    first, second = reading.sitemaps
    assert (first.url, first.lastmod) == ("https://paper.org/1.xml", "2026-11-23T08:00:00Z")
    assert first.changed == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (second.url, second.changed) == ("https://www.paper.org/2.xml.gz", None)
    assert len(reading.problems) == 2


def test_an_index_on_another_host_may_list_the_sitemaps_of_the_sources_homepage(read_body):
    body = index(("https://paper.org/1.xml", ""), ("https://victim.org/2.xml", ""))
    reading = read_body(body, url="https://maps.carrier.org/sitemap.xml", homepage="https://paper.org/")
    assert [listed.url for listed in reading.sitemaps] == ["https://paper.org/1.xml"]


def test_a_sitemap_that_was_led_elsewhere_speaks_for_the_address_that_was_asked():
    """A redirect to another site must not make that site's pages the source's own."""
    reading = read(
        sitemap(row("https://victim.org/1"), row("https://paper.org/2")).encode(),
        source=Source(id="paper", name="Paper"),
        feed=Feed(url=URL, format="sitemap"),
        url="https://victim.org/sitemap.xml",
        content_type=None,
        now=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )
    assert [s.url for s in reading.sightings] == ["https://paper.org/2"]


def test_with_a_time_a_sitemap_is_read_back_to_it(read_body):
    rows = [
        row("https://paper.org/before", "<lastmod>2026-02-01</lastmod>"),
        row("https://paper.org/changed-later", "<lastmod>2026-10-01</lastmod>"),
        row("https://paper.org/undated", ""),
        row("https://paper.org/2026/03/15/within", ""),
        row("https://paper.org/2026/05/15/behind", ""),
    ]
    reading = read_body(sitemap(*rows), url=URL, window=Window.of("2026-03-01", "2026-04-01"))
    assert [s.url.rpartition("/")[2] for s in reading.sightings] == ["changed-later", "undated", "within"]


def test_the_date_in_an_address_stands_in_for_a_missing_lastmod(read_body):
    rows = [row("https://paper.org/2026/11/22/x", ""), row("https://paper.org/2026/10/22/y", "")]
    assert [s.url for s in read_body(sitemap(*rows), url=URL).sightings] == ["https://paper.org/2026/11/22/x"]


def test_entries_without_a_date_are_said_to_be_left_out(read_body):
    assert "--since" in read_body(sitemap(row(rest="")), url=URL).problems[0]


def test_a_list_of_addresses_is_a_sitemap_where_one_is_expected(read_body):
    body = "\ufeffhttps://paper.org/2026/11/23/a\r\n\nhttps://victim.org/b\nhttps://paper.org/2026/11/22/c\n"
    reading = read_body(body, url=URL, format="sitemap")
    assert [s.url.rpartition("/")[2] for s in reading.sightings] == ["a", "c"]
    assert reading.format == "sitemap"
    assert read_body(body, url=URL).format is None
    assert read_body("Not found.\nSorry.", url=URL, format="sitemap").format is None


def test_a_feed_in_place_of_a_sitemap_is_read_and_leads_to_no_other_site(read_body, rss):
    body = rss(
        *(f"<item><title>T</title><link>{url}</link></item>" for url in ("https://paper.org/1", "https://victim.org/2"))
    )
    reading = read_body(body, url=URL, format="sitemap")
    assert (reading.format, [s.url for s in reading.sightings]) == ("rss", ["https://paper.org/1"])


def test_an_endless_sitemap_is_read_to_the_limit_of_the_protocol(read_body, monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_ROWS", 20)
    reading = read_body(sitemap(*(row(f"https://paper.org/{n}") for n in range(50))), url=URL)
    assert len(reading.sightings) == 20
    assert "first 20 rows" in reading.problems[0]


def test_robots_txt_names_sitemaps_of_its_own_site():
    text = """
User-agent: *
Disallow: /x
Sitemap: https://www.paper.org/one.xml
 SITEMAP:/two.xml
sitemap: https://victim.org/three.xml
Sitemap: https://www.paper.org/one.xml
# Sitemap: https://www.paper.org/four.xml
"""
    found = sitemaps.in_robots(text, "https://www.paper.org/robots.txt")
    assert found == ("https://www.paper.org/one.xml", "https://www.paper.org/two.xml")
    endless = "".join(f"Sitemap: /{n}.xml\n" for n in range(10_000))
    assert len(sitemaps.in_robots(endless, "https://www.paper.org/robots.txt")) == sitemaps.MAX_IN_ROBOTS


@pytest.mark.parametrize("loc", ["https://[::1", "https://a..b/2026/11/23/", "//[", "javascript:x", "&#10;", "\\"])
@pytest.mark.parametrize("format", ["sitemap", "auto"])
def test_a_row_whose_address_is_none_is_left_out_alone(read_body, loc, format):
    rows = (row(loc, ""), row(loc), row("https://paper.org/1"))
    reading = read_body(sitemap(*rows), url=URL, format=format)
    assert "https://paper.org/1" in [s.url for s in reading.sightings]
    lines = f"https://paper.org/2026/11/23/x\n{loc}\n"
    assert len(read_body(lines, url=URL, format="sitemap").sightings) <= 2
