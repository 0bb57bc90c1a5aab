"""What holds for every body there can be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.discovery.dates import moment
from aggregator.discovery.markup import plain

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><ttl>5</ttl><language>fa</language>'
    "<item><title>یک &amp; دو</title><link>https://x.example/1?a=1&amp;b=2</link><guid>g</guid>"
    "<pubDate>Mon, 23 Nov 2026 10:00:00 +0330</pubDate><description><![CDATA[<p>a</p>]]></description></item>"
    "<item><title>B</title><link>/2</link></item></channel></rss>"
).encode()
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id><title type="html">&lt;b&gt;x</title>'
    b'<link href="/1"/><updated>2026-11-23T10:00:00Z</updated><author><name>N</name></author></entry></feed>'
)
JSON = b'{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","url":"/1","tags":["a"]}]}'
SITEMAP = b"<urlset><url><loc>https://news.example/1</loc><lastmod>2026-11-23</lastmod></url></urlset>"

MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    [
        *b"< > & ]]> <![CDATA[ <!-- <item> </item> &#xD800; &#1114112; { } &nbsp; <a:b> </channel> xmlns:a='".split(),
        *(b'<!DOCTYPE x ["', b"\xfe\xff", b"\x00", b"\xff", b"\\", b"<?x"),
    ]
)


def check(reading):
    assert reading.format in (None, "rss", "atom", "rdf", "jsonfeed", "sitemap", "news_sitemap", "sitemap_index")
    for seen in reading.sightings:
        assert seen.url.startswith(("http://", "https://"))
        for value in (seen.headline, seen.summary, *seen.authors, *seen.tags):
            assert value is None or value.encode("utf-8")
        assert seen.published is None or seen.published.utcoffset() is not None


@MANY
@given(body=st.binary(max_size=300), content_type=st.none() | st.text(max_size=40))
def test_reading_arbitrary_bytes_never_raises(read_body, body, content_type):
    check(read_body(body, content_type=content_type))


@pytest.mark.parametrize("body", [RSS, ATOM, JSON, SITEMAP], ids=["rss", "atom", "json", "sitemap"])
def test_the_bodies_that_are_mutated_below_are_feeds(read_body, body):
    reading = read_body(body)
    assert reading.format
    assert reading.sightings


@MANY
@given(
    body=st.sampled_from([RSS, ATOM, JSON, SITEMAP]),
    edits=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 30), PIECES | st.binary(max_size=5)), max_size=6),
)
def test_reading_a_damaged_feed_never_raises(read_body, body, edits):
    for place, length, piece in edits:
        place %= len(body) + 1
        body = body[:place] + piece + body[place + length :]
    check(read_body(body))


@MANY
@given(cut=st.integers(0, len(RSS)))
def test_a_cut_feed_never_gives_a_link_that_the_whole_one_does_not_have(read_body, cut):
    whole = {s.url for s in read_body(RSS).sightings}
    assert {s.url for s in read_body(RSS[:cut]).sightings} <= whole


@MANY
@given(raw=st.text(max_size=60) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)", fullmatch=True))
def test_a_moment_is_aware_and_of_our_age(raw):
    found = moment(raw)
    assert found is None or (found.utcoffset() is not None and found.year >= 1990)


@MANY
@given(
    markup=st.text(max_size=200)
    | st.lists(st.sampled_from(["<b>", "</b>", "<script>", "x", "<!--", "-->", "&lt;"])).map("".join)
)
def test_plain_text_is_one_line(markup):
    found = plain(markup)
    assert found is None or (found == " ".join(found.split()) and found)
