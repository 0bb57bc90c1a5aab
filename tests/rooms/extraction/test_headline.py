"""Which of a page's statements is its headline, and what is cut from it."""

from __future__ import annotations

import json

import pytest

from aggregator.extraction import decode, headline, structured
from aggregator.records import Source

SOURCE = Source(id="valley", name="Valley Herald")
REAL = "Officials meet over the river"


def _chosen(*, h1: tuple[str, ...] = (), title: str = "", og: str = "", headline_of: str = "", site: str = "") -> str:
    node = json.dumps({"@type": "NewsArticle", "headline": headline_of, "datePublished": "2026-05-01"})
    head = f"<title>{title}</title>"
    head += f'<meta property="og:title" content="{og}">' if og else ""
    head += f'<meta property="og:site_name" content="{site}">' if site else ""
    head += f'<script type="application/ld+json">{node}</script>' if headline_of else ""
    tree = decode.parse(f"<html><head>{head}</head><body>{''.join(f'<h1>{each}</h1>' for each in h1)}</body></html>")
    assert tree is not None
    found, decision = headline.choose(
        structured.read(tree, "https://www.upper-hill.example/news/1"), SOURCE, None, None
    )
    assert decision.what == "headline"
    assert decision.reason
    return found or ""


def test_of_several_first_headings_the_one_that_the_title_has_is_taken() -> None:
    """Navigation and logo are h1 elements on many pages."""
    headings = ("Navigation", "Navigation", "World", REAL, "More from us")
    assert _chosen(h1=headings, title=f"{REAL} - Association of the upper valley") == REAL


def test_a_pages_only_h1_outweighs_what_is_written_for_search_engines() -> None:
    searched = "River talks 2026: all you need to know about the officials"
    assert _chosen(h1=(REAL,), title=f"{searched} | Valley Herald", og=searched) == REAL


def test_an_only_h1_that_nothing_speaks_of_is_part_of_the_frame() -> None:
    assert _chosen(h1=("Literature",), title=f"{REAL} | Valley Herald", og=REAL) == REAL


def test_a_headline_in_json_ld_is_not_outweighed_by_a_shorter_h1() -> None:
    """The kicker is part of the headline where the publisher's own statements agree on it."""
    full = f"Upper valley: {REAL}"
    assert _chosen(h1=(REAL,), title=full, og=full, headline_of=full) == full


def test_a_logo_in_an_h1_is_the_site_though_nothing_else_says_so() -> None:
    assert _chosen(h1=("The Hill Club",), title=f"{REAL} | The Hill Club") == REAL


@pytest.mark.parametrize(
    ("title", "site"),
    [
        (f"{REAL} | Valley Herald", ""),
        (f"{REAL} - upper hill online", ""),
        (f"{REAL}: Valley Herald", ""),
        (f"Valley Herald: {REAL}", ""),
        (f"{REAL} • The-River-Blog", "The River Blog"),
        (f"{REAL}ㅣ강변일보", "강변일보"),
    ],
)
def test_the_sites_name_is_cut_however_it_is_written(title: str, site: str) -> None:
    assert _chosen(title=title, site=site) == REAL


def test_a_kicker_that_begins_like_the_sites_name_stays() -> None:
    assert _chosen(title=f"River levels: {REAL} | River", site="River") == f"River levels: {REAL}"


def test_lines_and_blocks_in_an_h1_are_parted_by_a_space() -> None:
    assert _chosen(h1=("Officials meet<br>over the <div>river</div>",)) == REAL
    assert _chosen(h1=("Offi<em>cials</em> meet over the <svg><title>Icon</title></svg>river",)) == REAL


def _read(body: str, *, title: str = "", og: str = "", headline_of: str = "") -> str:
    node = json.dumps({"@type": "NewsArticle", "headline": headline_of, "datePublished": "2026-05-01"})
    head = f"<title>{title}</title>" + (f'<meta property="og:title" content="{og}">' if og else "")
    head += f'<script type="application/ld+json">{node}</script>' if headline_of else ""
    tree = decode.parse(f"<html><head>{head}</head><body>{body}</body></html>")
    assert tree is not None
    found, _ = headline.choose(structured.read(tree, "https://www.upper-hill.example/news/1"), SOURCE, None, None)
    return found or ""


@pytest.mark.parametrize(
    ("heading", "kept"),
    [
        (f"<span>Upper valley</span> {REAL}", REAL),
        (f"<span>Upper valley</span><span>: </span><span>{REAL}</span>", REAL),
        (f"<a href='/1'><span>Notes</span>&nbsp;{REAL}</a>", REAL),
        (f"<div>Upper valley</div>{REAL}", REAL),
        ("<b>Officials</b> meet over the river", REAL),
        ("<span>Officials</span> meet over the river", REAL),
        ("Officials meet <span>over the river</span>", REAL),
    ],
)
def test_an_element_of_its_own_before_the_headline_is_a_kicker(heading: str, kept: str) -> None:
    assert _read(f"<h1>{heading}</h1>", title=f"{REAL} | Valley Herald") == kept


def test_a_kicker_that_other_titles_join_by_a_colon_belongs_to_the_headline() -> None:
    full = f"Upper valley: {REAL}"
    heading = f"<h1><span>Upper valley</span> <span>{REAL}</span></h1>"
    assert _read(heading, title=full, og=full) == full


def test_the_json_ld_headline_that_the_page_shows_in_an_h2_is_the_headline() -> None:
    """Some houses give their h1 to search engines and set the editors' headline below it."""
    searched = "River talks: What the officials have to say"
    body = f"<h1>{searched}</h1><h2>{REAL}</h2>"
    assert _read(body, title=searched, og=searched, headline_of=REAL) == REAL
    assert _read(f"<h1>{searched}</h1>", title=searched, og=searched, headline_of=REAL) == searched


def test_the_section_between_headline_and_site_is_cut() -> None:
    assert _chosen(title=f"{REAL} | World | Upper Hill", og=f"{REAL} | World | Upper Hill", site="Upper Hill") == REAL


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        (f"{REAL} | Ideas | The Hill Club", REAL),
        (f"{REAL} - The Hill Club", REAL),
        (f"The Hill Club of the Valley | {REAL} today", f"{REAL} today"),
        ("山谷居民今天在河边举行了一次重要会议-山谷网", "山谷居民今天在河边举行了一次重要会议"),
        ("Talks - the officials", "Talks - the officials"),
        (f"12.05.2026 - {REAL}", REAL),
    ],
)
def test_where_a_title_is_all_there_is_its_first_part_is_taken(title: str, kept: str) -> None:
    assert _chosen(title=title) == kept


def test_the_losers_are_named() -> None:
    tree = decode.parse(
        f"<html><head><title>{REAL}</title><meta property='og:title' content='River talks'></head><body><h1>{REAL}</h1>"
    )
    assert tree is not None
    stated = structured.read(tree, "https://www.upper-hill.example/news/1")
    _, decision = headline.choose(stated, SOURCE, None, None)
    assert "og:title “River talks”" in decision.reason
