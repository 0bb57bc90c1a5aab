"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aggregator import urls
from aggregator.discovery.markup import plain
from aggregator.discovery.reading import Context, Entry, Reading, language, sighting, without_shared_guids

_VERSION = "jsonfeed.org/version/"


def read(text: str, context: Context) -> Reading:
    """The JSON Feed in `text`; a Reading without a format where it is none."""
    feed = _loaded(text, context)
    if feed is None:
        return Reading(problems=context.noted())
    items = feed["items"]
    most = context.options.max_entries
    if len(items) > most:
        context.note(f"{len(items)} entries: only the first {most} are read")
    spoken = language(_string(feed, "language"))
    authors = _authors(feed)
    sightings = []
    for position, item in enumerate(items[:most]):
        if not isinstance(item, Mapping):
            context.note(f"entry {position + 1} is no object")
            continue
        seen = sighting(_entry(item, position, authors, spoken), context, "jsonfeed")
        if seen:
            sightings.append(seen)
    return Reading(
        format="jsonfeed",
        title=plain(_string(feed, "title")),
        language=spoken,
        sightings=without_shared_guids(sightings, context),
        hub=_hub(feed, context),
        problems=context.noted(),
    )


def _loaded(text: str, context: Context) -> Mapping[str, Any] | None:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        context.note(f"not a feed: no valid JSON ({reason})")
        return None
    version = feed.get("version") if isinstance(feed, Mapping) else None
    if (
        not isinstance(version, str)
        or "jsonfeed.org/version/" not in version
        or not isinstance(feed.get("items"), list)
    ):
        context.note("not a feed: JSON, but no JSON Feed")
        return None
    return feed if isinstance(feed, Mapping) else None


def _entry(item: Mapping[str, Any], position: int, authors: list[str], spoken: str | None) -> Entry:
    guid = item.get("id")
    # Version 1.0 let the id be a number; a whole float and an int of one value are one id.
    guid = str(guid) if isinstance(guid, int | float) and not isinstance(guid, bool) else _string(item, "id")
    permalink = guid if guid and guid.startswith(("http://", "https://")) else None
    return Entry(
        position=position,
        link=_string(item, "url") or permalink or _string(item, "external_url"),
        guid=guid,
        headline=_string(item, "title"),
        summary=_string(item, "summary") or _string(item, "content_text") or _string(item, "content_html"),
        published=_string(item, "date_published"),
        modified=_string(item, "date_modified"),
        authors=_authors(item) or authors,
        tags=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        language=_string(item, "language") or spoken,
    )


def _string(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _list(values: Mapping[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _authors(values: Mapping[str, Any]) -> list[str]:
    # `author` is version 1.0's single form of `authors`.
    people = _list(values, "authors") or [values.get("author")]
    return [name for person in people if isinstance(person, Mapping) and (name := _string(person, "name"))]


def _hub(feed: Mapping[str, Any], context: Context) -> str | None:
    for hub in _list(feed, "hubs"):
        if isinstance(hub, Mapping) and (url := _string(hub, "url")):
            return urls.absolute(url, context.url)
    return None
