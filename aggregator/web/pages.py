"""The pages: stories, one story, one article, search."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.operations.copies import family
from aggregator.store import SqlStore, browsing
from aggregator.store.query import Query
from aggregator.store.search import search
from aggregator.web import listing, newsroom
from aggregator.web.desk import Desk
from aggregator.web.rendering import highlighted, page, snippet


def missing(desk: Desk, request: Request, what: str) -> Response:
    """A page that says that something is not known."""
    return page(desk, request, "missing.html", 404, what=what)


def stories(desk: Desk, store: SqlStore, request: Request) -> Response:
    """The list of stories; its middle alone where htmx asks."""
    now = desk.clock()
    chosen = listing.filters(request.query_params)
    listed = browsing.stories(store, chosen.wanted(now, limit=listing.PAGE + 1))
    more = len(listed) > listing.PAGE and chosen.page < listing.MOST_PAGES
    template = "stories_list.html" if request.headers.get("hx-request") == "true" else "stories.html"
    return page(
        desk,
        request,
        template,
        chosen=chosen,
        cards=newsroom.cards(store, listed[: listing.PAGE]),
        more=more,
        names=desk.names(),
        choices={kind: browsing.facets(store, kind) for kind in listing.FACETS},
        times=listing.TIMES,
        last_seq=store.last_seq(),
    )


def story(desk: Desk, store: SqlStore, request: Request) -> Response:
    """One story."""
    story_id = request.path_params["story_id"]
    shown = newsroom.story_page(store, story_id)
    if shown is None:
        return missing(desk, request, "story")
    if shown.merged_from:
        return RedirectResponse(f"/stories/{shown.story.id}", 302)
    told: dict[str, int] = {}
    for one in browsing.told(store, [shown.story.id])[shown.story.id]:
        told[one.source_id] = told.get(one.source_id, 0) + 1
    names = desk.names()
    rows = newsroom.coverage(told, desk.catalogue().sources)
    return page(desk, request, "story.html", shown=shown, names=names, coverage=rows)


def article(desk: Desk, store: SqlStore, request: Request) -> Response:
    """One article."""
    article_id = request.path_params["article_id"]
    found = store.article(article_id)
    if found is None:
        return missing(desk, request, "article")
    targets = {
        relation.target_id: target
        for relation in found.relations
        if relation.target_id and (target := store.article(relation.target_id))
    }
    linking = [(kind, one) for name, kind in store.linking(found.id)[:50] if (one := store.article(name))]
    events = store.history([found.id])
    story_id = found.story_id
    return page(
        desk,
        request,
        "article.html",
        article=found,
        paragraphs=found.text.split("\n\n"),
        targets=targets,
        linking=linking,
        copies=family(store, found),
        names=desk.names(),
        changes=newsroom.changes(store.forms(found.id)) if found.revision > 1 else [],
        facts=newsroom.decisions(events),
        events=events,
        story=store.story(story_id) if story_id else None,
    )


def searching(desk: Desk, store: SqlStore, request: Request) -> Response:
    """The search and what it found."""
    text, query = listing.typed(request.query_params)
    hits = search(store, query, limit=5 * listing.PAGE) if not query.empty else []
    wanted = frozenset(word for phrase in query.phrases for word in phrase)
    rows = [
        (
            one,
            highlighted(one.article.headline, wanted),
            snippet(one.article.text, wanted),
        )
        for one in newsroom.found(store, hits, listing.PAGE)
    ]
    return page(
        desk,
        request,
        "search.html",
        text=text,
        query=query,
        rows=rows,
        names=desk.names(),
        same={name: request.query_params.get(name, "") for name in ("q", *listing.FACETS)},
    )


def latest(store: SqlStore, query: Query, limit: int) -> list[newsroom.Found]:
    """The newest articles that a query asks for, copies folded."""
    return newsroom.found(store, search(store, query, limit=3 * limit), limit)
