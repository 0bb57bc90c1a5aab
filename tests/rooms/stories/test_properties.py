"""What must hold of stories whatever comes, and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from aggregator.records import StoryMerge
from aggregator.stories import Item, Stories
from benchmarks.stories import b_cubed
from benchmarks.wire import Made, stream

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@cache
def wire(seed: int) -> list[Made]:
    """News of an hour or so: some ten a minute, half of them routine reports."""
    return list(stream(350, routine=0.5, a_day=14_400, seed=seed))


def stories_of(items: Sequence[Item]) -> dict[str, str]:
    """The story in which each article stands in the end."""
    stories = Stories()
    for item in items:
        stories.place(item)
    stories.finish()
    return {item.id: found[0] for item in items if (found := stories.story_of(item.id))}


@pytest.mark.parametrize("seed", [1, 2])
def test_arrivals_of_one_minute_in_another_order_change_next_to_nothing(seed: int) -> None:
    made = wire(seed)
    gold = {one.item.id: one.subject for one in made if not one.routine}
    chance = random.Random(seed)
    keys = {one.item.id: (one.item.published.replace(second=0, microsecond=0), chance.random()) for one in made}
    shuffled = sorted((one.item for one in made), key=lambda item: keys[item.id])
    assert shuffled != [one.item for one in made]
    usual, other = stories_of([one.item for one in made]), stories_of(shuffled)
    assert abs(b_cubed(gold, usual)[2] - b_cubed(gold, other)[2]) < 0.01
    names = dict.fromkeys(usual)
    assert b_cubed({name: usual[name] for name in names}, other)[2] > 0.98


def test_a_replay_gives_the_same_ids() -> None:
    items = [one.item for one in wire(2)][:300]
    assert stories_of(items) == stories_of(items)


def test_one_copy_more_moves_no_other_article() -> None:
    items = [one.item for one in wire(2)][:300]
    usual = stories_of(items)
    original = items[120]
    copy = replace(original, id="copy", source="elsewhere", duplicate_of=original.id)
    found = stories_of([*items[:200], copy, *items[200:]])
    assert found.pop("copy") == usual[original.id]
    assert found == usual


def test_two_halves_become_one_when_the_bridging_article_arrives() -> None:
    """One half tells of the ferry by its name, the other of the inquiry by its judge; the bridge has both."""
    stories = Stories()
    for number in range(60):
        text = f"People of town{number}x said on Monday that Subject{number}a was a matter of Theme{number}b for all."
        stories.place(
            Item(
                id=f"other-{number}",
                language="en",
                headline=f"News of Subject{number}a",
                text=text,
                published=START + timedelta(minutes=number),
            )
        )
    ferry = "The ferry Almarin sank off Port Selim with 212 aboard; coast guards of Port Selim and divers searched"
    judge = "Judge Teodora Vasko ordered the Orlenko shipyard to hand over its logbooks in the Tavrin inquiry"

    def place(name: str, headline: str, text: str, hours: float) -> tuple[StoryMerge, ...]:
        item = Item(id=name, language="en", headline=headline, text=text, published=START + timedelta(hours=hours))
        return tuple(event for event in stories.place(item).events if isinstance(event, StoryMerge))

    place("f1", "Ferry Almarin sinks off Port Selim", f"{ferry} all night. Captain Ruben Marsh radioed for help.", 2)
    place("f2", "Almarin ferry: divers search off Port Selim", f"{ferry} in the dark. Ruben Marsh was the captain.", 3)
    place("j1", "Judge Vasko orders Orlenko to open logbooks", f"{judge}. Orlenko said it would comply by Friday.", 4)
    place("j2", "Orlenko shipyard to hand over logbooks: Vasko", f"{judge}. Lawyers of Orlenko kept silent.", 5)
    apart = stories.story_of("f1"), stories.story_of("j1")
    assert apart[0] is not None
    assert apart[1] is not None
    assert apart[0][0] == stories.story_of("f2")[0] != apart[1][0] == stories.story_of("j2")[0]  # type: ignore[index]
    merges: list[StoryMerge] = []
    for number in range(4):
        headline = "Almarin ferry sank off Port Selim: judge Vasko orders Orlenko shipyard to open logbooks"
        text = f"{ferry}. {judge}. Ruben Marsh and Teodora Vasko met on day {number}."
        merges += place(f"b{number}", headline, text, 6 + number)
    assert any({event.story_id, event.into} == {"story-f1", "story-j1"} for event in merges)
    assert stories.story_of("j1")[0] == stories.story_of("f2")[0] == "story-f1"  # type: ignore[index]
