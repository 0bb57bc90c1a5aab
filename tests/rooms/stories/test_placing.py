"""Placing: what belongs together comes together, what is only alike in form does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.records import StoryMerge
from aggregator.stories import Item, Options, Placed, Stories

START = datetime(2026, 3, 1, 8, tzinfo=UTC)

BRIDGE = (
    "The Kelmar bridge over the river Ustra collapsed on Monday, killing 14 people, rescuers in Dravonia said. "
    "Engineer Tomas Velikan had warned of cracks in the pylons. Ferries will carry lorries until a pontoon is built."
)
BRIDGE_AGAIN = (
    "Fourteen bodies were recovered from the Ustra after the collapse of the Kelmar bridge. Divers still look for a "
    "bus. The inspection by Tomas Velikan, who wrote of cracks in two pylons, was left unanswered for a year."
)
BRIDGE_RU = (
    "Мост Кельмар через реку Устра обрушился в понедельник, погибли 14 человек. "
    "Инженер Томас Великан предупреждал о трещинах."
)
ELECTION = (
    "Voters in Sarvona chose Mirela Osgood as mayor with 61 percent, ahead of Pavel Drumm. Turnout was the highest "
    "in decades, the electoral commission said, after a campaign about rents and trams."
)


def item(name: str, headline: str, text: str, *, hours: float = 0, language: str = "en", **more: object) -> Item:
    return Item(
        id=name,
        language=language,
        headline=headline,
        text=text,
        published=START + timedelta(hours=hours),
        **more,  # type: ignore[arg-type]
    )


def background(stories: Stories, count: int = 30) -> None:
    """Articles about other things, from which the stream learns what is common."""
    for number in range(300, 300 + count):
        text = f"The people of town {number}x said on Monday that the Subject{number}a was a matter of Theme{number}b."
        stories.place(item(f"other-{number}", f"News of the Subject{number}a", text, hours=(number - 300) / 60))


def placed(stories: Stories, *items: Item) -> list[Placed]:
    return [stories.place(one) for one in items]


def test_two_reports_of_one_event_are_one_story() -> None:
    stories = Stories()
    background(stories)
    first, second, other = placed(
        stories,
        item("a", "Kelmar bridge collapses, 14 dead", BRIDGE, hours=1, source="one"),
        item("b", "Kelmar bridge: cracks in pylons were known", BRIDGE_AGAIN, hours=3, source="two"),
        item("c", "Osgood elected mayor of Sarvona", ELECTION, hours=4, source="one"),
    )
    assert second.story_id == first.story_id != other.story_id
    assert (first.role, second.role) == ("lead", "report")
    assert "text" in second.via
    assert 0.5 <= second.score <= 1
    assert second.candidates[0].id == "a"
    assert "would" in second.turn


def test_names_tie_languages_that_share_no_letters() -> None:
    stories = Stories()
    background(stories)
    first, second = placed(
        stories,
        item("a", "Kelmar bridge collapses, 14 dead", BRIDGE, hours=1),
        item("b", "Обрушился мост Кельмар: 14 погибших", BRIDGE_RU, hours=2, language="ru"),
    )
    assert second.story_id == first.story_id
    assert "entity" in second.via


def test_forms_filled_in_anew_never_snowball() -> None:
    stories = Stories()
    names = [f"{a}{b}" for a in ("Bar", "Dul", "Fen", "Gor", "Hak", "Jin", "Kol", "Lum") for b in ("ta", "mox", "riv")]
    found = []
    for number, name in enumerate(names):
        text = (
            f"The board of {name} declared a cash dividend of {number + 11} cents per share, payable to the "
            f"shareholders. {name} said the payout reflects the strength of its balance sheet and the trust of all."
        )
        headline = f"{name} declares dividend of {number + 11} cents"
        found.append(stories.place(item(name, headline, text, hours=number)).story_id)
    assert max(found.count(story) for story in found) <= 3


def test_a_copy_stands_in_the_story_of_its_original() -> None:
    stories = Stories()
    background(stories)
    first, copy = placed(
        stories,
        item("a", "Kelmar bridge collapses", BRIDGE, hours=1),
        item("b", "Kelmar bridge collapses", BRIDGE, hours=2, duplicate_of="a"),
    )
    assert (copy.story_id, copy.role) == (first.story_id, "copy")
    assert stories.story_of("b") == stories.story_of("a")
    summary = stories.summary(first.story_id)
    assert summary is not None
    assert summary.size == 1


def test_the_same_articles_in_the_same_order_give_the_same_stories() -> None:
    def run() -> list[tuple[str, float]]:
        stories = Stories()
        background(stories, 60)
        return [
            (found.story_id, found.score)
            for found in placed(
                stories,
                item("a", "Kelmar bridge collapses, 14 dead", BRIDGE, hours=1),
                item("b", "Kelmar bridge: cracks were known", BRIDGE_AGAIN, hours=3),
            )
        ]

    assert run() == run()


def test_what_leaves_the_window_is_told_and_forgotten() -> None:
    stories = Stories(Options(window_days=2))
    stories.place(item("a", "Kelmar bridge collapses", BRIDGE))
    found = stories.place(item("b", "Osgood elected mayor", ELECTION, hours=60))
    assert [name for name, _, _ in found.left] == ["a"]
    assert found.closed == ("story-a",)
    assert stories.story_of("a") is None
    assert len(stories) == 1


def test_a_date_far_in_the_future_does_not_close_every_story() -> None:
    stories = Stories(Options(window_days=10))
    stories.place(item("a", "Kelmar bridge collapses", BRIDGE))
    stories.place(item("b", "Osgood elected mayor", ELECTION, hours=24 * 4000))
    assert stories.story_of("a") is not None


def test_memory_is_bounded_by_the_articles_held() -> None:
    stories = Stories(Options(held=50))
    background(stories, 200)
    known = [number for number in range(300, 500) if stories.story_of(f"other-{number}")]
    assert known == list(range(451, 500)) or known == list(range(450, 500))


def test_a_merge_found_later_is_announced() -> None:
    stories = Stories(Options(second_look=40))
    stories.place(item("a", "Kelmar bridge collapses, 14 dead", BRIDGE))
    events = []
    for number in range(120):
        text = f"The people of town {number}x said on Monday that the Subject{number}a was a matter of Theme{number}b."
        if number == 1:
            stories.place(item("b", "Kelmar bridge: cracks in pylons", BRIDGE_AGAIN, hours=1))
        events += stories.place(item(f"o-{number}", f"Of Subject{number}a", text, hours=1 + number / 60)).events
    events += stories.finish()
    assert stories.story_of("a") is not None
    merges = [event for event in events if isinstance(event, StoryMerge)]
    first, second = stories.story_of("a"), stories.story_of("b")
    assert first is not None
    assert second is not None
    assert first[0] == second[0] == "story-a"
    assert all(event.into != event.story_id for event in merges)
