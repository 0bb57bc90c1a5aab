"""Stories for people: which there are, what is in one, and what their articles point to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from aggregator.editing import EDITORIAL
from aggregator.encoding import to_plain
from aggregator.records import Article, Story
from aggregator.store import Store

Edge = tuple[str, str, str]
"""An editorial link between known articles: from, type, to."""


def stories_table(stories: Iterable[Story]) -> Table:
    """A row for each story."""
    table = Table(box=None, pad_edge=False)
    table.add_column("articles", justify="right")
    table.add_column("outlets", justify="right")
    table.add_column("languages", no_wrap=True)
    table.add_column("last", no_wrap=True)
    table.add_column("story", overflow="fold")
    for story in stories:
        table.add_row(
            str(story.size),
            str(len(story.outlets)),
            " ".join(story.languages[:4]),
            f"{story.last:%Y-%m-%d %H:%M}",
            f"{escape(story.headline)}\n[dim]{escape(story.id)}[/dim]",
        )
    return table


def story(store: Store, story_id: str) -> dict[str, Any] | None:
    """A story with its articles in the order in which they came, and the copies of each; None where there is none.

    A story that was merged into another is given as that one.
    """
    found = store.find_story(story_id)
    stands = store.story(found) if found else None
    if found is None or stands is None:
        return None
    rows = []
    for member in store.members(found):
        article = store.article(member.article_id)
        if article is None:
            continue
        row = {"role": member.role, "score": member.score, "via": list(member.via), **_brief(article)}
        copies = [_brief(copy) for name, _, _ in store.copies(article.id) if (copy := store.article(name))]
        rows.append(row | ({"copies": copies} if copies else {}))
    answer: dict[str, Any] = {**to_plain(stands), "articles": rows}
    return answer | ({"merged_from": story_id} if found != story_id else {})


def _brief(article: Article) -> dict[str, Any]:
    brief = {
        "id": article.id,
        "headline": article.headline,
        "source": article.source.id,
        "language": article.language,
        "published": article.published or article.published_local,
        "url": article.canonical_url,
    }
    return {name: value for name, value in brief.items() if value is not None}


def graph(store: Store, story_id: str) -> dict[str, Any] | None:
    """What the articles of a story point to and what points to them: nodes and typed edges; None: no such story."""
    found = store.find_story(story_id)
    if found is None:
        return None
    members = [member.article_id for member in store.members(found)]
    family = [*members, *(name for member in members for name, _, _ in store.copies(member))]
    edges = _editorial(store.links(family))
    names = dict.fromkeys([*family, *(end for edge in edges for end in (edge[0], edge[2]))])
    nodes = []
    for name in names:
        article = store.article(name)
        if article is not None:
            stands = store.story_of(name)
            nodes.append(_brief(article) | {"story_id": stands, "inside": stands == found})
    return {"story_id": found, "nodes": nodes, "edges": [_plain(edge) for edge in edges]}


def clusters(store: Store) -> Iterator[dict[str, Any]]:
    """Articles that editors have tied together, group by group, the largest first.

    Apart from stories: what an editor links to is often background, and not the same event.
    """
    edges = _editorial(store.all_links())
    groups: dict[str, list[Edge]] = {}
    root = _joined(edges)
    for edge in edges:
        groups.setdefault(root[edge[0]], []).append(edge)
    for own in sorted(groups.values(), key=lambda held: (-len(held), held)):
        articles = sorted({end for edge in own for end in (edge[0], edge[2])})
        stands = {name: store.story_of(name) for name in articles}
        yield {
            "articles": articles,
            "stories": sorted({story_id for story_id in stands.values() if story_id}),
            "edges": [_plain(edge) for edge in own],
        }


def _editorial(links: Iterable[Edge]) -> list[Edge]:
    return sorted({link for link in links if link[1] in EDITORIAL})


def _plain(edge: Edge) -> dict[str, str]:
    return {"from": edge[0], "type": edge[1], "to": edge[2]}


def _joined(edges: Iterable[Edge]) -> Mapping[str, str]:
    """For each article a name that all articles have that can be reached from it over edges."""
    neighbours: dict[str, set[str]] = {}
    for one, _, other in edges:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    root: dict[str, str] = {}
    for start in sorted(neighbours):
        waiting = [] if start in root else [start]
        while waiting:
            name = waiting.pop()
            if name not in root:
                root[name] = start
                waiting.extend(neighbours[name])
    return root
