"""Whether a page is an article at all, and whether everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from aggregator.extraction import jsonld, refusals
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.structured import Structured
from aggregator.records import Access, Decision, Page
from aggregator.text import fold, says_nothing

_SUBSCRIBE = re.compile(
    r"subscribe (?:now )?to (?:read|continue)|(?:this|the full) (?:article|story) is (?:only )?(?:available )?"
    r"(?:for|to) subscribers|to (?:continue|keep) reading|already a subscriber|weiterlesen mit|jetzt abonnieren"
    r"|nur fur abonnenten"
    r"|article reserve (?:aux|a nos) abonnes|pour lire la suite|solo para suscriptores|contenido exclusivo para"
    r"|contenuto riservato agli abbonati|только для подписчиков|оформите подписку|abonelere ozel|abone ol(?:un|arak)"
    r"|للمشترکین فقط|ویژه مشترکان|למנויים בלבד|dla prenumeratorow|voor abonnees"
)
_ELSEWHERE = re.compile(
    r"(?:not|un)\s?available (?:in|from) (?:your|most european) (?:country|countries|region|location)"
    r"|not available due to legal|in (?:ihrem|deinem) land nicht verfugbar|pas disponible dans votre (?:pays|region)"
    r"|no (?:esta )?disponible en (?:tu|su) (?:pais|region)|недоступ\w+ в вашем регионе|غیر متاح فی (?:بلدک|منطقتک)"
)
_FEW = 60
"""Words below which a video or a gallery has a caption rather than a text."""
_SHORT = 100
"""Words below which a page shows a beginning rather than an article."""
_LIST_PATH = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|search|archives?|sections?|page/\d+)(?:/|$)", re.I
)
_SEARCH = re.compile(r"(?:^|&)(?:q|s|query|search|keyword|tag|cat)=[^&]")
_SECTION_PART = re.compile(r"[a-zA-Z]+(?:[-_][a-zA-Z]+)?")
_MANY = 8
"""Linked headings, and paragraphs, that the teasers of a section page make at least."""
_FRONT = frozenset({"", "index.html", "index.php", "index.htm", "home", "default.aspx"})
_WALL = re.compile(
    r"""(?:class|id|data-testid)=["'][^"'<>]{0,200}(?:paywall|pay-wall|premium-content|subscriber-only|piano-|locked-content|meter-wall)""",
    re.I,
)
_WALL_WORDS = ("paywall", "pay-wall", "premium-content", "subscriber-only", "piano-", "locked-content", "meter-wall")
_UNSPACED = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af]")
_HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")


def unreadable(page: Page) -> str | None:
    """Why the answer cannot be an article's page before it is even parsed; None where it may be one."""
    if page.status >= 400:
        return f"HTTP status {page.status}"
    kind = (page.header("content-type") or "").lower()
    if not says_nothing(kind) and not any(name in kind for name in _HTML_TYPES):
        return f"not HTML: {kind.split(';')[0]}"
    if not page.body.strip():
        return "empty body"
    if page.body[:5] in (b"%PDF-", b"\x89PNG\r", b"GIF89") or page.body[:3] == b"\xff\xd8\xff":
        return "not HTML"
    return None


def no_article(
    title: str | None, texts: Sequence[str], structured: Structured, url: str, options: ExtractionOptions
) -> str | None:
    """Why the page is no article; None where it is one.  In doubt it is one."""
    words = sum(_words(text) for text in texts)
    notice = _notice(title, texts, structured, words)
    if notice is not None:
        return notice
    if not texts:
        return "no text"
    if words < _FEW and (medium := _medium(structured)) is not None:
        return f"{medium} with {words} words of text"
    minimum = options.min_words_declared if structured.is_article else options.min_words
    if words < minimum:
        return f"too little text: {words} words"
    if not structured.is_article and _is_list(structured, url, texts):
        return "list or front page"
    return "no headline" if title is None else None


def _notice(title: str | None, texts: Sequence[str], structured: Structured, words: int) -> str | None:
    """What a page with little text is instead of an article, where its words say so."""
    titles = (title or "", structured.title or "", *structured.headings[:2])
    # A page that is stated to be an article in JSON-LD may well report that something was not found.
    if words < 120 and not structured.article and any(map(refusals.says_missing, titles)):
        return f"page not found: {title}"
    if words >= 150 or structured.article:
        return None
    said = (*titles, *texts[:2])
    if any(map(refusals.says_gate, said)):
        return "consent or security page: it asks for a proof"
    return "consent or security page: it asks for consent" if any(map(refusals.says_consent, said)) else None


def _medium(structured: Structured) -> str | None:
    """What the page is about where that is a video or a gallery rather than a text."""
    if structured.article:
        return None
    kinds = {kind for node in structured.nodes for kind in jsonld.types(node)}
    if (structured.meta("og:type") or "").lower().startswith("video") or "videoobject" in kinds:
        return "video"
    return "gallery" if kinds & {"imagegallery", "mediagallery"} else None


def _words(text: str) -> int:
    spaced = len(text.split())
    # Scripts without spaces between words: two characters make about one.
    return spaced if text.isascii() else max(spaced, len(_UNSPACED.findall(text)) // 2)


def _is_list(structured: Structured, url: str, texts: Sequence[str]) -> bool:
    path, query = urlsplit(url).path, urlsplit(url).query
    if any(jsonld.types(node) & jsonld.ARTICLE_TYPES for node in structured.nodes):
        return False
    longest = max(_words(text) for text in texts)
    if path.strip("/") in _FRONT and not query:
        return True
    listed = any(jsonld.types(node) & jsonld.LIST_TYPES for node in structured.nodes)
    listed = listed or any(map(refusals.says_results, structured.headings[:1]))
    if listed or _LIST_PATH.search(path) or (_SEARCH.search(query) and path.count("/") < 3):
        return longest < 60
    if _is_section(path) and min(len(texts), structured.linked_headings) >= _MANY and not query:
        return longest < 40
    return longest < 14 and len(texts) > 15


def _is_section(path: str) -> bool:
    """Whether a path is that of a section: one or two short words, where articles have numbers or a headline."""
    parts = [part for part in path.strip("/").split("/") if part]
    return len(parts) <= 2 and all(part.isascii() and _SECTION_PART.fullmatch(part) for part in parts)


def access(structured: Structured, html: str, texts: Sequence[str], last: Sequence[str]) -> tuple[Access, Decision]:
    """Whether the text can be read by everybody, as far as the page says or shows, and why.

    `last` are the last paragraphs as they were found, with what is no part of the text.
    """
    words = sum(_words(text) for text in texts)
    chosen, reason = _stated_access(structured) or _seen_access(html, texts, last, words)
    return chosen, Decision(what="access", choice=chosen, reason=f"{reason}; {words} words")


def _stated_access(structured: Structured) -> tuple[Access, str] | None:
    said = structured.article.get("isAccessibleForFree")
    tier = (structured.meta("article:content_tier", "article:access", "content_tier") or "").lower()
    if said is not None:
        free = str(said).lower().rsplit("/", 1)[-1] not in ("false", "0", "no")
        if not free and tier == "metered":
            return "metered", "content tier of the meta elements"
        return ("free" if free else "paywalled"), f"isAccessibleForFree is {said}"
    tiers: dict[str, Access] = {"free": "free", "metered": "metered", "locked": "paywalled", "premium": "paywalled"}
    return (tiers[tier], "content tier of the meta elements") if tier in tiers else None


def _seen_access(html: str, texts: Sequence[str], last: Sequence[str], words: int) -> tuple[Access, str]:
    if words < _SHORT and any(_ELSEWHERE.search(fold(text)) for text in texts):
        return "blocked", "the page says it is not to be read from here"
    if words < _SHORT and any(_SUBSCRIBE.search(fold(text)) for text in (*texts[-3:], *last)):
        return "paywalled", "the text ends in a call to subscribe"
    if _has_wall(html):
        return ("paywalled" if words < _SHORT else "unknown"), "an element named after a paywall"
    return ("free", "enough text, no wall") if words >= _SHORT else ("unknown", "little text, no wall")


def _has_wall(html: str) -> bool:
    # The expression is tried only where one of the words stands: over a whole page it takes milliseconds.
    for word in filter(html.__contains__, _WALL_WORDS):
        place = html.find(word)
        while place >= 0:
            if _WALL.search(html, max(0, place - 230), place + len(word)):
                return True
            place = html.find(word, place + len(word))
    return False
