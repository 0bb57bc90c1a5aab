"""What a page says about itself for machines: JSON-LD, OpenGraph, meta, microdata, link elements."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any

from lxml import etree

from aggregator import urls
from aggregator.extraction import jsonld
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS
from aggregator.text import one_line

Stated = tuple[str, str]
"""A value and where it was read: jsonld, meta, microdata ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """A page's own statements, cleaned but not judged."""

    base: str
    """URL against which the page's links are meant"""
    metas: dict[str, tuple[str, ...]]
    """contents of meta elements by lower-case name or property"""
    article: jsonld.Node
    """the JSON-LD node about the article, or an empty one"""
    nodes: tuple[jsonld.Node, ...]
    """all JSON-LD nodes"""
    language: str | None
    """the html element's language"""
    title: str | None
    """the title element"""
    headings: tuple[str, ...]
    """texts of the h1 elements"""
    kickers: tuple[tuple[str, str], ...] = ()
    """of h1 elements that hold an element of its own before the headline: that element's text, and the rest"""
    subheadings: tuple[str, ...] = ()
    """texts of the first h2 elements that are no links"""
    linked_headings: int = 0
    """how many of the first h2 and h3 elements are links, as those of teasers are"""
    canonical: str | None
    amp: str | None
    breadcrumbs: tuple[str, ...]
    microdata: dict[str, tuple[str, ...]]
    """values of elements with `itemprop`, by property"""

    def meta(self, *names: str) -> str | None:
        """The first content there is of the meta elements of these names."""
        return next((value for name in names for value in self.metas.get(name, ())), None)

    @property
    def is_article(self) -> bool:
        """Whether the page calls itself an article."""
        return bool(self.article) or (self.meta("og:type") or "").lower() in ("article", "news", "newsarticle")

    def article_bodies(self) -> list[str]:
        """Texts of `articleBody`, with their line breaks."""
        own = self.article.get("articleBody") or self.article.get("text")
        return [own] if isinstance(own, str) else []


_PROPERTIES = frozenset({"datepublished", "datemodified", "author", "articlebody", "headline", "articlesection"})
_EMPHASIS = frozenset({"b", "i", "em", "strong", "q", "cite", "mark", "u", "br"})
_MAX_KICKER = 60
_MAX_SUBHEADINGS = 20
_MAX_LINKED = 60
_NOT_WORDS = frozenset({"script", "style", "svg", "noscript", "template"})


def read(root: Element, url: str) -> Structured:
    """All statements of the page at `url`; nothing is changed in the tree."""
    base_element = root.find(".//base[@href]")
    base = (urls.absolute(base_element.get("href") or "", url) if base_element is not None else None) or url
    nodes = jsonld.load(
        script.text or "" for script in root.iter("script") if "ld+json" in (script.get("type") or "").lower()
    )
    return Structured(
        base=base,
        metas=_metas(root),
        article=jsonld.article(nodes) or {},
        nodes=tuple(nodes),
        language=one_line(
            root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
        ),
        title=one_line(next((element.text_content() for element in root.iter("title")), None)),
        headings=tuple(filter(None, (one_line(_spaced(element)) for element in root.iter("h1")))),
        kickers=tuple(filter(None, (_parted(element) for element in root.iter("h1")))),
        subheadings=_subheadings(root),
        linked_headings=sum(each.find(".//a") is not None for each in islice(root.iter("h2", "h3"), _MAX_LINKED)),
        canonical=_link(root, "canonical", base),
        amp=_link(root, "amphtml", base),
        breadcrumbs=_breadcrumbs(nodes),
        microdata=_microdata(root),
    )


def _metas(root: Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = one_line(unescape(element.get("content") or ""))
        if name and content:
            key = name.strip().lower()
            found[key] = (*found.get(key, ()), content)
    return found


def _spaced(element: Element) -> str:
    """The element's text, with a space where a line breaks or a block begins or ends."""
    if not len(element):
        return element.text or ""
    said: list[str] = []
    unread = 0
    for event, each in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        space = " " if each.tag == "br" or each.tag in BLOCKS else ""
        if event == "start":
            unread += each.tag in _NOT_WORDS
            said += [space, each.text or ""] if not unread else []
            continue
        if event == "end":
            unread -= each.tag in _NOT_WORDS
        if not unread:
            said += [space, (each.tail or "") if each is not element else ""]
    return "".join(said)


def _parted(heading: Element) -> tuple[str, str] | None:
    """The text of an element that opens a heading and is none of its words, and the heading without it."""
    if (heading.text or "").strip():
        return None
    children = [
        child for child in heading if isinstance(child.tag, str) and any(map(str.isalnum, child.text_content()))
    ]
    if not children or children[0].tag in _EMPHASIS:
        return None
    if len(children) == 1 and not (children[0].tail or "").strip():
        return _parted(children[0])  # only a wrapper
    first = one_line(_spaced(children[0]))
    whole = one_line(_spaced(heading))
    if not first or not whole or not whole.startswith(first):
        return None
    rest = whole[len(first) :].lstrip(" :|–—-")
    return (first, rest) if 3 <= len(first) <= _MAX_KICKER and " " in rest and not _goes_on(first, rest) else None


def _goes_on(first: str, rest: str) -> bool:
    """Whether `rest` is more of the same sentence or word: a name or an initial set in its own element."""
    return rest[0].islower() or rest[0] in ",;’'" or (first.isupper() and len(first) < 3)


def _subheadings(root: Element) -> tuple[str, ...]:
    first = islice(root.iter("h2"), _MAX_SUBHEADINGS)
    return tuple(filter(None, (one_line(_spaced(each)) for each in first if each.find(".//a") is None)))


def _link(root: Element, relation: str, base: str) -> str | None:
    for element in root.iter("link"):
        if relation in (element.get("rel") or "").lower().split():
            return urls.absolute(element.get("href") or "", base)
    return None


def _breadcrumbs(nodes: list[jsonld.Node]) -> tuple[str, ...]:
    for node in nodes:
        if "breadcrumblist" in jsonld.types(node):
            items = node.get("itemListElement")
            names: list[str] = []
            for item in items if isinstance(items, list) else []:
                if isinstance(item, dict):
                    name = jsonld.text(item.get("name")) or jsonld.text(item.get("item"))
                    if name and "://" not in name:
                        names.append(name)
            return tuple(names)
    return ()


def _microdata(root: Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for element in root.xpath(".//*[@itemprop]"):
        for name in (element.get("itemprop") or "").lower().split():
            if name not in _PROPERTIES or element.tag == "meta":
                continue
            value = one_line(element.get("datetime") or element.get("content") or _short(element))
            if value:
                found[name] = (*found.get(name, ()), value)
    return found


def _short(element: Element) -> str:
    named: list[Any] = element.xpath(".//*[@itemprop='name']")
    return str((named[0] if named else element).text_content())[:500]
