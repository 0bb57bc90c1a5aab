"""What else tells where the text begins and ends: the article's own part of the page, and JSON-LD's `articleBody`.

Extractors run past the end of the text into what is printed below it, and begin above its headline.  Neither witness
is trusted alone on what the text is: they speak on the paragraphs at its ends where they know most of it, and on
what was dropped between two others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.extraction import labels
from aggregator.extraction.body import Paragraph, from_article_body, plain
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import squeeze, text_of, whole_text

_PROBE = 60
_ENOUGH = 0.8
_ENOUGH_TOLD = 0.7
_MOST_TOLD = 0.4
"""Share of the paragraphs that `articleBody` may take from the end: more, and it is cut itself."""
_FEW_WORDS = 3
_LONG_HEADING = 80
_LEAST_MISSED = 40
_USUAL = 3
_LONG_USUAL_HEADING = 200
_NEARLY_ALL = 0.6
_PROSE = 80
_NAMELESS = (".None>p.None", ".None>div.None")
"""Ends of places that say nothing: neither the paragraph nor what it stands in has a class."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The squeezed texts that speak for a paragraph; an empty one says nothing."""

    region: str = ""
    told: str = ""
    shown: tuple[Paragraph, ...] = ()
    """all paragraphs of the main part that are no links, in order"""

    @classmethod
    def of(cls, region: Element, bodies: Sequence[str], *, whole: bool = False) -> Witnesses:
        """From the page's main part and the texts that JSON-LD gives; `whole`: no paragraph of it is missing."""
        told = " ".join(paragraph.text for paragraph in from_article_body(max(bodies, key=len, default="")))
        shown: tuple[Paragraph, ...] = ()
        if not whole:
            linked = {squeeze(text_of(link)) for link in region.iter("a")}
            shown = tuple(paragraph for paragraph in plain(region) if squeeze(paragraph.text) not in linked)
        told = "" if told.endswith(("…", "...", "...]", "…]")) else squeeze(told)
        return cls(squeeze(whole_text(region)), told, shown)

    def completed(self, found: Sequence[Paragraph]) -> list[Paragraph]:
        """`found` with what was dropped between two of its paragraphs (headings, and what JSON-LD has too), and with
        what goes on below it in further boxes of the same kind."""
        if not self.shown:
            return list(found)
        places = {squeeze(paragraph.text): index for index, paragraph in enumerate(found)}
        whole = "".join(places)
        before: dict[int, list[Paragraph]] = {}
        waiting: list[Paragraph] = []
        last = -1
        usual = self._usual(places)
        for paragraph in self.shown:
            key = squeeze(paragraph.text)
            index = places.get(key)
            if index is not None:
                if index == last + 1 and last >= 0 and waiting:
                    before[index] = waiting
                last, waiting = index, []
            elif last >= 0 and key and key not in whole and self._is_missed(paragraph, key, usual):
                waiting.append(paragraph)
        completed = [each for index, paragraph in enumerate(found) for each in (*before.get(index, ()), paragraph)]
        return [*completed, *self._continued(places, whole)] if last >= 0 and last == len(places) - 1 else completed

    def _continued(self, places: Mapping[str, int], whole: str) -> list[Paragraph]:
        """What stands below the last paragraph as nearly all of the text stands: the next module of an article that is
        laid out in modules.  Their headings come with them; a label, or prose at another place, ends it."""
        sizes: Counter[str] = Counter()
        below: list[Paragraph] = []
        for paragraph in self.shown:
            key = squeeze(paragraph.text)
            if key in places:
                sizes[paragraph.place] += len(key)
                below = []
            elif key and key not in whole:
                below.append(paragraph)
        place, size = max(sizes.items(), key=lambda entry: entry[1])
        if size < _NEARLY_ALL * sum(sizes.values()) or place.endswith(_NAMELESS):
            return []
        continued: list[Paragraph] = []
        headings: list[Paragraph] = []
        for paragraph in below:
            if paragraph.kind == "heading" and len(paragraph.text) < _LONG_HEADING:
                if labels.whole(paragraph.text) is not None:
                    break
                headings = [paragraph]
            elif len(paragraph.text) >= _PROSE:
                if paragraph.place != place:
                    break
                continued += [*headings, paragraph]
                headings = []
        return continued

    def _usual(self, places: Mapping[str, int]) -> frozenset[str]:
        """Where the paragraphs of the text stand: another at such a place is one of them."""
        counted = Counter(each.place for each in self.shown if squeeze(each.text) in places)
        return frozenset(place for place, count in counted.items() if place and count >= _USUAL)

    def _is_missed(self, paragraph: Paragraph, key: str, usual: frozenset[str]) -> bool:
        if paragraph.kind == "heading":
            long = _LONG_USUAL_HEADING if paragraph.place in usual else _LONG_HEADING
            return len(paragraph.text) < long and labels.whole(paragraph.text) is None
        if paragraph.place in usual:
            return True
        return len(key) > _LEAST_MISSED and key in self.told

    def trimmed(self, found: Sequence[Paragraph], standfirst: str | None) -> list[Paragraph]:
        """`found` without the paragraphs at either end that belong to something else; the standfirst stays."""
        first = squeeze(standfirst or "")
        kept = self._untold(self._outside(list(found), first))
        return kept or list(found)

    def _outside(self, found: list[Paragraph], first: str) -> list[Paragraph]:
        keys = [squeeze(paragraph.text) for paragraph in found]
        inside = [key[:_PROBE] in self.region for key in keys]
        if not _mostly(keys, inside, _ENOUGH):
            return found
        end = len(found)
        while end and not inside[end - 1]:
            end -= 1
        begin = inside.index(True)
        above = [
            paragraph
            for paragraph, key in zip(found[:begin], keys, strict=False)
            if key == first or _may_open(paragraph)
        ]
        return above + found[begin:end]

    def _untold(self, found: list[Paragraph]) -> list[Paragraph]:
        keys = [squeeze(paragraph.text) for paragraph in found]
        inside = [key[:_PROBE] in self.told for key in keys] if self.told else []
        if not _mostly(keys, inside, _ENOUGH_TOLD):
            return found
        end = len(found)
        while end and not inside[end - 1]:
            end -= 1
        whole = keys[end - 1] in self.told
        if not whole or len(found) - end > max(2, len(found) * _MOST_TOLD):
            return found
        begin = inside.index(True)
        return [each for each in found[:begin] if _may_open(each)] + found[begin:end]


def _may_open(paragraph: Paragraph) -> bool:
    """Whether a text may begin with it: no heading, unless it is a standfirst set as one, and no word or two."""
    if paragraph.kind == "heading":
        return len(paragraph.text) > _LONG_HEADING
    return len(paragraph.text.split()) > _FEW_WORDS or len(paragraph.text) > _PROBE // 2


def _mostly(keys: Sequence[str], inside: Sequence[bool], enough: float) -> bool:
    total = sum(map(len, keys))
    known = sum(len(key) for key, there in zip(keys, inside, strict=False) if there)
    return bool(total) and known >= enough * total
