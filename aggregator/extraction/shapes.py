"""What a link block looks like where no label says so: words of its class, and the shapes of lists, cards and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from lxml import etree

from aggregator import urls
from aggregator.extraction import links
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import HEADINGS, INVISIBLE, Measure, names
from aggregator.extraction.links import Link

_RELATED = re.compile(
    r" (?:related|relateds|read ?more|read also|readalso|also read|see also|seealso|more stories|recirculation|recirc"
    r"|recommend(?:ed|ation|ations)?|next read|inline ?article|link ?list|similar|teasers?|reference|story ?link"
    r"|article ?link|lesetipp|lire ?aussi|leia|relacionad[ao]s?|correlat[io]|verwandt|mehr zum|zum thema|les ogs?"
    r"|lees ook|read on|embed article|article embed|internal ?link|further reading|backlinks?"
    r"|related ?(?:posts?|news|articles?|content|links?|stories)|onward|cross ?links?|morelinks?|jp relatedposts"
    r"|more ?on) "
)
_PROMOTION = re.compile(
    r" (?:newsletters?|trending|most ?(?:read|popular|viewed)|popular|outbrain|taboola|sponsor(?:ed)?|promo(?:tion)?"
    r"|share|sharing|sharebar|socials?|subscri(?:be|ption)|paywall|advert(?:isement|orial)?|ads|adslot|ad|banner"
    r"|comments?|disqus|tags|taglist|keywords|breadcrumbs?|author ?bio|authorbox|sign ?up|cookie|consent|donate"
    r"|donation|app ?download|jobs|toolbar|pagination|pager|addtoany|addthis|sociable|follow us|copyright) "
)
_BESIDE = re.compile(
    r" (?:side ?bars?|right ?(?:rail|column|col|bar)|col(?:umn)? right|rail|side ?(?:column|col|rail)|aside|secondary"
    r"|complementary) "
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_VISIBLE = re.compile("[^\\s\u200c-\u200f]")
_BOXES = frozenset({"aside", "section", "article", "figure", "nav"})
_LINES = frozenset({"p", "h2", "h3", "h4", "h5", "blockquote"})
_MAX_SUMMARY = 320


def kind(element: Element) -> Literal["editorial", "promotion"] | None:
    """What an element's class words are those of: link blocks, promotions and nothing else, or neither."""
    words = names(element)
    return _kind_of(words) if words != " " else None


@lru_cache(maxsize=4_000)
def _kind_of(words: str) -> Literal["editorial", "promotion"] | None:
    if _RELATED.search(words) is not None:
        return "editorial"
    return "promotion" if _PROMOTION.search(words) is not None else None


def is_beside(element: Element) -> bool:
    """Whether an element's class words are those of a column beside the text."""
    return _BESIDE.search(names(element)) is not None


def shape(element: Element, measure: Measure) -> str | None:
    """The name of the shape that makes an element a link block without a label, or None."""
    text, linked = measure.text, measure.linked
    unlinked = text - linked
    if not text:
        return None
    if element.tag in ("ul", "ol"):
        items = element.findall("li")
        if items and linked * 10 >= text * 6 and all(next(item.iter("a"), None) is not None for item in items):
            return "link_list"
        return None
    if element.tag in _LINES or (not measure.blocks and element.tag in ("div", "a")):
        return "link_paragraph" if unlinked <= max(3, text // 12) else None
    if element.tag in _BOXES or element.tag == "div" or (element.tag == "a" and measure.blocks):
        return _box(element, text, linked, unlinked)
    return None


def _box(element: Element, text: int, linked: int, unlinked: int) -> str | None:
    if unlinked <= _MAX_SUMMARY and _is_card(element):
        return "card"
    has_mark = element.tag in _BOXES or any(True for _ in element.iter("img", "picture", *HEADINGS))
    if has_mark and unlinked <= 220 and linked * 10 >= text * 3:
        return "card"
    return "link_list" if linked * 10 >= text * 9 else None


def _is_card(element: Element) -> bool:
    """Whether a box begins with one link that holds a picture or a heading; what is left is that link's summary."""
    first = next((child for child in element.iter(etree.Element) if child is not element and child.tag != "div"), None)
    if first is None or first.tag != "a" or not any(True for _ in first.iter("img", "picture", *HEADINGS)):
        return False
    if not any(linked for _, linked in chunks(element)):
        return False
    return len({link.get("href") for link in links.links([element])}) == 1


def tells(link: Link, page_url: str) -> bool:
    """Whether a link reads as a headline of the same site."""
    if not urls.same_site(link.url, page_url) or links.is_section(link.url, 1):
        return False
    if _CJK.search(link.anchor):
        return len(link.anchor) >= 8
    return len(link.anchor.split()) >= 4 and len(link.anchor) >= 18


def chunks(element: Element) -> Iterator[tuple[str, bool]]:
    """The element's pieces of text that are not blank, each with whether it is linked."""
    linked = element.tag == "a"
    if (text := element.text) and (shown := _shown(text)):
        yield shown, linked
    # The elements that are open, each with its children that are still to come and whether it is linked.
    opened = [(element, iter(element), linked)]
    while opened:
        owner, children, linked = opened[-1]
        child = next(children, None)
        if child is not None:
            inside = linked or child.tag == "a"
            if (text := child.text) and (shown := _shown(text)):
                yield shown, inside
            if len(child):
                opened.append((child, iter(child), inside))
                continue
            owner = child
        else:
            opened.pop()
            if not opened:
                return
            linked = opened[-1][2]
        if (text := owner.tail) and (shown := _shown(text)):
            yield shown, linked


def _shown(text: str) -> str | None:
    if text.isspace():
        return None
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    shown = " ".join(text.split())
    return shown if _VISIBLE.search(shown) else None
