"""Every record that moves, in the order in which it moves.

    Source, Feed -> PollState -> Sighting -> Page -> Article -> Verdict -> Placement -> Revision

All are frozen: a step never edits its input, it returns the next record, and a
later record holds the earlier one.  Times are aware and in UTC from the moment
they enter.  Names follow schema.org and zyte-common-items where they have one.
The descriptions below are also those of the JSON Schema of the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta


def _about(text: str) -> Meta:
    return Meta(description=text)


# --------------------------------------------------------------- whom we read

SourceKind = Literal["agency", "newspaper", "broadcaster", "portal", "official"]
FeedFormat = Literal["auto", "rss", "atom", "rdf", "jsonfeed", "sitemap", "listing"]
"""What a catalogue may say a feed is.  All are read by content; only for a `listing` is an HTML page no error."""

Via = Literal["rss", "atom", "rdf", "jsonfeed", "sitemap", "news_sitemap", "listing", "relation", "warc", "given"]
"""How a URL became known to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One address that lists articles and is asked again and again."""

    url: Annotated[str, _about("absolute http(s) URL; the feed's identity")]
    format: Annotated[FeedFormat, _about("a hint; the body decides")] = "auto"
    section: Annotated[str | None, _about("section that all its entries belong to")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors that a source's pages need where the general rules fail (`[source.selectors]`)."""

    body: Annotated[tuple[str, ...], _about("elements that hold the article's text")] = ()
    headline: Annotated[tuple[str, ...], _about("element with the headline")] = ()
    lead: Annotated[tuple[str, ...], _about("element with the standfirst")] = ()
    published: Annotated[tuple[str, ...], _about("element with the time of publication")] = ()
    authors: Annotated[tuple[str, ...], _about("elements with one author each")] = ()
    remove: Annotated[tuple[str, ...], _about("elements that are never part of the article")] = ()
    related: Annotated[tuple[str, ...], _about("elements that are link blocks: cut out, kept as relations")] = ()
    listing_entries: Annotated[tuple[str, ...], _about("on listing pages: links to articles, or what holds one")] = ()
    listing_next: Annotated[tuple[str, ...], _about("on listing pages: the link to the next page")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """What a source asks of its visitors beyond the defaults (`[source.politeness]`)."""

    delay: Annotated[float | None, _about("seconds between two requests to one host")] = None
    min_interval: Annotated[float | None, _about("seconds between two polls of one feed")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One `[[rule]]` (everywhere) or `[[source.rule]]`: which articles are wanted and which are not."""

    action: Annotated[Literal["keep", "drop"], _about("drop: what it matches; keep: only what it or another matches")]
    when: Annotated[str, _about("condition over the facts of an article")]
    name: Annotated[str, _about("what people call it")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher whose coverage is collected: one entry of `config/sources/*.toml`."""

    id: Annotated[str, _about("short stable name: lower case letters, digits, dashes")]
    name: Annotated[str, _about("the outlet's own name, as it writes it")]
    homepage: Annotated[str | None, _about("absolute URL of its front page")] = None
    country: Annotated[str | None, _about("ISO 3166-1 alpha-2 code of the country it publishes from")] = None
    region: Annotated[str | None, _about("region of the catalogue, for instance middle-east")] = None
    languages: Annotated[tuple[str, ...], _about("BCP 47 tags of the languages it writes in, main one first")] = ()
    timezone: Annotated[str | None, _about("IANA zone in which times without a zone are meant")] = None
    kind: Annotated[SourceKind, _about("agency, newspaper, broadcaster, portal or official")] = "portal"
    feeds: Annotated[tuple[Feed, ...], _about("feeds that are polled")] = ()
    sitemaps: Annotated[tuple[str, ...], _about("URLs of (news) sitemaps")] = ()
    listings: Annotated[tuple[str, ...], _about("URLs of pages that list articles")] = ()
    aliases: Annotated[tuple[str, ...], _about("other names, in any language, by which others cite it")] = ()
    selectors: Annotated[Selectors, _about("CSS selectors of its pages")] = Selectors()
    politeness: Annotated[Politeness, _about("limits beyond the defaults")] = Politeness()
    rules: Annotated[tuple[Rule, ...], _about("rules for its articles alone")] = ()
    verified: Annotated[bool, _about("a check has seen its feeds answer")] = False
    checked: Annotated[date | None, _about("day of that check")] = None
    enabled: Annotated[bool, _about("false: kept in the catalogue, never asked")] = True
    verify_tls: Annotated[bool, _about("false: the certificates of its site are not checked, and each run says so")] = (
        True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a feed brings how much: what was counted, older counts fading."""

    hours: Annotated[tuple[float, ...], _about("new entries by hour of the day, UTC; empty: none yet")] = ()
    days: Annotated[tuple[float, ...], _about("new entries by day of the week, UTC, Monday first; empty: none")] = ()
    watched: Annotated[float, _about("hours over which they were counted, fading alike")] = 0.0
    recent: Annotated[float, _about("new entries of late, fading within a day")] = 0.0
    foretold: Annotated[float, _about("how many of these the rhythm had foretold")] = 0.0
    silent: Annotated[float, _about("how many it had foretold since the last new entry or whole body")] = 0.0
    burst: Annotated[float, _about("most new entries an hour that one poll ever brought, fading slowly")] = 0.0
    useful: Annotated[float, _about("share of its new entries that nobody else had shown us before")] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A feed's address redirects for good to another one, which is tried before it is believed."""

    to: Annotated[str, _about("the address it redirects to")]
    since: Annotated[datetime, _about("when that was first seen with a good feed behind it")]
    polls: Annotated[int, _about("good answers that came that way")] = 1
    vouched: Annotated[
        bool | None, _about("it is the same feed: same site, or entries known before; null: not told yet")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What is remembered of a feed between two polls."""

    feed: Annotated[str, _about("the feed's URL in the catalogue: its identity")]
    source_id: Annotated[str, _about("the source it belongs to")]
    etag: Annotated[str | None, _about("ETag of the last body that was a feed, byte for byte")] = None
    last_modified: Annotated[str | None, _about("Last-Modified of that body, byte for byte")] = None
    body_hash: Annotated[str | None, _about("digest of that body: an equal one is not parsed again")] = None
    polled: Annotated[datetime | None, _about("when it was asked last")] = None
    good: Annotated[datetime | None, _about("when it last answered as a feed should")] = None
    next_due: Annotated[datetime | None, _about("not before this time; null: never asked, due now")] = None
    interval: Annotated[float, _about("seconds from the last poll to the next")] = 0.0
    reason: Annotated[str, _about("why next_due is what it is")] = "never asked"
    status: Annotated[int | None, _about("HTTP status of the last answer; null: there was none")] = None
    error: Annotated[str | None, _about("what went wrong at the last poll")] = None
    failures: Annotated[float, _about("graded failures in a row: hard 1, soft 0.5, temporary 0.25")] = 0.0
    polls: Annotated[int, _about("how often it was asked")] = 0
    entries: Annotated[int, _about("entries of the last body that was a feed: its window")] = 0
    last_new: Annotated[datetime | None, _about("when it last brought an entry that was new to us")] = None
    ttl: Annotated[float | None, _about("seconds that body asked to be left alone (ttl, sy:*)")] = None
    skip_hours: Annotated[tuple[int, ...], _about("hours of the day, UTC, in which it asked not to be asked")] = ()
    skip_days: Annotated[tuple[int, ...], _about("days of the week (0: Monday), UTC, likewise")] = ()
    max_age: Annotated[float | None, _about("seconds of freshness its server promised last (Cache-Control)")] = None
    hub: Annotated[str | None, _about("its WebSub hub")] = None
    rhythm: Annotated[Rhythm, _about("when it brings how much")] = Rhythm()
    haste: Annotated[float, _about("factor of the interval: below 1 since entries were lost between two polls")] = 1.0
    missed_risk: Annotated[bool, _about("entries may come and go between two polls")] = False
    took: Annotated[float | None, _about("seconds to the first byte of its answers, of late; null: not measured")] = (
        None
    )
    misses: Annotated[int, _about("polls whose answer had nothing in common with the one before")] = 0
    unchanged: Annotated[int, _about("304 answers in a row")] = 0
    trust: Annotated[int, _about("304 answers in a row that are believed before a whole body is asked for")] = 24
    move: Annotated[Move | None, _about("where its address redirects for good, while that is tried")] = None
    moved_to: Annotated[str | None, _about("the address that is asked instead since a move was believed")] = None
    disabled: Annotated[str | None, _about("why it is only probed now and then; null: it is polled")] = None
    probes: Annotated[int, _about("probes since it was disabled")] = 0
    wants_discovery: Annotated[bool, _about("it may be dead: its site may have a new feed")] = False
    lastmod: Annotated[str | None, _about("of a sitemap: lastmod its index gave it when it was read, as printed")] = (
        None
    )
    window: Annotated[str | None, _about("dates it was read for, SINCE/UNTIL; null: the usual, what is recent")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What is known of one authority's robots.txt."""

    authority: Annotated[str, _about("scheme, host and port")]
    asked: Annotated[datetime, _about("when it was last asked for")]
    expires: Annotated[datetime, _about("when it is asked for again")]
    status: Annotated[int | None, _about("HTTP status of the last answer; null: there was none")] = None
    text: Annotated[str, _about("last copy that could be read, at most 500 KiB; empty where there is no such file")] = (
        ""
    )
    read: Annotated[datetime | None, _about("when that copy was had; null: never")] = None
    problem: Annotated[str, _about("why the last request brought none")] = ""
    failures: Annotated[int, _about("requests in a row that brought none")] = 0
    failing_since: Annotated[datetime | None, _about("when the first of them was")] = None


# ------------------------------------------------------------- what was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A URL was seen: in a feed, a sitemap, a page's link block, an archive, or on the command line.

    Every entry of every feed becomes one.  It is pending in the store until its page has an outcome.
    """

    url: Annotated[str, _about("absolute URL as it was given, fragment included")]
    source_id: Annotated[str, _about("source through which it came")]
    via: Annotated[Via, _about("how it was seen")]
    first_seen: Annotated[datetime, _about("when")]
    feed: Annotated[str | None, _about("URL of the feed, sitemap or archive file that showed it")] = None
    position: Annotated[int | None, _about("place in that feed, 0 first")] = None
    guid: Annotated[str | None, _about("the entry's own id; null where a feed gives one id to several links")] = None
    headline: Annotated[str | None, _about("title the entry had")] = None
    summary: Annotated[str | None, _about("its description as plain text")] = None
    published: Annotated[datetime | None, _about("its date, where it says a zone")] = None
    published_raw: Annotated[str | None, _about("the same as printed")] = None
    modified: Annotated[datetime | None, _about("its date of change")] = None
    authors: Annotated[tuple[str, ...], _about("authors it names")] = ()
    tags: Annotated[tuple[str, ...], _about("categories it has")] = ()
    language: Annotated[str | None, _about("language it or its feed states, BCP 47")] = None
    section: Annotated[str | None, _about("section of the feed, from the catalogue")] = None
    depth: Annotated[int, _about("0: listed by the publisher; n: reached over n relations")] = 0
    referrer: Annotated[str | None, _about("id of the article whose relation this is")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a server (or an archive) answered for a sighting."""

    sighting: Annotated[Sighting, _about("why it was fetched")]
    url: Annotated[str, _about("final URL, after redirects")]
    status: Annotated[int, _about("HTTP status")]
    headers: Annotated[tuple[tuple[str, str], ...], _about("response headers, names in lower case")] = ()
    body: Annotated[bytes, _about("body with transfer and content encoding undone")] = field(default=b"", repr=False)
    """not said in messages: a stage that fails has the whole page in its line of the log"""
    fetched: Annotated[datetime, _about("when it was fetched from its server")]

    def header(self, name: str) -> str | None:
        """Value of the first header with that lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


# ----------------------------------------------------------- what it says

RelationType = Literal["read_more", "related", "also_read"]
"""`read_more`: the label asks to read on; `also_read`: it asks to read another article too;
`related`: it names a kinship or a topic, or there is no label."""

Where = Literal["inline", "end", "sidebar"]
Access = Literal["free", "metered", "paywalled", "blocked", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One link of a block that the editors put into or after the text, cut out of the text."""

    type: Annotated[RelationType, _about("what the block's label says the link is")]
    url: Annotated[str, _about("absolute URL the link leads to")]
    target_id: Annotated[str | None, _about("id of that article, once it is known")] = None
    anchor: Annotated[str, _about("the linked headline, without kicker, date or author")]
    heading: Annotated[str | None, _about("the block's label as printed; null: it has none")] = None
    where: Annotated[Where, _about("inline: more article text follows; end: after the text; sidebar: beside it")]
    after_paragraph: Annotated[
        int | None, _about("number of paragraphs of `text` above the block; null where it is not in the text")
    ] = None
    rule: Annotated[str, _about("name of the rule that recognised the block")]
    confidence: Annotated[float, _about("0 to 1")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of the article; never fetched by us."""

    url: Annotated[str, _about("absolute URL")]
    caption: Annotated[str | None, _about("caption as printed")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The part of a Source that every article carries."""

    id: Annotated[str, _about("the source's id in the catalogue")]
    name: Annotated[str, _about("its name")]
    country: Annotated[str | None, _about("ISO 3166-1 alpha-2")] = None
    region: Annotated[str | None, _about("region of the catalogue")] = None
    language: Annotated[str | None, _about("its main language, BCP 47")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where an article was seen: the part of a Sighting that an article carries."""

    feed: Annotated[str | None, _about("URL of the feed, sitemap or archive; null for relations and given URLs")] = None
    via: Annotated[Via, _about("how")]
    first_seen: Annotated[datetime, _about("when, for the first time")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """Which code read the page."""

    name: Annotated[str, _about("name of the extractor")]
    version: Annotated[str, _about("version of this program and of the library below it")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A news article: one page of one publisher, read."""

    id: Annotated[str, _about("stable id, from the canonical URL at first sight; never changes")]
    url: Annotated[str, _about("URL the page was fetched from, after redirects")]
    canonical_url: Annotated[str, _about("its canonical URL: rel=canonical of the same site, tracking removed")]
    alt_urls: Annotated[tuple[str, ...], _about("other URLs of the same article: AMP, print, tracking forms")] = ()
    source: Annotated[Publisher, _about("who published it")]
    sightings: Annotated[tuple[Seen, ...], _about("where it was seen until this line was written")] = ()
    headline: Annotated[str, _about("headline without the site's name")]
    lead: Annotated[str | None, _about("standfirst, where the page shows one; it is also the first of `text`")] = None
    text: Annotated[str, _about("body: paragraphs parted by an empty line, link blocks and agency prefix removed")]
    language: Annotated[str | None, _about("language of the text, BCP 47")] = None
    authors: Annotated[tuple[str, ...], _about("people (or agencies) named as authors")] = ()
    agency: Annotated[str | None, _about("agency that the text's own prefix or dateline names")] = None
    places: Annotated[tuple[str, ...], _about("places of the text's own dateline, as printed but not in capitals")] = ()
    cites: Annotated[tuple[str, ...], _about("outlets that the text names as the source of a claim")] = ()
    section: Annotated[str | None, _about("the publisher's section")] = None
    tags: Annotated[tuple[str, ...], _about("the publisher's keywords")] = ()
    images: Annotated[tuple[Image, ...], _about("its pictures, main one first")] = ()
    published: Annotated[datetime | None, _about("time of publication, UTC; null: unknown, or no zone is known")] = None
    published_local: Annotated[
        str | None, _about("the same by the publisher's clock: ISO 8601 without a zone, or a day only")
    ] = None
    published_raw: Annotated[str | None, _about("that time as printed")] = None
    published_zone: Annotated[str | None, _about("zone it was printed in: an IANA name or an offset")] = None
    published_source: Annotated[
        str | None,
        _about(
            "where it was read: jsonld, meta, time, dateline, selector, feed, url, relative (to the fetch), htmldate; "
            "`+zone`: the source's"
        ),
    ] = None
    modified: Annotated[datetime | None, _about("time of the last change that the page states, UTC")] = None
    fetched: Annotated[datetime, _about("when the page was fetched")]
    relations: Annotated[tuple[Relation, ...], _about("the publisher's own links, in the order of the page")] = ()
    access: Annotated[Access, _about("whether the text can be read by everybody")] = "unknown"
    reserved: Annotated[
        tuple[str, ...],
        _about(
            "what the page says against its use by machines, in headers and meta elements: noindex, noarchive, "
            "nosnippet, noai, noimageai, tdm-reservation"
        ),
    ] = ()
    story_id: Annotated[
        str | None,
        _about("the story it was put in with this line; `story`, `story_merge` and `story_split` lines tell the rest"),
    ] = None
    revision: Annotated[int, _about("1 for the first form, counted up at each change")] = 1
    change: Annotated[
        str,
        _about(
            "what changed since the form before: new, correction, headline, body, typo, metadata; "
            "extraction: the same page, read otherwise by this program"
        ),
    ] = "new"
    extractor: Annotated[Extractor, _about("which code read it")]
    warnings: Annotated[tuple[str, ...], _about("what was doubtful, in words")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why a fact is what it is: one line of `aggregator why`."""

    what: Annotated[str, _about("what was decided: a field of the article, a block, an outcome")]
    choice: Annotated[str, _about("what was chosen")]
    reason: Annotated[str, _about("why, with the candidates that lost")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What reading a page gave: an article, or the reason why there is none."""

    page: Annotated[Page, _about("what was read")]
    article: Annotated[Article | None, _about("the article; its id is provisional until the verdict")] = None
    rejected: Annotated[str | None, _about("why the page is no article; null where it is one")] = None
    next_page: Annotated[str | None, _about("URL of this article's next page, where it is told in several")] = None
    stopped: Annotated[bool, _about("reading was stopped or crashed: no word on the page, it is worth another try")] = (
        False
    )
    decisions: Annotated[tuple[Decision, ...], _about("how each fact was chosen")] = ()
    seconds: Annotated[tuple[tuple[str, float], ...], _about("time each part took")] = ()


# ------------------------------------------------------ how it compares

Outcome = Literal["unique", "revision", "duplicate", "unchanged"]
Level = Literal["url", "guid", "canonical", "exact_text", "near_text", "syndicated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What an article is known by: computed once, compared with what the store holds."""

    extraction: Annotated[Extraction, _about("the article as it was read, and the sighting it was read for")]
    article: Annotated[Article, _about("the article of that extraction")]
    url_keys: Annotated[tuple[str, ...], _about("keys of the page's own URLs: asked, final, canonical")]
    guid: Annotated[str | None, _about("the feed entry's id, valid within the source")] = None
    text_hash: Annotated[str, _about("digest of the folded text")]
    content_hash: Annotated[str, _about("digest of all that a revision is made for")]
    words: Annotated[int, _about("words of the text")]
    shingles: Annotated[tuple[int, ...], _about("hashes of its runs of words")] = ()
    sample: Annotated[tuple[int, ...], _about("those of them that stand in an index")] = ()

    @property
    def sighting(self) -> Sighting:
        """Why its page was fetched."""
        return self.extraction.page.sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an article is new, a new form of a known one, or a copy; and why."""

    article: Annotated[Article, _about("the article, with its final id, revision and change")]
    outcome: Annotated[Outcome, _about("unique, revision, duplicate, or unchanged (nothing to write)")]
    of: Annotated[str | None, _about("id of the known article, where there is one")] = None
    level: Annotated[Level | None, _about("the strictest level of sameness that holds")] = None
    score: Annotated[float, _about("how sure, 0 to 1")] = 1.0
    evidence: Annotated[tuple[str, ...], _about("what agreed, in words")] = ()
    reason: Annotated[str, _about("one sentence for people")] = ""
    original: Annotated[str | None, _about("of a copy and `of`: id of the one that had the text first")] = None


Role = Literal["lead", "report", "copy", "update"]
"""Of an article in its story: lead opened it, a report is another outlet's, an update comes from an outlet that had
one already or much later, a copy is a duplicate of another member."""

Signal = Literal["text", "link", "entity", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMerge:
    """Two stories turned out to be one."""

    story_id: Annotated[str, _about("the story that ends")]
    into: Annotated[str, _about("the story that goes on, with all articles of both: the older one")]
    score: Annotated[float, _about("how sure, 0 to 1")]
    reason: Annotated[str, _about("why, for people to read")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySplit:
    """Articles turned out to belong elsewhere than to the story that they were placed in."""

    story_id: Annotated[str, _about("the story that they leave; it goes on without them")]
    into: Annotated[str, _about("the story that they belong to now, new or known")]
    articles: Annotated[tuple[str, ...], _about("ids of the articles that move; their copies go with them")]
    reason: Annotated[str, _about("why, for people to read")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A unique article's place in a story, and what it taught about earlier ones."""

    article_id: Annotated[str, _about("the article")]
    story_id: Annotated[str, _about("stable id of the story")]
    role: Annotated[Role, _about("what it is in that story")]
    score: Annotated[float, _about("how sure, 0 to 1; 0.5 is just enough, 1 where it opened a story")]
    via: Annotated[tuple[Signal, ...], _about("signals that put it there; none where it opened a story")] = ()
    reason: Annotated[str, _about("why there, and what would have changed that")] = ""
    events: Annotated[tuple[StoryMerge | StorySplit, ...], _about("second thoughts about earlier articles")] = ()
    closed: Annotated[tuple[str, ...], _about("stories that were quiet for so long that they have ended")] = ()
    described: Annotated[tuple[Story, ...], _about("the stories that this changed, as they stand now")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as it stands."""

    id: Annotated[str, _about("stable id: that of its first article, with `story-` in front")]
    headline: Annotated[str, _about("headline of the article that is most like the others")]
    lead: Annotated[str, _about("id of that article")]
    first: Annotated[datetime, _about("when its first article was published, UTC")]
    last: Annotated[datetime, _about("when its last one was, UTC")]
    size: Annotated[int, _about("its articles, without copies")]
    languages: Annotated[tuple[str, ...], _about("languages of its articles, the most frequent first")]
    countries: Annotated[tuple[str, ...], _about("countries of its outlets, the most frequent first")]
    outlets: Annotated[tuple[str, ...], _about("ids of its sources, the most frequent first")]
    terms: Annotated[tuple[str, ...], _about("words that most tell it from other stories, as they are compared")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One form of an article as it stands in the log, or the word that nothing was written."""

    verdict: Annotated[Verdict, _about("the verdict it was written for")]
    seq: Annotated[int | None, _about("sequence number of its line in the journal; null: unchanged, no line")] = None
    placement: Annotated[Placement | None, _about("its place in a story, where it was placed at once")] = None


# ---------------------------------------------------- what the store remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article of the store, as far as a newcomer is compared with it."""

    article: Annotated[Article, _about("its latest form")]
    status: Annotated[Literal["unique", "duplicate"], _about("what it was judged to be")]
    root: Annotated[str, _about("id of the unique article it stands for; its own where it is unique")]
    text_hash: Annotated[str, _about("digest of the folded text of its latest form")]
    content_hashes: Annotated[tuple[str, ...], _about("digest of each of its forms, latest last")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known article that shares runs of words with a newcomer."""

    known: Annotated[Known, _about("the article")]
    common: Annotated[int, _about("hashes of its sample that the newcomer has")]
    routine: Annotated[float, _about("share of these that several other articles have too: the words of a form")] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The known articles that a newcomer may be the same as."""

    by_url: Annotated[Known | None, _about("one of its URLs is known as this article's")] = None
    known_keys: Annotated[frozenset[str], _about("which of its URL keys are known")] = frozenset()
    by_guid: Annotated[Known | None, _about("its feed entry's id is known in this source")] = None
    by_text: Annotated[Known | None, _about("its exact folded text is known")] = None
    near: Annotated[tuple[Near, ...], _about("articles of the same days with words in common, best first")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A pending sighting that one run has taken to fetch."""

    key: Annotated[str, _about("key of its URL: identity in the frontier")]
    sighting: Annotated[Sighting, _about("what to fetch and why")]
    attempts: Annotated[int, _about("failures so far")] = 0


LineKind = Literal[
    "article",
    "duplicate",
    "relation",
    "story",
    "story_merge",
    "story_split",
    "tombstone",
    "source_health",
    "checkpoint",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One row of the store's log: one line of the journal."""

    seq: Annotated[int, _about("gapless sequence number, 1 first")]
    at: Annotated[datetime, _about("when it was committed")]
    kind: Annotated[LineKind, _about("what the line tells")]
    run_id: Annotated[str, _about("run that wrote it")]
    listed: Annotated[bool, _about("the line also stands in articles.jsonl")] = False
    payload: Annotated[bytes, _about("JSON object of the line without its envelope")]


# ------------------------------------------------- lines beside the article's


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateLine:
    """A page was read and turned out to be an article that is known already."""

    id: Annotated[str, _about("id of the copy; that of `of` where only the URL is another")]
    of: Annotated[str, _about("id of the article it is the same as")]
    url: Annotated[str, _about("URL of the copy")]
    level: Annotated[Level, _about("the strictest level of sameness that holds")]
    score: Annotated[float, _about("how sure, 0 to 1")]
    evidence: Annotated[tuple[str, ...], _about("what agreed")] = ()
    reason: Annotated[str, _about("one sentence")] = ""
    original: Annotated[
        str | None,
        _about(
            "id of the one of the two that had the text first: the agency's own, else the one published earlier; "
            "absent where only the URL is another"
        ),
    ] = None
    article: Annotated[Article | None, _about("the copy itself; absent where only the URL is another")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationLine:
    """The target of a relation became known after its article's line was written."""

    article_id: Annotated[str, _about("article that holds the relation")]
    position: Annotated[int, _about("its place in that article's `relations`, 0 first")]
    type: Annotated[RelationType, _about("its type")]
    url: Annotated[str, _about("its URL")]
    target_id: Annotated[str, _about("id of the article that the URL is")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine(Story):
    """A story was opened, grew, or has ended: how it stands now."""

    article_id: Annotated[str | None, _about("the article that was placed in it with this line")] = None
    role: Annotated[Role | None, _about("what that article is in the story")] = None
    score: Annotated[float | None, _about("how sure, 0 to 1; 0.5 is just enough")] = None
    via: Annotated[tuple[Signal, ...], _about("signals that put it there")] = ()
    closed: Annotated[bool, _about("it was quiet for so long that it takes no article any more")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TombstoneLine:
    """An article was taken out for good: who keeps a copy of it should delete it."""

    id: Annotated[str, _about("the article")]
    url: Annotated[str, _about("its URL")]
    source_id: Annotated[str, _about("its source")]
    reason: Annotated[str, _about("why, in the operator's words")]
    copies: Annotated[tuple[str, ...], _about("ids of known copies of it, which are still there")] = ()
    story_id: Annotated[str | None, _about("the story it stood in")] = None


HealthState = Literal["ok", "slow", "moved", "missed_risk", "stale", "failing", "blocked", "gone"]
"""ok: it is asked and answers; slow: its servers take long; moved: a feed is asked at another address than the
catalogue's; missed_risk: entries may come and go between two polls; stale: nothing new for far longer than its rhythm;
failing: none of its feeds can be had; blocked: its feeds, or its pages, are refused to us; gone: all are disabled.
From the best to the worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """A source is doing better or worse than before."""

    source_id: Annotated[str, _about("the source")]
    state: Annotated[HealthState, _about("how it is doing now")]
    before: Annotated[HealthState, _about("how it was doing")]
    reason: Annotated[str, _about("one sentence")]
    advice: Annotated[str, _about("what a person may do about it")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source is doing as it was told last, and what has spoken for another state since."""

    source_id: Annotated[str, _about("the source")]
    state: Annotated[HealthState, _about("how it is doing")] = "ok"
    since: Annotated[datetime | None, _about("when that was told; null: nothing was told of it")] = None
    reason: Annotated[str, _about("one sentence")] = ""
    advice: Annotated[str, _about("what a person may do about it")] = ""
    doubt: Annotated[HealthState | None, _about("what it looked like last, where that is another state")] = None
    doubted_since: Annotated[datetime | None, _about("first of the looks in a row that said so")] = None
    looks: Annotated[int, _about("how many these were")] = 0
    refused: Annotated[int, _about("pages in a row that its servers refused")] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where a fetched page stands in the archives."""

    key: Annotated[str, _about("key of the URL that was asked: identity in the frontier")]
    url: Annotated[str, _about("URL that answered")]
    at: Annotated[datetime, _about("when it was fetched")]
    digest: Annotated[str, _about("digest of its body, as WARC writes it: `sha1:` and base 32")]
    file: Annotated[str, _about("name of the file below data/warc/")]
    position: Annotated[int, _about("where its record begins in the file, in bytes")]
    length: Annotated[int, _about("bytes of the record there")]
    whole: Annotated[bool, _about("the record holds the body; else an earlier one of the same digest does")] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointLine:
    """Last line of a closed part: lets a reader check that the part is whole."""

    part: Annotated[int, _about("number of the part, 1 first")]
    first_seq: Annotated[int, _about("sequence number of its first line")]
    lines: Annotated[int, _about("lines before this one")]
    sha256: Annotated[str, _about("digest of the bytes before this line")]
