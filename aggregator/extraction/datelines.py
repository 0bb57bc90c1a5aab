"""Times that a page shows to its readers: between the headline and the text, and in `time` elements."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from aggregator.extraction import times
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, names, spaced_text
from aggregator.extraction.times import Stamp
from aggregator.text import fold

_CHANGED = re.compile(
    r"(?:updated?|last (?:modified|change)|modified|edited|revised|آخر تحديث|تحديث|اخر تعديل|به روز|بروزرسانی|ویرایش"
    r"|اپ ڈیٹ|guncelle\w*|son guncelleme"
    r"|обновлен\w*|изменен\w*|оновлен\w*|aktualisiert|geandert|mis a jour|modifie|actualizad[oa]|aggiornat[oa]"
    r"|atualizad[oa]|bijgewerkt|oppdatert"
    r"|opdateret|uppdaterad|paivitetty|aktualizacja|aktualizovano|frissitve|עודכן|yenilenib|թարմացվել)"
)
_DATE_WORDS = re.compile(
    r" (?:date|time|timestamp|datetime|publish|published|pub|pubdate|dateline|posted|datum|fecha|tarih|meta|byline"
    r"|info) "
)
_LEAD_IN = 60
"""Elements above the headline that may hold the dateline."""
_WINDOW = 400
_SHORT = 60
_OLDEST = date(1994, 1, 1)
"""Before the Web there were no pages."""
_TEXTS = etree.XPath(".//body//text()", smart_strings=False)
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"(?<=[^\W\d_][.!?؟])\s+|(?<=\d{4}[.!?؟])\s+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A time on the page, where it was read and whether it is that of a change."""

    stamp: Stamp
    where: str
    """dateline or time"""
    changed: bool


def find(region: Element, measures: Measures, languages: tuple[str, ...], country: str | None) -> list[Shown]:
    """The times shown between headline and text, in the order of the page."""
    found: list[Shown] = []
    for element in _window(region, measures):
        if element.tag == "time" and element.get("datetime"):
            stamp = times.machine(element.get("datetime") or "")
            text = spaced_text(element)
            if stamp is not None:
                found.append(Shown(stamp, "time", _says_changed(f"{_before(element)} {text}")))
                if stamp.zone is not None:
                    continue
        found.extend(_lines(element, languages, country))
    return found


def anywhere(root: Element, measures: Measures, languages: tuple[str, ...], country: str | None) -> list[Shown]:
    """The first time that any `time` element, else any element whose class speaks of a date, shows on the page."""
    for element in root.iter("time"):
        stamp = times.machine(element.get("datetime") or "") or times.printed(spaced_text(element), languages, country)
        if stamp is not None:
            return [Shown(stamp, "time", False)]
    for element in root.iter(etree.Element):
        if element in measures and 6 <= measures[element].text <= _SHORT and _DATE_WORDS.search(names(element)):
            lines = list(_lines(element, languages, country))
            if lines:
                return lines[:1]
    return []


def relative(region: Element, measures: Measures, fetched: datetime) -> Stamp | None:
    """The time that a line like "3 hours ago", between the headline and the text, means on the day of the fetch."""
    for element in _between(region, measures):
        if element in measures and 4 <= measures[element].text <= _SHORT:
            stamp = times.relative(spaced_text(element), fetched)
            if stamp is not None:
                return stamp
    return None


def alone(root: Element, fetched: datetime, languages: tuple[str, ...], country: str | None) -> Stamp | None:
    """The first day that a line or a sentence of few words shows, wherever it stands; not that of the fetch, which is
    on the page's clock as often as in a dateline."""
    for text in filter(_DIGIT.search, _TEXTS(root)):
        for line in _SENTENCE.split(text):
            stamp = times.printed(line, languages, country) if len(line.strip()) <= _SHORT else None
            if stamp is not None and _OLDEST <= stamp.day < fetched.date():
                return stamp
    return None


def _lines(element: Element, languages: tuple[str, ...], country: str | None) -> Iterator[Shown]:
    text = spaced_text(element)
    if not 6 <= len(text) <= times.MAX_LENGTH:
        return
    pieces = [text]
    folded = fold(text)
    match = _CHANGED.search(folded)
    if match is not None and match.start() > 8 and len(folded) == len(text):
        # "Published ... Updated ...": two times on one line
        pieces = [text[: match.start()], text[match.start() :]]
    for piece in pieces:
        stamp = times.printed(piece.strip(" |•·-–—"), languages, country)
        if stamp is not None and len(piece.split()) <= 22:
            yield Shown(stamp, "dateline", _says_changed(piece if len(pieces) > 1 else f"{_before(element)} {piece}"))


def _says_changed(text: str) -> bool:
    return _CHANGED.search(fold(text[:200])) is not None


def _before(element: Element) -> str:
    """The words right before an element, where they are a label and no time of their own."""
    previous = element.getprevious()
    parent = element.getparent()
    if previous is not None:
        words = (previous.tail or "").strip() or spaced_text(previous)
    else:
        words = (parent.text or "") if parent is not None else ""
    return "" if any(map(str.isdigit, words)) else words[-40:]


def _window(region: Element, measures: Measures) -> Iterator[Element]:
    """Elements that may hold the dateline: the smallest with text, from above the headline to the first prose."""
    every, start, prose = _bounds(region, measures)
    after: list[Element] = every[start : min(prose + 1, start + _WINDOW)]
    above = [e for e in every[max(0, start - _LEAD_IN) : start] if e.tag == "time" or _DATE_WORDS.search(names(e))]
    tail = [e for e in every[prose:] if e.tag == "time" and (e.get("itemprop") or "").startswith("date")]
    for element in (*after, *above, *tail[:4]):
        if element in measures and measures[element].text <= times.MAX_LENGTH and not _has_dated_child(element):
            if any(parent.tag in ("figure", "figcaption") for parent in element.iterancestors()):
                continue  # captions say when a picture was taken
            yield element


def _between(region: Element, measures: Measures) -> list[Element]:
    every, start, prose = _bounds(region, measures)
    return every[start : min(prose, start + _WINDOW)]


def _bounds(region: Element, measures: Measures) -> tuple[list[Element], int, int]:
    """All elements, the place of the headline among them, and that of the first prose behind it."""
    every = measures.elements
    heading = next((index for index, element in enumerate(every) if element.tag == "h1" and spaced_text(element)), None)
    inside = bisect_left(every, measures[region].order, key=lambda element: measures[element].order)
    start = heading if heading is not None else max(0, inside - _LEAD_IN)
    prose = next(
        (
            index
            for index in range(max(start, min(inside, len(every) - 1)), len(every))
            if _is_prose(every[index], measures)
        ),
        len(every),
    )
    return every, start, prose


def _is_prose(element: Element, measures: Measures) -> bool:
    return element in measures and measures[element].prose >= 120 and not measures[element].blocks


def _has_dated_child(element: Element) -> bool:
    """Whether a time stands in a part of the element by itself: then that part is looked at."""
    if element.tag == "time":
        return False
    if element.tag in ("figcaption", "figure", "h1", "title", "img"):
        return True
    text = spaced_text(element)
    if not any(map(str.isdigit, text)):
        return True
    digits = sum(map(str.isdigit, text))
    return any(sum(map(str.isdigit, spaced_text(child))) == digits for child in element if isinstance(child.tag, str))
