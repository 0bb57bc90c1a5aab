"""The text of the article: trafilatura on the tree that is left, its result as paragraphs."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from lxml import etree

from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS, Measures, remove
from aggregator.text import one_line

Kind = Literal["text", "heading", "item", "quote"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the body and what it is."""

    text: str
    kind: Kind = "text"
    place: str = field(default="", compare=False)
    """tag and class of its element and of the one around it, where they are known"""
    slanted: bool = field(default=False, compare=False)
    """whether all of it is set in italics, where that is known"""


def bounded(paragraphs: list[Paragraph], letters: int) -> list[Paragraph]:
    """The first paragraphs that have so many letters together, the last of them cut after a word."""
    kept: list[Paragraph] = []
    for paragraph in paragraphs:
        if len(paragraph.text) > letters:
            begun = paragraph.text[:letters].rpartition(" ")[0]
            return [*kept, replace(paragraph, text=begun)] if begun else kept
        kept.append(paragraph)
        letters -= len(paragraph.text)
    return kept


_KINDS: dict[str, Kind] = {"head": "heading", "item": "item", "quote": "quote"}
_LEAVES = frozenset({"p", "head", "item", "quote", "cell", "ab", "code"})


_EMPTY = frozenset({"img", "source", "picture", "link", "meta", "wbr", "area", "track", "col", "colgroup", "param"})
_SLANTED = frozenset({"cite", "em", "i"})
_UNREAD = ("aside", "datalist", "fieldset", "footer", "menu", "nav")
"""Elements the extractor throws away itself, one by one."""
_SECOND_LOOK = 600
"""Characters below which a text may be compared with what other algorithms find."""
_MOST = 0.7
"""Share of the page's prose from which on it never is."""
_LITTLE = 0.4
"""Share of the page's prose below which it always is."""
_SHORT = 3_000
_PART = 5
"""Between the two it is where it has fewer characters than this, and less than a fifth of its page."""
_MUCH = 1_000
"""Characters of prose from which on a part of a page is surely its main part, if it has half of the page's."""
_HALF = 0.5
_NOTHING = 0.15
"""Share of the page's prose below which the library has missed such a part."""
_LINE = 60
"""Characters of a line that is no caption, button or byline."""
_TEXT = etree.XPath("string()")


def paragraphs(tree: Element, region: Element, measures: Measures) -> list[Paragraph]:
    """The paragraphs of the page's main text, in order; `region` is where most of its prose stands.

    The tree loses its pictures, and other elements without a text.
    """
    prose = measures[tree].prose
    surely = measures[region].prose >= max(_MUCH, prose * _HALF)
    tree = _bare(tree, region, measures if surely else None)
    library = _library()
    read = _attempted(library.main_text, tree)
    if _is_doubtful(read, prose, tree):
        length = sum(len(paragraph.text) for paragraph in read)
        if surely and length < min(_MUCH, prose * _NOTHING) and (own := _prose(region)):
            return own
        return _attempted(library.whole, tree) or read
    return read


def _attempted(extraction: Callable[[Element], Any], tree: Element) -> list[Paragraph]:
    try:
        found = extraction(tree)
        return _read(found) if found is not None else []
    except Exception:  # noqa: BLE001 - odd trees break the library now and then; something else still gives the text
        return []


def _is_doubtful(read: list[Paragraph], prose: int, tree: Element) -> bool:
    """Whether the whole extraction is asked too: it takes three times as long, and finds texts that were missed."""
    length = sum(len(paragraph.text) for paragraph in read)
    if length >= max(_SECOND_LOOK, prose * _MOST):
        return False
    return length < prose * _LITTLE or _is_small_part(length, tree)


def _prose(region: Element) -> list[Paragraph]:
    """The long paragraphs of the page's main part, and the headings above them."""
    found = [each for each in plain(region) if each.kind == "heading" or len(each.text) >= _LINE]
    while found and found[-1].kind == "heading":
        found.pop()
    return found


def _bare(tree: Element, region: Element, measures: Measures | None) -> Element:
    """A copy of the page without its head and what holds no text and no line break, which cost the extractor time; nor,
    where `measures` tell what they are, the menus around the main part."""
    head = tree.find("head")
    if head is region or head in region.iterancestors():
        head = None  # a damaged page, whose body stands in its head
    if head is not None:
        tree.remove(head)
    for element in [*tree.iter(*_EMPTY)]:
        if not len(element) and not element.text:
            remove(element)
    bare = copy(tree)
    for element in _menus(bare, region, measures) if measures is not None else ():
        remove(element)
    if head is not None:
        tree.insert(0, head)
    return bare


def _menus(twin: Element, region: Element, measures: Measures) -> list[Element]:
    """What stands around the main part of a page, has no prose and is mostly links; as elements of the page's twin."""
    found: list[Element] = []
    around = [region, *region.iterancestors()]
    for holder, held in zip(around[:0:-1], around[-2::-1], strict=True):
        inner = twin
        for child, its_twin in zip(holder, twin, strict=True):
            if child is held:
                inner = its_twin
            elif child in measures:
                measure = measures[child]
                if not measure.prose and measure.linked * 2 >= measure.text:
                    found.append(its_twin)
        twin = inner
    return found


def _is_small_part(length: int, tree: Element) -> bool:
    """Whether a text is so short beside its page that it may be no article's."""
    return length < _SHORT and length * _PART < len(" ".join(_TEXT(tree).split()))


@dataclass(frozen=True, slots=True)
class _Library:
    """What is used of trafilatura: its extraction as a whole, and the steps of it that find the main text.

    The steps are no part of what it promises to keep, so its version is bounded, and a test compares the two on pages
    of usual forms.  Taken by themselves they cost a third of the whole: comments are gone from our trees before, sizes
    are measured, and nobody reads the text it renders from what it found.
    """

    bare_extraction: Any
    tree_cleaning: Any
    convert_tags: Any
    extract_content: Any
    options: Any

    def whole(self, tree: Element) -> Any:
        """The element that its extraction as a whole finds, None where it finds nothing."""
        return getattr(self.bare_extraction(tree, options=copy(self.options)), "body", None)

    def main_text(self, tree: Element) -> Any:
        """The element that holds the main text, in the library's own terms; the tree stays as it is."""
        bare = copy(tree)
        etree.strip_elements(bare, *_UNREAD, with_tail=False)
        cleaned = self.convert_tags(self.tree_cleaning(bare, self.options), self.options)
        body, _ = self.extract_content(cleaned, self.options)
        return body


@cache
def _library() -> _Library:
    # 0.5 s to import: only processes that read pages pay for it.  Its import warns of optional parts of urllib3.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction
        from trafilatura.htmlprocessing import convert_tags, tree_cleaning
        from trafilatura.main_extractor import extract_content
        from trafilatura.settings import Extractor

    # It warns of each page without a text; here that is a result, not an event.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    options = Extractor(output_format="python", comments=False, tables=True, with_metadata=False)
    return _Library(bare_extraction, tree_cleaning, convert_tags, extract_content, options)


def _read(body: Any) -> list[Paragraph]:
    found: list[Paragraph] = []
    pieces: list[str] = []
    kinds: list[Kind] = ["text"]

    def close() -> None:
        text = one_line("".join(pieces))
        pieces.clear()
        if text:
            found.append(Paragraph(text, kinds[-1]))

    for event, element in etree.iterwalk(body, events=("start", "end")):
        leaf = element.tag in _LEAVES
        if event == "start":
            if leaf:
                close()
                kinds.append(_KINDS.get(element.tag, "text"))
            elif element.tag in ("lb", "row", "list", "table"):
                close()
            pieces.append(element.text or "")
        else:
            if leaf:
                close()
                kinds.pop()
            elif element.tag in ("list", "table", "row"):
                close()
            if element is not body:
                pieces.append(element.tail or "")
    close()
    return found


_PARAGRAPH_BREAK = re.compile(r"\n\s*\n|\r\n|\n")
_TAG = re.compile(r"<[^<>]{1,300}>")
_TAG_BREAK = re.compile(r"</?(?:p|br|div|li|h\d)\b[^<>]{0,200}>", re.I)


def from_article_body(text: str) -> list[Paragraph]:
    """The paragraphs of a JSON-LD `articleBody`, which may hold markup."""
    from html import unescape

    text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _TAG_BREAK.sub("\n\n", text))
    return [Paragraph(line) for part in _PARAGRAPH_BREAK.split(text) if (line := one_line(part))]


def plain(element: Element) -> list[Paragraph]:
    """The paragraphs of an element that is known to hold the text and nothing else."""
    reading = _Plain()
    reading.read(element, element)
    reading.close("text", element)
    return reading.found


class _Plain:
    """The paragraphs of an element, one after the other; trees are of bounded depth."""

    def __init__(self) -> None:
        self.found: list[Paragraph] = []
        self._pieces: list[str] = []
        self._upright = False
        self._slanted = 0

    def read(self, element: Element, block: Element) -> None:
        """Everything in `element`; `block` is the one around its text."""
        tag = element.tag
        around = block
        is_block, is_slanted = tag in BLOCKS, tag in _SLANTED
        is_edge = is_block or tag == "br"
        if is_edge:
            self.close("text", around)
        if is_block:
            block = element
        self._slanted += is_slanted
        self._add(element.text)
        for child in element:
            if len(child) or child.tag in BLOCKS or child.tag == "br" or child.tag in _SLANTED:
                self.read(child, block)
            else:
                self._add(child.text)
            self._add(child.tail)
        if is_edge:
            self.close("heading" if tag in HEADINGS else "text", block)
        self._slanted -= is_slanted

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            self._upright = self._upright or (not self._slanted and not text.isspace())

    def close(self, kind: Kind, block: Element) -> None:
        """Ends a paragraph."""
        if self._pieces:
            text = one_line("".join(self._pieces))
            self._pieces.clear()
            if text:
                self.found.append(Paragraph(text, kind, _place(block), not self._upright))
        self._upright = False


def _place(element: Element) -> str:
    parent = element.getparent()
    around = f"{parent.tag}.{parent.get('class')}" if parent is not None else ""
    return f"{around}>{element.tag}.{element.get('class')}"
