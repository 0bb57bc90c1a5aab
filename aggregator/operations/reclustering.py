"""The store's articles through other settings, beside the present stories: what would be different, and putting it in.

A replay takes the articles in the order in which they were placed, so that with the present settings and a whole
store it gives the present stories again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from aggregator.config import Config
from aggregator.editing import Editor, item_of
from aggregator.journal import Publisher
from aggregator.operations.display import Shown
from aggregator.records import Article, Story, StoryMerge, StorySplit
from aggregator.semantic import open_model
from aggregator.store import Store
from aggregator.stories import Options, Stories

REASON = "clustered again with other settings"
SHOWN_EVERY = 50
"""Articles between two looks at how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two ways of putting the same articles into stories."""

    articles: int
    before: int
    """stories as they are"""
    after: int
    """stories as they would be"""
    precision: float
    """B-cubed (Bagga and Baldwin 1998) of what would be, with what is taken as right"""
    recall: float
    f1: float
    largest_before: int
    largest_after: int
    joined: tuple[tuple[str, ...], ...]
    """stories that would be one"""
    parted: tuple[str, ...]
    """stories that would be several"""


def replay(
    store: Store, options: Options, since: datetime | None, display: Shown | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Present and new story of each placed article that is not older than `since`."""
    stories, editor = Stories(options, open_model(options.model)), Editor(store, options)
    present: dict[str, str] = {}
    found: dict[str, str] = {}
    for placed in store.placed_from(0):
        article = placed.article
        if since is not None and (article.published or article.fetched) < since:
            continue
        present[article.id] = placed.story_id
        told = stories.place(item_of(article, editor.links(article)))
        found.update((name, story) for name, story, _ in told.left)
        if display is not None and len(present) % SHOWN_EVERY == 0:
            display.show({"articles": len(present)})
    # What would get a second look only after further articles gets none here, as it got none there.
    for name in present:
        stands = stories.story_of(name)
        if stands is not None:
            found[name] = stands[0]
    return present, found


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    """Compares two assignments of the same articles."""
    sizes, new_sizes = Counter(before.values()), Counter(after.values())
    both = Counter((before[name], after[name]) for name in before)
    precision = _mean(both[before[name], after[name]] / new_sizes[after[name]] for name in before)
    recall = _mean(both[before[name], after[name]] / sizes[before[name]] for name in before)
    of_new, of_old = defaultdict(set), defaultdict(set)
    for old, new in both:
        of_new[new].add(old)
        of_old[old].add(new)
    return Difference(
        articles=len(before),
        before=len(sizes),
        after=len(new_sizes),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 1.0,
        largest_before=max(sizes.values(), default=0),
        largest_after=max(new_sizes.values(), default=0),
        joined=tuple(sorted(tuple(sorted(olds)) for olds in of_new.values() if len(olds) > 1)),
        parted=tuple(sorted(old for old, news in of_old.items() if len(news) > 1)),
    )


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return sum(held) / len(held) if held else 1.0


def told(found: Difference) -> Iterator[str]:
    """The difference in lines for people."""
    yield f"{found.articles} articles: {found.before} stories now, {found.after} with these settings"
    yield f"largest story: {found.largest_before} articles now, {found.largest_after} with these settings"
    yield (
        f"B-cubed between the two: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f}"
        " (1.000: the same stories)"
    )
    for group in found.joined[:10]:
        yield f"would be one: {' '.join(group)}"
    for story in found.parted[:10]:
        yield f"would be parted: {story}"
    more = max(len(found.joined) - 10, 0) + max(len(found.parted) - 10, 0)
    if more:
        yield f"and {more} more such changes"


def named(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """`after` in the names of `before`: each new story goes on as the old one that it shares most articles with."""
    both = Counter((after[name], before[name]) for name in before)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for (new, old), _ in sorted(both.items(), key=lambda entry: (-entry[1], entry[0])):
        if new not in names and old not in taken:
            names[new] = old
            taken.add(old)
    taken |= set(before.values())
    for article, new in after.items():
        if new not in names:
            own = (f"story-{article}{again}" for again in chain([""], (f"-{number}" for number in count(2))))
            names[new] = next(name for name in own if name not in taken)
            taken.add(names[new])
    return {article: names[new] for article, new in after.items()}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[StoryMerge | StorySplit]:
    """What has to be told so that `after` (in the names of `before`) holds."""
    moves: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article, old in before.items():
        if after[article] != old:
            moves[old, after[article]].append(article)
    stay = {old for article, old in before.items() if after[article] == old}
    events = []
    for (old, new), articles in sorted(moves.items(), key=lambda entry: (entry[0][0], len(entry[1]), entry[0][1])):
        events.append(StorySplit(story_id=old, into=new, articles=tuple(articles), reason=REASON))
    # A story of which nothing stays goes on in the one that most of it went to.
    last = {event.story_id: place for place, event in enumerate(events) if event.story_id not in stay}
    merges = [
        StoryMerge(story_id=old, into=events[place].into, score=1.0, reason=REASON) for old, place in last.items()
    ]
    splits = [event for place, event in enumerate(events) if place not in last.values()]
    # Splits first: by then a story that others are merged into has its own articles.
    return [*splits, *merges]


def put_in(store: Store, config: Config, before: Mapping[str, str], after: Mapping[str, str], now: datetime) -> int:
    """Makes the new stories the present ones and tells the journal; how many merges and splits that were.

    The caller holds the editor's lock, and has held it since before the replay.
    """
    events = changes(before, named(before, after))
    touched = sorted({name for event in events for name in (event.story_id, event.into)})
    run_id = store.begin_run("recluster", "", now)
    store.rearrange(run_id, events, lambda: filter(None, (as_it_stands(store, name) for name in touched)), now)
    publisher = Publisher(store, config.data_folder, config.journal)
    try:
        publisher.publish(run_id, now)
    finally:
        publisher.close()
    store.end_run(run_id, "finished", now)
    return len(events)


def as_it_stands(store: Store, story_id: str) -> Story | None:
    """A story by the articles that it has now; None where it has none."""
    articles = [found for member in store.members(story_id) if (found := store.article(member.article_id))]
    return _describe(story_id, articles) if articles else None


def _describe(story_id: str, articles: Sequence[Article]) -> Story:
    times = [item_of(article, ()).published for article in articles]
    lead = articles[0]
    return Story(
        id=story_id,
        headline=lead.headline,
        lead=lead.id,
        first=min(times),
        last=max(times),
        size=len(articles),
        languages=_by_number(article.language for article in articles),
        countries=_by_number(article.source.country for article in articles),
        outlets=_by_number(article.source.id for article in articles),
        terms=(),
    )


def _by_number(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(value for value, _ in Counter(value for value in values if value).most_common())
