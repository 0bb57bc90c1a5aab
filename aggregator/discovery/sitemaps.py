"""Sitemaps, their indexes, Google News sitemaps, and lists of addresses (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from aggregator import urls
from aggregator.discovery import dates, repair, shapes
from aggregator.discovery.reading import Context, Entry, Listed, Reading, language, sighting
from aggregator.discovery.window import Window
from aggregator.records import Sighting

RECENT = timedelta(days=3)
"""How old a change may be that a sitemap without news dates tells of: older pages are its archive."""

MAX_ROWS = 50_000
"""Rows of one sitemap that are read: the limit of the protocol."""
MAX_FIELD = 5_000
MAX_IN_ROBOTS = 50
"""Sitemaps that are taken from one robots.txt."""
_ROBOTS_LINE = re.compile(r"^[ \t\ufeff]*sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)


@dataclass(slots=True, kw_only=True)
class _Row:
    """One `<url>` or `<sitemap>`: text of its elements by local name, those of the news namespace as `news:...`."""

    kind: str
    values: dict[str, str]


def read(xml: str, context: Context) -> Reading:
    """The sitemap or index in `xml`, which begins with its root element (there is no DTD).

    What leads to other sites than the source's own is refused.
    """
    rows = _Rows(context)
    for position, row in enumerate(_rows(repair.cleaned(xml), context)):
        if position >= MAX_ROWS:
            context.note(f"only the first {MAX_ROWS} rows are read")
            break
        rows.take(row, position)
    return rows.reading()


def listed(text: str, context: Context) -> Reading:
    """The sitemap in `text`, which has one address on each line; no reading where they are none."""
    rows = _Rows(context)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or any(urls.absolute(line) is None for line in lines[:3]):
        context.note("not a feed: neither XML nor JSON, nor a list of addresses")
        return Reading(problems=context.noted())
    for position, line in enumerate(lines[:MAX_ROWS]):
        rows.take(_Row(kind="url", values={"loc": line[:MAX_FIELD]}), position)
    return rows.reading()


def in_robots(text: str, base: str) -> tuple[str, ...]:
    """Addresses of the `Sitemap:` lines of a robots.txt at `base` that are of the same site, each once."""
    found = (urls.absolute(line[1], base) for line in _ROBOTS_LINE.finditer(text[:500_000]))
    return tuple(dict.fromkeys(url for url in found if url and urls.same_site(url, base)))[:MAX_IN_ROBOTS]


def recent(now: datetime) -> Window:
    """The window of a run that was given none: sitemaps are asked for what is new, not for their archive."""
    return Window(since=now - RECENT)


class _Rows:
    """Rows one after another, made a Reading."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sightings: list[Sighting] = []
        self.sitemaps: dict[str, Listed] = {}
        self.is_news = self.is_index = False
        self.foreign = self.undated = self.outside = 0

    def take(self, row: _Row, position: int) -> None:
        if row.kind == "sitemap":
            self._sitemap(row)
            return
        news = any(name.startswith("news:") for name in row.values)
        self.is_news = self.is_news or news
        if not news and not self._wanted(row):
            return
        seen = sighting(_entry(row, position), self.context, "news_sitemap" if news else "sitemap")
        if seen is None:
            return
        if not self.context.own(seen.url):
            self.foreign += 1
            return
        self.sightings.append(seen)

    def _sitemap(self, row: _Row) -> None:
        self.is_index = True
        url = urls.absolute(row.values.get("loc", ""), self.context.url)
        if url is None:
            self.context.note(f"the index lists {row.values.get('loc', '')[:100]!r}, which is no address")
        elif not self.context.own(url):
            self.foreign += 1
        else:
            lastmod = row.values.get("lastmod")
            self.sitemaps.setdefault(url, Listed(url=url, lastmod=lastmod, changed=_end_of_change(lastmod)))

    def _wanted(self, row: _Row) -> bool:
        wanted = self.context.window or recent(self.context.now)
        changed = _end_of_change(row.values.get("lastmod"))
        if changed is not None and wanted.since and changed < wanted.since:
            # What was not changed since was not published since.
            self.outside += 1
            return False
        span = shapes.dated(urls.absolute(row.values.get("loc", ""), self.context.url) or "")
        if span is not None and not wanted.overlaps(*span) and (self.context.window or changed is None):
            self.outside += 1
            return False
        if changed is None and span is None and self.context.window is None:
            self.undated += 1
            return False
        return True

    def reading(self) -> Reading:
        if self.foreign:
            self.context.note(f"{self.foreign} entries of other sites: refused")
        if self.undated and not self.sightings:
            self.context.note(f"{self.undated} entries without a date: read when a time is asked for (--since)")
        kind: Literal["sitemap_index", "news_sitemap", "sitemap"] = "sitemap"
        if self.is_index:
            kind = "sitemap_index"
        elif self.is_news:
            kind = "news_sitemap"
        return Reading(
            format=kind,
            language=next((seen.language for seen in self.sightings if seen.language), None),
            sightings=tuple(self.sightings),
            sitemaps=tuple(self.sitemaps.values()),
            problems=self.context.noted(),
        )


def _end_of_change(lastmod: str | None) -> datetime | None:
    """When a change had happened at the latest: a day has no hour, it is counted by its end."""
    if not lastmod:
        return None
    moment = dates.moment(lastmod)
    if moment is not None:
        return moment
    day = dates.day(lastmod)
    return day + timedelta(days=1) + shapes.SLACK if day else None


def _entry(row: _Row, position: int) -> Entry:
    value = row.values
    return Entry(
        position=position,
        link=value.get("loc"),
        headline=value.get("news:title"),
        published=value.get("news:publication_date"),
        modified=value.get("lastmod"),
        tags=[tag for tag in value.get("news:keywords", "").split(",") if tag.strip()],
        language=language(value.get("news:language")),
    )


def _rows(xml: str, context: Context) -> Iterator[_Row]:
    from lxml import etree

    stream = io.BytesIO(xml.encode("utf-8", "replace"))
    walk = etree.iterparse(
        stream,
        events=("end",),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in walk:
            name = _local(element.tag)
            if name in ("url", "sitemap") and element.getparent() is not None:
                yield _Row(kind=name, values=_values(element))
                # Rows are forgotten as they are read: memory does not grow with the sitemap.
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.LxmlError as error:
        context.note(f"not well-formed: {error}")
        return
    if len(walk.error_log):
        context.note(f"not well-formed: {walk.error_log[0].message}")


def _values(element: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            name = _local(child.tag)
            # By its prefix where the namespace was not declared.
            in_news = "news" in child.tag.rpartition("}")[0] or child.tag.startswith("news:")
            # Images and videos have a `loc` of their own: only the page's own elements have no other parent.
            if in_news or child.getparent() is element:
                values.setdefault(f"news:{name}" if in_news else name, child.text.strip()[:MAX_FIELD])
    return values


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def same_site_only(reading: Reading, context: Context) -> Reading:
    """A feed that stands where a sitemap is expected: the rule of sitemaps holds for it, too."""
    kept = tuple(seen for seen in reading.sightings if context.own(seen.url))
    if len(kept) == len(reading.sightings):
        return reading
    context.note(f"{len(reading.sightings) - len(kept)} entries of other sites: refused")
    return replace(reading, sightings=kept, problems=context.noted())
