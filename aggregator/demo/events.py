"""How well the demo web's events are put together, by the lines of a journal.

No row of the judge: reports of one event in languages that share no words are found by names and numbers alone, and
not all of these little texts have enough of them.  So it is told how many there are and how many came together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator import urls
from aggregator.demo.truth import Line, Truth
from aggregator.journal.reading import stories_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EventScore:
    """What came of the events that several articles tell of."""

    events: int
    pairs: int
    """pairs of articles that tell of one event, copies left out"""
    together: int
    """pairs of them that stand in one story"""
    mixed: tuple[tuple[str, ...], ...]
    """stories that hold articles about different things: their URLs"""


def judge_events(lines: Iterable[Line], truth: Truth, edition: int) -> EventScore:
    """Compares the stories that a journal tells with the events of the web in that edition."""
    told = list(lines)
    names = {
        urls.key(line.get("canonical_url") or line["url"]): line["id"] for line in told if line["kind"] == "article"
    }
    story_of = stories_of(told)
    event_of: dict[str, str] = {}
    for key in truth.at(edition):
        if key in names:
            event_of[names[key]] = _event(key, truth, edition)
    reports: dict[str, list[str]] = defaultdict(list)
    stories: dict[str, list[str]] = defaultdict(list)
    for name, event in event_of.items():
        reports[event].append(name)
        stories[story_of.get(name, name)].append(name)
    pairs = [(one, other) for held in reports.values() for place, one in enumerate(held) for other in held[place + 1 :]]
    url_of = {name: key for key, name in names.items()}
    return EventScore(
        events=sum(len(held) > 1 for held in reports.values()),
        pairs=len(pairs),
        together=sum(story_of.get(one, one) == story_of.get(other, other) for one, other in pairs),
        mixed=tuple(
            tuple(sorted(url_of[name] for name in held))
            for held in stories.values()
            if len({event_of[name] for name in held}) > 1
        ),
    )


def _event(key: str, truth: Truth, edition: int) -> str:
    """The event of an article; a copy's is its origin's, and what nobody else tells of is an event of its own."""
    article = truth.at(edition)[key]
    if article.event is None and article.copy_of:
        return _event(urls.key(article.copy_of), truth, edition)
    return article.event or key
