"""Which story an article belongs to: one pass, a bounded number of candidates, and a second look.

Single-pass clustering as in topic detection and tracking (Allan, Papka, Lavrenko 1998), with a story's score made of
its best pair and of the mean over its members, so that no chain of neighbours grows into one story.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from itertools import chain, islice

from aggregator.records import Role, Signal, Story, StoryMerge, StorySplit
from aggregator.stories.explaining import Candidate, Placed, certainty, score_of, turn
from aggregator.stories.likeness import DAY, ROUTINE, Compared, Likeness, needed
from aggregator.stories.models import Model, encoded
from aggregator.stories.naming import Member, Naming
from aggregator.stories.options import Options
from aggregator.stories.rarity import Rarity, Wordings
from aggregator.stories.signals import Item, Signals, signals
from aggregator.stories.state import State, pack, unpack
from aggregator.stories.weighing import row_of
from aggregator.stories.window import MEMBERS, Held, Open, Scored, Window

RANKED = 3
"""Stories that are looked at for an article: the most promising ones."""

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

CANDIDATES_TOLD = 3
"""Articles that are told as candidates, with their scores."""

TOLD = 12
"""Terms of an article that may become those of its story."""

Ranked = list[tuple[float, str, float]]
"""Score, story and the score that it would need; the best first."""


class Stories:
    """The stories of the window, and where the next article belongs.

    Deterministic: the same articles in the same order give the same ids.  To go on after a restart, take `state` with
    you, or place the articles of the window again, in their order.
    """

    def __init__(self, options: Options | None = None, model: Model | None = None) -> None:
        """Begins with no article known; a `model` gives vectors to the articles that come without."""
        self.options = options or Options()
        self._model = model
        self._window = Window(self.options)
        self._rarity = Rarity()
        self._wordings = Wordings()
        self._looks: deque[int] = deque()
        self._unsettled: dict[int, Signals] = {}
        self._events: list[StoryMerge | StorySplit] = []

    def state(self) -> bytes:
        """All that is known, to go on from after a restart as if there had been none."""
        return pack(State(self._window, self._rarity, self._wordings, self._looks, self._unsettled))

    @classmethod
    def restored(cls, state: bytes, options: Options | None = None, model: Model | None = None) -> Stories:
        """Goes on from a state; StateError where it is damaged, of another version, or made with other options."""
        stories = cls(options, model)
        found = unpack(state, stories.options)
        stories._window, stories._rarity, stories._wordings = found.window, found.rarity, found.wordings
        stories._looks, stories._unsettled = found.looks, found.unsettled
        return stories

    def __len__(self) -> int:
        """How many stories are open."""
        return len(self._window.stories)

    def place(self, item: Item, now: datetime | None = None, *, told: bool = True) -> Placed:
        """Places an article; `now` is when it is placed, its own time where nothing else is given.

        An article that was placed before stays where it stands.  Where nothing need be `told` of why, there are no
        candidates and no signals, and the role is "report": that saves some time.
        """
        self._events = []
        leaving, closed = self._window.advance((now or item.published).timestamp())
        left = tuple([(article, held.story, self._certainty(held)) for article, held in leaving])
        known = self._window.find(item.id)
        if known is not None:
            role: Role = "copy" if item.id in self._window.copies else self._role(known)
            return self._standing(item.id, known, role, f"{item.id} was placed before", tuple(closed), left)
        original = self._window.find(item.duplicate_of)
        if original is not None:
            self._window.copies[item.id] = original.id
            original.copies.append(item.id)
            return self._standing(item.id, original, "copy", f"it is a copy of {original.id}", tuple(closed), left)
        return self._new(item, tuple(closed), left, told=told)

    def adopt(self, item: Item, story_id: str, score: float) -> None:
        """Takes in an article where it was placed before: how the window is read again when its state is lost.

        `score` is how sure that was.
        """
        self._window.advance(item.published.timestamp())
        if self._window.find(item.id) is not None:
            return
        held, _ = self._take_in(item)
        held.story, held.score = story_id, score_of(score, self.options.same_language)
        story = self._window.stories.setdefault(story_id, Open(story_id, [], AUDITED_FROM // 2))
        story.members.append(held.number)
        while len(story.members) >= 2 * story.audited:
            story.audited *= 2
        self._window.index(held)

    def finish(self) -> tuple[StoryMerge | StorySplit, ...]:
        """Takes every second look that is still to come; what it changed."""
        self._events = []
        while self._looks:
            self._look_again(self._looks.popleft())
        return tuple(self._events)

    def story_of(self, article_id: str) -> tuple[str, float] | None:
        """The story in which an article of the window stands now, and how sure that is."""
        held = self._window.find(article_id)
        return None if held is None else (held.story, self._certainty(held))

    def summary(self, story_id: str) -> Story | None:
        """A story of the window as it stands; None where there is none of that id."""
        story = self._window.stories.get(story_id)
        return None if story is None else self._window.summary(story)

    # ------------------------------------------------------------ placing

    def _new(
        self, item: Item, closed: tuple[str, ...], left: tuple[tuple[str, str, float], ...], *, told: bool
    ) -> Placed:
        window = self._window
        held, found = self._take_in(item)
        scored = self._scored(held, item.links)
        if window.meaning is not None:
            window.meaning.learn(held.number, scored.evident())
        ranked = self._ranked(scored)
        chosen = next(((score, story) for score, story, enough in ranked if score >= enough), None)
        if chosen is None:
            window.stories[held.story] = Open(held.story, [held.number], AUDITED_FROM // 2)
        else:
            held.score, held.story = chosen
            window.stories[held.story].members.append(held.number)
        placed_in = held.story
        self._bridge(held, ranked)
        self._audit(window.stories[held.story])
        if self._wants_second_look(held, ranked, found.language):
            self._looks.append(held.number)
            self._unsettled[held.number] = found
        while self._looks and self._looks[0] <= held.number - self.options.second_look:
            self._look_again(self._looks.popleft())
        if not told:
            return self._standing(held.id, held, "report", "", tuple(closed), left)
        naming = Naming(found, scored.row, self.options)
        return self._told(held, item.links, placed_in, ranked, scored, naming, closed, left)

    def _take_in(self, item: Item) -> tuple[Held, Signals]:
        if self._model is not None and item.vector is None:
            item = encoded([item], self._model)[0]
        found = signals(item)
        weights = self._rarity.weights(found, self._rarity.learn(found))
        routine = self._wordings.routine(found.wording)
        row, heaviest = row_of(found, weights, item.published.timestamp(), routine)
        words = tuple(found.told(found.first[heaviest[:TOLD]].tolist()))
        return self._window.take_in(item, row, words), found

    def _scored(self, held: Held, links: tuple[str, ...] = ()) -> Scored:
        """The article compared with its candidates, and with those that it is linked to."""
        window = self._window
        linked = frozenset(window.numbers[link] for link in links if link in window.numbers) - {held.number}
        scored = Scored(window, held)
        candidates = window.candidates(held, scored.row)
        # Those who stand for the stories of the best candidates are asked at once: comparing many takes hardly longer.
        stories = dict.fromkeys(window.held[number].story for number in candidates[:RANKED])
        members = (window.stories[story].sample() for story in stories if story in window.stories)
        scored.ask(chain(candidates, sorted(linked), *members), linked)
        return scored

    def _ranked(self, scored: Scored) -> Ranked:
        """The most promising stories."""
        window, options = self._window, self.options
        best_of: dict[str, float] = {}
        for number, score in scored.scores.items():
            story_id = window.held[number].story
            if score > best_of.get(story_id, 0.0) and story_id in window.stories:
                best_of[story_id] = score
        ranked = []
        share = options.best_share
        routine = bool(best_of) and scored.row["routine"][0] >= ROUTINE
        for story_id, best in sorted(best_of.items(), key=lambda pair: -pair[1])[:RANKED]:
            story = window.stories[story_id]
            size = len(story.members)
            enough = needed(size, options)
            # The best pair bounds what the mean can be: far below what is needed, the other members are not asked.
            mean = scored.mean(story) if best >= UNSURE * enough else scored.known_mean(story)
            ranked.append(
                (share * best + (1 - share) * mean, story_id, 1.0 if routine and size >= ROUTINE_SIZE else enough)
            )
        ranked.sort(key=lambda entry: -entry[0])
        return ranked

    # ------------------------------------------------------------ second thoughts

    def _wants_second_look(self, held: Held, ranked: Ranked, language: str) -> bool:
        if self._rarity.articles(language) < YOUNG:
            return True
        return not held.score and bool(ranked) and ranked[0][0] >= UNSURE * ranked[0][2]

    def _bridge(self, held: Held, ranked: Ranked) -> None:
        """Joins two stories that the newcomer shows to be one; then makes the newcomer known to those that follow."""
        enough = [story for score, story, least in ranked if score >= least]
        if len(enough) > 1:
            first, second = (self._window.stories[story] for story in enough[:2])
            self._merge_if_alike(first, second, f"{held.id} belongs to both")
        self._window.index(held)

    def _look_again(self, number: int) -> None:
        """Places an article anew, by what is known now."""
        found = self._unsettled.pop(number)
        held = self._window.held.get(number)
        if held is None:
            return
        weights = self._rarity.weights(found, self._rarity.seen(found))
        routine = max(self._routine(number), self._wordings.share(found.wording))
        row, _ = row_of(found, weights, held.published, routine)
        self._window.shelf.put(number, row)
        scored = self._scored(held)
        story = self._window.stories[held.story]
        ranked = self._ranked(scored)
        other = next((entry for entry in ranked if entry[1] != story.id and entry[0] >= entry[2]), None)
        if other is None:
            return
        own = next((score for score, story_id, _ in ranked if story_id == story.id), 0.0)
        target = self._window.stories[other[1]]
        if len(story.members) == 1:
            held.score = other[0]
            self._merge(story, target, other[0], "a second look, with later articles known")
        elif other[0] > own and not self._merge_if_alike(story, target, f"a second look at {held.id}"):
            self._move([held], story, target, "a second look: it is more like the other story")

    def _audit(self, story: Open) -> None:
        """Looks through a story that has doubled, and puts out what is unlike the rest."""
        if len(story.members) < 2 * story.audited:
            return
        story.audited = len(story.members)
        out = []
        for number in story.members[1:]:
            row = self._window.shelf.one(number)
            wording = row["wording"][0]
            row["routine"] = max(self._routine(number), self._wordings.share(wording[wording > 0]))
            held = self._window.held[number]
            if Scored(self._window, held).mean(story) < STRANGER * self.options.same_language:
                out.append(held)
        for held in out:
            name = f"story-{held.id}"
            alone = self._window.stories.setdefault(name, Open(name, [], AUDITED_FROM // 2))
            self._move([held], story, alone, "the story grew fast, and this article is unlike the rest of it")

    def _routine(self, number: int) -> float:
        return float(self._window.shelf.one(number)["routine"][0])

    def _merge_if_alike(self, one: Open, other: Open, reason: str) -> bool:
        size = len(one.members) + len(other.members)
        if size > ROUTINE_SIZE and max(self._routine(story.members[-1]) for story in (one, other)) >= ROUTINE:
            return False
        shelf = self._window.shelf
        members = other.members[:4]
        scores = [
            score
            for left in islice(one.members, 4)
            for score in Compared(shelf.one(left), self.options)
            .to(shelf, members, opinions=self._window.opinions(left, members))
            .scores
        ]
        mean = sum(scores) / len(scores)
        if mean < BETWEEN * needed(size, self.options):
            return False
        self._merge(one, other, mean, reason)
        return True

    def _merge(self, one: Open, other: Open, score: float, reason: str) -> None:
        old, young = (one, other) if one.members[0] < other.members[0] else (other, one)
        for number in young.members:
            self._window.held[number].story = old.id
        old.members = sorted(old.members + young.members)
        del self._window.stories[young.id]
        sure = certainty(score, self.options.same_language)
        self._events.append(StoryMerge(story_id=young.id, into=old.id, score=sure, reason=reason))

    def _move(self, moving: list[Held], story: Open, target: Open, reason: str) -> None:
        for held in moving:
            story.members.remove(held.number)
            held.story = target.id
        target.members = sorted(target.members + [held.number for held in moving])
        articles = tuple(article for held in moving for article in (held.id, *held.copies))
        self._events.append(StorySplit(story_id=story.id, into=target.id, articles=articles, reason=reason))

    # ------------------------------------------------------------ telling

    def _certainty(self, held: Held) -> float:
        return certainty(held.score, self.options.same_language) if held.score else 1.0

    def _standing(
        self,
        article: str,
        held: Held,
        role: Role,
        why: str,
        closed: tuple[str, ...],
        left: tuple[tuple[str, str, float], ...],
    ) -> Placed:
        return Placed(
            id=article,
            story_id=held.story,
            role=role,
            score=1.0 if role == "copy" else self._certainty(held),
            via=("text",) if role == "copy" else (),
            turn=why,
            closed=closed,
            left=left,
        )

    def _told(
        self,
        held: Held,
        links: tuple[str, ...],
        placed_in: str,
        ranked: Ranked,
        scored: Scored,
        naming: Naming,
        closed: tuple[str, ...],
        left: tuple[tuple[str, str, float], ...],
    ) -> Placed:
        articles = self._window.held
        ordered = scored.best(len(scored.scores))
        best = ordered[:CANDIDATES_TOLD]
        nearest = next((number for number in ordered if articles[number].story == held.story), None)
        linked = {self._window.numbers[link] for link in links if link in self._window.numbers}
        in_story = any(number in articles and articles[number].story == held.story for number in linked)
        return Placed(
            id=held.id,
            story_id=held.story,
            role=self._role(held),
            score=self._certainty(held),
            via=_via(scored.like(nearest) if nearest is not None else None, linked=in_story),
            candidates=tuple(
                [
                    Candidate(
                        articles[n].id,
                        articles[n].story,
                        scored.like(n),
                        naming.shared(self._window.shelf.one(n), linked=n in linked),
                    )
                    for n in best
                ]
            ),
            turn=self._turn(placed_in if held.score else None, ranked, scored, naming, linked),
            events=tuple(self._events),
            closed=closed,
            left=left,
        )

    def _turn(self, story: str | None, ranked: Ranked, scored: Scored, naming: Naming, linked: set[int]) -> str:
        """What would have changed the decision, asked of the story that it is about."""
        about = next((entry for entry in ranked if story in (None, entry[1])), None)
        if about is None:
            return turn(story, ranked)
        _, asked, enough = about
        members = [
            Member(self._window.shelf.one(number), scored.like(number), number in linked)
            for number in scored.best(len(scored.scores))
            if self._window.held[number].story == asked
        ]
        ask = naming.missing if story is None else naming.decisive
        return turn(story, ranked, ask(members[:MEMBERS], enough) if members else ())

    def _role(self, held: Held) -> Role:
        articles = self._window.held
        earlier = [articles[number] for number in self._window.stories[held.story].members if number < held.number]
        if not earlier:
            return "lead"
        again = any(other.source and other.source == held.source for other in earlier[-MEMBERS:])
        later = held.published - earlier[-1].published > self.options.event_days * DAY
        return "update" if again or later else "report"


def _via(like: Likeness | None, *, linked: bool) -> tuple[Signal, ...]:
    if like is None:
        return ()
    via: list[Signal] = []
    if like.words >= 0.1:
        via.append("text")
    if like.names >= 0.1:
        via.append("entity")
    if linked:
        via.append("link")
    if like.time >= 0.8:
        via.append("time")
    return tuple(via)
