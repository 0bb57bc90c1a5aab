"""Pages that list articles, of sites that nobody prepared the reader for."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from aggregator.records import Selectors

URL = "https://www.paper.org/world"
NAV = (
    '<header><a href="/">The Paper</a></header><nav><ul><li><a href="/world">World</a><li><a href="/sport">Sport</a>'
    '<li><a href="/world/middle-east">Middle East and North Africa</a></ul></nav>'
)
FOOT = (
    '<footer><a href="/about-us">About us and our journalists</a><a href="/terms">Terms and conditions of use</a>'
    '<a href="/2026/03/01/how-we-work-at-the-paper">How we work at this paper</a></footer>'
)
STORIES = (
    "Talks resume in Muscat after a week",
    "Ships return to the northern harbour",
    "Parliament votes on the water bill",
    "Rain ends the long drought",
)


def page(main, head=""):
    body = f"<body>{NAV}<main>{main}</main>{FOOT}</body>"
    return f"<!DOCTYPE html><html lang=en><head><title>World</title>{head}</head>{body}</html>"


def slug(headline):
    return headline.lower().replace(" ", "-")


@pytest.fixture
def read_page(read_body):
    def read(html, url=URL, **source):
        return read_body(html, url=url, format="listing", **source)

    return read


def seen(reading):
    return [s.url.removeprefix("https://www.paper.org") for s in reading.sightings]


DESIGNS = {
    "dated": ("/2026/11/{n:02}/{slug}", '<article><h2><a href="{url}">{title}</a></h2><p>Lead.</p></article>'),
    "numbered": ("/fa/news/{n}4321/{slug}", '<li><a href="{url}">{title}</a></li>'),
    "query": ("/news.php?id=73{n}", '<tr><td><a href="{url}"><b>{title}</b></a></td></tr>'),
    "hexadecimal": ("/articles/c1xyz{n}abcd9o", '<div class="promo"><a href="{url}"><h3>{title}</h3></a></div>'),
    "long slug": ("/{slug}", '<div class="post"><a class="t" href="{url}">{title}</a></div>'),
    "bare": ("/n/{letter}", '<div class="card"><h3 class="t"><a class="t" href="{url}">{title}</a></h3></div>'),
    "cards": (
        "/story/{n}777",
        '<div class="card"><a href="{url}"><img src="x.jpg"></a><a href="{url}">{title}</a><p>Lead</p>'
        '<a href="{url}">Read more</a></div>',
    ),
    "heading beside": (
        "/story/{n}777",
        '<section><h3>{title}</h3><a href="{url}">Read more</a> <a href="{url}#comments">3 comments</a></section>',
    ),
}


@pytest.mark.parametrize("design", DESIGNS)
def test_articles_are_found_in_any_design_and_nothing_else_is(read_page, design):
    address, entry = DESIGNS[design]
    links = [address.format(n=n, slug=slug(title), letter="abcd"[n % 4]) for n, title in enumerate(STORIES, start=1)]
    main = "".join(entry.format(url=url, title=title) for url, title in zip(links, STORIES, strict=True))
    reading = read_page(page(f"<div class=list>{main}</div>"))
    assert seen(reading) == links
    assert [s.headline for s in reading.sightings] == list(STORIES)
    assert (reading.format, reading.language, reading.title) == ("listing", "en", "World")
    assert {s.via for s in reading.sightings} == {"listing"}


def test_headlines_without_spaces_are_headlines(read_page):
    main = "".join(f'<li><a href="/news/{n}0001">新一轮会谈本周将在马斯喀特举行</a></li>' for n in range(1, 4))
    assert len(read_page(page(main)).sightings) == 3


def test_a_time_with_a_zone_beside_a_link_is_its_date(read_page):
    card = '<article><a href="/news/{n}0001">{title}</a><time datetime="{time}">today</time></article>'
    times = ("2026-11-23T10:00:00+03:30", "2026-11-23T10:00:00")
    main = "".join(card.format(n=n, title=STORIES[n], time=t) for n, t in enumerate(times, 1) for n in (n,))
    first, second = read_page(page(main)).sightings
    assert first.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert (second.published, second.published_raw) == (None, "2026-11-23T10:00:00")


def test_other_sites_files_and_scripts_are_no_articles(read_page):
    bad = ("https://victim.org/news/12345/x", "/news/12345.pdf", "javascript:void(0)", "mailto:a@b.example", "#12345")
    main = "".join(f'<li><a href="{url}">{STORIES[0]}</a></li>' for url in bad)
    assert seen(read_page(page(main + f'<a href="/news/12345">{STORIES[1]}</a>'))) == ["/news/12345"]


def test_a_calendar_is_no_list_of_articles(read_page):
    days = "".join(f'<td><a href="/2026/11/{n:02}/">{n}</a></td>' for n in range(1, 31))
    days += "".join(
        f'<td><a href="/archive?date=2026-11-{n:02}">News of the {n}th of November</a></td>' for n in (1, 2)
    )
    reading = read_page(page(f"<table class=cal><tr>{days}</tr></table>"))
    assert seen(reading) == []
    assert reading.format is None
    assert "listing_entries" in reading.problems[0]


def test_an_html_page_is_a_listing_only_where_one_is_expected(read_body):
    html = page("".join(f'<li><a href="/news/{n}0001">{title}</a></li>' for n, title in enumerate(STORIES, 1)))
    assert read_body(html, url=URL, format="listing").format == "listing"
    assert read_body(html, url=URL).format is None


def test_a_feed_in_place_of_a_listing_is_read_as_what_it_is(read_page, rss, item):
    assert read_page(rss(item(1))).format == "rss"


def test_the_catalogues_selectors_go_before_the_rules(read_page):
    main = '<div class=x><a href="/a">One</a></div><div class=x><p><a href="/b">Two</a></p></div>'
    main += '<a class=y href="/c">3</a>'
    chosen = Selectors(listing_entries=(".x", "a.y"), listing_next=("a.older",))
    html = page(main + '<a class=older href="/world/archive">&gt;</a>')
    reading = read_page(html, selectors=chosen)
    assert seen(reading) == ["/a", "/b", "/c"]
    assert reading.next_page == "https://www.paper.org/world/archive"


def test_a_selector_that_is_none_is_a_problem_only(read_page):
    reading = read_page(page("<p>x</p>"), selectors=Selectors(listing_entries=("a[",)))
    assert "a[" in reading.problems[0]


ENTRY = f'<a href="/news/12345">{STORIES[0]}</a>'


@pytest.mark.parametrize(
    ("url", "links", "following"),
    [
        ("/world", '<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=3">3</a>', "/world?page=2"),
        ("/world?page=2", '<a href="?page=1">1</a><a href="?page=3">3</a><a href="?page=9">last</a>', "/world?page=3"),
        ("/world/page/7/", '<a href="/world/page/6/">6</a><a href="/world/page/8/">8</a>', "/world/page/8/"),
        ("/world?l=fa", '<a href="/world?page=2&l=fa">2</a><a href="/sport?page=2">2</a>', "/world?page=2&l=fa"),
        ("/world", '<a href="?start=20">2</a><a href="?start=40">3</a>', "/world?start=20"),
        ("/world?start=20", '<a href="/world">1</a><a href="?start=40">3</a>', "/world?start=40"),
        ("/world", '<a rel="nofollow next" href="/old">x</a><a href="?page=2">2</a>', "/old"),
        ("/world", '<a href="/world/older">Older posts »</a>', "/world/older"),
        ("/world", '<a href="/world/2">بعدی</a>', "/world/2"),
        ("/world", '<a href="https://victim.org/world?page=2" rel=next>Next</a>', None),
        ("/world?page=9", '<a href="?page=8">8</a><a href="?page=9">9</a>', None),
        ("/world", '<a href="/news/99999">next</a>', None),
    ],
)  # fmt: skip
def test_the_next_page_is_found(read_page, url, links, following):
    reading = read_page(page(ENTRY + f"<p>{links}</p>"), url=f"https://www.paper.org{url}")
    assert reading.next_page == (following and f"https://www.paper.org{following}")


def test_the_next_page_in_the_head(read_page):
    assert read_page(page(ENTRY, head='<link rel="next" href="/w/2">')).next_page == "https://www.paper.org/w/2"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        '<a href="/news/12345">' * 20_000,
        "<a href='?page=" + "9" * 100_000,
        "".join(f'<a href="/w?offset={n}">{n}</a>' for n in range(20_000)),
        "".join(f'<li><a href="/news/{n}/x">Some headline of story number {n}</a></li>' for n in range(20_000)),
        "<nav>" * 200 + f'<a href="/news/1">{STORIES[0]}</a>' * 2_000,
    ],
    ids=["deep", "links", "number", "offsets", "endless", "navs"],
)
def test_hostile_pages_cost_little_time(read_page, html):
    begin = time.process_time()
    reading = read_page(html)
    assert time.process_time() - begin < 5
    assert len(reading.sightings) <= 1_000


def test_a_page_that_calls_all_of_itself_a_menu_is_read_all_the_same(read_page):
    main = "".join(f'<li><a href="/news/{n}0001">{title}</a></li>' for n, title in enumerate(STORIES, 1))
    assert len(read_page(f'<body><div class="menu">{main}</div></body>').sightings) == 4


def test_a_list_of_tags_authors_or_pictures_is_no_list_of_articles(read_page):
    """Even where it is built like one and its words read like headlines."""
    places = ("tag/{n}-talks-of-the-week", "author/{n}/long-name-of-one", "gallery/{n}", "docs/report-{n}.pdf")
    main = ""
    for number, place in enumerate(places):
        links = (f'<h3><a href="/{place.format(n=k)}">{STORIES[k]}</a></h3>' for k in range(4))
        main += f'<div class="list{number}">{"".join(links)}</div>'
    assert read_page(page(main)).format is None
