"""The one door of this room: a body of any format in, a Reading out."""

from __future__ import annotations

from datetime import datetime

from aggregator.discovery import jsonfeed, repair, sitemaps, syndication
from aggregator.discovery.decoding import decode, decompress
from aggregator.discovery.reading import Context, Reading
from aggregator.records import Feed, Source

__all__ = ["Reading", "read"]


def read(body: bytes, *, source: Source, feed: Feed, url: str, content_type: str | None, now: datetime) -> Reading:
    """What `body` says, whatever it is: RSS, Atom, RDF, JSON Feed, a sitemap, or no feed at all.  Never raises.

    `url` is the final URL of the body, `content_type` its header (only its charset is used: the format is told from
    the body), `now` an aware time.  Every entry with a usable link is a Sighting; all else is in `problems`.
    """
    context = Context(source=source, feed=feed, url=url, now=now)
    body, problem = decompress(body)
    if problem:
        context.note(problem)
    if not body.strip():
        context.note("the body is empty")
        return Reading(problems=context.noted())
    text, problem = decode(body, content_type, source.languages)
    if problem:
        context.note(problem)
    if text.lstrip()[:1] in ("{", "["):
        return jsonfeed.read(text, context)
    return _xml(text, context)


def _xml(text: str, context: Context) -> Reading:
    root = repair.root(text)
    if root is None:
        context.note("not a feed: neither XML nor JSON")
        return Reading(problems=context.noted())
    name, start = root
    if name in ("urlset", "sitemapindex"):
        return sitemaps.read(text[start:], context)
    if name in ("rss", "rdf", "feed"):
        return syndication.read(text, name, start, context)
    context.note("not a feed: an HTML page" if name == "html" else f"not a feed: its root element is {name[:50]}")
    return Reading(problems=context.noted())
