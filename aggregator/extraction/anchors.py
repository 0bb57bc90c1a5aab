"""Which of a link's words are the headline: kicker, date, author, summary and label stand in many links too."""

from __future__ import annotations

import re

from lxml import etree

from aggregator.extraction import labels
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS, INVISIBLE, names, spaced_text, text_of

_ASIDE_WORDS = re.compile(
    r" (?:kicker|date|datetime|time|timestamp|author|byline|category|section|eyebrow|overline|topline|roofline"
    r"|tagline|label|badge"
    r"|flag|meta|dachzeile|spitzmarke|rubrik|surtitle|surtitre|pretitle|supertitle|caption|credit|summary|teaser "
    r"text|excerpt"
    r"|description|standfirst|comments?|icon|hidden|visually|sr only|duration|source|cta|button|readmore|abstract) "
)
_TITLE_WORDS = re.compile(r" (?:headline|title|titel|titre|titulo|heading|hed|schlagzeile|ueberschrift) ")
_HEADLINE_WORDS = 4
_KICKER_WORDS = 3
_PARTS = frozenset({"span", "small", "div", "p"})
_DATE_ONLY = re.compile(r"[\d\s.,:/\-–|]{3,40}")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(?: Uhr)?[\s|–-]+")
_BESIDES = re.compile(
    # a date, how long ago, an author, the kind of piece
    r"\W*(?:\d{1,2}[.\s]+[^\W\d]{3,12}\.?,?\s+\d{2,4}\b.{0,12}|[^\W\d]{3,12}\.? \d{1,2},? \d{4}\b.{0,12}"
    r"|\d+ \w+ (?:ago|atrás|önce|назад)"
    r"|(?:vor|il y a|hace|há|fa|منذ|قبل) \d+ \w+|\d+ [^\W\d]+ (?:پیش|קודם)"
    r"|(?:by|von|par|por|di|door|av|af|przez|от|автор|بقلم|نوشته|نویسنده)[: ]+\w.{2,40}"
    r"|video|audio|abo|plus|live|premium|exklusiv|exclusive|gallery|podcast|foto|photos?)\W*",
    re.I,
)


def is_title(element: Element) -> bool:
    """Whether an element is a heading or has a headline's class words."""
    return element.tag in HEADINGS or _TITLE_WORDS.search(names(element)) is not None


def headline(link: Element) -> str:
    """The headline among a link's words: without kicker, date, author, summary and label."""
    titled: list[str] = []
    for element in link.iter(etree.Element):
        if element is not link and is_title(element):
            text = _plain(element)
            if text and labels.whole(text) is None:
                titled.append(_unlabelled(text))
    if titled:
        # A kicker may be set as a heading too; it is a word or two above the headline.
        return next((text for text in titled if len(text.split()) >= _HEADLINE_WORDS), max(titled, key=len))
    return _unlabelled(_second(link) or _plain(link) or spaced_text(link))


def _plain(link: Element) -> str:
    pieces: list[list[str]] = [[]]
    skipping = 0
    for event, element in etree.iterwalk(link, events=("start", "end")):
        apart = element is not link and _is_apart(element)
        edge = element is not link and (element.tag in BLOCKS or element.tag == "br")
        if event == "start":
            skipping += apart
            if edge:
                pieces.append([])
            if not skipping and element.text:
                pieces[-1].append(element.text)
        else:
            skipping -= apart
            if edge:
                pieces.append([])
            if not skipping and element is not link and element.tail:
                pieces[-1].append(element.tail)
    lines = [" ".join(INVISIBLE.sub("", "".join(piece)).split()) for piece in pieces]
    lines = [line for line in lines if line and not _DATE_ONLY.fullmatch(line) and labels.whole(line) is None]
    if len(lines) < 2:
        return lines[0] if lines else ""
    # Lines of their own in one link: kicker, headline, summary.  The headline is the first that is a phrase.
    return next((line for line in lines if len(line.split()) >= _HEADLINE_WORDS), max(lines, key=len))


def _is_apart(element: Element) -> bool:
    """Whether an element in a link has words that are no headline: by its class, or by what they are."""
    if element.tag == "time" or _ASIDE_WORDS.search(names(element)) is not None:
        return True
    return not len(element) and bool(element.text) and _BESIDES.fullmatch(text_of(element)) is not None


def _second(link: Element) -> str | None:
    """The headline of a link that is a kicker and a headline, each in an element of its own and no text between."""
    if (link.text or "").strip() or any((child.tail or "").strip() for child in link):
        return None
    texts = [text for child in link if child.tag in _PARTS and (text := text_of(child))]
    if len(texts) != 2 or not 0 < len(texts[0].split()) <= _KICKER_WORDS or len(texts[1].split()) < _HEADLINE_WORDS:
        return None
    return texts[1]


def _unlabelled(text: str) -> str:
    label = labels.leading(text)
    if label is None and (label := labels.beginning(text)) and len(label.rest.split()) < 3:
        label = None
    if label is not None and label.kind == "promotion":
        # "Subscribe to our newsletter ..." says what the whole link is.
        label = None
    return _CLOCK.sub("", label.rest if label is not None else text)
