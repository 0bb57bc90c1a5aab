"""The text of a page that has it only in its scripts' data: `__NEXT_DATA__`, `window.__STATE__ = {...}` and their like.

Such a page is empty until its scripts have run.  Nothing is parsed unless the page itself gave no text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aggregator.extraction import boxes, decode
from aggregator.extraction.body import Paragraph, from_article_body, plain
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import UNREAD, Measures, remove, squeeze

_BODY = re.compile(
    r"(?:article|news|story|post|content|main|full|rich|raw)?_?"
    r"(?:body|content|contents|text|html|paragraphs?|articlebody|story|blocks|elements|components)"
    r"_?(?:html|text|raw|rendered|markup|data|json|list|elements|blocks)?",
    re.I,
)
"""Names under which data hold an article's text."""
_TEXT = re.compile(r"(?:text|content|html|value|body|rendered|paragraph|data|children|items|markup)", re.I)
_TITLE = re.compile(r"(?:\w*title|\w*headline|name)", re.I)
_BEGINS = re.compile(r"(?:^|[=(:,])\s*(?=[\[{])")
_PLACEHOLDER = re.compile(r"\$\$[\w-]{2,40}\$\$|\{\{[^{}]{1,60}\}\}|%%[\w-]{2,40}%%")
_MARKUP = re.compile(r"<(?:p|br|div|h[2-6]|li|section|span)\b", re.I)
_LEAST_SCRIPT = 1_000
_LEAST_TEXT = 400
_LEAST_LINE = 25
_MAX_VALUES = 200_000
_MAX_DEPTH = 60
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class _Candidate:
    texts: tuple[str, ...]
    titles: frozenset[str]
    """what stands beside it under names of titles, squeezed"""

    @property
    def length(self) -> int:
        return sum(map(len, self.texts))


def scripts(root: Element) -> list[Element]:
    """The page's scripts, to be kept before they are taken out of the tree; nothing is read."""
    return list(root.iter("script"))


def paragraphs(kept: Sequence[Element], title: str | None) -> list[Paragraph]:
    """The paragraphs of the longest text in the scripts' data that goes by the name of one.

    A text that stands beside the page's headline goes before longer ones: those may be other articles'.
    """
    best: _Candidate | None = None
    own = squeeze(title or "").casefold()

    def rank(candidate: _Candidate) -> tuple[bool, int]:
        return bool(own) and own in candidate.titles, candidate.length

    for script in kept:
        text = script.text or ""
        if len(text) < _LEAST_SCRIPT or "ld+json" in (script.get("type") or "").lower():
            continue
        for value in _values(text):
            for candidate in _candidates(value):
                if candidate.length >= _LEAST_TEXT and (best is None or rank(candidate) > rank(best)):
                    best = candidate
    return [] if best is None else _read(best.texts)


def _values(script: str) -> Iterator[Any]:
    """The JSON objects and arrays in a script, the outer ones."""
    at = 0
    # Code, no data: what begins inside it may still be data.  Trying again and again has its limit.
    patience = 2 * len(script)
    while patience > 0 and (begins := _BEGINS.search(script, at)) is not None:
        try:
            value, at = _DECODER.raw_decode(script, begins.end())
        except json.JSONDecodeError as error:
            patience -= error.pos - begins.end() + 1
            at = begins.end() + 1
            continue
        except RecursionError:
            return
        if isinstance(value, dict | list):
            yield value


def _candidates(value: Any) -> Iterator[_Candidate]:
    queue: list[tuple[Any, frozenset[str], int]] = [(value, frozenset(), 0)]
    seen = 0
    while queue and seen < _MAX_VALUES:
        current, titles, depth = queue.pop()
        seen += 1
        if isinstance(current, dict):
            here = frozenset(
                squeeze(each).casefold() for key, each in current.items() if isinstance(each, str) and _is_title(key)
            )
            for key, each in current.items():
                if _BODY.fullmatch(key):
                    texts = (each,) if isinstance(each, str) else tuple(_texts(each)) if isinstance(each, list) else ()
                    yield _Candidate(tuple(text for text in texts if _is_prose(text)), here or titles)
                if depth < _MAX_DEPTH and isinstance(each, dict | list):
                    queue.append((each, here or titles, depth + 1))
        elif isinstance(current, list) and depth < _MAX_DEPTH:
            queue.extend((each, titles, depth + 1) for each in current if isinstance(each, dict | list))


def _is_title(key: str) -> bool:
    return _TITLE.fullmatch(key) is not None


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts of a list of paragraphs, however each of them is wrapped."""
    if isinstance(value, str):
        yield value
    elif depth < _MAX_DEPTH and isinstance(value, list):
        for each in value:
            yield from _texts(each, depth + 1)
    elif depth < _MAX_DEPTH and isinstance(value, dict):
        for key, each in value.items():
            if _TEXT.fullmatch(key):
                yield from _texts(each, depth + 1)


def _is_prose(text: str) -> bool:
    return len(text) >= _LEAST_LINE and (" " in text.strip() or not text.isascii()) and not text.startswith("http")


def _read(texts: Sequence[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for text in texts:
        text = _PLACEHOLDER.sub(" ", text)
        tree = decode.parse(f"<div>{text}</div>") if _MARKUP.search(text) else None
        if tree is None:
            found.extend(from_article_body(text))
            continue
        for element in [*tree.iter(*UNREAD)]:
            remove(element)
        boxes.clear(tree, Measures(tree))
        found.extend(plain(tree))
    return found
