"""The demo web is what it says it is: the same each time, readable by real parsers, and true to its truth."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from itertools import combinations
from urllib.parse import urlsplit

import feedparser
import lxml.html
import pytest
from lxml import etree

from aggregator import urls
from aggregator.demo import addresses, blocks
from aggregator.demo.stories import Block, sites
from aggregator.demo.web import Answer, DemoWeb, build
from aggregator.text import words

PORT = 8765


@pytest.fixture(scope="module")
def web() -> DemoWeb:
    return build(PORT)


def ask(web: DemoWeb, url: str, edition: int = 1, asked_before: int = 1, **headers: str) -> Answer:
    parts = urlsplit(url)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return web.answer(parts.netloc, path, named, edition, asked_before)


def all_feeds(web: DemoWeb) -> list[str]:
    return [feed.url for source in web.sources for feed in source.feeds] + [
        str(loc.text)
        for source in web.sources
        for url in source.sitemaps
        for loc in etree.fromstring(ask(web, url).body).iter("{*}loc")
        if loc.text != url
    ]


def entries(body: bytes) -> list[str]:
    """The links of a feed of any of the formats."""
    if body.startswith(b"{"):
        return [item["url"] for item in json.loads(body)["items"]]
    if b"<urlset" in body:
        return [str(loc.text) for loc in etree.fromstring(body).iter("{*}loc")]
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.bozo_exception
    return [entry.link for entry in feed.entries]


def page_words(answer: Answer) -> str:
    encoding = "cp1256" if b"windows-1256" in answer.body else "utf-8"
    tree = lxml.html.document_fromstring(answer.body.decode(encoding))
    return " ".join(words(" ".join(tree.itertext())))


def test_same_port_same_bytes(web: DemoWeb) -> None:
    again = build(PORT)
    for url in [*all_feeds(web), *(article.url for article in web.truth.articles)]:
        assert ask(web, url) == ask(again, url)
    assert web.truth == again.truth
    assert web.sources == again.sources


def test_size_and_variety(web: DemoWeb) -> None:
    found = web.truth.at(edition=1)
    assert len(web.sources) >= 9
    assert 60 <= len(found) <= 90
    assert {article.language for article in found.values()} >= {"en", "fa", "ar", "tr", "fr", "ckb"}
    assert sum(article.reach == 1 for article in found.values()) >= 12
    assert any(article.reach == 2 for article in web.truth.articles)
    assert {article.copy_kind for article in found.values()} == {"exact", "near", None}


def test_every_form_of_link_block_is_used() -> None:
    used = {
        part.form
        for site in sites()
        for story in site.stories
        for part in story.body
        if isinstance(part, Block) and part.type
    }
    assert used == blocks.FORMS


def test_every_feed_parses_and_lists_what_is_listed(web: DemoWeb) -> None:
    for edition in (1, 2):
        listed = {urls.key(link) for feed in all_feeds(web) for link in entries(ask(web, feed, edition).body)}
        for page in (url for source in web.sources for url in source.listings):
            html = lxml.html.document_fromstring(ask(web, page, edition).body, base_url=page)
            html.make_links_absolute()
            listed |= {urls.key(link) for link in html.xpath("//main//a/@href")}
        wanted = {key for key, article in web.truth.at(edition, depth=0).items()}
        hops = {urls.key(url) for url in web.truth.variants if "/r/" in url}
        assert wanted - listed == {urls.key(web.truth.variants[url]) for url in web.truth.variants if "/r/" in url}
        assert len(listed - wanted - hops) == 2  # one page that is gone, one that says so with status 200


def test_every_listed_url_leads_to_its_article(web: DemoWeb) -> None:
    for url, canonical in web.truth.variants.items():
        answer = ask(web, url, edition=2)
        if answer.status == 302:
            assert dict(answer.headers)["Location"] == canonical
        elif answer.status == 200 and canonical in {article.url for article in web.truth.articles}:
            tree = lxml.html.document_fromstring(answer.body)
            assert tree.xpath("string(//link[@rel='canonical']/@href)") == canonical


def test_every_article_page_has_its_paragraphs_in_order(web: DemoWeb) -> None:
    for edition in (1, 2):
        for article in web.truth.at(edition, depth=2).values():
            answer = ask(web, article.url, edition)
            assert answer.status == 200
            text = page_words(answer)
            place = 0
            for paragraph in article.paragraphs:
                place = text.index(" ".join(words(paragraph)), place)


def test_known_targets_are_served_and_unknown_ones_are_elsewhere(web: DemoWeb) -> None:
    known = web.truth.at(edition=1, depth=9)
    for article in web.truth.articles:
        for relation in article.relations:
            assert (urls.key(relation.url) in known) == relation.known
            assert not relation.known or ask(web, relation.url).status == 200
    assert any(not relation.known for article in web.truth.articles for relation in article.relations)


def test_relations_stand_where_the_truth_says(web: DemoWeb) -> None:
    for article in web.truth.articles:
        for relation in article.relations:
            assert 1 <= relation.after_paragraph <= len(article.paragraphs)
            assert (relation.where == "end") == (relation.after_paragraph == len(article.paragraphs))
            assert not (relation.heading or "").endswith(":")


def test_no_article_links_one_target_twice(web: DemoWeb) -> None:
    """Whether that is one relation or two is a matter of taste: the truth does not ask."""
    for article in web.truth.articles:
        keys = [urls.key(relation.url) for relation in article.relations]
        assert len(keys) == len(set(keys)), article.url


def test_the_iran_press_form(web: DemoWeb) -> None:
    article = next(a for a in web.truth.articles if a.url.endswith("/9041-lower-marsh-talks"))
    page = ask(web, article.url).body.decode()
    assert "Mar 16, 2019 17:46 Asia/Tehran" in page
    assert "<p>Iran Press/Middle East: " in page
    assert "Press TV reported" in article.text
    assert article.published.isoformat() == "2019-03-16T14:16:00+00:00"
    assert Counter(relation.heading for relation in article.relations) == {"Related News": 2, "Read More": 3}
    assert [relation.where for relation in article.relations] == ["inline"] * 2 + ["end"] * 3


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("demo-iranpress-fa", "۲۵ اسفند ۱۳۹۷ ۱۷:۴۶ Asia/Tehran"),
        ("demo-iranpress-ar", "١٦ مارس ٢٠١٩ ١٧:٤٦ Asia/Tehran"),
        ("demo-iranpress-ar", "٢ نيسان ٢٠١٩ ١١:١٠ Asia/Tehran"),
        ("sobh-karaneh", "شنبه ۲۳ اسفند ۱۴۰۴ - ۰۹:۳۰"),
        ("marsa-daily", "١٢ مارس ٢٠٢٦ - ٠٨:٥٠"),
    ],
)
def test_dates_are_printed_as_the_region_prints_them(web: DemoWeb, source: str, printed: str) -> None:
    pages = [ask(web, article.url).body.decode() for article in web.truth.articles if article.source_id == source]
    assert any(printed in page for page in pages)


def test_copies_share_their_text_and_nothing_else_does(web: DemoWeb) -> None:
    articles = list(web.truth.at(edition=2, depth=9).values())
    tokens = {article.url: words(article.text) for article in articles}
    shingles = {url: set(zip(said, said[1:], said[2:], said[3:], strict=False)) for url, said in tokens.items()}
    by_url = {article.url: article for article in articles}
    for one, other in combinations(articles, 2):
        alike = len(shingles[one.url] & shingles[other.url]) / len(shingles[one.url] | shingles[other.url])
        origins = {one.copy_of or one.url, other.copy_of or other.url}
        if len(origins) > 1:
            assert alike < 0.1, (one.url, other.url)
        elif "near" in (one.copy_kind, other.copy_kind):
            assert 0.4 < alike < 1
        else:
            assert one.text == other.text
            assert one.headline != other.headline
    assert all(article.copy_of is None or article.copy_of in by_url for article in articles)


def test_second_edition_changes_one_story_and_adds_two(web: DemoWeb) -> None:
    first, second = web.truth.at(edition=1), web.truth.at(edition=2)
    assert len(second) - len(first) == 2
    changed = [key for key in first if first[key] != second[key]]
    assert len(changed) == 1
    assert first[changed[0]].headline != second[changed[0]].headline
    assert first[changed[0]].published == second[changed[0]].published
    same = [feed for feed in all_feeds(web) if ask(web, feed, 1) == ask(web, feed, 2)]
    touched = {urlsplit(feed).hostname for feed in all_feeds(web) if feed not in same}
    assert touched == {"crescent-wire.localhost", "harbour-gazette.localhost", "sobh-karaneh.localhost"}


def test_validators_answer_byte_for_byte(web: DemoWeb) -> None:
    seen = set()
    for feed in all_feeds(web):
        given = {name: value for name, value in ask(web, feed).headers if name in ("ETag", "Last-Modified")}
        seen.add(tuple(sorted(name if not value.startswith("W/") else "weak" for name, value in given.items())))
        if "ETag" in given:
            assert ask(web, feed, if_none_match=given["ETag"]).status == 304
            assert ask(web, feed, if_none_match=given["ETag"].strip('W/"')).status == 200
        elif given:
            assert ask(web, feed, if_modified_since=given["Last-Modified"]).status == 304
            assert ask(web, feed, if_modified_since="Sat, 01 Jan 2028 00:00:00 GMT").status == 200
        else:
            assert ask(web, feed, if_none_match='"x"').status == 200
    assert seen == {("ETag", "Last-Modified"), ("ETag",), ("weak",), ("Last-Modified",), ()}


def test_one_page_is_unavailable_at_first(web: DemoWeb) -> None:
    found = [article.url for article in web.truth.articles if ask(web, article.url, asked_before=0).status == 503]
    assert len(found) == 1
    assert ask(web, found[0], asked_before=1).status == 200


def test_one_page_is_compressed_for_those_who_ask(web: DemoWeb) -> None:
    squeezed = [
        article.url
        for article in web.truth.articles
        if ("Content-Encoding", "gzip") in ask(web, article.url, accept_encoding="gzip, deflate").headers
    ]
    assert len(squeezed) == 1
    plain = ask(web, squeezed[0]).body
    assert gzip.decompress(ask(web, squeezed[0], accept_encoding="gzip").body) == plain


def test_other_pages(web: DemoWeb) -> None:
    site = sites()[0]
    home = addresses.page(site, PORT)
    assert ask(web, home).status == 200
    assert ask(web, f"{home}section/1").status == 200
    assert b"Disallow: /private/" in ask(web, f"{home}robots.txt").body
    assert ask(web, f"{home}nowhere").status == 404
    assert ask(web, f"http://unknown.localhost:{PORT}/").status == 404
    assert [ask(web, addresses.page(s, PORT, "/robots.txt")).status for s in sites()].count(404) == 1
    trees = [lxml.html.document_fromstring(ask(web, addresses.page(s, PORT)).body) for s in sites()]
    menus = [str(href) for tree in trees for href in tree.xpath("//nav//a/@href")]
    assert any(path.startswith("/section/") for path in menus)


def test_every_spelling_is_one_key(web: DemoWeb) -> None:
    site = next(site for site in sites() if site.id == "harbour-gazette")
    spellings = [addresses.article(site, "ferry-timetable-summer", PORT, name) for name in addresses.SPELLINGS]
    assert {urls.key(url) for url in spellings if "/r/" not in url} == {urls.key(spellings[0])}
    assert {ask(web, url).status for url in spellings} == {200, 302}
