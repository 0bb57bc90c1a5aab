"""The one door of this room: a body of any format in, a Reading out."""

from __future__ import annotations

from datetime import datetime

from aggregator.discovery import jsonfeed, listings, repair, sitemaps, syndication
from aggregator.discovery.decoding import decode, decompress
from aggregator.discovery.reading import Context, FeedOptions, Reading
from aggregator.discovery.window import Window
from aggregator.records import Feed, Source

__all__ = ["FeedOptions", "Reading", "read"]


def read(
    body: bytes,
    *,
    source: Source,
    feed: Feed,
    url: str,
    content_type: str | None,
    now: datetime,
    window: Window | None = None,
    options: FeedOptions | None = None,
) -> Reading:
    """What `body` says, whatever it is: RSS, Atom, RDF, JSON Feed, a sitemap, or no feed at all.  Never raises.

    `url` is the final URL of the body, `content_type` its header (only its charset is used: the format is told from
    the body), `now` an aware time.  Every entry with a usable link is a Sighting; all else is in `problems`.
    An HTML page is read where the feed is a listing; of a sitemap, what is of the `window`, else what is recent.
    What is beyond the limits of `options` is left out, and among the problems.
    """
    context = Context(source=source, feed=feed, url=url, now=now, window=window, options=options or FeedOptions())
    body, problem = decompress(body)
    if problem:
        context.note(problem)
    if not body.strip():
        context.note("the body is empty")
        return Reading(problems=context.noted())
    text, problem = decode(body, content_type, source.languages)
    if problem:
        context.note(problem)
    reading = jsonfeed.read(text, context) if text.lstrip()[:1] in ("{", "[") else _xml(text, context)
    return sitemaps.same_site_only(reading, context) if feed.format == "sitemap" else reading


def _xml(text: str, context: Context) -> Reading:
    root = repair.root(text)
    name, start = root or ("", 0)
    if name in ("urlset", "sitemapindex"):
        return sitemaps.read(text[start:], context)
    if name in ("rss", "rdf", "feed"):
        return syndication.read(text, name, start, context)
    if context.feed.format == "listing":
        return listings.read(text, context)
    if root is None and context.feed.format == "sitemap":
        return sitemaps.listed(text, context)
    if root is None:
        context.note("not a feed: neither XML nor JSON")
    else:
        context.note("not a feed: an HTML page" if name == "html" else f"not a feed: its root element is {name[:50]}")
    return Reading(problems=context.noted())
