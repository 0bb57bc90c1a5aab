"""Pages that list articles: by the catalogue's selectors, else by what links to articles have in common.

No site is known here.  A link counts by its address (a date, a number, a long slug), by its words (a headline), by
where it stands (not in the navigation), and by its company: the links of a list look alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from aggregator import text, urls
from aggregator.discovery import shapes
from aggregator.discovery.reading import Context, Entry, Reading, language, sighting

MAX_HTML = 5_000_000
"""Characters of a page that are read."""
MAX_LINKS = 5_000
"""Links of a page that are looked at."""
MAX_LISTED = 1_000
"""Articles of one page."""
ALIKE = 3
"""So many links of one kind are a list."""
MAX_WORDS = 300
"""Characters of a headline; what is longer is a link around a whole card."""

_FURNITURE = re.compile(
    r"(?:^|[^a-z])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|paginat(?:ion|or)|pager|social|share|tags?"
    r"|tagcloud|login|langs?|languages?|copyright|toolbar|topbar|cookie)(?:$|[^a-z])"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OFFSET_NAMES = {"start", "offset", "skip"}
_PAGE_NAMES = {"page", "p", "pg", "paged", "pagenum", "pageno", "pagenumber", "pageindex", "pi", "currentpage"} | {
    "seite", "sayfa", "pagina", *_OFFSET_NAMES,
}  # fmt: skip
_PAGE_PATH = re.compile(r"(?P<before>.*?)/(?:page|p|seite|sayfa|pagina|صفحه)[-/]?(?P<number>\d{1,5})/?$", re.I)
_NEXT_WORDS = {
    "next", "next page", "older", "older posts", "older entries", "more news", "بعدی", "صفحه بعد", "صفحه بعدی", "بعد",
    "التالي", "الصفحة التالية", "التالية", "sonraki", "sonraki sayfa", "suivant", "suivante", "page suivante",
    "nächste", "nächste seite", "weiter", "siguiente", "próxima", "successiva", "далее", "следующая", "вперёд",
    "دواتر", "اگلا", "अगला", "下一页", "次へ", "다음",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Card:
    """All links of a page to one address."""

    url: str
    position: int
    elements: list[Any] = field(default_factory=list)
    marks: int = 0
    headline: str | None = None
    in_furniture: bool = True
    """all of them stand in navigation, footers and the like"""


def read(html: str, context: Context) -> Reading:
    """The articles that a page lists, and its next page."""
    tree = _parsed(html[:MAX_HTML])
    if tree is None:
        context.note("not a listing: no HTML page")
        return Reading(problems=context.noted())
    page = _Page(tree, context)
    cards = page.selected() if context.source.selectors.listing_entries else page.recognised()
    if len(cards) > MAX_LISTED:
        context.note(f"{len(cards)} links to articles: only the first {MAX_LISTED} are read")
    spoken = language(tree.get("lang"))
    found = (
        sighting(page.entry(card, place, spoken), context, "listing") for place, card in enumerate(cards[:MAX_LISTED])
    )
    sightings = tuple(seen for seen in found if seen)
    if not sightings:
        context.note("no links to articles were found on the page: it may need selectors (listing_entries)")
    title = next(iter(tree.iter("title")), None)
    return Reading(
        format="listing" if sightings else None,
        title=text.one_line(_words(title)[:MAX_WORDS]) if title is not None else None,
        language=spoken,
        sightings=sightings,
        next_page=page.next_page(),
        problems=context.noted(),
    )


def _parsed(html: str) -> Any | None:
    from lxml import etree
    from lxml import html as parser

    try:
        tree = parser.document_fromstring(
            html.encode("utf-8", "replace"), parser=parser.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except (etree.LxmlError, ValueError, AssertionError):  # what it raises where there is nothing to parse
        return None
    etree.strip_elements(tree, "script", "style", "noscript", "template", "svg", with_tail=False)
    return tree


class _Page:
    """A page's links, told apart."""

    def __init__(self, tree: Any, context: Context) -> None:
        self.tree, self.context = tree, context
        base = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
        self.base = (urls.absolute(base, context.url) if base else None) or context.url
        self.here = urls.key(context.url)
        self.links: list[tuple[Any, str]] = []
        for element in tree.iter("a", "link"):
            url = self._address(element)
            if url is not None:
                self.links.append((element, url))
            if len(self.links) >= MAX_LINKS:
                context.note(f"only the first {MAX_LINKS} links are looked at")
                break

    def _address(self, element: Any) -> str | None:
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            return None
        url = urls.absolute(href, self.base)
        return url.partition("#")[0] if url and self.context.own(url) else None

    # -------------------------------------------------------------- entries

    def selected(self) -> list[_Card]:
        """What the catalogue's selectors choose: links, or elements of which the first link is taken."""
        chosen = [element for css in self.context.source.selectors.listing_entries for element in self._select(css)]
        known = {element: url for element, url in self.links if element.tag == "a"}
        pairs = []
        for element in chosen:
            link = element if element.tag == "a" else next((e for e in element.iter("a") if e in known), None)
            if link is not None and link in known:
                pairs.append((link, known[link]))
        return self._cards(pairs)

    def _select(self, css: str) -> list[Any]:
        from cssselect import SelectorError

        try:
            return list(self.tree.cssselect(css))
        except (SelectorError, ValueError) as error:
            self.context.note(f"the selector {css!r} is none: {error}")
            return []

    def recognised(self) -> list[_Card]:
        """Links that look like the site's articles."""
        cards = [card for card in self._cards(self._anchors()) if card.marks >= 0]
        plain = [card for card in cards if not card.in_furniture]
        sure = [card for card in plain if card.headline and card.marks >= 1]
        # A picture or a "more" below an address of the same kind as those of headlines leads to an article, too.
        kinds = Counter(shapes.pattern(card.url) for card in sure if card.marks == 2)
        alike = [card for card in plain if card.marks == 2 and kinds[shapes.pattern(card.url)] >= ALIKE]
        chosen = {card.url: card for card in (*sure, *alike, *_companions(plain))}
        clear = [card for card in cards if card.headline and card.marks == 2]
        if not chosen and len(clear) >= ALIKE:
            # Some sites call the whole page a menu.
            chosen = {card.url: card for card in clear}
        return sorted(chosen.values(), key=lambda card: card.position)

    def _anchors(self) -> Iterable[tuple[Any, str]]:
        return ((element, url) for element, url in self.links if element.tag == "a" and urls.key(url) != self.here)

    def _cards(self, pairs: Iterable[tuple[Any, str]]) -> list[_Card]:
        cards: dict[str, _Card] = {}
        for position, (element, url) in enumerate(pairs):
            card = cards.setdefault(urls.key(url), _Card(url=url, position=position))
            card.elements.append(element)
        furniture = _Furniture()
        for card in cards.values():
            card.marks = shapes.article_marks(card.url)
            card.in_furniture = all(furniture.holds(element) for element in card.elements)
            card.headline = self._headline(card)
        return list(cards.values())

    def _headline(self, card: _Card) -> str | None:
        found = [words for element in card.elements for words in _said(element)]
        best = max((words for words in found if _is_headline(words)), key=len, default=None)
        if best is not None:
            return best
        for element in card.elements:
            around = self._around(card, element)
            heading = next((h for h in around.iter(*_HEADINGS) if _is_headline(_words(h))), None)
            if heading is not None:
                return _words(heading)
        return None

    def _around(self, card: _Card, element: Any) -> Any:
        """The largest element, of a few, that holds links to this article alone."""
        around = element
        for above in _few(element.iterancestors(), 4):
            if above.tag in ("body", "main", "html") or any(
                self._address(link) not in (None, card.url) for link in _few(above.iter("a"), 10)
            ):
                break
            around = above
        return around

    def entry(self, card: _Card, position: int, spoken: str | None) -> Entry:
        """A card as an entry, with the time that stands beside it."""
        time = next((e.get("datetime") for e in self._around(card, card.elements[0]).iter("time")), None)
        return Entry(position=position, link=card.url, headline=card.headline, published=time, language=spoken)

    # ------------------------------------------------------------- next page

    def next_page(self) -> str | None:
        """Where the listing goes on: by selector, by rel=next, by number, or by a word that says so."""
        here = self.context.url
        for css in self.context.source.selectors.listing_next:
            for element in self._select(css):
                if element.tag == "a" and (url := self._address(element)):
                    return url
        others = [(element, url) for element, url in self.links if urls.canonical(url) != urls.canonical(here)]
        related = (url for element, url in others if "next" in (element.get("rel") or "").lower().split())
        found = next(related, None) or self._next_number([url for element, url in others if element.tag == "a"])
        return found or next((url for element, url in others if self._is_called_next(element, url)), None)

    def _next_number(self, others: list[str]) -> str | None:
        stem, number = _numbered(urls.canonical(self.context.url))
        numbers: dict[int, str] = {}
        for url in others:
            other, its_number = _numbered(urls.canonical(url))
            if other == stem and its_number is not None:
                numbers.setdefault(its_number, url)
        following = numbers.get((number or 1) + 1)
        if following is None:
            # Offsets grow by the length of a page: the first that is larger is the next one.
            larger = min((n for n in numbers if n > max(number or 0, 9)), default=None)
            following = numbers[larger] if larger is not None and _is_offset(numbers[larger]) else None
        return following

    def _is_called_next(self, element: Any, url: str) -> bool:
        if element.tag != "a" or urls.host(url) != urls.host(self.context.url) or shapes.article_marks(url) == 2:
            return False
        words = re.sub(r"[\s›»→<>…«‹←.]+", " ", _words(element)).strip().casefold()
        return words in _NEXT_WORDS


def _is_offset(url: str) -> bool:
    return any(name.lower() in _OFFSET_NAMES for name, _ in parse_qsl(urlsplit(url).query))


def _numbered(url: str) -> tuple[str, int | None]:
    """A page's address without its number, and that number."""
    parts = urlsplit(url)
    kept, number = [], None
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in _PAGE_NAMES and value.isdecimal() and len(value) <= 6:
            number = int(value)
        else:
            kept.append((name, value))
    path = parts.path
    found = None if number is not None else _PAGE_PATH.match(unquote(path))
    if found:
        path, number = found["before"], int(found["number"])
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), urlencode(sorted(kept)), "")), number


def _companions(cards: list[_Card]) -> list[_Card]:
    """Cards whose address says nothing, but that stand in a list of headlines, all built alike."""
    lists: dict[tuple[str, ...], list[_Card]] = defaultdict(list)
    for card in cards:
        lists[_build(card.elements[0])].append(card)
    return [
        card
        for alike in lists.values()
        if sum(1 for card in alike if card.headline) >= max(ALIKE, 0.6 * len(alike))
        for card in alike
        if card.headline
    ]


def _build(element: Any) -> tuple[str, ...]:
    return tuple(
        f"{e.tag}.{(e.get('class') or '').split(' ')[0]}" for e in (element, *_few(element.iterancestors(), 3))
    )


class _Furniture:
    """Where a page's links are no list of articles; each element is looked at once."""

    def __init__(self) -> None:
        self._known: dict[Any, bool] = {}

    def holds(self, element: Any) -> bool:
        """Whether a link stands in navigation, a footer, or what is named like them."""
        chain = []
        result = False
        for above in element.iterancestors():
            if above in self._known:
                result = self._known[above]
                break
            chain.append(above)
        for above in reversed(chain):
            result = self._known[above] = result or self._is(above)
        return result

    @staticmethod
    def _is(element: Any) -> bool:
        if element.tag in ("html", "body", "main", "article"):
            return False
        if element.tag in ("nav", "footer") or element.get("role") in ("navigation", "menu", "contentinfo", "banner"):
            return not any(above.tag == "article" for above in element.iterancestors())
        if element.tag == "header" and not any(e.tag in ("article", "li") for e in element.iterancestors()):
            return True
        named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500].lower()
        return bool(_FURNITURE.search(named))


def _said(element: Any) -> Iterable[str]:
    """What a link says: the heading in it, else its words, its title, or what its picture shows."""
    headings = [_words(heading) for heading in element.iter(*_HEADINGS)]
    if headings:
        yield from headings
        return
    words = _words(element)
    if words:
        if len(words) <= MAX_WORDS:
            yield words
        return
    yield text.one_line(element.get("title") or element.get("aria-label")) or ""
    yield from (text.one_line(image.get("alt")) or "" for image in element.iter("img"))


def _words(element: Any) -> str:
    pieces = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece)
        if size > 10_000:
            break
    return text.one_line(" ".join(pieces)) or ""


def _is_headline(words: str) -> bool:
    if not words or len(words) > MAX_WORDS:
        return False
    if len(_CJK.findall(words)) >= 8:
        return True
    return sum(1 for c in words if c.isalpha()) >= 12 and len(words.split()) >= 3


def _few(elements: Iterable[Any], number: int) -> Iterable[Any]:
    for place, element in enumerate(elements):
        if place >= number:
            return
        yield element
