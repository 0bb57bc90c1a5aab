"""The links of a block: which of them lead to articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.extraction import labels
from aggregator.extraction.anchors import headline, is_title
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import HEADINGS, text_of

_SOCIAL = frozenset(
    [
    "facebook.com", "twitter.com", "x.com", "t.me", "telegram.me", "instagram.com", "whatsapp.com", "wa.me",
    "linkedin.com", "pinterest.com", "reddit.com", "tiktok.com", "youtube.com", "youtu.be", "threads.net",
    "bsky.app", "flipboard.com", "vk.com", "ok.ru", "line.me", "snapchat.com", "viber.com", "news.google.com",
    "play.google.com", "apps.apple.com", "itunes.apple.com",
]
)  # fmt: skip
_NO_ARTICLE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|profile|profil|people|by|tags?|tagi|topics?|themen?|themes?|emner?|etiketa"
    r"|etiquetas?|keyword"
    r"|category|categories|kategorie|kategori|rubrique|rubrik|section|login|signin|sign-in|register|account|impressum|kontakt|contacto|contatti|contatto|iletisim|contactez-nous|contact-us"
    r"|subscri(?:be|ption)s?|abo"
    r"|abonn\w*|newsletters?|search|suche|share|sharer|print|contact|privacy[\w-]*|terms[\w-]*|cookies?[\w-]*|datenschutz\w*|imprint|about(?:-us)?|rss|feeds?"
    r"|comments?|epaper|shop|jobs"
    r"|podcasts?/?$)(?:/|\.html?$|$)",
    re.I,
)
_PROMOTES = re.compile(
    r"\b(?:newsletters?|whatsapp|telegram channel|subscri(?:be|ption|ber)\w*|abonn\w+|sign up|(?:the|our|die|\w+-) "
    r"?app\b|(?:click|tap) here"
    r"|activate your|e-?paper|probeabo|free trial|gift card)",
    re.I,
)
_SELLS = re.compile(
    r"/(?:newsletters?|subscri(?:be|ption)s?|sign-?up|abo(?:nn\w*|s)?|abone\w*|membership|suscri\w+|iscri\w+|prenumer\w+)"
    r"(?:/|\.html?$|[?#]|$)",
    re.I,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|m4a|zip|pdf|xlsx?|docx?|csv)$", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """One article a block leads to."""

    url: str
    anchor: str


def targets(parts: Sequence[Element], base: str, page_url: str, heading: str | None) -> tuple[Link, ...]:
    """The articles the links in `parts` lead to, one each, in order; links to sections, tags, people are left out."""
    anchors: dict[str, list[Element]] = {}
    shown: dict[str, str] = {}
    own = urls.key(page_url)
    for element in links(parts):
        url = urls.absolute(element.get("href") or "", base)
        if url is None or not leads_to_article(url):
            continue
        key = urls.key(url)
        if key != own and not _belongs_to(key, own):
            anchors.setdefault(key, []).append(element)
            shown.setdefault(key, url)
    found: list[Link] = []
    for key, elements in anchors.items():
        anchor = _best(elements, parts, heading, alone=len(anchors) == 1)
        if anchor is None or promotes(anchor) or _names_section(shown[key], anchor):
            continue
        found.append(Link(shown[key], anchor))
    return tuple(found)


def _names_section(url: str, anchor: str) -> bool:
    """Whether a word or three lead to a path of plain words, or repeat the last of them: a section's name."""
    if len(anchor.split()) > 3:
        return False
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return is_section(url) or last.casefold().split("-") == anchor.casefold().split()


def links(parts: Sequence[Element]) -> Iterator[Element]:
    """All links with an address in `parts`."""
    for part in parts:
        for element in part.iter("a"):
            if element.get("href"):
                yield element


def leads_to_article(url: str) -> bool:
    """Whether an absolute URL may be an article's: not a front page, tag, person, file, share or login link."""
    parts = urlsplit(url)
    if not parts.path.strip("/") and not parts.query:
        return False
    if urls.site(url) in _SOCIAL or parts.netloc in _SOCIAL:
        return False
    return not (_NO_ARTICLE.search(parts.path) or _FILE.search(parts.path))


def sells(address: str) -> bool:
    """Whether a link's address is that of a subscription, a newsletter or a membership."""
    return _SELLS.search(address) is not None


def promotes(anchor: str) -> bool:
    """Whether a link's words sell something of the publisher's instead of naming an article."""
    return len(anchor) < 90 and _PROMOTES.search(anchor) is not None


def _belongs_to(key: str, own: str) -> bool:
    """Whether a URL is a part of the page itself: its gallery, its comments, its list of similar ones."""
    if key.partition("?")[0] == own:
        return True
    stem = re.sub(r"\.\w{2,5}$", "", own)
    return len(stem) > len(own) // 2 and stem.count("/") > 1 and key.startswith((stem + "/", own + "?", own + "/"))


def is_section(url: str, depth: int = 2) -> bool:
    """Whether a URL's path is `depth` plain words at most, as sections have them."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return len(segments) <= depth and all(
        segment.count("-") < 2 and not any(map(str.isdigit, segment)) for segment in segments
    )


def _best(elements: list[Element], parts: Sequence[Element], heading: str | None, *, alone: bool) -> str | None:
    texts = [text for text in (headline(element) for element in elements) if text]
    told = [text for text in texts if text != heading and labels.whole(text) is None]
    if told:
        # A card links its picture, its headline and a call to action; the headline is in a heading, or comes first.
        titled = [headline(element) for element in elements if _within_heading(element)]
        return next((text for text in titled if text in told), None) or max(told, key=len)
    if texts or alone:
        unlinked = _unlinked_heading(parts) if alone else None
        if unlinked and unlinked != heading:
            return unlinked
    for element in elements:
        spare = element.get("title") or element.get("aria-label") or _alternative(element)
        if spare and labels.whole(spare) is None and len(spare.split()) >= 3:
            return " ".join(spare.split())
    return None


def _within_heading(element: Element) -> bool:
    return element.tag in HEADINGS or any(parent.tag in HEADINGS for parent in islice(element.iterancestors(), 3))


def _alternative(element: Element) -> str | None:
    return next((image.get("alt") for image in element.iter("img") if image.get("alt")), None)


def _unlinked_heading(parts: Sequence[Element]) -> str | None:
    for part in parts:
        for element in part.iter(*HEADINGS, "strong", "b", "p", "span", "div"):
            if is_title(element):
                text = text_of(element)
                if text and labels.whole(text) is None:
                    return text
    return None
