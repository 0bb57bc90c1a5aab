"""`--since` and `--until`: what is wanted, and the reason where it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.discovery.window import Window
from aggregator.errors import InputError

MARCH = Window.of("2026-03-01", "2026-04-01")


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), "outside --since 2026-03-01: published 2026-02-28 23:59 UTC"),
        (datetime(2026, 3, 1, tzinfo=UTC), None),
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), None),
        (datetime(2026, 4, 1, tzinfo=UTC), "outside --until 2026-04-01: published 2026-04-01"),
        (None, None),
    ],
)
def test_since_is_within_until_is_not_and_what_has_no_date_is_wanted(published, reason):
    assert MARCH.outside(published) == reason
    assert MARCH.admits(published) == (reason is None)


def test_no_window_wants_everything_and_has_no_name():
    assert Window().admits(datetime(1999, 1, 1, tzinfo=UTC))
    assert Window().name is None
    assert MARCH.name == Window.of("2026-03-01T03:30+03:30", "2026-04-01").name


@pytest.mark.parametrize("typed", ["soon", "2026-13-01", "1-1-2026", "2026-03-01T99"])
def test_what_is_no_day_is_said(typed):
    with pytest.raises(InputError, match="no day or time"):
        Window.of(typed)


def test_a_window_that_is_empty_is_an_error():
    with pytest.raises(InputError, match="at once"):
        Window.of("2026-03-02", "2026-03-02")


def test_a_stretch_overlaps_where_any_of_it_is_wanted():
    def overlaps(first, last):
        return MARCH.overlaps(datetime(2026, *first, tzinfo=UTC), datetime(2026, *last, tzinfo=UTC))

    assert overlaps((2, 1), (3, 2))
    assert overlaps((3, 31), (5, 1))
    assert not overlaps((2, 1), (3, 1))
    assert not overlaps((4, 1), (5, 1))
