"""Link blocks cut out of the tree, and kept with their place.

The place is a number of characters of the text before them, so it can be found again in whatever the body extractor
keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.extraction import labels
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import remove, squeeze, whole_text
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
    cutter = _Cutter(found)
    cutter.read(root, inside=False)
    cutter.rest()
    for part in cutter.gone:
        remove(part)
    return cutter.blocks, "".join(cutter.pieces)


class _Cutter:
    """Finds the places of blocks; only elements that have one in them are looked into, trees are of bounded depth."""

    def __init__(self, found: Sequence[Found]) -> None:
        self.gone = {part for each in found for part in each.parts}
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self._firsts = {each.parts[0]: each for each in found}
        self._holders = {holder for part in self.gone for holder in part.iterancestors()}
        self._waiting: list[str] = []
        self._size = self._taken = 0

    def read(self, element: Element, *, inside: bool) -> None:
        """All of the text in `element`; `inside`: it is in a block."""
        if element in self._firsts:
            self.rest()
            self.blocks.append(replace(self._firsts[element].block, offset=self._size, cut=self._taken))
        inside = inside or element in self.gone
        if element not in self._holders:
            self._add(whole_text(element), inside=inside)
            return
        self._add(element.text, inside=inside)
        for child in element:
            self.read(child, inside=inside)
            self._add(child.tail, inside=inside)

    def _add(self, text: str | None, *, inside: bool) -> None:
        if text and inside:
            self._taken += len(squeeze(text))
        elif text:
            self._waiting.append(text)

    def rest(self) -> None:
        """Squeezes what has been read: in one go, piece by piece comes to the same and takes many times as long."""
        self.pieces.append(squeeze("".join(self._waiting)))
        self._size += len(self.pieces[-1])
        self._waiting.clear()
