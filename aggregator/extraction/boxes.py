"""Boxes inside the article that are no part of its text: captions, boxes of facts, author portraits, polls, notices."""

from __future__ import annotations

import re

from lxml import etree

from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, names, remove

_WORDS = re.compile(
    r" (?:fact ?box(?:es)?|faktaboks|faktaruta|infobox(?:es)?|info box|author bio|author ?biography|biography"
    r"|author description|about ?(?:the )?author|writer profile|(?:access|registration|subscription) wall|regwall"
    r"|paywall (?:notice|message|banner)"
    r"|toast|poll|polls|quiz|feedback|rating|ratings|show comments|commenting|carousel overlay|toolbox"
    r"|article note box|upsell|marketing|disclaimer|whatsapp group|browser upgrade) "
)
_CAPTIONS = re.compile(
    r" (?:(?:img|image|photo|picture|foto|bild) (?:description|captions?|credits?|legend|widget|copyright)"
    r"|captions?|bildunterschrift|bildtext|didascalia|pie (?:de )?foto) "
)
_MAX_CAPTION = 500
_UNSEEN = re.compile(r" (?:visually hidden|sr only|screen reader(?: text| only)?|visuallyhidden|sronly|screenreader) ")
_SHARE = 3
_MAX_UNSEEN = 80


def clear(region: Element, measures: Measures) -> None:
    """Take them out of the article's part of the page; what holds a third of its prose is the text itself."""
    prose = measures[region].prose
    gone: list[Element] = []
    for element in region.iterdescendants(etree.Element):
        if element not in measures:
            continue
        measure = measures[element]
        words = names(element)
        is_box = measure.prose * _SHARE < prose and (
            _WORDS.search(words) is not None or (measure.text <= _MAX_CAPTION and _CAPTIONS.search(words) is not None)
        )
        if element.tag == "figcaption" or is_box or (measure.text <= _MAX_UNSEEN and _UNSEEN.search(words)):
            gone.append(element)
    for element in gone:
        remove(element)
