"""Templates: everything is escaped, and a few filters say times, languages and countries for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.text import words
from aggregator.urls import masked
from aggregator.web.desk import Desk

_ENGLISH = Locale("en")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "yi", "ps", "ckb", "sd", "ug", "dv", "azb", "lrc", "mzn", "pnb"})
SNIPPET = 34
"""Words of a text that are shown of a search's hit."""


def link(url: object) -> str:
    """An address that may stand in an `href`: http and https alone, else nothing."""
    text = str(url or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def time(moment: datetime | None) -> str:
    """A time in UTC, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, or in how long, in one unit."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    units = ((86_400 * 365, "y"), (86_400, "d"), (3_600, "h"), (60, "min"))
    size, unit = next(((size, unit) for size, unit in units if abs(seconds) >= size), (1, "s"))
    told = f"{abs(seconds) / size:.0f} {unit}"
    return f"{told} ago" if seconds >= 0 else f"in {told}"


def due(moment: datetime, now: datetime) -> str:
    """When something that was planned is to happen."""
    return "due now" if moment <= now else ago(moment, now)


@cache
def language(tag: str) -> str:
    """The English name of a language; its tag where it has none."""
    primary = tag.partition("-")[0].lower()
    return _ENGLISH.languages.get(primary, tag) or tag


@cache
def country(code: str) -> str:
    """The English name of a country; its code where it has none."""
    return _ENGLISH.territories.get(code.upper(), code) or code


def region(name: str) -> str:
    """A region's name for people."""
    return name.replace("-", " ").capitalize()


@cache
def direction(tag: str | None) -> str:
    """How a text of a language runs: `rtl`, `ltr`, or `auto` where the language is not known."""
    if not tag:
        return "auto"
    try:
        known = tag.partition("-")[0].lower() in _RIGHT_TO_LEFT
        return "rtl" if known or Locale.parse(tag, sep="-").text_direction == "rtl" else "ltr"
    except (UnknownLocaleError, ValueError, TypeError):
        return "auto"


def highlighted(text: str, wanted: frozenset[str]) -> Markup:
    """The text escaped, with `<mark>` around each word whose folded form is wanted."""
    shown = []
    for word in text.split():
        marked = wanted and any(part in wanted for part in words(word))
        shown.append(Markup("<mark>{}</mark>").format(word) if marked else escape(word))
    return Markup(" ").join(shown)


def snippet(text: str, wanted: frozenset[str]) -> Markup:
    """The stretch of a text with most of the words that are wanted, highlighted."""
    parts = text.split()[:4_000]
    hits = [number for number, word in enumerate(parts) if any(part in wanted for part in words(word))]
    best = max(hits, key=lambda start: sum(start <= hit < start + SNIPPET for hit in hits), default=0)
    begin = max(0, best - 6)
    shown = highlighted(" ".join(parts[begin : begin + SNIPPET]), wanted)
    return Markup("{}{}{}").format("… " if begin else "", shown, " …" if begin + SNIPPET < len(parts) else "")


def with_query(path: str, values: Mapping[str, object], **changes: object) -> str:
    """A path with those of the values that say something, changed as given."""
    kept = {name: value for name, value in {**values, **changes}.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(kept)}" if kept else path


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("aggregator.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "link": link,
        "time": time,
        "ago": ago,
        "due": due,
        "language": language,
        "country": country,
        "region": region,
        "dir": direction,
        "masked": masked,
    }
    made.globals |= {"with_query": with_query}
    return made


_TEMPLATES = _environment()


def page(desk: Desk, request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page of a template; every one knows the time, the address that was asked for, and whether things may be
    changed from it."""
    text = _TEMPLATES.get_template(template).render(
        now=desk.clock(),
        path=request.url.path,
        may_change=bool(request.scope.get("state", {}).get("may_change")),
        partial=request.headers.get("hx-request") == "true",
        problem=desk.catalogue_problem,
        images=desk.options.images,
        **values,
    )
    return HTMLResponse(text, status)
