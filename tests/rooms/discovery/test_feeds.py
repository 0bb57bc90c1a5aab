"""Feeds of every format, as their publishers mean them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar" xml:base="https://atom.example/base/">
<title type="html">&lt;b>News&lt;/b></title><link rel="hub" href="https://hub.example/"/>
<entry xml:base="deep/"><id>urn:1</id><title>First</title><link href="one?a=1&amp;b=2"/>
<link rel="enclosure" href="sound.mp3"/><published>2026-11-20T10:00:00+03:30</published>
<updated>2026-11-21T10:00:00Z</updated><author><name>Sara Ahmadi</name></author><category term="politics"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>bold</b> claim</div></content></entry>
<entry><id>https://atom.example/by-id</id><title>Second</title><updated>2026-11-21T10:00:00Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://rdf.example/"><title>R</title></channel>
<item rdf:about="https://rdf.example/1"><title>One</title><link>https://rdf.example/1</link>
<dc:date>2026-11-20T10:00:00Z</dc:date><dc:creator>Desk</dc:creator></item></rdf:RDF>"""


def test_every_item_of_an_rss_feed_is_a_sighting_in_its_order(read_body, rss, item):
    reading = read_body(rss(item(1), item(2), item(3)))
    assert reading.format == "rss"
    assert reading.title == "Example"
    assert [s.url for s in reading.sightings] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [s.position for s in reading.sightings] == [0, 1, 2]
    assert reading.problems == ()


def test_a_sighting_says_where_and_when_it_was_seen(read_body, rss, item):
    (seen,) = read_body(rss(item())).sightings
    assert (seen.via, seen.source_id, seen.section) == ("rss", "example", "World")
    assert seen.feed == "https://news.example/feeds/all.xml"
    assert seen.first_seen == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_fields_of_an_item_are_plain_text(read_body, rss, item):
    inner = (
        "<description><![CDATA[<p>Talks &amp; <b>terms</b></p><script>steal()</script><p>end</p>]]></description>"
        "<category>Iran</category><category>Iran</category><author>desk@news.example (The Desk)</author>"
        '<guid isPermaLink="false">g-1</guid>'
    )
    (seen,) = read_body(rss(item(1, inner))).sightings
    assert seen.summary == "Talks & terms end"
    assert seen.tags == ("Iran",)
    assert seen.authors == ("The Desk",)
    assert seen.guid == "g-1"


def test_an_atom_entry_is_read_with_its_base_language_and_dates(read_body):
    reading = read_body(ATOM)
    first, second = reading.sightings
    assert (reading.format, reading.title, reading.language, reading.hub) == (
        "atom",
        "News",
        "ar",
        "https://hub.example/",
    )
    assert first.url == "https://atom.example/base/deep/one?a=1&b=2"
    assert first.published == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert first.modified == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert first.summary == "A bold claim"
    assert (first.authors, first.tags, first.language, first.via) == (("Sara Ahmadi",), ("politics",), "ar", "atom")
    assert second.url == "https://atom.example/by-id"
    assert second.published == second.modified == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_an_rdf_item_takes_its_date_from_dublin_core(read_body):
    reading = read_body(RDF)
    (seen,) = reading.sightings
    assert (reading.format, seen.via) == ("rdf", "rdf")
    assert seen.published == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert seen.modified is None
    assert seen.authors == ("Desk",)


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_old_rss_versions_are_rss(read_body, version, item):
    reading = read_body(f'<rss version="{version}"><channel><title>T</title>{item()}</channel></rss>')
    assert reading.format == "rss"
    assert len(reading.sightings) == 1


def test_an_empty_feed_is_a_feed_without_sightings(read_body, rss):
    reading = read_body(rss())
    assert (reading.format, reading.sightings, reading.problems) == ("rss", (), ())


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>90</ttl>", 5_400.0),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>99999999999</ttl>", 5_999_999_999_940.0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1_800.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        ("", None),
    ],
)
def test_what_a_feed_asks_for_is_in_seconds(read_body, rss, item, head, seconds):
    assert read_body(rss(item(), head=f"<title>T</title>{head}")).ttl == seconds


@pytest.mark.parametrize(
    ("head", "hours", "days"),
    [
        ("", (), ()),
        ("<skipHours><hour>0</hour><hour>5</hour><hour> 24 </hour><hour>07</hour></skipHours>", (0, 5, 7), ()),
        ("<skipDays><day>Sunday</day><day>monday</day><day>Funday</day></skipDays>", (), (0, 6)),
        ("<skiphours><hour>25</hour><hour>-1</hour><hour>x</hour><day>Monday</day></skiphours>", (), ()),
        ("<skipHours><hour>3</hour>" + "<hour>1</hour>" * 10_000 + "</skipHours>", (1, 3), ()),
        ("<skipDays>" * 10_000, (), ()),
    ],
)
def test_hours_and_days_that_a_feed_skips_are_read(read_body, rss, item, head, hours, days):
    reading = read_body(rss(item(), head=f"<title>T</title>{head}"))
    assert (reading.skip_hours, reading.skip_days) == (hours, days)


def test_a_relative_link_is_relative_to_the_feeds_own_url(read_body, rss):
    (seen,) = read_body(rss("<item><title>T</title><link>../a/1.html</link></item>")).sightings
    assert seen.url == "https://news.example/a/1.html"


def test_a_permalink_guid_stands_in_for_a_missing_link(read_body, rss):
    (seen,) = read_body(rss("<item><title>T</title><guid>https://news.example/p</guid></item>")).sightings
    assert seen.url == "https://news.example/p"


@pytest.mark.parametrize(
    "entry",
    [
        "<item><title>T</title></item>",
        "<item><title>T</title><guid isPermaLink='false'>https://news.example/p</guid></item>",
        "<item><title>T</title><link>  </link></item>",
    ],
)
def test_an_entry_without_a_link_is_a_problem_and_takes_no_other_with_it(read_body, rss, item, entry):
    reading = read_body(rss(item(1), entry, item(3)))
    assert [s.position for s in reading.sightings] == [0, 2]
    assert reading.problems == ("entry 2 has no link",)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example"]
)
def test_links_that_are_not_http_are_refused(read_body, rss, link):
    reading = read_body(rss(f"<item><title>T</title><link>{link}</link></item>"))
    assert reading.sightings == ()
    assert "no http(s) link" in reading.problems[0]


def test_feedburners_own_link_gives_way_to_the_publishers(read_body, item, rss):
    inner = "<feedburner:origLink>https://real.example/1</feedburner:origLink>"
    (seen,) = read_body(rss(item(1, inner))).sightings
    assert seen.url == "https://real.example/1"


def test_a_guid_given_to_several_links_is_no_guid(read_body, rss, item):
    guid = '<guid isPermaLink="false">same</guid>'
    reading = read_body(rss(item(1, guid), item(2, guid), item(3, '<guid isPermaLink="false">own</guid>')))
    assert [s.guid for s in reading.sightings] == [None, None, "own"]
    assert "guids" in reading.problems[0]


def test_a_guid_repeated_for_one_link_stays(read_body, rss, item):
    guid = '<guid isPermaLink="false">same</guid>'
    assert [s.guid for s in read_body(rss(item(1, guid), item(1, guid))).sightings] == ["same", "same"]


def test_a_date_without_a_zone_is_kept_as_printed_only(read_body, rss, item):
    (seen,) = read_body(rss(item(1, "<pubDate>2026-11-20 10:00:00</pubDate>"))).sightings
    assert (seen.published, seen.published_raw) == (None, "2026-11-20 10:00:00")


def test_a_date_of_tomorrow_and_later_is_no_date(read_body, rss, item):
    reading = read_body(rss(item(1, "<pubDate>Wed, 25 Nov 2026 10:00:00 GMT</pubDate>")))
    assert reading.sightings[0].published is None
    assert reading.sightings[0].published_raw == "Wed, 25 Nov 2026 10:00:00 GMT"
    assert "future" in reading.problems[0]


def test_languages_are_written_as_bcp_47(read_body, rss, item):
    reading = read_body(rss(item(), head="<title>T</title><language>EN_us</language>"))
    assert (reading.language, reading.sightings[0].language) == ("en-US", "en-US")
    assert read_body(rss(item(), head="<language>Persian language</language>")).language is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("<!DOCTYPE html><html><body><p>Not found</p></body></html>", "HTML page"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        ("Service unavailable", "neither XML nor JSON"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><x/></rdf:RDF>', "not a feed"),
        ('{"status": "ok"}', "no JSON Feed"),
    ],
)
def test_what_is_no_feed_has_no_format_and_a_reason(read_body, body, says):
    reading = read_body(body)
    assert reading.format is None
    assert reading.sightings == ()
    assert any(says in problem for problem in reading.problems)


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "image/png", None])
def test_the_body_decides_what_it_is_whatever_its_content_type_says(read_body, rss, item, content_type):
    assert read_body(rss(item()), content_type=content_type).format == "rss"
