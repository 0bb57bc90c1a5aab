"""The text of the article: trafilatura on the tree that is left, its result as paragraphs."""

from __future__ import annotations

import logging
import re
import warnings
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from lxml import etree

from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS, remove
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


_KINDS: dict[str, Kind] = {"head": "heading", "item": "item", "quote": "quote"}
_LEAVES = frozenset({"p", "head", "item", "quote", "cell", "ab", "code"})


_EMPTY = frozenset({"img", "source", "picture", "link", "meta", "wbr", "area", "track", "col", "colgroup", "param"})
_SLANTED = frozenset({"cite", "em", "i"})
_SECOND_LOOK = 600
"""Characters below which a text is always compared with what other algorithms find."""
_UNCLEAN = etree.XPath(
    "boolean(.//aside|.//fieldset|.//figure|.//footer|.//label|.//link|.//nav|.//noindex|.//option|.//source|.//time)"
)


def paragraphs(tree: Element, prose: int) -> list[Paragraph]:
    """The paragraphs of the page's main text, in order; `prose` is how many characters of prose the page has.

    The tree loses its pictures, and other elements without a text.
    """
    bare_extraction, options = _extractor()
    head = tree.find("head")
    if head is not None:
        tree.remove(head)
    _strip(tree)
    try:
        # Comparing with what other algorithms find takes as long again, and tells of texts that were missed.
        fast = copy(options)
        fast.fast = True
        found: Any = getattr(bare_extraction(tree, options=fast), "body", None)
        read = _read(found) if found is not None else []
        if not _is_whole(found, read, prose):
            found = getattr(bare_extraction(tree, options=copy(options)), "body", None)
            read = _read(found) if found is not None else []
    except (AttributeError, IndexError, KeyError, RecursionError, AssertionError, etree.LxmlError):
        # Odd trees break it now and then; JSON-LD or the plain paragraphs may still give the text.
        return []
    finally:
        if head is not None:
            tree.insert(0, head)
    return read


def _is_whole(found: Any, read: list[Paragraph], prose: int) -> bool:
    length = sum(len(paragraph.text) for paragraph in read)
    return (
        length >= max(_SECOND_LOOK, prose * 0.7)
        and len(read) > 2
        and len(list(found.iter("table"))) <= len(list(found.iter("p")))
        and not _UNCLEAN(found)
    )


def _strip(tree: Element) -> None:
    """Takes out what holds no text and no line break, for it costs the extractor time."""
    for element in [*tree.iter(*_EMPTY)]:
        if not len(element) and not element.text:
            remove(element)


@cache
def _extractor() -> tuple[Any, Any]:
    """The library's function and the options it is called with."""
    # 0.5 s to import: only processes that read pages pay for it.  Its import warns of optional parts of urllib3.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction
        from trafilatura.settings import Extractor

    # It warns of each page without a text; here that is a result, not an event.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return bare_extraction, Extractor(output_format="python", comments=False, tables=True, with_metadata=False)


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
    found: list[Paragraph] = []
    pieces: list[str] = []
    upright = False
    slanted = 0
    blocks = [element]

    def close(kind: Kind) -> None:
        nonlocal upright
        text = one_line("".join(pieces))
        pieces.clear()
        if text:
            found.append(Paragraph(text, kind, _place(blocks[-1]), not upright))
        upright = False

    for event, current in etree.iterwalk(element, events=("start", "end")):
        block = current.tag in BLOCKS
        if block or current.tag == "br":
            close("heading" if current.tag in HEADINGS and event == "end" else "text")
        if event == "start":
            if block and current is not element:
                blocks.append(current)
            slanted += current.tag in _SLANTED
            said = current.text
        else:
            if block and len(blocks) > 1:
                blocks.pop()
            slanted -= current.tag in _SLANTED
            said = current.tail if current is not element else None
        if said:
            pieces.append(said)
            upright = upright or (not slanted and not said.isspace())
    close("text")
    return found


def _place(element: Element) -> str:
    parent = element.getparent()
    around = f"{parent.tag}.{parent.get('class')}" if parent is not None else ""
    return f"{around}>{element.tag}.{element.get('class')}"
