"""How long a host that refuses is left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.sources.resting import Pace, after_refusal, pace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def wait(retry_after: str | None, *, refusals: int = 0, chance: float = 0.0) -> float:
    rest = after_refusal(status=429, retry_after=retry_after, refusals=refusals, floor=60.0, chance=chance, now=NOW)
    assert rest.refusals == refusals + 1
    return (rest.until - NOW).total_seconds()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 13:00:00 GMT", 3_600),
        ("99999999999999999999", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        # In the past, negative, or nothing at all: never less than the floor.
        ("0", 60),
        ("-5", 60),
        ("Mon, 23 Nov 2020 13:00:00 GMT", 60),
        ("soon", 60),
        ("", 60),
        (None, 60),
    ],
)
def test_a_host_is_left_alone_as_long_as_it_asks_within_bounds(header: str | None, seconds: float) -> None:
    """An absurd number neither overflows nor makes us come back at once."""
    assert wait(header) == seconds


def test_without_a_time_it_doubles_up_to_a_day() -> None:
    assert [wait(None, refusals=n) for n in (1, 2, 3, 50, 10**6)] == [120, 240, 480, 86_400, 86_400]


def test_hosts_that_failed_together_are_spread() -> None:
    assert [wait(None, chance=chance) for chance in (0.0, 0.5, 1.0)] == [60, 67.5, 75]


@pytest.mark.parametrize(
    ("crawl_delay", "expected"),
    [
        (None, Pace(delay=1)),
        (0.2, Pace(delay=1)),
        (7, Pace(delay=7)),
        (60, Pace(delay=60)),
        (600, Pace(delay=60, pages=10)),
    ],
)
def test_above_the_cap_there_are_fewer_pages_not_faster_ones(crawl_delay: float | None, expected: Pace) -> None:
    assert pace(delay=1, crawl_delay=crawl_delay, longest=60, slow_pages=10) == expected
