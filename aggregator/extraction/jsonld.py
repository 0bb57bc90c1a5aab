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
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>"
    r"|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)


def load(scripts: Iterator[str]) -> list[Node]:
    """All nodes of a page's JSON-LD scripts, outer before inner; broken scripts give none."""
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_nodes(_parse(script)))
        if len(nodes) > _MAX_NODES:
            break
    return nodes[:_MAX_NODES]


def _parse(script: str) -> Any:
    script = _WRAPPING.sub("", script).strip().rstrip(";")
    if not script:
        return None
    for repair in (None, _LINE_BREAK, _TRAILING_COMMA):
        if repair is _LINE_BREAK:
            script = _LINE_BREAK.sub(" ", script)
        elif repair is _TRAILING_COMMA:
            script = _TRAILING_COMMA.sub(r"\1", script)
        try:
            return json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


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
            text = one_line(unescape(current))
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
