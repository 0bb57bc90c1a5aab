"""Where a publisher is: its country and its time zone, out of small clues, each with its reason.

Only what clues support is said.  A country that software writes by itself (`fa-IR` on any Persian page, `en-US` in
most feeds) is a weak clue: it counts where the feed's clock is the clock of that country.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aggregator.sources import terms

_DOMAINS = {"uk": "GB", "el": "GR", "su": "RU"}
_SOLD_DOMAINS = {
    *("ac", "ag", "ai", "am", "cc", "co", "cx", "fm", "gg", "gs", "io", "is", "la", "ly", "me", "ms", "nu", "pw", "sh"),
    *("st", "tk", "to", "tv", "vc", "ws"),
}
"""Domains of countries that are sold to anybody: no clue unless the language is one of that country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A moment as a feed prints it: its clock's distance from UTC then."""

    at: datetime
    offset: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value, and why it is that; or none, and why not."""

    value: str | None
    reason: str


def offset_shown(offset: timedelta) -> str:
    """An offset from UTC as it is printed: `+03:30`."""
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def country(
    *, homepage: str, address: str | None, tags: Sequence[tuple[str, str]], clocks: Sequence[Clock] = ()
) -> Found:
    """The country a site publishes from.

    `address` is what its page says of the publisher's address; `tags` are language tags with where each stood;
    `clocks` are the dates of its feeds.
    """
    stated = _named(address) if address else None
    if stated:
        return Found(value=stated, reason=f"address of the publisher in the page's JSON-LD: {address}")
    languages = [tag.partition("-")[0] for tag, _ in tags]
    by_domain = _of_domain(homepage, languages)
    if by_domain:
        return by_domain
    weak: list[Found] = []
    for tag, where in tags:
        code = tag.rpartition("-")[2]
        if len(code) != 2 or not code.isupper() or terms.country_problem(code):
            continue
        if _written_by_itself(tag.partition("-")[0], code):
            weak.append(Found(value=code, reason=f"{tag} in {where}"))
        else:
            return Found(value=code, reason=f"{tag} in {where}")
    for found in weak:
        if found.value and _fitting(zones(found.value), _telling(clocks)) and _telling(clocks):
            shown = offset_shown(_telling(clocks)[0].offset)
            return Found(value=found.value, reason=f"{found.reason}, and the feed's clock is at {shown} as there")
    return _of_clock(clocks) or Found(
        value=None, reason="not found: neither address nor domain nor language tell a country"
    )


def timezone(code: str | None, clocks: Sequence[Clock]) -> Found:
    """The zone of a country's clock, where there is one only or the dates of the feeds tell which."""
    if code is None:
        return Found(value=None, reason="not found: no country is known, and no clock tells it")
    listed = zones(code)
    telling = _telling(clocks)
    if not listed:
        return Found(value=None, reason=f"not found: no zone is listed for {code}")
    if not telling:
        if _alike(listed, [clock.at for clock in clocks]):
            return Found(value=listed[0], reason=f"the zone of {code}")
        return Found(value=None, reason=f"not found: {code} has several: {', '.join(listed[:6])}")
    fitting = _fitting(listed, telling)
    shown = ", ".join(dict.fromkeys(offset_shown(clock.offset) for clock in telling))
    if fitting:
        return Found(value=fitting[0], reason=f"the zone of {code} whose clock is at {shown}, as the feed's dates are")
    if _alike(listed, [clock.at for clock in clocks]):
        return Found(value=listed[0], reason=f"the zone of {code}; but the feed's dates are at {shown}: check")
    return Found(value=None, reason=f"not found: no zone of {code} is at {shown}, as the feed's dates are")


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code, []).append(zone)
    return {code: tuple(listed) for code, listed in found.items()}


def zones(code: str) -> tuple[str, ...]:
    """The zones of a country, by its code, the main one first where geography lets it."""
    return _zones().get(code, ())


def _telling(clocks: Iterable[Clock]) -> list[Clock]:
    # UTC is what software prints that does not know better: it tells nothing.
    return [clock for clock in clocks if clock.offset]


def _fitting(listed: Iterable[str], clocks: Sequence[Clock]) -> list[str]:
    return [
        zone
        for zone in listed
        if all(clock.at.astimezone(ZoneInfo(zone)).utcoffset() == clock.offset for clock in clocks)
    ]


def _alike(listed: Sequence[str], moments: Sequence[datetime]) -> bool:
    """Whether all zones show the same clock at those moments, and in winter and summer."""
    year = moments[0].year if moments else 2026
    at = [datetime(year, month, 15, tzinfo=ZoneInfo("UTC")) for month in (1, 7)]
    return len({tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in at) for zone in listed}) == 1


def _named(address: str) -> str | None:
    if len(address) == 2 and not terms.country_problem(address.upper()):
        return address.upper()
    return terms.country_code(address)


def _of_domain(homepage: str, languages: Sequence[str]) -> Found | None:
    label = (urlsplit(homepage).hostname or "").rpartition(".")[2]
    code = _DOMAINS.get(label, label.upper())
    if len(code) != 2 or not code.isalpha() or terms.country_problem(code):
        return None
    if label in _SOLD_DOMAINS and not any(language in _official(code) for language in languages):
        return None
    return Found(value=code, reason=f"its domain ends in .{label}")


@cache
def _official(code: str) -> frozenset[str]:
    from babel.core import get_global

    spoken = get_global("territory_languages").get(code, {})
    return frozenset(
        str(tag).partition("_")[0] for tag, about in spoken.items() if about["official_status"] not in (None, "")
    )


def _written_by_itself(language: str, code: str) -> bool:
    """Whether that is the country which software puts behind the language when nobody has said one."""
    from babel.core import get_global

    return str(get_global("likely_subtags").get(language, "")).endswith(f"_{code}")


def _of_clock(clocks: Sequence[Clock]) -> Found | None:
    telling = _telling(clocks)
    if not telling:
        return None
    codes = [code for code, listed in _zones().items() if _fitting(listed, telling)]
    if len(codes) != 1:
        return None
    return Found(value=codes[0], reason=f"only there the clock is at {offset_shown(telling[0].offset)}")
