"""Pinned scores of copies and stories, on what the project makes itself: whoever changes a threshold sees it here."""

from __future__ import annotations

from collections import defaultdict

from aggregator.demo.web import build
from aggregator.operations.clustering import Clustering, Row
from aggregator.stories import Item
from benchmarks import duplicates
from benchmarks.stories import b_cubed
from benchmarks.wire import stream

TOGETHER = (
    ("8655-drought-fund", "30118-drought-fund", "50988-sandogh"),
    ("30207-pelicans", "8817-marsh-birds-return", "51077-pelikan"),
    ("30255-salt-bridge", "8902-salt-road-bridge", "51101-pol-namak"),
    ("30411-ahwar-agreement", "9041-lower-marsh-talks", "51204-tafahom-talab"),
    ("9107-press-tv-election", "30433-lantern-count", "51219-cheragh-jazire"),
    ("30450-nomad-school", "9120-carpet-school"),
)
"""Articles of the demo web that tell of one event in several languages, by the ends of their addresses."""


def clustered(items: list[tuple[Item, str]]) -> dict[str, Row]:
    """The row of each article."""
    work = Clustering()
    rows = [row for item, url in items for row in work.take(item, url)]
    return {row.id: row for row in [*rows, *work.finish()]}


def test_events_of_a_made_wire_stream_are_found_and_routine_reports_do_not_snowball() -> None:
    made = list(stream(800, routine=0.6, a_day=20_000, seed=11))
    found = clustered([(one.item, "") for one in made])
    gold = {one.item.id: one.subject for one in made if not one.routine}
    assert b_cubed(gold, {name: found[name].story_id or "" for name in gold})[2] >= 0.99
    routine: dict[str, list[str]] = defaultdict(list)
    for one in made:
        if one.routine:
            routine[found[one.item.id].story_id or ""].append(one.subject)
    assert max(len(subjects) for subjects in routine.values() if len(set(subjects)) > 1) <= 9


def test_made_copies_are_found_and_nothing_else_is_merged() -> None:
    rows = duplicates.made(7, 12)
    score = duplicates.score(rows, duplicates.judged(rows))
    assert score.precision == 1.0
    assert score.recall >= 0.97


def test_the_stories_of_the_demo_web() -> None:
    truth = [article for article in build(8765).truth.articles if article.edition == 1]
    truth.sort(key=lambda article: (article.published, article.url))
    items = [
        Item(
            id=article.url,
            language=article.language,
            headline=article.headline,
            text=article.text,
            published=article.published,
            source=article.source_id,
        )
        for article in truth
    ]
    found = clustered([(item, item.id) for item in items])
    copies = {article.url: article.copy_of for article in truth if article.copy_of}
    assert {name: row.duplicate_of for name, row in found.items() if row.duplicate_of} == copies
    event = {end: names[0] for names in TOGETHER for end in names}
    gold = {
        item.id: next((name for end, name in event.items() if (copies.get(item.id) or item.id).endswith(end)), "")
        or copies.get(item.id, item.id)
        for item in items
    }
    precision, recall, f1 = b_cubed(gold, {name: row.story_id or "" for name, row in found.items()})
    assert precision >= 0.96
    assert recall >= 0.87
    assert f1 >= 0.91
