"""Lists of feeds as other programs keep them: OPML, CSV, JSON.  Rows of one name become one Source."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from lxml import etree

from aggregator import urls
from aggregator.errors import ConfigError
from aggregator.records import Feed, FeedFormat, Source
from aggregator.sources import entries, terms
from aggregator.sources.entries import Table

_FEED_TYPES: dict[str, FeedFormat] = {
    "rss": "rss",
    "atom": "atom",
    "rdf": "rdf",
    "json": "jsonfeed",
    "jsonfeed": "jsonfeed",
    "feed": "auto",
    "auto": "auto",
    "": "auto",
}
_SITEMAP_TYPES = ("sitemap", "news_sitemap")
_LISTING_TYPES = ("listing", "html")
COLUMNS = ("name", "type", "url", "id", "country", "region", "languages", "timezone", "kind", "homepage", "section")
"""What a row may say."""
NAMESPACE = "urn:regional-news-aggregator:opml"
"""Of the attributes that our own OPML has beyond the standard's."""
_OURS = f"{{{NAMESPACE}}}"
_MEANT = {
    "language": "languages",
    "title": "name",
    "website": "homepage",
    "feed": "url",
    "xmlurl": "url",
    "format": "type",
}
_SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half characters in what should be UTF-8: lxml lets them in, and cannot hand them out."""
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of a list, as a Source with the one address it names."""

    source: Source
    wanted_id: str | None


def read_csv(text: str, *, file: str, refused: list[ConfigError] | None = None) -> tuple[Source, ...]:
    """Sources of a CSV text with a header of `name`, `type` and `url` in any case and order.

    The separator is a comma, semicolon or tab.  Also read: id, country, region, language(s), timezone, kind,
    homepage, section; other columns are ignored.  Raises ConfigError with the line; where `refused` is given, what is
    wrong with a row is kept there, and the others are read.  The same goes for the other lists.
    """
    text = text.removeprefix("\ufeff")
    header = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    rows: list[_Row] = []
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells, file)
                continue
            values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
            with tolerant(refused):
                rows.append(_row(values, Table(values=values, file=file, where=f"line {reader.line_num}")))
    except csv.Error as error:
        raise ConfigError(str(error), file=file, key=f"line {reader.line_num}") from error
    if columns is None:
        raise ConfigError("expected a header with the columns name, type, url; the file is empty", file=file)
    return _merged(rows)


def _columns(cells: Iterable[str], file: str) -> list[str]:
    lowered = [cell.strip().lower() for cell in cells]
    columns = [_MEANT.get(cell, cell) for cell in lowered]
    if "url" not in columns:
        near = terms.suggestion("url", [cell for cell in lowered if cell])
        raise ConfigError(
            f"expected a header with the columns name, type, url, got {', '.join(lowered)}{near}", file=file
        )
    return columns


def read_json(text: str, *, file: str, refused: list[ConfigError] | None = None) -> tuple[Source, ...]:
    """Sources of a JSON list: objects with `name`, `type`, `url`, or whole sources with the keys of the TOML files.

    The list may also be the value of `sources` in an object.  Raises ConfigError.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"no valid JSON: {error.msg}", file=file, key=f"line {error.lineno}, column {error.colno}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"no valid JSON: {error}", file=file) from error
    region = data.get("region") if isinstance(data, Mapping) else None
    listed = data.get("sources", data.get("source")) if isinstance(data, Mapping) else data
    if not isinstance(listed, list):
        raise ConfigError("expected a list of objects", file=file)
    rows: list[_Row] = []
    whole: list[Source] = []
    region = region if isinstance(region, str) else None
    for number, item in enumerate(listed, 1):
        with tolerant(refused):
            if isinstance(item, Mapping) and any(key.lower() in ("url", "xmlurl") for key in item):
                values = {
                    _MEANT.get(k.lower(), k.lower()): value for k, value in item.items() if value not in (None, "")
                }
                rows.append(_row(values, Table(values=values, file=file, where=f"entry {number}")))
            else:
                whole.append(entries.source(item, file=file, number=number, region=region))
    return (*whole, *_merged(rows, taken=[source.id for source in whole]))


def read_opml(data: bytes, *, file: str, refused: list[ConfigError] | None = None) -> tuple[Source, ...]:
    """Sources of an OPML file, one for each outline of a feed.  Raises ConfigError."""
    data = _SURROGATES.sub(b"", _DOCTYPE.sub(b"", data))
    if b"<" not in data:
        raise ConfigError("no OPML: there is no element in it", file=file)
    found = _outlines(data) or _foreign_list(data, file)
    rows = []
    for number, values in enumerate(found, 1):
        with tolerant(refused):
            rows.append(_row(values, Table(values=values, file=file, where=f"feed {number}")))
    return _merged(rows)


def _outlines(data: bytes) -> list[dict[str, str]]:
    """The outlines that are feeds, or that our own exports mark as sitemap or listing, as rows."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return []
    rows = []
    for outline in root.iter("{*}outline") if root is not None else ():
        # A half character that a reference stands for is let in by the parser, and cannot be handed out.
        with suppress(UnicodeDecodeError):
            rows += _outline(outline)
    return rows


def _outline(outline: etree._Element) -> list[dict[str, str]]:
    said = {name.rpartition(":")[2].lower(): value for name, value in outline.attrib.items() if "}" not in name}
    ours = {etree.QName(name).localname: v for name, v in outline.attrib.items() if name.startswith(_OURS)}
    url = said.get("xmlurl") or (said.get("url") if ours.get("type") in (*_SITEMAP_TYPES, *_LISTING_TYPES) else None)
    if url is None:
        return []
    row = {
        "url": url,
        "name": (said.get("title") or said.get("text") or "").strip(),
        "homepage": urls.absolute(said.get("htmlurl", "")) or "",
        "languages": _known_language(said.get("language", "")),
        **ours,
    }
    return [{name: value for name, value in row.items() if value}]


def _known_language(tag: str) -> str:
    # Other programs write what feeds say: a tag that is none is no reason to refuse the feed.
    base = tag.strip().partition("-")[0].partition("_")[0].lower()
    return base if base and terms.language_problem(base) is None else ""


def _foreign_list(data: bytes, file: str) -> list[dict[str, str]]:
    """The feeds of the other XML forms that subscription lists have had: RDF, iGoogle."""
    import listparser

    try:
        found = listparser.parse(data)
    except Exception as error:  # its parsers raise what they like on hostile input
        raise ConfigError(f"no OPML: {error}", file=file) from error
    if not found.feeds:
        reason = f" ({found.bozo_exception})" if found.bozo else ""
        raise ConfigError(f"no feed is listed in it{reason}", file=file)
    return [{"url": feed.get("url") or "", "name": (feed.get("title") or "").strip()} for feed in found.feeds]


@contextmanager
def tolerant(refused: list[ConfigError] | None) -> Iterator[None]:
    """Keeps an error of one row in `refused`, where somebody wants it, instead of refusing the whole list."""
    try:
        yield
    except ConfigError as error:
        if refused is None:
            raise
        refused.append(error)


def _row(values: Mapping[str, object], table: Table) -> _Row:
    values = {key: value for key, value in values.items() if key in COLUMNS and value != ""}
    table = replace(table, values=values)
    url = table.string("url")
    if url is None:
        table.fail("url", "expected an absolute http(s) URL, got nothing")
    url = table.url("url", url)
    homepage, wanted = table.string("homepage"), table.string("id")
    name = table.string("name") or ""
    spoken = values.get("languages")
    tags = tuple(re.findall(r"[^\s,;|]+", spoken)) if isinstance(spoken, str) else table.strings("languages")
    source = Source(
        id="",
        name=name,
        homepage=table.url("homepage", homepage) if homepage else None,
        country=entries.country(table),
        region=table.string("region"),
        languages=entries.languages(table, tags),
        timezone=entries.timezone(table),
        kind=entries.kind(table),
    )
    return _Row(source=_with_address(source, table, url), wanted_id=terms.slug(wanted) if wanted else None)


def _with_address(source: Source, table: Table, url: str) -> Source:
    word = (table.string("type") or "").lower()
    if word in _SITEMAP_TYPES:
        return replace(source, sitemaps=(url,))
    if word in _LISTING_TYPES:
        return replace(source, listings=(url,))
    if word not in _FEED_TYPES:
        known = [*filter(None, _FEED_TYPES), *_SITEMAP_TYPES, *_LISTING_TYPES]
        table.fail("type", f"expected one of {', '.join(known)}, got {word!r}{terms.suggestion(word, known)}")
    return replace(source, feeds=(Feed(url=url, format=_FEED_TYPES[word], section=table.string("section")),))


def _merged(rows: Iterable[_Row], taken: Iterable[str] = ()) -> tuple[Source, ...]:
    """One Source for each name, or host where there is no name, in the order of the list."""
    together: dict[str, Source] = {}
    used = set(taken)
    for row in rows:
        url = _address(row.source)
        host = urls.host(url).removeprefix("www.")
        group = row.wanted_id or row.source.name.casefold() or host
        known = together.get(group)
        if known is None:
            source_id = terms.distinct(row.wanted_id or terms.slug(row.source.name or host, url), used)
            used.add(source_id)
            together[group] = replace(row.source, id=source_id, name=row.source.name or host)
        else:
            together[group] = _joined(known, row.source)
    return tuple(together.values())


def _address(source: Source) -> str:
    return next(iter((*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings)))


def _joined(first: Source, second: Source) -> Source:
    known = {feed.url for feed in first.feeds}
    return replace(
        first,
        feeds=(*first.feeds, *(feed for feed in second.feeds if feed.url not in known)),
        sitemaps=tuple(dict.fromkeys((*first.sitemaps, *second.sitemaps))),
        listings=tuple(dict.fromkeys((*first.listings, *second.listings))),
        languages=tuple(dict.fromkeys((*first.languages, *second.languages))),
        homepage=first.homepage or second.homepage,
        country=first.country or second.country,
        region=first.region or second.region,
        timezone=first.timezone or second.timezone,
    )
