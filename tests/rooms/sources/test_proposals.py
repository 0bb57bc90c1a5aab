"""A proposed entry: which feeds are in it, in which order, and why each value is what it is."""

from __future__ import annotations

import pytest

from aggregator.records import Feed
from aggregator.sources.proposals import Clues, SeenFeed, is_aside, propose

HOME = "https://gazette.example/"
ENGLISH = "The council of the harbour has met again to talk about the ferries and the price of bread this winter. " * 3
PERSIAN = "شورای شهر بندر امروز درباره قیمت نان و کشتی‌های تازه گفت‌وگو کرد و نتیجه را به مردم خبر داد. " * 3


def seen(path: str = "rss", entries: range = range(10), **more) -> SeenFeed:
    return SeenFeed(
        **{
            "url": HOME + path,
            "format": "rss",
            "found": "a link in the head of the page",
            "keys": frozenset(f"gazette.example/{n}" for n in entries),
            "sites": frozenset({"gazette.example"}),
            "sample": ENGLISH,
            **more,
        }
    )


def proposed(*feeds: SeenFeed, **clues):
    given = {"homepage": HOME, "name": "The Gazette", "name_from": "og:site_name", **clues}
    return propose(Clues(**given), feeds)


def urls(proposal) -> list[str]:
    return [feed.url.removeprefix(HOME) for feed in proposal.source.feeds]


def test_the_feed_of_everything_goes_first_whatever_the_page_names_first():
    proposal = proposed(
        seen("sport/rss", range(3), label="The Gazette » Sport"), seen("rss"), seen("world/rss", range(4, 7))
    )
    assert proposal.source.feeds == (
        Feed(url=HOME + "rss"),
        Feed(url=HOME + "sport/rss", section="Sport"),
        Feed(url=HOME + "world/rss", section="World"),
    )


@pytest.mark.parametrize(
    "path",
    [
        "comments/feed",
        "feed/comments/",
        "news/1/feed/?x=comments",
        "tag/bread/feed",
        "author/ann/rss",
        "?s=bread&feed=rss2",
        "podcasts/daily.xml",
    ],
)
def test_what_is_no_feed_of_articles_is_left_out(path):
    proposal = proposed(seen(path, range(50)), seen("rss"))
    assert urls(proposal) == ["rss"]
    assert any(HOME + path in line for line in proposal.left_out)


@pytest.mark.parametrize("path", ["feed", "commentary/rss", "authority/rss", "stages/feed"])
def test_what_only_looks_like_one_is_kept(path):
    assert is_aside(HOME + path) is None


def test_comments_are_told_by_their_title_too():
    assert urls(proposed(seen("f2", label="Comments on The Gazette"), seen("rss", range(3)))) == ["rss"]


def test_the_same_list_in_another_format_is_left_out():
    proposal = proposed(seen("rss"), seen("atom.xml", format="atom"))
    assert urls(proposal) == ["rss"]
    assert "the same articles" in proposal.left_out[0]


def test_an_empty_feed_is_no_main_feed():
    assert urls(proposed(seen("rss", range(0)), seen("world/rss"))) == ["world/rss"]


def test_feeds_of_other_sites_and_other_languages_are_left_out():
    other = seen("partner", range(20, 40), sites=frozenset({"other.example"}))
    persian = seen("fa/rss", range(50, 60), sample=PERSIAN)
    proposal = proposed(other, persian, seen("rss"))
    assert urls(proposal) == ["rss"]
    assert len(proposal.left_out) == 2


def test_the_address_that_was_given_is_the_main_feed():
    assert urls(proposed(seen("rss"), seen("tag/harbour/rss", range(2), given=True)))[0] == "tag/harbour/rss"


def test_a_news_sitemap_is_taken_and_another_only_where_there_is_no_feed():
    news = seen("news.xml", format="news_sitemap", found="robots.txt")
    whole = seen("sitemap.xml", format="sitemap", found="robots.txt")
    assert proposed(seen("rss"), whole, news).source.sitemaps == (HOME + "news.xml",)
    assert proposed(seen("rss"), whole).source.sitemaps == ()
    assert proposed(whole).source.sitemaps == (HOME + "sitemap.xml",)


def test_the_words_tell_the_language_where_the_page_is_wrong():
    proposal = proposed(seen(sample=PERSIAN), tags=(("en-US", "html lang"),))
    assert proposal.source.languages == ("fa",)
    assert proposal.reasons["languages"] == "told by the words of its entries; html lang says en-US"
    assert proposed(seen(sample="too few"), tags=(("tr", "html lang"),)).source.languages == ("tr",)
    assert proposed(seen(sample="")).source.languages == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Harbour News Agency", "agency"),
        ("خبرگزاری بندر", "agency"),
        ("وكالة رافد", "agency"),
        ("Radio Harbour", "broadcaster"),
        ("قناة المرسى", "broadcaster"),
        ("The Harbour Times", "newspaper"),
        ("Kıyı Gazetesi", "newspaper"),
        ("Harbour Now", "portal"),
    ],
)
def test_the_name_tells_the_kind(name, kind):
    assert proposed(seen(), name=name).source.kind == kind


def test_the_region_is_where_the_catalogue_has_the_country():
    clues = Clues(homepage="https://www.paper.ir/", name="Paper")
    told = propose(clues, [seen()], regions={"IR": "middle-east"})
    assert (told.source.country, told.source.region) == ("IR", "middle-east")
    assert propose(clues, [seen()], regions={}).source.region is None


def test_an_id_is_free_and_made_of_latin_letters():
    assert propose(Clues(homepage=HOME, name="Gazette"), [seen()], ids=["gazette"]).source.id == "gazette-2"
    assert proposed(seen(), name="وكالة رافد", aliases=("Rafid Agency",)).source.id == "rafid-agency"
