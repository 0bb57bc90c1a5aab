"""The index in memory and the store's tables: the same neighbours, so the same verdicts."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from aggregator.identity import Index, Window, index, judge
from aggregator.nearness import CANDIDATES, HOLDERS, NEAR_DAYS
from aggregator.records import Fingerprint
from aggregator.store import SqlStore
from tests.store.newsroom import HOUR, NOW, article, publisher, reading, text, url


def stream(seed: int, length: int = 120) -> list[Fingerprint]:
    """Reports, parts of them elsewhere, merged ones, forms that many have, later forms, over three weeks."""
    chance = random.Random(seed)
    stories = {f"story{number}x": text(f"story{number}x", chance.randint(60, 300)).split() for number in range(12)}
    form = text("form", 30)
    made = []
    for place in range(length):
        words: list[str] = []
        for name in chance.sample(sorted(stories), chance.choice([1, 1, 1, 2])):
            start = chance.randrange(40)
            words += stories[name][start : start + chance.randint(30, 200)]
        if chance.random() < 0.4:
            words.append(form)
        house = f"paper{chance.randrange(5)}"
        address = url(f"{place if chance.random() < 0.8 else chance.randrange(9)}", f"{house}.example")
        when = NOW + place * 4 * HOUR
        guid = str(chance.randrange(60)) if chance.random() < 0.5 else None
        published = when - chance.randint(0, 70) * HOUR if chance.random() < 0.9 else None
        read = article(
            "x", url=address, source=publisher(house), text=" ".join(words), published=published, fetched=when,
            headline=f"Headline {place}",
        )  # fmt: skip
        made.append(reading(read, guid=guid))
    return made


@pytest.mark.parametrize("seed", range(4))
def test_store_and_window_judge_a_stream_alike(store: SqlStore, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "FRESH", 300)  # so that the arrays come into play
    window = Window()
    outcomes = set()
    for newcomer in stream(seed):
        stored = store.record_article("r", newcomer, judge, newcomer.article.fetched).verdict
        held = window.take(newcomer)
        assert (held.outcome, held.of, held.level, held.score) == (
            stored.outcome, stored.of, stored.level, stored.score,
        )  # fmt: skip
        assert held.article.id == stored.article.id
        outcomes.add(held.level if held.outcome == "duplicate" else held.outcome)
    assert {"unique", "revision", "syndicated"} <= outcomes


def test_what_stood_too_long_ago_is_forgotten() -> None:
    window = Window()
    first = reading(article("flood", text=text("flood", 200)))
    window.take(first)
    today = int(NOW.timestamp() // 86_400)
    window.forget(today - 2)
    assert window.known(first.article.id)
    window.forget(today + 1)
    assert window.known(first.article.id) is None
    assert len(window) == 0
    again = reading(article("other", text=text("flood", 200), headline="Again"))
    assert window.take(again).outcome == "unique"


def test_holders_of_one_run_of_words_are_bounded() -> None:
    held = Index()
    for number in range(3 * HOLDERS):
        held.add(number, [7], 100)
    assert len(held) == HOLDERS
    held.add(99, [7], 100 + 2 * NEAR_DAYS + 1)
    assert len(held) == HOLDERS + 1


def test_candidates_are_those_of_the_days_around_best_first() -> None:
    held = Index()
    for number in range(10):
        held.add(number, range(number, 40), 100)
    held.add(20, range(40), 100 + NEAR_DAYS + 1)
    found = held.candidates(range(30), 100)
    assert [candidate.number for candidate in found] == list(range(CANDIDATES))
    assert [candidate.common for candidate in found] == [30, 29, 28, 27]
    assert held.candidates(range(30), 200) == []


def test_an_article_that_is_added_twice_stands_once() -> None:
    held = Index()
    held.add(1, [5, 6, 7], 100)
    held.add(1, [5, 6, 8], 100)
    assert len(held) == 4


def test_memory_is_that_of_the_window() -> None:
    """A hundred thousand articles are some five million postings: each may cost bytes, not objects."""
    chance = random.Random(1)
    held = Index()
    tracemalloc.start()
    try:
        for number in range(2_500):
            held.add(number, [chance.getrandbits(60) for _ in range(50)], number // 500)
            if number % 500 == 499:
                held.forget(number // 500 - 3)
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(held) <= 4 * 500 * 50
    assert used < 24 * len(held) + 500_000
