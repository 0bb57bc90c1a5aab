"""What the publisher files the article under, and its pictures."""

from __future__ import annotations

import re

from aggregator import urls
from aggregator.extraction import jsonld
from aggregator.extraction.structured import Structured
from aggregator.records import Image
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
_MAX_TAGS = 40
_MAX_IMAGES = 10


def section(structured: Structured, listed: str | None) -> str | None:
    """The publisher's section: JSON-LD, meta, breadcrumb, else the feed's."""
    stated = jsonld.text(structured.article.get("articleSection")) or structured.meta(
        "article:section", "section", "og:article:section"
    )
    if stated and len(stated) <= 60 and "://" not in stated:
        return stated
    crumbs = [crumb for crumb in structured.breadcrumbs[:-1] or structured.breadcrumbs if fold(crumb) not in _HOME]
    if crumbs and len(crumbs[-1]) <= 40:
        return crumbs[-1]
    return next(iter(structured.microdata.get("articlesection", ())), None) or listed


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
