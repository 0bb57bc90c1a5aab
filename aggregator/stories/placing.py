"""Which story an article belongs to: one pass, a bounded number of candidates, and a second look.

Single-pass clustering as in topic detection and tracking (Allan, Papka, Lavrenko 1998), with a story's score made of
its best pair and of the mean over its members, so that no chain of neighbours grows into one story.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from aggregator.records import Story, StoryMerge, StorySplit
from aggregator.stories.explaining import Candidate, Placed, Role, Via, certainty, turn
from aggregator.stories.likeness import DAY, ROUTINE, Likeness, Options, Weighted, compare, needed, weigh
from aggregator.stories.rarity import Rarity, Wordings
from aggregator.stories.signals import Item, signals

INDEXED_TERMS, INDEXED_ANCHORS = 30, 24
"""Features of an article by which others find it: the heaviest ones."""

ASKED_TERMS, ASKED_ANCHORS = 12, 12
"""Features of a newcomer by which it looks for others."""

HOLDERS = 16
"""Articles that are remembered for a feature: the latest ones."""

CANDIDATES = 8
"""Articles that a newcomer is compared with: so many of its language, and so many of others."""

PROMISING = 0.06
"""Share of a newcomer's weight that a candidate must have among the features asked for."""

MEMBERS = 6
"""Members of a story that an article is compared with for the mean."""

UNSURE = 0.6
"""Share of the score needed from which an article that opened a story of its own gets a second look."""

YOUNG = 1_500
"""Articles of a language until which every article gets a second look: rarity is not known yet when it is placed."""

BETWEEN = 0.8
"""Share of the score needed that two stories must have on average to become one."""

AUDITED_FROM = 6
"""Size from which a story is looked through whenever it has doubled."""

STRANGER = 0.45
"""Share of the score needed below which a member is put out when its story is looked through."""

ROUTINE_SIZE = 8
"""Articles from which a story takes no routine report any more."""

AHEAD = 3 * DAY
"""How far one article may move the clock: a wrong date in the future must not close every story."""

SWEPT_EVERY = 20_000
"""Articles after which features that nobody holds any more are forgotten."""


@dataclass(slots=True)
class _Held:
    """An article within the window."""

    item: Item
    number: int
    weighted: Weighted
    story: str
    score: float = 0.0
    copies: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A story within the window."""

    id: str
    members: list[int]
    audited: int = AUDITED_FROM // 2


class Stories:
    """The stories of the window, and where the next article belongs.

    Deterministic: the same articles in the same order give the same ids.  To go on after a restart, place the
    articles of the window again, in the order in which they had been placed.
    """

    def __init__(self, options: Options | None = None) -> None:
        """Begins with no article known."""
        self.options = options or Options()
        self._rarity = Rarity()
        self._wordings = Wordings()
        self._held: dict[int, _Held] = {}
        self._numbers: dict[str, int] = {}
        self._copies: dict[str, str] = {}
        self._stories: dict[str, _Open] = {}
        self._postings: dict[str, deque[int]] = {}
        self._looks: deque[int] = deque()
        self._next = 0
        self._clock = float("-inf")
        self._events: list[StoryMerge | StorySplit] = []
        self._closed: list[str] = []
        self._left: list[tuple[str, str, float]] = []

    def __len__(self) -> int:
        """How many stories are open."""
        return len(self._stories)

    def place(self, item: Item, now: datetime | None = None) -> Placed:
        """Places an article; `now` is when it is placed, its own time where nothing else is given."""
        self._events, self._closed, self._left = [], [], []
        self._advance((now or item.published).timestamp())
        original = self._numbers.get(self._copies.get(item.duplicate_of or "", item.duplicate_of or ""))
        if original is not None:
            return self._copy(item, self._held[original])
        held = self._take_in(item)
        scored = self._scored(held)
        ranked = self._ranked(held, scored)
        chosen = next(((score, story) for score, story, enough in ranked if score >= enough), None)
        if chosen is None:
            self._stories[held.story] = _Open(held.story, [held.number])
        else:
            held.score, held.story = chosen
            self._stories[held.story].members.append(held.number)
        placed_in = held.story
        self._bridge(held, ranked)
        self._audit(self._stories[held.story])
        if self._wants_second_look(held, ranked):
            self._looks.append(held.number)
        else:
            held.weighted.signals.settle()
        while self._looks and self._looks[0] <= held.number - self.options.second_look:
            self._look_again(self._looks.popleft())
        return self._told(held, placed_in, ranked, scored)

    def adopt(self, item: Item, story_id: str, score: float) -> None:
        """Takes in an article that was placed before, where it was placed: how the window is read again."""
        self._events, self._closed, self._left = [], [], []
        self._advance(item.published.timestamp())
        held = self._take_in(item)
        held.story = story_id
        # What is kept is how sure it was; the score needed is where that is a half.
        held.score = 0.0 if score >= 1.0 else self.options.same_language * score / (1.0 - score)
        self._stories.setdefault(story_id, _Open(story_id, [])).members.append(held.number)
        self._index(held)
        held.weighted.signals.settle()

    def finish(self) -> tuple[StoryMerge | StorySplit, ...]:
        """Takes every second look that is still to come; what it changed."""
        self._events = []
        while self._looks:
            self._look_again(self._looks.popleft())
        return tuple(self._events)

    def story_of(self, article_id: str) -> tuple[str, float] | None:
        """The story in which an article of the window stands now, and how sure that is."""
        number = self._numbers.get(self._copies.get(article_id, article_id))
        if number is None:
            return None
        held = self._held[number]
        return held.story, self._certainty(held)

    def summary(self, story_id: str) -> Story | None:
        """A story of the window as it stands; None where there is none of that id."""
        story = self._stories.get(story_id)
        if story is None:
            return None
        members = [self._held[number] for number in story.members]
        lead = max(members[:MEMBERS], key=lambda held: (self._mean(held, story, {}), -held.number))
        weights: Counter[str] = Counter()
        for held in members:
            weights.update(dict(islice(held.weighted.terms.items(), 12)))
        return Story(
            id=story.id,
            headline=lead.item.headline,
            lead=lead.item.id,
            first=min(held.item.published for held in members),
            last=max(held.item.published for held in members),
            size=len(members),
            languages=_by_number(held.item.language for held in members),
            countries=_by_number(held.item.country for held in members),
            outlets=_by_number(held.item.source for held in members),
            terms=tuple(term for term, _ in weights.most_common(8)),
        )

    # ------------------------------------------------------------ coming and going

    def _take_in(self, item: Item) -> _Held:
        found = signals(item)
        self._rarity.learn(found)
        weighted = weigh(found, item.published.timestamp(), self._rarity)
        weighted.routine = self._wordings.routine(found.wording)
        held = _Held(replace(item, text=""), self._next, weighted, f"story-{item.id}")
        self._next += 1
        self._held[held.number] = held
        self._numbers[item.id] = held.number
        return held

    def _copy(self, item: Item, original: _Held) -> Placed:
        self._copies[item.id] = original.item.id
        original.copies.append(item.id)
        return Placed(
            id=item.id,
            story_id=original.story,
            role="copy",
            score=1.0,
            via=("text",),
            turn=f"it is a copy of {original.item.id}",
            closed=tuple(self._closed),
            left=tuple(self._left),
        )

    def _index(self, held: _Held) -> None:
        weighted, postings = held.weighted, self._postings
        for feature in chain(islice(weighted.terms, INDEXED_TERMS), islice(weighted.anchors, INDEXED_ANCHORS)):
            holders = postings.get(feature)
            if holders is None:
                holders = postings[feature] = deque(maxlen=HOLDERS)
            holders.append(held.number)

    def _advance(self, now: float) -> None:
        self._clock = now if self._clock == float("-inf") else max(self._clock, min(now, self._clock + AHEAD))
        oldest = self._clock - self.options.window_days * DAY
        while self._held:
            held = next(iter(self._held.values()))
            if held.weighted.published >= oldest and len(self._held) < self.options.held:
                break
            self._forget(held)
        if self._next % SWEPT_EVERY == SWEPT_EVERY - 1:
            first = next(iter(self._held), self._next)
            self._postings = {name: holders for name, holders in self._postings.items() if holders[-1] >= first}

    def _forget(self, held: _Held) -> None:
        sure = self._certainty(held)
        for article in (held.item.id, *held.copies):
            self._left.append((article, held.story, sure))
            self._copies.pop(article, None)
        story = self._stories[held.story]
        story.members.remove(held.number)
        if not story.members:
            del self._stories[story.id]
            self._closed.append(story.id)
        del self._held[held.number]
        if self._numbers.get(held.item.id) == held.number:
            del self._numbers[held.item.id]

    # ------------------------------------------------------------ finding and scoring

    def _candidates(self, held: _Held) -> list[int]:
        found: dict[int, float] = {}
        weighted, postings = held.weighted, self._postings
        for features, norm, count in (
            (weighted.terms, weighted.terms_norm, ASKED_TERMS),
            (weighted.anchors, weighted.anchors_norm, ASKED_ANCHORS),
        ):
            scale = 1 / (norm * norm)
            for feature in islice(features, count):
                holders = postings.get(feature)
                if holders:
                    weight = features[feature] ** 2 * scale
                    for number in holders:
                        found[number] = found.get(number, 0.0) + weight
        found.pop(held.number, None)
        worth = [(weight, number) for number, weight in found.items() if weight >= PROMISING]
        worth.sort(reverse=True)
        same: list[int] = []
        across: list[int] = []
        language = weighted.signals.language
        for _, number in worth:
            other = self._held.get(number)
            if other is None:
                continue
            chosen = same if other.weighted.signals.language == language else across
            if len(chosen) < CANDIDATES:
                chosen.append(number)
        return same + across

    def _scored(self, held: _Held) -> dict[int, Likeness]:
        linked = {self._numbers[link] for link in held.item.links if link in self._numbers} - {held.number}
        numbers = dict.fromkeys(chain(self._candidates(held), sorted(linked)))
        return {
            number: compare(held.weighted, self._held[number].weighted, self.options, linked=number in linked)
            for number in numbers
        }

    def _ranked(self, held: _Held, scored: dict[int, Likeness]) -> list[tuple[float, str, float]]:
        """Score, story and the score that it would need, of the three most promising stories; the best first."""
        best_of: dict[str, float] = {}
        for number, like in scored.items():
            story_id = self._held[number].story
            if story_id in self._stories and like.score > best_of.get(story_id, 0.0):
                best_of[story_id] = like.score
        ranked = []
        share = self.options.best_share
        for story_id, best in sorted(best_of.items(), key=lambda pair: -pair[1])[:3]:
            story = self._stories[story_id]
            score = share * best + (1 - share) * self._mean(held, story, scored)
            full = held.weighted.routine >= ROUTINE and len(story.members) >= ROUTINE_SIZE
            ranked.append((score, story_id, 1.0 if full else needed(len(story.members), self.options)))
        ranked.sort(key=lambda entry: -entry[0])
        return ranked

    def _mean(self, held: _Held, story: _Open, scored: dict[int, Likeness]) -> float:
        members = [number for number in chain(story.members[:3], story.members[3:][-MEMBERS:]) if number != held.number]
        total = 0.0
        for number in members:
            like = scored.get(number)
            if like is None:
                like = scored[number] = compare(held.weighted, self._held[number].weighted, self.options)
            total += like.score
        return total / len(members) if members else 0.0

    # ------------------------------------------------------------ second thoughts

    def _wants_second_look(self, held: _Held, ranked: list[tuple[float, str, float]]) -> bool:
        if self._rarity.articles(held.weighted.signals.language) < YOUNG:
            return True
        return not held.score and bool(ranked) and ranked[0][0] >= UNSURE * ranked[0][2]

    def _bridge(self, held: _Held, ranked: list[tuple[float, str, float]]) -> None:
        """Joins two stories that the newcomer shows to be one; then makes the newcomer known to those that follow."""
        enough = [story for score, story, least in ranked if score >= least]
        if len(enough) > 1:
            first, second = (self._stories[story] for story in enough[:2])
            self._merge_if_alike(first, second, f"{held.item.id} belongs to both")
        self._index(held)

    def _look_again(self, number: int) -> None:
        """Places an article anew, by what is known now."""
        held = self._held.get(number)
        if held is None:
            return
        routine = held.weighted.routine
        held.weighted = weigh(held.weighted.signals, held.weighted.published, self._rarity)
        held.weighted.routine = max(routine, self._wordings.share(held.weighted.signals.wording))
        held.weighted.signals.settle()
        scored = self._scored(held)
        story = self._stories[held.story]
        alone = len(story.members) == 1
        ranked = self._ranked(held, scored)
        other = next((entry for entry in ranked if entry[1] != story.id and entry[0] >= entry[2]), None)
        if other is None:
            return
        own = next((score for score, story_id, _ in ranked if story_id == story.id), 0.0)
        target = self._stories[other[1]]
        if alone:
            held.score = other[0]
            self._merge(story, target, other[0], "a second look, with later articles known")
        elif other[0] > own and not self._merge_if_alike(story, target, f"a second look at {held.item.id}"):
            self._move([held], story, target, "a second look: it is more like the other story")

    def _audit(self, story: _Open) -> None:
        """Looks through a story that has doubled, and puts out what is unlike the rest."""
        if len(story.members) < 2 * story.audited:
            return
        story.audited = len(story.members)
        out = []
        for number in story.members[1:]:
            held = self._held[number]
            held.weighted.routine = max(held.weighted.routine, self._wordings.share(held.weighted.signals.wording))
            if self._mean(held, story, {}) < STRANGER * self.options.same_language:
                out.append(held)
        for held in out:
            alone = self._stories.setdefault(f"story-{held.item.id}", _Open(f"story-{held.item.id}", []))
            self._move([held], story, alone, "the story grew fast, and this article is unlike the rest of it")

    def _merge_if_alike(self, one: _Open, other: _Open, reason: str) -> bool:
        scores = [
            compare(self._held[left].weighted, self._held[right].weighted, self.options).score
            for left in islice(one.members, 4)
            for right in islice(other.members, 4)
        ]
        routine = max(self._held[story.members[-1]].weighted.routine for story in (one, other)) >= ROUTINE
        if routine and len(one.members) + len(other.members) > ROUTINE_SIZE:
            return False
        mean = sum(scores) / len(scores)
        if mean < BETWEEN * needed(len(one.members) + len(other.members), self.options):
            return False
        self._merge(one, other, mean, reason)
        return True

    def _merge(self, one: _Open, other: _Open, score: float, reason: str) -> None:
        old, young = (one, other) if one.members[0] < other.members[0] else (other, one)
        for number in young.members:
            self._held[number].story = old.id
        old.members = sorted(old.members + young.members)
        del self._stories[young.id]
        sure = certainty(score, self.options.same_language)
        self._events.append(StoryMerge(story_id=young.id, into=old.id, score=sure, reason=reason))

    def _move(self, moving: list[_Held], story: _Open, target: _Open, reason: str) -> None:
        for held in moving:
            story.members.remove(held.number)
            held.story = target.id
        target.members = sorted(target.members + [held.number for held in moving])
        articles = tuple(article for held in moving for article in (held.item.id, *held.copies))
        self._events.append(StorySplit(story_id=story.id, into=target.id, articles=articles, reason=reason))

    # ------------------------------------------------------------ telling

    def _certainty(self, held: _Held) -> float:
        return certainty(held.score, self.options.same_language) if held.score else 1.0

    def _told(
        self, held: _Held, placed_in: str, ranked: list[tuple[float, str, float]], scored: dict[int, Likeness]
    ) -> Placed:
        members = [(number, like) for number, like in scored.items() if self._held[number].story == held.story]
        members.sort(key=lambda pair: -pair[1].score)
        candidates = tuple(
            Candidate(self._held[number].item.id, self._held[number].story, like)
            for number, like in sorted(scored.items(), key=lambda pair: -pair[1].score)[:5]
        )
        linked = any(self._numbers.get(link) in dict(members) for link in held.item.links)
        return Placed(
            id=held.item.id,
            story_id=held.story,
            role=self._role(held),
            score=self._certainty(held),
            via=_via(members[0][1] if members else None, linked=linked),
            candidates=candidates,
            turn=turn(placed_in if held.score else None, ranked),
            events=tuple(self._events),
            closed=tuple(self._closed),
            left=tuple(self._left),
        )

    def _role(self, held: _Held) -> Role:
        earlier = [self._held[number] for number in self._stories[held.story].members if number < held.number]
        if not earlier:
            return "lead"
        again = any(other.item.source and other.item.source == held.item.source for other in earlier[-MEMBERS:])
        later = held.weighted.published - earlier[-1].weighted.published > self.options.event_days * DAY
        return "update" if again or later else "report"


def _via(like: Likeness | None, *, linked: bool) -> tuple[Via, ...]:
    if like is None:
        return ()
    via: list[Via] = []
    if like.words >= 0.1:
        via.append("text")
    if like.names >= 0.1:
        via.append("entity")
    if linked:
        via.append("link")
    if like.time >= 0.8:
        via.append("time")
    return tuple(via)


def _by_number(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value, _ in Counter(value for value in values if value).most_common())
