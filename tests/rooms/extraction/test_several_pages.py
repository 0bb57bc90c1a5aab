"""Articles told on several pages, and several posts that are one article."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.records import Article, Extraction

Build = Callable[..., str]
Read = Callable[..., Article]
Reader = Callable[..., Extraction]

SITE = "https://valley.example"
SLUG = f"{SITE}/news/officials-meet-over-the-river"

NEXT = {
    "a parameter": (SLUG, "?page=2"),
    "a parameter, one further": (f"{SLUG}?page=2", "?page=3"),
    "beside the article's id": (f"{SITE}/story.php?id=9", "/story.php?id=9&p=2"),
    "a number behind the name": (SLUG, "/news/officials-meet-over-the-river/2/"),
    "a number, one further": (f"{SLUG}/2/", "/news/officials-meet-over-the-river/3/"),
    "before the ending": (f"{SLUG}.html", "/news/officials-meet-over-the-river-2.html"),
    "with a word, German": (f"{SLUG}.html", "/news/officials-meet-over-the-river-seite-2.html"),
    "with a word, Persian": (f"{SITE}/خبر/دیدار-مقامات-درباره-رود", "/خبر/دیدار-مقامات-درباره-رود/صفحه/2"),
}


@pytest.mark.parametrize(("url", "target"), NEXT.values(), ids=NEXT)
@pytest.mark.parametrize("place", ["link", "a"])
def test_the_next_page_of_an_article(url: str, target: str, place: str, page: Build, read: Reader) -> None:
    """Its address is this page's but for a number, one higher."""
    if place == "link":
        html = page(head=f'<link rel="next" href="{target}">')
    else:
        html = page(bottom=f'<a rel="next" href="{target}">2</a>')
    found = read(html, url=url).next_page
    assert found is not None
    assert found.startswith(SITE)
    assert found.rstrip("/").removesuffix(".html")[-1] in "23"


NOT_NEXT = {
    "the next article": (SLUG, "/news/farmers-wait-for-the-rain"),
    "the next article by its number": (f"{SITE}/news/1234567", "/news/1234568"),
    "the next entry of a blog": (f"{SITE}/posts/7", "/posts/8"),
    "the page before": (f"{SLUG}?page=3", "?page=2"),
    "two further": (SLUG, "?page=3"),
    "itself": (SLUG, SLUG),
    "comments": (SLUG, "/news/officials-meet-over-the-river/comment-page-2"),
    "another site": (SLUG, "https://hills.example/news/officials-meet-over-the-river/2/"),
    "the next page of a list": (f"{SITE}/politics", "/politics/page/2"),
    "no address": (SLUG, "javascript:void(0)"),
}


@pytest.mark.parametrize(("url", "target"), NOT_NEXT.values(), ids=NOT_NEXT)
def test_what_is_not_the_next_page(url: str, target: str, page: Build, read: Reader) -> None:
    """Publishers use `rel=next` for other things too."""
    assert read(page(head=f'<link rel="next" href="{target}">'), url=url).next_page is None


POSTS = (
    (
        "14:05",
        "The delegations have left the hall",
        "Both went to their hotels without a word to the reporters outside.",
    ),
    ("12:30", "A break for lunch", "The talks go on in an hour, said the speaker of the upper valley on the steps."),
    ("09:00", "The talks have begun", "The mayor welcomed both sides in the old town hall and wished them patience."),
)


@pytest.mark.parametrize("tag", ["article", "div", "section"])
def test_the_posts_of_a_live_blog_are_one_text(tag: str, page: Build, article: Read) -> None:
    """All of them, in the order of the page, the newest first."""
    posts = "".join(
        f"<{tag} class='live-post'><time datetime='2026-05-30T{clock}:00+00:00'>{clock}</time><h3>{title}</h3>"
        f"<p>{text}</p></{tag}>"
        for clock, title, text in POSTS
    )
    found = article(page({5: f"<div class='live-posts'>{posts}</div>"})).text
    places = [found.find(text) for _, _, text in POSTS]
    assert -1 not in places
    assert places == sorted(places)
