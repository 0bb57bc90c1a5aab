"""JSON-LD of a page: its node about the article, as plain dicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from aggregator.text import one_line

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(
    [
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
    "backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "advertisercontentarticle",
    "satiricalarticle", "blogposting", "liveblogposting", "report", "socialmediaposting", "techarticle",
    "medicalscholarlyarticle", "scholarlyarticle", "review",
]
)  # fmt: skip
LIST_TYPES = frozenset({"collectionpage", "searchresultspage", "itemlist"})
_MAX_NODES = 3_000
_LINE_BREAK = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/|(?<=[\s,{\[])//[^\n\"]*(?=\n|$)|<!--|-->")
_BAD_ESCAPE = re.compile(r"(?<!\\)\\(?=[^\"\\/bfnrtu])")
_QUOTE = re.compile(r'(?<!\\)"')
_AFTER_STRING = re.compile(r'\s*(?:[:}\]]|$|,\s*(?:["{\[}\]\d-]|true\b|false\b|null\b))')
_BETWEEN = re.compile(r"[\s,;]*")
_DECODER = json.JSONDecoder(strict=False)
_MAX_QUOTED = 500_000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>"
    r"|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)


def load(scripts: Iterator[str]) -> list[Node]:
    """All nodes of a page's JSON-LD scripts, outer before inner; broken scripts give none."""
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_nodes(_parse(script)))  # a script may hold several values: they are read as a list of them
        if len(nodes) > _MAX_NODES:
            break
    return nodes[:_MAX_NODES]


def _parse(script: str) -> list[Any]:
    """The values of a script, as much of it as can be read; common mistakes are mended one after the other."""
    script = script.strip().lstrip("\ufeff")
    script = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip().rstrip(";")
    if not script:
        return []
    best: list[Any] = []
    for mended in _mended(script):
        values, whole = _decoded(mended)
        if whole:
            return values
        best = best or values
    return best


def _mended(script: str) -> Iterator[str]:
    yield script
    script = _LINE_BREAK.sub(" ", script)
    yield script
    script = _BAD_ESCAPE.sub("", _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", script)))
    yield script
    if len(script) <= _MAX_QUOTED:
        yield _quotes_escaped(script)


def _decoded(script: str) -> tuple[list[Any], bool]:
    """The values that stand one after the other in `script`, and whether that is all there is."""
    values: list[Any] = []
    place = 0
    while place < len(script):
        try:
            value, place = _DECODER.raw_decode(script, place)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
        between = _BETWEEN.match(script, place)
        place = between.end() if between else place
    return values, True


def _quotes_escaped(script: str) -> str:
    """`script` with the quotes escaped that stand inside of its strings: what follows a string's end is known."""
    parts: list[str] = []
    inside, begun = False, 0
    for match in _QUOTE.finditer(script):
        if not inside:
            inside = True
            continue
        if _AFTER_STRING.match(script, match.end()):
            inside = False
            continue
        parts += [script[begun : match.start()], '\\"']
        begun = match.end()
    return "".join([*parts, script[begun:]])


def _nodes(value: Any) -> Iterator[Node]:
    queue = [value]
    seen = 0
    while queue and seen < _MAX_NODES:
        current = queue.pop(0)
        seen += 1
        if isinstance(current, list):
            queue[:0] = current[:500]
        elif isinstance(current, dict):
            if types(current) or "@id" in current:
                yield current
            queue.extend(child for child in current.values() if isinstance(child, dict | list))


def types(node: Node) -> set[str]:
    """Lower-case names of the node's types, without vocabulary prefix."""
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return {name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in names if isinstance(name, str)}


def article(nodes: list[Node]) -> Node | None:
    """The node about the page's article: the one that says most, the first of equals."""
    found = [node for node in nodes if types(node) & ARTICLE_TYPES and ("headline" in node or "datePublished" in node)]
    # A list of other articles comes as small nodes; the page's own has author, body, dates, the main-entity mark.
    return max(found, key=_says, default=None)


def _says(node: Node) -> int:
    known = (
        "headline",
        "datePublished",
        "author",
        "articleBody",
        "mainEntityOfPage",
        "publisher",
        "image",
        "description",
    )
    return sum(name in node for name in known)


def texts(value: Any, *, key: str = "name") -> list[str]:
    """Every text a value holds: itself, its items, or their `key`."""
    found: list[str] = []
    queue = [value]
    for _ in range(200):
        if not queue:
            break
        current = queue.pop(0)
        if isinstance(current, str):
            text = one_line(_TAG.sub("", unescape(current)) if "<" in current or "&" in current else current)
            if text:
                found.append(text)
        elif isinstance(current, list):
            queue[:0] = current[:100]
        elif isinstance(current, dict):
            queue.insert(0, current.get(key) or current.get("@value"))
    return found


def text(value: Any, *, key: str = "name") -> str | None:
    """The first of `texts`."""
    return next(iter(texts(value, key=key)), None)
