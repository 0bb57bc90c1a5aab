"""Pinned scores of copies and stories, on what the project makes itself: whoever changes a threshold sees it here."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from aggregator.demo.web import build
from aggregator.operations.clustering import Clustering, Row
from aggregator.stories import Item
from benchmarks import duplicates
from benchmarks.stories import b_cubed
from benchmarks.wire import stream


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
    event_of = {article.url: article.event or article.url for article in truth}
    gold = {name: event_of[copies.get(name, name)] for name in found}
    story_of = {name: row.story_id or "" for name, row in found.items()}
    precision, recall, _ = b_cubed(gold, story_of)
    assert precision == 1.0  # no story mixes events
    assert recall >= 0.94
    pairs = [pair for pair in combinations(sorted(set(found) - set(copies)), 2) if gold[pair[0]] == gold[pair[1]]]
    assert len(pairs) == 20
    assert sum(story_of[one] == story_of[other] for one, other in pairs) >= 14
