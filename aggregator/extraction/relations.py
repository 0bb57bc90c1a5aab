"""Link blocks -> relations: where each stands among the final paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.extraction.cutting import Block
from aggregator.extraction.dom import squeeze
from aggregator.records import Relation, Where
from aggregator.text import one_line

_PROBE = 60


def positions(paragraphs: Sequence[str], page_text: str) -> list[int]:
    """Where each paragraph begins in the page's squeezed text; one that is not found begins where the last ended."""
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
    return found


def placed(blocks: Sequence[Block], paragraphs: Sequence[str], page_text: str, limit: int) -> tuple[Relation, ...]:
    """One relation for each link of the blocks, in the order of the page, each article once."""
    starts = positions(paragraphs, page_text)
    relations: list[Relation] = []
    seen: set[str] = set()
    for block in blocks:
        if block.kind == "promotion":
            continue
        above = sum(start < block.offset for start in starts)
        where: Where = "inline" if above < len(paragraphs) else "end"
        if block.aside and where == "inline":
            where = "sidebar"
        for link in block.links:
            anchor = one_line(link.anchor)
            if anchor is None or link.url in seen:
                continue
            seen.add(link.url)
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
