"""The standfirst belongs to the text; a headline in another form and a caption do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.records import Article

Build = Callable[..., str]
Read = Callable[..., Article]

LEADS = {
    "English": "After six hours in the old town hall, both sides want to measure the water of the river together.",
    "German": "Nach sechs Stunden im alten Rathaus wollen beide Seiten das Wasser des Flusses gemeinsam messen.",
    "Persian": "پس از شش ساعت گفت‌وگو در ساختمان شهرداری، دو طرف می‌خواهند آب رودخانه را با هم اندازه بگیرند.",
}


def first(found: Article) -> str:
    """The first paragraph."""
    return found.text.split("\n\n")[0]


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_a_described_standfirst_with_a_dateline_in_front(
    lead: str, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """The description has no dateline, the page has."""
    head = f'<meta property="og:description" content="{lead}">'
    found = article(page(head=head, top=f"<div class='x1'><b>Essen.</b> <span>{lead}</span></div>"))
    assert first(found) == f"Essen. {lead}"
    assert found.text.split("\n\n")[1:] == list(paragraphs)


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_an_unmarked_sentence_below_the_headline(lead: str, page: Build, article: Read) -> None:
    """Nothing says what it is but where it stands."""
    assert first(article(page(top=f"<h2>{lead}</h2>"))) == lead


def test_a_standfirst_of_several_paragraphs(page: Build, article: Read) -> None:
    """Its box is one, its paragraphs are three."""
    parts = ("The talks took six hours.", "Both sides want to measure the water.", "They will meet again in autumn.")
    top = f"<div class='article-preamble'>{''.join(f'<p>{part}</p>' for part in parts)}</div>"
    assert all(part in article(page(top=top)).text for part in parts)


HEADLINE = "Officials of both valleys meet over the water of the river"
NOT_LEADS = {
    "the headline in a list of crumbs": f"<ul class='crumbs description'><li><span>{HEADLINE}</span></li></ul>",
    "a caption in a row of pictures": "<div class='carousel'><div class='slide-description'><p>The delegations on the "
    "steps of the old town hall before the talks began on Tuesday.</p></div></div>",
    "a caption below a picture": "<div><img src='/a.jpg' alt=''><div>The delegations on the steps of the town hall, "
    "before the talks began on Tuesday morning.</div></div>",
    "a signature": "<div class='byline'>Written by the three correspondents of the Valley Herald who were at the "
    "talks.</div>",
}


@pytest.mark.parametrize("top", NOT_LEADS.values(), ids=NOT_LEADS)
def test_what_is_no_standfirst(top: str, page: Build, article: Read, paragraphs: tuple[str, ...]) -> None:
    """It stands between headline and text, and is neither of them."""
    head = f'<meta property="og:title" content="{HEADLINE}">'
    assert article(page(head=head, top=top)).lead is None


BANNERS = {
    "the site's name": "<h1 class='visually-hidden'>Valley Herald, the paper of both valleys</h1><div class='intro'>"
    "Independent news from both valleys of the river, every day since 1911.</div>",
    "an old browser": "<div class='overlay'><h1>Your browser is too old</h1><p class='description'>Please bring it up "
    "to date, so that you can see all that our pages have to offer you.</p></div>",
}


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_what_a_banner_says_is_no_standfirst(banner: str, page: Build, article: Read) -> None:
    """The headline is the heading that says it, not the first one of the page."""
    lead = LEADS["English"]
    html = page(top=f"<div class='abstract'>{lead}</div>").replace("<body>", f"<body>{banner}", 1)
    assert banner in html
    found = article(html)
    assert found.lead == lead
    assert first(found) == lead
