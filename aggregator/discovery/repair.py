"""XML as it comes made XML that can be parsed: prolog and DTD cut off, references and control characters cleaned,
entries told apart so that a broken one takes no other with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.entities import html5
from xml.parsers import expat

MAX_TAG = 20_000
"""Characters of one tag with its attributes: more is an attack on our memory."""

MAX_STRAYS = 100_000
"""`<` that begin no tag and are taken for text: the same."""

_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.I)
_DOCTYPE_PART = re.compile(r"\"[^\"]*\"|'[^']*'|<!--.*?(?:-->|\Z)|[\[\]>]", re.S)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))(?=[\s/>])")
_KNOWN_ROOT = re.compile(r"<((?:[\w.-]+:)?(rss|feed|RDF|urlset|sitemapindex|html))(?=[\s/>])", re.I)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
_ENTITY = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?:([A-Za-z][A-Za-z0-9]*);|(?!#[0-9]+;))", re.S)
_XML_ENTITIES = {"lt", "gt", "amp", "quot", "apos"}
# Possessive where it matters: nothing a hostile feed holds makes these walk over the same text twice.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<(/?)([A-Za-z_][\w.:-]*+)[^<>]*?(/?)>|(<)", re.S
)


# Prefixes that publishers use without declaring them, and what they mean.
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An XML document in pieces: `head`, its items, and `tail` are the whole of it."""

    root: str
    """Local name of the root element, lower case."""
    head: str
    """Empty where the document must not be parsed."""
    items: tuple[str, ...] = ()
    tail: str = ""
    broken: frozenset[int] = frozenset()
    """Places of the items that are not well-formed: to be parsed alone, by a parser that forgives."""
    problems: tuple[str, ...] = ()

    def whole(self, places: Iterable[int]) -> str:
        """The document with the items of those places only."""
        return self.head + "".join(self.items[place] for place in places) + self.tail


def root(text: str) -> tuple[str, int] | None:
    """Local name (lower case) and place of the root element; None where the text is no XML.

    What stands before it, DTD included, is read by nobody.  Where rubbish stands there, the first root that a feed
    can have is taken.
    """
    place = 0
    while found := _PROLOG.match(text, place) or _DOCTYPE.match(text, place):
        place = (
            _after_doctype(text, found.end()) if found[0][:2].upper() == "<!" and found[0][2] != "-" else found.end()
        )
    element = _ROOT.match(text, place) or _KNOWN_ROOT.search(text, place, place + 100_000)
    return (element[2].lower(), element.start()) if element else None


def _after_doctype(text: str, place: int) -> int:
    inner = False
    for part in _DOCTYPE_PART.finditer(text, place):
        if part[0] == "[":
            inner = True
        elif part[0] == "]":
            inner = False
        elif part[0] == ">" and not inner:
            return part.end()
    return place


def cleaned(text: str) -> str:
    """`text` without what no XML parser takes: control characters, impossible references, unknown entities."""
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", text)
    if "&" not in text:
        return text
    return _ENTITY.sub(_entity, _REFERENCE.sub(_reference, text))


def _reference(found: re.Match[str]) -> str:
    hexadecimal, decimal = found[1], found[2]
    digits = (hexadecimal or decimal).lstrip("0")
    code = int(digits, 16 if hexadecimal else 10) if digits and len(digits) < 8 else 0
    if 0x80 <= code <= 0x9F:
        # Nobody means a control character: these are windows-1252's quotes and dashes.
        return bytes([code]).decode("cp1252", "replace").replace("\ufffd", "")
    if code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
        return f"&#{code};" if code < 0x80 else chr(code)
    return ""


def _entity(found: re.Match[str]) -> str:
    name = found[2]
    if found[1] is not None or name in _XML_ENTITIES:
        return found[0]
    if not name:
        return "&amp;"
    return html5.get(f"{name};", f"&amp;{name};")


def document(text: str, *, name: str, start: int, max_items: int, max_depth: int) -> Document:
    """The document in pieces, each entry complete; what had to go is among its problems.

    `name` and `start` are those of its root; entries are `item`s, in Atom `entry`s.
    """
    text = cleaned(text[start:])
    element = _ROOT.match(text)
    tag = element[1] if element else name
    item = "entry" if name == "feed" else "item"
    scan = _Scan(item=item, max_depth=max_depth).over(text)
    if len(scan.strays) > MAX_STRAYS:
        return Document(root=name, head="", problems=(f"over {MAX_STRAYS} `<` that begin no tag",))
    if scan.strays:
        text = _escaped(text, scan.strays)
        scan = _Scan(item=item, max_depth=max_depth).over(text)
    if scan.hostile:
        problem = f"elements are nested more than {max_depth} deep, or too long"
        return Document(root=name, head="", problems=(problem,))
    pieces = scan.document(text, name=name, tag=tag, max_items=max_items)
    return _well_formed(replace(pieces, head=_declared(pieces.head, tag, scan.prefixes)), tag)


def _escaped(text: str, strays: list[int]) -> str:
    places = [-1, *strays]
    ends = [*strays, len(text)]
    return "&lt;".join(text[place + 1 : end] for place, end in zip(places, ends, strict=True))


def _declared(head: str, tag: str, prefixes: set[str]) -> str:
    """`head` with the prefixes declared that the document uses and does not declare at its root."""
    root = head[: head.find(">") + 1]
    missing = [p for p in sorted(prefixes)[:100] if p and p.isidentifier() and p != "xml" and f"xmlns:{p}" not in root]
    names = "".join(f' xmlns:{p}="{_NAMESPACES.get(p, f"urn:undeclared:{p}")}"' for p in missing)
    return f"<{tag}{names}{head[len(tag) + 1 :]}" if names and head.startswith(f"<{tag}") else head


def _well_formed(document: Document, tag: str) -> Document:
    head, tail, problems = document.head, document.tail, list(document.problems)
    if (document.items or tail) and (error := _error(head + tail)):
        # The feed's title is lost rather than its entries.
        head = head[: head.find(">") + 1] + ("<channel>" if document.root == "rss" else "")
        tail = f"</channel></{tag}>" if document.root == "rss" else f"</{tag}>"
        problems.append(f"the feed's head is not well-formed: {error}")
    broken = frozenset(place for place, item in enumerate(document.items) if _error(item))
    if broken:
        first = min(broken)
        problems.append(
            f"{len(broken)} entries are not well-formed, entry {first + 1}: {_error(document.items[first])}"
        )
    return replace(document, head=head, tail=tail, broken=broken, problems=tuple(problems))


def _error(xml: str) -> str | None:
    try:
        expat.ParserCreate().Parse(xml.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return expat.ErrorString(error.code)
    return None


@dataclass(slots=True, kw_only=True)
class _Scan:
    """One walk over the tags: where entries begin and end, and how deep it goes."""

    item: str
    max_depth: int
    tag: str | None = None
    depth: int = 0
    floor: int = 0
    opened: int | None = None
    deep: bool = False
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    dropped: int = 0
    first: int | None = None
    last: int = 0
    prefixes: set[str] = field(default_factory=set)
    strays: list[int] = field(default_factory=list)
    hostile: bool = False

    def over(self, text: str) -> _Scan:
        for token in _TOKEN.finditer(text):
            if token[2] is not None:
                self._step(token)
            elif token[4]:
                self.strays.append(token.start())
                if len(self.strays) > MAX_STRAYS:
                    break
        return self

    def _step(self, token: re.Match[str]) -> None:
        closing, name, empty = token[1], token[2], token[3]
        prefix, _, local = name.rpartition(":")
        is_item = name == self.tag if self.tag else local.lower() == self.item
        if closing:
            self.depth = max(self.depth - 1, 0)
            if is_item and self.opened is not None:
                self._close(token.end(), "")
            return
        self.prefixes.add(prefix)
        if is_item and not empty:
            self._open(token.start(), name)
        self.depth += not empty
        depth = self.depth - (self.floor if self.opened is not None else 0)
        if depth > self.max_depth or token.end() - token.start() > MAX_TAG:
            self.deep = self.opened is not None
            self.hostile = self.hostile or not self.deep

    def _open(self, start: int, name: str) -> None:
        if self.opened is not None:
            self._close(start, f"</{name}>")
        if self.tag is None:
            self.tag, self.floor, self.first = name, self.depth, start
        # What an entry before left open is its own affair.
        self.depth, self.opened = self.floor, start

    def _close(self, end: int, missing: str) -> None:
        assert self.opened is not None
        if self.deep:
            self.dropped += 1
        else:
            self.spans.append((self.opened, end, missing))
        self.opened, self.deep, self.depth, self.last = None, False, self.floor, end

    def document(self, text: str, *, name: str, tag: str, max_items: int) -> Document:
        problems = [f"{self.dropped} entries are nested too deeply, or too long: left out"] if self.dropped else []
        if self.opened is not None:
            problems.append("the body is cut: its last entry is left out")
        if self.first is None:
            return Document(root=name, head=text, problems=tuple(problems))
        head = text[: self.first]
        if len(self.spans) > max_items:
            problems.append(f"{len(self.spans)} entries: only the first {max_items} are read")
        tail = text[self.last :] if self.opened is None else ""
        if f"</{tag}" not in tail:
            if self.opened is None:
                problems.append("the body is cut after its last entry")
            tail = f"</channel></{tag}>" if name == "rss" and "</channel" not in head else f"</{tag}>"
        return Document(
            root=name,
            head=head,
            items=tuple(text[start:end] + missing for start, end, missing in self.spans[:max_items]),
            tail=tail,
            problems=tuple(problems),
        )
