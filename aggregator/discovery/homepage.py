"""A site's front page: where its feeds are said to be, and what it says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

from lxml import etree

from aggregator import urls
from aggregator.discovery.decoding import decode, decompress
from aggregator.discovery.reading import MAX_NAME, language
from aggregator.text import fold, one_line

WELL_KNOWN_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds", "/?feed=rss2")
"""Where feeds are when no page says so, the most usual first."""
WELL_KNOWN_SITEMAPS = ("/news-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")

MAX_LINKS = 60
"""Links to feeds that are kept of one page."""
MAX_PAGE = 5_000_000
_SAMPLE = 2_000
_MAX_NODES = 2_000

_FEED_TYPES = ("rss+xml", "atom+xml", "rdf+xml", "feed+json", "rss", "atom")
_VAGUE_TYPES = ("text/xml", "application/xml", "application/json")
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._?=&-])(?:rss\d?|atom|feeds?|rdf|feed=\w+)(?:[/._?=&-]|$)", re.I)
_NEVER_FEED = re.compile(r"wp-json|oembed|/feedback|\.(?:css|js|png|svg|jpe?g|ico|pdf|mp3)(?:$|\?)", re.I)
_FEED_HOSTS = ("feeds.", "rss.", "feed.")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_LOC = re.compile(rb"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.I)
_SITE_TYPES = re.compile(r"organization|corporation|newspaper|periodical|broadcast|station|website|localbusiness", re.I)
_NO_NAMES = {"home", "homepage", "index", "front page", "startseite", "accueil", "inicio", "welcome", "untitled"}
_TITLE_PARTS = re.compile(r"\s+[|\-–—:»·•]\s+|\s*\|\s*|:\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A page's link to what it calls a feed, or what looks like one."""

    url: str
    label: str | None = None
    """Title of the link, or the words that are linked."""
    found: Literal["link", "anchor"] = "link"
    """A `link rel=alternate` in the head, or a link in the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Homepage:
    """What a front page says."""

    url: str
    """Its final URL."""
    name: str | None = None
    """The site's name."""
    name_from: str = ""
    """Where that stands."""
    aliases: tuple[str, ...] = ()
    """Other names it gives itself."""
    language: str | None = None
    """`html lang`, BCP 47."""
    locale: str | None = None
    """`og:locale`, BCP 47."""
    country: str | None = None
    """Country of the publisher's address in its JSON-LD, as it is written there."""
    kinds: tuple[str, ...] = ()
    """Types of the publisher in its JSON-LD, in lower case."""
    feeds: tuple[FeedLink, ...] = ()
    """Links to feeds, those of the head first."""
    sitemaps: tuple[str, ...] = ()
    """What `link rel=sitemap` names."""
    sample: str = ""
    """Words of its links, to tell the language by."""


def read(body: bytes, *, url: str, content_type: str | None = None) -> Homepage:
    """What the page `body` of the final address `url` says.  Never raises: a body that is no page says nothing."""
    root = _root(body, content_type)
    if root is None:
        return Homepage(url=url)
    base = urls.absolute(root.xpath("string(//base/@href)") or "", url) or url
    metas = _metas(root)
    nodes = list(_nodes(root))
    name, name_from = _name(root, metas, nodes, url)
    anchors = [(_href(a, base), one_line(" ".join(a.itertext())), a) for a in root.iter("a") if a.get("href")]
    return Homepage(
        url=url,
        name=name,
        name_from=name_from,
        aliases=_aliases(nodes, name),
        language=language(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")),
        locale=language(metas.get("og:locale")),
        country=next((code for node in nodes if (code := _country(node))), None),
        kinds=tuple(dict.fromkeys(kind for node in nodes for kind in _types(node))),
        feeds=_links(root, base, [(href, words) for href, words, _ in anchors if href]),
        sitemaps=tuple(
            dict.fromkeys(href for link in root.iter("link") if "sitemap" in _rel(link) and (href := _href(link, base)))
        ),
        sample=" ".join(words for _, words, _ in anchors if words and len(words) > 20)[:_SAMPLE],
    )


def sitemaps_of_robots(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt at `url` names, in its order, each once."""
    found = (urls.absolute(line, url) for line in _SITEMAP_LINE.findall(text[:500_000]))
    return tuple(dict.fromkeys(sitemap for sitemap in found if sitemap))[:MAX_LINKS]


def sitemaps_of_index(body: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a sitemap index lists, in its order; none where the body is no index."""
    body, _ = decompress(body[:MAX_PAGE])
    if b"<sitemapindex" not in body[:2_000]:
        return ()
    found = (urls.absolute(unescape(loc.decode("utf-8", "replace")), url) for loc in _LOC.findall(body))
    return tuple(dict.fromkeys(sitemap for sitemap in found if sitemap))[:MAX_LINKS]


def _root(body: bytes, content_type: str | None) -> Any:
    body, _ = decompress(body[:MAX_PAGE])
    if "charset" not in (content_type or "").lower() and (stated := _META_CHARSET.search(body[:4_096])):
        content_type = f"text/html; charset={stated[1].decode('ascii')}"
    text, _ = decode(body, content_type)
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    data = text.replace("\0", "").encode("utf-8", "replace")
    try:
        return etree.fromstring(data, parser) if data.strip() else None
    except (etree.LxmlError, ValueError):
        return None


def _metas(root: Any) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name, content = meta.get("property") or meta.get("name"), one_line(meta.get("content"))
        if name and content:
            metas.setdefault(name.strip().lower(), content)
    return metas


def _rel(link: Any) -> list[str]:
    return (link.get("rel") or "").lower().split()


def _href(element: Any, base: str) -> str | None:
    href = element.get("href")
    url = urls.absolute(href, base) if href and href.strip() else None
    return url.partition("#")[0] if url else None


# ------------------------------------------------------------------- feeds


def _links(root: Any, base: str, anchors: Iterable[tuple[str, str | None]]) -> tuple[FeedLink, ...]:
    found: dict[str, FeedLink] = {}
    for link in root.iter("link"):
        rel, href = _rel(link), _href(link, base)
        if href and ("alternate" in rel or "feed" in rel) and _is_feed_type(link.get("type"), href, rel):
            label = one_line(link.get("title"))
            found.setdefault(href, FeedLink(url=href, label=label[:MAX_NAME] if label else None))
    for href, words in anchors:
        if _may_be_feed(href, base):
            found.setdefault(href, FeedLink(url=href, label=words[:MAX_NAME] if words else None, found="anchor"))
    return tuple(found.values())[:MAX_LINKS]


def _is_feed_type(kind: str | None, href: str, rel: list[str]) -> bool:
    kind = (kind or "").partition(";")[0].strip().lower()
    if _NEVER_FEED.search(href):
        return False
    if kind.rpartition("/")[2] in _FEED_TYPES:
        return True
    # JSON and XML are the types of many things, and a link without a type is mostly another language.
    return "feed" in rel or (kind in _VAGUE_TYPES and bool(_LOOKS_LIKE_FEED.search(_beyond_host(href))))


def _may_be_feed(href: str, base: str) -> bool:
    if _NEVER_FEED.search(href):
        return False
    if urls.host(href).startswith(_FEED_HOSTS):
        return True
    return urls.same_site(href, base) and bool(_LOOKS_LIKE_FEED.search(_beyond_host(href)))


def _beyond_host(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


# ------------------------------------------------------------ the publisher


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    """The nodes of the page's JSON-LD that are about the site or its publisher."""
    queue: list[Any] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                queue.append(json.loads(script.text or "", strict=False))
            except (ValueError, RecursionError):
                continue
    seen = 0
    while queue and seen < _MAX_NODES:
        current = queue.pop(0)
        seen += 1
        if isinstance(current, dict):
            if any(_SITE_TYPES.search(kind) for kind in _types(current)):
                yield current
            queue.extend(value for value in current.values() if isinstance(value, dict | list))
        elif isinstance(current, list):
            queue.extend(current[:500])


def _types(node: dict[str, Any]) -> list[str]:
    given = node.get("@type")
    kinds = given if isinstance(given, list) else [given]
    return [kind.rpartition("/")[2].lower() for kind in kinds if isinstance(kind, str)]


def _country(node: dict[str, Any]) -> str | None:
    address = node.get("address")
    for place in address if isinstance(address, list) else [address]:
        country = place.get("addressCountry") if isinstance(place, dict) else None
        name = country.get("name") if isinstance(country, dict) else country
        if isinstance(name, str) and (name := one_line(name) or ""):
            return name[:MAX_NAME]
    return None


def _strings(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [name[:MAX_NAME] for item in listed if isinstance(item, str) and (name := one_line(item))]


def _name(root: Any, metas: dict[str, str], nodes: list[dict[str, Any]], url: str) -> tuple[str | None, str]:
    candidates = [
        (metas.get("og:site_name"), "og:site_name"),
        *((name, "JSON-LD") for node in nodes for name in _strings(node.get("name"))[:1]),
        (metas.get("application-name"), "application-name"),
        (_of_title(one_line(root.xpath("string(//head/title)")), url), "title"),
        (metas.get("og:title"), "og:title"),
    ]
    return next(((name[:MAX_NAME], where) for name, where in candidates if name), (None, ""))


def _of_title(title: str | None, url: str) -> str | None:
    """The name in `Name | what it is` or `Latest news - Name`: the part that is like the domain, else the first."""
    parts = [part for part in _TITLE_PARTS.split(title or "") if part and part.casefold() not in _NO_NAMES]
    labels = [re.sub(r"\W", "", label) for label in urls.host(url).split(".")[:-1] if len(label) > 3]
    alike = (part for part in parts if any(label in re.sub(r"\W", "", fold(part)) for label in labels))
    return next(alike, parts[0] if parts else None)


def _aliases(nodes: list[dict[str, Any]], name: str | None) -> tuple[str, ...]:
    named = [alias for node in nodes for key in ("alternateName", "legalName") for alias in _strings(node.get(key))]
    return tuple(dict.fromkeys(alias for alias in named if alias != name))[:10]
