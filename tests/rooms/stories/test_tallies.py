"""Tables that stay small: counts, and by what articles are found."""

from __future__ import annotations

from collections import Counter

import numpy as np

from aggregator.stories.postings import HOLDERS, Postings, found
from aggregator.stories.tally import Tally
from aggregator.stories.weighing import ROW


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


def row_of(*features: int, language: int = 7) -> np.ndarray:
    """An article's row with these terms, the heaviest first."""
    row = np.zeros(1, ROW)
    row[0]["features"][: len(features)] = features
    row[0]["weights"][: len(features)] = range(len(features), 0, -1)
    row[0]["terms_norm"], row[0]["anchors_norm"], row[0]["language"] = 1, 1, language
    return row


def holders(postings: Postings, number: int, *features: int) -> list[int]:
    """All articles that have one of the features, of whatever language."""
    shelf = np.concatenate([row_of()] * 8)
    same, across = found(postings.table, shelf, row_of(*features), number, 0, 12, 12, 0.0, 1_000)
    assert not across.size
    return sorted(same.tolist())


def test_the_latest_holders_of_a_feature_are_found() -> None:
    postings = Postings(1_000_000)
    shared, *own = things(*range(1, 5_002)).tolist()
    for number in range(5_000):
        postings.add(number, row_of(shared, own[number]), 20, 16)
    common = holders(postings, 9_999, shared)
    assert len(common) >= HOLDERS
    assert min(common) >= 5_000 - len(common)
    assert holders(postings, 9_999, own[40]) == [40]
    assert holders(postings, 40, own[40], own[4_999]) == [4_999]


def test_what_all_articles_have_takes_its_share_of_a_bucket_only() -> None:
    postings = Postings(1)
    rare, common = len(postings.table) + 5, 5
    postings.add(0, row_of(rare), 20, 16)
    for number in range(1, 500):
        postings.add(number, row_of(common), 20, 16)
    assert holders(postings, 9_999, rare) == [0]
    latest = holders(postings, 9_999, common)
    assert latest == list(range(500 - len(latest), 500))


def test_an_article_is_a_feature_s_holder_only_as_far_as_its_row_is_asked_for() -> None:
    postings = Postings(1)
    postings.add(3, row_of(11, 12, 13), 2, 0)
    assert holders(postings, 9, 11, 12) == [3]
    assert holders(postings, 9, 13) == []


def test_candidates_are_the_best_of_each_kind_of_language() -> None:
    postings, shelf = Postings(1), np.concatenate([row_of(language=1 + number % 2) for number in range(16)])
    for number in range(8):
        postings.add(number, row_of(5, 6) if number < 4 else row_of(5), 20, 16)
    same, across = found(postings.table, shelf, row_of(5, 6, language=1), 8, 2, 12, 12, 0.0, 2)
    assert same.tolist() == [2, 6]  # two features before one, and the later before the earlier
    assert across.tolist() == [3, 7]
