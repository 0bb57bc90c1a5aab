"""What an article is about, as far as it can be counted: words, names as they sound, numbers, places.

`terms` are compared within one language, `anchors` across all.  Both are weighted later, by how rare they are in the
stream (`rarity.py`); nothing here depends on other articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import log
from zlib import crc32

from aggregator.stories.places import places_of
from aggregator.stories.sounds import sound
from aggregator.text import fold

TITLE = 3.0
"""What a headline's word counts, a body's being one."""

LEAD = 1.5
"""What a word of the first `LEAD_WORDS` words counts: news tells first what happened."""

LEAD_WORDS = 40

READ_WORDS = 260
"""Words of a body that are looked at: what is further down is background."""

READ_LETTERS = 2_400
"""Letters of a body that are looked at, whatever its words."""

STEM = 6
"""Letters that stand for a word: endings differ by case and number in most languages of the catalogue."""

RUN = 3
"""Words of a run by whose hashes wordings are compared."""

WORDING = 32
"""Runs that are kept of an article: the lowest hashes, so that two articles keep the same ones."""

_WORD = re.compile(r"[^\W_]+(?:[.,:][0-9]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_JOINERS = str.maketrans("", "", "\u200c\u200d\u00ad\u0640")
_HAN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as it is placed: what a journal's line or any other collection of news can tell."""

    id: str
    language: str
    """BCP 47, or "und"; only articles of one language are compared by their words"""
    headline: str
    text: str = ""
    published: datetime
    source: str = ""
    country: str = ""
    duplicate_of: str | None = None
    """the article that it is a copy of, which was placed before"""
    links: tuple[str, ...] = ()
    """ids of known articles that its publisher points to (read_more, related, also_read)"""


@dataclass(slots=True)
class Signals:
    """What is counted of one article."""

    language: str
    source: str
    terms: dict[str, float]
    anchors: dict[str, float]
    names: frozenset[str] = field(default_factory=frozenset)
    """anchors of the headline and the lead that are names or numbers: what the article is specifically about"""
    title_numbers: frozenset[str] = field(default_factory=frozenset)
    wording: frozenset[int] = field(default_factory=frozenset)


def signals(item: Item) -> Signals:
    """Counts an article."""
    language = item.language.split("-")[0].lower() or "und"
    body = item.text[:READ_LETTERS]
    headline = item.headline
    if not headline.isascii():
        headline = headline.translate(_JOINERS)
    if not body.isascii():
        body = body.translate(_JOINERS)
    title_words = _WORD.findall(headline)
    body_words = _WORD.findall(body)[:READ_WORDS]
    lower = {word for word in body_words if not word[0].isupper()}
    cased = any(word[0].isupper() for word in body_words[:50] or title_words)
    counter = _Counter(language, cased, lower)
    counter.count(title_words, TITLE, specific=True)
    counter.count(body_words[:LEAD_WORDS], LEAD, specific=True)
    counter.count(body_words[LEAD_WORDS:], 1.0, specific=False)
    if places_of(language).unspaced:
        counter.count_unspaced(headline, TITLE)
        counter.count_unspaced(body[:600], 1.0)
    return Signals(
        language=language,
        source=item.source,
        terms={term: 1.0 + log(count) for term, count in counter.terms.items()},
        anchors={anchor: 1.0 + log(count) for anchor, count in counter.anchors.items()},
        names=frozenset(counter.names),
        title_numbers=frozenset(anchor for word in title_words if (anchor := _number(word))),
        wording=_wording(counter.order),
    )


class _Counter:
    """The words of one article, counted with the weight of where they stand."""

    def __init__(self, language: str, cased: bool, lower: set[str]) -> None:
        self.language = language
        self.cased = cased
        self.lower = lower
        self.terms: dict[str, float] = {}
        self.anchors: dict[str, float] = {}
        self.names: set[str] = set()
        self.order: list[str] = []

    def count(self, found: list[str], weight: float, *, specific: bool) -> None:
        terms, anchors = self.terms, self.anchors
        for word in found:
            stem, keys, place, number = _read(word, self.language)
            if stem:
                self.order.append(stem)
                terms[stem] = terms.get(stem, 0.0) + weight
            if number:
                anchors[number] = anchors.get(number, 0.0) + weight
                if specific:
                    self.names.add(number)
                continue
            if place:
                anchors[place] = anchors.get(place, 0.0) + weight
            if not keys or (self.cased and (not word[0].isupper() or word.lower() in self.lower)):
                continue
            for key in keys:
                anchors[key] = anchors.get(key, 0.0) + weight
            if specific:
                self.names.update(keys)
        self._count_places(found, weight)

    def _count_places(self, found: list[str], weight: float) -> None:
        folded = [fold(word) for word in found[:LEAD_WORDS]]
        for code in places_of(self.language).of_words(folded):
            self.anchors["@" + code] = self.anchors.get("@" + code, 0.0) + weight

    def count_unspaced(self, text: str, weight: float) -> None:
        folded = fold(text)
        for run in _HAN.findall(folded):
            for place in range(len(run) - 1):
                pair = run[place : place + 2]
                self.order.append(pair)
                self.terms[pair] = self.terms.get(pair, 0.0) + weight
        for code in places_of(self.language).of_text(folded):
            self.anchors["@" + code] = self.anchors.get("@" + code, 0.0) + weight


@lru_cache(maxsize=400_000)
def _read(word: str, language: str) -> tuple[str, tuple[str, ...], str, str]:
    """Stem, sound keys, code of a place and number of one word as it is printed."""
    number = _number(word)
    if number:
        return number, (), "", number
    folded = fold(word)
    if len(folded) < 2 or _UNSPACED.match(folded):
        return "", (), "", ""
    key = sound(folded)
    keys = ("~" + key,) if key else ()
    if language == "he" and len(folded) > 4 and folded[0] in "בלמהושכ":
        bare = sound(folded[1:])
        keys = (*keys, "~" + bare) if bare else keys
    place = places_of(language).of_word(folded)
    return folded[:STEM], keys, "@" + place if place else "", ""


def _number(word: str) -> str:
    """The number that a word is, without the marks that group its digits; "" where it is none."""
    if not any(letter.isdigit() for letter in word):
        return ""
    digits = "".join(letter for letter in fold(word) if letter.isdigit())
    return "#" + digits if len(digits) >= 2 else ""


def _wording(order: list[str]) -> frozenset[int]:
    if len(order) < RUN:
        return frozenset()
    runs = {crc32(" ".join(order[place : place + RUN]).encode()) for place in range(min(len(order), 120) - RUN + 1)}
    return frozenset(sorted(runs)[:WORDING])
