"""Link blocks -> relations: where each stands among the final paragraphs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from aggregator.extraction.cutting import Block
from aggregator.extraction.dom import squeeze
from aggregator.records import Relation, Where
from aggregator.text import one_line

_PROBE = 60
_ATTACHED = 250
"""Characters between the text and a block below it, up to which the block needs no label to belong to the article."""
_LEAST_BESIDE = 0.8
"""Confidence in a block beside the text; the columns of a page are full of links that look like one."""
_UNTOLD = frozenset({"class", "card", "link_list", "link_paragraph"})
"""Rules that know a block by its look alone."""


def positions(paragraphs: Sequence[str], page_text: str) -> tuple[list[int], int]:
    """Where each paragraph begins in the page's squeezed text, and where the last of them ends.

    One that is not found begins where the one before it ended.
    """
    found: list[int] = []
    end = 0
    for paragraph in paragraphs:
        squeezed = squeeze(paragraph)
        at = page_text.find(squeezed[:_PROBE], end)
        if at < 0:
            # An extractor may have joined or cut it: its end is as good.
            tail = page_text.find(squeezed[-_PROBE:], end) if len(squeezed) > _PROBE else -1
            at = max(tail - len(squeezed) + _PROBE, end) if tail >= 0 else end
            end = tail + _PROBE if tail >= 0 else end
        else:
            end = at + len(squeezed)
        found.append(at)
    return found, end


def placed(blocks: Sequence[Block], paragraphs: Sequence[str], page_text: str, limit: int) -> tuple[Relation, ...]:
    """One relation for each link of the blocks, in the order of the page, each article once."""
    starts, end = positions(paragraphs, page_text)
    relations: list[Relation] = []
    seen: set[str] = set()
    cut = next((block.cut for block in blocks if block.offset >= end), 0)
    for block in blocks:
        if block.kind == "promotion":
            continue
        above = bisect_left(starts, block.offset)
        where: Where = "inline" if above < len(paragraphs) else "end"
        if block.aside or (block.column and where == "end"):
            where = "sidebar"
        if where == "sidebar" and block.confidence < _LEAST_BESIDE:
            continue
        if where == "end" and block.rule in _UNTOLD and block.offset - end + block.cut - cut > _ATTACHED:
            # Cards further down are the page's own: only a label says that they are the article's.
            continue
        for link in block.links:
            anchor = one_line(link.anchor)
            # The pictures of a gallery differ in the query alone.
            same = f"{link.url.partition('?')[0]} {anchor}"
            if anchor is None or link.url in seen or same in seen:
                continue
            seen.update((link.url, same))
            relations.append(
                Relation(
                    type=block.kind,
                    url=link.url,
                    anchor=anchor,
                    heading=one_line(block.heading),
                    where=where,
                    after_paragraph=None if where == "sidebar" else above,
                    rule=block.rule,
                    confidence=block.confidence,
                )
            )
    return tuple(relations[:limit])
