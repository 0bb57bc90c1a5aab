"""HTML in titles and summaries, made plain text."""

from __future__ import annotations

import re
from html import unescape

from aggregator import text

MAX_MARKUP = 50_000
"""Characters of one field that are looked at: what follows would be cut anyway."""

# No alternative can begin where another went on, so the time is linear in the length of the field.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<(/?)([a-zA-Z][\w:-]*+)[^<>]*+(?:>|\Z)|<[!?][^<>]*+>", re.S)
_HIDDEN = {"script", "style", "noscript", "template", "iframe", "object", "svg"}
_INLINE = {"a", "abbr", "b", "bdi", "big", "cite", "code", "em", "font", "i", "ins", "mark", "q", "small", "span"} | {
    "strong", "sub", "sup", "u", "wbr"
}  # fmt: skip


def plain(markup: str | None) -> str | None:
    """`markup` on one line without its tags, scripts and character references; None where nothing is left."""
    if not markup:
        return None
    markup = markup[:MAX_MARKUP]
    if "<" in markup:
        markup = _without_tags(markup)
    return text.one_line(text.untagged(unescape(markup) if "&" in markup else markup))


def _without_tags(markup: str) -> str:
    kept: list[str] = []
    hidden: str | None = None
    end = 0
    for tag in _TAG.finditer(markup):
        if hidden is None:
            kept.append(markup[end : tag.start()])
        end = tag.end()
        name = tag[2].lower() if tag[2] else None
        if hidden is None and name in _HIDDEN and not tag[1] and not tag[0].endswith("/>"):
            hidden = name
        elif hidden is not None and name == hidden and tag[1]:
            hidden = None
        if name and name not in _INLINE:
            kept.append(" ")
    if hidden is None:
        kept.append(markup[end:])
    return "".join(kept)
