"""Whether a few words are the label of a link block, and what kind of links it announces.

Every language's phrases are tried on every page: English labels are common on pages in other languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from aggregator.extraction import label_phrases
from aggregator.text import fold

Kind = Literal["read_more", "related", "also_read", "promotion"]

MAX_LENGTH = 90
"""Longer texts are no labels."""
_MAX_WORDS = 8
_MAX_TOPIC = 7

_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_SEPARATOR = re.compile(r"\s*(?:[:：՝|│»›>→►▶◄◀←•·/]|\s[-–—]+\s|[-–—]{2,}|\n)\s*")
_ANNOUNCES = re.compile(r"[:：՝|│»›>→►▶⟶➡👉⬇◄◀←⬅]\W*$")
_ENDS = re.compile(r"^[^\w\[(«\"'“]+|[\s:：՝|│/»›>→►▶⟶➡👉⬇◄◀←⬅•·・】》〉」』–—-]+$")
_WORD = re.compile(r"[\w'.-]+")
_FIRST = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it stands before, above or in a link."""

    kind: Kind
    printed: str
    rest: str = ""
    """what follows it in the same text"""
    sure: bool = True
    """whether the words can hardly be anything else"""


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: Kind
    everyday: bool
    open: bool


@lru_cache(maxsize=20_000)
def whole(text: str) -> Label | None:
    """The label that `text` is, or None: `Related News:`, `Read more`, `More on the talks`."""
    if not text or len(text) > MAX_LENGTH:
        return None
    folded = _EDGE.sub("", fold(text))
    if folded.partition(" ")[0] not in _first_words() and folded not in _table():
        return None
    phrase = _table().get(folded)
    announces = _ANNOUNCES.search(text) is not None
    if phrase is not None:
        return Label(phrase.kind, printed(text), sure=announces or not phrase.everyday)
    words = folded.split()
    for count in range(min(_MAX_WORDS, len(words) - 1), 0, -1):
        phrase = _table().get(" ".join(words[:count]))
        if phrase is not None and (phrase.open or announces) and len(words) - count <= _MAX_TOPIC:
            if phrase.everyday and not announces:
                continue
            return Label(phrase.kind, printed(text), sure=announces and not phrase.everyday)
    return None


def leading(text: str) -> Label | None:
    """The label with which `text` begins, where a colon, a bar or an arrow parts it from the rest; else None."""
    match = _SEPARATOR.search(text, 2, MAX_LENGTH)
    while match is not None:
        head, rest = text[: match.start()], text[match.end() :].strip()
        if rest:
            phrase = _table().get(_words_of(head))
            if phrase is not None:
                return Label(phrase.kind, printed(head), rest)
        match = _SEPARATOR.search(text, match.end(), MAX_LENGTH)
    return None


def beginning(text: str) -> Label | None:
    """The label whose words `text` begins with, though nothing parts them; only phrases of two words or more."""
    words = text.split(None, _MAX_WORDS)
    if len(words) < 3 or _words_of(words[0]) not in _first_words():
        return None
    for count in range(min(_MAX_WORDS, len(words) - 1), 1, -1):
        head = " ".join(words[:count])
        phrase = _table().get(_words_of(head))
        if phrase is not None and not phrase.everyday and not phrase.open:
            return Label(phrase.kind, printed(head), " ".join(words[count:]), sure=False)
    return None


def names_a_list(printed: str) -> bool:
    """Whether a label below a text announces what a section or the site has besides: `More from Politics`."""
    return _words_of(printed).startswith(label_phrases.LISTS)


@lru_cache(maxsize=20_000)
def may_begin(text: str) -> bool:
    """Whether the first word of `text` is that of a label, or there is no word in it: cheap, and right about a no."""
    for part in text[:MAX_LENGTH].split():
        match = _FIRST.search(fold(part))
        if match is not None:
            return match[0] in _first_runs()
    return True


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> str:
    return _EDGE.sub("", fold(text))


def printed(text: str) -> str:
    """A label as it is shown: without the colon, bar or arrow behind it, the bullet before it, brackets around it."""
    return _ENDS.sub("", " ".join(text.split()))


@cache
def _table() -> dict[str, _Phrase]:
    table: dict[str, _Phrase] = {}
    groups: tuple[tuple[Kind, dict[str, str]], ...] = (
        ("also_read", label_phrases.ALSO_READ),
        ("read_more", label_phrases.READ_MORE),
        ("related", label_phrases.RELATED),
        ("promotion", label_phrases.PROMOTION),
    )
    for kind, by_language in groups:
        for phrases in by_language.values():
            for phrase in phrases.split("|"):
                is_open = phrase.endswith("*")
                everyday = phrase.startswith("?")
                words = _EDGE.sub("", fold(phrase.strip("?* ")))
                known = table.get(words)
                if known is None:
                    table[words] = _Phrase(kind, everyday, is_open)
                elif known.kind == kind:
                    table[words] = _Phrase(kind, known.everyday and everyday, known.open or is_open)
    return table


@cache
def _first_words() -> frozenset[str]:
    return frozenset(phrase.partition(" ")[0] for phrase in _table())


@cache
def _first_runs() -> frozenset[str]:
    return frozenset(match[0] for phrase in _table() if (match := _FIRST.search(phrase)))
