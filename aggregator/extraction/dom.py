"""Looking at the tree: what an element's text, links and words of its class are.

`Measures` is computed in one pass over the page and asked by everything that follows.
"""

from __future__ import annotations

import re
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
    """Sizes of all elements of a tree."""

    def __init__(self, root: Element) -> None:
        every = list(root.iter(etree.Element))
        self._of = {element: Measure(order) for order, element in enumerate(every)}
        # (element, its measure, its parent's, whether it is, and whether its tail is, in a link), parents first
        walk: list[tuple[Element, Measure, Measure | None, bool, bool]] = []
        linked: set[Element] = set()
        for element, measure in self._of.items():
            parent = element.getparent() if measure.order else None
            above = parent in linked
            own = element.tag == "a" and element.get("href") is not None
            if own or above:
                linked.add(element)
            measure.links = own
            walk.append((element, measure, self._of[parent] if parent is not None else None, own or above, above))
        for element, measure, up, in_link, tail_in_link in reversed(walk):
            self._close(element, measure, up, in_link, tail_in_link)

    @staticmethod
    def _close(element: Element, measure: Measure, up: Measure | None, in_link: bool, tail_in_link: bool) -> None:
        """Completes the sizes of an element whose descendants are complete, and adds them to its parent's."""
        own = _size(element.text)
        measure.text += own
        if in_link:
            measure.linked += own
        measure.end = max(measure.end, measure.order + 1)
        is_block = element.tag in BLOCKS
        if is_block and not measure.blocks and measure.linked * 3 < measure.text and measure.text >= 60:
            measure.prose = measure.text
        if up is None:
            return
        tail = _size(element.tail)
        up.text += measure.text + tail
        up.linked += measure.linked + (tail if tail_in_link else 0)
        up.links += measure.links
        up.blocks += measure.blocks + is_block
        up.prose += measure.prose
        up.end = max(up.end, measure.end)

    def __getitem__(self, element: Element) -> Measure:
        return self._of[element]

    def __contains__(self, element: object) -> bool:
        return element in self._of


def _size(text: str | None) -> int:
    return 0 if not text or text.isspace() else len("".join(text.split()))


def text_of(element: Element) -> str:
    """The element's text on one line, without zero-width spaces."""
    return " ".join("".join(element.itertext()).replace("\u200b", "").split())


def spaced_text(element: Element) -> str:
    """The same with a space between the texts of any two elements: for boxes whose lines are elements of their own."""
    return " ".join(" ".join(element.itertext()).replace("\u200b", "").split())


def names(element: Element) -> str:
    """Words of the element's class and id, lower case, split at dashes and capitals, with a space at both ends."""
    attributes = element.attrib
    given = " ".join([attributes[name] for name in _NAMING if name in attributes]) if attributes else ""
    return _split(given[:_MAX_NAMES]) if given else " "


_NAMING = ("class", "id", "data-testid", "data-component", "role")
_MAX_NAMES = 2_000


@lru_cache(maxsize=4_000)
def _split(given: str) -> str:
    return f" {' '.join(_WORDS.findall(given)).lower()} " if given.strip() else " "


def _settable(text: str) -> str:
    """`text` without what a parser lets in and a tree takes from nobody: control characters."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


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
    return "".join(_COMPARED.findall(text))
