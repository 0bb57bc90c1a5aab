"""Sitemaps and Google News sitemaps (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aggregator import urls
from aggregator.discovery import dates, repair
from aggregator.discovery.reading import MAX_ENTRIES, Context, Entry, Reading, language, sighting
from aggregator.records import Sighting

RECENT = timedelta(days=3)
"""How old a change may be that a sitemap without news dates tells of: older pages are its archive."""

MAX_FIELD = 5_000


@dataclass(slots=True, kw_only=True)
class _Row:
    """One `<url>` or `<sitemap>`: text of its elements by local name, those of the news namespace as `news:...`."""

    kind: str
    values: dict[str, str]


def read(xml: str, context: Context) -> Reading:
    """The sitemap in `xml`, which begins with its root element (there is no DTD).

    Entries of other sites than the sitemap's own are refused.  An index gives no sightings: it lists sitemaps.
    """
    plain_seen: list[Sighting] = []
    news_seen: list[Sighting] = []
    is_news, indexed, foreign, language_seen = False, 0, 0, None
    for position, row in enumerate(_rows(repair.cleaned(xml), context)):
        if row.kind == "sitemap":
            indexed += 1
            continue
        news = any(name.startswith("news:") for name in row.values)
        is_news = is_news or news
        if not news and not _recent(row, context):
            continue
        seen = sighting(_entry(row, position), context, "news_sitemap" if news else "sitemap")
        if seen is None:
            continue
        if not urls.same_site(seen.url, context.url):
            foreign += 1
            continue
        (news_seen if news else plain_seen).append(seen)
        language_seen = language_seen or seen.language
        if len(news_seen) + len(plain_seen) >= MAX_ENTRIES:
            context.note(f"only the first {MAX_ENTRIES} entries are read")
            break
    if indexed:
        context.note(f"a sitemap index: {indexed} sitemaps")
    if foreign:
        context.note(f"{foreign} entries of other sites: refused")
    return Reading(
        format="news_sitemap" if is_news else "sitemap",
        language=language_seen,
        sightings=tuple(sorted((*news_seen, *plain_seen), key=lambda seen: seen.position or 0)),
        problems=context.noted(),
    )


def _recent(row: _Row, context: Context) -> bool:
    changed: datetime | None = dates.moment(row.values.get("lastmod")) or dates.day(row.values.get("lastmod"))
    if changed is None:
        return False
    # A day has no hour: it is counted by its end.
    end = changed if "T" in row.values["lastmod"].upper() else changed + timedelta(days=1)
    return end >= context.now - RECENT


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
