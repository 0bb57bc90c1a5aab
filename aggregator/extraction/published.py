"""When the article was published and changed: all that is said about it, weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from aggregator.extraction import datelines, jsonld, times, zones
from aggregator.extraction.datelines import Shown
from aggregator.extraction.decode import Element
from aggregator.extraction.structured import Structured
from aggregator.extraction.times import Stamp
from aggregator.records import Decision, Sighting, Source

_PUBLISHED = (
    "article:published_time", "og:published_time", "article:published", "datepublished",
    "og:article:published_time", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "publicationdate", "published_time", "published", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "dc.date.created", "dc.date", "dcterms.date", "date", "dc.created",
    "displaydate", "article_date_original", "article.published", "cxenseparse:recs:publishtime",
    "rnews:datepublished", "originalpublicationdate", "citation_publication_date", "iptc:publicationdate",
    "weibo:article:create_at", "release_date", "created", "published-date", "article:publish_date", "bt:pubdate",
    "analyticsattributes.articledate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "og:modified_time", "article.updated", "modified", "parsely-updated",
    "cxenseparse:recs:modifiedtime",
)  # fmt: skip
_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d{2})([/_-]?)(0[1-9]|1[0-2]|[1-9](?=\D))\2([12]\d|3[01]|0?[1-9])(?!\d)")
_JALALI_IN_URL = re.compile(r"(?<!\d)(1[34]\d{2})/(\d{1,2})/(\d{1,2})(?!\d)")
_CLOSE = timedelta(minutes=20)
_WIDEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Times:
    """What an article carries of its times."""

    published: datetime | None = None
    local: str | None = None
    raw: str | None = None
    zone: str | None = None
    source: str | None = None
    modified: datetime | None = None
    warnings: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    where: str
    stamp: Stamp

    def __str__(self) -> str:
        zone = f" {self.stamp.zone.name}" if self.stamp.zone else ""
        return f"{self.where} {self.stamp.local}{zone}"


def choose(
    structured: Structured,
    shown: Sequence[Shown],
    selected: Sequence[Stamp],
    sighting: Sighting,
    source: Source,
    fetched: datetime,
    url: str,
) -> Times:
    """The times of an article: from the page's statements, its visible lines, the feed, the URL, in order of trust."""
    default = zones.named(source.timezone) if source.timezone else None
    candidates = [_Candidate("selector", stamp) for stamp in selected]
    candidates += _stated(structured, "datePublished", _PUBLISHED)
    candidates += [_Candidate(each.where, each.stamp) for each in shown if not each.changed]
    candidates = [each for each in candidates if _sane(each, fetched, default)]
    if sighting.published is not None:
        moment = sighting.published.astimezone(UTC)
        candidates.append(
            _Candidate(
                "feed",
                Stamp(moment.date(), moment.time(), zones.GREENWICH, sighting.published_raw or moment.isoformat()),
            )
        )
    if not candidates and (day := _day_of(url)) is not None:
        candidates.append(_Candidate("url", Stamp(day, None, None, day.isoformat())))
    if not candidates:
        return Times(
            warnings=("no time of publication",),
            decisions=(Decision(what="published", choice="none", reason="no candidate"),),
        )
    chosen = _preferred(candidates, default)
    return _given(chosen, candidates, structured, shown, default, fetched)


def _stated(structured: Structured, name: str, metas: tuple[str, ...]) -> list[_Candidate]:
    texts = [("jsonld", text) for text in jsonld.texts(structured.article.get(name))[:1]]
    if not structured.article:
        texts += [("jsonld", text) for node in structured.nodes for text in jsonld.texts(node.get(name))[:1]][:1]
    texts += [("meta", value) for meta in metas for value in structured.metas.get(meta, ())[:1]]
    texts += [("meta", value) for value in structured.microdata.get(name.lower(), ())[:1]]
    found = [(where, times.machine(text)) for where, text in texts]
    return [_Candidate(where, stamp) for where, stamp in found if stamp is not None]


def _sane(candidate: _Candidate, fetched: datetime, default: zones.Zone | None) -> bool:
    """No article is from before the Web or from after its fetch (a day's grace for clocks and zones)."""
    day = candidate.stamp.day
    del default
    return date(1994, 1, 1) <= day <= (fetched + timedelta(days=1)).date()


def _preferred(candidates: list[_Candidate], default: zones.Zone | None) -> _Candidate:
    first = candidates[0]
    if first.where == "selector":
        return first
    zoned = [each for each in candidates if each.stamp.utc() is not None]
    structured = next(
        (each for each in candidates if each.where in ("jsonld", "meta") and each.stamp.utc() is not None), None
    )
    line = next((each for each in zoned if each.where == "dateline"), None)
    if structured is not None:
        if line is not None and _apart(structured, line) <= _CLOSE and _precise(line):
            return line
        if _midnight(structured):
            # A day written as midnight: a time shown for the same day says more.
            same = [
                each
                for each in candidates
                if each.stamp.clock is not None and abs(each.stamp.day - structured.stamp.day) <= timedelta(days=1)
            ]
            better = next(
                (each for each in same if not _midnight(each) and each.where != "feed" and each.stamp.utc(default)),
                None,
            )
            return better or structured
        return structured
    on_page = [each for each in candidates if each.where not in ("feed", "url")]
    timed = [each for each in on_page if each.stamp.clock is not None]
    with_zone = [each for each in timed if each.stamp.zone is not None]
    if with_zone:
        return next((each for each in with_zone if each.where == "dateline"), with_zone[0])
    feed = next((each for each in candidates if each.where == "feed"), None)
    if timed and on_page[0].where in ("jsonld", "meta") and on_page[0].stamp.clock is None:
        # A clock shown for another day than the one that is stated is a comment's or another article's.
        timed = [each for each in timed if each.stamp.day == on_page[0].stamp.day]
    if timed:
        best = next((each for each in timed if not _midnight(each)), timed[0])
        if _midnight(best) and feed is not None and abs(feed.stamp.day - best.stamp.day) <= timedelta(days=1):
            return feed
        if default is None and feed is not None and _one_moment(best, feed):
            return feed
        return best
    if on_page:
        day = on_page[0]
        return feed if feed is not None and abs(feed.stamp.day - day.stamp.day) <= timedelta(days=1) else day
    return feed or first


def _one_moment(shown: _Candidate, feed: _Candidate) -> bool:
    """Whether a page's clock without a zone and the feed's moment differ by what two zones can differ by."""
    moment = feed.stamp.utc()
    if moment is None or shown.stamp.clock is None:
        return False
    apart = datetime.combine(shown.stamp.day, shown.stamp.clock) - moment.replace(tzinfo=None)
    beside_a_quarter = (apart + timedelta(minutes=1)) % timedelta(minutes=15)
    return abs(apart) <= timedelta(hours=14) and beside_a_quarter <= timedelta(minutes=2)


def _apart(first: _Candidate, second: _Candidate) -> timedelta:
    one, other = first.stamp.utc(), second.stamp.utc()
    return abs(one - other) if one and other else timedelta.max


def _precise(candidate: _Candidate) -> bool:
    return candidate.stamp.zone is not None and candidate.stamp.clock is not None


def _midnight(candidate: _Candidate) -> bool:
    clock = candidate.stamp.clock
    return clock is not None and (clock.hour, clock.minute, clock.second) == (0, 0, 0)


def _given(
    chosen: _Candidate,
    candidates: list[_Candidate],
    structured: Structured,
    shown: Sequence[Shown],
    default: zones.Zone | None,
    fetched: datetime,
) -> Times:
    stamp = chosen.stamp
    published = stamp.utc(default)
    warnings: list[str] = []
    origin = chosen.where
    note = "first in order of trust"
    if published is None:
        if stamp.clock is not None:
            warnings.append("time without a zone")
    elif stamp.zone is None:
        origin += "+zone"
        note = f"printed without a zone; {default.name if default else '?'} is the source's"
    local = stamp.local
    if published is not None and default is not None and stamp.zone is not None and stamp.zone.name == "UTC":
        local = published.astimezone(default.rule).replace(tzinfo=None).isoformat()
    elif default is None and (line := _same_moment(chosen, candidates)) is not None:
        local = line.stamp.local
        note += "; its line on the page is by the publisher's clock"
    elif chosen.where == "feed" and default is None:
        local = ""
    far = [
        each
        for each in candidates
        if each is not chosen
        and abs(each.stamp.day - stamp.day) > timedelta(days=1)
        and each.where in ("jsonld", "meta", "feed")
    ]
    if far:
        warnings.append(f"times disagree: {chosen} and {far[0]}")
    losers = "; ".join(str(each) for each in candidates if each is not chosen)[:400]
    decision = Decision(what="published", choice=str(chosen), reason=note + (f"; others: {losers}" if losers else ""))
    modified = _modified(structured, shown, default, fetched)
    if modified is not None and published is not None and modified < published:
        modified = None
    return Times(
        published=published,
        local=local or None,
        raw=stamp.raw,
        zone=stamp.zone.name if stamp.zone else (default.name if published is not None and default else None),
        source=origin,
        modified=modified,
        warnings=tuple(warnings),
        decisions=(decision,),
    )


def _same_moment(chosen: _Candidate, candidates: list[_Candidate]) -> _Candidate | None:
    """The line without a zone that shows a moment stated in UTC, to the minute, by another clock."""
    moment, zone = chosen.stamp.utc(), chosen.stamp.zone
    if moment is None or zone is None or zone.name != "UTC":
        return None
    for each in candidates:
        if each.where == "dateline" and each.stamp.zone is None and each.stamp.clock is not None:
            shown = datetime.combine(each.stamp.day, each.stamp.clock, UTC).replace(second=0)
            apart = abs(shown - moment.replace(second=0, microsecond=0))
            if timedelta(0) < apart <= _WIDEST_ZONE and not apart % timedelta(minutes=15):
                return each
    return None


def _modified(
    structured: Structured, shown: Sequence[Shown], default: zones.Zone | None, fetched: datetime
) -> datetime | None:
    candidates = _stated(structured, "dateModified", _MODIFIED)
    candidates += [_Candidate(each.where, each.stamp) for each in shown if each.changed]
    moments = [each.stamp.utc(default) for each in candidates if _sane(each, fetched, default)]
    return next((moment for moment in moments if moment is not None), None)


def _day_of(url: str) -> date | None:
    path = urlsplit(url).path
    if match := _IN_URL.search(path):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            return None
    if match := _JALALI_IN_URL.search(path):
        stamp = times.printed(match[0])
        return stamp.day if stamp else None
    return None


def ago(stamp: Stamp, before: Times) -> Times:
    """`before` with a time that the page only states by its distance from the fetch."""
    decision = Decision(what="published", choice=stamp.local, reason=f"“{stamp.raw}” counted back from the fetch")
    return replace(
        before,
        published=stamp.utc(),
        local=stamp.local,
        raw=stamp.raw,
        zone="UTC",
        source="relative",
        warnings=("time of publication counted back from the fetch",),
        decisions=(decision,),
    )


def searched(
    tree: Element,
    url: str,
    fetched: datetime,
    before: Times,
    languages: tuple[str, ...] = (),
    country: str | None = None,
) -> Times:
    """`before`, or the day found by a search of the whole page where it has none; the tree may be changed.

    A line that says little but a day comes first, then what htmldate finds in the usual places.  Its search of all text
    takes seconds to start, and more often finds some day than the right one.
    """
    stamp = datelines.alone(tree, fetched, languages, country)
    if stamp is not None:
        day, source, reason = stamp.day, "dateline", f"the first line of the page that shows a day: {stamp.raw}"
    else:
        searched_for = _usual_day(tree, url, fetched)
        if searched_for is None or (searched_for.month, searched_for.day) == (1, 1):
            # The first of January stands for a year alone, most often that of the copyright line.
            return before
        day, source, reason = searched_for, "htmldate", "htmldate's search of the page; nothing else was found"
    decision = Decision(what="published", choice=day.isoformat(), reason=reason)
    warnings = ("day of publication only found by a search of the whole page",)
    return replace(before, local=day.isoformat(), source=source, warnings=warnings, decisions=(decision,))


def _usual_day(tree: Element, url: str, fetched: datetime) -> date | None:
    """The day that htmldate finds where pages use to have it."""
    from htmldate import find_date  # only pages that state no time at all pay for it

    try:
        found = find_date(
            tree,
            url=url,
            extensive_search=False,
            original_date=True,
            max_date=(fetched + timedelta(days=1)).strftime("%Y-%m-%d"),
        )
        return date.fromisoformat(found) if found else None
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError, RecursionError):
        return None
