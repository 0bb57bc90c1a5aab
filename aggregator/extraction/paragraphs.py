"""Which paragraphs are the article's text: headline repeats, times, bylines and furniture are taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aggregator.extraction import jsonld, lead
from aggregator.extraction.body import Paragraph
from aggregator.extraction.dom import squeeze
from aggregator.extraction.furniture import is_furniture
from aggregator.extraction.structured import Structured
from aggregator.extraction.witnesses import Witnesses
from aggregator.text import fold

_HEAD = 4
"""Paragraphs at the beginning among which headline and dateline are looked for."""
_KICKER = 60
_LEAST_TITLE = 15
_LONG_HEADING = 120

UNWITNESSED = Witnesses()


def titles(stated: Structured) -> Iterator[str]:
    """What the page calls itself in its several places; any of them may be printed above the text."""
    yield from stated.headings[:3]
    for name in ("og:title", "twitter:title"):
        yield from stated.metas.get(name, ())
    for key in ("headline", "alternativeHeadline"):
        yield from jsonld.texts(stated.article.get(key))


class Furniture:
    """What the page shows elsewhere and must not be repeated in the text."""

    def __init__(
        self,
        title: str | None,
        authors: Iterable[str],
        datelines: Iterable[str],
        sites: set[str],
        forms: Iterable[str] = (),
    ) -> None:
        self.title = squeeze(title or "").casefold()
        self.titles = frozenset(squeeze(other).casefold() for other in forms if len(other.split()) > 2)
        self.authors = frozenset(fold(name) for name in authors)
        self.datelines = frozenset(squeeze(line) for line in datelines)
        self.sites = frozenset(sites)

    def holds(self, paragraph: Paragraph, index: int) -> bool:
        """Whether the paragraph at `index` is no text."""
        squeezed = squeeze(paragraph.text)
        if index < _HEAD and self.title and self._repeats_title(paragraph, squeezed.casefold()):
            return True
        if squeezed in self.datelines or (
            index < _HEAD and len(paragraph.text) < 40 and fold(paragraph.text) in self.sites
        ):
            return True
        return is_furniture(paragraph.text, self.authors)

    def _repeats_title(self, paragraph: Paragraph, squeezed: str) -> bool:
        """Whether it is the headline, or a heading that holds it behind a kicker or cut short."""
        if squeezed == self.title or squeezed in self.titles:
            return True
        if paragraph.kind != "heading" or min(len(squeezed), len(self.title)) < _LEAST_TITLE:
            return False
        return (self.title in squeezed and len(squeezed) <= len(self.title) + _KICKER) or squeezed in self.title


def kept(
    found: Sequence[Paragraph], furniture: Furniture, standfirst: str | None, witnesses: Witnesses = UNWITNESSED
) -> list[str]:
    """The texts of the paragraphs that are the article's, the standfirst first, none twice in a row."""
    chosen: list[Paragraph] = []
    seen: set[str] = set()
    for index, paragraph in enumerate(found):
        key = squeeze(paragraph.text)
        if (len(key) > 60 and key in seen) or furniture.holds(paragraph, index):
            continue
        if chosen and paragraph.text == chosen[-1].text:
            continue
        seen.add(key)
        chosen.append(paragraph)
    chosen = witnesses.trimmed(chosen, standfirst)
    # A heading with nothing below it stood above a block that is gone.
    while chosen and chosen[-1].kind == "heading" and len(chosen[-1].text) < _LONG_HEADING:
        chosen.pop()
    texts = [paragraph.text for paragraph in chosen]
    return lead.first(texts, standfirst) if standfirst and texts else texts
