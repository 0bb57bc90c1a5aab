"""The last look at an article: whatever a field came from, it is text, and its addresses are without passwords."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records import Article, Image, Relation
from aggregator.text import one_line, untagged
from aggregator.urls import without_credentials

_NOTHING_LEFT = "…"
"""Stands for a paragraph or headline that was markup alone: the paragraphs after it keep their numbers."""


def plain(article: Article) -> Article:
    """The article without markup and credentials in any field."""
    return replace(
        article,
        url=without_credentials(article.url),
        canonical_url=without_credentials(article.canonical_url),
        alt_urls=tuple(map(without_credentials, article.alt_urls)),
        headline=_line(article.headline) or _NOTHING_LEFT,
        lead=_line(article.lead),
        text="\n\n".join(_paragraph(each) for each in article.text.split("\n\n")),
        authors=_lines(article.authors),
        agency=_line(article.agency),
        places=_lines(article.places),
        cites=_lines(article.cites),
        section=_line(article.section),
        tags=_lines(article.tags),
        images=tuple(map(_image, article.images)),
        published_raw=_line(article.published_raw),
        relations=tuple(map(_relation, article.relations)),
    )


def _line(text: str | None) -> str | None:
    return one_line(untagged(text)) if text and "<" in text else text


def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kept for text in texts if (kept := _line(text))))


def _paragraph(text: str) -> str:
    return (_line(text) or _NOTHING_LEFT) if "<" in text else text


def _image(image: Image) -> Image:
    return replace(image, url=without_credentials(image.url), caption=_line(image.caption))


def _relation(relation: Relation) -> Relation:
    return replace(
        relation,
        url=without_credentials(relation.url),
        anchor=_line(relation.anchor) or "",
        heading=_line(relation.heading),
    )
