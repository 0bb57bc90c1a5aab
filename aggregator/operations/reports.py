"""Answers to questions of people: what happened to this article, what is true now, how things stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from aggregator.encoding import to_json, to_plain
from aggregator.errors import ConfigError, InputError
from aggregator.records import Article, PollState
from aggregator.rules import Condition, facts_of_article
from aggregator.sources.rhythm import present_pace
from aggregator.store import SqlStore
from aggregator.store.interface import Event
from aggregator.text import fold
from aggregator.urls import absolute, key, masked

CSV_COLUMNS = (
    "id", "published", "source", "country", "region", "language", "headline", "lead", "text", "authors", "agency",
    "section", "tags", "cites", "relations", "revision", "canonical_url", "fetched",
)  # fmt: skip


def matching(articles: Iterable[Article], query: str | None) -> Iterator[Article]:
    """The articles whose headline or text holds all words of `query`, letters folded; all where it is None."""
    wanted = fold(query).split() if query else []
    for article in articles:
        folded = fold(f"{article.headline}\n{article.text}") if wanted else ""
        if all(word in folded for word in wanted):
            yield article


def where(articles: Iterable[Article], expression: str | None, now: datetime) -> Iterator[Article]:
    """The articles for which the condition holds, in the language of rules; all where it is None.

    Raises InputError where it is no condition, before the first article.
    """
    if expression is None:
        return iter(articles)
    try:
        condition = Condition(expression)
    except ConfigError as error:
        raise InputError(str(error), subject=expression) from error
    return (article for article in articles if condition.holds(facts_of_article(article, now)))


def as_jsonl(records: Iterable[object]) -> Iterator[str]:
    """One JSON object a line."""
    for record in records:
        yield to_json(record).decode() + "\n"


def as_csv(articles: Iterable[Article]) -> Iterator[str]:
    """A header, then a row for each article; lists are joined by ` | `, relations are `type url`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_COLUMNS)
    for article in articles:
        writer.writerow(_csv_row(article))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _csv_row(article: Article) -> list[str]:
    plain = to_plain(article)
    plain |= {
        "source": article.source.id,
        "country": article.source.country,
        "region": article.source.region,
        "relations": [f"{relation.type} {relation.url}" for relation in article.relations],
    }
    return [_cell(plain.get(column)) for column in CSV_COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " | ".join(map(str, value))
    text = value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
    # A spreadsheet runs cells that begin like a formula.
    return f"'{text}" if text[:1] in "=+-@\t" and not text.lstrip("-").isdigit() else text


def explain(store: SqlStore, subject: str) -> list[str]:
    """What is known of an article, URL or feed, and every decision about it, oldest first, as lines.

    Raises InputError where nothing is known.
    """
    article_id = store.find(subject)
    url = absolute(subject)
    subjects = {subject} | ({key(url), url} if url else set())
    states = store.poll_states()
    state = states.get(subject) or states.get(url or "")
    lines = list(feed_lines(state)) if state else []
    if article_id:
        subjects |= {article_id, *store.keys_of(article_id)}
        article = store.article(article_id)
        if article is not None:
            lines += [f"article {article_id}", f"  {article.headline}", f"  {article.canonical_url}"]
        if story_id := store.story_of(article_id):
            subjects.add(story_id)
            lines.append(f"  {_stands(store, story_id)}")
    elif url and (entry := store.entry(url)):
        lines += [f"{entry.url}", f"  {entry.state}: {entry.reason}"]
        if entry.state == "pending" and entry.not_before:
            lines.append(f"  due {entry.not_before:%Y-%m-%d %H:%M:%S} UTC after {entry.attempts} attempts")
    events = store.history(subjects)
    if not lines and not events:
        raise InputError(f"nothing is known of {subject}: give the id of an article, or a URL that was seen")
    return [*lines, *map(_line, events)]


def _stands(store: SqlStore, story_id: str) -> str:
    story = store.story(story_id)
    others = f", one of {story.size} articles: {story.headline}" if story and story.size > 1 else ", alone so far"
    return f"in {story_id}{others}"


def feed_lines(state: PollState) -> Iterator[str]:
    """What is known of a feed: when it is asked next and why, what it brings, and what is wrong with it."""
    yield f"feed {masked(state.feed)}"
    yield f"  next due {_time(state.next_due)}: {state.reason}"
    if state.moved_to:
        yield f"  asked at {masked(state.moved_to)}, where its address redirects for good: the catalogue may follow"
    elif state.move:
        trust = "being tried" if state.move.vouched else "not believed: no entry of it was known"
        yield f"  redirects for good to {masked(state.move.to)} since {_time(state.move.since)} ({trust})"
    yield f"  asked {state.polls} times, last {_time(state.polled)}: {state.error or f'HTTP {state.status}'}"
    if state.failures:
        yield f"  {state.failures:g} graded failures in a row, last good answer {_time(state.good)}"
    if state.rhythm.watched:
        daily = present_pace(state.rhythm).daily
        yield f"  brings some {daily:.3g} entries a day, {state.rhythm.useful:.0%} of them first seen here"
    yield f"  shows {state.entries} entries, last new one {_time(state.last_new)}"
    if state.misses:
        risk = "entries may be lost" if state.missed_risk else "not of late"
        yield f"  {state.misses} answers had nothing in common with the one before: {risk}"
    if state.unchanged:
        yield f"  said `not modified` {state.unchanged} times in a row; believed {state.trust} times"
    if state.hub:
        yield f"  WebSub hub {state.hub}"
    if state.wants_discovery:
        yield "  it may be dead: its site may have another feed"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


def _line(event: Event) -> str:
    decision = event.decision
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {decision.what:<12} {decision.choice}: {decision.reason}"
