"""What can be chosen about reading pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionOptions:
    """Limits of one call of `extract`; the defaults suit news pages."""

    min_words: int = 25
    """A page with fewer words is no article, unless it calls itself one."""

    min_words_declared: int = 8
    """The same for a page that calls itself a news article in JSON-LD or OpenGraph."""

    max_relations: int = 100
    """Links kept of a page's link blocks; more are a sign of a list page."""

    max_bytes: int = 3_000_000
    """Longer bodies are cut before they are parsed: of 683 news pages the longest has 1.7 MB, and a tree takes
    a hundred times its text at worst."""

    data_use: Literal["record", "skip"] = "record"
    """What is done with a page whose publisher reserves its use by machines (`noindex`, `noarchive`, `nosnippet`,
    `noai`, `noimageai`, TDM reservation).  `record`: the article says so in `reserved`; `skip`: it is not stored."""

    max_elements: int = 30_000
    """Pages of more elements are refused: of 683 news pages the largest has 10,106, the next 5,516."""

    max_depth: int = 250
    """Elements within elements; deeper ones are taken out of their boxes, and their words stay.  No more than libxml2
    reads, which is 255."""

    max_text: int = 500_000
    """Letters of an article's text, of which the rest is left out with a warning: a book has as many, and all that
    follows takes many times its room."""
