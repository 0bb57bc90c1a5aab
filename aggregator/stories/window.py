"""The articles and stories of the last weeks: what comes in, what is found by its features, what leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from aggregator.records import Story
from aggregator.stories.likeness import DAY, Compared, Likeness, Likenesses
from aggregator.stories.meaning import Meaning
from aggregator.stories.options import Options
from aggregator.stories.overlaps import Column
from aggregator.stories.postings import Postings, found
from aggregator.stories.signals import Item
from aggregator.stories.weighing import Rows, Shelf

INDEXED_TERMS, INDEXED_ANCHORS = 20, 16
"""Features of an article by which others find it: the heaviest ones."""

ASKED_TERMS, ASKED_ANCHORS = 12, 12
"""Features of a newcomer by which it looks for others."""

CANDIDATES = 8
"""Articles that a newcomer is compared with: so many of its language, and so many of others."""

PROMISING = 0.06
"""Share of a newcomer's weight that a candidate must have among the features asked for."""

MEMBERS = 6
"""Members of a story that an article is compared with for the mean, beside the first ones."""

FIRST_MEMBERS = 3

AHEAD = 3 * DAY
"""How far one article may move the clock: a wrong date in the future must not close every story."""


@dataclass(slots=True)
class Held:
    """An article within the window."""

    id: str
    number: int
    language: str
    headline: str
    source: str
    country: str
    published: float
    """seconds since 1970"""
    words: tuple[str, ...]
    """its heaviest terms, for people to read"""
    story: str
    score: float = 0.0
    """with which it joined its story; 0 where it opened it"""
    copies: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Open:
    """A story within the window."""

    id: str
    members: list[int]
    audited: int

    def sample(self) -> list[int]:
        """The members with which an article is compared: the first ones and the latest."""
        members = self.members
        return members if len(members) <= MEMBERS + FIRST_MEMBERS else members[:FIRST_MEMBERS] + members[-MEMBERS:]


class Window:
    """What is held, by the articles' numbers, which follow each other in the order of coming."""

    def __init__(self, options: Options) -> None:
        """Begins with no article known."""
        self.options = options
        self.held: dict[int, Held] = {}
        self.numbers: dict[str, int] = {}
        self.copies: dict[str, str] = {}
        self.stories: dict[str, Open] = {}
        self.postings = Postings(options.held * (INDEXED_TERMS + INDEXED_ANCHORS))
        self.shelf = Shelf()
        self.meaning: Meaning | None = None
        """where a model is asked"""
        self.next = 0
        self.clock = float("-inf")

    def find(self, article_id: str | None) -> Held | None:
        """The article of that id, or that it is a copy of."""
        if article_id is None:
            return None
        number = self.numbers.get(self.copies.get(article_id, article_id))
        return None if number is None else self.held[number]

    def take_in(self, item: Item, row: Rows, words: tuple[str, ...]) -> Held:
        """Makes an article known that stands in no story yet."""
        held = Held(
            id=item.id,
            number=self.next,
            language=item.language,
            headline=item.headline,
            source=item.source,
            country=item.country,
            published=float(row["published"][0]),
            words=words,
            story=f"story-{item.id}",
        )
        self.next += 1
        self.shelf.make_room(held.number - len(self.held), self.next)
        self.shelf.put(held.number, row)
        self.held[held.number] = held
        self.numbers[held.id] = held.number
        if item.vector is not None:
            self.meaning = self.meaning or Meaning()
            self.meaning.add(held.number, int(row["language"][0]), item.vector)
        return held

    def index(self, held: Held) -> None:
        """Makes an article one that others find."""
        self.postings.add(held.number, self.shelf.one(held.number), INDEXED_TERMS, INDEXED_ANCHORS)

    def advance(self, now: float) -> tuple[list[tuple[str, Held]], list[str]]:
        """Moves the clock; articles that leave, copies with the article that they are of, and stories that end."""
        self.clock = now if self.clock == float("-inf") else max(self.clock, min(now, self.clock + AHEAD))
        oldest = self.clock - self.options.window_days * DAY
        left: list[tuple[str, Held]] = []
        closed: list[str] = []
        while self.held:
            held = self.held[self.next - len(self.held)]  # numbers follow each other
            if held.published >= oldest and len(self.held) < self.options.held:
                break
            self._forget(held, closed)
            left.extend((article, held) for article in (held.id, *held.copies))
        return left, closed

    def _forget(self, held: Held, closed: list[str]) -> None:
        for copy in held.copies:
            self.copies.pop(copy, None)
        story = self.stories[held.story]
        story.members.remove(held.number)
        if not story.members:
            del self.stories[story.id]
            closed.append(story.id)
        del self.held[held.number], self.numbers[held.id]
        if self.meaning is not None:
            self.meaning.forget(held.number)

    def candidates(self, held: Held, row: Rows) -> list[int]:
        """Articles that have much of an article's heaviest features, the most promising first."""
        first = self.next - len(self.held)
        asked = (ASKED_TERMS, ASKED_ANCHORS)
        same, across = found(
            self.postings.table, self.shelf.rows, row, held.number, first, *asked, PROMISING, CANDIDATES
        )
        near = [] if self.meaning is None else self.meaning.nearest(held.number)
        numbers: list[int] = [*same.tolist(), *across.tolist(), *near]
        return numbers

    def opinions(self, number: int, others: list[int]) -> tuple[Column, Column] | None:
        """What a model says of an article and others, and how far it is trusted; None where there is none."""
        return None if self.meaning is None else self.meaning.opinions(number, others)

    def summary(self, story: Open) -> Story:
        """A story as it stands."""
        members = [self.held[number] for number in story.members]
        lead = max(members[:MEMBERS], key=lambda held: (Scored(self, held).mean(story), -held.number))
        weights: Counter[str] = Counter()
        for held in members:
            weights.update(dict(zip(held.words, self.shelf.one(held.number)["weights"][0].tolist(), strict=False)))
        return Story(
            id=story.id,
            headline=lead.headline,
            lead=lead.id,
            first=datetime.fromtimestamp(min(held.published for held in members), UTC),
            last=datetime.fromtimestamp(max(held.published for held in members), UTC),
            size=len(members),
            languages=_by_number(held.language for held in members),
            countries=_by_number(held.country for held in members),
            outlets=_by_number(held.source for held in members),
            terms=tuple(term for term, _ in weights.most_common(8)),
        )


class Scored:
    """How alike one article of the window is to others, found out once for each."""

    def __init__(self, window: Window, held: Held) -> None:
        """Begins with nothing compared."""
        self._window = window
        self.held = held
        self.row = window.shelf.one(held.number)
        self._compared: Compared | None = None
        self.scores: dict[int, float] = {}
        self._found: dict[int, tuple[Likenesses, int]] = {}

    def ask(self, numbers: Iterable[int], linked: frozenset[int] = frozenset()) -> None:
        """Compares the article with others, as far as that was not done."""
        new = [number for number in dict.fromkeys(numbers) if number not in self.scores and number != self.held.number]
        if not new:
            return
        if self._compared is None:
            self._compared = Compared(self.row, self._window.options)
        links = np.array([number in linked for number in new]) if linked else None
        found = self._compared.to(self._window.shelf, new, links, self._window.opinions(self.held.number, new))
        self.scores.update(zip(new, found.scores, strict=True))
        self._found.update((number, (found, place)) for place, number in enumerate(new))

    def evident(self) -> list[int]:
        """Articles that tell of the same event by what is known without a model."""
        least = self._window.options.same_language
        likes = ((number, self.like(number)) for number in self.scores)
        return [number for number, like in likes if not like.conflict and like.score - like.meaning >= least]

    def like(self, number: int) -> Likeness:
        """How alike it is to another that was asked for."""
        found, place = self._found[number]
        return found.at(place)

    def mean(self, story: Open) -> float:
        """The mean score with a story's other members, of which some stand for all."""
        members = [number for number in story.sample() if number != self.held.number]
        self.ask(members)
        return sum([self.scores[number] for number in members]) / len(members) if members else 0.0

    def known_mean(self, story: Open) -> float:
        """The same over those members that were asked for before."""
        known = [self.scores[number] for number in story.sample() if number in self.scores]
        return sum(known) / len(known) if known else 0.0

    def best(self, count: int) -> list[int]:
        """The articles most like it."""
        return sorted(self.scores, key=self.scores.__getitem__, reverse=True)[:count]


def _by_number(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value, _ in Counter(value for value in values if value).most_common())
