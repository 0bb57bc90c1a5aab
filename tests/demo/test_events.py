"""What is told of the demo's stories is what a journal says."""

from __future__ import annotations

from collections import defaultdict

from aggregator import urls
from aggregator.demo.events import judge_events
from aggregator.demo.web import build

TRUTH = build(8765).truth
EXPECTED = TRUTH.at(2)


def lines(story_of: dict[str, str]) -> list[dict[str, str]]:
    """A journal of all unique articles, each in the story that is given for its URL's key, or alone."""
    return [
        {
            "kind": "article",
            "id": f"id-{key}",
            "url": article.url,
            "story_id": story_of.get(key, f"story-{key}"),
        }
        for key, article in EXPECTED.items()
        if not article.copy_of
    ]


def events() -> dict[str, list[str]]:
    found = defaultdict(list)
    for key, article in EXPECTED.items():
        if article.event and not article.copy_of:
            found[article.event].append(key)
    return found


def test_every_event_is_told_by_several_editors_and_in_several_languages_by_most():
    told = events()
    assert all(len(keys) > 1 for keys in told.values())
    languages = [{EXPECTED[key].language for key in keys} for keys in told.values()]
    assert sum(len(spoken) > 1 for spoken in languages) >= 8


def test_articles_that_stand_alone_are_no_pair_and_mix_nothing():
    found = judge_events(lines({}), TRUTH, 2)
    assert (found.events, found.together, found.mixed) == (len(events()), 0, ())
    assert found.pairs == sum(len(keys) * (len(keys) - 1) // 2 for keys in events().values())


def test_the_truth_is_found_complete():
    found = judge_events(lines({key: f"story-{event}" for event, keys in events().items() for key in keys}), TRUTH, 2)
    assert found.together == found.pairs
    assert found.mixed == ()


def test_a_story_of_two_events_is_named():
    one, other = (keys[0] for keys in list(events().values())[:2])
    found = judge_events(lines({one: "story-x", other: "story-x"}), TRUTH, 2)
    assert found.mixed == (tuple(sorted([one, other])),)


def test_a_copy_tells_of_what_its_original_tells():
    """Where the copy was read first it is the unique one."""
    copy = next(article for article in EXPECTED.values() if article.copy_of and not article.event)
    origin = EXPECTED[urls.key(copy.copy_of or "")]
    told = [line for line in lines({}) if line["url"] != origin.url]
    told.append({"kind": "article", "id": "copy", "url": copy.url, "story_id": "story-copy"})
    assert judge_events(told, TRUTH, 2).events == len(events())
