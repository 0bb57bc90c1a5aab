"""Feeds as they really come: cut, wrongly encoded, hostile.  One bad entry takes no other with it."""

from __future__ import annotations

import time

import pytest

from aggregator.discovery.feeds import FeedOptions


def urls(reading):
    return [s.url.rpartition("/")[2] for s in reading.sightings]


def test_a_cut_feed_keeps_its_complete_entries_and_drops_the_cut_one(read_body, rss, item):
    body = rss(item(1), item(2), item(3))
    reading = read_body(body[: body.index("news.example/3") + 10])
    assert urls(reading) == ["1", "2"]
    assert "cut" in reading.problems[0]


def test_a_feed_cut_after_its_last_entry_is_whole_with_a_note(read_body, rss, item):
    reading = read_body(rss(item(1), item(2)).removesuffix("</channel></rss>"))
    assert urls(reading) == ["1", "2"]
    assert "cut" in reading.problems[0]


def test_an_entry_that_was_not_closed_is_kept_with_its_neighbours(read_body, rss, item):
    assert urls(read_body(rss(item(1), item(2).removesuffix("</item>"), item(3)))) == ["1", "2", "3"]


def test_an_entry_that_is_not_well_formed_harms_no_other(read_body, rss, item):
    reading = read_body(rss(item(1), item(2, "<b>open<i></b>"), item(3)))
    assert urls(reading) == ["1", "2", "3"]
    assert "not well-formed" in reading.problems[0]


def test_a_head_that_is_not_well_formed_costs_the_title_and_no_entry(read_body, rss, item):
    reading = read_body(rss(item(1), item(2), head="<title>A <b>bold</title>"))
    assert urls(reading) == ["1", "2"]
    assert "head" in reading.problems[0]


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#1114112;", "&#0;", "&#99999999999999999999;", "&#xFFFE;", "\x00", "\x0b"]
)
def test_impossible_characters_are_dropped_and_the_rest_is_kept(read_body, rss, item, reference):
    reading = read_body(rss(item(1), f"<item><title>A{reference}B</title><link>https://news.example/2</link></item>"))
    assert urls(reading) == ["1", "2"]
    assert reading.sightings[1].headline == "AB"


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("AT&T", "AT&T"),
        ("a&nbsp;b", "a b"),
        ("&laquo;a&raquo;", "«a»"),
        ("&unknown;", "&unknown;"),
        ("&amp;#8217;", "’"),
        ("it&#146;s", "it’s"),
        ("5 < 6", "5 < 6"),
        ("a &lt;b&gt;bold&lt;/b&gt; word", "a bold word"),
        ("&lt;script&gt;x()&lt;/script&gt;safe", "safe"),
        ("a\u202eb\u2028c", "ab c"),
    ],
)
def test_references_and_marks_in_titles_become_what_they_mean(read_body, rss, printed, text):
    (seen,) = read_body(rss(f"<item><title>{printed}</title><link>https://news.example/1</link></item>")).sightings
    assert seen.headline == text


def test_an_ampersand_in_a_link_stays_one(read_body, rss):
    for link in (
        "https://x.example/?a=1&b=2",
        "https://x.example/?a=1&amp;b=2",
        "<![CDATA[https://x.example/?a=1&b=2]]>",
    ):
        (seen,) = read_body(rss(f"<item><title>T</title><link>{link}</link></item>")).sightings
        assert seen.url == "https://x.example/?a=1&b=2"


def test_prefixes_that_nobody_declared_are_no_problem(read_body, rss, item):
    inner = '<dc:creator>Desk</dc:creator><media:content url="x.jpg"/><own:thing>1</own:thing>'
    reading = read_body(rss(item(1, inner)))
    assert reading.sightings[0].authors == ("Desk",)
    assert reading.problems == ()


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss SYSTEM "https://evil.example/x.dtd">',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY x "back\\slash"><!ENTITY % p "<rss>">]>',
        '<!DOCTYPE rss [<!-- ]> --><!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
def test_no_dtd_is_read(read_body, rss, item, doctype):
    body = rss(item(1), item(2, "<description>&x;&b;</description>")).replace("<rss", f"{doctype}<rss", 1)
    reading = read_body(body)
    assert urls(reading) == ["1", "2"]
    assert reading.sightings[1].summary == "&x;&b;"


def test_rubbish_before_the_feed_is_passed_over(read_body, rss, item):
    for rubbish in ("\n\n  ", "Warning: mysql_connect() in /var/www\n", "<!-- a comment -->"):
        assert urls(read_body(rubbish + rss(item(1)))) == ["1"]


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8", "text/xml; charset=ISO-8859-1"),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", "text/xml; charset=utf-16"),
        ("cp1256", "text/xml; charset=windows-1256"),
        ("cp1256", "text/xml; charset=utf-8"),
        ("cp1256", None),
    ],
)
def test_persian_text_is_right_in_every_encoding(read_body, rss, item, encoding, content_type):
    body = rss(item(1), "<item><title>مذاکرات آغاز شد</title><link>/2</link></item>", head="<title>خبر</title>")
    body = body.removeprefix('<?xml version="1.0"?>').replace("ی", "ي").encode(encoding)
    reading = read_body(body, content_type=content_type)
    assert reading.sightings[1].headline == "مذاکرات آغاز شد"


def test_the_documents_own_encoding_is_believed_where_the_header_says_none(read_body, item):
    for encoding, text in (("windows-1251", "Новости дня"), ("gb2312", "新闻"), ("iso-8859-9", "Türkiye güneş")):
        body = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><title>{text}</title>{item()}</channel></rss>'
        assert read_body(body.encode(encoding), languages=()).title == text


def test_codecs_that_are_no_encodings_are_not_used(read_body, rss, item):
    for label in ("zip", "hex", "unicode_escape", "utf-7", "punycode", "no-such", "rot13"):
        assert urls(read_body(rss(item()), content_type=f"text/xml; charset={label}")) == ["1"]


def test_a_body_cut_within_a_letter_is_still_utf_8(read_body, rss):
    body = rss(*(f"<item><title>خبر فوری شماره {n} از تهران</title><link>/{n}</link></item>" for n in range(5)))
    reading = read_body(body.encode()[: body.encode().index("تهران".encode(), 400) + 3])
    assert reading.sightings[0].headline == "خبر فوری شماره 0 از تهران"


def test_a_huge_title_is_cut_and_noted(read_body, rss):
    reading = read_body(rss(f"<item><title>{'long ' * 400_000}</title><link>/1</link></item>"))
    assert len(reading.sightings[0].headline) <= 1_000
    assert "cut" in reading.problems[0]


def test_a_very_long_guid_is_none_rather_than_cut(read_body, rss, item):
    (seen,) = read_body(rss(item(1, f"<guid isPermaLink='false'>{'x' * 2_000}</guid>"))).sightings
    assert seen.guid is None


def test_only_the_first_entries_of_an_endless_feed_are_read(read_body, rss, item):
    reading = read_body(rss(*(item(n) for n in range(100))), options=FeedOptions(max_entries=20))
    assert len(reading.sightings) == 20
    assert "100 entries" in reading.problems[0]


def test_the_other_limits_are_the_users_too(read_body, rss, item):
    options = FeedOptions(max_headline=10, max_summary=12, max_depth=9)
    deep = f"<description>{'word ' * 9}</description>{'<x>' * 12}{'</x>' * 12}"
    (whole,) = read_body(rss(item(1, f"<description>{'word ' * 9}</description>"))).sightings
    (cut,) = read_body(rss(item(1, f"<description>{'word ' * 9}</description>")), options=options).sightings
    assert (len(cut.headline), len(cut.summary)) < (len(whole.headline), len(whole.summary))
    assert len(cut.headline) <= 10
    assert len(cut.summary) <= 12
    assert len(read_body(rss(item(1, deep))).sightings) == 1
    assert not read_body(rss(item(1, deep)), options=options).sightings


def test_problems_are_a_list_for_people_and_bounded(read_body, rss):
    problems = read_body(rss(*(["<item><title>T</title></item>"] * 50))).problems
    assert len(problems) == 21
    assert problems[-1] == "30 more problems"


@pytest.mark.parametrize(
    "hostile",
    [
        "<a>" * 20_000,
        "<" * 50_000,
        "<a" * 40_000,
        "<!--" * 100_000,
        "<![CDATA[" * 50_000,
        "&" * 80_000,
        "<a b='" * 20_000,
        "<" + "a" * 500_000,
        "<a " + " ".join(f"b{n}=''" for n in range(50_000)) + ">",
    ],
    ids=["deep", "angles", "tags", "comments", "cdata", "ampersands", "quotes", "name", "attributes"],
)
@pytest.mark.parametrize("place", ["head", "item"])
def test_hostile_bodies_cost_little_time(read_body, rss, item, hostile, place):
    begin = time.perf_counter()
    body = rss(item(1), head=hostile) if place == "head" else rss(item(1), item(2, hostile), item(3))
    reading = read_body(body)
    assert time.perf_counter() - begin < 5
    if place == "item":
        assert "1" in urls(reading)


def test_an_entry_that_makes_the_parser_raise_is_left_out_alone(read_body, rss, item, monkeypatch):
    import feedparser

    real = feedparser.parse

    def parse(stream, **options):
        if b"BOOM" in stream.getvalue():
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return real(stream, **options)

    monkeypatch.setattr(feedparser, "parse", parse)
    reading = read_body(rss(*(item(n) for n in range(7)), item(7, "<category>BOOM</category>"), item(8), item(9)))
    assert urls(reading) == ["0", "1", "2", "3", "4", "5", "6", "8", "9"]
    assert [s.position for s in reading.sightings] == [0, 1, 2, 3, 4, 5, 6, 8, 9]
    assert reading.title == "Example"
    assert any("entry 8 breaks the parser" in problem for problem in reading.problems)
