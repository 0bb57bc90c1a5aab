"""The words a catalogue may use: countries, languages, time zones, kinds; and what a misspelt one may have meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

from aggregator import text, urls
from aggregator.records import FeedFormat, SourceKind

KINDS: tuple[str, ...] = get_args(SourceKind)
FORMATS: tuple[str, ...] = get_args(FeedFormat)

NO_SLUG = "source"
"""Id made of a name that has nothing to make one of."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Z][a-z]{3})?(-(?:[A-Z]{2}|\d{3}))?(-[a-z0-9]{5,8})*")
# In the standard, but without a name in the table used here.
_LANGUAGES_WITHOUT_NAME = {
    "prs": "Dari",
    "kmr": "Northern Kurdish",
    "azb": "South Azerbaijani",
    "pes": "Iranian Persian",
}
# Two letters that the table has and ISO 3166 has not: groupings, placeholders and reservations (Kosovo's stays).
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
_ALSO_CALLED = {"UK": "GB", "England": "GB", "EL": "GR", "USA": "US", "UAE": "AE", "KSA": "SA", "Turkey": "TR"}
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ə": "e"})


def suggestion(word: str, known: Iterable[str] | Mapping[str, str]) -> str:
    """`; did you mean 'x'?` for the known word next to `word`, or an empty string.

    A mapping has what may be written in its keys and what is meant by it in its values.
    """
    meant = (
        {k.casefold(): v for k, v in known.items()} if isinstance(known, Mapping) else {k.casefold(): k for k in known}
    )
    near = difflib.get_close_matches(word.casefold().strip(), list(meant), n=1, cutoff=0.6)
    return f"; did you mean {meant[near[0]]!r}?" if near else ""


@cache
def _countries() -> dict[str, str]:
    from babel import Locale

    names = Locale("en").territories
    return {code: name for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES}


@cache
def _languages() -> dict[str, str]:
    from babel import Locale

    names = Locale("en").languages
    return {code: name for code, name in names.items() if code.isalpha()} | _LANGUAGES_WITHOUT_NAME


def country_problem(code: str) -> str | None:
    """What is wrong with an ISO 3166-1 alpha-2 code; None where it is right."""
    known = _countries()
    if code in known:
        return None
    meant = {name: short for short, name in known.items()} | {short: short for short in known}
    meant |= _ALSO_CALLED
    return f"{code!r} is no ISO 3166 country code of two capital letters{suggestion(code, meant)}"


def country_code(name: str) -> str | None:
    """ISO 3166 code of a country by its English name or alpha-3 code; None where that is no country's."""
    from babel.core import get_global

    wanted = text.fold(name)
    by_name = {text.fold(known): code for code, known in _countries().items()}
    by_name |= {text.fold(known): code for known, code in _ALSO_CALLED.items()}
    alpha3 = str(get_global("territory_aliases").get(name.strip().upper(), [""])[0])
    return by_name.get(wanted) or (alpha3 if alpha3 in _countries() else None)


def language_problem(tag: str) -> str | None:
    """What is wrong with a BCP 47 tag; None where it is right."""
    known = _languages()
    found = _LANGUAGE.fullmatch(tag)
    if found and found[1] in known:
        return None
    meant = {name: short for short, name in known.items()} | {short: short for short in known}
    meant |= {"Farsi": "fa", "Kurmanji": "ku", "Sorani": "ckb", "per": "fa", "ara": "ar", "eng": "en", "tur": "tr"}
    return f"{tag!r} is no BCP 47 language tag{suggestion(tag.partition('-')[0].partition('_')[0], meant)}"


def timezone_problem(name: str) -> str | None:
    """What is wrong with an IANA zone name; None where there is such a zone."""
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        zones = available_timezones()
        # The city alone is what people remember.
        meant = {zone.rpartition("/")[2]: zone for zone in sorted(zones)} | {zone: zone for zone in zones}
        return f"{name!r} is no IANA time zone{suggestion(name, meant)}"
    return None


def slug(name: str, url: str | None = None) -> str:
    """An id made of a name: lower-case letters, digits, dashes; of the URL's host where it has no Latin ones."""
    folded = unicodedata.normalize("NFKD", text.fold(name).translate(_LETTERS))
    made = re.sub(r"[^a-z0-9]+", "-", folded.replace("'", "")).strip("-")
    if not made and url:
        made = re.sub(r"[^a-z0-9]+", "-", urls.host(url).removeprefix("www.")).strip("-")
    return made[:60].strip("-") or NO_SLUG


def distinct(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with -2, -3 ... where it is taken."""
    used = set(taken)
    number = 1
    made = wanted
    while made in used:
        number += 1
        made = f"{wanted}-{number}"
    return made
