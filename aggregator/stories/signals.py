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
from typing import NamedTuple
from zlib import crc32

from aggregator.stories.places import Places, places_of
from aggregator.stories.sounds import sound
from aggregator.text import fold

TITLE = 3.0
"""What a headline's word counts, a body's being one."""

LEAD = 1.5
"""What a word of the first `LEAD_WORDS` words counts: news tells first what happened."""

LEAD_WORDS = 40

READ_WORDS = 220
"""Words of a body that are looked at: what is further down is background."""

READ_LETTERS = 2_400
"""Letters of a body that are looked at, whatever its words."""

STEM = 6
"""Letters that stand for a word: endings differ by case and number in most languages of the catalogue."""

UNSPACED_LETTERS = 600
"""Letters of a body that are looked at where words are not parted by spaces."""

WORDING_WORDS = 120
"""Words of whose runs of three the wording is sampled."""

WORDING = 20
"""Runs that are kept of an article: those with the lowest hashes, so that two articles keep the same ones."""

_WORD = re.compile(r"[^\W_]+(?:[.,:][0-9]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_INSIDE = "\u200c\u200d\u00ad\u0640"
_HEBREW_PREFIXES = frozenset("בלמהושכ")


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
    title_names: frozenset[str] = field(default_factory=frozenset)
    """the same of the headline alone"""
    wording: frozenset[int] = field(default_factory=frozenset)

    def settle(self) -> None:
        """Forgets the counts, once they will not be weighed again: they are most of what an article takes."""
        self.terms, self.anchors = {}, {}


def signals(item: Item) -> Signals:
    """Counts an article."""
    language = item.language.replace("_", "-").split("-")[0].lower() or "und"
    headline, body = _joined(item.headline), _joined(item.text[:READ_LETTERS])
    title = [_read(word, language) for word in _WORD.findall(headline)]
    read = [_read(word, language) for word in _WORD.findall(body)[:READ_WORDS]]
    counter = _Counter(read or title)
    counter.count(title, TITLE, specific=True)
    title_names = frozenset(counter.names)
    counter.count(read[:LEAD_WORDS], LEAD, specific=True)
    counter.count(read[LEAD_WORDS:], 1.0, specific=False)
    places = places_of(language)
    if places.unspaced:
        counter.count_unspaced(fold(headline), TITLE, places)
        counter.count_unspaced(fold(body[:UNSPACED_LETTERS]), 1.0, places)
    else:
        counter.count_places([word.folded for word in title], TITLE, places)
        counter.count_places([word.folded for word in read[:LEAD_WORDS]], LEAD, places)
    return Signals(
        language=language,
        source=item.source,
        terms={term: 1.0 + log(count) for term, count in counter.terms.items()},
        anchors={anchor: 1.0 + log(count) for anchor, count in counter.anchors.items()},
        names=frozenset(counter.names),
        title_numbers=frozenset(word.number for word in title if word.number),
        title_names=title_names,
        wording=_wording(counter.order),
    )


def _joined(text: str) -> str:
    """`text` without the marks that stand inside a word: zero-width joiners, soft hyphens, tatweel."""
    if not text.isascii():
        for mark in _INSIDE:
            if mark in text:
                text = text.replace(mark, "")
    return text


class _Word(NamedTuple):
    """One word as it is printed, read."""

    folded: str
    stem: str
    keys: tuple[str, ...]
    place: str
    number: str
    capital: bool
    hashed: int


class _Counter:
    """The words of one article, counted with the weight of where they stand."""

    def __init__(self, read: list[_Word]) -> None:
        self.cased = any(word.capital for word in read)
        self.lower = {word.folded for word in read if not word.capital}
        self.terms: dict[str, float] = {}
        self.anchors: dict[str, float] = {}
        self.names: set[str] = set()
        self.order: list[int] = []

    def count(self, found: list[_Word], weight: float, *, specific: bool) -> None:
        """Counts words; `specific` where they are what the article is about."""
        terms, anchors, order, cased, lower = self.terms, self.anchors, self.order, self.cased, self.lower
        for folded, stem, keys, place, number, capital, hashed in found:
            if not stem:
                continue
            order.append(hashed)
            terms[stem] = terms.get(stem, 0.0) + weight
            if place:
                anchors[place] = anchors.get(place, 0.0) + weight
            # Where a script has capitals, names are what is never written without one.
            if number:
                keys = (number,)
            elif not keys or (cased and (not capital or folded in lower)):
                continue
            for key in keys:
                anchors[key] = anchors.get(key, 0.0) + weight
            if specific:
                self.names.update(keys)

    def count_places(self, folded: list[str], weight: float, places: Places) -> None:
        """Counts the places whose names have several words."""
        for code in places.of_words(folded):
            self._add_place(code, weight)

    def count_unspaced(self, folded: str, weight: float, places: Places) -> None:
        """Counts pairs of letters, and the places, of a text without spaces between words."""
        for run in _UNSPACED.findall(folded):
            for start in range(len(run) - 1):
                pair = run[start : start + 2]
                self.order.append(crc32(pair.encode()))
                self.terms[pair] = self.terms.get(pair, 0.0) + weight
        for code in places.of_text(folded):
            self._add_place(code, weight)

    def _add_place(self, code: str, weight: float) -> None:
        self.anchors["@" + code] = self.anchors.get("@" + code, 0.0) + weight


@lru_cache(maxsize=300_000)
def _read(word: str, language: str) -> _Word:
    folded, capital = fold(word), word[0].isupper()
    if any(letter.isdigit() for letter in folded):
        digits = "".join(letter for letter in folded if letter.isdigit())
        number = "#" + digits if len(digits) > 1 else ""
        return _Word(folded, number, (), "", number, capital, crc32(number.encode()))
    if len(folded) < 2 or _UNSPACED.match(folded):
        return _Word(folded, "", (), "", "", capital, 0)
    keys = [sound(folded)]
    if language == "he" and len(folded) > 4 and folded[0] in _HEBREW_PREFIXES:
        keys.append(sound(folded[1:]))
    place = places_of(language).of_word(folded)
    stem = folded[:STEM]
    return _Word(
        folded=folded,
        stem=stem,
        keys=tuple("~" + key for key in keys if key),
        place="@" + place if place else "",
        number="",
        capital=capital,
        hashed=crc32(stem.encode("utf-8", "surrogatepass")),
    )


def _wording(order: list[int]) -> frozenset[int]:
    """The lowest hashes of the runs of three words of the beginning."""
    order = order[:WORDING_WORDS]
    runs = {
        ((first * 31 + second) * 31 + third) * 2_654_435_761 & 0xFFFFFFFF
        for first, second, third in zip(order, order[1:], order[2:], strict=False)
    }
    return frozenset(sorted(runs)[:WORDING])
