"""Link blocks cut out of the tree, and kept with their place.

The place is a number of characters of the text before them, so it can be found again in whatever the body extractor
keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from aggregator.extraction import labels
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import remove, squeeze
from aggregator.extraction.links import Link


@dataclass(frozen=True, slots=True)
class Block:
    """One link block, or promotion without links that count, with its place in the text."""

    kind: labels.Kind
    heading: str | None
    links: tuple[Link, ...]
    rule: str
    confidence: float
    aside: bool = False
    """whether it stands beside the text, wherever that is in the page's order"""
    column: bool = False
    """whether what is around it is a column of the page: beside the text unless it is among its paragraphs"""
    offset: int = 0
    """characters, white space left out, of the page's text above it"""
    cut: int = 0
    """characters of the blocks above it"""


@dataclass(frozen=True, slots=True)
class Found:
    """A block and the elements it is made of."""

    parts: tuple[Element, ...]
    block: Block


def cut(root: Element, found: Sequence[Found]) -> tuple[list[Block], str]:
    """Take the blocks out of the tree; give them back with their places, and the squeezed text that is left."""
    if not found:
        return [], squeeze("".join(root.itertext()))
    firsts = {each.parts[0]: each for each in found}
    gone = {part for each in found for part in each.parts}
    pieces: list[str] = []
    size = taken = inside = 0
    blocks: list[Block] = []

    waiting: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            text = element.text
            if element in firsts:
                # Squeezed in one go: what is squeezed piece by piece comes to the same and takes many times as long.
                pieces.append(squeeze("".join(waiting)))
                waiting.clear()
                size += len(pieces[-1])
                blocks.append(replace(firsts[element].block, offset=size, cut=taken))
            inside += element in gone
        else:
            text = element.tail
            inside -= element in gone
        if text and inside:
            taken += len(squeeze(text))
        elif text:
            waiting.append(text)
    pieces.append(squeeze("".join(waiting)))
    for part in gone:
        remove(part)
    return blocks, "".join(pieces)
