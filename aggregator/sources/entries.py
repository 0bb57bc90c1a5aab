"""One entry of a catalogue file, checked key by key, as a Source."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn, cast

from aggregator import urls
from aggregator.errors import ConfigError
from aggregator.records import Feed, FeedFormat, Politeness, Rule, Selectors, Source, SourceKind
from aggregator.sources import terms

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = (
    "id", "name", "homepage", "country", "region", "languages", "timezone", "kind", "feeds", "feed", "sitemaps",
    "listings", "aliases", "selectors", "politeness", "rule", "verified", "checked",
    "enabled", "verify_tls",
)  # fmt: skip
_SELECTORS = (
    "body", "headline", "lead", "published", "authors", "remove", "related", "listing_entries", "listing_next",
)  # fmt: skip
_POLITENESS = ("delay", "min_interval")
_FEED = ("url", "format", "section")
_RULE = ("drop", "keep", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a file, and where it stands: every question to it that fails names file, entry and key."""

    values: Mapping[str, Any]
    file: str
    where: str

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise ConfigError for that key."""
        raise ConfigError(message, file=self.file, key=": ".join(part for part in (self.where, key) if part))

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that are not known."""
        for key in self.values:
            if key not in known:
                listed = ", ".join(known)
                self.fail(str(key), f"unknown key{terms.suggestion(str(key), known) or f'; known are {listed}'}")

    def string(self, key: str) -> str | None:
        """A string, or None where the key is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fail(key, f"expected a string, got {_shown(value)}")
        return value.strip()

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fail(key, f"expected a list of strings, got {_shown(value)}")
        return tuple(item.strip() for item in value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, got {_shown(value)}")
        return value

    def seconds(self, key: str) -> float | None:
        """A number of seconds, 0 or more; None where the key is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
            self.fail(key, f"expected a number of seconds, got {_shown(value)}")
        return float(value)

    def day(self, key: str) -> date | None:
        """A day; None where the key is missing."""
        value = self.values.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value))  # JSON has no days
        except ValueError:
            self.fail(key, f"expected a day such as 2026-03-16, got {_shown(value)}")

    def table(self, key: str) -> Table:
        """A table; empty where the key is missing."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fail(key, f"expected a table, got {_shown(value)}")
        return Table(values=value, file=self.file, where=f"{self.where}: {key}" if self.where else key)

    def url(self, key: str, value: str) -> str:
        """`value` as an absolute URL."""
        url = urls.absolute(value)
        if url is None:
            self.fail(key, f"expected an absolute http(s) URL, got {value!r}")
        return url

    def checked(self, key: str, problem: str | None) -> None:
        """Refuse the key's value where there is a problem."""
        if problem:
            self.fail(key, problem)


def source(values: object, *, file: str, number: int, region: str | None) -> Source:
    """The Source that the `number`-th entry (1 first) of `file` describes.  Raises ConfigError."""
    if not isinstance(values, Mapping):
        raise ConfigError(f"expected a table, got {_shown(values)}", file=file, key=f"source {number}")
    named = values.get("id")
    table = Table(
        values=values, file=file, where=f"source {named!r}" if isinstance(named, str) and named else f"source {number}"
    )
    table.only(_KEYS)
    source_id, name = table.string("id"), table.string("name")
    if source_id is None or not _ID.fullmatch(source_id):
        table.fail("id", f"expected lower-case letters, digits and dashes, got {_shown(source_id)}")
    if name is None:
        table.fail("name", "expected the outlet's name, got nothing")
    homepage = table.string("homepage")
    return Source(
        id=source_id,
        name=name,
        homepage=table.url("homepage", homepage) if homepage else None,
        country=country(table),
        region=table.string("region") or region,
        languages=languages(table, table.strings("languages")),
        timezone=timezone(table),
        kind=kind(table),
        feeds=_feeds(table),
        sitemaps=tuple(table.url("sitemaps", url) for url in table.strings("sitemaps")),
        listings=tuple(table.url("listings", url) for url in table.strings("listings")),
        aliases=table.strings("aliases"),
        selectors=_selectors(table.table("selectors")),
        politeness=_politeness(table.table("politeness")),
        rules=rules(table),
        verified=table.flag("verified", False),
        checked=table.day("checked"),
        enabled=table.flag("enabled", True),
        verify_tls=table.flag("verify_tls", True),
    )


def country(table: Table) -> str | None:
    """The table's `country`, checked."""
    code = table.string("country")
    if code:
        table.checked("country", terms.country_problem(code))
    return code


def languages(table: Table, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Its languages, checked."""
    for tag in tags:
        table.checked("languages", terms.language_problem(tag))
    return tags


def timezone(table: Table) -> str | None:
    """Its `timezone`, checked."""
    zone = table.string("timezone")
    if zone:
        table.checked("timezone", terms.timezone_problem(zone))
    return zone


def kind(table: Table) -> SourceKind:
    """Its `kind`, checked; portal where it says none."""
    word = table.string("kind") or "portal"
    if word not in terms.KINDS:
        table.fail(
            "kind", f"expected one of {', '.join(terms.KINDS)}, got {word!r}{terms.suggestion(word, terms.KINDS)}"
        )
    return cast("SourceKind", word)


def rules(table: Table) -> tuple[Rule, ...]:
    """Its `[[rule]]` tables, each with a condition under `drop` or `keep`.  Conditions are not compiled here."""
    listed = table.values.get("rule", [])
    if not isinstance(listed, list | tuple) or not all(isinstance(item, Mapping) for item in listed):
        table.fail("rule", f"expected [[rule]] tables, with two brackets, got {_shown(listed)}")
    return tuple(
        _rule(Table(values=item, file=table.file, where=f"{table.where}: rule {n}" if table.where else f"rule {n}"))
        for n, item in enumerate(listed, 1)
    )


def _rule(table: Table) -> Rule:
    table.only(_RULE)
    drop, keep = table.string("drop"), table.string("keep")
    if drop and keep:
        table.fail("keep", "a rule has drop or keep, not both: write two rules")
    if drop:
        return Rule(action="drop", when=drop, name=table.string("name") or "")
    if keep is None:
        table.fail("drop", "expected a condition under drop or keep, got nothing")
    return Rule(action="keep", when=keep, name=table.string("name") or "")


def _feeds(table: Table) -> tuple[Feed, ...]:
    found: list[Feed] = []
    for key in ("feeds", "feed"):
        listed = table.values.get(key, [])
        if not isinstance(listed, list | tuple):
            table.fail(key, f"expected a list of URLs or tables, got {_shown(listed)}")
        for number, item in enumerate(listed, 1):
            if isinstance(item, str):
                found.append(Feed(url=table.url(key, item)))
            elif isinstance(item, Mapping):
                found.append(_feed(Table(values=item, file=table.file, where=f"{table.where}: {key} {number}")))
            else:
                table.fail(key, f"expected a URL or a table with url, got {_shown(item)}")
    return tuple(found)


def _feed(table: Table) -> Feed:
    table.only(_FEED)
    url = table.string("url")
    if url is None:
        table.fail("url", "expected an absolute http(s) URL, got nothing")
    word = table.string("format") or "auto"
    if word not in terms.FORMATS:
        near = terms.suggestion(word, terms.FORMATS)
        table.fail("format", f"expected one of {', '.join(terms.FORMATS)}, got {word!r}{near}")
    return Feed(url=table.url("url", url), format=cast("FeedFormat", word), section=table.string("section"))


def _selectors(table: Table) -> Selectors:
    table.only(_SELECTORS)
    # One selector needs no list around it.
    values = {key: [value] if isinstance(value, str) else value for key, value in table.values.items()}
    table = Table(values=values, file=table.file, where=table.where)
    return Selectors(**{key: table.strings(key) for key in _SELECTORS})


def _politeness(table: Table) -> Politeness:
    table.only(_POLITENESS)
    return Politeness(delay=table.seconds("delay"), min_interval=table.seconds("min_interval"))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
