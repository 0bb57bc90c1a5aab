"""Looking at the tree: what an element's text, links and words of its class are.

`Measures` is computed in one pass over the page and asked by everything that follows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from aggregator.extraction.decode import Element

BLOCKS = frozenset(
    [
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "summary",
]
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
UNREAD = (
    "script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "embed", "applet", "audio",
    "video", "button", "input", "select", "textarea", "map", "math", "dialog",
)  # fmt: skip
"""Elements nobody reads: gone before anything is measured."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
INVISIBLE = re.compile("[\u200b\u2060\u00ad\ufeff]")
"""Characters without a width or a meaning; the joiners of Persian and the marks of direction are not among them."""

_COMPARED = re.compile(r"[^\W_]+")
_UNCOMPARED = {code: None for code in range(128) if not chr(code).isalnum()}
"""The same for ASCII, where a table is faster."""


@dataclass(slots=True)
class Measure:
    """Sizes of one element, its descendants included; lengths count characters that are no white space."""

    order: int
    end: int = 0
    text: int = 0
    linked: int = 0
    links: int = 0
    blocks: int = 0
    prose: int = 0
    """text in paragraphs that read as prose: long and hardly linked"""


class Measures:
    """Sizes of all elements of a tree that may show something."""

    def __init__(self, root: Element) -> None:
        self.elements: list[Element] = [root]
        """all that are in the tree and not in its head, in the order of the page"""
        has_body = root.find("body") is not None
        for part in root.iterchildren(etree.Element):
            if part.tag != "head" or not has_body:
                self.elements.extend(part.iter(etree.Element))
        self._of: dict[Element, Measure] = {}
        of = self._of
        # What is open, outermost first: an element, its measure, and whether its text is in a link.
        opened: list[tuple[Element, Measure, bool]] = []
        above: tuple[Element, Measure, bool] | None = None
        for order, element in enumerate(self.elements):
            if above is not None:
                parent = element.getparent()
                while above[0] is not parent:
                    opened.pop()
                    self._close(above, opened[-1])
                    above = opened[-1]
            own = element.tag == "a" and element.get("href") is not None
            measure = of[element] = Measure(order, order + 1, 0, 0, own)
            in_link = own or (above is not None and above[2])
            text = element.text
            if text and not text.isspace():
                measure.text = len("".join(text.split()))
                if in_link:
                    measure.linked = measure.text
            above = element, measure, in_link
            opened.append(above)
        while len(opened) > 1:
            closed = opened.pop()
            self._close(closed, opened[-1])
        if opened:
            _weigh(opened[0][1], opened[0][0].tag in BLOCKS)

    @staticmethod
    def _close(closed: tuple[Element, Measure, bool], above: tuple[Element, Measure, bool]) -> None:
        """Completes the sizes of an element whose descendants are complete, and adds them to those of the one above."""
        element, measure, _ = closed
        _, up, tail_in_link = above
        is_block = element.tag in BLOCKS
        if measure.text:
            _weigh(measure, is_block)
            up.text += measure.text
            up.linked += measure.linked
            up.prose += measure.prose
        text = element.tail
        if text and not text.isspace():
            tail = len("".join(text.split()))
            up.text += tail
            if tail_in_link:
                up.linked += tail
        up.links += measure.links
        up.blocks += measure.blocks + is_block
        up.end = measure.end

    def forget(self, parts: Iterable[Element]) -> None:
        """Take elements that are cut out of the tree, and what is in them, from `elements`."""
        spans = sorted((self._of[part].order, self._of[part].end) for part in parts)
        kept: list[Element] = []
        at = 0
        for begin, end in spans:
            kept.extend(self.elements[at:begin])
            at = max(at, end)
        self.elements = kept + self.elements[at:]

    def between(self, first: int, last: int) -> list[Element]:
        """The elements in the tree whose places in the order of the page are in this range, both included."""
        begin, end = (bisect_left(self.elements, place, key=self._place) for place in (first, last + 1))
        return self.elements[begin:end]

    def _place(self, element: Element) -> int:
        return self._of[element].order

    def __getitem__(self, element: Element) -> Measure:
        return self._of[element]

    def __contains__(self, element: object) -> bool:
        return element in self._of


def _weigh(measure: Measure, is_block: bool) -> None:
    """Says whether an element whose other sizes are known is a paragraph of prose."""
    if is_block and not measure.blocks and measure.text >= 60 and measure.linked * 3 < measure.text:
        measure.prose = measure.text


def whole_text(element: Element) -> str:
    """All of the element's text, as it stands in the source."""
    if not len(element):
        return element.text or ""
    # Four times as fast as to join its pieces.
    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))


def text_of(element: Element) -> str:
    """The element's text on one line, without zero-width spaces."""
    return " ".join(whole_text(element).replace("\u200b", "").split())


def spaced_text(element: Element) -> str:
    """The same with a space between the texts of any two elements: for boxes whose lines are elements of their own."""
    text = " ".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.replace("\u200b", "").split())


def names(element: Element) -> str:
    """Words of the element's class and id, lower case, split at dashes and capitals, with a space at both ends."""
    keys = element.keys()
    if not keys:
        return " "
    given = [element.get(name) for name in _NAMING if name in keys]
    return _split(*given) if given else " "


_NAMING = ("class", "id", "data-testid", "data-component", "role")
_MAX_NAMES = 2_000


@lru_cache(maxsize=4_000)
def _split(*given: str) -> str:
    words = _WORDS.findall(" ".join(filter(None, given))[:_MAX_NAMES])
    return f" {' '.join(words).lower()} " if words or any(each and not each.isspace() for each in given) else " "


def _settable(text: str) -> str:
    """`text` without what a parser lets in and a tree takes from nobody: control characters."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


_COMMENTED = ("div", "section", "details", "ol", "ul")
_COMMENTS = re.compile(r"comments?(?!ar)|comol|disqus_thread|dsq-comments|wpdiscuz|wpcomm\b", re.I)
_COMMENTS_INSIDE = re.compile(r"(?:article|post)-comments", re.I)


def comments(root: Element) -> list[Element]:
    """The sections in which readers write: many a page has more of their text than of its own."""
    found: list[Element] = []
    for element in root.iter(*_COMMENTED):
        given = element.get("class") or ""
        if _COMMENTS.match(element.get("id") or "") or _COMMENTS.match(given) or _COMMENTS_INSIDE.search(given):
            found.append(element)
    return found


def menus(root: Element) -> list[Element]:
    """The site's menus above the headline: a fifth of the elements of most pages, and nothing of the article."""
    found: list[Element] = []
    for element in root.iter("nav", "h1"):
        if element.tag == "h1":
            return found
        outermost = not found or found[-1] not in element.iterancestors("nav")
        if (
            outermost
            and next(element.iter(*_NO_MENU), None) is None
            and next(element.iterancestors(*_TEXT), None) is None
        ):
            found.append(element)
    return []


_NO_MENU = ("h1", "p", "article", "time", "main")
_TEXT = ("article", "main")


def remove(element: Element) -> None:
    """Take an element out, its tail stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = _settable((before.tail or "") + element.tail)
        else:
            parent.text = _settable((parent.text or "") + element.tail)
    parent.remove(element)


def region(root: Element, measures: Measures) -> Element:
    """The part of the page that holds the article's prose."""
    body = root.find("body")
    current: Element = body if body is not None else root
    while True:
        whole = measures[current].prose
        best = max(
            (child for child in current if child in measures), key=lambda child: measures[child].prose, default=None
        )
        if best is None or not measures[best].blocks:
            return current
        inside = current.tag in ("article", "main") or "article" in names(current)
        if measures[best].prose < whole * (0.8 if inside else 0.6) or not measures[best].prose:
            return current
        current = best


def squeeze(text: str) -> str:
    """`text` as places are compared in: letters and digits only."""
    # Paragraphs are compared again and again; whole pages are not.
    return _remembered(text) if len(text) <= _LONG else _squeezed(text)


def _squeezed(text: str) -> str:
    if text.isalnum():
        return text
    return text.translate(_UNCOMPARED) if text.isascii() else "".join(_COMPARED.findall(text))


_LONG = 1_000
_remembered = lru_cache(maxsize=2_000)(_squeezed)
