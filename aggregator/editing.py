"""The editor's desk: puts every unique article into a story, in the order of the log.

One process at a time edits (it holds the editor's lock, see `run.py`).  What it knows of the last weeks is in memory
and follows from the store alone; it is read again when the process starts, and whenever a transaction in which
something was placed did not last.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aggregator.errors import StateError
from aggregator.records import Article, Placement, RelationType, Story, StoryMerge, StorySplit
from aggregator.store import Placements, StoredPlacement
from aggregator.stories import Candidate, Item, Model, Options, Placed, Stories, listed

EDITORIAL: frozenset[RelationType] = frozenset({"read_more", "related", "also_read"})
"""Types of relations that are evidence for a story."""

BATCH = 100
"""Articles that are placed in one transaction when there is something to catch up with."""

AHEAD = timedelta(days=1)
"""How far an article's own time may be after its fetch to be believed."""

TOLD = 3
"""Candidates that `aggregator why` tells of."""


log = logging.getLogger(__name__)

_HEAD = struct.Struct("<Q20sQ")
"""Of the file: number and article of the last placement in it, and the last row of the log when it was written."""


class Desk(Placements, Protocol):
    """The part of the store that an editor needs."""

    def root(self, article_id: str) -> str | None:
        """Id of the unique article that a known one stands for."""
        ...

    def last_seq(self) -> int:
        """Number of the last row of the log."""
        ...


class Editor:
    """Places articles, one after the other."""

    def __init__(
        self,
        store: Desk,
        options: Options | None = None,
        state: Path | None = None,
        model: Model | None = None,
    ) -> None:
        """Reads nothing yet: the first article that is to be placed does.

        `state` is a file that the window is kept in between two processes; without it the articles are read again.
        `model` is that which the options name.
        """
        self._store, self._options, self._state, self._model = store, options or Options(), state, model
        self._stories: Stories | None = None
        self._unsure: str | None = None

    def place(self, article: Article) -> Placement:
        """Where an article belongs; to be called inside the transaction that writes it."""
        stories = self._known()
        placed = stories.place(item_of(article, self.links(article)))
        self._unsure = article.id
        return placement_of(placed, stories)

    def catch_up(self, run_id: str, now: datetime) -> int:
        """Places what others have stored; how many articles that were."""
        count = 0
        while articles := self._store.unplaced(BATCH):
            self._known()
            self._store.place(run_id, _Placing(self, articles), now)
            count += len(articles)
        return count

    def _known(self) -> Stories:
        if self._unsure is not None and self._store.story_of(self._unsure) is None:
            self._stories = None  # what was placed last is not in the store: its transaction was undone
        self._unsure = None
        if self._stories is None:
            self._stories = self._read_again()
        return self._stories

    def save(self) -> None:
        """Keeps the window for the next process, where this one has placed anything."""
        if self._stories is None or self._state is None:
            return
        stories = self._known()
        placed = self._store.last_placed()
        head = _HEAD.pack(placed, (self._store.placed_as(placed) or "").encode(), self._store.last_seq())
        temporary = self._state.with_name(f".{self._state.name}.new")
        try:
            temporary.write_bytes(head + stories.state())
            temporary.replace(self._state)
        except OSError as error:
            log.warning("stories file=%s reason=not kept: %s", self._state, error)

    def _read_again(self) -> Stories:
        return self._kept() or self._adopted(
            Stories(self._options, self._model), self._store.placed_last(self._options.held)
        )

    def _kept(self) -> Stories | None:
        """The window as the last process left it, with what was placed since; None where it has to be read anew."""
        try:
            data = self._state.read_bytes() if self._state else b""
            placed, article, seq = _HEAD.unpack_from(data)
            if (self._store.placed_as(placed) or "").encode() != article or self._store.rearranged_since(seq):
                return None  # of another store, or of stories that are no more
            stories = Stories.restored(data[_HEAD.size :], self._options, self._model)
        except (OSError, struct.error):
            return None  # there is none yet, or it was cut
        except StateError as error:
            log.info("stories file=%s reason=%s", self._state, error)
            return None
        return self._adopted(stories, self._store.placed_from(placed + 1))

    def _adopted(self, stories: Stories, placed: Iterable[StoredPlacement]) -> Stories:
        for one in placed:
            stories.adopt(item_of(one.article, ()), one.story_id, one.score)
        return stories

    def links(self, article: Article) -> tuple[str, ...]:
        """Ids of the unique articles that editors have tied to this one, by links of either."""
        known = [relation.target_id for relation in article.relations if relation.type in EDITORIAL]
        known += [source for source, kind in self._store.linking(article.id) if kind in EDITORIAL]
        roots = (self._store.root(name) for name in known if name)
        return tuple(dict.fromkeys(root for root in roots if root and root != article.id))


@dataclass(frozen=True, slots=True)
class _Placing:
    """Placements of articles, each found when it is asked for; anew, where their transaction is done again."""

    editor: Editor
    articles: Sequence[Article]

    def __iter__(self) -> Iterator[Placement]:
        return map(self.editor.place, self.articles)


def item_of(article: Article, links: tuple[str, ...]) -> Item:
    """An article as the stories room takes it."""
    return Item(
        id=article.id,
        language=article.language or "und",
        headline=article.headline,
        text=article.text,
        published=_time(article),
        source=article.source.id,
        country=article.source.country or "",
        links=links,
    )


def _time(article: Article) -> datetime:
    """When it was published, as far as that can be believed; else when it was fetched."""
    time = article.published
    if time is None and article.published_local:
        local = datetime.fromisoformat(article.published_local)
        time = local if local.tzinfo else local.replace(tzinfo=UTC)
    return time if time is not None and time <= article.fetched + AHEAD else article.fetched


def placement_of(placed: Placed, stories: Stories) -> Placement:
    """What the store writes of a placement."""
    opened = f"story-{placed.id}"
    # A story that was opened for this article and given up at once was never told of.
    events = tuple(
        event
        for event in placed.events
        if not (isinstance(event, StoryMerge) and event.story_id == opened != placed.story_id)
    )
    return Placement(
        article_id=placed.id,
        story_id=placed.story_id,
        role=placed.role,
        score=placed.score,
        via=placed.via,
        reason=_reason(placed),
        events=events,
        closed=placed.closed,
        described=described(stories, placed.story_id, events),
    )


def described(stories: Stories, story_id: str, events: tuple[StoryMerge | StorySplit, ...]) -> tuple[Story, ...]:
    """The stories that a placement and its second thoughts changed, as they stand; that of the placement last."""
    changed = {event.into for event in events} | {event.story_id for event in events if isinstance(event, StorySplit)}
    names = [*sorted(changed - {story_id}), story_id]
    return tuple(story for name in names if (story := stories.summary(name)) is not None)


def _reason(placed: Placed) -> str:
    return "; ".join([placed.turn, *(_told(candidate) for candidate in placed.candidates[:TOLD])])


def _told(candidate: Candidate) -> str:
    like = candidate.likeness
    shared = candidate.shared
    signals = [_signal("words", like.words, shared.words), _signal("names", like.names, shared.names)]
    signals.append(f"time {like.time:.2f}")
    if shared.linked:
        signals.append("linked by a publisher")
    if like.meaning:
        signals.append(f"model {like.meaning:+.2f}")
    if like.conflict:
        alone = f": here {listed(shared.own)}" if shared.own else ""
        signals.append(f"but {like.conflict}{alone}")
    return f"{candidate.id} in {candidate.story_id}: {like.score:.2f}, {', '.join(signals)}"


def _signal(name: str, value: float, shared: Sequence[str]) -> str:
    return f"{name} {value:.2f}" + (f" ({', '.join(shared)})" if shared else "")
