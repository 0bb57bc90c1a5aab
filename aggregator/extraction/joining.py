"""An article told on several pages, made one."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records import Article, Decision, Extraction, Relation
from aggregator.text import fold
from aggregator.urls import canonical, key

MOST_PAGES = 20
"""Pages of one article that are read: more is a gallery or a trap."""


def joined(first: Extraction, url: str, following: Extraction | None) -> Extraction:
    """`first` with the text and the links of its next page, which is at `url`; None: that page could not be had.

    What both pages show (a standfirst, a list of related articles) stays once.  The result's `next_page` is that of
    the page that was added, so that it can be joined with the one after.
    """
    article = first.article
    if article is None:
        return first
    added = following.article if following else None
    if added is None:
        why = following.rejected if following else "it could not be had"
        warning = f"the next page, {url}, is missing: {why}"
        return replace(first, article=replace(article, warnings=(*article.warnings, warning)), next_page=None)
    paragraphs = article.text.split("\n\n") if article.text else []
    known = {fold(paragraph) for paragraph in paragraphs}
    new = [paragraph for paragraph in added.text.split("\n\n") if paragraph and fold(paragraph) not in known]
    whole = [*paragraphs, *new]
    relations = _relations(article, added, len(paragraphs), len(added.text.split("\n\n")) - len(new), len(whole))
    joined_article = replace(
        article,
        text="\n\n".join(whole),
        relations=relations,
        images=tuple(dict.fromkeys((*article.images, *added.images))),
        alt_urls=tuple(dict.fromkeys((*article.alt_urls, canonical(url)))),
    )
    decision = Decision(what="pages", choice=url, reason=f"rel=next of the page before: {len(new)} more paragraphs")
    return replace(
        first,
        article=joined_article,
        next_page=following.next_page if following else None,
        decisions=(*first.decisions, decision),
    )


def _relations(article: Article, added: Article, before: int, repeated: int, total: int) -> tuple[Relation, ...]:
    """The links of both pages, each once; what stood after a page's text stands after the whole."""

    def moved(relation: Relation, offset: int) -> Relation:
        place = relation.after_paragraph
        if relation.where == "end" and place is not None:
            return replace(relation, after_paragraph=total)
        return replace(relation, after_paragraph=None if place is None else max(0, place + offset))

    found: dict[str, Relation] = {}
    for relation in article.relations:
        found.setdefault(key(relation.url), moved(relation, 0))
    for relation in added.relations:
        found.setdefault(key(relation.url), moved(relation, before - repeated))
    return tuple(found.values())
