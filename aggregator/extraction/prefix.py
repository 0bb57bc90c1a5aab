"""What stands before the text proper: the agency (`Iran Press/Middle East:`) and the places (`BAGHDAD (Reuters) -`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from aggregator.extraction.outlets import Outlets
from aggregator.records import Source
from aggregator.text import fold

_SLASH = re.compile(r"^\W{0,3}([^\W\d_][^/:،,.;()\n]{1,38})\s?[/／]\s?([^/:،.;()\n]{2,45}?)\s?[:：]\s*(?=\S)")
_SLASH_PLACE = re.compile(r"^\W{0,3}([^\W\d_][^/:،,.;()\n]{1,30})\s?[/／]\s?([^/:،.;()\n]{2,30}?)\s?(?:[:：–—-]|$)\s*")
_SLASH_ALONE = re.compile(r"^\W{0,3}([^\W\d_][^/:،,.;()\n]{1,30}?)\s?[/／]\s*(?=\S)")
_BRACKETS = re.compile(r"^([^()\[\].!?؟\n]{0,60}?)\s?[(\[]([^()\[\]\n]{2,40})[)\]]\s?(?:[-–—:ـ|]{1,2})\s*(?=\S)")
_BARE_BRACKETS = re.compile(r"^\W{0,2}[(\[]([^()\[\]\n]{2,40})[)\]]\s*(?=\S)")
_DASH = re.compile(r"^\W{0,2}([^\W\d_][^:/()\n.!?؟،,]{1,40}?)\s?(?:\s[-–—]{1,2}|[:：|])\s+(?=\S)")
_NAME = r"[^\W\d_][^\d()\[\]:;!?؟\n\"“”«»|]{1,58}?"
_DATE = r"(?:[^\W\d_]{3,12}\.?\s\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,12})\.?(?:,?\s\d{4})?"
_DATELINE = re.compile(
    rf"^\W{{0,3}}(?P<place>{_NAME})(?P<date>[,.،]\s{_DATE})?[,.]?\s?"
    r"(?:(?P<agency>\s?[(\[][^()\[\]\n]{2,40}[)\]]\s?(?=[-–—:ـ|])|\s?/[^()/\n]{2,30}/)\s?[-–—:ـ|.]{0,2}"
    r"|(?:\s[-–—]{1,2}|[-–—ـ])(?=\s))\s*(?=\S)"
)
"""`WASHINGTON/LONDON, May 3 (AP) —`, `ANKARA -`, `МОСКВА, 5 мая. /ТАСС/.`"""
_DOTTED = re.compile(
    rf"^\W{{0,3}}(?P<place>[^\W\d_][^\d.,()\n]{{1,30}})(?:,\s[^\W\d_][^\d.,()\n]{{2,25}})?[.,]\s{_DATE}[.,]?\s(?P<agency>[^\s.,]{{2,20}})"
)
"""`Москва. 5 мая. INTERFAX.RU -`: the agency stands bare behind a date."""
_NO_PLACE = frozenset(
    fold(word) for word in (
        "update", "breaking", "exclusive", "live", "watch", "video", "analysis", "opinion", "explainer", "factbox",
        "urgent", "correction", "photo", "photos", "news", "note", "editorial", "interview", "report", "son dakika",
        "usa", "covid", "nato", "opec", "unesco", "unicef", "asean", "brics", "fifa", "uefa", "nasa", "isis", "isil",
        "hamas", "idf", "irgc", "iaea", "imf", "who", "un", "eu", "eilmeldung",
        "срочно", "عواصم", "وكالات", "متابعة", "خاص", "عاجل", "فوری", "اختصاصی", "دولي", "محلي",
    )
)  # fmt: skip
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_MAX_PLACES = 4
_STATE = 3
"""Letters of the longest initials of a state."""
_SMALL = frozenset({"of", "the", "and", "in", "for", "al", "de", "du", "la", "&", "on"})


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the text proper."""

    agency: str
    section: str | None
    rest: str
    """the paragraph without it"""
    confidence: float


def read(paragraph: str, source: Source, outlets: Outlets) -> Prefix | None:
    """The agency prefix of a paragraph, or None."""
    if not any(mark in paragraph[:110] for mark in "/／([:：|-–—ـ"):
        return None
    known = _known(source, outlets)
    return _slash(paragraph, known) or _bracket(paragraph, known) or _plain(paragraph, known)


@lru_cache(maxsize=256)
def _known(source: Source, outlets: Outlets) -> dict[str, str]:
    names = outlets.folded()
    # Its own name stays as the page prints it; other agencies get the name that all their spellings share.
    own = {fold(name): name for name in (source.name, *source.aliases)}
    return {**names, **own}


def _slash(paragraph: str, known: dict[str, str]) -> Prefix | None:
    if match := _SLASH.match(paragraph):
        first, second = match[1].strip(), match[2].strip()
        rest = paragraph[match.end() :]
        if fold(first) in known:
            return Prefix(known[fold(first)], second, rest, 0.98)
        if fold(second) in known:
            return Prefix(known[fold(second)], None, rest, 0.9)
        if _titled(first) and _titled(second) and len(rest) > 20:
            return Prefix(first, second, rest, 0.7)
    if (match := _SLASH_PLACE.match(paragraph)) and fold(match[2]) in known and len(match[1].split()) <= 3:
        return Prefix(known[fold(match[2])], None, paragraph[match.end() :], 0.9)
    if (match := _SLASH_ALONE.match(paragraph)) and fold(match[1]) in known:
        return Prefix(known[fold(match[1])], None, paragraph[match.end() :], 0.9)
    return None


def _bracket(paragraph: str, known: dict[str, str]) -> Prefix | None:
    match = _BRACKETS.match(paragraph)
    if match is not None:
        agency = match[2].strip()
        if fold(agency) in known:
            return Prefix(known[fold(agency)], None, paragraph[match.end() :], 0.95)
    match = _BARE_BRACKETS.match(paragraph)
    if match is not None and fold(match[1]) in known:
        return Prefix(known[fold(match[1])], None, paragraph[match.end() :], 0.8)
    return None


def _plain(paragraph: str, known: dict[str, str]) -> Prefix | None:
    match = _DASH.match(paragraph)
    if match is not None:
        # "Baghdad - INA -" and "INA - Baghdad": the place goes with the agency only where a second dash follows.
        agency = match[1].strip()
        if fold(agency) in known:
            return Prefix(known[fold(agency)], None, paragraph[match.end() :], 0.85)
        second = _DASH.match(paragraph[match.end() :])
        if second is not None and fold(second[1]) in known and len(agency.split()) <= 3:
            return Prefix(known[fold(second[1])], None, paragraph[match.end() + second.end() :], 0.8)
    return None


def places(paragraph: str, source: Source, outlets: Outlets) -> tuple[str, ...]:
    """The places of a dateline at the beginning of a paragraph, as printed but not in capitals."""
    if not any(mark in paragraph[:110] for mark in "([/-–—ـ"):
        return ()
    known = _known(source, outlets)
    slash = _SLASH.match(paragraph) or _SLASH_PLACE.match(paragraph)
    if slash is not None and fold(slash[2]) in known:
        return _places_of(slash[1], known, shouted=False)
    dotted = _DOTTED.match(paragraph)
    if dotted is not None and (fold(dotted["agency"].strip("/-:")) in known or dotted["agency"].isupper()):
        return _places_of(dotted["place"], known, shouted=False)
    match = _DATELINE.match(paragraph)
    if match is None:
        return ()
    place = match["place"]
    agency = (match["agency"] or "").strip(" ()[]/")
    if agency:
        signed = fold(agency) in known or any(fold(part) in known for part in agency.split("/")) or agency.isupper()
        return _places_of(place, known, shouted=not signed)
    if fold(place) in known:
        return ()
    second = _DASH.match(paragraph[match.end() :])
    signed = second is not None and fold(second[1]) in known
    return _places_of(place, known, shouted=not (signed or match["date"]))


def _places_of(text: str, known: dict[str, str], *, shouted: bool) -> tuple[str, ...]:
    """The places in `text`; `shouted`: only capitals tell that they are some, so they must be."""
    found: dict[str, None] = {}
    for number, segment in enumerate(re.split(r"\s*[,،]\s*", text.strip(" .,،-–—"))):
        if number and not (segment.isupper() and len(segment.replace(".", "")) > _STATE):
            break  # behind a town in capitals stands its country, which is not, or the initials of its state
        for part in re.split(r"\s*[/／]\s*(?!(?:Main|Oder|Saale)\b)", segment):
            name = part.strip()
            if (shouted and not name.isupper()) or fold(name) in known or not _is_place(name):
                return ()
            found.setdefault(_in_title_case(name))
    return tuple(found) if len(found) <= _MAX_PLACES else ()


def _is_place(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 4 or not 2 < len(name) <= 40 or fold(words[0]) in _NO_PLACE:
        return False
    return (name.isupper() or words[0].lower() not in _SMALL) and _titled(name)


def _in_title_case(name: str) -> str:
    if not name.isupper():
        return name
    lowered = name.translate(_TURKISH) if any(letter in "İŞĞÜÇÖ" for letter in name) else name
    words: list[str] = []
    for number, word in enumerate(lowered.split()):
        parts = word.split("-")
        words.append("-".join(_capital(part, first=not number and not place) for place, part in enumerate(parts)))
    return " ".join(words)


def _capital(word: str, *, first: bool) -> str:
    low = word.lower()
    if not first and low in _SMALL | {"au", "sur", "der", "am", "upon"}:
        return low
    head, mark, tail = low.partition("'")
    start = "İ" if word[:1] == "i" else low[:1].upper()  # only Turkish lower case is there already
    if mark and len(head) == 1:
        return f"{head.upper()}'{tail[:1].upper()}{tail[1:]}"
    return start + low[1:]


def _titled(text: str) -> bool:
    """Whether it reads as a name: few words, capitals where the script has them."""
    words = text.split()
    if not words or len(words) > 4:
        return False
    return all(not word[0].islower() or word.lower() in _SMALL for word in words)
