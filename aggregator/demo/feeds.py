"""The demo web's feeds in five formats, written from one list of entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from aggregator.demo.stories import FeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as a feed lists it; times are by the publisher's clock, with its offset."""

    url: str
    guid: str
    headline: str
    summary: str
    section: str
    published: datetime | None
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed: what it says of itself, and its entries, newest first."""

    title: str
    url: str
    homepage: str
    language: str
    entries: Sequence[Entry]


TYPES: dict[FeedKind, str] = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml",
    "jsonfeed": "application/feed+json",
    "news_sitemap": "application/xml",
    "listing": "text/html; charset=utf-8",
}
"""Content-Type of each format."""


def write(kind: FeedKind, channel: Channel) -> bytes:
    """The feed in the format of that name."""
    return _WRITERS[kind](channel).encode()


def sitemap_index(sitemaps: Sequence[str]) -> bytes:
    """An index that lists those sitemaps, and itself, as careless ones do."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in sitemaps)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>\n'
    ).encode()


def _rss(channel: Channel) -> str:
    items = "".join(
        f"<item><title>{escape(entry.headline)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="false">{escape(entry.guid)}</guid>'
        f"<description>{escape(f'<p>{escape(entry.summary)}</p>')}</description>"
        f"<category>{escape(entry.section)}</category>"
        + (f"<pubDate>{format_datetime(entry.published)}</pubDate>" if entry.published else "")
        + (f"<atom:updated>{entry.modified.isoformat()}</atom:updated>" if _changed(entry) and entry.modified else "")
        + "</item>\n"
        for entry in channel.entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>{escape(channel.title)}</title><link>{escape(channel.homepage)}</link>"
        f"<description>{escape(channel.title)}</description><language>{channel.language}</language>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{escape(channel.url)}"/>\n'
        f"{items}</channel></rss>\n"
    )


def _changed(entry: Entry) -> bool:
    return entry.modified != entry.published


def _atom(channel: Channel) -> str:
    newest = max((entry.modified for entry in channel.entries if entry.modified), default=None)
    entries = "".join(
        f'<entry><title>{escape(entry.headline)}</title><link rel="alternate" href="{escape(entry.url)}"/>'
        f"<id>{escape(entry.guid)}</id>"
        + (f"<published>{entry.published.isoformat()}</published>" if entry.published else "")
        + (f"<updated>{entry.modified.isoformat()}</updated>" if entry.modified else "")
        + f'<summary>{escape(entry.summary)}</summary><category term="{escape(entry.section)}"/></entry>\n'
        for entry in channel.entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{channel.language}">\n'
        f"<title>{escape(channel.title)}</title><id>{escape(channel.url)}</id>"
        f'<link rel="self" href="{escape(channel.url)}"/><link href="{escape(channel.homepage)}"/>'
        + (f"<updated>{newest.isoformat()}</updated>" if newest else "")
        + f"<author><name>{escape(channel.title)}</name></author>\n{entries}</feed>\n"
    )


def _rdf(channel: Channel) -> str:
    order = "".join(f'<rdf:li rdf:resource="{escape(entry.url)}"/>' for entry in channel.entries)
    items = "".join(
        f'<item rdf:about="{escape(entry.url)}"><title>{escape(entry.headline)}</title>'
        f"<link>{escape(entry.url)}</link><description>{escape(entry.summary)}</description>"
        f"<dc:subject>{escape(entry.section)}</dc:subject>"
        + (f"<dc:date>{entry.published.isoformat()}</dc:date>" if entry.published else "")
        + "</item>\n"
        for entry in channel.entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{escape(channel.url)}"><title>{escape(channel.title)}</title>'
        f"<link>{escape(channel.homepage)}</link><description>{escape(channel.title)}</description>"
        f"<dc:language>{channel.language}</dc:language><items><rdf:Seq>{order}</rdf:Seq></items></channel>\n"
        f"{items}</rdf:RDF>\n"
    )


def _json_feed(channel: Channel) -> str:
    items = [
        {
            "id": entry.guid,
            "url": entry.url,
            "title": entry.headline,
            "content_text": entry.summary,
            "tags": [entry.section],
            **({"date_published": entry.published.isoformat()} if entry.published else {}),
            **({"date_modified": entry.modified.isoformat()} if _changed(entry) and entry.modified else {}),
        }
        for entry in channel.entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.homepage,
        "feed_url": channel.url,
        "language": channel.language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _news_sitemap(channel: Channel) -> str:
    urls = "".join(
        f"<url><loc>{escape(entry.url)}</loc><news:news><news:publication>"
        f"<news:name>{escape(channel.title)}</news:name><news:language>{channel.language}</news:language>"
        "</news:publication>"
        + (f"<news:publication_date>{entry.published.isoformat()}</news:publication_date>" if entry.published else "")
        + f"<news:title>{escape(entry.headline)}</news:title></news:news></url>\n"
        for entry in channel.entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    )


_WRITERS: dict[FeedKind, Callable[[Channel], str]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "jsonfeed": _json_feed,
    "news_sitemap": _news_sitemap,
}
