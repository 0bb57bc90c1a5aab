"""The article's own addresses: canonical, and the other forms under which it was seen."""

from __future__ import annotations

from urllib.parse import urlsplit

from aggregator import urls
from aggregator.extraction.structured import Structured
from aggregator.records import Page


def of(structured: Structured, page: Page) -> tuple[str, tuple[str, ...]]:
    """The canonical URL, and alternative ones: the asked one, the AMP form, the form before redirects."""
    own = urls.canonical(page.url)
    canonical = own
    for stated in (structured.canonical, urls.absolute(structured.meta("og:url") or "", structured.base)):
        if stated and urls.same_site(stated, page.url) and not _is_front(stated, page.url):
            canonical = urls.canonical(stated)
            break
    others = (urls.canonical(url) for url in (page.url, page.sighting.url, structured.amp or "") if url)
    return canonical, tuple(dict.fromkeys(url for url in others if url != canonical and urls.same_site(url, canonical)))


def _is_front(stated: str, asked: str) -> bool:
    """Templates that state the front page as every article's canonical URL are met now and then."""
    parts = urlsplit(stated)
    return not parts.path.strip("/") and not parts.query and bool(urlsplit(asked).path.strip("/"))
