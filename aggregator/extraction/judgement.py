"""Whether a page is an article at all, and whether everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from aggregator.extraction import jsonld
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.structured import Structured
from aggregator.records import Access, Decision, Page
from aggregator.text import fold

_MISSING = re.compile(
    r"(?:(?:error )?40[34]\b.{0,40}|.{0,30}(?:page|article|story) (?:was |is |could ?n.t be |cannot be |can.t be "
    r")?(?:not found|found|unavailable|missing|gone)|.{0,20}not found|"
    r".{0,30}(?:seite|page|pagina|stranica|страница) .{0,10}(?:nicht gefunden|introuvable|no encontrada|non trovata"
    r"|не найдена|ej hittad).{0,20}|"
    r"sayfa bulunamadi.{0,20}|صفحه (?:مورد نظر )?(?:شما )?(?:یافت|پیدا) نشد.{0,20}|الصفحه غیر موجوده.{0,20}|הדף לא "
    r"נמצא.{0,20}|access denied|forbidden|oops.{0,30})",
    re.I,
)
_GATE = re.compile(
    r"(?:just a moment|attention required|access (?:to this page has been )?denied|verify(?:ing)? (?:that )?you are "
    r"(?:a )?human|are you a robot|enable javascript|"
    r"before you continue|checking your browser|please enable cookies|security check|pardon our interruption|captcha"
    r"|your privacy choices|cookie consent)",
    re.I,
)
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
_SHORT = 100
"""Words below which a page shows a beginning rather than an article."""
_LIST_PATH = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|search|archives?|sections?|page/\d+)(?:/|$)", re.I
)
_WALL = re.compile(
    r"""(?:class|id|data-testid)=["'][^"'<>]{0,200}(?:paywall|pay-wall|premium-content|subscriber-only|piano-|locked-content|meter-wall)""",
    re.I,
)
_WALL_WORDS = ("paywall", "pay-wall", "premium-content", "subscriber-only", "piano-", "locked-content", "meter-wall")
_WALL_WORD = re.compile("|".join(_WALL_WORDS), re.I)
_UNSPACED = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af]")
_HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")


def unreadable(page: Page) -> str | None:
    """Why the answer cannot be an article's page before it is even parsed; None where it may be one."""
    if page.status >= 400:
        return f"HTTP status {page.status}"
    kind = (page.header("content-type") or "").lower()
    if kind and not any(name in kind for name in _HTML_TYPES):
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
    shown = fold(title or "")
    if words < 120 and (_MISSING.fullmatch(shown) or _MISSING.fullmatch(fold(structured.title or ""))):
        return f"page not found: {title}"
    if (
        words < 150
        and (
            _GATE.search(shown) or _GATE.search(structured.title or "") or any(_GATE.search(text) for text in texts[:2])
        )
        and not structured.article
    ):
        return "consent or security page"
    if not texts:
        return "no text"
    minimum = options.min_words_declared if structured.is_article else options.min_words
    if words < minimum:
        return f"too little text: {words} words"
    if not structured.is_article and _is_list(structured, url, texts):
        return "list or front page"
    return "no headline" if title is None else None


def _words(text: str) -> int:
    spaced = len(text.split())
    # Scripts without spaces between words: two characters make about one.
    return spaced if text.isascii() else max(spaced, len(_UNSPACED.findall(text)) // 2)


def _is_list(structured: Structured, url: str, texts: Sequence[str]) -> bool:
    path = urlsplit(url).path
    if any(jsonld.types(node) & jsonld.ARTICLE_TYPES for node in structured.nodes):
        return False
    longest = max(_words(text) for text in texts)
    if path.strip("/") == "" and not urlsplit(url).query:
        return True
    if any(jsonld.types(node) & jsonld.LIST_TYPES for node in structured.nodes) or _LIST_PATH.search(path):
        return longest < 60
    return longest < 14 and len(texts) > 15


def access(structured: Structured, html: str, texts: Sequence[str]) -> tuple[Access, Decision]:
    """Whether the text can be read by everybody, as far as the page says or shows, and why."""
    words = sum(_words(text) for text in texts)
    chosen, reason = _stated_access(structured) or _seen_access(html, texts, words)
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


def _seen_access(html: str, texts: Sequence[str], words: int) -> tuple[Access, str]:
    if words < _SHORT and any(_ELSEWHERE.search(fold(text)) for text in texts):
        return "blocked", "the page says it is not to be read from here"
    if words < _SHORT and any(_SUBSCRIBE.search(fold(text)) for text in texts[-3:]):
        return "paywalled", "the text ends in a call to subscribe"
    if _has_wall(html):
        return ("paywalled" if words < _SHORT else "unknown"), "an element named after a paywall"
    return ("free", "enough text, no wall") if words >= _SHORT else ("unknown", "little text, no wall")


def _has_wall(html: str) -> bool:
    # The expression is tried only where one of the words stands: over a whole page it takes milliseconds.
    if not any(word in html for word in _WALL_WORDS):
        return False
    places = (match for match in _WALL_WORD.finditer(html))
    return any(_WALL.search(html, max(0, match.start() - 230), match.end()) for match in places)
