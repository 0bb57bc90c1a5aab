"""Which paragraphs are the article's text: headline repeats, times, bylines and furniture are taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.extraction import lead
from aggregator.extraction.body import Paragraph
from aggregator.extraction.dom import squeeze
from aggregator.extraction.furniture import is_furniture
from aggregator.text import fold

_HEAD = 4
"""Paragraphs at the beginning among which headline and dateline are looked for."""


class Furniture:
    """What the page shows elsewhere and must not be repeated in the text."""

    def __init__(self, title: str | None, authors: Iterable[str], datelines: Iterable[str], sites: set[str]) -> None:
        self.title = squeeze(title or "").casefold()
        self.authors = frozenset(fold(name) for name in authors)
        self.datelines = frozenset(squeeze(line) for line in datelines)
        self.sites = frozenset(sites)

    def holds(self, paragraph: Paragraph, index: int) -> bool:
        """Whether the paragraph at `index` is no text."""
        squeezed = squeeze(paragraph.text)
        if index < _HEAD and self.title and squeezed.casefold() == self.title:
            return True
        if squeezed in self.datelines or (
            index < _HEAD and len(paragraph.text) < 40 and fold(paragraph.text) in self.sites
        ):
            return True
        return is_furniture(paragraph.text, self.authors)


def kept(found: Sequence[Paragraph], furniture: Furniture, standfirst: str | None) -> list[str]:
    """The texts of the paragraphs that are the article's, the standfirst first, none twice in a row."""
    texts: list[str] = []
    seen: set[str] = set()
    for index, paragraph in enumerate(found):
        key = squeeze(paragraph.text)
        if (len(key) > 60 and key in seen) or furniture.holds(paragraph, index):
            continue
        if texts and paragraph.text == texts[-1]:
            continue
        seen.add(key)
        texts.append(paragraph.text)
    # A heading with nothing below it stood above a block that is gone.
    kinds = {paragraph.text: paragraph.kind for paragraph in found}
    while texts and kinds.get(texts[-1]) == "heading":
        texts.pop()
    return lead.first(texts, standfirst) if standfirst and texts else texts
