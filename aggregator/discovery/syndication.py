"""RSS, Atom and RDF through feedparser, which is given clean XML as bytes and never an address."""

from __future__ import annotations

import io
import math
import re
from typing import Any, Literal

from aggregator import urls
from aggregator.discovery import repair
from aggregator.discovery.markup import plain
from aggregator.discovery.reading import Context, Entry, Reading, language, sighting, without_shared_guids

MAX_PARSES = 300
"""How often the pieces of one feed are tried: once, and again for each entry that is broken or breaks the parser."""
MAX_BROKEN = 200_000
"""Characters of one entry that is not well-formed."""
MAX_FORGIVEN = 1_000_000
"""Characters of all of them together."""

# feedparser takes words that would be UTF-8 if each letter were a byte for text that was encoded twice, and undoes it.
# Of a text that was, some letters are C1 controls; where there are none, `LIBERTÉ\xa0:` is French and must stay.
# A byte order mark keeps the letters apart: no other text has one, and it is dropped with the control characters.
_TWICE = re.compile("[\xc2-\xf4][\x80-\x9f]")
_MISTAKABLE = re.compile("(?<=[\xc2-\xf4])(?=[\xa0-\xbf])")

_PERIODS = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
_DAYS = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}
_SKIPPED = re.compile(r"<skip(hour|day)s(?=[\s>])", re.I)
_SKIPPED_UNIT = re.compile(r"<(hour|day)\b[^<>]{0,100}>\s{0,50}(\w{1,20})\s{0,50}</", re.I)
MAX_SKIPPED = 3_000
"""Characters of a skipHours or skipDays that are read."""
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def read(text: str, root: str, start: int, context: Context) -> Reading:
    """The feed in `text`, whose root element is `root` at `start`."""
    document = repair.document(
        text, name=root, start=start, max_items=context.options.max_entries, max_depth=context.options.max_depth
    )
    for problem in document.problems:
        context.note(problem)
    if not document.head:
        return Reading(problems=context.noted())
    channel, entries = _Parser(document, context).parsed()
    via = _format(root, channel.get("version") or "")
    if via is None:
        context.note(f"not a feed: an element {root!r} without a feed's content")
        return Reading(problems=context.noted())
    head = channel.get("feed") or {}
    spoken = language(_string(head, "language"))
    found = (sighting(_entry(entry, position, via, spoken), context, via) for position, entry in entries)
    sightings = without_shared_guids([seen for seen in found if seen], context)
    return Reading(
        format=via,
        title=plain(_string(head, "title")),
        language=spoken,
        sightings=sightings,
        ttl=_ttl(head),
        skip_hours=_skipped(document, "hour", {str(hour): hour % 24 for hour in range(25)}),
        skip_days=_skipped(document, "day", _DAYS),
        hub=_hub(head, context),
        problems=context.noted(),
    )


_BRACKETED = re.compile(r"^(?:\S*\s*\(([^()]+)|\(([^()]+)\))$")


class _Parser:
    """feedparser over a document: the sound entries at once, each broken one alone, so that none harms another.

    Where it raises all the same, over halves, until the entry is found that makes it raise.
    """

    def __init__(self, document: repair.Document, context: Context) -> None:
        self.document, self.context = document, context
        self.parses = 0
        self.forgiven = 0

    def parsed(self) -> tuple[Any, list[tuple[int, Any]]]:
        """What feedparser made of the feed itself, and of its entries, with the place of each."""
        places = range(len(self.document.items))
        sound = [place for place in places if place not in self.document.broken]
        channel, entries = self._sound(sound)
        for place in sorted(self.document.broken):
            if self._may_forgive(place):
                result = self._parse([place])
                entries += [(place, entry) for entry in (result or {}).get("entries") or ()]
        return channel, sorted(entries, key=lambda found: found[0])

    def _sound(self, places: list[int]) -> tuple[Any, list[tuple[int, Any]]]:
        result = self._parse(places)
        if result is None:
            return self._parse([]) or {}, self._salvaged(places)
        if result.get("bozo"):
            self.context.note(f"not well-formed: {result.get('bozo_exception')}")
        return result, _placed(places, result)

    def _may_forgive(self, place: int) -> bool:
        # The parser that forgives is slow, and slower than linear: it is given little.
        self.forgiven += len(self.document.items[place])
        if self.parses < MAX_PARSES and self.forgiven < MAX_FORGIVEN and len(self.document.items[place]) < MAX_BROKEN:
            return True
        self.context.note(f"entry {place + 1} is left out: not well-formed, and too much of the feed is like that")
        return False

    def _parse(self, places: list[int]) -> Any | None:
        import feedparser

        self.parses += 1
        xml = self.document.whole(places)
        if not _TWICE.search(xml):
            xml = _MISTAKABLE.sub("\ufeff", xml)
        try:
            return feedparser.parse(
                # A stream: bytes alone would be taken for the name of a file.
                io.BytesIO(xml.encode("utf-8", "replace")),
                response_headers={
                    "content-type": "application/xml; charset=utf-8",
                    "content-location": self.context.url,
                },
                # Tags are taken off here, and only links are kept: both would cost time for nothing.
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except Exception as error:  # noqa: BLE001  it raises what it likes on hostile input
            if len(places) <= 1:
                place = f"entry {places[0] + 1}" if places else "the feed's head"
                self.context.note(f"{place} breaks the parser ({type(error).__name__}): {error}")
            return None

    def _salvaged(self, places: list[int]) -> list[tuple[int, Any]]:
        if self.parses >= MAX_PARSES:
            self.context.note(f"{len(places)} entries are left out: too many of them break the parser")
            return []
        if len(places) < 2:
            # Alone, it has broken the parser already: the last half that was tried was this one.
            return []
        found = []
        for half in (places[: len(places) // 2], places[len(places) // 2 :]):
            result = self._parse(half)
            found += self._salvaged(half) if result is None else _placed(half, result)
        return found


def _placed(places: list[int], result: Any) -> list[tuple[int, Any]]:
    entries = list(result.get("entries") or ())
    # Where something that is no item became an entry too, its place is as good as its number.
    return list(zip(places, entries, strict=True)) if len(entries) == len(places) else list(enumerate(entries))


_Format = Literal["rss", "atom", "rdf"]


def _format(root: str, version: str) -> _Format | None:
    if root == "rdf" or version in ("rss10", "rss090"):
        return "rdf" if version.startswith("rss") else None
    if root == "rss":
        return "rss"
    return "atom" if version.startswith("atom") else None


def _string(values: Any, key: str) -> str | None:
    # Past feedparser's own lookup, which answers `updated` with `published` and warns.
    value = dict.get(values, key)
    return value if isinstance(value, str) and value.strip() else None


def _dicts(values: Any, key: str) -> list[Any]:
    # An element that happens to be called `links` or `tags` puts its text where a list should be.
    found = dict.get(values, key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _entry(entry: Any, position: int, via: str, spoken: str | None) -> Entry:
    published, updated = _string(entry, "published") or _string(entry, "created"), _string(entry, "updated")
    if published is None:
        # RSS and RDF print dc:date, which feedparser calls `updated`; Atom demands only `updated`.
        published, updated = updated, updated if via == "atom" else None
    detail = dict.get(entry, "title_detail")
    return Entry(
        position=position,
        link=_string(entry, "feedburner_origlink") or _string(entry, "link") or _other_link(entry),
        guid=_string(entry, "id"),
        headline=_string(entry, "title"),
        summary=_string(entry, "summary") or _content(entry),
        published=published,
        modified=updated,
        authors=_authors(entry),
        tags=[tag for item in _dicts(entry, "tags") if (tag := _string(item, "label") or _string(item, "term"))],
        language=_string(entry, "language") or (isinstance(detail, dict) and _string(detail, "language")) or spoken,
    )


def _other_link(entry: Any) -> str | None:
    """A link of an Atom entry that has none to a page: its id, where that is an address."""
    for link in _dicts(entry, "links"):
        if link.get("rel") in (None, "alternate") and (href := _string(link, "href")):
            return href
    guid = _string(entry, "id")
    return guid if guid and entry.get("guidislink") and guid.startswith(("http://", "https://")) else None


def _content(entry: Any) -> str | None:
    return next((value for item in _dicts(entry, "content") if (value := _string(item, "value"))), None)


def _authors(entry: Any) -> list[str]:
    names = [_string(item, "name") or "" for item in _dicts(entry, "authors")]
    # RSS prints `desk@example.org (Desk)`: the name is kept, the address is nobody's business.  The parser takes long
    # domain endings apart and leaves `ple (Desk`: what is in a bracket that is open, or the whole, is the name.
    return [_BRACKETED.sub(lambda m: m[1] or m[2], _ADDRESS.sub("", name).strip()) for name in names]


def _ttl(head: Any) -> float | None:
    asked = []
    minutes = _number(_string(head, "ttl"))
    if minutes:
        asked.append(minutes * 60)
    period = _PERIODS.get((_string(head, "sy_updateperiod") or "").strip().lower())
    if period:
        asked.append(period / (_number(_string(head, "sy_updatefrequency")) or 1.0))
    return max(asked, default=None)


def _skipped(document: repair.Document, unit: str, names: dict[str, int]) -> tuple[int, ...]:
    """Hours or days of the channel's skipHours or skipDays, of which feedparser keeps only the last."""
    for part in (document.head, document.tail):
        start = next((found.end() for found in _SKIPPED.finditer(part) if found[1].lower() == unit), None)
        if start is not None:
            inner = part[start : start + MAX_SKIPPED].lower().partition(f"</skip{unit}s")[0]
            words = (word.lstrip("0") or "0" for kind, word in _SKIPPED_UNIT.findall(inner) if kind == unit)
            return tuple(sorted({names[word] for word in words if word in names}))
    return ()


def _number(printed: str | None) -> float | None:
    try:
        number = float(printed) if printed and len(printed) < 40 else 0.0
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _hub(head: Any, context: Context) -> str | None:
    for link in _dicts(head, "links"):
        if link.get("rel") == "hub" and (href := _string(link, "href")):
            return urls.absolute(href, context.url)
    return None
