"""Tables that stay small: counts, and by what articles are found."""

from __future__ import annotations

from collections import Counter

import numpy as np

from aggregator.stories.postings import HOLDERS, Postings
from aggregator.stories.tally import Tally


def things(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint32) * np.uint32(2_654_435_761)


def test_next_to_nothing_is_lost_while_a_tally_grows() -> None:
    chance = np.random.default_rng(1)
    tally, exact = Tally(1 << 6, 1 << 12), Counter[int]()
    lost = 0.0
    for _ in range(400):
        drawn = np.unique(chance.zipf(1.3, 30) % 3_000 + 1).tolist()
        exact.update(drawn)
        counted = tally.add(things(*drawn))
        lost += sum(exact[number] - count for number, count in zip(drawn, counted.tolist(), strict=True))
    assert lost <= 0.001 * exact.total()
    assert tally.of(things(1, 2, 9_999)).tolist() == [exact[1], exact[2], 0]


def test_what_is_frequent_stays_in_a_tally_that_is_full() -> None:
    tally = Tally(1 << 2, 1 << 4)
    for number in range(2_000):
        tally.add(things(1, 2, 10_000 + 2 * number, 10_001 + 2 * number))
    assert tally.of(things(1, 2)).tolist() == [2_000, 2_000]
    assert tally.table.nbytes == 16 * 8 * 8


def test_a_tally_fades() -> None:
    tally = Tally(1 << 2, 1 << 4)
    for _ in range(5):
        tally.add(things(1))
    tally.add(things(2))
    tally.fade()
    assert tally.of(things(1, 2)).tolist() == [2.5, 0]
    assert tally.used == 1


def test_the_latest_holders_of_a_feature_are_found() -> None:
    postings = Postings(1_000_000)
    for number in range(5_000):
        postings.add(number, things(1, 2 + number))
    places, numbers = postings.of(things(1, 2 + 40, 2 + 4_999))
    found = list(zip(places, numbers, strict=True))
    assert (1, 40) in found
    assert (2, 4_999) in found
    common = [number for place, number in found if place == 0]
    assert len(common) >= HOLDERS
    assert min(common) >= 5_000 - len(common)


def test_what_all_articles_have_takes_its_share_of_a_bucket_only() -> None:
    postings = Postings(1)
    size = len(postings.table)
    rare = np.array([size + 5], np.uint32)
    common = np.array([5], np.uint32)
    postings.add(0, rare)
    for number in range(1, 500):
        postings.add(number, common)
    assert postings.of(rare) == ([0], [0])
    assert sorted(postings.of(common)[1]) == list(range(500 - len(postings.of(common)[1]), 500))
