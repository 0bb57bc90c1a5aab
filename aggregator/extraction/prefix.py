"""The agency at the beginning of the text: `Iran Press/Middle East:`, `BAGHDAD (Reuters) -`, `تهران (ایرنا) -`."""

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


def _titled(text: str) -> bool:
    """Whether it reads as a name: few words, capitals where the script has them."""
    words = text.split()
    if not words or len(words) > 4:
        return False
    return all(not word[0].islower() or word.lower() in _SMALL for word in words)
