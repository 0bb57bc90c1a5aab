"""The newsroom for feed readers: Atom and JSON Feed of stories, a region, a source or a search; OPML of the catalogue.

`/feeds/stories.atom`, `/feeds/articles.json?source=irna`, `/feeds/articles.atom?q=water`: with the filters of the
pages, so that whatever a page lists can be subscribed to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from aggregator.sources import exports
from aggregator.store import SqlStore, browsing
from aggregator.store.search import search
from aggregator.text import digest
from aggregator.web import listing, newsroom
from aggregator.web.desk import Desk
from aggregator.web.rendering import link, with_query

ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed."""

    id: str
    title: str
    url: str
    updated: datetime
    published: datetime | None
    summary: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed."""

    title: str
    own_url: str
    page_url: str
    entries: tuple[Entry, ...]


def stories(desk: Desk, store: SqlStore, request: Request) -> Channel:
    """The stories that `/stories` lists with the same filters."""
    chosen = listing.filters(request.query_params)
    base = _base(request)
    entries = [
        Entry(
            id=f"tag:aggregator,2026:{story.id}",
            title=story.headline or story.id,
            url=f"{base}/stories/{story.id}",
            updated=story.last,
            published=story.first,
            summary=f"{story.size} articles of {len(story.outlets)} outlets: {', '.join(story.outlets[:12])}",
            tags=story.terms,
        )
        for story in browsing.stories(store, chosen.wanted(desk.clock(), limit=ENTRIES))
    ]
    where = with_query("/stories", chosen.values)
    return _channel(request, _title("Stories", chosen.values.values()), base + where, entries)


def articles(_: Desk, store: SqlStore, request: Request) -> Channel:
    """The newest articles of a region, a source, a search."""
    text, query = listing.typed(request.query_params)
    hits = search(store, query, limit=2 * ENTRIES)
    base = _base(request)
    entries = []
    for one in newsroom.found(store, hits, ENTRIES):
        article = one.article
        entries.append(
            Entry(
                id=f"tag:aggregator,2026:article-{article.id}",
                title=article.headline or article.id,
                url=link(article.canonical_url) or f"{base}/articles/{article.id}",
                updated=max(filter(None, (article.modified, article.published)), default=article.fetched),
                published=article.published,
                summary=article.lead or article.text[:400],
                authors=article.authors or (article.source.name,),
                tags=article.tags,
                language=article.language,
            )
        )
    given = {name: request.query_params.get(name, "") for name in ("q", *listing.FACETS)}
    where = with_query("/search", {**given, "q": text})
    return _channel(request, _title("Articles", given.values()), base + where, entries)


def _title(kind: str, values: Iterable[object]) -> str:
    said = " ".join(str(value) for value in values if value)
    return f"{kind}: {said}" if said else kind


def _channel(request: Request, title: str, page_url: str, entries: Iterable[Entry]) -> Channel:
    query = with_query(request.url.path, dict(request.query_params))
    return Channel(title=title, own_url=_base(request) + query, page_url=page_url, entries=tuple(entries))


def _base(request: Request) -> str:
    # The guard has compared Host with the names that are ours.
    return f"{request.url.scheme}://{request.headers['host']}"


def atom(channel: Channel, now: datetime) -> bytes:
    """The feed as Atom 1.0 (RFC 4287)."""
    root = Element("feed", {"xmlns": ATOM})
    _text(root, "id", f"tag:aggregator,2026:feed-{digest(channel.own_url)}")
    _text(root, "title", channel.title)
    _text(root, "updated", _rfc3339(max((entry.updated for entry in channel.entries), default=now)))
    SubElement(root, "link", {"rel": "self", "href": _clean(channel.own_url), "type": "application/atom+xml"})
    SubElement(root, "link", {"rel": "alternate", "href": _clean(channel.page_url), "type": "text/html"})
    _text(SubElement(root, "author"), "name", "aggregator")
    for entry in channel.entries:
        node = SubElement(root, "entry", {"xml:lang": entry.language} if entry.language else {})
        _text(node, "id", entry.id)
        _text(node, "title", entry.title)
        _text(node, "updated", _rfc3339(entry.updated))
        if entry.published:
            _text(node, "published", _rfc3339(entry.published))
        SubElement(node, "link", {"rel": "alternate", "href": _clean(entry.url)})
        for author in entry.authors:
            _text(SubElement(node, "author"), "name", author)
        for tag in entry.tags:
            SubElement(node, "category", {"term": _clean(tag)})
        _text(node, "summary", entry.summary)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def json_feed(channel: Channel, _: datetime) -> bytes:
    """The feed as JSON Feed 1.1."""
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "content_text": entry.summary,
            "date_published": _rfc3339(entry.published or entry.updated),
            "date_modified": _rfc3339(entry.updated),
            "authors": [{"name": author} for author in entry.authors],
            "tags": list(entry.tags),
            **({"language": entry.language} if entry.language else {}),
        }
        for entry in channel.entries
    ]
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": channel.title,
            "home_page_url": channel.page_url,
            "feed_url": channel.own_url,
            "items": items,
        }
    )


def opml(desk: Desk, _: SqlStore, request: Request) -> Response:
    """The catalogue, or one region of it, as OPML 2.0."""
    chosen = listing.filters(request.query_params)
    listed = [one for one in desk.catalogue().sources if chosen.region in ("", one.region)]
    return Response(exports.opml(listed, desk.clock()), media_type="text/x-opml; charset=utf-8")


Reader = Callable[[Desk, SqlStore, Request], Response]
Make = Callable[[Desk, SqlStore, Request], Channel]


def _served(make: Make, form: Callable[[Channel, datetime], bytes], kind: str) -> Reader:
    def answer(desk: Desk, store: SqlStore, request: Request) -> Response:
        return Response(form(make(desk, store, request), desk.clock()), media_type=kind)

    return answer


_ATOM, _JSON = "application/atom+xml; charset=utf-8", "application/feed+json"
ROUTES: tuple[tuple[str, Reader], ...] = (
    ("/feeds/stories.atom", _served(stories, atom, _ATOM)),
    ("/feeds/stories.json", _served(stories, json_feed, _JSON)),
    ("/feeds/articles.atom", _served(articles, atom, _ATOM)),
    ("/feeds/articles.json", _served(articles, json_feed, _JSON)),
    ("/feeds/sources.opml", opml),
)
"""Addresses with what answers them."""
