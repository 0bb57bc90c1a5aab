"""The demo web grown to thousands of pages: sites of made articles beside its own, and one that refuses."""

from __future__ import annotations

import random
from collections.abc import Mapping

from aggregator.demo.server import DemoServer
from aggregator.demo.web import Answer, DemoWeb
from aggregator.records import Feed, Source

PAGES = 80
"""Pages of one made site."""
REFUSING = "refusing.localhost"
"""Answers a page with 429 and `Retry-After: 3600`."""
_WORDS = [f"{a}{b}{c}" for a in ("bar", "kel", "mon", "sur", "tav") for b in ("a", "e", "i", "o") for c in "dklmnrst"]


class GrownWeb:
    """Answers as `DemoWeb` does, for its hosts and for those of the made sites."""

    def __init__(self, demo: DemoWeb, sites: int) -> None:
        self._demo, self.port = demo, demo.port
        self._hosts = {f"grown-{n:03}.localhost" for n in range(sites)} | {REFUSING}
        self.truth = demo.truth
        self.pages = sites * PAGES
        self.sources = (*demo.sources, *(self._source(host) for host in sorted(self._hosts)))

    def _url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def _source(self, host: str) -> Source:
        name = host.partition(".")[0]
        feeds = (Feed(url=self._url(host, "/feed.xml")),)
        return Source(id=name, name=name.title(), homepage=self._url(host, "/"), languages=("en",), feeds=feeds)

    def answer(
        self, host: str, path_and_query: str, headers: Mapping[str, str], edition: int = 1, asked_before: int = 0
    ) -> Answer:
        """What is said to a GET of that address."""
        name = host.partition(":")[0]
        if name not in self._hosts:
            return self._demo.answer(host, path_and_query, headers, edition, asked_before)
        if path_and_query == "/robots.txt":
            return _said("User-agent: *\nDisallow: /private\n", "text/plain")
        if path_and_query == "/feed.xml":
            return _said(self._feed(name), "application/rss+xml")
        if name == REFUSING:
            return Answer(status=429, headers=(("Retry-After", "3600"), ("Content-Type", "text/plain")), body=b"no\n")
        return _said(_page(name, path_and_query), "text/html; charset=utf-8")

    def _feed(self, host: str) -> str:
        items = "".join(
            f"<item><title>Report {n} of {host}</title><link>{self._url(host, f'/news/{n}')}</link></item>"
            for n in range(1 if host == REFUSING else PAGES)
        )
        return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'


def _page(host: str, path: str) -> str:
    chance = random.Random(host + path)
    paragraphs = "".join(f"<p>{' '.join(chance.choices(_WORDS, k=40)).capitalize()}.</p>" for _ in range(4))
    headline = " ".join(chance.choices(_WORDS, k=7)).capitalize()
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{headline}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-11-20T10:00:00Z"></head>'
        f"<body><article><h1>{headline}</h1>{paragraphs}</article></body></html>"
    )


def _said(body: str, kind: str) -> Answer:
    return Answer(status=200, headers=(("Content-Type", kind),), body=body.encode())


def grow(server: DemoServer, sites: int) -> GrownWeb:
    """Makes a demo server serve the grown web."""
    web = GrownWeb(server.web, sites)
    server.web = web  # type: ignore[assignment]
    return web
