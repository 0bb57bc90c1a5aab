"""The text of a page on which there is nothing to choose: its paragraphs stand in one column, and little else does.

On such a page a general extractor finds what is found here, after a long search.  In every doubt there is no column:
boxes that may be text, prose outside it, lists of links, text that stands in no paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aggregator.extraction.body import Paragraph, plain
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import HEADINGS, Measures, names, squeeze, text_of, whole_text

_LINES = frozenset({"p", "ul", "ol", "blockquote", "hr", "br", *HEADINGS})
"""Elements of which a column is made."""
_TEXTS = ("p", "li", "blockquote", "pre", "table", "dl", *sorted(HEADINGS))
"""Elements that may be text wherever they stand."""
_HOLDERS = frozenset({"div", "section", "article", "main", "span"})
_UNREAD = frozenset(
    [
        "aside", "button", "fieldset", "figure", "footer", "form", "iframe", "img", "label", "legend", "link", "menu",
        "meta", "nav", "noindex", "option", "picture", "source", "style", "time",
    ]
)  # fmt: skip
"""What stands between paragraphs and is none."""
_OPENING = ("p", "div", "h2", "h3")
_LEAST_OPENING = 40
_LEAST = 400
_LEAST_PARAGRAPHS = 2
_LEAST_OF_PAGE = 0.5
_LEAST_OF_BOXES = 0.15
"""Share of a column's prose from which on the boxes that hold it are a part of the column."""
_MOST_OUTSIDE = 0.05
"""Share of the prose that may stand outside the column: more, and there are two."""
_LEVELS = 3
"""Levels above the page's main part up to which prose beside it may be the same text's."""
_MOST_DROPPED = 200
_LINK = 0.9
_SUBHEADINGS = HEADINGS - {"h1"}
_LEAST_WRAPPED = 100
"""Characters of a paragraph in a box of its own: a shorter one may be a caption or a call."""
_NO_TEXT = re.compile(
    r" (?:captions?|credits?|comments?|share|newsletter|subscribe|promo|advert(?:isement)?|ad|sponsored|cookie|consent"
    r"|author|bio|footer|modal|popup|print|tags?|meta|teaser|related|widget|hidden|gallery|video) "
)
""".. and so may any box of such a name."""


class _Doubt(Exception):
    """It takes more than this to tell what the text is."""


def paragraphs(tree: Element, region: Element, measures: Measures, standfirst: str | None) -> list[Paragraph] | None:
    """The paragraphs of the page's main part; None where they are not surely in one column.

    `standfirst` is what is known to stand above them.
    """
    sizes = {each: measures[each].prose for each in region.iter("p") if each in measures and measures[each].prose}
    total = sum(sizes.values())
    if total < max(_LEAST, measures[tree].prose * _LEAST_OF_PAGE) or len(sizes) < _LEAST_PARAGRAPHS:
        return None
    if _outside(tree, region, measures, standfirst) > total * _MOST_OUTSIDE:
        return None
    held: Counter[Element] = Counter()
    for each, size in sizes.items():
        for holder in each.iterancestors():
            held[holder] += size
            if holder is region:
                break
    column = _narrowed(region, held)
    try:
        lines = [*_above(region, column), *_lines(column, held)]
    except _Doubt:
        return None
    return [paragraph for element in lines for paragraph in plain(element)]


def _outside(tree: Element, region: Element, measures: Measures, standfirst: str | None) -> int:
    """How much prose stands near the page's main part: beside it, or between the headline and it."""
    around = region
    for _ in range(_LEVELS):
        parent = around.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        around = parent
    inside, near = measures[region], measures[around]
    headline = next((measures[each].order for each in tree.iter("h1") if each in measures), inside.order)
    begins = min(headline, near.order)
    known = squeeze(standfirst or "")
    return sum(
        measure.prose
        for each in tree.iter("p")
        if each in measures
        and (measure := measures[each]).prose
        and begins <= measure.order < near.end
        and not inside.order <= measure.order < inside.end
        and squeeze(text_of(each)) not in known
        and not any(holder.tag in _UNREAD for holder in each.iterancestors())
    )


def _narrowed(region: Element, held: Counter[Element]) -> Element:
    """The smallest part of `region` that has nearly all of its prose."""
    column = region
    while True:
        best = max((child for child in column if held[child]), key=held.__getitem__, default=None)
        if best is None or best.tag not in _HOLDERS or held[best] < held[column] * (1 - _MOST_OUTSIDE):
            return column
        column = best


def _above(region: Element, column: Element) -> Iterator[Element]:
    """What stands over the column in the page's main part and reads as the beginning of the text."""
    above: list[Element] = []
    holder = column
    while holder is not region and (parent := holder.getparent()) is not None:
        above.extend(holder.itersiblings(preceding=True))
        holder = parent
    for box in reversed(above):
        yield from _opening(box)


def _opening(box: Element) -> Iterator[Element]:
    if box.tag in _UNREAD:
        return
    for element in box.iter(*_OPENING):
        is_leaf = element.tag != "div" or next(element.iterdescendants("div", *_TEXTS), None) is None
        if is_leaf and next(element.iter("a"), None) is None and _size(element) >= _LEAST_OPENING:
            yield element


def _lines(column: Element, held: Counter[Element]) -> Iterator[Element]:
    """The elements of the column that are its text."""
    if column.text and not column.text.isspace():
        raise _Doubt
    usual = _usual(column, held)
    begun = False
    for child in column:
        if child.tail and not child.tail.isspace():
            raise _Doubt
        if child.tag in _UNREAD:
            continue
        if child.tag in _LINES:
            if _is_text(child):
                begun = True
                yield child
        elif _kind(child) in usual:
            begun = True
            yield from _lines(child, held)
        elif child.tag == "header" and not begun:
            yield from _opening(child)
        elif (wrapped := _wrapped(child)) is not None:
            begun = True
            yield wrapped
        elif not _is_empty(child):
            raise _Doubt


def _usual(column: Element, held: Counter[Element]) -> frozenset[tuple[str, str | None]]:
    """The tags and classes of the boxes in which the column's prose stands."""
    counted: Counter[tuple[str, str | None]] = Counter()
    for child in column:
        if held[child] and child.tag in _HOLDERS:
            counted[_kind(child)] += held[child]
    return frozenset(kind for kind, size in counted.items() if size >= _LEAST_OF_BOXES * held[column])


def _kind(element: Element) -> tuple[str, str | None]:
    return element.tag, element.get("class")


def _wrapped(box: Element) -> Element | None:
    """The one heading, or the one paragraph of prose, that a box is made for."""
    element = box
    while element.tag in _HOLDERS and len(element) == 1 and not (element.text or "").strip():
        element = element[0]
        if element.tail and not element.tail.isspace():
            return None
    if element is box or next(element.iter("a"), None) is not None:
        return None
    is_line = element.tag in _SUBHEADINGS or (element.tag == "p" and _size(element) >= _LEAST_WRAPPED)
    return element if is_line and not _NO_TEXT.search(names(box)) and not _NO_TEXT.search(names(element)) else None


def _is_empty(element: Element) -> bool:
    """Whether there is nothing in an element that may be text: a button, an advertisement, the name of a picture."""
    size = _size(element)
    if not size:
        return True
    has_place = element.tag in _HOLDERS or element.tag == "a"
    if size > _MOST_DROPPED or not has_place:
        return False
    return next(element.iter(*_TEXTS), None) is None or _linked(element) * 2 > size


def _linked(element: Element) -> int:
    return sum(_size(link) for link in element.iter("a") if link.get("href"))


def _is_text(element: Element) -> bool:
    """Whether a line has a text and is no mere link; it raises where that is hard to tell."""
    size = _size(element)
    linked = _linked(element)
    if linked * 2 <= size:
        return bool(size)
    if element.tag != "p":
        raise _Doubt
    return linked < _LINK * size


def _size(element: Element) -> int:
    return len("".join(whole_text(element).split()))
