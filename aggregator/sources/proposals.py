"""A catalogue entry for a site, out of what its pages and feeds say: each value with its reason.

The main feed goes first; feeds of comments, of one tag or one author, and second copies of a feed are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from aggregator import text, urls
from aggregator.records import Feed, Source, SourceKind
from aggregator.sources import places, terms
from aggregator.sources.places import Clock, Found

MAX_FEEDS = 12
"""Feeds that one entry gets; a site with more has them listed by hand."""

_ASIDE = (
    (re.compile(r"/comments?(?:[/._-]|$)|comments?[-_]?(?:feed|rss)|=comments", re.I), "a feed of comments"),
    (re.compile(r"/(?:tags?|topics?|label|keyword)/", re.I), "a feed of one tag"),
    (re.compile(r"/(?:authors?|by|writers?|users?|columnists?)/|[?&]author=", re.I), "a feed of one author"),
    (re.compile(r"/(?:podcasts?|audio|video)s?(?:[/._-]|$)", re.I), "a feed of sound or pictures"),
    (re.compile(r"/search(?:[/.]|$)|[?&](?:s|q|query)=", re.I), "a feed of a search"),
)
_COMMENTS = re.compile(r"comments?\b|commentaires|kommentare|comentarios|yorum|التعليقات|دیدگاه|نظرات|комментари", re.I)
_FEED_WORDS = {
    *("rss", "rss1", "rss2", "atom", "feed", "feeds", "xml", "rdf", "json", "index", "all", "main", "news", "latest"),
    *("home", "top", "stories", "headlines", "full", "default", "frontpage", "www", "aspx", "php", "html", "allnews"),
    *("recent", "section", "sections", "category", "categories", "site", "en", "subscribe", "articles", "posts"),
}
_SEPARATORS = re.compile(r"\s*(?:[|»«›·•]|\s[-–—]\s|:\s|\s/\s)\s*")
_CONFUSED = (
    {"hr", "sr", "bs"}, {"id", "ms"}, {"no", "nb", "nn", "da"}, {"fa", "prs"}, {"cs", "sk"},
    {"ku", "ckb", "kmr", "sdh"}, {"az", "tr"}, {"ru", "be", "uk"}, {"hi", "mr", "ne"}, {"es", "gl", "ca"}, {"bg", "mk"},
)  # fmt: skip
"""Languages that the detector takes for each other: there the page's own word goes first."""
_KINDS: tuple[tuple[SourceKind, re.Pattern[str]], ...] = (
    ("official", re.compile(r"governmentorganization|government office|\bministry\b|رئاسة|ریاست جمهوری", re.I)),
    (
        "agency",
        re.compile(
            r"\bagency\b|\bagence\b|\bagencia\b|\bagenzia\b|\bagentur\b|\bajansı\b|\bwire\b|خبرگزاری|وكالة|ئاژانس|агентство",
            re.I,
        ),
    ),
    (
        "broadcaster",
        re.compile(
            r"\btv\b|television|\bradio|broadcast|\bchannel\b|\bkanal\b|قناة|تلفزيون|إذاعة|شبکه|رادیو|تلویزیون|televisión",
            re.I,
        ),
    ),
    (
        "newspaper",
        re.compile(
            r"newspaper|\bdaily\b|\btimes\b|\bgazette\b|\btribune\b|\bherald\b|\bpost\b|\bcourrier\b|\bquotidien\b"
            r"|\bgazete|\bpostası\b|\bdiario\b|\bzeitung\b|روزنامه|صحيفة|جريدة|یومیہ|газета",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFeed:
    """A feed or sitemap that was read once."""

    url: str
    """Its address, the new one where it has moved for good."""
    format: str
    """What its body is."""
    found: str
    """Where its address stood, in words."""
    label: str | None = None
    """What the page calls it."""
    title: str | None = None
    """What it calls itself."""
    language: str | None = None
    """Language it states, BCP 47."""
    keys: frozenset[str] = frozenset()
    """What its entries' URLs are compared by."""
    sites: frozenset[str] = frozenset()
    """Sites that its entries are on."""
    sample: str = ""
    """Words of its entries."""
    clocks: tuple[Clock, ...] = ()
    """Dates of its entries that have an offset from UTC."""
    given: bool = False
    """It is the very address that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What a site's front page says of the publisher."""

    homepage: str
    name: str | None = None
    name_from: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    """Language tags, each with where it stood."""
    address: str | None = None
    """Country of the publisher's address."""
    kinds: tuple[str, ...] = ()
    """Types of the publisher in its JSON-LD."""
    sample: str = ""
    """Words of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry for the catalogue."""

    source: Source
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why each key is what it is, or why it is missing; addresses of feeds are keys, too."""
    left_out: tuple[str, ...] = ()
    """Addresses that are not in it, each with the reason."""


def propose(
    clues: Clues, seen: Iterable[SeenFeed], *, ids: Collection[str] = (), regions: Mapping[str, str] | None = None
) -> Proposal:
    """The entry that the clues support.  `ids` are taken; `regions` has the catalogue's region of each country."""
    read = list(seen)
    name, name_from = _name(clues, read)
    sitemaps = [feed for feed in read if "sitemap" in feed.format]
    listings = [feed for feed in read if feed.format == "listing"]
    syndicated = [feed for feed in read if feed not in sitemaps and feed not in listings]
    feeds, notes, left_out = _chosen(syndicated, clues.homepage, name)
    maps, map_notes = _sitemaps(sitemaps, with_feeds=bool(feeds))
    first = next(iter((*(by for by in read if feeds and by.url == feeds[0].url), *sitemaps, *listings)), None)
    spoken = _language(clues, first)
    clocks = first.clocks if first else ()
    tags = (*clues.tags, *(((first.language, "its feed"),) if first and first.language else ()))
    country = places.country(homepage=clues.homepage, address=clues.address, tags=tags, clocks=clocks)
    timezone = places.timezone(country.value, clocks)
    kind, kind_reason = _kind(name, clues)
    region = _region(country.value, regions or {})
    source = Source(
        id=terms.distinct(_id(name, clues), ids),
        name=name,
        homepage=clues.homepage,
        country=country.value,
        region=region.value,
        languages=(spoken.value,) if spoken.value else (),
        timezone=timezone.value,
        kind=kind,
        feeds=tuple(feeds),
        sitemaps=tuple(maps),
        listings=tuple(feed.url for feed in listings),
        aliases=clues.aliases,
    )
    reasons = {
        "name": name_from,
        "country": country.reason,
        "region": region.reason,
        "languages": spoken.reason,
        "timezone": timezone.reason,
        "kind": kind_reason,
        **({"aliases": "other names in the page's JSON-LD"} if clues.aliases else {}),
    }
    list_notes = {feed.url: f"{len(feed.keys)} articles, {feed.found}" for feed in listings}
    return Proposal(source=source, reasons={**reasons, **notes, **map_notes, **list_notes}, left_out=tuple(left_out))


# ------------------------------------------------------------------- feeds


def _chosen(seen: Sequence[SeenFeed], homepage: str, name: str) -> tuple[list[Feed], dict[str, str], list[str]]:
    """The feeds of an entry, the main one first; why each is there; what is left out and why."""
    left_out: list[str] = []
    wanted: list[SeenFeed] = []
    for feed in seen:
        reason = None if feed.given else _aside(feed)
        if reason:
            left_out.append(f"{feed.url}: {reason}")
        else:
            wanted.append(feed)
    sections = {feed.url: _section(feed, homepage, name) for feed in wanted}
    ranked = sorted(wanted, key=lambda feed: _rank(feed, wanted, sections, homepage))
    feeds: list[Feed] = []
    notes: dict[str, str] = {}
    kept: list[SeenFeed] = []
    for feed in ranked:
        reason = _superfluous(feed, kept, homepage)
        if reason:
            left_out.append(f"{feed.url}: {reason}")
            continue
        section = sections[feed.url] if kept else None
        feeds.append(Feed(url=feed.url, section=section))
        notes[feed.url] = f"{feed.format}, {len(feed.keys)} entries, from {feed.found}"
        kept.append(feed)
    return feeds, notes, left_out


def is_aside(url: str) -> str | None:
    """Why the feed at that address is none of the site's articles as they come; None where it may be one."""
    beyond_host = unquote(url.partition("://")[2])
    beyond_host = beyond_host[beyond_host.find("/") :]
    return next((reason for pattern, reason in _ASIDE if pattern.search(beyond_host)), None)


def _aside(feed: SeenFeed) -> str | None:
    named = any(_COMMENTS.match(words or "") for words in (feed.label, feed.title))
    return is_aside(feed.url) or ("a feed of comments" if named else None)


def _rank(
    feed: SeenFeed, others: Sequence[SeenFeed], sections: Mapping[str, str | None], homepage: str
) -> tuple[bool, bool, bool, bool, int, int]:
    holds = sum(bool(other.keys) and other.keys <= feed.keys for other in others)
    depth = len([part for part in urlsplit(feed.url).path.split("/") if part])
    return (not feed.given, not feed.keys, _foreign(feed, homepage), sections[feed.url] is not None, -holds, depth)


def _superfluous(feed: SeenFeed, kept: Sequence[SeenFeed], homepage: str) -> str | None:
    """Why a feed is not needed beside those that are kept."""
    if not kept:
        return None
    if not feed.keys:
        return "it is empty"
    twin = next((other for other in kept if other.keys == feed.keys), None)
    if twin:
        return f"it lists the same articles as {twin.url}"
    if _foreign(feed, homepage):
        return f"its entries are of other sites: {', '.join(sorted(feed.sites)[:3])}"
    mine, main = _detected(feed.sample), _detected(kept[0].sample)
    if mine and main and not _same_language(mine, main):
        return f"it is in another language ({mine}): an entry of its own may be due"
    return "there are enough feeds" if len(kept) >= MAX_FEEDS else None


def _foreign(feed: SeenFeed, homepage: str) -> bool:
    return bool(feed.sites) and urls.site(homepage) not in feed.sites


def _section(feed: SeenFeed, homepage: str, name: str) -> str | None:
    """The section that a feed is of, by its label, its title or its address; None for one of everything."""
    own = {text.fold(name), text.fold(urls.site(homepage))}
    for words in (feed.label, feed.title):
        parts = [part for part in _SEPARATORS.split(words or "") if part]
        told = [part for part in parts if text.fold(part) not in own and not _only_feed_words(part)]
        if told and len(parts) > 1:
            return told[-1][:100]
        if told and feed.label == words and text.fold(name) not in text.fold(told[0]):
            return told[0][:100]
    known = {part for part in urlsplit(homepage).path.lower().split("/") if part}
    path = unquote(urlsplit(feed.url).path)
    stems = [part.partition(".")[0] for part in path.split("/") if part]
    told = [stem for stem in stems if stem.lower() not in known and not _only_feed_words(stem) and len(stem) > 2]
    plain = [stem for stem in told if not any(character.isdigit() for character in stem)]
    return plain[-1].replace("-", " ").replace("_", " ").capitalize()[:100] if plain else None


def _only_feed_words(words: str) -> bool:
    return all(word in _FEED_WORDS or word.isdigit() for word in text.words(words.replace("_", " ")))


def _sitemaps(seen: Sequence[SeenFeed], *, with_feeds: bool) -> tuple[list[str], dict[str, str]]:
    news = [feed for feed in seen if feed.format == "news_sitemap"]
    # A sitemap of the whole site is a poor feed: it is taken where there is nothing else.
    chosen = news or ([] if with_feeds else list(seen[:1]))
    notes = {f.url: f"{f.format.replace('_', ' ')}, {len(f.keys)} entries, from {f.found}" for f in chosen}
    return [feed.url for feed in chosen], notes


# ---------------------------------------------------------- who and where


def _name(clues: Clues, seen: Sequence[SeenFeed]) -> tuple[str, str]:
    if clues.name:
        return clues.name, f"{clues.name_from} of the page"
    titled = next((feed.title for feed in seen if feed.title), None)
    return (titled, "title of its feed") if titled else (urls.site(clues.homepage), "its domain: no page says a name")


def _id(name: str, clues: Clues) -> str:
    """An id made of the first of its names that has Latin letters, else of its host."""
    latin = next((known for known in (name, *clues.aliases) if terms.slug(known) != terms.NO_SLUG), name)
    return terms.slug(latin, clues.homepage)


def _region(code: str | None, regions: Mapping[str, str]) -> Found:
    if code is None:
        return Found(value=None, reason="not found: no country is known")
    if code not in regions:
        return Found(value=None, reason=f"not found: no source of the catalogue is in {code}")
    return Found(value=regions[code], reason=f"where the catalogue has {code}")


def _kind(name: str, clues: Clues) -> tuple[SourceKind, str]:
    host = urls.host(clues.homepage)
    if re.search(r"\.(?:gov|gob|gouv|gov\.[a-z]{2})(?::\d+)?$", host):
        return "official", "its domain is a government's"
    for words, where in (
        (" ".join(clues.kinds), "JSON-LD of the page"),
        (" ".join((name, *clues.aliases)), "its name"),
    ):
        for kind, pattern in _KINDS:
            if pattern.search(words):
                return kind, where
    return "portal", "nothing tells another: check"


def _language(clues: Clues, main: SeenFeed | None) -> Found:
    stated = [*clues.tags, *([(main.language, "its feed")] if main and main.language else [])]
    sample = main.sample if main and main.sample else clues.sample
    found = _detected(sample)
    for tag, where in stated:
        base = tag.partition("-")[0]
        if terms.language_problem(base) is None and (found is None or _same_language(base, found)):
            also = "" if found is None else ", and the words are"
            return Found(value=base, reason=f"{where} says {tag}{also}")
    if found and stated:
        return Found(value=found, reason=f"told by the words of its entries; {stated[0][1]} says {stated[0][0]}")
    if found:
        return Found(value=found, reason="told by the words of its entries")
    return Found(value=None, reason="not found: nothing states it, and there are too few words")


def _same_language(first: str, second: str) -> bool:
    first, second = first.partition("-")[0], second.partition("-")[0]
    return first == second or any({first, second} <= group for group in _CONFUSED)


def _detected(sample: str) -> str | None:
    letters = Counter(character.isalpha() for character in sample)[True]
    if letters < 100:
        return None
    tag = str(_identifier().classify(sample[:2_000])[0])
    # One code for both; in Arabic letters it is mostly Sorani.
    return "ckb" if tag == "ku" and any("\u0600" <= character <= "\u06ff" for character in sample) else tag


@cache
def _identifier() -> Any:
    # 0.8 s and a model: only who proposes an entry pays for it.
    import py3langid

    return py3langid
