"""The standfirst: the sentence or two between headline and text that the page sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from aggregator.extraction import jsonld
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import HEADINGS, Measures, names, squeeze, text_of
from aggregator.extraction.furniture import is_furniture
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
_ASIDE = frozenset({"aside", "figcaption", "figure", "footer", "nav"})
_SHOWN_ASIDE = re.compile(r" (?:carousel|slides?|slider|slideshow|breadcrumbs?|popover|tooltip|gallery|ticker) ")
"""What is in such a part of the page stands beside the headline, not between it and the text."""
_SIGNED = re.compile(r" (?:byline|info|meta|attribution|dateline|date|published|tags?|teaser|promo|advert|copyright) ")
_NEAR = 12
_SENTENCES = frozenset({"div", "h2", "h3", "p"})
_PICTURES = frozenset({"figure", "img", "picture"})
_RANKS = ("h1", "h2", "h3")
_SENTENCE = 60
_WORDS_OF_SENTENCE = 8
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_MAX_BYLINE = 120
_ENDS = frozenset(".!?…»”\"'。؟")
_LENGTHS = range(30, 700)
_WINDOW = 300
_MAX_PARTS = 6
_LIKENESS = 0.6
"""Share of the longer text: a dateline in front or a sentence more, and it is still the text that was described."""


def find(root: Element, region: Element, measures: Measures, structured: Structured, title: str | None) -> str | None:
    """The standfirst that the page shows above its text, or None."""
    described = _described(structured)
    headlines = _headlines(structured, title)
    above = list(_above(root, region, measures, title))
    for element in above:
        if _WORDS.search(names(element)) and not _NOT.search(names(element)):
            text = _plausible(element, measures, headlines, _MAX_PARTS)
            if text:
                return text
    for element in above:
        text = _plausible(element, measures, headlines, 2)
        if text and _is_described(squeeze(text), described):
            return text
    return _unmarked(above, measures, headlines)


def _unmarked(above: Sequence[Element], measures: Measures, headlines: frozenset[str]) -> str | None:
    """A sentence that follows the headline in the page's head, with the text elsewhere."""
    headline = None
    for element in above:
        measure = measures[element]
        if element.tag in HEADINGS and squeeze(text_of(element)).casefold() in headlines:
            headline = measure.order
        elif headline is not None and measure.order - headline > _NEAR:
            return None
        elif headline is not None and element.tag in _SENTENCES and not measure.blocks:
            text = _plausible(element, measures, headlines, 0)
            if text and _is_sentence(element, text) and not _is_among_text(element, measures):
                return text
    return None


def _is_sentence(element: Element, text: str) -> bool:
    words = names(element)
    return (
        len(text) >= _SENTENCE
        and (len(text.split()) >= _WORDS_OF_SENTENCE or not text.isascii())
        and (text[-1] in _ENDS or element.tag in HEADINGS)
        and not _NOT.search(words)
        and not _SIGNED.search(words)
        and not _is_below_picture(element)
    )


def _is_among_text(element: Element, measures: Measures) -> bool:
    """Whether paragraphs of prose stand beside it: then it is the first of them, and is read with them."""
    parent = element.getparent()
    if parent is None:
        return True
    own = measures[element].prose
    return element.tag == "p" and measures[parent].prose - own > 3 * max(own, _SENTENCE)


def _is_below_picture(element: Element) -> bool:
    parent = element.getparent()
    return element.find(".//img") is not None or (
        parent is not None and parent.tag != "body" and any(child.tag in _PICTURES for child in parent)
    )


def _described(structured: Structured) -> set[str]:
    texts = [
        *structured.metas.get("og:description", ()),
        *structured.metas.get("description", ()),
        *structured.metas.get("twitter:description", ()),
        *jsonld.texts(structured.article.get("description")),
        *jsonld.texts(structured.article.get("alternativeHeadline")),
    ]
    return {squeezed for text in texts if len(squeezed := squeeze(text)) > 25}


def _headlines(structured: Structured, title: str | None) -> frozenset[str]:
    """What the page is called: a headline in another form is no standfirst."""
    stated = [
        title or "",
        *structured.headings,
        *structured.metas.get("og:title", ()),
        *structured.metas.get("twitter:title", ()),
        *jsonld.texts(structured.article.get("headline")),
    ]
    return frozenset(squeeze(text).casefold() for text in stated if text)


def _is_described(text: str, described: set[str]) -> bool:
    if text in described:
        return True
    return any(
        (text in other or other in text) and min(len(text), len(other)) >= _LIKENESS * max(len(text), len(other))
        for other in described
    )


def _above(root: Element, region: Element, measures: Measures, title: str | None) -> Iterator[Element]:
    """Elements from the headline on to the second paragraph of prose in the region, but for what stands beside."""
    headline = _headline(root, region, measures, title)
    begins = ("h1",) if next(root.iter("h1"), None) is not None else ("article", "main", "h2")
    started = False
    inside = measures[region]
    prose = seen = 0
    aside = -1
    for element in root.iter(etree.Element):
        if element is headline or (headline is None and (element.tag in begins or element is region)):
            started = True
        if not started or element not in measures:
            continue
        measure = measures[element]
        seen += 1
        if measure.order < aside:
            continue
        if measure.prose >= 60 and not measure.blocks and inside.order <= measure.order < inside.end:
            prose += 1
        if prose > 1 or seen > _WINDOW or measure.order > inside.end:
            return
        if element is not region and (element.tag in _ASIDE or _SHOWN_ASIDE.search(names(element))):
            if not measure.order <= inside.order < measure.end:
                aside = measure.end
            continue
        yield element


def _headline(root: Element, region: Element, measures: Measures, title: str | None) -> Element | None:
    """The heading that says the headline: an `h1` may be the site's name or a banner's as well."""
    wanted, end = squeeze(title or "").casefold(), measures[region].end
    headings = (each for each in root.iter(*_RANKS) if wanted and each in measures and measures[each].order < end)
    return next((each for each in headings if squeeze(text_of(each)).casefold() == wanted), None)


def _plausible(element: Element, measures: Measures, headlines: frozenset[str], parts: int) -> str | None:
    measure = measures[element]
    if element.tag in ("h1", "a", "time", "figcaption", "figure", "head", "meta", "title", "ul", "ol"):
        return None
    if measure.text not in _LENGTHS or measure.blocks > parts or measure.linked * 2 > measure.text:
        return None
    text = one_line(text_of(element))
    if text is None or (len(text.split()) < 5 and text.isascii()):
        return None
    key = squeeze(text).casefold()
    if any(key in headline for headline in headlines) or is_furniture(text, frozenset()):
        return None
    return None if len(text) < _MAX_BYLINE and _CLOCK.search(text) and text[-1] not in _ENDS else text


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
