"""What the pages of stories, articles and search show, gathered from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from aggregator.identity.changes import Piece, differences
from aggregator.identity.origin import origin
from aggregator.operations import storylines
from aggregator.records import Article, Placement, Source, Story
from aggregator.store import SqlStore, browsing
from aggregator.store.interface import Event
from aggregator.store.search import Hit
from aggregator.stories.usual import usual_words
from aggregator.text import words
from aggregator.web import drawing

MOST_MEMBERS = 60
"""Articles of one story whose texts are read for its page; the timeline has more."""

ALONE_WORDS = 6
"""Words of an article that no other of its story has, shown on the story's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A story in a list."""

    story: Story
    timeline: drawing.Timeline
    copies: int


def cards(store: SqlStore, stories: Sequence[Story]) -> list[Card]:
    """The stories with their small timelines."""
    told = browsing.told(store, [story.id for story in stories])
    return [
        Card(story=story, timeline=drawing.small(told[story.id]), copies=sum(one.copy for one in told[story.id]))
        for story in stories
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """A copy below the article it is folded under."""

    article: Article
    parent: str
    """name of the outlet from which it has its text"""
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a story, with its copies and what was decided about it."""

    placement: Placement
    article: Article
    words: int
    lag: float
    """seconds after the story's first article"""
    alone: tuple[str, ...]
    """words that no other article of the story has"""
    figures: tuple[str, ...]
    """numbers that no other one has"""
    why: str
    copies: tuple[CopyRow, ...] = ()
    first: str = ""
    """which outlet had the text first, in a sentence"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """All that a story's page shows."""

    story: Story
    merged_from: str
    members: tuple[Member, ...]
    more: int
    """articles that are not read for the page"""
    timeline: drawing.Timeline
    graph: drawing.Graph
    events: tuple[Event, ...]


def story_page(store: SqlStore, story_id: str) -> StoryPage | None:
    """The page of a story, or of the one it was merged into; None where there is none."""
    found = store.find_story(story_id)
    story = store.story(found) if found else None
    if found is None or story is None:
        return None
    placements = store.members(found)
    read = [(place, article) for place in placements[:MOST_MEMBERS] if (article := store.article(place.article_id))]
    told = browsing.told(store, [found])[found]
    drawn = storylines.graph(store, found) if len(placements) <= MOST_MEMBERS else None
    return StoryPage(
        story=story,
        merged_from=story_id if story_id != found else "",
        members=tuple(_members(store, story, read)),
        more=max(0, len(placements) - len(read)),
        timeline=drawing.large(told),
        graph=drawing.graph(drawn["nodes"], drawn["edges"]) if drawn else drawing.graph((), ()),
        events=tuple(store.history([found])),
    )


def _members(store: SqlStore, story: Story, read: Sequence[tuple[Placement, Article]]) -> Iterator[Member]:
    tokens = {article.id: words(article.text) for _, article in read}
    spread = Counter(word for own in tokens.values() for word in set(own))
    for place, article in read:
        own = Counter(tokens[article.id])
        usual = _usual((article.language or "und").partition("-")[0])
        alone = [word for word, _ in own.most_common() if spread[word] == 1] if len(read) > 1 else []
        alone = [word for word in alone if word not in usual]
        copies, first = _copies(store, article)
        yield Member(
            placement=place,
            article=article,
            words=len(tokens[article.id]),
            lag=max(0.0, ((article.published or article.fetched) - story.first).total_seconds()),
            alone=tuple([word for word in alone if not word.isdigit() and len(word) > 3][:ALONE_WORDS]),
            figures=tuple([word for word in alone if word.isdigit()][:ALONE_WORDS]),
            why=_why(store.history([article.id])),
            copies=copies,
            first=first,
        )


@lru_cache(maxsize=64)
def _usual(language: str) -> frozenset[str]:
    """A language's usual words as they are compared: that a text has them says nothing."""
    return frozenset(word for line in usual_words(language) for word in words(line))


def _why(events: Iterable[Event]) -> str:
    reasons = [event.decision.reason for event in events if event.decision.what == "story"]
    return reasons[-1] if reasons else ""


def _copies(store: SqlStore, article: Article) -> tuple[tuple[CopyRow, ...], str]:
    known = [copy for name, _, _ in store.copies(article.id)[:MOST_MEMBERS] if (copy := store.article(name))]
    if not known:
        return (), ""
    family = {one.id: one for one in (article, *known)}
    told = origin(list(family.values()))
    rows = [
        CopyRow(article=family[one.id], parent=family[one.parent].source.name, score=one.score)
        for one in told.copies
        if one.id != article.id
    ]
    if told.original != article.id:
        rows.insert(0, CopyRow(article=family[told.original], parent="", score=1.0))
    return tuple(rows), told.reason


# ----------------------------------------------------------------- coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """Who of a region tells a story and who does not."""

    region: str
    covering: tuple[tuple[str, str, int], ...]
    """id and name of an outlet, and how many articles and copies it has"""
    silent: tuple[tuple[str, str], ...]


def coverage(told: Mapping[str, int], sources: Iterable[Source]) -> list[RegionRow]:
    """A row for each region of the catalogue, those with most outlets that cover the story first."""
    by_region: dict[str, list[Source]] = {}
    known = set()
    for source in sources:
        known.add(source.id)
        if source.enabled or source.id in told:
            by_region.setdefault(source.region or "other", []).append(source)
    rows = [
        RegionRow(
            region=name,
            covering=tuple((one.id, one.name, told[one.id]) for one in listed if one.id in told),
            silent=tuple((one.id, one.name) for one in listed if one.id not in told),
        )
        for name, listed in by_region.items()
    ]
    if others := tuple((name, name, count) for name, count in told.items() if name not in known):
        rows.append(RegionRow(region="not in the catalogue", covering=others, silent=()))
    return sorted(rows, key=lambda row: (-len(row.covering), row.region))


# ------------------------------------------------------------------ articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed between two forms of an article."""

    revision: int
    kind: str
    read: datetime
    parts: tuple[tuple[str, tuple[Piece, ...]], ...]
    """name of a field, `text` for a paragraph, and its words"""


def changes(forms: Sequence[Article]) -> list[Change]:
    """Each form beside the one before it."""
    found = []
    for before, after in pairwise(forms):
        parts = [
            (name, tuple(pieces))
            for name, old, new in (
                ("headline", before.headline, after.headline),
                ("authors", ", ".join(before.authors), ", ".join(after.authors)),
                ("published", _moment(before), _moment(after)),
                ("text", before.text, after.text),
            )
            for pieces in differences(old, new)
        ]
        found.append(Change(revision=after.revision, kind=after.change, read=after.fetched, parts=tuple(parts)))
    return found


def _moment(article: Article) -> str:
    return article.published.isoformat() if article.published else article.published_local or ""


def decisions(events: Iterable[Event]) -> dict[str, Event]:
    """The latest decision about each fact of an article, by the fact's name."""
    return {event.decision.what: event for event in events}


# -------------------------------------------------------------------- search


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that answers a search."""

    article: Article
    copies: int
    """others that have its text"""
    of_copy: bool
    """it is a copy itself"""


def found(store: SqlStore, hits: Sequence[Hit], limit: int) -> list[Found]:
    """The articles of some hits; of an article and its copies one stands for all."""
    best: dict[str, Hit] = {}
    for hit in hits:
        # Its place is that of the best of them; what is shown is the unique one, where that answers, too.
        if hit.root not in best or hit.article_id == hit.root:
            best[hit.root] = hit
    chosen = list(best.values())[:limit]
    copies = browsing.copies_of(store, [hit.root for hit in chosen])
    return [
        Found(article=article, copies=copies.get(hit.root, 0), of_copy=hit.root != hit.article_id)
        for hit in chosen
        if (article := store.article(hit.article_id))
    ]


def plain_story(story: Story) -> dict[str, Any]:
    """A story as a row of a table."""
    return {
        "id": story.id,
        "headline": story.headline,
        "articles": story.size,
        "outlets": " | ".join(story.outlets),
        "countries": " | ".join(story.countries),
        "languages": " | ".join(story.languages),
        "first": story.first,
        "last": story.last,
        "terms": " | ".join(story.terms),
    }
