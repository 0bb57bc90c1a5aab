"""The catalogue for other programs: OPML, CSV, JSON, TOML.  Each can be read back by `lists` without a loss that
matters to the format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec
from babel import Locale

from aggregator.records import Feed, Source
from aggregator.sources.lists import COLUMNS, NAMESPACE
from aggregator.sources.writing import entry, plain


def opml(sources: Iterable[Source], now: datetime) -> str:
    """OPML 2.0: a folder for each region, in it one for each country, in it the feeds.

    What OPML has no word for stands in attributes of a namespace of ours; other programs pass over them.
    """
    folders: dict[str, dict[str, list[Source]]] = {}
    for source in sources:
        folders.setdefault(source.region or "other", {}).setdefault(source.country or "", []).append(source)
    countries = Locale("en").territories
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:news="{NAMESPACE}">',
        f"<head><title>News sources</title><dateCreated>{format_datetime(now, usegmt=True)}</dateCreated></head>",
        "<body>",
    ]
    for region, by_country in sorted(folders.items()):
        lines.append(f"<outline{_attributes(text=region)}>")
        for code, listed in sorted(by_country.items()):
            name = countries.get(code, "no country")
            lines.append(f"  <outline{_attributes(text=name)}>")
            lines += [f"    {line}" for source in listed for line in _outlines(source)]
            lines.append("  </outline>")
        lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""])


def _outlines(source: Source) -> Iterable[str]:
    ours = {
        "news:id": source.id,
        "news:country": source.country,
        "news:region": source.region,
        "news:languages": " ".join(source.languages) if len(source.languages) > 1 else None,
        "news:timezone": source.timezone,
        "news:kind": source.kind,
    }
    for feed in source.feeds:
        shown = f"{source.name}: {feed.section}" if feed.section else source.name
        named = _attributes(
            type="rss",
            text=shown,
            title=source.name,
            xmlUrl=feed.url,
            htmlUrl=source.homepage,
            language=next(iter(source.languages), None),
        )
        yield f"<outline{named}{_attributes(**ours, **_of_feed(feed))}/>"
    for kind, addresses in (("sitemap", source.sitemaps), ("listing", source.listings)):
        for url in addresses:
            # A reader of feeds would fail on these: they are links to it, and told apart for us.
            named = _attributes(type="link", text=source.name, title=source.name, url=url, htmlUrl=source.homepage)
            yield f"<outline{named}{_attributes(**ours, **{'news:type': kind})}/>"


def _of_feed(feed: Feed) -> dict[str, str | None]:
    return {"news:section": feed.section, "news:type": feed.format if feed.format != "auto" else None}


def _attributes(**values: str | None) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def as_csv(sources: Iterable[Source], _now: datetime | None = None) -> str:
    """A header, then a row for each address."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for source in sources:
        values = plain(source)
        shared = {name: values.get(name, "") for name in COLUMNS if name not in ("type", "url", "section")}
        shared["languages"] = " ".join(source.languages)
        rows: list[dict[str, Any]] = [
            {"type": "" if feed.format == "auto" else feed.format, "url": feed.url, "section": feed.section or ""}
            for feed in source.feeds
        ]
        rows += [{"type": "sitemap", "url": url} for url in source.sitemaps]
        rows += [{"type": "listing", "url": url} for url in source.listings]
        for row in rows:
            writer.writerow({**shared, **row})
    return buffer.getvalue()


def as_json(sources: Iterable[Source], _now: datetime | None = None) -> str:
    """A list of sources with the keys of the TOML files."""
    listed = [plain(source) for source in sources]
    return msgspec.json.format(msgspec.json.encode(listed), indent=2).decode() + "\n"


def as_toml(sources: Iterable[Source], _now: datetime | None = None) -> str:
    """One catalogue file."""
    return "\n".join(entry(source) for source in sources)


FORMATS: dict[str, Callable[[Iterable[Source], datetime], str]] = {
    "opml": opml,
    "csv": as_csv,
    "json": as_json,
    "toml": as_toml,
}
"""Writers by the name of their format."""
