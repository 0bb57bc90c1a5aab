"""The text of the article: trafilatura on the tree that is left, its result as paragraphs."""

from __future__ import annotations

import logging
import re
import warnings
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lxml import etree

from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS
from aggregator.text import one_line

Kind = Literal["text", "heading", "item", "quote"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the body and what it is."""

    text: str
    kind: Kind = "text"


_KINDS: dict[str, Kind] = {"head": "heading", "item": "item", "quote": "quote"}
_LEAVES = frozenset({"p", "head", "item", "quote", "cell", "ab", "code"})


def paragraphs(tree: Element) -> list[Paragraph]:
    """The paragraphs of the page's main text, in order; the tree is not changed."""
    bare_extraction, options = _extractor()
    try:
        document = bare_extraction(tree, options=copy(options))
    except (AttributeError, IndexError, KeyError, RecursionError, AssertionError, etree.LxmlError):
        # Odd trees break it now and then; JSON-LD or the plain paragraphs may still give the text.
        return []
    found: Any = getattr(document, "body", None)
    return _read(found) if found is not None else []


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

    def close(kind: Kind) -> None:
        text = one_line("".join(pieces))
        pieces.clear()
        if text:
            found.append(Paragraph(text, kind))

    for event, current in etree.iterwalk(element, events=("start", "end")):
        edge = current.tag in BLOCKS or current.tag == "br"
        if edge:
            close("heading" if current.tag in HEADINGS and event == "end" else "text")
        if event == "start":
            pieces.append(current.text or "")
        elif current is not element:
            pieces.append(current.tail or "")
    close("text")
    return found
