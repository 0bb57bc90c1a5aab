"""What bounds traps and hijacked feeds: pages of a source in a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.discovery.budgets import Budgets
from aggregator.records import Feed, Source

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCE = Source(
    id="paper", name="Paper", homepage="https://paper.org/", feeds=(Feed(url="https://feeds.carrier.org/1"),)
)


def spend(budgets, url, number, now=NOW):
    return [budgets.refusal(SOURCE, url, now) for _ in range(number)]


def test_a_source_has_so_many_pages_a_day():
    reasons = spend(Budgets(pages=3, foreign=0, now=NOW), "https://paper.org/1", 5)
    assert reasons[:3] == [None] * 3
    assert "3 pages a day" in reasons[3]


def test_pages_of_other_sites_have_a_smaller_budget_and_leave_the_own_alone():
    budgets = Budgets(pages=10, foreign=2, now=NOW)
    assert [bool(reason) for reason in spend(budgets, "https://victim.org/1", 4)] == [False, False, True, True]
    assert spend(budgets, "https://sport.paper.org/1", 8) == [None] * 8
    assert spend(budgets, "https://carrier.org/1", 1) != [None]


def test_what_is_refused_costs_nothing():
    budgets = Budgets(pages=3, foreign=1, now=NOW)
    spend(budgets, "https://victim.org/1", 50)
    assert spend(budgets, "https://paper.org/1", 2) == [None, None]


def test_other_runs_of_the_day_count_and_those_of_yesterday_do_not():
    budgets = Budgets(pages=3, foreign=0, now=NOW)
    budgets.remember([(SOURCE, "https://paper.org/1"), (SOURCE, "https://paper.org/2")])
    assert [bool(r) for r in spend(budgets, "https://paper.org/3", 2)] == [False, True]
    assert spend(budgets, "https://paper.org/3", 3, now=NOW + timedelta(days=1)) == [None] * 3


def test_nought_is_no_limit():
    assert not any(spend(Budgets(pages=0, foreign=0, now=NOW), "https://victim.org/1", 500))
