"""The standfirst: the sentence or two between headline and text that the page sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from aggregator.extraction import jsonld
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, names, squeeze, text_of
from aggregator.extraction.structured import Structured
from aggregator.text import one_line

_WORDS = re.compile(
    r" (?:lead|lede|leadtext|standfirst|stand first|dek|deck|subtitle|sub title|subtitles|subheadline|sub headline"
    r"|subheading|subhead|subline|strapline|"
    r"chapo|chapeau|entradilla|bajada|copete|ingress|manchet|manchette|vorspann|anleser|sommario|catenaccio|perex"
    r"|zajawka|spot|sapo|intro|"
    r"introduction|excerpt|summary|abstract|teaser text|description|preamble|underrubrik|stk|lid|ozet|kicker text) "
)
_NOT = re.compile(
    r" (?:caption|image|img|photo|video|media|related|newsletter|cookie|share|author|bio|nav|menu|footer|comments?"
    r"|credit|gallery|list|card) "
)
_LENGTHS = range(30, 700)
_WINDOW = 300


def find(root: Element, region: Element, measures: Measures, structured: Structured, title: str | None) -> str | None:
    """The standfirst that the page shows above its text, or None."""
    described = _described(structured)
    above = list(_above(root, region, measures))
    for element in above:
        if _WORDS.search(names(element)) and not _NOT.search(names(element)):
            text = _plausible(element, measures, title)
            if text:
                return text
    for element in above:
        text = _plausible(element, measures, title)
        if text and squeeze(text) in described:
            return text
    return None


def _described(structured: Structured) -> set[str]:
    texts = [
        *structured.metas.get("og:description", ()),
        *structured.metas.get("description", ()),
        *structured.metas.get("twitter:description", ()),
        *jsonld.texts(structured.article.get("description")),
        *jsonld.texts(structured.article.get("alternativeHeadline")),
    ]
    return {squeezed for text in texts if len(squeezed := squeeze(text)) > 25}


def _above(root: Element, region: Element, measures: Measures) -> Iterator[Element]:
    """Elements from the headline on to the second paragraph of prose in the region."""
    started = not any(True for _ in root.iter("h1"))
    inside = measures[region]
    prose = seen = 0
    for element in root.iter(etree.Element):
        if element.tag == "h1" or element is region:
            started = True
        if not started or element not in measures:
            continue
        seen += 1
        measure = measures[element]
        if measure.prose >= 60 and not measure.blocks and inside.order <= measure.order < inside.end:
            prose += 1
        if prose > 1 or seen > _WINDOW or measure.order > inside.end:
            return
        yield element


def _plausible(element: Element, measures: Measures, title: str | None) -> str | None:
    measure = measures[element]
    if element.tag in ("h1", "a", "time", "figcaption", "figure", "head", "meta", "title", "ul", "ol"):
        return None
    if measure.text not in _LENGTHS or measure.blocks > 2 or measure.linked * 2 > measure.text:
        return None
    text = one_line(text_of(element))
    if text is None or (len(text.split()) < 5 and text.isascii()):
        return None
    return None if title and squeeze(text) == squeeze(title) else text


def first(texts: Sequence[str], lead: str) -> list[str]:
    """`texts` with `lead` as the first of them, once."""
    key = squeeze(lead)
    rest = list(texts)
    for index, text in enumerate(rest[:3]):
        own = squeeze(text)
        if own == key:
            del rest[index]
            break
        if index == 0 and own.startswith(key):
            return rest
    return [lead, *rest]
