"""Link blocks: links into other articles that editors put between or after the paragraphs.

They are found by label, by class words or by shape alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile

from lxml import etree

from aggregator.extraction import labels, links, shapes
from aggregator.extraction.cutting import Block, Found
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS, Measures, region, text_of
from aggregator.extraction.labels import Label
from aggregator.extraction.links import Link

_HELD = frozenset({"p", "li", "h1", "h2", "h3", "span", "td", "figcaption"})
"""Elements in which a link is a part of something else."""
_FRAME = frozenset({"nav", "header", "footer"})
_CLOSING = frozenset({"p", "div", "a", "figure", "article", "section", "aside", "ul", "ol", "blockquote", "h3", "h4"})
_WRAPPERS = frozenset({"div", "aside", "section", "article", "figure", "nav", "ul", "ol", "blockquote", "table"})
_INLINE = frozenset({"p", "span", "strong", "b", "em", "a"})
_OPENING = 3
"""Pieces of text in which a label with something behind it is looked for."""
_MAX_BLOCK = 6_000
_MAX_SELLING = 400
_MAX_LINKS = 150
"""Links of one block at most: more is an index."""
_MAX_FOUND = 400
"""Blocks of one page: more has no article, and each takes its time."""
_MAX_AFTER = 12
"""Links of one block below the text: more is a list of the page."""
_NEAR = 3
"""Levels above the text beside which a block may stand without a label."""


class Finder:
    """Finds the link blocks of one page."""

    def __init__(self, root: Element, measures: Measures, base: str, url: str) -> None:
        self._root, self._measures, self._base, self._url = root, measures, base, url
        self.region = region(root, measures)
        self._prose = measures[self.region].prose or 1
        self._first, self._last = self._span()
        self._taken: set[Element] = set()
        self._labels: dict[Element, Label | None] = {}
        self._openings = _openings(measures)
        """places of the elements in which a label may begin, in the order of the page"""

    def _span(self) -> tuple[int, int]:
        """Where the region's prose begins and ends, in the order of elements."""
        orders = [
            (self._measures[element].order, self._measures[element].end)
            for element in self.region.iter(etree.Element)
            if self._measures[element].prose and not self._measures[element].blocks
        ]
        return (orders[0][0], orders[-1][1]) if orders else (0, 0)

    def find(self, selected: Sequence[Element] = ()) -> list[Found]:
        """All blocks, outermost first; `selected` are blocks that a source's selectors name."""
        found = [self._selected(element) for element in selected]
        self._taken.update(part for each in found for part in each.parts)
        for start, labelled in self._starts():
            stack = [start]
            while stack and len(found) < _MAX_FOUND:
                element = stack.pop()
                if element in self._taken or element not in self._measures or self._is_plain(element):
                    continue
                if labelled and not self._may_hold_label(element):
                    continue
                block = self._examine(element, labelled) if element is not self.region else None
                if block is not None:
                    found.append(block)
                    self._taken.update(block.parts)
                else:
                    stack.extend(reversed(element))
        found.sort(key=lambda each: self._measures[each.parts[0]].order)
        return found

    def _is_plain(self, element: Element) -> bool:
        """Whether no block can begin in an element: it has no links, and no label can begin in it."""
        measure = self._measures[element]
        if measure.links:
            return False
        return not 0 < measure.text <= labels.MAX_LENGTH or not self._may_hold_label(element)

    def _may_hold_label(self, element: Element) -> bool:
        """Whether a label may begin in an element: most of a page are menus and cards where none does."""
        measure = self._measures[element]
        place = bisect_left(self._openings, measure.order)
        return place < len(self._openings) and self._openings[place] < measure.end

    def _starts(self) -> Iterator[tuple[Element, bool]]:
        """Where blocks are looked for, each with whether only a label tells there: above the text, and far below it."""
        yield self.region, False
        # What is attached after the text stands beside the region or some levels up.
        element, level = self.region, 0
        while (parent := element.getparent()) is not None and element.tag not in ("body", "html"):
            below = (sibling for sibling in element.itersiblings() if level < _NEAR or sibling.tag not in _FRAME)
            yield from ((sibling, level >= _NEAR) for sibling in below)
            if parent.tag == "article" and level < _NEAR:
                yield from ((sibling, True) for sibling in element.itersiblings(preceding=True))
            element, level = parent, level + 1

    def _selected(self, element: Element) -> Found:
        label = self._label(element)
        heading = label.printed if label else None
        block = Block(
            label.kind if label and label.kind != "promotion" else "related",
            heading,
            links.targets([element], self._base, self._url, heading),
            "selector",
            1.0,
        )
        return Found((element,), block)

    # ------------------------------------------------------------- one element

    def _examine(self, element: Element, labelled: bool) -> Found | None:
        measure = self._measures[element]
        if element.tag not in _INLINE and element.tag not in BLOCKS:
            return None
        if measure.text > _MAX_BLOCK or measure.prose * 3 > self._prose:
            return None
        if self._may_hold_label(element):
            found = self._labelled(element, sure=labelled) if measure.links else None
            found = found or self._label_then_links(element, sure=labelled)
            if found is not None:
                return found
        if labelled or not measure.links:
            return None
        return self._named(element) or self._selling(element) or self._unlabelled(element)

    def _selling(self, element: Element) -> Found | None:
        """A box whose links all lead to subscriptions, newsletters or accounts."""
        if element.tag not in _WRAPPERS or self._measures[element].text > _MAX_SELLING:
            return None
        inside = links.links([element])
        first = next(inside, None)
        if first is None or not all(links.sells(link.get("href") or "") for link in chain((first,), inside)):
            return None
        return Found((element,), Block("promotion", None, (), "promotion_target", 0.8))

    def _within(self, element: Element) -> bool:
        measure = self._measures[element]
        return self._first < measure.order and measure.end < self._last

    def _closes(self, element: Element) -> bool:
        """Whether an element stands right below the last paragraph of the text, in the same container."""
        parent = element.getparent()
        if element.tag not in _CLOSING or parent is None or self._measures[parent].prose * 2 <= self._prose:
            return False
        for before in islice(element.itersiblings(preceding=True), _NEAR * 2):
            if before not in self._measures:
                continue
            above = self._measures[before]
            if before in self._taken or not above.text:
                continue
            is_paragraph = before.tag == "p" or (above.blocks <= 2 and above.prose * 2 > above.text)
            return is_paragraph and above.end >= self._last and above.linked * 3 < above.text
        return False

    def _in_column(self, element: Element) -> bool:
        """Whether what is around an element, and not around the text, is a column beside the text on the screen."""
        own, links_here = self._measures[self.region], self._measures[element].links
        for holder in (element, *element.iterancestors()):
            measure = self._measures[holder]
            if holder is self.region or (measure.order <= own.order and own.end <= measure.end):
                return False
            if shapes.is_beside(holder) or (holder.tag == "aside" and measure.links > links_here * 2):
                return True
        return False

    def _label(self, element: Element) -> Label | None:
        """The label an element's own words begin with."""
        if element not in self._labels:
            self._labels[element] = self._found_label(element) if self._may_hold_label(element) else None
        return self._labels[element]

    @staticmethod
    def _found_label(element: Element) -> Label | None:
        chunks: list[tuple[str, bool]] = []
        before, linked = "", False
        for text, in_link in shapes.chunks(element):
            if not chunks and not labels.may_begin(text):
                return None
            chunks.append((text, in_link))
            linked = linked or in_link
            if not linked:
                before += f" {text}"
            if len(chunks) >= _OPENING and (linked or len(before) > labels.MAX_LENGTH):
                break
        if not chunks:
            return None
        first, first_linked = chunks[0]
        label = labels.whole(before.strip()) if len(before) <= labels.MAX_LENGTH else None
        if label is None and len(chunks) > 1:
            label = labels.whole(first)
            if label is not None and first_linked and not label.sure:
                label = None
        return label or labels.leading(" ".join(text for text, _ in chunks[:_OPENING]))

    def _labelled(self, element: Element, *, sure: bool) -> Found | None:
        """Label and links in one element: a paragraph, a list item, a box."""
        label = self._label(element)
        if label is None or (sure and not label.sure):
            return None
        measure = self._measures[element]
        unlinked = measure.text - measure.linked - len(label.printed.replace(" ", ""))
        leaf = not measure.blocks
        if label.kind == "promotion":
            if unlinked > 300 or (leaf and unlinked > measure.linked):
                return None
            return Found((element,), Block("promotion", label.printed, (), "promotion_label", 0.8))
        if not label.sure and leaf and element.tag not in ("li", "p"):
            return None
        if measure.links > _MAX_LINKS or (not leaf and self._holds_another(element, label)):
            return None
        targets = links.targets([element], self._base, self._url, label.printed)
        if not targets:
            return None
        if unlinked > (max(40, measure.linked * 0.6) if leaf else 250 * len(targets)):
            return None
        rule = "label_paragraph" if leaf else "label_box"
        confidence = 0.95 if label.sure else 0.75
        return self._made((element,), label, targets, rule, confidence)

    def _holds_another(self, element: Element, label: Label) -> bool:
        """Whether the label is that of the first of several lists in a box, each below a heading of the same rank."""
        titles = [title for title in element.iter(*HEADINGS) if title in self._measures and self._measures[title].text]
        if len(titles) < 2 or labels.printed(text_of(titles[0])) != label.printed:
            return False
        return any(title.tag == titles[0].tag and not self._measures[title].linked for title in titles[1:])

    def _made(
        self, parts: tuple[Element, ...], label: Label | None, targets: tuple[Link, ...], rule: str, confidence: float
    ) -> Found:
        measure = self._measures[parts[0]]
        own = self._measures[self.region]
        outside = not own.order <= measure.order < own.end and not self._in_the_article(parts[0])
        kind: labels.Kind = label.kind if label else "related"
        after = measure.order >= self._last
        if after and (len(targets) > _MAX_AFTER or (label is not None and labels.names_a_list(label.printed))):
            # What a section or the whole site has besides, not what the editors chose for this article.
            return Found(parts, Block("promotion", label.printed if label else None, (), "list_of_the_page", 0.6))
        return Found(
            parts,
            Block(
                kind,
                label.printed if label else None,
                targets,
                rule,
                confidence,
                aside=outside and not after,
                column=self._in_column(parts[0]),
            ),
        )

    def _in_the_article(self, element: Element) -> bool:
        """Whether a block above the text stands in the same `article` as the text, and not in a column beside it."""
        article = next(self.region.iterancestors("article"), None)
        return (
            article is not None
            and self._measures[article].order < self._measures[element].order < self._first
            and next(element.iterancestors("aside", "nav", "header"), None) is None
            and element.tag not in ("aside", "nav", "header")
        )

    def _label_then_links(self, element: Element, *, sure: bool) -> Found | None:
        """A label as its own heading or paragraph, the links in what follows it."""
        measure = self._measures[element]
        if measure.text > labels.MAX_LENGTH or not measure.text:
            return None
        label = labels.whole(text_of(element))
        if label is None or (not label.sure and (sure or element.tag not in HEADINGS)):
            return None
        if element.tag not in BLOCKS and element.getnext() is None:
            return None
        # The label may be wrapped alone in an element or two of its own.
        holder = element
        while holder.getnext() is None and holder is not self.region:
            parent = holder.getparent()
            if parent is None or parent is self.region or self._measures[parent].text != measure.text:
                break
            holder = parent
        followers = self._followers(holder)
        if label.kind == "promotion":
            # "Advertisement" above an empty place must not take the editors' own block below it along.
            followers = list(takewhile(lambda follower: not self._is_editorial(follower), followers))
        if not followers:
            return None
        parts = (holder, *followers)
        if label.kind == "promotion":
            return Found(parts, Block("promotion", label.printed, (), "promotion_label", 0.8))
        targets = links.targets(followers, self._base, self._url, label.printed)
        return self._made(parts, label, targets, "label_sibling", 0.9 if label.sure else 0.7) if targets else None

    def _is_editorial(self, element: Element) -> bool:
        label = self._label(element)
        return label is not None and label.kind != "promotion"

    def _followers(self, element: Element) -> list[Element]:
        followers: list[Element] = []
        for sibling in element.itersiblings():
            if sibling not in self._measures:
                continue
            measure = self._measures[sibling]
            if not measure.text and not measure.links:
                continue
            cards = (
                measure.blocks > 1
                and measure.text - measure.linked <= 250 * measure.links
                and measure.prose * 3 < self._prose
            )
            if not measure.links or not (measure.linked * 10 >= measure.text * 6 or cards):
                break
            if followers and (sibling.tag in HEADINGS or sibling.tag != followers[-1].tag) and cards:
                break
            if measure.text <= labels.MAX_LENGTH and labels.whole(text_of(sibling)) is not None:
                break
            followers.append(sibling)
        return followers

    def _named(self, element: Element) -> Found | None:
        """A box whose class words say what it is."""
        kind = shapes.kind(element) if element.tag != "a" else None
        if kind is None:
            return None
        measure = self._measures[element]
        unlinked = measure.text - measure.linked
        if kind == "promotion":
            if unlinked > 400 or measure.prose * 5 > self._prose:
                return None
            return Found((element,), Block("promotion", None, (), "promotion_class", 0.7))
        if self._within(element) and measure.links <= _MAX_LINKS:
            if self._has_labelled(element):
                return None
            targets = links.targets([element], self._base, self._url, None)
            if targets and unlinked <= 250 * len(targets) and measure.linked * 5 >= measure.text:
                return self._made((element,), None, targets, "class", 0.8)
        return None

    def _unlabelled(self, element: Element) -> Found | None:
        """Lists, cards and single links between the paragraphs that only their shape gives away."""
        within = self._within(element)
        if not within and not self._closes(element):
            return None
        parent = element.getparent()
        if parent is not None and parent.tag in _HELD:
            return None
        measure = self._measures[element]
        rule = shapes.shape(element, measure) if measure.links <= _MAX_LINKS else None
        if rule is None or self._has_labelled(element):
            return None
        targets = links.targets([element], self._base, self._url, None)
        if not targets and links.promotes(text_of(element)):
            return Found((element,), Block("promotion", None, (), "promotion_link", 0.7))
        if not targets or not all(shapes.tells(link, self._url) for link in targets):
            return None
        if not within and len(targets) > 1 and rule == "card" and not next(shapes.chunks(element))[1]:
            # Below the text a box of several cards with a title of its own is a list of the page.
            return None
        if len(targets) * 2 < len({link.get("href") for link in links.links([element])}):
            return None
        if any(self._promotes(inner) for inner in element.iterdescendants(*_WRAPPERS)):
            return None
        return self._made((element,), None, targets, rule, 0.6)

    def _promotes(self, element: Element) -> bool:
        """Whether a box inside a candidate is a promotion by its class: then the candidate is a column of the page."""
        return self._measures[element].links > 1 and shapes.kind(element) == "promotion"

    def _has_labelled(self, element: Element) -> bool:
        """Whether a box inside has a label, and is the block; what is around it is not."""
        return any(self._is_editorial(inner) for inner in element.iterdescendants(*_WRAPPERS))


def _openings(measures: Measures) -> list[int]:
    """Places of the elements in which a label may begin, in a text of their own."""
    found: set[int] = set()
    for element in measures.elements:
        text = element.text
        # A letter or two may be the first ones of a word.
        if text and not text.isspace() and (len(text) <= 2 or labels.may_begin(text[: labels.MAX_LENGTH])):
            found.add(measures[element].order)
        tail = element.tail
        if tail and not tail.isspace() and labels.may_begin(tail[: labels.MAX_LENGTH]):
            holder = element.getparent()
            if holder is not None and holder in measures:
                found.add(measures[holder].order)
    return sorted(found)
