"""The article's own addresses: canonical, and the other forms under which it was seen."""

from __future__ import annotations

from urllib.parse import urlsplit

from aggregator import urls
from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Page


def of(structured: Structured, page: Page) -> tuple[str, tuple[str, ...], Decision]:
    """The canonical URL, alternative ones (the asked one, the AMP form, the form before redirects), and why."""
    canonical, reason = urls.canonical(page.url), "the page's own URL"
    refused: list[str] = []
    stated = (
        ("link rel=canonical", structured.canonical),
        ("og:url", urls.absolute(structured.meta("og:url") or "", structured.base)),
    )
    for where, url in stated:
        if url and urls.same_site(url, page.url) and not _is_front(url, page.url):
            canonical, reason = urls.canonical(url), where
            break
        if url:
            refused.append(f"{where} {url} is of another site or a front page")
    others = (urls.canonical(url) for url in (page.url, page.sighting.url, structured.amp or "") if url)
    alternatives = tuple(dict.fromkeys(url for url in others if url != canonical and urls.same_site(url, canonical)))
    why = "; ".join((reason, *refused, *(f"also known as {url}" for url in alternatives)))
    return canonical, alternatives, Decision(what="canonical_url", choice=canonical, reason=why)


def _is_front(stated: str, asked: str) -> bool:
    """Templates that state the front page as every article's canonical URL are met now and then."""
    parts = urlsplit(stated)
    return not parts.path.strip("/") and not parts.query and bool(urlsplit(asked).path.strip("/"))
