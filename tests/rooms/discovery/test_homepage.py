"""What a front page says: its feeds, its name, its language, its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.discovery.homepage import Homepage, read, sitemaps_of_index, sitemaps_of_robots

URL = "https://www.gazette.example/en/"


def page(head: str = "", body: str = "", html: str = "<html lang='en'>") -> Homepage:
    return read(f"<!DOCTYPE html>{html}<head>{head}</head><body>{body}</body></html>".encode(), url=URL)


def feeds(found: Homepage) -> list[str]:
    return [link.url for link in found.feeds]


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "APPLICATION/RSS+XML; charset=utf-8",
        "text/rss",
    ],
)
def test_every_type_of_feed_is_found_in_the_head(kind):
    found = page(f'<link rel="alternate" type="{kind}" title="All  news" href="/x">')
    assert [(link.url, link.label, link.found) for link in found.feeds] == [
        ("https://www.gazette.example/x", "All news", "link")
    ]


def test_vague_types_count_only_where_the_address_looks_like_a_feed():
    found = page(
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">'
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x">'
        '<link rel="alternate" type="application/json" href="/feed.json">'
        '<link rel="alternate" type="text/xml" href="/rss.php">'
        '<link rel="alternate" hreflang="fa" href="/fa/">'
        '<link rel="stylesheet" type="application/rss+xml" href="/style">'
    )
    assert feeds(found) == ["https://www.gazette.example/feed.json", "https://www.gazette.example/rss.php"]


def test_links_of_the_page_that_look_like_feeds_come_after_those_of_the_head():
    found = page(
        '<link rel="alternate" type="application/rss+xml" href="/main">',
        '<a href="/rss/world">World</a> <a href="/feedback">Say</a> <a href="/news/1">Feed the birds</a>'
        '<a href="https://feeds.other.example/x">Ours there</a> <a href="https://other.example/feed">Theirs</a>'
        '<a href="/news.rss#top">All</a> <a href="/main">again</a> <a href="javascript:rss()">x</a>',
    )
    assert feeds(found) == [
        "https://www.gazette.example/main",
        "https://www.gazette.example/rss/world",
        "https://feeds.other.example/x",
        "https://www.gazette.example/news.rss",
    ]
    assert [(link.label, link.found) for link in found.feeds][1] == ("World", "anchor")


def test_links_are_relative_to_the_base_of_the_page():
    found = page('<base href="https://cdn.example/a/"><link rel="alternate" type="application/rss+xml" href="rss">')
    assert feeds(found) == ["https://cdn.example/a/rss"]


@pytest.mark.parametrize(
    ("head", "name", "where"),
    [
        ('<meta property="og:site_name" content="The Gazette"><title>x</title>', "The Gazette", "og:site_name"),
        ('<meta name="application-name" content="Gazette"><title>News | x</title>', "Gazette", "application-name"),
        ("<title>The Gazette | News of the harbour</title>", "The Gazette", "title"),
        ("<title>Home - The Gazette</title>", "The Gazette", "title"),
        ("<title>Latest news, breaking news | The Gazette</title>", "The Gazette", "title"),
        ("<title>روزنامه بندر - صفحه اول</title>", "روزنامه بندر", "title"),
        ("", None, ""),
    ],
)
def test_the_name_is_the_first_that_the_page_gives(head, name, where):
    found = page(head)
    assert (found.name, found.name_from) == (name, where)


def json_ld(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def test_json_ld_tells_the_publisher():
    publisher = {
        "@type": ["Organization", "NewsMediaOrganization"],
        "name": "وكالة رافد",
        "alternateName": ["Rafid", "وكالة رافد"],
        "address": {"addressCountry": {"@type": "Country", "name": "Jordan"}},
    }
    found = page(json_ld({"@graph": [{"@type": "WebPage", "publisher": publisher}]}))
    assert (found.name, found.aliases, found.country) == ("وكالة رافد", ("Rafid",), "Jordan")
    assert "newsmediaorganization" in found.kinds


def test_json_ld_about_something_else_tells_nothing():
    found = page(json_ld({"@type": "NewsArticle", "name": "x", "author": {"@type": "Person", "name": "y"}}) + "<p>")
    assert (found.name, found.country) == (None, None)


def test_languages_are_read_as_tags():
    found = page('<meta property="og:locale" content="fa_IR">', html='<html lang="FA-ir">')
    assert (found.language, found.locale) == ("fa-IR", "fa-IR")
    assert page(html="<html lang='not a language'>").language is None


def test_a_page_in_an_old_encoding_is_read_by_its_own_word():
    body = '<html><head><meta charset="windows-1256"><title>وكالة رافد | أخبار</title></head></html>'.encode("cp1256")
    assert read(body, url=URL, content_type="text/html").name == "وكالة رافد"


def test_sitemaps_are_read_from_robots_and_indexes():
    robots = (
        "User-agent: *\nSitemap: https://a.example/s.xml\n  SITEMAP : /news.xml\nSitemap: ftp://a/x\n#Sitemap: /no\n"
    )
    assert sitemaps_of_robots(robots, "https://a.example/robots.txt") == (
        "https://a.example/s.xml",
        "https://a.example/news.xml",
    )
    index = b"<?xml version='1.0'?><sitemapindex><sitemap><loc> https://a.example/n.xml?a=1&amp;b=2 </loc></sitemap>"
    assert sitemaps_of_index(index, "https://a.example/") == ("https://a.example/n.xml?a=1&b=2",)
    assert sitemaps_of_index(b"<urlset><url><loc>https://a.example/1</loc></url></urlset>", "https://a.example/") == ()


@given(st.binary(max_size=300))
def test_no_body_makes_it_raise(body):
    assert read(b"<html><head>" + body, url=URL).url == URL
    assert read(body, url=URL).url == URL


def test_depth_and_number_are_bounded():
    deep = "[" * 50_000
    assert page(f'<script type="application/ld+json">{deep}</script>' + "<div>" * 5_000).url == URL
    many = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(500))
    assert len(page(many).feeds) == 60
