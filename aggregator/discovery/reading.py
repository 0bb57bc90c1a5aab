"""What every format has in common: the Reading, and how an entry becomes a Sighting."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator import text, urls
from aggregator.discovery import dates
from aggregator.discovery.markup import plain
from aggregator.discovery.window import Window
from aggregator.records import Feed, Sighting, Source, Via

MAX_PROBLEMS = 20
MAX_NAME = 200
MAX_NAMES = 50
MAX_GUID = 1_000
_FUTURE = timedelta(days=1)
_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """Limits of what is read of one feed; the defaults suit those of news."""

    max_entries: int = 10_000
    """Entries that are read: the first ones.  Feeds have 10 to 100; whole archives some thousands."""
    max_headline: int = 1_000
    """Letters of an entry's headline."""
    max_summary: int = 5_000
    """Letters of its summary, which some feeds make the whole article."""
    max_depth: int = 200
    """Elements within elements; real feeds have some ten, with markup in their entries some thirty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A sitemap as an index lists it."""

    url: str
    lastmod: str | None = None
    """When it changed, as printed."""
    changed: datetime | None = None
    """The same as a moment, where it is one; of a day, its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a body said."""

    format: str | None = None
    """rss, atom, rdf, jsonfeed, sitemap, news_sitemap, sitemap_index or listing; None: none of them."""
    title: str | None = None
    """Title the feed gives itself, as plain text."""
    language: str | None = None
    """Language the feed states, BCP 47."""
    sightings: tuple[Sighting, ...] = ()
    """One for each entry with a usable link, in the order of the document."""
    ttl: float | None = None
    """Seconds the feed asks to be left alone (RSS ttl, syndication module); None if it does not say."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, UTC, in which the feed asks not to be asked (RSS skipHours)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, 0 for Monday, UTC, likewise (RSS skipDays)."""
    hub: str | None = None
    """Absolute URL of its WebSub hub."""
    sitemaps: tuple[Listed, ...] = ()
    """Sitemaps of the same site that an index lists, in its order."""
    next_page: str | None = None
    """Absolute URL of the next page of a listing."""
    problems: tuple[str, ...] = ()
    """What was wrong with the body, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a reader knows besides the body, and where it notes what was wrong."""

    source: Source
    feed: Feed
    url: str
    """Final URL of the body: relative links are relative to it."""
    now: datetime
    window: Window | None = None
    """Dates that are wanted; None: the usual, of a sitemap what is recent."""
    options: FeedOptions = FeedOptions()
    problems: list[str] = field(default_factory=list)

    def own(self, url: str) -> bool:
        """Whether `url` is of the source's own site: that of its homepage, or of the feed's address as it was asked."""
        homepage = self.source.homepage
        return urls.same_site(url, self.feed.url) or bool(homepage and urls.same_site(url, homepage))

    def note(self, problem: str) -> None:
        """Keep `problem`; words of the document in it are made one short line first."""
        self.problems.append(text.one_line(problem[:300]) or "")

    def noted(self) -> tuple[str, ...]:
        """All problems, the last ones as a number where there are too many to read."""
        more = len(self.problems) - MAX_PROBLEMS
        listed = tuple(self.problems[:MAX_PROBLEMS])
        return (*listed, f"{more} more problems") if more > 0 else listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of any format, still as the document has it."""

    position: int
    link: str | None
    base: str | None = None
    guid: str | None = None
    headline: str | None = None
    summary: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: Sequence[str] = ()
    tags: Sequence[str] = ()
    language: str | None = None


def sighting(entry: Entry, context: Context, via: Via) -> Sighting | None:
    """The Sighting that `entry` is; None, and a problem noted, where it has no link that can be asked for."""
    number = entry.position + 1
    if not entry.link or not entry.link.strip():
        context.note(f"entry {number} has no link")
        return None
    url = urls.absolute(entry.link, entry.base or context.url)
    if url is None:
        context.note(f"entry {number}: {entry.link[:100]!r} is no http(s) link")
        return None
    guid = text.one_line(entry.guid)
    published_raw = text.one_line(entry.published)
    return Sighting(
        url=url,
        source_id=context.source.id,
        via=via,
        first_seen=context.now,
        feed=urls.masked(context.feed.url),
        position=entry.position,
        # A longer one is not cut: two ids with one beginning would become one.
        guid=guid if guid and len(guid) <= MAX_GUID else None,
        headline=_cut(plain(entry.headline), context.options.max_headline, f"headline of entry {number}", context),
        summary=_cut(plain(entry.summary), context.options.max_summary),
        published=_moment(published_raw, f"entry {number}", context),
        published_raw=published_raw[:MAX_NAME] if published_raw else None,
        modified=_moment(text.one_line(entry.modified), f"change of entry {number}", context),
        authors=names(entry.authors),
        tags=names(entry.tags),
        language=language(entry.language),
        section=context.feed.section,
    )


def _cut(value: str | None, length: int, what: str | None = None, context: Context | None = None) -> str | None:
    if value is None or len(value) <= length:
        return value
    if what and context:
        context.note(f"{what} has {len(value)} characters: cut at {length}")
    return value[:length].rstrip()


def _moment(raw: str | None, what: str, context: Context) -> datetime | None:
    moment = dates.moment(raw)
    if moment is not None and moment > context.now + _FUTURE:
        context.note(f"{what} is dated in the future: {raw}")
        return None
    return moment


def names(values: Iterable[str]) -> tuple[str, ...]:
    """Names as plain text, each once, in their order."""
    found = (plain(value) for value in values)
    return tuple(dict.fromkeys(name[:MAX_NAME].rstrip() for name in found if name))[:MAX_NAMES]


def language(tag: str | None) -> str | None:
    """`tag` as BCP 47 is written (`fa`, `ar-IQ`); None where it is no language tag."""
    found = _TAG.fullmatch(tag.strip()) if tag else None
    if not found:
        return None
    subtags = re.split("[-_]", found[2])[1:]
    return "-".join(
        [found[1].lower(), *(s.upper() if len(s) == 2 else s.title() if len(s) == 4 else s.lower() for s in subtags)]
    )


def without_shared_guids(sightings: Sequence[Sighting], context: Context) -> tuple[Sighting, ...]:
    """The sightings, with no guid where the document gives that guid to several different links."""
    counts = Counter(s.guid for s in sightings if s.guid)
    links: dict[str, set[str]] = defaultdict(set)
    for seen in sightings:
        if seen.guid and counts[seen.guid] > 1:
            links[seen.guid].add(urls.key(seen.url))
    shared = {guid for guid, keys in links.items() if len(keys) > 1}
    if not shared:
        return tuple(sightings)
    context.note(f"{len(shared)} guids are given to several links each: not used")
    return tuple(replace(s, guid=None) if s.guid in shared else s for s in sightings)
