"""Answers to questions of people: what happened to this article, what is true now, how things stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from aggregator.encoding import to_json, to_plain
from aggregator.errors import ConfigError, InputError
from aggregator.records import Article
from aggregator.rules import Condition, facts_of_article
from aggregator.store import SqliteStore
from aggregator.store.interface import Event
from aggregator.text import fold
from aggregator.urls import absolute, key

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


def as_jsonl(articles: Iterable[Article]) -> Iterator[str]:
    """One JSON object a line."""
    for article in articles:
        yield to_json(article).decode() + "\n"


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
        return " | ".join(map(str, value))
    text = value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
    # A spreadsheet runs cells that begin like a formula.
    return f"'{text}" if text[:1] in "=+-@\t" and not text.lstrip("-").isdigit() else text


def explain(store: SqliteStore, subject: str) -> list[str]:
    """Every decision about an article or URL, oldest first, as lines; raises InputError where nothing is known."""
    article_id = store.find(subject)
    url = absolute(subject)
    subjects = {subject} | ({key(url)} if url else set())
    lines = []
    if article_id:
        subjects |= {article_id, *store.keys_of(article_id)}
        article = store.article(article_id)
        if article is not None:
            lines += [f"article {article_id}", f"  {article.headline}", f"  {article.canonical_url}"]
    elif url and (entry := store.entry(url)):
        lines += [f"{entry.url}", f"  {entry.state}: {entry.reason}"]
        if entry.state == "pending" and entry.not_before:
            lines.append(f"  due {entry.not_before:%Y-%m-%d %H:%M:%S} UTC after {entry.attempts} attempts")
    events = store.history(subjects)
    if not lines and not events:
        raise InputError(f"nothing is known of {subject}: give the id of an article, or a URL that was seen")
    return [*lines, *map(_line, events)]


def _line(event: Event) -> str:
    decision = event.decision
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {decision.what:<12} {decision.choice}: {decision.reason}"
