"""Dates as feeds print them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.discovery.dates import day, moment


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00"),
        ("Mon, 23 Nov 2026 10:00:00 +0330", "2026-11-23T06:30"),
        ("Mon, 23 Nov 2026 10:00:00 +03:30", "2026-11-23T06:30"),
        ("Mon, 23 Nov 2026 10:00:00 GMT+3", "2026-11-23T07:00"),
        ("Mon, 23 Nov 2026 10:00:00 EST", "2026-11-23T15:00"),
        ("Mon, 23 Nov 2026 10:00:00 CEST", "2026-11-23T08:00"),
        ("Mon, 23 Nov 2026 10:00:00 IRST", "2026-11-23T06:30"),
        ("23 Nov 26 10:00 Z", "2026-11-23T10:00"),
        ("Mon,23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00"),
        ("Fri, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00"),
        ("Sun, 22 Nov 2026 24:00:00 GMT", "2026-11-23T00:00"),
        ("Pzt, 23 Nov 2026 10:00:00 +0300", "2026-11-23T07:00"),
        ("دوشنبه، 23 Nov 2026 10:00:00 +0330", "2026-11-23T06:30"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00"),
        ("2026-11-23T10:00:00.123456+03:00", "2026-11-23T07:00"),
        ("2026-11-23T10:00+0330", "2026-11-23T06:30"),
        ("2026-11-23 10:00:00 +03", "2026-11-23T07:00"),
        ("2026-11-23T24:00:00Z", "2026-11-24T00:00"),
        ("2026-11-23 10:00 UTC", "2026-11-23T10:00"),
        ("۲۰۲۶-۱۱-۲۳T۱۰:۰۰:۰۰Z", "2026-11-23T10:00"),
        ("Mar 16, 2019 17:46 Asia/Tehran", "2019-03-16T14:16"),
        ("Jul 16, 2019 17:46 Asia/Tehran", "2019-07-16T13:16"),
        ("2026-11-23 10:00 Asia/Baghdad", "2026-11-23T07:00"),
    ],
)
def test_a_date_with_a_zone_is_a_moment_in_utc(raw, utc):
    assert moment(raw) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "yesterday",
        "0",
        "2026-11-23",
        "2026-11-23T10:00:00",
        "Mon, 23 Nov 2026 10:00:00",
        "Mon, 23 Nov 2026 10:00:00 -0000",
        "Mon, 23 Nov 2026 10:00:00 IST",
        "Mon, 23 Nov 2026 10:00:00 +9999",
        "2026-11-23T10:00:00+99:99",
        "2026-13-45T10:00:00Z",
        "2026-11-23T25:00:00Z",
        "1405-09-02T10:00:00+03:30",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00x",
        "Nov 23, 2026 10:00 No/Where",
        "9" * 5_000,
    ],
)
def test_rubbish_and_dates_without_a_zone_or_of_another_age_are_no_moment(raw):
    assert moment(raw) is None


def test_a_day_is_taken_from_any_iso_date():
    assert day("2026-11-23") == datetime(2026, 11, 23, tzinfo=UTC)
    assert day("2026-11-23T10:00:00") == datetime(2026, 11, 23, tzinfo=UTC)
    assert day("2026-99-99") is None
    assert day(None) is None
