"""Which story an article belongs to: one pass, bounded candidates, and a second look.

Single-pass clustering as in topic detection and tracking (Allan, Papka, Lavrenko 1998), with a story's score made of
its best pair and of the mean over its members, so that no chain of neighbours grows into one story.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import chain, islice

from aggregator.stories.likeness import DAY, Likeness, Options, Weighted, compare, needed, weigh
from aggregator.stories.rarity import Rarity
from aggregator.stories.signals import Item, signals

INDEXED_TERMS, INDEXED_ANCHORS = 30, 24
"""Features of an article by which others find it: the heaviest ones."""

ASKED_TERMS, ASKED_ANCHORS = 16, 16
"""Features of a newcomer by which it looks for others."""

HOLDERS = 24
"""Articles that are remembered for a feature: the latest ones."""

CANDIDATES, CANDIDATES_ACROSS = 12, 12
"""Articles that a newcomer is compared with: of its language, and of others."""

PROMISING = 0.04
"""Share of a newcomer's weight that a candidate must have among the features asked for."""

MEMBERS = 6
"""Members of a story that an article is compared with for the mean."""


@dataclass(slots=True)
class Held:
    """An article within the window."""

    item: Item
    number: int
    weighted: Weighted
    story: str
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an article was placed."""

    id: str
    story_id: str
    role: str
    score: float
    via: tuple[str, ...]
    merged: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Story:
    id: str
    members: list[int] = field(default_factory=list)


class Stories:
    """The stories of the window."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._rarity = Rarity()
        self._held: dict[int, Held] = {}
        self._numbers: dict[str, int] = {}
        self._stories: dict[str, _Story] = {}
        self._postings: dict[str, deque[int]] = {}
        self._runs: Counter[int] = Counter()
        self._looks: deque[int] = deque()
        self._next = 0
        self.moved: dict[str, str] = {}

    def place(self, item: Item, now: float | None = None) -> Placed:
        found = signals(item)
        self._rarity.learn(found.language, found.source, [*found.terms, *found.anchors])
        weighted = weigh(found, item.published.timestamp(), self._rarity)
        weighted.routine = self._routine(found.wording)
        number = self._next
        self._next += 1
        held = Held(item, number, weighted, item.id)
        scored = self._scored(held)
        best = self._best(held, scored)
        if best is None:
            story = _Story(item.id)
            self._stories[item.id] = story
            held.story = item.id
        else:
            story = self._stories[best[1]]
            held.story, held.score = story.id, best[0]
        story.members.append(number)
        self._held[number] = held
        self._numbers[item.id] = number
        self._index(held)
        self._looks.append(number)
        if len(self._looks) > self.options.second_look:
            self._look_again(self._looks.popleft())
        return Placed(id=item.id, story_id=held.story, role="report", score=held.score, via=("text",))

    def finish(self) -> None:
        while self._looks:
            self._look_again(self._looks.popleft())

    def _routine(self, wording: frozenset[int]) -> float:
        runs = self._runs
        seen = sum(runs[run] >= 4 for run in wording)
        runs.update(wording)
        return seen / len(wording) if wording else 0.0

    def _index(self, held: Held) -> None:
        weighted = held.weighted
        for feature in chain(islice(weighted.terms, INDEXED_TERMS), islice(weighted.anchors, INDEXED_ANCHORS)):
            holders = self._postings.get(feature)
            if holders is None:
                holders = self._postings[feature] = deque(maxlen=HOLDERS)
            holders.append(held.number)

    def _candidates(self, held: Held) -> list[int]:
        found: dict[int, float] = {}
        weighted = held.weighted
        for features, norm, count in (
            (weighted.terms, weighted.terms_norm, ASKED_TERMS),
            (weighted.anchors, weighted.anchors_norm, ASKED_ANCHORS),
        ):
            for feature in islice(features, count):
                weight = (features[feature] / norm) ** 2
                for number in self._postings.get(feature, ()):
                    found[number] = found.get(number, 0.0) + weight
        found.pop(held.number, None)
        same, across = [], []
        worth = [(weight, number) for number, weight in found.items() if weight >= PROMISING]
        for _, number in sorted(worth, reverse=True):
            other = self._held.get(number)
            if other is None:
                continue
            if other.weighted.signals.language == weighted.signals.language:
                if len(same) < CANDIDATES:
                    same.append(number)
            elif len(across) < CANDIDATES_ACROSS:
                across.append(number)
        return same + across

    def _scored(self, held: Held) -> dict[int, Likeness]:
        return {
            number: compare(held.weighted, self._held[number].weighted, self.options)
            for number in self._candidates(held)
        }

    def _best(self, held: Held, scored: dict[int, Likeness], without: str | None = None) -> tuple[float, str] | None:
        best_of: dict[str, float] = {}
        for number, like in scored.items():
            story = self._held[number].story
            if like.score > best_of.get(story, 0.0):
                best_of[story] = like.score
        best = None
        for story_id, top in sorted(best_of.items(), key=lambda pair: -pair[1])[:3]:
            if story_id == without or top < self.options.same_language:
                continue
            story = self._stories[story_id]
            score = self.options.best_share * top + (1 - self.options.best_share) * self._mean(held, story, scored)
            if score >= needed(len(story.members), self.options) and (best is None or score > best[0]):
                best = (score, story_id)
        return best

    def _mean(self, held: Held, story: _Story, scored: dict[int, Likeness]) -> float:
        members = [number for number in story.members if number != held.number]
        chosen = members[:2] + members[max(2, len(members) - MEMBERS + 2) :]
        total = 0.0
        for number in chosen:
            like = scored.get(number)
            if like is None:
                like = scored[number] = compare(held.weighted, self._held[number].weighted, self.options)
            total += like.score
        return total / len(chosen) if chosen else 0.0

    def _look_again(self, number: int) -> None:
        held = self._held.get(number)
        if held is None:
            return
        routine = held.weighted.routine
        held.weighted = weigh(held.weighted.signals, held.weighted.published, self._rarity)
        held.weighted.routine = routine
        scored = self._scored(held)
        story = self._stories[held.story]
        best = self._best(held, scored, without=None if len(story.members) > 1 else story.id)
        if best is None or best[1] == story.id:
            return
        own = 0.0
        if len(story.members) > 1:
            mine = [like.score for n, like in scored.items() if self._held[n].story == story.id]
            own = self.options.best_share * max(mine, default=0.0) + (1 - self.options.best_share) * self._mean(held, story, scored)
        target = self._stories[best[1]]
        if len(story.members) == 1:
            self._merge(story, target)
        elif best[0] > own:
            between = self._between(story, target)
            if between >= self.options.same_language * 0.8:
                self._merge(story, target)
            elif story.id != held.item.id:
                story.members.remove(number)
                target.members.append(number)
                held.story = target.id

    def _between(self, story: _Story, target: _Story) -> float:
        scores = [
            compare(self._held[one].weighted, self._held[other].weighted, self.options).score
            for one in story.members[:4]
            for other in target.members[:4]
        ]
        return sum(scores) / len(scores)

    def _merge(self, story: _Story, target: _Story) -> None:
        if story.members[0] < target.members[0]:
            story, target = target, story
        for number in story.members:
            self._held[number].story = target.id
        target.members = sorted(target.members + story.members)
        del self._stories[story.id]
