"""Looks for the feeds of one site: its front page, what that names, then well-known addresses, as far as needed.

Every request goes through the spider that asks, and so through the guard, robots.txt and the delays of all requests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.discovery import homepage as pages
from aggregator.discovery.feeds import Reading, read
from aggregator.discovery.homepage import FeedLink, Homepage
from aggregator.records import Feed, FeedFormat, Sighting, Source
from aggregator.run import utc_now
from aggregator.sources.catalogue import address_key
from aggregator.sources.places import Clock
from aggregator.sources.proposals import Clues, SeenFeed, is_aside

MAX_REQUESTS = 25
"""Requests that the search for one site's feeds may make, redirects not counted."""
MAX_SITEMAPS = 4
MIN_LISTED = 3
"""Articles that a page must list to be taken for a listing."""
_KEPT_BACK = 8
"""Requests that the links of the page leave for well-known addresses and sitemaps."""
_OFFSET = re.compile(r"(?:([+-])(\d{2}):?(\d{2})|(Z|GMT|UTC|UT))\s*$")
_HTML = re.compile(rb"<html|<!doctype html", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said to one request, redirects followed."""

    url: str
    """The address that answered."""
    status: int | None = None
    """HTTP status; None: there was no answer."""
    body: bytes = b""
    content_type: str | None = None
    error: str | None = None
    """Why there was no answer."""
    moved_to: str | None = None
    """The new address, where every redirect on the way says that it is for good."""

    @property
    def problem(self) -> str | None:
        """What is wrong with the answer itself, whatever its body is."""
        return self.error or (f"HTTP {self.status}" if self.status != 200 else None)

    @property
    def text(self) -> str:
        """The body as a plain text file."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a search found."""

    clues: Clues
    feeds: tuple[SeenFeed, ...] = ()
    """Feeds and sitemaps that answered, in the order in which they were found."""
    refused: tuple[str, ...] = ()
    """Addresses that were tried and are no feeds, each with the reason."""
    problem: str | None = None
    """Why the front page could not be read."""
    requests: int = 0


Ask = Callable[..., Awaitable[Answer]]
"""`ask(url, robots=True)`: the answer; robots=False for what is published to be polled."""


@dataclass(slots=True, kw_only=True)
class Search:
    """One site's feeds, found by asking."""

    ask: Ask
    known: frozenset[str] = frozenset()
    """Keys of addresses that are not to be tried again."""
    asked: int = 0
    seen: list[SeenFeed] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _tried: set[str] = field(default_factory=set)

    async def site(self, answer: Answer) -> Findings:
        """What is found from the answer of a site's front page, or of one of its feeds."""
        self._tried.add(address_key(answer.url))
        self.asked += 1
        if answer.error or answer.status in (404, 410):
            return self._findings(Homepage(url=answer.url), answer.problem)
        page = await self._front_page(answer)
        await self._feeds_of(page)
        await self._sitemaps(page)
        if not self.seen and not answer.problem:
            self._listing(answer)
        return self._findings(page, answer.problem)

    def _listing(self, answer: Answer) -> None:
        """Where nothing is published for programs, the front page itself, if it lists articles."""
        reading = _read(answer, "listing")
        if reading.format == "listing" and len(reading.sightings) >= MIN_LISTED:
            self.seen.append(_seen(reading, answer, "the front page, which lists articles", None))

    async def feeds_of(self, url: str) -> Findings:
        """The feeds alone, from `url`, a site's front page: to replace one that is gone."""
        answer = await self._get(url)
        if answer is None or answer.problem:
            return self._findings(Homepage(url=url), answer.problem if answer else None)
        page = _page(answer)
        await self._feeds_of(page)
        return self._findings(page, None)

    async def _front_page(self, answer: Answer) -> Homepage:
        """The front page: the answer itself, or where the entries are if it is a feed."""
        reading = _read(answer)
        if reading.format is None:
            return _page(answer)
        self.seen.append(replace(_seen(reading, answer, "the address that was given", None), given=True))
        front = _front(reading.sightings, answer.url)
        beyond = await self._get(front)
        return _page(beyond) if beyond else Homepage(url=front)

    async def _feeds_of(self, page: Homepage) -> None:
        await self._links(page)
        if not self._has_main():
            await self._guesses(page.url, pages.WELL_KNOWN_FEEDS)

    async def _links(self, page: Homepage) -> None:
        links = list(page.feeds)
        while links and self.asked < MAX_REQUESTS - _KEPT_BACK:
            link = links.pop(0)
            if is_aside(link.url):
                self.refused.append(f"{link.url}: {is_aside(link.url)}")
                continue
            where = f"{'a link in the head' if link.found == 'link' else 'a link'} of the page"
            answer = await self._feed(link.url, where, link.label, robots=False)
            if answer is not None and link.found == "anchor" and _HTML.search(answer.body[:1_000]):
                # "RSS" often leads to a page that lists the feeds.
                listed = _page(answer).feeds
                links += [FeedLink(url=f.url, label=f.label, found="link") for f in listed if f not in page.feeds]

    async def _guesses(self, front: str, paths: Iterable[str]) -> None:
        """Well-known addresses, below the front page's own path first, until one is a feed."""
        below = urlsplit(front).path.rstrip("/")
        tried = [f"{below}{path}" for path in paths if below and path in ("/feed", "/rss", "/rss.xml")]
        for path in (*tried, *paths):
            if self.asked >= MAX_REQUESTS - MAX_SITEMAPS:
                return
            url = urls.absolute(path, front)
            if url and await self._feed(url, "a well-known address", None, robots=True) and self._has_main():
                return

    async def _sitemaps(self, page: Homepage) -> None:
        """News sitemaps; where there is no feed, any sitemap."""
        robots = urls.absolute("/robots.txt", page.url)
        answer = await self._get(robots) if robots else None
        named = pages.sitemaps_of_robots(answer.text, answer.url) if answer and not answer.problem else ()
        found = [(url, "robots.txt") for url in named] + [(url, "a link of the page") for url in page.sitemaps]
        if not found or not self._has_main():
            guesses = (urls.absolute(path, page.url) for path in pages.WELL_KNOWN_SITEMAPS)
            found += [(url, "a well-known address") for url in guesses if url]
        found.sort(key=lambda each: "news" not in each[0].lower())
        before = self.asked
        while found and self.asked - before < MAX_SITEMAPS:
            url, where = found.pop(0)
            if self._has_main() and "news" not in url.lower():
                continue
            answer = await self._feed(url, where, None, robots=True)
            children = pages.sitemaps_of_index(answer.body, answer.url) if answer else ()
            found[:0] = [(child, f"the index {url}") for child in children if "news" in child.lower()][:2]
            if any(feed.format == "news_sitemap" for feed in self.seen):
                return

    async def _feed(self, url: str, where: str, label: str | None, *, robots: bool) -> Answer | None:
        """Reads an address as a feed, and keeps it if it is one; its answer."""
        answer = await self._get(url, robots=robots)
        if answer is None:
            return None
        reading = _read(answer)
        if answer.problem or reading.format is None:
            self.refused.append(f"{url}: {answer.problem or next(iter(reading.problems), 'not a feed')}")
        else:
            address = answer.moved_to or url
            if address_key(address) not in {address_key(feed.url) for feed in self.seen}:
                self.seen.append(_seen(reading, replace(answer, url=address), where, label))
        return answer

    async def _get(self, url: str, *, robots: bool = True) -> Answer | None:
        key = address_key(url)
        if key in self._tried or key in self.known or self.asked >= MAX_REQUESTS:
            return None
        self._tried.add(key)
        self.asked += 1
        return await self.ask(url, robots=robots)

    def _has_main(self) -> bool:
        return any(feed.keys and "sitemap" not in feed.format for feed in self.seen)

    def _findings(self, page: Homepage, problem: str | None) -> Findings:
        tags = ((page.language, "html lang"), (page.locale, "og:locale"))
        clues = Clues(
            homepage=page.url,
            name=page.name,
            name_from=page.name_from,
            aliases=page.aliases,
            tags=tuple((tag, where) for tag, where in tags if tag),
            address=page.country,
            kinds=page.kinds,
            sample=page.sample,
        )
        return Findings(
            clues=clues,
            feeds=tuple(self.seen),
            refused=tuple(self.refused),
            problem=problem,
            requests=self.asked,
        )


def _page(answer: Answer) -> Homepage:
    if answer.problem:
        # A front page that refuses programs may still publish feeds for them.
        return Homepage(url=answer.url)
    return pages.read(answer.body, url=answer.url, content_type=answer.content_type)


def _read(answer: Answer, form: FeedFormat = "auto") -> Reading:
    if answer.problem:
        return Reading()
    return read(
        answer.body,
        source=Source(id="found", name="found", homepage=answer.url),
        feed=Feed(url=answer.url, format=form),
        url=answer.url,
        content_type=answer.content_type,
        now=utc_now(),
    )


def _seen(reading: Reading, answer: Answer, where: str, label: str | None) -> SeenFeed:
    sightings = reading.sightings
    words = " ".join(f"{s.headline or ''} {s.summary or ''}" for s in sightings[:20])
    return SeenFeed(
        url=answer.url,
        format=reading.format or "auto",
        found=where,
        label=label,
        title=reading.title,
        language=reading.language or next((s.language for s in sightings if s.language), None),
        keys=frozenset(urls.key(s.url) for s in sightings),
        sites=frozenset(urls.site(s.url) for s in sightings),
        sample=words[:4_000],
        clocks=tuple(clock for s in sightings[:50] if (clock := _clock(s))),
    )


def _clock(sighting: Sighting) -> Clock | None:
    found = _OFFSET.search(sighting.published_raw or "")
    if found is None or sighting.published is None:
        return None
    offset = timedelta(0) if found[4] else timedelta(hours=int(found[2]), minutes=int(found[3]))
    return Clock(at=sighting.published, offset=-offset if found[1] == "-" else offset)


def _front(sightings: Iterable[Sighting], url: str) -> str:
    """The front page of the host on which most entries are; that of the feed's own host where there are none."""
    hosts = Counter(urls.absolute("/", s.url) or url for s in sightings)
    return hosts.most_common(1)[0][0] if hosts else urls.absolute("/", url) or url
