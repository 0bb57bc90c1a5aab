"""Every shape of link block leaves the text and becomes relations; what only looks like one stays."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from aggregator.records import Article, Selectors, Source

Build = Callable[..., str]
Read = Callable[..., Article]

ONE = ("Snow closes the mountain road for a week", "/news/7/snow-closes-the-mountain-road")
TWO = ("Old mill on the river becomes a library", "/news/8/old-mill-becomes-a-library")


def link(which: tuple[str, str] = ONE, text: str | None = None) -> str:
    """An anchor element."""
    return f'<a href="{which[1]}">{text or which[0]}</a>'


BLOCKS = {
    "label in bold, link behind it": (f"<p><strong>Read more:</strong> {link()}</p>", "read_more", "Read more", 1),
    "label inside the link": (f"<p>{link(text='READ MORE: ' + ONE[0])}</p>", "read_more", "READ MORE", 1),
    "label and colon apart, zero-width between": (
        f"<p><b>Also read</b>\u200b: <span>{link()}</span></p>",
        "also_read",
        "Also read",
        1,
    ),
    "colon within the strong": (f"<p><strong>Read more: </strong>{link()}</p>", "read_more", "Read more", 1),
    "colon outside the strong": (f"<p><strong>Read more</strong>: {link()}</p>", "read_more", "Read more", 1),
    "zero-width characters in the label": (
        f"<p><b>\u200bRead\u200b more\ufeff:</b>\u200b {link()}</p>",
        "read_more",
        "Read more",
        1,
    ),
    "one label, two links": (f"<p>See also: {link()} and {link(TWO)}</p>", "also_read", "See also", 2),
    "Turkish, lower case with a dot": (f"<p><b>İlgili haberler:</b> {link()}</p>", "related", "İlgili haberler", 1),
    "Turkish, capitals without a dot": (
        f"<p><b>ILGILI HABERLER</b></p><p>{link()}</p>",
        "related",
        "ILGILI HABERLER",
        1,
    ),
    "arrow of a script from right to left": (f"<p><b>اقرأ أيضا ◄</b> {link()}</p>", "also_read", "اقرأ أيضا", 1),
    "brackets": (f"<p>【関連記事】・{link()}</p>", "related", "関連記事", 1),
    "quoted": (f"<blockquote>LIRE AUSSI | {link()}</blockquote>", "also_read", "LIRE AUSSI", 1),
    "list item with label": (f"<ul><li>Lesen Sie auch: {link()}</li></ul>", "also_read", "Lesen Sie auch", 1),
    "box with heading": (
        f'<div class="x1"><h4>Related stories</h4><ul><li>{link()}</li><li>{link(TWO)}</li></ul></div>',
        "related",
        "Related stories",
        2,
    ),
    "label alone, link in the next paragraph": (
        f"<p><strong>Related News:</strong></p><p>{link()}</p>",
        "related",
        "Related News",
        1,
    ),
    "heading, list behind it": (
        f"<h3>More on the talks</h3><ul><li>{link()}</li><li>{link(TWO)}</li></ul>",
        "read_more",
        "More on the talks",
        2,
    ),
    "list without label": (f"<ul><li>{link()}</li><li>{link(TWO)}</li></ul>", "related", None, 2),
    "card without label": (
        f'<div class="q9"><a href="{ONE[1]}"><img src="/i.jpg" alt=""><span class="kicker">Weather</span>'
        f"<h3>{ONE[0]}</h3></a></div>",
        "related",
        None,
        1,
    ),
    "aside": (f"<aside><h5>Mehr zum Thema</h5>{link()}</aside>", "related", "Mehr zum Thema", 1),
    "figure": (f"<figure><a href='{ONE[1]}'><img src='/i.jpg'><b>{ONE[0]}</b></a></figure>", "related", None, 1),
    "paragraph that is one link": (f"<p><b>{link(text=ONE[0].upper())}</b></p>", "related", None, 1),
    "Turkish": (f"<p><strong>İLGİLİ HABER:</strong> {link()}</p>", "related", "İLGİLİ HABER", 1),
    "Hebrew": (f"<p><strong>קראו גם:</strong> {link()}</p>", "also_read", "קראו גם", 1),
    "Urdu": (f"<p><strong>یہ بھی پڑھیں:</strong> {link()}</p>", "also_read", "یہ بھی پڑھیں", 1),
    "Sorani": (f"<p><strong>هەواڵی پەیوەندیدار:</strong></p><p>{link()}</p>", "related", "هەواڵی پەیوەندیدار", 1),
    "Kurmanji": (f"<p><strong>Nûçeyên têkildar:</strong></p><p>{link()}</p>", "related", "Nûçeyên têkildar", 1),
    "Russian": (f"<p><em>Читайте также:</em> {link()}</p>", "also_read", "Читайте также", 1),
    "Armenian": (f"<p><em>Կարդացեք նաև՝</em></p><p>{link()}</p>", "also_read", "Կարդացեք նաև", 1),
    "Azerbaijani": (f"<p><em>Həmçinin oxuyun:</em> {link()}</p>", "also_read", "Həmçinin oxuyun", 1),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_leaves_the_text_and_becomes_relations(
    name: str, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    html, kind, heading, count = BLOCKS[name]
    found = article(page({2: html}))
    assert found.text.split("\n\n") == list(paragraphs)
    assert [(each.type, each.where, each.after_paragraph) for each in found.relations] == [(kind, "inline", 2)] * count
    assert found.relations[0].url == f"https://valley.example{ONE[1]}"
    assert found.relations[0].anchor.casefold() == ONE[0].casefold()
    printed = found.relations[0].heading
    assert (printed.rstrip("՝") if printed else None) == heading
    assert 0 < found.relations[0].confidence <= 1


def test_a_block_after_the_text_is_at_the_end(page: Build, article: Read) -> None:
    found = article(page({5: f"<div><h4>Read more</h4>{link()}<br>{link(TWO)}</div>"}))
    assert [(each.where, each.after_paragraph) for each in found.relations] == [("end", 5), ("end", 5)]


def test_a_block_above_the_text_is_after_no_paragraph(page: Build, article: Read) -> None:
    found = article(page({0: f"<p><strong>Read also:</strong> {link()}</p>"}))
    assert [(each.where, each.after_paragraph) for each in found.relations] == [("inline", 0)]


KEPT = {
    "a number": "<p>More than 3,000 people came to <a href='/news/9/the-old-town-hall-fair'>the fair</a> in the old "
    "town hall.</p>",
    "a name": "<p>Lee Trevino said: “The <a href='/news/9/river-walk-opened'>river walk</a> is the best of the "
    "country.”</p>",
    "prose that ends in a call": "<p>The whole report of the joint office has ninety pages and many maps. <a "
    "href='/r/1'>Read more here</a>.</p>",
    "a link in a sentence": f"<p>As was reported earlier, {link(text='snow closed the road')} through the mountains "
    f"for a whole week in winter.</p>",
    "prose whose last words are the link": "<p>The office has put the levels of all four bridges on its pages since "
    "May, where everybody can <a href='/levels/of-the-four-bridges'>read more</a></p>",
    "a name like a label": "<p>Also present was <a href='/people/9/the-mayor-of-the-town'>the mayor</a>, who spoke at "
    "length of the old mill and of the new bridge.</p>",
    "a sentence with a colon": "<p>Related to this is a question of money: who pays for the new bridges, asked the "
    "mayor at the end of the day?</p>",
}


@pytest.mark.parametrize("name", KEPT)
def test_prose_stays(name: str, page: Build, article: Read) -> None:
    found = article(page({2: KEPT[name]}))
    assert len(found.text.split("\n\n")) == 6
    assert found.relations == ()


PROMOTION = {
    "trending": f"<div><h4>Trending</h4><ul><li>{link()}</li><li>{link(TWO)}</li></ul></div>",
    "newsletter": '<div class="newsletter"><p>Sign up for our newsletter</p><a href="/newsletters/daily">Day</a></div>',
    "share": '<div class="share-buttons"><a href="https://facebook.com/sharer?u=1">Share</a></div>',
    "most read in Persian": f"<div><h4>پربازدیدترین</h4>{link()}</div>",
    "sponsor": f'<div class="sponsored-box"><p>Presented by our partner</p>{link()}</div>',
    "most read by its class": f"<aside class='most-read'><ol><li>{link()}</li><li>{link(TWO)}</li></ol></aside>",
    "newsletter by its words": '<p><a href="/mail/daily">Subscribe to our newsletter and read it every morning</a></p>',
    "tags in Arabic": '<p>الوسوم: <a href="/tag/river">نهر</a>، <a href="/tag/water">ماء</a></p>',
    "tags": '<p>Tags: <a href="/tag/river">river</a>, <a href="/tag/water">water</a></p>',
}


@pytest.mark.parametrize("name", PROMOTION)
def test_promotion_leaves_the_text_and_is_no_relation(
    name: str, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    found = article(page({3: PROMOTION[name]}))
    assert found.text.split("\n\n") == list(paragraphs)
    assert found.relations == ()


def test_links_to_sections_tags_and_logins_are_no_relations(page: Build, article: Read) -> None:
    block = (
        f"<div><h4>Related</h4>{link()} <a href='/world'>World</a> <a href='/tag/water'>All about water in the "
        f"valley</a>"
        "<a href='/login?next=/x'>Log in to read on here</a> <a href='#top'>Top</a></div>"
    )
    assert [each.anchor for each in article(page({2: block})).relations] == [ONE[0]]


def test_kicker_date_and_author_are_not_the_headline(page: Build, article: Read) -> None:
    block = (
        f"<div class='related'><a href='{ONE[1]}'><span class='kicker'>Weather</span> <time>3 May 2026</time>"
        f"<h4 class='headline'>{ONE[0]}</h4><span class='author'>By Ann Rivers</span></a></div>"
    )
    assert [each.anchor for each in article(page({2: block})).relations] == [ONE[0]]


def test_a_call_to_action_does_not_name_the_card(page: Build, article: Read) -> None:
    block = f"<div><h3>{link()}</h3><p>A short summary.</p><a href='{ONE[1]}'>Read more</a></div>"
    found = article(page({2: block}))
    assert [each.anchor for each in found.relations] == [ONE[0]]
    assert "summary" not in found.text


def test_a_selector_names_a_block_and_what_is_never_text(
    page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    source = Source(
        id="valley",
        name="Valley Herald",
        selectors=Selectors(related=("div.odd",), remove=("p.note",), body=("div.text",)),
    )
    block = f"<div class='odd'>Some words before it, many of them, and then {link()}</div><p class='note'>A note to "
    "all.</p>"
    found = article(page({2: block}), source=source)
    assert found.text.split("\n\n") == list(paragraphs)
    assert [(each.rule, each.after_paragraph) for each in found.relations] == [("selector", 2)]


def test_a_kicker_set_as_a_heading_is_not_the_headline(page: Build, article: Read) -> None:
    """The kicker of a card is often a small heading above the large one."""
    card = f'<div class="k2"><a href="{ONE[1]}"><img src="/i.jpg"><h5>From our pages</h5><h4>{ONE[0]}</h4></a></div>'
    assert [each.anchor for each in article(page({2: card})).relations] == [ONE[0]]


def test_an_advertisement_label_takes_no_editorial_block_along(page: Build, article: Read) -> None:
    """The place of the advertisement is empty on stored pages, and the block stands right below it."""
    block = f'<div>Anzeige</div><div class="z1"><div>Lesen Sie auch</div><h4>{link()}</h4></div>'
    assert [(each.type, each.anchor) for each in article(page({2: block})).relations] == [("also_read", ONE[0])]


def test_a_labelled_box_between_headline_and_text_is_after_no_paragraph(page: Build, article: Read) -> None:
    """It stands beside the first paragraph on the screen, and above it in the page."""
    box = f'<div class="side"><div><h6>Mehr zum Thema</h6><p>{link()} and what it means</p></div></div>'
    found = article(page(top=box))
    assert [(each.where, each.after_paragraph) for each in found.relations] == [("inline", 0)]


def test_long_lists_and_a_sections_other_articles_below_the_text_are_no_relations(page: Build, article: Read) -> None:
    """They are the same below every article of the section."""
    many = "".join(f"<li>{link((f'The mayor opens bridge number {n}', f'/news/9{n}/bridge'))}</li>" for n in range(20))
    box = f'<div class="b1"><h4>Related stories</h4><ul>{many}</ul></div>'
    section = f'<div class="b2"><h4>More from Politics</h4><ul><li>{link()}</li><li>{link(TWO)}</li></ul></div>'
    assert article(page({5: box})).relations == ()
    assert article(page({5: section})).relations == ()


def test_the_pages_own_gallery_is_no_relation(page: Build, article: Read) -> None:
    """A link to a part of the page leads to the same article."""
    pictures = "/news/100/officials-meet-over-the-river/pictures"
    card = f'<aside><h5>Related</h5><a href="{pictures}">All pictures of the old town hall</a></aside>'
    assert article(page({2: card})).relations == ()


RTL_CARD = (
    '<div class="c5"><a href="/news/7/x-y-z"><img src="/i.jpg"><h5>گزارش</h5>'
    "<h4>برف جاده کوهستانی را برای یک هفته بست</h4></a></div>"
)


def test_a_card_in_a_right_to_left_script_gives_its_headline(page: Build, article: Read) -> None:
    """The same shapes are used whichever way the script runs."""
    found = article(page({2: RTL_CARD}, lang="fa"))
    assert [each.anchor for each in found.relations] == ["برف جاده کوهستانی را برای یک هفته بست"]
    assert "گزارش" not in found.text


@pytest.mark.parametrize("language", ["fa", "de", "ru", "tr"])
def test_english_labels_on_pages_of_other_languages(language: str, page: Build, article: Read) -> None:
    """Themes bring their own labels, whatever the page is written in."""
    found = article(page({2: f"<p><b>Related Posts</b></p><ul><li>{link()}</li></ul>"}, lang=language))
    assert [(each.type, each.heading) for each in found.relations] == [("related", "Related Posts")]


def test_the_text_of_a_live_blog_goes_on_after_each_block(
    page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """Each of its entries may end in a block."""
    first, second = f"<p>Read more: {link()}</p>", f"<aside><h5>Related</h5>{link(TWO)}</aside>"
    found = article(page({1: f"<h2>17:40</h2>{first}", 3: f"<h2>18:05</h2>{second}", 5: "<h2>18:30</h2>"}))
    assert tuple(text for text in found.text.split("\n\n") if ":" not in text[:3]) == paragraphs
    assert [(each.anchor, each.where) for each in found.relations] == [(ONE[0], "inline"), (TWO[0], "inline")]


COLUMN = f"<h4>Related stories</h4><ul><li>{link()}</li><li>{link(TWO)}</li></ul>"


@pytest.mark.parametrize(
    "column",
    [
        f"<aside class='side'>{COLUMN}<h4>Trending</h4><ul><li><a href='/news/1/x'>A story that all read</a></li>"
        f"<li><a href='/news/2/y'>Another that all read</a></li><li><a href='/t/z'>And one more of them</a></li></ul>"
        "</aside>",
        f"<div class='sidebar'><div>{COLUMN}</div></div>",
        f"<div id='right-rail'>{COLUMN}</div>",
    ],
    ids=["aside with other lists", "class", "id"],
)
def test_a_column_beside_the_text_is_a_sidebar(column: str, page: Build, article: Read) -> None:
    """It stands below the text in the page and beside it on the screen."""
    found = article(page(bottom=column))
    assert [(each.anchor, each.where, each.after_paragraph) for each in found.relations] == [
        (ONE[0], "sidebar", None),
        (TWO[0], "sidebar", None),
    ]


def test_cards_of_the_page_far_below_the_text_are_no_relations(page: Build, article: Read) -> None:
    """Only a label says that they are the article's."""
    fill = "<div><p>The valley's herald has been printed since 1911 and is read in four towns and villages.</p></div>"
    cards = "".join(
        f"<div><a href='/news/9{n}/a-b-c'><img src='/i.jpg'><h3>Another story of the day, number {n}</h3></a></div>"
        for n in range(4)
    )
    assert article(page(bottom=f"<section>{fill * 3}{cards}</section>")).relations == ()


def test_a_labelled_box_some_levels_up_below_the_text_is_at_the_end(page: Build, article: Read) -> None:
    """Pages are built of many wrappers, and the box belongs to the outermost."""
    html = page(bottom=f"</main></div></div><div class='k8'><h2>Related stories</h2>{link()}</div>")
    html = html.replace("<main><article>", "<div><div><main><div><article>").replace("</article>", "</article></div>")
    assert [(each.anchor, each.where, each.after_paragraph) for each in article(html).relations] == [(ONE[0], "end", 5)]


def test_a_label_of_one_list_does_not_take_the_next_list_along(page: Build, article: Read) -> None:
    """A column holds several lists, each below a heading of the same rank."""
    other = "".join(f"<li><a href='/news/7{n}/a-b-c'>A story of the front page, number {n}</a></li>" for n in range(5))
    lists = (
        f"<div><h3>Related stories</h3><ul><li>{link()}</li></ul></div><div><h3>Front page</h3><ul>{other}</ul></div>"
    )
    assert [each.anchor for each in article(page({5: f"<div>{lists}</div>"})).relations] == [ONE[0]]


@pytest.mark.parametrize(
    "inside",
    [
        f"<span>Weather</span><span>{ONE[0]}</span>",
        f"<span>3 May 2026</span> {ONE[0]}",
        f"{ONE[0]} <span>By Ann Rivers</span>",
        f"<span>Video</span> {ONE[0]}",
        f"{ONE[0]} <i>2 hours ago</i>",
        f"17:40 {ONE[0]}",
        f"<b>{ONE[0]}</b><br><span>۱۲ اردیبهشت ۱۴۰۵</span>",
    ],
)
def test_words_beside_the_headline_in_a_link_are_taken_apart(inside: str, page: Build, article: Read) -> None:
    """Kicker, date, author and badge need no class to be what they are."""
    block = f"<div><h4>Related stories</h4><a href='{ONE[1]}'>{inside}</a></div>"
    assert [each.anchor for each in article(page({2: block})).relations] == [ONE[0]]


def test_a_page_of_very_many_links_takes_no_time_beyond_their_number(page: Build, read: Callable[..., object]) -> None:
    """Nothing here may look at all links for each of them."""

    def seconds(count: int) -> float:
        links = "".join(f"<li><a href='/news/{n}/a-b'>The story of the day number {n}</a></li>" for n in range(count))
        html = page(bottom=f"<div><h4>Related</h4><div><div><ul>{links}</ul></div></div></div>")
        began = time.process_time()
        read(html)
        return time.process_time() - began

    seconds(100)
    assert seconds(8_000) < 8 * seconds(2_000) + 0.5
