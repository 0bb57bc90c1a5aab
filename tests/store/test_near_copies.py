"""Copies that are found by a part of their words: in the store, whatever comes first."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from aggregator.identity import judge
from aggregator.records import Article, Revision
from aggregator.store import SqlStore
from tests.store.newsroom import DAY, HOUR, NOW, article, publisher, reading, text, url


def told(story: str, start: int, end: int, **changes: object) -> Article:
    """The passage of a story's words from `start` to `end`, as a page of its own."""
    words = text(story, 400).split()[start:end]
    return article(story, text=" ".join(words), **changes)


def elsewhere(name: str, story: str, start: int, end: int, **changes: object) -> Article:
    """The same at another outlet, under another headline."""
    address = url(f"{name}-{story}", f"{name}.example")
    usual: dict[str, object] = {"url": address, "source": publisher(name), "headline": f"{name} on {story}"}
    return told(story, start, end, **{**usual, **changes})


def record(store: SqlStore, read: Article) -> Revision:
    return store.record_article("r", reading(read), judge, read.fetched)


def test_a_cut_copy_at_another_outlet_is_syndicated(store: SqlStore) -> None:
    first = record(store, told("flood", 0, 300)).verdict.article
    verdict = record(store, elsewhere("tribune", "flood", 0, 140)).verdict
    assert (verdict.outcome, verdict.level, verdict.of) == ("duplicate", "syndicated", first.id)
    assert verdict.score == 1.0
    assert "100% of the shorter text's four-word runs are in the other" in verdict.evidence
    assert [row.listed for row in store.rows_after(0, 9)] == [True, False]
    assert store.copies(first.id) == [(verdict.article.id, verdict.article.url, "syndicated")]


def test_one_with_a_few_words_more_is_nearly_the_same(store: SqlStore) -> None:
    record(store, told("flood", 0, 300))
    longer = elsewhere("tribune", "flood", 0, 300)
    more = article("x", text=f"{longer.text} Reporting by the desk.", url=longer.url, source=longer.source)
    verdict = record(store, more).verdict
    assert (verdict.outcome, verdict.level) == ("duplicate", "near_text")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_no_order_do_a_text_and_its_copy_both_stay_unique(store: SqlStore, order: tuple[int, ...]) -> None:
    pages = [told("flood", 0, 300), elsewhere("tribune", "flood", 0, 160), elsewhere("herald", "flood", 90, 300)]
    outcomes = [record(store, pages[place]).verdict.outcome for place in order]
    assert outcomes[0] == "unique"
    assert outcomes.count("unique") + outcomes.count("duplicate") == 3
    whole = outcomes[order.index(0)]
    # The two parts share less than half: without the whole each stands for itself, the whole is a copy of either.
    assert whole == "duplicate" or outcomes.count("unique") == 1


def test_the_same_words_days_later_are_another_notice(store: SqlStore) -> None:
    record(store, told("flood", 0, 300))
    later = NOW + timedelta(days=6)
    notice = elsewhere("tribune", "flood", 0, 250, published=later, fetched=later)
    assert record(store, notice).verdict.outcome == "unique"


@pytest.mark.parametrize(("papers", "outcome"), [(1, "duplicate"), (6, "unique")])
def test_words_that_many_have_are_those_of_a_form(store: SqlStore, papers: int, outcome: str) -> None:
    """Sixty words that one other article has tell of a copy; the same that half a dozen have do not."""
    form = text("form", 60)

    def page(name: str, own: int) -> Article:
        said = " ".join(f"{name}{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in range(own))
        body = f"{form} {said}"
        return article(name, url=url(name, f"{name}.example"), source=publisher(name), text=body)

    for place in range(papers):
        assert record(store, page(f"paper{chr(97 + place)}", 80)).verdict.outcome == "unique"
    assert record(store, page("last", 40)).verdict.outcome == outcome


def test_a_copy_is_compared_with_the_latest_form(store: SqlStore) -> None:
    first = record(store, told("flood", 0, 200)).verdict.article
    changed = told("storm", 0, 200, url=url("flood"), headline="Now a storm", fetched=NOW + HOUR)
    assert record(store, changed).verdict.outcome == "revision"
    verdict = record(store, elsewhere("tribune", "storm", 0, 150, fetched=NOW + 2 * HOUR)).verdict
    assert (verdict.outcome, verdict.of) == ("duplicate", first.id)


def test_a_copy_of_a_copy_is_one_of_the_first(store: SqlStore) -> None:
    first = record(store, told("flood", 0, 300)).verdict.article
    record(store, elsewhere("tribune", "flood", 0, 160))
    verdict = record(store, elsewhere("herald", "flood", 0, 155, fetched=NOW + HOUR)).verdict
    assert verdict.of == first.id
    assert [level for _, _, level in store.copies(first.id)] == ["syndicated", "syndicated"]


def test_another_days_articles_are_not_even_looked_at(store: SqlStore) -> None:
    """What is compared is bounded by days, so the cost of a newcomer does not grow with the store's years."""
    for age in range(1, 9):
        record(store, told("flood", 0, 300, url=url(f"flood{age}"), published=NOW - age * 30 * DAY))
    assert record(store, elsewhere("tribune", "flood", 0, 200)).verdict.outcome == "unique"


def test_a_cut_copy_is_found_though_its_original_came_after_a_merged_one(store: SqlStore) -> None:
    """The original is a copy by then, but what it has of its own still leads to it."""
    merged = article("merged", url=url("m", "tribune.example"), source=publisher("tribune"),
                     text=f"{told('flood', 0, 200).text} {told('storm', 0, 180).text}")  # fmt: skip
    first = record(store, merged).verdict.article
    original = record(store, told("flood", 0, 400, fetched=NOW + HOUR)).verdict
    assert (original.outcome, original.of) == ("duplicate", first.id)
    rest = record(store, elsewhere("herald", "flood", 220, 380, fetched=NOW + 2 * HOUR)).verdict
    assert (rest.outcome, rest.of) == ("duplicate", first.id)
    # What a merged copy has of another's text does not make a copy of that other's own report.
    other = elsewhere("observer", "storm", 0, 400, fetched=NOW + 3 * HOUR)
    assert record(store, other).verdict.of in (None, first.id)
