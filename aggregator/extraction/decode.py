"""Bytes -> text -> tree: the only parse of a page."""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TypeAlias

from charset_normalizer import from_bytes
from lxml import etree, html
from w3lib.encoding import html_to_unicode, read_bom, resolve_encoding

from aggregator.extraction.options import ExtractionOptions
from aggregator.records import Page

Element: TypeAlias = html.HtmlElement

_SNIFF = 250_000
"""Bytes the detection of an undeclared encoding looks at."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>", re.I)
_DEPTH = ExtractionOptions().max_depth
_COUNT = etree.XPath("count(//*)")
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""One class for all elements: lxml.html's own lookup asks Python for each element that is touched."""


def decode(page: Page, max_bytes: int) -> str:
    """The page's body as text: by its byte order mark, its header, its meta element, else by detection."""
    body = page.body[:max_bytes]
    declared = page.header("content-type") or ""
    bom, _ = read_bom(body)
    encoding, text = html_to_unicode(declared, body, auto_detect_fun=_detect, default_encoding="utf-8")
    if bom is None and encoding != "utf-8" and _is_utf8(body):
        # Servers and templates that say ISO-8859-1 or windows-1256 over UTF-8 bytes are many; the reverse cannot be.
        text = body.decode("utf-8", "replace")
    elif bom is None and encoding == "utf-8" and text.count("\ufffd") > max(3, len(text) // 500):
        found = _detect(body)
        if found and found != "utf-8":
            text = body.decode(found, "replace")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = _SURROGATES.sub("", text)
    return text.replace("\x00", "")


def _is_utf8(body: bytes) -> bool:
    if body.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return True


def _detect(body: bytes) -> str | None:
    if _is_utf8(body):
        return "utf-8"
    best = from_bytes(body[:_SNIFF], steps=3, threshold=0.4).best()
    return resolve_encoding(best.encoding) if best else None


def parse(text: str, max_depth: int = _DEPTH) -> Element | None:
    """The page as a tree of bounded depth; None where there is no element in it.

    What is nested deeper is lifted out: libraries below us recurse over the tree.
    """
    declaration = _XML_DECLARATION.match(text)
    if declaration is not None:
        text = text[declaration.end() :]
    if not text or text.isspace():
        return None
    # huge_tree stays off: libxml2's own limits on depth and size of nodes are wanted here.
    # The text is given as bytes in libxml2's own encoding: it needs no other for its nodes.
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, recover=True, huge_tree=False, encoding="utf-8")
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = html.document_fromstring(text.encode("utf-8", "surrogatepass"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    if root is None or not isinstance(root.tag, str):
        return None
    if _is_deep(max_depth)(root):
        _flatten(root, max_depth)
    return root


def size(root: Element) -> int:
    """How many elements a page has."""
    return int(_COUNT(root))


@cache
def _is_deep(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def _flatten(root: Element, max_depth: int) -> None:
    deep: list[Element] = []
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > max_depth:
            deep.append(element)
    for element in reversed(deep):
        if isinstance(element.tag, str) and element.getparent() is not None:
            element.drop_tag()
