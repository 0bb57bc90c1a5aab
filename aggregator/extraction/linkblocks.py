"""Link blocks: links into other articles that editors put between or after the paragraphs.

They are found by label, by class words or by shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from lxml import etree

from aggregator import urls
from aggregator.extraction import labels, links
from aggregator.extraction.cutting import Block, Found
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import BLOCKS, HEADINGS, INVISIBLE, Measures, names, region, text_of
from aggregator.extraction.labels import Label
from aggregator.extraction.links import Link

RELATED_WORDS = re.compile(
    r" (?:related|relateds|read ?more|readmore|read also|readalso|also read|see also|seealso|more stories"
    r"|recirculation|recirc|recommend(?:ed"
    r"|ation|ations)?|next read|inline article|inlinearticle|link ?list|linklist|similar|teasers?|reference"
    r"|storylink|story link"
    r"|article ?link|lesetipp|lire aussi|lireaussi|leia|relacionad[ao]s?|correlat[io]|verwandt|mehr zum|zum thema"
    r"|les ogs?|lees ook"
    r"|read on|embed article|article embed|internal link|internallink|further reading|backlinks?|related ?(?:posts?"
    r"|news|articles?|content|links?"
    r"|stories)|onward|crosslinks?|cross link|morelinks?|jp relatedposts|moreon|more on) "
)
PROMOTION_WORDS = re.compile(
    r" (?:newsletters?|trending|most ?(?:read|popular|viewed)|popular|outbrain|taboola|sponsor(?:ed)?|promo(?:tion)?"
    r"|share|sharing|sharebar|social"
    r"|socials|subscri(?:be|ption)|paywall|advert(?:isement|orial)?|ads|adslot|ad|banner|comments?|disqus|tags"
    r"|taglist|keywords|breadcrumbs?|author ?bio"
    r"|authorbox|signup|sign up|cookie|consent|donate|donation|app ?download|jobs|toolbar|pagination|pager|addtoany"
    r"|addthis|sociable"
    r"|follow us|copyright) "
)
_EDITORIAL_BOXES = frozenset({"aside", "section", "article", "figure", "nav"})
_WRAPPERS = frozenset({"div", "aside", "section", "article", "figure", "nav", "ul", "ol", "blockquote", "table"})
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_VISIBLE = re.compile("[^\\s\u200c-\u200f]")
_MAX_BLOCK = 6_000
_MAX_SELLING = 400
_MAX_SUMMARY = 320
_MAX_AFTER = 12
"""Links of one block below the text: more is a list of the page."""


class Finder:
    """Finds the link blocks of one page."""

    def __init__(self, root: Element, measures: Measures, base: str, url: str) -> None:
        self._root, self._measures, self._base, self._url = root, measures, base, url
        self.region = region(root, measures)
        self._prose = measures[self.region].prose or 1
        self._first, self._last = self._span()

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
        taken = {part for each in found for part in each.parts}
        for start, above in self._starts():
            stack = [start]
            while stack:
                element = stack.pop()
                if element in taken or element not in self._measures:
                    continue
                block = self._examine(element) if element is not self.region else None
                if block is not None and not (above and not block.block.rule.startswith("label")):
                    found.append(block)
                    taken.update(block.parts)
                else:
                    stack.extend(reversed(element))
        found.sort(key=lambda each: self._measures[each.parts[0]].order)
        return found

    def _starts(self) -> Iterator[tuple[Element, bool]]:
        """Where blocks are looked for, each with whether it stands above the text: there only a label tells."""
        yield self.region, False
        # What is attached after the text stands beside the region or one or two levels up.
        element = self.region
        for _ in range(3):
            yield from ((sibling, False) for sibling in element.itersiblings())
            parent = element.getparent()
            if parent is not None and parent.tag == "article":
                yield from ((sibling, True) for sibling in element.itersiblings(preceding=True))
            if parent is None or parent.tag in ("body", "html"):
                return
            element = parent

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

    def _examine(self, element: Element) -> Found | None:
        measure = self._measures[element]
        if element.tag in ("p", "span", "strong", "b", "em") or element.tag in BLOCKS or element.tag == "a":
            if measure.text > _MAX_BLOCK or measure.prose * 3 > self._prose:
                return None
            if not measure.links:
                return self._label_then_links(element)
            return (
                self._labelled(element)
                or self._label_then_links(element)
                or self._named(element)
                or self._selling(element)
                or self._unlabelled(element)
            )
        return None

    def _selling(self, element: Element) -> Found | None:
        """A box whose links all lead to subscriptions, newsletters or accounts."""
        if element.tag not in _WRAPPERS or self._measures[element].text > _MAX_SELLING:
            return None
        addresses = [link.get("href") or "" for link in links.links([element])]
        if not addresses or not all(map(links.sells, addresses)):
            return None
        return Found((element,), Block("promotion", None, (), "promotion_target", 0.8))

    def _within(self, element: Element) -> bool:
        measure = self._measures[element]
        return self._first < measure.order and measure.end < self._last

    def _closes(self, element: Element) -> bool:
        """Whether an element is the paragraph right below the last of the text, in the same container."""
        before, parent = element.getprevious(), element.getparent()
        if element.tag != "p" or before is None or before.tag != "p" or before not in self._measures:
            return False
        above = self._measures[before]
        holds_the_text = parent is not None and self._measures[parent].prose * 2 > self._prose
        return holds_the_text and above.end >= self._last and above.linked * 3 < above.text

    def _label(self, element: Element) -> Label | None:
        """The label an element's own words begin with."""
        chunks = list(_chunks(element))
        if not chunks:
            return None
        before = ""
        for text, linked in chunks:
            if linked:
                break
            before += f" {text}"
            if len(before) > labels.MAX_LENGTH:
                break
        first, first_linked = chunks[0]
        label = labels.whole(before.strip()) if len(before) <= labels.MAX_LENGTH else None
        if label is None and len(chunks) > 1:
            label = labels.whole(first)
            if label is not None and first_linked and not label.sure:
                label = None
        return label or labels.leading(" ".join(text for text, _ in chunks[:3]))

    def _labelled(self, element: Element) -> Found | None:
        """Label and links in one element: a paragraph, a list item, a box."""
        label = self._label(element)
        if label is None:
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
        targets = links.targets([element], self._base, self._url, label.printed)
        if not targets:
            return None
        if unlinked > (max(40, measure.linked * 0.6) if leaf else 250 * len(targets)):
            return None
        rule = "label_paragraph" if leaf else "label_box"
        confidence = 0.95 if label.sure else 0.75
        return self._made((element,), label, targets, rule, confidence)

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
        return Found(parts, Block(kind, label.printed if label else None, targets, rule, confidence, aside=outside))

    def _in_the_article(self, element: Element) -> bool:
        """Whether a block above the text stands in the same `article` as the text, and not in a column beside it."""
        article = next(self.region.iterancestors("article"), None)
        return (
            article is not None
            and self._measures[article].order < self._measures[element].order < self._first
            and next(element.iterancestors("aside", "nav", "header"), None) is None
            and element.tag not in ("aside", "nav", "header")
        )

    def _label_then_links(self, element: Element) -> Found | None:
        """A label as its own heading or paragraph, the links in what follows it."""
        measure = self._measures[element]
        if measure.text > labels.MAX_LENGTH or not measure.text:
            return None
        label = labels.whole(text_of(element))
        if label is None or (not label.sure and element.tag not in HEADINGS):
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
        words = names(element)
        if words == " " or element.tag == "a":
            return None
        measure = self._measures[element]
        unlinked = measure.text - measure.linked
        if PROMOTION_WORDS.search(words) and not RELATED_WORDS.search(words):
            if unlinked > 400 or measure.prose * 5 > self._prose:
                return None
            return Found((element,), Block("promotion", None, (), "promotion_class", 0.7))
        if RELATED_WORDS.search(words) and self._within(element):
            targets = links.targets([element], self._base, self._url, None)
            if targets and unlinked <= 250 * len(targets) and measure.linked * 5 >= measure.text:
                return self._made((element,), None, targets, "class", 0.8)
        return None

    def _unlabelled(self, element: Element) -> Found | None:
        """Lists, cards and single links between the paragraphs that only their shape gives away."""
        if not self._within(element) and not self._closes(element):
            return None
        measure = self._measures[element]
        unlinked = measure.text - measure.linked
        parent = element.getparent()
        if parent is not None and parent.tag in ("p", "li", "h1", "h2", "h3", "span", "td", "figcaption"):
            return None
        rule = self._shape(element, measure.blocks, unlinked, measure.linked, measure.text)
        if rule is None:
            return None
        targets = links.targets([element], self._base, self._url, None)
        if not targets and links.promotes(text_of(element)):
            return Found((element,), Block("promotion", None, (), "promotion_link", 0.7))
        if not targets or not all(self._tells(link) for link in targets):
            return None
        if len(targets) * 2 < len({link.get("href") for link in links.links([element])}):
            return None
        if any(self._promotes(inner) for inner in element.iterdescendants(*_WRAPPERS)):
            return None
        return self._made((element,), None, targets, rule, 0.6)

    def _promotes(self, element: Element) -> bool:
        """Whether a box inside a candidate is a promotion by its class: then the candidate is a column of the page."""
        words = names(element)
        return (
            bool(PROMOTION_WORDS.search(words))
            and not RELATED_WORDS.search(words)
            and self._measures[element].links > 1
        )

    @staticmethod
    def _shape(element: Element, blocks: int, unlinked: int, linked: int, text: int) -> str | None:
        if not text:
            return None
        if element.tag in ("ul", "ol"):
            items = element.findall("li")
            if items and linked * 10 >= text * 6 and all(next(item.iter("a"), None) is not None for item in items):
                return "link_list"
            return None
        if element.tag in ("p", "h2", "h3", "h4", "h5", "blockquote") or (not blocks and element.tag in ("div", "a")):
            return "link_paragraph" if unlinked <= max(3, text // 12) else None
        if element.tag in _EDITORIAL_BOXES or element.tag == "div" or (element.tag == "a" and blocks):
            if unlinked <= _MAX_SUMMARY and _is_card(element):
                return "card"
            has_mark = element.tag in _EDITORIAL_BOXES or any(True for _ in element.iter("img", "picture", *HEADINGS))
            if has_mark and unlinked <= 220 and linked * 10 >= text * 3:
                return "card"
            if linked * 10 >= text * 9:
                return "link_list"
        return None

    def _tells(self, link: Link) -> bool:
        """Whether a link reads as a headline of the same site."""
        if not urls.same_site(link.url, self._url) or links.is_section(link.url, 1):
            return False
        if _CJK.search(link.anchor):
            return len(link.anchor) >= 8
        return len(link.anchor.split()) >= 4 and len(link.anchor) >= 18


def _is_card(element: Element) -> bool:
    """Whether a box begins with one link that holds a picture or a heading; what is left is that link's summary."""
    first = next((child for child in element.iter(etree.Element) if child is not element and child.tag != "div"), None)
    if first is None or first.tag != "a" or not any(True for _ in first.iter("img", "picture", *HEADINGS)):
        return False
    if not any(linked for _, linked in _chunks(element)):
        return False
    return len({link.get("href") for link in links.links([element])}) == 1


def _chunks(element: Element) -> Iterator[tuple[str, bool]]:
    """The element's pieces of text that are not blank, each with whether it is linked."""
    in_link = 0
    for event, current in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            in_link += current.tag == "a"
            text = current.text
        else:
            in_link -= current.tag == "a"
            text = current.tail if current is not element else None
        if text:
            shown = " ".join(INVISIBLE.sub("", text).split())
            if _VISIBLE.search(shown):
                yield shown, in_link > 0
