"""robots.txt after RFC 9309: what its rules say of a URL, and how long an answer holds.

Pure: the file is fetched by `spiders/robots.py` and kept by the store.

Not Protego, which Scrapy uses: it takes the group `agg` for that of `aggregator` and misses `aggregator/1.0`, does not
see a first line behind a byte order mark, breaks lines where the standard does not (U+2028, form feed), and cannot say
which rule it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from math import isfinite
from typing import NamedTuple
from urllib.parse import urlsplit

from aggregator.records import RobotsFile
from aggregator.sources.hints import DAY, freshness_seconds, retry_after_seconds

MAX_BYTES = 500 * 1024
"""How much of a file is read (section 2.5 asks for 500 KiB at least)."""

MAX_REDIRECTS = 5
"""More than these, and the file counts as unavailable (section 2.3.1.2)."""

FRESH = DAY
"""Seconds for which a copy is used without asking again (section 2.4); a server may ask for less."""

FRESH_AT_LEAST = 3_600.0
"""Seconds for which it is used in any case: robots.txt is not asked for before each page."""

STALE = DAY
"""Seconds for which a copy is used on while no new one can be had (section 2.4)."""

GIVEN_UP = 30 * DAY
"""Seconds without any answer after which the file counts as unavailable: all is allowed (section 2.3.1.4)."""


# ---------------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the rules say of one URL."""

    allowed: bool
    reason: str
    """the rule that decided, as it was printed, and its group"""


@dataclass(frozen=True)
class Rule:
    """One line `Allow: PATTERN` or `Disallow: PATTERN`."""

    allow: bool
    printed: str
    """the pattern as it stands in the file"""

    @cached_property
    def pattern(self) -> str:
        """The pattern as it is compared: percent-encoded one way, the final `$` aside."""
        return _comparable(self.printed.removesuffix("$") if self.anchored else self.printed)

    @property
    def anchored(self) -> bool:
        """Whether the pattern must reach the URL's end."""
        return self.printed.endswith("$")

    def matches(self, path: str) -> bool:
        """Whether it speaks of `path`, as `_comparable` gives it.  Linear: each `*` takes as little as it can."""
        first, *parts = self.pattern.split("*")
        if not path.startswith(first):
            return False
        if not parts:
            return not self.anchored or path == first
        place = len(first)
        *middle, last = parts
        for part in middle:
            place = path.find(part, place)
            if place < 0:
                return False
            place += len(part)
        if self.anchored:
            return len(path) - len(last) >= place and path.endswith(last)
        return path.find(last, place) >= 0


@dataclass(frozen=True)
class Rules:
    """The rules that hold for one product token."""

    group: str = ""
    """the token of the group that was taken: ours, `*`, or empty where there is neither"""
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    crawl_delay: float | None = None
    """seconds between two requests that the group asks for"""

    def of(self, url: str) -> Ruling:
        """What they say of `url`: the longest pattern decides, `Allow` at a tie (section 2.2.2)."""
        path = _path(url)
        if path == "/robots.txt":
            return Ruling(allowed=True, reason="robots.txt itself may always be asked for")
        matching = [rule for rule in self.rules if rule.matches(path)]
        if not matching:
            return Ruling(allowed=True, reason="no rule speaks of it")
        best = max(matching, key=lambda rule: (len(rule.pattern) + rule.anchored, rule.allow))
        said = f"{'Allow' if best.allow else 'Disallow'}: {best.printed[:200]} (group {self.group})"
        return Ruling(allowed=best.allow, reason=said)


class _Line(NamedTuple):
    name: str
    value: str


_BREAK = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[a-zA-Z_-]+")
# Misspellings that are common enough for Google's parser to read them.
_NAMES = {
    "useragent": "user-agent",
    "user agent": "user-agent",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "crawl delay": "crawl-delay",
}


def parse(text: str, token: str) -> Rules:
    """The rules of `text` that hold for the product `token`: those of all its groups, else those of all groups `*`.

    Section 2.2.1.  A group without a rule is a group: who is named in one may read everything.
    """
    token = token.lower()
    rules: dict[str, list[Rule]] = {}
    delays: dict[str, float] = {}
    named: list[str] = []
    open_ = False  # whether the next user-agent line belongs to the same group
    for line in _lines(text):
        if line.name == "user-agent":
            named = [*(named if open_ else []), _agent(line.value)]
            open_ = True
            rules.setdefault(named[-1], [])
            continue
        if line.name in ("allow", "disallow"):
            if line.value:
                for agent in named:
                    rules[agent].append(Rule(line.name == "allow", line.value))
        elif line.name == "crawl-delay":
            delay = _number(line.value)
            for agent in named if delay is not None else ():
                delays[agent] = max(delay or 0.0, delays.get(agent, 0.0))
        else:
            continue  # sitemaps and what nobody knows: no part of a group, and no end of one
        open_ = False
    group = token if token in rules else "*" if "*" in rules else ""
    return Rules(group, tuple(dict.fromkeys(rules.get(group, ()))), delays.get(group))


def _lines(text: str) -> Iterator[_Line]:
    for line in _BREAK.split(text.removeprefix("\ufeff")):
        name, colon, value = line.partition("#")[0].partition(":")
        name = " ".join(name.split()).lower()
        if colon:
            yield _Line(_NAMES.get(name, name), value.strip(" \t\x00\x0b\x0c"))


def _agent(value: str) -> str:
    if value.startswith("*"):
        return "*"
    found = _TOKEN.match(value)
    return found[0].lower() if found else value.lower()


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


# Section 2.2.2: what is unreserved is compared plain, everything else as upper-case %XX.  In a query `/`, `:`, `?` and
# `@` mean themselves either way.
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|([^\x21-\x7e])|%")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN_IN_QUERY = _UNRESERVED | frozenset(b"/:?@")


def _comparable(path: str) -> str:
    octets = path.encode("utf-8", "surrogateescape")
    head, mark, query = octets.partition(b"?")
    # What is left of `$` is no anchor: it stands for itself.
    return (_normal(head, _UNRESERVED) + mark + _normal(query, _PLAIN_IN_QUERY)).decode("ascii").replace("$", "%24")


def _normal(octets: bytes, plain: frozenset[int]) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        if match[1]:
            octet = int(match[1], 16)
            return bytes([octet]) if octet in plain else b"%%%02X" % octet
        return b"%%%02X" % match[2][0] if match[2] else b"%25"

    return _ESCAPE.sub(one, octets)


def _path(url: str) -> str:
    """Path and query of a URL as they are compared; never empty."""
    parts = urlsplit(url)
    mark = "?" if "?" in url.partition("#")[0] else ""
    return _comparable(f"{parts.path or '/'}{mark}{parts.query}").replace("*", "%2A")


def text_of(body: bytes) -> str:
    """The text of a file's body: UTF-8 (other bytes survive), the first 500 KiB, no line that was cut in two."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body[:MAX_BYTES].decode("utf-16", "replace")
    if len(body) > MAX_BYTES:
        # Half a pattern speaks of more than the whole one.
        kept = body[:MAX_BYTES]
        body = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r"), 0)]
    return body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


# ---------------------------------------------------------------- how long it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """What became of a request for robots.txt."""

    status: int | None = None
    """HTTP status, after redirects; None: there was no answer"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """response headers, names in lower case"""
    body: bytes = b""
    error: str | None = None
    """what went wrong, in words, where there was no answer"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsOptions:
    """How soon a file that cannot be had is asked for again."""

    retry_delay: float = 900.0
    """Seconds after the first failure; twice as many after each further one."""
    max_delay: float = DAY
    """Seconds that no delay goes above."""


def authority_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks of (section 2.3), without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def after_answer(
    authority: str, known: RobotsFile | None, answer: RobotsAnswer, options: RobotsOptions, now: datetime
) -> RobotsFile:
    """What is known of an authority's file after `answer` (section 2.3.1).

    2xx: it is read.  4xx and endless redirects: there is none, so all is allowed.  429, 5xx and silence: nothing is
    known, and it is asked for again later; the copy there was is kept.
    """
    status = answer.status
    if status is not None and status < 500 and status != 429:
        found = 200 <= status < 300
        fresh = freshness_seconds(answer.headers, now) if found else None
        holds = min(max(fresh[0], FRESH_AT_LEAST), FRESH) if fresh else FRESH
        return RobotsFile(
            authority=authority,
            asked=now,
            expires=now + timedelta(seconds=holds),
            status=status,
            text=text_of(answer.body) if found else "",
            read=now,
        )
    before = known or RobotsFile(authority=authority, asked=now, expires=now)
    failures = before.failures + 1
    wait = max(options.retry_delay, 0.0) * 2.0 ** min(failures - 1, 20)
    asked_for = retry_after_seconds(answer.headers.get("retry-after"), now) or 0.0
    wait = min(max(wait, asked_for), max(options.max_delay, asked_for), DAY)
    return replace(
        before,
        asked=now,
        expires=now + timedelta(seconds=wait),
        status=status,
        problem=answer.error or (f"HTTP {status}" if status else "no answer"),
        failures=failures,
        failing_since=before.failing_since or now,
    )


def usable(known: RobotsFile | None, now: datetime) -> bool:
    """Whether what is known of a file holds, so that it need not be asked for now."""
    # A file from the future: the clock was set back, and it would hold for as long.
    return known is not None and known.asked <= now + timedelta(minutes=1) and now < known.expires


def in_force(known: RobotsFile, now: datetime) -> str | None:
    """The text that is to be obeyed; None where none can be had, so that nothing may be asked."""
    if known.failing_since is None:
        return known.text
    if known.read is not None and now - known.read <= timedelta(seconds=FRESH + STALE):
        return known.text
    if now - known.failing_since >= timedelta(seconds=GIVEN_UP):
        return ""
    return None
