"""What the publisher files the article under, and its pictures."""

from __future__ import annotations

import re

from aggregator import urls
from aggregator.extraction import jsonld
from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Image
from aggregator.text import fold, one_line

_SPLIT = re.compile(r"\s*[,;،؛|]\s*")
_HOME = frozenset(
    fold(word)
    for word in (
        "home",
        "start",
        "startseite",
        "accueil",
        "inicio",
        "homepage",
        "anasayfa",
        "خانه",
        "الرئيسية",
        "главная",
        "news",
        "front page",
    )
)
_MAX_SECTION = 60
_MAX_CRUMB = 40
_MAX_TAGS = 40
_MAX_IMAGES = 10


def section(structured: Structured, listed: str | None, prefixed: str | None) -> tuple[str | None, Decision]:
    """The publisher's section and why: the text's own prefix, JSON-LD, meta, breadcrumb, else the feed's."""
    crumbs = [crumb for crumb in structured.breadcrumbs[:-1] or structured.breadcrumbs if fold(crumb) not in _HOME]
    candidates = [
        ("prefix of the text", prefixed),
        ("jsonld", _short(jsonld.text(structured.article.get("articleSection")))),
        ("meta", _short(structured.meta("article:section", "section", "og:article:section"))),
        ("breadcrumb", crumbs[-1] if crumbs and len(crumbs[-1]) <= _MAX_CRUMB else None),
        ("microdata", next(iter(structured.microdata.get("articlesection", ())), None)),
        ("feed", listed),
    ]
    given = [(where, text) for where, text in candidates if text]
    if not given:
        return None, Decision(what="section", choice="none", reason="nothing states it")
    where, chosen = given[0]
    losers = "; ".join(f"{place} {text}" for place, text in given[1:])
    return chosen, Decision(what="section", choice=chosen, reason=where + (f"; others: {losers}" if losers else ""))


def _short(text: str | None) -> str | None:
    return text if text and len(text) <= _MAX_SECTION and "://" not in text else None


def tags(structured: Structured) -> tuple[str, ...]:
    """The publisher's keywords, each once, in the order given."""
    given = [
        *jsonld.texts(structured.article.get("keywords")),
        *structured.metas.get("article:tag", ()),
        *structured.metas.get("news_keywords", ()),
        *structured.metas.get("keywords", ()),
    ]
    found: dict[str, str] = {}
    for text in given:
        for part in _SPLIT.split(text):
            tag = one_line(part)
            if tag and len(tag) <= 80:
                found.setdefault(fold(tag), tag)
    return tuple(list(found.values())[:_MAX_TAGS])


def images(structured: Structured) -> tuple[Image, ...]:
    """The article's pictures that the page states, the main one first."""
    found: dict[str, Image] = {}
    stated = structured.article.get("image")
    for item in stated if isinstance(stated, list) else [stated]:
        caption = jsonld.text(item.get("caption")) if isinstance(item, dict) else None
        for address in jsonld.texts(item, key="url")[:1] or jsonld.texts(item, key="contentUrl")[:1]:
            url = urls.absolute(address, structured.base)
            if url:
                found.setdefault(urls.key(url), Image(url=url, caption=caption))
    for name in ("og:image", "og:image:url", "twitter:image"):
        for address in structured.metas.get(name, ()):
            url = urls.absolute(address, structured.base)
            if url:
                found.setdefault(urls.key(url), Image(url=url, caption=structured.meta("og:image:alt")))
    return tuple(list(found.values())[:_MAX_IMAGES])
