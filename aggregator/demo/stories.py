"""The sites and stories of the demo web, as they are written in `sites/*.toml`.

The text of a story is paragraphs parted by empty lines.  A paragraph may hold links, `[words](target)`.
One that starts with `>>` is a block between the paragraphs:

    >> TYPE FORM | LABEL | TARGET; TARGET = HEADLINE ; ...     a block of links: a relation of that type
    >> FORM | WORDS                                            newsletter, sponsored, picture: no relation

A target is `slug` (same site), `site/slug`, or a URL; `slug@SPELLING` links to another spelling of its URL.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args
from zoneinfo import ZoneInfo

from aggregator.demo.truth import CopyKind
from aggregator.records import RelationType, SourceKind
from aggregator.text import clean

FeedKind = Literal["rss", "atom", "rdf", "jsonfeed", "news_sitemap", "listing"]
"""`listing`: no feed at all, the page of that path lists the articles; a news sitemap is found through an index."""
Validators = Literal["both", "etag", "weak", "modified", "none"]
Quirk = Literal["unavailable_once", "gzip", "missing", "soft_missing"]
"""What is odd about a page: 503 at the first request, compressed, 404, or a 200 that says it is not there."""

_PROSE_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a block."""

    target: str
    """`site/slug` or a URL."""
    spelling: str = "plain"
    anchor: str | None = None
    """The linked words; None: the target's headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What stands between two paragraphs, or after the last, and is no text."""

    form: str
    type: RelationType | None = None
    """None: not the editors' relation, but furniture."""
    label: str | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article in one edition of the web."""

    site: str
    slug: str
    headline: str
    lead: str | None = None
    body: tuple[str | Block, ...]
    published: datetime
    modified: datetime
    section: str
    prefix: str = ""
    """Printed before the first paragraph of the body: place and agency."""
    agency: str | None = None
    author: str | None = None
    cites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    listed: bool = True
    """Whether the feeds (still) list it."""
    edition: int = 1
    dateline: str | None = None
    """Form of the printed date, where it is not the site's."""
    spelling: str | None = None
    """Spelling of its URL in feeds, where it is not the feed's."""
    quirk: Quirk | None = None
    copy_of: str | None = None
    copy_kind: CopyKind | None = None
    event: str | None = None
    """What it tells of, where other stories tell of it, too: by that name they are one story to a reader."""

    @property
    def name(self) -> str:
        """`site/slug`: what other stories call it."""
        return f"{self.site}/{self.slug}"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text: lead and body without blocks, prefix and markup."""
        body = (plain(part) for part in self.body if isinstance(part, str))
        return (self.lead, *body) if self.lead else tuple(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """One feed of a site."""

    path: str
    format: FeedKind
    section: str | None = None
    """Only stories of this section; None: all."""
    spelling: str = "plain"
    dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publisher of the demo web."""

    id: str
    name: str
    host: str
    language: str
    country: str
    region: str
    timezone: str
    kind: SourceKind
    aliases: tuple[str, ...]
    design: str
    dateline: str
    metadata: tuple[str, ...]
    """Where the time of publication is stated: jsonld, utc, offset, naive, time; none of them: printed only."""
    address: str
    """Path of an article, `{slug}` in it."""
    validators: Validators
    robots: bool
    announces: bool = True
    """Whether the front page names the feeds; else robots.txt names sitemaps, and feeds are found by their names."""
    encoding: str
    prefix: str = ""
    """What every body of this site begins with, `{section}` in it."""
    agency: str | None = None
    feeds: tuple[FeedPlan, ...]
    stories: tuple[Story, ...]


def plain(paragraph: str) -> str:
    """A paragraph without the marks of its links."""
    return _PROSE_LINK.sub(r"\1", paragraph)


def prose_links(paragraph: str) -> list[tuple[str, str | None]]:
    """A paragraph as (words, target) pieces; target is None for words that are not linked."""
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for found in _PROSE_LINK.finditer(paragraph):
        pieces += [(paragraph[end : found.start()], None), (found[1], found[2])]
        end = found.end()
    return [*pieces, (paragraph[end:], None)]


@cache
def sites() -> tuple[Site, ...]:
    """All sites, in order of id, copies of stories filled in."""
    folder = files(__package__) / "sites"
    read: list[dict[str, Any]] = [
        tomllib.loads(entry.read_text("utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    known = {
        f"{data['site']['id']}/{entry['slug']}": {"agency": data["site"].get("agency"), **entry}
        for data in read
        for entry in data["story"]
    }
    return tuple(_site(data, known) for data in read)


@cache
def furniture() -> dict[str, dict[str, str]]:
    """Words around the articles (menus, boxes, notices) for each language."""
    text = (files(__package__) / "designs" / "furniture.toml").read_text("utf-8")
    return cast("dict[str, dict[str, str]]", tomllib.loads(text))


def _site(data: dict[str, Any], known: dict[str, dict[str, Any]]) -> Site:
    about: dict[str, Any] = data["site"]
    site = Site(
        **{**about, "aliases": tuple(about.get("aliases", ())), "metadata": tuple(about["metadata"])},
        feeds=tuple(FeedPlan(**feed) for feed in data["feed"]),
        stories=(),
    )
    return replace(site, stories=tuple(story for entry in data["story"] for story in _forms(site, entry, known)))


def _forms(site: Site, entry: dict[str, Any], known: dict[str, dict[str, Any]]) -> list[Story]:
    """The story of an entry, and its second form where it was changed in a later edition."""
    later: dict[str, Any] = entry.get("later", {})
    entry = {name: value for name, value in entry.items() if name != "later"}
    if "copy_of" in entry:
        entry = _copied(known[entry["copy_of"]], entry)
    forms = [_story(site, entry)]
    if later:
        forms.append(replace(_story(site, {**entry, **later}), edition=2))
    return forms


def _copied(origin: dict[str, Any], copy: dict[str, Any]) -> dict[str, Any]:
    """A copy as if it had been written out: the origin's words, edited; the copying site's own blocks."""
    copy = dict(copy)
    chunks = [chunk for chunk in _chunks(origin["text"]) if not chunk.startswith(">>")]
    for old, new in copy.pop("edits", ()):
        if not any(old in chunk for chunk in chunks):
            raise ValueError(f"{copy['slug']}: not in the story that it copies: {old}")
        chunks = [chunk.replace(old, new) for chunk in chunks]
    chunks = chunks[: len(chunks) - copy.pop("cut", 0)]
    for after, block in reversed(copy.pop("blocks", ())):
        chunks.insert(after, block)
    inherited: dict[str, Any] = {name: origin[name] for name in ("lead", "prefix", "agency", "cites") if name in origin}
    return {**inherited, **copy, "text": "\n\n".join(chunks)}


def _story(site: Site, entry: dict[str, Any]) -> Story:
    entry = dict(entry)
    zone = ZoneInfo(site.timezone)
    published = _moment(entry.pop("published"), zone)
    modified = _moment(entry.pop("modified"), zone) if "modified" in entry else published
    for name in ("cites", "tags"):
        entry[name] = tuple(entry.get(name, ()))
    if not entry.get("prefix") and site.prefix:
        entry["prefix"] = site.prefix.replace("{section}", entry["section"])
    if not entry.get("agency") and site.agency:
        entry["agency"] = site.agency
    body = tuple(_part(site.id, part) for part in _chunks(entry.pop("text", "")))
    return Story(site=site.id, published=published, modified=modified, body=body, **entry)


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _chunks(text: str) -> list[str]:
    return [" ".join(chunk.split()) for chunk in text.strip().split("\n\n") if chunk.strip()]


def _part(site: str, chunk: str) -> str | Block:
    if not chunk.startswith(">>"):
        if clean(plain(chunk)) != plain(chunk):
            raise ValueError(f"{site}: paragraph is not in its clean form: {chunk[:60]}")
        return chunk
    head, *fields = (field.strip() for field in chunk.removeprefix(">>").split("|"))
    first, _, form = head.partition(" ")
    if first not in get_args(RelationType):
        return Block(form=first, label=fields[0] if fields else None)
    label, targets = fields
    links = tuple(_link(site, target) for target in targets.split(";"))
    return Block(form=form.strip(), type=cast("RelationType", first), label=label or None, links=links)


def _link(site: str, text: str) -> Link:
    target, _, anchor = (part.strip() for part in text.partition(" = "))
    if not target.startswith("http"):
        target, _, spelling = target.partition("@")
        return Link(
            target=target if "/" in target else f"{site}/{target}", spelling=spelling or "plain", anchor=anchor or None
        )
    return Link(target=target, anchor=anchor or None)
