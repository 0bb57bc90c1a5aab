"""The demo web as one pure function: a request in, an answer out.

`build` makes it from the stories for the port that its URLs name; `DemoWeb.answer` needs no clock, disk or network,
and says the same each time.  Two things change what it says: the edition, in which some stories are new or changed,
and how often an address was asked before, because one page is unavailable at first.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from aggregator import urls
from aggregator.demo import addresses, blocks, feeds, pages
from aggregator.demo.dates import names_zone
from aggregator.demo.stories import Block, FeedPlan, Link, Site, Story, furniture, sites
from aggregator.demo.truth import Truth, TruthArticle, TruthRelation
from aggregator.records import Feed, Source
from aggregator.text import digest

EDITIONS = (1, 2)
"""2 is the next day: one story is changed, two are new."""

Headers = tuple[tuple[str, str], ...]

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
_REAL_OUTLETS = {
    "Press TV": ("پرس تی‌وی", "پرس تی وی", "برس تي في"),
    "Al Jazeera": ("الجزيرة", "الجزیره"),
    "Reuters": ("رويترز", "رویترز"),
    "IRNA": ("ایرنا", "إرنا"),
}
"""Outlets that the stories cite and that are no part of the demo web, with their names in other languages."""
_SITEMAP_INDEX = "/sitemap_index.xml"
_ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /search\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def build(port: int) -> DemoWeb:
    """The demo web as it is served on `port`."""
    return DemoWeb(port, sites())


class DemoWeb:
    """All sites of the demo web.  Holds no state that a request could change: safe for any number of threads."""

    def __init__(self, port: int, the_sites: tuple[Site, ...]) -> None:
        self.port = port
        self._sites = {site.host: site for site in the_sites}
        self._site_of = {site.id: site for site in the_sites}
        self._editions = {edition: _current(the_sites, edition) for edition in EDITIONS}
        self._by_key = {urls.key(self._url(story)): story.name for story in self._editions[max(EDITIONS)].values()}
        self.sources = tuple(self._source(site) for site in the_sites)
        self.truth = self._truth(the_sites)

    def answer(
        self, host: str, path_and_query: str, headers: Mapping[str, str], edition: int = 1, asked_before: int = 0
    ) -> Answer:
        """What is said to a GET of that address; names of `headers` in lower case."""
        name = host.partition(":")[0].lower().removeprefix("www.").removeprefix("m.")
        site = self._sites.get(name)
        if site is None:
            return _plain(404, "no such site in the demo web\n")
        path = unquote(urlsplit(path_and_query).path)
        if path == "/robots.txt":
            return _plain(200, self._robots(site)) if site.robots else _html(site, pages.missing(site), 404)
        maps = [plan.path for plan in site.feeds if plan.format == "news_sitemap"]
        if path == _SITEMAP_INDEX and maps:
            body = feeds.sitemap_index([addresses.page(site, self.port, address) for address in (*maps, path)])
            return Answer(status=200, headers=(("Content-Type", feeds.TYPES["news_sitemap"]),), body=body)
        plan = next((plan for plan in site.feeds if plan.path == path and plan.format != "listing"), None)
        if plan is not None:
            return self._feed(site, plan, headers, edition)
        if path.startswith("/img/"):
            return Answer(status=200, headers=(("Content-Type", "image/png"),), body=_PNG)
        story = self._asked(site, path, path_and_query, edition)
        if story is not None:
            return self._page(site, story, path_and_query, headers, asked_before)
        return self._index(site, path, edition)

    def _robots(self, site: Site) -> str:
        has_sitemaps = any(plan.format == "news_sitemap" for plan in site.feeds)
        named = f"Sitemap: {addresses.page(site, self.port, _SITEMAP_INDEX)}\n"
        return _ROBOTS + (named if has_sitemaps else "")

    # ------------------------------------------------------------ articles

    def _asked(self, site: Site, path: str, path_and_query: str, edition: int) -> Story | None:
        if path.startswith("/r/"):
            name: str | None = f"{site.id}/{path.removeprefix('/r/')}"
        else:
            name = self._by_key.get(urls.key(f"http://{site.host}:{self.port}{path_and_query}"))
        return self._editions[edition].get(name) if name else None

    def _page(self, site: Site, story: Story, path: str, headers: Mapping[str, str], asked_before: int) -> Answer:
        if story.quirk == "missing":
            return _html(site, pages.missing(site), 404)
        if story.quirk == "soft_missing":
            return _html(site, pages.missing(site), 200)
        if story.quirk == "unavailable_once" and not asked_before:
            return Answer(status=503, headers=(("Retry-After", "1"), ("Content-Type", "text/plain")), body=b"busy\n")
        if path.startswith("/r/"):
            return Answer(status=302, headers=(("Location", self._url(story)), ("Content-Type", "text/plain")))
        form: pages.Form = "amp" if path.startswith("/amp/") else "print" if "print=1" in path else "full"
        text = pages.article(
            site,
            story,
            form,
            canonical=self._url(story),
            resolve=self._entry,
            trending=[self._entry(Link(target=other.name)) for other in self._trending(site, story)],
        )
        answer = _html(site, text, 200)
        if story.quirk == "gzip" and "gzip" in headers.get("accept-encoding", ""):
            squeezed = gzip.compress(answer.body, mtime=0)
            extra = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
            answer = Answer(status=200, headers=(*answer.headers, *extra), body=squeezed)
        return answer

    def _trending(self, site: Site, story: Story) -> list[Story]:
        others = [other for other in _listed(site, self._editions[1]) if other.name != story.name and not other.quirk]
        turn = len(story.slug) % max(1, len(others))
        return (others[turn:] + others[:turn])[:5]

    def _url(self, story: Story, spelling: str = "plain") -> str:
        return addresses.article(self._site_of[story.site], story.slug, self.port, spelling)

    def _entry(self, link: Link) -> blocks.Entry:
        """A link as it is printed: with the headline that its target had at first."""
        if link.target.startswith("http"):
            return blocks.Entry(url=link.target, headline=link.anchor or link.target, kicker="", summary="", image="")
        story = self._editions[1].get(link.target) or self._editions[2][link.target]
        return blocks.Entry(
            url=self._url(story, link.spelling),
            headline=story.headline if link.anchor is None else link.anchor,
            kicker=story.section,
            summary=_summary(story),
            image=f"/img/{story.slug}.png",
        )

    def _index(self, site: Site, path: str, edition: int) -> Answer:
        words = furniture()[site.language]
        stories = _listed(site, self._editions[edition])
        sections = {pages.section_path(site, name): name for name in pages.sections(site)}
        titles = {"/": site.name, "/about": words["about"], "/contact": words["contact"], "/private/": site.name}
        if path in sections:
            title = sections[path]
            stories = [story for story in stories if story.section == title]
        elif path in titles or path.startswith("/tag/"):
            title = titles.get(path, words["tags"])
        else:
            return _html(site, pages.missing(site), 404)
        front = addresses.page(site, self.port) if path == "/" else None
        return _html(
            site, pages.index(site, title, [self._entry(Link(target=s.name)) for s in stories], front=front), 200
        )

    # --------------------------------------------------------------- feeds

    def _feed(self, site: Site, plan: FeedPlan, headers: Mapping[str, str], edition: int) -> Answer:
        stories = [s for s in _listed(site, self._editions[edition]) if plan.section in (None, s.section)]
        channel = feeds.Channel(
            title=site.name,
            url=addresses.page(site, self.port, plan.path),
            homepage=addresses.page(site, self.port),
            language=site.language,
            entries=[self._feed_entry(site, plan, story) for story in stories],
        )
        body = feeds.write(plan.format, channel)
        tag = f'"{digest(body.decode())[:16]}"'
        etag = {"both": tag, "etag": tag, "weak": f"W/{tag}"}.get(site.validators)
        changed = None
        if site.validators in ("both", "modified"):
            changed = format_datetime(max(story.modified for story in stories), usegmt=True)
        validators = tuple(
            (name, value) for name, value in (("ETag", etag), ("Last-Modified", changed)) if value is not None
        )
        # Byte for byte, and If-None-Match before If-Modified-Since, as the strictest servers do it.
        if etag and "if-none-match" in headers:
            unchanged = headers["if-none-match"] == etag
        else:
            unchanged = changed is not None and headers.get("if-modified-since") == changed
        if unchanged:
            return Answer(status=304, headers=validators)
        return Answer(status=200, headers=(("Content-Type", feeds.TYPES[plan.format]), *validators), body=body)

    def _feed_entry(self, site: Site, plan: FeedPlan, story: Story) -> feeds.Entry:
        zone = ZoneInfo(site.timezone)
        return feeds.Entry(
            url=self._url(story, story.spelling or plan.spelling),
            guid=f"tag:{site.host},2026:{story.slug}",
            headline=story.headline,
            summary=_summary(story),
            section=story.section,
            published=story.published.astimezone(zone) if plan.dated else None,
            modified=story.modified.astimezone(zone) if plan.dated else None,
        )

    # ----------------------------------------------------- what is known of it

    def _source(self, site: Site) -> Source:
        def address(plan: FeedPlan) -> str:
            return addresses.page(site, self.port, plan.path)

        return Source(
            id=site.id,
            name=site.name,
            homepage=addresses.page(site, self.port),
            country=site.country,
            region=site.region,
            languages=(site.language,),
            timezone=site.timezone,
            kind=site.kind,
            feeds=tuple(
                Feed(url=address(plan), format=plan.format, section=plan.section)
                for plan in site.feeds
                if plan.format != "news_sitemap" and plan.format != "listing"
            ),
            sitemaps=(addresses.page(site, self.port, _SITEMAP_INDEX),)
            if any(plan.format == "news_sitemap" for plan in site.feeds)
            else (),
            listings=tuple(address(plan) for plan in site.feeds if plan.format == "listing"),
            aliases=site.aliases,
        )

    def _truth(self, the_sites: tuple[Site, ...]) -> Truth:
        reach = self._reach(the_sites)
        stories = [s for site in the_sites for s in site.stories if s.quirk not in ("missing", "soft_missing")]
        variants = {}
        for site in the_sites:
            for story in site.stories:
                used = {story.spelling or plan.spelling for plan in site.feeds if plan.section in (None, story.section)}
                variants.update({self._url(story, spelling): self._url(story) for spelling in used | {"amp", "print"}})
        return Truth(
            articles=tuple(self._true_article(story, reach[story.name]) for story in stories),
            variants=variants,
            names={
                **{alias: site.name for site in the_sites for alias in (site.name, *site.aliases)},
                **{alias: name for name, aliases in _REAL_OUTLETS.items() for alias in aliases},
            },
        )

    def _reach(self, the_sites: tuple[Site, ...]) -> dict[str, int]:
        """Over how many relations within its own site each story is found; what is never found is a mistake of ours."""
        reach = {story.name: 0 for site in the_sites for story in site.stories if story.listed}
        frontier = list(reach)
        depth = 0
        while frontier:
            depth += 1
            targets = [
                link.target
                for name in frontier
                for part in self._editions[1].get(name, self._editions[2][name]).body
                if isinstance(part, Block) and part.type
                for link in part.links
                if link.target.startswith(f"{name.partition('/')[0]}/")
            ]
            frontier = [name for name in dict.fromkeys(targets) if name not in reach]
            reach.update(dict.fromkeys(frontier, depth))
        return reach

    def _true_article(self, story: Story, reach: int) -> TruthArticle:
        site = self._site_of[story.site]
        dateline = story.dateline or site.dateline
        return TruthArticle(
            url=self._url(story),
            source_id=site.id,
            headline=story.headline,
            paragraphs=story.paragraphs,
            published=story.published,
            published_zone=site.timezone if names_zone(dateline) else None,
            language=site.language,
            agency=story.agency,
            section=story.section,
            cites=story.cites,
            relations=self._true_relations(story),
            edition=story.edition,
            reach=reach,
            copy_of=self._entry(Link(target=story.copy_of)).url if story.copy_of else None,
            copy_kind=story.copy_kind,
            event=story.event,
        )

    def _true_relations(self, story: Story) -> tuple[TruthRelation, ...]:
        relations: list[TruthRelation] = []
        above = 1 if story.lead else 0
        total = len(story.paragraphs)
        for part in story.body:
            if isinstance(part, str):
                above += 1
            elif part.type:
                for link in part.links:
                    entry = self._entry(link)
                    relations.append(
                        TruthRelation(
                            type=part.type,
                            url=entry.url,
                            anchor=entry.headline,
                            heading=part.label,
                            where="inline" if above < total else "end",
                            after_paragraph=above,
                            known=not link.target.startswith("http"),
                        )
                    )
        return tuple(relations)


def _current(the_sites: tuple[Site, ...], edition: int) -> dict[str, Story]:
    """Every story by name, in its last form up to that edition."""
    return {story.name: story for site in the_sites for story in site.stories if story.edition <= edition}


def _listed(site: Site, current: Mapping[str, Story]) -> list[Story]:
    """The stories that a site's feeds and indexes list, newest first."""
    listed = [story for story in current.values() if story.site == site.id and story.listed]
    return sorted(listed, key=lambda story: (story.published, story.slug), reverse=True)


def _summary(story: Story) -> str:
    return story.paragraphs[0] if story.paragraphs else story.headline


def _html(site: Site, text: str, status: int) -> Answer:
    # Only pages in an old encoding leave it to the page to name it: that is where it goes wrong outside, too.
    kind = "text/html; charset=utf-8" if site.encoding == "utf-8" else "text/html"
    return Answer(
        status=status, headers=(("Content-Type", kind),), body=text.encode(site.encoding, "xmlcharrefreplace")
    )


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, headers=(("Content-Type", "text/plain; charset=utf-8"),), body=text.encode())
