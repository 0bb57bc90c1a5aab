"""Questions asked of the catalogue."""

from __future__ import annotations

import pytest

from aggregator.errors import InputError, SourceError
from aggregator.records import Feed, Source
from aggregator.sources.catalogue import Catalogue


def source(source_id: str, homepage: str | None = None, region: str | None = None, feeds=(), **more) -> Source:
    return Source(
        id=source_id,
        name=source_id.title(),
        homepage=homepage,
        region=region,
        feeds=tuple(Feed(url=url) for url in feeds),
        **more,
    )


CATALOGUE = Catalogue.of(
    [
        source(
            "irna", "https://www.irna.ir/", "middle-east", ["https://www.irna.ir/rss"], aliases=("Islamic Republic",)
        ),
        source("irna-english", "https://en.irna.ir/", "middle-east", ["https://en.irna.ir/rss"]),
        source("tasnim", "https://www.tasnimnews.com/fa", "middle-east"),
        source("tasnim-english", "https://www.tasnimnews.com/en", "middle-east"),
        source("bbc", "https://www.bbc.com/news", "europe", ["https://feeds.bbci.co.uk/news/rss.xml"]),
        source("ndtv", "https://www.ndtv.com/", "south-asia", ["https://feeds.feedburner.com/ndtv"]),
        source("asleep", "https://asleep.org/", "europe", enabled=False),
    ]
)


def ids(sources) -> list[str]:
    return [s.id for s in sources]


def test_two_sources_of_one_id_are_refused():
    with pytest.raises(SourceError, match="id 'a'"):
        Catalogue.of([source("a"), source("a")])


def test_a_feed_listed_twice_is_refused():
    with pytest.raises(SourceError, match="listed twice: in a and in b"):
        Catalogue.of([source("a", feeds=["https://x.org/f"]), source("b", feeds=["https://x.org/f"])])
    with pytest.raises(SourceError, match="listed twice"):
        Catalogue.of([source("a", feeds=["https://x.org/f", "https://x.org/f"])])


def test_a_source_is_found_by_its_id_only():
    assert CATALOGUE.get("bbc").id == "bbc"
    with pytest.raises(SourceError, match="did you mean 'tasnim'") as caught:
        CATALOGUE.get("tasnin")
    assert caught.value.source_id == "tasnin"
    with pytest.raises(SourceError, match="sources list"):
        CATALOGUE.get("qqqqqqqqqq")


def test_all_enabled_sources_are_selected_where_nothing_is_asked():
    assert "asleep" not in ids(CATALOGUE.select())
    assert len(CATALOGUE.select()) == 6
    assert ids(CATALOGUE.select(source="asleep")) == ["asleep"]


def test_regions_are_selected_in_any_spelling_and_several_at_once():
    assert ids(CATALOGUE.select(region="Middle_East")) == ["irna", "irna-english", "tasnim", "tasnim-english"]
    assert ids(CATALOGUE.select(region="europe, south-asia")) == ["bbc", "ndtv"]
    assert CATALOGUE.regions() == ("europe", "middle-east", "south-asia")


def test_an_unknown_region_is_refused_with_the_list():
    with pytest.raises(SourceError, match="did you mean 'europe'; the regions are europe, middle-east, south-asia"):
        CATALOGUE.select(region="eurpe")


def test_sources_are_selected_by_id_within_a_region():
    assert ids(CATALOGUE.select(source="bbc,irna")) == ["irna", "bbc"]
    assert ids(CATALOGUE.select(source="bbc,irna", region="europe")) == ["bbc"]
    with pytest.raises(SourceError, match="none of bbc is in middle-east"):
        CATALOGUE.select(source="bbc", region="middle-east")


def test_a_url_selects_its_source_or_one_made_up():
    assert ids(CATALOGUE.select(url="https://www.irna.ir/news/1,https://new.org/x")) == ["irna", "new-org"]


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://www.irna.ir/news/1", "irna"),
        ("http://irna.ir/news/1", "irna"),
        ("https://en.irna.ir/news/1", "irna-english"),
        ("https://ar.irna.ir/news/1", "irna"),
        ("https://www.tasnimnews.com/en/news/1", "tasnim-english"),
        ("https://www.tasnimnews.com/fa/news/1", "tasnim"),
        ("https://www.tasnimnews.com/english", "tasnim"),
        ("https://www.bbc.co.uk/news/1", None),
        ("https://feeds.bbci.co.uk/x", "bbc"),
        ("https://feeds.feedburner.com/other", None),
        ("https://evil.org/?u=www.irna.ir", None),
        ("https://irna.ir.evil.org/", None),
        ("not a url", None),
    ],
)
def test_an_articles_url_belongs_to_the_source_of_its_host_or_site(url, owner):
    found = CATALOGUE.by_url(url)
    assert (found.id if found else None) == owner


def test_a_source_is_made_up_for_a_url_of_nobody():
    made = CATALOGUE.ad_hoc("https://news.new-paper.co.uk/a/1")
    assert (made.id, made.name, made.homepage) == (
        "new-paper-co-uk",
        "new-paper.co.uk",
        "https://news.new-paper.co.uk/",
    )
    assert CATALOGUE.ad_hoc("http://127.0.0.1:8000/x").id == "127-0-0-1-8000"
    assert Catalogue.of([source("new-org")]).ad_hoc("https://new.org/").id == "new-org-2"


def test_no_source_is_made_up_for_what_is_no_url():
    with pytest.raises(InputError) as caught:
        CATALOGUE.ad_hoc("file:///etc/passwd")
    assert caught.value.subject == "file:///etc/passwd"
